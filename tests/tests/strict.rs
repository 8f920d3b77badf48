//! The judge of tiles is judged: a tile for each rule that breaks it and no other, and the fixtures that others agreed on.

#![expect(clippy::unwrap_used, reason = "helpers of tests: what does not hold here is the finding")]

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tests::strict::{Rule, judge};
use tests::workspace;

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

/// A field of bytes.
fn bytes(field: u64, held: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(held.len() as u64), held.to_vec()].concat()
}

/// A field of one number.
fn number(field: u64, held: u64) -> Vec<u8> {
    [varint(field << 3), varint(held)].concat()
}

fn list(field: u64, numbers: &[u64]) -> Vec<u8> {
    bytes(field, &numbers.iter().flat_map(|n| varint(*n)).collect::<Vec<_>>())
}

/// Commands with their numbers: `(id, count, numbers)`.
fn geometry(commands: &[(u64, u64, &[i64])]) -> Vec<u8> {
    let zigzag = |v: i64| ((v << 1) ^ (v >> 63)).cast_unsigned();
    let words = commands.iter().flat_map(|(id, count, numbers)| {
        [id | count << 3].into_iter().chain(numbers.iter().map(|v| zigzag(*v))).collect::<Vec<_>>()
    });
    list(4, &words.collect::<Vec<_>>())
}

const DOT: &[(u64, u64, &[i64])] = &[(1, 1, &[25, 17])];
const SQUARE: [(u64, u64, &[i64]); 3] = [(1, 1, &[10, 10]), (2, 3, &[90, 0, 0, 90, -90, 0]), (7, 1, &[])];

fn feature(kind: u64, commands: &[(u64, u64, &[i64])]) -> Vec<u8> {
    [number(3, kind), geometry(commands)].concat()
}

/// A layer of features, and what else it has.
fn layer_of(name: &str, features: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let features = features.iter().flat_map(|feature| bytes(2, feature)).collect();
    let held = [number(15, 2), bytes(1, name.as_bytes()), features, more.concat(), number(5, 4096)].concat();
    bytes(3, &held)
}

fn tile(features: &[Vec<u8>]) -> Vec<u8> {
    layer_of("a", features, &[])
}

fn drawn(kind: u64, commands: &[(u64, u64, &[i64])]) -> Vec<u8> {
    tile(&[feature(kind, commands)])
}

/// A dot with tags, in a layer with those keys and values.
fn tagged(tags: &[u64], keys: &[&str], values: &[&[u8]]) -> Vec<u8> {
    let dot = [list(2, tags), feature(1, DOT)].concat();
    let keys = keys.iter().map(|key| bytes(3, key.as_bytes()));
    let more: Vec<_> = keys.chain(values.iter().map(|value| bytes(4, value))).collect();
    layer_of("a", &[dot], &more)
}

fn check(tile: &[u8], expect: &[Rule]) {
    let found = judge(tile);
    let rules: BTreeSet<Rule> = found.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, expect.iter().copied().collect(), "{found:?}");
}

