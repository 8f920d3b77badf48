//! Small files made byte by byte: broken, cut, hostile. A whole city is read in `tests/helsinki.rs`.

use std::io::Cursor;

use proptest::prelude::*;
use spatial::Layer;

use super::pbf::{Blob, Blobs, Object, Want, objects};
use super::*;
use crate::{Flow, Report, Row};

use super::writing::{self as write, Block};

/// What a file gives, in words: `layer id`, or the reason.
fn read(bytes: &[u8]) -> Result<(Vec<String>, Report), String> {
    let mut rows = Vec::new();
    let mut done = 0;
    let report = osm(
        Cursor::new(bytes),
        &mut |row| {
            rows.push(match row {
                Row::Good(feature) => format!("{} {}", feature.key.layer.name(), feature.key.source_id),
                Row::Bad(bad) => format!("{}: {}", bad.id.unwrap_or_default(), bad.reason),
            });
            Flow::Continue(())
        },
        &mut |now| {
            assert!(done <= now && now <= bytes.len() as u64, "progress went from {done} to {now}");
            done = now;
        },
    );
    report.map(|report| (rows, report)).map_err(|error| error.to_string())
}

fn check(file: &[u8], expect: &[&str]) -> Report {
    let (rows, report) = read(file).unwrap();
    assert_eq!(rows, expect);
    report
}

fn file(blocks: &[Block]) -> Vec<u8> {
    std::iter::once(write::header()).chain(blocks.iter().map(Block::blob)).flatten().collect()
}

const SQUARE: &[i64] = &[0, 5, 505, 500, 0];
const YES: &[(&str, &str)] = &[("building", "yes")];
const AREA: &[(&str, &str)] = &[("building", "yes"), ("type", "multipolygon")];

#[test]
fn pieces_that_share_a_line_are_one_area_or_refused() {
    let members: &[(u64, i64, &str)] = &[(1, 1, "outer"), (1, 2, "outer")];
    let made = |first: &[i64], second: &[i64], tags: &[(&str, &str)]| {
        let ways = Block::new().grid().way(1, first, tags).way(2, second, tags);
        file(&[ways, Block::new().relation(7, members, AREA)])
    };
    let (west, east) = (&[0, 2, 202, 200, 0], &[2, 4, 204, 202, 2]);
    let report = check(&made(west, east, &[]), &["buildings r7"]);
    assert!(report.notes.contains(&"outlines and holes of relations that share a line, joined: 2".to_owned()));
    // Parts of which one lies over another, and an outline of no ground. Ways that are buildings themselves are drawn
    // where their relation cannot be.
    let over = &[2, 202, 201, 1, 2];
    let refused = "r7: two parts of the polygon share a line at ";
    let (rows, report) = read(&made(west, over, &[])).unwrap();
    assert!(rows.len() == 1 && rows[0].starts_with(refused), "{rows:?}");
    assert_eq!(report.rejected, 1);
    let (rows, _) = read(&made(west, over, YES)).unwrap();
    assert_eq!(rows[1..], ["buildings w1", "buildings w2"], "{rows:?}");
    assert!(rows[0].starts_with(refused), "{rows:?}");
}

#[test]
fn what_is_left_out_is_counted() {
    let street: &[(&str, &str)] = &[("type", "street"), ("shop", "yes")];
    let vacant: &[(&str, &str)] = &[("type", "multipolygon"), ("shop", "vacant")];
    let ways = Block::new()
        .grid()
        .way(1, &[0, 1], &[("highway", "construction")])
        .way(2, &[0, 1], &[("highway", "proposed")])
        .way(3, SQUARE, &[("shop", "vacant")])
        .relation(7, &[(1, 3, "outer")], vacant)
        .relation(8, &[(1, 1, "")], street);
    let report = check(&file(&[ways]), &[]);
    for note in [
        "roads left out: planned, being built, or gone: 2",
        "enterprises left out: the shop, office or craft is empty: 2",
        "relations left out: they are no area of a layer (a street, a route, a boundary): 1",
    ] {
        assert!(report.notes.iter().any(|said| said == note), "{note}: {:?}", report.notes);
    }
}

