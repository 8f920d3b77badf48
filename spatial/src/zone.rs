//! Evacuation zones: a circle, a cone down the wind, or what somebody drew, as polygons on the sphere.
//!
//! A cone follows the two distances that the Emergency Response Guidebook (US, Canada, Mexico) gives for a substance: the
//! *initial isolation distance* is the radius of a circle about the source, the *protective action distance* how far
//! down the wind people are at risk. The guidebook's protective action zone is a square as wide as it is long; a cone
//! with [`ERG_HALF_ANGLE_DEG`] is as wide as that at its end. Which distances apply is for whoever reads the guidebook
//! (or a better model): they are arguments here.

use geo::{BooleanOps, Coord, Geometry, LineString, MapCoords, MultiPolygon, Polygon, coord};

use crate::position::{EARTH_RADIUS_M, Position};

/// Half the opening of a cone that at its end is as wide as it is long, degrees: `atan(1/2)`.
pub const ERG_HALF_ANGLE_DEG: f64 = 26.565_051_177_077_99;
/// Longest radius or length of a zone, metres. The guidebook's longest is 11 km ("11+").
pub const LONGEST_M: f64 = 100_000.0;
/// Corners on a full circle. Its area is 0.2 % less than the disc's.
const CORNERS: u32 = 72;

/// Why there is no such zone.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ZoneError {
    /// A length is not more than 0 or too long.
    #[error("{what} must be more than 0 and at most 100000 metres, got {got}")]
    Length {
        /// Which.
        what: &'static str,
        /// As given, metres.
        got: f64,
    },
    /// The half-angle is not more than 0 and less than 180 degrees.
    #[error("half_angle_deg must be more than 0 and less than 180, got {0}")]
    HalfAngle(f64),
    /// The wind's direction is not a number.
    #[error("the direction of the wind must be a finite number of degrees, got {0}")]
    Wind(f64),
    /// The circle within isolation is larger than the cone is long.
    #[error("the isolation distance {isolation_m} m exceeds the length of the cone {length_m} m")]
    Isolation {
        /// As given, metres.
        isolation_m: f64,
        /// As given, metres.
        length_m: f64,
    },
    /// It would reach a pole, where a map has no sides.
    #[error("the zone would reach a pole")]
    Pole,
    /// A drawn coordinate is no place.
    #[error("a drawn corner is no place: longitude {0}, latitude {1}")]
    Corner(f64, f64),
    /// What was drawn has no area.
    #[error("what was drawn has no area")]
    NoArea,
}

/// A cone down the wind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cone {
    /// Where it is let out.
    pub source: Position,
    /// Where the wind comes FROM, degrees clockwise from north, any finite number: a wind from 270 (west) carries east.
    pub wind_from_deg: f64,
    /// Half the opening, degrees; [`ERG_HALF_ANGLE_DEG`] where nothing better is known.
    pub half_angle_deg: f64,
    /// How far down the wind, metres.
    pub length_m: f64,
    /// Radius of the circle about the source that is cleared whatever the wind does, metres; 0 for none.
    pub isolation_m: f64,
}

/// The disc around a place, `radius_m` metres on the sphere: WGS84 degrees, counter-clockwise, cut at the antimeridian.
///
/// ```
/// use spatial::{Position, zone};
/// let disc = zone::circle(Position::new(120.6555, 28.0150)?, 500.0).unwrap();
/// assert!((zone::area_m2(&disc) / 785_398.0 - 1.0).abs() < 0.01);
/// # Ok::<(), spatial::PositionError>(())
/// ```
pub fn circle(centre: Position, radius_m: f64) -> Result<MultiPolygon<f64>, ZoneError> {
    length("radius_m", radius_m)?;
    whole(centre, radius_m)?;
    let step = 360.0 / f64::from(CORNERS);
    let ring = (0..CORNERS).map(|n| reached(centre, -f64::from(n) * step, radius_m));
    Ok(in_the_world(&MultiPolygon::new(vec![Polygon::new(LineString(ring.collect()), Vec::new())])))
}

