//! The dispatch loop over HTTP and the socket: a call to its end, and everything that may come between.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{CENTRE, Client, Live, REPORTER, Server, fix, now, put_unit};

const SOON: Duration = Duration::from_secs(10);

fn report(client: &Client, priority: u8) -> Value {
    let call = json!({"kind": "traffic", "priority": priority, "lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": 20,
        "source": "call_110", "text": "two cars", "at": "2026-01-01T00:00:00Z", "callers": [{"number": "+86 577 8812 4711"}]});
    client.post("/api/v1/incidents", &call).ok()
}

fn id(incident: &Value) -> String {
    incident["id"].as_str().expect("an incident has an id").to_owned()
}

fn command(client: &Client, incident: &str, mut body: Value) -> tests::Answer {
    let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
    if body.get("command_id").is_none() {
        body["command_id"] = json!(format!("e2e-{}-{number}", std::process::id()));
    }
    client.post(&format!("/api/v1/incidents/{incident}/commands"), &body)
}

/// So that each command has an id of its own.
static COMMANDS: AtomicU64 = AtomicU64::new(0);

fn progress(client: &Client, order: &str, step: &str) -> tests::Answer {
    let body = json!({"command_id": format!("{order}-{step}"), "type": step, "reason": "e2e"});
    client.post(&format!("/api/v1/assignments/{order}/commands"), &body)
}

fn patrols(server: &Server, names: &[&str]) {
    let reporter = server.login(REPORTER);
    for (n, name) in (0_u8..).zip(names) {
        put_unit(&reporter, name);
        let there = (CENTRE.0 + f64::from(n) * 0.0001, CENTRE.1);
        reporter.post("/api/v1/positions", &json!([fix(name, there, &now())])).ok();
    }
}

#[test]
fn a_call_is_taken_sent_answered_and_closed() {
    let server = Server::demo();
    patrols(&server, &["p1", "p2"]);
    let seat = server.login("dispatcher");
    let incident = report(&seat, 2);
    let id = id(&incident);
    assert_eq!((&incident["phase"], &incident["origin"]), (&json!("pending"), &json!("reported")));
    let around = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 300});
    let around = seat.post("/api/v1/surroundings", &around).ok();
    assert!(
        ["houses", "cameras", "enterprises", "units"].iter().all(|part| !around[part]["count"].is_null()),
        "{around}"
    );
    let ranked = seat.get(&format!("/api/v1/incidents/{id}/units?k=3")).ok();
    assert_eq!(ranked["items"][0]["unit"], "p1", "{ranked}");
    let basis = json!({"seq": ranked["seq"], "unit_epoch": ranked["items"][0]["unit_epoch"],
        "recommendation": ranked["recommendation"]});
    let ordered = command(&seat, &id, json!({"type": "assign", "unit": "p1", "basis": basis})).ok();
    let order = ordered["assigned"][0].as_str().expect("one order").to_owned();
    assert_eq!(ordered["phase"], "assigned");
    let availability = |client: &Client| client.get("/api/v1/units/p1").ok()["availability"].clone();
    assert_eq!(availability(&seat), "reserved");
    for (step, phase) in [
        ("deliver", "assigned"),
        ("accept", "responding"),
        ("depart", "responding"),
        ("arrive", "on_scene"),
        ("clear", "awaiting_feedback"),
    ] {
        assert_eq!(progress(&seat, &order, step).ok()["phase"], phase, "{step}");
    }
    assert_eq!(availability(&seat), "free");
    assert_eq!(command(&seat, &id, json!({"type": "close", "disposition": "done"})).refused(422), "INC-CLOSE-OPEN");
    command(&seat, &id, json!({"type": "feedback", "text": "nobody hurt", "disposition": "settled"})).ok();
    assert_eq!(command(&seat, &id, json!({"type": "close", "disposition": "settled"})).refused(422), "REVIEW-SELF");
    let closed = command(&server.login("dispatcher2"), &id, json!({"type": "close", "disposition": "settled"})).ok();
    assert_eq!(closed["phase"], "closed");
    for moment in [
        "occurred", "reported", "located", "offered", "accepted", "departed", "arrived", "cleared", "feedback", "ended",
    ] {
        assert!(closed["times"][moment].is_string(), "{moment}: {}", closed["times"]);
    }
    let timeline = seat.get(&format!("/api/v1/incidents/{id}/timeline")).ok();
    let kinds: Vec<&str> = timeline["items"].as_array().unwrap().iter().filter_map(|e| e["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "incident.reported",
            "caller.added",
            "recommendation.shown",
            "assignment.offered",
            "assignment.delivered",
            "assignment.accepted",
            "assignment.en_route",
            "assignment.arrived",
            "assignment.cleared",
            "incident.feedback_filed",
            "incident.closed"
        ]
    );
}

