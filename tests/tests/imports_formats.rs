//! Files of every format, by the command and over HTTP: what comes in, what is refused, and how it is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tests::{Answer, Client, EDITOR, Finished, Folder, Server, encode, onemap, workspace};

fn fixture(name: &str) -> PathBuf {
    workspace().join("intake/tests/data").join(name)
}

fn own(name: &str) -> PathBuf {
    workspace().join("tests/data").join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

/// Imports by the command into the folder's data.
fn import(folder: &Folder, layer: &str, file: &Path, more: &[&str]) -> Finished {
    let data = folder.data();
    let words = ["import", layer, text(file), "--data", text(&data)];
    onemap(&[&words[..], more].concat())
}

fn done(finished: &Finished) -> &str {
    assert_eq!(finished.code, 0, "{}{}", finished.out, finished.err);
    &finished.out
}

/// What the layer holds: geometry and properties by source id, without the revision.
fn exported(folder: &Folder, layer: &str) -> BTreeMap<String, (Value, Value)> {
    let data = folder.data();
    let out = onemap(&["export", layer, "--data", text(&data)]);
    let all: Value = serde_json::from_str(done(&out)).expect("an export is JSON");
    let rows = all["features"].as_array().expect("features").iter().map(|feature| {
        let mut properties = feature["properties"].clone();
        properties.as_object_mut().expect("properties").remove("revision");
        let id = properties["source_id"].as_str().expect("an id").to_owned();
        (id, (feature["geometry"].clone(), properties))
    });
    rows.collect()
}

/// A number of the command's report: `accepted 4`.
fn count(said: &str, word: &str) -> u64 {
    let at = said.find(word).map(|at| at + word.len()).expect("the word is in the report");
    let digits = said[at..].trim_start().chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().expect("a number after the word")
}

/// A form with a file and a mapping, and its content type.
fn form(name: &str, file: &[u8], mapping: &[u8]) -> (String, Vec<u8>) {
    let edge = "an-edge-that-no-file-holds-0571";
    let mut body = format!("--{edge}\r\ncontent-disposition: form-data; name=\"mapping\"\r\n\r\n").into_bytes();
    body.extend(mapping);
    let head = format!("\r\n--{edge}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend(head.as_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{edge}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={edge}"), body)
}

fn codes(report: &Value) -> Vec<&str> {
    let all = report["suspicions"].as_array().expect("suspicions");
    all.iter().map(|found| found["code"].as_str().expect("a code")).collect()
}

/// What is wrong with the rows of the messy table: line, id, and some words of the reason.
const MESSY: [(u64, &str, &str); 6] = [
    (5, "LC-101", "has the id of line 2"),
    (6, "LC-104", "the row has no coordinates"),
    (7, "LC-105", "is there a zone prefix"),
    (8, "LC-106", "are the axes swapped"),
    (9, "LC-107", "no word for \"鱼眼\""),
    (10, "?", "has 5 cells, and the header has 10"),
];

#[test]
fn a_messy_chinese_table_becomes_a_clean_layer_with_a_report() {
    let folder = Folder::new();
    let (file, mapping) = (own("messy.csv"), own("messy.toml"));
    let finished = import(&folder, "cameras", &file, &["--crs", "epsg:4549", "--mapping", text(&mapping)]);
    let said = done(&finished);
    assert!(said.starts_with("read 10, accepted 4, rejected 6\n"), "{said}");
    for (line, id, reason) in MESSY {
        let row = said.lines().find(|row| row.trim_start().starts_with(&format!("line {line} {id}: ")));
        assert!(row.is_some_and(|row| row.contains(reason)), "line {line}: {said}");
    }
    assert!(said.contains("suspicion zone_prefix_present: 1 of 8 rows"), "{said}");

    let cameras = exported(&folder, "cameras");
    assert_eq!(cameras.keys().collect::<Vec<_>>(), ["LC-101", "LC-102", "LC-103", "LC-109"]);
    let (place, first) = &cameras["LC-101"];
    for (number, expect) in [(&place["coordinates"][0], 120.6555), (&place["coordinates"][1], 28.015)] {
        // The file says tenths of a millimetre; 1e-8 degrees are one millimetre.
        assert!((number.as_f64().expect("a number") - expect).abs() < 1e-8, "{place}");
    }
    let expect = json!({"name": "公园路口", "kind": "fixed", "online": true, "height_m": 6.5, "owner_unit": "示范区公安",
        "retention_days": 30, "address": "五马街道公园路100号", "source": "import", "source_id": "LC-101"});
    assert_eq!(first, &expect);
    assert_eq!(cameras["LC-109"].1["name"], "中文扩展㐂𠮷", "characters of two and of four bytes");
    let all = format!("{cameras:?}");
    assert!(!all.contains("0577"), "the telephone numbers stayed outside: {all}");
}

