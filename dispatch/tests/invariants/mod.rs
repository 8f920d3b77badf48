//! What holds at every step of the loop (the numbers are those of docs/dispatch.md).

use std::collections::{BTreeMap, BTreeSet};

use dispatch::{AssignedTo, Assignment, Availability, Desk, Incident, Source, State, Timer, TimerKind, TimerState};

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

/// Whether its present wait has, or had, a timer; one that went off is told again by that of the incident.
fn waits(incident: &Incident, order: &Assignment) -> bool {
    let about = |t: &&Timer| t.assignment.as_deref() == Some(&order.id) && t.state != TimerState::Cancelled;
    let offered = matches!(order.state, State::Offered | State::Delivered);
    let now = |t: &Timer| t.since_ms == order.since_ms || t.kind == TimerKind::Accept && offered;
    incident.timers.iter().filter(about).any(now)
}

/// An order that follows its units has some, who are as far as it says; any other has a timer of its own.
fn of_organisation(desk: &Desk, incident: &Incident, order: &Assignment, org: &str) {
    let follows = order.src == Source::Cascade && matches!(order.state, State::EnRoute | State::Arrived);
    if !follows {
        assert!(waits(incident, order), "I9: {} of {org} has no timer in {}", order.id, order.state);
        return;
    }
    let of = |a: &&Assignment| a.to.unit().and_then(|id| desk.unit(id)).is_some_and(|unit| unit.record.org == org);
    let units = || incident.assignments.iter().filter(of);
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
        let revived = assignment.state == State::Expired && now.state.is_open();
        assert!(assignment.state.is_open() || revived || assignment.state == now.state, "an end is an end");
    }
}
