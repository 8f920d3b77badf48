//! Files in: by HTTP and by the command, with a report of what was not taken.

use serde_json::{Value, json};
use tests::{EDITOR, Folder, Server, Tile, add_user, decode, decoded, onemap, workspace};

const PATH: &str = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
const GEO: &str = "application/geo+json";
const HELSINKI: (f64, f64) = (24.945, 60.170);

/// Three good rows and a bad one, each on its own line; the bad one is on line 4.
const FOUR: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[120.6555,28.0150]},"properties":{"name":"School A","kind":"school"}},
{"type":"Feature","id":"b","geometry":{"type":"Point","coordinates":[120.6560,28.0151]},"properties":{"name":"School B","kind":"school"}},
{"type":"Feature","id":"c","geometry":{"type":"Point","coordinates":[120.6560,98.0151]},"properties":{"name":"Nowhere","kind":"school"}},
{"type":"Feature","id":"d","geometry":{"type":"Point","coordinates":[120.6570,28.0152]},"properties":{"name":"学校","kind":"school"}}
]}"#;

#[test]
fn the_good_rows_of_a_file_come_in_and_the_bad_one_is_named() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let report = editor.send("POST", PATH, GEO, FOUR.as_bytes()).ok();
    assert_eq!((&report["accepted"], &report["rejected"]), (&json!(3), &json!(1)), "{report}");
    let error = &report["errors"][0];
    assert!(error["line"].as_u64().is_some_and(|line| line > 0), "{report}");
    assert!(error["reason"].as_str().is_some_and(|reason| reason.len() > 5), "{report}");

    let id = report["id"].as_str().expect("an import has an id");
    let again = editor.get(&format!("/api/v1/imports/{id}")).ok();
    assert_eq!((&again["accepted"], &again["errors"]), (&report["accepted"], &report["errors"]));

    let tile = Tile::over((120.6570, 28.0152), 16);
    let layers = decode(&decoded(&editor.get(&tile.path("places")))).unwrap();
    let names = layers.iter().flat_map(|l| &l.features).filter_map(|f| f.properties.get("name"));
    assert!(names.into_iter().any(|name| name == "学校"), "the map shows what came in");
}

#[test]
fn the_same_file_twice_makes_nothing_twice() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let count = || editor.get("/ogc/collections/places/items?limit=1").ok()["numberMatched"].as_u64().unwrap();
    let before = count();
    editor.send("POST", PATH, GEO, FOUR.as_bytes()).ok();
    assert_eq!(count(), before + 3);
    editor.send("POST", PATH, GEO, FOUR.as_bytes()).ok();
    assert_eq!(count(), before + 3);
}

#[test]
fn a_dry_run_reports_and_changes_nothing() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let count = || editor.get("/ogc/collections/places/items?limit=1").ok()["numberMatched"].clone();
    let before = count();
    let report = editor.send("POST", &format!("{PATH}&dry_run=true"), GEO, FOUR.as_bytes()).ok();
    assert_eq!((&report["accepted"], &report["rejected"]), (&json!(3), &json!(1)), "{report}");
    assert_eq!(count(), before);
}

#[test]
fn an_import_must_say_its_coordinate_system() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let ask = |query: &str| editor.send("POST", &format!("/api/v1/imports?{query}"), GEO, FOUR.as_bytes());
    ask("layer=places&format=geojson").refused(400);
    ask("layer=places&format=geojson&crs=mars").refused(400);
    ask("layer=places&format=unicorn&crs=wgs84").refused(400);
    ask("layer=unicorns&format=geojson&crs=wgs84").refused(404);
    ask("format=geojson&crs=wgs84").refused(400);
}

#[test]
fn coordinates_of_another_system_are_brought_home() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    // The same spot in Lucheng, as a map of that system writes it (GCJ-02 lies 540 m off).
    let file = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"gcj","geometry":{"type":"Point",
        "coordinates":[120.6594748,28.0116341]},"properties":{"name":"Moved","kind":"school"}}]}"#;
    let path = "/api/v1/imports?layer=places&format=geojson&crs=gcj02";
    assert_eq!(editor.send("POST", path, GEO, file.as_bytes()).ok()["accepted"], 1);
    let near = editor.get("/api/v1/nearest/places?lon=120.6555&lat=28.0150&k=3&max_distance_m=5").ok();
    let names = near["items"].as_array().unwrap().iter().map(|item| item["properties"]["name"].clone());
    assert!(names.into_iter().any(|name| name == "Moved"), "{near}");
}

#[test]
fn a_file_that_is_none_is_refused_whole() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    for body in ["", "{", "[]", "<xml/>", "null"] {
        let answer = editor.send("POST", PATH, GEO, body.as_bytes());
        answer.refused(if answer.status == 422 { 422 } else { 400 });
    }
}

#[test]
fn who_may_only_look_cannot_import() {
    let server = Server::demo();
    for user in ["wall", "analyst", "auditor", "unit"] {
        server.login(user).send("POST", PATH, GEO, FOUR.as_bytes()).refused(403);
    }
}

