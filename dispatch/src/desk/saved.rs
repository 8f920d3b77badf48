//! A desk written down: lists; what follows from them is made again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Desk, UnitState};
use crate::closure::{Drawn, KnownCondition};
use crate::incident::Incident;
use crate::recommend::Plans;
use crate::timers::Policy;
use crate::wall::KnownWall;
use crate::zone::ZoneState;

/// What a snapshot holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    seq: u64,
    commit_ms: i64,
    incidents: Vec<Arc<Incident>>,
    units: Vec<Arc<UnitState>>,
    numbered: (String, u32),
    closures: Vec<Arc<Drawn>>,
    closures_drawn: u64,
    closures_seq: u64,
    conditions: Vec<Arc<KnownCondition>>,
    zones: Vec<Arc<ZoneState>>,
    zones_drawn: u64,
    /// Left out by a desk that was written down before there were walls.
    #[serde(default)]
    walls: Vec<Arc<KnownWall>>,
    policy: Arc<Policy>,
    policy_version: u64,
    /// Left out by a desk that was written down before a city could set its own.
    #[serde(default)]
    plans: Arc<Plans>,
    #[serde(default)]
    plans_version: u64,
}

impl From<Desk> for Saved {
    fn from(desk: Desk) -> Self {
        Self {
            seq: desk.seq,
            commit_ms: desk.commit_ms,
            incidents: desk.incidents.values().cloned().collect(),
            units: desk.units.values().cloned().collect(),
            numbered: desk.numbered,
            closures: desk.closures.values().cloned().collect(),
            closures_drawn: desk.closures_drawn,
            closures_seq: desk.closures_seq,
            conditions: desk.conditions.values().cloned().collect(),
            zones: desk.zones.values().cloned().collect(),
            zones_drawn: desk.zones_drawn,
            walls: desk.walls.values().cloned().collect(),
            policy: desk.policy,
            policy_version: desk.policy_version,
            plans: desk.plans,
            plans_version: desk.plans_version,
        }
    }
}

impl From<Saved> for Desk {
    fn from(saved: Saved) -> Self {
        let mut desk = Self { seq: saved.seq, commit_ms: saved.commit_ms, ..Self::default() };
        for incident in saved.incidents {
            let id = incident.id.clone();
            if let Some(reference) = &incident.source_ref {
                desk.refs.insert_mut(reference.clone(), id.clone());
            }
            if let Some(ended_ms) = incident.times.ended {
                desk.ended.insert_mut((ended_ms, id.clone()), ());
            }
            desk.incidents.insert_mut(id, incident);
        }
        for unit in saved.units {
            desk.units.insert_mut(unit.record.id.clone(), unit);
        }
        for drawn in saved.closures {
            desk.closures.insert_mut(drawn.closure.id.clone(), drawn);
        }
        for said in saved.conditions {
            desk.conditions.insert_mut(said.condition.key(), said);
        }
        for state in saved.zones {
            desk.zones.insert_mut(state.zone.id.clone(), state);
        }
        for known in saved.walls {
            desk.walls.insert_mut(known.on.wall, known);
        }
        Self {
            numbered: saved.numbered,
            closures_drawn: saved.closures_drawn,
            closures_seq: saved.closures_seq,
            zones_drawn: saved.zones_drawn,
            policy: saved.policy,
            policy_version: saved.policy_version,
            plans: saved.plans,
            plans_version: saved.plans_version,
            ..desk
        }
    }
}
