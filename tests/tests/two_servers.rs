//! Two servers on one database: one unit, one order; one picture, wherever somebody looks; and one may die.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{
    CENTRE, Client, Folder, Kind, Live, PASSWORD, Room, Server, command, fix, id, now, progress, put_unit, wait_until,
};

const SOON: Duration = Duration::from_secs(10);

/// A room with two servers, their logs, and a unit that both know.
struct Two {
    a: Server,
    b: Server,
    _logs: Folder,
    room: Room,
}

fn two() -> Two {
    let (room, logs) = (Room::new(Kind::Database), Folder::new());
    let (a, b) = (room.serve(), room.serve_with(&logs, &[], &[]));
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    put_unit(&seat_a, "u1");
    wait_until("the other server hears of the unit", SOON, || seat_b.get("/api/v1/units/u1").status == 200);
    Room::refresh(&seat_a, &["u1".to_owned()]);
    wait_until("the other server hears where it is", SOON, || seat_b.get("/api/v1/units/u1").ok()["link"] == "live");
    Two { a, b, _logs: logs, room }
}

#[test]
fn two_servers_give_a_unit_once_and_tell_each_others_viewers() {
    let Two { a, b, _logs, room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let mut viewer = Live::hello(&a, &seat_a, None);
    let seen = viewer.snapshot();
    for round in 0..40 {
        let (one, two) = (id(&Room::call(&seat_a, 2)), id(&Room::call(&seat_b, 2)));
        for (seat, other) in [(&seat_a, &two), (&seat_b, &one)] {
            wait_until("each hears of the other's call", SOON, || {
                seat.get(&format!("/api/v1/incidents/{other}")).status == 200
            });
        }
        let assign = json!({"type": "assign", "unit": "u1"});
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| command(&seat_a, &one, assign.clone()));
            let two = scope.spawn(|| command(&seat_b, &two, assign.clone()));
            (one.join().expect("an answer"), two.join().expect("an answer"))
        });
        let (won, lost) = if one.status == 200 { (one, two) } else { (two, one) };
        assert_eq!((won.status, lost.refused(409).as_str()), (200, "UNIT-TAKEN"), "round {round}");
        let order = won.json()["assigned"][0].as_str().expect("one order").to_owned();
        wait_until("the other server hears of the order", SOON, || progress(&seat_b, &order, "recall").status != 404);
    }
    drop(a);
    // Who watched at A goes on at B without a gap.
    let mut back = Live::connect(&b, &seat_b);
    back.say(&json!({"hello": {"since": seen["seq"], "epoch": seen["epoch"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(back.snapshot()["resumed"], true);
    let (mut reports, mut last) = (BTreeSet::new(), seen["seq"].as_u64().expect("a place in the log"));
    back.until("all eighty reports and the last recall", SOON, |_, m| {
        if m["t"] == "event" {
            let seq = m["seq"].as_u64().expect("a place in the log");
            assert_eq!(seq, last + 1, "events come in order, each once, none left out");
            last = seq;
            if m["kind"] == "incident.reported" {
                reports.insert(m["id"].to_string());
            }
        }
        (reports.len() == 80 && m["kind"] == "assignment.recalled").then_some(())
    });
    drop(b);
    let verified = room.verify();
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

/// What one server has answered is known to the other at once: nobody who believes a 404 loses his milestone.
#[test]
fn what_one_has_answered_the_other_knows() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    for round in 0..30 {
        let call = id(&Room::call(&seat_a, 2));
        command(&seat_b, &call, json!({"type": "note", "text": format!("{round}")})).ok();
        let ordered = command(&seat_a, &call, json!({"type": "assign", "unit": "u1"})).ok();
        let order = ordered["assigned"][0].as_str().expect("one order");
        progress(&seat_b, order, "accept").ok();
        progress(&seat_a, order, "recall").ok();
    }
}

#[test]
fn where_a_unit_is_said_to_one_server_is_drawn_and_ranked_at_the_other() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let call = id(&Room::call(&seat_b, 2));
    let mut viewer = Live::hello(&b, &seat_b, None);
    viewer.snapshot();
    for n in 1..=5_u8 {
        // Five metres: no unit jumps between two posts.
        let lon = CENTRE.0 + f64::from(n) * 0.000_05;
        seat_a.post("/api/v1/positions", &json!([fix("u1", (lon, CENTRE.1), &now())])).ok();
        viewer.until("the fix on the other server's screen", SOON, |_, m| {
            let rows = m["moved"].as_array()?;
            let there = |row: &Value| row[1].as_f64().is_some_and(|e6| (e6 / 1e6 - lon).abs() < 2e-6);
            rows.iter().any(there).then_some(())
        });
        let ranked = seat_b.get(&format!("/api/v1/incidents/{call}/units?k=1")).ok();
        let straight = ranked["items"][0]["straight_m"].as_f64().expect("a distance");
        let metres = 4.91 * f64::from(n);
        assert!((straight - metres).abs() < 0.7, "{straight} m for {metres} m: {ranked}");
    }
}

#[test]
fn a_login_holds_at_both_and_so_does_its_end() {
    let Two { a, b, _logs, room } = two();
    let seat = Room::seat(&a, 2);
    let there = b.client().with_token(seat.token());
    assert_eq!(there.get("/api/v1/session").ok()["user"], "seat-2");
    assert_eq!(seat.delete("/api/v1/session").status / 100, 2);
    wait_until("the logout holds at the other server", Duration::from_secs(3), || {
        there.get("/api/v1/session").status == 401
    });
    let seat = Room::seat(&a, 3);
    let there = b.client().with_token(seat.token());
    there.get("/api/v1/session").ok();
    let store = room.store();
    let disabled = tests::onemap(&["user", "disable", "seat-3", &store[0], &store[1]]);
    assert_eq!(disabled.code, 0, "{}", disabled.err);
    for client in [&seat, &there] {
        wait_until("a disabled login ends everywhere", Duration::from_secs(3), || {
            client.get("/api/v1/session").status == 401
        });
    }
    let again = b.client().post("/api/v1/session", &json!({"user": "seat-3", "password": PASSWORD}));
    assert_eq!(again.status, 401);
}

#[test]
fn a_timer_of_two_servers_goes_off_once() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let mut viewer = Live::hello(&b, &seat_b, None);
    viewer.snapshot();
    let call = id(&Room::call(&seat_a, 2));
    command(&seat_a, &call, json!({"type": "assign", "unit": "u1"})).ok();
    viewer.until("the end of an order that nobody takes", Duration::from_secs(45), |_, m| {
        (m["kind"] == "assignment.expired").then_some(())
    });
    // Both have tried by then, and tried again.
    std::thread::sleep(Duration::from_secs(5));
    let timeline = seat_b.get(&format!("/api/v1/incidents/{call}/timeline")).ok();
    let kinds = timeline["items"].as_array().expect("a timeline").iter().filter_map(|e| e["kind"].as_str());
    let kinds: Vec<&str> = kinds.collect();
    let count = |kind: &str| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!(
        (count("timer.fired"), count("assignment.expired")),
        (2, 1),
        "voice after 10 s, end after 30: {kinds:?}"
    );
}

#[test]
fn one_server_dies_in_a_storm_and_the_other_carries_on() {
    let Two { a, b, _logs, room } = two();
    let units = Room::units(&Room::seat(&a, 0), 4);
    let seat_b = Room::seat(&b, 1);
    wait_until("the other server hears of the units", SOON, || {
        units.iter().all(|unit| seat_b.get(&format!("/api/v1/units/{unit}")).status == 200)
    });
    let acknowledged = Mutex::new(Vec::new());
    // Logged in before: the end of A comes amid orders, however long a login takes.
    let seats: Vec<Client> =
        [&a, &a, &b, &b].into_iter().enumerate().map(|(n, server)| Room::seat(server, n)).collect();
    let storm = |seat: usize, until: Duration| {
        let (seat, begun, unit) = (&seats[seat], Instant::now(), &units[seat]);
        for round in 0.. {
            if begun.elapsed() > until {
                return;
            }
            let call = json!({"kind": "help", "priority": 3, "lon": CENTRE.0, "lat": CENTRE.1, "source": "manual"});
            let Some(call) = seat.try_post("/api/v1/incidents", &call) else { return };
            let call = id(&call.ok());
            let assign = json!({"command_id": format!("storm-{unit}-{round}"), "type": "assign", "unit": unit});
            let Some(order) = seat.try_post(&format!("/api/v1/incidents/{call}/commands"), &assign) else { return };
            let order = order.ok()["assigned"][0].as_str().expect("one order").to_owned();
            acknowledged.lock().expect("nobody panicked").push((call, order.clone()));
            let recall = json!({"command_id": format!("recall-{unit}-{round}"), "type": "recall"});
            if seat.try_post(&format!("/api/v1/assignments/{order}/commands"), &recall).is_none() {
                return;
            }
        }
    };
    let before = std::thread::scope(|scope| {
        for seat in 0..2 {
            let storm = &storm;
            scope.spawn(move || storm(seat, SOON));
        }
        for seat in 2..4 {
            let storm = &storm;
            scope.spawn(move || storm(seat, Duration::from_secs(4)));
        }
        std::thread::sleep(Duration::from_secs(2));
        // As a power cut would: the process is gone in the middle of everything.
        let killed = std::process::Command::new("kill").args(["-9", &a.pid().to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()));
        acknowledged.lock().expect("nobody panicked").len()
    });
    let acknowledged = acknowledged.into_inner().expect("nobody panicked");
    assert!(before >= 20 && acknowledged.len() > before, "{before} before the end of A, {} in all", acknowledged.len());
    for (call, order) in &acknowledged {
        let incident = seat_b.get(&format!("/api/v1/incidents/{call}")).ok();
        assert!(incident.to_string().contains(order), "an acknowledged order is gone: {order} of {incident}");
    }
    // What A had begun and nobody heard the end of: the unit is free or has one order, and can be given on.
    let call = id(&Room::call(&seat_b, 1));
    let orders = json!({"type": "assign", "units": units, "preempt": true, "reason": "A is gone"});
    let answer = command(&seat_b, &call, orders.clone());
    let answer = if answer.status == 428 {
        let mut confirmed = orders;
        confirmed["confirm_token"] = answer.json()["confirm_token"].clone();
        command(&seat_b, &call, confirmed)
    } else {
        answer
    };
    assert_eq!(answer.ok()["assigned"].as_array().map(Vec::len), Some(4));
    drop(a);
    drop(b);
    let verified = room.verify();
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

/// Whoever acts at one server and goes on at the other finds what was done: no unit is unknown there, no fix of it is lost,
/// no list is of a moment ago.
#[test]
fn who_acts_at_one_and_goes_on_at_the_other_finds_it_done() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let listed = |path: &str, list: &str, id: &str| {
        let body = seat_b.get(path).ok();
        let item = body[list].as_array().and_then(|items| items.iter().find(|item| item["id"] == id)).cloned();
        (item.unwrap_or_else(|| panic!("{id} is not in {path}")), body["seq"].as_u64().expect("how far it shows"))
    };
    for round in 0..20 {
        let unit = format!("new-{round}");
        put_unit(&seat_a, &unit);
        let posted = seat_b.post("/api/v1/positions", &json!([fix(&unit, CENTRE, &now())])).ok();
        assert_eq!((&posted["accepted"], &posted["rejected"]), (&json!(1), &json!([])), "round {round}: {posted}");
        put_unit(&seat_a, &format!("other-{round}"));
        assert_eq!(seat_b.get(&format!("/api/v1/units/other-{round}")).status, 200, "round {round}");
        put_unit(&seat_a, &format!("third-{round}"));
        listed("/api/v1/units", "units", &format!("third-{round}"));

        let call = id(&Room::call(&seat_a, 2));
        listed("/api/v1/incidents", "items", &call);
        let changed = command(&seat_a, &call, json!({"type": "prioritise", "priority": 1})).ok();
        assert_eq!(seat_b.get(&format!("/api/v1/incidents/{call}")).ok()["priority"], 1, "round {round}");
        command(&seat_a, &call, json!({"type": "note", "text": "seen"})).ok();
        let (_, seq) = listed("/api/v1/incidents", "items", &call);
        assert!(seq > changed["seq"].as_u64().expect("its last event"), "round {round}");
        let line = json!({"type": "LineString", "coordinates": [[120.65, 28.01], [120.66, 28.01]]});
        let closed = seat_a.post("/api/v1/closures", &json!({"reason": "flood", "geometry": line})).ok();
        let closed = closed["id"].as_str().expect("a closure").to_owned();
        assert_eq!(seat_b.delete(&format!("/api/v1/closures/{closed}")).status, 200, "round {round}");
        // Off duty at one, back at the other: where it is counts from then on.
        let duty = |duty: &str| {
            let body = json!({"kind": "police_vehicle", "call_sign": unit, "org": "e2e", "duty": duty});
            seat_a.put(&format!("/api/v1/units/{unit}"), &body).ok();
        };
        duty("off_duty");
        wait_until("the other hears of the end of the shift", SOON, || {
            seat_b.get(&format!("/api/v1/units/{unit}")).ok()["duty"] == "off_duty"
        });
        duty("on_duty");
        // What is dated in the millisecond in which the shift began counts as before it.
        std::thread::sleep(Duration::from_millis(2));
        let posted = seat_b.post("/api/v1/positions", &json!([fix(&unit, CENTRE, &now())])).ok();
        assert_eq!(posted["accepted"], 1, "round {round}: {posted}");
    }
}

/// A device that turns to the other server says what it said to the first: that is no news there.
#[test]
fn a_report_that_one_server_took_is_a_duplicate_at_the_other() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    put_unit(&seat_a, "told");
    let report = |place: (f64, f64), obs: &str| {
        let mut report = fix("told", place, &now());
        report["obs"] = json!(obs);
        report
    };
    let label = |seat: &Client, report: &Value| {
        let posted = seat.post("/api/v1/positions", &json!([report])).ok();
        posted["quarantined"][0]["code"].as_str().unwrap_or_default().to_owned()
    };
    let first = report(CENTRE, "d:1:7");
    assert_eq!(label(&seat_a, &first), "");
    wait_until("the other shows where it is", SOON, || seat_b.get("/api/v1/units/told").ok()["lon"].is_f64());
    assert_eq!(label(&seat_b, &first), "DUPLICATE");
    let moved = (CENTRE.0 + 0.0001, CENTRE.1);
    assert_eq!(label(&seat_b, &report(moved, "d:1:7")), "DUPLICATE", "the number tells, whatever else it says");
    // Also what was taken but moved nothing was taken.
    let mut late = report(CENTRE, "d:1:6");
    late["at"] = json!(tests::ago(Duration::from_mins(5)));
    assert_eq!(label(&seat_a, &late), "LATE");
    assert_eq!(label(&seat_a, &report(moved, "d:1:8")), "");
    wait_until("the other hears what came after it", SOON, || {
        seat_b.get("/api/v1/units/told").ok()["lon"].as_f64().is_some_and(|lon| lon > CENTRE.0)
    });
    assert_eq!(label(&seat_b, &late), "DUPLICATE");
    assert_eq!(label(&seat_b, &report(moved, "d:1:9")), "");
}

/// A device's clock is as well known where it is told of as where it reports.
#[test]
fn a_clock_that_is_off_at_one_server_is_off_at_the_other() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    put_unit(&seat_a, "slow");
    for n in 0..8_u8 {
        let place = (CENTRE.0 + f64::from(n) * 0.000_02, CENTRE.1);
        seat_a.post("/api/v1/positions", &json!([fix("slow", place, &tests::ago(Duration::from_secs(75)))])).ok();
        std::thread::sleep(Duration::from_millis(120));
    }
    for seat in [&seat_a, &seat_b] {
        wait_until("the clock is known", SOON, || {
            let device = &seat.get("/api/v1/units/slow").ok()["device"];
            let behind = device["clock_behind_s"].as_f64().unwrap_or_default();
            (74.0..77.0).contains(&behind) && device["faults"] == json!(["CLOCK"])
        });
    }
}

