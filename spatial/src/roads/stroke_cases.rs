//! Small cases with names: lines drawn over roads.

use geo::{Coord, LineString, MultiLineString};

use super::cases::{Case, closure, graph, ladder, road, text};
use super::*;

/// A line over places as roads have them: thousandths of a degree (98 m to the east, 111 m to the north).
pub(super) fn line(points: &[(f64, f64)]) -> LineString<f64> {
    points.iter().map(|(x, y)| Coord { x: 120.65 + x * 1e-3, y: 28.0 + y * 1e-3 }).collect()
}

fn drawn(graph: RoadGraph, points: &[(f64, f64)]) -> Case {
    Case::of(graph, &[closure("drawn", line(points))])
}

/// A main street of two roads, a side street that begins where they meet.
fn fork() -> RoadGraph {
    graph(&[
        road("west", &[(0.0, 0.0), (5.0, 0.0)], &[]),
        road("east", &[(5.0, 0.0), (10.0, 0.0)], &[]),
        road("side", &[(5.0, 0.0), (5.0, -3.0)], &[]),
    ])
}

const WEST: (f64, f64) = (1.0, 0.0);
const EAST: (f64, f64) = (9.0, 0.0);
const SIDE: (f64, f64) = (5.0, -2.0);

#[test]
fn a_line_through_a_junction_closes_all_roads_there() {
    // Half a metre beside it, as long as a road is wide; exactly through it; at a slant, on the road that goes by alone.
    for points in [[(5.005, -0.04), (5.005, 0.04)], [(5.0, -0.09), (5.0, 0.09)], [(4.9, -0.1), (5.1, 0.1)]] {
        let case = drawn(fork(), &points);
        for (from, to) in [(WEST, EAST), (WEST, SIDE), (SIDE, EAST), (EAST, WEST)] {
            assert_eq!(case.streets(from, to), None, "{points:?} {from:?} {to:?}");
        }
        // A metre away nothing is closed.
        for (from, to) in [(WEST, (4.97, 0.0)), ((5.03, 0.0), EAST), ((5.0, -0.03), SIDE)] {
            assert!(case.streets(from, to).is_some(), "{points:?} {from:?} {to:?}");
        }
    }
    // More than a metre beside the junction it is the road there that is closed, and no other.
    let beside = drawn(fork(), &[(5.02, -0.04), (5.02, 0.04)]);
    assert!(beside.streets(WEST, SIDE).is_some() && beside.streets(WEST, EAST).is_none());
}

#[test]
fn a_long_line_over_the_main_street_closes_it_though_it_comes_along_a_side_street() {
    let over = drawn(fork(), &[(5.0, -0.5), (5.0, 0.5)]);
    assert!(over.streets(WEST, EAST).is_none() && over.streets(WEST, SIDE).is_none());
    // One that ends there, or a little behind it, closes the side street alone.
    for end in [0.0, -0.03, 0.05] {
        let side = drawn(fork(), &[(5.0, -1.0), (5.0, end)]);
        assert_eq!(side.streets(WEST, EAST), Some(vec!["west", "east"]), "{end}");
        assert_eq!(side.streets(WEST, SIDE), None, "{end}");
        assert_eq!(side.overlay.edge_count(), 1, "{end}");
    }
    // And one along the main street leaves the mouth of the side street as it is.
    let main = drawn(fork(), &[(1.0, 0.01), (9.0, -0.01)]);
    let streets = main.overlay.touches.keys().map(|edge| main.graph.facts(*edge).unwrap().name.unwrap());
    assert_eq!(streets.collect::<Vec<_>>(), ["west", "east"]);
}

#[test]
fn a_line_across_at_a_barrier_closes_the_road_and_one_along_does_not_close_the_next() {
    let gated = || graph(&[road("gated", &[(0.0, 0.0), (5.0, 0.0), (10.0, 0.0)], &[("barriers", text("1 gate"))])]);
    assert_eq!(drawn(gated(), &[(0.0, 0.5), (10.0, 0.5)]).streets(WEST, EAST), Some(vec!["gated"]));
    assert_eq!(drawn(gated(), &[(5.0, -0.1), (5.0, 0.1)]).streets(WEST, EAST), None);
    let along = drawn(gated(), &[(1.0, 0.0), (5.0, 0.0)]);
    assert!(along.streets(WEST, EAST).is_none() && along.streets((5.01, 0.0), EAST).is_some());
    assert_eq!(along.overlay.edge_count(), 1);
}

