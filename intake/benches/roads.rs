//! Roads of a whole city: how long it takes to read them, to build the graph, and to ask it. Prints one table.
//!
//! `ONEMAP_TEST_DATA` names the folder with Porto's roads; without it the committed centre of Helsinki is measured, which
//! is too small for the figures that matter. Seeded; times are of one thread unless said.

#![allow(clippy::disallowed_methods, reason = "a bench reads a clock and a file, and may stop")]
#![allow(clippy::print_stdout, reason = "a bench reads a clock and a file, and may stop")]
#![allow(clippy::unwrap_used, reason = "a bench reads a clock and a file, and may stop")]
#![allow(clippy::panic, reason = "a bench reads a clock and a file, and may stop")]
#![allow(clippy::cast_precision_loss, reason = "a bench reads a clock and a file, and may stop")]
#![allow(clippy::cast_possible_truncation, reason = "a bench reads a clock and a file, and may stop")]
#![allow(clippy::cast_sign_loss, reason = "a bench reads a clock and a file, and may stop")]

#[path = "../tests/chance/mod.rs"]
mod chance;

use std::collections::HashMap;
use std::hint::black_box;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chance::Seeded;
use intake::{Flow, Row, osm};
use spatial::roads::{
    Anywhere, Bound, Firsts, GraphBuilder, Net, Place, Profile, RoadGraph, Roads, Rules, Sense, Targets, Workspace,
    matrix,
};
use spatial::{Layer, Position};

const HELSINKI: &[u8] = include_bytes!("../../fixtures/osm/helsinki-centre.osm.pbf");

impl Seeded {
    /// A place on a random edge that the net uses in the largest piece, as a unit or an incident would be.
    fn place(&mut self, graph: &RoadGraph, net: &Net) -> Place {
        loop {
            let edge = (self.next() * graph.edge_count() as f64) as u32;
            let line = graph.line(edge);
            let (Some(a), Some(b)) = (line.0.first(), line.0.get(1)) else { continue };
            let t = self.next();
            let Ok(at) = Position::new(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)) else { continue };
            if let Ok(snap) = graph.snap(net, at, 50.0)
                && snap.island.is_none()
            {
                return snap.place;
            }
        }
    }

    fn places(&mut self, count: usize, graph: &RoadGraph, net: &Net) -> Vec<Place> {
        (0..count).map(|_| self.place(graph, net)).collect()
    }
}

/// Milliseconds that this thread (or this process) has been on a processor: what is left of a measurement on a machine
/// that others use too. 0 where the kernel does not say.
fn worked_ms(of: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{of}/schedstat")).unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn row(what: &str, figure: &str, target: &str) {
    println!("{what:<58} {figure:>50}   {target}");
}

