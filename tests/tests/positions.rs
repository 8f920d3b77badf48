//! Positions of units: never refused as a whole, each row with its answer.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, REPORTER, Room, Server, ago, fix, now, put_unit};

const NEAR: (f64, f64) = (CENTRE.0 + 0.0003, CENTRE.1);

fn rows(report: &Value, list: &str) -> Vec<u64> {
    let rows = report[list].as_array().expect("each list is there, if empty").iter();
    rows.map(|row| {
        let code = row["code"].as_str().expect("each row has a code");
        assert!(code.chars().all(|c| c.is_ascii_uppercase() || c == '-'), "{code}");
        row["index"].as_u64().expect("each row has its index")
    })
    .collect()
}

fn where_is(server: &Server, unit: &str) -> (f64, f64) {
    let unit = server.login("lead").get(&format!("/api/v1/units/{unit}")).ok();
    (unit["lon"].as_f64().unwrap_or(f64::NAN), unit["lat"].as_f64().unwrap_or(f64::NAN))
}

fn same((a, b): (f64, f64), (c, d): (f64, f64)) -> bool {
    (a - c).abs() < 2e-6 && (b - d).abs() < 2e-6
}

#[test]
fn a_fix_moves_its_unit() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    let at = now();
    let report = reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &at)])).ok();
    assert_eq!(report, json!({"accepted": 1, "quarantined": [], "rejected": []}));
    let unit = reporter.get("/api/v1/units/e2e-1").ok();
    assert!(same((unit["lon"].as_f64().unwrap(), unit["lat"].as_f64().unwrap()), CENTRE), "{unit}");
    assert_eq!(unit["link"], "live");
    assert!(unit["age_s"].as_f64().is_some_and(|age| age < 15.0), "{unit}");
    for field in ["id", "kind", "call_sign", "org", "skills", "duty", "availability", "epoch", "contact"] {
        assert!(!unit[field].is_null(), "{field}: {unit}");
    }
}

#[test]
fn each_row_has_its_own_answer() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    put_unit(&reporter, "e2e-2");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &ago(Duration::from_secs(2)))])).ok();
    let tomorrow = ago(Duration::ZERO).replacen("20", "21", 1);
    let batch = json!([
        fix("e2e-1", NEAR, &now()),
        fix("no-such-unit", NEAR, &now()),
        {"unit": "e2e-2"},
        fix("e2e-2", (999.0, 28.0), &now()),
        fix("e2e-2", CENTRE, "yesterday"),
        fix("e2e-2", CENTRE, &tomorrow),
        fix("e2e-2", CENTRE, &now()),
    ]);
    let report = reporter.post("/api/v1/positions", &batch).ok();
    // What is doubtful is taken too, and labelled.
    assert_eq!(report["accepted"], 3, "{report}");
    assert_eq!(rows(&report, "rejected"), [1, 2, 3, 4], "{report}");
    assert_eq!(rows(&report, "quarantined"), [5], "{report}");
    assert_eq!(report["rejected"][0]["code"], "UNKNOWN-UNIT");
    assert_eq!(report["quarantined"][0]["code"], "FUTURE");
    assert!(same(where_is(&server, "e2e-1"), NEAR) && same(where_is(&server, "e2e-2"), CENTRE));
}

#[test]
fn a_late_position_does_not_move_a_unit_back() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", NEAR, &now())])).ok();
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &ago(Duration::from_secs(30)))])).ok();
    assert!(same(where_is(&server, "e2e-1"), NEAR));
}

#[test]
fn a_jump_that_no_car_can_make_is_kept_apart() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &ago(Duration::from_secs(1)))])).ok();
    let far = (CENTRE.0 + 0.4, CENTRE.1);
    let report = reporter.post("/api/v1/positions", &json!([fix("e2e-1", far, &now())])).ok();
    assert_eq!((rows(&report, "quarantined"), report["accepted"].as_u64()), (vec![0], Some(1)), "{report}");
    assert!(same(where_is(&server, "e2e-1"), CENTRE));
}

#[test]
fn lines_of_json_are_taken_as_well() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    let lines =
        format!("{}\n{{\n\n{}\n", fix("e2e-1", CENTRE, &ago(Duration::from_secs(1))), fix("e2e-1", NEAR, &now()));
    let report = reporter.send("POST", "/api/v1/positions", "application/x-ndjson", lines.as_bytes()).ok();
    assert_eq!(report["accepted"], 2, "{report}");
    assert_eq!(rows(&report, "rejected"), [1], "{report}");
}

#[test]
fn a_number_that_is_none_costs_its_own_row_only() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    let good = fix("e2e-1", CENTRE, &now()).to_string();
    let bad = good.replacen("\"lat\":", "\"lat\":1e400,\"was\":", 1);
    assert_ne!(good, bad);
    let rows_of = format!("[{bad}, 1e400,\n {good}]");
    let report = reporter.send("POST", "/api/v1/positions", "application/json", rows_of.as_bytes()).ok();
    assert_eq!((report["accepted"].as_u64(), rows(&report, "rejected")), (Some(1), vec![0, 1]), "{report}");
    for broken in ["[{]", "{}", "[1", ""] {
        assert_eq!(reporter.send("POST", "/api/v1/positions", "application/json", broken.as_bytes()).status, 400);
    }
}

