//! Coverage of the seeded city from 12,000 units, step by step: what a question of a planner costs. Prints one table.
//!
//! `ONEMAP_SCALE` names the scale of the city (`city` when it is not set; making it takes longer than all that is measured).
//! Times are of one thread.

#![allow(clippy::disallowed_methods, reason = "a bench reads a clock and a setting, and may stop")]
#![allow(clippy::print_stdout, reason = "a bench says what it saw")]
#![allow(clippy::unwrap_used, reason = "a bench may stop")]

use std::time::Instant;

use fixtures::{Chunk, Error, Plan, Scale};
use patrol::{Covering, Demand, LIMITS_S, Reported, Times, coverage};
use spatial::roads::{Bound, GraphBuilder, Net, Place, Profile, RoadGraph, Roads, Rules, Sense, Targets, Workspace};
use spatial::{Layer, Position};

const UNITS: usize = 12_000;
/// As the server asks.
const CELL_M: f64 = 200.0;
const OFF_ROAD_M: f64 = 1_000.0;
const CANDIDATES: usize = 400;

struct City {
    graph: RoadGraph,
    units: Vec<Position>,
    reports: Vec<Reported>,
    now_ms: i64,
}

fn made() -> City {
    let scale = std::env::var("ONEMAP_SCALE").unwrap_or_else(|_unset| "city".to_owned());
    let scale = Scale::from_name(&scale).unwrap();
    let plan = Plan { scale, seed: 1, anchor: "2026-03-01".parse().unwrap() };
    let (mut builder, mut units, mut reports) = (GraphBuilder::new(), Vec::new(), Vec::new());
    fixtures::city::<Error>(&plan, &mut |chunk| {
        match chunk {
            Chunk::Features(features) => {
                for feature in features.iter().filter(|feature| feature.key.layer == Layer::Roads) {
                    builder.push(feature);
                }
            }
            Chunk::Units(some) => units.extend(some.into_iter().filter_map(|unit| unit.home)),
            Chunk::History(past) => reports.extend(past.into_iter().filter_map(|past| {
                Some(Reported { position: past.position?, at_ms: past.reported_ms, weight: 1, place: 0 })
            })),
        }
        Ok(())
    })
    .unwrap();
    // A city with fewer units has several at each post.
    let units = units.iter().copied().cycle().take(UNITS).collect();
    City { graph: builder.finish(), units, reports, now_ms: plan.anchor.midnight_ms() }
}

/// Runs it, says how long it took, and adds to the sum.
fn timed<T>(what: &str, sum: &mut f64, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let answer = run();
    let seconds = start.elapsed().as_secs_f64();
    *sum += seconds;
    println!("{what:<58} {:>10.1} ms", seconds * 1e3);
    answer
}

fn main() {
    let city = made();
    let net = Net::new(&city.graph, Rules::of(Profile::Emergency));
    let roads = Roads { graph: &city.graph, net: &net, overlay: None };
    let (edges, reports) = (city.graph.edge_count(), city.reports.len());
    println!("{edges} edges, {} units, {reports} incidents of the past", city.units.len());
    let place = |at: &Position| city.graph.snap(&net, *at, OFF_ROAD_M).ok().map(|snap| snap.place);
    let (mut space, mut sum) = (Workspace::new(), 0.0);
    let names = vec!["city".to_owned()];
    let demand = timed("demand gathered to points", &mut sum, || {
        Demand::gather(&city.reports, names, city.now_ms, |_| 480, CELL_M)
    });
    println!("{} points, {} in all", demand.points().len(), demand.total());
    let points: Vec<Option<Place>> =
        timed("points on the road", &mut sum, || demand.points().iter().map(place).collect());
    let starts: Vec<Option<Place>> = timed("units on the road", &mut sum, || city.units.iter().map(place).collect());
    let targets = timed("points made ready", &mut sum, || Targets::new(roads, points.clone(), Sense::Away));
    let longest = f64::from(LIMITS_S[2]);
    let first = timed("who is first at each point", &mut sum, || space.first(roads, &starts, &targets, longest));
    let covered = timed("coverage", &mut sum, || {
        let mut lists = vec![Vec::new(); starts.len()];
        for (point, first) in (0..).zip(&first) {
            if let Some(first) = first {
                lists[first.start as usize].push((point, seconds(first.time_s)));
            }
        }
        let mut times = Times::new();
        for (unit, list) in lists.into_iter().enumerate() {
            times.push(&unit.to_string(), list);
        }
        coverage(&demand, &times)
    });
    println!("{:<58} {:>10.1} ms   ≤ 2 s", "all of it", sum * 1e3);
    println!("{}", covered.words().0);

    let twin = timed("the same, asked point by point", &mut 0.0, || {
        let units = Targets::new(roads, starts.clone(), Sense::Toward);
        let mut soonest = |place: Option<Place>| {
            let first = space.nearest(roads, place?, &units, Bound::time(1, longest)).first()?;
            Some(first.time_s)
        };
        points.iter().map(|place| soonest(*place)).collect::<Vec<_>>()
    });
    assert!(twin == first.iter().map(|first| first.map(|first| first.time_s)).collect::<Vec<_>>(), "both ways agree");

    let weights = demand.weights();
    let mut most: Vec<usize> = (0..points.len()).filter(|point| points[*point].is_some()).collect();
    most.sort_by_key(|point| (std::cmp::Reverse(weights[*point]), *point));
    most.truncate(CANDIDATES);
    let covers = timed("what each of 400 candidates reaches in 5 minutes", &mut 0.0, || {
        let bound = Bound::time(targets.len(), 300.0);
        let mut of = |place| space.nearest(roads, place, &targets, bound).iter().map(|found| found.target).collect();
        most.iter().filter_map(|point| points[*point]).map(&mut of).collect::<Vec<Vec<u32>>>()
    });
    let siting = timed("20 sites of them, 50 kicks", &mut 0.0, || {
        Covering::new(weights, covers).unwrap().best(20, &[], 50, 1).unwrap()
    });
    println!("{}", siting.words().0);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the longest limit")]
fn seconds(time_s: f64) -> u32 {
    time_s.ceil() as u32
}
