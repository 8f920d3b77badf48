//! Routes on real streets, against distances that another engine worked out for the same file.
//!
//! Helsinki's extract is committed, and so are the oracle's rows for it (`fixtures/routes`). Porto's are read when
//! `ONEMAP_TEST_DATA` names the folder of third-party data.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests")]

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

/// The oracle's rules: directions and access of cars, no restriction, nothing but length.
fn bare() -> Rules {
    Rules { turns: false, ..Rules::of(Profile::Car) }
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
