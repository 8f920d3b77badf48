//! What outsiders found by trying, at the third look: distress, what is put off, what is planned, shifts.

mod room;

use dispatch::{
    Assign, Availability, Command, Decided, Duty, Order, Phase, Priority, Refusal, Report, SourceRef, State, Step,
    TimerKind, TimerState,
};
use room::{NOON, Room, report, to, unit};

fn code(answer: &Result<Decided, Refusal>) -> &'static str {
    answer.as_ref().err().map_or("", Refusal::code)
}

fn distress(room: &mut Room, unit: &str) -> String {
    let cry = Report { distress: Some(unit.to_owned()), ..report(1) };
    let heard = room.run(unit, Command::Report(Box::new(cry))).expect("a cry for help");
    heard.incident.expect("a distress is an incident")
}

fn end(room: &mut Room, id: &str) {
    let close = Order::Close { disposition: "safe".to_owned(), spoken_with: Some("the crew".to_owned()) };
    room.order("lead", id, close).expect("somebody spoke with them");
}

fn taken_away(reason: &str, units: &[&str]) -> Order {
    Order::Assign(Assign { preempt: true, reason: Some(reason.to_owned()), ..to(units) })
}

#[test]
fn a_unit_in_distress_that_has_an_order_is_sent_nowhere_either() {
    let mut room = Room::new(&["u1", "u2"]);
    let (a, b) = (room.report(3), room.report(1));
    let own = room.assign("seat", &a, &["u1"]).unwrap().assigned[0].clone();
    room.step(&own, Step::Accept).unwrap();
    let cry = distress(&mut room, "u1");
    let later = |start_ms| Order::Assign(Assign { start_ms: Some(start_ms), ..to(&["u1"]) });
    for order in [Order::Assign(to(&["u1"])), taken_away("worse", &["u1"]), later(NOON + 60_000)] {
        for who in ["seat", "lead"] {
            assert_eq!(code(&room.order(who, &b, order.clone())), "UNIT-DISTRESS", "{who}: {order:?}");
        }
    }
    // Among others it is named with its code and its distress.
    let some = room.assign("seat", &b, &["u1", "u2"]).unwrap();
    let named: Vec<_> = some.taken.iter().map(|taken| (taken.code(), taken.incident.as_str())).collect();
    assert_eq!((named, some.assigned.len()), (vec![("UNIT-DISTRESS", cry.as_str())], 1));
    assert_eq!(room.incident(&a).assignments[0].state, State::Accepted, "what it had, it keeps");
}

#[test]
fn a_plan_for_a_unit_in_distress_is_not_begun() {
    let mut room = Room::new(&["u1"]);
    let (a, b) = (room.report(3), room.report(2));
    let own = room.assign("seat", &a, &["u1"]).unwrap().assigned[0].clone();
    room.step(&own, Step::Accept).unwrap();
    let later = Order::Assign(Assign { start_ms: Some(NOON + 60_000), ..to(&["u1"]) });
    let plan = room.order("seat", &b, later).unwrap().assigned[0].clone();
    distress(&mut room, "u1");
    for order in [Order::Assign(to(&["u1"])), taken_away("now", &["u1"])] {
        assert_eq!(code(&room.order("lead", &b, order)), "UNIT-DISTRESS");
    }
    assert_eq!(code(&room.step(&plan, Step::Depart)), "UNIT-DISTRESS");
    let before = room.log.len();
    room.pass(60_000);
    let ended = &room.incident(&b).assignments[0];
    let why = ended.reason.clone().unwrap_or_default();
    assert!(ended.state == State::Recalled && why.contains("in distress"), "{why}");
    assert!(room.alerts(before).contains(&"PLANNED-UNIT-DISTRESS"));
}

