//! A handful of streets, and what people ask of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use geo::{Geometry, line_string, point, polygon};

use super::*;
use crate::codes::Division;
use crate::{Feature, FeatureKey, Layer, Position, StillIndex, StillLayer, Value};

/// Sees what lies in a division, and these layers only.
struct Sees {
    layers: Vec<Layer>,
    within: &'static str,
    hidden: &'static [&'static str],
    turns: AtomicUsize,
}

impl Sees {
    fn all() -> Self {
        Self { layers: Layer::ALL.to_vec(), within: "330300", hidden: &[], turns: AtomicUsize::new(usize::MAX) }
    }
}

impl Eyes for Sees {
    fn layer(&self, layer: Layer) -> bool {
        self.layers.contains(&layer)
    }

    fn field(&self, _: Layer, field: &str) -> bool {
        !self.hidden.contains(&field)
    }

    fn row(&self, layer: Layer, division: Option<Division>) -> bool {
        let own = Division::new(self.within).unwrap();
        matches!(layer, Layer::Roads | Layer::Places | Layer::Jurisdictions)
            || division.is_some_and(|d| own.contains(d))
    }

    fn own(&self, division: Option<Division>) -> bool {
        division.is_some_and(|d| Division::new(self.within).unwrap().contains(d))
    }

    fn go_on(&self) -> bool {
        self.turns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some(n.saturating_sub(1))).unwrap_or(0) > 0
    }
}

