//! An order to an organisation: its own desk signs and sends its own units.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, Folder, Live, REPORTER, Server, add_user, ago, command, fix, id, now, progress};

const SOON: Duration = Duration::from_secs(10);
/// In the hills of Wencheng, counties away from the desks' own.
const HILLS: (f64, f64) = (120.10, 27.82);

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

fn call_at(seat: &Client, (lon, lat): (f64, f64)) -> String {
    let call = json!({"kind": "help", "priority": 2, "lon": lon, "lat": lat, "source": "call_110"});
    id(&seat.post("/api/v1/incidents", &call).ok())
}

fn order(seat: &Client, incident: &str, org: &str) -> String {
    let ordered = command(seat, incident, json!({"type": "assign", "org": org})).ok();
    ordered["assigned"][0].as_str().expect("one order").to_owned()
}

/// The next that is told of an incident: what happened, and whether it is shown.
fn told(viewer: &mut Live, incident: &str) -> (String, bool) {
    viewer.until("what happened", SOON, |_, m| {
        let of_it = m["t"] == "event" && m["id"] == incident;
        of_it.then(|| (m["kind"].as_str().expect("a kind").to_owned(), m["incident"].is_object()))
    })
}

fn event(kind: &str, shown: bool) -> (String, bool) {
    (kind.to_owned(), shown)
}

fn has(list: &Value, incident: &str) -> bool {
    list.as_array().expect("incidents").iter().any(|one| one["id"] == incident)
}

/// A city with the desks of two organisations, a unit of each, and the device of the second one's.
fn two_desks() -> (Server, [Client; 3], Client) {
    let city = Server::demo().stop();
    add(&city, "desk", Some("五马派出所 e2e"));
    add(&city, "other", Some("南门派出所 e2e"));
    let device = ["--role", "unit", "--scope", "330302", "--unit", "theirs"];
    add_user(&["--data", &city.data().to_string_lossy()], "device", "desk-desk-desk", &device);
    let server = Server::demo_in(&city, &["--still"], &[]);
    unit_of(&server, "ours", "五马派出所 e2e");
    unit_of(&server, "theirs", "南门派出所 e2e");
    let strangers = ["desk", "other", "device"].map(|name| server.login_with(name, "desk-desk-desk"));
    let lead = server.login("lead");
    (server, strangers, lead)
}

/// The order is the right: its desk sees, signs and sends its own to a scene that lies in another county.
#[test]
fn its_desk_sees_and_signs_what_it_was_ordered_to_wherever_that_is() {
    let (server, [desk, other, device], lead) = two_desks();
    let incident = call_at(&lead, HILLS);
    let path = format!("/api/v1/incidents/{incident}");
    assert_eq!(desk.get(&path).refused(403), "SCOPE", "before it is ordered there");
    let (mut viewer, mut stranger) = (Live::hello(&server, &desk, None), Live::hello(&server, &other, None));
    assert!(!has(&viewer.snapshot()["incidents"], &incident));
    stranger.snapshot();

    let signed = order(&lead, &incident, "五马派出所 e2e");
    assert_eq!(told(&mut viewer, &incident), event("assignment.offered", true));
    for part in ["", "/timeline", "/cameras", "/units", "/resources"] {
        desk.get(&format!("{path}{part}")).ok();
    }
    assert!(has(&desk.get("/api/v1/incidents").ok()["items"], &incident));
    assert!(has(&Live::hello(&server, &desk, None).snapshot()["incidents"], &incident), "in the first snapshot");
    for (who, client) in [("another desk", &other), ("a unit of another", &device)] {
        assert_eq!(client.get(&path).refused(403), "SCOPE", "{who}");
        assert_eq!(client.get(&format!("{path}/timeline")).refused(403), "SCOPE", "{who}");
        assert_eq!(progress(client, &signed, "accept").refused(403), "SCOPE", "{who}");
        assert_eq!(command(client, &incident, json!({"type": "note", "text": "near"})).refused(403), "SCOPE", "{who}");
    }

    assert_eq!(states(&progress(&desk, &signed, "accept").ok()), ["五马派出所 e2e accepted"]);
    command(&desk, &incident, json!({"type": "note", "text": "we come from far"})).ok();
    // Nothing of all that was told to the other desk: the first that it hears is what happens at home.
    let home = call_at(&lead, CENTRE);
    let first = stranger.until("an event", SOON, |_, m| (m["t"] == "event").then(|| m["id"].clone()));
    assert_eq!(first, json!(home));

    let theirs = json!({"type": "assign", "unit": "theirs"});
    assert_eq!(command(&desk, &incident, theirs).refused(403), "SCOPE", "its own only, as anywhere");
    let mut ours = json!({"type": "assign", "unit": "ours"});
    let asked = command(&desk, &incident, ours.clone());
    if asked.status == 428 {
        ours["confirm_token"] = asked.json()["confirm_token"].clone();
    }
    let sent = command(&desk, &incident, ours).ok();
    assert_eq!(states(&sent), ["五马派出所 e2e accepted", "ours offered"]);
    let word = json!({"type": "feedback", "text": "settled on the way", "disposition": "settled"});
    command(&desk, &incident, word).ok();
}

