//! The quadtree that a sorted array of Morton keys is: its squares are ranges of rows.

use std::ops::Range;

use crate::mercator::{World, WorldBox};

/// A square with no more rows than this is looked at row by row.
pub(super) const LEAF: usize = 16;

/// A range of rows and the smallest square of the quadtree that holds them all.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) rows: Range<usize>,
    low: u64,
    high: u64,
}

/// What a search thinks of a square.
pub(super) enum Verdict {
    /// Nothing in it is wanted.
    Out,
    /// Everything in it is wanted.
    In,
    /// Some may be.
    Mixed,
}

impl Node {
    /// The node of a range of rows; `None` when it is empty.
    pub(super) fn of(keys: &[u64], rows: Range<usize>) -> Option<Self> {
        let own = keys.get(rows.clone())?;
        let (first, last) = (*own.first()?, *own.last()?);
        // Whole pairs of bits that all keys share; below them, all that may differ.
        let differing = 64 - ((first ^ last).leading_zeros() & !1);
        let below = u64::MAX.checked_shr(64 - differing).unwrap_or(0);
        Some(Self { rows, low: first & !below, high: first | below })
    }

    /// The square.
    pub(super) fn square(&self) -> WorldBox {
        WorldBox { min: World::from_morton(self.low), max: World::from_morton(self.high) }
    }

    /// Whether its rows should be looked at one by one.
    pub(super) fn is_leaf(&self) -> bool {
        self.rows.len() <= LEAF || self.low == self.high
    }

    /// The quarters that hold rows, in row order.
    pub(super) fn quarters(&self, keys: &[u64]) -> impl Iterator<Item = Self> {
        let quarter = (self.high - self.low) / 4 + 1;
        let own = keys.get(self.rows.clone()).unwrap_or_default();
        let cut = |n: u64| self.rows.start + own.partition_point(|key| key - self.low < n * quarter);
        let (a, b, c) = (cut(1), cut(2), cut(3));
        let ranges = [self.rows.start..a, a..b, b..c, c..self.rows.end];
        ranges.into_iter().filter_map(|rows| Self::of(keys, rows))
    }
}

/// Walks down to what a search wants, in row order: `take` gets ranges that are wanted whole (`true`) and leaves whose
/// rows have to be tested (`false`).
pub(super) fn walk(keys: &[u64], judge: &impl Fn(&WorldBox) -> Verdict, take: &mut impl FnMut(Range<usize>, bool)) {
    if let Some(root) = Node::of(keys, 0..keys.len()) {
        step(keys, root, judge, take);
    }
}

fn step(keys: &[u64], node: Node, judge: &impl Fn(&WorldBox) -> Verdict, take: &mut impl FnMut(Range<usize>, bool)) {
    match judge(&node.square()) {
        Verdict::Out => {}
        Verdict::In => take(node.rows, true),
        Verdict::Mixed if node.is_leaf() => take(node.rows, false),
        Verdict::Mixed => {
            for quarter in node.quarters(keys) {
                step(keys, quarter, judge, take);
            }
        }
    }
}