#[test]
fn a_unit_is_in_distress_while_any_of_its_distresses_is_open() {
    let mut room = Room::new(&["u1"]);
    let other = room.report(1);
    let x = distress(&mut room, "u1");
    end(&mut room, &x);
    let y = distress(&mut room, "u1");
    room.order("lead", &x, Order::Reopen { reason: "again".to_owned() }).unwrap();
    end(&mut room, &y);
    let unit = room.desk.unit("u1").unwrap();
    assert_eq!((unit.distress.as_ref(), unit.availability()), (Some(&x), Availability::Out));
    assert_eq!(code(&room.assign("seat", &other, &["u1"])), "UNIT-DISTRESS");
    assert_eq!(distress(&mut room, "u1"), x, "pressing again is the one that is open");
    end(&mut room, &x);
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Free);
    // Whichever of two ends first.
    room.order("lead", &x, Order::Reopen { reason: "again".to_owned() }).unwrap();
    room.order("lead", &y, Order::Reopen { reason: "again".to_owned() }).unwrap();
    end(&mut room, &x);
    assert_eq!(room.desk.unit("u1").unwrap().distress.as_ref(), Some(&y));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn a_call_about_what_is_put_off_is_told_to_somebody() {
    let hold = || Order::Hold { reason: "daylight".to_owned(), review_at_ms: NOON + 36_000_000 };
    for (put_off, phase) in [(hold(), Phase::Held), (Order::Refer { to: "hotline".to_owned() }, Phase::Referred)] {
        let mut room = Room::new(&["u1"]);
        let reference = SourceRef { system: "cad9".to_owned(), number: "B-7".to_owned() };
        let said = Report { source_ref: Some(reference), ..report(3) };
        let say = |room: &mut Room, said: &Report| {
            let before = room.log.len();
            room.run("gateway", Command::Upsert(Box::new(said.clone()))).unwrap();
            room.alerts(before).iter().map(|&code| code.to_owned()).collect::<Vec<_>>()
        };
        say(&mut room, &said);
        let id = room.desk.incidents().next().unwrap().id.clone();
        room.order("seat", &id, put_off).unwrap();
        assert!(say(&mut room, &said).is_empty(), "the same again is no news");
        let less = Report { priority: Priority::new(4).unwrap(), ..said.clone() };
        assert!(say(&mut room, &less).is_empty(), "less urgent can wait");
        let worse = Report { priority: Priority::new(1).unwrap(), ..said.clone() };
        let words = Report { text: "she has gone under".to_owned(), ..worse.clone() };
        let caller = Report { callers: vec![Some("•••• 4711".to_owned())], ..words.clone() };
        for news in [worse, words, caller] {
            assert_eq!(say(&mut room, &news), ["CALL-WHILE-HELD"]);
            assert_eq!(room.incident(&id).phase(), phase, "a person decides");
            assert!(say(&mut room, &news).is_empty());
        }
        // Where somebody is sent, somebody looks.
        room.assign("seat", &id, &["u1"]).unwrap();
        assert!(say(&mut room, &Report { text: "and two more".to_owned(), ..said.clone() }).is_empty());
    }
}

#[test]
fn who_is_taken_from_the_scene_has_not_done_it() {
    let mut room = Room::new(&["u1", "u2"]);
    let (id, worse) = (room.report(3), room.report(1));
    let orders = room.assign("seat", &id, &["u1", "u2"]).unwrap().assigned;
    room.step(&orders[0], Step::Arrive).unwrap();
    let arrived = room.incident(&id).times.arrived;
    room.step(&orders[1], Step::Decline).unwrap();
    let before = room.log.len();
    room.preempt(&worse, &["u1"]);
    let incident = room.incident(&id);
    assert_eq!((incident.phase(), incident.priority.number()), (Phase::Pending, 2), "back in the queue, more urgent");
    assert_eq!(incident.times.arrived, arrived, "what was, was");
    assert_eq!(room.alerts(before), ["NO-UNIT-LEFT"]);
    assert!(incident.timers.iter().any(|t| t.kind == TimerKind::Offer && t.state == TimerState::Armed));
    assert_eq!(room.replayed(), room.desk);
    // Whoever was there until it was done has done it.
    let mut room = Room::new(&["u1", "u2"]);
    let (id, worse) = (room.report(3), room.report(1));
    let orders = room.assign("seat", &id, &["u1", "u2"]).unwrap().assigned;
    for order in &orders {
        room.step(order, Step::Arrive).unwrap();
    }
    room.step(&orders[0], Step::Clear).unwrap();
    let before = room.log.len();
    room.preempt(&worse, &["u2"]);
    assert_eq!(room.incident(&id).phase(), Phase::AwaitingFeedback);
    assert!(room.alerts(before).is_empty());
}

