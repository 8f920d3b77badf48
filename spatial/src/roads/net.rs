//! The graph as one kind of mover may use it: arcs with times, in both directions of search.
//!
//! A state is a junction. Where a turn restriction holds for who comes along one arc, that arc ends at a copy of the
//! junction from which only the allowed arcs go on. So a restriction costs one state and a few hops, and everything else
//! stays as small as the graph. (The other way, one state for each arc, would need two to three times the states
//! everywhere; the bench prints both counts.)

use std::ops::Range;

use super::graph::{Arc, RoadGraph};
use super::pace::{neighbourhood, paces};
use super::pieces::Pieces;
use super::place::Place;
use super::rules::Rules;
use super::spot::number;
use super::takes::{NEVER, Takes, takes};
use super::turn::{Turn, allows};

/// One step of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hop {
    /// The state that it leads to (in the backward list: comes from).
    pub(crate) state: u32,
    pub(crate) arc: Arc,
    /// Milliseconds, the junction at the arc's end included.
    pub(crate) time: u32,
    /// Tenths of a millimetre.
    pub(crate) length: u32,
}

/// Hops by state.
#[derive(Debug, Default)]
pub(crate) struct Hops {
    starts: Vec<u32>,
    hops: Vec<Hop>,
}

impl Hops {
    /// Sorts hops by the state that they are kept at; the order of one state's hops is that of their arcs and states.
    fn of(states: usize, mut all: Vec<(u32, Hop)>) -> Self {
        all.sort_unstable_by_key(|(at, hop)| (*at, hop.arc, hop.state));
        let mut starts = vec![0; states + 1];
        for (at, _) in &all {
            starts[*at as usize + 1] += 1;
        }
        for at in 0..states {
            starts[at + 1] += starts[at];
        }
        Self { starts, hops: all.into_iter().map(|(_, hop)| hop).collect() }
    }

    #[inline]
    pub(crate) fn at(&self, state: u32) -> &[Hop] {
        let state = state as usize;
        &self.hops[self.starts[state] as usize..self.starts[state + 1] as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.hops.len()
    }
}

/// A road graph under the rules of one profile. It is built once for a graph and shared by all searches.
#[derive(Debug)]
pub struct Net {
    rules: Rules,
    takes: Vec<Takes>,
    /// The state that each arc leads to.
    heads: Vec<u32>,
    /// Copies of junctions, sorted: junction, state.
    copies: Vec<(u32, u32)>,
    nodes: u32,
    pub(crate) forward: Hops,
    pub(crate) backward: Hops,
    pub(crate) pieces: Pieces,
    fastest_mps: f64,
    /// Seconds a metre, by neighbourhood of edges.
    paces: Vec<f64>,
}

impl Net {
    /// The graph under those rules.
    pub fn new(graph: &RoadGraph, rules: Rules) -> Self {
        let takes = takes(graph, &rules);
        let usable = |arc: Arc| takes[arc as usize].drive != NEVER;
        let nodes = number(graph.nodes.len());
        let mut heads: Vec<u32> = (0..graph.arc_count()).map(|arc| graph.head(arc)).collect();
        let mut copies: Vec<(u32, u32)> = Vec::new();
        // An order to go on only where nobody of this kind may go on forbids nothing.
        let holds = |turn: &&Turn| rules.turns && usable(turn.from) && usable(turn.to);
        let banned: Vec<Turn> = graph.turns.iter().filter(holds).copied().collect();
        let mut runs: Vec<(u32, Range<usize>)> = Vec::new();
        for (at, turn) in banned.iter().enumerate() {
            match runs.last_mut() {
                Some((_, run)) if banned[run.start].from == turn.from => run.end = at + 1,
                _ => {
                    let state = nodes + number(copies.len());
                    let base = graph.head(turn.from);
                    heads[turn.from as usize] = state;
                    copies.push((base, state));
                    runs.push((state, at..at + 1));
                }
            }
        }
        copies.sort_unstable();
        let states = nodes as usize + copies.len();
        let mut net = Self {
            rules,
            takes,
            heads,
            copies,
            nodes,
            forward: Hops::default(),
            backward: Hops::default(),
            pieces: Pieces::default(),
            fastest_mps: 0.0,
            paces: Vec::new(),
        };
        let speeds = graph.ways.iter().flat_map(|way| net.rules.speeds(way)).flatten();
        net.fastest_mps = speeds.fold(0.0, f64::max);
        net.paces = paces(graph, &net.takes);
        let of_copy = |state: u32| runs.get((state - nodes) as usize).map_or(&[][..], |(_, run)| &banned[run.clone()]);
        let mut all: Vec<(u32, u32, Arc)> = Vec::with_capacity(graph.edges.len() * 2);
        for arc in (0..graph.arc_count()).filter(|arc| net.takes[*arc as usize].drive != NEVER) {
            let (tail, head) = (graph.tail(arc), net.heads[arc as usize]);
            all.push((tail, head, arc));
            for state in net.copies_of(tail).filter(|state| allows(of_copy(*state), arc)) {
                all.push((state, head, arc));
            }
        }
        let hop = |state: u32, arc: Arc| {
            let takes = net.takes[arc as usize];
            Hop {
                state,
                arc,
                time: takes.drive.saturating_add(takes.junction),
                length: graph.edges[(arc / 2) as usize].length,
            }
        };
        net.forward = Hops::of(states, all.iter().map(|(tail, head, arc)| (*tail, hop(*head, *arc))).collect());
        net.backward = Hops::of(states, all.iter().map(|(tail, head, arc)| (*head, hop(*tail, *arc))).collect());
        net.pieces = Pieces::of(&net.forward, states, |_| true);
        net
    }