/// A tile for each rule.
fn broken() -> Vec<(Rule, Vec<u8>)> {
    let dot = || feature(1, DOT);
    let square = |more: &[(u64, u64, &[i64])]| drawn(3, &[SQUARE.as_slice(), more].concat());
    let (one, two): (&[u8], &[u8]) = (&[0x28, 1], &[0x28, 2]);
    let whole = tile(&[dot()]);
    let cut = whole.get(..whole.len() - 1).unwrap().to_vec();
    let bare = |fields: &[Vec<u8>]| bytes(3, &fields.concat());
    let (name, version, extent) = (bytes(1, b"a"), number(15, 2), number(5, 4096));
    vec![
        (Rule::Wire, cut),
        (Rule::Wire, vec![0x1b]),
        (Rule::Wire, bytes(3, &[0x78, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02])),
        (Rule::Wire, tagged(&[0, 0], &["k"], &[&[0x08, 1]])),
        (Rule::FieldTwice, bare(&[version.clone(), name.clone(), name.clone(), bytes(2, &dot()), extent.clone()])),
        (Rule::FieldTwice, tile(&[[dot(), geometry(DOT)].concat()])),
        (Rule::Version, bare(&[name.clone(), bytes(2, &dot()), extent.clone()])),
        (Rule::Version, bare(&[number(15, 3), name.clone(), bytes(2, &dot()), extent.clone()])),
        (Rule::Older, bare(&[number(15, 1), name.clone(), bytes(2, &dot()), extent.clone()])),
        (Rule::Name, bare(&[version.clone(), bytes(2, &dot()), extent.clone()])),
        (Rule::NameTwice, [tile(&[dot()]), tile(&[dot()])].concat()),
        (Rule::Value, tagged(&[0, 0], &["k"], &[&[]])),
        (Rule::Value, tagged(&[0, 0], &["k"], &[&[0x28, 1, 0x30, 2]])),
        (Rule::Value, tagged(&[0, 0], &["k"], &[&[0x40, 1]])),
        (Rule::Kind, tile(&[geometry(DOT)])),
        (Rule::Kind, drawn(4, DOT)),
        (Rule::NoGeometry, tile(&[number(3, 1)])),
        (Rule::OddTags, tagged(&[0, 0, 0], &["k"], &[one])),
        (Rule::TagBeyond, tagged(&[0, 0, 1, 0], &["k"], &[one])),
        (Rule::TagBeyond, tagged(&[0, 0, 1, 1], &["k", "l"], &[one])),
        (Rule::TagTwice, tagged(&[0, 0, 0, 1], &["k"], &[one, two])),
        // No such command; a line of points; a second MoveTo; a closed line; a ring left open; a ring without a start.
        (Rule::Command, drawn(1, &[(3, 1, &[1, 1])])),
        (Rule::Command, drawn(1, &[(2, 1, &[1, 1])])),
        (Rule::Command, drawn(1, &[(1, 1, &[1, 1]), (1, 1, &[1, 1])])),
        (Rule::Command, drawn(2, &[(1, 1, &[1, 1]), (2, 2, &[5, 0, 0, 5]), (7, 1, &[])])),
        (Rule::Command, drawn(3, &[(1, 1, &[1, 1]), (2, 2, &[5, 0, 0, 5]), (1, 1, &[1, 1])])),
        (Rule::Command, drawn(3, &[(2, 2, &[5, 0, 0, 5]), (7, 1, &[])])),
        (Rule::Count, drawn(1, &[(1, 0, &[])])),
        (Rule::Count, drawn(2, &[(1, 2, &[1, 1, 1, 1]), (2, 1, &[1, 1])])),
        (Rule::Count, drawn(2, &[(1, 1, &[1, 1]), (2, 0, &[])])),
        (Rule::Count, drawn(3, &[(1, 1, &[1, 1]), (2, 1, &[5, 0]), (7, 1, &[])])),
        (Rule::Count, drawn(3, &[(1, 1, &[1, 1]), (2, 2, &[5, 0, 0, 5]), (7, 2, &[])])),
        (Rule::Cut, drawn(1, &[(1, 1, &[1])])),
        (Rule::Cut, drawn(1, &[(1, (1 << 29) - 1, &[1, 1])])),
        (Rule::Cut, drawn(2, &[(1, 1, &[1, 1])])),
        (Rule::Cut, drawn(3, &[(1, 1, &[1, 1]), (2, 2, &[5, 0, 0, 5])])),
        (Rule::Nowhere, drawn(2, &[(1, 1, &[1, 1]), (2, 2, &[5, 5, 0, 0])])),
        (Rule::Nowhere, drawn(3, &[(1, 1, &[1, 1]), (2, 3, &[5, 0, 0, 5, -5, -5]), (7, 1, &[])])),
        (Rule::Winding, drawn(3, &[(1, 1, &[1, 1]), (2, 2, &[0, 5, 5, 0]), (7, 1, &[])])),
        (Rule::Tangled, drawn(3, &[(1, 1, &[0, 0]), (2, 3, &[10, 0, -10, 9, 9, 0]), (7, 1, &[])])),
        // It touches an edge with a corner; it runs back over an edge.
        (Rule::Tangled, drawn(3, &[(1, 1, &[0, 0]), (2, 5, &[9, 0, 0, 9, -5, -9, -2, 5, -2, 1]), (7, 1, &[])])),
        (Rule::Tangled, drawn(3, &[(1, 1, &[0, 0]), (2, 4, &[9, 0, -4, 0, 4, 9, -9, 0]), (7, 1, &[])])),
        // Its start is at the square's last point, (10, 100).
        (Rule::StrayHole, square(&[(1, 1, &[400, 0]), (2, 2, &[0, 5, 5, 0]), (7, 1, &[])])),
        (Rule::Unknown, [tile(&[dot()]), bytes(16, b"more")].concat()),
        (Rule::Unknown, layer_of("a", &[dot()], &[number(16, 1)])),
        (Rule::Unknown, tile(&[[dot(), number(5, 1)].concat()])),
        (Rule::Extent, bare(&[version.clone(), name.clone(), bytes(2, &dot())])),
        (Rule::Extent, bare(&[version, name, bytes(2, &dot()), number(5, 0)])),
        (Rule::Empty, tile(&[])),
        (Rule::IdTwice, tile(&[[number(1, 7), dot()].concat(), [number(1, 7), dot()].concat()])),
        (Rule::UnknownKind, drawn(0, DOT)),
        (Rule::KeyTwice, tagged(&[0, 0, 1, 0], &["k", "k"], &[one])),
        (Rule::ValueTwice, tagged(&[0, 0, 1, 1], &["k", "l"], &[one, one])),
        (Rule::Unused, tagged(&[0, 0], &["k", "l"], &[one])),
        (Rule::Unused, tagged(&[0, 0], &["k"], &[one, two])),
        (Rule::Outside, drawn(1, &[(1, 1, &[4096, 0])])),
        (Rule::Outside, drawn(2, &[(1, 1, &[1, 1]), (2, 1, &[0, 4160])])),
        (Rule::Outside, drawn(3, &[(1, 1, &[-65, 0]), (2, 2, &[90, 0, 0, 90]), (7, 1, &[])])),
    ]
}

