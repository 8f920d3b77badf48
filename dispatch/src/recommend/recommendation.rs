//! What is proposed for an incident, with everything that it rests on.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::blocked::Blocked;
use super::candidate::Candidate;
use super::leaves::{Cover, Leaves, MoveUp};
use super::reason::Reason;
use super::service::Service;
use super::shortfall::Shortfall;
use crate::incident::{IncidentKind, Priority};
use crate::unit::UnitKind;

/// A unit that has an order of the incident already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Which.
    pub unit: String,
    /// Its kind.
    pub kind: UnitKind,
    /// Its skills.
    pub skills: Vec<String>,
}

/// For what units are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which incident.
    pub incident: String,
    /// When, milliseconds since 1970 UTC: all ages are reckoned from here.
    pub at_ms: i64,
    /// Kind of incident.
    pub kind: IncidentKind,
    /// Its priority.
    pub priority: Priority,
    /// Up to which alarm level, from 1.
    pub level: u8,
    /// Who has an order of it.
    pub sent: Vec<Sent>,
}

/// How a need of the plan stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedState {
    /// Alarm level.
    pub level: u8,
    /// Its word.
    pub need: String,
    /// How many it asks for.
    pub asked: u8,
    /// How many of those that were sent fill it.
    pub sent: u8,
    /// How many of those proposed fill it.
    pub picked: u8,
}

/// What a unit is proposed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// Alarm level.
    pub level: u8,
    /// Word of the need.
    pub need: String,
}

/// A unit in a recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its place among those that can be sent, from 1; `None` when something stands in its way.
    pub rank: Option<u32>,
    /// What it is proposed for.
    pub pick: Option<Pick>,
    /// Latest arrival with all circumstances, seconds.
    pub counts_s: Option<u32>,
    /// What stands in its way; empty when it can be sent.
    pub blocked: Vec<Blocked>,
    /// Why it stands here.
    pub reasons: Vec<Reason>,
    /// What sending it would leave uncovered, where that was reckoned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<Leaves>,
    /// The unit as it stood.
    pub candidate: Candidate,
}

/// A recommendation. It holds its inputs: the same again gives the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// For what.
    pub asked: Asked,
    /// Version of the plans.
    pub plans_version: u32,
    /// The first unit should be there within so many seconds; `None` without a plan.
    pub target_s: Option<u32>,
    /// How each need stands, first level first.
    pub needs: Vec<NeedState>,
    /// Units: first those proposed, then others that could be sent, best first, then those that cannot.
    pub rows: Vec<Row>,
    /// Needs that stay open.
    pub shortfall: Vec<Shortfall>,
    /// What sending all that are proposed would leave uncovered, service by service, where that was reckoned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<Leaves>,
    /// The best move of a free unit for each service that they leave a gap in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub move_ups: Vec<MoveUp>,
}

impl Recommendation {
    /// The rows that are proposed.
    pub fn picks(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.pick.is_some())
    }

    /// Those proposed that are of a service.
    pub fn picks_of(&self, service: Service) -> Vec<&str> {
        let own = self.picks().filter(|row| Service::of(row.candidate.kind) == Some(service));
        own.map(|row| row.candidate.unit.as_str()).collect()
    }

    /// Adds what sending would leave uncovered of one service: for all of it that are proposed together, and for each of
    /// the first `most` units of it that could be sent by itself. `cover` counts the units that are free; others leave
    /// nothing. `name` puts names in the stead of points.
    #[must_use]
    pub fn with_leaves(mut self, cover: &Cover<'_>, most: usize, name: impl Fn(Leaves) -> Leaves) -> Self {
        let picks = self.picks_of(cover.service());
        if !picks.is_empty() {
            let leaves = name(cover.leaves(&picks));
            self.leaves.push(leaves);
        }
        let own = |row: &&mut Row| row.rank.is_some() && Service::of(row.candidate.kind) == Some(cover.service());
        for row in self.rows.iter_mut().filter(own).take(most) {
            row.leaves = Some(name(cover.leaves(&[&row.candidate.unit])));
        }
        self
    }

    /// SHA-256 of it as JSON, in hexadecimal: what a decision names as its basis.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        let bytes = Sha256::digest(serde_json::to_vec(self)?);
        let mut hex = String::with_capacity(64);
        for byte in bytes {
            let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
            hex.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        Ok(hex)
    }
}