#[test]
fn a_city_of_openstreetmap_is_imported_and_shown() {
    let folder = Folder::new();
    let data = folder.data();
    let pbf = workspace().join("fixtures/osm/helsinki-centre.osm.pbf");
    let (data, pbf) = (data.to_str().unwrap(), pbf.to_str().unwrap());
    let imported = onemap(&["import", "osm", pbf, "--data", data]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    let password = "a-long-password-0571";
    add_user(&["--data", data], "mapper", password, &["--role", "lead", "--scope", "*"]);

    let server = Server::serve(&folder);
    let mapper = server.login_with("mapper", password);
    let count = |layer: &str| {
        let page = mapper.get(&format!("/ogc/collections/{layer}/items?limit=1")).ok();
        page["numberMatched"].as_u64().unwrap()
    };
    // Tags that another program (pyosmium) counts in the file: buildings 536, addresses 1,470, shops 515, offices 231,
    // amenities 1,091, roads 2,650, cameras 221. What is less here has no outline or line inside the cut, or is no place;
    // intake/tests/helsinki.rs accounts for each one.
    assert_eq!(count("buildings"), 444);
    assert_eq!(count("houses"), 1_470);
    assert_eq!(count("cameras"), 221);
    assert_eq!(count("enterprises"), 513 + 228 + 5);
    assert_eq!(count("roads"), 2_574);

    let style = mapper.get("/style/dark.json").ok();
    assert_eq!(style["sources"]["roads"]["attribution"], "© OpenStreetMap contributors", "as its licence asks");
    let tile = Tile::over(HELSINKI, 14);
    let layers = decode(&decoded(&mapper.get(&tile.path("roads,buildings,enterprises,cameras")))).unwrap();
    let shown: Vec<&str> = layers.iter().filter(|l| !l.features.is_empty()).map(|l| l.name.as_str()).collect();
    assert_eq!(shown.len(), 4, "{shown:?}");
    let streets = layers.iter().filter(|l| l.name == "roads").flat_map(|l| &l.features);
    let names: Vec<&Value> = streets.filter_map(|f| f.properties.get("name")).collect();
    assert!(names.iter().any(|name| name.as_str().is_some_and(|n| n.ends_with("katu"))), "{names:?}");
}

#[test]
fn a_command_says_what_it_took_and_ends_with_two_when_nothing_could_be_read() {
    let folder = Folder::new();
    let data = folder.data();
    let data = data.to_str().unwrap();
    let (good, bad) = (folder.write("four.geojson", FOUR), folder.write("bad.geojson", "not a file of that kind"));
    let import = |file: &std::path::Path, more: &[&str]| {
        let mut words = vec!["import", "places", file.to_str().unwrap(), "--data", data];
        words.extend(more);
        onemap(&words)
    };
    let some = import(&good, &["--crs", "wgs84"]);
    assert_eq!(some.code, 0, "{}", some.err);
    let said = format!("{}{}", some.out, some.err);
    assert!(said.contains('3') && said.contains('1') && said.contains("98.0151"), "{said}");
    assert_eq!(import(&bad, &["--crs", "wgs84"]).code, 2);
    assert_eq!(import(&folder.path().join("missing.geojson"), &["--crs", "wgs84"]).code, 2);
    assert_ne!(import(&good, &[]).code, 0, "a coordinate system has no default");
}

#[test]
fn a_command_does_not_write_under_a_running_server() {
    let mut server = Server::demo();
    let lead = server.login("lead");
    let folder = Folder::new();
    let (file, data) = (folder.write("four.geojson", FOUR), server.data());
    let words = ["import", "places", file.to_str().unwrap(), "--crs", "wgs84", "--data", data.to_str().unwrap()];
    let ended = onemap(&words);
    let near = lead.get("/api/v1/nearest/places?lon=120.6570&lat=28.0152&k=5&max_distance_m=2").ok();
    let shown = near.to_string().contains("学校");
    if ended.code == 0 {
        assert!(shown, "it went through, but the server does not show it");
    } else {
        assert!(ended.err.contains("in use") || ended.err.contains("is using"), "refused in words: {}", ended.err);
        assert!(!shown);
    }
    assert!(server.is_alive());
}

#[test]
fn a_declared_source_does_not_write_over_anothers_rows() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let row = |name: &str, own: &str| {
        format!(
            r#"{{"type":"Feature","id":"0","geometry":{{"type":"Point","coordinates":[120.6555,28.0150]}},"properties":{{"name":"{name}","kind":"school"{own}}}}}"#
        )
    };
    let send = |source: &str, row: &str| editor.send("POST", &format!("{PATH}{source}"), GEO, row.as_bytes()).ok();
    assert_eq!(send("&source=police", &row("first", ""))["accepted"], 1);
    let report = send("&source=contractor", &row("second", r#","source":"police""#));
    assert_eq!((&report["accepted"], &report["rejected"]), (&json!(0), &json!(1)), "{report}");
    assert!(report["errors"][0]["reason"].as_str().is_some_and(|r| r.contains("police") && r.contains("contractor")));
    let school = || editor.get("/api/v1/nearest/places?lon=120.6555&lat=28.0150&k=1").ok()["items"][0].clone();
    assert_eq!(school()["properties"]["name"], "first");
    // Where nothing is declared, a row may say whose it is: that is how an export comes back.
    assert_eq!(send("", &row("third", r#","source":"police""#))["accepted"], 1);
    assert_eq!(school()["properties"]["name"], "third");
}

#[test]
fn what_opens_a_door_is_not_taken_in() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    for (key, value) in [
        ("password", "hunter2"),
        ("stream_url", "rtsp://10.0.0.2/x"),
        ("note", "http://usr:pw@10.0.0.2/x"),
        ("stream", "not an address"),
        ("owner_unit", "rtsp://admin:x@10.0.0.2/x"),
        ("access_token", "x"),
        ("angle_deg", "0"),
    ] {
        let row = json!({"type": "Feature", "id": "door", "geometry": {"type": "Point", "coordinates": [120.6555, 28.015]},
            "properties": {"name": "x", "kind": "fixed", key: value}});
        let path = "/api/v1/imports?layer=cameras&format=geojson&crs=wgs84";
        let report = editor.send("POST", path, GEO, row.to_string().as_bytes()).ok();
        assert_eq!((&report["accepted"], &report["rejected"]), (&json!(0), &json!(1)), "{key}: {report}");
    }
}
