//! What people from outside found: a number opens nothing that its owner may not see, a restored log is another history,
//! half-said requests end, clocks that are off, timelines that are long.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{CENTRE, Folder, Kind, Live, REPORTER, Room, Server, command, fix, id, now, onemap, progress, put_unit};
use time::format_description::well_known::Rfc3339;

fn ago(seconds: i64) -> String {
    (time::OffsetDateTime::now_utc() - time::Duration::seconds(seconds)).format(&Rfc3339).expect("a time of today")
}

#[test]
fn a_number_of_another_system_opens_only_what_one_may_see() {
    let server = Server::demo();
    let (lead, seat, gateway) = (server.login("lead"), server.login("dispatcher"), server.login("gateway"));
    let there = json!({"kind": "help", "priority": 2, "source": "call_110", "lon": 120.55, "lat": 27.57,
        "text": "of another county", "callers": [{"number": "13800001234"}]});
    let path = "/api/v1/incidents/by-ref/CADX/L3";
    let incident = id(&lead.put(path, &there).ok());
    assert_eq!(seat.get(&format!("/api/v1/incidents/{incident}")).refused(403), "SCOPE");
    let mut here = there.clone();
    (here["lon"], here["lat"], here["text"]) = (json!(CENTRE.0), json!(CENTRE.1), json!("mine"));
    assert_eq!(seat.put(path, &here).refused(403), "SCOPE", "moving it here does not make it ours");
    assert_eq!(seat.put(path, &there).refused(403), "SCOPE");
    here["source_ref"] = json!({"system": "CADX", "number": "L3"});
    assert_eq!(seat.post("/api/v1/incidents", &here).refused(403), "SCOPE");
    let reveal = format!("/api/v1/incidents/{incident}/callers/1/reveal");
    assert_eq!(seat.post(&reveal, &json!({})).refused(403), "SCOPE");
    let kept = lead.get(&format!("/api/v1/incidents/{incident}")).ok();
    assert_eq!((&kept["text"], &kept["location"]["lon"]), (&json!("of another county"), &json!(120.55)));
    // The call system's own gateway speaks for the whole city; who has it in sight may as well.
    gateway.put(path, &there).ok();
    let own = "/api/v1/incidents/by-ref/CADX/L4";
    (here["source_ref"], here["text"]) = (Value::Null, json!("ours"));
    here.as_object_mut().expect("fields").remove("source_ref");
    seat.put(own, &here).ok();
    here["text"] = json!("ours, and more");
    assert_eq!(seat.put(own, &here).ok()["text"], "ours, and more");
}

/// A closure and a zone name only incidents that their owner may see.
#[test]
fn nobody_names_an_incident_that_is_out_of_sight() {
    let server = Server::demo();
    let (lead, seat) = (server.login("lead"), server.login("dispatcher"));
    let there = json!({"kind": "help", "priority": 2, "source": "call_110", "lon": 120.55, "lat": 27.57});
    let there = id(&lead.post("/api/v1/incidents", &there).ok());
    let line = json!({"type": "LineString", "coordinates": [[120.65, 28.01], [120.66, 28.01]]});
    let closure = |incident: &str| json!({"reason": "cordon", "geometry": line, "incident": incident});
    assert_eq!(seat.post("/api/v1/closures", &closure(&there)).refused(403), "SCOPE");
    assert_eq!(seat.post("/api/v1/closures", &closure("nothing")).refused(404), "NOT-FOUND");
    let circle = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 100.0});
    let zone = |incident: &str| json!({"reason": "gas", "incident": incident, "circle": circle});
    assert_eq!(seat.post("/api/v1/zones", &zone(&there)).refused(403), "SCOPE");
    assert_eq!(seat.post("/api/v1/zones", &zone("nothing")).refused(404), "NOT-FOUND");
    let drawn = lead.post("/api/v1/zones", &zone(&there)).ok();
    let path = format!("/api/v1/zones/{}", drawn["id"].as_str().expect("a zone"));
    let own = id(&Room::call(&seat, 2));
    assert_eq!(seat.put(&path, &zone(&own)).refused(403), "SCOPE", "an own incident opens no other one's zone");
    assert_eq!(seat.put(&path, &zone(&there)).refused(403), "SCOPE");
    assert_eq!(seat.delete(&path).refused(403), "SCOPE");
    // An own incident may be named, by whoever sees it.
    assert_eq!(seat.post("/api/v1/closures", &closure(&own)).ok()["incident"], json!(own));
    lead.post("/api/v1/closures", &closure(&there)).ok();
}

