//! From a call to its end, and everything that may go wrong on the way.

mod room;

use dispatch::{
    Assign, AssignedTo, Availability, Basis, Command, Decided, Duty, IncidentKind, Location, LocationState, Order,
    Phase, PlaceRole, Priority, Progress, Refusal, Rule, Source, SourceRef, State, Step, TimerState, Warning, after,
};
use room::{NOON, Room, report, to, unit};
use spatial::Position;

fn rule(answer: &Result<Decided, Refusal>) -> Option<Rule> {
    if let Err(Refusal::Rule(rule)) = answer { Some(*rule) } else { None }
}

fn hold(review_at_ms: i64) -> Order {
    Order::Hold { reason: "waits for daylight".to_owned(), review_at_ms }
}

fn feedback() -> Order {
    Order::Feedback { text: "pulled out, unhurt".to_owned(), disposition: "helped".to_owned() }
}

fn close() -> Order {
    Order::Close { disposition: "helped".to_owned(), spoken_with: None }
}

#[test]
fn a_call_comes_to_its_end() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(2);
    assert_eq!(room.incident(&id).phase(), Phase::Pending);
    let order = room.assign("seat1", &id, &["u1"]).unwrap().assigned[0].clone();
    assert_eq!(room.incident(&id).phase(), Phase::Assigned);
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Reserved);
    for (step, phase) in [
        (Step::Deliver, Phase::Assigned),
        (Step::Accept, Phase::Responding),
        (Step::Depart, Phase::Responding),
        (Step::Arrive, Phase::OnScene),
        (Step::Clear, Phase::AwaitingFeedback),
    ] {
        room.now_ms += 1_000;
        room.step(&order, step).unwrap();
        assert_eq!(room.incident(&id).phase(), phase, "{step}");
    }
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Free);
    let times = room.incident(&id).assignments[0].times;
    let all = [times.offered, times.delivered, times.accepted, times.departed, times.arrived, times.cleared];
    assert_eq!(all, [0, 1, 2, 3, 4, 5].map(|s| Some(NOON + s * 1_000)));
    assert_eq!(rule(&room.order("seat1", &id, close())), Some(Rule::IncCloseOpen), "nobody reported back");
    room.order("u1", &id, feedback()).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::AwaitingReview);
    assert_eq!(rule(&room.order("u1", &id, close())), Some(Rule::ReviewSelf));
    room.order("seat1", &id, close()).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Closed);
    assert!(room.incident(&id).timers.iter().all(|t| t.state != TimerState::Armed));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn when_it_happened_is_not_when_it_was_reported() {
    let mut room = Room::new(&[]);
    let earlier = dispatch::Report { occurred_ms: Some(NOON - 600_000), ..report(3) };
    let id = room.run("s", Command::Report(Box::new(earlier))).unwrap().incident.unwrap();
    let times = room.incident(&id).times;
    assert_eq!((times.occurred, times.reported), (Some(NOON - 600_000), Some(NOON)));
}

#[test]
fn most_calls_need_nobody() {
    let mut room = Room::new(&[]);
    let id = room.report(4);
    assert_eq!(
        rule(&room.order("s", &id, Order::Close { disposition: " ".to_owned(), spoken_with: None })),
        Some(Rule::IncCloseOpen)
    );
    room.order("s", &id, Order::Close { disposition: "advised".to_owned(), spoken_with: None }).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Closed);
}

