//! One place and many: who is there first, in one bounded search.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::graph::Arc;
use super::place::Place;
use super::search::{Metric, NO_ARC, Roads, Sense, Workspace, span_cost};
use super::spot::{PER_METRE, metres, most};
use super::takes::NEVER;
use super::targets::{Door, Targets};

/// How far a search goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// It ends when so many targets are known for certain.
    pub count: usize,
    /// It ends at this time, seconds (or metres, where they are least); infinity for no bound.
    pub within: f64,
    /// What is least.
    pub metric: Metric,
}

impl Bound {
    /// The `count` targets of least time within `within_s` seconds.
    pub fn time(count: usize, within_s: f64) -> Self {
        Self { count, within: within_s, metric: Metric::Time }
    }

    pub(crate) fn limit(&self) -> u32 {
        match self.metric {
            Metric::Time => most(self.within, 1_000.0),
            Metric::Length => most(self.within, PER_METRE),
        }
    }
}

/// A target that was reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// Its number in [`Targets`].
    pub target: u32,
    /// Seconds.
    pub time_s: f64,
    /// Metres on the road.
    pub length_m: f64,
    /// The state at which it was met, and the arc between; a state that there is not: on the very edge.
    pub(crate) door: (u32, Arc),
}

/// Memory for the targets of a search.
#[derive(Debug, Default)]
pub(crate) struct Chase {
    round: u32,
    /// Who costs more is not told.
    limit: u32,
    best: Vec<Best>,
    heap: BinaryHeap<Reverse<(u32, u32)>>,
    reached: Vec<Reached>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Best {
    round: u32,
    cost: u32,
    other: u32,
    door: (u32, Arc),
    done: bool,
}

/// No state: the two places are on one edge.
pub(crate) const NO_STATE: u32 = u32::MAX;

impl Chase {
    fn begin(&mut self, targets: usize, limit: u32) {
        self.limit = limit;
        self.heap.clear();
        self.reached.clear();
        if self.best.len() < targets {
            self.best.resize(targets, Best::default());
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.best.fill(Best::default());
            self.round = 1;
        }
    }

    /// A target that is on the very edge.
    pub(crate) fn stands(&mut self, target: u32, cost: u32, other: u32, arc: Arc) {
        self.offer(target, cost, other, (NO_STATE, arc));
    }

    fn offer(&mut self, target: u32, cost: u32, other: u32, door: (u32, Arc)) {
        let round = self.round;
        let Some(held) = self.best.get_mut(target as usize).filter(|_| cost <= self.limit) else { return };
        if held.round != round || cost < held.cost {
            *held = Best { round, cost, other, door, done: false };
            self.heap.push(Reverse((cost, target)));
        }
    }

    /// Takes targets that nothing can better any more: those that cost less than `before`.
    fn settle(&mut self, before: u32, count: usize, metric: Metric) -> ControlFlow<()> {
        while self.reached.len() < count {
            match self.heap.peek() {
                Some(Reverse((cost, _))) if *cost < before => {}
                _ => return ControlFlow::Continue(()),
            }
            let Some(Reverse((cost, target))) = self.heap.pop() else { break };
            let best = &mut self.best[target as usize];
            if best.done || best.cost != cost {
                continue;
            }
            best.done = true;
            let (time, length) = match metric {
                Metric::Time => (best.cost, best.other),
                Metric::Length => (best.other, best.cost),
            };
            let (time_s, length_m) = (f64::from(time) / 1_000.0, metres(length));
            self.reached.push(Reached { target, time_s, length_m, door: best.door });
        }
        ControlFlow::Break(())
    }
}

impl Workspace {
    /// The targets that are nearest to a place by road, the first first (ties: the one of the smaller number), within a
    /// bound. For targets made `Toward`, times are from them to the place; made `Away`, from the place to them.
    pub fn nearest(&mut self, roads: Roads<'_>, place: Place, targets: &Targets, bound: Bound) -> &[Reached] {
        let (metric, sense) = (bound.metric, targets.sense());
        self.chase(roads, targets, bound, |space, chase| {
            if (place.edge as usize) >= roads.graph.edge_count() {
                return;
            }
            space.seed_place(roads, place, sense, metric);
            for target in targets.on(place.edge) {
                let Some(theirs) = targets.place(target) else { continue };
                let (start, end) = if sense == Sense::Toward { (theirs, place) } else { (place, theirs) };
                if let Some((cost, other, arc)) = along(roads, start, end, metric) {
                    chase.stands(target, cost, other, arc);
                }
            }
        })
    }

    /// The targets that are nearest to whatever `begin` seeds; it also tells of those that need not pass a junction.
    pub(crate) fn chase(
        &mut self,
        roads: Roads<'_>,
        targets: &Targets,
        bound: Bound,
        begin: impl FnOnce(&mut Self, &mut Chase),
    ) -> &[Reached] {
        let (limit, metric, sense) = (bound.limit(), bound.metric, targets.sense());
        let mut chase = std::mem::take(&mut self.chase);
        chase.begin(targets.len(), limit);
        self.begin(roads.net);
        begin(self, &mut chase);
        self.run(roads, sense, metric, limit, &mut |state, label| {
            let done = chase.settle(label.cost, bound.count, metric);
            for door in targets.at(state) {
                let Some((cost, other)) = between(roads, targets, door, metric) else { continue };
                let cost = label.cost.saturating_add(cost);
                chase.offer(door.target, cost, label.other.saturating_add(other), (state, door.arc));
            }
            done
        });
        let _ = chase.settle(NEVER, bound.count, metric);
        self.chase = chase;
        &self.chase.reached
    }
}

/// What the way between a door and its target costs: the measure that is least, and the other.
pub(crate) fn between(roads: Roads<'_>, targets: &Targets, door: &Door, metric: Metric) -> Option<(u32, u32)> {
    if door.arc == NO_ARC {
        return Some((0, 0));
    }
    let place = targets.place(door.target)?;
    let long = roads.graph.edges[place.edge as usize].length;
    let from_tail = if door.arc.is_multiple_of(2) { place.at } else { long - place.at };
    let span = if targets.sense() == Sense::Toward { (from_tail, long) } else { (0, from_tail) };
    let (time, length) = span_cost(roads, door.arc, span, long)?;
    Some(if metric == Metric::Time { (time, length) } else { (length, time) })
}

/// What going along one edge from one place to another costs, and the arc; `None` when that is not possible.
pub(crate) fn along(roads: Roads<'_>, start: Place, end: Place, metric: Metric) -> Option<(u32, u32, Arc)> {
    let through = roads.graph.arcs_through(roads.net, start);
    let ways = through.filter_map(|(arc, from, long)| {
        let to = if arc.is_multiple_of(2) { end.at.min(long) } else { long - end.at.min(long) };
        if from > to {
            return None;
        }
        // Who is there already need not move, whatever is closed.
        let (time, length) = if from == to { (0, 0) } else { span_cost(roads, arc, (from, to), long)? };
        // The junction at the end is not crossed.
        let crossed = if from < to && to >= long { roads.net.takes(arc)?.junction } else { 0 };
        let time = time - crossed;
        Some(if metric == Metric::Time { (time, length, arc) } else { (length, time, arc) })
    });
    ways.min()
}
