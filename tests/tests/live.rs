//! The live socket: what moves is seen, by those who may.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, LONGWAN, Live, REPORTER, Server, ago, fix, now, put_unit, wait_until};

const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_fix_posted_here_is_seen_there() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    // A while ago, so that the way from here to there is no jump.
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &ago(Duration::from_secs(5)))])).ok();
    let mut viewer = Live::hello(&server, &server.login("dispatcher"), None);
    viewer.snapshot();
    let number = viewer.number_of("e2e-1").expect("the unit is in the first picture");

    let at = now();
    let there = (CENTRE.0 + 0.0004, CENTRE.1 + 0.0002);
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", there, &at)])).ok();
    let row = viewer.until("the fix", SOON, |_, message| row_of(message, number, there));
    assert_eq!(row.as_array().map(Vec::len), Some(7), "{row}");
}

/// The row of a unit in a `positions` message, once it is at that place (degrees × 10⁶).
fn row_of(message: &Value, number: u64, (lon, lat): (f64, f64)) -> Option<Value> {
    let e6 = |row: &Value, at: usize| row[at].as_f64().unwrap_or(f64::NAN) / 1e6;
    let rows = message["moved"].as_array().filter(|_| message["t"] == "positions")?;
    let here = |row: &&Value| row[0] == number && (e6(row, 1) - lon).abs() < 2e-6 && (e6(row, 2) - lat).abs() < 2e-6;
    rows.iter().find(here).cloned()
}

#[test]
fn the_first_picture_says_what_is_where_and_at_which_revision() {
    let server = Server::demo();
    let mut viewer = Live::hello(&server, &server.login("lead"), None);
    let picture = viewer.snapshot();
    assert!(picture["now"].as_str().is_some_and(|now| now.ends_with('Z')), "{}", picture["now"]);
    assert!(picture["revisions"]["cameras"].is_u64(), "{}", picture["revisions"]);
    let units = picture["units"].as_array().unwrap();
    assert!(units.len() >= 50, "{}", units.len());
    for field in ["n", "id", "fid", "kind", "call_sign", "org", "duty", "availability", "link", "lon", "lat", "at"] {
        assert!(units.iter().any(|unit| !unit[field].is_null()), "{field}: {}", units[0]);
    }
}

#[test]
fn the_heart_beats_when_nothing_moves() {
    let server = Server::demo();
    let mut viewer = Live::hello(&server, &server.login("lead"), Some([0.0, 0.0, 1.0, 1.0]));
    let beat = viewer.until("a heartbeat", SOON, |_, m| (m["t"] == "heartbeat").then(|| m.clone()));
    assert!(beat["now"].is_string() && beat["sources"].is_object(), "{beat}");
}

#[test]
fn a_viewer_that_looks_elsewhere_is_not_told() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &now())])).ok();
    let mut viewer = Live::hello(&server, &server.login("lead"), Some([0.0, 0.0, 1.0, 1.0]));
    assert!(viewer.snapshot()["units"].as_array().unwrap().is_empty());
    let around = [CENTRE.0 - 0.01, CENTRE.1 - 0.01, CENTRE.0 + 0.01, CENTRE.1 + 0.01];
    viewer.say(&json!({"view": {"bounds": around}}));
    viewer.until("the unit in the new view", SOON, |live, _| live.number_of("e2e-1"));
}

#[test]
fn a_unit_that_drives_away_is_gone() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &ago(Duration::from_secs(5)))])).ok();
    let around = [CENTRE.0 - 0.0004, CENTRE.1 - 0.0004, CENTRE.0 + 0.0004, CENTRE.1 + 0.0004];
    let mut viewer = Live::hello(&server, &server.login("lead"), Some(around));
    viewer.snapshot();
    assert!(viewer.number_of("e2e-1").is_some());
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", (CENTRE.0 + 0.0008, CENTRE.1), &now())])).ok();
    viewer.until("gone", SOON, |live, _| live.number_of("e2e-1").is_none().then_some(()));
}

#[test]
fn a_county_user_does_not_see_the_next_countys_units() {
    let server = Server::demo();
    let (lead, dispatcher) = (server.login("lead"), server.login("dispatcher"));
    let all = lead.get("/api/v1/units").ok();
    let belongs =
        |unit: &Value, code: &str| unit["division"].as_str().is_some_and(|division| division.starts_with(code));
    let next = all["units"].as_array().unwrap().iter().filter(|unit| belongs(unit, LONGWAN)).count();
    assert!(next > 0, "the next county has no unit, so nothing is proved");
    let mut viewer = Live::hello(&server, &dispatcher, None);
    let picture = viewer.snapshot();
    let (mine, whole) = (picture["units"].as_array().unwrap().len(), all["units"].as_array().unwrap().len());
    assert!(mine > 0 && mine < whole, "{mine} of {whole}");
}