#[test]
fn the_free_go_and_the_taken_come_back() {
    let mut room = Room::new(&["u1", "u2", "u3", "u4"]);
    let (one, two) = (room.report(2), room.report(2));
    room.assign("seat1", &one, &["u1"]).unwrap();
    let Err(Refusal::UnitTaken(taken)) = room.assign("seat2", &two, &["u1"]) else { panic!("double booked") };
    assert_eq!((taken[0].by.as_str(), taken[0].incident.as_str()), ("seat1", one.as_str()));
    assert_eq!(taken[0].alternatives, ["u2", "u3", "u4"]);
    let many = room.assign("seat2", &two, &["u1", "u2", "u2", "u3"]).unwrap();
    assert_eq!((many.assigned.len(), many.taken.len()), (2, 1));
    assert_eq!(many.taken[0].alternatives, ["u4"], "nobody is proposed who was just ordered");
    let again = room.assign("seat1", &two, &["u2"]).unwrap();
    assert_eq!((again.already.len(), again.events.len()), (1, 0), "the same wish twice is no error");
    assert!(matches!(room.assign("s", &two, &["nobody"]), Err(Refusal::Unknown("unit", _))));
    assert!(matches!(room.assign("s", &two, &[]), Err(Refusal::Invalid(..))));
}

#[test]
fn an_organisation_signs_and_adds_units() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let org = Assign { orgs: vec!["o".to_owned()], plan_level: Some(1), ..Assign::default() };
    let order = room.order("seat1", &id, Order::Assign(org.clone())).unwrap().assigned[0].clone();
    assert!(room.order("seat1", &id, Order::Assign(org)).unwrap().events.is_empty(), "already there");
    room.step(&order, Step::Accept).unwrap();
    room.assign("station", &id, &["u1"]).unwrap();
    let incident = room.incident(&id);
    assert_eq!(incident.assignments[0].to, AssignedTo::Org("o".to_owned()));
    assert_eq!((incident.assignments[0].plan_level, incident.assignments[1].to.unit()), (Some(1), Some("u1")));
}

#[test]
fn every_transition_is_in_the_table_or_refused() {
    let steps = Step::ALL;
    for from in [State::Offered, State::Delivered, State::Accepted, State::EnRoute, State::Arrived] {
        for step in steps {
            let mut room = Room::new(&["u1"]);
            let id = room.report(2);
            let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
            let road = [Step::Deliver, Step::Accept, Step::Depart, Step::Arrive];
            for step in road.iter().filter(|step| {
                [State::Delivered, State::Accepted, State::EnRoute, State::Arrived]
                    .iter()
                    .position(|s| *s == step.leads_to())
                    <= [State::Delivered, State::Accepted, State::EnRoute, State::Arrived]
                        .iter()
                        .position(|s| *s == from)
            }) {
                room.step(&order, *step).unwrap();
            }
            assert_eq!(room.incident(&id).assignments[0].state, from);
            let answer = room.step(&order, *step);
            let now = room.incident(&id).assignments[0].state;
            if after(from).contains(&step.leads_to()) {
                assert_eq!(now, step.leads_to(), "{from} {step}");
            } else {
                assert_eq!(now, from, "{from} {step}");
                assert!(answer.is_err() || answer.unwrap().events.is_empty(), "{from} {step}: nothing happens twice");
            }
        }
    }
}

#[test]
fn what_was_skipped_stays_empty_until_it_is_told() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
    room.now_ms += 60_000;
    room.step(&order, Step::Arrive).unwrap();
    let times = room.incident(&id).assignments[0].times;
    assert_eq!((times.delivered, times.accepted, times.departed), (None, None, None));
    let said = Progress { step: Step::Accept, at_ms: Some(NOON + 9_000), src: Source::Voice, reason: None };
    room.run("seat1", Command::Assignment { id: order.clone(), progress: said.clone() }).unwrap();
    let assignment = &room.incident(&id).assignments[0];
    assert_eq!((assignment.state, assignment.times.accepted), (State::Arrived, Some(NOON + 9_000)));
    assert_eq!(assignment.late, [State::Accepted]);
    let twice = Progress { at_ms: Some(NOON + 11_000), ..said };
    assert!(room.run("seat1", Command::Assignment { id: order, progress: twice }).unwrap().events.is_empty());
    assert_eq!(room.incident(&id).assignments[0].times.accepted, Some(NOON + 9_000), "written once");
}