#[test]
fn two_who_are_taken_at_once_leave_nobody() {
    let mut room = Room::new(&["u1", "u2"]);
    let (id, worse) = (room.report(3), room.report(1));
    room.assign("seat", &id, &["u1", "u2"]).unwrap();
    let before = room.log.len();
    room.preempt(&worse, &["u1", "u2"]);
    assert_eq!(room.alerts(before), ["NO-UNIT-LEFT"]);
    assert_eq!(room.incident(&id).priority.number(), 2);
}

#[test]
fn who_sets_out_early_begins_the_plan() {
    for step in [Step::Depart, Step::Arrive] {
        let mut room = Room::new(&["u1"]);
        let id = room.report(3);
        let later = Order::Assign(Assign { start_ms: Some(NOON + 600_000), ..to(&["u1"]) });
        let plan = room.order("seat", &id, later).unwrap().assigned[0].clone();
        room.pass(60_000);
        for nod in [Step::Deliver, Step::Accept, Step::Clear, Step::Decline] {
            assert_eq!(code(&room.step(&plan, nod)), "ASG-PLANNED", "{nod}");
        }
        room.step(&plan, step).unwrap();
        let order = &room.incident(&id).assignments[0];
        assert_eq!((order.state, order.times.offered), (step.leads_to(), Some(room.now_ms)));
        assert!(order.times.out_of_order().is_empty());
        assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Committed);
        room.pass(600_000);
        assert_eq!(room.incident(&id).assignments[0].state, step.leads_to(), "its start is over");
        assert_eq!(room.replayed(), room.desk);
    }
    // Not while it is on something else.
    let mut room = Room::new(&["u1"]);
    let (id, other) = (room.report(3), room.report(3));
    let later = Order::Assign(Assign { start_ms: Some(NOON + 600_000), ..to(&["u1"]) });
    let plan = room.order("seat", &id, later).unwrap().assigned[0].clone();
    room.assign("seat", &other, &["u1"]).unwrap();
    assert_eq!(code(&room.step(&plan, Step::Depart)), "ASG-PLANNED");
    room.step(&plan, Step::Recall).unwrap();
}

#[test]
fn a_plan_takes_nobody_from_other_work() {
    let mut room = Room::new(&["u1"]);
    let (a, b) = (room.report(3), room.report(1));
    room.assign("seat", &a, &["u1"]).unwrap();
    let both = Assign { start_ms: Some(NOON + 60_000), preempt: true, reason: Some("x".to_owned()), ..to(&["u1"]) };
    let answer = room.order("lead", &b, Order::Assign(both));
    assert!(matches!(answer, Err(Refusal::Invalid("preempt", _))), "{answer:?}");
    assert!(room.incident(&b).assignments.is_empty());
}

#[test]
fn a_shift_does_not_reach_before_the_end_of_the_last_one() {
    let mut room = Room::new(&["u1"]);
    room.pass(3_600_000);
    let duty = |duty| Command::SetDuty { unit: "u1".to_owned(), duty, reason: None, until_ms: None };
    room.run("s", duty(Duty::OffDuty)).unwrap();
    let off = room.now_ms;
    room.pass(1_800_000);
    room.run("s", duty(Duty::OnDuty)).unwrap();
    let mut since = |ms: i64| {
        room.run("s", Command::Record { unit: Box::new(unit("u1")), on_duty_ms: Some(ms) }).unwrap();
        assert_eq!(room.replayed(), room.desk);
        room.desk.unit("u1").unwrap().on_duty_ms
    };
    assert_eq!(since(off - 600_000), Some(off), "where it was off duty is nobody's business");
    assert_eq!(since(off + 600_000), Some(off + 600_000), "a slip within the shift is put right");
}
