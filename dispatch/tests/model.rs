//! Every short story of a small room, and many long ones: three seats, three units, three incidents. At every step the
//! invariants of the loop hold (the numbers are those of docs/dispatch.md).

mod room;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use dispatch::{
    Availability, Command, Decided, Desk, Order, Progress, Refusal, Source, State, Step, TimerKind, TimerState,
};
use proptest::prelude::*;
use room::{Room, to};

const UNITS: [&str; 3] = ["u0", "u1", "u2"];

/// What somebody in the small room may do.
#[derive(Debug, Clone, Copy)]
enum Act {
    Assign(usize, usize, usize),
    Preempt(usize, usize, usize),
    Step(usize, usize, Step),
    Close(usize),
    Cancel(usize),
    Feedback(usize),
    Reopen(usize),
    Hold(usize),
    Pass(i64),
}

fn room() -> (Room, Vec<String>) {
    let mut room = Room::new(&UNITS);
    let ids = (1..=3).map(|priority| room.report(priority)).collect();
    (room, ids)
}

fn act(room: &mut Room, ids: &[String], act: Act) -> Result<Decided, Refusal> {
    let seat = |n: usize| ["seat1", "seat2", "lead"][n % 3];
    let text = || "x".to_owned();
    match act {
        Act::Assign(who, unit, incident) => room.assign(seat(who), &ids[incident], &[UNITS[unit]]),
        Act::Preempt(who, unit, incident) => {
            let assign = dispatch::Assign { preempt: true, reason: Some(text()), ..to(&[UNITS[unit]]) };
            let command = Command::Incident { id: ids[incident].clone(), order: Order::Assign(assign) };
            match room.run(seat(who), command.clone()) {
                Err(Refusal::Confirm { token, .. }) => {
                    room.ask(seat(who), command, dispatch::Basis::default(), Some(token))
                }
                answer => answer,
            }
        }
        Act::Step(incident, n, step) => {
            let Some(id) = room.incident(&ids[incident]).assignments.get(n).map(|a| a.id.clone()) else {
                return Ok(Decided::default());
            };
            let progress = Progress { step, at_ms: None, src: Source::App, reason: Some(text()) };
            room.run("unit", Command::Assignment { id, progress })
        }
        Act::Close(n) => room.order("seat1", &ids[n], Order::Close { disposition: text(), spoken_with: None }),
        Act::Cancel(n) => room.order("seat1", &ids[n], Order::Cancel { reason: text() }),
        Act::Feedback(n) => room.order("u0", &ids[n], Order::Feedback { text: text(), disposition: text() }),
        Act::Reopen(n) => room.order("lead", &ids[n], Order::Reopen { reason: text() }),
        Act::Hold(n) => {
            let review_at_ms = room.now_ms + 60_000;
            room.order("seat1", &ids[n], Order::Hold { reason: text(), review_at_ms })
        }
        Act::Pass(ms) => {
            room.pass(ms);
            Ok(Decided::default())
        }
    }
}

/// I1, I2, I4, I7, I8, I9 of the loop.
fn check(room: &Room, before: &Desk) {
    let desk = &room.desk;
    for unit in desk.units() {
        let binding = unit.open.iter().filter(|b| b.state != State::Planned).count();
        assert!(binding <= 1, "I1: {} is booked {binding} times", unit.record.id);
        let free = unit.availability() == Availability::Free;
        assert_eq!(free, binding == 0, "availability follows from the orders");
    }
    for incident in desk.incidents() {
        let open: Vec<_> = incident.open_assignments().collect();
        if incident.phase().is_terminal() {
            assert!(open.is_empty(), "I2: {} ended with open orders", incident.id);
            assert!(incident.timers.iter().all(|t| t.state != TimerState::Armed), "I7: a timer outlives its incident");
        } else {
            assert!(!incident.owner.is_empty(), "I9: nobody answers for {}", incident.id);
            let waits = |t: &&dispatch::Timer| t.state != TimerState::Cancelled;
            assert!(
                incident.timers.iter().any(|t| waits(&t)),
                "I9: nobody waits for {} in {}",
                incident.id,
                incident.phase()
            );
        }
        for assignment in &open {
            let unit = desk.unit(assignment.to.unit().unwrap()).unwrap();
            assert!(unit.open.iter().any(|b| b.id == assignment.id && b.state == assignment.state));
            let about = |t: &&dispatch::Timer| t.assignment.as_deref() == Some(&assignment.id);
            assert!(incident.timers.iter().any(|t| about(&t)), "I9: {} has no timer", assignment.id);
        }
        let ids: BTreeSet<_> = incident.timers.iter().map(|t| &t.id).collect();
        assert_eq!(ids.len(), incident.timers.len(), "I7: a timer stands twice");
        if let Some(old) = before.incident(&incident.id) {
            written_once(old, incident);
        }
    }
}

