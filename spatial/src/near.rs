//! What is near: a search that measures on the map first and on the sphere last.
//!
//! A path of length `r` from a place at latitude `φ` never leaves the latitudes `φ ± r`, and there Web Mercator
//! stretches each piece of it by at most `1 / cos(|φ| + r)`. So nothing within `r` metres is farther than
//! `r / cos(|φ| + r)` on the map, and what is farther may be skipped without a sine. The other way round, a straight
//! line on the map bounds the distance on the sphere from above, so the k-th nearest on the map says how far the k-th
//! nearest on the sphere can be.

use std::collections::BinaryHeap;

use crate::mercator::{World, WorldBox};
use crate::position::{EARTH_RADIUS_M, Position};

/// One world unit at the equator, metres, on the sphere that distances are measured on.
const UNIT_M: f64 = std::f64::consts::TAU * EARTH_RADIUS_M / 4_294_967_296.0;
/// Beyond this latitude the map is cut off and the bound means nothing, degrees.
const BOUND_HOLDS_TO: f64 = 85.0;
/// World units by which two places can seem farther or nearer than they are: each is rounded to a unit.
const ROUNDED: f64 = 2.0;

/// A search around a place, for the nearest `k` or for all, none farther than a limit.
pub(crate) struct Search {
    around: Around,
    k: Option<usize>,
    farthest_m: f64,
    /// What is farther on the map is not wanted any more: a square, world units.
    limit2: f64,
    /// The `k` smallest squares of distances on the map, as bits: no square is negative, so the bits sort as they do.
    smallest: BinaryHeap<u64>,
    /// What was within the limit when it came, with its square.
    found: Vec<(f64, usize)>,
}

/// What a search found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Great-circle distance, metres.
    pub(crate) distance_m: f64,
    /// Decides between equal distances.
    pub(crate) tie: u64,
    pub(crate) item: usize,
}

impl Search {
    /// The nearest `k`.
    pub(crate) fn nearest(centre: Position, k: usize, farthest_m: f64) -> Self {
        Self::new(centre, Some(k), farthest_m)
    }

    /// All within a circle.
    pub(crate) fn within(centre: Position, radius_m: f64) -> Self {
        Self::new(centre, None, radius_m)
    }

    fn new(centre: Position, k: Option<usize>, farthest_m: f64) -> Self {
        let around = Around::new(centre);
        // A limit that is negative or not a number lets nothing in.
        let limit2 = if farthest_m >= 0.0 && k != Some(0) { around.reach2(farthest_m) } else { -1.0 };
        Self { around, k, farthest_m, limit2, smallest: BinaryHeap::new(), found: Vec::new() }
    }

    /// The centre.
    pub(crate) fn centre(&self) -> Position {
        self.around.centre
    }

    /// The centre in world units.
    pub(crate) fn at(&self) -> World {
        self.around.at
    }

    /// What is farther on the map is not wanted any more: a square, world units. It never grows.
    pub(crate) fn limit2(&self) -> f64 {
        self.limit2
    }

    /// Square of the smallest distance on the map to a box.
    pub(crate) fn gap2(&self, b: &WorldBox) -> f64 {
        self.around.gap2(b)
    }

    /// Given how far something is on the map, how far on the map something can be that is as near on the sphere. Both
    /// are squares, world units.
    pub(crate) fn as_near_as(&self, gap2: f64) -> f64 {
        self.around.reach2(self.around.farthest_m(gap2.sqrt()))
    }

    /// Considers an item; `accept` is asked only if it is near enough.
    pub(crate) fn offer(&mut self, world: World, item: usize, accept: impl FnOnce() -> bool) {
        let gap2 = self.around.gap2_to(world);
        if gap2 > self.limit2 || !accept() {
            return;
        }
        self.found.push((gap2, item));
        let Some(k) = self.k else { return };
        if self.smallest.len() < k {
            self.smallest.push(gap2.to_bits());
        } else if let Some(mut worst) = self.smallest.peek_mut()
            && *worst > gap2.to_bits()
        {
            *worst = gap2.to_bits();
        }
    }

    /// Brings the limit down to what was found. Called once for many offers: it costs two cosines.
    pub(crate) fn settle(&mut self) {
        let full = self.k.is_some_and(|k| self.smallest.len() >= k);
        if let Some(worst) = self.smallest.peek().filter(|_| full) {
            self.limit2 = self.limit2.min(self.as_near_as(f64::from_bits(*worst)));
        }
    }

