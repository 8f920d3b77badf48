//! Lines drawn over roads against a plain twin, which walks along every road in small steps and looks at every segment of the
//! line and at every junction of the net.

use geo::{Coord, Intersects, Line, LineString};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::cases::{graph, road, text};
use super::spot::{Frame, Spot, length, metres, nearest_on};
use super::stroke::{ALONG_DEG, CROSSING_M, FORWARD, GAP_M, LEAST_RUN_M, SLIVER_M, stroke};
use super::stroke_cases::line;
use super::*;
use crate::{Feature, Value};

/// How far apart the steps are, metres.
const STEP_M: f64 = 0.25;

/// The rule's measures, a little more or less generous (`by`: metres, 1 or −1): what is drawn exactly at a limit may fall to
/// either side.
#[derive(Clone, Copy)]
struct Measures {
    width_m: f64,
    cos: f64,
    run_m: f64,
    gap_m: f64,
    forward: (f64, f64),
    reach_m: f64,
    hair_m: f64,
    sliver_m: f64,
}

impl Measures {
    fn of(by: f64) -> Self {
        Self {
            width_m: LINE_WIDTH_M + by * 0.05,
            cos: (ALONG_DEG + by).to_radians().cos(),
            run_m: LEAST_RUN_M - by,
            gap_m: GAP_M + by,
            forward: (FORWARD.start() - by * 0.05, FORWARD.end() + by * 0.05),
            reach_m: LINE_WIDTH_M + by,
            hair_m: by * 0.05,
            sliver_m: SLIVER_M - by * 0.4,
        }
    }
}

/// A small piece of an edge.
struct Point {
    /// Its middle, metres from the edge's beginning.
    at: f64,
    place: Coord<f64>,
    /// The segment on which it is.
    own: Line<f64>,
    long_m: f64,
    /// From its middle to its end, degrees.
    half: Coord<f64>,
}

struct Twin<'a> {
    graph: &'a RoadGraph,
    line: &'a LineString<f64>,
}

