//! The desk: everything that operations are about, at one place in the log.
//!
//! A persistent value: a copy costs nothing, so that a decision can be tried, shown to readers, or thrown away. It is
//! made by [`Desk::evolve`] from events alone, which cannot fail; [`Desk::decide`] says which events a command makes.

mod confirm;
mod decide;
mod evolve;
mod ground;
mod saved;
mod stale;
mod units;

use std::sync::Arc;

use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};

use crate::closure::{Drawn, KnownCondition};
use crate::incident::{Incident, SourceRef};
use crate::recommend::Plans;
use crate::timers::{Policy, Timer, TimerState};
use crate::wall::KnownWall;
use crate::zone::ZoneState;

pub use confirm::Key;
pub use decide::{Decided, Scene};
pub use units::{Availabilities, UnitState};

/// Everything at one place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "saved::Saved", into = "saved::Saved")]
pub struct Desk {
    seq: u64,
    commit_ms: i64,
    incidents: RedBlackTreeMapSync<String, Arc<Incident>>,
    refs: RedBlackTreeMapSync<SourceRef, String>,
    units: RedBlackTreeMapSync<String, Arc<UnitState>>,
    /// Ended incidents by the moment of their end: they are forgotten when they can no longer be reopened.
    ended: RedBlackTreeMapSync<(i64, String), ()>,
    /// The day of the newest incident number and how many it has had.
    numbered: (String, u32),
    closures: RedBlackTreeMapSync<String, Arc<Drawn>>,
    closures_drawn: u64,
    /// The seq of the last event about a closure.
    closures_seq: u64,
    conditions: RedBlackTreeMapSync<String, Arc<KnownCondition>>,
    /// Zones of open incidents.
    zones: RedBlackTreeMapSync<String, Arc<ZoneState>>,
    zones_drawn: u64,
    /// The newest word on each wall; at most [`crate::OnWall::WALLS`].
    walls: RedBlackTreeMapSync<u8, Arc<KnownWall>>,
    policy: Arc<Policy>,
    policy_version: u64,
    plans: Arc<Plans>,
    plans_version: u64,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            seq: 0,
            commit_ms: 0,
            incidents: RedBlackTreeMapSync::new_sync(),
            refs: RedBlackTreeMapSync::new_sync(),
            units: RedBlackTreeMapSync::new_sync(),
            ended: RedBlackTreeMapSync::new_sync(),
            numbered: (String::new(), 0),
            closures: RedBlackTreeMapSync::new_sync(),
            closures_drawn: 0,
            closures_seq: 0,
            conditions: RedBlackTreeMapSync::new_sync(),
            zones: RedBlackTreeMapSync::new_sync(),
            zones_drawn: 0,
            walls: RedBlackTreeMapSync::new_sync(),
            policy: Arc::new(Policy::default()),
            policy_version: 0,
            plans: Arc::new(Plans::default()),
            plans_version: 0,
        }
    }
}

impl Desk {
    /// The last event that it holds.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When that was committed, milliseconds since 1970 UTC.
    pub fn commit_ms(&self) -> i64 {
        self.commit_ms
    }

    /// The incident of that id; ended ones stay for as long as they may be reopened.
    pub fn incident(&self, id: &str) -> Option<&Arc<Incident>> {
        self.incidents.get(id)
    }

    /// All incidents that it holds, by id.
    pub fn incidents(&self) -> impl Iterator<Item = &Arc<Incident>> {
        self.incidents.values()
    }

    /// The incident that another system knows by that number.
    pub fn by_ref(&self, reference: &SourceRef) -> Option<&Arc<Incident>> {
        self.incidents.get(self.refs.get(reference)?)
    }

    /// The incident that an order belongs to: an order's id is the incident's, `-a` and a number.
    pub fn of_assignment(&self, id: &str) -> Option<&Arc<Incident>> {
        let incident = self.incidents.get(id.rsplit_once("-a")?.0)?;
        incident.assignment(id).is_some().then_some(incident)
    }

    /// The incident that a timer belongs to, and the timer.
    pub fn timer(&self, id: &str) -> Option<(&Arc<Incident>, &Timer)> {
        let incident = self.incidents.get(id.rsplit_once("-t")?.0)?;
        Some((incident, incident.timers.iter().find(|timer| timer.id == id)?))
    }

    /// Timers that run.
    pub fn armed(&self) -> impl Iterator<Item = (&Arc<Incident>, &Timer)> {
        let running = |t: &&Timer| t.state == TimerState::Armed;
        self.incidents.values().flat_map(move |i| i.timers.iter().filter(running).map(move |t| (i, t)))
    }

    /// The unit of that id.
    pub fn unit(&self, id: &str) -> Option<&Arc<UnitState>> {
        self.units.get(id)
    }

    /// All units, by id.
    pub fn units(&self) -> impl Iterator<Item = &Arc<UnitState>> {
        self.units.values()
    }

    /// How many events a stream has had, as far as the desk remembers it: what an append is compared with.
    pub fn version_of(&self, stream: &str) -> u64 {
        match stream.split_once(':') {
            Some(("incident", id)) => self.incident(id).map_or(0, |incident| incident.stream_version),
            Some(("unit", id)) => self.unit(id).map_or(0, |unit| unit.stream_version),
            Some(("closure", id)) => self.closure(id).map_or(0, |drawn| drawn.stream_version),
            Some(("condition", key)) => self.condition(key).map_or(0, |said| said.stream_version),
            Some(("zone", id)) => self.zone(id).map_or(0, |state| state.stream_version),
            Some(("wall", wall)) => {
                wall.parse().ok().and_then(|n| self.wall(n)).map_or(0, |known| known.stream_version)
            }
            Some(("policy", "plans")) => self.plans_version,
            Some(("policy", _)) => self.policy_version,
            _ => 0,
        }
    }

    /// The times that hold.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The response plans that hold.
    pub fn plans(&self) -> &Arc<Plans> {
        &self.plans
    }
}