#[test]
fn what_is_no_pbf_is_an_error() {
    let fails = |bytes: &[u8]| read(bytes).unwrap_err();
    assert_eq!(fails(b""), "read the file: it is empty");
    assert!(fails(b"{\"type\":\"FeatureCollection\"}").contains("longer than 64 KiB: this is no PBF"));
    assert!(fails(b"\0\0").contains("ends in the middle"));
    assert!(fails(b"\0\0\0\x02hi").contains("header of a block is damaged"));
    assert!(fails(&Block::new().grid().blob()).contains("does not begin with a header"));
    let history = write::blob("OSMHeader", &write::bytes(4, b"HistoricalInformation"));
    assert!(fails(&history).contains("it requires \"HistoricalInformation\", which is not understood"));
    let broken = [write::header(), write::blob("OSMData", b"\x0a\xff")].concat();
    assert!(fails(&broken).contains("the block is damaged"));
}

#[test]
fn a_bow_tie_is_refused_as_in_every_format() {
    let bow = &[0, 505, 5, 500, 0];
    let blocks = [Block::new().grid(), Block::new().way(1, SQUARE, YES).way(2, bow, YES)];
    let report = check(&file(&blocks), &["buildings w1", "w2: the outline self-intersects at 24.025,60.025"]);
    assert_eq!(report.by_reason, [("the outline self-intersects".to_owned(), 1)].into());
}

#[test]
fn order_does_not_matter() {
    let expect = ["roads w2", "buildings w1"];
    check(
        &file(&[Block::new().grid(), Block::new().way(2, &[0, 9], &[("highway", "path")]).way(1, SQUARE, YES)]),
        &expect,
    );
    check(
        &file(&[Block::new().way(2, &[0, 9], &[("highway", "path")]).way(1, SQUARE, YES), Block::new().grid()]),
        &expect,
    );
}

#[test]
fn a_building_is_drawn_once() {
    let members = [(1, 1, "outer"), (1, 2, "inner")];
    let block = || Block::new().grid().way(1, SQUARE, YES).relation(9, &members, AREA);
    check(&file(&[block().way(2, &[101, 202, 102, 101], &[])]), &["buildings r9"]);
    check(&file(&[block()]), &["buildings r9"]);
    let report = check(
        &file(&[Block::new().grid().way(1, SQUARE, YES).relation(9, &[(1, 1, ""), (1, 7, "")], AREA)]),
        &["buildings w1"],
    );
    assert!(
        report.notes.iter().any(|note| note == "areas left out: not all of their outline is in the extract: 1"),
        "{:?}",
        report.notes
    );
}

#[test]
fn roads_are_cut_where_their_nodes_end() {
    let road = |nodes: &[i64]| file(&[Block::new().grid().way(1, nodes, &[("highway", "primary")])]);
    check(&road(&[7777, 8888]), &[]);
    check(&road(&[0, 7777]), &[]);
    let mut nodes = Vec::new();
    let cut = road(&[0, 7777, 1, 2, 3, 8888, 4, 5]);
    let each = &mut |row| {
        if let Row::Good(feature) = row {
            nodes.push(feature.properties().get("nodes").map(ToString::to_string));
        }
        Flow::Continue(())
    };
    osm(Cursor::new(cut), each, &mut |_| {}).unwrap();
    assert_eq!(nodes, [Some("1,2,3".to_owned())]);
}

#[test]
fn one_object_may_be_several_things() {
    let tags = [("building", "retail"), ("shop", "bakery"), ("addr:housenumber", "3"), ("man_made", "surveillance")];
    let expect = ["buildings w1", "houses w1", "enterprises w1", "cameras w1"];
    check(&file(&[Block::new().grid().way(1, SQUARE, &tags)]), &expect);
}