/// What an answer at one server has said holds for the next question at the other.
#[test]
fn who_clocks_out_or_says_the_wind_at_one_has_said_it_to_the_other() {
    let Two { a, b, _logs, room: _room } = two();
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let call = id(&Room::call(&seat_a, 2));
    let put = |duty: &str| {
        let unit = json!({"kind": "police_vehicle", "call_sign": "shift", "org": "e2e", "division": "330302", "duty": duty,
            "contact": {"channel": "radio"}});
        seat_a.put("/api/v1/units/shift", &unit).ok();
    };
    let cone = json!({"incident": call, "reason": "chlorine",
        "cone": {"lon": CENTRE.0, "lat": CENTRE.1, "length_m": 300, "isolation_m": 50}});
    for round in 0..8_u16 {
        put("on_duty");
        std::thread::sleep(Duration::from_millis(3));
        let report = |seat: &Client| seat.post("/api/v1/positions", &json!([fix("shift", CENTRE, &now())])).ok();
        let on = report(&seat_b);
        assert_eq!(on["rejected"], json!([]), "round {round}: {on}");
        put("off_duty");
        let off = report(&seat_b);
        assert_eq!(off["rejected"][0]["code"], "OFF-DUTY", "round {round}: {off}");
        let wind = json!({"kind": "wind", "value": {"from_deg": round * 10}, "source": "airport"});
        seat_a.post("/api/v1/conditions", &wind).ok();
        let zone = seat_b.post("/api/v1/zones", &cone);
        assert_eq!(zone.status, 201, "round {round}: {}", zone.text());
        assert_eq!(zone.json()["wind"]["from_deg"].as_f64(), Some(f64::from(round * 10)), "round {round}");
    }
}

