//! The costs of everything within a time and nothing else: what an isochrone needs of a search.
//!
//! Buckets by cost (Dial 1969), each some tenths of a second wide. Within a bucket costs are corrected until nothing betters
//! them, so that they are those of Dijkstra's algorithm whatever the width. No ways are kept, only times.

use super::graph::Arc;
use super::place::Place;
use super::search::{Metric, Roads, Sense, Workspace, doors};
use super::takes::NEVER;

/// Memory of a flood.
#[derive(Debug, Default)]
pub(crate) struct Flood {
    /// Cost and state.
    buckets: Vec<Vec<(u32, u32)>>,
    /// States that were reached, in no order that means anything.
    reached: Vec<u32>,
    /// One bit an arc: whether it is entered.
    entered: Vec<u64>,
    /// When each arc is entered; of those that are.
    starts: Vec<u32>,
}

/// Least width of a bucket as a power of two: 512 ms.
const WIDTH: u32 = 9;
/// Most buckets, as a power of two.
const MOST: u32 = 13;

impl Workspace {
    /// Arcs that are entered within a time (milliseconds) from a place (`Away`), or from which the place is reached in time
    /// (`Toward`): each once, by their numbers, with the time at the end that is nearer to the place, the junction there
    /// included.
    pub(crate) fn arcs_within(
        &mut self,
        roads: Roads<'_>,
        place: Place,
        sense: Sense,
        limit: u32,
        mut each: impl FnMut(Arc, u32),
    ) {
        self.begin(roads.net);
        let mut flood = std::mem::take(&mut self.flood);
        self.rise(&mut flood, roads, place, sense, limit);
        let arcs = roads.graph.edge_count() * 2;
        flood.entered.resize(arcs.div_ceil(64).max(flood.entered.len()), 0);
        flood.starts.resize(arcs.max(flood.starts.len()), 0);
        let hops = if sense == Sense::Away { &roads.net.forward } else { &roads.net.backward };
        for state in flood.reached.drain(..) {
            let cost = self.marks[state as usize].1;
            for hop in hops.at(state) {
                let (word, bit) = ((hop.arc / 64) as usize, 1 << (hop.arc % 64));
                let start = &mut flood.starts[hop.arc as usize];
                // Copies of a junction share its arcs.
                *start = if flood.entered[word] & bit == 0 { cost } else { cost.min(*start) };
                flood.entered[word] |= bit;
            }
        }
        for (word, bits) in (0..).zip(&mut flood.entered) {
            while *bits != 0 {
                let arc = word * 64 + bits.trailing_zeros();
                *bits &= *bits - 1;
                let junction = || roads.net.takes(arc).map_or(0, |takes| takes.junction);
                let more = if sense == Sense::Toward { junction() } else { 0 };
                each(arc, flood.starts[arc as usize].saturating_add(more));
            }
        }
        self.flood = flood;
    }

    /// Finds the least cost of every state within the limit.
    fn rise(&mut self, flood: &mut Flood, roads: Roads<'_>, place: Place, sense: Sense, limit: u32) {
        let shift = WIDTH.max((32 - limit.leading_zeros()).saturating_sub(MOST));
        let last = (limit >> shift) as usize;
        flood.buckets.resize_with(flood.buckets.len().max(last + 1), Vec::new);
        doors(roads, place, sense, Metric::Time, &mut |state, cost, _, _| {
            self.wet(flood, (cost, state), limit, shift);
        });
        let hops = if sense == Sense::Away { &roads.net.forward } else { &roads.net.backward };
        for bucket in 0..=last {
            while let Some((cost, state)) = flood.buckets[bucket].pop() {
                // A better way was found after this entry was made.
                if self.marks[state as usize].1 != cost {
                    continue;
                }
                for hop in hops.at(state) {
                    let time = roads.time(hop);
                    if time != NEVER {
                        self.wet(flood, (cost.saturating_add(time), hop.state), limit, shift);
                    }
                }
            }
        }
    }

    #[inline]
    fn wet(&mut self, flood: &mut Flood, (cost, state): (u32, u32), limit: u32, shift: u32) {
        if cost > limit {
            return;
        }
        let mark = &mut self.marks[state as usize];
        if mark.0 != self.round {
            flood.reached.push(state);
        } else if cost >= mark.1 {
            return;
        }
        *mark = (self.round, cost);
        flood.buckets[(cost >> shift) as usize].push((cost, state));
    }
}
