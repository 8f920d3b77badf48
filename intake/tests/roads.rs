//! Routes on real streets, against distances that another engine worked out for the same file.
//!
//! Helsinki's extract is committed, and so are the oracle's rows for it (`fixtures/routes`). Porto's are read when
//! `ONEMAP_TEST_DATA` names the folder of third-party data.

#![allow(clippy::disallowed_methods, reason = "helpers of tests are tests, and a test may read a file")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests, and a test may read a file")]
#![allow(clippy::panic, reason = "helpers of tests are tests, and a test may read a file")]
#![allow(clippy::print_stdout, reason = "helpers of tests are tests, and a test may read a file")]

use std::collections::HashMap;
use std::io::Cursor;
use std::path::PathBuf;

use intake::{Flow, Row, osm};
use spatial::noun::Nodes;
use spatial::roads::{Bound, GraphBuilder, Net, Place, Profile, RoadGraph, Roads, Rules, Workspace};
use spatial::{Layer, Noun, Position};

const HELSINKI: &[u8] = include_bytes!("../../fixtures/osm/helsinki-centre.osm.pbf");

/// The file of the third-party data, if it is there.
fn data(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("ONEMAP_TEST_DATA")?;
    std::fs::read(PathBuf::from(folder).join(name)).ok()
}

struct City {
    graph: RoadGraph,
    /// Where the nodes of car roads are.
    nodes: HashMap<i64, Position>,
    notes: Vec<String>,
}

fn city(pbf: &[u8]) -> City {
    let (mut builder, mut nodes) = (GraphBuilder::new(), HashMap::new());
    let each = &mut |row| {
        let Row::Good(feature) = row else { panic!("{row:?}") };
        if feature.key.layer == Layer::Roads {
            assert!(builder.push(&feature));
            let (Noun::Road(road), geo::Geometry::LineString(line)) = (&feature.noun, &feature.geometry) else {
                panic!()
            };
            let Some(Nodes(ids)) = &road.nodes else { panic!() };
            nodes.extend(ids.iter().zip(&line.0).map(|(id, at)| (*id, Position::new(at.x, at.y).unwrap())));
        }
        Flow::Continue(())
    };
    let report = osm(Cursor::new(pbf), each, &mut |_| {}).unwrap();
    City { graph: builder.finish(), nodes, notes: report.notes }
}

/// The oracle's rules: directions and access of cars, no restriction, no barrier, nothing but length.
fn bare() -> Rules {
    Rules { turns: false, barriers: false, ..Rules::of(Profile::Car) }
}

fn place(city: &City, net: &Net, lon: &str, lat: &str) -> Place {
    let position = Position::new(lon.parse().unwrap(), lat.parse().unwrap()).unwrap();
    let snap = city.graph.snap(net, position, 500.0).unwrap();
    snap.island.and_then(|island| island.instead).map_or(snap.place, |(place, _)| place)
}

/// Every pair of nodes: exact without restrictions, never shorter with them.
fn check_pairs(city: &City, rows: &str) -> usize {
    let (plain, strict) = (Net::new(&city.graph, bare()), Net::new(&city.graph, Rules::of(Profile::Car)));
    let mut workspace = Workspace::new();
    let (mut seen, mut longer, mut worst) = (0, 0, 0.0_f64);
    for row in rows.lines().skip(1) {
        let [from, from_lat, from_lon, to, to_lat, to_lon, metres] = row.split(',').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let expect: f64 = metres.parse().unwrap();
        for node in [from, to] {
            assert!(city.nodes.contains_key(&node.parse().unwrap()), "node {node} is not there");
        }
        let mut measure = |net: &Net| {
            let roads = Roads { graph: &city.graph, net, overlay: None };
            let (start, end) = (place(city, net, from_lon, from_lat), place(city, net, to_lon, to_lat));
            workspace.route(roads, start, end, Bound::shortest()).map(|route| route.length_m)
        };
        let got = measure(&plain).unwrap_or_else(|| panic!("no way for {row}"));
        worst = worst.max((got - expect).abs());
        assert!((got - expect).abs() <= 0.01, "{row}: {got}");
        if let Some(strict) = measure(&strict) {
            assert!(strict >= got - 1e-6, "{row}: {strict} with restrictions");
            longer += usize::from(strict > got + 0.01);
        } else {
            longer += 1;
        }
        seen += 1;
    }
    println!("{seen} pairs, worst {worst:.4} m, {longer} longer with restrictions");
    seen
}

