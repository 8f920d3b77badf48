//! A timer's time has come.

use super::{Decided, fall_back, reached};
use crate::assignment::{Source, State};
use crate::command::Ask;
use crate::desk::Desk;
use crate::event::{Event, IncidentEvent};
use crate::incident::Incident;
use crate::refusal::{Refusal, Rule};
use crate::timers::{Timer, TimerKind, TimerState};
use crate::unit::Availability;

/// Whoever measures the time says when; a timer that is over already makes nothing happen.
pub(super) fn fire(desk: &Desk, ask: &Ask, id: &str) -> Result<Decided, Refusal> {
    let (incident, timer) = desk.timer(id).ok_or_else(|| Refusal::Unknown("timer", id.to_owned()))?;
    if timer.state != TimerState::Armed {
        return Err(Refusal::Rule(Rule::TimerOver));
    }
    let now_ms = ask.now_ms.max(desk.commit_ms());
    let of = |event| Event::Incident { id: incident.id.clone(), event };
    let alert = |code: &str| of(IncidentEvent::Alerted { code: code.to_owned(), to: timer.escalate_to.clone() });
    let mut events = vec![of(IncidentEvent::TimerFired { timer: id.to_owned() })];
    match timer.kind {
        TimerKind::Accept => events.extend(expire(now_ms, incident, timer)),
        TimerKind::Start => events.extend(start(desk, now_ms, incident, timer)),
        TimerKind::HeldReview => events.push(of(IncidentEvent::Released { why: "review time".to_owned() })),
        TimerKind::Deliver => events.push(alert("VOICE")),
        TimerKind::Offer => events.push(alert("NO-ORDER")),
        TimerKind::Depart => events.push(alert("NOT-UNDER-WAY")),
        TimerKind::Arrive => events.push(alert("NOT-THERE")),
        TimerKind::Safety => events.push(alert("NO-SIGN-OF-LIFE")),
        TimerKind::Feedback => events.push(alert("NO-FEEDBACK")),
        TimerKind::Review => events.push(alert("NO-REVIEW")),
        TimerKind::Reminder => events.push(alert("REMINDER")),
        TimerKind::Again => events.push(alert("STILL-WAITING")),
        TimerKind::Receipt => events.push(alert("NO-RECEIPT")),
    }
    Ok(Decided { events, incident: Some(incident.id.clone()), ..Decided::default() })
}

fn expire(now_ms: i64, incident: &Incident, timer: &Timer) -> Vec<Event> {
    let Some(id) = timer.assignment.as_deref() else { return Vec::new() };
    let expired = reached(incident, id, State::Expired, (now_ms, Source::Timer), Some("not taken in time"));
    let told = IncidentEvent::Alerted { code: "NOT-TAKEN".to_owned(), to: timer.escalate_to.clone() };
    let told = Event::Incident { id: incident.id.clone(), event: told };
    expired.into_iter().chain([told]).chain(fall_back(incident, &[id], false)).collect()
}

/// A planned order becomes a real one, if its unit is free.
fn start(desk: &Desk, now_ms: i64, incident: &Incident, timer: &Timer) -> Vec<Event> {
    let Some(assignment) = timer.assignment.as_deref().and_then(|id| incident.assignment(id)) else {
        return Vec::new();
    };
    let unit = assignment.to.unit().and_then(|unit| desk.unit(unit));
    if unit.is_none_or(|unit| unit.availability() == Availability::Free) {
        return reached(incident, &assignment.id, State::Offered, (now_ms, Source::Timer), None).into_iter().collect();
    }
    let (code, why) = match unit {
        Some(unit) if unit.distress.is_some() => {
            ("PLANNED-UNIT-DISTRESS", "the unit was in distress itself at its start")
        }
        Some(unit) if unit.availability() == Availability::Out => {
            ("PLANNED-UNIT-OUT", "the unit was not on duty at its start")
        }
        Some(_) | None => ("PLANNED-UNIT-BUSY", "the unit was busy at its start"),
    };
    let told = IncidentEvent::Alerted { code: code.to_owned(), to: timer.escalate_to.clone() };
    let told = Event::Incident { id: incident.id.clone(), event: told };
    // It will not come: the incident goes back to those who wait.
    let id = assignment.id.as_str();
    let ended = reached(incident, id, State::Recalled, (now_ms, Source::Timer), Some(why));
    ended.into_iter().chain([told]).chain(fall_back(incident, &[id], true)).collect()
}
