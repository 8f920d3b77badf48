//! An incident as the log has made it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{IncidentKind, IncidentSource, Location, LocationState, Origin, PlaceRole, Priority};
use crate::assignment::{Assignment, Source, State};
use crate::recording::Recording;
use crate::timers::{Reminder, Timer};
use crate::words::words;

words! {
    /// Where an incident stands. What is not explicit is derived from its assignments.
    Phase {
        /// 待派: nobody is on it.
        Pending = "pending",
        /// 缓派: put off until a named time.
        Held = "held",
        /// 已派: ordered, not yet accepted.
        Assigned = "assigned",
        /// 处警中: accepted or under way.
        Responding = "responding",
        /// 到场处置: somebody is there.
        OnScene = "on_scene",
        /// 待反馈: everybody left, no feedback yet.
        AwaitingFeedback = "awaiting_feedback",
        /// 待审核: feedback is filed, not yet reviewed.
        AwaitingReview = "awaiting_review",
        /// 转办: another body has it.
        Referred = "referred",
        /// 办结.
        Closed = "closed",
        /// 并案.
        Merged = "merged",
        /// 撤警.
        Cancelled = "cancelled",
    }
}

impl Phase {
    /// Whether nothing more is expected of anybody.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::Merged | Self::Cancelled)
    }
}

/// The explicit part of an incident's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Stage {
    /// Open: the phase follows from the assignments.
    Open,
    /// Put off.
    Held {
        /// Why.
        reason: String,
        /// When it comes back by itself, milliseconds since 1970 UTC.
        review_at_ms: i64,
    },
    /// Given to another body.
    Referred {
        /// To whom.
        to: String,
    },
    /// Feedback waits for a reviewer.
    AwaitingReview,
    /// Ended.
    Closed {
        /// With what result.
        disposition: String,
    },
    /// Part of another incident.
    Merged {
        /// Which.
        into: String,
    },
    /// It was nothing.
    Cancelled {
        /// Why.
        reason: String,
    },
}

/// Number of an incident in the system that it came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceRef {
    /// Which system.
    pub system: String,
    /// Its number there.
    pub number: String,
}

/// Somebody who called. The number itself is sealed beside the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Counted from 1 within the incident.
    pub n: u32,
    /// Event that carries the sealed number.
    pub seq: u64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Last digits that may be shown: `•••• 4711`.
    pub masked: Option<String>,
}

/// What those who were there wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// In words.
    pub text: String,
    /// Result they propose.
    pub disposition: String,
    /// Who wrote it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// A change that another person's click must not overlook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// Event that made it.
    pub seq: u64,
    /// Version of the incident after it.
    pub version: u64,
    /// Who.
    pub by: String,
    /// `priority`, `phase` or `location`.
    pub field: String,
    /// Before.
    pub old: serde_json::Value,
    /// After.
    pub new: serde_json::Value,
}

/// The moments of an incident, milliseconds since 1970 UTC; those of its units stand on the assignments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Claimed to have happened.
    pub occurred: Option<i64>,
    /// Reported to us.
    pub reported: Option<i64>,
    /// Located for the first time.
    pub located: Option<i64>,
    /// First order.
    pub offered: Option<i64>,
    /// First acceptance.
    pub accepted: Option<i64>,
    /// First unit under way.
    pub departed: Option<i64>,
    /// First unit at the scene.
    pub arrived: Option<i64>,
    /// Last unit left.
    pub cleared: Option<i64>,
    /// Feedback filed.
    pub feedback: Option<i64>,
    /// Reviewed.
    pub reviewed: Option<i64>,
    /// Closed, cancelled or merged.
    pub ended: Option<i64>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id, speakable: `20261122-0007`.
    pub id: String,
    /// Counts the events that touch it.
    pub version: u64,
    /// Version of its own stream in the log.
    pub stream_version: u64,
    /// The last event that touched it.
    pub seq: u64,
    /// Kind.
    pub kind: IncidentKind,
    /// Priority.
    pub priority: Priority,
    /// The most urgent that it ever was: what was once urgent is not reviewed by who wrote its feedback.
    pub most_urgent: Priority,
    /// How it came in.
    pub source: IncidentSource,
    /// Its number elsewhere.
    pub source_ref: Option<SourceRef>,
    /// What the other system said last, so that saying it again undoes nothing that our people found out.
    pub stated: Option<Stated>,
    /// What it said after the end: noted and told to somebody, but not applied.
    #[serde(default)]
    pub unheeded: Option<Unheeded>,
    /// What was said.
    pub text: String,
    /// Where.
    pub location: Location,
    /// Further places.
    pub places: BTreeMap<PlaceRole, Location>,
    /// Who called.
    pub callers: Vec<Caller>,
    /// The unit whose distress this is.
    pub distress: Option<String>,
    /// The explicit state.
    pub stage: Stage,
    /// Orders, first first.
    pub assignments: Vec<Assignment>,
    /// What was reported back.
    pub feedback: Option<Feedback>,
    /// Who answers for it.
    pub owner: String,
    /// What must happen by when.
    pub timers: Vec<Timer>,
    /// What somebody wants to be reminded of.
    pub reminders: Vec<Reminder>,
    /// Counts timers ever armed.
    pub timers_armed: u32,
    /// When it last became pending, milliseconds since 1970 UTC.
    pub pending_since_ms: i64,
    /// When the stage last changed, milliseconds since 1970 UTC.
    pub stage_since_ms: i64,
    /// When it was last reopened, milliseconds since 1970 UTC: who had been there before does not count any more.
    pub reopened_ms: Option<i64>,
    /// Units that were last proposed by the house itself, best first.
    pub proposed: Vec<String>,
    /// Recordings that are looked through, by the camera's id.
    #[serde(default)]
    pub recordings: BTreeMap<String, Recording>,
    /// Its moments.
    pub times: Times,
    /// The last material changes, oldest first.
    pub material: Vec<Material>,
}

