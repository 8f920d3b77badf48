//! People are counts, and small counts do not leave the server (docs/privacy.md).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::{CENTRE, Client, EDITOR, Server, Tile, decode, decoded};

/// What a tile may say about a feature. A key that is not here fails the test: adding one is a decision.
const ALLOWED: [(&str, &[&str]); 17] = [
    ("people", &["residents", "households", "need_help", "per_km2"]),
    ("people_labels", &["residents"]),
    ("houses", &["building", "address", "n"]),
    ("buildings", &["height_m", "kind"]),
    ("enterprises", &["name", "name_en", "kind", "uscc", "n"]),
    ("cameras", &["name", "kind", "azimuth_deg", "angle_deg", "range_m", "height_m", "online", "n", "online_n"]),
    ("camera_views", &["kind", "online", "cut"]),
    ("places", &["name", "name_en", "kind", "n"]),
    ("roads", &["name", "name_en", "class", "oneway", "speed_kmh"]),
    ("water", NAMED),
    ("water_labels", NAMED),
    ("land", NAMED),
    ("land_labels", NAMED),
    ("grids", &["code", "name"]),
    ("grids_labels", &["code", "name"]),
    ("jurisdictions", DIVISION),
    ("jurisdictions_labels", DIVISION),
];

const NAMED: &[&str] = &["name", "name_en", "kind"];
const DIVISION: &[&str] = &["code", "name", "name_en", "level"];

/// The layers that are asked for; the others of the list come with them.
const ASKED: &str = "people,houses,buildings,enterprises,cameras,places,roads,water,land,grids,jurisdictions";

const CITY: [f64; 4] = [119.6, 27.0, 121.4, 28.7];
const PER_ZOOM: usize = 24;

/// Tiles of zooms 8 to 16: all of the city at the low ones, at the others those over places where something stands.
fn samples(client: &Client) -> Vec<Tile> {
    let near = |layer: &str| {
        let path = format!("/api/v1/nearest/{layer}?lon={}&lat={}&k=50&max_distance_m=200000", CENTRE.0, CENTRE.1);
        client.get(&path).ok()["items"].as_array().cloned().unwrap_or_default()
    };
    let items: Vec<Value> = ["cameras", "enterprises", "places"].iter().flat_map(|layer| near(layer)).collect();
    let spots: Vec<(f64, f64)> =
        items.iter().step_by(5).filter_map(|i| Some((i["lon"].as_f64()?, i["lat"].as_f64()?))).collect();
    assert!(spots.len() >= 10, "the demo city has too little in it");
    let low = (8..=11).flat_map(|z| Tile::cover(CITY, z));
    let high = (12..=16).flat_map(|z| spots.iter().take(PER_ZOOM).map(move |&spot| Tile::over(spot, z)));
    low.chain(high).collect::<BTreeSet<Tile>>().into_iter().collect()
}

fn layers_of(client: &Client, tile: Tile, layers: &str) -> Vec<tests::Layer> {
    let answer = client.get(&tile.path(layers));
    assert!(matches!(answer.status, 200 | 204), "{}: {}", answer.asked, answer.text());
    decode(&decoded(&answer)).expect("a tile that can be read")
}

