//! Incidents that came as history: imported or long closed. Figures, heat and flags read them; nobody commands them.

use spatial::Position;
use spatial::codes::Division;

use crate::incident::{IncidentKind, IncidentSource, Priority};

/// The moments of an incident, milliseconds since 1970 UTC. What was not recorded stays empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Milestones {
    /// First unit sent.
    pub assigned_ms: Option<i64>,
    /// First unit accepted.
    pub accepted_ms: Option<i64>,
    /// First unit at the scene.
    pub arrived_ms: Option<i64>,
    /// Closed.
    pub closed_ms: Option<i64>,
}

/// An incident of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoricIncident {
    /// Who says so.
    pub source_system: String,
    /// Its number there.
    pub number: String,
    /// Kind.
    pub kind: IncidentKind,
    /// Who or what reported it.
    pub source: IncidentSource,
    /// Priority.
    pub priority: Priority,
    /// Where; absent when it was never located (it still counts).
    pub position: Option<Position>,
    /// The division that it lies in.
    pub division: Option<Division>,
    /// When it was reported, milliseconds since 1970 UTC.
    pub reported_ms: i64,
    /// What followed.
    pub milestones: Milestones,
}
