//! What a file says of persons: refused under any name, and not kept in the report (docs/privacy.md).

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};
use tests::{Client, EDITOR, Folder, Server, onemap};

const CSV: &str = "text/csv";

fn import(client: &Client, layer: &str, more: &str, table: &str) -> Value {
    let path = format!("/api/v1/imports?layer={layer}&crs=wgs84&name=t.csv{more}");
    client.send("POST", &path, CSV, table.as_bytes()).ok()
}

/// A form with a file and a mapping, and its content type.
fn form(file: &str, mapping: &str) -> (String, String) {
    let edge = "an-edge-that-no-file-holds-0577";
    let part = |name: &str, text: &str| {
        format!("--{edge}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"t.csv\"\r\n\r\n{text}\r\n")
    };
    let body = format!("{}{}--{edge}--\r\n", part("mapping", mapping), part("file", file));
    (format!("multipart/form-data; boundary={edge}"), body)
}

#[test]
fn a_mapping_does_not_rename_what_is_refused() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let folder = Folder::new();
    let send = |column: &str, mapping: &str| {
        let table = format!("id,lon,lat,kind,{column}\n1,120.6,28,school,x\n");
        let (kind, body) = form(&table, mapping);
        let path = "/api/v1/imports?layer=places&format=csv&crs=wgs84&dry_run=true";
        let answer = editor.send("POST", path, &kind, body.as_bytes());
        let (file, mapping) = (folder.write("t.csv", &table), folder.write("t.toml", mapping));
        let word = |path: &Path| path.to_str().expect("a path that is text").to_owned();
        let data = word(&folder.data());
        let (file, mapping) = (word(&file), word(&mapping));
        let words = ["import", "places", &file, "--crs", "wgs84", "--mapping", &mapping, "--dry-run", "--data", &data];
        (answer, onemap(&words))
    };
    for (column, mapping) in [
        ("户主姓名", "[bag]\nremark = '户主姓名'"),
        ("民族", "[bag]\ngroup = '民族'"),
        ("手机", "[bag]\nt = '手机'"),
        ("姓名", "[fields]\nname = '姓名'"),
        ("病史", "[fields]\ncategory = '病史'"),
        ("姓名", "[fields]\nname = { columns = ['kind', '姓名'], join = ' ' }"),
    ] {
        let (answer, told) = send(column, mapping);
        let said = answer.json()["detail"].to_string();
        assert_eq!(answer.refused(400), "BAD-REQUEST", "{mapping}");
        assert!(said.contains(column) && said.contains("ignore"), "{mapping}: {said}");
        assert!(told.code == 2 && told.err.contains(column), "{mapping}: {} {}", told.code, told.err);
    }
    let (answer, told) = send("姓名", "ignore = ['姓名']");
    assert_eq!(answer.ok()["accepted"], 1);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
}

#[test]
fn a_report_masks_what_a_person_is_known_by() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let table = "id,lon,lat,kind\n11010519491231002X,120.6,28,fixed\n13800138000,120.6,28,fixed\n浙C12345,120.6,28,fixed\n\
                 7,120.6,28,wang@example.com\n8,120.6,28,13800138000\n\u{1b}[2J9,120.6,28,\u{1b}[31mred\n";
    let report = import(&editor, "cameras", "", table);
    assert_eq!((&report["accepted"], &report["rejected"]), (&json!(0), &json!(6)), "{report}");
    let id = report["id"].as_str().expect("a number");
    let kept = editor.get(&format!("/api/v1/imports/{id}")).ok();
    let folder = Folder::new();
    let file = folder.write("t.csv", table);
    let data = folder.data();
    let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
    let told = onemap(&["import", "cameras", &text(&file), "--crs", "wgs84", "--data", &text(&data)]);
    for said in [report.to_string(), kept.to_string(), told.out.clone()] {
        for part in ["110105194912", "13800138000", "12345", "wang@", "\u{1b}"] {
            assert!(!said.contains(part), "{part:?} in {said}");
        }
        assert!(said.contains("•••") && !said.contains("\\u001b"), "{said}");
    }
    assert!(told.out.contains("line 2 •••: ") && told.out.contains('␛'), "{}", told.out);
}

