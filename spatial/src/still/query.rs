//! Nearest and within on a still layer.

use super::layer::StillLayer;
use crate::mercator::{World, WorldBox};
use crate::position::{Bounds, Position};

/// A row and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The row.
    pub row: usize,
    /// Great-circle distance to the row's place, metres.
    pub distance_m: f64,
}

impl StillLayer {
    /// The `k` nearest rows that `accept` takes, no farther than `max_distance_m`; nearest first, ties by fid.
    pub fn nearest(&self, centre: Position, k: usize, max_distance_m: f64, accept: impl Fn(usize) -> bool) -> Vec<Near> {
        let mut all = self.within(centre, max_distance_m, accept);
        all.truncate(k);
        all
    }

    /// All rows that `accept` takes within a circle; nearest first, ties by fid.
    pub fn within(&self, centre: Position, radius_m: f64, accept: impl Fn(usize) -> bool) -> Vec<Near> {
        let b = WorldBox::of(Bounds::around(centre, radius_m * 1.001 + 0.1));
        let rows = points_in(self.keys(), b);
        let near = |row: usize| {
            let distance_m = self.position(row)?.distance_m(&centre);
            (distance_m <= radius_m && accept(row)).then_some(Near { row, distance_m })
        };
        let mut all: Vec<Near> = rows.into_iter().filter_map(near).collect();
        all.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then_with(|| self.fid(a.row).cmp(&self.fid(b.row))));
        all
    }

    /// Rows of a polygon layer that hold the place, in row order.
    pub fn covering(&self, place: Position) -> Vec<usize> {
        let Some(shapes) = self.shapes() else { return Vec::new() };
        let w = World::of(place);
        shapes.meeting(WorldBox { min: w, max: w }).into_iter().filter(|row| shapes.holds(*row, w)).collect()
    }
}

/// Rows whose key lies in the box, in row order.
pub(super) fn points_in(keys: &[u64], b: WorldBox) -> Vec<usize> {
    let (low, high) = (b.min.morton(), b.max.morton());
    let range = keys.partition_point(|key| *key < low)..keys.partition_point(|key| *key <= high);
    let start = range.start;
    let slice = keys.get(range).unwrap_or_default();
    slice.iter().enumerate().filter(|(_, key)| b.contains(World::from_morton(**key))).map(|(n, _)| start + n).collect()
}
