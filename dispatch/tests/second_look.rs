//! What a second look from outside found: plans that cannot start, units in distress, two who write the same.

mod room;

use dispatch::{
    Assign, Availability, Basis, Command, Decided, Duty, IncidentKind, Location, Order, Phase, PlaceRole, Priority,
    Refusal, Rule, State, Step, TimerState,
};
use room::{Room, report, to};

fn rule(answer: &Result<Decided, Refusal>) -> Option<Rule> {
    if let Err(Refusal::Rule(rule)) = answer { Some(*rule) } else { None }
}

/// A planned order whose unit is busy at its start ends, and the incident waits again; one that is wanted now is given now.
#[test]
fn a_plan_is_carried_out_now_or_comes_back() {
    let mut room = Room::new(&["u1", "u2"]);
    let (one, two) = (room.report(3), room.report(2));
    let plan =
        |room: &Room, unit: &str, ms: i64| Order::Assign(Assign { start_ms: Some(room.now_ms + ms), ..to(&[unit]) });
    let order = plan(&room, "u1", 60_000);
    room.order("s", &one, order).unwrap();
    let elsewhere = room.assign("s", &two, &["u1"]).unwrap().assigned[0].clone();
    room.step(&elsewhere, Step::Accept).unwrap();
    room.pass(60_000);
    let ended = &room.incident(&one).assignments[0];
    assert_eq!((ended.state, ended.reason.as_deref()), (State::Recalled, Some("the unit was busy at its start")));
    assert_eq!(room.incident(&one).phase(), Phase::Pending);
    let waits = |t: &&dispatch::Timer| t.state == TimerState::Armed && t.kind.word() == "offer";
    assert_eq!(room.incident(&one).timers.iter().filter(waits).count(), 1, "somebody waits for an order again");

    let order = plan(&room, "u2", 3_600_000);
    let planned = room.order("s", &one, order).unwrap().assigned[0].clone();
    let now = room.assign("s", &one, &["u2"]).unwrap();
    assert_eq!((now.assigned.as_slice(), now.already.len()), ([planned.clone()].as_slice(), 0));
    assert_eq!(room.incident(&one).assignment(&planned).unwrap().state, State::Offered);
    assert_eq!(room.replayed(), room.desk);
    let far = plan(&room, "u1", 31 * 24 * 3_600_000);
    assert!(matches!(room.order("s", &one, far), Err(Refusal::Invalid("start_at", _))));
}

#[test]
fn who_is_in_distress_is_sent_nowhere_and_does_not_go_home() {
    let mut room = Room::new(&["u1", "u2"]);
    let mut cry = report(1);
    cry.distress = Some("u1".to_owned());
    let distress = room.run("u1", Command::Report(Box::new(cry))).unwrap().incident.unwrap();
    let other = room.report(2);
    assert_eq!(rule(&room.assign("s", &other, &["u1"])), Some(Rule::UnitDistress));
    let both = room.assign("s", &other, &["u1", "u2"]).unwrap();
    assert_eq!((both.assigned.len(), both.taken[0].incident.as_str()), (1, distress.as_str()));
    let home = Command::SetDuty { unit: "u1".to_owned(), duty: Duty::OffDuty, reason: None, until_ms: None };
    assert_eq!(rule(&room.run("s", home.clone())), Some(Rule::UnitDistress));
    // Where it cried for help is put right, and never forgotten.
    let nowhere = || Order::Relocate(PlaceRole::Scene, Box::new(Location::unknown()));
    assert_eq!(rule(&room.order("lead", &distress, nowhere())), Some(Rule::DistressKept));
    room.order("s", &other, nowhere()).unwrap();
    let close = Order::Close { disposition: "unharmed".to_owned(), spoken_with: Some("u1".to_owned()) };
    room.order("lead", &distress, close).unwrap();
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Free);
    room.run("s", home).unwrap();
    assert_eq!(room.replayed(), room.desk);
}

