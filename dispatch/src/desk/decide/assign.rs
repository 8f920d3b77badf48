//! Orders to units and organisations: the free go, the taken come back with who has them, all in one commit.

use super::{Decided, Scene, fall_back, later, reached, text};
use crate::assignment::{AssignedTo, Source, State};
use crate::command::{Ask, Assign, MOST_ORDERED};
use crate::desk::Desk;
use crate::desk::confirm::{About, HOLDS_MS};
use crate::desk::stale::{Cares, ahead, changed, unit_changed};
use crate::desk::units::UnitState;
use crate::event::{AssignmentEvent, Event, IncidentEvent};
use crate::incident::{Incident, Stage};
use crate::refusal::{Refusal, Rule, Taken, Warning};
use crate::unit::{Availability, Link};

pub(super) fn decide(
    desk: &Desk,
    ask: &Ask,
    scene: &dyn Scene,
    incident: &Incident,
    assign: &Assign,
) -> Result<Decided, Refusal> {
    check(ask, assign)?;
    if incident.phase().is_terminal() {
        return Err(Refusal::Rule(Rule::AsgClosed));
    }
    let mut decided = Decided { incident: Some(incident.id.clone()), ..Decided::default() };
    let mut going: Vec<(&UnitState, bool)> = Vec::new();
    let (mut starting, mut instead): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for id in &assign.units {
        let unit = desk.unit(id).ok_or_else(|| Refusal::Unknown("unit", id.clone()))?;
        if going.iter().any(|(known, _)| known.record.id == *id) {
            continue;
        }
        if let Some(own) = unit.open.iter().find(|bound| bound.incident == incident.id) {
            // Planned for later, wanted now.
            if own.state == State::Planned && assign.start_ms.is_none() {
                match unit.availability() {
                    Availability::Free | Availability::Soft => starting.push(own.id.clone()),
                    Availability::Out if unit.distress.is_some() => return Err(Refusal::Rule(Rule::UnitDistress)),
                    Availability::Committed | Availability::Reserved if assign.preempt => {
                        may_preempt(desk, ask, incident, unit)?;
                        instead.push(own.id.clone());
                        going.push((unit, true));
                    }
                    Availability::Committed | Availability::Reserved | Availability::Out => {
                        decided.taken.push(taken(unit));
                    }
                }
            } else {
                decided.already.push(own.id.clone());
            }
            continue;
        }
        match unit.availability() {
            Availability::Free | Availability::Soft => going.push((unit, false)),
            _ if assign.start_ms.is_some() && unit.availability() != Availability::Out => going.push((unit, false)),
            Availability::Out if assign.units.len() == 1 && assign.orgs.is_empty() => {
                let why = if unit.distress.is_some() { Rule::UnitDistress } else { Rule::UnitOut };
                return Err(Refusal::Rule(why));
            }
            Availability::Committed | Availability::Reserved if assign.preempt => {
                may_preempt(desk, ask, incident, unit)?;
                going.push((unit, true));
            }
            Availability::Out | Availability::Committed | Availability::Reserved => {
                decided.taken.push(taken(unit));
            }
        }
    }
    for org in &assign.orgs {
        // An order that nobody can receive is none.
        if !desk.units().any(|unit| unit.record.org == *org) {
            return Err(Refusal::Unknown("organisation", org.clone()));
        }
    }
    let orgs: Vec<&String> = assign.orgs.iter().filter(|org| !has_org(incident, org)).collect();
    alternatives(desk, scene, incident, assign, &mut decided.taken);
    if going.is_empty() && orgs.is_empty() && starting.is_empty() {
        return if decided.taken.is_empty() || !decided.already.is_empty() {
            Ok(decided)
        } else {
            Err(Refusal::UnitTaken(decided.taken))
        };
    }
    let mut stale: Vec<_> = ahead(desk.seq(), incident, &ask.basis).into_iter().collect();
    stale.extend(changed(incident, &ask.basis, &ask.actor, Cares::All));
    if let [(unit, false)] = going.as_slice() {
        stale.extend(unit_changed(unit, &ask.basis, &ask.actor));
    }
    if !stale.is_empty() {
        return Err(Refusal::Stale(stale));
    }
    confirm(ask, scene, incident, &going)?;
    let now_ms = ask.now_ms.max(desk.commit_ms());
    let planned = |ids: &[String], state| -> Vec<Event> {
        ids.iter().filter_map(|id| reached(incident, id, state, (now_ms, Source::Desk), None)).collect()
    };
    // A plan that is wanted now begins; it ends where the order that takes its unit from other work begins.
    decided.events.extend(planned(&starting, State::Offered));
    decided.events.extend(planned(&instead, State::Recalled));
    decided.assigned.extend(starting);
    order(desk, now_ms, incident, &going, &orgs, assign, &mut decided);
    Ok(decided)
}

fn check(ask: &Ask, assign: &Assign) -> Result<(), Refusal> {
    let number = assign.units.len() + assign.orgs.len();
    if number == 0 || number > MOST_ORDERED {
        return Err(Refusal::Invalid("units", format!("name 1 to {MOST_ORDERED} units or organisations")));
    }
    for org in &assign.orgs {
        text("org", org, 128, false)?;
    }
    if let Some(start_ms) = assign.start_ms {
        if start_ms <= ask.now_ms {
            return Err(Refusal::Invalid("start_at", "must lie in the future".to_owned()));
        }
        later("start_at", ask, start_ms)?;
    }
    text("reason", assign.reason.as_deref().unwrap_or_default(), 500, !assign.preempt)
}

