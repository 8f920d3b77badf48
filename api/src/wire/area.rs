//! Areas that come as `GeoJSON`.

use geo::{Geometry, MultiPolygon};

/// The area of a `Polygon` or `MultiPolygon`, in the coordinates that it came with; or what is wrong with it.
pub fn area(geometry: geojson::Geometry) -> Result<MultiPolygon<f64>, String> {
    let geometry = Geometry::try_from(geometry).map_err(|error: geojson::Error| error.to_string())?;
    spatial::zone::polygons(geometry).ok_or_else(|| "must be a Polygon or MultiPolygon".to_owned())
}