#[test]
fn the_same_table_comes_over_http_as_a_form_with_its_mapping() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let (file, mapping) = (std::fs::read(own("messy.csv")).unwrap(), std::fs::read(own("messy.toml")).unwrap());
    let (kind, body) = form("messy.csv", &file, &mapping);
    let send = |query: &str, kind: &str, body: &[u8]| {
        editor.send("POST", &format!("/api/v1/imports?layer=cameras&{query}"), kind, body)
    };
    let preview = send("crs=epsg:4549&source=survey&dry_run=true", &kind, &body).ok();
    assert_eq!((&preview["accepted"], &preview["rejected"], &preview["added"]), (&json!(4), &json!(6), &json!(4)));
    let report = send("crs=epsg:4549&source=survey", &kind, &body).ok();
    assert_eq!(
        (&report["accepted"], &report["rejected"], &report["state"]),
        (&json!(4), &json!(6), &json!("published"))
    );
    assert_eq!((&report["file"], &report["crs"]), (&json!("messy.csv"), &json!("cgcs2000_gk120")));
    for ((line, id, reason), row) in MESSY.iter().zip(report["errors"].as_array().expect("errors")) {
        assert_eq!(row["line"], *line, "{row}");
        assert!(*id == "?" || row["id"] == *id, "{row}");
        assert!(row["reason"].as_str().expect("a reason").contains(reason), "{row}");
    }
    assert_eq!(codes(&report), ["axes_swapped", "zone_prefix_present"]);
    assert_eq!(report["suspicions"][1]["evidence"], json!({"rows": 1.0, "of": 8.0}));
    let kept = editor.get(&format!("/api/v1/imports/{}", report["id"].as_str().expect("an id"))).ok();
    assert_eq!((&kept["suspicions"], &kept["errors"]), (&report["suspicions"], &report["errors"]));

    // A form may say less, and is refused in words when it says what means nothing.
    let (kind, no_mapping) = form("messy.csv", &file, b"feilds = 1");
    let answer = send("crs=epsg:4549", &kind, &no_mapping);
    assert_eq!(answer.refused(400), "BAD-REQUEST");
    assert!(answer.points_at("mapping") && answer.text().contains("feilds"), "{}", answer.text());
    let unknown =
        "encoding = 'gb18030'\ndelimiter = ';'\nsource_id = 'number'\n[geometry]\neast = '东坐标'\nnorth = '北坐标'";
    let (kind, unknown) = form("messy.csv", &file, unknown.as_bytes());
    let answer = send("crs=epsg:4549", &kind, &unknown);
    answer.refused(400);
    assert!(
        answer.text().contains("the mapping names column \\\"number\\\", and the file has 编号"),
        "{}",
        answer.text()
    );
    let answer = send("crs=epsg:4549", "multipart/form-data; boundary=x", b"--x\r\nno form at all");
    assert_eq!(answer.refused(400), "BAD-REQUEST");
    let body = b"--x\r\ncontent-disposition: form-data; name=\"picture\"\r\n\r\nabc\r\n--x--\r\n";
    assert!(send("crs=epsg:4549", "multipart/form-data; boundary=x", body).points_at("picture"));
    let body = b"--x\r\ncontent-disposition: form-data; name=\"mapping\"\r\n\r\nabsent = []\r\n--x--\r\n";
    assert!(send("crs=epsg:4549", "multipart/form-data; boundary=x", body).points_at("file"));
}

#[test]
fn what_a_request_must_say_is_asked_for_by_its_name() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let file = "id;lon;lat;kind;online\n1;120.65;28.01;dome;yes\n";
    let ask = |query: &str, kind: &str| {
        let answer = editor.send("POST", &format!("/api/v1/imports?{query}"), kind, file.as_bytes());
        (answer.status, answer)
    };
    let refused = |query: &str, status: u16, code: &str, at: &str| {
        let (_, answer) = ask(query, "application/octet-stream");
        assert_eq!(answer.refused(status), code, "{query}");
        assert!(at.is_empty() || answer.points_at(at), "{query}: {}", answer.text());
    };
    refused("layer=cameras&crs=wgs84", 400, "BAD-REQUEST", "/format");
    refused("layer=cameras&crs=wgs84&name=a.txt", 400, "BAD-REQUEST", "/format");
    refused("layer=cameras&crs=wgs84&format=xls", 400, "BAD-REQUEST", "/format");
    refused("layer=cameras&format=csv", 400, "BAD-REQUEST", "/crs");
    refused("layer=cameras&format=csv&crs=mars", 400, "LOC-SYS", "/crs");
    refused("layer=cameras&format=csv&crs=wgs84&encoding=klingon", 400, "BAD-REQUEST", "/encoding");
    refused("layer=cameras&format=csv&crs=wgs84&delimiter=ab", 400, "BAD-REQUEST", "/delimiter");
    refused("format=csv&crs=wgs84", 400, "BAD-REQUEST", "/layer");
    refused("layer=units&format=csv&crs=wgs84", 404, "UNKNOWN-LAYER", "");
    refused("format=osm&crs=gcj02", 400, "LOC-SYS", "/crs");
    // What a format has no use for is not passed over.
    refused("layer=cameras&format=flatgeobuf&crs=wgs84&encoding=gbk", 400, "BAD-REQUEST", "");
    // The name or the type tells where there is no doubt.
    let delimiter = encode(";");
    for (more, kind) in [("&name=a.csv", "application/octet-stream"), ("", "text/csv")] {
        let query = format!("layer=cameras&crs=wgs84&dry_run=true&delimiter={delimiter}{more}");
        assert_eq!(ask(&query, kind).1.ok()["accepted"], 1, "{query}");
    }
}