#[test]
fn a_dwellings_address_ends_at_the_building() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let table = "id,lon,lat,address,full_address,房号\n\
                 room-test-1,120.65551,28.01501,五马街道1号2单元301室,\"Room 301, 1 Wuma St\",301\n\
                 room-test-2,120.65551,28.01501,五马街道12-3号,,\n";
    let report = import(&editor, "houses", "", table);
    assert_eq!((&report["accepted"], &report["repaired"]), (&json!(2), &json!(1)), "{report}");
    assert!(report["notes"].to_string().contains("ends at the building"), "{report}");
    let all = editor.get("/ogc/collections/houses/items?bbox=120.6555,28.015,120.65552,28.01502&limit=1000").ok();
    let found = |id: &str| {
        let all = all["features"].as_array().expect("features").iter();
        let mut own = all.filter(|feature| feature["properties"]["source_id"] == id);
        own.next().unwrap_or_else(|| panic!("{id} is not there")).clone()
    };
    let first = found("room-test-1");
    assert_eq!(first["properties"]["address"], "五马街道1号");
    assert!(!first.to_string().contains("301"), "{first}");
    assert_eq!(found("room-test-2")["properties"]["address"], "五马街道12-3号");
}

/// Under any name of a column, in any form, over HTTP and in files.
#[test]
fn no_room_of_a_dwelling_goes_out() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let columns = ["房间", "室号", "房号", "addr:door", "addr:unit", "addr:flats", "unit", "room", "flat", "apartment"];
    let forms = [
        "3-2-7301",
        "3幢7301",
        "3号楼二单元七三〇一",
        "#7301",
        "A座7301",
        "Flat 7301B",
        "Tie 5 A 730",
        "３幢７３０１室",
    ];
    let mut table = format!("id,lon,lat,building,address,{}\n", columns.join(","));
    for n in 0..columns.len() {
        let cells: Vec<&str> = (0..columns.len()).map(|at| if at == n { "7301" } else { "" }).collect();
        writeln!(table, "nr-{n},120.65551,28.01501,,公园路1号,{}", cells.join(",")).expect("a text takes a line");
    }
    for (n, form) in forms.iter().enumerate() {
        let empty = ",".repeat(columns.len() - 1);
        // What a source calls a building by is its own affair, unless it is an address in words.
        let building = if form.is_ascii() { "" } else { form };
        writeln!(table, "nf-{n},120.65551,28.01501,{building},{form},{empty}").expect("a text takes a line");
    }
    let rows = columns.len() + forms.len();
    let report = import(&editor, "houses", "", &table);
    assert_eq!(report["accepted"], rows, "{report}");
    // The layer's own column of that name is no repair.
    assert_eq!(report["repaired"], rows - 1, "{report}");
    let all = editor.get("/ogc/collections/houses/items?bbox=120.6555,28.015,120.65552,28.01502&limit=1000").ok();
    let mine = |all: &Value| {
        let features = all["features"].as_array().expect("features").clone();
        let id = |feature: &Value| feature["properties"]["source_id"].as_str().unwrap_or_default().to_owned();
        features.into_iter().filter(|feature| id(feature).starts_with('n')).collect::<Vec<_>>()
    };
    let seen = mine(&all);
    assert_eq!(seen.len(), rows);
    let hidden = |text: &str| !["7301", "730", "７３０１", "七三〇一"].iter().any(|part| text.contains(part));
    for feature in &seen {
        assert!(hidden(&feature["properties"].to_string()), "{feature}");
    }

    let folder = Folder::new();
    let file = folder.write("t.csv", &table);
    let (file, data) = (file.to_str().expect("a path"), folder.data());
    let data = data.to_str().expect("a path");
    let told = onemap(&["import", "houses", file, "--crs", "wgs84", "--data", data]);
    assert!(told.out.contains("`floor`, which go nowhere: 9"), "{}{}", told.out, told.err);
    for format in ["geojson", "csv"] {
        let out = onemap(&["export", "houses", "--format", format, "--data", data]).out;
        assert!(hidden(&out), "{out}");
        assert!(!out.contains("room") && !out.contains("floor"), "{out}");
    }
    // Who asks for rooms in so many words gets them, and a file of them changes nothing.
    let out = onemap(&["export", "houses", "--rooms", "--data", data]).out;
    assert!(out.contains("\"room\":\"7301\""), "{out}");
    let back = folder.write("back.geojson", &out);
    let back = back.to_str().expect("a path");
    let again = onemap(&["import", "houses", back, "--crs", "wgs84", "--data", data]);
    assert!(again.out.contains(&format!("0 added, 0 changed, 0 gone, {rows} as they were")), "{}", again.out);
    assert_eq!(onemap(&["export", "places", "--rooms", "--data", data]).code, 1);
}

