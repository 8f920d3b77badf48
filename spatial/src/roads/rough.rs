//! Rough places: roads over each other, circles.

use geo::{Coord, MultiPolygon};
use proptest::prelude::*;

use super::cases::{CAR, Case, across, at, closure, graph, ladder, road, text};
use super::twin::streets;
use super::*;
use crate::{Position, Value};

/// A motorway of two carriageways on a bridge over a street.
fn crossing() -> RoadGraph {
    let deck = |id: &str, line: &[(f64, f64)]| {
        road(
            id,
            line,
            &[
                ("class", text("motorway")),
                ("name", text("bridge")),
                ("bridge", Value::Bool(true)),
                ("level", text("1")),
            ],
        )
    };
    graph(&[
        deck("out", &[(0.0, 0.1), (5.0, 0.1), (10.0, 0.1)]),
        deck("home", &[(10.0, -0.1), (5.0, -0.1), (0.0, -0.1)]),
        road("below", &[(5.0, -5.0), (5.0, 5.0)], &[]),
        road("away", &[(8.0, -5.0), (8.0, -4.0)], &[]),
        road("head", &[(10.0, 0.1), (11.0, 0.0), (10.0, -0.1)], &[]),
    ])
}

#[test]
fn bridge_deck_road_below_and_both_carriageways_are_each_an_answer() {
    let case = Case::of(crossing(), &[]);
    // A bridge and what is below it share a place and no junction.
    assert_eq!(case.graph.edges.iter().filter(|edge| edge.length > 0).count(), 5);
    let middle = at(5.0, 0.0);
    let parts = case.graph.parts_in_circle(&case.net, middle, 30.0);
    let strands = case.graph.strands(&case.net, middle, &parts);
    let told: Vec<(Option<&str>, i8, Option<String>)> =
        strands.iter().map(|s| (s.name.as_deref(), s.level, s.heading_deg.map(|deg| format!("{deg:.0}")))).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for (name, level, deg) in [("below", 0, None), ("bridge", 1, Some("90")), ("bridge", 1, Some("270"))] {
        let expect = (Some(name), level, deg.map(str::to_owned));
        assert!(told.contains(&expect), "{told:?}");
    }
    // Whoever asks for fewer is told how many other roads there are: both carriageways are one.
    let some = |count: usize, complete_m: f64| {
        let (some, more) = case.graph.nearest_strands(&case.net, (middle, &parts), (count, complete_m));
        assert_eq!(some, strands[..some.len()]);
        (some.len(), more)
    };
    assert_eq!((some(1, 0.001), some(1, 30.0), some(24, 5.0)), ((1, 1), (3, 0), (3, 0)));
    let unit = case.place(1.0, 0.1);
    let targets = Targets::new(case.roads(), vec![Some(unit)], Sense::Toward);
    let first = Workspace::new().first_at(case.roads(), &strands, &targets, Bound::time(1, 3_600.0));
    let time = |n: usize| first[n].map(|reached| reached.time_s);
    let of =
        |name: &str, deg: Option<&str>| told.iter().position(|t| t.0 == Some(name) && t.2.as_deref() == deg).unwrap();
    // The road below cannot be reached from the deck; the far carriageway only round its end.
    assert_eq!(time(of("below", None)), None);
    assert!(time(of("bridge", Some("90"))).unwrap() * 2.0 < time(of("bridge", Some("270"))).unwrap());
}

/// Parts of a circle, or of the square around it.
pub(super) fn parts(case: &Case, middle: Position, radius_m: f64, square: bool) -> Vec<Part> {
    if !square {
        return case.graph.parts_in_circle(&case.net, middle, radius_m);
    }
    let (north, east) = (radius_m / 111_195.0, radius_m / 98_200.0);
    let corner = |x: f64, y: f64| Coord { x: middle.lon() + x * east, y: middle.lat() + y * north };
    let area = geo::Rect::new(corner(-1.0, -1.0), corner(1.0, 1.0)).to_polygon();
    case.graph.parts_in_area(&case.net, &MultiPolygon::new(vec![area])).unwrap()
}

