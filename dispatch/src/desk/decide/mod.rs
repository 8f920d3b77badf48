//! Which events a command makes, or why it makes none. Pure: what is not in the desk comes in through [`Scene`].

mod assign;
mod closure;
mod incident;
mod number;
mod organisation;
mod progress;
mod report;
mod timer;
mod unit;
mod wall;
mod zone;

use super::{Desk, Key};
use crate::assignment::{Assignment, Source, State};
use crate::command::{Ask, Command};
use crate::event::{AssignmentEvent, Event, IncidentEvent};
use crate::incident::{Incident, Priority};
use crate::recommend::PlansError;
use crate::refusal::{Refusal, Taken};
use crate::unit::Link;

/// What a decision needs to know beyond the log.
pub trait Scene {
    /// How fresh a unit's last sign of life is.
    fn link(&self, unit: &str) -> Link;

    /// Up to three units that are free for the incident, nearest first, none of those named.
    fn alternatives(&self, desk: &Desk, incident: &Incident, not: &[String]) -> Vec<String>;

    /// What confirmation tokens are made with.
    fn key(&self) -> &Key;
}

/// What a command comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decided {
    /// What happens, in order; nothing when it is so already.
    pub events: Vec<Event>,
    /// The incident that the answer shows.
    pub incident: Option<String>,
    /// Orders that were given, by id.
    pub assigned: Vec<String>,
    /// Orders that were there already, by id.
    pub already: Vec<String>,
    /// Units that were not free.
    pub taken: Vec<Taken>,
    /// Of the callers that a report names, those that are new, by their places in it.
    pub callers: Vec<usize>,
    /// A label of what was accepted although it came late: `AFTER-END`.
    pub label: Option<&'static str>,
}

impl Desk {
    /// Decides. Nothing changes: [`Desk::evolve`] takes in what it answers once that is stored.
    pub fn decide(&self, ask: &Ask, scene: &dyn Scene) -> Result<Decided, Refusal> {
        let mut decided = self.decide_alone(ask, scene)?;
        let more = organisation::settle(self, ask, &decided.events);
        decided.events.extend(more);
        Ok(decided)
    }

    /// Without what follows for orders of organisations.
    fn decide_alone(&self, ask: &Ask, scene: &dyn Scene) -> Result<Decided, Refusal> {
        match &ask.command {
            Command::Report(new) | Command::Upsert(new) => report::decide(self, ask, new),
            Command::Incident { id, order } => {
                let incident = self.incident(id).ok_or_else(|| Refusal::Unknown("incident", id.clone()))?;
                incident::decide(self, ask, scene, incident, order)
            }
            Command::Assignment { id, progress } => progress::decide(self, ask, id, progress),
            Command::SeemsArrived { id, at_ms } => progress::seems_arrived(self, ask, id, *at_ms),
            Command::SeemsLeft { id, at_ms } => progress::seems_left(self, ask, id, *at_ms),
            Command::Record { unit, on_duty_ms } => unit::record(self, ask, unit, *on_duty_ms),
            Command::SetDuty { unit, duty, reason, until_ms } => {
                unit::duty(self, unit, *duty, reason.as_deref(), *until_ms)
            }
            Command::Fire { timer } => timer::fire(self, ask, timer),
            Command::Close(closure) => closure::draw(self, ask, closure),
            Command::Lift { id } => closure::lift(self, id),
            Command::Say(condition) => closure::say(self, ask, condition),
            Command::DrawZone(zone) => zone::draw(self, ask, zone),
            Command::LiftZone { id } => zone::lift(self, id),
            Command::MarkBuilding { zone, building, mark, at_ms } => {
                zone::mark(self, ask, zone, building, *mark, *at_ms)
            }
            Command::Show(on) => wall::show(self, ask, on),
            Command::Publish(policy) => {
                policy.check(self.policy().version).map_err(|error| Refusal::Invalid("policy", error.to_string()))?;
                Ok(Decided { events: vec![Event::Policy { policy: policy.clone() }], ..Decided::default() })
            }
            Command::PublishPlans(plans) => {
                let wrong = |error: PlansError| Refusal::InvalidAt(error.pointer(), error.to_string());
                plans.check(self.plans().version).map_err(wrong)?;
                Ok(Decided { events: vec![Event::Plans { plans: plans.clone() }], ..Decided::default() })
            }
        }
    }
}

/// The incident comes back to the queue because those ordered will not come, or were taken away before it was done: somebody
/// is told, and when it was not a dispatcher's own wish, it becomes more urgent.
fn fall_back(incident: &Incident, without: &[&str], wished: bool) -> Vec<Event> {
    // What is planned for later is nobody who comes.
    let comes = |a: &&Assignment| a.state != State::Planned && !without.contains(&a.id.as_str());
    let others = incident.open_assignments().any(|a| comes(&a));
    if others || incident.served_without(without) || incident.phase().is_terminal() {
        return Vec::new();
    }
    let of = |event| Event::Incident { id: incident.id.clone(), event };
    let raised: Option<Priority> = if wished { None } else { incident.priority.raised() };
    let raised =
        raised.map(|priority| of(IncidentEvent::Prioritised { priority, why: Some("nobody is coming".to_owned()) }));
    raised.into_iter().chain([alert(incident, "NO-UNIT-LEFT")]).collect()
}

/// A dispatcher is told.
fn told(code: &str) -> IncidentEvent {
    IncidentEvent::Alerted { code: code.to_owned(), to: "dispatcher".to_owned() }
}

/// A dispatcher is told of an incident.
fn alert(incident: &Incident, code: &str) -> Event {
    Event::Incident { id: incident.id.clone(), event: told(code) }
}

/// An order of the incident reaches a state by the house's own doing, at once; `None` when there is no such order.
fn reached(
    incident: &Incident,
    id: &str,
    state: State,
    (at_ms, src): (i64, Source),
    reason: Option<&str>,
) -> Option<Event> {
    let unit = incident.assignment(id)?.to.unit().map(str::to_owned);
    let reason = reason.map(str::to_owned);
    let event = AssignmentEvent::Reached { state, at_ms, src, reason, late: false, next: None };
    Some(Event::Assignment { incident: incident.id.clone(), id: id.to_owned(), unit, event })
}

/// Others' clocks may be ahead of ours by this much, milliseconds.
const AHEAD_MS: i64 = 60_000;

/// A moment of which somebody says that it was.
fn been(field: &'static str, now_ms: i64, at_ms: i64) -> Result<(), Refusal> {
    if at_ms > now_ms + AHEAD_MS {
        return Err(Refusal::Invalid(field, "lies in the future".to_owned()));
    }
    Ok(())
}

/// The latest that something is put off to: what lies beyond is a slip of the hand, and would be forgotten.
const LATEST_MS: i64 = 30 * 24 * 3_600_000;

/// A moment that somebody puts something off to.
fn later(field: &'static str, ask: &Ask, at_ms: i64) -> Result<(), Refusal> {
    if at_ms > ask.now_ms.saturating_add(LATEST_MS) {
        return Err(Refusal::Invalid(field, "must lie within 30 days".to_owned()));
    }
    Ok(())
}

/// A free text within its bounds.
fn text(field: &'static str, text: &str, most: usize, empty: bool) -> Result<(), Refusal> {
    let length = text.chars().count();
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if length > most || (!empty && text.trim().is_empty()) || text.chars().any(control) {
        let least = u8::from(!empty);
        return Err(Refusal::Invalid(
            field,
            format!("must have {least} to {most} characters, none of them a control character"),
        ));
    }
    Ok(())
}
