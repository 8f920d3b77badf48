//! A file that lies beside the city by one way is named with that way, and never moved. And files of others, with the
//! mistakes that they really have.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tests::{EDITOR, Folder, Server, onemap};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

/// WGS84 to GCJ-02, by the formula that everybody has: `evil` metres on an ellipsoid of 1940.
fn gcj02(lon: f64, lat: f64) -> (f64, f64) {
    let (pi, half) = (std::f64::consts::PI, |x: f64| (x * std::f64::consts::PI).sin());
    let (x, y) = (lon - 105.0, lat - 35.0);
    let both = 20.0 * half(6.0 * x) + 20.0 * half(2.0 * x);
    let mut north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    north +=
        (both + 20.0 * half(y) + 40.0 * half(y / 3.0) + 160.0 * half(y / 12.0) + 320.0 * half(y / 30.0)) * 2.0 / 3.0;
    let mut east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    east +=
        (both + 20.0 * half(x) + 40.0 * half(x / 3.0) + 150.0 * half(x / 12.0) + 300.0 * half(x / 30.0)) * 2.0 / 3.0;
    let (axis, flat) = (6_378_245.0, 0.006_693_421_622_965_943);
    let magic = 1.0 - flat * lat.to_radians().sin().powi(2);
    let lon = lon + east * 180.0 / (axis / magic.sqrt() * lat.to_radians().cos() * pi);
    (lon, lat + north * 180.0 / ((axis * (1.0 - flat)) / (magic * magic.sqrt()) * pi))
}

