//! Shapes as well-known text (OGC 06-103r4): longitude first, every digit of a coordinate.

use std::fmt::Write;

use geo::{Coord, Geometry, LineString, Polygon};

/// The text of a line, a polygon or several of one kind; empty for what the registry does not keep.
pub(super) fn of(geometry: &Geometry<f64>) -> String {
    match geometry {
        Geometry::Point(point) => format!("POINT {}", ring(&[point.0])),
        Geometry::LineString(line) => format!("LINESTRING {}", ring(&line.0)),
        Geometry::MultiLineString(lines) => format!("MULTILINESTRING {}", list(&lines.0, |line| ring(&line.0))),
        Geometry::Polygon(polygon) => format!("POLYGON {}", rings(polygon)),
        Geometry::MultiPolygon(polygons) => format!("MULTIPOLYGON {}", list(&polygons.0, rings)),
        Geometry::Line(_)
        | Geometry::MultiPoint(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => String::new(),
    }
}

fn rings(polygon: &Polygon<f64>) -> String {
    let all: Vec<&LineString<f64>> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
    list(&all, |line| ring(&line.0))
}

fn ring(coords: &[Coord<f64>]) -> String {
    let mut text = "(".to_owned();
    for (at, coord) in coords.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = write!(text, "{}{} {}", if at > 0 { "," } else { "" }, coord.x, coord.y);
    }
    text + ")"
}

fn list<T>(parts: &[T], text: impl Fn(&T) -> String) -> String {
    format!("({})", parts.iter().map(text).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, point, polygon};

    #[test]
    fn shapes() {
        assert_eq!(of(&point!(x: 120.5, y: 28.0).into()), "POINT (120.5 28)");
        let line = line_string![(x: 120.5, y: 28.25), (x: 121.0, y: 28.0)];
        assert_eq!(of(&line.clone().into()), "LINESTRING (120.5 28.25,121 28)");
        let lines = geo::MultiLineString(vec![line.clone(), line]);
        assert_eq!(of(&lines.into()), "MULTILINESTRING ((120.5 28.25,121 28),(120.5 28.25,121 28))");
        let square = polygon!(
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)],
            interiors: [[(x: 6., y: 1.), (x: 7., y: 1.), (x: 7., y: 2.)]],
        );
        let text = "((0 0,9 0,9 9,0 0),(6 1,7 1,7 2,6 1))";
        assert_eq!(of(&square.clone().into()), format!("POLYGON {text}"));
        assert_eq!(of(&geo::MultiPolygon(vec![square]).into()), format!("MULTIPOLYGON ({text})"));
    }
}
