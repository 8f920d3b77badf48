//! What the field sends: out of order, shifted, silent, said again, by clocks that are wrong (S8 to S12).

use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    CENTRE, Chance, Client, Figures, Kind, Live, PASSWORD, Room, Server, add_user, ago, at_most, both, command,
    exactly, fix, id, now, progress,
};

const SEED: u64 = 20_260_903;

/// A login that is that unit, made before the server starts.
fn field_login(room: &Room, name: &str, unit: &str) {
    let store = room.store();
    add_user(&[&store[0], &store[1]], name, PASSWORD, &["--role", "unit", "--scope", "*", "--unit", unit]);
}

/// A drive of `fixes` seconds that ended just now, as rows; each place is the time that it belongs to.
fn drive(unit: &str, fixes: u16) -> Vec<Value> {
    let row = |n: u16| {
        let before = Duration::from_secs(u64::from(fixes - n));
        let mut row = fix(unit, (CENTRE.0 + f64::from(n) * 0.000_05, CENTRE.1), &ago(before));
        row["obs"] = json!(format!("device:1:{n}"));
        row
    };
    (0..fixes).map(row).collect()
}

/// Fixes three times each, a fifth of them up to 60 s out of place, ten minutes of store-and-forward newest first.
/// How often the unit went back in time, and how many different fixes the track holds (PostGIS only).
fn out_of_order(kind: Kind, fixes: u16, chance: &mut Chance) -> (usize, Option<usize>) {
    let room = Room::new(kind);
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    tests::put_unit(&seat, "gps");
    let rows = drive("gps", fixes);
    let (stored, lived) = rows.split_at(rows.len() / 2);
    let mut posts: Vec<(u64, &Value)> = Vec::new();
    for (n, row) in (0_u64..).zip(lived) {
        for _ in 0..3 {
            let late = if chance.below(5) == 0 { chance.below(60) } else { 0 };
            posts.push((n + late, row));
        }
    }
    posts.sort_by_key(|(when, _)| *when);
    let mut order: Vec<&Value> = posts.into_iter().map(|(_, row)| row).collect();
    // The burst of what was stored comes in the middle, newest first.
    let middle = order.len() / 2;
    order.splice(middle..middle, stored.iter().rev());
    let (mut back, mut last) = (0, String::new());
    for batch in order.chunks(7) {
        seat.post("/api/v1/positions", &json!(batch)).ok();
        let at = seat.get("/api/v1/units/gps").ok()["at"].as_str().unwrap_or_default().to_owned();
        back += usize::from(at < last);
        last = at;
    }
    let newest = seat.get("/api/v1/units/gps").ok();
    let there = rows.last().map(|row| row["lon"].clone()).and_then(|lon| lon.as_f64()).expect("a last fix");
    assert!((newest["lon"].as_f64().expect("a place") - there).abs() < 2e-6, "the newest fix is where the unit is");
    drop(server);
    let track = (kind == Kind::Database).then(|| {
        let query = "select count(distinct at_ms) from onemap.fix where unit = 'gps'";
        let counted = std::process::Command::new("psql").args([&room.store()[1], "-Atc", query]).output();
        let counted = counted.expect("psql counts");
        String::from_utf8_lossy(&counted.stdout).trim().parse().expect("a number")
    });
    (back, track)
}

#[test]
fn s8_a_unit_never_goes_back_in_time_and_its_track_is_whole() {
    both(|kind| {
        let (back, track) = out_of_order(kind, 120, &mut Chance::seeded(SEED));
        assert_eq!(back, 0, "{kind:?}");
        assert!(track.is_none_or(|fixes| fixes == 120), "{track:?}");
    });
}

#[test]
#[ignore = "twenty drives of twenty minutes: make scenarios"]
fn s8_full() {
    both(|kind| {
        let (mut chance, mut back, mut missing) = (Chance::seeded(SEED), 0, 0);
        for _ in 0..10 {
            let (went, track) = out_of_order(kind, 1_200, &mut chance);
            back += went;
            missing += 1_200 - track.unwrap_or(1_200);
        }
        let mut figures = Figures::of("S8 out of order", kind.name());
        figures.row("times that a unit went back, of 10 drives", exactly(back, 0));
        if kind == Kind::Database {
            figures.row("fixes of 12000 that the track lacks", exactly(missing, 0));
        }
        figures.settle();
    });
}