#[test]
fn no_tile_of_the_city_says_more_than_the_list_allows() {
    let server = Server::demo();
    let lead = server.login("lead");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let (mut seen, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for tile in samples(&lead) {
        for layer in layers_of(&lead, tile, ASKED) {
            for (key, value) in layer.features.iter().flat_map(|feature| &feature.properties) {
                if !allowed.get(layer.name.as_str()).is_some_and(|keys| keys.contains(&key.as_str())) {
                    wrong.insert(format!("{}: key {key}", layer.name));
                }
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                if is_personal(&text) {
                    wrong.insert(format!("{}: {key} = {text}", layer.name));
                }
            }
            seen.insert(layer.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let missing: Vec<&str> = ASKED.split(',').filter(|layer| !seen.contains(*layer)).collect();
    assert!(missing.is_empty(), "the demo city shows nothing of {missing:?}, so nothing was proved for them");
}

#[test]
fn a_cell_of_people_never_shows_a_small_number() {
    let server = Server::demo();
    let lead = server.login("lead");
    let mut cells: BTreeMap<u64, BTreeMap<String, Value>> = BTreeMap::new();
    for tile in samples(&lead) {
        let layers = layers_of(&lead, tile, "people");
        for feature in layers.iter().filter(|layer| layer.name == "people").flat_map(|layer| &layer.features) {
            let number = |key: &str| feature.properties.get(key).and_then(Value::as_f64);
            assert!(number("residents").is_some_and(|n| n >= 10.0), "{:?}", feature.properties);
            assert!(number("households").is_none_or(|n| n == 0.0 || n >= 3.0), "{:?}", feature.properties);
            assert!(number("need_help").is_none_or(|n| n == 0.0 || n >= 10.0), "{:?}", feature.properties);
            // The same cell says the same in every tile and at every zoom: nothing is gained by asking again. Its density
            // differs, because a lower zoom draws it as the larger square that holds nothing else.
            let counts = |mut all: BTreeMap<String, Value>| {
                all.remove("per_km2");
                all
            };
            let known = cells.entry(feature.id.unwrap()).or_insert_with(|| counts(feature.properties.clone()));
            assert_eq!(*known, counts(feature.properties.clone()));
        }
    }
    assert!(cells.len() >= 10, "only {} cells seen", cells.len());
}

#[test]
fn a_file_about_persons_is_not_taken_in() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let bad = [
        ("religion", "x"),
        ("ethnicity", "x"),
        ("民族", "x"),
        ("前科", "x"),
        ("重点人员", "x"),
        ("籍贯", "x"),
        ("note", "11010519491231002X"),
    ];
    for (at, (key, value)) in bad.iter().enumerate() {
        let row = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","id":"p{at}","geometry":{{"type":"Point",
            "coordinates":[120.6555,28.015]}},"properties":{{"name":"x","kind":"school","{key}":"{value}"}}}}]}}"#
        );
        let path = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
        let report = editor.send("POST", path, "application/geo+json", row.as_bytes()).ok();
        assert_eq!((&report["accepted"], &report["rejected"]), (&Value::from(0), &Value::from(1)), "{key}: {report}");
    }
}

#[test]
fn no_path_of_the_interface_is_about_a_person() {
    let server = Server::demo();
    let described = server.client().get("/openapi.json").ok();
    let paths = described["paths"].as_object().unwrap();
    for path in paths.keys() {
        for word in ["person", "resident", "citizen", "face", "plate", "watchlist", "suspect", "score"] {
            assert!(!path.to_lowercase().contains(word), "{path}");
        }
    }
}

/// A resident identity number by date and checksum, or a mobile number.
fn is_personal(text: &str) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    runs.into_iter().any(|run| is_identity_number(run) || is_mobile_number(run))
}

fn is_mobile_number(run: &str) -> bool {
    let digits = run.bytes().all(|b| b.is_ascii_digit());
    digits && run.len() == 11 && run.starts_with('1') && (b'3'..=b'9').contains(&run.as_bytes()[1])
}

fn is_identity_number(run: &str) -> bool {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let Some((body, check)) = run.split_at_checked(17).filter(|_| run.len() == 18) else { return false };
    if !body.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: usize = body.bytes().zip(weights).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    let part = |range: std::ops::Range<usize>| body[range].parse::<u32>().unwrap_or(0);
    let dated =
        (1800..2200).contains(&part(6..10)) && (1..=12).contains(&part(10..12)) && (1..=31).contains(&part(12..14));
    dated && check.to_uppercase() == "10X98765432"[sum % 11..=sum % 11]
}

#[test]
fn the_detectors_find_what_they_are_for() {
    for found in ["11010519491231002X", "440524188001010014", "电话 13800000000", "id:33030218800101001x"] {
        assert!(is_personal(found), "{found}");
    }
    for fine in ["110105194912310021", "33030200001320000001", "91330302MA2TE5T01A", "23800000000", "公园路100号"] {
        assert!(!is_personal(fine), "{fine}");
    }
}

#[test]
fn what_belongs_to_one_person_is_refused_however_it_is_named_or_written() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let import = |layer: &str, properties: &Value| {
        let row = serde_json::json!({"type": "FeatureCollection", "features": [{"type": "Feature", "id": "p1",
            "geometry": {"type": "Point", "coordinates": [120.6555, 28.015]}, "properties": properties}]});
        let path = format!("/api/v1/imports?layer={layer}&format=geojson&crs=wgs84");
        let report = editor.send("POST", &path, "application/geo+json", row.to_string().as_bytes()).ok();
        (report["accepted"].as_u64().unwrap(), report["rejected"].as_u64().unwrap())
    };
    let place = |name: &str, value: Value| {
        let mut properties = serde_json::json!({"name": "x", "kind": "school"});
        properties[name] = value;
        properties
    };
    for name in [
        "tel",
        "lxdh",
        "sfzh",
        "phonenumber",
        "联系人",
        "性别",
        "年龄",
        "车牌",
        "重点人口",
        "plate",
        "score",
        "ｐｈｏｎｅ",
        "身份證",
    ] {
        assert_eq!(import("places", &place(name, "x".into())), (0, 1), "{name}");
    }
    for value in [
        serde_json::json!({"民族": "x", "phone": "13800000000"}),
        serde_json::json!(440_524_188_001_010_014_u64),
        "110105 19491231 002X".into(),
        "110105491231002".into(),
        "请打 138-0000-0000".into(),
        "浙C12345".into(),
    ] {
        assert_eq!(import("places", &place("note", value.clone())), (0, 1), "{value}");
        if value.is_string() {
            assert_eq!(import("places", &place("name", value.clone())), (0, 1), "{value}");
        }
    }
    for (name, value) in [("name:nl", "Wenzhou"), ("note", "0577-88123456"), ("floors", "3"), ("contact:website", "x")]
    {
        assert_eq!(import("places", &place(name, value.into())), (1, 0), "{name}");
    }
    let counts =
        |households: u32| serde_json::json!({"house": "h", "residents": 5, "households": households, "need_help": 1});
    assert_eq!(import("residents", &counts(2)), (1, 0));
    assert_eq!(import("residents", &counts(50)), (0, 1));
    let mut named = counts(2);
    named["name"] = "x".into();
    assert_eq!(import("residents", &named), (0, 1));
}

