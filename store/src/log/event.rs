//! An event of the log, and the bytes that its hash covers.

use sha2::{Digest, Sha256};

use crate::Error;
use crate::canonical::Canonical;

/// One event before its commit. The store does not read the texts: what is JSON in them was written in one canonical form
/// by whoever appends.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EventDraft {
    /// What it is about: `incident:…`, `unit:…`. 1 to 256 bytes, as all short texts here.
    pub stream: String,
    /// What happened: `incident.reported`.
    pub kind: String,
    /// Version of the payload's form.
    pub schema: u16,
    /// Who, as JSON.
    pub actor: String,
    /// By which way: `ui`, `device`, `voice`…
    pub src: String,
    /// `seq` of the event that caused it; always an earlier one.
    pub cause: Option<u64>,
    /// What it belongs to.
    pub corr: Option<String>,
    /// When it is said to have happened, microseconds since 1970 UTC, as all times here.
    pub event_us: i64,
    /// What the device's clock said, as it was.
    pub device_us: Option<i64>,
    /// How far the device's clock was thought to be off, microseconds.
    pub skew_us: Option<i64>,
    /// When the server heard of it.
    pub receive_us: i64,
    /// Where, as JSON.
    pub place: Option<String>,
    /// What the actor was looking at, as JSON.
    pub basis: Option<String>,
    /// Labels by which parts are kept from some viewers.
    pub labels: Vec<String>,
    /// What exactly, as JSON; at most 256 KiB.
    pub payload: String,
    /// What must be erasable, such as a caller's number: kept beside the chain; at most 16 KiB.
    pub sealed: Option<Vec<u8>>,
}

impl std::fmt::Debug for EventDraft {
    /// Leaves out what is sealed and what may tell of it: a log line is no place for it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventDraft").field("stream", &self.stream).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// An event of the log.
///
/// # The bytes that are hashed
///
/// `hash = SHA-256(canonical bytes)`, all of these one after the other:
///
/// | part | bytes |
/// | --- | --- |
/// | `onemap-log-1` | 12 bytes of ASCII: the version of this table |
/// | `prev_hash` | 32 bytes; of event 1: zeros |
/// | `seq`, `epoch`, `stream_version` | counts |
/// | `event_id` | text |
/// | `command_id` | text, may be absent |
/// | `stream`, `kind` | texts |
/// | `schema` | count |
/// | `actor`, `src` | texts |
/// | `cause` | count, may be absent |
/// | `corr` | text, may be absent |
/// | `event_us` | number |
/// | `device_us`, `skew_us` | numbers, may be absent |
/// | `receive_us`, `commit_us`, `clock_us` | numbers |
/// | `place`, `basis` | texts, may be absent |
/// | `labels` | list |
/// | `payload` | text |
/// | `sealed_digest` | 32 bytes, may be absent |
///
/// A count is 8 bytes, big-endian; a number is 8 bytes, big-endian two's complement. A text is its length in bytes as a
/// count and its UTF-8. A list is its length in entries as a count and its texts. What may be absent is one byte 0, or one
/// byte 1 and the value. Lengths come first, so that no two events have the same bytes.
///
/// `sealed_digest = SHA-256(salt ‖ sealed bytes)` with a salt of 32 random bytes: without the salt nobody can find a
/// telephone number by trying them all, and when both are erased the chain still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counted from 1 without a gap.
    pub seq: u64,
    /// Generation of the log: another one after a restore that lost a tail.
    pub epoch: u32,
    /// See [`EventDraft::stream`].
    pub stream: String,
    /// Counted from 1 in its stream, without a gap.
    pub stream_version: u64,
    /// 32 hex digits, in the order of time: 64 bits of `commit_us`, the lower 32 bits of `seq`, 32 random bits.
    pub event_id: String,
    /// The command that made it.
    pub command_id: Option<String>,
    /// See [`EventDraft::kind`].
    pub kind: String,
    /// See [`EventDraft::schema`].
    pub schema: u16,
    /// See [`EventDraft::actor`].
    pub actor: String,
    /// See [`EventDraft::src`].
    pub src: String,
    /// See [`EventDraft::cause`].
    pub cause: Option<u64>,
    /// See [`EventDraft::corr`].
    pub corr: Option<String>,
    /// See [`EventDraft::event_us`].
    pub event_us: i64,
    /// See [`EventDraft::device_us`].
    pub device_us: Option<i64>,
    /// See [`EventDraft::skew_us`].
    pub skew_us: Option<i64>,
    /// See [`EventDraft::receive_us`].
    pub receive_us: i64,
    /// When it came into the log; never before the event before it.
    pub commit_us: i64,
    /// What the clock said then (it may have been set back).
    pub clock_us: i64,
    /// See [`EventDraft::place`].
    pub place: Option<String>,
    /// See [`EventDraft::basis`].
    pub basis: Option<String>,
    /// See [`EventDraft::labels`].
    pub labels: Vec<String>,
    /// See [`EventDraft::payload`].
    pub payload: String,
    /// What the chain knows of [`EventDraft::sealed`].
    pub sealed_digest: Option<[u8; 32]>,
    /// Hash of the event before; zeros for the first.
    pub prev_hash: [u8; 32],
    /// Hash of this event.
    pub hash: [u8; 32],
}