/// The one code with which a fix comes back; empty when it is believed.
fn code(seat: &Client, row: &Value) -> String {
    let report = seat.post("/api/v1/positions", &json!([row])).ok();
    report["quarantined"][0]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn s9_what_cannot_be_is_kept_apart_with_its_reason() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        tests::put_unit(&seat, "gps");
        let at = |seconds: u64| ago(Duration::from_secs(seconds));
        let far = (CENTRE.0 + 0.05, CENTRE.1);
        assert_eq!(code(&seat, &fix("gps", CENTRE, &at(20))), "");
        for seconds in [18, 17] {
            assert_eq!(code(&seat, &fix("gps", far, &at(seconds))), "SPEED", "five kilometres in a second");
        }
        assert_eq!(code(&seat, &fix("gps", (0.0, 0.0), &at(15))), "ZERO");
        let mut vague = fix("gps", CENTRE, &at(14));
        vague["accuracy_m"] = json!(20_000);
        assert_eq!(code(&seat, &vague), "ACCURACY");
        let tomorrow = time::OffsetDateTime::now_utc() + time::Duration::DAY;
        let tomorrow = tomorrow.format(&time::format_description::well_known::Rfc3339).expect("a time");
        assert_eq!(code(&seat, &fix("gps", CENTRE, &tomorrow)), "FUTURE");
        assert_eq!(code(&seat, &fix("gps", CENTRE, &at(10))), "", "a good one is believed at once");
    });
}

/// A line of the demo city's roads that is long enough to be driven, as its corners.
fn long_roads(seat: &Client) -> Vec<Vec<(f64, f64)>> {
    let (x, y) = CENTRE;
    let path =
        format!("/ogc/collections/roads/items?limit=1000&bbox={},{},{},{}", x - 0.02, y - 0.02, x + 0.02, y + 0.02);
    let found = seat.get(&path).ok();
    let lines = found["features"].as_array().expect("roads").iter().map(|road| {
        let corners = road["geometry"]["coordinates"].as_array().cloned().unwrap_or_default();
        corners.iter().filter_map(|c| Some((c[0].as_f64()?, c[1].as_f64()?))).collect::<Vec<_>>()
    });
    lines.filter(|line| line.len() >= 2).collect()
}

/// Every thirty metres of a line, metres being those of this latitude.
fn along(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut places = Vec::new();
    for pair in line.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let length = ((to_x - x) * 98_200.0).hypot((to_y - y) * 110_800.0);
        let mut done = 0.0;
        while done < length {
            let share = done / length;
            places.push((x + (to_x - x) * share, y + (to_y - y) * share));
            done += 30.0;
        }
    }
    places
}

#[test]
fn s9_a_device_that_sends_public_map_places_as_wgs84_is_noticed() {
    let server = Server::demo();
    let seat = server.login("lead");
    for unit in ["good", "shifted"] {
        tests::put_unit(&seat, unit);
    }
    let mut places: Vec<(f64, f64)> = Vec::new();
    for (x, y) in long_roads(&seat).iter().flat_map(|line| along(line)) {
        // Corners lie close together: a place that says something new is as far as a report would be.
        let far = |(last_x, last_y): &(f64, f64)| ((x - last_x) * 98_200.0).hypot((y - last_y) * 110_800.0) >= 25.0;
        if places.len() < 60 && places.last().is_none_or(far) {
            places.push((x, y));
        }
    }
    assert!(places.len() >= 40, "only {} places on roads", places.len());
    // The shift at the centre, which hardly changes within two kilometres.
    let (dx, dy) = (120.659_474_8 - CENTRE.0, 28.011_634_1 - CENTRE.1);
    let faults = |unit: &str| seat.get(&format!("/api/v1/units/{unit}")).ok()["device"]["faults"].clone();
    let mut noticed = None;
    for (n, (x, y)) in places.iter().enumerate() {
        let at = ago(Duration::from_secs(30 * (places.len() - n) as u64));
        let rows = json!([fix("good", (*x, *y), &at), fix("shifted", (x + dx, y + dy), &at)]);
        seat.post("/api/v1/positions", &rows).ok();
        // Compared off the request's path: a moment for it, so that the count is what is measured.
        std::thread::sleep(Duration::from_millis(15));
        // These reports are old ones, so the clock is doubted too.
        let shifted = faults("shifted").as_array().is_some_and(|all| all.contains(&json!("OFFSET-GCJ02")));
        if noticed.is_none() && shifted {
            noticed = Some(n + 1);
        }
    }
    assert!(noticed.is_some_and(|fixes| (20..=30).contains(&fixes)), "noticed after {noticed:?} fixes");
    assert_eq!(faults("good"), json!([]), "a device that is right is never blamed");
    assert_eq!(code(&seat, &fix("shifted", (places[0].0 + dx, places[0].1 + dy), &now())), "OFFSET");
}

