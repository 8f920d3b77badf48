//! Layers go out as files, and come back the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{CENTRE, Folder, Server, id, onemap, workspace};

/// A folder with the centre of Helsinki: points, lines and polygons.
fn city() -> Folder {
    let folder = Folder::new();
    let pbf = workspace().join("fixtures/osm/helsinki-centre.osm.pbf");
    let data = folder.data();
    let done = onemap(&["import", "osm", pbf.to_str().expect("a path"), "--data", data.to_str().expect("a path")]);
    assert_eq!(done.code, 0, "{}", done.err);
    folder
}

fn export(folder: &Folder, words: &[&str]) -> String {
    let data = folder.data();
    let done = onemap(&[&["export"], words, &["--data", data.to_str().expect("a path")]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    done.out
}

/// Reads CSV by its grammar (RFC 4180), slowly.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let (mut rows, mut row, mut cell, mut inside) = (vec![], vec![], String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (inside, c) {
            (true, '"') if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            (_, '"') => inside = !inside,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') if chars.peek() == Some(&'\n') => {}
            (false, '\n') => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !inside, "the table ends at the end of a row");
    let mut rows = rows.into_iter();
    let names = rows.next().expect("a line of names");
    rows.map(|row| {
        assert_eq!(row.len(), names.len(), "{row:?}");
        names.iter().cloned().zip(row).collect()
    })
    .collect()
}

fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\''])).unwrap_or(cell)
}

#[test]
fn geojson_comes_back_and_changes_nothing() {
    let folder = city();
    let data = folder.data();
    for layer in ["houses", "buildings", "roads", "water", "places", "enterprises", "cameras", "land"] {
        let file = folder.write(&format!("{layer}.geojson"), export(&folder, &[layer]));
        let words = ["import", layer, file.to_str().unwrap(), "--crs", "wgs84", "--source", "osm", "--complete"];
        let done = onemap(&[&words[..], &["--data", data.to_str().expect("a path")]].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        let same = done.out.lines().find(|line| line.contains("in the registry")).unwrap().to_owned();
        assert!(same.contains("0 added, 0 changed, 0 gone"), "{layer}: {same}\n{}", done.out);
        assert!(!same.contains(" 0 as they were"), "{layer} is empty, so nothing is proved");
    }
}

#[test]
fn csv_says_the_same_as_geojson() {
    let folder = city();
    for (layer, point) in [("enterprises", true), ("roads", false), ("buildings", false)] {
        let all: Value = serde_json::from_str(&export(&folder, &[layer])).unwrap();
        let features = all["features"].as_array().unwrap();
        let rows = table(&export(&folder, &[layer, "--format", "csv"]));
        assert_eq!(rows.len(), features.len());
        for (row, feature) in rows.iter().zip(features) {
            for (name, value) in feature["properties"].as_object().unwrap() {
                let cell = unguarded(&row[name]);
                let same = value.as_str().map_or_else(
                    || *cell == *value.to_string() || cell.parse::<f64>().ok() == value.as_f64(),
                    |text| cell == text,
                );
                assert!(same, "{layer} {name}: {cell:?} is not {value}");
            }
            let there = row.values().filter(|cell| !cell.is_empty()).count();
            assert_eq!(there, feature["properties"].as_object().unwrap().len() + if point { 2 } else { 1 });
            let coordinates = &feature["geometry"]["coordinates"];
            if point {
                let at = ["lon", "lat"].map(|name| row[name].parse::<f64>().unwrap());
                let there = [0, 1].map(|axis: usize| coordinates[axis].as_f64().unwrap());
                assert!(there.iter().zip(at).all(|(a, b)| a.total_cmp(&b).is_eq()), "{there:?} {at:?}");
            } else {
                let numbers = |text: &str| -> Vec<f64> {
                    let parts = text.split(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c)));
                    parts.filter_map(|part| part.parse().ok()).collect()
                };
                let kind = feature["geometry"]["type"].as_str().unwrap().to_uppercase();
                assert!(row["wkt"].starts_with(&kind), "{}", row["wkt"]);
                assert_eq!(
                    numbers(row["wkt"].trim_start_matches(char::is_alphabetic)),
                    numbers(&coordinates.to_string())
                );
            }
        }
    }
    assert!(export(&folder, &["places", "--format", "csv", "--bom"]).starts_with("\u{feff}lon,lat,source,"));
}