    /// What was found, nearest first, ties by the number that `of` gives beside an item's place.
    pub(crate) fn finish(mut self, of: impl Fn(usize) -> Option<(Position, u64)>) -> Vec<Found> {
        self.settle();
        let near = self.found.into_iter().filter(|(gap2, _)| *gap2 <= self.limit2).filter_map(|(_, item)| {
            let (place, tie) = of(item)?;
            Some(Found { distance_m: place.distance_m(&self.around.centre), tie, item })
        });
        let mut found: Vec<Found> = near.filter(|found| found.distance_m <= self.farthest_m).collect();
        found.sort_unstable_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.tie.cmp(&b.tie)));
        found.truncate(self.k.unwrap_or(usize::MAX));
        found
    }
}

/// A place that is searched around.
#[derive(Debug, Clone, Copy)]
struct Around {
    centre: Position,
    at: World,
}

impl Around {
    fn new(centre: Position) -> Self {
        Self { centre, at: World::of(centre) }
    }

    /// Square of the distance on the map, world units, beyond which nothing lies within `radius_m`; infinite where
    /// the bound does not hold.
    fn reach2(&self, radius_m: f64) -> f64 {
        let highest = self.centre.lat().abs() + (radius_m / EARTH_RADIUS_M).to_degrees();
        if highest > BOUND_HOLDS_TO {
            return f64::INFINITY;
        }
        let reach = radius_m / (highest.to_radians().cos() * UNIT_M) * (1.0 + 1e-9) + ROUNDED;
        reach * reach
    }

    /// The most metres that `units` on the map can be: the straight line stays above some latitude. It need not hold
    /// for places that the map cuts off; those are so far that [`Self::reach2`] of the answer is infinite.
    fn farthest_m(&self, units: f64) -> f64 {
        let line = (units + ROUNDED) * UNIT_M;
        let lowest = (self.centre.lat().abs() - (line / EARTH_RADIUS_M).to_degrees()).max(0.0);
        line * lowest.to_radians().cos() * (1.0 + 1e-9)
    }

    /// Square of the smallest distance on the map to a box, world units; the shorter way around the world counts.
    fn gap2(&self, b: &WorldBox) -> f64 {
        let World { x, y } = self.at;
        let inside = (b.min.x..=b.max.x).contains(&x);
        let dx = if inside { 0 } else { b.min.x.wrapping_sub(x).min(x.wrapping_sub(b.max.x)) };
        let dy = b.min.y.saturating_sub(y).max(y.saturating_sub(b.max.y));
        square(dx) + square(dy)
    }

    /// Square of the distance on the map to a place, world units.
    fn gap2_to(&self, place: World) -> f64 {
        let dx = place.x.wrapping_sub(self.at.x);
        square(dx.min(dx.wrapping_neg())) + square(place.y.abs_diff(self.at.y))
    }
}

fn square(v: u32) -> f64 {
    f64::from(v) * f64::from(v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_near_is_within_reach(
            lon in -180.0..180.0_f64, lat in -90.0..90.0_f64, bearing in 0.0..360.0_f64, share in 0.0..1.0_f64, radius in 1.0..3_000_000.0_f64,
        ) {
            // A place at most `radius` away, by the direct formula on the sphere.
            let (a, angle, bearing) = (lat.to_radians(), share * radius / EARTH_RADIUS_M, bearing.to_radians());
            let b = (a.sin() * angle.cos() + a.cos() * angle.sin() * bearing.cos()).clamp(-1.0, 1.0).asin();
            let turn = (bearing.sin() * angle.sin() * a.cos()).atan2(angle.cos() - a.sin() * b.sin());
            let lon2 = (lon + turn.to_degrees() + 540.0).rem_euclid(360.0) - 180.0;
            let (Ok(centre), Ok(place)) = (Position::new(lon, lat), Position::new(lon2, b.to_degrees())) else { return Ok(()) };
            prop_assume!(place.distance_m(&centre) <= radius);
            let around = Around::new(centre);
            let gap2 = around.gap2_to(World::of(place));
            prop_assert!(gap2 <= around.reach2(radius));
            let farthest_m = around.farthest_m(gap2.sqrt());
            prop_assert!(place.distance_m(&centre) <= farthest_m || around.reach2(farthest_m).is_infinite());
        }
    }
}