/// A unit that was planned and is silent by the time it is wanted is asked about twice, as any other.
#[test]
fn a_planned_unit_that_is_silent_is_asked_about_and_a_plan_moves() {
    let room = Room::new(Kind::Folder);
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    put_unit(&seat, "silent");
    let call = id(&Room::call(&seat, 3));
    let plan = |minutes: i64| json!({"type": "assign", "unit": "silent", "start_at": ago(-60 * minutes)});
    let asked = command(&seat, &call, plan(10));
    let mut confirmed = plan(10);
    confirmed["confirm_token"] = asked.json()["confirm_token"].clone();
    assert_eq!(asked.refused(428), "CONFIRM", "it never reported");
    let planned = command(&seat, &call, confirmed).ok()["assigned"][0].clone();
    let body = plan(20);
    let moved = command(&seat, &call, body.clone()).ok();
    assert_eq!((&moved["assigned"], &moved["already"]), (&json!([planned]), &json!([])));
    let start = |shown: &Value| shown["assignments"][0]["start_at"].as_str().expect("a start").to_owned();
    assert_eq!(start(&moved)[..19], body["start_at"].as_str().expect("a time")[..19]);
    let now = json!({"type": "assign", "unit": "silent"});
    let asked = command(&seat, &call, now.clone());
    let mut confirmed = now;
    confirmed["confirm_token"] = asked.json()["confirm_token"].clone();
    assert_eq!(asked.refused(428), "CONFIRM");
    let given = command(&seat, &call, confirmed).ok();
    assert_eq!((&given["assigned"], &given["assignments"][0]["state"]), (&json!([planned]), &json!("offered")));
    assert_eq!(command(&seat, &call, plan(30)).refused(422), "ASG-BACK", "what has begun is not planned again");
}

#[test]
fn a_unit_in_distress_is_not_taken_from_its_order() {
    let server = Server::demo();
    let lead = server.login("lead");
    put_unit(&lead, "cries");
    lead.post("/api/v1/positions", &json!([fix("cries", CENTRE, &now())])).ok();
    let [call, worse] = [3, 1].map(|priority| id(&Room::call(&lead, priority)));
    let order = command(&lead, &call, json!({"type": "assign", "unit": "cries"})).ok()["assigned"][0].clone();
    progress(&lead, order.as_str().expect("an order"), "accept").ok();
    lead.post("/api/v1/units/cries/distress", &json!({})).ok();
    let take = json!({"type": "assign", "unit": "cries", "preempt": true, "reason": "worse"});
    for order in [take, json!({"type": "assign", "unit": "cries"})] {
        assert_eq!(command(&lead, &worse, order).refused(422), "UNIT-DISTRESS");
    }
}

/// What was put off is looked at again when the call system speaks of it anew.
#[test]
fn a_call_about_what_is_put_off_is_told() {
    let server = Server::demo();
    let (lead, gateway) = (server.login("lead"), server.login("gateway"));
    let path = "/api/v1/incidents/by-ref/CADX/H1";
    let mut said = json!({"kind": "help", "priority": 4, "source": "call_110", "lon": CENTRE.0, "lat": CENTRE.1});
    let call = id(&gateway.put(path, &said).ok());
    command(&lead, &call, json!({"type": "hold", "reason": "daylight", "review_at": ago(-36_000)})).ok();
    (said["priority"], said["text"]) = (json!(1), json!("he has a knife"));
    assert_eq!(gateway.put(path, &said).ok()["phase"], "held");
    let timeline = lead.get(&format!("/api/v1/incidents/{call}/timeline")).ok();
    let told = timeline["items"].as_array().expect("a timeline").iter().filter(|item| item["kind"] == "alert.raised");
    assert_eq!(told.map(|item| item["what"]["code"].clone()).collect::<Vec<_>>(), ["CALL-WHILE-HELD"]);
}