    /// The rules that it was built by.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The speed that nobody exceeds on any of its roads, metres a second; 0 when none may be used. What is so many
    /// straight metres away cannot be nearer in time.
    pub fn fastest_mps(&self) -> f64 {
        self.fastest_mps
    }

    /// What a metre of road takes on the roads about a place, seconds: the mean of all roads of the neighbourhood (some
    /// thousand edges), each the way that is faster on it, with what its junctions cost. What is closed does not change it.
    pub fn pace_s_per_m(&self, place: Place) -> f64 {
        self.paces.get(neighbourhood(place.edge)).copied().unwrap_or_default()
    }

    /// Junctions and the copies of them that turn restrictions need.
    pub fn state_count(&self) -> usize {
        self.nodes as usize + self.copies.len()
    }

    /// Copies of junctions that turn restrictions need, sorted: junction and state.
    pub fn copies(&self) -> &[(u32, u32)] {
        &self.copies
    }

    /// How many copies turn restrictions need.
    pub fn copy_count(&self) -> usize {
        self.copies.len()
    }

    /// Every step that a search can take: the states that it leads from and to, milliseconds (the junction at its end
    /// included) and metres. States below [`RoadGraph::node_count`] are junctions, the others copies of them. For whoever
    /// wants to ask another program the same questions.
    pub fn hops(&self) -> impl Iterator<Item = (u32, u32, u32, f64)> {
        let states = 0..number(self.state_count());
        let told = |from: u32, hop: &Hop| (from, hop.state, hop.time, super::spot::metres(hop.length));
        states.flat_map(move |from| self.forward.at(from).iter().map(move |hop| told(from, hop)))
    }

    /// Steps that a search can take.
    pub fn hop_count(&self) -> usize {
        self.forward.len()
    }

    /// Whether somebody may use the edge in any direction.
    pub fn uses(&self, edge: u32) -> bool {
        [edge * 2, edge * 2 + 1].iter().any(|arc| self.takes(*arc).is_some())
    }

    /// What an arc takes, if it may be used.
    pub(crate) fn takes(&self, arc: Arc) -> Option<Takes> {
        self.takes.get(arc as usize).copied().filter(|takes| takes.drive != NEVER)
    }

    /// The state that an arc leads to.
    pub(crate) fn head(&self, arc: Arc) -> u32 {
        self.heads[arc as usize]
    }

    /// The copies of a junction.
    pub(crate) fn copies_of(&self, node: u32) -> impl Iterator<Item = u32> {
        let from = self.copies.partition_point(|(base, _)| *base < node);
        self.copies[from..].iter().take_while(move |(base, _)| *base == node).map(|(_, state)| *state)
    }

    /// All states from which an arc can be taken.
    pub(crate) fn tails(&self, graph: &RoadGraph, arc: Arc) -> impl Iterator<Item = u32> {
        let node = graph.tail(arc);
        let goes = move |state: &u32| self.forward.at(*state).iter().any(|hop| hop.arc == arc);
        std::iter::once(node).chain(self.copies_of(node).filter(goes))
    }
}
