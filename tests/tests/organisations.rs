//! An order to an organisation: its own desk signs and sends its own units.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Folder, REPORTER, Server, add_user, ago, command, fix, id, now, progress};

/// A unit of an organisation, on duty in the centre.
fn unit_of(server: &Server, unit: &str, org: &str) {
    let reporter = server.login(REPORTER);
    let record = json!({"id": unit, "kind": "police_vehicle", "call_sign": unit, "org": org, "division": "330302006",
        "skills": [], "duty": "on_duty", "on_duty_since": ago(Duration::from_mins(1)), "contact": {"channel": "radio"}});
    reporter.put(&format!("/api/v1/units/{unit}"), &record).ok();
    reporter.post("/api/v1/positions", &json!([fix(unit, CENTRE, &now())])).ok();
}

/// Adds a station's login, of an organisation or of none.
fn add(folder: &Folder, name: &str, org: Option<&str>) {
    let mut more = vec!["--role", "station", "--scope", "330302"];
    more.extend(org.into_iter().flat_map(|org| ["--org", org]));
    add_user(&["--data", &folder.data().to_string_lossy()], name, "desk-desk-desk", &more);
}

fn states(incident: &Value) -> Vec<String> {
    let orders = incident["assignments"].as_array().expect("orders");
    let word = |order: &Value| {
        let to = order["unit"].as_str().or(order["org"].as_str()).expect("somebody");
        format!("{to} {}", order["state"].as_str().expect("a state"))
    };
    orders.iter().map(word).collect()
}

