//! A unit as the log keeps it.

use serde::{Deserialize, Serialize};
use spatial::codes::Division;

use crate::unit::{Contact, Duty, Size, Unit, UnitKind};

/// A unit as written in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: UnitKind,
    /// Call sign.
    pub call_sign: String,
    /// Organisation.
    pub org: String,
    /// Division.
    #[serde(default, with = "crate::stored::division", skip_serializing_if = "Option::is_none")]
    pub division: Option<Division>,
    /// Skills.
    pub skills: Vec<String>,
    /// Duty.
    pub duty: Duty,
    /// How it is reached.
    pub contact: Contact,
    /// Where it stands when nothing calls, WGS84.
    #[serde(default, with = "crate::stored::position", skip_serializing_if = "Option::is_none")]
    pub home: Option<spatial::Position>,
    /// How high and heavy its vehicle is.
    #[serde(default, skip_serializing_if = "Size::is_unknown")]
    pub size: Size,
}

impl From<Unit> for UnitRecord {
    fn from(unit: Unit) -> Self {
        let Unit { id, kind, call_sign, org, division, skills, duty, contact, home, size, epoch: _ } = unit;
        Self { id, kind, call_sign, org, division, skills, duty, contact, home, size }
    }
}

impl UnitRecord {
    /// The unit at that epoch.
    pub fn at_epoch(self, epoch: u64) -> Unit {
        let Self { id, kind, call_sign, org, division, skills, duty, contact, home, size } = self;
        Unit { id, kind, call_sign, org, division, skills, duty, contact, home, size, epoch }
    }
}
