//! Which units an incident asks for is the city's to say: published while the house works, followed by the next call, kept
//! over a restart and by every server.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, Folder, Kind, Room, Server, add_user, both, command, id, wait_until};

const PLANS: &str = "/api/v1/policy/plans";

/// The plans that hold, under the next version, with this one for the most urgent crimes: it is the first, so it counts.
fn with_own(lead: &Client, count: u8) -> Value {
    let mut plans = lead.get(PLANS).ok();
    plans["version"] = json!(plans["version"].as_u64().expect("a version") + 1);
    let police =
        json!({"code": "cars", "kinds": ["police_vehicle", "police_motorcycle"], "count": count, "mandatory": true});
    let dogs = json!({"code": "dogs", "kinds": ["k9"], "skills": ["no-dog-has-it"], "count": 1, "mandatory": false});
    let own = json!({"kinds": ["criminal"], "priorities": [1], "target_s": 420, "levels": [
        {"level": 1, "needs": [police]}, {"level": 2, "needs": [dogs]}]});
    let list = plans["plans"].as_array_mut().expect("plans");
    // What it stands for is not left behind it: a plan that never counts is refused.
    list.retain(|plan| !(plan["kinds"] == json!(["criminal"]) && plan["priorities"] == json!([1])));
    list.insert(0, own);
    plans
}

fn call(seat: &Client) -> String {
    let call = json!({"kind": "criminal", "priority": 1, "source": "call_110", "lon": CENTRE.0, "lat": CENTRE.1});
    id(&seat.post("/api/v1/incidents", &call).ok())
}

fn ranked(seat: &Client, incident: &str, level: u8) -> Value {
    seat.get(&format!("/api/v1/incidents/{incident}/units?level={level}&k=50")).ok()
}

/// What for and how many are proposed, the version that it goes by, and the target.
fn proposed(ranked: &Value) -> (Vec<&str>, u64, u64) {
    let items = ranked["items"].as_array().expect("items");
    let picks = items.iter().filter_map(|item| item["proposed_for"].as_str()).collect();
    (picks, ranked["plans_version"].as_u64().expect("a version"), ranked["target_s"].as_u64().expect("a target"))
}

#[test]
fn the_next_call_is_proposed_by_the_citys_own_plan_and_what_was_decided_stays() {
    let folder = Folder::new();
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let (lead, seat) = (server.login("lead"), server.login("dispatcher"));
    let before = call(&seat);
    let old = ranked(&seat, &before, 1);
    assert_eq!(proposed(&old), (vec!["police"; 2], 1, 300));
    let basis = json!({"recommendation": old["recommendation"]});
    let unit = &old["items"][0]["unit"];
    command(&seat, &before, json!({"type": "assign", "unit": unit, "basis": basis, "plan_level": 1})).ok();

    let plans = with_own(&lead, 3);
    assert_eq!(lead.put(PLANS, &plans).ok(), plans);
    assert_eq!(seat.get(PLANS).ok(), plans);
    let after = call(&seat);
    let new = ranked(&seat, &after, 1);
    assert_eq!(proposed(&new), (vec!["cars"; 3], 2, 420));
    // Level 2 adds what nobody can fill, and says so.
    let two = ranked(&seat, &after, 2);
    assert_eq!(proposed(&two).0, ["cars"; 3]);
    assert!(two["shortfalls"].to_string().contains("dogs") && new.get("shortfalls").is_none(), "{two}");

    // Who was ordered by the old plan has it on the record; who is ordered now the new one.
    let basis = json!({"recommendation": new["recommendation"]});
    let unit = &new["items"][0]["unit"];
    command(&seat, &after, json!({"type": "assign", "unit": unit, "basis": basis})).ok();
    let shown = |client: &Client, incident: &str| {
        let timeline = client.get(&format!("/api/v1/incidents/{incident}/timeline")).ok();
        let events = timeline["items"].as_array().expect("events").clone();
        let shown: Vec<Value> = events.into_iter().filter(|event| event["kind"] == "recommendation.shown").collect();
        assert_eq!(shown.len(), 1, "{shown:?}");
        shown[0].to_string()
    };
    for client in [&lead, &seat] {
        assert!(shown(client, &before).contains("\"plans_version\":1"), "{}", shown(client, &before));
        assert!(shown(client, &after).contains("\"plans_version\":2"), "{}", shown(client, &after));
    }
    drop(server);
    let server = Server::demo_in(&folder, &["--still"], &[]);
    let (lead, seat) = (server.login("lead"), server.login("dispatcher"));
    assert_eq!(lead.get(PLANS).ok(), plans, "kept over a restart");
    wait_until("the units are known again", Duration::from_secs(20), || {
        proposed(&ranked(&seat, &call(&seat), 1)) == (vec!["cars"; 3], 2, 420)
    });
    assert!(shown(&lead, &before).contains("\"plans_version\":1"));
}