#[test]
fn the_need_for_help_is_told_whole_or_not_at_all() {
    let server = Server::demo();
    let around = |user: &str, radius_m: u32| {
        let place = serde_json::json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": radius_m});
        server.login(user).post("/api/v1/surroundings", &place).ok()["people"].clone()
    };
    for user in ["lead", "dispatcher"] {
        let people = around(user, 1_500);
        let number = |field: &str| people[field].as_f64().unwrap_or_else(|| panic!("{user} {field}: {people}"));
        assert!(number("need_help") >= 10.0 && number("need_help_known_share") > 0.99, "{user}: {people}");
        assert!(number("need_help_residents") >= number("residents"), "{user}: {people}");
        // Three in a hundred of the demo city's people need help: a sum that left cells out would be far below.
        let share = number("need_help") / number("need_help_residents");
        assert!((0.015..0.08).contains(&share), "{user}: {share} in {people}");
    }
    // The whole city in one tile: either all who need help, or nothing.
    let tile = Tile { z: 0, x: 0, y: 0 };
    let lead = server.login("lead");
    let cells = layers_of(&lead, tile, "people");
    let cells = cells.iter().filter(|layer| layer.name == "people").flat_map(|layer| &layer.features);
    let mut told = 0;
    for cell in cells {
        let number = |key: &str| cell.properties.get(key).and_then(Value::as_f64);
        if let (Some(help), Some(residents)) = (number("need_help"), number("residents")) {
            assert!((0.015..0.08).contains(&(help / residents)), "{:?}", cell.properties);
            told += 1;
        }
    }
    assert!(told > 0, "nothing is told of the whole city, so nothing is proved");
}

#[test]
fn a_station_sees_the_people_of_its_township_and_a_unit_those_of_its_grid() {
    let server = Server::demo();
    let lead = server.login("lead");
    let all = lead.pages("/ogc/collections/jurisdictions/items?limit=1000", 20);
    let is = |f: &&Value| {
        f["properties"]["code"].as_str().is_some_and(|code| code.starts_with("330302006"))
            && f["properties"]["level"] == "township"
    };
    let [w, s, e, n] = tests::Outline::new(&all.iter().find(is).expect("the township")["geometry"]).bounds();
    let middle = serde_json::json!({"lon": f64::midpoint(w, e), "lat": f64::midpoint(s, n), "radius_m": 1_000});
    let people = server.login("station").post("/api/v1/surroundings", &middle).ok()["people"].clone();
    let residents = people["residents"].as_u64().unwrap_or_else(|| panic!("{people}"));
    let of_all = lead.post("/api/v1/surroundings", &middle).ok()["people"]["residents"].as_u64().unwrap();
    assert!((10..=of_all).contains(&residents), "{residents} of {of_all}");

    let unit = server.login("unit");
    let me = unit.get("/api/v1/units").ok()["units"][0].clone();
    let here = serde_json::json!({"lon": me["lon"], "lat": me["lat"], "radius_m": 100});
    let own = unit.post("/api/v1/surroundings", &here).ok()["people"].clone();
    assert!(own["residents"].as_u64().is_some_and(|n| n >= 10), "{own}");
    let wide = serde_json::json!({"lon": me["lon"], "lat": me["lat"], "radius_m": 5_000});
    assert_eq!(unit.post("/api/v1/surroundings", &wide).ok()["people"], own, "the own grid, however far it looks");
    let there = serde_json::json!({"lon": me["lon"].as_f64().unwrap() + 0.2, "lat": me["lat"], "radius_m": 100});
    assert!(unit.post("/api/v1/surroundings", &there).ok()["people"]["residents"].is_null());
}