fn written_once(old: &dispatch::Incident, new: &dispatch::Incident) {
    let by_id: BTreeMap<_, _> = new.timers.iter().map(|t| (&t.id, t)).collect();
    for timer in old.timers.iter().filter(|t| t.state != TimerState::Armed) {
        assert!(by_id.get(&timer.id).is_none_or(|now| now.state == timer.state), "I7: {} ended twice", timer.id);
    }
    for assignment in &old.assignments {
        let now = new.assignment(&assignment.id).expect("an order does not vanish");
        let (a, b) = (assignment.times, now.times);
        for (was, is) in [
            (a.offered, b.offered),
            (a.delivered, b.delivered),
            (a.accepted, b.accepted),
            (a.departed, b.departed),
            (a.arrived, b.arrived),
            (a.cleared, b.cleared),
        ] {
            assert!(was.is_none() || was == is, "I8: a milestone of {} was written twice", assignment.id);
        }
        let revived = assignment.state == State::Expired && now.state.is_open();
        assert!(assignment.state.is_open() || revived || assignment.state == now.state, "an end is an end");
    }
}

/// What tells two rooms apart: states and who is where, not numbers and times.
fn shape(room: &Room) -> u64 {
    let mut hash = DefaultHasher::new();
    for incident in room.desk.incidents() {
        (incident.phase(), incident.priority, incident.feedback.is_some()).hash(&mut hash);
        for assignment in &incident.assignments {
            let times = assignment.times;
            let filled = [times.delivered, times.accepted, times.departed, times.arrived].map(|t| t.is_some());
            (assignment.to.unit(), assignment.state, filled).hash(&mut hash);
        }
        for timer in incident.timers.iter().filter(|t| t.state == TimerState::Armed) {
            (timer.kind, timer.due_at_ms - room.now_ms).hash(&mut hash);
        }
    }
    hash.finish()
}

fn all_acts() -> Vec<Act> {
    let mut acts = vec![Act::Pass(30_000)];
    for incident in 0..3 {
        for unit in 0..3 {
            acts.push(Act::Assign(unit, unit, incident));
        }
        acts.push(Act::Preempt(2, 0, incident));
        for step in Step::ALL {
            acts.push(Act::Step(incident, 0, *step));
        }
        acts.extend([Act::Close(incident), Act::Cancel(incident), Act::Feedback(incident)]);
        acts.extend([Act::Reopen(incident), Act::Hold(incident)]);
    }
    acts
}

#[test]
fn every_story_of_four_steps_holds() {
    let acts = all_acts();
    let (start, ids) = room();
    let (mut known, mut edge, mut steps) = (HashSet::from([shape(&start)]), vec![start], 0_u64);
    for _ in 0..4 {
        let mut next = Vec::new();
        for room in &edge {
            for one in &acts {
                let mut room = room.clone();
                let before = room.desk.clone();
                let changed = act(&mut room, &ids, *one).is_ok() && room.desk != before;
                steps += 1;
                if !changed {
                    assert_eq!(room.desk, before, "a refusal changes nothing");
                    continue;
                }
                check(&room, &before);
                if known.insert(shape(&room)) {
                    next.push(room);
                }
            }
        }
        edge = next;
    }
    for room in edge.iter().step_by(997) {
        assert_eq!(room.replayed(), room.desk, "I4: the log makes the same desk");
    }
    println!("{} states, {steps} steps", known.len());
    assert!(known.len() > 10_000, "the exploration went somewhere: {}", known.len());
}

fn any_act() -> impl Strategy<Value = Act> {
    let step = (0..Step::ALL.len()).prop_map(|n| Step::ALL[n]);
    prop_oneof![
        4 => (0..3_usize, 0..3_usize, 0..3_usize).prop_map(|(a, b, c)| Act::Assign(a, b, c)),
        1 => (0..3_usize, 0..3_usize, 0..3_usize).prop_map(|(a, b, c)| Act::Preempt(a, b, c)),
        12 => (0..3_usize, 0..6_usize, step).prop_map(|(i, n, s)| Act::Step(i, n, s)),
        1 => (0..3_usize).prop_map(Act::Close),
        1 => (0..3_usize).prop_map(Act::Cancel),
        1 => (0..3_usize).prop_map(Act::Feedback),
        1 => (0..3_usize).prop_map(Act::Reopen),
        1 => (0..3_usize).prop_map(Act::Hold),
        2 => prop_oneof![Just(1_000_i64), Just(11_000), Just(31_000), Just(400_000)].prop_map(Act::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_stories_hold(acts in proptest::collection::vec(any_act(), 1..80)) {
        let (mut room, ids) = room();
        for one in acts {
            let before = room.desk.clone();
            let _ = act(&mut room, &ids, one);
            check(&room, &before);
        }
        prop_assert_eq!(room.replayed(), room.desk.clone(), "I4");
        let mut half = Desk::default();
        let middle = room.log.len() / 2;
        room.log[..middle].iter().for_each(|(stamp, event)| half.evolve(stamp, event));
        let mut half: Desk = serde_json::from_str(&serde_json::to_string(&half).unwrap()).unwrap();
        room.log[middle..].iter().for_each(|(stamp, event)| half.evolve(stamp, event));
        prop_assert_eq!(half, room.desk, "I12: a snapshot and what followed are the whole");
    }
}

#[test]
fn timers_that_went_off_are_not_armed_again() {
    let (mut room, ids) = room();
    room.pass(3_600_000);
    let fired: Vec<_> = room.incident(&ids[0]).timers.iter().filter(|t| t.kind == TimerKind::Offer).collect();
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].state, TimerState::Fired);
}