#[test]
fn one_unit_goes_to_one_of_eight_who_want_it() {
    let server = Server::demo();
    patrols(&server, &["p1", "p2"]);
    let seat = server.login("dispatcher");
    for round in 0..25 {
        let incidents: Vec<String> = (0..8).map(|_| id(&report(&seat, 2))).collect();
        let answers: Vec<_> = std::thread::scope(|scope| {
            let one = |id: &String| {
                let (seat, id) = (seat.clone(), id.clone());
                scope.spawn(move || command(&seat, &id, json!({"type": "assign", "unit": "p1"})))
            };
            let asked: Vec<_> = incidents.iter().map(one).collect();
            asked.into_iter().map(|asked| asked.join().expect("an answer")).collect()
        });
        let won: Vec<usize> = (0..8).filter(|n| answers[*n].status == 200).collect();
        assert_eq!(won.len(), 1, "round {round}: {:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(lost.refused(409), "UNIT-TAKEN");
            let taken = &lost.json()["taken"][0];
            assert_eq!(taken["winner"]["incident"], incidents[won[0]].as_str(), "{taken}");
            assert!(taken["alternatives"].as_array().is_some_and(|a| a.iter().any(|unit| unit == "p2")), "{taken}");
        }
        let order = answers[won[0]].json()["assigned"][0].as_str().unwrap().to_owned();
        progress(&seat, &order, "recall").ok();
    }
}

