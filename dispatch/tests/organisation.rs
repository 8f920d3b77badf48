//! The order of an organisation while its units come, go and are taken away.

mod room;

use dispatch::{Assign, Command, Order, Phase, Source, State, Step, TimerKind, TimerState, Unit};
use room::{Room, unit};

/// An incident with an order to the organisation and one to each of the units; ids of the orders, the organisation's first.
fn sent(room: &mut Room, priority: u8, units: &[&str]) -> (String, Vec<String>) {
    let id = room.report(priority);
    let org = Assign { orgs: vec!["o".to_owned()], ..Assign::default() };
    let mut orders = room.order("seat", &id, Order::Assign(org)).expect("an order to the desk").assigned;
    orders.extend(room.assign("seat", &id, units).expect("orders to its units").assigned);
    (id, orders)
}

fn stands(room: &Room, id: &str) -> (State, Phase) {
    let incident = room.incident(id);
    (incident.assignments[0].state, incident.phase())
}

fn armed(room: &Room, id: &str) -> Vec<(TimerKind, i64)> {
    let incident = room.incident(id);
    let of = |t: &&dispatch::Timer| t.state == TimerState::Armed && t.kind != TimerKind::Again;
    incident.timers.iter().filter(of).map(|t| (t.kind, t.due_at_ms - room.now_ms)).collect()
}

#[test]
fn it_is_cleared_with_the_last_of_its_units_however_that_one_leaves() {
    for last in [Step::Recall, Step::Decline] {
        let mut room = Room::new(&["u1", "u2"]);
        let (id, orders) = sent(&mut room, 1, &["u1", "u2"]);
        room.step(&orders[0], Step::Accept).unwrap();
        room.step(&orders[1], Step::Arrive).unwrap();
        room.pass(5_000);
        room.step(&orders[1], Step::Clear).unwrap();
        let left = room.now_ms;
        room.pass(5_000);
        assert_eq!(stands(&room, &id), (State::Arrived, Phase::OnScene), "the other one is to come");
        room.step(&orders[2], last).unwrap();
        assert_eq!(stands(&room, &id), (State::Cleared, Phase::AwaitingFeedback), "{last}");
        assert_eq!(room.incident(&id).assignments[0].times.cleared, Some(left), "when the last of them left");
        assert_eq!(armed(&room, &id).iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [TimerKind::Feedback]);
        assert_eq!(room.replayed(), room.desk);
    }
    // The other's offer lapses.
    let mut room = Room::new(&["u1", "u2"]);
    let (id, orders) = sent(&mut room, 1, &["u1", "u2"]);
    room.step(&orders[1], Step::Arrive).unwrap();
    room.step(&orders[1], Step::Clear).unwrap();
    room.pass(30_000);
    assert_eq!(stands(&room, &id), (State::Cleared, Phase::AwaitingFeedback));
}

#[test]
fn it_is_back_at_its_own_word_when_nobody_of_it_comes() {
    for (signed, back, waits, ms) in
        [(true, State::Accepted, TimerKind::Depart, 120_000), (false, State::Offered, TimerKind::Accept, 30_000)]
    {
        for away in ["decline", "recall", "preempt"] {
            let mut room = Room::new(&["u1"]);
            let (id, orders) = sent(&mut room, 2, &["u1"]);
            let other = room.report(1);
            if signed {
                room.step(&orders[0], Step::Accept).unwrap();
            }
            room.step(&orders[1], Step::Depart).unwrap();
            assert_eq!(stands(&room, &id), (State::EnRoute, Phase::Responding));
            room.pass(200_000);
            let (before, departed) = (room.log.len(), room.incident(&id).assignments[0].times.departed);
            match away {
                "decline" => drop(room.step(&orders[1], Step::Decline).unwrap()),
                "recall" => drop(room.step(&orders[1], Step::Recall).unwrap()),
                _ => room.preempt(&other, &["u1"]),
            }
            assert_eq!(stands(&room, &id).0, back, "{away}");
            assert_eq!(armed(&room, &id), [(waits, ms)], "{away}: its wait begins anew");
            assert!(room.alerts(before).contains(&"NO-UNIT-LEFT"), "{away}: {:?}", room.alerts(before));
            assert_eq!(room.incident(&id).assignments[0].times.departed, departed, "what was, was");
            assert_eq!(room.replayed(), room.desk);
            // It has the order still: it is not given twice. Another unit is followed as the first was.
            let again = Assign { orgs: vec!["o".to_owned()], ..Assign::default() };
            assert_eq!(room.order("seat", &id, Order::Assign(again)).unwrap().already, [orders[0].clone()]);
            room.run("system", Command::Record { unit: Box::new(unit("u9")), on_duty_ms: None }).unwrap();
            let more = room.assign("seat", &id, &["u9"]).unwrap().assigned[0].clone();
            for (step, state) in
                [(Step::Depart, State::EnRoute), (Step::Arrive, State::Arrived), (Step::Clear, State::Cleared)]
            {
                room.step(&more, step).unwrap();
                assert_eq!(stands(&room, &id).0, state, "{away}");
            }
            assert_eq!(room.incident(&id).phase(), Phase::AwaitingFeedback);
        }
    }
}

