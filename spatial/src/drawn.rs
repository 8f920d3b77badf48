//! What geometry the features of a layer may have: kind, size, every vertex.

use geo::{BoundingRect, Geometry};

use crate::feature::FeatureError;
use crate::layer::{Layer, Shape};
use crate::position::Position;

/// The largest box of a feature, from corner to corner, metres; what is larger is a mistake. The bounds are generous, since
/// an outline drawn too coarsely is still what it is: the longest building that stands has 3.1 km; a grid is part of one
/// village, and a village of herders may have some thousand square kilometres; the largest prefectures have half a million;
/// the longest expressway of China (G15) has some 3,700 km; land and water may be those of a continent, not of the world.
fn largest_m(layer: Layer) -> f64 {
    match layer {
        Layer::Buildings => 20_000.0,
        Layer::Grids => 200_000.0,
        Layer::Jurisdictions => 2_500_000.0,
        Layer::Roads => 5_000_000.0,
        Layer::Land | Layer::Water => 12_000_000.0,
        Layer::People
        | Layer::Houses
        | Layer::Enterprises
        | Layer::Cameras
        | Layer::Places
        | Layer::Units
        | Layer::Incidents
        | Layer::Residents => f64::INFINITY,
    }
}

/// Most vertices of one feature.
const MOST_VERTICES: usize = 200_000;

/// Checks a geometry (WGS84 degrees) for a layer.
pub(crate) fn check_geometry(layer: Layer, geometry: &Geometry<f64>) -> Result<(), FeatureError> {
    use geo::CoordsIter;
    let (got, fits) = match geometry {
        Geometry::Point(_) => ("a point", layer.shape() == Shape::Point),
        Geometry::LineString(_) => ("a line", layer.shape() == Shape::Line),
        Geometry::MultiLineString(_) => ("several lines", layer.shape() == Shape::Line),
        Geometry::Polygon(_) => ("a polygon", layer.shape() == Shape::Polygon),
        Geometry::MultiPolygon(_) => ("several polygons", layer.shape() == Shape::Polygon),
        Geometry::MultiPoint(_) => ("several points", false),
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => ("a shape that is not stored", false),
        Geometry::GeometryCollection(_) => ("a collection", false),
    };
    if !fits {
        let expected = match layer.shape() {
            Shape::Point => "a point",
            Shape::Line => "a line or several",
            Shape::Polygon => "a polygon or several",
        };
        return Err(FeatureError::Shape { layer: layer.name(), expected, got });
    }
    let mut vertices = 0;
    for coord in geometry.coords_iter() {
        Position::new(coord.x, coord.y)?;
        vertices += 1;
    }
    let lines_too_short = match geometry {
        Geometry::LineString(line) => line.0.len() < 2,
        Geometry::MultiLineString(lines) => lines.0.iter().any(|line| line.0.len() < 2),
        Geometry::Polygon(polygon) => has_short_ring(polygon),
        Geometry::MultiPolygon(polygons) => polygons.0.iter().any(has_short_ring),
        Geometry::Point(_)
        | Geometry::Line(_)
        | Geometry::MultiPoint(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => false,
    };
    if crosses_antimeridian(geometry) {
        return Err(FeatureError::Geometry("crosses the meridian of 180°: cut it there in two (RFC 7946, 3.1.9)"));
    }
    if is_larger(geometry, largest_m(layer)) {
        return Err(FeatureError::Geometry(if layer == Layer::Buildings {
            "is larger than any building: more than 20 km from corner to corner"
        } else if layer == Layer::Grids {
            "is larger than any grid: more than 200 km from corner to corner"
        } else {
            "is larger than anything of its layer: thousands of kilometres from corner to corner"
        }));
    }
    match vertices {
        0 => Err(FeatureError::Geometry("is empty")),
        n if n > MOST_VERTICES => Err(FeatureError::Geometry("has more than 200000 vertices")),
        _ if lines_too_short => {
            Err(FeatureError::Geometry("has a line of fewer than two or a ring of fewer than four points"))
        }
        _ => Ok(()),
    }
}

/// Whether the outline or a hole has fewer than four points: a database refuses a whole chunk for one of them.
fn has_short_ring(polygon: &geo::Polygon<f64>) -> bool {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).any(|ring| ring.0.len() < 4)
}