#[test]
fn a_restored_log_is_another_history() {
    let folder = Folder::new();
    let room = Room::new(Kind::Folder);
    let store = room.store();
    let to = folder.path().join("backup");
    let to = to.to_string_lossy().into_owned();
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    let kept = id(&Room::call(&seat, 3));
    let good = |words: &[&str]| {
        let done = onemap(words);
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
        done.out
    };
    good(&["backup", &to, &store[0], &store[1]]);
    for n in 0..5 {
        command(&seat, &kept, json!({"type": "note", "text": format!("lost {n}")})).ok();
    }
    let lost = id(&Room::call(&seat, 3));
    let mut viewer = Live::hello(&server, &seat, None);
    let before = viewer.snapshot();
    drop((viewer, server));
    good(&["restore", &to, "--force", &store[0], &store[1]]);
    let server = room.serve();
    let seat = Room::seat(&server, 0);
    // As many events again, and the same number for another incident.
    for n in 0..9 {
        command(&seat, &kept, json!({"type": "note", "text": format!("new {n}")})).ok();
    }
    let again = id(&Room::call(&seat, 3));
    assert_eq!(again, lost, "the number is given anew: only the epoch tells the two apart");
    let mut viewer = Live::connect(&server, &seat);
    viewer.say(&json!({"hello": {"since": before["seq"], "epoch": before["epoch"], "bounds": null, "layers": []}}));
    let snapshot = viewer.snapshot();
    assert_eq!(snapshot["resumed"], false, "{snapshot}");
    assert!(snapshot["epoch"].as_u64() > before["epoch"].as_u64());
    assert_eq!(snapshot["incidents"].as_array().map(Vec::len), Some(2));
    drop((viewer, server));
    let held = room.verify();
    assert_eq!(held.code, 0, "{}", held.err);
    // Two restores of one backup are two histories.
    let epoch = |said: &str| said.rsplit(' ').next().and_then(|n| n.trim().parse::<u64>().ok()).expect("an epoch");
    let first = epoch(&good(&["restore", &to, "--force", &store[0], &store[1]]));
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(epoch(&good(&["restore", &to, "--force", &store[0], &store[1]])) > first);
}

#[test]
fn a_request_that_is_never_said_whole_ends() {
    let server = Server::demo();
    let mut silent: Vec<TcpStream> =
        (0..50).map(|_| TcpStream::connect(server.address()).expect("the server listens")).collect();
    for stream in &mut silent {
        stream.write_all(b"GET / HTTP/1.1\r\nHo").expect("the server reads");
        stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a time limit");
    }
    let begun = Instant::now();
    for mut stream in silent {
        let mut said = Vec::new();
        // Closed, with or without a word.
        drop(stream.read_to_end(&mut said));
        assert!(begun.elapsed() < Duration::from_secs(39), "it is still open");
    }
    server.login("lead").get("/api/v1/units").ok();
}

#[test]
fn a_body_that_nobody_asked_for_does_not_cost_the_connection() {
    let server = Server::demo();
    let auditor = server.login("auditor");
    let head = |verb: &str, path: &str, more: &str| {
        format!("{verb} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{more}\r\n", auditor.token())
    };
    // Its body comes when the answer was known long ago, then the next request on the same connection.
    let first = head("POST", "/api/v1/audit/verify", "Content-Length: 2\r\n");
    let then = format!("{{}}{}", head("GET", "/healthz", "Connection: close\r\n"));
    let late = std::iter::once(then.into_bytes()).inspect(|_| std::thread::sleep(Duration::from_millis(400)));
    let said = auditor.raw(&first, late);
    assert_eq!(said.matches("HTTP/1.1 200").count(), 2, "{said}");
}

#[test]
fn a_clock_that_is_far_ahead_does_not_hide_its_unit() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "ahead");
    // Ninety seconds ahead, a report each half second.
    for n in 0..9 {
        let place = (CENTRE.0 + f64::from(n) * 1e-5, CENTRE.1);
        reporter.post("/api/v1/positions", &json!([fix("ahead", place, &ago(-90))])).ok();
        std::thread::sleep(Duration::from_millis(300));
    }
    let unit = reporter.get("/api/v1/units/ahead").ok();
    assert!(unit["lon"].is_f64() && unit["age_s"].as_f64().is_some_and(|age| age < 30.0), "{unit}");
    assert!(unit["device"]["faults"].to_string().contains("CLOCK"), "{unit}");
}