/// An order to a unit whose device is off: when the voice is asked for, when the order lapses, seconds after the order.
fn silent(kind: Kind) -> (f64, f64) {
    let room = Room::new(kind);
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    Room::units(&seat, 2);
    let call = id(&Room::call(&seat, 2));
    let mut viewer = Live::hello(&server, &seat, None);
    viewer.snapshot();
    let begun = std::time::Instant::now();
    command(&seat, &call, json!({"type": "assign", "unit": "u0"})).ok();
    let mut after = |kind: &str| {
        viewer.until(kind, Duration::from_mins(1), |_, m| (m["kind"] == kind).then_some(()));
        begun.elapsed().as_secs_f64()
    };
    let (voice, lapsed) = (after("alert.raised"), after("assignment.expired"));
    Room::refresh(&seat, &["u0".to_owned(), "u1".to_owned()]);
    let ranked = seat.get(&format!("/api/v1/incidents/{call}/units?k=2")).ok();
    assert_eq!(ranked["items"].as_array().map(Vec::len), Some(2), "both may be sent now: {ranked}");
    let incident = seat.get(&format!("/api/v1/incidents/{call}")).ok();
    assert!(incident["owner"].as_str().is_some_and(|owner| !owner.is_empty()), "never without an owner");
    let armed = incident["timers"].as_array().expect("timers").iter().any(|timer| timer["state"] == "armed");
    assert!(armed, "and never without a timer: {incident}");
    (voice, lapsed)
}

#[test]
#[ignore = "half a minute of silence on each store: make scenarios"]
fn s10_full() {
    both(|kind| {
        let (voice, lapsed) = silent(kind);
        let mut figures = Figures::of("S10 a silent unit", kind.name());
        figures.row("the voice is asked for, s after the order (10), off by", at_most((voice - 10.0).abs(), 1.0));
        figures.row("the order lapses, s after the order (30), off by", at_most((lapsed - 30.0).abs(), 1.0));
        figures.settle();
    });
}

#[test]
fn s11_an_answer_that_never_came_back_is_asked_for_again_and_counts_once() {
    both(|kind| {
        let room = Room::new(kind);
        field_login(&room, "crew", "u0");
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        Room::units(&seat, 1);
        let crew = server.login("crew");
        let call = id(&Room::call(&seat, 2));
        let ordered = command(&seat, &call, json!({"type": "assign", "unit": "u0"})).ok();
        let order = ordered["assigned"][0].as_str().expect("one order").to_owned();
        let path = format!("/api/v1/assignments/{order}/commands");
        let accept = json!({"command_id": "crew-1", "type": "accept", "at": now()});
        // The device sends and loses its connection before the answer.
        let body = accept.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            crew.token(),
            body.len()
        );
        let mut stream = std::net::TcpStream::connect(server.address()).expect("the server listens");
        std::io::Write::write_all(&mut stream, (head + &body).as_bytes()).expect("it is sent");
        drop(stream);
        let answers: Vec<Value> = (0..4).map(|_| crew.post(&path, &accept).ok()).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "the same answer each time");
        // A device that has forgotten its number too.
        let again = json!({"command_id": "crew-2", "type": "accept", "at": now()});
        assert_eq!(crew.post(&path, &again).ok()["assignments"][0]["state"], "accepted");
        let timeline = seat.get(&format!("/api/v1/incidents/{call}/timeline")).ok();
        let events = timeline["items"].as_array().expect("a timeline");
        assert_eq!(events.iter().filter(|event| event["kind"] == "assignment.accepted").count(), 1);
    });
}