#[test]
fn a_line_closes_the_part_of_a_road_that_it_runs_along() {
    // Three of ten units, four metres beside the street, drawn with a trembling hand.
    for (from, to) in [(2.0, 5.0), (1.0, 8.5)] {
        let steps = [0.0, 0.3, 0.31, 0.6, 0.7, 1.0];
        let points: Vec<(f64, f64)> =
            (0..).zip(steps).map(|(n, share)| (from + share * (to - from), 0.03 + 0.01 * f64::from(n % 2))).collect();
        let case = drawn(ladder(), &points);
        let (edge, touch) = case.overlay.touches.first_key_value().unwrap();
        assert_eq!((case.graph.facts(*edge).unwrap().name, case.overlay.edge_count()), (Some("south"), 1));
        let unit = case.graph.edges[*edge as usize].length / 10;
        let [(start, end, _)] = touch.closed[..] else { panic!("{:?}", touch.closed) };
        let metres = |at: u32, expect: f64| (f64::from(at) - expect * f64::from(unit)).abs() / 10_000.0;
        assert!(metres(start, from) < 0.5 && metres(end, to) < 0.5, "{start} {end} {unit}");
        assert_eq!(case.streets((0.1, 0.0), (0.9, 0.0)), Some(vec!["south"]));
        assert_eq!(case.streets((8.6, 0.0), (9.9, 0.0)), Some(vec!["south"]));
        assert!(case.streets((0.1, 0.0), (9.9, 0.0)).is_some_and(|streets| streets.contains(&"north")));
        assert_eq!(case.streets((0.1, 0.0), (3.0, 0.0)), None);
    }
}

#[test]
fn who_leaves_a_road_for_a_few_metres_has_not_left_it() {
    let parts = |back: f64| {
        let off = [(1.0, 0.01), (3.0, 0.01), (3.0, 0.2), (back, 0.2), (back, 0.01), (5.0, 0.01)];
        drawn(ladder(), &off).overlay.touches.values().map(|touch| touch.closed.len()).collect::<Vec<_>>()
    };
    // Eight metres and twenty.
    assert_eq!((parts(3.08), parts(3.2)), (vec![1], vec![2]));
}

/// A street that is cut into long and short edges by side streets, with one to the north and one to the south at each cut,
/// and a second carriageway 13 m to the north.
fn cut() -> RoadGraph {
    let cuts = [0.0, 2.0, 2.05, 4.0, 4.02, 4.1, 7.0];
    let mut roads: Vec<_> = (0..)
        .zip(cuts.windows(2))
        .map(|(n, pair)| road(&format!("main{n}"), &[(pair[0], 0.0), (pair[1], 0.0)], &[]))
        .collect();
    for x in &cuts[1..6] {
        roads.push(road(&format!("north{x}"), &[(*x, 0.0), (*x, 0.12)], &[]));
        roads.push(road(&format!("south{x}"), &[(*x, 0.0), (*x, -1.0)], &[]));
    }
    roads.push(road("other", &[2.0, 2.05, 4.0, 4.02, 4.1].map(|x| (x, 0.12)), &[]));
    graph(&roads)
}

#[test]
fn a_line_along_a_street_closes_the_short_edges_in_its_course_and_not_the_other_carriageway() {
    // On the line, three metres beside it, and going from side to side where the edges are short.
    let straight = |y: f64| vec![(1.0, y), (6.0, y)];
    let shaky = vec![(1.0, 0.0), (1.98, 0.02), (2.03, -0.03), (2.08, 0.02), (3.98, -0.01), (4.05, 0.03), (6.0, 0.0)];
    for points in [straight(0.0), straight(0.027), straight(-0.027), shaky] {
        let case = drawn(cut(), &points);
        for (edge, of) in (0..).zip(&case.graph.edges).filter(|(_, edge)| edge.length > 0) {
            let name = case.graph.facts(edge).unwrap().name.unwrap();
            let long = case.overlay.touches.get(&edge).map_or(0, |touch| touch.closed.iter().map(|p| p.1 - p.0).sum());
            let ends = ["main0", "main5"].contains(&name);
            let expect = if name.starts_with("main") {
                // Where a long one begins with a wobble it is closed a few metres farther on.
                let least = if of.length < 120_000 { of.length } else { of.length - 60_000 };
                if ends { 1..of.length } else { least..of.length + 1 }
            } else {
                0..20_001
            };
            assert!(expect.contains(&long), "{points:?} {name}: {long} of {}", of.length);
            assert!(name != "other" || long == 0, "{points:?}");
        }
        // Nobody slips through on the short ones.
        assert_eq!(case.streets((2.0, -0.5), (2.0, -0.9)).map(|streets| streets.len()), Some(1));
        let round = case.streets((2.0, -0.5), (2.05, -0.5));
        assert!(round.is_none_or(|streets| !streets.iter().any(|name| name.starts_with("main"))), "{points:?}");
    }
}

#[test]
fn two_lines_of_one_closure_over_the_same_road_slow_it_once() {
    let twice = MultiLineString::new(vec![line(&[(2.0, 0.0), (5.0, 0.0)]), line(&[(4.0, 0.0), (7.0, 0.0)])]);
    let case = Case::of(ladder(), &[Closure { effect: Effect::Slower(3.0), ..closure("ice", twice) }]);
    let (_, touch) = case.overlay.touches.first_key_value().unwrap();
    let [(from, to, times)] = *touch.slow.parts() else { panic!("{touch:?}") };
    assert!(times == 3 * 1_024 && ((to - from) / 10_000).abs_diff(491) <= 1, "{touch:?}");
}