#[test]
fn a_fix_in_another_system_is_brought_home() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    let mut row = fix("e2e-1", (120.659_474_8, 28.011_634_1), &now());
    row["crs"] = json!("gcj02");
    reporter.post("/api/v1/positions", &json!([row])).ok();
    assert!(same(where_is(&server, "e2e-1"), CENTRE));
}

#[test]
fn a_unit_reports_for_itself_alone() {
    let server = Server::demo();
    let (own, reporter) = (server.login("unit"), server.login(REPORTER));
    put_unit(&reporter, "e2e-1");
    let listed = own.get("/api/v1/units").ok();
    let me = listed["units"][0]["id"].as_str().expect("a unit sees itself").to_owned();
    let there = (listed["units"][0]["lon"].as_f64().unwrap(), listed["units"][0]["lat"].as_f64().unwrap());
    let report = own.post("/api/v1/positions", &json!([fix(&me, there, &now()), fix("e2e-1", CENTRE, &now())])).ok();
    assert_eq!(rows(&report, "rejected"), [1], "{report}");
}

#[test]
fn who_has_no_unit_reports_nothing() {
    let server = Server::demo();
    put_unit(&server.login(REPORTER), "e2e-1");
    for user in ["wall", "analyst", "auditor"] {
        let answer = server.login(user).post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &now())]));
        let refused = answer.status == 403 || rows(&answer.ok(), "rejected") == [0];
        assert!(refused, "{user}: {}", answer.text());
    }
}

#[test]
fn at_least_fifty_units_are_on_duty_at_any_hour() {
    let server = Server::demo();
    let units = server.login("lead").get("/api/v1/units").ok();
    let on_duty = units["units"].as_array().unwrap().iter().filter(|unit| unit["duty"] == "on_duty").count();
    assert!(on_duty >= 50, "{on_duty}");
}

#[test]
fn a_report_is_known_by_the_number_that_its_device_gave_it() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    let numbered = |place, at: &str, obs: &str| {
        let mut row = fix("e2e-1", place, at);
        row["obs"] = obs.into();
        reporter.post("/api/v1/positions", &json!([row])).ok()["quarantined"].clone()
    };
    let (first, second) = (ago(Duration::from_secs(20)), ago(Duration::from_secs(10)));
    assert_eq!(numbered(CENTRE, &first, "d1:1:1"), json!([]));
    // The same number again is the same report, whatever time stands beside it.
    assert_eq!(numbered(NEAR, &second, "d1:1:1"), json!([{"index": 0, "code": "DUPLICATE"}]));
    assert!(same(where_is(&server, "e2e-1"), CENTRE));
    // Another number is another report, even at the same time.
    assert_eq!(numbered(NEAR, &first, "d1:1:2"), json!([]));
    assert!(same(where_is(&server, "e2e-1"), NEAR));
    assert_eq!(numbered(CENTRE, &second, "d1:2:1"), json!([]));
    // Without a number the time tells.
    let again = reporter.post("/api/v1/positions", &json!([fix("e2e-1", NEAR, &second)])).ok();
    assert_eq!(again["quarantined"], json!([{"index": 0, "code": "DUPLICATE"}]));
}

#[test]
fn where_a_unit_was_before_its_shift_or_after_it_is_not_kept() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    reporter.post("/api/v1/positions", &json!([fix("e2e-1", CENTRE, &now())])).ok();
    let duty = |duty: &str| reporter.put("/api/v1/units/e2e-1", &json!({"duty": duty})).ok();
    let code = |at: &str| {
        let report = reporter.post("/api/v1/positions", &json!([fix("e2e-1", NEAR, at)])).ok();
        report["rejected"][0]["code"].as_str().unwrap_or_default().to_owned()
    };
    duty("off_duty");
    assert_eq!(code(&now()), "OFF-DUTY");
    let at_home = now();
    duty("on_duty");
    assert_eq!(code(&at_home), "OFF-DUTY", "stored on the way to work and sent later");
    assert!(reporter.get("/api/v1/units/e2e-1").ok()["lon"].is_null(), "nothing is known of the time between");
    assert_eq!(code(&now()), "");
    assert!(same(where_is(&server, "e2e-1"), NEAR));
}

