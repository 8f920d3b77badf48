//! Duty units and incidents of the past come in as lines, and incidents go as they came.

use serde_json::{Value, json};
use tests::{Database, Folder, PASSWORD, Server, add_user, onemap};

fn import(folder: &Folder, words: &[&str]) -> tests::Finished {
    let data = folder.data();
    onemap(&[&["import"], words, &["--data", data.to_str().expect("a path")]].concat())
}

#[test]
fn a_generated_city_has_its_units_and_its_past() {
    let folder = Folder::new();
    let files = folder.path().join("city");
    let made = onemap(&[
        "generate",
        "city",
        "--scale",
        "small",
        "--seed",
        "3",
        "--anchor",
        "2026-01-01",
        "--out",
        files.to_str().expect("a path"),
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let (units, past) = (files.join("units.ndjson"), files.join("incidents.ndjson"));
    let lines = |path: &std::path::Path| std::fs::read_to_string(path).expect("the file was made").lines().count();
    let (units, past) = (units.to_str().expect("a path"), past.to_str().expect("a path"));
    let (unit_rows, past_rows) = (lines(units.as_ref()), lines(past.as_ref()));

    let tried = import(&folder, &["incidents", past, "--crs", "wgs84", "--dry-run"]);
    assert!(tried.out.contains("nothing was written") && !tried.out.contains("suspicion"), "{}", tried.out);
    assert!(tried.out.contains(&format!("It would be: {past_rows} added, 0 changed")), "{}", tried.out);
    let first = import(&folder, &["incidents", past, "--crs", "wgs84"]);
    assert!(first.out.contains(&format!("accepted {past_rows}, rejected 0")), "{}{}", first.out, first.err);
    assert!(first.out.contains(&format!("{past_rows} added, 0 changed")), "{}", first.out);
    let again = import(&folder, &["incidents", past, "--crs", "wgs84"]);
    assert!(again.out.contains(&format!("0 added, 0 changed, {past_rows} as they were")), "{}", again.out);
    let come = import(&folder, &["units", units, "--crs", "wgs84"]);
    assert!(
        come.out.contains(&format!("in the roster: {unit_rows} units added, 0 changed, 0 as they were")),
        "{}{}",
        come.out,
        come.err
    );
    assert!(come.out.contains("rows name a shift; the roster does not keep it"), "{}", come.out);

    // What came in goes out, and a server knows the units.
    let data = folder.data();
    let out = onemap(&["export", "incidents", "--data", data.to_str().expect("a path")]);
    let out: Value = serde_json::from_str(&out.out).expect("JSON");
    assert_eq!(out["features"].as_array().map(Vec::len), Some(past_rows));
    add_user(&["--data", data.to_str().expect("a path")], "me", PASSWORD, &["--role", "lead", "--scope", "*"]);
    let server = Server::serve(&folder);
    let known = server.login("me").get("/api/v1/units").ok()["units"].as_array().expect("units").clone();
    assert_eq!(known.len(), unit_rows);
    drop(server);
    let later = import(&folder, &["units", units, "--crs", "wgs84"]);
    assert!(later.out.contains("0 units added, 0 changed, 0 as they were"), "{}", later.out);
    assert!(later.out.contains(&format!("{unit_rows} are known to operations")), "{}", later.out);
}

#[test]
fn a_bad_line_is_told_and_stops_nothing() {
    let folder = Folder::new();
    let good = json!({"system": "cad", "number": "1", "kind": "fire_disaster", "source": "call_119", "priority": 1,
        "position": [120.65, 28.0], "reported_at": "2026-01-01T00:00:00Z"});
    let with = |field: &str, value: Value| {
        let mut row = good.clone();
        row[field] = value;
        row.to_string()
    };
    let long = with("number", json!("9".repeat(70_000)));
    let lines = [
        good.to_string(),
        with("kind", json!("dragon")),
        with("priority", json!(9)),
        with("position", json!([120.65, 98.0])),
        with("reported_at", json!("yesterday")),
        with("colour", json!("red")),
        long,
        "{".to_owned(),
        String::new(),
        with("number", json!("2")),
    ];
    let file = folder.write("past.ndjson", lines.join("\n"));
    let file = file.to_str().expect("a path");
    let done = import(&folder, &["incidents", file, "--crs", "wgs84"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("read 9, accepted 2, rejected 7"), "{}", done.out);
    for words in [
        "line 2 1: kind: \"dragon\" is not a known word",
        "line 3 1: priority: must be 1 to 4",
        "line 4 1: position",
        "line 5 1: reported_at: \"yesterday\" is no time",
        "line 6 1: unknown field `colour`",
        "line 7 ?: the line is longer than 65536 bytes",
        "line 8 ?: EOF",
    ] {
        assert!(done.out.contains(words), "{words}: {}", done.out);
    }
    // A past that nobody has had.
    let absurd = [
        with("reported_at", json!("1066-10-14T09:00:00Z")),
        with("reported_at", json!("2099-01-01T00:00:00Z")),
        with("closed_at", json!("2099-01-01T00:00:00Z")),
        with("reported_at", json!("1949-09-30T15:59:59Z")),
        with("reported_at", json!("1949-09-30T16:00:00Z")),
    ];
    let file_of = folder.write("absurd.ndjson", absurd.join("\n"));
    let told = import(&folder, &["incidents", file_of.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(told.code == 0 && told.out.contains("accepted 1, rejected 4"), "{}", told.out);
    for words in [
        "line 1 1: reported_at: 1066-10-14T09:00:00Z lies before 1949-10-01",
        "line 2 1: reported_at: 2099-01-01T00:00:00Z lies more than a day in the future",
        "line 3 1: closed_at: 2099",
        "line 4 1: reported_at: 1949-09-30T15:59:59Z lies before",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    assert_eq!(import(&folder, &["incidents", file]).code, 2, "nothing is guessed");
    let mapped = import(&folder, &["incidents", file, "--crs", "wgs84", "--complete"]);
    assert!(mapped.code == 2 && mapped.err.contains("--complete has no meaning here"), "{}", mapped.err);
    let none = folder.write("none.ndjson", "{}\n");
    assert_eq!(import(&folder, &["units", none.to_str().expect("a path"), "--crs", "wgs84"]).code, 2);
    assert_eq!(import(&folder, &["units", "nowhere.ndjson", "--crs", "wgs84"]).code, 2);
}

#[test]
fn lines_that_speak_of_a_person_are_refused_and_masked() {
    let folder = Folder::new();
    let with = |field: &str, value: Value| {
        let mut row = json!({"system": "cad", "number": "1", "kind": "fire_disaster", "source": "call_119", "priority": 1,
            "position": [120.65, 28.0], "reported_at": "2026-01-01T00:00:00Z"});
        row[field] = value;
        row.to_string()
    };
    let persons = [
        with("number", json!("13800138000")),
        with("number", json!("33030219900307001X")),
        with("system", json!("浙C12345")),
        with("number", json!("张三 五马街道1号301室")),
    ];
    let file_of = folder.write("persons.ndjson", persons.join("\n"));
    let persons = import(&folder, &["incidents", file_of.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(persons.code == 2 && persons.out.contains("accepted 0, rejected 4"), "{}", persons.out);
    let words = "line 4 •••: number: must have 1 to 64 letters";
    assert!(persons.out.contains(words) && !persons.out.contains("张三"), "{}", persons.out);
    assert!(
        persons.out.contains("line 1 •••: number: holds a mobile number") && !persons.out.contains("1380013"),
        "{}",
        persons.out
    );
    // Units have one check, by whatever door they come.
    let unit = |field: &str, value: Value| {
        let mut row =
            json!({"id": "u1", "kind": "police_vehicle", "call_sign": "u1", "org": "e2e", "division": "330302"});
        row[field] = value;
        row
    };
    let units = [
        unit("call_sign", json!("王 13812345678")),
        unit("org", json!("浙C12345")),
        unit("skills", json!(["13812345678"])),
        unit("id", json!("13812345678")),
    ];
    let lines = units.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let file_of = folder.write("units.ndjson", lines);
    let refused = import(&folder, &["units", file_of.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(refused.code == 2 && refused.out.contains("accepted 0, rejected 4"), "{}", refused.out);
    let server = Server::demo();
    let lead = server.login("lead");
    for unit in &units {
        let refused = lead.put(&format!("/api/v1/units/{}", unit["id"].as_str().expect("an id")), unit);
        assert!(
            refused.refused(422) == "INVALID" && refused.text().contains("belongs to one person"),
            "{}",
            refused.text()
        );
    }
}

/// One incident of a file, a minute after the one before.
fn incident(number: u32, priority: u8) -> Value {
    let at = format!("2025-01-01T{:02}:{:02}:00Z", number / 60 % 24, number % 60);
    json!({"system": "cad", "number": number.to_string(), "kind": "help", "source": "call_110", "priority": priority,
        "position": [120.65 + f64::from(number) * 1e-4, 28.0], "reported_at": at})
}

fn lines(rows: impl IntoIterator<Item = Value>) -> String {
    rows.into_iter().map(|row| row.to_string() + "\n").collect()
}

/// Runs `onemap import` with these words on a store.
fn import_on(store: &[&str; 2], words: &[&str]) -> tests::Finished {
    onemap(&[&["import"], words, store].concat())
}

/// Number and priority of every incident.
fn past_of(store: &[&str; 2]) -> Vec<Value> {
    let out = onemap(&[&["export", "incidents"][..], store].concat()).out;
    let all: Value = serde_json::from_str(&out).expect("an export is JSON");
    let mut rows: Vec<Value> = all["features"].as_array().expect("features").clone();
    rows.sort_by_key(ToString::to_string);
    rows
}

/// Runs a case on a new store of each kind.
fn on_both(run: impl Fn(&[&str; 2])) {
    let folder = Folder::new();
    run(&["--data", folder.data().to_str().expect("a path")]);
    let database = Database::new();
    run(&["--database-url", &database.url()]);
}

#[test]
fn an_import_of_incidents_has_a_number_and_is_undone_exactly() {
    on_both(|store| {
        let folder = Folder::new();
        let file = |name: &str, rows: Vec<Value>| folder.write(name, lines(rows)).to_str().expect("a path").to_owned();
        let old = file("old.ndjson", (0..300).map(|n| incident(n, 3)).collect());
        let new = file("new.ndjson", (200..500).map(|n| incident(n, if n < 210 { 1 } else { 3 })).collect());
        let first = import_on(store, &["incidents", &old, "--crs", "wgs84"]);
        assert!(first.out.contains("in history: 300 added, 0 changed, 0 as they were"), "{}{}", first.out, first.err);
        let before = past_of(store);
        assert_eq!(before.len(), 300);
        let tried = import_on(store, &["incidents", &new, "--crs", "wgs84", "--dry-run"]);
        assert!(tried.out.contains("It would be: 200 added, 10 changed, 90 as they were"), "{}", tried.out);
        assert_eq!(past_of(store), before);
        let second = import_on(store, &["incidents", &new, "--crs", "wgs84"]);
        assert!(second.out.contains("in history: 200 added, 10 changed, 90 as they were"), "{}", second.out);
        assert_ne!(past_of(store), before);

        let list = import_on(store, &["list"]).out;
        let ours: Vec<&str> = list.lines().filter(|line| line.contains(" published incidents ")).collect();
        assert!(ours.len() == 2 && ours[0].contains("new.ndjson") && ours[0].contains("+200 ~10 -0"), "{list}");
        let number = |line: &str| line.split_whitespace().next().expect("a number").to_owned();
        let (older, newer) = (number(ours[1]), number(ours[0]));
        assert!(second.out.contains(&format!("`onemap import undo {newer}`")), "{}", second.out);
        let refused = import_on(store, &["undo", &older]);
        assert_eq!(refused.code, 1, "{}", refused.out);
        let told = format!("10 rows were edited since import {older}; undo import {newer} first\n");
        assert!(refused.err.contains(&told), "{}", refused.err);
        assert!(refused.err.contains("incidents/cad/200 was changed"), "{}", refused.err);
        let undone = import_on(store, &["undo", &newer]);
        assert!(undone.out.contains("210 rows are as they were before it"), "{}{}", undone.out, undone.err);
        assert_eq!(past_of(store), before);
        assert_eq!(import_on(store, &["undo", &older]).code, 0);
        assert_eq!(past_of(store), Vec::<Value>::new());
        assert_eq!(onemap(&[&["verify"][..], store].concat()).code, 0);
    });
}

#[test]
fn a_second_row_of_one_number_is_refused_and_named() {
    on_both(|store| {
        let folder = Folder::new();
        let mut other = incident(1, 1);
        other["kind"] = json!("traffic");
        let mut elsewhere = incident(1, 2);
        elsewhere["system"] = json!("12345");
        let twice = folder.write("twice.ndjson", lines([incident(1, 3), incident(2, 3), other, elsewhere]));
        let told = import_on(store, &["incidents", twice.to_str().expect("a path"), "--crs", "wgs84"]);
        assert!(told.out.contains("read 4, accepted 3, rejected 1"), "{}{}", told.out, told.err);
        assert!(told.out.contains("line 3 1: number: has the system and number of line 1"), "{}", told.out);
        assert!(told.out.contains("in history: 3 added, 0 changed, 0 as they were"), "{}", told.out);
        let past = past_of(store);
        assert_eq!(past.len(), 3);
        assert!(past.iter().all(|row| row["properties"]["kind"] == json!("help")), "the first one counts: {past:?}");

        let unit = |id: &str, name: &str| json!({"id": id, "kind": "police_vehicle", "call_sign": name, "org": "e2e"});
        let units = folder.write("units.ndjson", lines([unit("x1", "one"), unit("x3", "three"), unit("x3", "other")]));
        let units = units.to_str().expect("a path").to_owned();
        let told = import_on(store, &["units", &units, "--crs", "wgs84"]);
        assert!(told.out.contains("read 3, accepted 2, rejected 1"), "{}{}", told.out, told.err);
        assert!(told.out.contains("line 3 x3: id: is that of line 2"), "{}", told.out);
        assert!(told.out.contains("in the roster: 2 units added, 0 changed, 0 as they were"), "{}", told.out);
        let next = folder.write("next.ndjson", lines([unit("x1", "one"), unit("x3", "renamed"), unit("x4", "four")]));
        let next = next.to_str().expect("a path").to_owned();
        let tried = import_on(store, &["units", &next, "--crs", "wgs84", "--dry-run"]);
        assert!(tried.out.contains("It would be: 1 units added, 1 changed, 1 as they were"), "{}", tried.out);
        for (added, changed, same) in [(1, 1, 1), (0, 0, 3)] {
            let told = import_on(store, &["units", &next, "--crs", "wgs84"]);
            let expect = format!("in the roster: {added} units added, {changed} changed, {same} as they were");
            assert!(told.out.contains(&expect), "{expect}: {}", told.out);
        }
        let roster = onemap(&[&["export", "units"][..], store].concat()).out;
        assert!(roster.contains("renamed") && !roster.contains("three") && !roster.contains("other"), "{roster}");
    });
}

/// Twenty refused rows are printed, and all that the report keeps are found again by the import's number.
#[test]
fn refused_rows_are_named_again_by_the_number_of_the_import() {
    on_both(|store| {
        let folder = Folder::new();
        let rows = (0..1_050).map(|n| incident(n, if n < 1_030 { 9 } else { 3 }));
        let file = folder.write("past.ndjson", lines(rows));
        let file = file.to_str().expect("a path");
        let told = import_on(store, &["incidents", file, "--crs", "wgs84"]);
        assert!(told.out.contains("accepted 20, rejected 1030"), "{}{}", told.out, told.err);
        let named = |out: &str| out.lines().filter(|line| line.contains(": priority: must be 1 to 4")).count();
        assert_eq!(named(&told.out), 20, "{}", told.out);
        let list = import_on(store, &["list"]).out;
        let number = list.split_whitespace().next().expect("a number");
        let hint = format!("… and 1010 more rejected rows; `onemap import rejected {number}` names them");
        assert!(told.out.contains(&hint), "{}", told.out);
        let all = import_on(store, &["rejected", number]);
        assert!(all.code == 0 && all.out.contains("past.ndjson: read 1050, rejected 1030"), "{}{}", all.out, all.err);
        assert!(
            all.out.contains("  1030 rejected: priority") && all.out.contains("line 21 20: priority"),
            "{}",
            all.out
        );
        assert_eq!(named(&all.out), 1_000);
        assert!(all.out.contains("… and 30 more rejected rows"), "{}", all.out);
        assert_eq!(import_on(store, &["rejected", "99"]).code, 1);
        // Of what keeps no report all of them are named at once.
        let tried = import_on(store, &["incidents", file, "--crs", "wgs84", "--dry-run"]);
        assert_eq!(named(&tried.out), 1_000);
    });
}

#[test]
fn times_and_shifts_that_cannot_be_are_refused() {
    let folder = Folder::new();
    let with = |field: &str, value: &str| {
        let mut row = incident(1, 3);
        row[field] = json!(value);
        row
    };
    let rows = [
        with("closed_at", "2020-01-01T00:00:00Z"),
        with("assigned_at", "2025-01-01T00:00:59Z"),
        with("arrived_at", "2025-01-01T00:01:00Z"),
    ];
    let file = folder.write("times.ndjson", lines(rows));
    let told = import(&folder, &["incidents", file.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(told.out.contains("accepted 1, rejected 2"), "{}{}", told.out, told.err);
    let words = "line 1 1: closed_at: 2020-01-01T00:00:00Z lies before reported_at 2025-01-01T00:01:00Z";
    assert!(told.out.contains(words) && told.out.contains("line 2 1: assigned_at: "), "{}", told.out);

    let unit = |shift: Value| {
        json!({"id": format!("u{shift}").replace(['"', '{', '}', ':', ','], ""), "kind": "police_vehicle",
            "call_sign": "one", "org": "e2e", "shift": shift})
    };
    let shifts =
        [json!({"from": "25:00", "to": "06:00"}), json!("night"), json!({"from": "18:00", "to": "06:00"}), Value::Null];
    let file = folder.write("shifts.ndjson", lines(shifts.map(unit)));
    let told = import(&folder, &["units", file.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(told.out.contains("accepted 2, rejected 2"), "{}{}", told.out, told.err);
    assert!(
        told.out.contains("line 1 ufrom2500to0600: shift: must be null or")
            && told.out.contains("line 2 unight: shift: "),
        "{}",
        told.out
    );
    assert!(told.out.contains("note: 1 rows name a shift; the roster does not keep it"), "{}", told.out);
}

/// The form of the city is known from its jurisdictions; what lies elsewhere is named, and taken.
#[test]
fn a_file_of_incidents_that_lies_elsewhere_is_suspected() {
    let folder = Folder::new();
    let ring = json!([[[120.0, 27.0], [121.5, 27.0], [121.5, 28.7], [120.0, 28.7], [120.0, 27.0]]]);
    let city = json!({"type": "Feature", "id": "330300", "geometry": {"type": "Polygon", "coordinates": ring},
        "properties": {"code": "330300", "name": "温州市", "level": "city"}});
    let file = folder.write("city.geojsonl", city.to_string());
    let there = import(&folder, &["jurisdictions", file.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(there.out.contains("1 added"), "{}{}", there.out, there.err);
    let moved = |by: fn(f64, f64) -> [f64; 2]| {
        lines((0..200).map(|n| {
            let mut row = incident(n, 3);
            row["position"] = json!(by(120.65 + f64::from(n) * 1e-3, 28.0));
            row
        }))
    };
    for (name, rows, expect) in [
        ("right.ndjson", moved(|x, y| [x, y]), None),
        ("east.ndjson", moved(|x, y| [x + 10.0, y - 5.0]), Some("suspicion outside_area: 200 of 200 rows")),
        ("swapped.ndjson", moved(|x, y| [y, x]), Some("suspicion axes_swapped: 200 of 200 rows")),
        ("pile.ndjson", moved(|x, y| if x < 120.7 { [120.65, y] } else { [x, y] }), Some("suspicion piled_up")),
    ] {
        let file = folder.write(name, rows);
        let told = import(&folder, &["incidents", file.to_str().expect("a path"), "--crs", "wgs84", "--dry-run"]);
        match expect {
            Some(words) => assert!(told.out.contains(words), "{name}: {}{}", told.out, told.err),
            None => assert!(!told.out.contains("suspicion"), "{name}: {}", told.out),
        }
    }
}
