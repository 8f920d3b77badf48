//! The centre of Helsinki, read whole and counted against what other readers say of the same file.
//!
//! The numbers of the data's own note (pyosmium) are counts of tags. Where a feature needs more than its tag, ours are
//! smaller, and each difference is accounted for here.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::io::Cursor;

use geo::{Geometry, Polygon};
use intake::{Flow, Report, Row, osm};
use osmpbf::{Element, ElementReader};
use spatial::{Feature, Layer, Value};

const FILE: &[u8] = include_bytes!("../../fixtures/osm/helsinki-centre.osm.pbf");

fn read() -> (Vec<Feature>, Report) {
    let (mut features, mut last) = (Vec::new(), 0);
    let each = &mut |row| {
        match row {
            Row::Good(feature) => features.push(feature),
            Row::Bad(bad) => panic!("{bad:?}"),
        }
        Flow::Continue(())
    };
    let report = osm(Cursor::new(FILE), each, &mut |done| last = done).unwrap();
    assert_eq!(last, FILE.len() as u64);
    (features, report)
}

fn text(feature: &Feature, name: &str) -> Option<String> {
    feature.properties().get(name).map(ToString::to_string)
}

fn count(features: &[Feature], layer: Layer, which: impl Fn(&Feature) -> bool) -> usize {
    features.iter().filter(|feature| feature.key.layer == layer && which(feature)).count()
}

fn noted(report: &Report, note: &str) -> bool {
    report.notes.iter().any(|n| n == note)
}

/// The tags of every object as the crate `osmpbf` reads them: `n`, `w` or `r`, and the tags.
fn twin() -> Vec<(char, BTreeMap<String, String>)> {
    let mut all = Vec::new();
    let own = |tags: &mut dyn Iterator<Item = (&str, &str)>| tags.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let reader = ElementReader::new(FILE);
    reader
        .for_each(|element| {
            all.push(match element {
                Element::Node(node) => ('n', own(&mut node.tags())),
                Element::DenseNode(node) => ('n', own(&mut node.tags())),
                Element::Way(way) => ('w', own(&mut way.tags())),
                Element::Relation(relation) => ('r', own(&mut relation.tags())),
            });
        })
        .unwrap();
    all
}

const CAR_CLASSES: [&str; 10] = [
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
];

#[test]
fn the_twin_counts_what_the_note_says() {
    let all = twin();
    let has = |key: &str| all.iter().filter(|(_, tags)| tags.contains_key(key)).count();
    let of = |kind: char| all.iter().filter(|(k, _)| *k == kind).count();
    assert_eq!((of('n'), of('w'), of('r')), (24_260, 5_130, 620));
    let counted = ["building", "addr:housenumber", "shop", "office", "amenity"].map(has);
    assert_eq!(counted, [536, 1_470, 515, 231, 1_091]);
    let roads: Vec<_> = all.iter().filter(|(k, tags)| *k == 'w' && tags.contains_key("highway")).collect();
    let of_roads = |which: &dyn Fn(&BTreeMap<String, String>) -> bool| roads.iter().filter(|(_, t)| which(t)).count();
    let for_cars = |tags: &BTreeMap<String, String>| CAR_CLASSES.contains(&tags["highway"].trim_end_matches("_link"));
    assert_eq!((roads.len(), of_roads(&for_cars)), (2_650, 1_002));
    assert_eq!(of_roads(&|tags| tags.contains_key("oneway")), 490);
    assert_eq!(of_roads(&|tags| tags.contains_key("maxspeed")), 795);
}

#[test]
fn every_object_is_read() {
    let (_, report) = read();
    assert_eq!(report.notes[..3], ["nodes read: 24260", "ways read: 5130", "relations read: 620"]);
    assert!(noted(&report, "turn restrictions read: 45"));
    assert_eq!((report.rejected, report.truncated, report.stopped), (0, false, false));
    assert!(noted(&report, "outlines and holes of relations that share a line, joined: 3"));
    assert!(noted(&report, "roads left out: planned, being built, or gone: 3"));
}

#[test]
fn buildings() {
    let (features, report) = read();
    // 536 objects have the tag. 36 are points (nearly all of them entrances): no outline. Of 433 ways 48 and of 67
    // relations 6 reach over the edge of the extract. 2 ways are the outline of a building relation: drawn once.
    // libosmium assembles the same 385 + 61 areas.
    let ways = count(&features, Layer::Buildings, |f| f.key.source_id.starts_with('w'));
    let relations = count(&features, Layer::Buildings, |f| f.key.source_id.starts_with('r'));
    assert_eq!((ways, relations), (383, 61));
    assert_eq!(36 + (48 + 2 + ways) + (6 + relations), 536);
    assert!(noted(&report, "buildings left out: they have no outline (a point or an open line): 36"));
    assert_eq!(count(&features, Layer::Buildings, |f| text(f, "height_from").as_deref() == Some("height")), 16);
    assert_eq!(count(&features, Layer::Buildings, |f| text(f, "height_m").is_some()), 153);
    let holed = |polygon: &Polygon<f64>| !polygon.interiors().is_empty();
    let with_holes = |f: &Feature| {
        matches!(&f.geometry, Geometry::Polygon(polygon) if holed(polygon))
            || matches!(&f.geometry, Geometry::MultiPolygon(polygons) if polygons.iter().any(holed))
    };
    assert!(count(&features, Layer::Buildings, with_holes) > 40);
}

