//! Who comes back to the live socket: told of all that he missed, also of what left his sight, and of nothing that he never saw.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{CENTRE, Client, Live, PASSWORD, Room, Server, add_user, both, command, id};

const SOON: Duration = Duration::from_secs(10);

/// A room without a city: a call that nobody has located yet is everybody's, one with a place is nobody's but the lead's.
fn room_with_a_county(kind: tests::Kind) -> Room {
    let room = Room::new(kind);
    let store = room.store();
    add_user(&[&store[0], &store[1]], "county", PASSWORD, &["--role", "dispatcher", "--scope", "330302"]);
    room
}

fn call(lead: &Client, place: Option<(f64, f64)>) -> String {
    let mut call = json!({"kind": "traffic", "priority": 2, "source": "call_110", "text": "two cars"});
    if let Some((lon, lat)) = place {
        (call["lon"], call["lat"]) = (json!(lon), json!(lat));
    }
    id(&lead.post("/api/v1/incidents", &call).ok())
}

fn locate(lead: &Client, incident: &str) {
    let place = json!({"lon": CENTRE.0, "lat": CENTRE.1, "state": "confirmed"});
    command(lead, incident, json!({"type": "relocate", "location": place})).ok();
}

fn back(server: &Server, county: &Client, last: &Value) -> Live {
    let mut live = Live::connect(server, county);
    live.say(&json!({"hello": {"since": last["seq"], "epoch": last["epoch"], "bounds": null, "layers": ["units"]}}));
    assert_eq!(live.snapshot()["resumed"], true);
    live
}

/// What is told until something is told of that incident: kind, id, and whether it is shown.
fn told_until(live: &mut Live, incident: &str) -> Vec<(String, String, bool)> {
    let mut all = Vec::new();
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    live.until("the last of them", SOON, |_, m| {
        if m["t"] == "event" {
            all.push((word(&m["kind"]), word(&m["id"]), m["incident"].is_object()));
        }
        (m["t"] == "event" && m["id"] == incident).then_some(())
    });
    all
}

#[test]
fn who_comes_back_is_told_what_left_his_sight() {
    both(|kind| {
        let room = room_with_a_county(kind);
        let server = room.serve();
        let (lead, county) = (Room::seat(&server, 0), server.login("county"));
        let (left, quiet, never) = (call(&lead, None), call(&lead, None), call(&lead, Some(CENTRE)));
        let mut viewer = Live::hello(&server, &county, None);
        let last = viewer.snapshot();
        let mut has: Vec<&str> =
            last["incidents"].as_array().unwrap().iter().filter_map(|i| i["id"].as_str()).collect();
        has.sort_unstable();
        assert_eq!(has, [left.as_str(), quiet.as_str()]);
        drop(viewer);

        locate(&lead, &left);
        for incident in [&left, &never] {
            command(&lead, incident, json!({"type": "note", "text": "not for everybody"})).ok();
        }
        let passing = call(&lead, None);
        locate(&lead, &passing);
        let end = call(&lead, None);

        let mut live = back(&server, &county, &last);
        let event = |kind: &str, id: &str, shown| (kind.to_owned(), id.to_owned(), shown);
        let expect = [
            event("incident.located", &left, false),
            event("incident.reported", &passing, true),
            event("incident.located", &passing, false),
            event("incident.reported", &end, true),
        ];
        assert_eq!(told_until(&mut live, &end), expect);
        // What he has without a word since leaves his sight as anything else.
        locate(&lead, &quiet);
        assert_eq!(told_until(&mut live, &quiet), [event("incident.located", &quiet, false)]);
        command(&lead, &quiet, json!({"type": "note", "text": "not for everybody"})).ok();
        let after = call(&lead, None);
        assert_eq!(told_until(&mut live, &after), [event("incident.reported", &after, true)]);
    });
}