#[test]
fn a_damaged_block_costs_itself() {
    let good = || Block::new().grid().way(1, SQUARE, YES).blob();
    let bad_member = Block::new().relation(9, &[(7, 1, "")], AREA).blob();
    let report = check(
        &[write::header(), bad_member, good()].concat(),
        &["block at byte 47: the block is damaged", "buildings w1"],
    );
    assert!(!report.truncated);
    let unpackable = [write::bytes(3, b"no zlib")].concat();
    let header = [write::bytes(1, b"OSMData"), write::number(3, unpackable.len() as u64)].concat();
    let unpackable = [u32::try_from(header.len()).unwrap().to_be_bytes().to_vec(), header, unpackable].concat();
    check(
        &[write::header(), unpackable, good()].concat(),
        &["block at byte 47: a block cannot be decompressed", "buildings w1"],
    );
}

#[test]
fn a_cut_file_gives_what_came_before() {
    let whole = file(&[Block::new().grid().way(1, SQUARE, YES), Block::new().way(2, SQUARE, YES)]);
    let report = check(
        &whole[..whole.len() - 3],
        &["block at byte 652: the file ends in the middle of a block", "buildings w1"],
    );
    assert!(report.truncated);
}

#[test]
fn numbers_that_overflow_are_no_place() {
    let dense = [
        write::deltas(1, &[1, i64::MAX, i64::MIN]),
        write::deltas(8, &[i64::MAX, i64::MIN, 1]),
        write::deltas(9, &[i64::MIN, i64::MAX, 1]),
    ];
    let block = write::blob("OSMData", &write::bytes(2, &write::bytes(2, &dense.concat())));
    let report = check(&[write::header(), block].concat(), &[]);
    assert_eq!(report.notes, ["nodes read: 3", "nodes left out: their coordinates are no place on the earth: 2"]);
}

#[test]
fn the_caller_may_stop() {
    let whole = file(&[Block::new().grid().way(1, SQUARE, YES).way(2, SQUARE, YES)]);
    let mut rows = 0;
    let each = &mut |_| {
        rows += 1;
        Flow::Break(())
    };
    let report = osm(Cursor::new(whole), each, &mut |_| {}).unwrap();
    assert!(report.stopped && report.read == 1 && rows == 1);
}

/// Helsinki with its blobs unpacked, so that what is changed reaches the inner reader.
fn helsinki_unpacked() -> Vec<u8> {
    let packed = include_bytes!("../../../fixtures/osm/helsinki-centre.osm.pbf");
    let mut blobs = Blobs::new(Cursor::new(&packed[..]));
    let mut all = Vec::new();
    while let Some(blob) = blobs.next().unwrap() {
        match blob {
            Blob::Header(bytes) => all.extend(write::blob("OSMHeader", bytes)),
            Blob::Data(bytes) => all.extend(write::blob("OSMData", bytes)),
            Blob::Other => {}
        }
    }
    all
}

/// Kind, id, place (1e-7 degrees), tags, and nodes or members.
type Plain = (char, i64, Option<(i32, i32)>, Vec<(String, String)>, Vec<(String, i64)>);

