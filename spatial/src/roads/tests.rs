//! The graph against its twin.

use proptest::prelude::*;

use super::twin::{Spot, features, graph, position, rules, streets, twin, twin_without};
use super::*;

/// Places anywhere on the streets, never at their vertices.
fn spots(count: usize) -> impl Strategy<Value = Vec<(usize, usize, f64)>> {
    proptest::collection::vec((0..1_000_usize, 0..1_000_usize, 0.05..0.95_f64), count)
}

fn on(streets: &[twin::Street], (street, segment, share): Spot) -> Spot {
    let street = street % streets.len();
    (street, segment % (streets[street].line.len() - 1), share)
}

fn place(graph: &RoadGraph, net: &Net, streets: &[twin::Street], spot: Spot) -> Place {
    let snap = graph.snap(net, position(streets, spot), 50.0).unwrap();
    assert!(snap.distance_m < 0.02, "{snap:?}");
    snap.place
}

/// Rounding: half a millisecond and half a tenth of a millimetre an edge, and a centimetre for where a place lies.
fn close(got: Option<f64>, expect: Option<f64>, hair: f64) -> bool {
    match (got, expect) {
        (Some(got), Some(expect)) => (got - expect).abs() <= hair,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn one_to_many_is_what_the_twin_finds(
        streets in streets(), all in spots(7), turns: bool, length: bool, count in 1..7_usize, toward: bool,
    ) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, rules(Profile::Car, turns));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let metric = if length { Metric::Length } else { Metric::Time };
        let all: Vec<Spot> = all.into_iter().map(|spot| on(&streets, spot)).collect();
        let (middle, others) = all.split_first().unwrap();
        let sense = if toward { Sense::Toward } else { Sense::Away };
        let places = others.iter().map(|spot| Some(place(&graph, &net, &streets, *spot))).collect();
        let targets = Targets::new(roads, places, sense);
        let mut workspace = Workspace::new();
        let here = place(&graph, &net, &streets, *middle);
        // A first search leaves its traces; they must not be seen.
        let _ = workspace.nearest(roads, targets.place(0).unwrap(), &targets, Bound::shortest());
        let reached: Vec<Reached> =
            workspace.nearest(roads, here, &targets, Bound { count, within: f64::INFINITY, metric }).to_vec();
        let mut expect: Vec<(f64, u32)> = others
            .iter()
            .zip(0..)
            .filter_map(|(other, n)| {
                let (start, end) = if toward { (*other, *middle) } else { (*middle, *other) };
                Some((twin(&streets, turns, metric, start, end)?, n))
            })
            .collect();
        expect.sort_by(|a, b| a.0.total_cmp(&b.0));
        expect.truncate(count);
        let least = |r: &Reached| if length { r.length_m } else { r.time_s };
        prop_assert_eq!(reached.len(), expect.len(), "{:?} {:?}", reached, expect);
        for (got, (expect, _)) in reached.iter().zip(&expect) {
            prop_assert!((least(got) - expect).abs() <= 0.05, "{:?} {}", got, expect);
        }
        if toward {
            // The ways of all answers: as long as they say, from where they should begin to where they should end.
            for got in &reached {
                let route = workspace.route_of(roads, here, &targets, got);
                let start = targets.place(got.target).unwrap();
                check_route(&graph, &route, start, here)?;
            }
        }
        if let (Some(first), false) = (reached.first(), toward) {
            let end = targets.place(first.target).unwrap();
            let route = workspace.route(roads, here, end, Bound { count: 1, within: f64::INFINITY, metric }).unwrap();
            let route_least = if length { route.length_m } else { route.time_s };
            prop_assert!((route_least - least(first)).abs() < 1e-9);
            check_route(&graph, &route, here, end)?;
        }
    }

    #[test]
    fn the_first_of_many_are_those_that_a_search_from_the_place_finds(
        streets in streets(), all in spots(9), turns: bool, each in 1..5_usize, within_s in 20.0..400.0_f64,
        shut in proptest::option::of(0..1_000_usize),
    ) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, rules(Profile::Car, turns));
        let mut overlay = Overlay::new(&graph);
        if let Some(shut) = shut {
            let edge = shut % graph.edges.len();
            overlay.close(u32::try_from(edge).unwrap(), (0, graph.edges[edge].length), 0);
        }
        let roads = Roads { graph: &graph, net: &net, overlay: shut.map(|_| &overlay) };
        let all: Vec<Spot> = all.into_iter().map(|spot| on(&streets, spot)).collect();
        let (asked, starts) = all.split_at(3);
        let mut starts: Vec<Option<Place>> =
            starts.iter().map(|spot| Some(place(&graph, &net, &streets, *spot))).collect();
        starts.push(None);
        let mut pauses = 0;
        let firsts = Firsts::spread(roads, starts.clone(), each, within_s, &mut || pauses += 1);
        let targets = Targets::new(roads, starts, Sense::Toward);
        let mut workspace = Workspace::new();
        for spot in asked {
            let here = place(&graph, &net, &streets, *spot);
            let expect: Vec<(u32, f64)> = workspace
                .nearest(roads, here, &targets, Bound::time(targets.len(), within_s))
                .iter()
                .map(|reached| (reached.target, reached.time_s))
                .collect();
            let got = firsts.at(roads, here);
            prop_assert_eq!(got.len(), expect.len().min(each), "{:?} {:?}", got, expect);
            for ((_, got), (_, expect)) in got.iter().zip(&expect) {
                prop_assert!((got - expect).abs() < 1e-9, "{got} {expect}");
            }
            // Each of them needs that time; who ties with the last may stand for it.
            for (start, seconds) in &got {
                prop_assert!(expect.iter().any(|(known, time)| known == start && (time - seconds).abs() < 1e-9));
            }
        }
    }

    #[test]
    fn closed_streets_are_streets_that_are_not_there(
        streets in streets(), all in spots(5), closed in proptest::collection::vec(0..1_000_usize, 1..8),
    ) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, rules(Profile::Car, false));
        let closed: Vec<usize> = closed.into_iter().map(|n| n % streets.len()).collect();
        let mut overlay = Overlay::new(&graph);
        for (n, edge) in (0..).zip(&graph.edges) {
            if closed.contains(&(edge.road as usize)) {
                overlay.close(n, (0, edge.length), 0);
            }
        }
        let roads = Roads { graph: &graph, net: &net, overlay: Some(&overlay) };
        let all: Vec<Spot> = all.into_iter().map(|spot| on(&streets, spot)).collect();
        let mut workspace = Workspace::new();
        for other in &all[1..] {
            let (start, end) = (place(&graph, &net, &streets, all[0]), place(&graph, &net, &streets, *other));
            let got = workspace.route(roads, start, end, Bound::fastest()).map(|route| route.time_s);
            let expect = twin_without(&closed, &streets, false, Metric::Time, all[0], *other);
            prop_assert!(start == end || close(got, expect, 0.05), "{got:?} {expect:?}");
        }
    }

    #[test]
    fn the_nearest_place_is_that_of_a_scan(streets in streets(), x in -0.002..0.012_f64, y in -0.002..0.01_f64) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, Rules::of(Profile::Car));
        let at = crate::Position::new(120.65 + x, 28.01 + y).unwrap();
        let scan = (0..).take(graph.edge_count()).filter(|edge| net.uses(*edge)).map(|edge| graph.onto(edge, at).1);
        let expect = scan.fold(f64::INFINITY, f64::min);
        let snap = graph.snap(&net, at, 5_000.0).unwrap();
        prop_assert!((snap.distance_m - expect).abs() < 1e-9);
        // What is said of it is where it is: flat and round measures agree to millimetres here.
        prop_assert!((graph.position(snap.place).unwrap().distance_m(&at) - expect).abs() < 0.02 + expect * 1e-4);
        prop_assert!(graph.snap(&net, at, expect * 0.99).is_err() || expect == 0.0);
    }

    #[test]
    fn a_bound_leaves_out_what_is_beyond_it(streets in streets(), all in spots(6), within in 5.0..120.0_f64) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, Rules::of(Profile::Car));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let places: Vec<Place> = all.into_iter().map(|s| place(&graph, &net, &streets, on(&streets, s))).collect();
        let targets = Targets::new(roads, places[1..].iter().copied().map(Some).collect(), Sense::Toward);
        let mut workspace = Workspace::new();
        let everybody = workspace.nearest(roads, places[0], &targets, Bound::time(9, f64::INFINITY)).to_vec();
        let near = workspace.nearest(roads, places[0], &targets, Bound::time(9, within)).to_vec();
        let expect: Vec<Reached> = everybody.into_iter().filter(|r| r.time_s <= within).collect();
        let same = near.iter().zip(&expect).all(|(a, b)| (a.target, a.time_s) == (b.target, b.time_s));
        prop_assert!(same && near.len() == expect.len());
        for (target, start) in targets_of(&places) {
            let why = workspace.why(roads, Some(start), Some(places[0]), Bound::time(1, within));
            prop_assert_eq!(why.is_none(), near.iter().any(|r| r.target == target), "{:?}", why);
        }
    }

    #[test]
    fn an_isochrone_knows_when_every_place_is_reached(
        streets in streets(), all in spots(9), within in 5.0..90.0_f64, toward: bool, car: bool,
    ) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, Rules::of(if car { Profile::Car } else { Profile::Foot }));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let places: Vec<Place> = all.into_iter().map(|s| place(&graph, &net, &streets, on(&streets, s))).collect();
        let sense = if toward { Sense::Toward } else { Sense::Away };
        let mut workspace = Workspace::new();
        let isochrone = workspace.isochrone(roads, places[0], sense, within);
        for other in &places[1..] {
            let (start, end) = if toward { (*other, places[0]) } else { (places[0], *other) };
            let route = workspace.route(roads, start, end, Bound::fastest()).map(|route| route.time_s);
            let got = isochrone.time_at(*other);
            let near_the_edge = route.is_some_and(|time| (time - within).abs() < 0.02);
            prop_assert!(near_the_edge || close(got, route.filter(|time| *time <= within), 0.02), "{got:?} {route:?}");
        }
        prop_assert_eq!(&isochrone.spans, &outline_twin::isochrone(roads, places[0], sense, within));
        let area = isochrone.area(&graph, 40.0);
        let twin = outline_twin::area(&graph, &isochrone, 40.0);
        prop_assert!(outline_twin::same(&area, &twin), "{area:?} {twin:?}");
        for span in &isochrone.spans {
            for at in isochrone.line(&graph, span).0 {
                prop_assert!(geo::Contains::contains(&area, &at));
            }
        }
        prop_assert!(geo::Validation::is_valid(&area));
    }

    #[test]
    fn who_is_first_is_who_comes_first_of_all(
        streets in streets(), all in spots(9), within in 5.0..200.0_f64, toward: bool, turns: bool,
    ) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, rules(Profile::Car, turns));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let places: Vec<Option<Place>> =
            all.into_iter().map(|s| Some(place(&graph, &net, &streets, on(&streets, s)))).collect();
        let (starts, ends) = places.split_at(4);
        let targets = Targets::new(roads, ends.to_vec(), if toward { Sense::Toward } else { Sense::Away });
        let mut workspace = Workspace::new();
        let first = workspace.first(roads, &[starts, &[None]].concat(), &targets, within);
        let mut times = vec![Vec::new(); ends.len()];
        for (start, place) in (0..).zip(starts) {
            for reached in workspace.nearest(roads, place.unwrap(), &targets, Bound::time(9, within)) {
                times[reached.target as usize].push((start, reached.time_s));
            }
        }
        for (first, times) in first.into_iter().zip(times) {
            let least = times.iter().map(|(_, time)| *time).min_by(f64::total_cmp);
            prop_assert_eq!(first.map(|first| first.time_s), least);
            prop_assert!(first.is_none_or(|first| times.contains(&(first.start, first.time_s))), "{first:?} {times:?}");
        }
    }

    #[test]
    fn a_matrix_is_its_rows(streets in streets(), all in spots(8), threads in 1..4_usize) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, Rules::of(Profile::Car));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let places: Vec<Option<Place>> =
            all.into_iter().map(|s| Some(place(&graph, &net, &streets, on(&streets, s)))).collect();
        let (starts, ends) = places.split_at(5);
        let matrix = matrix(roads, starts, ends, Bound::fastest(), threads);
        prop_assert_eq!(matrix.size(), (5, 3));
        for (row, start) in starts.iter().enumerate() {
            for (column, end) in ends.iter().enumerate() {
                let route = Workspace::new().route(roads, start.unwrap(), end.unwrap(), Bound::fastest());
                prop_assert!(close(matrix.time_s(row, column), route.map(|route| route.time_s), 0.001));
            }
        }
    }
}

