//! Audit: who looked at what, and why. Every row carries the hash of the row before it.

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::canonical::Canonical;

/// What the caller knows of an event worth a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditDraft {
    /// When, milliseconds since 1970 UTC, by the server's clock.
    pub at_ms: i64,
    /// Login name, or what stands for one (`cli`, `anonymous`).
    pub actor: String,
    /// Roles at that moment.
    pub roles: Vec<String>,
    /// Divisions in sight at that moment.
    pub scope: Vec<String>,
    /// What was done: `look`, `search`, `login`…
    pub action: String,
    /// Why, if that was asked.
    pub purpose: Option<String>,
    /// What kind of thing was looked at: a layer, `session`…
    pub object_class: String,
    /// Ids of the things; only the SHA-256 of each is kept.
    pub objects: Vec<String>,
    /// Filter or path, never anything of a person.
    pub detail: Option<String>,
    /// How many things the answer held.
    pub result_count: Option<i64>,
    /// `ok`, `denied`, `failed`…
    pub outcome: String,
    /// Address or program of the client.
    pub client: Option<String>,
}

/// A row of the audit as stored.
///
/// # The bytes that are hashed
///
/// `hash = SHA-256(canonical bytes)`, all of these one after the other:
///
/// | part | bytes |
/// | --- | --- |
/// | `onemap-audit-1` | 14 bytes of ASCII: the version of this table |
/// | `prev_hash` | 32 bytes; of row 1: zeros |
/// | `seq`, `at_ms`, `clock_ms` | 8 bytes each, big-endian two's complement |
/// | `actor`, `roles`, `scope`, `action`, `purpose`, `object_class`, `objects`, `detail`, `result_count`, `outcome`, `client` | see below |
///
/// A text is its length in bytes (8 bytes, big-endian) and its UTF-8. A list is its length in entries (8 bytes) and its
/// texts; `objects` holds the 64 lowercase hex digits of each SHA-256. What may be absent is one byte 0, or one byte 1
/// and the value; `result_count` is 8 bytes. Lengths come first, so that no two rows have the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Counted from 1 without a gap.
    pub seq: u64,
    /// When; never before the row before it.
    pub at_ms: i64,
    /// What the clock said (it may have been set back).
    pub clock_ms: i64,
    /// See [`AuditDraft::actor`].
    pub actor: String,
    /// See [`AuditDraft::roles`].
    pub roles: Vec<String>,
    /// See [`AuditDraft::scope`].
    pub scope: Vec<String>,
    /// See [`AuditDraft::action`].
    pub action: String,
    /// See [`AuditDraft::purpose`].
    pub purpose: Option<String>,
    /// See [`AuditDraft::object_class`].
    pub object_class: String,
    /// SHA-256 of each id, lowercase hex: [`object_hash`].
    pub objects: Vec<String>,
    /// See [`AuditDraft::detail`].
    pub detail: Option<String>,
    /// See [`AuditDraft::result_count`].
    pub result_count: Option<i64>,
    /// See [`AuditDraft::outcome`].
    pub outcome: String,
    /// See [`AuditDraft::client`].
    pub client: Option<String>,
    /// Hash of the row before; zeros for the first.
    pub prev_hash: [u8; 32],
    /// Hash of this row.
    pub hash: [u8; 32],
}

/// What [`Audit::audit_verify`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many rows there are.
    pub rows: u64,
    /// `seq` of the first row that is missing or not what was written; `None` when the chain holds.
    pub first_bad: Option<u64>,
}

/// Who looked at what.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Writes the rows, durable before this answers. Drafts of callers that ask at the same time share one commit.
    async fn record(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error>;

    /// Rows after `after_seq` in order, of one actor or of all; fewer than `limit` means the end.
    async fn audit_page(&self, after_seq: u64, limit: u32, actor: Option<&str>) -> Result<Vec<AuditRow>, Error>;

    /// Recomputes the whole chain.
    async fn audit_verify(&self) -> Result<Verified, Error>;
}

/// What stands for the id of a thing in the audit.
pub fn object_hash(id: &str) -> String {
    crate::token::hex(&Sha256::digest(id.as_bytes()))
}

/// The end of the chain: what the next row is bound to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) hash: [u8; 32],
}

impl Head {
    /// Makes the next row of the chain.
    pub(crate) fn append(&mut self, draft: AuditDraft) -> AuditRow {
        let mut row = AuditRow {
            seq: self.seq + 1,
            at_ms: if self.seq == 0 { draft.at_ms } else { self.at_ms.max(draft.at_ms) },
            clock_ms: draft.at_ms,
            actor: draft.actor,
            roles: draft.roles,
            scope: draft.scope,
            action: draft.action,
            purpose: draft.purpose,
            object_class: draft.object_class,
            objects: draft.objects.iter().map(|id| object_hash(id)).collect(),
            detail: draft.detail,
            result_count: draft.result_count,
            outcome: draft.outcome,
            client: draft.client,
            prev_hash: self.hash,
            hash: [0; 32],
        };
        row.hash = row.computed_hash();
        *self = Self { seq: row.seq, at_ms: row.at_ms, hash: row.hash };
        row
    }

