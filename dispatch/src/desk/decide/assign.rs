//! Orders to units and organisations: the free go, the taken come back with who has them, all in one commit.

use std::collections::BTreeSet;

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
    let mut plans = Plans::default();
    for id in &assign.units {
        let unit = desk.unit(id).ok_or_else(|| Refusal::Unknown("unit", id.clone()))?;
        if going.iter().any(|(known, _)| known.record.id == *id) {
            continue;
        }
        if let Some(own) = unit.open.iter().find(|bound| bound.incident == incident.id) {
            match (assign.start_ms, own.state) {
                (None, State::Planned) => match unit.availability() {
                    _ if unit.distress.is_some() => decided.taken.push(taken(unit)),
                    Availability::Free | Availability::Soft => plans.begin(own.id.clone(), Some(unit)),
                    Availability::Committed | Availability::Reserved if assign.preempt => {
                        may_preempt(desk, ask, incident, unit)?;
                        plans.replaced.push(own.id.clone());
                        going.push((unit, true));
                    }
                    Availability::Committed | Availability::Reserved | Availability::Out => {
                        decided.taken.push(taken(unit));
                    }
                },
                // As it is, it is there already; but nobody plans anew with who cries for help.
                (Some(_), State::Planned) if unit.distress.is_some() && !begins(incident, &own.id, assign.start_ms) => {
                    decided.taken.push(taken(unit));
                }
                (Some(_), _) => plans.at_another_time(incident, &own.id, assign, &mut decided.already)?,
                (None, _) => decided.already.push(own.id.clone()),
            }
            continue;
        }
        match unit.availability() {
            // Whatever it was sent to before: who cries for help is sent nowhere, by nobody.
            _ if unit.distress.is_some() => decided.taken.push(taken(unit)),
            Availability::Free | Availability::Soft => going.push((unit, false)),
            _ if assign.start_ms.is_some() && unit.availability() != Availability::Out => going.push((unit, false)),
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
    let mut orgs: Vec<&String> = Vec::new();
    for org in &assign.orgs {
        match incident.open_assignments().find(|a| a.to == AssignedTo::Org(org.clone())) {
            Some(own) if assign.start_ms.is_some() => {
                plans.at_another_time(incident, &own.id, assign, &mut decided.already)?;
            }
            Some(own) if own.state == State::Planned => plans.begin(own.id.clone(), None),
            Some(own) => decided.already.push(own.id.clone()),
            None if orgs.contains(&org) => {}
            None => orgs.push(org),
        }
    }
    alternatives(desk, scene, incident, assign, &mut decided.taken);
    if going.is_empty() && orgs.is_empty() && plans.is_empty() {
        if decided.taken.is_empty() || !decided.already.is_empty() {
            return Ok(decided);
        }
        // Where nobody has any of them, nobody was faster.
        let out = decided.taken.first().and_then(|first| first.out);
        let all_out = decided.taken.iter().all(|taken| taken.out.is_some());
        return Err(out.filter(|_| all_out).map_or_else(|| Refusal::UnitTaken(decided.taken), Refusal::Rule));
    }
    let mut stale: Vec<_> = ahead(desk.seq(), incident, &ask.basis).into_iter().collect();
    let cares = if plans.moved.is_empty() { Cares::All } else { Cares::Plan };
    stale.extend(changed(incident, &ask.basis, &ask.actor, cares));
    // Who is planned and wanted now is sent like anybody else.
    let sent: Vec<(&UnitState, bool)> =
        going.iter().copied().chain(plans.sent.iter().map(|unit| (*unit, false))).collect();
    if let [(unit, false)] = sent.as_slice() {
        stale.extend(unit_changed(unit, &ask.basis, &ask.actor));
    }
    if !stale.is_empty() {
        return Err(Refusal::Stale(stale));
    }
    confirm(ask, scene, incident, &sent)?;
    let now_ms = ask.now_ms.max(desk.commit_ms());
    plans.carry_out(incident, now_ms, assign.start_ms, &mut decided);
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
        if assign.preempt {
            let why = "a plan takes nobody from other work: leave out `preempt`, or `start_at`";
            return Err(Refusal::Invalid("preempt", why.to_owned()));
        }
    }
    text("reason", assign.reason.as_deref().unwrap_or_default(), 500, !assign.preempt)
}

/// What becomes of plans that the incident has already.
#[derive(Default)]
struct Plans<'a> {
    /// They begin now.
    begun: Vec<String>,
    /// The units that are sent so.
    sent: Vec<&'a UnitState>,
    /// They end where the order that takes their unit from other work begins.
    replaced: Vec<String>,
    /// They begin at another time.
    moved: Vec<String>,
}