#[test]
fn a_time_from_the_future_is_not_believed() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
    let progress = Progress { step: Step::Accept, at_ms: Some(NOON + 3_600_000), src: Source::App, reason: None };
    room.run("unit", Command::Assignment { id: order, progress }).unwrap();
    assert_eq!(room.incident(&id).assignments[0].times.accepted, Some(NOON));
}

#[test]
fn an_offer_that_nobody_takes_lapses_and_a_late_yes_revives_it() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(2);
    let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
    room.pass(10_000);
    let fired = |room: &Room| {
        let fired = room.incident(&id).timers.iter().filter(|t| t.state == TimerState::Fired);
        fired.map(|t| t.kind.word()).collect::<Vec<_>>()
    };
    assert_eq!(fired(&room), ["deliver"], "after ten seconds somebody is asked to call");
    room.pass(20_000);
    assert_eq!(room.incident(&id).assignments[0].state, State::Expired);
    assert_eq!((room.incident(&id).phase(), room.incident(&id).priority.number()), (Phase::Pending, 1));
    room.step(&order, Step::Accept).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Responding);
    assert_eq!(room.incident(&id).assignments[0].times.ended, None);
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn a_late_yes_of_a_unit_that_is_elsewhere_is_kept_and_moves_nothing() {
    let mut room = Room::new(&["u1"]);
    let (one, two) = (room.report(2), room.report(2));
    let order = room.assign("s", &one, &["u1"]).unwrap().assigned[0].clone();
    room.pass(30_000);
    room.assign("s", &two, &["u1"]).unwrap();
    let late = room.step(&order, Step::Accept).unwrap();
    assert_eq!(late.label, Some("AFTER-END"));
    let assignment = &room.incident(&one).assignments[0];
    assert_eq!((assignment.state, assignment.late.as_slice()), (State::Expired, [State::Accepted].as_slice()));
    assert!(assignment.times.accepted.is_some());
    let bound: Vec<_> = room.desk.unit("u1").unwrap().open.iter().map(|b| b.incident.clone()).collect();
    assert_eq!(bound, [two]);
}

#[test]
fn while_a_seat_is_calling_nothing_lapses() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    room.assign("s", &id, &["u1"]).unwrap();
    let timer = room.incident(&id).timers.iter().find(|t| t.kind.word() == "accept").unwrap().id.clone();
    room.order("s", &id, Order::AckTimer { timer: timer.clone() }).unwrap();
    room.pass(3_600_000);
    assert_eq!(room.incident(&id).assignments[0].state, State::Offered);
    assert_eq!(rule(&room.order("s", &id, Order::AckTimer { timer })), Some(Rule::TimerOver));
}

#[test]
fn arriving_after_a_recall_is_seen_and_told() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Recall).unwrap();
    assert_eq!(room.incident(&id).priority.number(), 3, "who recalls himself is not told to hurry");
    let late = room.step(&order, Step::Arrive).unwrap();
    let kinds: Vec<_> = late.events.iter().map(dispatch::Event::kind).collect();
    assert_eq!(kinds, ["assignment.arrived", "alert.raised"]);
    assert_eq!(rule(&room.step(&order, Step::Decline)), Some(Rule::AsgTerm));
}

#[test]
fn stale_clicks_are_stopped_when_it_matters() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(3);
    let seen = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    let assign = |room: &mut Room, unit: &str, basis: &Basis| {
        let command = Command::Incident { id: id.clone(), order: Order::Assign(to(&[unit])) };
        room.ask("seat1", command, basis.clone(), None)
    };
    room.order("seat2", &id, Order::Note { text: "second caller".to_owned() }).unwrap();
    let near = Location::at(LocationState::Candidate, Position::new(120.650_2, 28.01).unwrap(), Some(30.0));
    room.order("seat2", &id, Order::Relocate(PlaceRole::Scene, Box::new(near))).unwrap();
    assert!(assign(&mut room, "u1", &seen).is_ok(), "a note and 20 m are no reason to stop");
    room.order("seat2", &id, Order::Prioritise(Priority::new(1).unwrap())).unwrap();
    let Err(Refusal::Stale(changed)) = assign(&mut room, "u2", &seen) else { panic!("not stopped") };
    let fields: Vec<_> = changed.iter().map(|c| (c.field.as_str(), c.by.as_str())).collect();
    assert_eq!(fields, [("priority", "seat2")], "the phase changed by his own hand");
    let far = Location::at(LocationState::Confirmed, Position::new(120.655, 28.01).unwrap(), Some(10.0));
    let now = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    room.order("seat2", &id, Order::Relocate(PlaceRole::Scene, Box::new(far))).unwrap();
    assert!(matches!(assign(&mut room, "u2", &now), Err(Refusal::Stale(_))), "490 m away");
    let fresh = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    assert!(assign(&mut room, "u2", &fresh).is_ok());
}

