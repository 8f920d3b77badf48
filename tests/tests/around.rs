//! What is near a place: nearest, and all four elements at once.

use serde_json::{Value, json};
use tests::{CENTRE, EDITOR, Server};

fn items(answer: &Value) -> &Vec<Value> {
    answer["items"].as_array().expect("an answer has items")
}

#[test]
fn the_nearest_come_nearest_first() {
    let server = Server::demo();
    let lead = server.login("lead");
    for layer in ["houses", "enterprises", "cameras", "places", "units"] {
        let path = format!("/api/v1/nearest/{layer}?lon={}&lat={}&k=20&max_distance_m=50000", CENTRE.0, CENTRE.1);
        let answer = lead.get(&path).ok();
        let found = items(&answer);
        assert!(!found.is_empty(), "{layer}");
        let distances: Vec<f64> = found.iter().map(|item| item["distance_m"].as_f64().unwrap()).collect();
        assert!(distances.is_sorted(), "{layer}: {distances:?}");
        for item in found {
            assert!(item["id"].is_string() && item["fid"].is_u64() && item["properties"].is_object(), "{item}");
            let (lon, lat) = (item["lon"].as_f64().unwrap(), item["lat"].as_f64().unwrap());
            let straight = straight_m(CENTRE, (lon, lat));
            let said = item["distance_m"].as_f64().unwrap();
            assert!((straight - said).abs() < 0.5 + said * 0.005, "{layer}: said {said}, measured {straight}");
        }
    }
}

#[test]
fn a_place_in_a_grid_is_in_it() {
    let server = Server::demo();
    let lead = server.login("lead");
    for layer in ["grids", "jurisdictions"] {
        let path = format!("/api/v1/nearest/{layer}?lon={}&lat={}&k=1", CENTRE.0, CENTRE.1);
        let item = &lead.get(&path).ok()["items"][0];
        assert_eq!(item["distance_m"], 0.0, "{layer}: {item}");
        assert_eq!((&item["lon"], &item["lat"]), (&json!(CENTRE.0), &json!(CENTRE.1)), "{layer}: {item}");
    }
}

#[test]
fn a_street_is_as_far_as_its_nearest_place() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    // From end to end 20 km, past the place in 111 m; its middle and its corners are kilometres away.
    let geometry = json!({"type": "LineString", "coordinates": [[120.60, 28.301], [120.80, 28.301]]});
    let row = json!({"type": "Feature", "id": "long-way", "geometry": geometry, "properties": {"name": "路", "class": "primary"}});
    let file = json!({"type": "FeatureCollection", "features": [row]}).to_string();
    let path = "/api/v1/imports?layer=roads&format=geojson&crs=wgs84";
    assert_eq!(editor.send("POST", path, "application/geo+json", file.as_bytes()).ok()["accepted"], 1);
    let answer = server.login("lead").get("/api/v1/nearest/roads?lon=120.63&lat=28.3&k=1").ok();
    let item = &answer["items"][0];
    assert_eq!(item["properties"]["source_id"], "long-way", "{answer}");
    assert!((item["distance_m"].as_f64().unwrap() - 111.2).abs() < 0.5, "{answer}");
    assert!((item["lon"].as_f64().unwrap() - 120.63).abs() < 1e-5, "{answer}");
}

#[test]
fn what_is_equally_near_comes_in_the_order_of_ids() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let rows: Vec<Value> = ["tie-c", "tie-a", "tie-b"].map(|id| place(id, (120.70, 28.02))).to_vec();
    let file = json!({"type": "FeatureCollection", "features": rows}).to_string();
    let path = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
    assert_eq!(editor.send("POST", path, "application/geo+json", file.as_bytes()).ok()["accepted"], 3);
    let answer = server.login("lead").get("/api/v1/nearest/places?lon=120.70&lat=28.02&k=3").ok();
    let found = items(&answer);
    assert!(found.iter().all(|item| item["distance_m"] == 0.0), "{answer}");
    let ids: Vec<u64> = found.iter().map(|item| item["fid"].as_u64().unwrap()).collect();
    assert!(ids.len() == 3 && ids.is_sorted(), "{answer}");
}

