//! A backup is made beside a running server, and a restore brings back what it holds and nothing else.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tests::{Database, EDITOR, Finished, Folder, Kind, Room, Server, id, onemap};

fn run(words: &[&str], store: &[&str; 2]) -> Finished {
    onemap(&[words, store].concat())
}

fn good(words: &[&str], store: &[&str; 2]) -> String {
    let done = run(words, store);
    assert_eq!(done.code, 0, "{words:?}: {}", done.err);
    done.out
}

fn houses(folder: &Folder, number: u32) -> std::path::PathBuf {
    let row = |n: u32| {
        json!({"type": "Feature", "id": format!("h{n}"), "geometry": {"type": "Point", "coordinates": [120.6 + f64::from(n) / 1e5, 28.0]},
            "properties": {"address": format!("{n}")}})
        .to_string()
    };
    folder.write(&format!("{number}.geojsonl"), (0..number).map(row).collect::<Vec<_>>().join("\n"))
}

fn manifest(backup: &Path) -> Value {
    serde_json::from_slice(&fs::read(backup.join("backup.json")).expect("a manifest")).expect("JSON")
}

#[test]
fn a_folder_is_backed_up_under_a_running_server_and_restored_elsewhere() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let data = server.data();
    let serving = ["--data", data.to_str().unwrap()];
    let elsewhere = Folder::new();
    let (to, target) = (elsewhere.path().join("backup"), elsewhere.path().join("restored"));
    let (to_text, restored) = (to.to_str().unwrap(), ["--data", target.to_str().unwrap()]);
    let place = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.65, 28.01]},
        "properties": {"source_id": "before", "name": "Before", "kind": "school"}});
    let create = |body: &Value| {
        let made =
            editor.send("POST", "/ogc/collections/places/items", "application/geo+json", body.to_string().as_bytes());
        assert_eq!(made.status, 201, "{}", made.text());
    };
    create(&place);

    good(&["backup", to_text], &serving);
    let manifest = manifest(&to);
    assert_eq!((&manifest["format"], &manifest["store"]), (&json!(1), &json!("sqlite")));
    assert_eq!(manifest["files"].as_array().unwrap().len(), 3);
    assert!(manifest["registry_revision"].as_u64().unwrap() > 0 && manifest["audit"][0].as_u64().unwrap() > 0);
    create(&json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.65, 28.01]},
        "properties": {"source_id": "after", "name": "After", "kind": "school"}}));
    let again = run(&["backup", to_text], &serving);
    assert!(again.code == 1 && again.err.contains("not empty"), "{}", again.err);
    let under = run(&["restore", to_text, "--force"], &serving);
    assert!(under.code == 1 && under.err.contains("used by process"), "a restore under a server: {}", under.err);

    good(&["restore", to_text], &restored);
    let names = good(&["export", "places"], &restored);
    assert!(names.contains("Before") && !names.contains("After"));
    good(&["verify"], &restored);
    let full = run(&["restore", to_text], &restored);
    assert!(full.code == 1 && full.err.contains("--force"), "{}", full.err);
    good(&["restore", to_text, "--force"], &restored);
    assert!(!target.join("restore.tmp").exists());
    drop(server);
}

#[test]
fn a_backup_that_was_touched_is_refused_and_leaves_the_folder_alone() {
    let folder = Folder::new();
    let data = folder.data();
    let store = ["--data", data.to_str().unwrap()];
    let file = houses(&folder, 50);
    good(&["import", "houses", file.to_str().unwrap(), "--crs", "wgs84"], &store);
    let to = folder.path().join("backup");
    good(&["backup", to.to_str().unwrap()], &store);
    let more = houses(&folder, 60);
    good(&["import", "houses", more.to_str().unwrap(), "--crs", "wgs84"], &store);
    for name in ["ops.db", "registry.db", "positions.db"] {
        let path = to.join(name);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = run(&["restore", to.to_str().unwrap(), "--force"], &store);
        assert!(refused.code == 1 && refused.err.contains(name), "{name}: {}", refused.err);
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(good(&["export", "houses"], &store).matches("\"Feature\"").count(), 60);
    fs::remove_file(to.join("backup.json")).unwrap();
    let refused = run(&["restore", to.to_str().unwrap(), "--force"], &store);
    assert!(refused.code == 1 && refused.err.contains("no whole backup"), "{}", refused.err);
}

#[test]
fn a_database_is_backed_up_and_restored() {
    let (one, two) = (Database::new(), Database::new());
    let (first, second) = (one.url(), two.url());
    let (from, into) = (["--database-url", first.as_str()], ["--database-url", second.as_str()]);
    let folder = Folder::new();
    let file = houses(&folder, 50);
    good(&["import", "houses", file.to_str().unwrap(), "--crs", "wgs84"], &from);
    let to = folder.path().join("backup");
    let to = to.to_str().unwrap();
    good(&["backup", to], &from);
    good(&["restore", to], &into);
    assert_eq!(good(&["export", "houses"], &into), good(&["export", "houses"], &from));
    good(&["verify"], &into);
    let full = run(&["restore", to], &into);
    assert!(full.code == 1 && full.err.contains("--force"), "{}", full.err);
    good(&["restore", to, "--force"], &into);
    let other = run(&["restore", to], &["--data", folder.data().to_str().unwrap()]);
    assert!(other.code == 1 && other.err.contains("postgis"), "{}", other.err);
}

/// Whoever restores a database is told which servers use it; a killed one does not stand in the way.
#[test]
fn a_restore_does_not_pull_the_database_from_under_servers() {
    let (room, logs) = (Room::new(Kind::Database), Folder::new());
    let url = room.store();
    let into = [url[0].as_str(), url[1].as_str()];
    let (a, b) = (room.serve(), room.serve_with(&logs, &[], &[]));
    let to = logs.path().join("backup");
    let to = to.to_str().unwrap();
    good(&["backup", to], &into);
    let kept = id(&Room::call(&Room::seat(&a, 0), 2));
    let under = run(&["restore", to, "--force"], &into);
    for server in [&a, &b] {
        let named = format!("process {}", server.pid());
        assert!(under.code == 1 && under.err.contains(&named), "{named}: {}", under.err);
    }
    assert!(under.err.contains("--despite-servers"), "{}", under.err);
    assert_eq!(Room::seat(&b, 1).get(&format!("/api/v1/incidents/{kept}")).status, 200, "nothing was touched");
    a.cut();
    let under = run(&["restore", to, "--force"], &into);
    assert!(under.code == 1 && under.err.matches("process ").count() == 1, "{}", under.err);
    b.cut();
    good(&["restore", to, "--force"], &into);
    let server = room.serve();
    assert_eq!(
        Room::seat(&server, 0).get(&format!("/api/v1/incidents/{kept}")).status,
        404,
        "it came after the backup"
    );
    // Who says so restores all the same: what runs refuses commands, and shows nothing of the other history.
    let seat = Room::seat(&server, 0);
    let before = id(&Room::call(&seat, 2));
    let words = ["another epoch", "log cannot be written", "the registry could not be read"];
    let server = server.forgiving(&words);
    good(&["restore", to, "--force", "--despite-servers"], &into);
    // Logins are those of the backup now.
    let seat = Room::seat(&server, 0);
    let refused = seat.post("/api/v1/incidents", &json!({"kind": "help", "priority": 3, "source": "manual"}));
    assert_eq!(refused.refused(503), "LOG-UNAVAILABLE");
    assert_eq!(seat.get(&format!("/api/v1/incidents/{before}")).status, 200, "what it knew is shown");
    drop(server);
    let server = room.serve();
    Room::call(&Room::seat(&server, 0), 2);
}
