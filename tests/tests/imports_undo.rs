//! What an import says before and after, and how it is put back: by the command and over HTTP.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::{Client, EDITOR, Folder, Server, onemap};

const GEO: &str = "application/geo+json";
const PATH: &str = "/api/v1/imports?layer=places&format=geojson&crs=wgs84&source=survey";

/// Schools with names, one a line.
fn schools(names: &[(&str, &str)]) -> String {
    let row = |(id, name): &(&str, &str)| {
        json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [120.6555, 28.0150]},
            "properties": {"name": name, "kind": "school"}})
        .to_string()
    };
    names.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn counts(report: &Value) -> [u64; 4] {
    ["added", "changed", "gone", "unchanged"].map(|field| report[field].as_u64().expect("a count"))
}

/// Names of the schools of this source, by id.
fn stored(client: &Client) -> Vec<(String, String)> {
    let page = client.get("/ogc/collections/places/items?limit=1000&bbox=120.6554,28.0149,120.6556,28.0151").ok();
    let ours = page["features"].as_array().expect("features").iter().map(|feature| &feature["properties"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut names: Vec<_> =
        ours.filter(|p| p["source"] == "survey").map(|p| (text(&p["source_id"]), text(&p["name"]))).collect();
    names.sort();
    names
}

fn send(client: &Client, more: &str, names: &[(&str, &str)]) -> Value {
    client.send("POST", &format!("{PATH}{more}"), GEO, schools(names).as_bytes()).ok()
}

#[test]
fn a_preview_shows_old_and_new_and_leaves_nothing() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    send(&editor, "", &[("a", "Old"), ("b", "Same"), ("c", "Gone")]);
    let before = stored(&editor);
    let preview = send(&editor, "&dry_run=true&complete=true", &[("a", "New"), ("b", "Same"), ("d", "More")]);
    assert_eq!(counts(&preview), [1, 1, 1, 1], "{preview}");
    assert_eq!((&preview["state"], &preview["dry_run"]), (&json!("preview"), &json!(true)));
    let expect = json!([{"layer": "places", "id": "a", "fields": [{"field": "name", "old": "Old", "new": "New"}]}]);
    assert_eq!(preview["changes"], expect);
    assert_eq!(stored(&editor), before);
    let list = editor.get("/api/v1/imports").ok();
    assert_eq!(list["imports"].as_array().unwrap().len(), 1, "the preview is no import: {list}");
}

#[test]
fn an_import_is_undone_over_http() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    send(&editor, "", &[("a", "Old"), ("b", "Same"), ("c", "Gone")]);
    let before = stored(&editor);
    let report = send(&editor, "&complete=true&name=new.geojson", &[("a", "New"), ("b", "Same"), ("d", "More")]);
    assert_eq!(counts(&report), [1, 1, 1, 1], "{report}");
    assert_eq!(
        (&report["state"], &report["undoable"], &report["file"]),
        (&json!("published"), &json!(true), &json!("new.geojson"))
    );
    assert_ne!(stored(&editor), before);
    let undo = format!("/api/v1/imports/{}/undo", report["id"].as_str().unwrap());
    let undone = editor.post(&undo, &json!({})).ok();
    assert_eq!((&undone["state"], &undone["rows"]), (&json!("undone"), &json!(3)));
    assert_eq!(stored(&editor), before);
    assert_eq!(editor.post(&undo, &json!({})).refused(409), "CONFLICT");
    editor.post("/api/v1/imports/99999/undo", &json!({})).refused(404);
    editor.post("/api/v1/imports/nonsense/undo", &json!({})).refused(404);
    for user in ["wall", "dispatcher", "auditor"] {
        server.login(user).post(&undo, &json!({})).refused(403);
        server.login(user).get("/api/v1/imports").refused(403);
    }
}

