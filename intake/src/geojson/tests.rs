//! Whole readings of small texts.

use proptest::prelude::*;

use super::*;
use serde_json::Value;
use spatial::Layer;

use crate::Rejected;
use crate::{Door, Flow, IntakeError, Report, Row};

fn read(text: impl AsRef<[u8]>, layer: Layer) -> (Vec<Row>, Result<Report, IntakeError>) {
    let mut rows = Vec::new();
    let report = geojson(text.as_ref(), layer, "test", &Door::WGS84, &mut |row| {
        rows.push(row);
        Flow::Continue(())
    });
    (rows, report)
}

/// Every row in words: `line id: reason`, or the id of a good one.
fn check(text: &str, layer: Layer, expect: &[&str]) -> Report {
    let (rows, report) = read(text, layer);
    let words: Vec<String> = rows
        .iter()
        .map(|row| match row {
            Row::Good(feature) => feature.key.source_id.clone(),
            Row::Bad(Rejected { line, id, reason, .. }) => {
                format!("{} {}: {reason}", line.unwrap_or(0), id.as_deref().unwrap_or("-"))
            }
        })
        .collect();
    assert_eq!(words, expect, "{text}");
    let report = report.unwrap();
    assert_eq!(report.read, report.accepted + report.rejected);
    assert_eq!(report.by_reason.values().sum::<u64>(), report.rejected);
    report
}

fn place(id: &str, at: &str, properties: &str) -> String {
    format!(
        r#"{{"type":"Feature","id":{id},"geometry":{{"type":"Point","coordinates":{at}}},"properties":{{"kind":"school"{properties}}}}}"#
    )
}

/// Of several rows on one line each says where on it.
#[test]
fn rows_of_one_line_are_told_apart_by_their_bytes() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Nothing"},{"type":"Nothing"},
        {"type":"Nothing"}]}"#;
    let (rows, report) = read(text, Layer::Places);
    assert_eq!(report.unwrap().rejected, 3);
    let at = |row: Row| if let Row::Bad(bad) = row { (bad.line, bad.offset) } else { (None, None) };
    let places: Vec<_> = rows.into_iter().map(at).collect();
    let second = text.match_indices("{\"type\":\"Nothing\"}").nth(1).map(|(at, _)| at as u64);
    assert_eq!(places, [(Some(1), None), (Some(1), second), (Some(2), None)]);
}

