//! Every short story of a small room, and many long ones: three seats, three units, three incidents. At every step the
//! invariants of the loop hold (the numbers are those of docs/dispatch.md).

mod invariants;
mod room;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use dispatch::{Command, Decided, Desk, Order, Progress, Refusal, Source, Step, TimerKind, TimerState};
use invariants::check;
use proptest::prelude::*;
use room::{Room, to, unit};

const UNITS: [&str; 3] = ["u0", "u1", "u2"];

/// What somebody in the small room may do.
#[derive(Debug, Clone, Copy)]
enum Act {
    Assign(usize, usize, usize),
    AssignOrg(usize),
    Plan(usize, usize),
    PlanOrg(usize),
    /// The unit works for the organisation `o`, or for another.
    Move(usize, bool),
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
        Act::AssignOrg(incident) => {
            let assign = dispatch::Assign { orgs: vec!["o".to_owned()], ..dispatch::Assign::default() };
            room.order("seat1", &ids[incident], Order::Assign(assign))
        }
        Act::Plan(unit, incident) => {
            let start_ms = Some(room.now_ms + 60_000);
            room.order("seat1", &ids[incident], Order::Assign(dispatch::Assign { start_ms, ..to(&[UNITS[unit]]) }))
        }
        Act::PlanOrg(incident) => {
            let start_ms = Some(room.now_ms + 60_000);
            let assign = dispatch::Assign { orgs: vec!["o".to_owned()], start_ms, ..dispatch::Assign::default() };
            room.order("seat1", &ids[incident], Order::Assign(assign))
        }
        Act::Move(n, own) => {
            let org = if own { "o" } else { "p" }.to_owned();
            let moved = dispatch::Unit { org, ..unit(UNITS[n]) };
            room.run("system", Command::Record { unit: Box::new(moved), on_duty_ms: None })
        }
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

/// What tells two rooms apart: states and who is where, not numbers and times.
fn shape(room: &Room) -> u64 {
    let mut hash = DefaultHasher::new();
    room.desk.units().for_each(|unit| unit.record.org.hash(&mut hash));
    for incident in room.desk.incidents() {
        (incident.phase(), incident.priority, incident.feedback.is_some()).hash(&mut hash);
        for assignment in &incident.assignments {
            let times = assignment.times;
            let filled = [times.delivered, times.accepted, times.departed, times.arrived].map(|t| t.is_some());
            (assignment.to.unit(), assignment.state, assignment.src, assignment.own, filled).hash(&mut hash);
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
        acts.push(Act::Plan(2, incident));
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
    let (start, ids) = room();
    let (states, steps) = every_story(start, &ids, &all_acts());
    println!("{states} states, {steps} steps");
    assert!(states > 10_000, "the exploration went somewhere: {states}");
}

/// Two units of an organisation and one of another, all sent to one incident, the organisation's desk too: how they come, go
/// and are taken away.
#[test]
fn every_story_of_an_organisation_with_units_under_it_holds() {
    let (mut start, ids) = room();
    let other = dispatch::Unit { org: "p".to_owned(), ..unit("u2") };
    start.run("system", Command::Record { unit: Box::new(other), on_duty_ms: None }).unwrap();
    act(&mut start, &ids, Act::AssignOrg(1)).unwrap();
    for n in 0..3 {
        act(&mut start, &ids, Act::Assign(0, n, 1)).unwrap();
    }
    let mut acts = vec![Act::Pass(30_000), Act::AssignOrg(1), Act::Close(1), Act::Feedback(1), Act::Reopen(1)];
    for n in 0..4 {
        // That a device has it moves nobody.
        let steps = Step::ALL.iter().filter(|step| **step != Step::Deliver);
        acts.extend(steps.map(|step| Act::Step(1, n, *step)));
    }
    acts.extend((0..3).map(|unit| Act::Preempt(2, unit, 0)));
    acts.extend([Act::PlanOrg(1), Act::Move(0, false), Act::Move(0, true), Act::Move(2, true)]);
    let (states, steps) = every_story(start, &ids, &acts);
    println!("{states} states, {steps} steps");
    assert!(states > 5_000, "the exploration went somewhere: {states}");
}

/// Walks every story of four steps; answers how many different rooms were seen, in how many steps.
fn every_story(start: Room, ids: &[String], acts: &[Act]) -> (usize, u64) {
    let (mut known, mut edge, mut steps) = (HashSet::from([shape(&start)]), vec![start], 0_u64);
    for _ in 0..4 {
        let mut next = Vec::new();
        for room in &edge {
            for one in acts {
                let mut room = room.clone();
                let before = room.desk.clone();
                let changed = act(&mut room, ids, *one).is_ok() && room.desk != before;
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
    (known.len(), steps)
}

fn any_act() -> impl Strategy<Value = Act> {
    let step = (0..Step::ALL.len()).prop_map(|n| Step::ALL[n]);
    prop_oneof![
        4 => (0..3_usize, 0..3_usize, 0..3_usize).prop_map(|(a, b, c)| Act::Assign(a, b, c)),
        2 => (0..3_usize).prop_map(Act::AssignOrg),
        2 => (0..3_usize, 0..3_usize, 0..3_usize).prop_map(|(a, b, c)| Act::Preempt(a, b, c)),
        1 => (0..3_usize, 0..3_usize).prop_map(|(unit, incident)| Act::Plan(unit, incident)),
        1 => (0..3_usize).prop_map(Act::PlanOrg),
        1 => (0..3_usize, any::<bool>()).prop_map(|(unit, own)| Act::Move(unit, own)),
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