#[test]
fn each_rule_has_a_tile_that_breaks_it_and_no_other() {
    let broken = broken();
    for (rule, tile) in &broken {
        check(tile, &[*rule]);
    }
    let seen: BTreeSet<Rule> = broken.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(seen, Rule::ALL.into_iter().collect());
}

#[test]
fn what_the_specification_allows_is_not_found_fault_with() {
    check(&[], &[]);
    check(&tagged(&[0, 0, 1, 0], &["k", "l"], &[&[0x28, 1]]), &[]);
    check(&drawn(1, &[(1, 2, &[1, 1, 0, 0])]), &[]);
    // Two lines; the second begins where the first ended.
    check(&drawn(2, &[(1, 1, &[1, 1]), (2, 1, &[5, 5]), (1, 1, &[0, 0]), (2, 2, &[5, 0, -5, 0])]), &[]);
    check(&drawn(2, &[(1, 1, &[-64, 4160]), (2, 1, &[1, 0])]), &[]);
    // A square with a hole that touches its exterior, and a second square.
    let hole: &[(u64, u64, &[i64])] = &[(1, 1, &[0, -10]), (2, 2, &[5, 0, 0, -5]), (7, 1, &[])];
    let second: &[(u64, u64, &[i64])] = &[(1, 1, &[500, 0]), (2, 2, &[5, 0, 0, 5]), (7, 1, &[])];
    check(&drawn(3, &[SQUARE.as_slice(), hole, second].concat()), &[]);
    // A ring of many edges.
    let steps: Vec<i64> = (0..40).flat_map(|n| [2, 40 - 2 * n]).chain([-5, -60]).collect();
    check(&drawn(3, &[(1, 1, &[100, 900]), (2, 41, &steps), (7, 1, &[])]), &[Rule::Winding]);
    let back: Vec<i64> = steps.chunks(2).flat_map(|step| [step[0], -step[1]]).collect();
    check(&drawn(3, &[(1, 1, &[100, 900]), (2, 41, &back), (7, 1, &[])]), &[]);
}

/// Two fixtures that are said to be valid hold what two others hold that are said to be invalid, and the text of the
/// specification is with those. 016 is byte for byte 003, a feature without its type: what was meant to be written as type 0
/// was left out. 057 has the commands of 051, a `MoveTo` of half a milliard points of which one is there.
const CONTRADICTED: [(&str, Rule); 2] = [("016", Rule::Kind), ("057", Rule::Cut)];

#[test]
fn the_fixtures_of_others_are_judged_as_they_say() {
    let folder = workspace().join("web-viewer/node_modules/@mapbox/mvt-fixtures/fixtures");
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|_| panic!("no {}: run scripts/setup-test.sh", folder.display()));
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for entry in entries {
        let path = entry.unwrap().path();
        let info: Value = serde_json::from_slice(&fs::read(path.join("info.json")).unwrap()).unwrap();
        let findings = judge(&fs::read(path.join("tile.mvt")).unwrap());
        let broken: Vec<_> = findings.iter().filter(|finding| finding.rule.is_must()).collect();
        let mut expect = info["validity"]["v2"].as_bool().unwrap();
        if let Some((_, rule)) = CONTRADICTED.iter().find(|(number, _)| path.ends_with(number)) {
            assert!(expect && broken.iter().all(|finding| finding.rule == *rule), "{}: {findings:?}", path.display());
            expect = false;
        }
        if broken.is_empty() != expect {
            wrong.push(format!("{}: {}: {findings:?}", path.display(), info["description"]));
        }
        *(if expect { &mut valid } else { &mut invalid }) += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{valid} valid and {invalid} invalid fixtures");
    assert!(valid > 40 && invalid > 20, "{valid} valid, {invalid} invalid");
}
