//! Why somebody cannot be there, as a value: nobody is dropped without a word.

use super::nearest::Bound;
use super::place::Place;
use super::search::{Roads, Workspace};

/// Why there is no way, or none in time.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unreachable {
    /// One of the two is near no road that may be used.
    #[error("no road that may be used is near")]
    OffRoad,
    /// No road leads from one to the other, though nothing is closed: they lie on different pieces of the net.
    #[error("no road leads there from its piece of the net ({junctions} junctions)")]
    Island {
        /// Junctions of the smaller of the two pieces.
        junctions: u32,
    },
    /// There is a way, but closures stand on it and on every other.
    #[error("closed: {}", closures.join(", "))]
    Closed {
        /// Names of the closures that stand on the best way there would be, in the order in which they are met.
        closures: Vec<String>,
    },
    /// It takes longer than was asked for.
    #[error("it takes {needs_s:.0} s")]
    Beyond {
        /// What it takes, seconds.
        needs_s: f64,
    },
}

impl Workspace {
    /// Why `start` was not found within a bound on the way to `end`; `None` when it is within the bound after all.
    /// `None` as a place stands for one near no road. Costs two searches over the whole net at worst.
    pub fn why(
        &mut self,
        roads: Roads<'_>,
        start: Option<Place>,
        end: Option<Place>,
        bound: Bound,
    ) -> Option<Unreachable> {
        let (Some(start), Some(end)) = (start, end) else { return Some(Unreachable::OffRoad) };
        let unbounded = Bound { within: f64::INFINITY, ..bound };
        if let Some(route) = self.route(roads, start, end, unbounded) {
            let least = if bound.metric == super::Metric::Time { route.time_s } else { route.length_m };
            return (least > bound.within).then_some(Unreachable::Beyond { needs_s: route.time_s });
        }
        let open = Roads { overlay: None, ..roads };
        let Some(route) = self.route(open, start, end, unbounded) else {
            let size = |place: Place| {
                let arcs = roads.graph.arcs_through(roads.net, place).map(|(arc, _, _)| arc);
                let pieces = arcs.map(|arc| roads.net.pieces.size(roads.net.pieces.piece(roads.net.head(arc))));
                pieces.max().unwrap_or(0)
            };
            return Some(Unreachable::Island { junctions: size(start).min(size(end)) });
        };
        let overlay = roads.overlay?;
        let mut closures: Vec<String> = Vec::new();
        for name in route.steps.iter().flat_map(|step| overlay.closures_on(step.edge)) {
            if !closures.iter().any(|known| known == name) {
                closures.push(name.to_owned());
            }
        }
        Some(Unreachable::Closed { closures })
    }
}