#[test]
fn a_command_asks_for_what_is_missing_and_ends_with_two() {
    let folder = Folder::new();
    let table = folder.write("a.txt", "id,lon,lat,kind,online\n1,120.65,28.01,dome,yes\n");
    let missing = folder.path().join("no.toml");
    for (more, words) in [
        (&["--crs", "wgs84"][..], "--format is missing, and the name \"a.txt\" does not tell"),
        (&["--format", "csv"], "--crs is missing"),
        (&["--format", "csv", "--crs", "mars"], "--crs "),
        (&["--format", "csv", "--crs", "wgs84", "--encoding", "klingon"], "--encoding is not usable"),
        (&["--format", "csv", "--crs", "wgs84", "--delimiter", "ab"], "--delimiter is not usable"),
        (&["--format", "csv", "--crs", "wgs84", "--mapping", text(&missing)], "open the mapping"),
        (&["--format", "csv", "--crs", "wgs84", "--table", "t"], "csv files take no table"),
    ] {
        let finished = import(&folder, "cameras", &table, more);
        assert_eq!(finished.code, 2, "{more:?}: {}", finished.err);
        assert!(finished.err.contains(words) && finished.err.contains("a.txt"), "{more:?}: {}", finished.err);
    }
    assert_eq!(exported_or_none(&folder, "cameras"), 0);
    done(&import(&folder, "cameras", &table, &["--format", "csv", "--crs", "wgs84"]));
    assert_eq!(exported_or_none(&folder, "cameras"), 1);
}

/// How many rows the layer has; 0 when nothing was ever written.
fn exported_or_none(folder: &Folder, layer: &str) -> usize {
    if folder.data().join("registry.db").exists() { exported(folder, layer).len() } else { 0 }
}

#[test]
fn the_same_cameras_come_out_of_shapefile_flatgeobuf_and_geopackage() {
    let mut all = Vec::new();
    for name in ["cameras.zip", "cameras.fgb", "cameras.gpkg"] {
        let folder = Folder::new();
        // The shapefile's .cpg says GB18030, its .prj WGS84: the first is followed, the second compared.
        let finished = import(&folder, "cameras", &fixture(name), &["--crs", "wgs84"]);
        let said = done(&finished);
        assert!(said.starts_with("read 4, accepted 4, rejected 0") && !said.contains("suspicion"), "{name}: {said}");
        all.push(exported(&folder, "cameras"));
        let other = import(&folder, "cameras", &fixture(name), &["--crs", "gcj02", "--dry-run"]);
        assert!(done(&other).contains("suspicion crs_disagrees"), "{name}: {}", other.out);
    }
    assert_eq!(all[0].len(), 4);
    assert_eq!(all[0]["C1"].1["name"], "一号杆");
    assert!(all[0] == all[1] && all[1] == all[2], "{all:?}");
}

#[test]
fn a_bare_shapefile_is_read_with_what_lies_beside_it() {
    let folder = Folder::new();
    let unpacked = unzip(&std::fs::read(fixture("cameras.zip")).unwrap());
    assert!(unpacked.len() >= 4, "{:?}", unpacked.keys());
    for (name, bytes) in &unpacked {
        folder.write(name, bytes);
    }
    let shp = folder.path().join("cameras.shp");
    let finished = import(&folder, "cameras", &shp, &["--crs", "wgs84"]);
    assert!(done(&finished).starts_with("read 4, accepted 4, rejected 0"), "{}", finished.out);
    assert_eq!(exported(&folder, "cameras")["C1"].1["name"], "一号杆");
}