/// Two people write the same field: the second is told what the first wrote.
#[test]
fn the_same_field_is_not_written_over_unseen() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let seen = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    let say = |room: &mut Room, who: &str, order: Order| {
        room.ask(who, Command::Incident { id: id.clone(), order }, seen.clone(), None)
    };
    say(&mut room, "a", Order::Classify(IncidentKind::Traffic)).unwrap();
    let late = say(&mut room, "b", Order::Classify(IncidentKind::Dispute));
    assert!(matches!(&late, Err(Refusal::Stale(changed)) if changed[0].field == "kind"), "{late:?}");
    // Another kind is no reason to stop an order, and other fields go beside each other.
    say(&mut room, "b", Order::Relocate(PlaceRole::Caller, Box::new(report(2).location))).unwrap();
    let ordered = say(&mut room, "b", Order::Assign(to(&["u1"]))).unwrap();
    for step in [Step::Accept, Step::Depart, Step::Arrive, Step::Clear] {
        room.step(&ordered.assigned[0], step).unwrap();
    }
    let seen = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    let feedback = |text: &str| Order::Feedback { text: text.to_owned(), disposition: "settled".to_owned() };
    let file = |room: &mut Room, who: &str, text: &str| {
        room.ask(who, Command::Incident { id: id.clone(), order: feedback(text) }, seen.clone(), None)
    };
    file(&mut room, "a", "a man is injured").unwrap();
    assert!(matches!(file(&mut room, "b", "nothing"), Err(Refusal::Stale(_))));
    // What was urgent once is not reviewed by who wrote its feedback.
    room.order("a", &id, Order::Prioritise(Priority::new(3).unwrap())).unwrap();
    let close = Order::Close { disposition: "settled".to_owned(), spoken_with: None };
    assert_eq!(rule(&room.order("a", &id, close)), Some(Rule::ReviewSelf));
    let made_up = Basis { version: Some(1_000_000), ..Basis::default() };
    let note = Command::Incident { id: id.clone(), order: Order::Note { text: "x".to_owned() } };
    assert!(matches!(room.ask("b", note, made_up, None), Err(Refusal::Stale(_))));
}

fn plan(room: &Room, ms: i64, to: Assign) -> Order {
    Order::Assign(Assign { start_ms: Some(room.now_ms + ms), ..to })
}

/// A plan for another time moves: the same order, one timer, and it begins then.
#[test]
fn a_plan_moves_to_another_time() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(3);
    let order = plan(&room, 600_000, to(&["u1"]));
    let planned = room.order("s", &id, order.clone()).unwrap().assigned[0].clone();
    let same = room.order("s", &id, order).unwrap();
    assert_eq!((same.events.len(), same.already.as_slice()), (0, [planned.clone()].as_slice()), "nothing is changed");
    // Later, then earlier, within the same millisecond.
    for minutes in [20, 2] {
        let order = plan(&room, minutes * 60_000, to(&["u1"]));
        let moved = room.order("s", &id, order).unwrap();
        let kinds: Vec<&str> = moved.events.iter().map(dispatch::Event::kind).collect();
        assert_eq!(
            (kinds.as_slice(), moved.assigned.as_slice()),
            (["assignment.replanned"].as_slice(), [planned.clone()].as_slice())
        );
        let incident = room.incident(&id);
        assert_eq!(incident.assignment(&planned).unwrap().start_ms, Some(room.now_ms + minutes * 60_000));
        let waits = |t: &&dispatch::Timer| t.state == TimerState::Armed && t.kind.word() == "start";
        let due: Vec<i64> = incident.timers.iter().filter(waits).map(|t| t.due_at_ms).collect();
        assert_eq!(due, [room.now_ms + minutes * 60_000]);
    }
    // Who moves it on an old picture is told who moved it meanwhile; an order to others is not stopped by that.
    let seen = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    let earlier = plan(&room, 60_000, to(&["u1"]));
    room.order("other", &id, earlier).unwrap();
    let later = Command::Incident { id: id.clone(), order: plan(&room, 120_000, to(&["u1"])) };
    let stale = room.ask("s", later.clone(), seen.clone(), None);
    assert!(matches!(&stale, Err(Refusal::Stale(changed)) if changed[0].field == "start_at"), "{stale:?}");
    let note = Command::Incident { id: id.clone(), order: Order::Note { text: "x".to_owned() } };
    room.ask("s", note, seen, None).unwrap();
    room.run("s", later).unwrap();
    room.pass(119_000);
    assert_eq!(room.incident(&id).assignment(&planned).unwrap().state, State::Planned);
    room.pass(1_000);
    assert_eq!(room.incident(&id).assignment(&planned).unwrap().state, State::Offered);
    // What has begun is not planned again; among others it is there already.
    let back = plan(&room, 600_000, to(&["u1"]));
    assert_eq!(rule(&room.order("s", &id, back)), Some(Rule::AsgBack));
    let both = plan(&room, 600_000, to(&["u1", "u2"]));
    let both = room.order("s", &id, both).unwrap();
    assert_eq!((both.already.as_slice(), both.assigned.len()), ([planned].as_slice(), 1));
    assert_eq!(room.replayed(), room.desk);
}