/// The cone and its circle, in one piece: WGS84 degrees, counter-clockwise, cut at the antimeridian.
///
/// ```
/// use spatial::{Position, zone};
/// let source = Position::new(120.6555, 28.0150)?;
/// let wind = zone::Cone {
///     source, wind_from_deg: 315.0, half_angle_deg: zone::ERG_HALF_ANGLE_DEG, length_m: 2_000.0, isolation_m: 100.0,
/// };
/// assert_eq!(zone::cone(&wind).unwrap().0.len(), 1);
/// # Ok::<(), spatial::PositionError>(())
/// ```
pub fn cone(cone: &Cone) -> Result<MultiPolygon<f64>, ZoneError> {
    length("length_m", cone.length_m)?;
    if !cone.wind_from_deg.is_finite() {
        return Err(ZoneError::Wind(cone.wind_from_deg));
    }
    if !(cone.half_angle_deg > 0.0 && cone.half_angle_deg < 180.0) {
        return Err(ZoneError::HalfAngle(cone.half_angle_deg));
    }
    if cone.isolation_m != 0.0 {
        length("isolation_m", cone.isolation_m)?;
    }
    if cone.isolation_m > cone.length_m {
        return Err(ZoneError::Isolation { isolation_m: cone.isolation_m, length_m: cone.length_m });
    }
    whole(cone.source, cone.length_m)?;
    let down = cone.wind_from_deg + 180.0;
    let (from, to) = (down - cone.half_angle_deg, down + cone.half_angle_deg);
    // Counter-clockwise: along the far arc from its end to its beginning, then about the source.
    let mut ring = arc(cone.source, to, from, cone.length_m);
    if cone.isolation_m > 0.0 {
        ring.extend(arc(cone.source, from, to - 360.0, cone.isolation_m));
    } else {
        ring.push(coord! { x: cone.source.lon(), y: cone.source.lat() });
    }
    Ok(in_the_world(&MultiPolygon::new(vec![Polygon::new(LineString(ring), Vec::new())])))
}