/// What goes out as a table or as FlatGeobuf comes back the same, lines and polygons among it.
#[test]
fn every_format_comes_back_and_changes_nothing() {
    let folder = city();
    let data = folder.data();
    for (format, ending) in [("flatgeobuf", "fgb"), ("csv", "csv")] {
        for layer in ["houses", "buildings", "roads", "water", "places", "enterprises", "cameras", "land"] {
            // Limits of height and weight are numbers among the attributes: a table says no types (docs/data.md).
            if (format, layer) == ("csv", "roads") {
                continue;
            }
            let file = folder.path().join(format!("{layer}.{ending}"));
            export(&folder, &[layer, "--format", format, "--to", file.to_str().unwrap()]);
            let words = ["import", layer, file.to_str().unwrap(), "--crs", "wgs84", "--source", "osm", "--complete"];
            let done = onemap(&[&words[..], &["--dry-run", "--data", data.to_str().expect("a path")]].concat());
            assert_eq!(done.code, 0, "{}", done.err);
            let same = done.out.lines().find(|line| line.contains("It would be")).unwrap().to_owned();
            assert!(same.contains("0 added, 0 changed, 0 gone"), "{format} {layer}: {}", done.out);
            assert!(!same.contains(" 0 as they were"), "{layer} is empty, so nothing is proved");
        }
    }
}

/// Facts that have the names of places, and those of ours, and a source with outer blanks come back from a table.
#[test]
fn names_of_places_among_the_facts_come_back() {
    let folder = Folder::new();
    let data = folder.data();
    let import = |file: &std::path::Path, more: &[&str]| {
        let words = ["import", "places", file.to_str().expect("a path"), "--crs", "wgs84", "--data"];
        let done = onemap(&[&words[..], &[data.to_str().expect("a path")], more].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        done.out
    };
    let row = json!({"type": "Feature", "id": "1", "geometry": {"type": "Point", "coordinates": [120.65, 28.01]},
        "properties": {"kind": "school", "source": " police ", "lon": "a", "onemap_lon": "b", "onemap_lat": "c", " note ": "d"}});
    import(&folder.write("places.geojsonl", row.to_string()), &[]);
    for (format, ending) in [("csv", "csv"), ("flatgeobuf", "fgb")] {
        let file = folder.path().join(format!("places.{ending}"));
        export(&folder, &["places", "--format", format, "--to", file.to_str().expect("a path")]);
        let told = import(&file, &["--dry-run"]);
        assert!(told.contains("It would be: 0 added, 0 changed, 0 gone, 1 as they were"), "{format}: {told}");
    }
    let rows = table(&export(&folder, &["places", "--format", "csv"]));
    let cells = ["onemap_onemap_lon", "lon", "onemap_lon", "note", "source"].map(|name| rows[0][name].as_str());
    assert_eq!(cells, ["120.65", "a", "b", "d", "police"]);
}

/// Only a file is replaced: a pipe is written into, a link is followed, a folder refused.
#[test]
fn what_is_no_file_is_not_replaced() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let folder = city();
    let (pipe, link, kept) =
        (folder.path().join("pipe"), folder.path().join("link.geojson"), folder.path().join("kept.geojson"));
    std::fs::write(&kept, "old").unwrap();
    symlink(&kept, &link).unwrap();
    export(&folder, &["cameras", "--to", link.to_str().unwrap()]);
    assert!(link.is_symlink() && std::fs::read_to_string(&kept).unwrap().contains("FeatureCollection"));

    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    let reading = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    export(&folder, &["cameras", "--to", pipe.to_str().unwrap()]);
    assert!(reading.join().unwrap().contains("FeatureCollection"));
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe is a pipe still");

    let data = folder.data();
    let whole = ["export", "cameras", "--data", data.to_str().unwrap(), "--to"];
    let refused = onemap(&[&whole[..], &[folder.path().to_str().unwrap()]].concat());
    assert!(refused.code != 0 && refused.err.contains("is a folder"), "{}", refused.err);
    let full = onemap(&[&whole[..], &["/dev/full"]].concat());
    assert!(full.code != 0, "a full device is an error: {}", full.err);
}

/// By the format's own description: magic bytes, a header, an index. A reader of ours reads it as soon as there is one.
#[test]
fn flatgeobuf_is_written_whole() {
    let folder = city();
    for layer in ["cameras", "roads", "buildings"] {
        let to = folder.path().join(format!("{layer}.fgb"));
        export(&folder, &[layer, "--format", "flatgeobuf", "--to", to.to_str().unwrap()]);
        let bytes = std::fs::read(&to).unwrap();
        assert_eq!(&bytes[..8], b"fgb\x03fgb\x00", "{layer}");
        let header = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
        assert!(12 + header < bytes.len());
        let text = String::from_utf8_lossy(&bytes[12..12 + header]).into_owned();
        for name in [layer, "source", "source_id", "revision"] {
            assert!(text.contains(name), "the header of {layer} does not name {name}");
        }
        assert!(bytes.len() > 10_000, "{layer}: {} bytes", bytes.len());
    }
}

