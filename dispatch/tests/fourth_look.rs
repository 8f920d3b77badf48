//! What outsiders found by trying, at the fourth look: plans that hid that nobody comes, feedback of nobody, words said twice.

mod room;

use dispatch::{
    Assign, Command, Decided, Location, LocationState, Order, Phase, PlaceRole, Refusal, Report, Step, TimerKind,
    TimerState,
};
use room::{NOON, Room, report, to};
use spatial::Position;

const DAY: i64 = 24 * 3_600_000;

fn code(answer: &Result<Decided, Refusal>) -> &'static str {
    answer.as_ref().err().map_or("", Refusal::code)
}

fn armed(room: &Room, id: &str) -> Vec<TimerKind> {
    let incident = room.incident(id);
    let of = |t: &&dispatch::Timer| t.state == TimerState::Armed && t.kind != TimerKind::Again;
    incident.timers.iter().filter(of).map(|t| t.kind).collect()
}

fn plan(room: &mut Room, id: &str, unit: &str, after_ms: i64) -> String {
    let later = Order::Assign(Assign { start_ms: Some(room.now_ms + after_ms), ..to(&[unit]) });
    room.order("seat", id, later).expect("a plan").assigned[0].clone()
}

fn written() -> Order {
    Order::Feedback { text: "all quiet".to_owned(), disposition: "settled".to_owned() }
}

#[test]
fn a_plan_is_nobody_who_comes() {
    // How those who were ordered fall away, and whether it becomes more urgent.
    for (away, urgency) in [("decline", 2), ("recall", 3), ("expire", 2), ("preempt", 2), ("from the scene", 2)] {
        for first in [true, false] {
            let mut room = Room::new(&["u1", "u2"]);
            let (id, worse) = (room.report(3), room.report(1));
            let mut order = String::new();
            if first {
                plan(&mut room, &id, "u2", 20 * DAY);
            }
            order.push_str(&room.assign("seat", &id, &["u1"]).unwrap().assigned[0]);
            if !first {
                plan(&mut room, &id, "u2", 20 * DAY);
            }
            let before = room.log.len();
            match away {
                "decline" => drop(room.step(&order, Step::Decline).unwrap()),
                "recall" => drop(room.step(&order, Step::Recall).unwrap()),
                "expire" => room.pass(30_000),
                "preempt" => room.preempt(&worse, &["u1"]),
                _ => {
                    room.step(&order, Step::Arrive).unwrap();
                    room.preempt(&worse, &["u1"]);
                }
            }
            let incident = room.incident(&id);
            assert_eq!((incident.phase(), incident.priority.number()), (Phase::Pending, urgency), "{away}");
            assert!(room.alerts(before).contains(&"NO-UNIT-LEFT"), "{away}: {:?}", room.alerts(before));
            let mut waits = armed(&room, &id);
            waits.sort_by_key(|kind| kind.word());
            assert_eq!(waits, [TimerKind::Offer, TimerKind::Start], "{away}");
            room.pass(1_800_000);
            assert!(room.alerts(before).contains(&"NO-ORDER"), "{away}");
            assert_eq!(room.replayed(), room.desk);
        }
    }
}

#[test]
fn a_plan_made_after_all_fell_away_quietens_nobody() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(3);
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Decline).unwrap();
    let due = |room: &Room| room.incident(&id).timers.iter().find(|t| t.kind == TimerKind::Offer).unwrap().due_at_ms;
    let before = due(&room);
    plan(&mut room, &id, "u2", 20 * DAY);
    assert!(armed(&room, &id).contains(&TimerKind::Offer));
    assert_eq!(due(&room), before, "the same wait");
    room.pass(1_000);
    // Once it is reopened nobody has been ordered yet.
    room.order("lead", &id, Order::Cancel { reason: "x".to_owned() }).unwrap();
    room.order("lead", &id, Order::Reopen { reason: "x".to_owned() }).unwrap();
    plan(&mut room, &id, "u2", 20 * DAY);
    assert_eq!(armed(&room, &id), [TimerKind::Start]);
}

