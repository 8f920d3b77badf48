//! What was read: rows, rejected rows with reasons, and the sum of both.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use spatial::{Feature, id_told, told};

use crate::Suspicion;
use crate::mend::Mended;
use crate::problem::Problem;

/// Whether the caller wants more rows: `Flow::Continue(())` or `Flow::Break(())`.
pub type Flow = ControlFlow<()>;

/// Most rejected rows that a report keeps one by one; beyond that they are only counted by reason.
pub const MOST_REJECTED: usize = 1000;
/// Most mended rows that a report keeps one by one.
pub const MOST_REPAIRED: usize = 100;
/// Most different reasons that a report counts apart; further ones are counted together.
const MOST_REASONS: usize = 200;
/// Longest reason, characters; the name of a property may be of any length.
const LONGEST_REASON: usize = 1000;
/// Longest id, characters; a longer one is refused.
const LONGEST_ID: usize = 128;
/// Most notes that a report keeps.
const MOST_NOTES: usize = 100;

/// A row that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line of the file where the row begins, from 1; absent for formats without lines.
    pub line: Option<u64>,
    /// Byte of the file where the row begins, from 0; in a zip, of the file inside. For formats with lines only of a row
    /// that is not the first on its line.
    pub offset: Option<u64>,
    /// Its id in the source, as far as it could be read.
    pub id: Option<String>,
    /// What is wrong with it, in words.
    pub reason: String,
}

/// A row that was accepted after it was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// As in [`Rejected`].
    pub line: Option<u64>,
    /// As in [`Rejected`].
    pub offset: Option<u64>,
    /// Its id.
    pub id: String,
    /// What was done, in words.
    pub what: String,
}

/// Where a row begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// A line, from 1.
    Line(u64),
    /// A byte, from 0.
    Byte(u64),
    /// A byte of a line on which another row begins before.
    Within(u64, u64),
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "the row at byte {byte}"),
            Self::Within(line, byte) => write!(f, "line {line}, byte {byte}"),
        }
    }
}

impl At {
    fn parts(self) -> (Option<u64>, Option<u64>) {
        match self {
            Self::Line(line) => (Some(line), None),
            Self::Byte(byte) => (None, Some(byte)),
            Self::Within(line, byte) => (Some(line), Some(byte)),
        }
    }
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
#[derive(Debug, Clone, Default, PartialEq)]
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
    /// Accepted rows that were mended: rings closed or turned, repeated points dropped, addresses ended at the building.
    pub repaired: u64,
    /// The first [`MOST_REPAIRED`] of them.
    pub repairs: Vec<Repaired>,
    /// What the file as a whole looks like, if it looks wrong. Named, never corrected.
    pub suspicions: Vec<Suspicion>,
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
    /// The text is not in the encoding that was declared.
    #[error("read the file as {encoding}: {what}")]
    NotThatEncoding {
        /// What was declared.
        encoding: &'static str,
        /// What was found.
        what: String,
    },
    /// What was asked for does not go together, or not with this file.
    #[error("read the file as asked: {why}")]
    Options {
        /// The word of the caller that does not fit: `mapping`, `table`, `encoding`, `delimiter`, `crs`, `layer`; none where
        /// no word of theirs is at fault.
        part: Option<&'static str>,
        /// Why.
        why: String,
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

impl IntakeError {
    /// A word of the caller that does not fit the file, or means nothing.
    pub(crate) fn options(part: &'static str, why: impl Into<String>) -> Self {
        Self::Options { part: Some(part), why: why.into() }
    }
}

impl Report {
    /// Counts a good row.
    pub(crate) fn accept(&mut self) {
        self.read += 1;
        self.accepted += 1;
    }

    /// Counts a refused row and makes it: `group` of the problem is what it is counted under.
    pub(crate) fn reject(&mut self, at: Option<At>, id: Option<String>, problem: Problem) -> Rejected {
        let Problem { reason, group, person } = problem;
        let id = id.map(|id| id_told(&id, LONGEST_ID, person));
        let short = |text: String| told(&text.chars().take(LONGEST_REASON).collect::<String>()).into_owned();
        let (reason, group) = (short(reason), short(group));
        let (line, offset) = at.map_or((None, None), At::parts);
        let rejected = Rejected { line, offset, id, reason };
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

    /// Counts an accepted row that was mended, if it was.
    pub(crate) fn repair(&mut self, at: At, id: &str, mended: &Mended) {
        let Some(what) = mended.words() else { return };
        self.repaired += 1;
        if self.repairs.len() < MOST_REPAIRED {
            let (line, offset) = at.parts();
            self.repairs.push(Repaired { line, offset, id: id_told(id, LONGEST_ID, false), what });
        }
    }

    /// Says what was mended in all good rows together.
    pub(crate) fn note_mended(&mut self, mended: &Mended) {
        self.note_count("rings that were not closed, and are now", mended.rings_closed);
        self.note_count("rings that ran the wrong way round, and are turned", mended.rings_turned);
        self.note_count("points that repeated the one before, dropped", mended.repeats);
        self.note_count("parts and holes of fewer than three different points, left out", mended.specks);
        let rooms = "dwellings and buildings whose address went on to unit, floor or room: it ends at the building";
        self.note_count(rooms, mended.rooms);
        let columns = "rows with columns that say unit, floor or room: nothing finer than the building is kept of them but \
                       in a dwelling's own `room` and `floor`, which go nowhere";
        self.note_count(columns, mended.room_columns);
        self.note_count("heights of positions, not kept", mended.heights);
        self.note_count("collections and multi-points of one member, taken for the member", mended.singles);
    }

    /// Adds `what: count` unless there is none.
    pub(crate) fn note_count(&mut self, what: &str, count: u64) {
        if count > 0 {
            self.note(format!("{what}: {count}"));
        }
    }

    /// Adds a note once.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = told(&note.into()).into_owned();
        if self.notes.len() < MOST_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