#[test]
fn two_who_change_one_field_see_each_other_and_other_fields_merge() {
    let mut room = Room::new(&[]);
    let id = room.report(3);
    let seen = Basis { seq: Some(room.desk.seq()), ..Basis::default() };
    let mut ask =
        |who: &str, order: Order| room.ask(who, Command::Incident { id: id.clone(), order }, seen.clone(), None);
    ask("seat1", Order::Prioritise(Priority::new(2).unwrap())).unwrap();
    ask("seat2", Order::Classify(IncidentKind::Traffic)).unwrap();
    let far = Location::at(LocationState::Confirmed, Position::new(120.7, 28.0).unwrap(), None);
    ask("seat2", Order::Relocate(PlaceRole::Scene, Box::new(far))).unwrap();
    let Err(Refusal::Stale(changed)) = ask("seat2", Order::Prioritise(Priority::new(1).unwrap())) else { panic!() };
    assert_eq!((changed.len(), changed[0].old.clone(), changed[0].new.clone()), (1, 3.into(), 2.into()));
}

#[test]
fn a_unit_that_was_away_and_is_back_is_as_good_as_before() {
    let mut room = Room::new(&["u1"]);
    let (one, two) = (room.report(3), room.report(3));
    let basis = Basis { unit_epoch: Some(room.desk.unit("u1").unwrap().epoch), ..Basis::default() };
    let order = room.assign("seat2", &one, &["u1"]).unwrap().assigned[0].clone();
    room.step(&order, Step::Recall).unwrap();
    let command = Command::Incident { id: two, order: Order::Assign(to(&["u1"])) };
    assert_eq!(room.ask("seat1", command, basis, None).unwrap().assigned.len(), 1);
}

#[test]
fn taking_a_unit_from_elsewhere_asks_twice_and_leaves_nobody_behind() {
    let mut room = Room::new(&["u1"]);
    let (low, high) = (room.report(3), room.report(1));
    let first = room.assign("s", &low, &["u1"]).unwrap().assigned[0].clone();
    let take = Assign { preempt: true, reason: Some("a life".to_owned()), ..to(&["u1"]) };
    let command = Command::Incident { id: high.clone(), order: Order::Assign(take) };
    let Err(Refusal::Confirm { warnings, token }) = room.run("seat2", command.clone()) else { panic!("not asked") };
    assert_eq!(warnings, [("u1".to_owned(), Warning::Preempts)]);
    assert!(
        matches!(
            room.ask("seat3", command.clone(), Basis::default(), Some(token.clone())),
            Err(Refusal::Confirm { .. })
        ),
        "another's token"
    );
    room.now_ms += 11_000;
    assert!(
        matches!(room.ask("seat2", command.clone(), Basis::default(), Some(token)), Err(Refusal::Confirm { .. })),
        "too old"
    );
    let Err(Refusal::Confirm { token, .. }) = room.run("seat2", command.clone()) else { panic!() };
    let done = room.ask("seat2", command.clone(), Basis::default(), Some(token.clone())).unwrap();
    let kinds: Vec<_> = done.events.iter().map(dispatch::Event::kind).collect();
    assert_eq!(kinds, ["assignment.preempted", "incident.prioritised", "alert.raised", "assignment.offered"]);
    assert_eq!(room.incident(&low).assignment(&first).unwrap().state, State::Preempted);
    assert_eq!(room.incident(&low).phase(), Phase::Pending);
    assert_eq!(room.desk.unit("u1").unwrap().binding().unwrap().incident, high);
    let back = Command::Incident {
        id: low,
        order: Order::Assign(Assign { preempt: true, reason: Some("x".to_owned()), ..to(&["u1"]) }),
    };
    assert_eq!(rule(&room.run("seat2", back)), Some(Rule::LeadOnly), "less urgent work does not take it back");
}

