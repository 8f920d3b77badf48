//! The lines of a geometry.

use geo::{Geometry, LineString};

/// The lines that a geometry of lines is made of, in order: one, or those of several. Any other shape has none.
///
/// ```
/// let line = geo::LineString::from(vec![(120.650, 28.0), (120.660, 28.0)]);
/// assert_eq!(spatial::lines(&line.clone().into()), [&line]);
/// assert!(spatial::lines(&geo::Point::new(120.65, 28.0).into()).is_empty());
/// ```
pub fn lines(geometry: &Geometry<f64>) -> Vec<&LineString<f64>> {
    match geometry {
        Geometry::LineString(line) => vec![line],
        Geometry::MultiLineString(lines) => lines.0.iter().collect(),
        Geometry::Point(_)
        | Geometry::Line(_)
        | Geometry::Polygon(_)
        | Geometry::MultiPoint(_)
        | Geometry::MultiPolygon(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => Vec::new(),
    }
}
