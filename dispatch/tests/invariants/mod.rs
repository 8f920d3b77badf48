//! What holds at every step of the loop (the numbers are those of docs/dispatch.md).

use std::collections::{BTreeMap, BTreeSet};

use dispatch::{
    AssignedTo, Assignment, Availability, Desk, Incident, Phase, Source, State, Timer, TimerKind, TimerState,
};

use crate::room::Room;

/// I1, I2, I4, I7, I8, I9 of the loop.
pub(crate) fn check(room: &Room, before: &Desk) {
    let desk = &room.desk;
    for unit in desk.units() {
        let binding = unit.open.iter().filter(|b| b.state != State::Planned).count();
        assert!(binding <= 1, "I1: {} is booked {binding} times", unit.record.id);
        let free = unit.availability() == Availability::Free;
        assert_eq!(free, binding == 0, "availability follows from the orders");
    }
    for incident in desk.incidents() {
        let open: Vec<_> = incident.open_assignments().collect();
        let armed = incident.timers.iter().any(|t| t.state == TimerState::Armed);
        if incident.phase().is_terminal() {
            assert!(open.is_empty(), "I2: {} ended with open orders", incident.id);
            assert!(!armed, "I7: a timer outlives its incident");
        } else {
            assert!(!incident.owner.is_empty(), "I9: nobody answers for {}", incident.id);
            assert!(armed, "I9: nobody waits for {} in {}", incident.id, incident.phase());
            in_its_phase(incident);
        }
        for order in &open {
            match &order.to {
                AssignedTo::Unit(id) => {
                    let unit = desk.unit(id).expect("an order has its unit");
                    assert!(unit.open.iter().any(|b| b.id == order.id && b.state == order.state));
                    assert!(waits(incident, order), "I9: {} has no timer", order.id);
                }
                AssignedTo::Org(org) => of_organisation(desk, incident, order, org),
            }
        }
        let ids: BTreeSet<_> = incident.timers.iter().map(|t| &t.id).collect();
        assert_eq!(ids.len(), incident.timers.len(), "I7: a timer stands twice");
        if let Some(old) = before.incident(&incident.id) {
            written_once(old, incident);
        }
    }
}

/// Who was ordered and fell away is waited for by no plan; feedback is looked at where somebody was until it was done.
fn in_its_phase(incident: &Incident) {
    let since = incident.reopened_ms.unwrap_or(i64::MIN);
    let gone = |a: &&Assignment| a.since_ms > since && !a.state.is_open() && a.state != State::Cleared;
    let ordered = incident.assignments.iter().filter(gone).any(|a| a.times.offered.is_some());
    let waits = |kind: TimerKind, since_ms: i64| {
        let mut of = incident.timers.iter().filter(|t| t.kind == kind && t.since_ms == since_ms);
        of.any(|t| t.state != TimerState::Cancelled)
    };
    let phase = incident.phase();
    if phase == Phase::Pending && ordered {
        assert!(waits(TimerKind::Offer, incident.pending_since_ms), "{}: nobody is sought", incident.id);
    }
    if matches!(phase, Phase::AwaitingFeedback | Phase::AwaitingReview) {
        let done = incident.assignments.iter().any(|a| a.state == State::Cleared && a.since_ms >= since);
        assert!(done, "{} is {phase} and nobody did it", incident.id);
    }
}

/// Whether its present wait has, or had, a timer; one that went off is told again by that of the incident.
fn waits(incident: &Incident, order: &Assignment) -> bool {
    let about = |t: &&Timer| t.assignment.as_deref() == Some(&order.id) && t.state != TimerState::Cancelled;
    let offered = matches!(order.state, State::Offered | State::Delivered);
    let now = |t: &Timer| t.since_ms == order.since_ms || t.kind == TimerKind::Accept && offered;
    incident.timers.iter().filter(about).any(now)
}

/// An order that has begun is never behind one of its units. One that follows them has some, who are as far as it says; any
/// other has a timer of its own.
fn of_organisation(desk: &Desk, incident: &Incident, order: &Assignment, org: &str) {
    let of = |a: &&Assignment| a.to.unit().and_then(|id| desk.unit(id)).is_some_and(|unit| unit.record.org == org);
    let units = || incident.assignments.iter().filter(of);
    if order.state != State::Planned {
        let far = |state: State| [State::EnRoute, State::Arrived].iter().position(|known| *known == state);
        let furthest = units().max_by_key(|a| far(a.state));
        let behind = furthest.filter(|a| far(a.state) > far(order.state));
        assert!(behind.is_none(), "{} is {} behind its unit: {behind:?}", order.id, order.state);
    }
    let follows = order.src == Source::Cascade && matches!(order.state, State::EnRoute | State::Arrived);
    if !follows {
        assert!(waits(incident, order), "I9: {} of {org} has no timer in {}", order.id, order.state);
        return;
    }
    assert!(units().any(|a| a.state.is_open()), "I9: {} is {} with nobody under it", order.id, order.state);
    let there = units().any(|a| a.state == order.state || a.state == State::Cleared);
    assert!(there, "{} is {} and none of its units is", order.id, order.state);
}

fn written_once(old: &Incident, new: &Incident) {
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
        // An organisation that signs late, when its units have done it, has done it.
        let done = now.to.unit().is_none() && now.state == State::Cleared && now.times.accepted.is_some();
        let revived = assignment.state == State::Expired && (now.state.is_open() || done);
        assert!(assignment.state.is_open() || revived || assignment.state == now.state, "an end is an end");
    }
}