#[test]
fn land_in_metres_comes_home_from_every_format() {
    for name in ["land.zip", "land.fgb", "land.gpkg"] {
        let folder = Folder::new();
        let wrong = import(&folder, "land", &fixture(name), &["--crs", "wgs84"]);
        let said = done(&wrong);
        assert!(said.contains("accepted 0") && said.contains("suspicion metres_as_degrees: 2 of 2"), "{name}: {said}");
        assert!(said.contains("suspicion crs_disagrees"), "{name}: {said}");
        done(&import(&folder, "land", &fixture(name), &["--crs", "epsg:4549"]));
        let land = exported(&folder, "land");
        assert_eq!(land.keys().collect::<Vec<_>>(), ["L1", "L2"], "{name}");
        assert_eq!(land["L2"].0["coordinates"].as_array().map(Vec::len), Some(2), "{name}: two parts");
    }
}

#[test]
fn what_is_exported_comes_back_identical() {
    let server = Server::demo();
    let city = server.stop();
    let data = city.data();
    for layer in ["cameras", "houses", "enterprises", "places", "roads", "buildings", "grids"] {
        let before = exported(&city, layer);
        assert!(before.len() > 100, "{layer} has {}", before.len());
        for (format, name) in [("csv", "out.csv"), ("flatgeobuf", "out.fgb")] {
            let (folder, file) = (Folder::new(), city.path().join(name));
            done(&onemap(&["export", layer, "--format", format, "--to", text(&file), "--data", text(&data)]));
            let finished = import(&folder, layer, &file, &["--crs", "wgs84"]);
            assert!(done(&finished).contains("rejected 0"), "{layer} {format}: {}", finished.out);
            let after = exported(&folder, layer);
            assert_eq!(after.len(), before.len(), "{layer} {format}");
            for (id, row) in &before {
                let (there, back) = (plain(row), after.get(id).map(plain));
                assert_eq!(back.as_ref(), Some(&there), "{layer} {format} {id}");
            }
        }
    }
}

/// A geometry of several parts that has one is that part: FlatGeobuf has one type for all of a file.
fn plain((geometry, properties): &(Value, Value)) -> (Value, Value) {
    let kind = geometry["type"].as_str().unwrap_or_default();
    let parts = geometry["coordinates"].as_array().expect("coordinates");
    let geometry = match (kind.strip_prefix("Multi"), &parts[..]) {
        (Some(one), [only]) => json!({"type": one, "coordinates": only}),
        _ => geometry.clone(),
    };
    (geometry, properties.clone())
}

/// Files of a zip whose parts are deflated or stored.
fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let u32_at = |at: usize| u16_at(at) + (u16_at(at + 2) << 16);
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").expect("a zip has an end");
    let (mut at, mut files) = (u32_at(end + 16), BTreeMap::new());
    while bytes[at..].starts_with(b"PK\x01\x02") {
        let (method, packed, name) = (u16_at(at + 10), u32_at(at + 20), u16_at(at + 28));
        let (more, local) = (u16_at(at + 30) + u16_at(at + 32), u32_at(at + 42));
        let begin = local + 30 + u16_at(local + 26) + u16_at(local + 28);
        let data = &bytes[begin..begin + packed];
        let mut out = Vec::new();
        match method {
            0 => out.extend(data),
            _ => drop(std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(data), &mut out)),
        }
        files.insert(String::from_utf8_lossy(&bytes[at + 46..at + 46 + name]).into_owned(), out);
        at += 46 + name + more;
    }
    files
}

#[test]
fn a_form_sends_every_format() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    for name in ["cameras.zip", "cameras.fgb", "cameras.gpkg"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let report = as_body(&editor, &format!("layer=cameras&crs=wgs84&dry_run=true&name={name}"), &bytes).ok();
        assert_eq!((&report["accepted"], &report["state"]), (&json!(4), &json!("preview")), "{name}: {report}");
    }
    let several = std::fs::read(fixture("land.gpkg")).unwrap();
    let answer = as_body(&editor, "layer=land&crs=epsg:4549&format=geopackage&table=nowhere", &several);
    assert_eq!(answer.refused(400), "BAD-REQUEST");
    assert!(answer.text().contains("land"), "the tables that are there are named: {}", answer.text());
}

fn as_body(client: &Client, query: &str, bytes: &[u8]) -> Answer {
    client.send("POST", &format!("/api/v1/imports?{query}"), "application/octet-stream", bytes)
}

#[test]
fn mended_rows_are_told_with_what_was_done() {
    let folder = Folder::new();
    let open = r#"{"type":"Feature","id":"w1","geometry":{"type":"Polygon","coordinates":[[[120.6,28.0],[120.61,28.0],[120.61,28.01]]]},"properties":{}}"#;
    let file = folder.write("water.geojsonl", format!("{open}\n"));
    let finished = import(&folder, "water", &file, &["--crs", "wgs84"]);
    let said = done(&finished);
    assert_eq!(count(said, "accepted"), 1);
    assert!(said.contains("1 rows were mended and taken\n  line 1 w1: closed rings: 1"), "{said}");
}