#[test]
fn a_box_cuts_every_format_alike() {
    let folder = city();
    let all = export(&folder, &["houses"]).lines().count();
    let bbox = ["houses", "--bbox", "24.94,60.165,24.95,60.172"];
    let cut: Value = serde_json::from_str(&export(&folder, &bbox)).unwrap();
    let rows = table(&export(&folder, &[&bbox[..], &["--format", "csv"]].concat()));
    assert_eq!(cut["features"].as_array().unwrap().len(), rows.len());
    assert!(rows.len() > 10 && rows.len() < all - 10, "{} of {all}", rows.len());
    assert_eq!(onemap(&["export", "residents", "--data", folder.data().to_str().unwrap()]).code, 1);
}

/// People as they are on the map, units at their home posts, incidents without what was said: in every form.
#[test]
fn what_is_not_kept_as_features_goes_out_as_well() {
    let folder = Folder::new();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let seat = server.login("dispatcher");
    let call = json!({"kind": "fire_disaster", "priority": 1, "lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": 40.0,
        "source": "call_119", "text": "smoke on the stairs", "callers": [{"number": "13800000000"}]});
    let placed = id(&seat.post("/api/v1/incidents", &call).ok());
    let lost = json!({"kind": "help", "priority": 2, "source": "call_110", "text": "says not where"});
    let lost = id(&seat.post("/api/v1/incidents", &lost).ok());
    let units = server.login("lead").get("/api/v1/units").ok()["units"].as_array().expect("units").clone();
    let drawn = server
        .login("lead")
        .post("/api/v1/surroundings", &json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 3_000}))
        .ok();
    drop(seat);
    drop(server);

    let read = |layer: &str| -> Value { serde_json::from_str(&export(&folder, &[layer])).expect("JSON") };
    let people = read("people");
    let cells = people["features"].as_array().expect("cells");
    assert!(cells.len() > 50, "{} cells", cells.len());
    for cell in cells {
        let of = &cell["properties"];
        assert!(of["residents"].as_u64() >= Some(10) && of["households"].as_u64() >= Some(3), "{of}");
        assert_eq!((&of["source"], &cell["geometry"]["type"]), (&json!("published"), &json!("Polygon")));
        let known = ["residents", "households", "need_help", "division", "source", "source_id", "revision"];
        let all = of.as_object().expect("an object").keys();
        assert!(all.clone().all(|name| known.contains(&name.as_str())), "{of}");
    }
    let sum: u64 = cells.iter().filter_map(|cell| cell["properties"]["residents"].as_u64()).sum();
    assert!(sum >= drawn["people"]["residents"].as_u64().expect("a count"), "a part is not more than the whole");

    let rows = read("units");
    let rows = rows["features"].as_array().expect("units");
    assert_eq!(rows.len(), units.len());
    for row in rows {
        let same = units.iter().find(|unit| unit["id"] == row["id"]).expect("the unit is known");
        for name in ["kind", "call_sign", "org", "duty"] {
            assert_eq!(row["properties"][name], same[name], "{row}");
        }
        assert!(row["properties"].get("lon").is_none() && row["properties"].get("number").is_none(), "{row}");
    }
    let text = export(&folder, &["incidents"]);
    assert!(!text.contains("smoke") && !text.contains("138000"), "what was said, and by whom, stays in the log");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let all = all["features"].as_array().expect("incidents");
    assert!(all.len() > 1_000, "history is among them: {}", all.len());
    let of = |id: &str| all.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is missing"));
    assert_eq!(of(&placed)["geometry"]["coordinates"], json!([CENTRE.0, CENTRE.1]));
    assert_eq!(of(&placed)["properties"]["accuracy_m"], 40.0);
    assert_eq!((&of(&lost)["geometry"], &of(&lost)["properties"]["location_state"]), (&Value::Null, &json!("none")));

    for (layer, count) in [("people", cells.len()), ("units", rows.len()), ("incidents", all.len())] {
        let table = table(&export(&folder, &[layer, "--format", "csv"]));
        assert_eq!(table.len(), count, "{layer}");
        let file = folder.path().join(format!("{layer}.fgb"));
        export(&folder, &[layer, "--format", "flatgeobuf", "--to", file.to_str().expect("a path")]);
        let bytes = std::fs::read(&file).expect("the file is there");
        assert_eq!(&bytes[..8], b"fgb\x03fgb\x00", "{layer}");
    }
    let csv = table(&export(&folder, &["incidents", "--format", "csv"]));
    let row = csv.iter().find(|row| row["source_id"] == lost).expect("the row without a place is there");
    assert_eq!((row["lon"].as_str(), row["kind"].as_str()), ("", "help"));
}
