//! What outsiders found by trying: each was possible once.

mod room;

use dispatch::{
    Availability, Basis, Command, Decided, IncidentKind, Location, LocationState, Order, Phase, PlaceRole, Priority,
    Progress, Refusal, Rule, Source, SourceRef, State, Step,
};
use room::{NOON, Room, report, to, unit};
use spatial::Position;

fn rule(answer: &Result<Decided, Refusal>) -> Option<Rule> {
    if let Err(Refusal::Rule(rule)) = answer { Some(*rule) } else { None }
}

fn at(lon: f64) -> Location {
    Location::at(LocationState::Candidate, Position::new(lon, 28.01).expect("a place"), None)
}

#[test]
fn a_version_alone_stops_what_matters() {
    for change in [
        Order::Prioritise(Priority::new(1).unwrap()),
        Order::Relocate(PlaceRole::Scene, Box::new(at(120.70))),
        Order::Hold { reason: "later".to_owned(), review_at_ms: NOON + 600_000 },
    ] {
        let mut room = Room::new(&["u1"]);
        let id = room.report(3);
        let version = room.incident(&id).version;
        room.order("other", &id, change.clone()).unwrap();
        let basis = Basis { version: Some(version), ..Basis::default() };
        let command = Command::Incident { id: id.clone(), order: Order::Assign(to(&["u1"])) };
        let answer = room.ask("seat", command.clone(), basis, None);
        assert!(matches!(answer, Err(Refusal::Stale(_))), "{change:?}: {answer:?}");
        let now = Basis { version: Some(room.incident(&id).version), ..Basis::default() };
        assert!(room.ask("seat", command, now, None).is_ok(), "{change:?}");
    }
}

#[test]
fn a_picture_of_another_log_is_no_basis() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let (seq, epoch) = (room.desk.seq(), room.desk.unit("u1").unwrap().epoch);
    let command = Command::Incident { id, order: Order::Assign(to(&["u1"])) };
    for basis in
        [Basis { seq: Some(seq + 1), ..Basis::default() }, Basis { unit_epoch: Some(epoch + 1), ..Basis::default() }]
    {
        let answer = room.ask("seat", command.clone(), basis.clone(), None);
        assert!(matches!(answer, Err(Refusal::Stale(_))), "{basis:?}: {answer:?}");
    }
    assert!(room.ask("seat", command, Basis { seq: Some(seq), unit_epoch: Some(epoch), version: None }, None).is_ok());
}

