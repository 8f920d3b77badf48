//! Who looked at what: the row is written before the answer, and it stays.

use serde_json::{Value, json};
use tests::{CENTRE, Client, Server, encode, onemap};

/// All rows, page after page.
fn rows(auditor: &Client) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Some(0));
    while let Some(last) = after {
        let page = auditor.get(&format!("/api/v1/audit?limit=1000&after={last}")).ok();
        rows.extend(page["rows"].as_array().expect("a page of rows").iter().cloned());
        after = page["next"].as_u64();
    }
    rows
}

fn looks_of(auditor: &Client, user: &str, action: &str) -> usize {
    rows(auditor).iter().filter(|row| row["actor"] == user && row["action"] == action).count()
}

#[test]
fn a_look_leaves_a_row() {
    let server = Server::demo();
    let (auditor, dispatcher) = (server.login("auditor"), server.login("dispatcher"));
    let before = looks_of(&auditor, "dispatcher", "surroundings");
    let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 500});
    dispatcher.post("/api/v1/surroundings", &place).ok();
    assert_eq!(looks_of(&auditor, "dispatcher", "surroundings"), before + 1);

    let id = dispatcher.get("/ogc/collections/cameras/items?limit=1").ok()["features"][0]["id"].clone();
    let before = looks_of(&auditor, "dispatcher", "item");
    let path = format!("/ogc/collections/cameras/items/{}", encode(id.as_str().unwrap()));
    dispatcher.get(&path).ok();
    assert_eq!(looks_of(&auditor, "dispatcher", "item"), before + 1);
}

#[test]
fn a_row_says_who_when_what_and_how_it_ended_and_nothing_of_what_was_seen() {
    let server = Server::demo();
    let (auditor, dispatcher) = (server.login("auditor"), server.login("dispatcher"));
    let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 500});
    dispatcher.post("/api/v1/surroundings", &place).ok();
    let all = rows(&auditor);
    let row = all.iter().find(|row| row["actor"] == "dispatcher" && row["action"] == "surroundings").unwrap();
    for field in ["seq", "at", "actor", "roles", "scope", "action", "outcome"] {
        assert!(!row[field].is_null(), "{field}: {row}");
    }
    assert!(row.get("residents").is_none() && !row.to_string().contains("need_help"), "{row}");
    let seqs: Vec<u64> = all.iter().filter_map(|row| row["seq"].as_u64()).collect();
    assert!(seqs.is_sorted(), "rows have an order: {seqs:?}");
}

#[test]
fn a_refused_look_leaves_a_row_too() {
    let server = Server::demo();
    let auditor = server.login("auditor");
    let lead = server.login("lead");
    let [w, s, e, n] = [120.80, 27.80, 121.00, 27.98];
    let elsewhere = lead.get(&format!("/ogc/collections/houses/items?limit=1&bbox={w},{s},{e},{n}")).ok();
    let id = elsewhere["features"][0]["id"].as_str().expect("a house outside the county").to_owned();
    let answer = server.login("dispatcher").get(&format!("/ogc/collections/houses/items/{}", encode(&id)));
    assert!(matches!(answer.status, 403 | 404), "{}", answer.text());
    let denied = |row: &&Value| row["actor"] == "dispatcher" && row["outcome"] == "denied";
    assert_eq!(rows(&auditor).iter().filter(denied).count(), 1);
}

#[test]
fn tiles_leave_one_row_for_a_minute_of_looking() {
    let server = Server::demo();
    let (auditor, lead) = (server.login("auditor"), server.login("lead"));
    for x in 0..10 {
        lead.get(&format!("/tiles/houses/14/{}/6862.mvt", 13680 + x));
    }
    let written = looks_of(&auditor, "lead", "tiles");
    assert!((1..=2).contains(&written), "{written} rows");
}

#[test]
fn the_chain_of_rows_holds() {
    let server = Server::demo();
    let (auditor, lead) = (server.login("auditor"), server.login("lead"));
    for step in 0..5 {
        let place = json!({"lon": CENTRE.0 + f64::from(step) * 0.01, "lat": CENTRE.1, "radius_m": 500});
        lead.post("/api/v1/surroundings", &place).ok();
    }
    let verdict = auditor.post("/api/v1/audit/verify", &json!({})).ok();
    assert_eq!(verdict["ok"], true, "{verdict}");
    assert!(verdict["rows"].as_u64().is_some_and(|rows| rows >= 5), "{verdict}");

    let folder = server.stop();
    let data = folder.data();
    let verified = onemap(&["verify", "--data", data.to_str().unwrap()]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

#[test]
fn only_an_auditor_reads_what_others_did() {
    let server = Server::demo();
    server.login("lead").post("/api/v1/surroundings", &json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 500})).ok();
    for user in ["wall", "wall_guest", "sysadmin"] {
        let client = server.login(user);
        client.get("/api/v1/audit").refused(403);
        client.post("/api/v1/audit/verify", &json!({})).refused(403);
    }
    for user in ["dispatcher", "planner", "secadmin"] {
        let client = server.login(user);
        client.post("/api/v1/audit/verify", &json!({})).refused(403);
        // Asked twice: the row that the first asking left is among those of the second.
        client.get("/api/v1/audit").ok();
        let rows = client.get("/api/v1/audit?limit=1000").ok()["rows"].as_array().unwrap().clone();
        assert!(!rows.is_empty(), "{user} does not see the own rows");
        assert!(rows.iter().all(|row| row["actor"] == user), "{user} sees rows of others: {rows:?}");
        client.get("/api/v1/audit?actor=lead").refused(403);
    }
    server.client().get("/api/v1/audit").refused(401);
}

