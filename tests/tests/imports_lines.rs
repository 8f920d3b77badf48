//! Duty units and incidents of the past come in as lines.

use serde_json::{Value, json};
use tests::{Folder, PASSWORD, Server, add_user, onemap};

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
    assert!(tried.out.contains("nothing was written"), "{}", tried.out);
    let first = import(&folder, &["incidents", past, "--crs", "wgs84"]);
    assert!(first.out.contains(&format!("accepted {past_rows}, rejected 0")), "{}{}", first.out, first.err);
    assert!(first.out.contains(&format!("{past_rows} added, 0 changed")), "{}", first.out);
    let again = import(&folder, &["incidents", past, "--crs", "wgs84"]);
    assert!(again.out.contains(&format!("0 added, 0 changed, {past_rows} as they were")), "{}", again.out);
    let come = import(&folder, &["units", units, "--crs", "wgs84"]);
    assert!(come.out.contains(&format!("in the roster: {unit_rows} units; 0 are known")), "{}{}", come.out, come.err);

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
    assert!(later.out.contains(&format!("0 units; {unit_rows} are known to operations")), "{}", later.out);
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
        "line 2: kind: \"dragon\" is not a known word",
        "line 3: priority: must be 1 to 4",
        "line 4: position",
        "line 5: reported_at: \"yesterday\" is no time",
        "line 6: unknown field `colour`",
        "line 7: the line is longer than 65536 bytes",
        "line 8: EOF",
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
        "line 1: reported_at: 1066-10-14T09:00:00Z lies before 1949-10-01",
        "line 2: reported_at: 2099-01-01T00:00:00Z lies more than a day in the future",
        "line 3: closed_at: 2099",
        "line 4: reported_at: 1949-09-30T15:59:59Z lies before",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    let persons = [
        with("number", json!("13800138000")),
        with("number", json!("33030219900307001X")),
        with("system", json!("浙C12345")),
    ];
    let file_of = folder.write("persons.ndjson", persons.join("\n"));
    let persons = import(&folder, &["incidents", file_of.to_str().expect("a path"), "--crs", "wgs84"]);
    assert!(persons.code == 2 && persons.out.contains("accepted 0, rejected 3"), "{}", persons.out);
    assert!(
        persons.out.contains("line 1: number: holds a mobile number") && !persons.out.contains("1380013"),
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
    assert_eq!(import(&folder, &["incidents", file]).code, 1, "nothing is guessed");
    let mapped = import(&folder, &["incidents", file, "--crs", "wgs84", "--complete"]);
    assert!(mapped.code == 1 && mapped.err.contains("--complete has no meaning here"), "{}", mapped.err);
    let none = folder.write("none.ndjson", "{}\n");
    assert_eq!(import(&folder, &["units", none.to_str().expect("a path"), "--crs", "wgs84"]).code, 2);
    assert_eq!(import(&folder, &["units", "nowhere.ndjson", "--crs", "wgs84"]).code, 2);
}
