//! Coverage as it is asked for.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// A unit that would stand somewhere.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandAsk {
    /// Which; a further one when there is none of that name.
    pub unit: String,
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
}

/// What would be different.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhatIfAsk {
    /// Units that would stand elsewhere, or be added.
    pub stands: Vec<StandAsk>,
    /// Units that would be away.
    pub away: Vec<String>,
    /// Roads that would be closed: `GeoJSON` lines or polygons.
    #[schema(value_type = Vec<Object>)]
    pub closed: Vec<Json>,
}

/// Sites that are looked for.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SitesAsk {
    /// How many, 1 to 100.
    pub n: usize,
    /// Seed of the search; 1 when left out.
    #[serde(default)]
    pub seed: Option<u64>,
}

/// Which coverage is asked for.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageAsk {
    /// Which kinds of unit count; police cars and motorcycles when left out.
    pub kinds: Option<Vec<String>>,
    /// What would be different.
    pub what_if: Option<WhatIfAsk>,
    /// Sites that are looked for among the points of most demand.
    pub sites: Option<SitesAsk>,
}