/// The slow twin: when a target is at some points of every part and at both its ends, by a search to each. Points that
/// cannot be reached are left out.
pub(super) fn points(case: &Case, parts: &[Part], target: Place) -> Vec<(Place, f64)> {
    let targets = Targets::new(case.roads(), vec![Some(target)], Sense::Toward);
    let mut workspace = Workspace::new();
    let places = parts.iter().flat_map(|part| {
        (0..=4_u32)
            .map(|n| Place { edge: part.edge, at: part.from + (part.to - part.from) / 4 * n })
            .chain([Place { edge: part.edge, at: part.to }])
    });
    let time = |place: Place| {
        let reached = workspace.nearest(case.roads(), place, &targets, Bound::fastest());
        reached.first().map(|reached| (place, reached.time_s))
    };
    let own = parts.iter().any(|part| part.edge == target.edge && (part.from..=part.to).contains(&target.at));
    places.chain(own.then_some(target)).filter_map(time).collect()
}

/// Whether a point is reached from a middle, and from both ends of its edge: then it is not cut off, whichever of them is
/// taken. From the ends alone would not do: who comes to one may not turn there as who begins there may.
fn is_joined(case: &Case, middle: Place, point: Place) -> bool {
    let long = case.graph.edges[middle.edge as usize].length;
    let goes = |at: u32| {
        let start = Place { at, ..middle };
        Workspace::new().route(case.roads(), start, point, Bound::fastest()).is_some()
    };
    goes(0) && goes(long) && goes(middle.at)
}

/// Asks from every target about a place and compares with the slow twin.
pub(super) fn check(case: &Case, parts: &[Part], middle: Place, units: &[Place]) {
    let mut workspace = Workspace::new();
    let place = Anywhere::new(&mut workspace, case.roads(), middle, parts.to_vec());
    let targets = Targets::new(case.roads(), units.iter().copied().map(Some).collect(), Sense::Toward);
    let between = workspace.between(case.roads(), &place, &targets);
    assert_eq!(between.len(), units.len());
    for (told, unit) in between.iter().zip(units) {
        let times = points(case, parts, *unit);
        let least = times.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
        assert_eq!(told.best_s.is_some(), !times.is_empty(), "{told:?} {unit:?}");
        let Some(best) = told.best_s else { continue };
        // Parts of edges are rounded to milliseconds.
        assert!((best - least).abs() < 0.002, "{told:?} {least} {unit:?}");
        // Who does not come to the middle is told no latest, and what is cut off from the middle is in none.
        let Some(worst) = told.worst_s else { continue };
        for (point, time) in times.iter().filter(|(_, time)| *time > worst) {
            let whole = place.cut_off_m() == 0.0;
            assert!(!whole && !is_joined(case, middle, *point), "{told:?} {unit:?} {point:?} {time}");
        }
    }
}

#[test]
fn the_time_to_a_circle_is_from_its_best_to_its_worst_place() {
    let case = Case::of(ladder(), &[]);
    let (middle, units) = (at(10.0, 0.5), [case.place(0.0, 0.5), case.place(20.5, 0.0)]);
    let near = parts(&case, middle, 100.0, false);
    let mut workspace = Workspace::new();
    let place = Anywhere::new(&mut workspace, case.roads(), case.place(10.0, 0.5), near.clone());
    assert_eq!((place.cut_off_m(), place.is_empty()), (0.0, false));
    let targets = Targets::new(case.roads(), units.map(Some).to_vec(), Sense::Toward);
    let between = workspace.between(case.roads(), &place, &targets);
    // The island has no way to it.
    assert_eq!((between[1].best_s, between[1].worst_s), (None, None));
    let times = points(&case, &near, units[0]);
    let most = times.iter().map(|(_, time)| *time).fold(0.0, f64::max);
    assert!(between[0].worst_s.unwrap() <= most * 1.1, "{between:?} {most}");
    check(&case, &near, case.place(10.0, 0.5), &units);
    // A circle over the island as well: what cannot be reached is said, and is in no time.
    let wide = parts(&case, middle, 1_050.0, false);
    let place = Anywhere::new(&mut workspace, case.roads(), case.place(10.0, 0.5), wide);
    assert!(place.cut_off_m() > 50.0 && place.cut_off_m() < 110.0, "{}", place.cut_off_m());
    assert!(workspace.between(case.roads(), &place, &targets)[0].worst_s.is_some());
}

