//! The snapshot of the layers makes a start fast and changes nothing else; what does not fit is not used, in words.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{CENTRE, Folder, Server, Tile};

const INFO: [(&str, &str); 1] = [("ONEMAP_LOG", "info")];
/// The layers that a server builds when it has no snapshot.
const ALL: usize = 11;

/// A demo server on the folder, with its log.
fn start(folder: &Folder) -> Server {
    Server::demo_in(folder, &["--still"], &INFO)
}

/// A folder whose snapshot is written.
fn with_snapshot() -> Folder {
    let server = Server::demo_with(&INFO);
    let manifest = server.data().join("snapshot/manifest.json");
    // The city may have been copied with a snapshot or without one, or with files that no manifest names.
    let begun = Instant::now();
    while !manifest.is_file() {
        assert!(begun.elapsed() < Duration::from_secs(30), "no snapshot was written:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    server.stop()
}

/// How many layers a server has built rather than read from the snapshot.
fn built(server: &Server) -> usize {
    let log = server.log();
    let line = log.lines().find(|line| line.contains("published revision=")).unwrap_or_default();
    let count = line.split("built=").nth(1).and_then(|rest| rest.split_whitespace().next());
    let count = count.and_then(|count| count.parse().ok());
    assert!(count.is_some(), "the log says no count:\n{log}");
    count.unwrap_or_default()
}

/// Tiles of every layer at several zooms: tags and bytes.
fn tiles(server: &Server) -> Vec<(String, Vec<u8>)> {
    let lead = server.login("lead");
    let layers = [
        "people",
        "houses",
        "enterprises",
        "cameras",
        "places",
        "buildings",
        "roads",
        "water,land",
        "grids,jurisdictions",
    ];
    let paths = [9, 11, 13, 15, 17].into_iter().flat_map(|z| layers.map(|layers| Tile::over(CENTRE, z).path(layers)));
    let all: Vec<(String, Vec<u8>)> =
        paths.map(|path| lead.get(&path)).map(|answer| (answer.header("etag").to_owned(), answer.body)).collect();
    let full = all.iter().filter(|(_, bytes)| !bytes.is_empty()).count();
    assert!(full >= 30, "{full} of {} tiles have something in them", all.len());
    all
}

fn manifest(folder: &Folder) -> (PathBuf, Value) {
    let path = folder.data().join("snapshot/manifest.json");
    let text = fs::read_to_string(&path).expect("the snapshot has a manifest");
    (path, serde_json::from_str(&text).expect("the manifest is JSON"))
}

/// The file of a layer.
fn file_of(folder: &Folder, layer: &str) -> PathBuf {
    let (_, manifest) = manifest(folder);
    folder.data().join("snapshot").join(manifest["layers"][layer]["file"].as_str().expect("the layer has a file"))
}

#[test]
fn a_start_from_the_snapshot_serves_the_same_bytes() {
    let folder = with_snapshot();
    let server = start(&folder);
    assert_eq!(built(&server), 0, "{}", server.log());
    let from_snapshot = tiles(&server);
    drop(server);

    fs::remove_dir_all(folder.data().join("snapshot")).expect("the snapshot can be removed");
    let server = start(&folder);
    assert_eq!(built(&server), ALL, "{}", server.log());
    assert!(tiles(&server) == from_snapshot, "a tile differs");
}

#[test]
fn what_is_torn_is_built_anew_and_named() {
    let folder = with_snapshot();
    let expected = tiles(&start(&folder));

    let cameras = file_of(&folder, "cameras");
    let mut bytes = fs::read(&cameras).expect("the file can be read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&cameras, bytes).expect("the file can be written");
    let houses = file_of(&folder, "houses");
    let length = fs::metadata(&houses).expect("the file is there").len();
    fs::File::options().write(true).open(&houses).and_then(|file| file.set_len(length - 10)).expect("it can be cut");
    fs::remove_file(file_of(&folder, "places")).expect("a file can be removed");

    let server = start(&folder);
    assert_eq!(built(&server), 3, "{}", server.log());
    let log = server.log();
    assert!(log.contains("another length than was written"), "{log}");
    assert_eq!(log.matches("the snapshot's layer is not used").count(), 3, "{log}");
    assert!(tiles(&server) == expected, "a tile differs");
}

#[test]
fn a_snapshot_of_another_version_state_or_form_is_not_used_and_says_so() {
    let folder = with_snapshot();
    let expected = tiles(&start(&folder));
    for (field, value, why) in [
        ("version", "0.0.1 form 0", "it was written by version 0.0.1 form 0"),
        ("stamp", "00", "it is of another state of this store"),
        ("people", "00", "people's counts are rounded with another key"),
        ("layers", "", "its manifest is torn"),
    ] {
        let (path, mut manifest) = manifest(&folder);
        let whole = manifest.to_string();
        manifest[field] = Value::from(value);
        fs::write(&path, manifest.to_string()).expect("the manifest can be written");
        let server = start(&folder);
        let log = server.log();
        assert!(log.contains("the snapshot is not used") && log.contains(why), "{field}: {log}");
        assert_eq!(built(&server), ALL, "{log}");
        assert!(tiles(&server) == expected, "a tile differs");
        // The server has written a new one; the next case spoils that.
        let begun = Instant::now();
        let spoilt = manifest.to_string();
        while fs::read_to_string(&path).is_ok_and(|text| text == spoilt || text == whole) {
            assert!(begun.elapsed() < Duration::from_secs(30), "{field}: no new snapshot");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_layer_of_another_revision_is_built_and_the_others_are_not() {
    let folder = with_snapshot();
    let server = start(&folder);
    let lead = server.login("lead");
    let file = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"later","geometry":{"type":"Point",
        "coordinates":[120.6555,28.015]},"properties":{"name":"Later","kind":"school"}}]}"#;
    let path = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
    lead.send("POST", path, "application/geo+json", file.as_bytes()).ok();
    drop(server);
    // Whether the import came into a new snapshot or not: the old one is of the revision before it.
    let (path, mut manifest) = manifest(&folder);
    manifest["layers"]["places"]["revision"] = Value::from(1);
    fs::write(&path, manifest.to_string()).expect("the manifest can be written");

    let server = start(&folder);
    let log = server.log();
    assert_eq!(built(&server), 1, "{log}");
    assert!(log.contains("the snapshot's layer is not used: it is of revision"), "{log}");
    let near = server.login("lead").get("/api/v1/nearest/places?lon=120.6555&lat=28.015&k=5&max_distance_m=5").ok();
    assert!(near.to_string().contains("Later"), "{near}");
}
