//! A whole file beside the buildings of a real city: Helsinki's addresses against Helsinki's outlines.

use std::cell::Cell;
use std::io::Cursor;

use intake::suspect::{Counterpart, shift};
use intake::{Flow, Row, osm};
use spatial::still::Row as Still;
use spatial::{Layer, Position, Properties, StillLayer};

const FILE: &[u8] = include_bytes!("../../fixtures/osm/helsinki-centre.osm.pbf");

#[test]
fn houses_moved_by_300_metres_are_named_with_the_way_and_right_ones_are_not() {
    let (mut buildings, mut houses) = (Vec::new(), Vec::new());
    let each = &mut |row| {
        let Row::Good(feature) = row else { panic!("{row:?}") };
        let position = feature.position().unwrap();
        if feature.key.layer == Layer::Houses {
            houses.push(position);
        } else if feature.key.layer == Layer::Buildings {
            buildings.push(Still {
                fid: feature.fid(),
                division: None,
                revision: 0,
                position,
                geometry: feature.geometry.clone(),
                properties: Properties::new(),
            });
        }
        Flow::Continue(())
    };
    osm(Cursor::new(FILE), each, &mut |_| {}).unwrap();
    let layer = StillLayer::assemble(Layer::Buildings, &[], buildings);
    houses.truncate(1_000);
    let asked = Cell::new(0_u32);
    let mut nearest = |_: usize, place: Position| {
        asked.set(asked.get() + 1);
        layer.nearest(place, 1, 2_000.0, |_| true).first().map(|found| found.place)
    };
    assert_eq!(shift(&houses, Counterpart::Nearest, &mut nearest), None);
    // Metres of a degree on the sphere that the shift is measured on.
    let degree = 111_195.08;
    for (east, north) in [(300.0, 0.0), (-350.0, 350.0)] {
        let to = |p: &Position| {
            Position::new(p.lon() + east / (degree * p.lat().to_radians().cos()), p.lat() + north / degree).unwrap()
        };
        let moved: Vec<Position> = houses.iter().map(to).collect();
        let found = shift(&moved, Counterpart::Nearest, &mut nearest).expect("it is named");
        println!("{} (asked {})", found.words, asked.get());
        let of = |name: &str| found.evidence.get(name).copied().unwrap();
        assert!((of("median_east_m") - east).abs() < 15.0 && (of("median_north_m") - north).abs() < 15.0, "{found:?}");
        assert!(found.words.contains("no known conversion explains it"), "{}", found.words);
    }
}
