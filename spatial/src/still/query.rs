//! Nearest, within and inside on a still layer. Each has its obvious twin in [`super::scan`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::layer::StillLayer;
use super::shapes::{Edge, Ring, Shapes, edges, holds, rings_of};
use super::tree::{Node, Verdict, walk};
use crate::mercator::{World, WorldBox};
use crate::near::{Found, Search};
use crate::position::Position;

/// A row and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The row.
    pub row: usize,
    /// Great-circle distance to `place`, metres.
    pub distance_m: f64,
    /// The place of the row that is nearest: the point itself, the nearest place on a line or on a polygon's edge, the
    /// centre of the search when a polygon holds it.
    pub place: Position,
}

impl StillLayer {
    /// The `k` nearest rows that `accept` takes, no farther than `max_distance_m`; nearest first, ties by fid. A line is
    /// as far as its nearest place, a polygon that holds the centre is at 0 m.
    ///
    /// Squares are opened nearest first, and no square that is farther than the k-th row found: the cost does not grow
    /// with `max_distance_m`.
    pub fn nearest(
        &self,
        centre: Position,
        k: usize,
        max_distance_m: f64,
        accept: impl Fn(usize) -> bool,
    ) -> Vec<Near> {
        let (mut search, keys) = (Search::nearest(centre, k, max_distance_m), self.keys());
        if let Some(shapes) = self.shapes() {
            return self.approach(shapes, search, &accept);
        }
        // Gaps are not negative, so their bits sort as they do.
        let queued = |search: &Search, node: &Node| {
            Reverse((search.gap2(&node.square()).to_bits(), node.rows.start, node.rows.end))
        };
        let mut open = BinaryHeap::new();
        open.extend(Node::of(keys, 0..keys.len()).map(|root| queued(&search, &root)));
        while let Some(Reverse((gap2, start, end))) = open.pop() {
            if f64::from_bits(gap2) > search.limit2() {
                break;
            }
            let Some(node) = Node::of(keys, start..end) else { continue };
            if node.is_leaf() {
                self.offer_rows(&mut search, node.rows, &accept);
            } else {
                open.extend(node.quarters(keys).map(|quarter| queued(&search, &quarter)));
            }
        }
        self.answer(search)
    }

    /// All rows that `accept` takes of which a part lies within a circle; nearest first, ties by fid.
    pub fn within(&self, centre: Position, radius_m: f64, accept: impl Fn(usize) -> bool) -> Vec<Near> {
        let mut search = Search::within(centre, radius_m);
        if let Some(shapes) = self.shapes() {
            return self.approach(shapes, search, &accept);
        }
        let mut ranges = Vec::new();
        let judge =
            |square: &WorldBox| if search.gap2(square) > search.limit2() { Verdict::Out } else { Verdict::Mixed };
        walk(self.keys(), &judge, &mut |rows, _| ranges.push(rows));
        for rows in ranges {
            self.offer_rows(&mut search, rows, &accept);
        }
        self.answer(search)
    }

    /// Rows of a polygon layer that hold the place, in row order.
    pub fn covering(&self, place: Position) -> Vec<usize> {
        let Some(shapes) = self.shapes() else { return Vec::new() };
        let w = World::of(place);
        shapes.meeting(WorldBox { min: w, max: w }).into_iter().filter(|row| shapes.holds(*row, w)).collect()
    }

    /// Rows that `accept` takes whose place lies in one of the polygons (WGS84 degrees), in row order. Within a polygon
    /// the even-odd rule holds; a place on an edge may count either way.
    pub fn within_polygon(&self, polygon: &geo::MultiPolygon<f64>, accept: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut rows = Vec::new();
        for part in polygon {
            let rings = rings_of(part);
            if let Some(root) = Node::of(self.keys(), 0..self.keys().len()) {
                rows_inside(self.keys(), root, &rings, &edges(&rings).collect::<Vec<_>>(), &mut rows);
            }
        }
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| accept(*row));
        rows
    }

    fn offer_rows(&self, search: &mut Search, rows: Range<usize>, accept: &impl Fn(usize) -> bool) {
        for (row, key) in rows.clone().zip(self.keys().get(rows).unwrap_or_default()) {
            search.offer(World::from_morton(*key), row, || accept(row));
        }
        search.settle();
    }

    fn answer(&self, search: Search) -> Vec<Near> {
        let found = search.finish(|row| Some((self.position(row)?, self.fid(row)?)));
        let near = |found: Found| {
            Some(Near { row: found.item, distance_m: found.distance_m, place: self.position(found.item)? })
        };
        found.into_iter().filter_map(near).collect()
    }

    /// Lines and polygons: rows come by their box, and count with their nearest place.
    fn approach(&self, shapes: &Shapes, mut search: Search, accept: &impl Fn(usize) -> bool) -> Vec<Near> {
        let mut places: Vec<(usize, Position)> = Vec::new();
        shapes.approach(&mut search, &mut |search, row| {
            if !accept(row) {
                return;
            }
            let Some(place) = shapes.nearest_place(row, search).or_else(|| self.position(row)) else { return };
            search.offer(World::of(place), places.len(), || true);
            search.settle();
            places.push((row, place));
        });
        let found = search.finish(|n| places.get(n).and_then(|(row, place)| Some((*place, self.fid(*row)?))));
        let near = |found: Found| {
            places.get(found.item).map(|(row, place)| Near { row: *row, distance_m: found.distance_m, place: *place })
        };
        found.into_iter().filter_map(near).collect()
    }
}

/// Rows whose key lies in the box, in row order.
pub(crate) fn points_in(keys: &[u64], b: WorldBox) -> Vec<usize> {
    let judge = |square: &WorldBox| match (b.meets(square), b.contains(square.min) && b.contains(square.max)) {
        (false, _) => Verdict::Out,
        (true, true) => Verdict::In,
        (true, false) => Verdict::Mixed,
    };
    let mut rows = Vec::new();
    let inside = |row: &usize| keys.get(*row).is_some_and(|key| b.contains(World::from_morton(*key)));
    walk(keys, &judge, &mut |range, whole| {
        if whole {
            rows.extend(range);
        } else {
            rows.extend(range.filter(inside));
        }
    });
    rows
}

/// Collects the rows of a node that lie in the rings; `near` are the edges that may meet the node's square. A square
/// that no edge meets lies wholly in or out, so one of its places answers for all.
fn rows_inside(keys: &[u64], node: Node, rings: &[Ring], near: &[Edge], rows: &mut Vec<usize>) {
    let square = node.square();
    let near: Vec<Edge> = near.iter().filter(|edge| edge.bounds().meets(&square)).copied().collect();
    if near.is_empty() {
        if holds(rings, square.min) {
            rows.extend(node.rows);
        }
    } else if node.is_leaf() {
        rows.extend(node.rows.filter(|row| keys.get(*row).is_some_and(|key| holds(rings, World::from_morton(*key)))));
    } else {
        for quarter in node.quarters(keys) {
            rows_inside(keys, quarter, rings, &near, rows);
        }
    }
}