#[test]
fn helsinki_is_exact() {
    let city = city(HELSINKI);
    println!("{:?} {:?}", city.graph.tally(), city.notes);
    let rows = include_str!("../../fixtures/routes/helsinki_node_pairs_200.csv");
    assert_eq!(check_pairs(&city, rows), 200);
}

#[test]
fn porto_is_exact() {
    let Some(pbf) = data("osm-porto-roads/porto.osm.pbf") else { return };
    let city = city(&pbf);
    println!("{:?} {:?}", city.graph.tally(), city.notes);
    let rows = String::from_utf8(data("route-oracle/porto_node_pairs_200.csv").unwrap()).unwrap();
    assert_eq!(check_pairs(&city, &rows), 200);
}

/// Ratios to the oracle's car routes, sorted: the shortest way by its length, the fastest by its time and its length.
fn ratios(city: &City, rows: &str) -> [Vec<f64>; 3] {
    let net = Net::new(&city.graph, Rules::of(Profile::Car));
    let roads = Roads { graph: &city.graph, net: &net, overlay: None };
    let (mut workspace, mut all) = (Workspace::new(), [const { Vec::new() }; 3]);
    for row in rows.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let number = |n: usize| -> f64 { cells[n].parse().unwrap() };
        let (start, end) = (place(city, &net, cells[1], cells[0]), place(city, &net, cells[3], cells[2]));
        let shortest = workspace.route(roads, start, end, Bound::shortest()).unwrap();
        let fastest = workspace.route(roads, start, end, Bound::fastest()).unwrap();
        assert!(shortest.length_m <= fastest.length_m + 1e-6 && fastest.time_s <= shortest.time_s + 1e-6);
        all[0].push(shortest.length_m / number(4));
        all[1].push(fastest.time_s / number(7));
        all[2].push(fastest.length_m / number(6));
    }
    for list in &mut all {
        list.sort_by(f64::total_cmp);
    }
    for (what, list) in ["shortest m", "fastest s", "fastest m"].iter().zip(&all) {
        let at = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| quantile(list, share));
        println!(
            "{what}: {} rows, 5 % {:.3}, 25 % {:.3}, median {:.3}, 75 % {:.3}, 95 % {:.3}",
            list.len(),
            at[0],
            at[1],
            at[2],
            at[3],
            at[4]
        );
    }
    all
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "200 rows"
    )]
    let at = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[at]
}

#[test]
fn car_routes_of_helsinki_are_plausible() {
    let rows = include_str!("../../fixtures/routes/helsinki_car_200.csv");
    let [shortest, fastest, _] = ratios(&city(HELSINKI), rows);
    assert_eq!(shortest.len(), 200);
    assert!((0.97..=1.03).contains(&quantile(&shortest, 0.5)) && (0.9..=1.1).contains(&quantile(&fastest, 0.5)));
    // So small a place is all ends: where the two engines begin decides the tails.
    assert!(quantile(&fastest, 0.25) > 0.7 && quantile(&fastest, 0.75) < 1.25);
}

#[test]
fn car_routes_of_porto_are_plausible() {
    let Some(pbf) = data("osm-porto-roads/porto.osm.pbf") else { return };
    let rows = String::from_utf8(data("route-oracle/porto_car_200.csv").unwrap()).unwrap();
    let [shortest, fastest, length] = ratios(&city(&pbf), &rows);
    assert_eq!(shortest.len(), 200);
    assert!(quantile(&shortest, 0.05) > 0.98 && quantile(&shortest, 0.95) < 1.02);
    assert!((0.95..=1.07).contains(&quantile(&fastest, 0.5)));
    assert!(quantile(&fastest, 0.05) > 0.8 && quantile(&fastest, 0.95) < 1.25);
    assert!((0.97..=1.03).contains(&quantile(&length, 0.5)));
}