#[test]
fn the_log_of_the_server_carries_nobodys_place_and_no_password() {
    let server = Server::demo();
    let lead = server.login("lead");
    lead.post("/api/v1/surroundings", &json!({"lon": 120.655_512_3, "lat": 28.015_045_6, "radius_m": 500})).ok();
    let log = server.log();
    assert!(!log.contains(tests::PASSWORD), "the log holds the password");
    assert!(!log.contains(lead.token()), "the log holds a token");
    assert!(!log.contains("120.6555123") && !log.contains("need_help"), "the log holds what was looked at");
}

fn denied(auditor: &Client, actor: &str) -> Vec<(String, String)> {
    let is = |row: &&Value| row["actor"] == actor && row["outcome"] == "denied";
    let words = |row: &Value| ["action", "object_class"].map(|f| row[f].as_str().unwrap_or_default().to_owned());
    rows(auditor).iter().filter(is).map(words).map(|[action, class]| (action, class)).collect()
}

#[test]
fn a_look_refused_by_role_leaves_a_row_on_every_path() {
    let server = Server::demo();
    let (auditor, sysadmin) = (server.login("auditor"), server.login("sysadmin"));
    sysadmin.get("/tiles/houses,cameras/14/13684/6862.mvt").refused(403);
    sysadmin.get("/ogc/collections/houses/items?limit=1").refused(403);
    sysadmin.get("/ogc/collections/cameras/items/17").refused(403);
    sysadmin.get("/api/v1/nearest/cameras?lon=120.6&lat=28.0").refused(403);
    sysadmin.get("/api/v1/units").refused(403);
    sysadmin.get("/api/v1/audit").refused(403);
    let dispatcher = server.login("dispatcher");
    dispatcher.send("POST", "/api/v1/imports?layer=houses&crs=wgs84", "application/geo+json", b"{}").refused(403);

    let pair = |action: &str, class: &str| (action.to_owned(), class.to_owned());
    let rows = denied(&auditor, "sysadmin");
    for expected in [
        pair("tiles", "houses,cameras"),
        pair("items", "houses"),
        pair("item", "cameras"),
        pair("nearest", "cameras"),
        pair("units", "units"),
        pair("audit", "audit"),
    ] {
        let same = |row: &&(String, String)| {
            let layers = |text: &str| text.split(',').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            row.0 == expected.0 && layers(&row.1) == layers(&expected.1)
        };
        assert_eq!(rows.iter().filter(same).count(), 1, "{expected:?} in {rows:?}");
    }
    assert_eq!(denied(&auditor, "dispatcher"), [pair("import", "imports")]);
}

#[test]
fn a_flood_of_refusals_leaves_few_rows_and_its_count() {
    let server = Server::demo();
    let (auditor, sysadmin) = (server.login("auditor"), server.login("sysadmin"));
    for _ in 0..60 {
        sysadmin.get("/ogc/collections/houses/items?limit=1").refused(403);
    }
    let written = denied(&auditor, "sysadmin").len();
    // A minute may end on the way: then there are two firsts, and the count of the first minute.
    assert!((1..=3).contains(&written), "{written} rows");
    let folder = server.stop();
    let again = Server::demo_in(&folder, &["--still"], &[]);
    let auditor = again.login("auditor");
    let counts = rows(&auditor);
    let counts = counts.iter().filter(|row| row["actor"] == "sysadmin" && row["outcome"] == "denied");
    assert_eq!(counts.filter_map(|row| row["result_count"].as_u64()).sum::<u64>(), 60, "every refusal is counted");
}

#[test]
fn a_wrong_password_leaves_a_row_and_keeps_no_name_that_nobody_has() {
    let server = Server::demo();
    let auditor = server.login("auditor");
    for user in ["lead", "hunter2-typed-in-the-wrong-field"] {
        let ask = json!({"user": user, "password": "not the password at all"});
        assert_eq!(server.client().post("/api/v1/session", &ask).status, 401);
    }
    let pair = ("login".to_owned(), "session".to_owned());
    assert_eq!(denied(&auditor, "lead"), std::slice::from_ref(&pair));
    assert_eq!(denied(&auditor, "anonymous"), [pair]);
    assert!(rows(&auditor).iter().all(|row| !row.to_string().contains("hunter2")));
}