/// WGS84 to BD-09: a second shift on GCJ-02, in polar coordinates about 0, 0.
fn bd09(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = gcj02(lon, lat);
    let wiggle = std::f64::consts::PI * 3000.0 / 180.0;
    let radius = x.hypot(y) + 2e-5 * (y * wiggle).sin();
    let angle = y.atan2(x) + 3e-6 * (x * wiggle).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

/// The layer's points as a survey of another office has them: one a line, with ids of its own; moved by `to`.
fn survey(all: &Value, to: impl Fn(f64, f64) -> (f64, f64)) -> String {
    let mut lines = String::new();
    for (n, feature) in all["features"].as_array().expect("features").iter().enumerate() {
        let at = |axis: usize| feature["geometry"]["coordinates"][axis].as_f64().expect("a number");
        let (lon, lat) = to(at(0), at(1));
        let mut properties = feature["properties"].clone();
        for own in ["source", "source_id", "revision"] {
            properties.as_object_mut().expect("properties").remove(own);
        }
        let row = json!({"type": "Feature", "id": format!("s{n}"), "properties": properties,
            "geometry": {"type": "Point", "coordinates": [lon, lat]}});
        lines.push_str(&row.to_string());
        lines.push('\n');
    }
    lines
}

/// What the formula moves a place of the city centre by, metres east and north. The domain's note says 540.68 m.
const MOVED: (f64, f64) = (393.0, -371.0);
/// How far the offset that is told may be from that: the way differs by some metres over the city.
const WITHIN_M: f64 = 15.0;

fn found(report: &Value) -> Option<&Value> {
    report["suspicions"].as_array().expect("suspicions").iter().find(|found| found["code"] == "shifted")
}

fn named(report: &Value, rows: u64, left_m: f64) {
    let found = found(report);
    let found = found.expect("the file is named as shifted");
    let number = |name: &str| found["evidence"][name].as_f64().expect("a number");
    assert!((number("median_east_m") - MOVED.0).abs() < WITHIN_M, "{found}");
    assert!((number("median_north_m") - MOVED.1).abs() < WITHIN_M, "{found}");
    assert!(number("spread_m") < WITHIN_M && number("left_m") <= left_m, "{found}");
    assert!(number("points") >= 100.0, "{found}");
    assert!(found["words"].as_str().expect("words").contains("gcj02"), "{found}");
    assert_eq!(report["accepted"], rows, "a suspicion refuses nothing");
}

/// A file of one shifted system that was declared to be of the other is named with the way between them.
fn taken_for_the_other(report: &Value, is: &str, (east, north): (f64, f64)) {
    let found = found(report).expect("the file is named as shifted");
    assert!(found["words"].as_str().expect("words").contains(&format!("reading as {is} what was read as")), "{found}");
    let number = |name: &str| found["evidence"][name].as_f64().expect("a number");
    assert!((number("median_east_m") - east).abs() < WITHIN_M, "{found}");
    assert!((number("median_north_m") - north).abs() < WITHIN_M, "{found}");
}

#[test]
fn a_file_in_gcj02_that_is_said_to_be_wgs84_is_named_with_its_offset_and_a_right_one_is_not() {
    let server = Server::demo();
    let city = server.stop();
    let data = city.data();
    let export = |layer: &str| -> Value {
        let out = onemap(&["export", layer, "--data", text(&data)]);
        serde_json::from_str(&out.out).expect("an export is JSON")
    };
    let layers = ["houses", "enterprises", "cameras", "places"].map(|layer| (layer, export(layer)));
    let server = Server::demo_in(&city, &["--still"], &[]);
    let editor = server.login(EDITOR);
    for (layer, all) in &layers {
        let rows = all["features"].as_array().map_or(0, Vec::len) as u64;
        assert!(rows > 1_000, "{layer} has {rows}");
        let send = |crs: &str, more: &str, file: &str| {
            let path = format!("/api/v1/imports?layer={layer}&format=geojsonseq&crs={crs}&source=survey{more}");
            editor.send("POST", &path, "application/geo+json-seq", file.as_bytes()).ok()
        };
        let (right, moved) = (survey(all, |lon, lat| (lon, lat)), survey(all, gcj02));
        // Of new rows nothing is known but what they should lie in or at: buildings and roads.
        assert_eq!(found(&send("wgs84", "&dry_run=true", &right)), None, "{layer}");
        assert_eq!(found(&send("gcj02", "&dry_run=true", &moved)), None, "{layer}");
        named(&send("wgs84", "&dry_run=true", &moved), rows, 30.0);
        let baidu = survey(all, bd09);
        assert_eq!(found(&send("bd09", "&dry_run=true", &baidu)), None, "{layer}");
        taken_for_the_other(&send("gcj02", "&dry_run=true", &baidu), "bd09", (643.0, 645.0));
        taken_for_the_other(&send("bd09", "&dry_run=true", &moved), "gcj02", (-643.0, -645.0));
        // Once the right ones are in, each row is compared with itself.
        assert_eq!(found(&send("wgs84", "", &right)), None, "{layer}");
        let twice = send("wgs84", "&dry_run=true", &moved);
        named(&twice, rows, 1.0);
        assert_eq!(twice["changed"], rows, "{layer}: nothing was moved back");
        taken_for_the_other(&send("gcj02", "&dry_run=true", &baidu), "bd09", (643.0, 645.0));
        taken_for_the_other(&send("bd09", "&dry_run=true", &moved), "gcj02", (-643.0, -645.0));
        assert_eq!(found(&send("gcj02", "&dry_run=true", &moved)), None, "{layer}");
    }
    drop(server);
    // The command asks the store what the server knows.
    let file = city.write("houses.geojsonl", survey(&layers[0].1, gcj02));
    let words =
        ["import", "houses", text(&file), "--crs", "wgs84", "--source", "other", "--dry-run", "--data", text(&data)];
    let said = onemap(&words);
    let line = said.out.lines().find(|line| line.starts_with("suspicion shifted: compared with buildings"));
    assert!(line.is_some_and(|line| line.contains("reading it as gcj02")), "{}{}", said.out, said.err);
    assert!(said.out.contains("median_east_m 39") && said.out.contains("median_north_m -37"), "{}", said.out);
}

fn codes(report: &Value) -> Vec<&str> {
    let all = report["suspicions"].as_array().expect("suspicions").iter();
    all.filter_map(|found| found["code"].as_str()).filter(|code| code.ends_with("shifted")).collect()
}

/// Once a wrong declaration has been let in, the next one is named all the same, and the right one is not accused.
#[test]
fn rows_that_lie_wrong_themselves_are_no_measure_for_a_file() {
    let server = Server::demo();
    let city = server.stop();
    let data = city.data();
    let all = onemap(&["export", "houses", "--data", text(&data)]);
    let mut all: Value = serde_json::from_str(&all.out).expect("an export is JSON");
    let mut n = 0;
    all["features"].as_array_mut().expect("features").retain(|_| {
        n += 1;
        n % 50 == 0
    });
    let rows = all["features"].as_array().map_or(0, Vec::len);
    assert!(rows >= 300, "{rows}");
    let (right, moved) = (survey(&all, |lon, lat| (lon, lat)), survey(&all, gcj02));
    let server = Server::demo_in(&city, &["--still"], &[]);
    let editor = server.login(EDITOR);
    let send = |crs: &str, more: &str, file: &str| {
        let path = format!("/api/v1/imports?layer=houses&format=geojsonseq&crs={crs}&source=survey{more}");
        editor.send("POST", &path, "application/geo+json-seq", file.as_bytes()).ok()
    };
    let first = send("wgs84", "", &moved);
    assert_eq!(codes(&first), ["shifted"]);
    let id = first["id"].as_str().expect("an id");
    // The same mistake again, and the same rows as they should have come.
    let again = send("wgs84", "&dry_run=true", &moved);
    assert_eq!(codes(&again), ["layer_shifted", "shifted"], "{again}");
    named(&again, rows as u64, 30.0);
    for (crs, file) in [("gcj02", &moved), ("wgs84", &right)] {
        let report = send(crs, "&dry_run=true", file);
        assert_eq!(codes(&report), ["layer_shifted"], "{crs}: {report}");
        let words = report["suspicions"][0]["words"].as_str().expect("words");
        for told in ["compared with buildings", "reading it as gcj02", &format!("`onemap import undo {id}`")] {
            assert!(words.contains(told), "{words}");
        }
    }
    drop(server);
    // The command asks the store what the server knows.
    let file = city.write("houses.geojsonl", &moved);
    let words =
        ["import", "houses", text(&file), "--crs", "gcj02", "--source", "survey", "--dry-run", "--data", text(&data)];
    let said = onemap(&words);
    assert!(said.out.contains("suspicion layer_shifted: ") && !said.out.contains("suspicion shifted"), "{}", said.out);
    assert_eq!(onemap(&["import", "undo", id, "--data", text(&data)]).code, 0);
    assert!(!onemap(&words).out.contains("shifted: "), "nothing is left to be said");
}

/// Surfaces of another office, with numbers of its own: their middles lie where ours have them, or all beside.
#[test]
fn surfaces_of_another_source_are_compared_with_ours() {
    let server = Server::demo();
    let city = server.stop();
    let data = city.data();
    for layer in ["grids", "jurisdictions"] {
        let all: Value =
            serde_json::from_str(&onemap(&["export", layer, "--data", text(&data)]).out).expect("an export is JSON");
        let import = |name: &str, to: &dyn Fn(f64, f64) -> (f64, f64)| {
            let mut lines = String::new();
            for (n, feature) in all["features"].as_array().expect("features").iter().enumerate() {
                let mut feature = feature.clone();
                move_all(&mut feature["geometry"]["coordinates"], to);
                feature["id"] = json!(format!("other-{n}"));
                for own in ["source", "source_id", "revision"] {
                    feature["properties"].as_object_mut().expect("properties").remove(own);
                }
                lines.push_str(&feature.to_string());
                lines.push('\n');
            }
            let file = city.write(name, lines);
            let words = ["import", layer, text(&file), "--crs", "wgs84", "--source", "other", "--dry-run", "--data"];
            let finished = onemap(&[&words[..], &[text(&data)]].concat());
            assert_eq!(finished.code, 0, "{}", finished.err);
            finished.out
        };
        let right = import("right.geojsonl", &|lon, lat| (lon, lat));
        assert!(!right.contains("suspicion shifted"), "{layer}: {right}");
        let gcj02 = import("gcj02.geojsonl", &gcj02);
        assert!(gcj02.contains("suspicion shifted: compared with") && gcj02.contains("gcj02"), "{layer}: {gcj02}");
        // 4 thousandths of a degree of longitude here are some 393 m, and no formula's.
        let east = import("east.geojsonl", &|lon, lat| (lon + 4e-3, lat));
        assert!(east.contains("suspicion shifted: compared with"), "{layer}: {east}");
    }
}

/// Moves every place of nested coordinates.
fn move_all(coordinates: &mut Value, to: &dyn Fn(f64, f64) -> (f64, f64)) {
    let all = coordinates.as_array_mut().expect("coordinates");
    if let [Value::Number(lon), Value::Number(lat)] = &all[..] {
        let (lon, lat) = to(lon.as_f64().expect("a number"), lat.as_f64().expect("a number"));
        *coordinates = json!([lon, lat]);
    } else {
        for inner in all {
            move_all(inner, to);
        }
    }
}

#[test]
fn a_steady_shift_that_no_formula_explains_is_named_as_well() {
    let folder = Folder::new();
    let rows: Vec<Value> = (0..60_u32)
        .map(|n| {
            let (x, y) = (f64::from(n % 8), f64::from(n / 8));
            json!({"geometry": {"coordinates": [120.60 + x * 3.1e-3, 28.0 + y * 2.3e-3]}, "properties": {"kind": "school"}})
        })
        .collect();
    let all = json!({"features": rows});
    let import = |name: &str, lines: String| {
        let (file, data) = (folder.write(name, lines), folder.data());
        let finished = onemap(&["import", "places", text(&file), "--crs", "wgs84", "--data", text(&data)]);
        assert_eq!(finished.code, 0, "{}", finished.err);
        finished.out
    };
    assert!(!import("a.geojsonl", survey(&all, |lon, lat| (lon, lat))).contains("suspicion"));
    // 4 thousandths of a degree here are 392.7 m.
    let said = import("b.geojsonl", survey(&all, |lon, lat| (lon - 4e-3, lat)));
    assert!(said.contains("(-393 m east, +0 m north, spread 0 m): steadily shifted by -393 m east"), "{said}");
    assert!(said.contains("no known conversion explains it"), "{said}");
    assert!(said.contains("median_east_m -392.") && said.contains("points 60"), "{said}");
}

/// A table of others, unpacked; `None` without the folder that `ONEMAP_TEST_DATA` names.
fn others(folder: &Folder, path: &str) -> Option<PathBuf> {
    let data = std::env::var_os("ONEMAP_TEST_DATA").map(PathBuf::from)?;
    let packed = std::fs::read(data.join(path)).expect("the file is in the folder");
    let mut table = Vec::new();
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut table).expect("it can be unpacked");
    Some(folder.write("table.csv", table))
}