/// A device whose clock is so far ahead; how far its `accept` is from the truth, seconds, and whether it is flagged.
fn wrong_clock(server: &Server, ahead: time::Duration) -> (f64, bool) {
    let (seat, crew) = (Room::seat(server, 0), server.login("crew"));
    let clock = || {
        let told = time::OffsetDateTime::now_utc() + ahead;
        told.format(&time::format_description::well_known::Rfc3339).expect("a time")
    };
    tests::put_unit(&seat, "u0");
    for _ in 0..4 {
        crew.post("/api/v1/positions", &json!([fix("u0", CENTRE, &clock())])).ok();
        std::thread::sleep(Duration::from_millis(20));
    }
    let flagged = seat.get("/api/v1/units/u0").ok()["device"]["faults"] == json!(["CLOCK"]);
    let call = id(&Room::call(&seat, 2));
    let mut order = json!({"type": "assign", "unit": "u0"});
    let mut answer = command(&seat, &call, order.clone());
    if answer.status == 428 {
        order["confirm_token"] = answer.json()["confirm_token"].clone();
        answer = command(&seat, &call, order);
    }
    let order = answer.ok()["assigned"][0].as_str().expect("one order").to_owned();
    let truth = time::OffsetDateTime::now_utc();
    let accept = json!({"command_id": format!("{order}-a"), "type": "accept", "at": clock()});
    let accepted = crew.post(&format!("/api/v1/assignments/{order}/commands"), &accept).ok();
    let times = &accepted["assignments"][0]["times"];
    let read = |moment: &Value| {
        let text = moment.as_str().expect("a moment");
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).expect("RFC 3339")
    };
    let (offered, taken) = (read(&times["offered"]), read(&times["accepted"]));
    assert!(taken >= offered, "no interval is negative: {times}");
    progress(&seat, &order, "recall").ok();
    ((taken - truth).as_seconds_f64().abs(), flagged)
}

#[test]
fn s12_a_wrong_clock_does_not_make_a_wrong_time() {
    both(|kind| {
        for (ahead, off) in [
            (time::Duration::ZERO, false),
            (time::Duration::seconds(20), false),
            (time::Duration::seconds(-20), false),
            (time::Duration::minutes(7), true),
            (time::Duration::hours(-3), true),
            // A clock that drifts by 200 ppm is off by so much after a shift of twelve hours.
            (time::Duration::milliseconds(8_640), false),
        ] {
            let room = Room::new(kind);
            field_login(&room, "crew", "u0");
            let server = room.serve();
            let (error, flagged) = wrong_clock(&server, ahead);
            assert!(error <= 1.0, "{ahead}: {error} s");
            assert_eq!(flagged, off, "{ahead}");
        }
    });
}

#[test]
fn a_unit_at_its_scene_is_proposed_as_arrived_and_a_person_confirms() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        let (_, order) = Room::ordered(&seat);
        let mut viewer = Live::hello(&server, &seat, None);
        viewer.snapshot();
        progress(&seat, &order, "accept").ok();
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(30));
            seat.post("/api/v1/positions", &json!([fix("u0", CENTRE, &now())])).ok();
        }
        let seen = viewer.until("the proposal", Duration::from_secs(10), |_, m| {
            (m["kind"] == "assignment.seems_arrived").then(|| m["incident"]["assignments"][0].clone())
        });
        assert_eq!(seen["state"], "accepted", "nobody has said so yet");
        let since = seen["seems_arrived"].clone();
        assert!(since.is_string(), "{seen}");
        let arrive = json!({"command_id": "confirmed", "type": "arrive", "at": since, "src": "avl"});
        let there = seat.post(&format!("/api/v1/assignments/{order}/commands"), &arrive).ok();
        assert_eq!((&there["phase"], &there["assignments"][0]["times"]["arrived"]), (&json!("on_scene"), &since));
        assert!(there["assignments"][0]["seems_arrived"].is_null());
    });
}
