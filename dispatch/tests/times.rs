//! How long what may take: by priority and zone, published while incidents wait.

mod room;

use dispatch::{Command, Location, LocationState, Order, PlaceRole, Policy, Priority, Refusal, TimerKind, TimerState};
use room::{NOON, Room, report};
use spatial::Position;
use spatial::codes::Division;

fn division(code: &str) -> Division {
    Division::new(code).expect("a code")
}

/// The default, with one more line: an order for priority 2 within `seconds` in a division.
fn policy(version: u32, code: &str, seconds: i64) -> Policy {
    let mut policy = Policy { version, ..Policy::default() };
    let two = Priority::new(2).expect("1 to 4");
    let mut own = policy.rule(TimerKind::Offer, two, None).expect("a rule for everywhere").clone();
    own.division = Some(division(code));
    (own.warn_ms, own.alert_ms) = (seconds * 500, seconds * 1_000);
    policy.rules.push(own);
    policy
}

fn publish(room: &mut Room, policy: Policy) -> Result<(), Refusal> {
    room.run("lead", Command::Publish(Box::new(policy))).map(drop)
}

fn at(code: Option<&str>) -> Location {
    let place = Position::new(120.65, 28.01).expect("a place in Wenzhou");
    Location { division: code.map(division), ..Location::at(LocationState::Confirmed, place, None) }
}

fn reported(room: &mut Room, priority: u8, code: Option<&str>) -> String {
    let mut new = report(priority);
    new.location = at(code);
    let made = room.run("seat1", Command::Report(Box::new(new))).expect("a good report");
    made.incident.expect("a report makes an incident")
}

/// Seconds after noon at which the running wait for an order goes off.
fn due(room: &Room, id: &str) -> Vec<i64> {
    let armed = room.incident(id).timers.iter().filter(|t| t.kind == TimerKind::Offer && t.state == TimerState::Armed);
    armed.map(|t| (t.due_at_ms - NOON) / 1_000).collect()
}

#[test]
fn the_smallest_zone_counts() {
    let mut room = Room::new(&["u1"]);
    publish(&mut room, policy(2, "330302", 90)).unwrap();
    let mut both = policy(3, "330302", 90);
    both.rules.insert(0, both.rules.last().unwrap().clone());
    both.rules[0].division = Some(division("330302006"));
    (both.rules[0].warn_ms, both.rules[0].alert_ms) = (10_000, 45_000);
    publish(&mut room, both).unwrap();
    for (code, seconds) in [
        (None, 300),
        (Some("330303"), 300),
        (Some("330302"), 90),
        (Some("330302007001"), 90),
        (Some("330302006"), 45),
        (Some("330302006044"), 45),
    ] {
        let id = reported(&mut room, 2, code);
        assert_eq!(due(&room, &id), [seconds], "{code:?}");
        let other = reported(&mut room, 3, code);
        assert_eq!(due(&room, &other), [1_800], "{code:?}: the zone's rule is for priority 2");
    }
}

#[test]
fn other_times_are_for_waits_that_begin_then() {
    let mut room = Room::new(&["u1"]);
    let before = reported(&mut room, 2, Some("330302006044"));
    publish(&mut room, policy(2, "330302", 90)).unwrap();
    let after = reported(&mut room, 2, Some("330302006044"));
    room.order("s", &before, Order::Note { text: "somebody waits".to_owned() }).unwrap();
    assert_eq!((due(&room, &before), due(&room, &after)), (vec![300], vec![90]));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn who_becomes_more_urgent_waits_by_the_rule_of_that_urgency() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    room.now_ms += 20_000;
    room.order("s", &id, Order::Prioritise(Priority::new(1).unwrap())).unwrap();
    assert_eq!(due(&room, &id), [60], "a minute from the call on, not from now");
    let states: Vec<_> = room.incident(&id).timers.iter().map(|t| (t.state, t.armed_ms - NOON)).collect();
    assert_eq!(states, [(TimerState::Cancelled, 0), (TimerState::Armed, 20_000)], "each ends in one way");
    room.order("s", &id, Order::Prioritise(Priority::new(4).unwrap())).unwrap();
    assert_eq!(due(&room, &id), [1_800]);
    room.order("s", &id, Order::Prioritise(Priority::new(3).unwrap())).unwrap();
    assert_eq!(room.incident(&id).timers.len(), 3, "3 and 4 have the same times: the wait goes on");
    // Waited too long for the new urgency: it goes off at once.
    room.now_ms += 600_000;
    room.order("s", &id, Order::Prioritise(Priority::new(1).unwrap())).unwrap();
    room.pass(0);
    let fired = |room: &Room| room.incident(&id).timers.iter().filter(|t| t.state == TimerState::Fired).count();
    assert_eq!((fired(&room), due(&room, &id).len()), (1, 0));
    // What went off is not armed again by another change.
    room.order("s", &id, Order::Prioritise(Priority::new(2).unwrap())).unwrap();
    assert_eq!((fired(&room), due(&room, &id).len()), (1, 0));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn who_turns_out_to_be_elsewhere_waits_by_the_rule_of_that_place() {
    let mut room = Room::new(&["u1"]);
    publish(&mut room, policy(2, "330302", 90)).unwrap();
    let id = reported(&mut room, 2, None);
    assert_eq!(due(&room, &id), [300]);
    let there = Order::Relocate(PlaceRole::Scene, Box::new(at(Some("330302006044"))));
    room.order("s", &id, there).unwrap();
    assert_eq!(due(&room, &id), [90]);
    let caller = Order::Relocate(PlaceRole::Caller, Box::new(at(Some("330303"))));
    room.order("s", &id, caller).unwrap();
    assert_eq!(due(&room, &id), [90], "where the caller stands does not matter");
}

#[test]
fn while_a_seat_is_calling_another_urgency_lets_nothing_lapse() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    room.assign("s", &id, &["u1"]).unwrap();
    let timer = room.incident(&id).timers.iter().find(|t| t.kind == TimerKind::Accept).unwrap().id.clone();
    room.order("s", &id, Order::AckTimer { timer }).unwrap();
    room.order("s", &id, Order::Prioritise(Priority::new(1).unwrap())).unwrap();
    room.pass(3_600_000);
    assert_eq!(room.incident(&id).assignments[0].state, dispatch::State::Offered);
}

