//! What was read: rows, rejected rows with reasons, and the sum of both.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use spatial::Feature;

use crate::problem::Problem;

/// Whether the caller wants more rows: `Flow::Continue(())` or `Flow::Break(())`.
pub type Flow = ControlFlow<()>;

/// Most rejected rows that a report keeps one by one; beyond that they are only counted by reason.
pub const MOST_REJECTED: usize = 1000;
/// Most different reasons that a report counts apart; further ones are counted together.
const MOST_REASONS: usize = 200;
/// Most notes that a report keeps.
const MOST_NOTES: usize = 100;

/// A row that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line of the file where the row begins, from 1; absent for formats without lines.
    pub line: Option<u64>,
    /// Its id in the source, as far as it could be read.
    pub id: Option<String>,
    /// What is wrong with it, in words.
    pub reason: String,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every row is good; a box would cost each of them an allocation")]
pub enum Row {
    /// It passed every check.
    Good(Feature),
    /// It did not.
    Bad(Rejected),
}

/// The sum of a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows seen: accepted and rejected.
    pub read: u64,
    /// Rows handed on as good.
    pub accepted: u64,
    /// Rows refused.
    pub rejected: u64,
    /// How many rows were refused for which reason, so that one bad column is one line here.
    pub by_reason: BTreeMap<String, u64>,
    /// The first [`MOST_REJECTED`] refused rows.
    pub rejects: Vec<Rejected>,
    /// The file ends in the middle of a row; what came before it was read.
    pub truncated: bool,
    /// The caller asked to stop before the end.
    pub stopped: bool,
    /// What else a person should know about the file.
    pub notes: Vec<String>,
}

/// Why nothing (or nothing more) could be read.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The bytes could not be had.
    #[error("read the bytes: {0}")]
    Io(#[from] std::io::Error),
    /// There are no bytes, or only white space.
    #[error("read the file: it is empty")]
    Empty,
    /// The text is in another encoding, or broken. Rows before it have been handed on.
    #[error("read the file as UTF-8: byte {offset} does not fit (is it GB18030 or UTF-16? convert it first)")]
    NotUtf8 {
        /// Where, counted from 0.
        offset: u64,
    },
    /// It is not the format it should be.
    #[error("read the file as {format}: {what}")]
    NotThatFormat {
        /// `GeoJSON`, `OpenStreetMap PBF`…
        format: &'static str,
        /// What was found.
        what: String,
    },
}

impl Report {
    /// Counts a good row.
    pub(crate) fn accept(&mut self) {
        self.read += 1;
        self.accepted += 1;
    }

    /// Counts a refused row and makes it: `group` of the problem is what it is counted under.
    pub(crate) fn reject(&mut self, line: Option<u64>, id: Option<String>, problem: Problem) -> Rejected {
        let Problem { reason, group } = problem;
        let rejected = Rejected { line, id, reason };
        self.read += 1;
        self.rejected += 1;
        let known = self.by_reason.contains_key(&group) || self.by_reason.len() < MOST_REASONS;
        *self.by_reason.entry(if known { group } else { "other reasons".to_owned() }).or_default() += 1;
        if self.rejects.len() < MOST_REJECTED {
            self.rejects.push(rejected.clone());
        } else if self.rejects.len() == MOST_REJECTED && self.rejected == MOST_REJECTED as u64 + 1 {
            self.note(format!("only the first {MOST_REJECTED} rejected rows are kept; the rest is counted by reason"));
        }
        rejected
    }

    /// Adds `what: count` unless there is none.
    pub(crate) fn note_count(&mut self, what: &str, count: u64) {
        if count > 0 {
            self.note(format!("{what}: {count}"));
        }
    }

    /// Adds a note once.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if self.notes.len() < MOST_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