#[test]
fn asking_again_answers_again_and_something_else_is_refused() {
    let server = Server::demo();
    patrols(&server, &["p1"]);
    let seat = server.login("dispatcher");
    let id = id(&report(&seat, 3));
    let assign = json!({"command_id": "the-same", "type": "assign", "unit": "p1"});
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..5).map(|_| scope.spawn(|| command(&seat, &id, assign.clone()))).collect();
        asked.into_iter().map(|asked| asked.join().expect("an answer").ok()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0]["assignments"].as_array().map(Vec::len), Some(1));
    let other = json!({"command_id": "the-same", "type": "assign", "unit": "p2"});
    assert_eq!(command(&seat, &id, other).refused(422), "IDEM-MISMATCH");
    let elsewhere = self::id(&report(&seat, 3));
    assert_eq!(
        command(&seat, &elsewhere, assign).refused(422),
        "IDEM-MISMATCH",
        "the same words about another incident"
    );
    let call = json!({"kind": "help", "priority": 3, "source": "manual"});
    let twice: BTreeSet<String> = (0..3)
        .map(|_| seat.clone().with("idempotency-key", "call-1").post("/api/v1/incidents", &call).ok())
        .map(|incident| incident["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(twice.len(), 1, "one call is one incident");
}

#[test]
fn an_old_picture_is_stopped_when_it_matters() {
    let server = Server::demo();
    patrols(&server, &["p1", "p2"]);
    let (seat, other) = (server.login("dispatcher"), server.login("dispatcher2"));
    let incident = report(&seat, 3);
    let (id, seen) = (id(&incident), incident["seq"].clone());
    command(&other, &id, json!({"type": "note", "text": "second caller"})).ok();
    command(&seat, &id, json!({"type": "assign", "unit": "p1", "basis": {"seq": seen}})).ok();
    command(&other, &id, json!({"type": "prioritise", "priority": 1})).ok();
    let stale = command(&seat, &id, json!({"type": "assign", "unit": "p2", "basis": {"seq": seen}}));
    assert_eq!(stale.refused(409), "STALE");
    assert_eq!(stale.json()["changed"], json!([{"field": "priority", "old": 3, "new": 1, "by": "dispatcher2"}]));
    let old_version = command(&seat, &id, json!({"type": "note", "text": "x", "expected_version": 1}));
    assert_eq!(old_version.status, 200, "a version alone stops nobody: {}", old_version.text());
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let server = Server::demo();
    patrols(&server, &["p1", "p2", "p3"]);
    let seat = server.login("dispatcher");
    let mut acknowledged = Vec::new();
    for unit in ["p1", "p2", "p3"] {
        let id = id(&report(&seat, 2));
        let ordered = command(&seat, &id, json!({"type": "assign", "unit": unit})).ok();
        acknowledged.push((id, unit, ordered["version"].clone()));
    }
    let before = seat.get("/api/v1/incidents").ok();
    let folder = server.kill();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let seat = server.login("dispatcher");
    for (id, unit, version) in acknowledged {
        let incident = seat.get(&format!("/api/v1/incidents/{id}")).ok();
        assert_eq!((&incident["assignments"][0]["unit"], &incident["version"]), (&json!(unit), &version));
        assert_eq!(seat.get(&format!("/api/v1/units/{unit}")).ok()["availability"], "reserved");
    }
    assert_eq!(seat.get("/api/v1/incidents").ok()["items"], before["items"], "the log makes the same picture");
    drop(server);
    let verified = tests::onemap(&["verify", "--data", folder.data().to_str().unwrap()]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

#[test]
fn another_screen_is_told_and_who_comes_back_misses_nothing() {
    let server = Server::demo();
    patrols(&server, &["p1"]);
    let seat = server.login("dispatcher");
    let mut viewer = Live::hello(&server, &server.login("lead"), None);
    let picture = viewer.snapshot();
    assert_eq!((&picture["resumed"], picture["incidents"].as_array().map(Vec::len)), (&json!(false), Some(0)));
    let id = id(&report(&seat, 1));
    let told = viewer.until("the report", SOON, |_, m| (m["kind"] == "incident.reported").then(|| m.clone()));
    assert_eq!((&told["id"], &told["incident"]["phase"]), (&json!(id), &json!("pending")));
    drop(viewer);
    for n in 0..20 {
        command(&seat, &id, json!({"type": "note", "text": format!("note {n}")})).ok();
    }
    command(&seat, &id, json!({"type": "assign", "unit": "p1"})).ok();
    let mut back = Live::connect(&server, &server.login("lead"));
    back.say(&json!({"hello": {"since": told["seq"], "epoch": told["epoch"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(back.snapshot()["resumed"], true);
    let mut seqs = Vec::new();
    back.until("everything missed", SOON, |_, m| {
        if m["t"] == "event" {
            seqs.push(m["seq"].as_u64().unwrap());
        }
        (m["kind"] == "assignment.offered").then_some(())
    });
    let first = told["seq"].as_u64().unwrap() + 1;
    // The caller's number was added with the report; then twenty notes and the order, each once and in order.
    assert_eq!(seqs, (first..first + 22).collect::<Vec<_>>());
    let mut stranger = Live::connect(&server, &server.login("lead"));
    stranger.say(&json!({"hello": {"since": 1, "epoch": 99, "bounds": null, "layers": ["units"]}}));
    assert_eq!(stranger.snapshot()["resumed"], false, "a place in another log is no place in this one");
    let mut nowhere = Live::connect(&server, &server.login("lead"));
    nowhere.say(&json!({"hello": {"since": told["seq"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(nowhere.snapshot()["resumed"], false, "a place in no log is none");
}

#[test]
fn who_may_see_and_order_what() {
    let server = Server::demo();
    patrols(&server, &["p1"]);
    let seat = server.login("dispatcher");
    let lead = server.login("lead");
    // In Longgang, far from Lucheng.
    let far = json!({"kind": "help", "priority": 2, "lon": 120.55, "lat": 27.57, "source": "call_110", "text": "far"});
    let far = id(&lead.post("/api/v1/incidents", &far).ok());
    let near = id(&report(&seat, 2));
    assert_eq!(seat.get(&format!("/api/v1/incidents/{far}")).refused(403), "SCOPE");
    let listed = seat.get("/api/v1/incidents").ok();
    let listed: Vec<&str> = listed["items"].as_array().unwrap().iter().filter_map(|i| i["id"].as_str()).collect();
    assert_eq!(listed, [near.as_str()]);
    let guest = server.login("wall_guest").get(&format!("/api/v1/incidents/{near}")).ok();
    assert_eq!((&guest["text"], guest["callers"].as_array().map(Vec::len)), (&json!(""), Some(0)));
    assert_ne!(guest["location"]["lon"], CENTRE.0, "guests see roughly where");
    assert_eq!(server.login("unit").get(&format!("/api/v1/incidents/{near}")).refused(403), "SCOPE");
    for nobody in ["auditor", "secadmin", "sysadmin", "analyst", "planner"] {
        assert_eq!(server.login(nobody).get("/api/v1/incidents").refused(403), "AUTH", "{nobody}");
    }
    let assign = json!({"type": "assign", "unit": "p1"});
    for watcher in ["wall", "wall_guest"] {
        assert_eq!(command(&server.login(watcher), &near, assign.clone()).refused(403), "AUTH", "{watcher}");
    }
    assert_eq!(command(&seat, "20990101-0001", assign).refused(404), "NOT-FOUND");
}

#[test]
fn a_number_is_shown_one_by_one_with_a_row_and_lapses() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let incident = report(&seat, 4);
    let id = id(&incident);
    assert_eq!(incident["callers"][0]["masked"], "•••• 4711");
    let said = incident.to_string();
    assert!(!said.contains("8812 4711") && !said.contains("88124711"), "the number is in no answer");
    let reveal = format!("/api/v1/incidents/{id}/callers/1/reveal");
    assert_eq!(server.login("station").post(&reveal, &json!({})).status, 403);
    assert_eq!(seat.post(&reveal, &json!({})).ok()["number"], "+86 577 8812 4711");
    let rows = server.login("auditor").get("/api/v1/audit?limit=1000").ok().to_string();
    assert!(rows.contains("\"reveal\"") && !rows.contains("8812"));
    command(&seat, &id, json!({"type": "close", "disposition": "advised"})).ok();
    assert_eq!(seat.post(&reveal, &json!({})).refused(422), "INC-ENDED");
}

#[test]
fn bad_orders_are_refused_in_words() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let id = id(&report(&seat, 3));
    let bad = |body: Value, status: u16, code: &str| {
        let answer = command(&seat, &id, body.clone());
        assert_eq!(answer.refused(status), code, "{body}");
    };
    bad(json!({"type": "fly"}), 400, "BAD-REQUEST");
    bad(json!({"type": "assign"}), 422, "INVALID");
    bad(json!({"type": "assign", "unit": "nobody-of-that-name"}), 404, "NOT-FOUND");
    bad(json!({"type": "prioritise", "priority": 9}), 400, "BAD-REQUEST");
    bad(json!({"type": "note", "text": "x".repeat(5_000)}), 422, "INVALID");
    bad(json!({"type": "hold", "reason": "later"}), 422, "INC-HOLD-NOREVIEW");
    bad(json!({"type": "relocate", "location": {"lon": 28.0, "lat": 120.6}}), 400, "LOC-SYS");
    bad(json!({"type": "relocate", "location": {"state": "confirmed"}}), 422, "INVALID");
    bad(json!({"type": "note", "text": "x", "command_id": ""}), 400, "BAD-REQUEST");
    bad(json!({"type": "merge", "into": "x"}), 501, "NOT-YET");
    let call = json!({"kind": "unheard", "priority": 1, "source": "call_110"});
    assert!(seat.post("/api/v1/incidents", &call).points_at("kind"));
    let nowhere = json!({"kind": "unknown", "priority": 1, "source": "call_110"});
    assert_eq!(seat.post("/api/v1/incidents", &nowhere).ok()["location"]["state"], "none", "a call may have no place");
}

#[test]
fn a_reminder_goes_off_and_says_of_what() {
    let server = Server::demo();
    let seat = server.login("dispatcher");
    let id = id(&report(&seat, 3));
    let start = |body: Value| command(&seat, &id, body);
    assert_eq!(start(json!({"type": "start_timer", "timer": "call back"})).refused(400), "BAD-REQUEST");
    assert_eq!(start(json!({"type": "start_timer", "timer": "call back", "after_s": 1})).refused(422), "INVALID");
    let answer = start(json!({"type": "start_timer", "timer": "call back", "after_s": 5})).ok();
    let mine = |incident: &Value| {
        let timers = incident["timers"].as_array().unwrap();
        timers.iter().find(|timer| timer["what"] == "call back").unwrap()["state"].clone()
    };
    assert_eq!(mine(&answer), "armed");
    let path = format!("/api/v1/incidents/{id}");
    tests::wait_until("the reminder goes off", Duration::from_secs(20), || mine(&seat.get(&path).ok()) == "fired");
    let timeline = seat.get(&format!("{path}/timeline")).ok().to_string();
    assert!(timeline.contains("REMINDER") && timeline.contains("call back"), "{timeline}");
}

#[test]
fn another_systems_calls_come_in_once() {
    let server = Server::demo();
    let gateway = server.login("gateway");
    let path = "/api/v1/incidents/by-ref/call-110/2026-4711";
    let mut call =
        json!({"kind": "help", "priority": 3, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110", "text": "a"});
    let first = gateway.put(path, &call).ok();
    let again = gateway.put(path, &call).ok();
    assert_eq!((&first["id"], &first["version"]), (&again["id"], &again["version"]), "saying it again changes nothing");
    call["text"] = json!("a, and it burns");
    let changed = gateway.put(path, &call).ok();
    assert_eq!((&changed["id"], &changed["text"]), (&first["id"], &call["text"]));
    assert_ne!(changed["version"], first["version"]);
    // Callers come one by one; each keeps the number that is his.
    let seat = server.login("dispatcher");
    for callers in [json!([{"number": "57788120001"}]), json!([{"number": "57788120001"}, {"number": "57788120002"}])] {
        call["callers"] = callers;
        gateway.put(path, &call).ok();
    }
    for (n, number) in [(1, "57788120001"), (2, "57788120002")] {
        let reveal = format!("/api/v1/incidents/{}/callers/{n}/reveal", changed["id"].as_str().unwrap());
        assert_eq!(seat.post(&reveal, &json!({})).ok()["number"], number);
    }
}

#[test]
fn a_unit_in_distress_is_on_every_desk_at_once() {
    let server = Server::demo();
    patrols(&server, &["p1"]);
    let seat = server.login("dispatcher");
    let mut viewer = Live::hello(&server, &server.login("lead"), None);
    viewer.snapshot();
    let raised = seat.post("/api/v1/units/p1/distress", &json!({})).ok();
    assert_eq!((&raised["priority"], &raised["distress"]), (&json!(1), &json!("p1")));
    viewer.until("the distress", SOON, |_, m| (m["incident"]["distress"] == "p1").then_some(()));
    let twice = seat.post("/api/v1/units/p1/distress", &json!({})).ok();
    assert_eq!(twice["id"], raised["id"], "pressing twice is one distress");
    let close = json!({"type": "close", "disposition": "safe"});
    assert_eq!(command(&seat, &id(&raised), close.clone()).refused(422), "LEAD-ONLY");
    assert_eq!(command(&server.login("lead"), &id(&raised), close).refused(422), "DISTRESS-SPOKEN");
    let spoken = json!({"type": "close", "disposition": "safe", "spoken_with": "p1"});
    command(&server.login("lead"), &id(&raised), spoken).ok();
}

/// Nobody knows where the unit is that cries for help: its next fix says so, and the house proposes whom to send, again when the
/// place is put right.
#[test]
fn a_distress_from_nowhere_is_found_by_the_next_fix() {
    let server = Server::demo();
    let (seat, reporter) = (server.login("dispatcher"), server.login(REPORTER));
    put_unit(&reporter, "lost");
    let raised = seat.post("/api/v1/units/lost/distress", &json!({})).ok();
    let path = format!("/api/v1/incidents/{}", id(&raised));
    assert!(raised["location"]["state"] == "none" && raised["proposed"].is_null(), "{raised}");
    patrols(&server, &["near"]);
    reporter.post("/api/v1/positions", &json!([fix("lost", CENTRE, &now())])).ok();
    let until = |what: &str, holds: &dyn Fn(&Value) -> bool| {
        let from = Instant::now();
        loop {
            let incident = seat.get(&path).ok();
            if holds(&incident) {
                return incident;
            }
            assert!(from.elapsed() < SOON, "{what}: {incident}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let there = |incident: &Value| incident["proposed"].as_array().is_some_and(|units| !units.is_empty());
    let found = until("its place and three units", &there);
    assert_eq!(
        (&found["location"]["state"], &found["location"]["lon"]),
        (&json!("candidate"), &json!(CENTRE.0)),
        "{found}"
    );
    // Put right to where other units are nearer, and not undone by the next fix.
    let place = json!({"lon": 120.655, "lat": 27.78, "state": "confirmed"});
    let moved = json!({"type": "relocate", "location": place});
    command(&seat, &id(&raised), moved).ok();
    let again = until("other units", &|incident| there(incident) && incident["proposed"] != found["proposed"]);
    reporter.post("/api/v1/positions", &json!([fix("lost", (CENTRE.0 + 0.001, CENTRE.1), &now())])).ok();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(seat.get(&path).ok()["location"], again["location"]);
}

#[test]
fn what_nobody_takes_lapses_after_thirty_seconds() {
    let server = Server::demo();
    patrols(&server, &["p1"]);
    let seat = server.login("dispatcher");
    let mut viewer = Live::hello(&server, &server.login("lead"), None);
    viewer.snapshot();
    let id = id(&report(&seat, 2));
    command(&seat, &id, json!({"type": "assign", "unit": "p1"})).ok();
    viewer.until("a call for the voice", Duration::from_secs(20), |_, m| (m["kind"] == "alert.raised").then_some(()));
    viewer.until("the end of the order", Duration::from_secs(40), |_, m| {
        (m["kind"] == "assignment.expired").then_some(())
    });
    let incident = seat.get(&format!("/api/v1/incidents/{id}")).ok();
    assert_eq!((&incident["phase"], &incident["priority"]), (&json!("pending"), &json!(1)));
    assert_eq!(seat.get("/api/v1/units/p1").ok()["availability"], "free");
    let order = incident["assignments"][0]["id"].as_str().unwrap();
    assert_eq!(
        progress(&seat, order, "accept").ok()["phase"],
        "responding",
        "a late yes counts while the unit is free"
    );
}

/// What cannot be is refused with the field that says it; what a clock says wrongly is kept and marked.
#[test]
fn odd_places_and_times_are_named() {
    let server = Server::demo();
    patrols(&server, &["p1"]);
    let seat = server.login("dispatcher");
    let call = |more: Value| {
        let mut call = json!({"kind": "help", "priority": 3, "source": "call_110"});
        call.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        seat.post("/api/v1/incidents", &call)
    };
    let area = |ring: Value| {
        call(json!({"location": {"state": "area", "geometry": {"type": "Polygon", "coordinates": [ring]}}}))
    };
    let (w, e, s, n) = (120.60, 120.61, 28.00, 28.01);
    let odd = [
        json!([[w, s], [e, n], [e, s], [w, n], [w, s]]),
        json!([[w, s], [e, s]]),
        json!([[w, s], [e, s], [e, 95.0], [w, s]]),
        json!("everywhere"),
    ];
    for ring in odd {
        let refused = area(ring.clone());
        assert_eq!(refused.refused(400), "BAD-REQUEST", "{ring}");
        assert!(refused.points_at("/location/geometry"), "{ring}: {}", refused.text());
    }
    assert_eq!(area(json!([[w, s], [e, s], [e, n], [w, n], [w, s]])).ok()["location"]["state"], "area");

    let future = call(json!({"at": "2099-01-01T00:00:00Z"}));
    assert!(future.refused(422) == "INVALID" && future.points_at("/at"), "{}", future.text());

    // The device that says "accepted" is a minute ahead of the one that says "arrived".
    let incident = id(&report(&seat, 3));
    let ordered = command(&seat, &incident, json!({"type": "assign", "unit": "p1"})).ok();
    let order = ordered["assigned"][0].as_str().expect("one order");
    std::thread::sleep(Duration::from_millis(1_200));
    let say = |step: &str, at: &str| {
        let body = json!({"command_id": format!("{order}-{step}"), "type": step, "at": at, "src": "voice"});
        seat.post(&format!("/api/v1/assignments/{order}/commands"), &body).ok()
    };
    let accepted = say("accept", &now());
    assert!(accepted["assignments"][0].get("out_of_order").is_none(), "{accepted}");
    let offered = accepted["assignments"][0]["times"]["offered"].as_str().expect("a time").to_owned();
    let arrived = say("arrive", &offered);
    assert_eq!(arrived["assignments"][0]["out_of_order"], json!(["arrived"]), "{arrived}");
    assert_eq!(arrived["assignments"][0]["times"]["arrived"], json!(offered), "kept as it was said");
}
