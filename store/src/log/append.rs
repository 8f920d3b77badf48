//! Appending: the head is held, what is unseen is known, and everything is written at once by the commit.

use async_trait::async_trait;

use super::door::{Log, UNSEEN_BYTES};
use super::ledger::{Ledger, Pending};
use super::{Bell, Event, EventDraft, LogHead};
use crate::Error;

pub(super) const DOING: &str = "append to the log";

/// A command that somebody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Made by whoever gives it, so that asking again is safe; 1 to 256 bytes.
    pub id: String,
    /// SHA-256 of its body, by which another command under the same id is known.
    pub digest: [u8; 32],
    /// What it is answered, as JSON; at most 1 MiB.
    pub answer: String,
}

/// What a command was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// See [`Command::digest`].
    pub digest: [u8; 32],
    /// See [`Command::answer`].
    pub answer: String,
    /// Number of its first event.
    pub first_seq: u64,
    /// Number of its last event; before `first_seq` when it made none.
    pub last_seq: u64,
}

/// What a decision rests on: a stream has not moved on since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// Which stream.
    pub stream: String,
    /// How many events it has; 0 when there is none.
    pub version: u64,
}

/// The head of the log in hand. Dropping it gives the head back, and nothing was written.
#[async_trait]
pub trait Append: Send {
    /// The end of the log, with what was appended here.
    fn head(&self) -> LogHead;

    /// What was appended after what the caller had seen, in order; without what is appended here.
    fn unseen(&self) -> &[Event];

    /// What a command was answered, also one appended here.
    async fn answer(&mut self, command_id: &str) -> Result<Option<Answer>, Error>;

    /// Puts events to the log, with the command that made them, and gives them their numbers, versions and hashes.
    /// Nothing is durable before the commit.
    ///
    /// `Conflict` when a stream has another version than expected, when the command is known already, or when not all
    /// that is unseen could be read. `Invalid` when something cannot be stored or is too much: 10,000 events, commands
    /// and expectations each, and 64 MiB, in one transaction. After either nothing of this call is there and the next
    /// call may go on.
    async fn append(
        &mut self,
        command: Option<Command>,
        expects: Vec<Expect>,
        drafts: Vec<EventDraft>,
    ) -> Result<Vec<Event>, Error>;

    /// Says what a command that was appended here is answered: its own events may be part of the answer. `NotFound` when it was not appended here, `Invalid` when the answer is too long.
    fn answered(&mut self, command_id: &str, answer: String) -> Result<(), Error>;

    /// One commit, one sync to disk: after `Ok` everything that was appended is durable. After an error it is unknown
    /// whether it is, as when no answer comes: look for the command's answer. A caller who goes away does not stop it.
    async fn commit(self: Box<Self>) -> Result<(), Error>;
}

/// The transaction of one database in which the head is held. It only reads until it is finished, so that neither a
/// refusal nor a caller who goes away can leave half of something in it.
#[async_trait]
pub(crate) trait Desk: Send + Sync + 'static {
    /// Events after `after_seq`, at most `limit`.
    async fn events(&mut self, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error>;

    /// The versions of those of the streams that there are.
    async fn versions(&mut self, streams: &[&str]) -> Result<Vec<(String, u64)>, Error>;

    /// What a command was answered.
    async fn answer(&mut self, command_id: &str) -> Result<Option<Answer>, Error>;

    /// Writes everything and commits.
    async fn finish(self, pending: Pending) -> Result<(), Error>;
}

/// A database that has a log.
#[async_trait]
pub(crate) trait Backend: Log {
    type Desk: Desk;

    /// Begins a transaction and takes the head in it.
    async fn desk(&self) -> Result<(Self::Desk, LogHead), Error>;
}

/// The most events that [`Append::unseen`] holds.
const UNSEEN: u64 = 50_000;
/// So many are read while the head is held.
const HELD: u64 = 1_000;