fn owned<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_twin_reads_the_same_objects() {
    use osmpbf::Element;
    let packed = include_bytes!("../../../fixtures/osm/helsinki-centre.osm.pbf");
    let mut theirs: Vec<Plain> = Vec::new();
    let nodes = |refs: &mut dyn Iterator<Item = i64>| refs.map(|id| (String::new(), id)).collect();
    let each = |element: Element<'_>| {
        theirs.push(match element {
            Element::Node(n) => {
                ('n', n.id(), Some((n.decimicro_lon(), n.decimicro_lat())), owned(n.tags()), Vec::new())
            }
            Element::DenseNode(n) => {
                ('n', n.id(), Some((n.decimicro_lon(), n.decimicro_lat())), owned(n.tags()), Vec::new())
            }
            Element::Way(w) => ('w', w.id(), None, owned(w.tags()), nodes(&mut w.refs())),
            Element::Relation(r) => {
                let members = r.members().map(|m| (format!("{:?} {}", m.member_type, m.role().unwrap()), m.member_id));
                ('r', r.id(), None, owned(r.tags()), members.collect())
            }
        });
    };
    osmpbf::ElementReader::new(&packed[..]).for_each(each).unwrap();
    let mut ours: Vec<Plain> = Vec::new();
    let mut blobs = Blobs::new(Cursor::new(&packed[..]));
    let want = Want { nodes: true, ways: true, relations: true };
    while let Some(blob) = blobs.next().unwrap() {
        let Blob::Data(bytes) = blob else { continue };
        let each = &mut |object: Object<'_>| {
            ours.push(match object {
                Object::Node { id, at, tags } => ('n', id, at, owned(tags.0.iter().copied()), Vec::new()),
                Object::Way { id, nodes: refs, tags } => {
                    ('w', id, None, owned(tags.0.iter().copied()), nodes(&mut refs.iter().copied()))
                }
                Object::Relation { id, members, tags } => {
                    let members = members.iter().map(|m| (format!("{:?} {}", m.kind, m.role), m.id));
                    ('r', id, None, owned(tags.0.iter().copied()), members.collect())
                }
            });
        };
        objects(bytes, want, each).unwrap();
    }
    assert_eq!(ours.len(), 24_260 + 5_130 + 620);
    assert!(ours == theirs, "the two readers differ");
}

#[test]
fn numbers_that_nothing_has_are_named() {
    let block = Block::new()
        .grid()
        .way(1, SQUARE, &[("building", "yes"), ("height", "99999")])
        .way(2, SQUARE, &[("highway", "primary"), ("lanes", "900"), ("maxspeed", "9999")])
        .way(3, SQUARE, &[("building", "yes"), ("height", "12"), ("maxspeed", "9999")]);
    let mut rows = 0;
    let each = &mut |_| {
        rows += 1;
        Flow::Continue(())
    };
    let report = osm(Cursor::new(file(&[block])), each, &mut |_| {}).unwrap();
    assert_eq!((report.accepted, report.rejected), (3, 0), "{report:?}");
    let said: Vec<&str> =
        report.notes.iter().filter(|note| note.contains("out of bounds")).map(String::as_str).collect();
    let left_out = |key: &str, value: &str| format!("values of `{key}` left out, being out of bounds: 1 ({value})");
    let expect = [("height", "99999 at w1"), ("lanes", "900 at w2"), ("maxspeed", "9999 at w2")];
    assert_eq!(said, expect.map(|(key, value)| left_out(key, value)));
}

#[test]
fn of_objects_that_come_twice_the_first_is_kept_and_the_others_are_refused() {
    let street: &[(&str, &str)] = &[("highway", "primary")];
    let members: &[(u64, i64, &str)] = &[(1, 3, "outer")];
    let old = Block::new().grid().way(1, SQUARE, YES).way(2, &[0, 9], street).way(3, SQUARE, YES);
    let old = old.relation(7, members, AREA);
    let smaller = &[0, 4, 404, 400, 0];
    let new = Block::new().way(1, smaller, YES).way(2, &[0, 8], street).way(3, smaller, YES);
    let new = new.relation(7, members, AREA);
    let expect = [
        "buildings w1",
        "roads w2",
        "w1: has the id of an earlier one of buildings",
        "w2: has the id of an earlier one of roads",
        "w3: has the id of an earlier one of buildings",
        "buildings r7",
        "r7: has the id of an earlier one of buildings",
    ];
    let report = check(&file(&[old, new]), &expect);
    assert_eq!((report.accepted, report.rejected), (3, 4));
}

