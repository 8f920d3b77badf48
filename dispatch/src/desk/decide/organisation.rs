//! The order of an organisation follows its units from the moment it is given: under way and at the scene with the first of
//! them, cleared with the last. When they fall away, it is back at the organisation's own word: who signed is still
//! responsible.

use std::collections::BTreeSet;

use super::{alert, reached};
use crate::assignment::{AssignedTo, Assignment, Source, State, after};
use crate::command::Ask;
use crate::desk::Desk;
use crate::event::{AssignmentEvent, Event, Stamp};
use crate::incident::Incident;

impl Desk {
    /// What mends orders that a log of before these rules left behind their units, or under way or at the scene with nobody
    /// under them; nothing where every decision kept to it. Events, since an old log is read as it was.
    pub fn adrift(&self) -> Vec<Event> {
        let of = |incident| given(incident).flat_map(move |order| abreast(self, incident, order));
        self.incidents().flat_map(|incident| of(incident)).collect()
    }
}

/// What becomes of orders to organisations by these events, however they come about: on a desk that has taken them in.
pub(super) fn settle(desk: &Desk, ask: &Ask, events: &[Event]) -> Vec<Event> {
    let mut of = BTreeSet::new();
    let mut organised = false;
    for event in events {
        if let Event::Assignment { incident, unit, .. } = event {
            organised |= unit.is_none();
            of.insert(incident.as_str());
        } else if let Event::Unit { record, .. } = event
            && desk.unit(&record.id).is_some_and(|known| known.record.org != record.org)
        {
            // It works for somebody else now.
            let has = |a: &Assignment| a.to.unit() == Some(record.id.as_str());
            let with = desk.incidents().filter(|incident| incident.assignments.iter().any(has));
            of.extend(with.map(|incident| incident.id.as_str()));
        }
    }
    let has = |id: &str| desk.incident(id).is_some_and(|incident| given(incident).next().is_some());
    if !organised && !of.iter().any(|id| has(id)) {
        return Vec::new();
    }
    let after = tried(desk, ask, events);
    let mut more = Vec::new();
    for incident in of.into_iter().filter_map(|id| after.incident(id)) {
        for order in given(incident) {
            let moved = abreast(&after, incident, order);
            if moved.is_empty() && is_done(desk, &after, incident, order, events) {
                more.extend(finish(&after, incident, order));
            }
            more.extend(moved);
        }
    }
    more
}

/// Orders to organisations that hold and have begun.
fn given(incident: &Incident) -> impl Iterator<Item = &Assignment> {
    incident.open_assignments().filter(|order| order.to.unit().is_none() && order.state != State::Planned)
}

/// What brings the order to where its units are: further with the first of them, back when those fall away who brought it.
fn abreast(desk: &Desk, incident: &Incident, order: &Assignment) -> Vec<Event> {
    let AssignedTo::Org(own) = &order.to else { return Vec::new() };
    let furthest = under(desk, incident, own).map(|a| a.state).max_by_key(|state| state.rank());
    let further =
        furthest.filter(|state| matches!(state, State::EnRoute | State::Arrived) && after(order.state).contains(state));
    if let Some(state) = further {
        let first = under(desk, incident, own).filter(|a| a.state == state).filter_map(|a| a.times.at(state)).min();
        let at_ms = first.max(order.times.offered).unwrap_or(order.since_ms);
        return reached(incident, &order.id, state, (at_ms, Source::Cascade), None).into_iter().collect();
    }
    // Where its own word has brought it, it stays.
    let followed = matches!(order.state, State::EnRoute | State::Arrived) && order.src == Source::Cascade;
    if followed { back(desk, incident, order, furthest) } else { Vec::new() }
}

/// Whether an order that stands at the organisation's own word is done by these events: its last unit leaves, or it is signed
/// late, when its units have done all there was to do.
fn is_done(before: &Desk, desk: &Desk, incident: &Incident, order: &Assignment, events: &[Event]) -> bool {
    let AssignedTo::Org(own) = &order.to else { return false };
    let now = |a: &Assignment, state: State| {
        events.iter().any(|event| {
            let Event::Assignment { id, event: AssignmentEvent::Reached { state: to, late: false, .. }, .. } = event
            else {
                return false;
            };
            *id == a.id && *to == state
        })
    };
    if under(desk, incident, own).next().is_some() {
        return false;
    }
    let mut served = served(desk, incident, order);
    if order.state == State::Arrived {
        return served.any(|a| now(a, State::Cleared));
    }
    let before = before.of_assignment(&order.id).and_then(|known| known.assignment(&order.id));
    let signed = now(order, State::Accepted) && before.is_some_and(|known| known.state == State::Expired);
    signed && served.any(|a| Some(a.since_ms) > order.times.offered)
}

/// It was there with the first of its units, and is cleared with the last.
fn finish(desk: &Desk, incident: &Incident, order: &Assignment) -> Vec<Event> {
    let there = served(desk, incident, order).filter_map(|a| a.times.arrived).min();
    let done = served(desk, incident, order).filter_map(|a| a.times.cleared).max();
    let at = |ms: Option<i64>| (ms.max(order.times.offered).unwrap_or(order.since_ms), Source::Cascade);
    let arrived =
        (order.state != State::Arrived).then(|| reached(incident, &order.id, State::Arrived, at(there), None));
    arrived.flatten().into_iter().chain(reached(incident, &order.id, State::Cleared, at(done), None)).collect()
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

/// Where an order that followed its units stands now: where the furthest of them is, over when the last has left who was there, else back at
/// its own word, and somebody is told.
fn back(desk: &Desk, incident: &Incident, order: &Assignment, furthest: Option<State>) -> Vec<Event> {
    let done = served(desk, incident, order).next();
    match (furthest, done) {
        (None, Some(_)) => finish(desk, incident, order),
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

/// Orders of its units that were done since it was given.
fn served<'a>(desk: &'a Desk, incident: &'a Incident, order: &'a Assignment) -> impl Iterator<Item = &'a Assignment> {
    let since = order.times.offered.max(incident.reopened_ms).unwrap_or_default();
    let own = if let AssignedTo::Org(own) = &order.to { Some(own.as_str()) } else { None };
    let done = incident.assignments.iter().filter(move |a| a.state == State::Cleared && a.since_ms >= since);
    done.filter(move |a| own.is_some() && org(desk, a) == own)
}

/// Orders of its units that are not over and have begun.
fn under<'a>(desk: &'a Desk, incident: &'a Incident, own: &'a str) -> impl Iterator<Item = &'a Assignment> {
    incident.open_assignments().filter(move |a| a.state != State::Planned && org(desk, a) == Some(own))
}

fn org<'a>(desk: &'a Desk, assignment: &Assignment) -> Option<&'a str> {
    desk.unit(assignment.to.unit()?).map(|unit| unit.record.org.as_str())
}