/// Whether an edge is longer than half the world: it was meant to go the other way round, across ±180°.
fn crosses_antimeridian(geometry: &Geometry<f64>) -> bool {
    let far = |line: &geo::LineString<f64>| line.lines().any(|edge| (edge.end.x - edge.start.x).abs() > 180.0);
    let rings = |polygon: &geo::Polygon<f64>| far(polygon.exterior()) || polygon.interiors().iter().any(far);
    match geometry {
        Geometry::LineString(line) => far(line),
        Geometry::MultiLineString(lines) => lines.0.iter().any(far),
        Geometry::Polygon(polygon) => rings(polygon),
        Geometry::MultiPolygon(polygons) => polygons.0.iter().any(rings),
        Geometry::Point(_)
        | Geometry::Line(_)
        | Geometry::MultiPoint(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => false,
    }
}

/// Whether its box measures more than that from corner to corner.
fn is_larger(geometry: &Geometry<f64>, most_m: f64) -> bool {
    let Some(r) = geometry.bounding_rect() else { return false };
    let corner = |c: geo::Coord<f64>| Position::new(c.x, c.y).ok();
    let across = corner(r.min()).zip(corner(r.max())).map(|(a, b)| a.distance_m(&b));
    // Opposite sides of the world are the same place on the sphere; nothing that is bounded has half a world.
    most_m.is_finite() && (r.width() > 180.0 || across.is_some_and(|m| m > most_m))
}

#[cfg(test)]
mod tests {
    use geo::{line_string, polygon};

    use super::*;
    use crate::{Feature, FeatureKey, Properties};

    #[test]
    fn a_building_does_not_cover_the_world() {
        let square = |w: f64, s: f64, e: f64, n: f64| polygon![(x: w, y: s), (x: e, y: s), (x: e, y: n), (x: w, y: n)];
        let key = FeatureKey::new(Layer::Buildings, "t", "1").unwrap();
        let build = |square: geo::Polygon<f64>| Feature::new(key.clone(), square.into(), Properties::new());
        assert!(build(square(120.60, 28.0, 120.63, 28.03)).is_ok(), "4.4 km");
        for large in
            [square(120.6, 28.0, 120.8, 28.2), square(120.6, 28.0, 121.5, 28.9), square(1.0, -85.0, 170.0, 85.0)]
        {
            assert!(build(large).unwrap_err().to_string().contains("larger than any building"));
        }
        for around in [square(-180.0, -85.0, 180.0, 85.0), square(179.9, 1.0, -179.9, 1.001)] {
            assert!(build(around).unwrap_err().to_string().contains("meridian of 180°"));
        }
    }

    #[test]
    fn what_is_bounded_covers_no_continent() {
        let square = |side: f64| polygon![(x: 100.0, y: 20.0), (x: 100.0 + side, y: 20.0), (x: 100.0 + side, y: 20.0 + side), (x: 100.0, y: 20.0 + side)];
        let fits = |layer: Layer, side: f64| check_geometry(layer, &square(side).into()).is_ok();
        for (layer, fine, large) in
            [(Layer::Buildings, 0.1, 0.2), (Layer::Grids, 1.0, 2.0), (Layer::Jurisdictions, 15.0, 30.0)]
        {
            assert!(fits(layer, fine) && !fits(layer, large), "{layer:?}");
        }
    }

    #[test]
    fn a_hole_of_fewer_than_four_points_is_refused() {
        let key = FeatureKey::new(Layer::Land, "t", "1").unwrap();
        let outline = line_string![(x: 1.0, y: 1.0), (x: 9.0, y: 1.0), (x: 9.0, y: 9.0), (x: 1.0, y: 1.0)];
        let with = |hole: geo::LineString<f64>| {
            let polygon = geo::Polygon::new(outline.clone(), vec![hole]);
            [polygon.clone().into(), geo::MultiPolygon::new(vec![polygon]).into()]
        };
        let fine = line_string![(x: 5.0, y: 3.0), (x: 6.0, y: 3.0), (x: 6.0, y: 4.0), (x: 5.0, y: 3.0)];
        for geometry in with(fine) {
            assert!(Feature::new(key.clone(), geometry, Properties::new()).is_ok());
        }
        for short in
            [line_string![(x: 5.0, y: 3.0), (x: 6.0, y: 3.0), (x: 5.0, y: 3.0)], geo::LineString::new(Vec::new())]
        {
            for geometry in with(short) {
                let refusal = Feature::new(key.clone(), geometry, Properties::new()).unwrap_err();
                assert!(
                    matches!(refusal, FeatureError::Geometry(why) if why.contains("a ring of fewer than four points"))
                );
            }
        }
    }
}
