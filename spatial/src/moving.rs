//! The moving index: where the duty units are now.
//!
//! Observations are never refused, only labelled: a late or doubtful fix is kept in the track but does not move a
//! unit. Slots are small numbers that the caller gives to units.

use crate::position::Position;

/// One report of a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Where.
    pub position: Position,
    /// When, by the device: milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Radius within which the true place lies with the device's own confidence, metres.
    pub accuracy_m: Option<f32>,
    /// Speed over ground, metres a second.
    pub speed_mps: Option<f32>,
    /// Direction of travel, degrees clockwise from north.
    pub heading_deg: Option<f32>,
}
