//! Many places that start at once: who is first, second, third… at every junction, in one search.
//!
//! Dijkstra's algorithm with several labels a state: a state is settled once by each of the first few starts that reach
//! it. The work grows with junctions and with how many starts are kept, hardly with how many starts there are; one search
//! from each place that is asked for would grow with those.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::nearest::along;
use super::place::Place;
use super::search::{Metric, Roads, Sense, doors};
use super::spot::most;
use super::takes::NEVER;

/// Steps between two pauses.
const PAUSE_EVERY: usize = 4_096;

/// A start and how long it takes, milliseconds.
type Arrival = (u32, u32);

/// Who is first at every junction, of many that start at the same moment.
#[derive(Debug, Clone)]
pub struct Firsts {
    each: usize,
    limit: u32,
    starts: Vec<Option<Place>>,
    /// `each` entries for every state, those of them that are filled, and how many these are.
    kept: Vec<Arrival>,
    counts: Vec<u8>,
    /// Edge and start, sorted.
    on_edge: Vec<(u32, u32)>,
}

impl Firsts {
    /// Lets all starts go at once, until `within_s` seconds are over; at each junction the first `each` of them are kept
    /// (at least 1, at most 255). `None` stands for a start that is near no road: it keeps its number and arrives nowhere.
    ///
    /// `pause` is called every few thousand steps: whoever has the machine to share may rest in it.
    pub fn spread(
        roads: Roads<'_>,
        starts: Vec<Option<Place>>,
        each: usize,
        within_s: f64,
        pause: &mut dyn FnMut(),
    ) -> Self {
        let each = each.clamp(1, 255);
        let limit = most(within_s, 1_000.0);
        let states = roads.net.state_count();
        let mut firsts = Self {
            each,
            limit,
            starts,
            kept: vec![(0, 0); states * each],
            counts: vec![0; states],
            on_edge: Vec::new(),
        };
        // Cost, start, state: of two that come together the start of the smaller number is taken first.
        let mut open: BinaryHeap<Reverse<(u32, u32, u32)>> = BinaryHeap::new();
        for (start, place) in (0..).zip(&firsts.starts) {
            let Some(place) = place.filter(|place| (place.edge as usize) < roads.graph.edge_count()) else { continue };
            firsts.on_edge.push((place.edge, start));
            doors(roads, place, Sense::Away, Metric::Time, &mut |state, cost, _, _| {
                if cost <= limit {
                    open.push(Reverse((cost, start, state)));
                }
            });
        }
        firsts.on_edge.sort_unstable();
        let mut steps = 0_usize;
        while let Some(Reverse((cost, start, state))) = open.pop() {
            steps += 1;
            if steps.is_multiple_of(PAUSE_EVERY) {
                pause();
            }
            if !firsts.keep(state, (start, cost)) {
                continue;
            }
            for hop in roads.net.forward.at(state) {
                let time = roads.time(hop);
                let next = cost.saturating_add(time);
                if time != NEVER && next <= limit && firsts.takes(hop.state, start) {
                    open.push(Reverse((next, start, hop.state)));
                }
            }
        }
        firsts
    }

    /// How many starts, those near no road among them.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Those that are first at a place: number of the start and seconds, the first first, at most as many as are kept.
    pub fn at(&self, roads: Roads<'_>, place: Place) -> Vec<(u32, f64)> {
        let mut found: Vec<Arrival> = Vec::with_capacity(self.each * 2);
        if (place.edge as usize) >= roads.graph.edge_count() {
            return Vec::new();
        }
        doors(roads, place, Sense::Toward, Metric::Time, &mut |state, cost, _, _| {
            found.extend(self.of(state).iter().map(|(start, to)| (*start, to.saturating_add(cost))));
        });
        let from = self.on_edge.partition_point(|(edge, _)| *edge < place.edge);
        for (_, start) in self.on_edge[from..].iter().take_while(|(edge, _)| *edge == place.edge) {
            let Some(theirs) = self.starts[*start as usize] else { continue };
            found.extend(along(roads, theirs, place, Metric::Time).map(|(cost, ..)| (*start, cost)));
        }
        found.retain(|(_, cost)| *cost <= self.limit);
        found.sort_unstable();
        found.dedup_by_key(|(start, _)| *start);
        found.sort_unstable_by_key(|(start, cost)| (*cost, *start));
        found.truncate(self.each);
        found.into_iter().map(|(start, cost)| (start, f64::from(cost) / 1_000.0)).collect()
    }

    fn of(&self, state: u32) -> &[Arrival] {
        let from = state as usize * self.each;
        &self.kept[from..from + usize::from(self.counts[state as usize])]
    }

    /// Whether a start would be kept at a state if it came now.
    fn takes(&self, state: u32, start: u32) -> bool {
        let known = self.of(state);
        known.len() < self.each && known.iter().all(|(other, _)| *other != start)
    }

    fn keep(&mut self, state: u32, arrival: Arrival) -> bool {
        if !self.takes(state, arrival.0) {
            return false;
        }
        let count = &mut self.counts[state as usize];
        self.kept[state as usize * self.each + usize::from(*count)] = arrival;
        *count += 1;
        true
    }
}
