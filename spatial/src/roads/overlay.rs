//! Closures and conditions, compiled for one graph, one kind of vehicle and one moment, and laid over a net for a query.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::graph::{Arc, RoadGraph};
use super::net::{Hop, Net};
use super::pieces::Pieces;
use super::slow::Slow;
use super::spot::share;
use super::takes::NEVER;

/// What stands on an edge.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Touch {
    /// Closed parts: offsets from the edge's beginning, and the closure's number in the overlay.
    pub(crate) closed: Vec<(u32, u32, u32)>,
    /// Slow parts.
    pub(crate) slow: Slow,
}

/// What is closed or slow just now. Several can be laid over each other ([`Overlay::and`]) to ask "what if".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    /// One bit an edge: whether anything stands on it.
    pub(crate) mask: Vec<u64>,
    pub(crate) touches: BTreeMap<u32, Touch>,
    /// Names of the closures by number.
    pub(crate) names: Vec<String>,
    pieces: Found,
}

/// The pieces of the net that is left, found when they are asked for first. A copy of an overlay is made to be changed, so
/// it begins without them.
#[derive(Debug, Default)]
struct Found(OnceLock<Pieces>);

impl Clone for Found {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Found {
    /// They follow from the rest.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Overlay {
    /// Nothing is closed on that graph.
    pub fn new(graph: &RoadGraph) -> Self {
        Self { mask: vec![0; graph.edges.len().div_ceil(64)], ..Self::default() }
    }

    /// How many edges are closed or slow.
    pub fn edge_count(&self) -> usize {
        self.touches.len()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.touches.is_empty()
    }

    /// The pieces of the net that it lies over (always the same one), as far as it is open; `None` when nothing is closed.
    pub(crate) fn pieces(&self, net: &Net) -> Option<&Pieces> {
        let closes = self.touches.values().any(|touch| !touch.closed.is_empty());
        let found = || Pieces::of(&net.forward, net.state_count(), |hop| self.time(net, hop) != NEVER);
        closes.then(|| self.pieces.0.get_or_init(found))
    }

    /// Names of the closures that stand on an edge, each once.
    pub fn closures_on(&self, edge: u32) -> Vec<&str> {
        let numbers = self.touches.get(&edge).into_iter().flat_map(|touch| touch.closed.iter().map(|part| part.2));
        let mut names: Vec<&str> = numbers.filter_map(|n| self.names.get(n as usize)).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Both together: what either closes is closed, and what both slow is slow twice.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        let first = super::spot::number(both.names.len());
        both.names.extend(other.names.iter().cloned());
        both.mask.resize(both.mask.len().max(other.mask.len()), 0);
        for (edge, touch) in &other.touches {
            for (from, to, name) in &touch.closed {
                both.close(*edge, (*from, *to), first + name);
            }
            for (from, to, times) in touch.slow.parts() {
                both.slow(*edge, (*from, *to), *times);
            }
        }
        both
    }

    pub(crate) fn close(&mut self, edge: u32, (from, to): (u32, u32), name: u32) {
        self.touch(edge).closed.push((from, to, name));
    }

    pub(crate) fn slow(&mut self, edge: u32, part: (u32, u32), times: u32) {
        self.touch(edge).slow.add(part, times);
    }

    fn touch(&mut self, edge: u32) -> &mut Touch {
        if let Some(bits) = self.mask.get_mut((edge / 64) as usize) {
            *bits |= 1 << (edge % 64);
        }
        self.touches.entry(edge).or_default()
    }

    #[inline]
    fn on(&self, edge: u32) -> Option<&Touch> {
        let bits = self.mask.get((edge / 64) as usize)?;
        if bits & (1 << (edge % 64)) == 0 { None } else { self.touches.get(&edge) }
    }

    /// What a whole step takes, milliseconds; [`NEVER`] where it is closed.
    #[inline]
    pub(crate) fn time(&self, net: &Net, hop: &Hop) -> u32 {
        let Some(touch) = self.on(hop.arc / 2) else { return hop.time };
        let Some(takes) = net.takes(hop.arc).filter(|_| touch.closed.is_empty()) else { return NEVER };
        touch.slow.whole(takes.drive, hop.length).saturating_add(takes.junction)
    }

    /// What driving a part of an arc takes (offsets from the arc's own beginning) of which the whole would take `drive`;
    /// `None` where that part meets a closed one.
    pub(crate) fn drive(&self, arc: Arc, (from, to): (u32, u32), long: u32, drive: u32) -> Option<u32> {
        let Some(touch) = self.on(arc / 2) else { return Some(share(drive, to - from, long)) };
        let (low, high) = if arc.is_multiple_of(2) { (from, to) } else { (long - to, long - from) };
        let shut = touch.closed.iter().any(|(start, end, _)| low <= *end && *start <= high);
        (!shut).then(|| touch.slow.part(drive, (low, high), long))
    }

    /// Where an edge begins or ends to be slow (offsets from its beginning), in order.
    pub(crate) fn paces_change_at(&self, edge: u32) -> Vec<u32> {
        let parts = self.on(edge).map_or(&[][..], |touch| touch.slow.parts());
        let mut all: Vec<u32> = parts.iter().flat_map(|part| [part.0, part.1]).collect();
        all.dedup();
        all
    }
}

impl Overlay {
    /// How far an arc is open from its own beginning; `None` when it is closed there.
    pub(crate) fn open_until(&self, arc: Arc, long: u32) -> Option<u32> {
        let Some(touch) = self.on(arc / 2) else { return Some(long) };
        let from = |(start, end, _): &(u32, u32, u32)| if arc.is_multiple_of(2) { *start } else { long - *end };
        touch.closed.iter().map(from).min().map_or(Some(long), |shut| shut.checked_sub(1))
    }
}