/// Median and 99th percentile of each call by the clock, and the mean of the processor's time, milliseconds.
fn spread(mut each: impl FnMut(usize), count: usize) -> String {
    let before = worked_ms("thread-self");
    let mut all: Vec<f64> = (0..count)
        .map(|n| {
            let start = Instant::now();
            each(n);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let each_ms = (worked_ms("thread-self") - before) / count as f64;
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize];
    format!("p50 {:.3} ms, p99 {:.3} ms, processor {each_ms:.3} ms", at(0.5), at(0.99))
}

/// The same of the best of several tries at each question: what the question costs when nobody else takes the processor.
fn best_of(tries: usize, mut each: impl FnMut(usize), count: usize) -> String {
    let mut best = vec![f64::INFINITY; count];
    for (n, best) in best.iter_mut().enumerate() {
        for _ in 0..tries {
            let start = Instant::now();
            each(n);
            *best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    best.sort_by(f64::total_cmp);
    let at = |share: f64| best[((best.len() - 1) as f64 * share) as usize];
    format!("p50 {:.3} ms, p99 {:.3} ms", at(0.5), at(0.99))
}

fn once<T>(what: &str, target: &str, make: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), worked_ms("thread-self"));
    let answer = make();
    let worked = (worked_ms("thread-self") - before) / 1e3;
    row(what, &format!("{:.3} s, processor {worked:.3} s", start.elapsed().as_secs_f64()), target);
    answer
}

fn main() {
    let folder = std::env::var_os("ONEMAP_TEST_DATA").map(PathBuf::from);
    let porto = folder.as_ref().and_then(|f| std::fs::read(f.join("osm-porto-roads/porto.osm.pbf")).ok());
    let (name, pbf) = porto.as_deref().map_or(("Helsinki", HELSINKI), |bytes| ("Porto", bytes));
    println!("{name}");
    let graph = once("graph from PBF (read and build)", "≤ 3 s", || {
        let mut builder = GraphBuilder::new();
        let each = &mut |row| {
            if let Row::Good(feature) = row
                && feature.key.layer == Layer::Roads
            {
                builder.push(&feature);
            }
            Flow::Continue(())
        };
        osm(Cursor::new(pbf), each, &mut |_| {}).unwrap();
        builder.finish()
    });
    let bytes = once("graph to bytes", "", || graph.to_bytes());
    once("graph from bytes, with the net of cars", "≤ 1 s", || {
        let graph = RoadGraph::from_bytes(&bytes).unwrap();
        black_box(Net::new(&graph, Rules::of(Profile::Car)));
    });
    row("bytes saved, in memory", &format!("{}, {}", bytes.len(), graph.bytes()), "");
    let net = once("net of cars from the graph", "", || Net::new(&graph, Rules::of(Profile::Car)));
    once("net of people on foot", "", || black_box(Net::new(&graph, Rules::of(Profile::Foot))));
    row("junctions, edges", &format!("{}, {}", graph.node_count(), graph.edge_count()), "");
    row("states, of them copies for turns", &format!("{}, {}", net.state_count(), net.copy_count()), "");
    row("hops (states of an edge-based graph would be as many)", &net.hop_count().to_string(), "");
    ask(&graph, &net);
    if let Some(folder) = std::env::var_os("ONEMAP_PEERS") {
        peers(&graph, &net, &PathBuf::from(folder));
    }
}

/// Leaves the graph, questions at junctions and our answers for `benches/peers.py`, and says how long ours took.
fn peers(graph: &RoadGraph, net: &Net, folder: &Path) {
    let roads = Roads { graph, net, overlay: None };
    let triples = net.hops().flat_map(|(from, to, time_ms, _)| [from, to, time_ms]);
    let bytes: Vec<u8> = triples.flat_map(u32::to_le_bytes).collect();
    std::fs::write(folder.join("arcs.bin"), bytes).unwrap();
    // Edges begin at junctions; those that share their place with another one are left out.
    let mut junctions: HashMap<[i64; 2], Option<u32>> = HashMap::new();
    let key = |at: Position| [at.lon(), at.lat()].map(|degrees| (degrees * 1e7).round() as i64);
    for node in 0..graph.node_count() as u32 {
        let Some(at) = graph.node_position(node) else { continue };
        junctions.entry(key(at)).and_modify(|known| *known = None).or_insert(Some(node));
    }
    let mut seeded = Seeded(11);
    let mut questions = |count: usize| {
        let mut all: Vec<(Place, Position, u32)> = Vec::new();
        while all.len() < count {
            let place = Place { at: 0, ..seeded.place(graph, net) };
            let Some(at) = graph.position(place) else { continue };
            if let Some(Some(node)) = junctions.get(&key(at))
                && all.iter().all(|(.., known)| known != node)
            {
                all.push((place, at, *node));
            }
        }
        all
    };
    let [units, incidents, starts, ends] = [200, 200, 1_000, 1_000].map(&mut questions);
    let all = |of: &[(Place, Position, u32)]| of.iter().map(|(place, ..)| Some(*place)).collect::<Vec<_>>();
    let targets = Targets::new(roads, all(&units), Sense::Toward);
    let mut workspace = Workspace::new();
    let mut answers: Vec<Vec<u64>> = Vec::new();
    let one = |n: usize| {
        let found = workspace.nearest(roads, incidents[n].0, &targets, Bound::time(5, f64::INFINITY));
        answers.push(found.iter().map(|reached| (reached.time_s * 1e3).round() as u64).collect());
    };
    row("at junctions: nearest 5 of 200 units", &spread(one, incidents.len()), "");
    let one = |n: usize| {
        black_box(workspace.isochrone(roads, incidents[n].0, Sense::Away, 480.0).area(graph, 60.0));
    };
    row("at junctions: isochrone of 8 minutes, polygon", &spread(one, incidents.len()), "");
    once("at junctions: matrix 1,000 × 1,000, 1 thread", "", || {
        matrix(roads, &all(&starts), &all(&ends), Bound::time(0, f64::INFINITY), 1)
    });
    let told = |of: &[(Place, Position, u32)]| {
        let places: Vec<[f64; 2]> = of.iter().map(|(_, at, _)| [at.lon(), at.lat()]).collect();
        let states: Vec<u32> = of.iter().map(|(_, _, node)| *node).collect();
        serde_json::json!({"places": places, "states": states})
    };
    let asked = serde_json::json!({
        "states": net.state_count(),
        "copies": net.copies(),
        "units": told(&units),
        "incidents": told(&incidents),
        "starts": told(&starts),
        "ends": told(&ends),
        "nearest_ms": answers,
    });
    std::fs::write(folder.join("questions.json"), asked.to_string()).unwrap();
}

fn ask(graph: &RoadGraph, net: &Net) {
    let roads = Roads { graph, net, overlay: None };
    let (mut seeded, mut workspace) = (Seeded(7), Workspace::new());
    let incidents = seeded.places(1_000, graph, net);
    for (units, target) in [(200, "median ≤ 0.5 ms, p99 ≤ 2 ms"), (12_000, "p99 ≤ 5 ms")] {
        let places = seeded.places(units, graph, net).into_iter().map(Some).collect::<Vec<_>>();
        let start = Instant::now();
        let targets = Targets::new(roads, places, Sense::Toward);
        row(&format!("{units} units made ready"), &format!("{:.3} ms", start.elapsed().as_secs_f64() * 1e3), "");
        let one = |n: usize| {
            black_box(workspace.nearest(roads, incidents[n], &targets, Bound::time(5, f64::INFINITY)).len());
        };
        row(&format!("nearest 5 of {units} units"), &spread(one, 1_000), target);
        let one = |n: usize| {
            black_box(workspace.nearest(roads, incidents[n], &targets, Bound::time(units, f64::INFINITY)).len());
        };
        row(&format!("all {units} units"), &spread(one, 100), "");
    }
    // A place that is known only roughly, with the 200 units that are looked at.
    let targets = Targets::new(roads, seeded.places(200, graph, net).into_iter().map(Some).collect(), Sense::Toward);
    for radius_m in [100.0, 500.0, 2_000.0, 10_000.0, 50_000.0] {
        let one = |n: usize| {
            let Some(middle) = graph.position(incidents[n]) else { return };
            let parts = graph.parts_in_circle(net, middle, radius_m);
            black_box(graph.nearest_strands(net, (middle, &parts), (24, 60.0)).1);
            let place = Anywhere::new(&mut workspace, roads, incidents[n], parts);
            black_box(workspace.between(roads, &place, &targets).len());
        };
        row(&format!("earliest and latest of 200 units, circle of {radius_m} m"), &spread(one, 50), "");
    }
    // Who stands by: the first six of all units at every junction within ten minutes, then at 20,000 points of demand.
    for units in [300, 12_000] {
        let starts = seeded.places(units, graph, net).into_iter().map(Some).collect::<Vec<_>>();
        let firsts = once(&format!("first 6 of {units} units at every junction"), "", || {
            Firsts::spread(roads, starts, 6, 600.0, &mut || {})
        });
        let points = seeded.places(20_000, graph, net);
        let count =
            once("… and at 20,000 points", "", || points.iter().map(|at| firsts.at(roads, *at).len()).sum::<usize>());
        row("… pairs of point and unit", &count.to_string(), "");
    }
    // What coverage asks for: 12,000 units, and points of demand all over the city.
    let units: Vec<Option<Place>> = seeded.places(12_000, graph, net).into_iter().map(Some).collect();
    let points: Vec<Option<Place>> = seeded.places(50_000, graph, net).into_iter().map(Some).collect();
    let mut reached = 0;
    once("which of 12,000 units is first at each of 50,000 points", "≤ 2 s", || {
        let targets = Targets::new(roads, points, Sense::Away);
        reached = workspace.first(roads, &units, &targets, 480.0).iter().flatten().count();
    });
    row("of them reached within 8 minutes", &reached.to_string(), "");
    for minutes in [5.0, 8.0, 15.0] {
        let one = |n: usize| {
            let isochrone = workspace.isochrone(roads, incidents[n], Sense::Away, minutes * 60.0);
            black_box(isochrone.area(graph, 60.0));
        };
        let target = if minutes < 9.0 { "≤ 5 ms" } else { "" };
        row(&format!("isochrone of {minutes} minutes, polygon"), &spread(one, 300), target);
        let one = |n: usize| {
            black_box(workspace.isochrone(roads, incidents[n], Sense::Away, minutes * 60.0).area(graph, 60.0));
        };
        row("  the same, each the best of seven", &best_of(7, one, 300), target);
    }
    let one = |n: usize| {
        black_box(workspace.isochrone(roads, incidents[n], Sense::Away, 480.0).spans.len());
    };
    row("isochrone of 8 minutes, edges only", &spread(one, 300), "");
    let one = |n: usize| {
        black_box(workspace.route(roads, incidents[n], incidents[999 - n], Bound::fastest()));
    };
    row("one route with its geometry", &spread(one, 300), "");
    let snapped: Vec<Position> = incidents.iter().filter_map(|place| graph.position(*place)).collect();
    let one = |n: usize| {
        black_box(graph.snap(net, snapped[n], 500.0).is_ok());
    };
    row("snap", &spread(one, 1_000), "");
    let (starts, ends) = (seeded.places(1_000, graph, net), seeded.places(1_000, graph, net));
    let all = |places: &[Place]| places.iter().copied().map(Some).collect::<Vec<_>>();
    let targets = Targets::new(roads, all(&ends), Sense::Away);
    let rows = |n: usize| {
        black_box(workspace.nearest(roads, starts[n], &targets, Bound::time(1_000, f64::INFINITY)).len());
    };
    row("a row of a matrix of 1,000 × 1,000", &spread(rows, 200), "≤ 12 ms");
    once("matrix 1,000 × 1,000, 2 threads", "≤ 12 s", || {
        matrix(roads, &all(&starts), &all(&ends), Bound::time(0, f64::INFINITY), 2)
    });
}