#[test]
fn an_undo_over_an_edit_is_refused_and_names_the_row() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let report = send(&editor, "", &[("a", "A"), ("b", "B")]);
    let page = editor.get("/ogc/collections/places/items?limit=1000&bbox=120.6554,28.0149,120.6556,28.0151").ok();
    let found = page["features"].as_array().unwrap().iter().find(|f| f["properties"]["source_id"] == "a").unwrap();
    let item = format!("/ogc/collections/places/items/{}", found["id"].as_str().unwrap());
    let etag = editor.get(&item).header("etag").to_owned();
    let change = json!({"type": "Feature", "properties": {"name": "By hand", "kind": "school"}}).to_string();
    let careful = server.login(EDITOR).with("if-match", &etag);
    let changed = careful.send("PATCH", &item, "application/merge-patch+json", change.as_bytes());
    assert_eq!(changed.status, 200, "{}", changed.text());
    let undo = editor.post(&format!("/api/v1/imports/{}/undo", report["id"].as_str().unwrap()), &json!({}));
    undo.refused(409);
    assert!(undo.points_at("/places/survey/a"), "{}", undo.text());
    assert_eq!(undo.json()["errors"].as_array().unwrap().len(), 1);
    assert_eq!(stored(&editor), [("a".into(), "By hand".into()), ("b".into(), "B".into())]);
}

#[test]
fn an_undo_under_a_later_import_names_it() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let [first, second, third] = [[("a", "A"), ("b", "B")], [("a", "C"), ("b", "B")], [("a", "D"), ("b", "D")]]
        .map(|names| send(&editor, "", &names));
    let undo =
        |report: &Value| editor.post(&format!("/api/v1/imports/{}/undo", report["id"].as_str().unwrap()), &json!({}));
    let id = |report: &Value| report["id"].as_str().unwrap().to_owned();
    for report in [&first, &second] {
        let answer = undo(report);
        answer.refused(409);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.ends_with(&format!("nothing was undone; undo import {} first", id(&third))), "{detail}");
    }
    undo(&third).ok();
    assert_eq!(stored(&editor), [("a".into(), "C".into()), ("b".into(), "B".into())]);
    undo(&second).ok();
    undo(&first).ok();
}

#[test]
fn reports_outlive_the_server() {
    let server = Server::demo();
    let report = send(&server.login(EDITOR), "", &[("a", "A"), ("b", "")]);
    let broken = server.login(EDITOR).send("POST", PATH, GEO, b"this is no GeoJSON");
    broken.refused(422);
    let folder = server.stop();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let editor = server.login(EDITOR);
    let again = editor.get(&format!("/api/v1/imports/{}", report["id"].as_str().unwrap())).ok();
    for field in ["id", "state", "accepted", "rejected", "errors", "added", "by_layer", "who", "started_at"] {
        assert_eq!(again[field], report[field], "{field}");
    }
    let list = editor.get("/api/v1/imports").ok();
    let states: Vec<_> = list["imports"].as_array().unwrap().iter().map(|i| i["state"].clone()).collect();
    assert_eq!(states, [json!("failed"), json!("published")]);
    assert!(list["imports"][0]["failed"].as_str().is_some_and(|why| why.contains("GeoJSON")), "{list}");
}

/// A refused row may be the one that seems to be missing, so a complete file with one removes nothing, and says so.
#[test]
fn a_complete_file_with_refused_rows_removes_nothing() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    send(&editor, "", &[("a", "A"), ("b", "B")]);
    let mut file = schools(&[("a", "A2")]);
    file.push_str("\n{\"type\":\"Feature\",\"id\":\"b\",\"geometry\":null,\"properties\":{\"kind\":\"school\"}}");
    let report = editor.send("POST", &format!("{PATH}&complete=true"), GEO, file.as_bytes()).ok();
    assert_eq!((counts(&report), &report["rejected"]), ([0, 1, 0, 0], &json!(1)), "{report}");
    assert!(report["notes"].to_string().contains("nothing was removed"), "{report}");
    assert_eq!(stored(&editor), [("a".into(), "A2".into()), ("b".into(), "B".into())]);
}