impl<'a> Plans<'a> {
    fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.replaced.is_empty() && self.moved.is_empty()
    }

    fn begin(&mut self, order: String, unit: Option<&'a UnitState>) {
        if !self.begun.contains(&order) {
            self.begun.push(order);
            self.sent.extend(unit);
        }
    }

    /// A plan moves to the other time. An order that has begun does not: of one alone that is said, among others it is
    /// one of those that are there already.
    fn at_another_time(
        &mut self,
        incident: &Incident,
        order: &str,
        assign: &Assign,
        already: &mut Vec<String>,
    ) -> Result<(), Refusal> {
        let Some(own) = incident.assignment(order) else { return Ok(()) };
        if own.state != State::Planned && assign.units.len() + assign.orgs.len() == 1 {
            return Err(Refusal::Rule(Rule::AsgBack));
        }
        let list =
            if own.state == State::Planned && own.start_ms != assign.start_ms { &mut self.moved } else { already };
        if !list.iter().any(|known| known == order) {
            list.push(order.to_owned());
        }
        Ok(())
    }

    fn carry_out(self, incident: &Incident, now_ms: i64, start_ms: Option<i64>, decided: &mut Decided) {
        let reached = |id: &String, state| reached(incident, id, state, (now_ms, Source::Desk), None);
        decided.events.extend(self.begun.iter().filter_map(|id| reached(id, State::Offered)));
        decided.events.extend(self.replaced.iter().filter_map(|id| reached(id, State::Recalled)));
        for (id, start_ms) in self.moved.iter().zip(start_ms.into_iter().cycle()) {
            let unit = incident.assignment(id).and_then(|own| own.to.unit()).map(str::to_owned);
            let event = AssignmentEvent::Replanned { start_ms };
            decided.events.push(Event::Assignment { incident: incident.id.clone(), id: id.clone(), unit, event });
        }
        decided.assigned.extend(self.begun.into_iter().chain(self.moved));
    }
}

/// Whether that order is planned for then.
fn begins(incident: &Incident, order: &str, start_ms: Option<i64>) -> bool {
    incident.assignment(order).is_some_and(|own| own.start_ms == start_ms)
}

fn taken(unit: &UnitState) -> Taken {
    // That it cries for help counts before what it was sent to.
    let bound = unit.binding().filter(|_| unit.distress.is_none());
    let distress = unit.distress.clone().unwrap_or_default();
    Taken {
        unit: unit.record.id.clone(),
        by: bound.map_or_else(String::new, |bound| bound.by.clone()),
        incident: bound.map_or(distress, |bound| bound.incident.clone()),
        since_ms: bound.map_or(0, |bound| bound.since_ms),
        out: match (unit.availability(), &unit.distress) {
            (_, Some(_)) => Some(Rule::UnitDistress),
            (Availability::Out, None) => Some(Rule::UnitOut),
            _ => None,
        },
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
    let numbered = (incident.assignments.len() + 1..).map(|n| format!("{}-a{n}", incident.id));
    let orders: Vec<(String, (AssignedTo, Option<&UnitState>))> = numbered.zip(units.chain(orgs)).collect();
    let mut from: Vec<(&str, &str)> = Vec::new();
    for (id, (_, unit)) in &orders {
        let preempts = unit.map(|unit| preempt(now_ms, unit, id, assign.reason.as_deref(), &mut decided.events));
        from.extend(preempts.into_iter().flatten());
    }
    // Several may be taken from one: it falls back once, when nobody is left.
    let others: BTreeSet<&str> = from.iter().map(|(other, _)| *other).collect();
    for other in others.into_iter().filter_map(|id| desk.incident(id)) {
        let without: Vec<&str> = from.iter().filter(|(of, _)| *of == other.id).map(|(_, id)| *id).collect();
        decided.events.extend(fall_back(other, &without, false));
    }
    for (id, (to, _)) in orders {
        let unit = to.unit().map(str::to_owned);
        let event = AssignmentEvent::Ordered { to, start_ms: assign.start_ms, plan_level: assign.plan_level };
        decided.events.push(Event::Assignment { incident: incident.id.clone(), id: id.clone(), unit, event });
        decided.assigned.push(id);
    }
}

/// Takes a unit from what it does; answers of which incidents, by which orders.
fn preempt<'a>(
    now_ms: i64,
    unit: &'a UnitState,
    next: &str,
    reason: Option<&str>,
    events: &mut Vec<Event>,
) -> Vec<(&'a str, &'a str)> {
    let mut from = Vec::new();
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
        from.push((bound.incident.as_str(), bound.id.as_str()));
    }
    from
}