#[test]
fn illegal_moves_have_their_codes() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(2);
    assert_eq!(rule(&room.order("s", &id, hold(NOON))), Some(Rule::IncHoldNoReview));
    let order = room.assign("s", &id, &["u1"]).unwrap().assigned[0].clone();
    assert_eq!(rule(&room.order("s", &id, hold(NOON + 1))), Some(Rule::IncHoldOpen));
    assert_eq!(rule(&room.order("s", &id, Order::Release)), Some(Rule::IncState));
    assert_eq!(rule(&room.step(&order, Step::Clear)), Some(Rule::AsgStep));
    room.step(&order, Step::Arrive).unwrap();
    assert_eq!(rule(&room.step(&order, Step::Recall)), Some(Rule::AsgBack));
    assert_eq!(rule(&room.order("s", &id, Order::Cancel { reason: "x".to_owned() })), Some(Rule::IncCancelArr));
    let home = Command::SetDuty { unit: "u1".to_owned(), duty: Duty::OffDuty, reason: None, until_ms: None };
    assert_eq!(rule(&room.run("s", home)), Some(Rule::DutyOpen));
    let out = Command::SetDuty {
        unit: "u2".to_owned(),
        duty: Duty::OutOfService,
        reason: Some("flat tyre".to_owned()),
        until_ms: None,
    };
    room.run("s", out).unwrap();
    assert_eq!(rule(&room.assign("s", &id, &["u2"])), Some(Rule::UnitOut));
    room.order("u1", &id, feedback()).unwrap();
    room.order("s", &id, close()).unwrap();
    assert_eq!(rule(&room.assign("s", &id, &["u1"])), Some(Rule::AsgClosed));
    assert_eq!(rule(&room.order("s", &id, Order::Reopen { reason: "again".to_owned() })), Some(Rule::LeadOnly));
    room.now_ms += 1;
    room.order("lead", &id, Order::Reopen { reason: "again".to_owned() }).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Pending, "who was there before does not count any more");
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn closing_frees_twenty_units_at_once() {
    let names: Vec<String> = (0..20).map(|n| format!("u{n}")).collect();
    let mut room = Room::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let id = room.report(2);
    let assigned = room.assign("s", &id, &names.iter().map(String::as_str).collect::<Vec<_>>()).unwrap().assigned;
    for order in &assigned {
        room.step(order, Step::Arrive).unwrap();
    }
    room.order("u1", &id, feedback()).unwrap();
    let closed = room.order("s", &id, close()).unwrap();
    assert_eq!(closed.events.len(), 21, "one command: twenty units leave, the incident closes");
    assert!(room.desk.units().all(|u| u.availability() == Availability::Free));
}

#[test]
fn what_is_put_off_comes_back_by_itself() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    room.order("s", &id, hold(NOON + 3_600_000)).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Held);
    room.pass(3_599_000);
    assert_eq!(room.incident(&id).phase(), Phase::Held);
    room.pass(1_000);
    assert_eq!(room.incident(&id).phase(), Phase::Pending);
    room.order("s", &id, hold(NOON + 7_200_000)).unwrap();
    room.assign("s", &id, &["u1"]).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Assigned, "an order ends the delay");
}

