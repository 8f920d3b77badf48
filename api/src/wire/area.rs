//! Areas that come as `GeoJSON`.

use geo::{Geometry, MultiPolygon};

/// The area of a `Polygon` or `MultiPolygon`, in the coordinates that it came with; or what is wrong with it.
pub fn area(geometry: geojson::Geometry) -> Result<MultiPolygon<f64>, String> {
    match Geometry::try_from(geometry).map_err(|error: geojson::Error| error.to_string())? {
        Geometry::Polygon(polygon) => Ok(MultiPolygon::new(vec![polygon])),
        Geometry::MultiPolygon(polygons) => Ok(polygons),
        Geometry::Point(_)
        | Geometry::MultiPoint(_)
        | Geometry::Line(_)
        | Geometry::LineString(_)
        | Geometry::MultiLineString(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => Err("must be a Polygon or MultiPolygon".to_owned()),
    }
}