#[test]
fn another_system_that_says_the_same_again_undoes_nothing() {
    let mut room = Room::new(&["u1"]);
    let reference = SourceRef { system: "cad9".to_owned(), number: "B-1".to_owned() };
    let said = dispatch::Report { source_ref: Some(reference), location: at(120.65), ..report(3) };
    let upsert = |room: &mut Room, said: &dispatch::Report| {
        room.run("gateway", Command::Upsert(Box::new(said.clone()))).unwrap()
    };
    let id = upsert(&mut room, &said).incident.unwrap();
    room.order("seat", &id, Order::Prioritise(Priority::new(1).unwrap())).unwrap();
    room.order("seat", &id, Order::Classify(IncidentKind::FireDisaster)).unwrap();
    room.order("seat", &id, Order::Relocate(PlaceRole::Scene, Box::new(at(120.70)))).unwrap();
    assert!(upsert(&mut room, &said).events.is_empty());
    let now = room.incident(&id);
    assert_eq!((now.priority.number(), now.kind, now.location.clone()), (1, IncidentKind::FireDisaster, at(120.70)));
    // What it says anew counts, and nothing else of it.
    let news = dispatch::Report { priority: Priority::new(2).unwrap(), ..said.clone() };
    upsert(&mut room, &news);
    let now = room.incident(&id);
    assert_eq!((now.priority.number(), now.kind), (2, IncidentKind::FireDisaster));
    assert!(upsert(&mut room, &news).events.is_empty());
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn a_call_about_what_has_ended_is_told_to_somebody() {
    let mut room = Room::new(&["u1"]);
    let reference = SourceRef { system: "cad9".to_owned(), number: "B-2".to_owned() };
    let said = dispatch::Report { source_ref: Some(reference), ..report(3) };
    let id = room.run("gateway", Command::Upsert(Box::new(said.clone()))).unwrap().incident.unwrap();
    room.order("seat", &id, Order::Cancel { reason: "nothing".to_owned() }).unwrap();
    let again = room.run("gateway", Command::Upsert(Box::new(said.clone()))).unwrap();
    assert!(again.events.is_empty() && again.label.is_none());
    let news = dispatch::Report { text: "it burns again".to_owned(), ..said };
    let told = room.run("gateway", Command::Upsert(Box::new(news))).unwrap();
    assert_eq!(told.label, Some("AFTER-END"));
    assert!(told.events.iter().any(|event| event.kind() == "alert.raised"));
}

#[test]
fn a_distress_is_kept_until_somebody_spoke_with_them() {
    let mut room = Room::new(&["u1", "u2"]);
    let help = dispatch::Report { distress: Some("u1".to_owned()), ..report(1) };
    let id = room.run("u1", Command::Report(Box::new(help))).unwrap().incident.unwrap();
    let hold = Order::Hold { reason: "later".to_owned(), review_at_ms: NOON + 600_000 };
    for (order, expect) in [
        (Order::Cancel { reason: "nothing".to_owned() }, Rule::DistressSpoken),
        (Order::Prioritise(Priority::new(4).unwrap()), Rule::DistressKept),
        (Order::Classify(IncidentKind::Dispute), Rule::DistressKept),
        (Order::Refer { to: "hotline".to_owned() }, Rule::DistressKept),
        (hold, Rule::DistressKept),
    ] {
        assert_eq!(rule(&room.order("lead", &id, order.clone())), Some(expect), "{order:?}");
    }
    assert_ne!(room.incident(&id).phase(), Phase::Cancelled);
}

#[test]
fn what_is_reopened_waits_for_an_order_again() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    for step in [Step::Accept, Step::Depart, Step::Arrive, Step::Clear] {
        room.step(&order, step).unwrap();
    }
    room.order("u1", &id, Order::Feedback { text: "done".to_owned(), disposition: "settled".to_owned() }).unwrap();
    room.order("seat", &id, Order::Close { disposition: "settled".to_owned(), spoken_with: None }).unwrap();
    room.pass(1_000);
    room.order("lead", &id, Order::Reopen { reason: "again".to_owned() }).unwrap();
    let now = room.incident(&id);
    assert_eq!(now.phase(), Phase::Pending);
    assert!(now.timers.iter().any(|timer| timer.kind.word() == "offer" && timer.state.word() == "armed"));
}

#[test]
fn an_order_that_nobody_can_receive_is_none() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let nobody = dispatch::Assign { orgs: vec!["nonsense org".to_owned()], ..dispatch::Assign::default() };
    let answer = room.order("seat", &id, Order::Assign(nobody));
    assert_eq!(answer, Err(Refusal::Unknown("organisation", "nonsense org".to_owned())));
}