#[test]
fn what_a_clock_said_is_kept_and_a_long_timeline_is_read_to_its_end() {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    put_unit(&reporter, "u1");
    reporter.post("/api/v1/positions", &json!([fix("u1", CENTRE, &now())])).ok();
    let seat = server.login("dispatcher");
    let call = json!({"kind": "help", "priority": 3, "source": "call_110", "lon": CENTRE.0, "lat": CENTRE.1});
    let incident = id(&seat.post("/api/v1/incidents", &call).ok());
    let ordered = command(&seat, &incident, json!({"type": "assign", "unit": "u1"})).ok();
    let order = ordered["assigned"][0].as_str().expect("one order");
    let said = json!({"command_id": "said", "type": "accept", "at": "1970-01-01T00:00:07Z", "src": "voice"});
    seat.post(&format!("/api/v1/assignments/{order}/commands"), &said).ok();
    progress(&seat, order, "depart").ok();

    let path = format!("/api/v1/incidents/{incident}/timeline");
    let whole = seat.get(&path).ok();
    let all = whole["items"].as_array().expect("items").clone();
    assert!(whole.get("next").is_none() && all.len() >= 4, "{whole}");
    let accepted = all.iter().find(|event| event["kind"] == "assignment.accepted").expect("it was accepted");
    assert_eq!(accepted["said_at"], "1970-01-01T00:00:07Z", "not believed, and kept: {accepted}");
    assert_ne!(accepted["at"], accepted["said_at"]);
    let (mut pages, mut after) = (Vec::new(), 0);
    loop {
        let page = seat.get(&format!("{path}?limit=3&after={after}")).ok();
        pages.extend(page["items"].as_array().expect("items").iter().cloned());
        let Some(next) = page["next"].as_u64() else { break };
        after = next;
    }
    assert_eq!(pages, all);
    seat.get(&format!("{path}?limit=0")).refused(400);
    seat.get(&format!("{path}?limit=1001")).refused(400);

    let long = "单".repeat(100);
    let refused = command(&seat, &incident, json!({"type": "note", "text": "x", "command_id": long}));
    assert_eq!(refused.refused(400), "BAD-REQUEST", "longer than the log keeps: asking again would never help");
    command(&seat, &incident, json!({"type": "note", "text": "x", "command_id": "单".repeat(85)})).ok();
    let wrong = seat.post("/api/v1/incidents", &json!({"kind": "dragon", "priority": 1, "source": "call_110"}));
    assert!(wrong.refused(400) == "BAD-REQUEST" && wrong.text().contains("fire_disaster"), "{}", wrong.text());
}

/// A call of an area is in the queue of whoever's area it is, and can be carried on.
#[test]
fn an_area_without_a_point_is_somewhere() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let (lon, lat) = CENTRE;
    let ring = [[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.002], [lon, lat + 0.002], [lon, lat]];
    let area = json!({"state": "area", "geometry": {"type": "Polygon", "coordinates": [ring]}});
    let call = json!({"kind": "help", "priority": 1, "source": "call_110", "location": area});
    let made = seat.post("/api/v1/incidents", &call).ok();
    let place = &made["location"];
    assert_eq!(
        (place["state"].as_str(), place["division"].as_str().map(|code| &code[..6])),
        (Some("area"), Some("330302"))
    );
    assert!((130.0..160.0).contains(&place["accuracy_m"].as_f64().unwrap()), "half the diagonal, or more: {place}");
    let incident = id(&made);
    command(&seat, &incident, json!({"type": "note", "text": "smoke somewhere in the block"})).ok();
    assert!(made["units"]["items"].as_array().is_some_and(|items| !items.is_empty()), "{made}");
    let listed = seat.get("/api/v1/incidents").ok();
    assert!(listed["items"].as_array().unwrap().iter().any(|one| one["id"] == incident.as_str()));

    // Whoever answers for a call keeps it in sight wherever it turns out to be.
    let far = json!({"type": "relocate", "location": {"lon": 120.70, "lat": 27.0, "state": "candidate"}});
    command(&seat, &incident, far).ok();
    command(&seat, &incident, json!({"type": "note", "text": "at sea?"})).ok();
    let back = json!({"type": "relocate", "location": {"lon": lon, "lat": lat, "state": "confirmed"}});
    command(&seat, &incident, back).ok();

    let unknown = json!({"type": "watch", "camera": "no such camera", "watched": "seen"});
    assert_eq!(command(&seat, &incident, unknown).refused(404), "NOT-FOUND");
}
