//! Which cameras see an incident: the nearest is offline, the second has a wall before it, the third turns and sees it.

#![expect(clippy::needless_pass_by_value, reason = "literals read better by value")]

use serde_json::{Value, json};
use tests::{CENTRE, Client, Server, id};

/// In the hills of Wencheng, where the small city has nothing: whatever stands there was put there by the test.
const HILLS: (f64, f64) = (120.10, 27.82);

fn at(east_m: f64, north_m: f64) -> [f64; 2] {
    [HILLS.0 + east_m / 98_330.0, HILLS.1 + north_m / 111_195.0]
}

fn put(lead: &Client, layer: &str, geometry: Value, properties: Value) -> Value {
    let body = json!({"type": "Feature", "geometry": geometry, "properties": properties}).to_string();
    let answer = lead.send("POST", &format!("/ogc/collections/{layer}/items"), "application/geo+json", body.as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

fn camera(lead: &Client, name: &str, place: [f64; 2], more: Value) -> Value {
    let mut properties =
        json!({"name": name, "kind": "fixed", "online": true, "angle_deg": 60, "range_m": 120, "height_m": 5});
    for (field, value) in more.as_object().expect("fields") {
        properties[field] = value.clone();
    }
    put(lead, "cameras", json!({"type": "Point", "coordinates": place}), properties)
}

fn named(ranked: &Value) -> Vec<(String, String)> {
    let items = ranked["items"].as_array().expect("items");
    let word = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    items.iter().map(|item| (word(item, "name"), word(item, "sees"))).collect()
}

#[test]
fn what_sees_it_is_first_and_a_wall_is_named() {
    let server = Server::demo();
    let lead = server.login("lead");
    let ring = [at(-45.0, -8.0), at(-35.0, -8.0), at(-35.0, 8.0), at(-45.0, 8.0), at(-45.0, -8.0)];
    let wall = put(
        &lead,
        "buildings",
        json!({"type": "Polygon", "coordinates": [ring]}),
        json!({"kind": "works", "height_m": 12}),
    );
    camera(&lead, "offline", at(10.0, 0.0), json!({"azimuth_deg": 270, "online": false}));
    camera(&lead, "walled", at(-60.0, 0.0), json!({"azimuth_deg": 90}));
    camera(&lead, "turns", at(0.0, 90.0), json!({"kind": "ptz", "azimuth_deg": 0}));
    camera(&lead, "looks away", at(0.0, -70.0), json!({"azimuth_deg": 180}));
    let unknown = json!({"type": "Point", "coordinates": at(30.0, 30.0)});
    put(&lead, "cameras", unknown, json!({"name": "no pose", "kind": "fixed", "online": true}));

    let call = json!({"kind": "help", "priority": 2, "lon": HILLS.0, "lat": HILLS.1, "source": "call_110"});
    let incident = id(&lead.post("/api/v1/incidents", &call).ok());
    let path = format!("/api/v1/incidents/{incident}/cameras?k=10");
    let ranked = lead.get(&path).ok();
    let expect = [
        ("turns", "after_turn"),
        ("no pose", "unknown"),
        ("walled", "blocked"),
        ("looks away", "outside"),
        ("offline", "yes"),
    ];
    let expect: Vec<(String, String)> = expect.map(|(name, sees)| (name.to_owned(), sees.to_owned())).into();
    assert_eq!(named(&ranked), expect, "{ranked:#}");
    assert!(ranked.get("none_sees").is_none());
    let turns = &ranked["items"][0];
    assert!(turns["after_s"].as_f64().unwrap() > 0.0 && turns["pixels_per_m"].as_f64().unwrap() > 0.0, "{turns}");
    let walled = &ranked["items"][2];
    assert_eq!(walled["blocked_by"]["fid"], wall["fid"], "{walled} {wall}");
    assert!((walled["blocked_by"]["at_m"].as_f64().unwrap() - 15.0).abs() < 1.0, "{walled}");
    for item in ranked["items"].as_array().unwrap() {
        assert!(!item["reasons"].as_array().unwrap().is_empty(), "{item}");
    }
    let chinese = lead.clone().with("accept-language", "zh").get(&path).ok();
    assert!(chinese["items"][2]["reasons"][0]["text"].as_str().unwrap().contains('挡'), "{}", chinese["items"][2]);

    // A wall that goes lets the camera see.
    let tagged = lead.get(&format!("/ogc/collections/buildings/items/{}", wall["fid"]));
    let tag = tagged.header("etag").to_owned();
    let gone = lead.clone().with("if-match", &tag);
    assert!(gone.delete(&format!("/ogc/collections/buildings/items/{}", wall["fid"])).status < 300);
    let ranked = lead.get(&path).ok();
    assert_eq!(named(&ranked)[0], ("walled".to_owned(), "yes".to_owned()), "{ranked:#}");
}

#[test]
fn that_nobody_sees_it_is_said() {
    let server = Server::demo();
    let lead = server.login("lead");
    camera(&lead, "looks away", at(0.0, -70.0), json!({"azimuth_deg": 180}));
    let call = json!({"kind": "help", "priority": 2, "lon": HILLS.0, "lat": HILLS.1, "source": "call_110"});
    let made = lead.post("/api/v1/incidents", &call).ok();
    assert_eq!(made["cameras"]["none_sees"]["code"], "NONE-SEES", "{made}");
    assert_eq!(named(&made["cameras"]), [("looks away".to_owned(), "outside".to_owned())]);
    let nowhere = lead.post("/api/v1/incidents", &json!({"kind": "help", "priority": 2, "source": "call_110"})).ok();
    let ranked = lead.get(&format!("/api/v1/incidents/{}/cameras", id(&nowhere))).ok();
    assert_eq!(ranked["none_sees"]["code"], "NOT-LOCATED", "{ranked}");
}

#[test]
fn the_ring_of_review_grows_from_where_somebody_was_last_seen() {
    let server = Server::demo();
    let lead = server.login("lead");
    let call = json!({"kind": "help", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110",
        "at": "2026-01-01T00:00:00Z"});
    let incident = id(&lead.post("/api/v1/incidents", &call).ok());
    let path = format!("/api/v1/incidents/{incident}/review");
    let few = lead.get(&format!("{path}?minutes=3")).ok();
    let many = lead.get(&format!("{path}?minutes=10")).ok();
    let list = |answer: &Value| answer["cameras"].as_array().unwrap().clone();
    assert!(!list(&few).is_empty() && list(&few).len() < list(&many).len(), "{few}");
    let enters: Vec<String> = list(&many).iter().map(|c| c["enter"].as_str().unwrap().to_owned()).collect();
    assert!(enters.is_sorted() && enters[0].as_str() >= "2026-01-01T00:00:00", "{enters:?}");
    assert!(list(&many).iter().all(|c| c["enter"].as_str() < c["leave"].as_str()));
    // The work is shared out: who looks through which recording, and what came of it.
    let camera = list(&few)[0]["camera"].clone();
    let watch = |watched: &str, text: Value| {
        tests::command(&lead, &incident, json!({"type": "watch", "camera": camera, "watched": watched, "text": text}))
    };
    watch("taken", Value::Null).ok();
    let mark = |minutes: u32| list(&lead.get(&format!("{path}?minutes={minutes}")).ok())[0]["recording"].clone();
    let taken = mark(3);
    assert_eq!((&taken["watched"], &taken["by"]), (&json!("taken"), &json!("lead")), "{taken}");
    watch("no_recording", json!("the disk was full")).ok();
    let told = mark(3);
    assert_eq!((&told["watched"], &told["text"]), (&json!("no_recording"), &json!("the disk was full")), "{told}");
    assert_eq!(watch("found him", Value::Null).refused(400), "BAD-REQUEST");
    assert!(list(&few)[1..].iter().all(|other| other["recording"].is_null()));
    // Somebody who was last seen elsewhere passes other cameras.
    let place = json!({"type": "relocate", "role": "last_seen",
        "location": {"lon": CENTRE.0 + 0.004, "lat": CENTRE.1, "state": "candidate", "accuracy_m": 30}});
    tests::command(&lead, &incident, place).ok();
    let moved = lead.get(&format!("{path}?minutes=3")).ok();
    assert_ne!(list(&moved)[0]["fid"], list(&few)[0]["fid"]);
    let rows = server.login("auditor").get("/api/v1/audit?limit=1000").ok().to_string();
    assert_eq!(rows.matches("\"review\"").count(), 5, "each look at the ring leaves a row");
    lead.get(&format!("{path}?minutes=0")).refused(400);
    server.login("wall").get(&path).refused(403);
}

#[test]
fn who_drove_on_passes_more_cameras_sooner_and_none_behind_a_closed_road() {
    let server = Server::demo();
    let lead = server.login("lead");
    let call = json!({"kind": "criminal", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110",
        "at": "2026-01-01T00:00:00Z"});
    let incident = id(&lead.post("/api/v1/incidents", &call).ok());
    let ring = |query: &str| lead.get(&format!("/api/v1/incidents/{incident}/review?{query}")).ok();
    let enters = |answer: &Value| -> std::collections::BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        answer["cameras"].as_array().unwrap().iter().map(|c| (text(&c["camera"]), text(&c["enter"]))).collect()
    };
    let (walked, drove) = (ring("minutes=5&by=foot"), ring("minutes=5&by=car"));
    assert_eq!((&walked["by"], &drove["by"], &drove["left_off"]), (&json!("foot"), &json!("car"), &json!(0)));
    assert_eq!(enters(&ring("minutes=5")), enters(&walked), "on foot when nobody says how");
    let (on_foot, by_car) = (enters(&walked), enters(&drove));
    assert!(by_car.len() > 2 * on_foot.len() && !on_foot.is_empty(), "{} {}", by_car.len(), on_foot.len());
    let both: Vec<_> = on_foot.iter().filter_map(|(camera, at)| Some((at, by_car.get(camera)?))).collect();
    let sooner = both.iter().filter(|(walked, drove)| drove < walked).count();
    assert!(!both.is_empty() && sooner * 2 > both.len(), "{sooner} of {}", both.len());
    // In the west cars may not go, and people may.
    let (w, e, s, n) = (CENTRE.0 - 0.1, CENTRE.0 - 0.002, CENTRE.1 - 0.1, CENTRE.1 + 0.1);
    let west = json!({"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]});
    lead.post("/api/v1/closures", &json!({"reason": "cordon", "geometry": west, "movers": ["car"]})).ok();
    let inside = |answer: &Value| {
        let cameras = answer["cameras"].as_array().unwrap().iter();
        cameras.filter(|camera| camera["lon"].as_f64().unwrap() < e - 0.002).count()
    };
    let shut = ring("minutes=5&by=car");
    assert!(inside(&drove) > 20 && inside(&shut) == 0, "{} {}", inside(&drove), inside(&shut));
    assert!(!enters(&shut).is_empty());
    let walked_on = ring("minutes=5&by=foot");
    assert_eq!(enters(&walked_on), on_foot);
    let refused = lead.get(&format!("/api/v1/incidents/{incident}/review?by=horse"));
    assert!(refused.status == 400 && refused.points_at("/by"), "{}", refused.text());
}

#[test]
fn what_helps_is_listed_with_distance_and_state() {
    let server = Server::demo();
    let lead = server.login("lead");
    let call = json!({"kind": "fire_disaster", "priority": 1, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_119"});
    let incident = id(&lead.post("/api/v1/incidents", &call).ok());
    let path = format!("/api/v1/incidents/{incident}/resources");
    let kind = |answer: &Value, kind: &str| -> Vec<Value> {
        let all = answer["resources"].as_array().unwrap();
        all.iter().find(|of| of["kind"] == kind).unwrap()["nearest"].as_array().unwrap().clone()
    };
    let found = lead.get(&path).ok();
    let hydrants = kind(&found, "hydrant");
    assert!(hydrants.len() == 3 && hydrants[0]["straight_m"].as_f64() <= hydrants[2]["straight_m"].as_f64(), "{found}");
    let hospital = kind(&found, "hospital")[0].clone();
    assert!(hospital["eta_s"].as_f64().unwrap() > 0.0, "{hospital}");
    assert!(hospital["road_m"].as_f64().unwrap() >= hospital["straight_m"].as_f64().unwrap() * 0.9, "{hospital}");
    let said = json!({"kind": "hospital", "subject": hospital["id"], "value": {"beds": 3, "open": true}, "source": "hospital"});
    lead.post("/api/v1/conditions", &said).ok();
    let again = kind(&lead.get(&path).ok(), "hospital");
    let same = again.iter().find(|one| one["id"] == hospital["id"]).unwrap();
    assert_eq!(same["state"]["value"]["beds"], 3, "{same}");
    lead.get(&format!("{path}?k=0")).refused(400);
    server.login("wall_guest").get(&path).refused(403);
}

#[test]
fn a_viewshed_has_the_shadow_of_a_wall() {
    let server = Server::demo();
    let lead = server.login("lead");
    let seen = camera(&lead, "east", at(0.0, 0.0), json!({"azimuth_deg": 90}));
    let path = format!("/api/v1/cameras/{}/viewshed", seen["fid"]);
    let area = |feature: &Value| -> f64 {
        let polygons = feature["geometry"]["coordinates"].as_array().unwrap().iter();
        let ring = |ring: &Value| -> f64 {
            let at: Vec<(f64, f64)> =
                ring.as_array().unwrap().iter().map(|p| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap())).collect();
            at.windows(2).map(|w| w[0].0 * w[1].1 - w[1].0 * w[0].1).sum::<f64>().abs() / 2.0
        };
        polygons.map(|polygon| ring(&polygon[0])).sum()
    };
    let open = lead.get(&path).ok();
    let sector_m2 = area(&open) * 98_330.0 * 111_195.0;
    let exact_m2 = 120.0_f64.powi(2) * 60.0_f64.to_radians() / 2.0;
    assert!((sector_m2 / exact_m2 - 1.0).abs() < 0.01, "{sector_m2} {exact_m2}");
    let ring = [at(20.0, -6.0), at(24.0, -6.0), at(24.0, 6.0), at(20.0, 6.0), at(20.0, -6.0)];
    put(
        &lead,
        "buildings",
        json!({"type": "Polygon", "coordinates": [ring]}),
        json!({"kind": "works", "height_m": 12}),
    );
    let shadowed = area(&lead.get(&path).ok()) / area(&open);
    assert!((0.2..0.8).contains(&shadowed), "{shadowed}");
    let point = json!({"type": "Point", "coordinates": at(200.0, 0.0)});
    let blind = put(&lead, "cameras", point, json!({"name": "no pose", "kind": "fixed", "online": true}));
    lead.get(&format!("/api/v1/cameras/{}/viewshed", blind["fid"])).refused(422);
    lead.get("/api/v1/cameras/17/viewshed").refused(404);
    server.login("analyst").get(&path).refused(403);
    server.login("dispatcher").get(&path).refused(404);
}

#[test]
fn an_area_has_what_cameras_see_and_its_blind_spots() {
    let server = Server::demo();
    let lead = server.login("lead");
    let path = "/api/v1/sight/coverage";
    let ring = |half: f64| {
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
        json!({"type": "Polygon", "coordinates": [corners.map(|(x, y)| at(x * half, y * half))]})
    };
    let area = |answer: &Value, n: usize| answer["features"][n]["properties"]["area_m2"].as_f64().unwrap();
    let ask = || json!({"polygon": ring(150.0), "cell_m": 3.0});
    let nothing = lead.post(path, &ask()).ok();
    assert_eq!((&nothing["share"], &nothing["cameras"]), (&json!(0.0), &json!(0)));
    assert!((area(&nothing, 1) / 90_000.0 - 1.0).abs() < 0.05, "{}", area(&nothing, 1));

    camera(&lead, "east", at(0.0, 0.0), json!({"azimuth_deg": 90}));
    camera(&lead, "off", at(0.0, 0.0), json!({"azimuth_deg": 270, "online": false}));
    camera(&lead, "who knows", at(5.0, 0.0), json!({}));
    let one = lead.post(path, &ask()).ok();
    let sector_m2 = 120.0_f64.powi(2) * 60.0_f64.to_radians() / 2.0;
    assert!((area(&one, 0) / sector_m2 - 1.0).abs() < 0.05, "{} {sector_m2}", area(&one, 0));
    assert!((area(&one, 0) + area(&one, 1) - area(&nothing, 1)).abs() < 200.0);
    let count = |answer: &Value, field: &str| answer[field].as_u64().unwrap();
    assert_eq!((count(&one, "cameras"), count(&one, "offline"), count(&one, "unknown")), (1, 1, 1));
    assert_eq!((&one["features"][0]["properties"]["seen"], &one["online_only"]), (&json!(true), &json!(true)));
    assert!(one["text"].as_str().unwrap().contains("1 in range do not answer"), "{}", one["text"]);
    let mended = with(ask(), json!({"online_only": false}));
    let mended = lead.post(path, &mended).ok();
    assert!((area(&mended, 0) / sector_m2 - 2.0).abs() < 0.1, "{}", area(&mended, 0));

    // A wall takes away what lies behind it, and what is under its roof is neither seen nor blind.
    let wall = [at(20.0, -6.0), at(24.0, -6.0), at(24.0, 6.0), at(20.0, 6.0), at(20.0, -6.0)];
    let properties = json!({"kind": "works", "height_m": 12});
    put(&lead, "buildings", json!({"type": "Polygon", "coordinates": [wall]}), properties);
    let shadowed = lead.post(path, &ask()).ok();
    assert!(area(&shadowed, 0) < area(&one, 0) * 0.8 && count(&shadowed, "under_roofs") > 0, "{}", area(&shadowed, 0));
    assert!(area(&shadowed, 1) > area(&one, 1), "{}", area(&shadowed, 1));
    let [west, south] = at(-150.0, -150.0);
    let [east, north] = at(150.0, 150.0);
    let boxed = lead.post(path, &json!({"bbox": [west, south, east, north], "cell_m": 3.0})).ok();
    assert!((area(&boxed, 0) - area(&shadowed, 0)).abs() < 1.0);

    for (ask, field) in [
        (json!({"polygon": ring(1_000.0)}), "/polygon"),
        (json!({"bbox": [120.0, 27.8, 120.1, 27.9]}), "/bbox"),
        (json!({"bbox": [east, south, west, north]}), "/bbox"),
        (json!({"bbox": [west, south, east, 280.0]}), "/bbox"),
        (json!({"polygon": {"type": "Point", "coordinates": at(0.0, 0.0)}}), "/polygon"),
        (json!({"polygon": ring(150.0), "bbox": [west, south, east, north]}), "/polygon"),
        (json!({}), "/polygon"),
        (with(ask(), json!({"cell_m": 0.1})), "/cell_m"),
        (with(ask(), json!({"colour": "red"})), "/colour"),
    ] {
        let refused = lead.post(path, &ask);
        refused.refused(400);
        assert!(refused.points_at(field), "{ask}: {}", refused.text());
    }
    assert!(lead.post(path, &json!({"polygon": ring(1_000.0)})).text().contains("at most 2 km²"));
    server.login("analyst").post(path, &ask()).refused(403);
    assert_eq!(server.login("dispatcher").post(path, &ask()).refused(403), "SCOPE");
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}