#[test]
fn a_shift_begins_in_the_log() {
    use dispatch::Duty;
    let mut room = Room::new(&["u1"]);
    assert_eq!(room.desk.unit("u1").unwrap().on_duty_ms, Some(room.now_ms), "from when it is entered");
    let duty = |room: &mut Room, duty: Duty| {
        let reason = (duty == Duty::OutOfService).then(|| "tyre".to_owned());
        room.pass(60_000);
        room.run("s", Command::SetDuty { unit: "u1".to_owned(), duty, reason, until_ms: None }).unwrap();
        room.desk.unit("u1").unwrap().on_duty_ms
    };
    assert_eq!(duty(&mut room, Duty::OffDuty), None);
    let since = duty(&mut room, Duty::OnDuty);
    assert!(since.is_some());
    assert_eq!(duty(&mut room, Duty::OutOfService), since, "a flat tyre is no end of a shift");
    assert_eq!(duty(&mut room, Duty::OnDuty), since);
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn somebody_may_say_since_when_a_shift_runs() {
    use dispatch::Duty;
    let mut room = Room::new(&[]);
    room.pass(60_000);
    let mut say = |id: &str, duty: Duty, since: Option<i64>| {
        let mut unit = unit(id);
        unit.duty = duty;
        let done = room.run("s", Command::Record { unit: Box::new(unit), on_duty_ms: since });
        assert_eq!(room.replayed(), room.desk);
        done.map(|done| (done.events.len(), room.desk.unit(id).unwrap().on_duty_ms))
    };
    let (now, hour) = (NOON + 60_000, 3_600_000);
    assert_eq!(say("u1", Duty::OnDuty, Some(now - 2 * hour)), Ok((1, Some(now - 2 * hour))));
    assert_eq!(say("u1", Duty::OnDuty, None), Ok((0, Some(now - 2 * hour))), "what is left out stays");
    assert_eq!(say("u1", Duty::OnDuty, Some(now - hour)), Ok((1, Some(now - hour))), "a slip is put right");
    assert_eq!(say("u1", Duty::OffDuty, None), Ok((1, None)));
    assert_eq!(say("u1", Duty::OnDuty, Some(now - hour)), Ok((1, Some(now))), "the shift before ended only now");
    for (duty, since) in [(Duty::OffDuty, now), (Duty::OnDuty, now + 61_000), (Duty::OnDuty, now - 24 * hour - 1)] {
        assert!(matches!(say("u2", duty, Some(since)), Err(Refusal::Invalid("on_duty_since", _))), "{since}");
    }
}

#[test]
fn a_late_yes_counts_when_it_is_said_again_and_the_unit_is_free_by_then() {
    let mut room = Room::new(&["u1"]);
    let (one, two) = (room.report(2), room.report(2));
    let order = room.assign("s", &one, &["u1"]).unwrap().assigned[0].clone();
    room.pass(30_000);
    let other = room.assign("s", &two, &["u1"]).unwrap().assigned[0].clone();
    assert_eq!(room.step(&order, Step::Accept).unwrap().label, Some("AFTER-END"));
    let said = room.incident(&one).assignments[0].times.accepted;
    let again = room.step(&order, Step::Accept).unwrap();
    assert_eq!((again.label, again.events.len()), (Some("AFTER-END"), 0), "said twice it is not in time either");
    room.pass(5_000);
    room.step(&other, Step::Recall).unwrap();
    let yes = room.step(&order, Step::Accept).unwrap();
    assert_eq!(yes.label, None);
    let assignment = &room.incident(&one).assignments[0];
    assert_eq!((assignment.state, assignment.times.ended), (State::Accepted, None));
    assert_eq!(assignment.times.accepted, said, "the time is that of the first word");
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Committed);
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn what_was_said_of_a_lapsed_order_does_not_hold_its_unit_when_it_lives_again() {
    for first in [Step::Accept, Step::Arrive] {
        let mut room = Room::new(&["u1"]);
        let (one, two) = (room.report(2), room.report(2));
        let order = room.assign("s", &one, &["u1"]).unwrap().assigned[0].clone();
        room.pass(30_000);
        let other = room.assign("s", &two, &["u1"]).unwrap().assigned[0].clone();
        for step in [Step::Accept, Step::Arrive, Step::Clear] {
            assert_eq!(room.step(&order, step).unwrap().label, Some("AFTER-END"));
        }
        let said = room.incident(&one).assignments[0].times;
        room.step(&other, Step::Recall).unwrap();
        room.pass(5_000);
        room.step(&order, first).unwrap();
        for step in [Step::Arrive, Step::Clear] {
            room.step(&order, step).unwrap();
            assert_eq!(room.incident(&one).assignments[0].state, step.leads_to());
        }
        let times = room.incident(&one).assignments[0].times;
        assert_eq!(
            (times.accepted, times.arrived, times.cleared),
            (said.accepted, said.arrived, said.cleared),
            "written once"
        );
        assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Free);
        assert_eq!(room.replayed(), room.desk);
    }
}

#[test]
fn who_is_at_the_scene_of_a_lapsed_order_is_bound_to_it() {
    for step in [Step::Depart, Step::Arrive] {
        let mut room = Room::new(&["u1"]);
        let id = room.report(2);
        let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
        room.pass(30_000);
        assert_eq!(room.step(&order, step).unwrap().label, None);
        assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Committed);
        assert_eq!(room.incident(&id).assignments[0].state, step.leads_to());
        assert_eq!(room.replayed(), room.desk);
    }
}

#[test]
fn an_arrival_by_an_order_that_had_lapsed_serves_no_call() {
    let mut room = Room::new(&["u1"]);
    let (one, two) = (room.report(1), room.report(2));
    let order = room.assign("s", &one, &["u1"]).unwrap().assigned[0].clone();
    room.pass(60_000);
    room.assign("s", &two, &["u1"]).unwrap();
    assert_eq!(room.step(&order, Step::Arrive).unwrap().label, Some("AFTER-END"));
    let incident = room.incident(&one);
    assert_eq!((incident.phase(), incident.anybody_arrived()), (Phase::Pending, true));
    assert!(!incident.timers.is_empty(), "somebody is still sought");
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn nothing_of_an_order_lies_before_it() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(2);
    let orders = room.assign("s", &id, &["u1", "u2"]).unwrap().assigned;
    let given = room.now_ms;
    room.pass(3_000);
    let mut arrived = |order: &str, src: Source| {
        let progress = Progress { step: Step::Arrive, at_ms: Some(given - 6_000), src, reason: None };
        room.run("s", Command::Assignment { id: order.to_owned(), progress }).unwrap();
        let assignment = room.incident(&id).assignments.iter().find(|a| a.id == order).unwrap().clone();
        assignment.times.arrived
    };
    assert_eq!(arrived(&orders[0], Source::Voice), Some(given), "it was there already");
    assert_eq!(arrived(&orders[1], Source::App), Some(given + 3_000), "such a clock is not believed");
}