#[test]
fn it_lapses_when_it_never_signed_and_its_unit_falls_away() {
    let mut room = Room::new(&["u1"]);
    let (id, orders) = sent(&mut room, 2, &["u1"]);
    room.step(&orders[1], Step::Depart).unwrap();
    room.pass(60_000);
    room.step(&orders[1], Step::Decline).unwrap();
    room.pass(30_000);
    assert_eq!(stands(&room, &id), (State::Expired, Phase::Pending));
    let again = Assign { orgs: vec!["o".to_owned()], ..Assign::default() };
    assert_eq!(room.order("seat", &id, Order::Assign(again)).unwrap().assigned.len(), 1, "now it is ordered anew");
}

#[test]
fn it_is_where_the_furthest_of_its_units_is_that_is_left() {
    let mut room = Room::new(&["u1", "u2"]);
    let (id, orders) = sent(&mut room, 2, &["u1", "u2"]);
    let other = room.report(1);
    room.step(&orders[0], Step::Accept).unwrap();
    room.step(&orders[1], Step::Arrive).unwrap();
    room.step(&orders[2], Step::Depart).unwrap();
    assert_eq!(stands(&room, &id), (State::Arrived, Phase::OnScene));
    let before = room.log.len();
    room.preempt(&other, &["u1"]);
    assert_eq!(stands(&room, &id), (State::EnRoute, Phase::Responding), "nobody is there");
    assert!(room.alerts(before).is_empty(), "somebody comes");
    room.step(&orders[2], Step::Decline).unwrap();
    assert_eq!(stands(&room, &id), (State::Accepted, Phase::Responding));
    assert!(room.alerts(before).contains(&"NO-UNIT-LEFT"));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn the_only_crew_at_the_scene_is_taken_away() {
    let mut room = Room::new(&["u1"]);
    let (id, orders) = sent(&mut room, 3, &["u1"]);
    let other = room.report(1);
    room.step(&orders[0], Step::Accept).unwrap();
    room.step(&orders[1], Step::Arrive).unwrap();
    let before = room.log.len();
    room.preempt(&other, &["u1"]);
    assert_eq!(stands(&room, &id), (State::Accepted, Phase::Responding));
    assert!(room.alerts(before).contains(&"NO-UNIT-LEFT"));
    // When it is given up too, the call waits for somebody: nobody has done anything.
    room.step(&orders[0], Step::Recall).unwrap();
    assert_eq!(room.incident(&id).phase(), Phase::Pending);
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn others_who_come_are_not_its_own() {
    let mut room = Room::new(&["u1", "u2"]);
    let other = Unit { org: "p".to_owned(), ..unit("u2") };
    room.run("system", Command::Record { unit: Box::new(other), on_duty_ms: None }).unwrap();
    let (id, orders) = sent(&mut room, 2, &["u1", "u2"]);
    room.step(&orders[0], Step::Accept).unwrap();
    room.step(&orders[1], Step::Depart).unwrap();
    room.step(&orders[2], Step::Depart).unwrap();
    let before = room.log.len();
    room.step(&orders[1], Step::Recall).unwrap();
    assert_eq!(stands(&room, &id), (State::Accepted, Phase::Responding));
    assert_eq!(room.alerts(before), ["ORG-NOBODY-LEFT"]);
}

#[test]
fn a_unit_that_changes_its_organisation_is_followed_no_more() {
    let mut room = Room::new(&["u1"]);
    let (id, orders) = sent(&mut room, 2, &["u1"]);
    room.step(&orders[0], Step::Accept).unwrap();
    room.step(&orders[1], Step::Depart).unwrap();
    let other = Unit { org: "p".to_owned(), ..unit("u1") };
    room.run("system", Command::Record { unit: Box::new(other), on_duty_ms: None }).unwrap();
    assert_eq!(stands(&room, &id).0, State::Accepted);
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn what_it_says_of_itself_stays_its_word() {
    let mut room = Room::new(&["u1"]);
    let (id, orders) = sent(&mut room, 2, &["u1"]);
    let by_voice = |step| dispatch::Progress { step, at_ms: None, src: Source::Voice, reason: None };
    let say = Command::Assignment { id: orders[0].clone(), progress: by_voice(Step::Depart) };
    room.run("seat", say).unwrap();
    room.step(&orders[1], Step::Arrive).unwrap();
    let other = room.report(1);
    room.preempt(&other, &["u1"]);
    let order = &room.incident(&id).assignments[0];
    assert_eq!((order.state, order.src), (State::EnRoute, Source::Voice));
    assert_eq!(armed(&room, &id), [(TimerKind::Arrive, 300_000)]);
}

#[test]
fn what_an_older_log_left_with_nobody_is_mended() {
    let mut room = Room::new(&["u1"]);
    let (id, orders) = sent(&mut room, 2, &["u1"]);
    room.step(&orders[0], Step::Accept).unwrap();
    room.step(&orders[1], Step::Depart).unwrap();
    assert!(room.desk.adrift().is_empty());
    room.step(&orders[1], Step::Decline).unwrap();
    // As it was written before an order went back.
    let at = room.log.iter().position(|(_, event)| event.kind() == "assignment.returned").unwrap();
    room.log.truncate(at);
    room.desk = room.replayed();
    assert!(armed(&room, &id).is_empty(), "nobody waits");
    let mends = room.desk.adrift();
    assert_eq!(mends.iter().map(dispatch::Event::kind).collect::<Vec<_>>(), ["assignment.returned", "alert.raised"]);
    for event in mends {
        let stamp = dispatch::Stamp {
            seq: room.desk.seq() + 1,
            stream_version: room.desk.version_of(&event.stream()) + 1,
            commit_ms: room.now_ms,
            actor: "timer".to_owned(),
        };
        room.desk.evolve(&stamp, &event);
    }
    assert_eq!((stands(&room, &id).0, armed(&room, &id).len()), (State::Accepted, 1));
    assert!(room.desk.adrift().is_empty(), "once");
}

fn of(org: &str, id: &str) -> Command {
    Command::Record { unit: Box::new(Unit { org: org.to_owned(), ..unit(id) }), on_duty_ms: None }
}

fn desk_of_o(start_ms: Option<i64>) -> Order {
    Order::Assign(Assign { orgs: vec!["o".to_owned()], start_ms, ..Assign::default() })
}

/// An order to the organisation that comes to stand while its unit is there: it follows at once, and to the end.
#[test]
fn it_follows_who_is_there_when_it_is_given() {
    for how in ["second", "planned, at its start", "planned, given now", "signed late"] {
        let mut room = Room::new(&["u1"]);
        let id = room.report(2);
        let mut org = None;
        if how == "signed late" {
            org = Some(room.order("seat", &id, desk_of_o(None)).unwrap().assigned[0].clone());
            room.pass(60_000);
        } else if how != "second" {
            let start = Some(room.now_ms + 600_000);
            org = Some(room.order("seat", &id, desk_of_o(start)).unwrap().assigned[0].clone());
        }
        let own = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
        room.step(&own, Step::Arrive).unwrap();
        room.pass(5_000);
        match how {
            "planned, at its start" => room.pass(600_000),
            "signed late" => drop(room.step(org.as_ref().unwrap(), Step::Accept).unwrap()),
            _ => org = Some(room.order("seat", &id, desk_of_o(None)).unwrap().assigned[0].clone()),
        }
        let org = org.unwrap();
        let order = room.incident(&id).assignment(&org).unwrap();
        assert_eq!((order.state, order.src), (State::Arrived, Source::Cascade), "{how}");
        // Who signs last says so: the crew was there before.
        let odd: &[State] = if how == "signed late" { &[State::Arrived] } else { &[] };
        assert_eq!(order.times.out_of_order(), odd, "{how}: {:?}", order.times);
        assert_eq!(armed(&room, &id).iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [TimerKind::Safety], "{how}");
        room.pass(5_000);
        room.step(&own, Step::Clear).unwrap();
        assert_eq!(room.incident(&id).assignment(&org).unwrap().state, State::Cleared, "{how}");
        assert_eq!(room.incident(&id).phase(), Phase::AwaitingFeedback, "{how}");
        assert_eq!(room.replayed(), room.desk);
    }
}

#[test]
fn who_signs_after_all_was_done_has_nothing_to_do() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let org = room.order("seat", &id, desk_of_o(None)).unwrap().assigned[0].clone();
    room.pass(60_000);
    let own = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&own, Step::Arrive).unwrap();
    room.pass(5_000);
    room.step(&own, Step::Clear).unwrap();
    room.pass(5_000);
    room.step(&org, Step::Accept).unwrap();
    let order = room.incident(&id).assignment(&org).unwrap();
    assert_eq!((order.state, room.incident(&id).phase()), (State::Cleared, Phase::AwaitingFeedback));
    assert!(order.times.arrived.is_some() && order.times.cleared < order.times.accepted, "{:?}", order.times);
    // Ordered anew it is to send somebody: who was there before has done what was to be done before.
    let again = room.order("seat", &id, desk_of_o(None)).unwrap().assigned[0].clone();
    room.pass(1_000);
    room.step(&again, Step::Accept).unwrap();
    assert_eq!(room.incident(&id).assignment(&again).unwrap().state, State::Accepted);
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn a_unit_that_comes_to_it_brings_it_to_where_it_is() {
    let mut room = Room::new(&["u1"]);
    room.run("system", Command::Record { unit: Box::new(unit("u0")), on_duty_ms: None }).unwrap();
    room.run("system", of("p", "u1")).unwrap();
    let (id, orders) = sent(&mut room, 2, &["u1"]);
    room.step(&orders[1], Step::Arrive).unwrap();
    assert_eq!(stands(&room, &id).0, State::Offered, "another's unit");
    for (org, state) in [
        ("o", State::Arrived),
        ("p", State::Offered),
        ("o", State::Arrived),
        ("p", State::Offered),
        ("o", State::Arrived),
    ] {
        room.pass(1_000);
        room.run("system", of(org, "u1")).unwrap();
        assert_eq!(stands(&room, &id).0, state, "{org}");
    }
    room.step(&orders[1], Step::Clear).unwrap();
    assert_eq!(stands(&room, &id), (State::Cleared, Phase::AwaitingFeedback));
    assert_eq!(room.replayed(), room.desk);
}

#[test]
fn what_an_older_log_left_behind_its_units_is_mended() {
    let mut room = Room::new(&["u1"]);
    let id = room.report(2);
    let own = room.assign("seat", &id, &["u1"]).unwrap().assigned[0].clone();
    room.step(&own, Step::Arrive).unwrap();
    let before = room.log.len();
    let org = room.order("seat", &id, desk_of_o(None)).unwrap().assigned[0].clone();
    // As it was written before an order followed from the start.
    room.log.truncate(before + 1);
    room.desk = room.replayed();
    assert_eq!(room.incident(&id).assignment(&org).unwrap().state, State::Offered);
    let kinds: Vec<_> = room.desk.adrift().iter().map(dispatch::Event::kind).collect();
    assert_eq!(kinds, ["assignment.arrived"]);
}
