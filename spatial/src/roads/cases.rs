//! Small cases with names: closures, islands, rules.

use geo::{Geometry, LineString, Polygon, line_string, polygon};

use super::*;
use crate::{Feature, FeatureKey, Layer, Position, Properties, Value};

/// A road over places in hundredths of a degree's thousandth: (1, 2) is 1e-3 degree east and 2e-3 north of (120.65, 28).
pub(super) fn road(id: &str, line: &[(f64, f64)], more: &[(&'static str, Value)]) -> Feature {
    let mut properties: Properties =
        [("class".into(), text("residential")), ("name".into(), text(id))].into_iter().collect();
    for (name, value) in more {
        properties.put(*name, value.clone());
    }
    let line: LineString<f64> = line.iter().map(|(x, y)| (120.65 + x * 1e-3, 28.0 + y * 1e-3)).collect();
    Feature::new(FeatureKey::new(Layer::Roads, "test", id).unwrap(), line.into(), properties).unwrap()
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn at(x: f64, y: f64) -> Position {
    Position::new(120.65 + x * 1e-3, 28.0 + y * 1e-3).unwrap()
}

pub(super) fn graph(roads: &[Feature]) -> RoadGraph {
    let mut builder = GraphBuilder::new();
    for road in roads {
        assert!(builder.push(road));
    }
    builder.finish()
}

/// Two parallel streets, 1 and 2 thousandths north, joined at both ends; an island in the east.
///
/// ```text
/// (0,1) ── north ── (10,1)
///   │ west             │ east     (20,0) ── island ── (21,0)
/// (0,0) ── south ── (10,0)
/// ```
pub(super) fn ladder() -> RoadGraph {
    graph(&[
        road("south", &[(0.0, 0.0), (10.0, 0.0)], &[]),
        road("north", &[(0.0, 1.0), (10.0, 1.0)], &[]),
        road("west", &[(0.0, 0.0), (0.0, 1.0)], &[]),
        road("east", &[(10.0, 0.0), (10.0, 1.0)], &[]),
        road("island", &[(20.0, 0.0), (21.0, 0.0)], &[]),
    ])
}

pub(super) fn closure(name: &str, geometry: impl Into<Geometry<f64>>) -> Closure {
    Closure {
        name: name.to_owned(),
        owner: "traffic desk".to_owned(),
        geometry: geometry.into(),
        profiles: Vec::new(),
        height_m: None,
        weight_t: None,
        from: None,
        until: None,
        effect: Effect::Closed,
    }
}

pub(super) const CAR: Vehicle = Vehicle { profile: Profile::Car, height_m: None, weight_t: None };

pub(super) fn across(x: f64, from: f64, to: f64) -> LineString<f64> {
    line_string![(x: 120.65 + x * 1e-3, y: 28.0 + from * 1e-3), (x: 120.65 + x * 1e-3, y: 28.0 + to * 1e-3)]
}

pub(super) fn square(west: f64, south: f64, east: f64, north: f64) -> Polygon<f64> {
    let (w, s, e, n) = (120.65 + west * 1e-3, 28.0 + south * 1e-3, 120.65 + east * 1e-3, 28.0 + north * 1e-3);
    polygon![(x: w, y: s), (x: e, y: s), (x: e, y: n), (x: w, y: n)]
}

pub(super) struct Case {
    pub(super) graph: RoadGraph,
    pub(super) net: Net,
    pub(super) overlay: Overlay,
}

impl Case {
    pub(super) fn of(graph: RoadGraph, closures: &[Closure]) -> Self {
        let net = Net::new(&graph, Rules::of(Profile::Car));
        let overlay = Overlay::compile(&graph, closures, CAR, 100);
        Self { graph, net, overlay }
    }

    pub(super) fn roads(&self) -> Roads<'_> {
        Roads { graph: &self.graph, net: &self.net, overlay: Some(&self.overlay) }
    }

    pub(super) fn place(&self, x: f64, y: f64) -> Place {
        self.graph.snap(&self.net, at(x, y), 200.0).unwrap().place
    }

    pub(super) fn streets(&self, from: (f64, f64), to: (f64, f64)) -> Option<Vec<&str>> {
        let (start, end) = (self.place(from.0, from.1), self.place(to.0, to.1));
        let route = Workspace::new().route(self.roads(), start, end, Bound::fastest())?;
        Some(route.streets(&self.graph))
    }

    fn why(&self, from: (f64, f64), to: (f64, f64)) -> Option<String> {
        let place = |(x, y): (f64, f64)| self.graph.snap(&self.net, at(x, y), 200.0).ok().map(|snap| snap.place);
        let why = Workspace::new().why(self.roads(), place(from), place(to), Bound::time(1, 600.0));
        why.map(|why| why.to_string())
    }
}

#[test]
fn a_line_across_a_street_closes_it_at_once_and_only_there() {
    let open = Case::of(ladder(), &[]);
    assert_eq!(open.streets((1.0, 0.0), (9.0, 0.0)), Some(vec!["south"]));
    let shut = Case::of(ladder(), &[closure("accident", across(5.0, -0.5, 0.5))]);
    assert_eq!(shut.streets((1.0, 0.0), (9.0, 0.0)), Some(vec!["south", "west", "north", "east", "south"]));
    // On one side of it the street is as open as before.
    assert_eq!(shut.streets((1.0, 0.0), (4.5, 0.0)), Some(vec!["south"]));
    // Another layer on top for "what if": the other street as well.
    let more = Overlay::compile(&shut.graph, &[closure("parade", across(5.0, 0.5, 1.5))], CAR, 100);
    let both = Case { overlay: shut.overlay.and(&more), ..shut };
    assert_eq!(both.streets((1.0, 0.0), (9.0, 0.0)), None);
    assert_eq!(both.why((1.0, 0.0), (9.0, 0.0)).as_deref(), Some("closed: accident"));
}

#[test]
fn a_closure_around_the_incident_has_its_name_in_the_answer() {
    let case = Case::of(ladder(), &[closure("cordon 3", square(4.0, -0.5, 6.0, 0.5))]);
    assert_eq!(case.why((1.0, 0.0), (5.0, 0.0)).as_deref(), Some("closed: cordon 3"));
    assert_eq!(case.why((1.0, 1.0), (9.0, 1.0)), None);
    // Who is there already is there.
    assert_eq!(case.why((5.0, 0.0), (5.0, 0.0)), None);
}

#[test]
fn a_line_along_a_street_closes_it_and_not_those_that_begin_there() {
    let along = line_string![(x: 120.65, y: 28.001), (x: 120.66, y: 28.001)];
    let case = Case::of(ladder(), &[closure("works", along)]);
    assert_eq!(case.overlay.edge_count(), 1);
    assert_eq!(case.streets((0.0, 0.5), (10.0, 0.5)), Some(vec!["west", "south", "east"]));
}

#[test]
fn closures_hold_for_whom_and_when_they_say() {
    let base = closure("x", across(5.0, -0.5, 0.5));
    let truck = Vehicle { height_m: Some(3.9), weight_t: Some(16.0), ..CAR };
    let shut = |c: &Closure, v: Vehicle| !Overlay::compile(&ladder(), std::slice::from_ref(c), v, 100).is_empty();
    assert!(shut(&base, CAR));
    assert!(!shut(&Closure { profiles: vec![Profile::Foot], ..base.clone() }, CAR));
    for (from, until, expect) in
        [(Some(101), None, false), (Some(100), None, true), (None, Some(100), false), (None, Some(101), true)]
    {
        assert_eq!(shut(&Closure { from, until, ..base.clone() }, CAR), expect, "{from:?} {until:?}");
    }
    let low = Closure { height_m: Some(3.5), ..base.clone() };
    assert!(shut(&low, truck) && !shut(&low, CAR));
    let weak = Closure { weight_t: Some(20.0), ..base };
    assert!(!shut(&weak, truck));
    // The roads' own limits.
    let bridge = graph(&[road("low", &[(0.0, 0.0), (1.0, 0.0)], &[("max_height_m", Value::Float(3.8))])]);
    assert_eq!(Overlay::compile(&bridge, &[], truck, 0).closures_on(0), ["limit of height or weight"]);
    assert!(Overlay::compile(&bridge, &[], CAR, 0).is_empty());
}

#[test]
fn a_slow_street_is_slower_and_twice_slow_with_two_layers() {
    let time = |case: &Case| {
        let route = Workspace::new().route(case.roads(), case.place(1.0, 0.0), case.place(3.0, 0.0), Bound::fastest());
        route.unwrap().time_s
    };
    let slow = Closure { effect: Effect::Slower(2.0), ..closure("ice", square(0.0, -0.5, 5.0, 0.5)) };
    let (open, one) = (Case::of(ladder(), &[]), Case::of(ladder(), std::slice::from_ref(&slow)));
    let two = Case { overlay: one.overlay.and(&one.overlay), ..Case::of(ladder(), &[]) };
    assert!((time(&one) / time(&open) - 2.0).abs() < 0.01 && (time(&two) / time(&open) - 4.0).abs() < 0.01);
}

#[test]
fn only_the_part_that_is_slow_is_slower() {
    let slow = |west: f64, east: f64| {
        let area = square(west, -0.5, east, 0.5);
        Closure { effect: Effect::Slower(3.0), ..closure("flood", area) }
    };
    let time = |closures: &[Closure], from: f64, to: f64| {
        let case = Case::of(ladder(), closures);
        let route = Workspace::new().route(case.roads(), case.place(from, 0.0), case.place(to, 0.0), Bound::fastest());
        route.unwrap().time_s
    };
    let unit_s = time(&[], 1.0, 2.0);
    let check = |closures: &[Closure], (from, to): (f64, f64), units: f64| {
        for got in [time(closures, from, to), time(closures, to, from)] {
            assert!((got / unit_s - units).abs() < 0.01, "{from} {to}: {} {units}", got / unit_s);
        }
    };
    // The street is ten units long, the water stands from the second to the fifth.
    let one = [slow(2.0, 5.0)];
    check(&one, (5.5, 9.5), 4.0);
    check(&one, (3.0, 4.0), 3.0);
    check(&one, (4.0, 6.0), 4.0);
    check(&one, (1.0, 9.0), 14.0);
    // Where two overlap both count.
    check(&[slow(2.0, 5.0), slow(4.0, 6.0)], (3.0, 7.0), 3.0 + 9.0 + 3.0 + 1.0);
}

#[test]
fn an_island_is_said_and_so_is_the_place_instead() {
    let case = Case::of(ladder(), &[]);
    let snap = case.graph.snap(&case.net, at(20.5, 0.1), 2_000.0).unwrap();
    let island = snap.island.unwrap();
    assert_eq!((island.junctions, island.leaves, island.arrives), (2, false, false));
    let (instead, far_m) = island.instead.unwrap();
    assert!((far_m - at(20.5, 0.1).distance_m(&at(10.0, 0.1))).abs() < 1.0, "{far_m}");
    assert!(case.graph.snap(&case.net, at(9.9, 0.1), 100.0).unwrap().island.is_none());
    assert_eq!(case.graph.facts(instead.edge).unwrap().name, Some("east"));
    assert_eq!(case.graph.snap(&case.net, at(40.0, 0.0), 100.0), Err(OffRoad { within_m: 100.0 }));
    let why = case.why((20.5, 0.0), (5.0, 0.0)).unwrap();
    assert_eq!(why, "no road leads there from its piece of the net (2 junctions)");
    assert_eq!(case.why((40.0, 0.0), (5.0, 0.0)).as_deref(), Some("no road that may be used is near"));
    // Nobody is left out of the count of targets.
    let targets = Targets::new(case.roads(), vec![None, Some(snap.place), Some(case.place(5.0, 0.0))], Sense::Toward);
    let reached = Workspace::new().nearest(case.roads(), case.place(5.0, 1.0), &targets, Bound::fastest()).to_vec();
    assert_eq!((targets.len(), reached.len(), reached[0].target), (3, 1, 2));
}

#[test]
fn a_one_way_street_is_one_way_except_in_an_emergency_and_on_foot() {
    let make = || graph(&[road("one", &[(0.0, 0.0), (10.0, 0.0)], &[("oneway", text("yes"))])]);
    let time = |profile: Profile| {
        let graph = make();
        let net = Net::new(&graph, Rules::of(profile));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let place = |x: f64| graph.snap(&net, at(x, 0.0), 50.0).unwrap().place;
        let go = |a: f64, b: f64| {
            Workspace::new().route(roads, place(a), place(b), Bound::fastest()).map(|route| route.time_s)
        };
        (go(1.0, 9.0), go(9.0, 1.0))
    };
    let (along, against) = time(Profile::Car);
    assert!(along.is_some() && against.is_none());
    let (along, against) = time(Profile::Emergency);
    assert!((against.unwrap() / along.unwrap() - 2.5).abs() < 0.01);
    let (along, against) = time(Profile::Foot);
    assert_eq!(along, against);
}

#[test]
fn what_is_reached_from_both_ends_counts_once() {
    let case = Case::of(ladder(), &[]);
    let mut space = Workspace::new();
    let length_m = |place: Place, within_s: f64, space: &mut Workspace| {
        space.isochrone(case.roads(), place, Sense::Away, within_s).length_m()
    };
    let all = 2.0 * (at(0.0, 0.0).distance_m(&at(10.0, 0.0)) + at(0.0, 0.0).distance_m(&at(0.0, 1.0)));
    let got = length_m(case.place(5.0, 0.0), 3_600.0, &mut space);
    assert!((got - all).abs() < 1.0, "{got} {all}");
    assert!(length_m(case.place(20.5, 0.0), 0.0, &mut space) < 1e-9);
}

#[test]
fn barriers_stop_whom_they_stop() {
    // A bollard in the middle of the southern street, of three vertices.
    let ladder_with = |barriers: &str| {
        graph(&[
            road("south", &[(0.0, 0.0), (5.0, 0.0), (10.0, 0.0)], &[("barriers", text(barriers))]),
            road("north", &[(0.0, 1.0), (10.0, 1.0)], &[]),
            road("west", &[(0.0, 0.0), (0.0, 1.0)], &[]),
            road("east", &[(10.0, 0.0), (10.0, 1.0)], &[]),
        ])
    };
    let metres = |barriers: &str, profile: Profile| {
        let graph = ladder_with(barriers);
        let net = Net::new(&graph, Rules::of(profile));
        let roads = Roads { graph: &graph, net: &net, overlay: None };
        let place = |x: f64| graph.snap(&net, at(x, 0.0), 50.0).unwrap().place;
        let route = Workspace::new().route(roads, place(4.0), place(6.0), Bound::fastest()).unwrap();
        (route.length_m, route.time_s)
    };
    let (straight_m, open_s) = metres("", Profile::Car);
    assert!((straight_m - at(4.0, 0.0).distance_m(&at(6.0, 0.0))).abs() < 0.1, "{straight_m}");
    let around = |(long, _): (f64, f64)| long > 9.0 * straight_m;
    assert!(around(metres("1 bollard", Profile::Car)) && around(metres("1 bollard", Profile::Emergency)));
    assert!(!around(metres("1 bollard", Profile::Foot)));
    assert!(around(metres("1 gate access=private", Profile::Car)));
    assert!(!around(metres("1 gate access=private", Profile::Emergency)));
    assert!(!around(metres("1 block emergency=yes", Profile::Emergency)));
    assert!(!around(metres("1 toll_booth", Profile::Car)) && !around(metres("1 no", Profile::Car)));
    let (gate_m, gate_s) = metres("1 gate", Profile::Car);
    assert!((gate_m - straight_m).abs() < 0.01 && (gate_s - open_s - 10.0).abs() < 0.01, "{gate_s} {open_s}");
    // On foot nobody waits.
    assert!((metres("1 gate", Profile::Foot).1 - metres("", Profile::Foot).1).abs() < 0.01);
    // What is not understood, or at no vertex, is counted and stops nobody.
    let odd = ladder_with("3 bollard; bollard; 1 gate; 1 gate");
    assert_eq!((odd.tally().barriers, odd.tally().barriers_lost), (1, 2));
}

#[test]
fn a_bollard_where_streets_meet_stands_before_the_one_that_has_it() {
    let shut = |streets: &[Feature], from: (f64, f64), to: (f64, f64)| {
        let case = Case::of(graph(streets), &[]);
        case.streets(from, to).is_none()
    };
    let bollard = |at: usize| [("barriers", text(&format!("{at} bollard")))];
    // Two streets that end at it, of which both have it as OpenStreetMap's do.
    let two = [road("a", &[(0.0, 0.0), (1.0, 0.0)], &bollard(1)), road("b", &[(1.0, 0.0), (2.0, 0.0)], &bollard(0))];
    assert!(shut(&two, (0.5, 0.0), (1.5, 0.0)));
    assert_eq!(graph(&two).tally().barriers, 1);
    // A lane that begins with one at a street that goes on.
    let lane = [
        road("street", &[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)], &[]),
        road("lane", &[(1.0, 0.0), (1.0, 1.0)], &bollard(0)),
    ];
    assert!(!shut(&lane, (0.5, 0.0), (1.5, 0.0)) && shut(&lane, (0.5, 0.0), (1.0, 0.5)));
    // All four arms of a crossing, each with it.
    let crossing = [
        road("street", &[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)], &bollard(1)),
        road("lane", &[(1.0, -1.0), (1.0, 0.0), (1.0, 1.0)], &bollard(1)),
    ];
    assert!(shut(&crossing, (0.5, 0.0), (1.5, 0.0)) && shut(&crossing, (0.5, 0.0), (1.0, 0.5)));
    // A pedestrian street lets those in who come to help.
    let pedestrian = [
        road("street", &[(0.0, 0.0), (1.0, 0.0)], &[]),
        road("square", &[(1.0, 0.0), (2.0, 0.0)], &[("class", text("pedestrian")), ("barriers", text("0 bollard"))]),
    ];
    let graph = graph(&pedestrian);
    let net = Net::new(&graph, Rules::of(Profile::Emergency));
    let roads = Roads { graph: &graph, net: &net, overlay: None };
    let place = |x: f64| graph.snap(&net, at(x, 0.0), 50.0).unwrap().place;
    assert!(Workspace::new().route(roads, place(0.5), place(1.5), Bound::fastest()).is_some());
}