#[test]
fn what_was_written_before_anybody_was_there_is_no_word_of_theirs() {
    let written = || Order::Feedback { text: "will be nothing".to_owned(), disposition: "settled".to_owned() };
    let close = || Order::Close { disposition: "settled".to_owned(), spoken_with: None };
    // Before anybody is sent, and while somebody is on the way.
    for early in [true, false] {
        let mut room = Room::new(&["u1", "u2"]);
        let id = room.report(2);
        if early {
            room.order("seat2", &id, written()).unwrap();
            assert_eq!(room.incident(&id).phase(), Phase::Pending, "nobody was there");
        }
        let order = room.assign("seat1", &id, &["u1"]).unwrap().assigned[0].clone();
        if !early {
            room.order("seat2", &id, written()).unwrap();
        }
        for step in [Step::Accept, Step::Depart, Step::Arrive] {
            room.step(&order, step).unwrap();
        }
        // A second unit changes nothing of what the first one writes at the scene.
        room.order("seat2", &id, written()).unwrap();
        let more = room.assign("seat1", &id, &["u2"]).unwrap().assigned[0].clone();
        assert!(room.incident(&id).feedback.is_some());
        room.step(&more, Step::Decline).unwrap();
        room.order("seat1", &id, Order::Review { accept: false, text: None }).unwrap();
        room.step(&order, Step::Clear).unwrap();
        assert_eq!(room.incident(&id).phase(), Phase::AwaitingFeedback, "{early}");
        assert_eq!(rule(&room.order("seat1", &id, close())), Some(Rule::IncCloseOpen), "{early}");
        room.order("seat2", &id, written()).unwrap();
        room.order("seat1", &id, close()).unwrap();
        assert_eq!(room.replayed(), room.desk);
    }
    // Whom nobody follows waits in the queue again, not for a review.
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    room.order("seat2", &id, written()).unwrap();
    let order = room.assign("seat1", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Decline).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Pending);
}

#[test]
fn an_organisation_is_where_its_units_are() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(2);
    let desk = dispatch::Assign { orgs: vec!["o".to_owned()], ..dispatch::Assign::default() };
    let org = room.order("seat", &id, Order::Assign(desk)).unwrap().assigned[0].clone();
    room.step(&org, Step::Accept).unwrap();
    let orders = room.assign("controller", &id, &["u1", "u2"]).unwrap().assigned;
    let state = |room: &Room| room.incident(&id).assignment(&org).unwrap().state;
    let waits = |room: &Room| {
        let armed = |t: &&dispatch::Timer| {
            t.state == dispatch::TimerState::Armed && t.assignment.as_deref() == Some(org.as_str())
        };
        room.incident(&id).timers.iter().filter(armed).count()
    };
    room.step(&orders[0], Step::Accept).unwrap();
    assert_eq!((state(&room), waits(&room)), (State::Accepted, 1), "nobody has set out");
    room.step(&orders[0], Step::Depart).unwrap();
    assert_eq!((state(&room), waits(&room)), (State::EnRoute, 0));
    room.step(&orders[1], Step::Arrive).unwrap();
    assert_eq!(state(&room), State::Arrived);
    room.step(&orders[1], Step::Clear).unwrap();
    assert_eq!(state(&room), State::Arrived, "the other one is on its way");
    room.step(&orders[0], Step::Arrive).unwrap();
    room.step(&orders[0], Step::Clear).unwrap();
    assert_eq!((state(&room), room.incident(&id).phase()), (State::Cleared, Phase::AwaitingFeedback));
    let feedback =
        |t: &&dispatch::Timer| t.state == dispatch::TimerState::Armed && t.kind == dispatch::TimerKind::Feedback;
    assert_eq!(room.incident(&id).timers.iter().filter(feedback).count(), 1);
    assert_eq!(room.replayed(), room.desk);
    // What an organisation says of itself by voice is timed as before.
    let other = room.report(2);
    let desk = dispatch::Assign { orgs: vec!["o".to_owned()], ..dispatch::Assign::default() };
    let org = room.order("seat", &other, Order::Assign(desk)).unwrap().assigned[0].clone();
    room.step(&org, Step::Depart).unwrap();
    let arrive = |t: &&dispatch::Timer| t.state == dispatch::TimerState::Armed && t.kind == dispatch::TimerKind::Arrive;
    assert_eq!(room.incident(&other).timers.iter().filter(arrive).count(), 1);
}

