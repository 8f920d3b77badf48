//! Positions: where units were, as they said so. Appended in batches; a crash of the machine may lose the last second.

use std::borrow::Cow;

use async_trait::async_trait;
use spatial::moving::Fix;
use tokio::sync::mpsc;

use crate::Error;

/// One report of a position as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Id of the unit.
    pub unit: String,
    /// What it said.
    pub fix: Fix,
    /// What the moving index made of it, one word or several joined by commas; empty when nothing is special.
    /// `late`, `duplicate`, `future`, `speed`, `accuracy`, `zero`, `offset` and `implausible` (in any case of letters) keep
    /// it out of [`Positions::latest`].
    pub label: Cow<'static, str>,
    /// When it reached the server, milliseconds since 1970 UTC.
    pub recv_ms: i64,
    /// The sender's own id of the report.
    pub obs: Option<String>,
}

impl Observation {
    /// Whether it says where the unit is (and not only where it was, or might be).
    pub fn moves_the_unit(&self) -> bool {
        let doubtful = ["late", "duplicate", "future", "speed", "accuracy", "zero", "offset", "implausible"];
        let mut words = self.label.split(',').map(str::trim);
        !words.any(|word| doubtful.iter().any(|label| word.eq_ignore_ascii_case(label)))
    }
}

/// What a server tells the others of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Which unit.
    pub unit: String,
    /// Where it is now, if it has moved; its time is put right.
    pub fix: Option<Fix>,
    /// When its device made that report by its own clock, and when it came, milliseconds since 1970 UTC: who hears of it
    /// learns as much of the clock as who took it.
    pub made_ms: Option<(i64, i64)>,
    /// The numbers that its device gave the reports that were taken, as 64-bit hashes, oldest first.
    pub numbers: Vec<u64>,
}

/// What is heard of other servers.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// Units are there now, and these reports were taken.
    Told(Vec<Told>),
    /// Something may have been missed: [`Positions::latest`] says where units are.
    Missed,
}

/// Where units were and are.
#[async_trait]
pub trait Positions: Send + Sync {
    /// Appends all of them in one transaction.
    async fn append(&self, observations: &[Observation]) -> Result<(), Error>;

    /// The newest fix of each unit that moves it, by unit id.
    async fn latest(&self) -> Result<Vec<(String, Fix)>, Error>;

    /// What a unit reported with a time in `from_ms..to_ms`, oldest first, at most `limit`, doubtful ones included.
    async fn track(&self, unit: &str, from_ms: i64, to_ms: i64, limit: u32) -> Result<Vec<Observation>, Error>;

    /// Tells other servers on the same store where units are now and which reports were taken, at once: it is neither kept
    /// nor promised. In a folder there is no other server, and nothing happens.
    async fn tell(&self, told: &[Told]) -> Result<(), Error>;

    /// What other servers tell from now on; `None` in a folder. It ends when the store is closed.
    async fn heard(&self) -> Result<Option<mpsc::Receiver<Heard>>, Error>;

    /// Forgets what was received before `before_ms`, and how many reports that were. Counted by the server's clock: a
    /// device whose clock stands wrong can neither keep its track for ever nor lose it at once.
    async fn prune(&self, before_ms: i64) -> Result<u64, Error>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use spatial::Position;

    #[test]
    fn labels_decide_whether_a_unit_moves() {
        let observation = |label: &'static str| Observation {
            unit: "u".to_owned(),
            fix: Fix {
                position: Position::new(120.0, 28.0).unwrap(),
                at_ms: 0,
                accuracy_m: None,
                speed_mps: None,
                heading_deg: None,
            },
            label: label.into(),
            recv_ms: 0,
            obs: None,
        };
        for moves in ["", "MOVED", "latest"] {
            assert!(observation(moves).moves_the_unit(), "{moves}");
        }
        for stays in
            ["late", "LATE", "noted, Implausible", "FUTURE", "DUPLICATE", "SPEED", "ACCURACY", "ZERO", "OFFSET"]
        {
            assert!(!observation(stays).moves_the_unit(), "{stays}");
        }
    }
}
