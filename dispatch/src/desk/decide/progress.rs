//! What becomes of an order. What the field saw is never refused, only labelled.

use super::{Decided, alert, fall_back, text};
use crate::assignment::{Assignment, Source, State, Step, after};
use crate::command::{Ask, Progress};
use crate::desk::Desk;
use crate::event::{AssignmentEvent, Event};
use crate::incident::Incident;
use crate::refusal::{Refusal, Rule};
use crate::unit::Availability;

/// A device may be ahead of our clock by this much before its time is not believed, milliseconds.
const AHEAD_MS: i64 = 5_000;

pub(super) fn decide(desk: &Desk, ask: &Ask, id: &str, progress: &Progress) -> Result<Decided, Refusal> {
    let unknown = || Refusal::Unknown("assignment", id.to_owned());
    let incident = desk.of_assignment(id).ok_or_else(unknown)?;
    let assignment = incident.assignment(id).ok_or_else(unknown)?;
    let needs_reason = progress.step == Step::Decline;
    text("reason", progress.reason.as_deref().unwrap_or_default(), 500, !needs_reason)?;
    let target = progress.step.leads_to();
    let mut decided = Decided { incident: Some(incident.id.clone()), ..Decided::default() };
    if assignment.state == State::Planned && target != State::Recalled {
        decided.events = begun_early(desk, ask, incident, assignment, target, progress)?;
        return Ok(decided);
    }
    let is_filled = is_milestone(target) && assignment.times.at(target).is_some();
    // What was said of a lapsed order fills its slot; once the order lives again, the step is still to be taken.
    let moves = after(assignment.state).contains(&target)
        && (assignment.state.is_open() || revives(desk, incident, assignment));
    if assignment.state == target || is_filled && !moves {
        decided.already.push(id.to_owned());
        // What was said too late is no more in time for being said again.
        let late = !assignment.state.is_open() && assignment.after_end.contains(&target);
        decided.label = late.then_some("AFTER-END");
        return Ok(decided);
    }
    if progress.src == Source::Avl && target == State::Arrived && !is_proposed(assignment, progress.at_ms) {
        return Err(Refusal::Rule(Rule::AsgSeems));
    }
    let late = if moves { Late::No } else { lateness(assignment, target)? };
    let now = ask.now_ms.max(desk.commit_ms());
    // Nobody takes an order before it is given. A clock that says so is not believed; who says it by voice was there
    // already.
    let given = assignment.times.offered.or(assignment.times.planned).unwrap_or_default();
    let earliest = if progress.src == Source::App { given - AHEAD_MS } else { i64::MIN };
    let at_ms = progress.at_ms.filter(|at| (earliest..=now + AHEAD_MS).contains(at)).unwrap_or(now);
    let at_ms = at_ms.max(given).min(now);
    let event = AssignmentEvent::Reached {
        state: target,
        at_ms,
        src: progress.src,
        reason: progress.reason.clone(),
        late: late != Late::No,
        next: None,
    };
    let unit = assignment.to.unit().map(str::to_owned);
    decided.events.push(Event::Assignment { incident: incident.id.clone(), id: id.to_owned(), unit, event });
    if late == Late::AfterEnd {
        decided.label = Some("AFTER-END");
        if target == State::Arrived {
            decided.events.push(alert(incident, "ARRIVED-AFTER-END"));
        }
    }
    if late == Late::No && matches!(target, State::Declined | State::Recalled) {
        if assignment.state.is_committed() && target == State::Declined {
            decided.events.push(alert(incident, "DECLINED-AFTER-ACCEPTING"));
        }
        // Of two plans one is given up: the other stands.
        let stands = assignment.state == State::Planned && incident.open_assignments().any(|a| a.id != id);
        if !stands {
            decided.events.extend(fall_back(incident, &[id], target == State::Recalled));
        }
    }
    Ok(decided)
}

