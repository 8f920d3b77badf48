//! One bounded search over the states of a net, with a workspace that is used again and again.
//!
//! Dijkstra's algorithm. Costs are whole numbers and every step is in a fixed order, so the same question has the same
//! answer on every machine.

use std::ops::ControlFlow;

use super::graph::{Arc, RoadGraph};
use super::net::{Hop, Net};
use super::overlay::Overlay;
use super::place::Place;
use super::queue::Queue;
use super::spot::share;
use super::takes::NEVER;

/// Which way a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// From all around to one place: who can be there, and when.
    Toward,
    /// From one place to all around: where somebody can be.
    Away,
}

/// What is least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// Time.
    #[default]
    Time,
    /// Metres.
    Length,
}

/// All that a search needs to know of the roads.
#[derive(Debug, Clone, Copy)]
pub struct Roads<'a> {
    /// The graph.
    pub graph: &'a RoadGraph,
    /// Who moves.
    pub net: &'a Net,
    /// What is closed or slow just now.
    pub overlay: Option<&'a Overlay>,
}

impl Roads<'_> {
    /// What a step takes just now, milliseconds; `NEVER` where it is closed.
    #[inline]
    pub(crate) fn time(&self, hop: &Hop) -> u32 {
        self.overlay.map_or(hop.time, |overlay| overlay.time(self.net, hop))
    }
}

/// No arc: a search began here.
pub(crate) const NO_ARC: Arc = u32::MAX;

/// What a search found out about a state.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Label {
    /// What is least: milliseconds or tenths of a millimetre.
    pub(crate) cost: u32,
    /// The other of the two.
    pub(crate) other: u32,
    /// The state before it in the search, itself at the beginning.
    pub(crate) before: u32,
    pub(crate) arc: Arc,
}

/// Memory of a search. One for each thread; it grows to the largest net that it has seen and is never cleared.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(crate) round: u32,
    /// The search in which each state was reached last, and its cost there: what is asked most, so it lies close.
    pub(crate) marks: Vec<(u32, u32)>,
    labels: Vec<Label>,
    queue: Queue,
    /// States in the order in which they were settled.
    pub(crate) settled: Vec<u32>,
    pub(crate) chase: super::nearest::Chase,
    pub(crate) flood: super::flood::Flood,
}

impl Workspace {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the search before.
    pub(crate) fn begin(&mut self, net: &Net) {
        self.queue.clear();
        self.settled.clear();
        if self.labels.len() < net.state_count() {
            self.labels.resize(net.state_count(), Label::default());
            self.marks.resize(net.state_count(), (0, 0));
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.marks.fill((0, 0));
            self.round = 1;
        }
    }

    /// What is known of a state, if it was reached.
    pub(crate) fn label(&self, state: u32) -> Option<&Label> {
        let reached = self.marks.get(state as usize).is_some_and(|(round, _)| *round == self.round);
        if reached { self.labels.get(state as usize) } else { None }
    }

    /// The search may begin at a state.
    pub(crate) fn seed(&mut self, state: u32, cost: u32, other: u32, arc: Arc) {
        if (state as usize) < self.marks.len() {
            self.offer(state, Label { cost, other, before: state, arc });
        }
    }

    #[inline]
    fn offer(&mut self, state: u32, label: Label) {
        let mark = &mut self.marks[state as usize];
        if mark.0 != self.round || label.cost < mark.1 {
            *mark = (self.round, label.cost);
            self.labels[state as usize] = label;
            self.queue.put(label.cost, state);
        }
    }

    /// Goes on from the seeds. `settle` is told each state with its label once, in the order of their costs; the search
    /// ends when it breaks, or before the first state beyond `limit`.
    pub(crate) fn run(
        &mut self,
        roads: Roads<'_>,
        sense: Sense,
        metric: Metric,
        limit: u32,
        settle: &mut impl FnMut(u32, &Label) -> ControlFlow<()>,
    ) {
        let hops = match sense {
            Sense::Toward => &roads.net.backward,
            Sense::Away => &roads.net.forward,
        };
        while let Some((cost, state)) = self.queue.take() {
            // A better way was found after this entry was made.
            if self.marks[state as usize].1 != cost {
                continue;
            }
            if cost > limit {
                break;
            }
            let label = self.labels[state as usize];
            self.settled.push(state);
            if settle(state, &label).is_break() {
                break;
            }
            for hop in hops.at(state) {
                let time = roads.time(hop);
                if time == NEVER {
                    continue;
                }
                let (more, beside) = either(metric, time, hop);
                let next = Label {
                    cost: cost.saturating_add(more),
                    other: label.other.saturating_add(beside),
                    before: state,
                    arc: hop.arc,
                };
                if next.cost < NEVER {
                    self.offer(hop.state, next);
                }
            }
        }
    }

    /// Begins a search at a place: at its junction, or on both ways from it.
    pub(crate) fn seed_place(&mut self, roads: Roads<'_>, place: Place, sense: Sense, metric: Metric) {
        doors(roads, place, sense, metric, &mut |state, cost, other, arc| self.seed(state, cost, other, arc));
    }
}

fn either(metric: Metric, time: u32, hop: &Hop) -> (u32, u32) {
    match metric {
        Metric::Time => (time, hop.length),
        Metric::Length => (hop.length, time),
    }
}

/// The states through which a place is left (`Away`) or reached (`Toward`), with what the way between the place and the
/// state costs, the other measure, and the arc ([`NO_ARC`] at a junction).
pub(crate) fn doors(
    roads: Roads<'_>,
    place: Place,
    sense: Sense,
    metric: Metric,
    each: &mut impl FnMut(u32, u32, u32, Arc),
) {
    let Roads { graph, net, .. } = roads;
    if let Some(node) = graph.at_junction(place) {
        each(node, 0, 0, NO_ARC);
        if sense == Sense::Toward {
            net.copies_of(node).for_each(|state| each(state, 0, 0, NO_ARC));
        }
        return;
    }
    for (arc, from_tail, long) in graph.arcs_through(net, place) {
        let span = match sense {
            Sense::Toward => (0, from_tail),
            Sense::Away => (from_tail, long),
        };
        let Some((time, length)) = span_cost(roads, arc, span, long) else { continue };
        let (cost, other) = match metric {
            Metric::Time => (time, length),
            Metric::Length => (length, time),
        };
        match sense {
            Sense::Toward => net.tails(graph, arc).for_each(|state| each(state, cost, other, arc)),
            Sense::Away => each(net.head(arc), cost, other, arc),
        }
    }
}

/// Time and length of a part of an arc (offsets from the arc's own beginning); the junction counts when the part goes to
/// the end. `None` where it is closed.
pub(crate) fn span_cost(roads: Roads<'_>, arc: Arc, (from, to): (u32, u32), long: u32) -> Option<(u32, u32)> {
    let takes = roads.net.takes(arc)?;
    let drive = match roads.overlay {
        Some(overlay) => overlay.drive(arc, (from, to), long, takes.drive)?,
        None => share(takes.drive, to - from, long),
    };
    let junction = if to >= long { takes.junction } else { 0 };
    Some((drive.saturating_add(junction), to - from))
}