fn feature(layer: Layer, id: &str, geometry: Geometry<f64>, fields: &[(&'static str, &str)]) -> Feature {
    let fields = fields.iter().map(|(name, value)| {
        let value = match *value {
            "true" => Value::Bool(true),
            value => {
                value.parse().ok().filter(|_| *name == "km").map_or_else(|| Value::Text(value.to_owned()), Value::Float)
            }
        };
        ((*name).into(), value)
    });
    Feature::new(FeatureKey::new(layer, "t", id).unwrap(), geometry, fields.collect()).unwrap()
}

/// West of 120.70 is Lucheng, east of it Longwan.
fn division(place: Position) -> Option<Division> {
    Division::new(if place.lon() < 120.70 { "330302006001" } else { "330303001001" }).ok()
}

type Given<'a> = (&'a str, Geometry<f64>, &'a [(&'static str, &'a str)]);

fn layer(of: Layer, rows: &[Given<'_>]) -> StillLayer {
    let rows: Vec<Feature> = rows.iter().map(|(id, at, fields)| feature(of, id, at.clone(), fields)).collect();
    StillLayer::build(of, &rows, division)
}

fn at(lon: f64, lat: f64) -> Geometry<f64> {
    point!(x: lon, y: lat).into()
}

fn square() -> Geometry<f64> {
    polygon![(x: 120.6, y: 28.0), (x: 120.7, y: 28.0), (x: 120.7, y: 28.1)].into()
}

fn layers() -> StillIndex {
    let line = |a: (f64, f64), b: (f64, f64), c: (f64, f64)| Geometry::from(line_string![a.into(), b.into(), c.into()]);
    let renmin = line((120.60, 28.00), (120.62, 28.00), (120.64, 28.00));
    let jiefang = line((120.62, 27.98), (120.62, 28.00), (120.62, 28.02));
    let north = line((120.651, 28.02), (120.651, 28.03), (120.651, 28.04));
    let south = line((120.650, 28.04), (120.650, 28.03), (120.650, 28.02));
    let far = line((120.80, 28.00), (120.81, 28.00), (120.82, 28.00));
    let bridge =
        |name, en| [("name", name), ("name_en", en), ("class", "primary"), ("oneway", "yes"), ("bridge", "true")];
    let (to_north, to_south) =
        (bridge("瓯江大桥北行", "Oujiang Bridge northbound"), bridge("瓯江大桥南行", "Oujiang Bridge southbound"));
    StillIndex::new()
        .with(layer(
            Layer::Jurisdictions,
            &[
                ("a", square(), &[("code", "330302"), ("name", "鹿城区"), ("level", "county"), ("parent", "330300")]),
                ("b", square(), &[("code", "330303"), ("name", "龙湾区"), ("level", "county"), ("parent", "330300")]),
                (
                    "c",
                    square(),
                    &[("code", "330302006"), ("name", "五马街道"), ("level", "township"), ("parent", "330302")],
                ),
            ],
        ))
        .with(layer(
            Layer::Roads,
            &[
                ("r1", renmin, &[("name", "人民路"), ("name_en", "Renmin Road"), ("class", "primary")]),
                ("r2", jiefang, &[("name", "解放路"), ("name_en", "Jiefang Road"), ("class", "secondary")]),
                ("r3", north, &to_north),
                ("r4", south, &to_south),
                (
                    "r5",
                    far,
                    &[("name", "人民路"), ("name_en", "Renmin Road"), ("class", "primary"), ("old_name", "东门街")],
                ),
            ],
        ))
        .with(layer(
            Layer::Houses,
            &[
                ("h1", at(120.601, 28.001), &[("address", "鹿城区五马街道人民路12号"), ("room", "502")]),
                ("h2", at(120.811, 28.001), &[("address", "龙湾区人民路12号")]),
                ("h3", at(120.602, 28.001), &[("address", "鹿城区五马街道人民路14号")]),
            ],
        ))
        .with(layer(
            Layer::Places,
            &[
                (
                    "p1",
                    at(120.621, 28.001),
                    &[
                        ("name", "人民医院"),
                        ("name_en", "Renmin Hospital"),
                        ("kind", "hospital"),
                        ("old_name", "白累德医院"),
                    ],
                ),
                ("p2", at(120.641, 28.0005), &[("name", "示例加油站"), ("kind", "fuel")]),
                ("p3", at(120.90, 28.10), &[("name", "示例加油站"), ("kind", "fuel")]),
                ("p4", at(120.65, 28.03), &[("name", "路灯"), ("kind", "other"), ("lamp_no", "LC-0342")]),
                ("p5", at(120.66, 28.03), &[("name", "百米桩"), ("kind", "other"), ("road", "G15"), ("km", "1823")]),
            ],
        ))
        .with(layer(
            Layer::Enterprises,
            &[
                ("e1", at(120.60, 28.0), &[("name", "温州示例长虹贸易有限公司"), ("uscc", "91330302MAEX000106")]),
                ("e2", at(120.80, 28.0), &[("name", "温州示例彩虹贸易有限公司")]),
            ],
        ))
        .with(layer(
            Layer::Cameras,
            &[(
                "c1",
                at(120.62, 28.0),
                &[("name", "人民路与解放路路口往北"), ("kind", "fixed"), ("device_id", "33030200001320000001")],
            )],
        ))
}

fn index() -> SearchIndex {
    SearchIndex::default().with(&layers(), &Layer::ALL.into_iter().collect())
}

fn find(text: &str) -> Vec<Hit> {
    find_as(text, &Sees::all())
}

fn find_as(text: &str, eyes: &Sees) -> Vec<Hit> {
    let near = Position::new(120.62, 28.0).ok();
    index().find(&Asked { text, near, most: 10 }, eyes, &[]).hits
}

fn first(text: &str, kind: Kind, label: &str, why: Match) -> Hit {
    let hits = find(text);
    let told: Vec<_> = hits.iter().map(|h| (h.kind, h.label.as_str(), h.why, h.confidence)).collect();
    let hit = hits.first().unwrap_or_else(|| panic!("{text} finds nothing"));
    assert_eq!((hit.kind, hit.label.as_str(), hit.why), (kind, label, why), "{text}: {told:?}");
    hit.clone()
}

#[test]
fn names_in_every_way() {
    first("人民医院", Kind::Place, "人民医院", Match::Exact);
    first("我在人民医院门口", Kind::Place, "人民医院", Match::Exact);
    first("人名医院", Kind::Place, "人民医院", Match::Sound);
    first("人民医圆", Kind::Place, "人民医院", Match::Sound);
    first("renminyiyuan", Kind::Place, "人民医院", Match::Pinyin);
    first("rmyy", Kind::Place, "人民医院", Match::Initials);
    first("renmin hospital", Kind::Place, "人民医院", Match::Exact);
    first("renmin hosptial", Kind::Place, "人民医院", Match::Near);
    let hit = first("白累德医院", Kind::Place, "人民医院", Match::Exact);
    assert_eq!(hit.via.as_deref(), Some("白累德医院"));
    first("长虹贸易", Kind::Enterprise, "温州示例长虹贸易有限公司", Match::Part);
    first("人民路", Kind::Road, "人民路", Match::Exact);
    first("鹿城区", Kind::Division, "鹿城区", Match::Exact);
}

#[test]
fn the_nearer_of_one_name_comes_first() {
    let hits = find("示例加油站");
    let away: Vec<f64> = hits.iter().filter_map(|hit| hit.distance_m).collect();
    assert!(away.len() == 2 && away[0] < away[1], "{away:?}");
    assert_eq!(find("龙湾区人民路12号").first().map(|hit| hit.label.clone()), Some("龙湾区人民路12号".to_owned()));
}

#[test]
fn houses_by_street_and_number() {
    first("人民路12号", Kind::Address, "鹿城区五马街道人民路12号", Match::Exact);
    first("人民路十二号3单元502室", Kind::Address, "鹿城区五马街道人民路12号", Match::Exact);
    first("鹿城人民路12号", Kind::Address, "鹿城区五马街道人民路12号", Match::Exact);
    first("人民路16号", Kind::Address, "鹿城区五马街道人民路14号", Match::Near);
    first("12 Renmin Road", Kind::Address, "鹿城区五马街道人民路12号", Match::Exact);
    first("renminlu 12", Kind::Address, "鹿城区五马街道人民路12号", Match::Pinyin);
    for hit in find("人民路12号502") {
        assert!(!hit.label.contains("502"), "{hit:?}");
    }
}

#[test]
fn crossings_bridges_and_kilometres() {
    for text in ["人民路解放路口", "人民路与解放路交叉口", "corner of Renmin Road and Jiefang Road", "解放路人民路口"]
    {
        let hit = find(text).into_iter().next().unwrap();
        assert_eq!((hit.kind, hit.why), (Kind::Crossing, Match::Exact), "{text} {hit:?}");
        assert!((hit.position.lon() - 120.62).abs() < 1e-6 && (hit.position.lat() - 28.0).abs() < 1e-6, "{hit:?}");
    }
    first("人民解放路口", Kind::Crossing, "人民路与解放路路口", Match::Prefix);
    let north = first("瓯江大桥往北", Kind::Road, "瓯江大桥 往北", Match::Exact);
    assert!(
        (north.position.lon() - 120.651).abs() < 1e-6 && north.label_en.as_deref() == Some("Oujiang Bridge northbound")
    );
    let all: Vec<String> = find("oujdq").into_iter().map(|hit| hit.label).collect();
    assert_eq!(
        all.get(..3),
        Some(&["瓯江大桥 往北".to_owned(), "瓯江大桥 往南".to_owned(), "瓯江大桥 桥下".to_owned()][..]),
        "{all:?}"
    );
    first("瓯江大桥桥下", Kind::Road, "瓯江大桥 桥下", Match::Exact);
    let post = first("G15 1823公里 往北", Kind::Kilometre, "G15 K1823+000 往北", Match::Exact);
    assert!((post.position.lon() - 120.66).abs() < 1e-6);
    first("LC-0342", Kind::Place, "路灯", Match::Exact);
    first("路灯0342", Kind::Place, "路灯", Match::Code);
}

#[test]
fn what_stands_on_a_street() {
    let hits = find("人民路的加油站");
    assert_eq!(
        hits.first().map(|hit| (hit.label.as_str(), hit.distance_m.unwrap() < 3_000.0)),
        Some(("示例加油站", true))
    );
    assert_eq!(hits.iter().filter(|hit| hit.kind == Kind::Place).count(), 1, "the other stands elsewhere: {hits:?}");
}

#[test]
fn codes_whole_and_in_part() {
    first("33030200001320000001", Kind::Camera, "人民路与解放路路口往北", Match::Code);
    first("91330302MAEX000106", Kind::Enterprise, "温州示例长虹贸易有限公司", Match::Code);
    first("330302", Kind::Division, "鹿城区", Match::Code);
}

#[test]
fn out_of_sight_is_not_found() {
    let longwan = Sees { within: "330303", ..Sees::all() };
    let labels = |text: &str, eyes: &Sees| find_as(text, eyes).into_iter().map(|hit| hit.label).collect::<Vec<_>>();
    assert_eq!(labels("人民路12号", &longwan), ["龙湾区人民路12号"]);
    assert!(labels("长虹贸易", &longwan).iter().all(|label| !label.contains("长虹")));
    let no_codes = Sees { hidden: &["device_id"], ..Sees::all() };
    assert!(labels("33030200001320000001", &no_codes).is_empty());
    let no_houses = Sees { layers: vec![Layer::Roads, Layer::Places], ..Sees::all() };
    assert!(find_as("人民路12号", &no_houses).iter().all(|hit| hit.kind != Kind::Address));
    assert!(find_as("长虹贸易", &no_houses).iter().all(|hit| hit.kind != Kind::Enterprise));
}

#[test]
fn a_search_whose_time_is_over_says_so() {
    let eyes = Sees { turns: AtomicUsize::new(1), ..Sees::all() };
    let answer = index().find(&Asked { text: "示例", near: None, most: 10 }, &eyes, &[]);
    assert!(!answer.whole);
    let answer = index().find(&Asked { text: "示例", near: None, most: 10 }, &Sees::all(), &[]);
    assert!(answer.whole && !answer.hits.is_empty());
}

#[test]
fn a_renamed_place_is_found_by_its_new_name() {
    let before = index();
    let renamed = layers()
        .with(layer(Layer::Places, &[("p1", at(120.621, 28.001), &[("name", "第三医院"), ("kind", "hospital")])]));
    let after = before.with(&renamed, &BTreeSet::from([Layer::Places]));
    let found = |index: &SearchIndex, text| {
        let hits = index.find(&Asked { text, near: None, most: 10 }, &Sees::all(), &[]).hits;
        hits.iter().any(|hit| hit.kind == Kind::Place && hit.confidence > 0.9)
    };
    assert!(found(&before, "人民医院") && !found(&before, "第三医院"));
    assert!(found(&after, "第三医院") && !found(&after, "人民医院"));
    assert!(found(&after, "人民医院") == found(&after, "示例加油站"), "what is gone is gone");
}

#[test]
fn units_and_incidents_are_compared_as_well() {
    let other = |kind, names: &[&str]| Other {
        kind,
        id: names[0].to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        position: Position::new(120.62, 28.0).unwrap(),
        division: None,
    };
    let all = [other(Kind::Unit, &["鹿城特警03", "u-3"]), other(Kind::Incident, &["20261122-0007"])];
    let kinds = |text| {
        let hits = index().find(&Asked { text, near: None, most: 3 }, &Sees::all(), &all).hits;
        hits.into_iter().map(|hit| (hit.kind, hit.id)).collect::<Vec<_>>()
    };
    assert_eq!(kinds("lctj03"), [(Kind::Unit, "鹿城特警03".to_owned())]);
    assert_eq!(kinds("特警03"), [(Kind::Unit, "鹿城特警03".to_owned())]);
    assert_eq!(kinds("0007").first().map(|(kind, _)| *kind), Some(Kind::Incident));
}
