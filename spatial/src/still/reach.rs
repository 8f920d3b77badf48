//! How far a line or a polygon is: to the nearest place on it, not to a place that stands for it.

use super::shapes::{Edge, Shapes, edges, holds};
use crate::mercator::World;
use crate::near::Search;
use crate::position::Position;

/// The width of the world, world units.
const AROUND: f64 = 4_294_967_296.0;

impl Shapes {
    /// The place of a row that is nearest to the search's centre; the centre itself when the row's polygon holds it.
    /// Edges are straight on the map, as they are drawn. `None` for a row without an edge.
    pub(super) fn nearest_place(&self, row: usize, search: &Search) -> Option<Position> {
        let (rings, at) = (self.rings(row), search.at());
        if self.is_filled(row) && holds(rings, at) {
            return Some(search.centre());
        }
        let nearest_on_map = edges(rings).map(|edge| edge.gap2(at)).min_by(f64::total_cmp)?;
        let limit2 = search.as_near_as(nearest_on_map);
        let centre = direction(search.centre());
        let mut nearest: Option<(f64, Position)> = None;
        for edge in edges(rings).filter(|edge| edge.gap2(at) <= limit2) {
            let shares = [Some(edge.share_on_map(at)), edge.share_on_sphere(centre)];
            for place in shares.into_iter().flatten().filter_map(|share| edge.at(share).position()) {
                let distance_m = place.distance_m(&search.centre());
                if nearest.is_none_or(|(known, _)| distance_m < known) {
                    nearest = Some((distance_m, place));
                }
            }
        }
        nearest.map(|(_, place)| place)
    }
}

impl Edge {
    /// Square of the smallest distance on the map from a place, world units; the shorter way around the world counts.
    fn gap2(self, from: World) -> f64 {
        let (ax, ay, dx, dy) = self.seen_from(from);
        let share = self.share_on_map(from);
        (ax + share * dx).powi(2) + (ay + share * dy).powi(2)
    }

    /// How much of the way along the edge its nearest place on the map is, 0 to 1.
    fn share_on_map(self, from: World) -> f64 {
        let (ax, ay, dx, dy) = self.seen_from(from);
        let length2 = dx * dx + dy * dy;
        if length2 > 0.0 { (-(ax * dx + ay * dy) / length2).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// How much of the way along the edge its place lies that is nearest on the sphere, on the great circle through both
    /// ends: the foot of `p` there is `αa + βb` with `β / (α + β)` as below, written with differences so that an edge of
    /// a metre keeps its digits. For an edge of 10 km at 28° the drawn line lies 1 m beside the great circle and its
    /// places up to 1 m along it: from afar that changes a distance by far less, and from close by, where it would not,
    /// the nearest place on the map is the nearest on the sphere.
    fn share_on_sphere(self, centre: [f64; 3]) -> Option<f64> {
        let (a, b) = (direction(self.a.position()?), direction(self.b.position()?));
        let (along, to) = (minus(b, a), minus(centre, a));
        let half = dot(along, along) / 2.0;
        let both = half * (dot(a, centre) + dot(b, centre));
        // Beyond a quarter of the earth the foot is what is farthest: an end is nearest.
        Some(if both > 0.0 {
            ((dot(along, to) - half * dot(to, to) / 2.0) / both).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(dot(a, centre) < dot(b, centre)))
        })
    }

    /// Where it begins as seen from a place, and how it runs: world units, the nearer way around the world.
    fn seen_from(self, from: World) -> (f64, f64, f64, f64) {
        let gap = |to: u32, of: u32| f64::from(to) - f64::from(of);
        let (ax, ay) = (gap(self.a.x, from.x), gap(self.a.y, from.y));
        let (dx, dy) = (gap(self.b.x, self.a.x), gap(self.b.y, self.a.y));
        let turns = ((ax + dx / 2.0) / AROUND).round();
        (ax - turns * AROUND, ay, dx, dy)
    }

    /// The place at a share of the way, 0 to 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two numbers of 32 bits")]
    fn at(self, share: f64) -> World {
        let between = |a: u32, b: u32| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u32;
        World { x: between(self.a.x, self.b.x), y: between(self.a.y, self.b.y) }
    }
}

/// The direction from the middle of the earth.
fn direction(place: Position) -> [f64; 3] {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) =
        (place.lat().to_radians().sin_cos(), place.lon().to_radians().sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