/// Imports a table as places with a mapping and says what was said.
fn places(folder: &Folder, file: &Path, mapping: &str) -> String {
    let (mapping, data) = (folder.write("mapping.toml", mapping), folder.data());
    let words = ["import", "places", text(file), "--crs", "wgs84", "--mapping", text(&mapping), "--data", text(&data)];
    let finished = onemap(&words);
    assert_eq!(finished.code, 0, "{}", finished.err);
    finished.out
}

fn said(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.contains(line), "{line:?} is not in:\n{said}");
    }
}

const HOUSTON: &str = "others = 'ignore'\n[bag]\noffence = 'offense'\nat = { columns = ['time', 'address', 'location', 'beat', 'premise', 'hour'], join = ' | ' }\n[constants]\nkind = 'other'\n";
const NEW_YORK: &str = "source_id = 'uid'\nothers = 'ignore'\n[geometry]\nlon = 'longitude'\nlat = 'latitude'\n[bag]\nfrom = 'date_start'\nto = 'date_end'\n[constants]\nkind = 'other'\n";
const SAN_FRANCISCO: &str = "source_id = 'RowID'\nothers = 'ignore'\n[geometry]\npair = 'Location'\norder = 'lat,lon'\n[bag]\non_scene = 'On Scene DtTm'\n[constants]\nkind = 'other'\n";
const AUSTIN: &str = "others = 'ignore'\n[geometry]\nlon = 'longitude'\nlat = 'latitude'\n[bag]\nat = { columns = ['vehicle_id', 'timestamp'], join = ' ' }\n[constants]\nkind = 'other'\n";

