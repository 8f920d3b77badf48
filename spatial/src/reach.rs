//! How far a geometry reaches: the places that must be allowed before it may be written.

use geo::{BoundingRect, Contains, CoordsIter, Geometry, LinesIter};

use crate::position::Position;

/// Points between the ends of an edge are this far apart, degrees (about 200 m), unless the geometry is very long.
const STEP_DEG: f64 = 0.002;
/// Most points put along the edges of one geometry; a longer one is sampled more thinly.
const MOST_ALONG: f64 = 4_096.0;
/// An area is asked inside at so many places a side of its box.
const GRID: u32 = 16;

/// Places that stand for all of a geometry: every vertex, points along its edges about 200 m apart, and for areas a
/// grid of 16 × 16 over the box as far as it lies inside. What lies between them may be missed: a strip narrower than
/// that which belongs to somebody else. Coordinates that are no place are left out.
///
/// ```
/// use geo::polygon;
/// let square = polygon![(x: 120.60, y: 28.00), (x: 120.70, y: 28.00), (x: 120.70, y: 28.10), (x: 120.60, y: 28.10)];
/// let places = spatial::reach(&square.into());
/// assert!(places.iter().any(|p| (p.lon() - 120.65).abs() < 0.01 && (p.lat() - 28.05).abs() < 0.01), "its middle");
/// ```
pub fn reach(geometry: &Geometry<f64>) -> Vec<Position> {
    let mut places: Vec<Position> = geometry.coords_iter().filter_map(|c| Position::new(c.x, c.y).ok()).collect();
    along(geometry, &mut places);
    inside(geometry, &mut places);
    places
}

fn along(geometry: &Geometry<f64>, places: &mut Vec<Position>) {
    let edges: Vec<geo::Line<f64>> = match geometry {
        Geometry::Line(line) => vec![*line],
        Geometry::LineString(line) => line.lines().collect(),
        Geometry::MultiLineString(lines) => lines.lines_iter().collect(),
        Geometry::Polygon(polygon) => polygon.lines_iter().collect(),
        Geometry::MultiPolygon(polygons) => polygons.lines_iter().collect(),
        Geometry::Rect(rect) => rect.lines_iter().collect(),
        Geometry::Triangle(triangle) => triangle.lines_iter().collect(),
        Geometry::Point(_) | Geometry::MultiPoint(_) | Geometry::GeometryCollection(_) => Vec::new(),
    };
    let length = |line: &geo::Line<f64>| line.dx().abs().max(line.dy().abs());
    let whole: f64 = edges.iter().map(length).sum();
    let step = STEP_DEG.max(whole / MOST_ALONG);
    for edge in &edges {
        let mut gone = step;
        let total = length(edge);
        while gone < total {
            let part = gone / total;
            let (x, y) = (edge.start.x + edge.dx() * part, edge.start.y + edge.dy() * part);
            places.extend(Position::new(x, y).ok());
            gone += step;
        }
    }
}

fn inside(geometry: &Geometry<f64>, places: &mut Vec<Position>) {
    if !matches!(geometry, Geometry::Polygon(_) | Geometry::MultiPolygon(_)) {
        return;
    }
    let Some(rect) = geometry.bounding_rect() else { return };
    for row in 0..GRID {
        for column in 0..GRID {
            let part = |n: u32| (f64::from(n) + 0.5) / f64::from(GRID);
            let x = rect.min().x + rect.width() * part(column);
            let y = rect.min().y + rect.height() * part(row);
            if geometry.contains(&geo::Coord { x, y }) {
                places.extend(Position::new(x, y).ok());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::{line_string, point, polygon};

    use super::*;

    /// Whether some place lies east of the meridian.
    fn crosses(geometry: &Geometry<f64>, lon: f64) -> bool {
        reach(geometry).iter().any(|place| place.lon() > lon)
    }

    #[test]
    fn a_point_is_its_place() {
        assert_eq!(reach(&point!(x: 120.65, y: 28.01).into()).len(), 1);
    }

    #[test]
    fn a_line_reaches_between_its_ends() {
        let there_and_back = line_string![(x: 120.60, y: 28.0), (x: 120.70, y: 28.0), (x: 120.60, y: 28.0)];
        let straight: Geometry<f64> = line_string![(x: 120.60, y: 28.0), (x: 120.70, y: 28.0)].into();
        assert!(crosses(&there_and_back.into(), 120.69));
        assert!(reach(&straight).iter().any(|p| (p.lon() - 120.65).abs() < 0.002), "the middle of an edge");
    }

    #[test]
    fn an_area_reaches_what_it_surrounds() {
        let area: Geometry<f64> =
            polygon![(x: 120.60, y: 28.0), (x: 120.70, y: 28.0), (x: 120.70, y: 28.1), (x: 120.60, y: 28.1)].into();
        let middle = |p: &Position| (p.lon() - 120.65).abs() < 0.01 && (p.lat() - 28.05).abs() < 0.01;
        assert!(reach(&area).iter().any(middle));
    }

    #[test]
    fn a_geometry_around_the_world_stays_small() {
        let band: Geometry<f64> =
            polygon![(x: -179.0, y: -80.0), (x: 179.0, y: -80.0), (x: 179.0, y: 80.0), (x: -179.0, y: 80.0)].into();
        assert!(reach(&band).len() < 5_000);
    }
}