#[test]
fn a_changed_layer_is_announced() {
    let server = Server::demo();
    let lead = server.login("lead");
    let mut viewer = Live::hello(&server, &lead, None);
    let before = viewer.snapshot()["revisions"]["places"].as_u64().unwrap();
    let file = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"new","geometry":{"type":"Point",
        "coordinates":[120.6555,28.015]},"properties":{"name":"New","kind":"school"}}]}"#;
    let path = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
    lead.send("POST", path, "application/geo+json", file.as_bytes()).ok();
    let after = viewer.until("the revision", SOON, |_, m| {
        (m["t"] == "revision" && m["layer"] == "places").then(|| m["revision"].as_u64().unwrap())
    });
    assert!(after > before, "{before} → {after}");
}

#[test]
fn a_socket_that_does_not_say_hello_is_closed_with_a_reason() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    for bad in [json!({}), json!([]), json!("x"), json!({"hello": {"bounds": "everywhere"}}), json!({"view": {}})] {
        let mut live = Live::connect(&server, &lead);
        live.say(&bad);
        let reason = live.until("the refusal", SOON, |_, m| (m["t"] == "bye").then(|| m["reason"].clone()));
        assert_eq!(reason, "BAD-HELLO", "{bad}");
    }
    assert!(server.is_alive());
}

#[test]
fn a_viewer_that_has_seen_what_never_was_gets_a_snapshot() {
    let server = Server::demo();
    let lead = server.login("lead");
    let viewers = || {
        let metrics = server.client().get("/metrics").text();
        let line = metrics.lines().find_map(|line| line.strip_prefix("onemap_live_viewers ")).map(str::to_owned);
        line.expect("viewers are counted")
    };
    let epoch = Live::hello(&server, &lead, None).snapshot()["epoch"].clone();
    for since in [u64::MAX, u64::MAX - 1, 1 << 40] {
        let mut live = Live::connect(&server, &lead);
        live.say(&json!({"hello": {"epoch": epoch, "since": since}}));
        let told = live
            .until("a snapshot", SOON, |_, m| matches!(m["t"].as_str(), Some("snapshot" | "bye")).then(|| m.clone()));
        assert_eq!(told["t"], "snapshot", "{since}: {told}");
    }
    wait_until("nobody is counted who has gone", SOON, || viewers() == "0");
}

#[test]
fn a_socket_needs_a_login() {
    let server = Server::demo();
    let head = |token: &str| {
        format!(
            "GET /api/v1/live HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{token}\r\n",
            server.address()
        )
    };
    let said = server.client().raw(&head(""), std::iter::empty());
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    let said = server.client().raw(&head("Authorization: Bearer nonsense\r\n"), std::iter::empty());
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
}

#[test]
fn units_of_the_demo_drive_along() {
    let server = Server::moving();
    let mut viewer = Live::hello(&server, &server.login("lead"), None);
    viewer.snapshot();
    let (mut first, mut moved) = (std::collections::BTreeMap::new(), std::collections::BTreeSet::new());
    viewer.until("ten units that moved", Duration::from_secs(30), |_, message| {
        for row in message["moved"].as_array().into_iter().flatten() {
            let (number, place) = (row[0].as_u64()?, (row[1].as_i64()?, row[2].as_i64()?));
            if *first.entry(number).or_insert(place) != place {
                moved.insert(number);
            }
        }
        (moved.len() >= 10).then_some(())
    });
}

#[test]
fn a_layer_that_nobody_knows_ends_the_socket_with_a_reason_and_a_close_frame() {
    let server = Server::demo();
    let lead = server.login("lead");
    for layers in [json!(["unicorns"]), json!(["units", "residents"])] {
        let mut live = Live::connect(&server, &lead);
        live.say(&json!({"hello": {"since": null, "epoch": null, "bounds": null, "layers": layers}}));
        let bye = live.until("bye", Duration::from_secs(10), |_, m| (m["t"] == "bye").then(|| m.clone()));
        assert_eq!(bye["reason"], "BAD-HELLO", "{layers}");
        assert_eq!(live.close_code(Duration::from_secs(10)), Some(1008), "{layers}");
    }
}

#[test]
fn who_asks_for_no_units_is_told_of_none() {
    let server = Server::demo();
    let lead = server.login("lead");
    let hello = |layers: Value| {
        let mut live = Live::connect(&server, &lead);
        live.say(&json!({"hello": {"since": null, "epoch": null, "bounds": null, "layers": layers}}));
        live.snapshot()["units"].as_array().expect("a list of units").len()
    };
    assert!(hello(json!(["units"])) > 0 && hello(json!(["incidents", "units"])) > 0);
    assert_eq!(hello(json!(["incidents"])), 0);
}

#[test]
fn a_page_of_another_origin_does_not_open_the_socket() {
    let server = Server::demo();
    let lead = server.login("lead");
    let own = format!("http://{}", server.address());
    assert!(Live::connect_from(&server, &lead, Some(&own)).is_ok());
    for foreign in ["http://evil.example", "https://evil.example:443", "null", "http://127.0.0.1:1"] {
        let refused = Live::connect_from(&server, &lead, Some(foreign)).err();
        assert!(refused.as_ref().is_some_and(|why| why.contains("403")), "{foreign}: {refused:?}");
    }
}