#[test]
fn of_nodes_that_come_twice_the_first_place_is_kept() {
    let at = |id: i64, lat: i64, lon: i64| {
        let dense = [write::deltas(1, &[id, id + 1]), write::deltas(8, &[lat, lat]), write::deltas(9, &[lon, lon + 9])];
        write::blob("OSMData", &write::bytes(2, &write::bytes(2, &dense.concat())))
    };
    let way = Block::new().way(2, &[5, 6], &[("highway", "primary")]).blob();
    let mut place = None;
    let whole = [write::header(), at(5, 600_000_000, 240_000_000), at(5, 600_000_000, 250_000_000), way].concat();
    let each = &mut |row| {
        if let Row::Good(feature) = row {
            place = feature.position();
        }
        Flow::Continue(())
    };
    let report = osm(Cursor::new(whole), each, &mut |_| {}).unwrap();
    assert!(place.is_some_and(|place| place.lon() < 24.1), "{place:?}");
    assert!(report.notes.contains(&"nodes that come again at another place: ways go through the first: 2".to_owned()));
}

#[test]
fn texts_that_no_layer_takes_are_named_with_the_reason() {
    let (long, named) = ("x".repeat(201), |name: &'static str| [("highway", "primary"), ("name", name)]);
    let block = Block::new()
        .grid()
        .way(1, &[0, 1], &[("highway", "primary"), ("name", &long)])
        .way(2, &[0, 1], &named("a\tb"))
        .way(3, &[0, 1], &named("a\nb"))
        .way(4, &[0, 1], &named("@@"))
        .way(5, &[0, 1], &[("highway", "primary"), ("name", "z"), ("name:en", "@@")]);
    let mut bytes = file(&[block]);
    for at in 0..bytes.len() - 1 {
        if bytes[at..].starts_with(b"@@") {
            bytes[at..at + 2].copy_from_slice(b"\xce\xff");
        }
    }
    let report = check(&bytes, &["roads w1", "roads w2", "roads w3", "roads w4", "roads w5"]);
    let said: Vec<&str> = report.notes.iter().map(String::as_str).filter(|note| note.starts_with("texts of")).collect();
    let expect = [
        "texts of `name` left out, being longer than 200 characters: 1 (w1)",
        "texts of `name` left out, holding a line break, a tab or another control character: 2 (w2, w3)",
        "texts of `name` left out, holding bytes that are no UTF-8: 1 (w4)",
        "texts of `name_en` left out, holding bytes that are no UTF-8: 1 (w5)",
    ];
    assert_eq!(said, expect);
}

#[test]
fn a_road_all_of_whose_nodes_lie_at_one_place_is_left_out_and_counted() {
    let road: &[(&str, &str)] = &[("highway", "path")];
    let block = Block::new().grid().way(1, &[5, 5], road).way(2, &[5, 5, 6], road);
    let report = check(&file(&[block]), &["roads w2"]);
    let note = "roads left out: all of their nodes lie at one place: 1";
    assert!(report.notes.iter().any(|said| said == note), "{:?}", report.notes);
}

/// Every feature that comes out is one that the store and the tiles may trust, however broken the file.
fn check_survives(bytes: &[u8]) {
    let each = &mut |row| {
        if let Row::Good(feature) = row {
            assert_ne!(feature.key.layer, Layer::Residents);
            assert!(feature.fid() > 0);
        }
        Flow::Continue(())
    };
    let _ = osm(Cursor::new(bytes), each, &mut |_| {});
}

fn small_file() -> Vec<u8> {
    let members = [(1, 1, "outer"), (1, 2, "inner"), (0, 5, "label"), (2, 9, "sub")];
    let block = Block::new().grid().way(1, SQUARE, &[("building", "3"), ("highway", "primary"), ("height", "9 m")]);
    file(&[block.way(2, &[101, 202, 102, 101], &[("natural", "water")]).relation(9, &members, AREA)])
}

fn changed(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8)], cut: Option<prop::sample::Index>) -> Vec<u8> {
    for (at, byte) in changes {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    let end = cut.map_or(bytes.len(), |at| at.index(bytes.len()));
    bytes.truncate(end);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_survives(&bytes);
        check_survives(&[write::header(), write::blob("OSMData", &bytes)].concat());
    }

    #[test]
    fn a_small_file_changed_anywhere_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        check_survives(&changed(small_file(), &changes, cut));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_city_changed_anywhere_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..200),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        check_survives(&changed(helsinki_unpacked(), &changes, cut));
    }
}