#[test]
fn its_desk_signs_and_sends_its_own() {
    let city = Server::demo().stop();
    for (name, org) in [("desk", Some("五马派出所 e2e")), ("other", Some("南门派出所 e2e")), ("loose", None)]
    {
        add(&city, name, org);
    }
    let server = Server::demo_in(&city, &["--still"], &[]);
    unit_of(&server, "ours", "五马派出所 e2e");
    unit_of(&server, "theirs", "南门派出所 e2e");
    let [desk, other, loose] = ["desk", "other", "loose"].map(|name| server.login_with(name, "desk-desk-desk"));
    assert_eq!(desk.get("/api/v1/session").ok()["org"], "五马派出所 e2e");
    let seat = server.login("dispatcher");
    let call = json!({"kind": "help", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let incident = id(&seat.post("/api/v1/incidents", &call).ok());
    let ordered = command(&seat, &incident, json!({"type": "assign", "org": "五马派出所 e2e"})).ok();
    let order = ordered["assigned"][0].as_str().expect("one order").to_owned();
    assert_eq!(states(&ordered), ["五马派出所 e2e offered"]);

    for (who, client) in [("another organisation", &other), ("a login of none", &loose)] {
        assert_eq!(progress(client, &order, "accept").refused(403), "SCOPE", "{who} does not sign for it");
    }
    let signed = progress(&desk, &order, "accept").ok();
    assert_eq!(states(&signed), ["五马派出所 e2e accepted"]);
    assert_eq!(command(&desk, &incident, json!({"type": "assign", "unit": "theirs"})).refused(403), "SCOPE");
    let added = command(&desk, &incident, json!({"type": "assign", "unit": "ours"})).ok();
    assert_eq!(states(&added), ["五马派出所 e2e accepted", "ours offered"]);
    // Whoever dispatches for the city may say by voice what an organisation did.
    let said = json!({"command_id": "org-departs", "type": "depart", "src": "voice"});
    seat.post(&format!("/api/v1/assignments/{order}/commands"), &said).ok();
}

/// A desk speaks for its own people, and rules over an incident only when nobody else was sent there.
#[test]
fn no_desk_rules_over_others() {
    let city = Server::demo().stop();
    add(&city, "desk", Some("五马派出所 e2e"));
    add(&city, "other", Some("南门派出所 e2e"));
    let server = Server::demo_in(&city, &["--still"], &[]);
    unit_of(&server, "ours", "五马派出所 e2e");
    unit_of(&server, "theirs", "南门派出所 e2e");
    let [desk, other] = ["desk", "other"].map(|name| server.login_with(name, "desk-desk-desk"));
    let seat = server.login("dispatcher");
    let call = json!({"kind": "help", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let incident = id(&seat.post("/api/v1/incidents", &call).ok());
    let ordered = command(&seat, &incident, json!({"type": "assign", "unit": "ours"})).ok();
    let order = ordered["assigned"][0].as_str().expect("one order").to_owned();

    for step in ["deliver", "accept", "recall"] {
        assert_eq!(progress(&other, &order, step).refused(403), "SCOPE", "{step}");
    }
    let lowered = json!({"type": "prioritise", "priority": 4});
    let closed = json!({"type": "close", "disposition": "settled"});
    for ruling in [lowered.clone(), closed.clone(), json!({"type": "cancel", "reason": "nothing there"})] {
        assert_eq!(command(&other, &incident, ruling.clone()).refused(403), "SCOPE", "{ruling}");
    }
    let others = json!({"type": "assign", "org": "五马派出所 e2e"});
    assert_eq!(command(&other, &incident, others).refused(403), "SCOPE", "no desk sends another one");
    let record = json!({"id": "ours", "kind": "police_vehicle", "call_sign": "ours", "org": "五马派出所 e2e",
        "division": "330302006", "skills": [], "duty": "off_duty", "contact": {"channel": "radio"}});
    assert_eq!(other.put("/api/v1/units/ours", &record).refused(403), "SCOPE");
    command(&other, &incident, json!({"type": "note", "text": "we are near"})).ok();

    progress(&desk, &order, "accept").ok();
    command(&desk, &incident, lowered.clone()).ok();
    // Somebody took the order: closing needs their word.
    assert_eq!(command(&desk, &incident, closed.clone()).refused(422), "INC-CLOSE-OPEN");
    command(&desk, &incident, json!({"type": "feedback", "text": "settled on the way", "disposition": "settled"})).ok();
    command(&other, &incident, json!({"type": "assign", "unit": "theirs"})).ok();
    assert_eq!(command(&desk, &incident, lowered).refused(403), "SCOPE", "now others are there as well");
}

/// Its order follows its unit, and is its own again when the unit does not come: somebody is told, and a timer runs.
#[test]
fn its_order_is_back_at_its_own_word_when_its_unit_falls_away() {
    let city = Server::demo().stop();
    let server = Server::demo_in(&city, &["--still"], &[]);
    unit_of(&server, "ours", "五马派出所 e2e");
    let seat = server.login("dispatcher");
    let call = json!({"kind": "help", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    let incident = id(&seat.post("/api/v1/incidents", &call).ok());
    let ordered = command(&seat, &incident, json!({"type": "assign", "org": "五马派出所 e2e"})).ok();
    let org = ordered["assigned"][0].as_str().expect("one order").to_owned();
    progress(&seat, &org, "accept").ok();
    let ordered = command(&seat, &incident, json!({"type": "assign", "unit": "ours"})).ok();
    let unit = ordered["assigned"][0].as_str().expect("one order").to_owned();
    assert_eq!(states(&progress(&seat, &unit, "depart").ok()), ["五马派出所 e2e en_route", "ours en_route"]);
    let recalled = progress(&seat, &unit, "recall").ok();
    assert_eq!(states(&recalled), ["五马派出所 e2e accepted", "ours recalled"]);
    let timers = recalled["timers"].as_array().expect("timers");
    let waits = |timer: &&Value| timer["state"] == "armed" && timer["kind"] == "depart" && timer["assignment"] == org;
    assert_eq!(timers.iter().filter(waits).count(), 1, "{timers:?}");
    let timeline = seat.get(&format!("/api/v1/incidents/{incident}/timeline")).ok();
    let items = timeline["items"].as_array().expect("a timeline");
    assert!(items.iter().any(|item| item["kind"] == "assignment.returned"));
    assert!(items.iter().any(|item| item["what"]["code"] == "NO-UNIT-LEFT"));
}
