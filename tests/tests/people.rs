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
