//! Slow parts of roads against a plain twin: the way cut into pieces of two decimetres, each as slow as the areas that it lies in.

use geo::{Contains, Coord, Polygon};
use proptest::prelude::*;

use super::cases::{CAR, closure};
use super::twin::{Spot, graph, position, rules, streets};
use super::*;

/// A box about a place of the chance city (shares of it), so many metres high and wide.
fn slow_area((x, y): (f64, f64), (wide, high): (f64, f64)) -> Polygon<f64> {
    let at = |x: f64, y: f64| Coord { x: 120.65 + x, y: 28.01 + y };
    let (x, y) = (0.0075 * x, 0.007 * y);
    geo::Rect::new(
        at(x - wide / 2.0 / 98_200.0, y - high / 2.0 / 111_195.0),
        at(x + wide / 2.0 / 98_200.0, y + high / 2.0 / 111_195.0),
    )
    .to_polygon()
}

/// Seconds of a route, two decimetres after two decimetres.
fn sampled(roads: Roads<'_>, route: &Route, areas: &[(Polygon<f64>, f64)]) -> f64 {
    let step_s = |step: &Step| {
        let long = roads.graph.edges[step.edge as usize].length;
        let arc = step.edge * 2 + u32::from(step.from > step.to);
        let pace = f64::from(roads.net.takes(arc).unwrap().drive) / 1_000.0 / f64::from(long);
        let (low, high) = (step.from.min(step.to), step.from.max(step.to));
        let starts = (low..high).step_by(2_000);
        let piece_s = |start: u32| {
            let end = (start + 2_000).min(high);
            let at = roads.graph.point(step.edge, start.midpoint(end));
            let over = areas.iter().filter(|(area, _)| area.contains(&at));
            f64::from(end - start) * pace * over.map(|(_, times)| times).product::<f64>()
        };
        starts.map(piece_s).sum::<f64>()
    };
    route.steps.iter().map(step_s).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_slow_way_takes_what_its_pieces_take_in_every_search(
        streets in streets(),
        all in proptest::collection::vec((0..1_000_usize, 0..1_000_usize, 0.05..0.95_f64), 5),
        areas in proptest::collection::vec(((0.0..1.0_f64, 0.0..1.0_f64), (60.0..400.0_f64, 60.0..400.0_f64), 1.2..6.0_f64), 1..5),
        foot: bool, layers in 0..5_usize, within in 20.0..300.0_f64,
    ) {
        prop_assume!(!streets.is_empty());
        let graph = graph(&streets);
        let net = Net::new(&graph, rules(if foot { Profile::Foot } else { Profile::Car }, true));
        let areas: Vec<(Polygon<f64>, f64)> =
            areas.into_iter().map(|(middle, size, times)| (slow_area(middle, size), times)).collect();
        let slow = |(area, times): &(Polygon<f64>, f64)| {
            Closure { effect: Effect::Slower(*times), ..closure("slow", area.clone()) }
        };
        let closures: Vec<Closure> = areas.iter().map(slow).collect();
        // Some drawn, the others laid over them: all the same.
        let (drawn, tried) = closures.split_at(layers.min(closures.len()));
        let vehicle = Vehicle { profile: net.rules().profile, ..CAR };
        let compile = |closures: &[Closure]| Overlay::compile(&graph, closures, vehicle, 100);
        let overlay = compile(drawn).and(&compile(tried));
        let roads = Roads { graph: &graph, net: &net, overlay: Some(&overlay) };
        let place = |(street, segment, share): Spot| {
            let street = street % streets.len();
            let spot = (street, segment % (streets[street].line.len() - 1), share);
            graph.snap(&net, position(&streets, spot), 50.0).unwrap().place
        };
        let places: Vec<Place> = all.into_iter().map(place).collect();
        let mut space = Workspace::new();
        let starts = Targets::new(roads, vec![Some(places[0])], Sense::Toward);
        let away = space.isochrone(roads, places[0], Sense::Away, within);
        prop_assert_eq!(&away.spans, &outline_twin::isochrone(roads, places[0], Sense::Away, within));
        for end in &places[1..] {
            let route = space.route(roads, places[0], *end, Bound::fastest());
            let time_s = route.as_ref().map(|route| route.time_s);
            if let Some(route) = &route {
                let expect = sampled(roads, route, &areas);
                // At each border half a piece may count on the wrong side.
                let hair = 0.05 + 0.01 * expect;
                prop_assert!((route.time_s - expect).abs() < hair, "{} {expect} {route:?}", route.time_s);
            }
            // Backward it is the same to the millisecond, and by the isochrones from both ends.
            let back = space.nearest(roads, *end, &starts, Bound::fastest()).first().map(|reached| reached.time_s);
            prop_assert_eq!(back, time_s);
            let toward = space.isochrone(roads, *end, Sense::Toward, within);
            prop_assert_eq!(&toward.spans, &outline_twin::isochrone(roads, *end, Sense::Toward, within));
            for got in [away.time_at(*end), toward.time_at(places[0])] {
                let at_the_edge = time_s.is_some_and(|time| (time - within).abs() < 0.02);
                let same = match (got, time_s.filter(|time| *time <= within)) {
                    (Some(got), Some(expect)) => (got - expect).abs() < 0.02,
                    (got, expect) => got == expect,
                };
                prop_assert!(at_the_edge || same, "{got:?} {time_s:?} {within}");
            }
        }
    }
}