fn targets_of(places: &[Place]) -> impl Iterator<Item = (u32, Place)> {
    (0..).zip(places[1..].iter().copied())
}

fn check_route(graph: &RoadGraph, route: &Route, start: Place, end: Place) -> Result<(), TestCaseError> {
    let line = route.line(graph);
    let metres: f64 = line
        .0
        .windows(2)
        .map(|pair| {
            let place = |c: geo::Coord<f64>| crate::Position::new(c.x, c.y).unwrap();
            place(pair[0]).distance_m(&place(pair[1]))
        })
        .sum();
    prop_assert!((metres - route.length_m).abs() < 0.05, "{metres} {}", route.length_m);
    let near = |at: Option<&geo::Coord<f64>>, place: Place| {
        let at = at.map(|c| crate::Position::new(c.x, c.y).unwrap());
        at.is_none_or(|at| at.distance_m(&graph.position(place).unwrap()) < 0.02)
    };
    prop_assert!(near(line.0.first(), start) && near(line.0.last(), end));
    Ok(())
}

#[test]
fn chance_streets_are_streets() {
    // The properties above would hold of an empty city as well: this one says how much they saw.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut edges, mut turns, mut copies) = (0, 0, 0);
    for _ in 0..50 {
        let streets = streets().new_tree(&mut runner).unwrap().current();
        assert_eq!(features(&streets).len(), streets.len());
        let graph = graph(&streets);
        edges += graph.edge_count();
        turns += graph.tally().turns;
        copies += Net::new(&graph, Rules::of(Profile::Car)).copy_count();
    }
    assert!(edges > 1_000 && turns > 400 && copies > 200, "{edges} {turns} {copies}");
}