#[test]
fn addresses_and_enterprises() {
    let (features, _) = read();
    assert_eq!(count(&features, Layer::Houses, |_| true), 1_470);
    assert_eq!(count(&features, Layer::Houses, |f| text(f, "building").is_some()), 90);
    let one = features.iter().find(|f| f.key.layer == Layer::Houses && f.key.source_id == "n25389429").unwrap();
    assert_eq!(one.geometry, Geometry::Point((24.941_456_6, 60.171_319_8).into()));
    assert_eq!(text(one, "address").as_deref(), Some("Kaivokatu 1"));
    // Of 515 shops 2 are relations of type `street`, which are no area; of 231 offices 3 are shops as well, and of 7
    // crafts 2: the shop is the enterprise, the other word goes to its bag.
    let kind = |kind: &str| count(&features, Layer::Enterprises, |f| text(f, "kind").as_deref() == Some(kind));
    let also = |word: &str| count(&features, Layer::Enterprises, |f| text(f, word).is_some());
    assert_eq!((kind("shop"), kind("office"), kind("craft")), (513, 228, 5));
    assert_eq!((also("office"), also("craft")), (3, 2));
}

#[test]
fn places() {
    let (features, _) = read();
    let of_key = |key: &str| count(&features, Layer::Places, |f| text(f, "osm_key").as_deref() == Some(key));
    // 1,091 less a pub crawl: a relation of type `route`, which is no place.
    assert_eq!(of_key("amenity"), 1_090);
    assert_eq!(of_key("place"), 61);
    let kind = |kind: &str| count(&features, Layer::Places, |f| text(f, "kind").as_deref() == Some(kind));
    assert_eq!((kind("hydrant"), kind("fire_station"), kind("hospital")), (37, 1, 0));
}

#[test]
fn roads() {
    let (features, report) = read();
    // 2,650 less 3 under construction and 73 that only touch the extract with one node. A ferry touches it so as well.
    assert_eq!(count(&features, Layer::Roads, |_| true), 2_650 - 3 - 73);
    assert!(noted(&report, "roads left out: no two neighbouring nodes of theirs are in the extract: 74"));
    let for_cars = |f: &Feature| {
        let class = text(f, "highway").or_else(|| text(f, "class")).unwrap_or_default();
        CAR_CLASSES.contains(&class.trim_end_matches("_link"))
    };
    assert_eq!(count(&features, Layer::Roads, for_cars), 965);
    assert_eq!(count(&features, Layer::Roads, |f| text(f, "oneway").as_deref() == Some("yes")), 464);
    assert_eq!(count(&features, Layer::Roads, |f| text(f, "oneway").as_deref() == Some("no")), 10);
    assert_eq!(count(&features, Layer::Roads, |f| text(f, "speed_kmh").is_some()), 763);
    for road in features.iter().filter(|f| f.key.layer == Layer::Roads) {
        let Geometry::LineString(line) = &road.geometry else { panic!("{} is no line", road.key.source_id) };
        assert_eq!(line.0.len(), text(road, "nodes").unwrap().split(',').count());
    }
}

#[test]
fn turns_and_lights_come_with_their_roads() {
    let (features, _) = read();
    let roads: Vec<&Feature> = features.iter().filter(|f| f.key.layer == Layer::Roads).collect();
    // 45 relations; the road that one of them comes from is not in the extract.
    let turns: Vec<String> = roads.iter().filter_map(|f| text(f, "turns")).collect();
    assert_eq!(turns.iter().map(|text| text.split("; ").count()).sum::<usize>(), 44);
    assert!(roads.iter().filter(|f| text(f, "signals").is_some()).count() > 50);
}

#[test]
fn cameras() {
    let (features, _) = read();
    assert_eq!(count(&features, Layer::Cameras, |_| true), 221);
    assert_eq!(count(&features, Layer::Cameras, |f| text(f, "azimuth_deg").is_some()), 0);
    assert_eq!(count(&features, Layer::Cameras, |f| text(f, "kind").as_deref() == Some("ptz")), 34);
    assert_eq!(count(&features, Layer::Cameras, |f| text(f, "height_m").is_some()), 7);
}

#[test]
fn only_listed_tags_come_in() {
    let (features, _) = read();
    let mut bag: Vec<String> = Vec::new();
    for feature in &features {
        bag.extend(feature.attributes.properties().iter().map(|(name, _)| name.to_owned()));
        for (name, value) in feature.properties().iter() {
            // Numbers and addresses at which a person could be reached are in the file, in tags that are not taken.
            let reaches = matches!(value, Value::Text(text) if text.contains("+358") || text.contains("://"));
            assert!(!reaches, "{} {name}={value}", feature.key.source_id);
        }
    }
    bag.sort();
    bag.dedup();
    let expect = [
        "area",
        "barriers",
        "bicycle",
        "brand",
        "category",
        "city",
        "craft",
        "emergency",
        "foot",
        "height_from",
        "highway",
        "kind_assumed",
        "max_height_m",
        "max_weight_t",
        "motor_vehicle",
        "motorcar",
        "mount",
        "office",
        "opening_hours",
        "osm_key",
        "postcode",
        "revolving",
        "service",
        "signals",
        "surface",
        "surveillance_type",
        "turns",
        "vehicle",
    ];
    assert_eq!(bag, expect);
    let reachable = twin().iter().filter(|(_, tags)| tags.values().any(|value| value.contains("+358"))).count();
    assert!(reachable > 100, "{reachable}");
}