#[test]
fn what_is_only_planned_waits_for_its_start() {
    let mut room = Room::new(&["u1", "u2", "u3"]);
    let (id, other) = (room.report(3), room.report(3));
    let tomorrow = plan(&mut room, &id, "u1", DAY);
    plan(&mut room, &id, "u2", DAY + 3_600_000);
    assert_eq!(armed(&room, &id), [TimerKind::Start, TimerKind::Start]);
    // One of two plans is given up: the other one stands.
    let before = room.log.len();
    room.step(&tomorrow, Step::Recall).unwrap();
    assert!(room.alerts(before).is_empty());
    assert_eq!(armed(&room, &id), [TimerKind::Start]);
    // One that cannot be carried out leaves the call to wait, however many stand for later.
    plan(&mut room, &id, "u3", 60_000);
    let busy = room.assign("seat", &other, &["u3"]).unwrap().assigned[0].clone();
    room.step(&busy, Step::Accept).unwrap();
    room.pass(60_000);
    assert_eq!(room.alerts(before).iter().filter(|code| **code == "NO-UNIT-LEFT").count(), 1);
    assert!(armed(&room, &id).contains(&TimerKind::Offer));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn feedback_of_nobody_who_was_there_until_it_was_done_is_no_end_of_waiting() {
    // Written at the scene, from which the crew is taken.
    let mut room = Room::new(&["u1", "u2"]);
    let (id, worse) = (room.report(3), room.report(1));
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Arrive).unwrap();
    room.order("seat", &id, written()).unwrap();
    let before = room.log.len();
    room.preempt(&worse, &["u1"]);
    assert_eq!((room.incident(&id).phase(), armed(&room, &id)), (Phase::Pending, vec![TimerKind::Offer]));
    assert_eq!(room.alerts(before), ["NO-UNIT-LEFT"]);
    // Written while somebody is on the way, who then does not come.
    let other = room.report(3);
    let order = room.assign("seat", &other, &["u2"]).unwrap().assigned[0].clone();
    room.order("seat", &other, written()).unwrap();
    room.step(&order, Step::Decline).unwrap();
    assert_eq!((room.incident(&other).phase(), armed(&room, &other)), (Phase::Pending, vec![TimerKind::Offer]));
    // Before anybody was sent.
    let third = room.report(3);
    room.order("seat", &third, written()).unwrap();
    assert_eq!((room.incident(&third).phase(), armed(&room, &third)), (Phase::Pending, vec![TimerKind::Offer]));
    // Whoever knows better ends it outright.
    room.order("lead", &id, Order::Close { disposition: "settled".to_owned(), spoken_with: None }).unwrap();
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn feedback_ends_no_putting_off() {
    let hold = |room: &Room| Order::Hold { reason: "daylight".to_owned(), review_at_ms: room.now_ms + 36_000_000 };
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let put_off = hold(&room);
    room.order("seat", &id, put_off).unwrap();
    room.order("seat", &id, written()).unwrap();
    assert_eq!((room.incident(&id).phase(), armed(&room, &id)), (Phase::Held, vec![TimerKind::HeldReview]));
}

#[test]
fn feedback_of_who_was_there_is_looked_at() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Arrive).unwrap();
    room.step(&order, Step::Clear).unwrap();
    room.order("seat", &id, written()).unwrap();
    assert_eq!((room.incident(&id).phase(), armed(&room, &id)), (Phase::AwaitingReview, vec![TimerKind::Review]));
}

#[test]
fn a_plan_changes_nothing_of_what_is_done() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(3);
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Arrive).unwrap();
    room.step(&order, Step::Clear).unwrap();
    plan(&mut room, &id, "u2", DAY);
    assert_eq!(room.incident(&id).phase(), Phase::AwaitingFeedback);
    let mut waits = armed(&room, &id);
    waits.sort_by_key(|kind| kind.word());
    assert_eq!(waits, [TimerKind::Feedback, TimerKind::Start]);
}

