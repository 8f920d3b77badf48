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

/// A place at which a unit might stand.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CandidateAsk {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
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
    /// Where they may be: `demand` (the 400 points of most demand; when left out) or `posts` (the city's duty posts and
    /// police stations).
    #[serde(default)]
    pub from: Option<String>,
    /// Where they may be instead: these places, at most 1,000 and at least `n`.
    #[serde(default)]
    pub candidates: Option<Vec<CandidateAsk>>,
    /// How soon demand is to be reached, seconds: 180, 300 or 480; 300 when left out.
    #[serde(default)]
    pub within_s: Option<u32>,
    /// Whether the units stay as they are and only what they do not reach in time counts.
    #[serde(default)]
    pub beside_units: bool,
}

/// Which coverage is asked for.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageAsk {
    /// Which kinds of unit count; police cars and motorcycles when left out.
    pub kinds: Option<Vec<String>>,
    /// What would be different.
    pub what_if: Option<WhatIfAsk>,
    /// Sites that are looked for.
    pub sites: Option<SitesAsk>,
}