#[test]
fn roads_shut_in_by_a_closure_are_said_to_be_cut_off() {
    let open = Case::of(ladder(), &[]);
    let shut = [(4.0, 1.0), (6.0, 1.0)].map(|(x, y)| closure("x", across(x, y - 0.5, y + 0.5)));
    let case = Case { overlay: Overlay::compile(&open.graph, &shut, CAR, 100), ..open };
    let near = parts(&case, at(5.0, 0.5), 300.0, false);
    let mut workspace = Workspace::new();
    let place = Anywhere::new(&mut workspace, case.roads(), case.place(5.0, 0.0), near.clone());
    // Two thousandths of a degree between the two, and a metre to each side.
    assert!((place.cut_off_m() - 198.0).abs() < 5.0, "{}", place.cut_off_m());
    let unit = case.place(0.0, 0.0);
    let targets = Targets::new(case.roads(), vec![Some(unit)], Sense::Toward);
    let told = workspace.between(case.roads(), &place, &targets)[0];
    let most = points(&case, &near, unit).iter().map(|(_, time)| *time).fold(0.0, f64::max);
    assert!(told.worst_s.unwrap() >= most && told.worst_s.unwrap() < most * 1.5, "{told:?} {most}");
}

/// ```text
///                (12,2.5)
///                   │ source, one way
/// (10,2) ── in ─▶ (12,2) ── away ─▶ (12.5,2)     nobody turns from "in" into "away"
///   │ north       ╱
/// (10,1)         ╱ on, one way
///   │ south     ╱
/// (10,0) ◀─────╯
/// ```
#[test]
fn a_road_behind_a_junction_that_is_entered_only_under_a_turn_restriction_counts() {
    let one = |id: &str, line: [(f64, f64); 2], turns: &str| {
        let more = [("oneway", text("yes")), ("turns", text(turns))];
        road(id, &line, &more)
    };
    let graph = graph(&[
        road("south", &[(10.0, 0.0), (10.0, 1.0)], &[]),
        road("north", &[(10.0, 1.0), (10.0, 2.0)], &[]),
        one("in", [(10.0, 2.0), (12.0, 2.0)], "no 1 away"),
        one("on", [(12.0, 2.0), (10.0, 0.0)], ""),
        one("away", [(12.0, 2.0), (12.5, 2.0)], ""),
        one("source", [(12.0, 2.5), (12.0, 2.0)], ""),
    ]);
    let case = Case::of(graph, &[]);
    let (middle, near) = (case.place(10.0, 0.1), parts(&case, at(11.0, 1.0), 400.0, false));
    // Half a thousandth of a degree of "away" and as much of "source".
    let place = Anywhere::new(&mut Workspace::new(), case.roads(), middle, near.clone());
    assert!((place.cut_off_m() - 105.0).abs() < 2.0, "{}", place.cut_off_m());
    check(&case, &near, middle, &[case.place(10.0, 1.9), case.place(11.0, 2.0)]);
}

proptest! {
    #[test]
    fn no_road_point_of_a_place_is_reached_later_or_sooner_than_said(
        streets in streets(),
        profile in 0..3_usize,
        (middle, radius_m, square) in ((0.0..9.0_f64, 10.0..18.0_f64), 30.0..900.0_f64, any::<bool>()),
        units in proptest::collection::vec((0.0..9.0_f64, 10.0..18.0_f64), 3),
        effect in proptest::option::of(proptest::option::of(1.5..4.0_f64)),
    ) {
        let graph = twin::graph(&streets);
        prop_assume!(graph.edge_count() > 0);
        let net = Net::new(&graph, Rules::of(Profile::ALL[profile]));
        let band = geo::Rect::new(Coord { x: 120.6522, y: 28.0 }, Coord { x: 120.6526, y: 28.015 });
        let effect = effect.map(|slower| slower.map_or(Effect::Closed, Effect::Slower));
        let closures = effect.map(|effect| Closure { effect, ..closure("band", band.to_polygon()) });
        let overlay = Overlay::compile(&graph, closures.as_slice(), CAR, 100);
        let case = Case { graph, net, overlay };
        let middle = at(middle.0, middle.1);
        let parts = parts(&case, middle, radius_m, square);
        let snap = |(x, y): (f64, f64)| case.graph.snap(&case.net, at(x, y), 2_000.0).ok().map(|snap| snap.place);
        let units: Vec<Place> = units.into_iter().filter_map(snap).collect();
        let Ok(snapped) = case.graph.snap(&case.net, middle, 2_000.0) else { return Ok(()) };
        check(&case, &parts, snapped.place, &units);
    }
}