#[test]
fn what_is_said_after_the_end_is_late_however_often_it_is_said() {
    for end in ["recall", "close"] {
        let mut room = Room::new(&["u1"]);
        let id = room.report(3);
        let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
        room.step(&order, Step::Deliver).unwrap();
        if end == "recall" {
            room.step(&order, Step::Recall).unwrap();
        } else {
            room.order("seat", &id, Order::Close { disposition: "nothing".to_owned(), spoken_with: None }).unwrap();
        }
        for _ in 0..3 {
            assert_eq!(room.step(&order, Step::Accept).unwrap().label, Some("AFTER-END"), "{end}");
        }
        // What was said in time is there already.
        assert_eq!(room.step(&order, Step::Deliver).unwrap().label, None, "{end}");
        assert_eq!(room.replayed(), room.desk);
    }
    // What came late in its turn, but before the end, was in time.
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    for step in [Step::Arrive, Step::Accept, Step::Clear, Step::Accept, Step::Arrive] {
        assert_eq!(room.step(&order, step).unwrap().label, None, "{step}");
    }
    assert_eq!(room.step(&order, Step::Depart).unwrap().label, Some("AFTER-END"));
    assert_eq!(room.step(&order, Step::Depart).unwrap().label, Some("AFTER-END"));
}

#[test]
fn a_plan_of_a_unit_in_distress_is_not_moved() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(3);
    plan(&mut room, &id, "u1", DAY);
    plan(&mut room, &id, "u2", DAY);
    let cry = Report { distress: Some("u1".to_owned()), ..report(1) };
    room.run("u1", Command::Report(Box::new(cry))).unwrap();
    let at = |ms: i64, units: &[&str]| Order::Assign(Assign { start_ms: Some(ms), ..to(units) });
    assert_eq!(code(&room.order("lead", &id, at(NOON + 2 * DAY, &["u1"]))), "UNIT-DISTRESS");
    assert_eq!(room.incident(&id).assignments[0].start_ms, Some(NOON + DAY));
    // Among others it is named, and the others are moved; said as it is, it is there already.
    let both = room.order("seat", &id, at(NOON + 3 * DAY, &["u1", "u2"])).unwrap();
    let named: Vec<_> = both.taken.iter().map(dispatch::Taken::code).collect();
    assert_eq!((named, both.assigned.len()), (vec!["UNIT-DISTRESS"], 1));
    assert_eq!(room.order("seat", &id, at(NOON + DAY, &["u1"])).unwrap().already.len(), 1);
}

#[test]
fn a_scene_that_creeps_away_leaves_the_proposal_behind() {
    let at = |north_m: f64| {
        let place = Position::new(120.65, 28.01 + north_m / 111_000.0).expect("a place");
        Order::Relocate(PlaceRole::Scene, Box::new(Location::at(LocationState::Candidate, place, None)))
    };
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    room.order("seat", &id, at(0.0)).unwrap();
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Depart).unwrap();
    let proposed = |room: &Room| room.incident(&id).assignments[0].seems_arrived_ms.is_some();
    let seems = Command::SeemsArrived { id: order.clone(), at_ms: room.now_ms };
    room.run("avl", seems.clone()).unwrap();
    room.order("seat", &id, at(27.0)).unwrap();
    assert!(proposed(&room), "27 m are the same scene");
    room.order("seat", &id, at(54.0)).unwrap();
    assert!(!proposed(&room), "54 m from where it seemed to be are not");
    // Back and forth is the same scene; proposed anew it is one of the new place.
    room.run("avl", seems).unwrap();
    for north_m in [81.0, 54.0, 27.0, 54.0] {
        room.order("seat", &id, at(north_m)).unwrap();
        assert!(proposed(&room), "{north_m}");
    }
    assert_eq!(room.replayed(), room.desk);
}
