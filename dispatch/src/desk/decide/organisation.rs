//! The order of an organisation follows its units: under way and at the scene with the first of them, cleared with the last.
//! When they fall away, it is back at the organisation's own word: who signed is still responsible.

use std::collections::BTreeSet;

use super::{alert, reached};
use crate::assignment::{AssignedTo, Assignment, Source, State, after};
use crate::command::Ask;
use crate::desk::Desk;
use crate::event::{AssignmentEvent, Event, Stamp};
use crate::incident::Incident;

impl Desk {
    /// What mends orders that a log of before this rule left under way or at the scene with nobody under them; nothing where
    /// every decision kept to it. Events, since an old log is read as it was.
    pub fn adrift(&self) -> Vec<Event> {
        self.incidents().flat_map(|incident| fallen(self, incident)).collect()
    }
}

/// What a unit does, its organisation has done.
pub(super) fn follow(
    desk: &Desk,
    incident: &Incident,
    assignment: &Assignment,
    target: State,
    at_ms: i64,
) -> Option<Event> {
    if !matches!(target, State::EnRoute | State::Arrived | State::Cleared) {
        return None;
    }
    let own = org(desk, assignment)?;
    let order = incident.open_assignments().find(|a| matches!(&a.to, AssignedTo::Org(named) if named == own))?;
    let more = under(desk, incident, own).any(|a| a.id != assignment.id);
    if order.state == State::Planned || !after(order.state).contains(&target) || target == State::Cleared && more {
        return None;
    }
    let at_ms = at_ms.max(order.times.offered.unwrap_or(at_ms));
    reached(incident, &order.id, target, (at_ms, Source::Cascade), None)
}

/// What becomes of orders whose units end theirs by these events, however that comes: on a desk that has taken them in.
pub(super) fn left(desk: &Desk, ask: &Ask, events: &[Event]) -> Vec<Event> {
    let mut of = BTreeSet::new();
    for event in events {
        if let Event::Unit { record, .. } = event {
            // It works for somebody else now.
            let open = desk.unit(&record.id).into_iter().flat_map(|unit| &unit.open);
            of.extend(open.map(|bound| bound.incident.as_str()));
        } else if let Event::Assignment { incident, unit: Some(_), event, .. } = event
            && let AssignmentEvent::Reached { state, late: false, .. } = event
            && !state.is_open()
        {
            of.insert(incident.as_str());
        }
    }
    let organised = |id: &str| desk.incident(id).is_some_and(|i| i.open_assignments().any(follows));
    if !of.iter().any(|id| organised(id)) {
        return Vec::new();
    }
    let after = tried(desk, ask, events);
    of.into_iter().filter_map(|id| after.incident(id)).flat_map(|incident| fallen(&after, incident)).collect()
}

/// Whether it stands where units of it have brought it, not where its own word has.
fn follows(order: &Assignment) -> bool {
    order.to.unit().is_none() && matches!(order.state, State::EnRoute | State::Arrived) && order.src == Source::Cascade
}

/// The desk as these events will make it; a copy of it costs nothing.
fn tried(desk: &Desk, ask: &Ask, events: &[Event]) -> Desk {
    let mut after = desk.clone();
    for event in events {
        let stamp = Stamp {
            seq: after.seq() + 1,
            stream_version: after.version_of(&event.stream()) + 1,
            commit_ms: ask.now_ms.max(desk.commit_ms()),
            actor: ask.actor.id.clone(),
        };
        after.evolve(&stamp, event);
    }
    after
}

fn fallen(desk: &Desk, incident: &Incident) -> Vec<Event> {
    incident.open_assignments().filter(|order| follows(order)).flat_map(|order| back(desk, incident, order)).collect()
}

/// Where the order stands now: where the furthest of its units is, over when the last has left who was there, else back at
/// its own word, and somebody is told.
fn back(desk: &Desk, incident: &Incident, order: &Assignment) -> Vec<Event> {
    let AssignedTo::Org(own) = &order.to else { return Vec::new() };
    let given = order.times.offered.unwrap_or_default();
    let done = incident.assignments.iter().filter(|a| a.state == State::Cleared && a.since_ms >= given);
    let done = done.filter(|a| org(desk, a) == Some(own)).filter_map(|a| a.times.cleared).max();
    let furthest = under(desk, incident, own).map(|a| a.state).max_by_key(|state| state.rank());
    match (furthest, done) {
        (None, Some(at_ms)) => {
            let at_ms = at_ms.max(given);
            reached(incident, &order.id, State::Cleared, (at_ms, Source::Cascade), None).into_iter().collect()
        }
        (Some(_), Some(_)) => Vec::new(),
        (Some(state), None) if state.rank() >= order.state.rank() => Vec::new(),
        (Some(State::EnRoute), None) if own_rank(order) < State::EnRoute.rank() => {
            vec![returned(incident, order, (State::EnRoute, Source::Cascade))]
        }
        (furthest, None) => {
            let word = order.own.unwrap_or((State::Offered, Source::Desk));
            let mut events = vec![returned(incident, order, word)];
            if furthest.is_none() {
                events.push(told(incident));
            }
            events
        }
    }
}

fn own_rank(order: &Assignment) -> Option<u8> {
    order.own.and_then(|(state, _)| state.rank())
}

fn returned(incident: &Incident, order: &Assignment, (state, src): (State, Source)) -> Event {
    let event = AssignmentEvent::Returned { state, src };
    Event::Assignment { incident: incident.id.clone(), id: order.id.clone(), unit: None, event }
}

/// Nobody is left at all, or nobody of this organisation.
fn told(incident: &Incident) -> Event {
    let others = incident.open_assignments().any(|a| a.to.unit().is_some() && a.state != State::Planned);
    if others { alert(incident, "ORG-NOBODY-LEFT") } else { alert(incident, "NO-UNIT-LEFT") }
}

/// Orders of its units that are not over and have begun.
fn under<'a>(desk: &'a Desk, incident: &'a Incident, own: &'a str) -> impl Iterator<Item = &'a Assignment> {
    incident.open_assignments().filter(move |a| a.state != State::Planned && org(desk, a) == Some(own))
}

fn org<'a>(desk: &'a Desk, assignment: &Assignment) -> Option<&'a str> {
    desk.unit(assignment.to.unit()?).map(|unit| unit.record.org.as_str())
}
