//! The server's clock is set back five seconds, then forward an hour (S13); three days later numbers are gone.
//!
//! The clock is set by a preloaded library under the unchanged binary (`tests/faults/faults.c`): only the wall clock, as a
//! time server or an operator would; the steady clock goes on.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{CENTRE, Faults, Kind, Live, Room, Server, ago, both, command, fix, id, onemap};

fn moment(text: &Value) -> time::OffsetDateTime {
    let text = text.as_str().expect("a moment");
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).expect("RFC 3339")
}

#[test]
fn s13_a_clock_that_is_set_moves_no_event_back_and_no_timer_forward() {
    both(|kind| {
        let room = Room::new(kind);
        let faults = Faults::new(room.folder());
        let server = room.serve_with(room.folder(), &[], &faults.settings());
        let seat = Room::seat(&server, 0);
        Room::units(&seat, 1);
        let mut viewer = Live::hello(&server, &seat, None);
        viewer.snapshot();
        let call = id(&Room::call(&seat, 2));
        let ordered = Instant::now();
        command(&seat, &call, json!({"type": "assign", "unit": "u0"})).ok();
        for (ahead_ms, text) in [(-5_000, "five seconds back"), (3_600_000 - 5_000, "an hour forward")] {
            faults.clock(ahead_ms);
            command(&seat, &call, json!({"type": "note", "text": text})).ok();
            std::thread::sleep(Duration::from_millis(1_500));
            command(&seat, &call, json!({"type": "note", "text": format!("after {text}")})).ok();
        }
        // The voice is asked for ten seconds after the order, by a clock that nobody sets: not an hour early, not twice.
        viewer.until("the voice", Duration::from_secs(20), |_, m| (m["kind"] == "alert.raised").then_some(()));
        let after = ordered.elapsed();
        assert!(after >= Duration::from_secs(10), "early: {after:?}");
        let alarm = viewer.until("the alarm", Duration::from_secs(15), |_, m| {
            let alarms = m["alarms"].as_array()?;
            alarms.iter().find(|alarm| alarm["code"] == "CLOCK-STEP").cloned()
        });
        let detail = alarm["detail"].as_str().expect("words").to_owned();
        assert!(detail.contains("3600") || detail.contains("3599"), "an hour: {detail}");
        let timeline = seat.get(&format!("/api/v1/incidents/{call}/timeline")).ok();
        let events = timeline["items"].as_array().expect("a timeline");
        let committed: Vec<_> = events.iter().map(|event| moment(&event["committed_at"])).collect();
        assert!(committed.windows(2).all(|pair| pair[0] <= pair[1]), "{committed:?}");
        let spans = *committed.last().expect("events") - committed[0];
        assert!(spans > time::Duration::minutes(55), "the clock was set at all: {spans}");
        let fired = events.iter().filter(|event| event["kind"] == "timer.fired").count();
        assert_eq!(fired, 1, "{timeline}");
        // One step, one alarm: two steps were made.
        let figures = server.client().get("/metrics").text();
        assert!(figures.contains("onemap_clock_steps_total 2"), "two steps");
        drop(server);
        assert_eq!(room.verify().code, 0);
    });
}

/// How many numbers are still sealed, in the database.
fn sealed(room: &Room) -> usize {
    let query = "select count(*) from onemap.log_sealed where bytes is not null";
    let counted = std::process::Command::new("psql").args([&room.store()[1], "-Atc", query]).output();
    String::from_utf8_lossy(&counted.expect("psql counts").stdout).trim().parse().expect("a number")
}

fn call_of(seat: &tests::Client, number: &str) -> String {
    let call = json!({"kind": "help", "priority": 3, "source": "call_110", "callers": [{"number": number}]});
    id(&seat.post("/api/v1/incidents", &call).ok())
}