impl Twin<'_> {
    /// Where a place is nearest to the line: metres from its beginning, and how far that is. Steps of a decimetre.
    fn nearest(&self, spot: Spot) -> (f64, f64) {
        let (frame, mut run_m, mut best) = (Frame::at(spot.degrees()), 0.0, (0.0, f64::INFINITY));
        for segment in self.line.lines() {
            let long_m = Spot::of(segment.start).distance_m(Spot::of(segment.end));
            let steps = (long_m / 0.1).ceil().max(1.0);
            let mut step = 0.0;
            while step <= steps {
                let at = segment.start + (segment.end - segment.start) * (step / steps);
                let [x, y] = frame.xy(at);
                if x.hypot(y) < best.1 {
                    best = (run_m + long_m * step / steps, x.hypot(y));
                }
                step += 1.0;
            }
            run_m += long_m;
        }
        best
    }

    /// Whether the line is beside a point of a road whose segment runs like `own`.
    fn beside(&self, at: Coord<f64>, own: Line<f64>, measures: Measures) -> bool {
        let frame = Frame::at(at);
        self.line.lines().any(|segment| {
            let (a, b) = (frame.xy(segment.start), frame.xy(segment.end));
            let (c, d) = (frame.xy(own.start), frame.xy(own.end));
            let (share, far2) = nearest_on(a, b);
            let (one, two) = ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]]);
            let cos = (one[0] * two[0] + one[1] * two[1]).abs() / one[0].hypot(one[1]) / two[0].hypot(two[1]);
            cos >= measures.cos && far2.sqrt() <= measures.width_m && share > 0.0 && share < 1.0
        })
    }

    /// The middles of small pieces of an edge.
    fn points(&self, edge: u32) -> Vec<Point> {
        let (mut all, mut run_m) = (Vec::new(), 0.0);
        for pair in self.graph.vertices(&self.graph.edges[edge as usize]).windows(2) {
            let long_m = pair[0].distance_m(pair[1]);
            let (a, b) = (pair[0].degrees(), pair[1].degrees());
            let steps = (long_m / STEP_M).ceil().max(1.0);
            let mut step = 0.5;
            while step < steps {
                let at = run_m + long_m * step / steps;
                let place = a + (b - a) * (step / steps);
                all.push(Point {
                    at,
                    place,
                    own: Line::new(a, b),
                    long_m: long_m / steps,
                    half: (b - a) * (0.5 / steps),
                });
                step += 1.0;
            }
            run_m += long_m;
        }
        all
    }

    /// Which parts of an edge the line runs along, metres.
    fn along(&self, edge: u32, measures: Measures) -> Vec<(f64, f64)> {
        let of = &self.graph.edges[edge as usize];
        let long_m = metres(of.length);
        if long_m <= LEAST_RUN_M {
            let [a, b] = of.ends.map(|node| self.nearest(self.graph.nodes[node as usize]));
            let forward = (a.0 - b.0).abs() / long_m;
            let beside = a.1.max(b.1) <= measures.width_m;
            if beside && (measures.forward.0..=measures.forward.1).contains(&forward) {
                return vec![(0.0, long_m)];
            }
        }
        let enough = measures.run_m.min(long_m * measures.run_m / LEAST_RUN_M / 2.0);
        let mut pieces: Vec<(f64, f64)> = Vec::new();
        for point in self.points(edge).iter().filter(|point| self.beside(point.place, point.own, measures)) {
            let (from, to) = (point.at - point.long_m / 2.0, point.at + point.long_m / 2.0);
            match pieces.last_mut() {
                Some(piece) if from - piece.1 < SLIVER_M - measures.sliver_m + 0.5 => piece.1 = to,
                _ => pieces.push((from, to)),
            }
        }
        let mut runs: Vec<(f64, f64, f64)> = Vec::new();
        for (from, to) in pieces.into_iter().filter(|(from, to)| to - from >= measures.sliver_m.min(enough)) {
            match runs.last_mut() {
                Some(run) if from - run.1 < measures.gap_m => (run.1, run.2) = (to, run.2 + to - from),
                _ => runs.push((from, to, to - from)),
            }
        }
        runs.retain(|(_, _, beside_m)| *beside_m >= enough);
        runs.into_iter().map(|(from, to, _)| (from, to)).collect()
    }

    /// Edges that begin (0) or end (1) at a junction, or at the one on the other side of a barrier.
    fn arms(&self, node: u32) -> Vec<(u32, usize)> {
        let edges = || (0..).zip(&self.graph.edges);
        let twins = edges().filter(|(_, edge)| edge.length == 0 && edge.ends.contains(&node)).flat_map(|(_, e)| e.ends);
        let mut nodes: Vec<u32> = twins.chain([node]).collect();
        // Where more arms meet at a barrier, what cuts them off from each other is at the same place again.
        let spot = self.graph.nodes[node as usize];
        nodes.extend((0..).zip(&self.graph.nodes).filter(|(_, other)| **other == spot).map(|(node, _)| node));
        let real = edges().filter(|(_, edge)| edge.length > 0);
        real.flat_map(|(n, edge)| [(n, edge.ends[0], 0), (n, edge.ends[1], 1)])
            .filter(|(_, at, _)| nodes.contains(at))
            .map(|(n, _, end)| (n, end))
            .collect()
    }

    /// Whether the line goes through a junction across its roads. `shut` are the measures by which it closes it, `keep` those by
    /// which a road along it keeps it open.
    fn crosses(&self, node: u32, shut: Measures, keep: Measures) -> bool {
        let (here_m, far_m) = self.nearest(self.graph.nodes[node as usize]);
        if far_m > CROSSING_M + shut.hair_m {
            return false;
        }
        let whole_m: f64 = self.line.lines().map(|s| Spot::of(s.start).distance_m(Spot::of(s.end))).sum();
        let goes_on = [here_m, whole_m - here_m].map(|far_m| far_m >= LEAST_RUN_M - shut.hair_m * 4.0);
        let mut held = [false; 2];
        for (edge, end) in self.arms(node) {
            let long_m = metres(self.graph.edges[edge as usize].length);
            for (from, to) in self.along(edge, keep) {
                let of_end = |at: f64| if end == 0 { at } else { long_m - at };
                let (first, last) = (of_end(from).min(of_end(to)), of_end(from).max(of_end(to)));
                if first <= keep.reach_m {
                    let beside_m = of_end(f64::midpoint(first, last.min(first + LEAST_RUN_M)));
                    let at = self.graph.point(edge, length(beside_m.clamp(0.0, long_m)));
                    let at_m = self.nearest(Spot::of(at)).0;
                    if (at_m - here_m).abs() >= 1.0 {
                        held[usize::from(at_m > here_m)] = true;
                    } else if shut.hair_m < 0.0 {
                        // On which side it is may be said this way or that.
                        held = [true; 2];
                    }
                }
            }
        }
        !held.contains(&true) || (0..2).any(|side| goes_on[side] && !held[side])
    }

    /// Whether each point of an edge is closed.
    fn closed(&self, edge: u32, shut: Measures, keep: Measures) -> Vec<(f64, bool)> {
        let of = &self.graph.edges[edge as usize];
        let long_m = metres(of.length);
        let mut parts = self.along(edge, shut);
        let points = self.points(edge);
        for Point { at, place, half, .. } in &points {
            // A line that only touches the road, or leaves it where the road bends, crosses it or not.
            let half = *half * (1.0 + shut.hair_m * 4.0);
            let piece = Line::new(*place - half, *place + half);
            let inner = (CROSSING_M - shut.hair_m * 6.0..=long_m - CROSSING_M + shut.hair_m * 6.0).contains(at);
            let frame = Frame::at(*place);
            let beside = |at: Coord<f64>| {
                let ([x, y], [dx, dy]) = (frame.xy(at), frame.xy(*place + half));
                (x * dy - y * dx).abs() / dx.hypot(dy)
            };
            let clearly = |s: &Line<f64>| shut.hair_m > 0.0 || beside(s.start).min(beside(s.end)) > 0.05;
            if inner && self.line.lines().any(|segment| segment.intersects(&piece) && clearly(&segment)) {
                parts.push((at - CROSSING_M, at + CROSSING_M));
            }
        }
        for (end, node) in of.ends.into_iter().enumerate() {
            // How long its runs are decides as well on which side of a junction they are: neither measures are the stricter.
            let by = [shut, keep].map(|keep| self.crosses(node, shut, keep));
            let crosses = if shut.hair_m < 0.0 { by == [true; 2] } else { by != [false; 2] };
            if crosses {
                let first = CROSSING_M.min(long_m);
                parts.push(if end == 0 { (0.0, first) } else { (long_m - first, long_m) });
            }
        }
        points.iter().map(|Point { at, .. }| (*at, parts.iter().any(|(from, to)| from <= at && at <= to))).collect()
    }
}

