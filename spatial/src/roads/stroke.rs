//! A line as somebody drew it over the roads: what it runs along, what it crosses, and which junctions it closes.
//!
//! Drawn by hand it lies beside the road, wobbles, and begins a little before or behind what is meant. So near counts as on
//! it ([`LINE_WIDTH_M`]), roughly parallel as along it ([`ALONG_DEG`]), and short gaps are closed ([`GAP_M`]).

use std::collections::BTreeMap;

use geo::{Coord, Line, LineString};

use super::closures::{LINE_WIDTH_M, join, meeting, walk};
use super::graph::RoadGraph;
use super::spot::{Frame, Spot, length, metres, nearest_on};
use crate::position::{Bounds, Position};

/// What is closed on either side of where a line crosses a road, and on every road at a junction that it goes through.
pub(super) const CROSSING_M: f64 = 1.0;

/// A line runs along a road where the angle between their segments is no more.
pub(super) const ALONG_DEG: f64 = 30.0;

/// A line runs along a road when it does so for so many metres, or for half of a shorter road: a road that it only crosses at a
/// slant is beside it for less.
pub(super) const LEAST_RUN_M: f64 = 2.0 * LINE_WIDTH_M;

/// A line that leaves a road and comes back after less than this has not left it; nor has one at whose bends nothing is beside.
pub(super) const GAP_M: f64 = 10.0;

/// What is shorter is no beginning of a run: the corner of a line that goes elsewhere.
pub(super) const SLIVER_M: f64 = 1.0;

/// So much of a short road's length a line must come forward from end to end of it, and no more: beside it, not across it.
pub(super) const FORWARD: std::ops::RangeInclusive<f64> = 0.8..=2.0;

/// A part of an edge: offsets from its beginning.
type Span = (u32, u32);

/// An edge and which of its ends is at a junction.
type Arm = (u32, usize);

/// Edges, each with the segments of the line that are near it.
type Near = BTreeMap<u32, Vec<usize>>;

/// Edges, each with the parts of it that the line runs along.
type Runs = BTreeMap<u32, Vec<Span>>;

/// The parts of edges that a line closes, by edge; in order, and no two of an edge touch.
pub(super) fn stroke(graph: &RoadGraph, line: &LineString<f64>) -> Runs {
    let stroke = Stroke::of(line);
    let near = stroke.near(graph);
    let along: Runs = near.iter().map(|(edge, segments)| (*edge, stroke.along(graph, *edge, segments))).collect();
    let mut all: Runs = near
        .iter()
        .map(|(edge, segments)| (*edge, [along[edge].clone(), stroke.crossed(graph, *edge, segments)].concat()))
        .collect();
    for (spot, arms) in stroke.junctions(graph, &near) {
        if stroke.follows(graph, spot, &arms, (&near, &along)) {
            continue;
        }
        for (edge, end) in arms {
            let (long, first) = (graph.edges[edge as usize].length, length(CROSSING_M));
            let part = if end == 0 { (0, first.min(long)) } else { (long.saturating_sub(first), long) };
            all.entry(edge).or_default().push(part);
        }
    }
    all.retain(|_, parts| !parts.is_empty());
    all.values_mut().for_each(united);
    all
}

/// Sorts parts and joins those that touch.
pub(super) fn united(parts: &mut Vec<Span>) {
    parts.sort_unstable();
    let mut all = Vec::new();
    parts.drain(..).for_each(|part| join(&mut all, part));
    *parts = all;
}

struct Stroke {
    segments: Vec<Line<f64>>,
    /// How far from the line's beginning each segment begins, metres.
    run_m: Vec<f64>,
}

impl Stroke {
    fn of(line: &LineString<f64>) -> Self {
        let segments: Vec<Line<f64>> = line.lines().collect();
        let mut run_m = vec![0.0];
        for segment in &segments {
            let long_m = Spot::of(segment.start).distance_m(Spot::of(segment.end));
            run_m.push(run_m.last().copied().unwrap_or_default() + long_m);
        }
        Self { segments, run_m }
    }

