//! A desk written down: lists; what follows from them is made again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Desk, UnitState};
use crate::incident::Incident;
use crate::timers::Policy;

/// What a snapshot holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    seq: u64,
    commit_ms: i64,
    incidents: Vec<Arc<Incident>>,
    units: Vec<Arc<UnitState>>,
    numbered: (String, u32),
    policy: Arc<Policy>,
    policy_version: u64,
}

impl From<Desk> for Saved {
    fn from(desk: Desk) -> Self {
        Self {
            seq: desk.seq,
            commit_ms: desk.commit_ms,
            incidents: desk.incidents.values().cloned().collect(),
            units: desk.units.values().cloned().collect(),
            numbered: desk.numbered,
            policy: desk.policy,
            policy_version: desk.policy_version,
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
        Self { numbered: saved.numbered, policy: saved.policy, policy_version: saved.policy_version, ..desk }
    }
}