#[test]
fn a_policy_with_holes_is_refused() {
    let mut room = Room::new(&["u1"]);
    let good = policy(2, "330302", 90);
    let spoilt = |spoil: &dyn Fn(&mut Policy)| {
        let mut bad = good.clone();
        spoil(&mut bad);
        bad
    };
    let offer = |p: &Policy| p.rules.iter().position(|r| r.kind == TimerKind::Safety).unwrap();
    let cases: [(&str, Policy); 8] = [
        ("version 1 does not follow 1", spoilt(&|p| p.version = 1)),
        ("version 3 does not follow 1", spoilt(&|p| p.version = 3)),
        ("there is no rule for safety at priority 1", spoilt(&|p| drop(p.rules.remove(offer(p))))),
        (
            "that holds everywhere",
            spoilt(&|p| {
                let at = offer(p);
                p.rules[at].division = Some(division("330302"));
            }),
        ),
        ("rules 0 and 18 are both for offer at priority 1", spoilt(&|p| p.rules.push(p.rules[0].clone()))),
        ("0 < warn_ms", spoilt(&|p| p.rules[0].warn_ms = 0)),
        ("0 < warn_ms", spoilt(&|p| p.rules[0].alert_ms = p.rules[0].warn_ms - 1)),
        ("rule 0: escalate_to", spoilt(&|p| "nobody".clone_into(&mut p.rules[0].escalate_to))),
    ];
    for (words, bad) in cases {
        let refused = publish(&mut room, bad);
        let said = matches!(&refused, Err(Refusal::Invalid("policy", why)) if why.contains(words));
        assert!(said, "{words}: {refused:?}");
    }
    assert_eq!(room.desk.policy().version, 1);
    publish(&mut room, good).unwrap();
    assert_eq!(room.desk.policy().version, 2);
}

#[test]
fn what_was_told_and_still_waits_is_told_again() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(1);
    room.pass(60_000);
    let told = |room: &Room| {
        let events = room.log.iter().filter_map(|(_, event)| {
            let dispatch::Event::Incident { event: dispatch::IncidentEvent::Alerted { code, to }, .. } = event else {
                return None;
            };
            Some(format!("{code} {to}"))
        });
        events.collect::<Vec<_>>()
    };
    assert_eq!(told(&room), ["NO-ORDER lead"]);
    room.pass(11 * 60_000);
    assert_eq!(told(&room), ["NO-ORDER lead", "STILL-WAITING lead", "STILL-WAITING lead"], "every five minutes");
    // Taken on: nothing lapses, but it is not forgotten either.
    room.assign("s", &id, &["u1"]).unwrap();
    let timer = room.incident(&id).timers.iter().find(|t| t.kind == TimerKind::Accept).unwrap().id.clone();
    let before = told(&room).len();
    room.order("s", &id, Order::AckTimer { timer }).unwrap();
    room.pass(16 * 60_000);
    assert_eq!(room.incident(&id).assignments[0].state, dispatch::State::Offered);
    assert!(told(&room)[before..].iter().filter(|one| one.starts_with("STILL-WAITING")).count() >= 3);
    assert_eq!(room.replayed(), room.desk);
    // Once somebody comes, nothing waits.
    let order = room.incident(&id).assignments[0].id.clone();
    room.step(&order, dispatch::Step::Accept).unwrap();
    room.step(&order, dispatch::Step::Depart).unwrap();
    let armed = room.incident(&id).timers.iter().filter(|t| t.state == TimerState::Armed);
    assert_eq!(armed.map(|t| t.kind).collect::<Vec<_>>(), [TimerKind::Arrive]);
}
