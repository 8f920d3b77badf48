//! A vertex as the graph keeps it, and the measures of the graph: 1e-7 degree, tenths of a millimetre, milliseconds.

use geo::Coord;

use crate::mercator::World;
use crate::position::{EARTH_RADIUS_M, Position};

/// A vertex: longitude and latitude in units of 1e-7 degree (about 1 cm), as OpenStreetMap keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    pub(crate) lon: i32,
    pub(crate) lat: i32,
}

impl Spot {
    /// The nearest vertex to degrees (WGS84, longitude first).
    pub(crate) fn of(at: Coord<f64>) -> Self {
        Self { lon: whole(at.x * 1e7), lat: whole(at.y * 1e7) }
    }

    /// Degrees: x is longitude.
    pub(crate) fn degrees(self) -> Coord<f64> {
        Coord { x: f64::from(self.lon) / 1e7, y: f64::from(self.lat) / 1e7 }
    }

    /// As a place; `None` for (0, 0), which is none.
    pub(crate) fn position(self) -> Option<Position> {
        let at = self.degrees();
        Position::new(at.x, at.y).ok()
    }

    /// Great-circle metres (haversine on [`EARTH_RADIUS_M`]).
    pub(crate) fn distance_m(self, other: Self) -> f64 {
        let (a, b) = (self.degrees(), other.degrees());
        let (south, north) = (a.y.to_radians(), b.y.to_radians());
        let (dlat, dlon) = ((north - south) / 2.0, (b.x - a.x).to_radians() / 2.0);
        let h = dlat.sin().powi(2) + south.cos() * north.cos() * dlon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }

    /// Its place along the Morton curve: near vertices have near numbers, mostly.
    pub(crate) fn morton(self) -> u64 {
        let at = self.degrees();
        World::of_degrees(at.x, at.y).morton()
    }
}

/// A flat frame in metres about a place: good to a few millimetres within 2 km, which is as far as it is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    centre: Coord<f64>,
    per_lon: f64,
    per_lat: f64,
}

impl Frame {
    pub(crate) fn at(centre: Coord<f64>) -> Self {
        let per_lat = EARTH_RADIUS_M.to_radians();
        Self { centre, per_lon: per_lat * centre.y.to_radians().cos().max(1e-6), per_lat }
    }

    /// Metres east and north of the centre.
    pub(crate) fn xy(&self, at: Coord<f64>) -> [f64; 2] {
        [(at.x - self.centre.x) * self.per_lon, (at.y - self.centre.y) * self.per_lat]
    }

    /// Degrees of metres east and north of the centre.
    pub(crate) fn degrees(&self, [x, y]: [f64; 2]) -> Coord<f64> {
        Coord { x: self.centre.x + x / self.per_lon, y: self.centre.y + y / self.per_lat }
    }
}

/// Where the segment a–b is nearest to (0, 0): the share of the way from a, and the square of the distance.
pub(crate) fn nearest_on(a: [f64; 2], b: [f64; 2]) -> (f64, f64) {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let long2 = dx * dx + dy * dy;
    let share = if long2 > 0.0 { (-(a[0] * dx + a[1] * dy) / long2).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (a[0] + share * dx, a[1] + share * dy);
    (share, x * x + y * y)
}

/// Tenths of a millimetre in a metre: fine enough that a sum over a thousand edges stays within a millimetre or two,
/// coarse enough that 400 km fit into 32 bits.
pub(crate) const PER_METRE: f64 = 10_000.0;

/// Metres as the graph counts them; more than 429 km count as that.
pub(crate) fn length(metres: f64) -> u32 {
    count(metres * PER_METRE)
}

/// Back to metres.
pub(crate) fn metres(length: u32) -> f64 {
    f64::from(length) / PER_METRE
}

/// Seconds as the graph counts them: milliseconds.
pub(crate) fn millis(seconds: f64) -> u32 {
    count(seconds * 1_000.0)
}

/// The most milliseconds (or whatever a second has so many of) that are no more than a bound; the search's own "for
/// ever" stays beyond all bounds.
pub(crate) fn most(bound: f64, per: f64) -> u32 {
    let near = count(bound * per).min(u32::MAX - 1);
    if f64::from(near) / per > bound { near.saturating_sub(1) } else { near }
}

/// `part` of `whole`, of a cost, rounded.
pub(crate) fn share(cost: u32, part: u32, whole: u32) -> u32 {
    if whole == 0 {
        return 0;
    }
    // The most frequent case, without a division.
    if part == whole {
        return cost;
    }
    let exact = (u64::from(cost) * u64::from(part) + u64::from(whole) / 2) / u64::from(whole);
    u32::try_from(exact).unwrap_or(u32::MAX)
}

/// A number of a list's entry; lists here are far below 2³².
pub(crate) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just before")]
fn count(value: f64) -> u32 {
    value.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped just before")]
fn whole(value: f64) -> i32 {
    value.round().clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_never_rounded_up() {
        for (bound, expect) in [(0.29, 290), (27.5, 27_500), (27.499_7, 27_499), (27.500_3, 27_500), (0.0, 0)] {
            assert_eq!(most(bound, 1_000.0), expect, "{bound}");
        }
        assert_eq!(most(f64::INFINITY, 1_000.0), u32::MAX - 1);
        assert_eq!(most(-1.0, 1_000.0), 0);
    }
}