#[test]
fn three_days_after_the_end_a_callers_number_is_erased_and_an_open_ones_is_not() {
    both(|kind| {
        let room = Room::new(kind);
        let faults = Faults::new(room.folder());
        let settings = [&faults.settings()[..], &[("ONEMAP_SESSION_SECONDS", "1000000")]].concat();
        let serve = || room.serve_with(room.folder(), &[], &settings);
        let server = serve();
        let seat = Room::seat(&server, 0);
        let (ended, open, again) =
            (call_of(&seat, "57788120001"), call_of(&seat, "57788120002"), call_of(&seat, "57788120003"));
        for call in [&ended, &again] {
            command(&seat, call, json!({"type": "close", "disposition": "advised"})).ok();
        }
        command(&seat, &again, json!({"type": "reopen", "reason": "called again"})).ok();
        let erased = |server: &Server, count: usize| {
            let said = format!("onemap_sealed_erased_total {count}");
            tests::wait_until("the job has run", Duration::from_secs(10), || {
                server.client().get("/metrics").text().contains(&said)
            });
        };
        erased(&server, 0);
        drop(server);
        faults.clock(71 * 3_600_000);
        erased(&serve(), 0);
        faults.clock(73 * 3_600_000);
        let server = serve();
        erased(&server, 1);
        let seat = Room::seat(&server, 0);
        for (call, number) in [(&open, "57788120002"), (&again, "57788120003")] {
            let shown = seat.post(&format!("/api/v1/incidents/{call}/callers/1/reveal"), &json!({})).ok();
            assert_eq!(shown["number"], number, "an open incident keeps its caller");
        }
        drop(server);
        if kind == Kind::Database {
            assert_eq!(sealed(&room), 2);
        } else {
            let bytes = std::fs::read(room.folder().data().join("ops.db")).expect("the log");
            let holds = |number: &[u8]| bytes.windows(number.len()).any(|part| part == number);
            assert!(!holds(b"57788120001") && holds(b"57788120002"), "it is gone from the file as well");
        }
        assert_eq!(room.verify().code, 0, "the chain holds without it");
        // Once more: what was looked at is not looked at again.
        erased(&serve(), 0);
    });
}

#[test]
fn tracks_are_forgotten_after_the_days_that_are_set() {
    both(|kind| {
        let room = Room::new(kind);
        let faults = Faults::new(room.folder());
        let settings = [&faults.settings()[..], &[("ONEMAP_TRACK_DAYS", "2")]].concat();
        let serve = || room.serve_with(room.folder(), &[], &settings);
        let server = serve();
        let seat = Room::seat(&server, 0);
        Room::units(&seat, 3);
        drop(server);
        for (days, gone) in [(1, 0), (3, 3)] {
            faults.clock(days * 86_400_000);
            let server = serve();
            let said = format!("onemap_positions_forgotten_total {gone}");
            tests::wait_until("the job has run", Duration::from_secs(10), || {
                server.client().get("/metrics").text().contains(&said)
            });
        }
        assert_eq!(onemap(&["verify", &room.store()[0], &room.store()[1]]).code, 0);
    });
}

#[test]
fn a_unit_that_reports_seldom_is_measured_by_its_own_interval() {
    let room = Room::new(Kind::Folder);
    let faults = Faults::new(room.folder());
    let server = room.serve_with(room.folder(), &[], &faults.settings());
    let seat = Room::seat(&server, 0);
    for (unit, gap) in [("often", 1), ("seldom", 60)] {
        tests::put_unit(&seat, unit);
        for n in (0..5).rev() {
            let mut row = fix(unit, CENTRE, &ago(Duration::from_secs(n * gap)));
            row["battery_pct"] = json!(80 + n);
            row["channel"] = json!("4g");
            seat.post("/api/v1/positions", &json!([row])).ok();
        }
    }
    let look = |unit: &str| seat.get(&format!("/api/v1/units/{unit}")).ok();
    let device = look("seldom")["device"].clone();
    assert!(device["interval_s"].as_f64().is_some_and(|s| (59.0..=61.0).contains(&s)), "{device}");
    assert_eq!(
        (&device["battery_pct"], &device["channel"], &device["faults"]),
        (&json!(80.0), &json!("4g"), &json!([]))
    );
    let links = |unit: &str| look(unit)["link"].as_str().unwrap_or_default().to_owned();
    let mut seen = Vec::new();
    for after_s in [10, 70, 130, 400, 2_000] {
        faults.clock(after_s * 1_000);
        seen.push((links("often"), links("seldom")));
    }
    let wanted = [("live", "live"), ("stale", "live"), ("stale", "late"), ("lost", "stale"), ("lost", "lost")];
    assert_eq!(seen, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let mut viewer = Live::hello(&server, &seat, None);
    let table = viewer.snapshot()["links"].clone();
    assert_eq!(table[0], json!({"link": "live", "floor_s": 15, "intervals": 2}), "screens measure by the same table");
}
