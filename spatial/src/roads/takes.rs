//! What every arc takes: driving it, and the junction at its end.

use super::graph::{Edge, RoadGraph};
use super::rules::{Rules, rank};
use super::spot::{metres, millis};

/// What stands for a time that there is not.
pub(crate) const NEVER: u32 = u32::MAX;

/// What an arc takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Takes {
    /// Milliseconds from its beginning to its end; [`NEVER`] where it may not be used.
    pub(crate) drive: u32,
    /// Milliseconds that the junction at its end costs.
    pub(crate) junction: u32,
}

/// The arms of a junction that somebody may use.
#[derive(Debug, Clone, Copy, Default)]
struct Arms {
    count: u32,
    /// The greatest rank among them, and how many have it.
    greatest: u8,
    of_greatest: u32,
    lights: bool,
}

impl Arms {
    fn add(&mut self, rank: u8, lights: bool) {
        self.count += 1;
        self.lights |= lights;
        match rank.cmp(&self.greatest) {
            std::cmp::Ordering::Greater => (self.greatest, self.of_greatest) = (rank, 1),
            std::cmp::Ordering::Equal => self.of_greatest += 1,
            std::cmp::Ordering::Less => {}
        }
    }
}

/// Edges shorter than this, 25 m, are taken as parts of a junction.
const INNER: u32 = 250_000;

/// What every arc takes.
pub(crate) fn takes(graph: &RoadGraph, rules: &Rules) -> Vec<Takes> {
    let speeds: Vec<_> = graph.ways.iter().map(|way| rules.speeds(way)).collect();
    let mut arms = vec![Arms::default(); graph.nodes.len()];
    for edge in graph.edges.iter().filter(|edge| speeds[edge.road as usize].iter().any(Option::is_some)) {
        for (node, lights) in edge.ends.iter().zip(edge.signals) {
            arms[*node as usize].add(rank(&graph.ways[edge.road as usize]), lights);
        }
    }
    let junction_s = |edge: &Edge, end: usize| {
        let (way, arms) = (&graph.ways[edge.road as usize], arms[edge.ends[end] as usize]);
        let costs = &rules.junction;
        // Two roads that only follow each other are no junction, and where wide roads meet there are several: who is
        // between them has paid.
        if edge.length < INNER || way.roundabout || way.ferry {
            0.0
        } else if arms.lights || edge.signals[end] {
            costs.lights_s
        } else if arms.count < 3 {
            0.0
        } else if rank(way) < arms.greatest {
            costs.giving_way_s
        } else if arms.of_greatest < 3 {
            costs.priority_s
        } else {
            costs.equal_s
        }
    };
    let mut all = Vec::with_capacity(graph.edges.len() * 2);
    for edge in &graph.edges {
        for (back, speed) in speeds[edge.road as usize].into_iter().enumerate() {
            let takes = speed.map(|speed| Takes {
                drive: (millis(metres(edge.length) / speed).max(u32::from(edge.length > 0)))
                    .saturating_add(rules.wait_ms(&graph.ways[edge.road as usize]))
                    .min(NEVER - 1),
                junction: millis(junction_s(edge, 1 - back)),
            });
            all.push(takes.unwrap_or(Takes { drive: NEVER, junction: 0 }));
        }
    }
    all
}
