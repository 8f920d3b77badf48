//! Search: what people call places, within what the caller may see (docs/search.md).

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{CENTRE, Client, Server, encode};

/// Searches; names are laid out a moment after the map is shown.
fn search(client: &Client, text: &str) -> Vec<Value> {
    let path = format!("/api/v1/search?q={}&lon={}&lat={}&limit=20", encode(text), CENTRE.0, CENTRE.1);
    let begun = Instant::now();
    loop {
        let answer = client.get(&path);
        if answer.status != 503 || begun.elapsed() > Duration::from_mins(1) {
            return answer.ok()["items"].as_array().expect("items").clone();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn labels<'a>(items: &'a [Value], kind: &str) -> Vec<&'a str> {
    items.iter().filter(|item| item["kind"] == kind).filter_map(|item| item["label_zh"].as_str()).collect()
}

/// The name of a feature of a layer near the middle of the city, and the same in English.
fn near_centre(client: &Client, layer: &str, field: &str) -> (String, (f64, f64)) {
    let path = format!("/api/v1/nearest/{layer}?lon={}&lat={}&k=50", CENTRE.0, CENTRE.1);
    let items = client.get(&path).ok()["items"].as_array().expect("items").clone();
    let named = items.iter().find_map(|item| {
        let name = item["properties"][field].as_str()?.to_owned();
        Some((name, (item["lon"].as_f64()?, item["lat"].as_f64()?)))
    });
    named.expect("something of the layer has that field")
}

#[test]
fn a_place_is_found_by_what_it_is_called() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (layer, kind, field) in [
        ("places", "place", "name"),
        ("enterprises", "enterprise", "name"),
        ("cameras", "camera", "name"),
        ("houses", "address", "address"),
    ] {
        let (name, at) = near_centre(&lead, layer, field);
        let found = search(&lead, &name);
        let first = found.iter().find(|item| item["label_zh"] == name.as_str() && item["kind"] == kind);
        let first = first.unwrap_or_else(|| panic!("{kind} {name} is not found: {found:?}"));
        assert!((first["lon"].as_f64().unwrap() - at.0).abs() < 1e-3, "{first} is not at {at:?}");
        assert_eq!(first["match"], "exact", "{first}");
        assert!(first["confidence"].as_f64().unwrap() >= 0.95, "{first}");
        assert!(first["reason"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{first}");
        assert!(first["area"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{first}");
    }
    let bridge = search(&lead, "oujdq");
    assert_eq!(
        labels(&bridge, "road").get(..3),
        Some(&["瓯江大桥 往北", "瓯江大桥 往南", "瓯江大桥 桥下"][..]),
        "{bridge:?}"
    );
    assert_eq!(bridge[0]["match"], "initials");
    let district = search(&lead, "lcq");
    assert!(labels(&district, "division").contains(&"鹿城区"), "{district:?}");
}

#[test]
fn answers_speak_the_askers_language() {
    let server = Server::demo();
    let lead = server.login("lead");
    search(&lead, "oujdq");
    let path = "/api/v1/search?q=oujdq&limit=1";
    let of = |language: &str| lead.clone().with("accept-language", language).get(path).ok()["items"][0].clone();
    let (zh, en) = (of("zh-CN"), of("en"));
    assert_eq!(
        (zh["label"].as_str(), en["label"].as_str()),
        (Some("瓯江大桥 往北"), Some("Oujiang Bridge northbound"))
    );
    assert_eq!((&zh["label_zh"], &en["label_zh"]), (&json!("瓯江大桥 往北"), &json!("瓯江大桥 往北")));
    assert_eq!(
        (zh["reason"]["text"].as_str(), en["reason"]["text"].as_str()),
        (Some("拼音首字母一致"), Some("by initials"))
    );
}

#[test]
fn out_of_sight_is_not_found() {
    let server = Server::demo();
    let (lead, dispatcher, guest, planner) =
        (server.login("lead"), server.login("dispatcher"), server.login("wall_guest"), server.login("planner"));
    search(&lead, "x");
    // Something of another county: a firm of Pingyang, which the dispatcher of Lucheng does not see.
    let [w, s, e, n] = [120.3, 27.3, 120.6, 27.7];
    let far = lead.get(&format!("/ogc/collections/enterprises/items?limit=50&bbox={w},{s},{e},{n}")).ok();
    let all: Vec<&str> =
        far["features"].as_array().unwrap().iter().filter_map(|f| f["properties"]["name"].as_str()).collect();
    let codes: Vec<&str> =
        far["features"].as_array().unwrap().iter().filter_map(|f| f["properties"]["uscc"].as_str()).collect();
    let mut seen = 0;
    for code in codes.iter().take(5) {
        assert_eq!(search(&lead, code).len(), 1, "{code}");
        assert!(search(&dispatcher, code).is_empty(), "{code} of another county is found");
        seen += 1;
    }
    assert!(seen > 0 && !all.is_empty(), "nothing was proved");
    // Cameras, houses and units are not for guests; a planner does not see device codes, nor units.
    let (camera, _) = near_centre(&lead, "cameras", "name");
    let (code, _) = near_centre(&lead, "cameras", "device_id");
    let (address, _) = near_centre(&lead, "houses", "address");
    assert!(!labels(&search(&lead, &camera), "camera").is_empty());
    assert!(labels(&search(&guest, &camera), "camera").is_empty());
    assert!(labels(&search(&guest, &address), "address").is_empty());
    assert!(!search(&lead, &code).is_empty() && search(&planner, &code).is_empty(), "{code}");
    let units = search(&lead, "鹿城");
    assert!(!labels(&units, "unit").is_empty(), "{units:?}");
    assert!(labels(&search(&planner, "鹿城"), "unit").is_empty());
    for user in ["auditor", "secadmin", "sysadmin"] {
        assert_eq!(server.login(user).get("/api/v1/search?q=x").refused(403), "AUTH", "{user}");
    }
}

#[test]
fn persons_are_not_searched_for_and_the_number_is_not_kept() {
    let server = Server::demo();
    let (lead, auditor) = (server.login("lead"), server.login("auditor"));
    for text in ["13800000000", "0577-88000000", "浙C12345", "张三的手机号", "330302198001010015"] {
        let answer = lead.get(&format!("/api/v1/search?q={}", encode(text)));
        assert_eq!(answer.refused(422), "NOT-SEARCHED", "{text}");
    }
    let rows = auditor.get("/api/v1/audit?limit=200").text();
    assert!(!rows.contains("13800000000") && !rows.contains("88000000"), "the number stands in the audit");
    assert!(rows.contains("persons"), "the refusal left no row: {rows}");
}

#[test]
fn bad_questions_are_refused_where_they_are_wrong() {
    let server = Server::demo();
    let lead = server.login("lead");
    let long = encode(&"路".repeat(81));
    for (query, pointer) in [
        ("q=", "/q"),
        ("q=%20%20", "/q"),
        (format!("q={long}").as_str(), "/q"),
        ("q=x&limit=0", "/limit"),
        ("q=x&limit=21", "/limit"),
        ("q=x&lon=120.6", "/lat"),
        ("q=x&lon=120.6&lat=28&bbox=120,27,121,28", "/bbox"),
        ("q=x&bbox=1,2,3", "/bbox"),
    ] {
        let answer = lead.get(&format!("/api/v1/search?{query}"));
        assert_eq!(answer.refused(400), "BAD-REQUEST", "{query}");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{query}: {}", answer.text());
    }
    assert_eq!(server.client().get("/api/v1/search?q=x").refused(401), "LOGIN-REQUIRED");
}

#[test]
fn a_renamed_place_is_found_by_its_new_name_at_once() {
    let server = Server::demo();
    let lead = server.login("lead");
    let body = json!({
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [120.6551, 28.0151] },
        "properties": { "kind": "hospital", "name": "藕池骨科医院", "old_name": "矾山诊所" }
    });
    search(&lead, "x");
    let geo = "application/geo+json";
    let made = lead.send("POST", "/ogc/collections/places/items", geo, body.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(labels(&search(&lead, "藕池骨科"), "place"), ["藕池骨科医院"]);
    assert_eq!(search(&lead, "矾山诊所")[0]["via"], "矾山诊所");
    let path = made.header("location").trim_start_matches(server.url()).to_owned();
    let mut changed = body;
    changed["properties"]["name"] = "第七医院分院".into();
    let editor = lead.clone().with("if-match", "*");
    let put = editor.send("PUT", &path, geo, changed.to_string().as_bytes());
    assert!(put.status < 300, "{} {}", put.status, put.text());
    assert_eq!(labels(&search(&lead, "第七医院分院"), "place"), ["第七医院分院"]);
    assert!(!labels(&search(&lead, "藕池骨科"), "place").contains(&"藕池骨科医院"));
}

#[test]
fn a_search_leaves_its_row_with_what_was_found() {
    let server = Server::demo();
    let (lead, auditor) = (server.login("lead"), server.login("auditor"));
    search(&lead, "oujdq");
    let rows = auditor.get("/api/v1/audit?limit=50").text();
    assert!(rows.contains("\"search\"") && rows.contains("oujdq"), "{rows}");
}