    /// Whether `row` is the one that follows; if so, the head moves on.
    pub(crate) fn follows(&mut self, row: &AuditRow) -> bool {
        let in_place = row.seq == self.seq + 1 && row.prev_hash == self.hash;
        let in_time = self.seq == 0 || row.at_ms >= self.at_ms;
        if !in_place || !in_time || row.hash != row.computed_hash() {
            return false;
        }
        *self = Self { seq: row.seq, at_ms: row.at_ms, hash: row.hash };
        true
    }
}

impl AuditRow {
    /// The hash that the row should have, from all its other fields.
    pub fn computed_hash(&self) -> [u8; 32] {
        Sha256::digest(self.canonical()).into()
    }

    /// The bytes that are hashed: see the head of [`AuditRow`].
    fn canonical(&self) -> Vec<u8> {
        let mut bytes = Canonical::new("onemap-audit-1");
        bytes.hash(&self.prev_hash);
        bytes.count(self.seq);
        bytes.number(self.at_ms);
        bytes.number(self.clock_ms);
        bytes.text(&self.actor);
        bytes.list(&self.roles);
        bytes.list(&self.scope);
        bytes.text(&self.action);
        bytes.maybe(self.purpose.as_deref(), Canonical::text);
        bytes.text(&self.object_class);
        bytes.list(&self.objects);
        bytes.maybe(self.detail.as_deref(), Canonical::text);
        bytes.maybe(self.result_count, Canonical::number);
        bytes.text(&self.outcome);
        bytes.maybe(self.client.as_deref(), Canonical::text);
        bytes.bytes()
    }
}

impl AuditDraft {
    /// PostgreSQL keeps no text with a zero byte; so that one such draft cannot fail those it shares a commit with, it
    /// is refused before.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let texts = [&self.actor, &self.action, &self.object_class, &self.outcome];
        let maybe = [&self.purpose, &self.detail, &self.client];
        let lists = [&self.roles, &self.scope];
        let mut all = texts.into_iter().chain(maybe.into_iter().flatten()).chain(lists.into_iter().flatten());
        if all.any(|text| text.contains('\0')) {
            return Err(Error::invalid("write the audit", "a text holds a zero byte"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(actor: &str) -> AuditDraft {
        AuditDraft {
            at_ms: 1_000,
            actor: actor.to_owned(),
            outcome: "ok".to_owned(),
            objects: vec!["c1".to_owned()],
            ..AuditDraft::default()
        }
    }

    #[test]
    fn a_chain_holds_until_a_row_is_touched() {
        let mut head = Head::default();
        let rows: Vec<AuditRow> = ["a", "b", "c"].into_iter().map(|actor| head.append(draft(actor))).collect();
        let holds = |rows: &[AuditRow]| {
            let mut head = Head::default();
            rows.iter().all(|row| head.follows(row))
        };
        assert!(holds(&rows));
        let mut touched = rows.clone();
        touched[1].purpose = Some(String::new());
        assert!(!holds(&touched));
        assert!(!holds(&rows[1..]));
    }

    #[test]
    fn the_clock_may_go_back_the_chain_does_not() {
        let mut head = Head::default();
        head.append(AuditDraft { at_ms: -5, ..draft("a") });
        assert_eq!(head.at_ms, -5);
        head.append(AuditDraft { at_ms: 2_000, ..draft("a") });
        let row = head.append(AuditDraft { at_ms: 1_500, ..draft("a") });
        assert_eq!((row.at_ms, row.clock_ms), (2_000, 1_500));
    }

    /// The bytes are a promise to whoever verifies an exported audit: they may not change under the same version.
    #[test]
    fn the_first_hash_is_what_the_table_says() {
        let mut bytes = b"onemap-audit-1".to_vec();
        bytes.extend([0; 32]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.extend([0, 0, 0, 0, 0, 0, 3, 0xe8]);
        bytes.extend([0, 0, 0, 0, 0, 0, 3, 0xe8]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, b'a']);
        bytes.extend([0; 8 + 8 + 8 + 1 + 8]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 64]);
        bytes.extend(object_hash("c1").as_bytes());
        bytes.extend([0, 0]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 2, b'o', b'k']);
        bytes.push(0);
        let row = Head::default().append(draft("a"));
        assert_eq!(row.canonical(), bytes);
        assert_eq!(row.hash, <[u8; 32]>::from(Sha256::digest(&bytes)));
    }
}