/// Two places that differ in the last of twenty digits, as a document and as lines.
#[test]
fn whole_numbers_of_any_length_keep_their_digits() {
    let (one, two) = ("33030200001320000001", "33030200001320000002");
    let rows = [place(one, "[120.6,28]", ""), place(two, "[120.6,28]", "")];
    let collection = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, rows.join(","));
    for text in [rows.join("\n"), collection] {
        assert_eq!(check(&text, Layer::Places, &[one, two]).notes, [""; 0]);
    }
    // The same as a property, beside others; small ones stay numbers, and a text stays what it is.
    let long = r#","a":18446744073709551615,"b":9223372036854775807,"c":-9223372036854775809,"d":1e19,"e":"1,18446744073709551615","f":[18446744073709551616]"#;
    let (rows, report) = read(place("7", "[120.6,28]", long), Layer::Places);
    let Row::Good(feature) = &rows[0] else { panic!("{rows:?}") };
    let of = |name: &str| feature.properties().get(name).cloned().unwrap();
    let text = |text: &str| spatial::Value::Text(text.to_owned());
    assert_eq!(of("a"), text("18446744073709551615"));
    assert_eq!(of("b"), spatial::Value::Int(i64::MAX));
    assert_eq!(of("c"), text("-9223372036854775809"));
    assert_eq!(of("d"), spatial::Value::Float(1e19));
    assert_eq!(of("e"), text("1,18446744073709551615"));
    assert_eq!(of("f"), text(r#"["18446744073709551616"]"#));
    assert_eq!(report.unwrap().notes, ["whole numbers of more than 64 bits, kept as the text of their digits: 3"]);
    // A field that is a code has them as well.
    let camera = place(one, "[120.6,28]", &format!(r#","device_id":{one}"#)).replace("school", "fixed");
    let (rows, _) = read(&camera, Layer::Cameras);
    assert!(
        matches!(&rows[0], Row::Good(one) if one.properties().get("device_id") == Some(&text("33030200001320000001")))
    );
    // Rows without an id that differ in one digit are two rows.
    let nameless = |digits: &str| place("null", "[120.6,28]", &format!(r#","a":{digits}"#));
    let (_, report) = read(format!("{}\n{}", nameless(one), nameless(two)), Layer::Places);
    assert_eq!(report.unwrap().accepted, 2);
}

#[test]
fn an_id_that_somebody_rounded_is_refused() {
    let rounded = "the id is a number that was rounded before it came here: 3.303020000132e19; write ids as text";
    let said = format!("1 -: {rounded}");
    check(&place("3.303020000132e+19", "[120.6,28]", ""), Layer::Places, &[&said]);
    check(&place("null", "[120.6,28]", r#","source_id":3.303020000132e+19"#), Layer::Places, &[&said]);
    check(&place("7e3", "[120.6,28]", ""), Layer::Places, &["7000"]);
}

#[test]
fn a_source_has_no_outer_blanks() {
    // A usual line, and one that is read with care.
    let of = |list: &str| place("\"a\"", "[120.65,28.01]", &format!(r#","source":" police\u00a0 "{list}"#));
    for text in [of(""), of(r#","tags":["x"]"#)] {
        let (rows, _) = read(&text, Layer::Places);
        let [Row::Good(feature)] = &rows[..] else { panic!("{text}: {rows:?}") };
        assert_eq!(feature.key.source, "police", "{text}");
    }
}

#[test]
fn names_of_properties_are_names() {
    let of = |properties: &str| place("\"a\"", "[120.65,28.01]", properties);
    let (rows, _) = read(of(r#"," note\r":"x"," source ":"police""#), Layer::Places);
    let [Row::Good(feature)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(feature.key.source, "police");
    assert_eq!(feature.attributes.properties().get("note"), Some(&spatial::Value::Text("x".to_owned())));
    for (properties, why) in [
        (r#","":1"#, r#"property "" is not taken: it has no name"#),
        (r#"," ":1"#, r#"property "" is not taken: it has no name"#),
        (r#","a\u0000b":1"#, "its name holds a control character"),
        (r#","a\nb":1"#, "its name holds a control character"),
        (r#","note":1,"note ":2"#, r#"two properties are called "note" but for outer blanks"#),
    ] {
        let (rows, report) = read(of(properties), Layer::Places);
        let [Row::Bad(bad)] = &rows[..] else { panic!("{properties}: {rows:?}") };
        assert!(bad.reason.contains(why), "{properties}: {}", bad.reason);
        assert_eq!(report.unwrap().rejected, 1);
    }
}

#[test]
fn a_collection_gives_its_rows() {
    let text = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[\n{},\n{},\n{}]}}",
        place("1", "[120.6,28]", ""),
        place("\"b\"", "[28,120.6]", ""),
        place("1", "[120.7,28]", "")
    );
    let report = check(
        &text,
        Layer::Places,
        &[
            "1",
            "3 b: latitude 120.6 is impossible while longitude 28 would be a latitude: longitude comes first",
            "4 1: has the id of line 2",
        ],
    );
    let reasons: Vec<&str> = report.by_reason.keys().map(String::as_str).collect();
    assert_eq!(reasons, ["has the id of an earlier row", "longitude and latitude look swapped: longitude comes first"]);
}

#[test]
fn a_denied_column_is_one_reason() {
    let rows: Vec<String> = (0..50).map(|n| place(&n.to_string(), "[120.6,28]", r#","民族":"x""#)).collect();
    let (_, report) = read(rows.join("\n"), Layer::Places);
    let report = report.unwrap();
    assert_eq!((report.rejected, report.by_reason.len()), (50, 1));
    assert!(report.by_reason.keys().all(|reason| reason.contains("民族") && reason.contains("deny-list")));
}

#[test]
fn properties_become_plain_values() {
    let more = r#","name":"一中","gone":null,"list":[1,{"a":2}],"source":"edu","source_id":"S9","revision":4,"x":1.5"#;
    let (rows, _) = read(place("7", "[120.6,28]", more), Layer::Places);
    let [Row::Good(feature)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((feature.key.source.as_str(), feature.key.source_id.as_str()), ("edu", "S9"));
    let bag: Vec<String> = feature.attributes.properties().iter().map(|(n, v)| format!("{n}={v}")).collect();
    assert_eq!(bag, ["list=[1,{\"a\":2}]", "x=1.5"]);
    let long = format!(r#","list":[{}1]"#, "1,".repeat(300));
    check(
        &place("7", "[120.6,28]", &long),
        Layer::Places,
        &["1 7: property \"list\" is a list of more than 400 characters"],
    );
}

#[test]
fn a_cut_file_gives_what_came_before() {
    let text = format!("{{\"features\":[{},\n{}", place("1", "[120.6,28]", ""), r#"{"type":"Feature","geom"#);
    let report = check(&text, Layer::Places, &["1", "2 -: the file ends in the middle of this"]);
    assert!(report.truncated);
}

#[test]
fn rows_without_an_id_get_one_and_the_report_says_so() {
    let row =
        r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[120.6,28]},"properties":{"kind":"school"}}"#;
    let (rows, report) = read(format!("{row}\n{row}\n"), Layer::Places);
    assert!(matches!(&rows[0], Row::Good(f) if f.key.source_id.starts_with('h')));
    assert!(matches!(&rows[1], Row::Bad(r) if r.reason == "says the same as line 1"));
    assert_eq!(report.unwrap().notes, ["rows without an id, so that a changed row is a new one: 1"]);
}

#[test]
fn a_member_crs_that_contradicts_is_noted() {
    let with = |name: &str| {
        let crs = format!(r#""crs":{{"type":"name","properties":{{"name":"{name}"}}}}"#);
        let (_, report) = read(format!(r#"{{"type":"FeatureCollection",{crs},"features":[]}}"#), Layer::Places);
        report.unwrap().notes
    };
    assert_eq!(with("urn:ogc:def:crs:OGC:1.3:CRS84"), Vec::<String>::new());
    assert_eq!(with("urn:ogc:def:crs:EPSG::4326"), Vec::<String>::new());
    assert_eq!(
        with("urn:ogc:def:crs:EPSG::4549"),
        ["the file says its coordinates are urn:ogc:def:crs:EPSG::4549, but they were read as wgs84"]
    );
}

#[test]
fn what_is_no_geojson_is_an_error() {
    let fails = |bytes: &[u8]| read(bytes, Layer::Places).1.unwrap_err().to_string();
    assert_eq!(fails(b""), "read the file: it is empty");
    assert_eq!(fails(b" \n\n"), "read the file: it is empty");
    assert_eq!(fails(b"lon,lat\n1,2\n"), "read the file as GeoJSON: line 1 is no JSON object");
    assert_eq!(fails(b"[1,2]"), "read the file as GeoJSON: line 1 is no JSON object");
    assert_eq!(fails(b"{\"type\" \"x\"}"), "read the file as GeoJSON: line 1 is not JSON: expected `:`");
    assert_eq!(fails(b"\n{\n\"type\"\n \"x\"}"), "read the file as GeoJSON: line 4 is not JSON: expected `:`");
    assert_eq!(fails(b"{\"type\":\"FeatureColl"), "read the file as GeoJSON: line 1 the file ends in the middle of it");
    assert!(fails(b"{\"a\":\"\xc4\xe3\xba\xc3\"}").starts_with("read the file as UTF-8: byte 6 does not fit"));
    assert!(fails(b"\xff\xfe{\0").starts_with("read the file as UTF-8: byte 0"));
    assert!(fails(b"\xef\xbb\xbf{\"a\":\"\xc4\"}").starts_with("read the file as UTF-8: byte 9"));
}

#[test]
fn numbers_that_are_none_cost_their_row_only() {
    let text = [place("1", "[NaN,28]", ""), place("2", "[1e999,28]", ""), place("3", "[120.6,28]", "")].join("\n");
    let (rows, report) = read(text, Layer::Places);
    assert_eq!(report.unwrap().accepted, 1);
    assert!(
        matches!(&rows[0], Row::Bad(r) if r.reason == "is not JSON: expected value" && r.line == Some(1)),
        "{rows:?}"
    );
    assert!(matches!(&rows[1], Row::Bad(r) if r.reason == "is not JSON: number out of range" && r.line == Some(2)));
    assert!(matches!(&rows[2], Row::Good(_)));
}

#[test]
fn the_caller_may_stop() {
    let text = [place("1", "[120.6,28]", ""), place("2", "[120.6,28]", "")].join("\n");
    let report = geojson(text.as_bytes(), Layer::Places, "t", &Door::WGS84, &mut |_| Flow::Break(())).unwrap();
    assert!(report.stopped);
    assert_eq!(report.read, 1);
}

#[test]
fn polygons_are_mended_or_refused() {
    let land = |ring: &str| {
        format!(
            r#"{{"type":"Feature","id":1,"properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        )
    };
    let report = check(&land("[[1,1],[2,1],[2,2]]"), Layer::Land, &["1"]);
    assert_eq!(report.notes, ["rings that were not closed, and are now: 1"]);
    check(&land("[[1,1],[2,2],[2,1],[1,2]]"), Layer::Land, &["1 1: the outline self-intersects at 1.5,1.5"]);
    check(&land("[[1,1],[2,2],[2,1]]"), Layer::Roads, &["1 1: layer roads takes a line or several, got a polygon"]);
}

#[test]
fn the_report_keeps_a_bounded_number_of_rows() {
    let text = "{}\n".repeat(1500);
    let report = read(text, Layer::Places).1.unwrap();
    assert_eq!((report.rejected, report.rejects.len()), (1500, 1000));
    assert!(report.notes[0].contains("only the first 1000"));
}

/// Rows without their lines, which differ between the ways of writing a file.
fn said(text: &str) -> Vec<String> {
    let (rows, report) = read(text, Layer::Places);
    report.unwrap();
    rows.into_iter()
        .map(|row| match row {
            Row::Good(feature) => format!("{feature:?}"),
            Row::Bad(bad) => bad.reason.split(" of line ").next().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn any_feature() -> impl Strategy<Value = String> {
    let id =
        prop_oneof![(0..9_u32).prop_map(|n| n.to_string()), Just("\"a\\\"}]\"".to_owned()), Just("null".to_owned())];
    let at = (-200.0..200.0_f64, -100.0..100.0_f64).prop_map(|(x, y)| format!("[{x},{y}]"));
    let more = prop_oneof![Just(String::new()), "[ -~]{0,9}".prop_map(|text| format!(",\"x\":{}", Value::from(text)))];
    (id, at, more).prop_map(|(id, at, more)| place(&id, &at, &more))
}

proptest! {
    #[test]
    fn a_file_says_the_same_however_it_is_written(features in prop::collection::vec(any_feature(), 2..9)) {
        let lines = said(&features.join("\n"));
        let texts: String = features.iter().flat_map(|feature| ["\u{1e}", feature, "\n"]).collect();
        prop_assert_eq!(&said(&texts), &lines);
        let collection = format!(r#"{{"bbox":[1,2],"features":[{}],"type":"FeatureCollection"}}"#, features.join(","));
        prop_assert_eq!(&said(&collection), &lines);
        let tree: Value = serde_json::from_str(&collection).unwrap();
        prop_assert_eq!(&said(&serde_json::to_string_pretty(&tree).unwrap()), &lines);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in r#"[\[\]{}",:\\\n a-f0-9\x1e]{0,99}"#) {
        let _ = read(bytes, Layer::Places);
        let _ = read(text, Layer::Places);
    }

    #[test]
    fn a_changed_file_never_panics(
        features in prop::collection::vec(any_feature(), 1..5),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9),
        parted in any::<bool>(),
    ) {
        let mut bytes = if parted { features.join("\n") } else { format!(r#"{{"features":[{}]}}"#, features.join(",")) }.into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (rows, report) = read(bytes, Layer::Places);
        if let Ok(report) = report {
            prop_assert_eq!(rows.len() as u64, report.read);
        }
    }
}

/// Members, geometries and properties as files have them: usual, unusual and wrong.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let id =
        prop::sample::select(vec!["1", "2", "-3", "7.0", "\"a\"", "\" b \"", "\"\"", "null", "true", "\"\\u0041\""]);
    let geometry = prop::sample::select(vec![
        r#"{"type":"Point","coordinates":[120.6,28]}"#,
        r#"{"type":"Point","coordinates":[120.6,28.01,7]}"#,
        r#"{"coordinates":[28,120.6],"type":"Point"}"#,
        r#"{"type":"Point","coordinates":[0,0]}"#,
        r#"{"type":"Point","coordinates":[1e999,28]}"#,
        r#"{"type":"Point","coordinates":["1",28]}"#,
        r#"{"type":"MultiPoint","coordinates":[[120.6,28]]}"#,
        "null",
    ]);
    let properties = prop::sample::select(vec![
        r#"{"kind":"school","name":"A"}"#,
        r#"{"name":"B","kind":"other","z":1,"a":2.5,"m":true,"n":null}"#,
        r#"{"kind":"school","kind":"other"}"#,
        r#"{"kind":"school","phone":"13800000000"}"#,
        r#"{"kind":"castle"}"#,
        r#"{"kind":"school","list":[1,2]}"#,
        r#"{"kind":"school","source":"police","source_id":"s1"}"#,
        r#"{"source_id":12,"kind":"school","source":"police","revision":0}"#,
        r#"{"kind":"school","source_id":" s2 "}"#,
        r#"{"kind":"school","source":"police"}"#,
        r#"{"kind":"school","source":"","source_id":"s3"}"#,
        r#"{"kind":"school","source":"a","source":"b","source_id":""}"#,
        r#"{"kind":"school","source":null,"source_id":null}"#,
        r#"{"kind":"school","source":4,"source_id":1.5}"#,
        r#"{"kind":"school","revision":7,"fid":8}"#,
        r#"{"kind":"school","big":18446744073709551615}"#,
        r#"{"ki\u006ed":"school"}"#,
        "null",
    ]);
    let more = prop::sample::select(vec!["", ",\"bbox\":[1,2,3,4]", ",\"id\":9", "}", "{", "\r"]);
    let line = (id, geometry, properties, more).prop_map(|(id, geometry, properties, more)| {
        format!(r#"{{"type":"Feature","id":{id},"geometry":{geometry},"properties":{properties}{more}}}"#)
    });
    prop::collection::vec(line, 2..30)
}

#[test]
fn one_feature_beyond_the_bound_says_so() {
    let text = place("1", "[120.6,28]", &format!(",\"note\":\"{}\"", "x".repeat(33 << 20)));
    let error = read(&text, Layer::Places).1.unwrap_err().to_string();
    assert_eq!(error, "read the file as GeoJSON: line 1 is larger than 32 MiB");
}

/// Lines are told from one document over lines by any that is whole, not by the first alone.
#[test]
fn rows_a_line_are_told_from_a_document_however_they_begin() {
    let line = |n: u32| place(&n.to_string(), "[120.6,28]", "");
    let all: Vec<String> = (0..50).map(line).collect();
    let good = said(&all.join("\n"));
    assert_eq!(said(&(all.join(",\n") + ",\n")), good, "commas of a list");
    let cut = |n: u32| line(n).split_at(40).0.to_owned();
    let broken = |begin: &[String]| said(&[begin, &all].concat().join("\n"));
    assert_eq!(broken(&[cut(90), cut(91)])[2..], good, "two broken rows first");
    assert_eq!(broken(&[line(90).rsplit_once("},").unwrap().0.to_owned() + "},"])[1..], good, "broken behind a comma");
    // A line longer than what is looked at.
    let long = place("\"long\"", "[120.6,28]", &format!(",\"note\":\"{}\"", "x".repeat(2 << 20)));
    let mut with_cut = all.clone();
    with_cut[25] = cut(25);
    let texts = said(&[&[long], &with_cut[..]].concat().join("\n"));
    assert_eq!((texts.len(), texts.iter().filter(|row| row.starts_with("Feature")).count()), (51, 49), "{}", texts[26]);
    // And one document over lines stays one.
    let tree: Value =
        serde_json::from_str(&format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, all.join(","))).unwrap();
    assert_eq!(said(&serde_json::to_string_pretty(&tree).unwrap()), good);
    let a_line_each = format!("{{\n\"type\":\"FeatureCollection\",\n\"features\":[\n{}\n]\n}}", all.join(",\n"));
    assert_eq!(said(&a_line_each), good);
}

/// Whoever reads ahead hands on what comes before the byte that cannot be read.
#[test]
fn rows_before_what_cannot_be_read_are_handed_on() {
    struct Torn<'a>(&'a [u8]);
    impl std::io::Read for Torn<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(std::io::Error::other("torn")),
                got => Ok(got),
            }
        }
    }
    let line = |n: u32| place(&n.to_string(), "[120.6,28]", "") + "\n";
    let text: String = (0..20_000).map(line).collect();
    let mut rows = 0;
    let report = geojson(Torn(text.as_bytes()), Layer::Places, "test", &Door::WGS84, &mut |_| {
        rows += 1;
        Flow::Continue(())
    });
    assert_eq!((rows, report.unwrap_err().to_string()), (20_000, "read the bytes: torn".to_owned()));
}

proptest! {
    #[test]
    fn usual_lines_are_read_as_with_care(lines in lines(), end in prop::sample::select(vec!["", "\n", "\r\n"])) {
        let text = format!("{{\"type\":\"Nothing\"}}\n{}{end}", lines.join("\n"));
        let with = |credit: u32| {
            let mut rows = Vec::new();
            let (seen, report, facts) = Default::default();
            let mut each = |row| {
                rows.push(row);
                Flow::Continue(())
            };
            let watch = crate::suspect::Watch::new("wgs84");
            let (layer, source, door) = (Layer::Places, "test", &Door::WGS84);
            let reading = rows::Rows {
                layer, source, door, mapped: None, seen, report, facts, watch, line_before: 0, within: None, each: &mut each,
            };
            let report = rows::all(reading, text.as_bytes(), credit);
            (rows, report.map_err(|error| error.to_string()))
        };
        let (quick, careful) = (with(u32::MAX), with(0));
        prop_assert_eq!(quick, careful);
    }
}