/// Units that nobody knows do not become a load for the database: many who ask at once share a look.
#[test]
fn a_flood_of_unknown_units_shares_its_looks() {
    let Two { a: _a, b, _logs, room: _room } = two();
    let seat = Room::seat(&b, 1);
    let looks = || {
        let metrics = b.client().get("/metrics").text();
        let line = metrics.lines().find_map(|line| line.strip_prefix("onemap_log_looks_total ")).map(str::to_owned);
        line.and_then(|count| count.trim().parse::<f64>().ok()).unwrap_or_default()
    };
    let (before, begun) = (looks(), Instant::now());
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let seat = &seat;
            scope.spawn(move || {
                for n in 0..50 {
                    let unknown = fix(&format!("nobody-{thread}-{n}"), CENTRE, &now());
                    let posted = seat.post("/api/v1/positions", &json!([unknown])).ok();
                    assert_eq!(posted["rejected"][0]["code"], "UNKNOWN-UNIT", "{posted}");
                }
            });
        }
    });
    // One begins 5 ms after another at the earliest; what rings the bell meanwhile is looked at as well.
    let most = begun.elapsed().as_secs_f64() * 210.0 + 10.0;
    let made = looks() - before;
    assert!(made >= 1.0 && made <= most && made < 800.0, "{made} looks for 800 posts, at most {most}");
}
