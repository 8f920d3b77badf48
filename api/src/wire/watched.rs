//! How much of an area cameras watch, as it is asked for.

use serde::Deserialize;
use utoipa::ToSchema;

/// Which area: a polygon or a box.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WatchedAsk {
    /// `GeoJSON` `Polygon` or `MultiPolygon`, WGS84 degrees; its box holds at most 2 km².
    #[schema(value_type = Option<Object>)]
    pub polygon: Option<geojson::Geometry>,
    /// West, south, east, north instead, degrees.
    pub bbox: Option<[f64; 4]>,
    /// Side of a square that is judged by its middle, metres, 2 to 100; 5 when left out.
    pub cell_m: Option<f64>,
    /// Whether a camera that turns counts with what it sees now only, not with all that it can turn to.
    pub now: bool,
    /// Whether cameras that do not answer are left out, as they are when this is left out; `false` tells what they would
    /// see.
    pub online_only: Option<bool>,
}
