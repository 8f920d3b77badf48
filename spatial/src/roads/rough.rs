//! Rough places: roads over each other, circles.

use super::cases::{Case, at, graph, ladder, road, text};
use super::*;
use crate::Value;

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
    let strands = case.graph.strands(&case.net, at(5.0, 0.0), 30.0);
    let told: Vec<(Option<&str>, i8, Option<String>)> =
        strands.iter().map(|s| (s.name.as_deref(), s.level, s.heading_deg.map(|deg| format!("{deg:.0}")))).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for (name, level, deg) in [("below", 0, None), ("bridge", 1, Some("90")), ("bridge", 1, Some("270"))] {
        let expect = (Some(name), level, deg.map(str::to_owned));
        assert!(told.contains(&expect), "{told:?}");
    }
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

#[test]
fn the_time_to_a_circle_is_from_its_best_to_its_worst_place() {
    let case = Case::of(ladder(), &[]);
    let targets =
        Targets::new(case.roads(), vec![Some(case.place(0.0, 0.5)), Some(case.place(20.5, 0.0))], Sense::Toward);
    let mut workspace = Workspace::new();
    let middle = at(10.0, 0.5);
    let between = workspace.at_circle(case.roads(), (middle, 100.0), &targets, Bound::time(5, 3_600.0));
    assert_eq!(between.len(), 1);
    let mut times: Vec<f64> = Vec::new();
    for n in 0..=4_000 {
        let (x, y) = (8.0 + f64::from(n % 2_001) * 1e-3, f64::from(n / 2_001));
        for spot in [at(x, y), at(10.0, f64::from(n) / 4_000.0)] {
            if spot.distance_m(&middle) <= 100.0 {
                let place = case.graph.snap(&case.net, spot, 5.0).unwrap().place;
                times.extend(
                    workspace.nearest(case.roads(), place, &targets, Bound::fastest()).iter().map(|r| r.time_s),
                );
            }
        }
    }
    let (least, most) =
        (times.iter().copied().fold(f64::INFINITY, f64::min), times.iter().copied().fold(0.0, f64::max));
    assert!(times.len() > 100);
    assert!((between[0].best_s - least).abs() < 0.1, "{between:?} {least} {most}");
    // A junction on the way costs its seconds only behind it, so the worst may lie a junction's cost higher.
    assert!((between[0].worst_s.unwrap() - most).abs() < 0.1, "{between:?} {least} {most}");
    // A circle over an island as well: a part of it cannot be reached.
    let wide = workspace.at_circle(case.roads(), (middle, 1_050.0), &targets, Bound::time(1, 3_600.0));
    assert_eq!(wide[0].worst_s, None);
}