/// Takes the head and reads what is unseen: see [`Log::begin_append`].
pub(crate) async fn begin(backend: &impl Backend, bell: &Bell, seen: u64) -> Result<Box<dyn Append>, Error> {
    let mut unseen = Vec::new();
    let mut at = seen;
    let mut bytes = 0;
    loop {
        let (mut desk, head) = backend.desk().await?;
        if head.seq < at {
            let why = format!("the log ends at event {}, and event {at} was seen: it is another log", head.seq);
            return Err(Error::conflict(DOING, why));
        }
        let missing = head.seq - at;
        let room = at - seen + HELD <= UNSEEN && bytes <= UNSEEN_BYTES;
        if missing <= HELD || !room {
            if missing > 0 && room {
                let page = desk.events(at, u32::try_from(missing).unwrap_or(u32::MAX)).await?;
                follow(&mut unseen, &mut at, page)?;
            }
            let ledger = Ledger::new(head, unseen, at == head.seq)?;
            return Ok(Box::new(Appending { desk, ledger, bell: bell.clone() }));
        }
        drop(desk);
        while at < head.seq && at - seen + HELD <= UNSEEN && bytes <= UNSEEN_BYTES {
            let page = backend.log_page(at, u32::try_from(HELD).unwrap_or(u32::MAX)).await?;
            bytes += page.iter().map(|event| event.payload.len()).sum::<usize>();
            follow(&mut unseen, &mut at, page)?;
        }
    }
}

/// Takes the next events in, none of which may be missing.
fn follow(unseen: &mut Vec<Event>, at: &mut u64, page: Vec<Event>) -> Result<(), Error> {
    if page.is_empty() {
        return Err(missing(*at + 1));
    }
    for event in page {
        if event.seq != *at + 1 {
            return Err(missing(*at + 1));
        }
        *at = event.seq;
        unseen.push(event);
    }
    Ok(())
}

fn missing(seq: u64) -> Error {
    Error::corrupt("read the log", format!("event {seq} is missing"))
}

struct Appending<D> {
    desk: D,
    ledger: Ledger,
    bell: Bell,
}

#[async_trait]
impl<D: Desk> Append for Appending<D> {
    fn head(&self) -> LogHead {
        self.ledger.head()
    }

    fn unseen(&self) -> &[Event] {
        self.ledger.unseen()
    }

    async fn answer(&mut self, command_id: &str) -> Result<Option<Answer>, Error> {
        if let Some(own) = self.ledger.own_answer(command_id) {
            return Ok(Some(own.clone()));
        }
        if self.ledger.is_new(command_id) {
            return Ok(None);
        }
        let answer = self.desk.answer(command_id).await?;
        self.ledger.learn_answer(command_id, answer.as_ref());
        Ok(answer)
    }

    async fn append(
        &mut self,
        command: Option<Command>,
        expects: Vec<Expect>,
        drafts: Vec<EventDraft>,
    ) -> Result<Vec<Event>, Error> {
        self.ledger.check(command.as_ref(), &expects, &drafts)?;
        if let Some(command) = &command
            && self.answer(&command.id).await?.is_some()
        {
            return Err(Error::conflict(DOING, format!("command {} was carried out before", command.id)));
        }
        let unknown = self.ledger.unknown_streams(&expects, &drafts);
        if !unknown.is_empty() {
            let versions = self.desk.versions(&unknown).await?;
            self.ledger.learn_versions(&unknown, versions);
        }
        self.ledger.append(command, &expects, drafts, clock_us())
    }

    fn answered(&mut self, command_id: &str, answer: String) -> Result<(), Error> {
        self.ledger.answered(command_id, answer)
    }

    async fn commit(self: Box<Self>) -> Result<(), Error> {
        let Self { desk, ledger, bell } = *self;
        carry_out(DOING, async move {
            let seq = ledger.head().seq;
            let pending = ledger.close();
            let rings = !pending.events.is_empty();
            desk.finish(pending).await?;
            if rings {
                bell.ring(seq);
            }
            Ok(())
        })
        .await
    }
}

/// Does the work in a task of its own, so that it comes to its end also when the caller goes away.
async fn carry_out<T: Send + 'static>(
    doing: &'static str,
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(work).await.map_err(|error| Error::unavailable(doing, error))?
}

/// The server's clock, microseconds since 1970 UTC.
fn clock_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
