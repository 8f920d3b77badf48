//! Rough places on real streets: nobody is at any road point of a place later than said, nor sooner than said.
//!
//! Helsinki's extract is committed; Porto's is read when `ONEMAP_TEST_DATA` names the folder of third-party data.

#![allow(clippy::disallowed_methods, reason = "helpers of tests are tests, and a test may read a file")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests, and a test may read a file")]
#![allow(clippy::print_stdout, reason = "helpers of tests are tests, and a test may read a file")]
#![allow(clippy::cast_precision_loss, reason = "helpers of tests are tests, with small numbers")]
#![allow(clippy::cast_possible_truncation, reason = "helpers of tests are tests, with small numbers")]
#![allow(clippy::cast_sign_loss, reason = "helpers of tests are tests, with small numbers")]

mod chance;

use std::io::Cursor;
use std::path::PathBuf;

use chance::Seeded;
use geo::{Coord, MultiPolygon, Rect};
use intake::{Flow, Row, osm};
use spatial::roads::{
    Anywhere, Bound, GraphBuilder, Net, Part, Place, Profile, RoadGraph, Roads, Rules, Sense, Targets, Workspace,
};
use spatial::{Layer, Position};

const HELSINKI: &[u8] = include_bytes!("../../fixtures/osm/helsinki-centre.osm.pbf");

impl Seeded {
    /// A place on an edge of the largest piece, and where it is.
    fn place(&mut self, graph: &RoadGraph, net: &Net) -> (Place, Position) {
        loop {
            let edge = (self.next() * graph.edge_count() as f64) as u32;
            let long = graph.facts(edge).unwrap().length_m;
            let place = Place { edge, at: (self.next() * long * 10_000.0) as u32 };
            let at = graph.position(place).unwrap();
            if net.uses(edge)
                && let Ok(snap) = graph.snap(net, at, 50.0)
                && snap.island.is_none()
            {
                return (snap.place, at);
            }
        }
    }
}

fn city(pbf: &[u8]) -> RoadGraph {
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
}

/// A rectangle three times as wide as high about a place.
fn wide(middle: Position, radius_m: f64) -> MultiPolygon<f64> {
    let (north, east) = (radius_m / 3.0 / 111_195.0, radius_m / 111_195.0 / middle.lat().to_radians().cos());
    let corner = |x: f64, y: f64| Coord { x: middle.lon() + x * east, y: middle.lat() + y * north };
    MultiPolygon::new(vec![Rect::new(corner(-1.0, -1.0), corner(1.0, 1.0)).to_polygon()])
}

/// Times from a unit to the ends and quarters of all parts, by one search from the unit.
fn truth(space: &mut Workspace, roads: Roads<'_>, parts: &[Part], unit: Place) -> Vec<f64> {
    let points = parts.iter().flat_map(|part| {
        let at = |n: u32| part.from + (part.to - part.from) / 4 * n;
        [part.from, at(1), at(2), at(3), part.to].map(|at| Some(Place { edge: part.edge, at }))
    });
    let targets = Targets::new(roads, points.collect(), Sense::Away);
    let bound = Bound::time(targets.len(), f64::INFINITY);
    space.nearest(roads, unit, &targets, bound).iter().map(|reached| reached.time_s).collect()
}

/// Asks about places of growing radius; tells how many answers were looked at, and prints how loose the latest was.
fn check(graph: &RoadGraph, profile: Profile, (places, units): (usize, usize)) -> usize {
    let net = Net::new(graph, Rules::of(profile));
    let roads = Roads { graph, net: &net, overlay: None };
    let (mut seeded, mut space) = (Seeded(29), Workspace::new());
    let (mut loose, mut seen) = (Vec::new(), 0);
    for n in 0..places {
        let radius_m = 50.0 * 100.0_f64.powf(n as f64 / (places - 1) as f64);
        let (middle, at) = seeded.place(graph, &net);
        let parts = if n % 4 == 3 {
            graph.parts_in_area(&net, &wide(at, radius_m)).unwrap()
        } else {
            graph.parts_in_circle(&net, at, radius_m)
        };
        let mut all: Vec<Option<Place>> = (0..units).map(|_| Some(seeded.place(graph, &net).0)).collect();
        all.push(Some(middle));
        let targets = Targets::new(roads, all.clone(), Sense::Toward);
        let place = Anywhere::new(&mut space, roads, middle, parts.clone());
        let between = space.between(roads, &place, &targets);
        for (told, unit) in between.iter().zip(&all) {
            let mut times = truth(&mut space, roads, &parts, unit.unwrap());
            times.sort_by(f64::total_cmp);
            let (least, most) = (times[0], times[times.len() - 1]);
            let (best, worst) = (told.best_s.unwrap(), told.worst_s.unwrap());
            assert!(best <= least + 1e-9, "{profile:?} {radius_m} {told:?} {least}");
            // All stand on the largest piece: what a unit reaches the middle reaches, and is in the time.
            assert!(worst >= most - 1e-9, "{profile:?} {radius_m} {told:?} {most}");
            loose.push(worst / most.max(1.0));
            seen += 1;
        }
    }
    loose.sort_by(f64::total_cmp);
    let at = |share: f64| loose[((loose.len() - 1) as f64 * share) as usize];
    let (half, most, all) = (at(0.5), at(0.9), at(1.0));
    println!(
        "{profile:?}: of {seen} the latest is the true one times {half:.3}, {most:.3}, {all:.3} (half, 9 of 10, all)"
    );
    // A bound that is twice the truth says nothing.
    assert!(most < 1.34, "{most}");
    seen
}

#[test]
fn in_helsinki_nobody_is_later_or_sooner_than_said() {
    let graph = city(HELSINKI);
    for profile in Profile::ALL {
        assert_eq!(check(&graph, profile, (32, 12)), 32 * 13);
    }
}

#[test]
fn in_porto_nobody_is_later_or_sooner_than_said() {
    let Some(folder) = std::env::var_os("ONEMAP_TEST_DATA") else {
        println!("skipped: ONEMAP_TEST_DATA is not set");
        return;
    };
    let graph = city(&std::fs::read(PathBuf::from(folder).join("osm-porto-roads/porto.osm.pbf")).unwrap());
    for profile in Profile::ALL {
        assert_eq!(check(&graph, profile, (16, 5)), 16 * 6);
    }
}
