//! What stays when the server does not.

use serde_json::json;
use tests::{CENTRE, REPORTER, Server, Tile, fix, now, put_unit};

#[test]
fn a_restart_keeps_what_was_stored_and_every_tag() {
    let server = Server::demo();
    let lead = server.login("lead");
    let file = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"kept","geometry":{"type":"Point",
        "coordinates":[120.6555,28.015]},"properties":{"name":"Kept","kind":"school"}}]}"#;
    let path = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
    lead.send("POST", path, "application/geo+json", file.as_bytes()).ok();
    put_unit(&server.login(REPORTER), "e2e-1");
    let paths: Vec<String> = [9, 11, 13, 15]
        .into_iter()
        .flat_map(|z| ["places", "houses,cameras", "people", "roads,buildings"].map(|l| Tile::over(CENTRE, z).path(l)))
        .collect();
    let tags = |server: &Server| -> Vec<(u16, String)> {
        let lead = server.login("lead");
        paths.iter().map(|path| lead.get(path)).map(|a| (a.status, a.header("etag").to_owned())).collect()
    };
    let before = tags(&server);

    let folder = server.stop();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    assert_eq!(before, tags(&server));
    let lead = server.login("lead");
    let near = lead.get("/api/v1/nearest/places?lon=120.6555&lat=28.015&k=5&max_distance_m=5").ok();
    assert!(near.to_string().contains("Kept"), "{near}");
    lead.get("/api/v1/units/e2e-1").ok();
}

#[test]
fn a_position_that_was_answered_a_while_ago_is_there_after_a_restart() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &now())])).ok();
    let folder = server.stop();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let unit = server.login("lead").get("/api/v1/units/e2e-1").ok();
    assert!((unit["lon"].as_f64().unwrap_or(0.0) - CENTRE.0).abs() < 2e-6, "{unit}");
}

#[test]
fn a_demo_folder_is_used_again_and_not_made_twice() {
    let server = Server::demo();
    let count = |server: &Server| {
        server.login("lead").get("/ogc/collections/houses/items?limit=1").ok()["numberMatched"].clone()
    };
    let before = count(&server);
    let folder = server.stop();
    assert_eq!(count(&Server::demo_in(&folder, &["--still"], &[])), before);
}

#[test]
fn two_servers_on_one_folder_are_one_too_many() {
    let mut server = Server::demo();
    let data = server.data();
    let second = tests::onemap(&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    assert_ne!(second.code, 0);
    assert!(second.err.contains("in use") || second.err.contains("is using"), "{}", second.err);
    assert!(server.is_alive());
}