#[test]
fn who_is_off_duty_or_in_distress_was_taken_by_nobody() {
    let mut room = Room::new(&["u1", "u2", "u3", "u4"]);
    let off = |unit: &str| Command::SetDuty {
        unit: unit.to_owned(),
        duty: dispatch::Duty::OffDuty,
        reason: None,
        until_ms: None,
    };
    let id = room.report(2);
    let later = Order::Assign(dispatch::Assign { start_ms: Some(room.now_ms + 60_000), ..to(&["u4"]) });
    room.order("seat", &id, later).unwrap();
    for unit in ["u1", "u2", "u4"] {
        room.run("seat", off(unit)).unwrap();
    }
    let mut cry = report(1);
    cry.distress = Some("u3".to_owned());
    room.run("u3", Command::Report(Box::new(cry))).unwrap();
    assert_eq!(rule(&room.assign("seat", &id, &["u1", "u2"])), Some(Rule::UnitOut));
    assert_eq!(rule(&room.assign("seat", &id, &["u3"])), Some(Rule::UnitDistress));
    assert_eq!(rule(&room.assign("seat", &id, &["u4"])), Some(Rule::UnitOut), "planned, and gone home since");
    // At its start the plan ends, and it is said why.
    room.pass(60_000);
    let told = room.log.iter().filter_map(|(_, event)| {
        let dispatch::Event::Incident { event: dispatch::IncidentEvent::Alerted { code, .. }, .. } = event else {
            return None;
        };
        Some(code.as_str())
    });
    assert!(
        told.clone().any(|code| code == "PLANNED-UNIT-OUT") && !told.clone().any(|code| code == "PLANNED-UNIT-BUSY")
    );
    // Among others each has its own code.
    let mut room = Room::new(&["u1", "u2", "u3"]);
    let (id, other) = (room.report(2), room.report(3));
    room.run("seat", off("u1")).unwrap();
    room.assign("rival", &other, &["u2"]).unwrap();
    let some = room.assign("seat", &id, &["u1", "u2", "u3"]).unwrap();
    let codes: Vec<(&str, &str)> = some.taken.iter().map(|taken| (taken.unit.as_str(), taken.code())).collect();
    assert_eq!((codes, some.assigned.len()), (vec![("u1", "UNIT-OUT"), ("u2", "UNIT-TAKEN")], 1));
}

#[test]
fn a_distress_is_moved_to_a_point_and_not_over_an_area() {
    let mut room = Room::new(&["u1"]);
    let mut cry = report(1);
    cry.distress = Some("u1".to_owned());
    let id = room.run("u1", Command::Report(Box::new(cry))).unwrap().incident.unwrap();
    let area = Location { state: LocationState::Area, accuracy_m: Some(30_000.0), ..at(120.65) };
    let vague = Order::Relocate(PlaceRole::Scene, Box::new(area.clone()));
    assert_eq!(rule(&room.order("seat", &id, vague)), Some(Rule::DistressKept));
    room.order("seat", &id, Order::Relocate(PlaceRole::Scene, Box::new(at(120.66)))).unwrap();
    // Of whom nobody knows anything an area is news.
    let mut room = Room::new(&["u1"]);
    let mut cry = dispatch::Report { location: Location::unknown(), ..report(1) };
    cry.distress = Some("u1".to_owned());
    let id = room.run("u1", Command::Report(Box::new(cry))).unwrap().incident.unwrap();
    room.order("seat", &id, Order::Relocate(PlaceRole::Scene, Box::new(area))).unwrap();
}

#[test]
fn places_of_before_an_order_say_nothing_of_an_arrival() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let order = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    let seems = |at_ms: i64| Command::SeemsArrived { id: order.clone(), at_ms };
    let given = room.now_ms;
    room.pass(5_000);
    assert!(room.run("avl", seems(given - 1)).unwrap().events.is_empty());
    assert_eq!(room.run("avl", seems(given)).unwrap().events.len(), 1);
}