/// A city's outline, so that what lies far outside is seen.
fn outline(folder: &Folder, [west, south, east, north]: [f64; 4]) {
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    let city = json!({"type": "Feature", "id": "city", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"code": "330300000000", "name": "City", "level": "city"}});
    let (file, data) = (folder.write("city.geojson", city.to_string()), folder.data());
    let finished = onemap(&["import", "jurisdictions", text(&file), "--crs", "wgs84", "--data", text(&data)]);
    assert_eq!(finished.code, 0, "{}", finished.err);
}

#[test]
fn the_mistakes_of_open_data_are_told() {
    // Rows of our own with the mistakes of the four tables: twice the same, no place, far outside; no end; a pair with
    // latitude first; a vehicle without a fix.
    let folder = Folder::new();
    outline(&folder, [-95.9, 29.4, -95.0, 30.2]);
    let table = "time,date,hour,offense,premise,beat,address,location,lon,lat\n\
        2010-01-01T06:00:00Z,1/1/2010,0,theft,18A,15E30,9650 a ln,lot,-95.43,29.67\n\
        2010-01-01T06:00:00Z,1/1/2010,0,theft,18A,15E30,9650 a ln,lot,-95.43,29.67\n\
        2010-01-01T07:00:00Z,1/1/2010,1,theft,18A,15E30,9700 a ln,lot,,\n\
        2010-01-01T08:00:00Z,1/1/2010,2,theft,18A,15E30,9800 a ln,lot,-91.1,37.3\n";
    let houston = places(&folder, &folder.write("h.csv", table), HOUSTON);
    said(&houston, &["read 4, accepted 2, rejected 2", "line 3", "says the same as line 2", "line 4"]);
    said(
        &houston,
        &["the row has no coordinates", "suspicion outside_area: 1 of 2 rows lie outside the expected area"],
    );

    let folder = Folder::new();
    let table = "uid,date_start,date_end,longitude,latitude\n1,2014-01-01 01:15,2014-01-01 02:00,-73.86,40.74\n2,2014-01-01 01:20,,-73.92,40.81\n";
    said(&places(&folder, &folder.write("n.csv", table), NEW_YORK), &["read 2, accepted 2, rejected 0"]);
    let table = "RowID,On Scene DtTm,Location\na-E21,01/10/2009 02:41:11 PM,\"(37.775, -122.444)\"\nb-E21,,\"(37.774, -122.455)\"\n";
    said(&places(&folder, &folder.write("s.csv", table), SAN_FRANCISCO), &["read 2, accepted 2, rejected 0"]);
    let swapped = places(&folder, &folder.write("s.csv", table), &SAN_FRANCISCO.replace("lat,lon", "lon,lat"));
    said(&swapped, &["accepted 0, rejected 2", "suspicion axes_swapped: 2 of 2 rows"]);
    let table = "vehicle_id,timestamp,latitude,longitude\n1,2017-03-21T00:00:31-05:00,30.19,-97.77\n2,2017-03-21T00:00:31-05:00,0,0\n";
    let austin = places(&folder, &folder.write("a.csv", table), AUSTIN);
    said(&austin, &["accepted 1, rejected 1", "suspicion null_island: 1 of 2 rows", "rows without an id"]);
}