impl Event {
    /// The hash that the event should have, from all its other fields.
    pub fn computed_hash(&self) -> [u8; 32] {
        Sha256::digest(self.canonical()).into()
    }

    /// The bytes that are hashed: see the head of [`Event`].
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Canonical::new("onemap-log-1");
        bytes.hash(&self.prev_hash);
        bytes.count(self.seq);
        bytes.count(self.epoch.into());
        bytes.count(self.stream_version);
        bytes.text(&self.event_id);
        bytes.maybe(self.command_id.as_deref(), Canonical::text);
        bytes.text(&self.stream);
        bytes.text(&self.kind);
        bytes.count(self.schema.into());
        bytes.text(&self.actor);
        bytes.text(&self.src);
        bytes.maybe(self.cause, Canonical::count);
        bytes.maybe(self.corr.as_deref(), Canonical::text);
        bytes.number(self.event_us);
        bytes.maybe(self.device_us, Canonical::number);
        bytes.maybe(self.skew_us, Canonical::number);
        bytes.number(self.receive_us);
        bytes.number(self.commit_us);
        bytes.number(self.clock_us);
        bytes.maybe(self.place.as_deref(), Canonical::text);
        bytes.maybe(self.basis.as_deref(), Canonical::text);
        bytes.list(&self.labels);
        bytes.text(&self.payload);
        bytes.maybe(self.sealed_digest.as_ref(), Canonical::hash);
        bytes.bytes()
    }
}

/// What the chain knows of something sealed.
pub(crate) fn sealed_digest(salt: &[u8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(bytes).finalize().into()
}

/// Bytes of a short text: a name or an id.
pub(super) const SHORT: usize = 256;
/// Bytes of a text about the event.
const LONG: usize = 16 << 10;
const PAYLOAD: usize = 256 << 10;
const SEALED: usize = 16 << 10;
const LABELS: usize = 64;

impl EventDraft {
    /// Refuses what not every database can keep, and what is out of all bounds.
    pub(super) fn check(&self) -> Result<(), Error> {
        text("stream", &self.stream, 1, SHORT)?;
        text("kind", &self.kind, 1, SHORT)?;
        text("src", &self.src, 0, SHORT)?;
        text("corr", self.corr.as_deref().unwrap_or_default(), 0, SHORT)?;
        text("actor", &self.actor, 0, LONG)?;
        text("place", self.place.as_deref().unwrap_or_default(), 0, LONG)?;
        text("basis", self.basis.as_deref().unwrap_or_default(), 0, LONG)?;
        text("payload", &self.payload, 0, PAYLOAD)?;
        length("labels", self.labels.len(), 0, LABELS)?;
        self.labels.iter().try_for_each(|label| text("label", label, 1, SHORT))?;
        length("sealed part", self.sealed.as_deref().unwrap_or_default().len(), 0, SEALED)
    }

    /// About how much room it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let texts = [&self.place, &self.basis].into_iter().flatten().map(String::len).sum::<usize>();
        512 + self.payload.len() + self.actor.len() + texts + self.sealed.as_deref().unwrap_or_default().len()
    }
}

/// Refuses a text that is too short or too long, or that PostgreSQL cannot keep.
pub(super) fn text(what: &str, text: &str, least: usize, most: usize) -> Result<(), Error> {
    if text.contains('\0') {
        return Err(Error::invalid(super::append::DOING, format!("its {what} holds a zero byte")));
    }
    length(what, text.len(), least, most)
}

fn length(what: &str, length: usize, least: usize, most: usize) -> Result<(), Error> {
    if (least..=most).contains(&length) {
        return Ok(());
    }
    let why = format!("its {what} has a length of {length}, and {least} to {most} is allowed");
    Err(Error::invalid(super::append::DOING, why))
}

#[cfg(test)]
mod tests;
