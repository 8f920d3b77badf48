//! Places on the road: where somebody stands who is near a road, and whether the rest of the net can be reached from
//! there.

use geo_index::rtree::RTreeIndex;

use super::graph::{Arc, RoadGraph};
use super::net::Net;
use super::spot::{Frame, length, metres, nearest_on};
use crate::position::{Bounds, Position};

/// A place on an edge, not only at its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The edge.
    pub edge: u32,
    /// How far from its beginning, tenths of a millimetre.
    pub at: u32,
}

/// The road place of a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snap {
    /// The nearest place that may be used.
    pub place: Place,
    /// How far it is, metres.
    pub distance_m: f64,
    /// `None` when it hangs together with the largest piece of the net in both directions. Else what can be said of it.
    pub island: Option<Island>,
}

/// Pieces of the net with at least so many junctions are a place of their own: an island with its streets, not a yard.
pub const OWN_PIECE: u32 = 30;

impl Snap {
    /// The place on the largest piece of the net, unless that is out of reach, and how far it is, metres.
    pub fn on_largest(&self) -> (Place, f64) {
        self.island.and_then(|island| island.instead).unwrap_or((self.place, self.distance_m))
    }

    /// Where somebody stands for good, and how far it is, metres: on the nearest road where its piece is the largest one or
    /// has [`OWN_PIECE`] junctions, so that an island near the shore keeps its own roads; else on the largest piece, unless
    /// that is out of reach.
    pub fn settled(&self) -> (Place, f64) {
        let own = self.island.is_some_and(|island| island.junctions >= OWN_PIECE);
        if own { (self.place, self.distance_m) } else { self.on_largest() }
    }

    /// The place, where it does not hang together with the largest piece, and how far it is, metres.
    pub fn apart(&self) -> Option<(Place, f64)> {
        self.island.map(|_| (self.place, self.distance_m))
    }
}

/// A place that does not hang together with the rest of the net.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Island {
    /// Junctions of its piece; the largest piece has more.
    pub junctions: u32,
    /// Whether the largest piece can be reached at once from there, though nobody comes back (and the other way round).
    pub leaves: bool,
    /// Whether it can be reached at once from the largest piece.
    pub arrives: bool,
    /// The nearest place of the largest piece and how far it is, metres; `None` when none is near enough.
    pub instead: Option<(Place, f64)>,
}

/// No road that may be used is near enough.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("no road that may be used lies within {within_m} m")]
pub struct OffRoad {
    /// How far was looked, metres.
    pub within_m: f64,
}

/// First box that is looked in, metres from its middle to its sides; then four times as much, and so on.
const FIRST_LOOK_M: f64 = 60.0;

impl RoadGraph {
    /// The nearest place on a road that `net` may use, at most `within_m` metres (100 km count as no limit) away. Of
    /// places equally near the one of the least edge is taken. An island is never left out and never hidden: it is said,
    /// and the nearest place of the largest piece stands beside it.
    ///
    /// # Errors
    /// When no such road is near enough.
    pub fn snap(&self, net: &Net, position: Position, within_m: f64) -> Result<Snap, OffRoad> {
        let all = |edge: u32| net.uses(edge);
        let (place, distance_m) = self.nearest(position, within_m, all).ok_or(OffRoad { within_m })?;
        let island = self.island(net, place).map(|island| {
            let main = |edge: u32| net.uses(edge) && self.island(net, Place { edge, at: 1 }).is_none();
            Island { instead: self.nearest(position, within_m, main), ..island }
        });
        Ok(Snap { place, distance_m, island })
    }

    /// Whether a place does not hang together with the largest piece of the net: nobody comes from there and back.
    pub fn is_apart(&self, net: &Net, place: Place) -> bool {
        self.island(net, place).is_some()
    }

    /// How a place does not hang together with the largest piece.
    fn island(&self, net: &Net, place: Place) -> Option<Island> {
        let main = |state: u32| net.pieces.piece(state) == 0;
        let arcs = [place.edge * 2, place.edge * 2 + 1].into_iter().filter(|arc| net.takes(*arc).is_some());
        let (mut leaves, mut arrives, mut junctions) = (false, false, 0);
        for arc in arcs {
            let (tail, head) = (self.tail(arc), net.head(arc));
            (leaves, arrives) = (leaves || main(head), arrives || main(tail));
            junctions = junctions.max(net.pieces.size(net.pieces.piece(tail)));
        }
        if let Some(node) = self.at_junction(place)
            && main(node)
        {
            return None;
        }
        (!(leaves && arrives)).then_some(Island { junctions, leaves, arrives, instead: None })
    }