/// A street that is cut by side streets at distances by chance (metres), with a second carriageway and links to it, and a gate.
fn town(cuts: &[f64], beside_m: f64, bend_m: &[f64]) -> Vec<Feature> {
    let at = |x: f64, y: f64| (x / 98.2, y / 111.2);
    let (mut x, mut ends) = (0.0, vec![at(0.0, 0.0)]);
    for (n, cut) in cuts.iter().enumerate() {
        x += cut;
        ends.push(at(x, bend_m[n % bend_m.len()]));
    }
    let mut roads = vec![
        road("main", &ends, &[("barriers", text("2 gate"))]),
        road("other", &ends.iter().map(|(x, y)| (*x, y + beside_m / 111.2)).collect::<Vec<_>>(), &[]),
    ];
    for (n, (x, y)) in ends.iter().enumerate() {
        let link = [(*x, *y), (*x, y + beside_m / 111.2)];
        let side = [(*x, *y), (x + 0.1, y - 0.6)];
        if n % 2 == 0 {
            roads.push(road(&format!("link{n}"), &link, &[("bridge", Value::Bool(false))]));
        }
        if n % 3 != 1 {
            roads.push(road(&format!("side{n}"), &side, &[]));
        }
    }
    roads
}

/// A line by hand: along the street from one cut to another, as shaky as it comes; straight from one junction to another; or
/// any.
fn hand(ends: &[(f64, f64)], manner: u8, (from, to): (usize, usize), shake: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let (from, to) = (from % ends.len(), to % ends.len());
    let metre = |(x, y): (f64, f64)| (x / 98.2, y / 111.2);
    let add = |a: (f64, f64), b: (f64, f64)| (a.0 + b.0, a.1 + b.1);
    match manner {
        0 => {
            let mut points = Vec::new();
            for pair in ends[from.min(to)..=from.max(to)].windows(2) {
                for (n, more) in shake.iter().take(4).enumerate() {
                    let part = [0.0, 0.2, 0.5, 0.7][n];
                    let at = (pair[0].0 + part * (pair[1].0 - pair[0].0), pair[0].1 + part * (pair[1].1 - pair[0].1));
                    points.push(add(at, metre((more.0 * 0.2, more.1 * 0.2))));
                }
            }
            points.push(ends[from.max(to)]);
            points
        }
        1 => vec![ends[from], add(ends[to], metre((3.0, 0.0)))],
        2 => vec![
            add(ends[from], metre((-shake[0].0, -shake[0].1 * 3.0))),
            add(ends[from], metre((shake[0].0, shake[0].1 * 3.0))),
        ],
        _ => shake.iter().map(|(x, y)| add(ends[from], metre((x * 8.0, y * 4.0)))).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(6), ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_line_closes_what_a_walk_along_every_road_finds(
        cuts in proptest::collection::vec(prop_oneof![1.5..14.0_f64, 20.0..90.0_f64], 2..7),
        beside_m in 5.0..20.0_f64,
        bend_m in proptest::collection::vec(-4.0..4.0_f64, 1..4),
        manner in 0..4_u8, ends in (0..9_usize, 0..9_usize),
        shake in proptest::collection::vec((-20.0..20.0_f64, -20.0..20.0_f64), 2..6),
    ) {
        let graph = graph(&town(&cuts, beside_m, &bend_m));
        let (mut x, mut places) = (0.0, vec![(0.0, 0.0)]);
        for (n, cut) in cuts.iter().enumerate() {
            x += cut;
            places.push((x / 98.2, bend_m[n % bend_m.len()] / 111.2));
        }
        let line = line(&hand(&places, manner, ends, &shake));
        let got = stroke(&graph, &line);
        let twin = Twin { graph: &graph, line: &line };
        let (strict, lax) = (Measures::of(-1.0), Measures::of(1.0));
        for edge in (0..).take(graph.edge_count()).filter(|edge| graph.edges[*edge as usize].length > 0) {
            let parts = got.get(&edge).cloned().unwrap_or_default();
            prop_assert!(parts.windows(2).all(|pair| pair[0].1 < pair[1].0), "{parts:?}");
            prop_assert!(parts.iter().all(|(from, to)| from < to && *to <= graph.edges[edge as usize].length), "{parts:?}");
            let is_in = |at: f64, more_m: f64| {
                parts.iter().any(|(from, to)| metres(*from) - more_m <= at && at <= metres(*to) + more_m)
            };
            let rows = twin.closed(edge, strict, lax).into_iter().zip(twin.closed(edge, lax, strict));
            for ((at, must), (_, may)) in rows {
                prop_assert!(!must || is_in(at, 0.7), "open at {at} of {edge} {:?}: {parts:?}", graph.facts(edge));
                prop_assert!(may || !is_in(at, -0.7), "closed at {at} of {edge} {:?}: {parts:?}", graph.facts(edge));
            }
        }
    }
}