/// What was seen by the order alone goes with it, for who is there and for who comes back.
#[test]
fn what_its_desk_saw_by_its_order_leaves_with_it() {
    let (server, [desk, ..], lead) = two_desks();
    let (incident, later) = (call_at(&lead, HILLS), call_at(&lead, HILLS));
    let mut viewer = Live::hello(&server, &desk, None);
    viewer.snapshot();
    let taken = order(&lead, &incident, "五马派出所 e2e");
    assert_eq!(told(&mut viewer, &incident), event("assignment.offered", true));
    let last = Live::hello(&server, &desk, None).snapshot();
    progress(&lead, &taken, "recall").ok();
    assert_eq!(told(&mut viewer, &incident), event("assignment.recalled", false));
    assert_eq!(desk.get(&format!("/api/v1/incidents/{incident}")).refused(403), "SCOPE");
    assert_eq!(progress(&desk, &taken, "accept").refused(403), "SCOPE");
    order(&lead, &later, "五马派出所 e2e");

    let mut back = Live::connect(&server, &desk);
    back.say(&json!({"hello": {"since": last["seq"], "epoch": last["epoch"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(back.snapshot()["resumed"], true);
    assert_eq!(told(&mut back, &incident), event("assignment.recalled", false));
    assert_eq!(told(&mut back, &later), event("assignment.offered", true));
}

/// Who signed goes on being responsible when the scene turns out to be elsewhere.
#[test]
fn a_signed_order_stays_with_its_desk_when_the_scene_moves_away() {
    let (server, [desk, other, _], lead) = two_desks();
    let incident = call_at(&lead, CENTRE);
    let path = format!("/api/v1/incidents/{incident}");
    let signed = order(&lead, &incident, "五马派出所 e2e");
    progress(&desk, &signed, "accept").ok();
    other.get(&path).ok();
    let (mut viewer, mut stranger) = (Live::hello(&server, &desk, None), Live::hello(&server, &other, None));
    for one in [&mut viewer, &mut stranger] {
        assert!(has(&one.snapshot()["incidents"], &incident));
    }
    let place = json!({"lon": HILLS.0, "lat": HILLS.1, "state": "confirmed"});
    command(&lead, &incident, json!({"type": "relocate", "location": place})).ok();
    assert_eq!(told(&mut viewer, &incident), event("incident.located", true));
    assert_eq!(told(&mut stranger, &incident), event("incident.located", false));
    assert_eq!(states(&progress(&desk, &signed, "depart").ok()), ["五马派出所 e2e en_route"]);
    desk.get(&path).ok();
    assert_eq!(other.get(&path).refused(403), "SCOPE");
    // It may also say no; then it is no longer its own.
    progress(&desk, &signed, "decline").ok();
    assert_eq!(desk.get(&path).refused(403), "SCOPE");
}