/// The area of a polygon or of several; nothing of any other geometry.
pub fn polygons(geometry: Geometry<f64>) -> Option<MultiPolygon<f64>> {
    match geometry {
        Geometry::Polygon(polygon) => Some(MultiPolygon::new(vec![polygon])),
        Geometry::MultiPolygon(polygons) => Some(polygons),
        Geometry::Point(_)
        | Geometry::MultiPoint(_)
        | Geometry::Line(_)
        | Geometry::LineString(_)
        | Geometry::MultiLineString(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => None,
    }
}

/// What somebody drew, made valid: rings that cross themselves are taken by the even-odd rule, outlines run
/// counter-clockwise, what crosses the antimeridian is cut there (a step of more than 180° of longitude is taken to go
/// the other way round).
pub fn drawn(area: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, ZoneError> {
    use geo::CoordsIter;
    for c in area.coords_iter() {
        Position::new(c.x, c.y).map_err(|_no_place| ZoneError::Corner(c.x, c.y))?;
    }
    let polygon = |p: &Polygon<f64>| {
        let first = p.exterior().0.first().map_or(0.0, |c| c.x);
        Polygon::new(unrolled(p.exterior(), first), p.interiors().iter().map(|hole| unrolled(hole, first)).collect())
    };
    let made = in_the_world(&MultiPolygon::new(area.iter().map(polygon).collect()));
    if area_m2(&made) < 1e-3 { Err(ZoneError::NoArea) } else { Ok(made) }
}

/// Area on the sphere, square metres: for each edge `R² (λ₂ − λ₁) (2 + sin φ₁ + sin φ₂) / 2` (Chamberlain and Duquette,
/// JPL 2007), outlines less holes. Exact to about the square of an edge's length in radians.
pub fn area_m2(area: &MultiPolygon<f64>) -> f64 {
    let ring = |ring: &LineString<f64>| -> f64 {
        let edge = |line: geo::Line<f64>| {
            let sines = 2.0 + line.start.y.to_radians().sin() + line.end.y.to_radians().sin();
            line.dx().to_radians() * sines / 2.0
        };
        ring.lines().map(edge).sum::<f64>().abs() * EARTH_RADIUS_M * EARTH_RADIUS_M
    };
    area.iter().map(|p| ring(p.exterior()) - p.interiors().iter().map(ring).sum::<f64>()).sum()
}

/// Where a line crosses the border of an area, in the order of the line: WGS84 degrees. A stretch that runs along the
/// border crosses it nowhere; a corner of the line that lies on the border counts once.
///
/// ```
/// use geo::{LineString, MultiPolygon, Polygon};
/// let square = LineString::from(vec![(120.0, 28.0), (121.0, 28.0), (121.0, 29.0), (120.0, 29.0), (120.0, 28.0)]);
/// let area = MultiPolygon::new(vec![Polygon::new(square, Vec::new())]);
/// let street = LineString::from(vec![(120.5, 28.5), (121.5, 28.5)]);
/// assert_eq!(spatial::zone::crossings(&street, &area), [geo::coord! { x: 121.0, y: 28.5 }]);
/// ```
pub fn crossings(line: &LineString<f64>, area: &MultiPolygon<f64>) -> Vec<Coord<f64>> {
    use geo::{BoundingRect, Intersects};
    let (Some(of_line), Some(of_area)) = (line.bounding_rect(), area.bounding_rect()) else { return Vec::new() };
    if !of_line.intersects(&of_area) {
        return Vec::new();
    }
    let rings = || area.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let mut found: Vec<Coord<f64>> = Vec::new();
    for piece in line.lines().filter(|piece| piece.bounding_rect().intersects(&of_area)) {
        let edges = rings().flat_map(LineString::lines);
        let mut here: Vec<Coord<f64>> = edges.filter_map(|edge| crossing(piece, edge)).collect();
        let along = |c: &Coord<f64>| (c.x - piece.start.x).hypot(c.y - piece.start.y);
        here.sort_by(|a, b| along(a).total_cmp(&along(b)));
        found.extend(here);
    }
    let same = |a: &Coord<f64>, b: &Coord<f64>| (a.x - b.x).abs() < 1e-9 && (a.y - b.y).abs() < 1e-9;
    found.dedup_by(|a, b| same(a, b));
    found
}

fn crossing(piece: geo::Line<f64>, edge: geo::Line<f64>) -> Option<Coord<f64>> {
    use geo::line_intersection::{LineIntersection, line_intersection};
    match line_intersection(piece, edge)? {
        LineIntersection::SinglePoint { intersection, .. } => Some(intersection),
        LineIntersection::Collinear { .. } => None,
    }
}

/// Polygons whose longitudes run on past ±180, brought back into the world: cut at the antimeridian, made valid by the
/// even-odd rule, outlines counter-clockwise.
pub(crate) fn in_the_world(area: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    use geo::BoundingRect;
    use geo::orient::{Direction, Orient};
    let Some(extent) = area.bounding_rect() else { return MultiPolygon::new(Vec::new()) };
    let mut parts = Vec::new();
    let mut world = ((extent.min().x + 180.0) / 360.0).floor();
    while world * 360.0 - 180.0 < extent.max().x {
        let west = world * 360.0 - 180.0;
        let strip = geo::Rect::new(coord! { x: west, y: -90.0 }, coord! { x: west + 360.0, y: 90.0 }).to_polygon();
        let whole = extent.min().x >= west && extent.max().x <= west + 360.0;
        let own = if whole { area.union(&MultiPolygon::new(Vec::new())) } else { area.intersection(&strip) };
        let back = |c: Coord<f64>| coord! { x: (c.x - 360.0 * world).clamp(-180.0, 180.0), y: c.y };
        parts.extend(own.map_coords(back));
        world += 1.0;
    }
    MultiPolygon::new(parts).orient(Direction::Default)
}

fn length(what: &'static str, metres: f64) -> Result<(), ZoneError> {
    let fits = metres > 0.0 && metres <= LONGEST_M;
    if fits { Ok(()) } else { Err(ZoneError::Length { what, got: metres }) }
}

/// Whether no pole is within reach.
fn whole(centre: Position, radius_m: f64) -> Result<(), ZoneError> {
    let highest = centre.lat().abs() + (radius_m / EARTH_RADIUS_M).to_degrees();
    if highest < 89.9 { Ok(()) } else { Err(ZoneError::Pole) }
}

/// Corners of an arc from one bearing down to a smaller one, both included.
fn arc(centre: Position, from_deg: f64, to_deg: f64, radius_m: f64) -> Vec<Coord<f64>> {
    let steps = ((from_deg - to_deg) / 360.0 * f64::from(CORNERS)).ceil().max(1.0);
    let mut corners = Vec::new();
    let mut step = 0.0;
    while step <= steps {
        corners.push(reached(centre, from_deg + (to_deg - from_deg) * step / steps, radius_m));
        step += 1.0;
    }
    corners
}

/// Where a great circle that leaves at a bearing is after so many metres; its longitude runs on past ±180.
fn reached(from: Position, bearing_deg: f64, metres: f64) -> Coord<f64> {
    let (lat, angle, bearing) = (from.lat().to_radians(), metres / EARTH_RADIUS_M, bearing_deg.to_radians());
    let sine = lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos();
    let turn = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * sine);
    coord! { x: from.lon() + turn.to_degrees(), y: sine.clamp(-1.0, 1.0).asin().to_degrees() }
}

/// A ring whose steps in longitude are all less than 180°, beginning near a longitude.
fn unrolled(ring: &LineString<f64>, near: f64) -> LineString<f64> {
    let mut last = near;
    let step = |c: &Coord<f64>| {
        let lon = c.x + 360.0 * ((last - c.x) / 360.0).round();
        last = lon;
        coord! { x: lon, y: c.y }
    };
    LineString(ring.coords().map(step).collect())
}

#[cfg(test)]
mod tests {
    use geo::orient::{Direction, Orient};
    use geo::{Contains, CoordsIter, Validation, polygon};
    use proptest::prelude::*;

    use super::*;

    fn place(lon: f64, lat: f64) -> Position {
        Position::new(lon, lat).unwrap()
    }

    fn blown(wind_from_deg: f64) -> Cone {
        Cone {
            source: place(120.6555, 28.015),
            wind_from_deg,
            half_angle_deg: ERG_HALF_ANGLE_DEG,
            length_m: 2_000.0,
            isolation_m: 0.0,
        }
    }

    /// Whether what lies so many metres off the source at a bearing is in the zone.
    fn holds(zone: &MultiPolygon<f64>, from: Position, bearing_deg: f64, metres: f64) -> bool {
        let c = reached(from, bearing_deg, metres);
        zone.contains(&coord! { x: (c.x + 540.0).rem_euclid(360.0) - 180.0, y: c.y })
    }

    #[test]
    fn a_wind_from_the_west_carries_east() {
        for (wind, down) in [(270.0, 90.0), (0.0, 180.0), (-90.0, 90.0), (630.0, 90.0), (45.0, 225.0)] {
            let zone = cone(&blown(wind)).unwrap();
            let source = blown(wind).source;
            assert!(holds(&zone, source, down, 1_900.0) && !holds(&zone, source, wind, 10.0), "{wind}");
            assert!(
                holds(&zone, source, down + 26.0, 1_900.0) && !holds(&zone, source, down + 27.0, 1_900.0),
                "{wind}"
            );
            assert!(!holds(&zone, source, down, 2_001.0), "{wind}");
        }
    }

    #[test]
    fn isolation_is_cleared_up_the_wind_too() {
        let zone = cone(&Cone { isolation_m: 100.0, ..blown(0.0) }).unwrap();
        assert_eq!(zone.0.len(), 1);
        assert!(zone.is_valid());
        let source = blown(0.0).source;
        assert!(
            holds(&zone, source, 0.0, 99.0)
                && !holds(&zone, source, 0.0, 101.0)
                && holds(&zone, source, 180.0, 1_990.0)
        );
        let disc = std::f64::consts::PI * 100.0_f64.powi(2);
        let part = |radius: f64| std::f64::consts::PI * radius * radius * 2.0 * ERG_HALF_ANGLE_DEG / 360.0;
        let expect = disc + part(2_000.0) - part(100.0);
        assert!((area_m2(&zone) / expect - 1.0).abs() < 0.003, "{} {expect}", area_m2(&zone));
    }

    #[test]
    fn the_cone_of_the_guidebook_ends_as_wide_as_it_is_long() {
        let half = ERG_HALF_ANGLE_DEG.to_radians().tan();
        assert!((2.0 * half - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_zone_is_refused_in_words() {
        let at = place(120.6555, 28.015);
        let say = |zone: Result<MultiPolygon<f64>, ZoneError>| zone.unwrap_err().to_string();
        assert_eq!(say(circle(at, 0.0)), "radius_m must be more than 0 and at most 100000 metres, got 0");
        assert!(say(circle(at, f64::NAN)).contains("radius_m") && say(circle(at, 1e9)).contains("radius_m"));
        assert_eq!(say(circle(place(10.0, 89.99), 5_000.0)), "the zone would reach a pole");
        assert!(say(cone(&blown(f64::NAN))).contains("wind"));
        assert!(say(cone(&Cone { half_angle_deg: 180.0, ..blown(0.0) })).contains("half_angle_deg"));
        assert!(say(cone(&Cone { isolation_m: 3_000.0, ..blown(0.0) })).contains("isolation"));
        assert!(say(cone(&Cone { isolation_m: -1.0, ..blown(0.0) })).contains("isolation_m"));
        let line = polygon![(x: 120.0, y: 28.0), (x: 121.0, y: 28.0), (x: 120.0, y: 28.0)];
        assert_eq!(drawn(&MultiPolygon::new(vec![line])), Err(ZoneError::NoArea));
        assert_eq!(drawn(&MultiPolygon::new(Vec::new())), Err(ZoneError::NoArea));
        let off = polygon![(x: 28.0, y: 120.0), (x: 29.0, y: 28.0), (x: 28.0, y: 28.0)];
        assert!(say(drawn(&MultiPolygon::new(vec![off]))).contains("no place"));
    }

    #[test]
    fn a_drawn_bow_is_both_its_lobes() {
        let bow = polygon![(x: 120.60, y: 28.00), (x: 120.62, y: 28.02), (x: 120.62, y: 28.00), (x: 120.60, y: 28.02)];
        let made = drawn(&MultiPolygon::new(vec![bow])).unwrap();
        assert!(made.is_valid() && made.0.len() == 2, "{made:?}");
        let square =
            polygon![(x: 120.60, y: 28.00), (x: 120.60, y: 28.02), (x: 120.62, y: 28.02), (x: 120.62, y: 28.00)];
        let half = area_m2(&drawn(&MultiPolygon::new(vec![square])).unwrap()) / 2.0;
        assert!((area_m2(&made) / half - 1.0).abs() < 1e-3);
    }

    #[test]
    fn a_street_leaves_a_zone_as_often_as_it_crosses_its_border() {
        let ring = |low: f64, high: f64| {
            LineString::from(vec![(low, low), (high, low), (high, high), (low, high), (low, low)])
        };
        let area = MultiPolygon::new(vec![Polygon::new(ring(0.0, 10.0), vec![ring(4.0, 6.0)])]);
        let count = |line: &[(f64, f64)]| crossings(&LineString::from(line.to_vec()), &area).len();
        assert_eq!(count(&[(-1.0, 5.0), (11.0, 5.0)]), 4, "in, into the hole, out of it, out");
        assert_eq!(count(&[(1.0, 1.0), (2.0, 9.0)]), 0, "inside");
        assert_eq!(count(&[(20.0, 1.0), (20.0, 9.0)]), 0, "outside");
        assert_eq!(count(&[(5.0, 2.0), (5.0, 0.0), (5.0, -2.0)]), 1, "a corner on the border");
        assert_eq!(count(&[(2.0, 0.0), (8.0, 0.0)]), 0, "along the border");
        let places = crossings(&LineString::from(vec![(11.0, 5.0), (-1.0, 5.0)]), &area);
        let xs: Vec<f64> = places.iter().map(|c| c.x).collect();
        assert_eq!(xs, [10.0, 6.0, 4.0, 0.0], "in the order of the line");
    }

    #[test]
    fn a_zone_over_the_antimeridian_is_cut_there() {
        let centre = place(179.999, -17.0);
        let disc = circle(centre, 1_000.0).unwrap();
        assert_eq!(disc.0.len(), 2);
        for bearing in [0.0, 90.0, 180.0, 270.0] {
            assert!(holds(&disc, centre, bearing, 990.0) && !holds(&disc, centre, bearing, 1_001.0), "{bearing}");
        }
        let across =
            polygon![(x: 179.99, y: 10.0), (x: -179.99, y: 10.0), (x: -179.99, y: 10.01), (x: 179.99, y: 10.01)];
        let made = drawn(&MultiPolygon::new(vec![across])).unwrap();
        assert_eq!(made.0.len(), 2);
        assert!((area_m2(&made) / (2_190.0 * 1_112.0) - 1.0).abs() < 0.01, "{}", area_m2(&made));
    }

    proptest! {
        #[test]
        fn a_circle_has_the_area_of_a_circle(lon in -180.0..180.0_f64, lat in -80.0..80.0_f64, radius in 1.0..50_000.0_f64) {
            let zone = circle(place(lon, lat), radius).unwrap();
            // A cap of the sphere.
            let cap = std::f64::consts::TAU * EARTH_RADIUS_M.powi(2) * 2.0 * (radius / EARTH_RADIUS_M / 2.0).sin().powi(2);
            prop_assert!((area_m2(&zone) / cap - 1.0).abs() < 0.005, "{} {}", area_m2(&zone), cap);
            prop_assert!(zone.coords_iter().all(|c| Position::new(c.x, c.y).is_ok()));
            prop_assert_eq!(zone.orient(Direction::Default), zone);
        }

        #[test]
        fn a_cone_holds_what_its_rule_says(
            lon in -180.0..180.0_f64, lat in -80.0..80.0_f64, wind in -400.0..800.0_f64, half in 1.0..179.0_f64,
            isolation in 0.0..1.0_f64, bearing in 0.0..360.0_f64, far in 0.0..1.2_f64,
        ) {
            let source = place(lon, lat);
            let (length_m, isolation_m) = (5_000.0, if isolation < 0.3 { 0.0 } else { isolation * 4_000.0 });
            let zone = cone(&Cone { source, wind_from_deg: wind, half_angle_deg: half, length_m, isolation_m }).unwrap();
            let off = (bearing - wind - 180.0).rem_euclid(360.0);
            let off = off.min(360.0 - off);
            let metres = far * length_m;
            // Chords of 5° lie inside the arc by a thousandth.
            let edge = |is: f64, at: f64, by: f64| (is - at).abs() < by;
            prop_assume!(!edge(off, half, 0.2) && !edge(metres, length_m, 6.0) && !edge(metres, isolation_m, 6.0));
            let inside = metres < isolation_m || (metres < length_m && off < half);
            prop_assert_eq!(holds(&zone, source, bearing, metres), inside);
        }
    }
}