fn place(id: &str, (lon, lat): (f64, f64)) -> Value {
    let geometry = json!({"type": "Point", "coordinates": [lon, lat]});
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": {"name": id, "kind": "school"}})
}

#[test]
fn k_and_the_distance_are_both_kept() {
    let server = Server::demo();
    let lead = server.login("lead");
    let ask = |k: usize, far: u32| {
        let path = format!("/api/v1/nearest/houses?lon={}&lat={}&k={k}&max_distance_m={far}", CENTRE.0, CENTRE.1);
        items(&lead.get(&path).ok()).clone()
    };
    assert_eq!(ask(1, 50_000).len(), 1);
    assert_eq!(ask(5, 50_000).len(), 5);
    assert!(ask(50, 300).iter().all(|item| item["distance_m"].as_f64().unwrap() <= 300.0));
    assert_eq!(ask(5, 50_000)[0], ask(1, 50_000)[0]);
}

#[test]
fn surroundings_answer_for_all_four_elements_and_for_what_can_help() {
    let server = Server::demo();
    let dispatcher = server.login("dispatcher");
    let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 1500});
    let around = dispatcher.post("/api/v1/surroundings", &place).ok();
    for kind in ["houses", "enterprises", "cameras", "units", "places"] {
        let count = around[kind]["count"].as_u64();
        let shown = around[kind]["items"].as_array().expect("each kind has items").len() as u64;
        assert!(count.is_some_and(|count| count >= shown), "{kind}: {around}");
    }
    for kind in ["houses", "enterprises", "cameras"] {
        assert!(around[kind]["count"].as_u64().unwrap() > 0, "{kind}: nothing at the centre of the demo city");
        assert!(!around[kind]["items"].as_array().unwrap().is_empty(), "{kind}");
    }
    let people = &around["people"];
    assert!(people["residents"].as_u64().is_some_and(|n| n >= 10), "{people}");
    assert!(people["households"].is_u64() && !people["need_help"].is_string(), "{people}");
    // The outline says what the counts stand for: whole cells, more than the circle that was asked.
    assert!(matches!(people["outline"]["type"].as_str(), Some("Polygon" | "MultiPolygon")), "{people}");
}

#[test]
fn surroundings_take_an_outline_too() {
    let server = Server::demo();
    let lead = server.login("lead");
    let (lon, lat) = CENTRE;
    let ring = json!([
        [lon - 0.01, lat - 0.01],
        [lon + 0.01, lat - 0.01],
        [lon + 0.01, lat + 0.01],
        [lon - 0.01, lat + 0.01],
        [lon - 0.01, lat - 0.01],
    ]);
    let polygon = json!({"polygon": {"type": "Polygon", "coordinates": [ring]}});
    let around = lead.post("/api/v1/surroundings", &polygon).ok();
    assert!(around["houses"]["count"].as_u64().unwrap() > 0, "{around}");
    for bad in [json!({"polygon": {"type": "Polygon", "coordinates": []}}), json!({"polygon": "x"}), json!({})] {
        lead.post("/api/v1/surroundings", &bad).refused(400);
    }
}

#[test]
fn people_around_two_places_a_step_apart_cannot_be_subtracted() {
    let server = Server::demo();
    let lead = server.login("lead");
    let mut seen = std::collections::BTreeMap::new();
    for step in 0..40 {
        let place = json!({"lon": CENTRE.0 + f64::from(step) * 0.0001, "lat": CENTRE.1, "radius_m": 300});
        let people = lead.post("/api/v1/surroundings", &place).ok()["people"].clone();
        // Sums of whole published cells: the same outline says the same, and a step never shows a single house.
        let said = people["residents"].clone();
        let known = seen.entry(people["outline"].to_string()).or_insert_with(|| said.clone());
        assert_eq!(*known, said, "one outline, two answers");
    }
    assert!(seen.len() < 40, "every step has an outline of its own: these are not published cells");
}

/// Haversine with the mean radius.
fn straight_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dlat, dlon) = ((b.1 - a.1).to_radians() / 2.0, (b.0 - a.0).to_radians() / 2.0);
    let h = dlat.sin().powi(2) + a.1.to_radians().cos() * b.1.to_radians().cos() * dlon.sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().asin()
}