    /// The nearest place on an edge that is `wanted`, and how far it is, metres.
    pub(crate) fn nearest(
        &self,
        position: Position,
        within_m: f64,
        wanted: impl Fn(u32) -> bool,
    ) -> Option<(Place, f64)> {
        let within_m = within_m.clamp(0.0, 100_000.0);
        let mut look_m = FIRST_LOOK_M.min(within_m);
        loop {
            let best = self
                .edges_near(position, look_m)
                .into_iter()
                .filter(|edge| wanted(*edge))
                .map(|edge| (edge, self.onto(edge, position)))
                .min_by(|(a, (_, near)), (b, (_, far))| near.total_cmp(far).then(a.cmp(b)));
            if let Some((edge, (at, distance_m))) = best.filter(|(_, (_, distance_m))| *distance_m <= look_m) {
                return Some((Place { edge, at }, distance_m));
            }
            if look_m >= within_m {
                return None;
            }
            look_m = (look_m * 4.0).min(within_m);
        }
    }

    /// Edges whose box comes within that many metres, in order. Those without length (barriers) are no place to be.
    pub(crate) fn edges_near(&self, position: Position, within_m: f64) -> Vec<u32> {
        // A hair more, so that what lies just at the limit is found whatever the rounding.
        self.edges_in(Bounds::around(position, within_m * 1.001 + 0.1))
    }

    /// Edges whose box meets a box, in order; those without length left out.
    pub(crate) fn edges_in(&self, b: Bounds) -> Vec<u32> {
        let Some(tree) = &self.tree else { return Vec::new() };
        let mut edges = tree.search(b.west, b.south, b.east, b.north);
        edges.retain(|edge| self.edges[*edge as usize].length > 0);
        edges.sort_unstable();
        edges
    }

    /// Where an edge is nearest to a position (offset from its beginning), and how far that is, metres.
    pub(crate) fn onto(&self, edge: u32, position: Position) -> (u32, f64) {
        let frame = Frame::at(position.point().0);
        let edge = &self.edges[edge as usize];
        let (mut best, mut run_m) = ((0.0, f64::INFINITY), 0.0);
        for pair in self.vertices(edge).windows(2) {
            let long_m = pair[0].distance_m(pair[1]);
            let (share, far2) = nearest_on(frame.xy(pair[0].degrees()), frame.xy(pair[1].degrees()));
            if far2 < best.1 {
                best = (run_m + share * long_m, far2);
            }
            run_m += long_m;
        }
        (length(best.0).min(edge.length), best.1.sqrt())
    }

    /// The junction at which a place is, if it is at one.
    pub(crate) fn at_junction(&self, place: Place) -> Option<u32> {
        let edge = self.edges.get(place.edge as usize)?;
        match place.at {
            0 => Some(edge.ends[0]),
            at if at >= edge.length => Some(edge.ends[1]),
            _ => None,
        }
    }

    /// Where a place is.
    pub fn position(&self, place: Place) -> Option<Position> {
        self.edges.get(place.edge as usize)?;
        let at = self.point(place.edge, place.at);
        Position::new(at.x, at.y).ok()
    }

    /// Arcs of a place's edge that may be used: the arc, how far the place is from the arc's beginning, and how long the
    /// edge is (tenths of a millimetre).
    pub(crate) fn arcs_through(&self, net: &Net, place: Place) -> impl Iterator<Item = (Arc, u32, u32)> {
        let long = self.edges.get(place.edge as usize).map_or(0, |edge| edge.length);
        let at = place.at.min(long);
        [(place.edge * 2, at, long), (place.edge * 2 + 1, long - at, long)]
            .into_iter()
            .filter(|(arc, _, _)| net.takes(*arc).is_some())
    }
}

impl Place {
    /// How far from its edge's beginning, metres.
    pub fn at_m(&self) -> f64 {
        metres(self.at)
    }
}
