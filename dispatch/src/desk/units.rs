//! A unit as the log has made it: its record, its epoch, the orders that bind it.

use serde::{Deserialize, Serialize};

use crate::assignment::State;
use crate::roster::UnitRecord;
use crate::unit::{Availability, Duty};

/// Changes of availability that are kept: older screens than these reach back count as stale.
const KEPT: usize = 16;

/// An open order of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Its id.
    pub id: String,
    /// The incident.
    pub incident: String,
    /// Where it stands.
    pub state: State,
    /// Who ordered it.
    pub by: String,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
}

/// How bound a unit was from an event on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availabilities {
    /// The event.
    pub seq: u64,
    /// The epoch that it began.
    pub epoch: u64,
    /// How bound.
    pub availability: Availability,
    /// Who caused it.
    pub by: String,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitState {
    /// Its record.
    pub record: UnitRecord,
    /// Counts every event that can change its availability: what assignment is compared with.
    pub epoch: u64,
    /// Version of its stream in the log.
    pub stream_version: u64,
    /// Orders that are not over, first first.
    pub open: Vec<Bound>,
    /// The incident that is its own distress, while that is open: it is not sent anywhere, and does not go home.
    #[serde(default)]
    pub distress: Option<String>,
    /// Why it is out of service.
    pub reason: Option<String>,
    /// Until when it is out of service, milliseconds since 1970 UTC.
    pub until_ms: Option<i64>,
    /// When it came on duty, milliseconds since 1970 UTC: as somebody said, else when that was written; `None` while it
    /// is off.
    pub on_duty_ms: Option<i64>,
    /// When it last went off duty, milliseconds since 1970 UTC: no later shift reaches before that.
    #[serde(default)]
    pub off_duty_ms: Option<i64>,
    /// How bound it was, oldest first.
    pub was: Vec<Availabilities>,
}

impl UnitState {
    pub(super) fn new(record: UnitRecord) -> Self {
        Self {
            record,
            epoch: 0,
            stream_version: 0,
            open: Vec::new(),
            distress: None,
            reason: None,
            until_ms: None,
            on_duty_ms: None,
            off_duty_ms: None,
            was: Vec::new(),
        }
    }

    /// Notes when it came on and went off duty; being out of service for a while is no end of a shift.
    pub(super) fn clock(&mut self, before: Duty, said_ms: Option<i64>, commit_ms: i64) {
        if before != Duty::OffDuty && self.record.duty == Duty::OffDuty {
            self.off_duty_ms = Some(commit_ms);
        }
        self.on_duty_ms = match (before, self.record.duty) {
            (_, Duty::OffDuty) => None,
            (Duty::OffDuty, _) => said_ms.or(Some(commit_ms)),
            (Duty::OnDuty | Duty::OutOfService, _) => said_ms.or(self.on_duty_ms),
        };
    }

    /// How bound it is. A planned order binds it from its start on.
    pub fn availability(&self) -> Availability {
        if self.record.duty != Duty::OnDuty {
            return Availability::Out;
        }
        if self.open.iter().any(|bound| bound.state.is_committed()) {
            return Availability::Committed;
        }
        if self.open.iter().any(|bound| bound.state != State::Planned) {
            return Availability::Reserved;
        }
        if self.distress.is_some() {
            return Availability::Out;
        }
        Availability::Free
    }

    /// The order that binds it, if one does: the furthest one.
    pub fn binding(&self) -> Option<&Bound> {
        self.open.iter().filter(|bound| bound.state != State::Planned).max_by_key(|bound| bound.state.rank())
    }

    /// How bound it was at that epoch; `None` when that is too long ago to know.
    pub fn availability_at(&self, epoch: u64) -> Option<Availability> {
        self.was.iter().rev().find(|was| was.epoch <= epoch).map(|was| was.availability)
    }

    /// A change that may have touched how bound it is.
    pub(super) fn stepped(&mut self, seq: u64, by: &str) {
        self.epoch += 1;
        let availability = self.availability();
        self.was.push(Availabilities { seq, epoch: self.epoch, availability, by: by.to_owned() });
        if self.was.len() > KEPT {
            self.was.remove(0);
        }
    }
}