#[test]
fn a_wrong_plan_is_refused_with_its_place_and_only_who_leads_the_city_publishes() {
    let city = Server::demo().stop();
    let data = city.data();
    add_user(&["--data", &data.to_string_lossy()], "county", "county-county", &["--role", "lead", "--scope", "330302"]);
    let server = Server::demo_in(&city, &["--still"], &[]);
    let lead = server.login("lead");
    let plans = with_own(&lead, 3);
    for login in ["dispatcher", "planner", "auditor", "wall", "station", "analyst"] {
        let client = server.login(login);
        assert_eq!(client.get(PLANS).ok()["version"], 1, "{login}");
        assert_eq!(client.put(PLANS, &plans).refused(403), "AUTH", "{login}");
    }
    for login in ["wall_guest", "unit", "sysadmin"] {
        assert_eq!(server.login(login).get(PLANS).refused(403), "AUTH", "{login}");
    }
    let county = server.login_with("county", "county-county");
    assert_eq!(county.put(PLANS, &plans).refused(403), "SCOPE", "the plans of the whole city are not a county's");
    let need = "/plans/0/levels/0/needs/0";
    let bad = |status: u16, pointer: &str, value: Value, at: &str, words: &str| {
        let mut bad = plans.clone();
        *bad.pointer_mut(pointer).expect("the field is there") = value;
        let refused = lead.put(PLANS, &bad);
        refused.refused(status);
        assert!(refused.points_at(at) && refused.text().contains(words), "{at}: {}", refused.text());
    };
    bad(400, "/plans/0/kinds/0", json!("burglary"), "/plans/0/kinds/0", "is not a known word");
    bad(400, "/plans/1/priorities/0", json!(5), "/plans/1/priorities/0", "1 to 4");
    bad(400, &format!("{need}/kinds/1"), json!("tank"), &format!("{need}/kinds/1"), "tank");
    bad(400, "/preferences/0/priorities/0", json!(0), "/preferences/0/priorities/0", "1 to 4");
    bad(400, &format!("{need}/count"), json!("many"), &format!("{need}/count"), "many");
    bad(422, &format!("{need}/count"), json!(21), &format!("{need}/count"), "1 to 20");
    bad(422, "/plans/0/target_s", json!(5), "/plans/0/target_s", "30 to 7200");
    bad(422, "/plans/0/levels/1/level", json!(3), "/plans/0/levels", "without a gap");
    bad(422, "/version", json!(3), "/version", "version 3 does not follow 1");
    bad(422, "/plans", json!([]), "/plans", "there is no plan for criminal at priority 1");
    let twice = json!([plans["plans"][0], plans["plans"][0]]);
    bad(422, "/plans", twice, "/plans/1", "it never counts");
    bad(422, "/preferences/0/oldest_fix_s", json!(1), "/preferences/0", "60 s to 24 h");
    assert_eq!(lead.get(PLANS).ok()["version"], 1, "nothing of it holds");
    lead.put(PLANS, &plans).ok();
    // Who read the plans before somebody else published writes over nothing.
    assert_eq!(lead.put(PLANS, &plans).refused(422), "INVALID");
}

#[test]
fn both_stores_keep_them() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        let plans = with_own(&seat, 4);
        let keyed = seat.clone().with("idempotency-key", "once");
        assert_eq!(keyed.put(PLANS, &plans).ok(), plans);
        assert_eq!(keyed.put(PLANS, &plans).ok(), plans, "asking again is not publishing again");
        drop(server);
        let server = room.serve();
        assert_eq!(Room::seat(&server, 0).get(PLANS).ok(), plans, "{}", kind.name());
        drop(server);
        let verified = room.verify();
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    });
}

#[test]
fn what_one_server_publishes_the_other_follows() {
    let (room, logs) = (Room::new(Kind::Database), Folder::new());
    let (a, b) = (room.serve(), room.serve_with(&logs, &[], &[]));
    let (seat_a, seat_b) = (Room::seat(&a, 0), Room::seat(&b, 1));
    let plans = with_own(&seat_a, 5);
    seat_a.put(PLANS, &plans).ok();
    assert_eq!(seat_b.get(PLANS).ok(), plans);
    assert_eq!(ranked(&seat_b, &call(&seat_b), 1)["plans_version"], 2);
    assert_eq!(seat_b.put(PLANS, &plans).refused(422), "INVALID", "version 2 is there already");
}