#[test]
fn what_rows_name_and_nobody_has_is_a_suspicion() {
    let folder = Folder::new();
    let data = folder.data();
    let data = data.to_str().expect("a path");
    let take = |layer: &str, table: &str| {
        let file = folder.write(&format!("{layer}.csv"), table);
        let done = onemap(&["import", layer, file.to_str().expect("a path"), "--crs", "wgs84", "--data", data]);
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
        done.out
    };
    let square = |id: &str| format!("{id},\"POLYGON((120.6 28,120.61 28,120.61 28.01,120.6 28))\"\n");
    take("buildings", &format!("id,wkt\n{}", square("b1")));
    let said = take("houses", "id,lon,lat,building\nh1,120.6,28,b1\nh2,120.6,28,b9\nh3,120.6,28,b9\nh4,120.6,28,\n");
    assert!(said.contains("accepted 4, rejected 0"), "{said}");
    let words = "suspicion not_there: 2 rows name buildings that are not there (1 of 2 different ones): b9; the first row is h2";
    assert!(said.contains(words), "{said}");
    assert!(!take("houses", "id,lon,lat,building\nh1,120.6,28,b1\n").contains("not_there"));
    let said = take("grids", &format!("code,id,wkt\n330302001001001,{}", square("g1")));
    assert!(
        said.contains("not_there: 1 rows name jurisdictions that are not there (1 of 1 different ones)")
            && said.contains("330302001001"),
        "{said}"
    );
}

#[test]
fn a_report_says_when_by_whom_and_of_what_also_of_a_preview() {
    let server = Server::demo();
    let editor = server.login(EDITOR);
    let table = "ID,LON,Lat,Kind\np-case-1,120.6,28,school\n";
    for more in ["&dry_run=true", ""] {
        let report = import(&editor, "places", more, table);
        assert_eq!(report["accepted"], 1, "headers in any case of letters: {report}");
        assert_eq!(
            (&report["file"], &report["crs"], &report["who"]),
            (&json!("t.csv"), &json!("wgs84"), &json!(EDITOR))
        );
        let when = |name: &str| report[name].as_str().expect("a time").to_owned();
        assert!(when("started_at") <= when("ended_at"), "{report}");
    }
    let send = |body: &str| editor.send("POST", "/api/v1/imports?layer=places&crs=wgs84", CSV, body.as_bytes());
    let answer = send("id,lon,lat,kind\n");
    assert!(answer.text().contains("there is a header and no row"), "{}", answer.text());
    assert_eq!(answer.refused(422), "INVALID");
    let answer = send("id,lon,lat,kind\rx,120.6,28,school\r");
    assert!(answer.text().contains("CR alone"), "{}", answer.text());
    assert_eq!(answer.refused(422), "INVALID");
    let packed = server.login(EDITOR).with("content-encoding", "gzip");
    let answer = packed.send("POST", "/api/v1/imports?layer=places&crs=wgs84", CSV, b"\x1f\x8b");
    assert!(answer.text().contains("gzip"), "{}", answer.text());
    assert_eq!(answer.refused(415), "MEDIA-TYPE");
}
