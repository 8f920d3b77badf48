//! Units and incident as a recommendation takes them.

use std::collections::BTreeMap;

use dispatch::recommend::{Asked, Candidate, SeenAt, Sent, SpeedModel, Unreachable, Way};
use dispatch::{Desk, Incident};

use super::UnitsAsked;
use super::gather::{Seen, relation};
use super::travel::Leg;
use crate::app::UnitView;

/// Workload is counted over so many hours.
const HOURS: i64 = 8;

pub(super) fn asked_of(incident: &Incident, desk: &Desk, asked: &UnitsAsked, now_ms: i64) -> Asked {
    let sent = incident.open_assignments().filter_map(|assignment| {
        let record = &desk.unit(assignment.to.unit()?)?.record;
        Some(Sent { unit: record.id.clone(), kind: record.kind, skills: record.skills.clone() })
    });
    Asked {
        incident: incident.id.clone(),
        at_ms: now_ms,
        kind: incident.kind,
        priority: incident.priority,
        level: asked.level,
        sent: sent.collect(),
    }
}

/// Orders of each unit in the last hours.
pub(super) fn orders(desk: &Desk, now_ms: i64) -> BTreeMap<String, u32> {
    let mut orders = BTreeMap::new();
    for assignment in desk.incidents().flat_map(|incident| &incident.assignments) {
        let recent = assignment.times.offered.is_some_and(|offered| now_ms - offered <= HOURS * 3_600_000);
        if let Some(unit) = assignment.to.unit().filter(|_| recent) {
            *orders.entry(unit.to_owned()).or_default() += 1;
        }
    }
    orders
}

pub(super) fn candidate(
    (seen, leg): (&Seen, &Leg),
    incident: &Incident,
    desk: &Desk,
    orders: &BTreeMap<String, u32>,
    model: &SpeedModel,
    now_ms: i64,
) -> Candidate {
    let fix = seen.view.fix.as_ref();
    let age_s = fix.map(|fix| u32::try_from((now_ms - fix.at_ms).max(0) / 1_000).unwrap_or(u32::MAX));
    let accuracy_m = fix.and_then(|fix| fix.accuracy_m).map(f64::from);
    Candidate {
        relation: seen.relation(incident),
        seen: SeenAt { position: Some(seen.position), age_s, accuracy_m },
        way: leg.way(seen, age_s, model),
        ..nowhere(&seen.view, incident, desk, orders)
    }
}

/// One of which nobody knows where it is: it cannot be sent, and that is said.
pub(super) fn nowhere(view: &UnitView, incident: &Incident, desk: &Desk, orders: &BTreeMap<String, u32>) -> Candidate {
    let unit = &view.unit;
    let bound = desk.unit(&unit.id).and_then(|state| state.open.first());
    Candidate {
        unit: unit.id.clone(),
        unit_epoch: unit.epoch,
        call_sign: unit.call_sign.clone(),
        kind: unit.kind,
        skills: unit.skills.clone(),
        org: unit.org.clone(),
        availability: view.availability,
        bound_to: bound.map(|bound| bound.incident.clone()),
        relation: relation(view, incident),
        link: view.link,
        seen: SeenAt { position: None, age_s: None, accuracy_m: None },
        way: Way::Not(Unreachable::UnitOffRoad),
        orders: orders.get(&unit.id).copied().unwrap_or_default(),
    }
}
