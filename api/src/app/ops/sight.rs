//! Who sees which incident, and how much of it.

use std::sync::Arc;

use dispatch::{AssignedTo, Incident, Location, LocationState};
use spatial::Position;

use crate::app::{App, Still, units};
use crate::auth::{Caller, Refusal, Role, policy};

/// How exact a caller sees incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentSight {
    /// Everything, in the own part of the city.
    Exact,
    /// What and roughly where; no words.
    Snapped,
    /// Those that the own unit is sent to.
    Own,
}

/// An incident in somebody's sight.
#[derive(Debug, Clone)]
pub struct IncidentView {
    /// It.
    pub incident: Arc<Incident>,
    /// How exact.
    pub sight: IncidentSight,
}

/// Side of the cells that guests see, degrees: about a kilometre.
const SNAP_DEG: f64 = 0.01;

impl IncidentSight {
    /// How exact the caller sees incidents; refused when not at all.
    pub fn of(caller: &Caller) -> Result<Self, Refusal> {
        if caller.is(policy::INCIDENT_EXACT) {
            Ok(Self::Exact)
        } else if caller.is(&[Role::Unit]) {
            Ok(Self::Own)
        } else if caller.is(policy::INCIDENT_SNAPPED) {
            Ok(Self::Snapped)
        } else {
            Err(Refusal::Role)
        }
    }
}

impl IncidentView {
    /// Where it is shown: exact, or the middle of a cell.
    pub fn position(&self) -> Option<Position> {
        let exact = self.incident.location.position?;
        if self.sight != IncidentSight::Snapped {
            return Some(exact);
        }
        snapped(exact)
    }
}

/// The middle of the cell that a place lies in: all that guests are told of it.
pub fn snapped(exact: Position) -> Option<Position> {
    let snap = |degrees: f64| ((degrees / SNAP_DEG).floor() + 0.5) * SNAP_DEG;
    Position::new(snap(exact.lon()), snap(exact.lat())).ok()
}

impl App {
    /// The incident as the caller sees it; `None` when it is out of sight.
    pub fn view(&self, caller: &Caller, incident: &Arc<Incident>, still: &Still) -> Option<IncidentView> {
        let sight = IncidentSight::of(caller).ok()?;
        let seen = match sight {
            IncidentSight::Own => {
                let own = caller.unit.as_deref()?;
                incident.distress.as_deref() == Some(own)
                    || incident.assignments.iter().any(|a| a.to.unit() == Some(own))
            }
            IncidentSight::Exact | IncidentSight::Snapped => self.in_scope(caller, incident, still),
        };
        seen.then(|| IncidentView { incident: Arc::clone(incident), sight })
    }

    /// In the own part of the city or within 2 km of it, not yet located by anybody, answered for by the caller, ordered to the
    /// organisation whose desk the caller is, or worked on by an own unit, or the distress of one.
    pub fn in_scope(&self, caller: &Caller, incident: &Incident, still: &Still) -> bool {
        if self.place_in_scope(caller, &incident.location, still) || incident.owner == caller.user {
            return true;
        }
        let its_desk = |to: &AssignedTo| matches!(to, AssignedTo::Org(org) if caller.org.as_ref() == Some(org));
        if incident.open_assignments().any(|order| its_desk(&order.to)) {
            return true;
        }
        let desk = self.ops.desk();
        let units = incident.open_assignments().filter_map(|a| a.to.unit());
        units.chain(incident.distress.as_deref()).any(|unit| {
            desk.unit(unit).is_some_and(|state| state.record.division.is_some_and(|d| caller.scope.holds(Some(d))))
        })
    }

    /// In the own part of the city or within 2 km of it, or not yet located by anybody.
    pub fn place_in_scope(&self, caller: &Caller, place: &Location, still: &Still) -> bool {
        if place.state == LocationState::None && place.division.is_none() {
            return true;
        }
        caller.scope.holds(place.division)
            || place.position.is_some_and(|point| units::near(point, &caller.scope, still))
    }
}