#[test]
fn another_systems_number_is_one_incident() {
    let mut room = Room::new(&[]);
    let reference = SourceRef { system: "call-110".to_owned(), number: "4711".to_owned() };
    let from = |text: &str| {
        let new = dispatch::Report { source_ref: Some(reference.clone()), text: text.to_owned(), ..report(3) };
        Command::Upsert(Box::new(new))
    };
    let id = room.run("gateway", from("a")).unwrap().incident.unwrap();
    let again = room.run("gateway", from("a")).unwrap();
    assert_eq!((again.incident.as_deref(), again.events.len()), (Some(id.as_str()), 0));
    room.run("gateway", from("a, and it burns")).unwrap();
    assert_eq!(room.incident(&id).text, "a, and it burns");
    let sure = Location::at(LocationState::Confirmed, Position::new(120.66, 28.0).unwrap(), None);
    room.order("s", &id, Order::Relocate(PlaceRole::Scene, Box::new(sure.clone()))).unwrap();
    room.run("gateway", from("b")).unwrap();
    assert_eq!(room.incident(&id).location, sure, "a guess does not move what somebody confirmed");
}

#[test]
fn a_call_may_have_no_place() {
    let mut room = Room::new(&[]);
    let nowhere = dispatch::Report { location: Location::unknown(), ..report(2) };
    let id = room.run("s", Command::Report(Box::new(nowhere))).unwrap().incident.unwrap();
    assert!(room.incident(&id).is_unlocated());
    let wrong = Location { state: LocationState::Confirmed, ..Location::unknown() };
    let answer = room.order("s", &id, Order::Relocate(PlaceRole::Scene, Box::new(wrong)));
    assert!(matches!(answer, Err(Refusal::Invalid("location", _))));
    let seen = Location::at(LocationState::Candidate, Position::new(120.66, 28.0).unwrap(), None);
    room.order("s", &id, Order::Relocate(PlaceRole::LastSeen, Box::new(seen))).unwrap();
    assert!(room.incident(&id).is_unlocated(), "where it was last seen is not where it is");
}

#[test]
fn a_distress_ends_only_by_the_lead_who_spoke_with_them() {
    let mut room = Room::new(&["u1"]);
    let distress = dispatch::Report { distress: Some("u1".to_owned()), ..report(1) };
    let id = room.run("unit", Command::Report(Box::new(distress))).unwrap().incident.unwrap();
    assert_eq!(rule(&room.order("s", &id, close())), Some(Rule::LeadOnly));
    assert_eq!(rule(&room.order("lead", &id, close())), Some(Rule::DistressSpoken));
    let spoken = Order::Close { disposition: "safe".to_owned(), spoken_with: Some("officer Lin".to_owned()) };
    room.order("lead", &id, spoken).unwrap();
}

#[test]
fn a_planned_order_binds_nobody_until_its_time() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(3);
    let later = Assign { start_ms: Some(NOON + 600_000), ..to(&["u1"]) };
    let order = room.order("s", &id, Order::Assign(later)).unwrap().assigned[0].clone();
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Free);
    assert_eq!(room.incident(&id).assignment(&order).unwrap().times.offered, None);
    room.pass(600_000);
    assert_eq!(room.incident(&id).assignment(&order).unwrap().state, State::Offered);
    assert_eq!(room.desk.unit("u1").unwrap().availability(), Availability::Reserved);
}

#[test]
fn ended_incidents_are_forgotten_after_three_days() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(4);
    room.order("s", &id, Order::Close { disposition: "advised".to_owned(), spoken_with: None }).unwrap();
    room.now_ms += 72 * 3_600_000;
    room.report(4);
    assert!(room.desk.incident(&id).is_some());
    room.now_ms += 1;
    room.run("s", Command::Record { unit: Box::new(unit("u9")), on_duty_ms: None }).unwrap();
    assert!(room.desk.incident(&id).is_none());
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn the_desk_survives_being_written_down() {
    let mut room = Room::new(&["u1", "u2"]);
    let id = room.report(2);
    room.assign("s", &id, &["u1"]).unwrap();
    let json = serde_json::to_string(&room.desk).unwrap();
    let back: dispatch::Desk = serde_json::from_str(&json).unwrap();
    assert_eq!(back, room.desk);
}