fn has_org(incident: &Incident, org: &str) -> bool {
    incident.open_assignments().any(|a| a.to == AssignedTo::Org(org.to_owned()))
}

fn taken(unit: &UnitState) -> Taken {
    let bound = unit.binding();
    let distress = unit.distress.clone().unwrap_or_default();
    Taken {
        unit: unit.record.id.clone(),
        by: bound.map_or_else(String::new, |bound| bound.by.clone()),
        incident: bound.map_or(distress, |bound| bound.incident.clone()),
        since_ms: bound.map_or(0, |bound| bound.since_ms),
        alternatives: Vec::new(),
    }
}

/// Each unit that was not free gets substitutes of its own: nobody is proposed twice.
fn alternatives(desk: &Desk, scene: &dyn Scene, incident: &Incident, assign: &Assign, taken: &mut [Taken]) {
    let mut not = assign.units.clone();
    for one in taken {
        one.alternatives = scene.alternatives(desk, incident, &not);
        not.extend(one.alternatives.first().cloned());
    }
}

/// A unit is taken from other work for something more urgent; from a scene only by the lead.
fn may_preempt(desk: &Desk, ask: &Ask, incident: &Incident, unit: &UnitState) -> Result<(), Refusal> {
    let Some(bound) = unit.binding() else { return Ok(()) };
    let urgent = desk.incident(&bound.incident).is_some_and(|other| incident.priority < other.priority);
    if ask.actor.lead || (urgent && bound.state != State::Arrived) {
        return Ok(());
    }
    Err(Refusal::Rule(Rule::LeadOnly))
}

fn confirm(ask: &Ask, scene: &dyn Scene, incident: &Incident, going: &[(&UnitState, bool)]) -> Result<(), Refusal> {
    let mut warnings: Vec<(String, u64, Warning)> = Vec::new();
    for (unit, preempts) in going {
        let mut warn = |warning| warnings.push((unit.record.id.clone(), unit.epoch, warning));
        if scene.link(&unit.record.id) == Link::Lost {
            warn(Warning::LostLink);
        }
        let counties = (unit.record.division, incident.location.division);
        if let (Some(own), Some(there)) = counties
            && own.county() != there.county()
        {
            warn(Warning::OutsideDistrict);
        }
        if *preempts {
            warn(Warning::Preempts);
        }
    }
    if warnings.is_empty() {
        return Ok(());
    }
    let about = About { actor: &ask.actor.id, incident: &incident.id, version: incident.version, warnings: &warnings };
    if ask.confirm.as_deref().is_some_and(|token| scene.key().holds(token, &about, ask.now_ms)) {
        return Ok(());
    }
    let token = scene.key().token(&about, ask.now_ms + HOLDS_MS);
    Err(Refusal::Confirm { warnings: warnings.into_iter().map(|(unit, _, warning)| (unit, warning)).collect(), token })
}

fn order(
    desk: &Desk,
    now_ms: i64,
    incident: &Incident,
    going: &[(&UnitState, bool)],
    orgs: &[&String],
    assign: &Assign,
    decided: &mut Decided,
) {
    if matches!(incident.stage, Stage::Held { .. }) && assign.start_ms.is_none() {
        let event = IncidentEvent::Released { why: "ordered".to_owned() };
        decided.events.push(Event::Incident { id: incident.id.clone(), event });
    }
    if let Some(recommendation) = assign.advice.clone() {
        let event = IncidentEvent::Advised { recommendation };
        decided.events.push(Event::Incident { id: incident.id.clone(), event });
    }
    let units =
        going.iter().map(|(unit, preempts)| (AssignedTo::Unit(unit.record.id.clone()), preempts.then_some(*unit)));
    let orgs = orgs.iter().map(|org| (AssignedTo::Org((*org).clone()), None));
    for (n, (to, from)) in (incident.assignments.len() + 1..).zip(units.chain(orgs)) {
        let id = format!("{}-a{n}", incident.id);
        if let Some(unit) = from {
            preempt(desk, now_ms, unit, &id, assign.reason.as_deref(), &mut decided.events);
        }
        let unit = to.unit().map(str::to_owned);
        let event = AssignmentEvent::Ordered { to, start_ms: assign.start_ms, plan_level: assign.plan_level };
        decided.events.push(Event::Assignment { incident: incident.id.clone(), id: id.clone(), unit, event });
        decided.assigned.push(id);
    }
}

fn preempt(desk: &Desk, now_ms: i64, unit: &UnitState, next: &str, reason: Option<&str>, events: &mut Vec<Event>) {
    for bound in unit.open.iter().filter(|bound| bound.state != State::Planned) {
        let event = AssignmentEvent::Reached {
            state: State::Preempted,
            at_ms: now_ms,
            src: Source::Cascade,
            reason: reason.map(str::to_owned),
            late: false,
            next: Some(next.to_owned()),
        };
        events.push(Event::Assignment {
            incident: bound.incident.clone(),
            id: bound.id.clone(),
            unit: Some(unit.record.id.clone()),
            event,
        });
        if let Some(other) = desk.incident(&bound.incident) {
            events.extend(fall_back(other, &[&bound.id], false));
        }
    }
}
