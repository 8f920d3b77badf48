//! Many places, made ready to be met by a search.

use super::graph::Arc;
use super::place::Place;
use super::search::{Metric, Roads, Sense, doors};

/// Many places, made ready for searches of one net: units for searches toward an incident, cameras or stations for
/// searches away from a place. Making it costs a sort of twice the places; it serves any number of searches.
#[derive(Debug, Clone)]
pub struct Targets {
    sense: Sense,
    places: Vec<Option<Place>>,
    /// States at which targets are met, sorted.
    doors: Vec<Door>,
    /// One bit a state: whether any target is met there.
    mask: Vec<u64>,
    /// Edge and target, sorted, for those that stand on the very edge.
    on_edge: Vec<(u32, u32)>,
}

/// Where a target is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Door {
    pub(crate) state: u32,
    pub(crate) target: u32,
    /// The arc between the state and the target's place.
    pub(crate) arc: Arc,
}

impl Targets {
    /// Targets for searches of that sense. `None` stands for one that is near no road: it keeps its number and is never
    /// reached.
    pub fn new(roads: Roads<'_>, places: Vec<Option<Place>>, sense: Sense) -> Self {
        let whole = Roads { overlay: None, ..roads };
        // Who is searched for by a search toward a place leaves its own, and the other way round.
        let theirs = if sense == Sense::Toward { Sense::Away } else { Sense::Toward };
        let (mut all, mut on_edge) = (Vec::with_capacity(places.len() * 2), Vec::with_capacity(places.len()));
        let mut mask = vec![0_u64; roads.net.state_count().div_ceil(64)];
        for (target, place) in (0..).zip(&places) {
            let Some(place) = place.filter(|place| (place.edge as usize) < roads.graph.edge_count()) else { continue };
            doors(whole, place, theirs, Metric::Time, &mut |state, _, _, arc| {
                all.push(Door { state, target, arc });
                mask[(state / 64) as usize] |= 1 << (state % 64);
            });
            on_edge.push((place.edge, target));
        }
        all.sort_unstable();
        on_edge.sort_unstable();
        Self { sense, places, doors: all, mask, on_edge }
    }

    /// How many, those near no road among them.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where a target is.
    pub fn place(&self, target: u32) -> Option<Place> {
        self.places.get(target as usize).copied().flatten()
    }

    pub(crate) fn sense(&self) -> Sense {
        self.sense
    }

    /// Targets that are met at a state.
    #[inline]
    pub(crate) fn at(&self, state: u32) -> &[Door] {
        if self.mask.get((state / 64) as usize).is_none_or(|bits| bits & (1 << (state % 64)) == 0) {
            return &[];
        }
        let from = self.doors.partition_point(|door| door.state < state);
        let many = self.doors[from..].iter().take_while(|door| door.state == state).count();
        &self.doors[from..from + many]
    }

    /// Targets on an edge.
    pub(crate) fn on(&self, edge: u32) -> impl Iterator<Item = u32> {
        let from = self.on_edge.partition_point(|(on, _)| *on < edge);
        self.on_edge[from..].iter().take_while(move |(on, _)| *on == edge).map(|(_, target)| *target)
    }
}