#[test]
fn an_island_with_streets_of_its_own_keeps_what_is_on_it_and_a_yard_does_not() {
    // A grid of so many streets either way, so many thousandths apart, that begins at `west`.
    let grid = |streets: u32, west: f64, apart: f64| -> Vec<Feature> {
        let line = |fixed: f64, east: bool| -> Vec<(f64, f64)> {
            let run = (0..streets).map(|n| f64::from(n) * apart);
            run.map(|run| if east { (west + run, fixed) } else { (west + fixed, run) }).collect()
        };
        let both = (0..streets).flat_map(|n| [(n, true), (n, false)]);
        both.map(|(n, east)| road(&format!("{west} {n} {east}"), &line(f64::from(n) * apart, east), &[])).collect()
    };
    let settled = |streets: u32| {
        let case = Case::of(graph(&[grid(12, 0.0, 1.0), grid(streets, 14.0, 0.5)].concat()), &[]);
        let snap = case.graph.snap(&case.net, at(14.0, 0.0), 1_000.0).unwrap();
        assert_eq!(snap.island.unwrap().junctions, streets * streets);
        case.graph.position(snap.settled().0).unwrap().distance_m(&at(14.0, 0.0))
    };
    assert!(settled(6) < 1.0, "36 junctions are an island");
    assert!((settled(5) - at(11.0, 0.0).distance_m(&at(14.0, 0.0))).abs() < 1.0, "25 are not");
}
