//! The end of the chain, and how it moves on.

use crate::token::hex;

use super::{Event, EventDraft};

/// The end of the log: what the next event is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead {
    /// Number of the last event; 0 before the first.
    pub seq: u64,
    /// Generation of the log.
    pub epoch: u32,
    /// When the last event came into the log, microseconds since 1970 UTC.
    pub commit_us: i64,
    /// Hash of the last event; zeros before the first.
    pub hash: [u8; 32],
}

/// What an event gets from where it comes to stand, beside its place in the chain.
pub(super) struct Standing<'a> {
    pub(super) command_id: Option<&'a str>,
    pub(super) stream_version: u64,
    pub(super) clock_us: i64,
    pub(super) random: u32,
    pub(super) sealed_digest: Option<[u8; 32]>,
}

impl LogHead {
    /// Makes the next event of the chain.
    pub(super) fn append(&mut self, draft: EventDraft, standing: &Standing<'_>) -> Event {
        let seq = self.seq + 1;
        let commit_us = if self.seq == 0 { standing.clock_us } else { self.commit_us.max(standing.clock_us) };
        let mut event = Event {
            seq,
            epoch: self.epoch,
            stream: draft.stream,
            stream_version: standing.stream_version,
            event_id: event_id(commit_us, seq, standing.random),
            command_id: standing.command_id.map(ToOwned::to_owned),
            kind: draft.kind,
            schema: draft.schema,
            actor: draft.actor,
            src: draft.src,
            cause: draft.cause,
            corr: draft.corr,
            event_us: draft.event_us,
            device_us: draft.device_us,
            skew_us: draft.skew_us,
            receive_us: draft.receive_us,
            commit_us,
            clock_us: standing.clock_us,
            place: draft.place,
            basis: draft.basis,
            labels: draft.labels,
            payload: draft.payload,
            sealed_digest: standing.sealed_digest,
            prev_hash: self.hash,
            hash: [0; 32],
        };
        event.hash = event.computed_hash();
        self.pass(&event);
        event
    }

    /// Whether `event` is the one that follows; if so, the head moves on, and if not, says in words why.
    pub(super) fn follow(&mut self, event: &Event) -> Result<(), String> {
        let why = if event.seq != self.seq + 1 {
            format!("it is missing: the next one is event {}", event.seq)
        } else if event.hash != event.computed_hash() {
            "its content is not what was hashed".to_owned()
        } else if event.prev_hash != self.hash {
            "it does not follow the event before it".to_owned()
        } else if event.epoch < self.epoch {
            format!("its epoch {} is before the epoch {} of the event before it", event.epoch, self.epoch)
        } else if self.seq > 0 && event.commit_us < self.commit_us {
            "its time is before that of the event before it".to_owned()
        } else {
            self.pass(event);
            return Ok(());
        };
        Err(why)
    }

    fn pass(&mut self, event: &Event) {
        *self = Self { seq: event.seq, epoch: event.epoch, commit_us: event.commit_us, hash: event.hash };
    }
}

/// See [`Event::event_id`].
fn event_id(commit_us: i64, seq: u64, random: u32) -> String {
    let mut id = commit_us.to_be_bytes().to_vec();
    id.extend(seq.to_be_bytes().iter().skip(4));
    id.extend(random.to_be_bytes());
    hex(&id)
}