/// The plan of an organisation's desk moves and begins like that of a unit.
#[test]
fn a_plan_of_an_organisation_moves_and_begins() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let desk = Assign { orgs: vec!["o".to_owned()], ..Assign::default() };
    let order = plan(&room, 600_000, desk.clone());
    let planned = room.order("s", &id, order).unwrap().assigned[0].clone();
    let only = std::slice::from_ref(&planned);
    let order = plan(&room, 900_000, desk.clone());
    assert_eq!(room.order("s", &id, order).unwrap().assigned, only);
    assert_eq!(room.incident(&id).assignment(&planned).unwrap().start_ms, Some(room.now_ms + 900_000));
    assert_eq!(room.order("s", &id, Order::Assign(desk.clone())).unwrap().assigned, only);
    assert_eq!(room.incident(&id).assignment(&planned).unwrap().state, State::Offered);
    let again = room.order("s", &id, Order::Assign(desk)).unwrap();
    assert_eq!((again.events.len(), again.already.as_slice()), (0, only));
}

/// A unit that nobody hears is asked about twice, also when it was planned while it was heard.
#[test]
fn a_planned_unit_that_nobody_hears_is_asked_about() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let order = plan(&room, 600_000, to(&["u1"]));
    let planned = room.order("s", &id, order).unwrap().assigned[0].clone();
    room.silent.push("u1".to_owned());
    let now = Command::Incident { id: id.clone(), order: Order::Assign(to(&["u1"])) };
    let Err(Refusal::Confirm { warnings, token }) = room.run("s", now.clone()) else { panic!("not asked twice") };
    assert_eq!(warnings, [("u1".to_owned(), dispatch::Warning::LostLink)]);
    assert_eq!(room.incident(&id).assignment(&planned).unwrap().state, State::Planned);
    room.ask("s", now, Basis::default(), Some(token)).unwrap();
    assert_eq!(room.incident(&id).assignment(&planned).unwrap().state, State::Offered);
}

/// Whoever presses, and however often: one distress of a unit is open at a time.
#[test]
fn a_second_call_for_help_is_the_first() {
    let mut room = Room::new(&["u1", "u2"]);
    let cry = |unit: &str| {
        let mut cry = report(1);
        cry.distress = Some(unit.to_owned());
        Command::Report(Box::new(cry))
    };
    let first = room.run("u1", cry("u1")).unwrap().incident.unwrap();
    let again = room.run("lead", cry("u1")).unwrap();
    assert_eq!((again.events.len(), again.incident.as_deref()), (0, Some(first.as_str())));
    assert_ne!(
        room.run("u2", cry("u2")).unwrap().incident.as_deref(),
        Some(first.as_str()),
        "another unit's is another"
    );
    let close = Order::Close { disposition: "unharmed".to_owned(), spoken_with: Some("u1".to_owned()) };
    room.order("lead", &first, close).unwrap();
    assert_ne!(room.run("u1", cry("u1")).unwrap().incident.as_deref(), Some(first.as_str()), "that one has ended");
}
