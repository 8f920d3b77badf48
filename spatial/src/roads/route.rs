//! The way itself: edge by edge, and as a line.

use geo::LineString;

use super::graph::RoadGraph;
use super::nearest::{Bound, NO_STATE, Reached};
use super::place::Place;
use super::search::{Metric, NO_ARC, Roads, Sense, Workspace};
use super::spot::metres;
use super::targets::Targets;

/// A part of an edge that is driven or walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The edge.
    pub edge: u32,
    /// Where on it the step begins: tenths of a millimetre from the edge's beginning.
    pub from: u32,
    /// Where it ends; before `from` when it goes against the line.
    pub to: u32,
}

/// A way from one place to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Seconds.
    pub time_s: f64,
    /// Metres.
    pub length_m: f64,
    /// Its parts in order.
    pub steps: Vec<Step>,
}

impl Route {
    /// Its line, WGS84 degrees, from start to end; empty when start and end are one place.
    pub fn line(&self, graph: &RoadGraph) -> LineString<f64> {
        let mut all = Vec::new();
        for step in &self.steps {
            for at in graph.part(step.edge, step.from, step.to).0 {
                if all.last() != Some(&at) {
                    all.push(at);
                }
            }
        }
        LineString::new(all)
    }

    /// Names of the streets in the order in which they are met; a name that goes on is said once.
    pub fn streets<'a>(&self, graph: &'a RoadGraph) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.steps.iter().filter_map(|step| graph.facts(step.edge)?.name).collect();
        names.dedup();
        names
    }

    fn measured_m(&self) -> f64 {
        self.steps.iter().map(|step| metres(step.from.abs_diff(step.to))).sum()
    }
}

impl Workspace {
    /// The best way from one place to another; `None` when there is none within the bound (its `count` is not looked
    /// at).
    pub fn route(&mut self, roads: Roads<'_>, start: Place, end: Place, bound: Bound) -> Option<Route> {
        let targets = Targets::new(roads, vec![Some(end)], Sense::Away);
        let reached = *self.nearest(roads, start, &targets, Bound { count: 1, ..bound }).first()?;
        Some(self.way(roads, start, &targets, &reached, Sense::Away))
    }

    /// The way of one answer of the last [`Workspace::nearest`] toward `place` (units on their way to an incident), without
    /// another search. The roads, the place and the targets must be those of that search.
    pub fn route_of(&self, roads: Roads<'_>, place: Place, targets: &Targets, reached: &Reached) -> Route {
        self.way(roads, place, targets, reached, Sense::Toward)
    }

    fn way(&self, roads: Roads<'_>, place: Place, targets: &Targets, reached: &Reached, sense: Sense) -> Route {
        let graph = roads.graph;
        let theirs = targets.place(reached.target).unwrap_or(place);
        let (state, arc) = reached.door;
        let mut steps = Vec::new();
        let whole = |arc: u32| {
            let long = graph.edges[(arc / 2) as usize].length;
            let (from, to) = if arc.is_multiple_of(2) { (0, long) } else { (long, 0) };
            Step { edge: arc / 2, from, to }
        };
        // In the order of a search toward `place`: theirs, …, place. The other sense is turned round at the end.
        if state == NO_STATE {
            steps.push(Step { edge: place.edge, from: theirs.at, to: place.at });
        } else {
            if arc != NO_ARC {
                let end = whole(arc);
                steps.push(match sense {
                    Sense::Toward => Step { from: theirs.at, ..end },
                    Sense::Away => Step { edge: end.edge, from: end.from, to: theirs.at },
                });
            }
            let mut at = state;
            while let Some(label) = self.label(at) {
                let first = label.before == at;
                if label.arc != NO_ARC {
                    let step = whole(label.arc);
                    steps.push(match (first, sense) {
                        (false, _) => step,
                        (true, Sense::Toward) => Step { to: place.at, ..step },
                        (true, Sense::Away) => Step { from: place.at, ..step },
                    });
                }
                if first {
                    break;
                }
                at = label.before;
            }
        }
        if sense == Sense::Away {
            if state == NO_STATE {
                steps = steps.into_iter().map(|step| Step { from: step.to, to: step.from, ..step }).collect();
            }
            steps.reverse();
        }
        steps.retain(|step| step.from != step.to);
        let route = Route { time_s: reached.time_s, length_m: reached.length_m, steps };
        debug_assert!((route.measured_m() - route.length_m).abs() < 0.01, "{} {}", route.measured_m(), route.length_m);
        route
    }
}

/// Routes by length, for tests of lengths.
impl Bound {
    /// The shortest way, whatever its time.
    pub fn shortest() -> Self {
        Self { count: 1, within: f64::INFINITY, metric: Metric::Length }
    }

    /// The fastest way, however long.
    pub fn fastest() -> Self {
        Self::time(1, f64::INFINITY)
    }
}
