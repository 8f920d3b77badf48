//! How long a metre of road takes about a place: what the doubt of a position becomes in seconds.

use super::graph::{Edge, RoadGraph};
use super::takes::{NEVER, Takes};

/// Edges that are one neighbourhood, those of a town: they are numbered along a curve, so those that follow each other lie
/// together. Fewer tell less: who was last seen on a motorway leaves it.
const NEIGHBOURS: usize = 8_192;

/// Milliseconds and tenths of a millimetre of some edges.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    time: u64,
    length: u64,
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self { time: self.time + other.time, length: self.length + other.length }
    }

    /// Seconds a metre.
    #[expect(clippy::cast_precision_loss, reason = "some thousand kilometres in tenths of a millimetre")]
    fn pace(self) -> Option<f64> {
        (self.length > 0).then(|| self.time as f64 / self.length as f64 * 10.0)
    }
}

/// Seconds a metre, by neighbourhood: the mean over all its roads, junctions counted in.
pub(crate) fn paces(graph: &RoadGraph, takes: &[Takes]) -> Vec<f64> {
    let sum = |(edge, pair): (&Edge, &[Takes])| {
        // Whoever may drive one way only drives that way.
        let goes = pair.iter().filter(|takes| takes.drive != NEVER);
        let time = goes.map(|takes| u64::from(takes.drive) + u64::from(takes.junction)).min();
        time.map_or(Sum::default(), |time| Sum { time, length: u64::from(edge.length) })
    };
    let edges: Vec<Sum> = graph.edges.iter().zip(takes.chunks(2)).map(sum).collect();
    let of = |sums: &[Sum]| sums.iter().fold(Sum::default(), |all, sum| all.and(*sum)).pace();
    let everywhere = of(&edges).unwrap_or(0.0);
    edges.chunks(NEIGHBOURS).map(|those| of(those).unwrap_or(everywhere)).collect()
}

/// Which neighbourhood an edge is of.
pub(crate) fn neighbourhood(edge: u32) -> usize {
    edge as usize / NEIGHBOURS
}