    /// Edges near the line, each with the segments that it is near to.
    fn near(&self, graph: &RoadGraph) -> Near {
        let mut near: Near = BTreeMap::new();
        for (at, segment) in self.segments.iter().enumerate() {
            let ends = [segment.start, segment.end].map(|end| Position::new(end.x, end.y));
            let [Ok(a), Ok(b)] = ends.map(|end| end.map(|end| Bounds::around(end, LINE_WIDTH_M + 1.0))) else {
                continue;
            };
            let bounds = Bounds {
                west: a.west.min(b.west),
                south: a.south.min(b.south),
                east: a.east.max(b.east),
                north: a.north.max(b.north),
            };
            for edge in graph.edges_in(bounds) {
                near.entry(edge).or_default().push(at);
            }
        }
        near
    }

    /// The parts of an edge that the line runs along.
    fn along(&self, graph: &RoadGraph, edge: u32, near: &[usize]) -> Vec<Span> {
        let of = &graph.edges[edge as usize];
        if metres(of.length) <= LEAST_RUN_M && self.passes(graph, edge, near) {
            return vec![(0, of.length)];
        }
        let mut beside: Vec<Span> = Vec::new();
        walk(graph, edge, |a, b, start, end| {
            let frame = Frame::at(Coord { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) });
            let road = [frame.xy(a), frame.xy(b)];
            for at in near {
                let segment = [self.segments[*at].start, self.segments[*at].end].map(|end| frame.xy(end));
                if !is_along(road, segment) {
                    continue;
                }
                if let Some((from, to)) = within(road, segment) {
                    let at = |share: f64| length(start + share * (end - start)).min(of.length);
                    beside.push((at(from), at(to)));
                }
            }
        });
        united(&mut beside);
        let least = length(LEAST_RUN_M).min(of.length / 2);
        let mut pieces: Vec<Span> = Vec::new();
        for (from, to) in beside {
            match pieces.last_mut() {
                Some(piece) if from < piece.1.saturating_add(length(SLIVER_M / 2.0)) => piece.1 = to,
                _ => pieces.push((from, to)),
            }
        }
        pieces.retain(|(from, to)| to - from >= length(SLIVER_M).min(least));
        // Each run with how much of it is beside the line.
        let mut runs: Vec<(Span, u32)> = Vec::new();
        for (from, to) in pieces {
            match runs.last_mut() {
                Some((run, long)) if from < run.1.saturating_add(length(GAP_M)) => {
                    (run.1, *long) = (to, *long + (to - from));
                }
                _ => runs.push(((from, to), to - from)),
            }
        }
        runs.into_iter().filter(|(_, long)| *long >= least.max(1)).map(|(run, _)| run).collect()
    }

    /// Whether the line passes a short edge from one end to the other, however it wobbles between.
    fn passes(&self, graph: &RoadGraph, edge: u32, near: &[usize]) -> bool {
        let of = &graph.edges[edge as usize];
        let ends = of.ends.map(|node| self.nearest(graph.nodes[node as usize], near));
        let [Some(a), Some(b)] = ends else { return false };
        let forward = (a.0 - b.0).abs() / metres(of.length);
        a.1.max(b.1) <= LINE_WIDTH_M && FORWARD.contains(&forward)
    }

    /// Where the line is nearest to a place: metres from its beginning, and how far it is.
    fn nearest(&self, spot: Spot, near: &[usize]) -> Option<(f64, f64)> {
        let frame = Frame::at(spot.degrees());
        let each = near.iter().map(|at| {
            let segment = &self.segments[*at];
            let (share, far2) = nearest_on(frame.xy(segment.start), frame.xy(segment.end));
            (self.run_m[*at] + share * (self.run_m[*at + 1] - self.run_m[*at]), far2.sqrt())
        });
        each.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// A metre to either side of where the line crosses an edge. Within a metre of its ends it is the junction that is crossed.
    fn crossed(&self, graph: &RoadGraph, edge: u32, near: &[usize]) -> Vec<Span> {
        let (whole, margin) = (graph.edges[edge as usize].length, length(CROSSING_M));
        let mut parts = Vec::new();
        walk(graph, edge, |a, b, start, end| {
            for share in near.iter().filter_map(|at| meeting(a, b, self.segments[*at])) {
                let at = length(start + share * (end - start));
                if at > margin && at.saturating_add(margin) < whole {
                    parts.push((at - margin, at + margin));
                }
            }
        });
        parts
    }

    /// The junctions that the line goes through, each with the edges that begin (0) or end (1) there. Two junctions at one
    /// place, with a barrier between them, are one.
    fn junctions(&self, graph: &RoadGraph, near: &Near) -> BTreeMap<Spot, Vec<Arm>> {
        let mut junctions: BTreeMap<Spot, Vec<Arm>> = BTreeMap::new();
        for (edge, segments) in near {
            for (end, node) in graph.edges[*edge as usize].ends.into_iter().enumerate() {
                let spot = graph.nodes[node as usize];
                // A hair more, so that nothing falls between this and a crossing beside the junction.
                if self.nearest(spot, segments).is_some_and(|(_, far_m)| far_m <= CROSSING_M + 0.001) {
                    junctions.entry(spot).or_default().push((*edge, end));
                }
            }
        }
        junctions
    }

    /// Whether the line keeps to roads of a junction that it goes through: it comes along one of them and ends, or goes on along
    /// another one. Where it comes along a side street and goes on over the main road, it crosses that.
    fn follows(&self, graph: &RoadGraph, spot: Spot, arms: &[Arm], (near, along): (&Near, &Runs)) -> bool {
        let whole_m = self.run_m.last().copied().unwrap_or_default();
        let mut here_m = 0.0;
        // Before the junction and behind it.
        let mut held = [false; 2];
        for (edge, end) in arms {
            let long = graph.edges[*edge as usize].length;
            let of_end = |at: u32| if *end == 0 { at } else { long.saturating_sub(at) };
            here_m = self.nearest(spot, &near[edge]).map_or(here_m, |(at_m, _)| at_m);
            for (from, to) in &along[edge] {
                let (first, last) = (of_end(*from).min(of_end(*to)), of_end(*from).max(of_end(*to)));
                if metres(first) <= LINE_WIDTH_M {
                    let beside =
                        Spot::of(graph.point(*edge, of_end(first.midpoint(last.min(first + length(LEAST_RUN_M))))));
                    let at_m = self.nearest(beside, &near[edge]).map_or(here_m, |(at_m, _)| at_m);
                    held[usize::from(at_m > here_m)] = true;
                }
            }
        }
        let goes_on = [here_m, whole_m - here_m].map(|far_m| far_m >= LEAST_RUN_M);
        held.contains(&true) && (0..2).all(|side| held[side] || !goes_on[side])
    }
}