/// Who sets out for, or is at, what is planned for later has begun it, if nothing else binds the unit. Having the order and
/// taking it begin nothing: a crew that nods at tomorrow's plan is not bound today.
fn begun_early(
    desk: &Desk,
    ask: &Ask,
    incident: &Incident,
    assignment: &Assignment,
    target: State,
    progress: &Progress,
) -> Result<Vec<Event>, Refusal> {
    let unit = assignment.to.unit().and_then(|unit| desk.unit(unit));
    match unit {
        Some(unit) if unit.distress.is_some() => return Err(Refusal::Rule(Rule::UnitDistress)),
        Some(unit) if unit.availability() == Availability::Out => return Err(Refusal::Rule(Rule::UnitOut)),
        _ => {}
    }
    let free = unit.is_none_or(|unit| matches!(unit.availability(), Availability::Free | Availability::Soft));
    if !free || !matches!(target, State::EnRoute | State::Arrived) {
        return Err(Refusal::Rule(Rule::AsgPlanned));
    }
    // It is given now: nothing of it happened before.
    let now = ask.now_ms.max(desk.commit_ms());
    let reached =
        |state, reason: Option<&str>| super::reached(incident, &assignment.id, state, (now, progress.src), reason);
    let given = reached(State::Offered, None);
    let taken = reached(target, progress.reason.as_deref());
    Ok(given.into_iter().chain(taken).collect())
}

/// The positions of a unit say that it is there; somebody who knows confirms it. Said once, until it has left again.
pub(super) fn seems_arrived(desk: &Desk, ask: &Ask, id: &str, at_ms: i64) -> Result<Decided, Refusal> {
    seems(desk, ask, id, |assignment, now| {
        // Places of before the order say nothing of it.
        let given = assignment.times.offered.is_none_or(|given| at_ms >= given);
        let waits = assignment.awaits_arrival() && given && assignment.seems_arrived_ms.is_none();
        waits.then(|| AssignmentEvent::SeemsArrived { at_ms: at_ms.min(now) })
    })
}

/// The positions of a unit say that it has left before anybody confirmed: there is nothing to confirm any more.
pub(super) fn seems_left(desk: &Desk, ask: &Ask, id: &str, at_ms: i64) -> Result<Decided, Refusal> {
    seems(desk, ask, id, |assignment, now| {
        let proposed = assignment.awaits_arrival() && assignment.seems_arrived_ms.is_some_and(|since| at_ms >= since);
        proposed.then(|| AssignmentEvent::SeemsLeft { at_ms: at_ms.min(now) })
    })
}

fn seems(
    desk: &Desk,
    ask: &Ask,
    id: &str,
    event: impl FnOnce(&Assignment, i64) -> Option<AssignmentEvent>,
) -> Result<Decided, Refusal> {
    let unknown = || Refusal::Unknown("assignment", id.to_owned());
    let incident = desk.of_assignment(id).ok_or_else(unknown)?;
    let assignment = incident.assignment(id).ok_or_else(unknown)?;
    let mut decided = Decided { incident: Some(incident.id.clone()), ..Decided::default() };
    match event(assignment, ask.now_ms.max(desk.commit_ms())) {
        Some(event) => {
            let unit = assignment.to.unit().map(str::to_owned);
            decided.events.push(Event::Assignment { incident: incident.id.clone(), id: id.to_owned(), unit, event });
        }
        None => decided.already.push(id.to_owned()),
    }
    Ok(decided)
}

/// Whether what the positions proposed still stands, as it was on the screen. Nothing else knows of the arrival.
fn is_proposed(assignment: &Assignment, at_ms: Option<i64>) -> bool {
    // Some write their times in whole seconds.
    let same = |since: i64| at_ms.is_none_or(|at| at.abs_diff(since) < 1_000);
    assignment.seems_arrived_ms.is_some_and(same)
}

fn is_milestone(state: State) -> bool {
    matches!(state, State::Delivered | State::Accepted | State::EnRoute | State::Arrived | State::Cleared)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    /// The state moves.
    No,
    /// A later milestone was there first: the slot is filled, the state stays.
    Slot,
    /// The order is over: kept and labelled.
    AfterEnd,
}

/// How late a step is that does not move the order.
fn lateness(assignment: &Assignment, target: State) -> Result<Late, Refusal> {
    if !assignment.state.is_open() {
        return if is_milestone(target) { Ok(Late::AfterEnd) } else { Err(Refusal::Rule(Rule::AsgTerm)) };
    }
    match (assignment.state.rank(), target.rank()) {
        (Some(now), Some(then)) if then < now => Ok(Late::Slot),
        _ => Err(Refusal::Rule(if target == State::Cleared { Rule::AsgStep } else { Rule::AsgBack })),
    }
}

/// A lapsed offer that somebody takes late counts after all, if the unit is still free and the incident still open.
fn revives(desk: &Desk, incident: &Incident, assignment: &Assignment) -> bool {
    if incident.phase().is_terminal() {
        return false;
    }
    let Some(unit) = assignment.to.unit() else { return true };
    desk.unit(unit).is_some_and(|unit| unit.availability() == Availability::Free)
}
