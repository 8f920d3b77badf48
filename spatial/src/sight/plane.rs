//! A flat piece of the map around a place: world units as whole numbers, east and north.

use crate::mercator::{World, WorldBox};
use crate::position::{EARTH_RADIUS_M, Position};

/// Units east and north of an origin. Whole numbers in `f64`: what the sight computes from them (differences, products,
/// sums of two products) is exact as long as each is below 2²⁶ (some 600 km at the equator).
pub(super) type Flat = (f64, f64);

/// The width of the world, world units.
const AROUND: f64 = 4_294_967_296.0;

/// The piece around an origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    pub(super) origin: World,
    /// Metres of one unit at the origin's latitude.
    pub(super) unit_m: f64,
}

impl Plane {
    pub(super) fn at(place: Position) -> Self {
        let unit_m = std::f64::consts::TAU * EARTH_RADIUS_M * place.lat().to_radians().cos().max(1e-6) / AROUND;
        Self { origin: World::of(place), unit_m }
    }

    /// Where a world unit lies; the shorter way around the world.
    pub(super) fn flat(&self, w: World) -> Flat {
        let east = w.x.wrapping_sub(self.origin.x).cast_signed();
        (f64::from(east), f64::from(self.origin.y) - f64::from(w.y))
    }

    /// Degrees of a place on the plane; the longitude runs on past ±180 so that a shape stays in one piece.
    pub(super) fn degrees(&self, (east, north): Flat) -> (f64, f64) {
        let x = (f64::from(self.origin.x) + east + 0.5) / AROUND;
        let y = (f64::from(self.origin.y) - north + 0.5) / AROUND;
        let lat = (std::f64::consts::PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees();
        (x * 360.0 - 180.0, lat)
    }

    /// The place, its longitude brought back into −180..180.
    pub(super) fn position(&self, flat: Flat) -> Option<Position> {
        let (lon, lat) = self.degrees(flat);
        Position::new((lon + 540.0).rem_euclid(360.0) - 180.0, lat).ok()
    }

    /// Boxes of the world that together hold all places of the plane from `min` to `max`; two at the antimeridian.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "brought into 0..2^32 just before")]
    pub(super) fn boxes(&self, min: Flat, max: Flat) -> Vec<WorldBox> {
        let x = |east: f64| (f64::from(self.origin.x) + east).rem_euclid(AROUND) as u32;
        let y = |north: f64| (f64::from(self.origin.y) - north).clamp(0.0, AROUND - 1.0) as u32;
        let (top, bottom) = (y(max.1.ceil()), y(min.1.floor()));
        let part = |from: u32, to: u32| WorldBox { min: World { x: from, y: top }, max: World { x: to, y: bottom } };
        let (west, east) = (min.0.floor(), max.0.ceil());
        if east - west >= AROUND - 1.0 {
            return vec![part(0, u32::MAX)];
        }
        let (from, to) = (x(west), x(east));
        if from <= to { vec![part(from, to)] } else { vec![part(from, u32::MAX), part(0, to)] }
    }
}

/// Degrees clockwise from north of a direction on the plane, 0..360; 0 for no direction.
pub(super) fn bearing_deg((east, north): Flat) -> f64 {
    east.atan2(north).to_degrees().rem_euclid(360.0) % 360.0
}

/// The direction of a bearing, of length 1.
pub(super) fn towards(bearing_deg: f64) -> Flat {
    bearing_deg.to_radians().sin_cos()
}

/// The smaller turn between two bearings, 0..180 degrees.
pub(super) fn turn_deg(a: f64, b: f64) -> f64 {
    let gap = (a - b).rem_euclid(360.0);
    gap.min(360.0 - gap)
}

/// Twice the signed area of the triangle from the origin to `a` to `b`: positive when `b` is to the left of `a`.
pub(super) fn cross(a: Flat, b: Flat) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

pub(super) fn dot(a: Flat, b: Flat) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

pub(super) fn minus(a: Flat, b: Flat) -> Flat {
    (a.0 - b.0, a.1 - b.1)
}

pub(super) fn length(a: Flat) -> f64 {
    dot(a, a).sqrt()
}

/// Distance from a place to an edge, units.
pub(super) fn gap(from: Flat, (a, b): (Flat, Flat)) -> f64 {
    let (along, to) = (minus(b, a), minus(from, a));
    let length2 = dot(along, along);
    let share = if length2 > 0.0 { (dot(along, to) / length2).clamp(0.0, 1.0) } else { 0.0 };
    length(minus(to, (along.0 * share, along.1 * share)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearings_go_clockwise_from_north() {
        for (flat, deg) in [((0.0, 1.0), 0.0), ((1.0, 0.0), 90.0), ((0.0, -1.0), 180.0), ((-1.0, 0.0), 270.0)] {
            assert!((bearing_deg(flat) - deg).abs() < 1e-12, "{flat:?}");
        }
        assert!((turn_deg(359.0, 1.0) - 2.0).abs() < 1e-12);
        assert!((turn_deg(1.0, 181.0) - 180.0).abs() < 1e-12);
        assert!(bearing_deg((-1e-300, 1.0)) < 360.0);
    }

    #[test]
    fn a_plane_goes_on_across_the_antimeridian() {
        let plane = Plane::at(Position::new(179.9999, 10.0).unwrap());
        let (east, north) = plane.flat(World::of(Position::new(-179.9999, 10.0).unwrap()));
        assert!((east * plane.unit_m - 21.9).abs() < 0.1 && north.abs() < 2.0, "{east} {north}");
        let boxes = plane.boxes((0.0, -10.0), (east, 10.0));
        assert_eq!(boxes.len(), 2);
        assert_eq!((boxes[0].max.x, boxes[1].min.x), (u32::MAX, 0));
        let back = plane.position((east, north)).unwrap();
        assert!((back.lon() + 179.9999).abs() < 1e-6, "{back:?}");
    }
}
