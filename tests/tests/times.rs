//! How long what may take: by zone, published while the house works, kept over a restart.

#![expect(clippy::needless_pass_by_value, reason = "literals read better by value")]

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, Folder, Server, add_user, id, wait_until};

const TIMES: &str = "/api/v1/policy/timers";

/// The times that hold, with an order for priority 2 due within two seconds in Lucheng, under the next version.
fn faster(lead: &Client) -> Value {
    let mut times = lead.get(TIMES).ok();
    times["version"] = json!(times["version"].as_u64().expect("a version") + 1);
    let rule = json!({"kind": "offer", "priorities": [2], "division": "330302", "warn_s": 1, "alert_s": 2, "escalate_to": "lead"});
    times["rules"].as_array_mut().expect("rules").push(rule);
    times
}

fn call(seat: &Client, more: Value) -> Value {
    let mut call = json!({"kind": "help", "priority": 2, "source": "call_110"});
    call.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
    seat.post("/api/v1/incidents", &call).ok()
}

fn waits(incident: &Value) -> f64 {
    let at = |name: &str| {
        let at = incident["timers"][0][name].as_str().expect("a time");
        time::OffsetDateTime::parse(at, &time::format_description::well_known::Rfc3339).expect("RFC 3339")
    };
    (at("due_at") - at("since")).as_seconds_f64()
}

#[test]
fn a_zone_has_its_own_times_from_the_moment_they_are_published() {
    let folder = Folder::new();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let (lead, seat) = (server.login("lead"), server.login("dispatcher"));
    let before = call(&seat, json!({"lon": CENTRE.0, "lat": CENTRE.1}));
    let times = faster(&lead);
    let published = lead.put(TIMES, &times).ok();
    assert_eq!(published, times);
    assert_eq!(seat.get(TIMES).ok(), times);
    let there = call(&seat, json!({"lon": CENTRE.0, "lat": CENTRE.1}));
    let nowhere = call(&seat, json!({"text": "says not where"}));
    assert_eq!((waits(&before), waits(&there), waits(&nowhere)), (300.0, 2.0, 300.0));
    wait_until("nobody was sent in time", Duration::from_secs(10), || {
        let timeline = seat.get(&format!("/api/v1/incidents/{}/timeline", id(&there))).ok();
        timeline["items"].as_array().expect("items").iter().any(|event| event.to_string().contains("NO-ORDER"))
    });
    // Somebody who read the times before somebody else published writes over nothing.
    assert_eq!(lead.put(TIMES, &times).refused(422), "INVALID");
    drop(server);
    let server = Server::demo_in(&folder, &["--still"], &[]);
    assert_eq!(server.login("lead").get(TIMES).ok(), times, "kept over a restart");
}

#[test]
fn only_who_leads_the_city_publishes_times() {
    let city = Server::demo().stop();
    let data = city.data();
    add_user(&["--data", &data.to_string_lossy()], "county", "county-county", &["--role", "lead", "--scope", "330302"]);
    let server = Server::demo_in(&city, &["--still"], &[]);
    let lead = server.login("lead");
    let times = faster(&lead);
    for login in ["dispatcher", "planner", "auditor", "wall"] {
        let client = server.login(login);
        client.get(TIMES).ok();
        assert_eq!(client.put(TIMES, &times).refused(403), "AUTH", "{login}");
    }
    for login in ["wall_guest", "unit", "sysadmin"] {
        assert_eq!(server.login(login).get(TIMES).refused(403), "AUTH", "{login}");
    }
    let county = server.login_with("county", "county-county");
    assert_eq!(county.put(TIMES, &times).refused(403), "SCOPE", "the times of the whole city are not a county's");
    for (pointer, value) in [
        ("/rules/0/kind", json!("wait")),
        ("/rules/1/priorities/0", json!(5)),
        ("/rules/17/division", json!("33030")),
        ("/rules/13/warn_s", json!("soon")),
    ] {
        let mut bad = times.clone();
        *bad.pointer_mut(pointer).expect("the field is there") = value;
        let refused = lead.put(TIMES, &bad);
        assert_eq!(refused.refused(400), "BAD-REQUEST", "{pointer}");
    }
    let mut holes = times;
    holes["rules"].as_array_mut().expect("rules").remove(0);
    let refused = lead.put(TIMES, &holes);
    assert_eq!(refused.refused(422), "INVALID");
    assert!(refused.text().contains("no rule for offer at priority 1"), "{}", refused.text());
    assert_eq!(lead.get(TIMES).ok()["version"], 1);
}
