//! Arrivals that positions propose: the proposal is of a place and goes with it.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{Answer, CENTRE, Client, Live, Room, both, command, fix, now, progress};

const SOON: Duration = Duration::from_secs(10);
/// A step of about 150 m, degrees of longitude here.
const STEP: f64 = 0.001_53;

fn east(steps: f64) -> (f64, f64) {
    (CENTRE.0 + steps * STEP, CENTRE.1)
}

/// The unit drives there, at a speed that a car can have, and stands.
fn stands(seat: &Client, place: (f64, f64)) {
    std::thread::sleep(Duration::from_secs(2));
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(30));
        let posted = seat.post("/api/v1/positions", &json!([fix("u0", place, &now())])).ok();
        assert_eq!(posted["quarantined"], json!([]), "{posted}");
    }
}

fn told(viewer: &mut Live, kind: &str) -> Value {
    viewer
        .until(kind, SOON, |_, m| (m["kind"] == kind).then(|| m["incident"]["assignments"][0]["seems_arrived"].clone()))
}

fn click(seat: &Client, order: &str, at: &Value, number: u8) -> Answer {
    let arrive = json!({"command_id": format!("click-{number}"), "type": "arrive", "at": at, "src": "avl"});
    seat.post(&format!("/api/v1/assignments/{order}/commands"), &arrive)
}

fn relocate(seat: &Client, call: &str, (lon, lat): (f64, f64)) {
    let place = json!({"lon": lon, "lat": lat, "state": "confirmed"});
    command(seat, call, json!({"type": "relocate", "location": place})).ok();
}

#[test]
fn a_proposed_arrival_goes_with_the_unit_and_with_the_scene() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        let (call, order) = Room::ordered(&seat);
        let mut viewer = Live::hello(&server, &seat, None);
        viewer.snapshot();
        progress(&seat, &order, "depart").ok();
        stands(&seat, CENTRE);
        let first = told(&mut viewer, "assignment.seems_arrived");
        assert!(first.is_string(), "{first}");

        relocate(&seat, &call, east(1.0));
        assert!(
            told(&mut viewer, "incident.located").is_null(),
            "who is told of the move is told that it is not there"
        );
        assert_eq!(click(&seat, &order, &first, 1).refused(422), "ASG-SEEMS");

        stands(&seat, east(1.0));
        let second = told(&mut viewer, "assignment.seems_arrived");
        assert!(second.as_str() > first.as_str(), "with its own time: {second} after {first}");

        stands(&seat, east(2.0));
        assert!(told(&mut viewer, "assignment.seems_left").is_null());
        assert_eq!(click(&seat, &order, &second, 2).refused(422), "ASG-SEEMS");

        stands(&seat, east(1.0));
        let third = told(&mut viewer, "assignment.seems_arrived");
        assert_eq!(click(&seat, &order, &second, 3).refused(422), "ASG-SEEMS", "a click on an older picture");
        let there = click(&seat, &order, &third, 4).ok();
        assert_eq!((&there["phase"], &there["assignments"][0]["times"]["arrived"]), (&json!("on_scene"), &third));
    });
}

/// A scene that is moved away and back, or lost and found, while the unit stands at it: the same place, and a new proposal.
#[test]
fn who_stands_at_a_scene_that_comes_back_is_proposed_anew() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        let (call, order) = Room::ordered(&seat);
        let mut viewer = Live::hello(&server, &seat, None);
        viewer.snapshot();
        progress(&seat, &order, "depart").ok();
        stands(&seat, CENTRE);
        let mut last = told(&mut viewer, "assignment.seems_arrived");
        let nowhere = json!({"state": "none"});
        let aside = json!({"lon": east(2.0).0, "lat": CENTRE.1, "state": "confirmed"});
        for (away, fixes) in [(&aside, false), (&nowhere, false), (&nowhere, true), (&aside, true)] {
            command(&seat, &call, json!({"type": "relocate", "location": away})).ok();
            assert!(told(&mut viewer, "incident.located").is_null(), "{away}");
            if fixes {
                stands(&seat, CENTRE);
            }
            relocate(&seat, &call, CENTRE);
            assert!(told(&mut viewer, "incident.located").is_null(), "not before it is seen there again");
            stands(&seat, CENTRE);
            let again = told(&mut viewer, "assignment.seems_arrived");
            assert!(again.as_str() > last.as_str(), "with its own time: {again} after {last}, {away}");
            last = again;
        }
        let there = click(&seat, &order, &last, 1).ok();
        assert_eq!((&there["phase"], &there["assignments"][0]["times"]["arrived"]), (&json!("on_scene"), &last));
    });
}