#[test]
fn who_is_entered_as_on_duty_has_no_past_but_what_is_said_of_the_shift() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    let minutes = |count: u64| ago(Duration::from_mins(count));
    let put = |id: &str, more: &Value| {
        let mut body = json!({"kind": "police_vehicle", "call_sign": id, "org": "e2e", "division": "330302",
            "duty": "on_duty", "contact": {"channel": "radio"}});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        reporter.put(&format!("/api/v1/units/{id}"), &body)
    };
    let code = |id: &str, at: &str| {
        let report = reporter.post("/api/v1/positions", &json!([fix(id, CENTRE, at)])).ok();
        report["rejected"][0]["code"].as_str().unwrap_or_default().to_owned()
    };
    put("fresh", &json!({})).ok();
    assert_eq!(code("fresh", &minutes(1)), "OFF-DUTY", "nobody said that it was on duty then");
    assert_eq!(code("fresh", &now()), "");
    put("since", &json!({"on_duty_since": minutes(30)})).ok();
    assert_eq!(code("since", &minutes(31)), "OFF-DUTY");
    assert_eq!(code("since", &minutes(29)), "");
    // A shift does not reach before the end of the one before.
    put("again", &json!({"on_duty_since": minutes(30)})).ok();
    put("again", &json!({"duty": "off_duty"})).ok();
    put("again", &json!({"on_duty_since": minutes(30)})).ok();
    assert_eq!(code("again", &minutes(10)), "OFF-DUTY", "where it was off duty is nobody's business");
    assert_eq!(code("again", &now()), "");
    let slips = [
        (json!({"on_duty_since": "yesterday"}), 400),
        (json!({"on_duty_since": minutes(24 * 60 + 1)}), 422),
        (json!({"on_duty_since": minutes(5), "duty": "off_duty"}), 422),
        (json!({"call_sign": "e2e\u{202e}7"}), 422),
    ];
    for (slip, status) in slips {
        assert_eq!(put("slip", &slip).status, status, "{slip}");
        assert_eq!(reporter.get("/api/v1/units/slip").status, 404, "{slip}");
    }
}

#[test]
fn what_stands_beside_a_place_is_named_when_it_is_not_kept() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "e2e-1");
    let mut odd = fix("e2e-1", CENTRE, &now());
    (odd["battery_pct"], odd["channel"]) = (json!(300), json!("4g"));
    let report = reporter.post("/api/v1/positions", &json!([odd])).ok();
    assert_eq!((&report["accepted"], &report["ignored"]), (&json!(1), &json!([{"index": 0, "code": "BATTERY"}])));
    let device = &reporter.get("/api/v1/units/e2e-1").ok()["device"];
    assert_eq!((&device["battery_pct"], &device["channel"]), (&Value::Null, &json!("4g")));
    let whole = fix("e2e-1", NEAR, &now());
    let report = reporter.post("/api/v1/positions", &json!([whole])).ok();
    assert!(report.get("ignored").is_none(), "{report}");
}

#[test]
fn a_unit_of_the_still_city_stays_where_a_client_puts_it() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    let units = reporter.get("/api/v1/units").ok();
    let on_duty = |unit: &&Value| unit["duty"] == "on_duty" && unit["kind"] == "police_foot" && unit["lon"].is_f64();
    let unit = units["units"].as_array().unwrap().iter().find(on_duty).expect("somebody on foot");
    let id = unit["id"].as_str().unwrap();
    let there = (unit["lon"].as_f64().unwrap() + 0.0001, unit["lat"].as_f64().unwrap());
    reporter.post("/api/v1/positions", &json!([fix(id, there, &now())])).ok();
    let put = reporter.get(&format!("/api/v1/units/{id}")).ok();
    assert!(same(where_is(&server, id), there), "{put}");
    // Until a heartbeat has come after it.
    let beat = || reporter.get(&format!("/api/v1/units/{id}")).ok()["at"] != put["at"];
    assert!(
        (0..150).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            beat()
        }),
        "no heartbeat in 15 s"
    );
    assert!(same(where_is(&server, id), there), "it was dragged back");
}

#[test]
fn a_text_that_cannot_be_kept_costs_its_own_row_and_no_other() {
    tests::both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        for unit in ["e2e-1", "e2e-2"] {
            put_unit(&seat, unit);
        }
        let texts = ["z\u{0}", "", "two\nlines", "bell\u{7}", &"x".repeat(129)];
        let mut batch = vec![fix("e2e-1", CENTRE, &now())];
        batch.extend(texts.map(|obs| {
            let mut row = fix("e2e-2", CENTRE, &now());
            row["obs"] = obs.into();
            row
        }));
        batch.push(fix("e2e\u{0}", CENTRE, &now()));
        batch.push(fix("e2e-2", NEAR, &now()));
        let report = seat.post("/api/v1/positions", &json!(batch)).ok();
        assert_eq!(rows(&report, "rejected"), [1, 2, 3, 4, 5, 6], "{report}");
        for row in report["rejected"].as_array().unwrap() {
            assert_eq!(row["code"], "UNREADABLE", "{report}");
        }
        assert_eq!(report["accepted"], 2, "{report}");
        // In the order of an end, all that was accepted is written; the next server reads it.
        drop(server);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        for (unit, place) in [("e2e-1", CENTRE), ("e2e-2", NEAR)] {
            let unit = seat.get(&format!("/api/v1/units/{unit}")).ok();
            assert!(same((unit["lon"].as_f64().unwrap(), unit["lat"].as_f64().unwrap()), place), "{unit}");
        }
    });
}