#[test]
fn the_tables_of_four_cities_come_in_with_their_mistakes_told() {
    let folder = Folder::new();
    let Some(table) = others(&folder, "crime-houston-2010/houston_2010-01_2010-06.csv.gz") else {
        println!("skipped: ONEMAP_TEST_DATA is not set");
        return;
    };
    outline(&folder, [-95.9, 29.4, -95.0, 30.2]);
    let houston = places(&folder, &table, HOUSTON);
    said(&houston, &["read 64062, accepted 63620, rejected 442", "440 rejected: says the same as an earlier row"]);
    // A count of our own over the columns says the same 171, geocoded as far away as Missouri.
    said(
        &houston,
        &["2 rejected: the row has no coordinates", "suspicion outside_area: 171 of 63620 rows lie outside"],
    );

    let folder = Folder::new();
    let table =
        others(&folder, "crime-nyc-vehicle-theft/nyc_vehicle_thefts_2014_2015.csv.gz").expect("the same folder");
    said(&places(&folder, &table, NEW_YORK), &["read 19047, accepted 19047, rejected 0"]);

    let folder = Folder::new();
    let table = others(&folder, "fire-sf/sf_fire_calls_lone_mountain_2009_2016.csv.gz").expect("the same folder");
    said(&places(&folder, &table, SAN_FRANCISCO), &["read 3461, accepted 3461, rejected 0"]);

    let folder = Folder::new();
    let table = others(&folder, "avl-austin/2017-03-21.csv.gz").expect("the same folder");
    let austin = places(&folder, &table, AUSTIN);
    said(&austin, &["read 45386", "suspicion null_island: 3 of 45386 rows", "rows without an id"]);
}