/// Whether two segments, metres, run the same way or the opposite one, roughly.
fn is_along([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> bool {
    let (own, theirs) = ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]]);
    let product = own[0] * theirs[0] + own[1] * theirs[1];
    let long = own[0].hypot(own[1]) * theirs[0].hypot(theirs[1]);
    long > 0.0 && product.abs() >= long * ALONG_DEG.to_radians().cos()
}

/// Which part of the segment a–b lies beside the segment c–d, within [`LINE_WIDTH_M`] and not beyond its ends (shares of the way
/// from a).
fn within([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> Option<(f64, f64)> {
    let (dx, dy) = (d[0] - c[0], d[1] - c[1]);
    let long = dx.hypot(dy);
    // Metres along c–d and beside it.
    let turned = |at: [f64; 2]| {
        let at = [at[0] - c[0], at[1] - c[1]];
        [(at[0] * dx + at[1] * dy) / long, (at[0] * dy - at[1] * dx) / long]
    };
    let (from, to) = (turned(a), turned(b));
    let along = between(from[0], to[0], (0.0, long))?;
    let beside = between(from[1], to[1], (-LINE_WIDTH_M, LINE_WIDTH_M))?;
    let both = (along.0.max(beside.0), along.1.min(beside.1));
    (both.0 <= both.1).then_some(both)
}

/// For which shares a number that goes from one value to another is between two bounds.
fn between(from: f64, to: f64, (low, high): (f64, f64)) -> Option<(f64, f64)> {
    let step = to - from;
    if step.abs() < 1e-12 {
        return (low..=high).contains(&from).then_some((0.0, 1.0));
    }
    let (a, b) = ((low - from) / step, (high - from) / step);
    let (first, last) = (a.min(b).max(0.0), a.max(b).min(1.0));
    (first <= last).then_some((first, last))
}