/// What another call system says of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    /// Kind.
    pub kind: IncidentKind,
    /// Priority.
    pub priority: Priority,
    /// Where.
    pub location: Location,
    /// In words.
    pub text: String,
}

/// What another call system says of an incident that has ended. It is no last word: when the incident is reopened, saying it
/// again counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unheeded {
    /// All that it said last.
    pub stated: Stated,
    /// What may be shown of the numbers of callers who are not among the incident's.
    pub callers: Vec<Option<String>>,
}

impl Incident {
    /// Material changes that are kept: older bases than these reach back are judged by what is left.
    pub const MOST_MATERIAL: usize = 64;

    /// Where it stands: the first of these that holds.
    pub fn phase(&self) -> Phase {
        let any = |states: &[State]| self.assignments.iter().any(|a| states.contains(&a.state));
        match &self.stage {
            Stage::Closed { .. } => return Phase::Closed,
            Stage::Merged { .. } => return Phase::Merged,
            Stage::Cancelled { .. } => return Phase::Cancelled,
            Stage::Open | Stage::Held { .. } | Stage::Referred { .. } | Stage::AwaitingReview => {}
        }
        if any(&[State::Arrived]) {
            return Phase::OnScene;
        }
        if any(&[State::Accepted, State::EnRoute]) {
            return Phase::Responding;
        }
        if any(&[State::Offered, State::Delivered]) {
            return Phase::Assigned;
        }
        match &self.stage {
            Stage::Held { .. } => return Phase::Held,
            Stage::Referred { .. } => return Phase::Referred,
            Stage::Open
            | Stage::AwaitingReview
            | Stage::Closed { .. }
            | Stage::Merged { .. }
            | Stage::Cancelled { .. } => {}
        }
        // Whatever was written: where nobody was until it was done, somebody is to be sent.
        if !self.arrived_since_reopening() {
            Phase::Pending
        } else if self.feedback.is_none() {
            Phase::AwaitingFeedback
        } else {
            Phase::AwaitingReview
        }
    }

    /// How it came to be known.
    pub fn origin(&self) -> Origin {
        self.source.origin()
    }

    /// Whether somebody is there, or was until it was done, since it was last reopened.
    pub(crate) fn arrived_since_reopening(&self) -> bool {
        self.served_without(&[])
    }

    /// The same, leaving out these orders.
    pub(crate) fn served_without(&self, orders: &[&str]) -> bool {
        let since = self.reopened_ms.unwrap_or(i64::MIN);
        let counts = |a: &&Assignment| a.since_ms >= since && !orders.contains(&a.id.as_str());
        self.assignments.iter().filter(counts).any(Assignment::was_there)
    }

    /// Whether somebody who was to come since it was last reopened fell away: who was ordered, or whose plan could not be
    /// carried out when its time had come.
    pub(crate) fn was_let_down(&self) -> bool {
        let since = self.reopened_ms.unwrap_or(i64::MIN);
        let left = |a: &&Assignment| !a.state.is_open() && a.state != State::Cleared && a.since_ms >= since;
        self.assignments.iter().filter(left).any(|a| a.times.offered.is_some() || a.src == Source::Timer)
    }

    /// Whether somebody was there once.
    pub fn anybody_arrived(&self) -> bool {
        self.assignments.iter().any(|a| a.times.arrived.is_some())
    }

    /// Whether somebody took an order once: from then on closing needs their word.
    pub fn anybody_went(&self) -> bool {
        self.assignments.iter().any(|a| a.times.accepted.or(a.times.departed).or(a.times.arrived).is_some())
    }

    /// Orders that are not over.
    pub fn open_assignments(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|a| a.state.is_open())
    }

    /// The order of that id.
    pub fn assignment(&self, id: &str) -> Option<&Assignment> {
        self.assignments.iter().find(|a| a.id == id)
    }

    /// Whether it waits at the top of the queue for somebody to find out where it is.
    pub fn is_unlocated(&self) -> bool {
        self.location.state == LocationState::None && !self.phase().is_terminal()
    }
}