/// Rows that name their sources are completed by those, and what nobody spoke of stays.
#[test]
fn a_complete_file_speaks_for_the_sources_that_its_rows_name() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let send = |more: &str, rows: &[(&str, &str)]| {
        let row = |(source, id): &(&str, &str)| {
            let properties =
                if source.is_empty() { json!({"kind": "school"}) } else { json!({"kind": "school", "source": source}) };
            let place = json!({"type": "Point", "coordinates": [120.65, 28.01]});
            json!({"type": "Feature", "id": id, "geometry": place, "properties": properties}).to_string()
        };
        let file = rows.iter().map(row).collect::<Vec<_>>().join("\n");
        editor.send("POST", &format!("/api/v1/imports?layer=places&crs=wgs84{more}"), GEO, file.as_bytes()).ok()
    };
    send("", &[("", "1"), ("", "2"), ("", "3")]);
    send("", &[("A", "7"), ("A", "8"), ("B", "9")]);
    let gone = json!([{"source": "A", "rows": 1, "first": ["8"]}]);
    let preview = send("&complete=true&dry_run=true", &[("A", "7")]);
    assert_eq!((counts(&preview), &preview["gone_by_source"]), ([0, 0, 1, 1], &gone), "{preview}");
    let report = send("&complete=true", &[("A", "7")]);
    assert_eq!((counts(&report), &report["gone_by_source"]), ([0, 0, 1, 1], &gone), "{report}");
    let kept = editor.get(&format!("/api/v1/imports/{}", report["id"].as_str().expect("an id"))).ok();
    assert_eq!(kept["gone_by_source"], gone);
    // The others are all there, and the default source is completed where a row goes by it.
    let report = send("&complete=true", &[("", "1"), ("B", "9")]);
    let gone = json!([{"source": "import", "rows": 2, "first": ["2", "3"]}]);
    assert_eq!((counts(&report), &report["gone_by_source"]), ([0, 0, 2, 2], &gone), "{report}");
    editor.post(&format!("/api/v1/imports/{}/undo", report["id"].as_str().expect("an id")), &json!({})).ok();
    assert_eq!(counts(&send("", &[("", "1"), ("", "2"), ("", "3")])), [0, 0, 0, 3]);
}

fn place(folder: &Folder, name: &str, names: &[(&str, &str)]) -> PathBuf {
    folder.write(name, schools(names))
}

#[test]
fn the_command_previews_publishes_lists_and_undoes() {
    let folder = Folder::new();
    let data = folder.data();
    let data = data.to_str().unwrap();
    let run = |words: &[&str]| onemap(&[words, &["--data", data]].concat());
    let import = |file: &PathBuf, more: &[&str]| {
        let words = ["import", "places", file.to_str().unwrap(), "--crs", "wgs84", "--source", "survey"];
        let done = run(&[&words, more].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        done.out
    };
    let old = place(&folder, "old.geojsonl", &[("a", "Old"), ("b", "Same"), ("c", "Gone")]);
    let new = place(&folder, "new.geojsonl", &[("a", "New"), ("b", "Same"), ("d", "More")]);
    import(&old, &[]);
    let before = run(&["export", "places"]).out;
    let preview = import(&new, &["--dry-run", "--complete"]);
    assert!(preview.contains("1 added, 1 changed, 1 gone, 1 as they were"), "{preview}");
    assert!(preview.contains("  gone of source survey: 1 (c)"), "{preview}");
    assert!(preview.contains("name: Old → New"), "{preview}");
    assert_eq!(run(&["export", "places"]).out, before);
    let said = import(&new, &["--complete"]);
    let number =
        said.lines().find_map(|line| line.strip_prefix("import ")?.split(':').next()).expect("it has a number");
    let list = run(&["import", "list"]).out;
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(list.lines().next().unwrap().contains("published"), "{list}");
    assert_eq!(run(&["import", "undo", number]).code, 0);
    let names = |text: &str| {
        let all: Value = serde_json::from_str(text).unwrap();
        let mut names: Vec<_> =
            all["features"].as_array().unwrap().iter().map(|f| f["properties"]["name"].to_string()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&run(&["export", "places"]).out), names(&before));
    let twice = run(&["import", "undo", number]);
    assert!(twice.code == 1 && twice.err.contains("undone"), "{}", twice.err);
    assert_eq!(run(&["import", "undo", "x"]).code, 1);
    assert!(!folder.data().join("staging").exists(), "nothing that was staged is left");
}
