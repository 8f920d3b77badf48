//! What the log can do.

use async_trait::async_trait;
use tokio::sync::watch;

use super::{Answer, Append, Event, LogHead, LogVerified};
use crate::Error;

/// The most events of a page; who asks for more gets so many.
pub(crate) const PAGE: u32 = 10_000;
/// The most bytes of payloads that [`Append::unseen`] holds.
pub(crate) const UNSEEN_BYTES: usize = 64 << 20;

/// The log of operations.
#[async_trait]
pub trait Log: Send + Sync {
    /// Waits for the head of the log, which nobody else then has until the [`Append`] is committed or dropped, and reads
    /// what was appended after `seen`.
    ///
    /// `Conflict` when the log ends before `seen`: then it is not the log that the caller has seen. `Unavailable` when
    /// somebody keeps the head for longer than ten seconds.
    ///
    /// While the caller is far behind, events are read before the head is taken, so that catching up keeps nobody
    /// waiting. What is read is bounded (50,000 events or 64 MiB of payloads); when that was not all, the `Append` gives
    /// what there is and refuses to append: read the rest by [`Log::log_page`] and come again.
    async fn begin_append(&self, seen: u64) -> Result<Box<dyn Append>, Error>;

    /// Events after `after_seq` in order, at most `limit` and never more than 10,000; none means the end.
    async fn log_page(&self, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error>;

    /// Events of one stream after `after_version` in order, at most `limit` and never more than 10,000; none means the
    /// end.
    async fn log_stream(&self, stream: &str, after_version: u64, limit: u32) -> Result<Vec<Event>, Error>;

    /// Events that belong to one thing ([`EventDraft::corr`](super::EventDraft::corr)) after `after_seq` in order, at most
    /// `limit` and never more than 10,000; none means the end.
    async fn log_of(&self, corr: &str, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error>;

    /// The end of the log.
    async fn log_head(&self) -> Result<LogHead, Error>;

    /// Begins a new generation of the log, after a restore or when another server takes over: what clients have of the one
    /// before is of another history. The epoch grows by one at least and is not less than `at_least`; it is answered.
    async fn begin_epoch(&self, at_least: u32) -> Result<u32, Error>;

    /// What a command was answered when it was carried out.
    async fn command_answer(&self, command_id: &str) -> Result<Option<Answer>, Error>;

    /// Keeps what the log came to at `seq`, in the caller's form `schema`; the newest two of a form are kept, and those
    /// of other forms that are not older than both. At most 256 MiB. `Invalid` when the log does not reach to `seq`.
    async fn put_snapshot(&self, seq: u64, schema: u32, bytes: &[u8]) -> Result<(), Error>;

    /// The newest snapshot of that form whose digest holds and which is of this log; else the one before it.
    async fn snapshot(&self, schema: u32) -> Result<Option<(u64, Vec<u8>)>, Error>;

    /// What is kept beside an event; `None` when it has nothing or that was erased. `NotFound` when there is no such
    /// event, `Corrupt` when it is not what was written.
    async fn unseal(&self, seq: u64) -> Result<Option<Vec<u8>>, Error>;

    /// Forgets what is kept beside these events (at most 10,000), with its salt, and answers how many had something left.
    /// The chain still holds. SQLite overwrites it in its files; PostgreSQL frees the space at its next vacuum, and older
    /// backups and archived WAL keep it as long as they are kept.
    async fn erase_sealed(&self, seqs: &[u64]) -> Result<u64, Error>;

    /// Recomputes the chain from `after_seq` (0: the whole; otherwise from that event's stored hash) to the head, with
    /// what is kept beside it, the answers of its commands and the versions of its streams.
    async fn log_verify(&self, after_seq: u64) -> Result<LogVerified, Error>;

    /// Rings when something was committed, by this process or (PostgreSQL) by another; the value is the newest `seq` it
    /// has heard of. It may ring for nothing and may miss: the log is the truth, so look at it now and then without a
    /// ring. It falls silent when the store is closed.
    async fn log_bell(&self) -> Result<watch::Receiver<u64>, Error>;
}
