//! What one transaction appends, before any of it is written.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::append::DOING;
use super::chain::Standing;
use super::event::{SHORT, text};
use super::{Answer, Command, Event, EventDraft, Expect, LogHead, sealed_digest};
use crate::Error;

/// The most events, commands and expectations of one transaction.
const MOST: usize = 10_000;
/// The most bytes of one transaction.
const MOST_BYTES: usize = 64 << 20;
/// Bytes of an answer.
const ANSWER: usize = 1 << 20;

/// What is kept beside an event.
pub(crate) struct Seal {
    pub(crate) seq: u64,
    pub(crate) salt: [u8; 32],
    pub(crate) bytes: Vec<u8>,
}

/// Everything that a transaction is to write.
pub(crate) struct Pending {
    /// The end of the log before.
    pub(crate) from: LogHead,
    /// The end of the log after.
    pub(crate) to: LogHead,
    pub(crate) events: Vec<Event>,
    pub(crate) commands: Vec<(String, Answer)>,
    pub(crate) seals: Vec<Seal>,
}

impl Pending {
    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.commands.is_empty()
    }

    /// The new version of each stream that moved on.
    pub(crate) fn streams(&self) -> BTreeMap<&str, u64> {
        self.events.iter().map(|event| (event.stream.as_str(), event.stream_version)).collect()
    }
}

pub(super) struct Ledger {
    unseen: Vec<Event>,
    /// Whether `unseen` reaches to the head.
    complete: bool,
    /// What is known of the streams, with what was appended here.
    versions: HashMap<String, u64>,
    /// Commands that were looked for and are not in the database.
    new_commands: HashSet<String>,
    /// Where each command appended here is in `pending`.
    own_commands: HashMap<String, usize>,
    random: u32,
    bytes: usize,
    pending: Pending,
}

impl Ledger {
    pub(super) fn new(head: LogHead, unseen: Vec<Event>, complete: bool) -> Result<Self, Error> {
        let mut random = [0; 4];
        fill(&mut random)?;
        Ok(Self {
            unseen,
            complete,
            versions: HashMap::new(),
            new_commands: HashSet::new(),
            own_commands: HashMap::new(),
            random: u32::from_be_bytes(random),
            bytes: 0,
            pending: Pending { from: head, to: head, events: Vec::new(), commands: Vec::new(), seals: Vec::new() },
        })
    }

    pub(super) fn head(&self) -> LogHead {
        self.pending.to
    }

    pub(super) fn unseen(&self) -> &[Event] {
        &self.unseen
    }

    /// What a command that was appended here was answered.
    pub(super) fn own_answer(&self, command_id: &str) -> Option<&Answer> {
        let at = self.own_commands.get(command_id)?;
        self.pending.commands.get(*at).map(|(_, answer)| answer)
    }

    /// Whether a command is known not to be in the database.
    pub(super) fn is_new(&self, command_id: &str) -> bool {
        self.new_commands.contains(command_id)
    }

    /// Remembers that a command is new: it stays so while the head is held.
    pub(super) fn learn_answer(&mut self, command_id: &str, answer: Option<&Answer>) {
        if answer.is_none() && self.new_commands.len() < MOST {
            self.new_commands.insert(command_id.to_owned());
        }
    }

    /// The streams whose version has to be asked for, each once.
    pub(super) fn unknown_streams<'a>(&self, expects: &'a [Expect], drafts: &'a [EventDraft]) -> Vec<&'a str> {
        let streams = expects.iter().map(|expect| &expect.stream).chain(drafts.iter().map(|draft| &draft.stream));
        let unknown = streams.map(String::as_str).filter(|stream| !self.versions.contains_key(*stream));
        let unknown: HashSet<&str> = unknown.collect();
        unknown.into_iter().collect()
    }

    /// Remembers the versions of streams that were asked for; one that there is not has version 0.
    pub(super) fn learn_versions(&mut self, asked: &[&str], found: Vec<(String, u64)>) {
        self.versions.extend(asked.iter().map(|stream| ((*stream).to_owned(), 0)));
        self.versions.extend(found);
    }

    /// Refuses what cannot be stored, before anything is asked.
    pub(super) fn check(
        &self,
        command: Option<&Command>,
        expects: &[Expect],
        drafts: &[EventDraft],
    ) -> Result<(), Error> {
        if !self.complete {
            return Err(Error::conflict(DOING, "not all that is unseen could be read: read the log first"));
        }
        if let Some(command) = command {
            text("command id", &command.id, 1, SHORT)?;
            text("answer", &command.answer, 0, ANSWER)?;
        }
        drafts.iter().try_for_each(EventDraft::check)?;
        expects.iter().try_for_each(|expect| text("expected stream", &expect.stream, 1, SHORT))?;
        let sizes = [
            ("events", self.pending.events.len() + drafts.len(), MOST),
            ("commands", self.pending.commands.len() + usize::from(command.is_some()), MOST),
            ("streams", self.versions.len() + expects.len(), 2 * MOST),
            ("bytes", self.bytes + size(command, drafts), MOST_BYTES),
        ];
        for (what, count, most) in sizes {
            if count > most {
                let why = format!("one transaction takes at most {most} {what}: commit before, or give less at once");
                return Err(Error::invalid(DOING, why));
            }
        }
        for (draft, seq) in drafts.iter().zip(self.head().seq + 1..) {
            if draft.cause.is_some_and(|cause| cause == 0 || cause >= seq) {
                return Err(Error::invalid(DOING, format!("the cause of event {seq} is not an event before it")));
            }
        }
        Ok(())
    }

    /// Puts the events into the chain, when every expected version is the stream's.
    pub(super) fn append(
        &mut self,
        command: Option<Command>,
        expects: &[Expect],
        drafts: Vec<EventDraft>,
        clock_us: i64,
    ) -> Result<Vec<Event>, Error> {
        for Expect { stream, version } in expects {
            let is = self.versions.get(stream).copied().unwrap_or_default();
            if is != *version {
                let why = format!("stream {stream} is at version {is} and not at {version}");
                return Err(Error::conflict(DOING, why));
            }
        }
        let salts = drafts.iter().map(|draft| draft.sealed.as_ref().map(|_bytes| salt()).transpose());
        let salts: Vec<Option<[u8; 32]>> = salts.collect::<Result<_, Error>>()?;

        self.bytes += size(command.as_ref(), &drafts);
        let command_id = command.as_ref().map(|command| command.id.as_str());
        let first_seq = self.head().seq + 1;
        let mut events = Vec::with_capacity(drafts.len());
        for (mut draft, salt) in drafts.into_iter().zip(salts) {
            let seal = draft.sealed.take().zip(salt);
            let version = self.versions.entry(draft.stream.clone()).or_default();
            *version += 1;
            let standing = Standing {
                command_id,
                stream_version: *version,
                clock_us,
                random: self.random,
                sealed_digest: seal.as_ref().map(|(bytes, salt)| sealed_digest(salt, bytes)),
            };
            let event = self.pending.to.append(draft, &standing);
            self.pending.seals.extend(seal.map(|(bytes, salt)| Seal { seq: event.seq, salt, bytes }));
            events.push(event);
        }
        if let Some(Command { id, digest, answer }) = command {
            let answer = Answer { digest, answer, first_seq, last_seq: self.head().seq };
            self.own_commands.insert(id.clone(), self.pending.commands.len());
            self.pending.commands.push((id, answer));
        }
        self.pending.events.extend(events.iter().cloned());
        Ok(events)
    }

    /// Puts the answer of a command that was appended here.
    pub(super) fn answered(&mut self, command_id: &str, answer: String) -> Result<(), Error> {
        text("answer", &answer, 0, ANSWER)?;
        let at = self.own_commands.get(command_id).copied();
        let Some((_, known)) = at.and_then(|at| self.pending.commands.get_mut(at)) else {
            return Err(Error::not_found(DOING, format!("command {command_id} was not appended here")));
        };
        self.bytes += answer.len();
        known.answer = answer;
        Ok(())
    }

    /// What is to be written.
    pub(super) fn close(self) -> Pending {
        self.pending
    }
}

fn size(command: Option<&Command>, drafts: &[EventDraft]) -> usize {
    drafts.iter().map(EventDraft::size).sum::<usize>() + command.map_or(0, |command| command.answer.len())
}

fn salt() -> Result<[u8; 32], Error> {
    let mut salt = [0; 32];
    fill(&mut salt)?;
    Ok(salt)
}

fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|error| Error::unavailable(DOING, error))
}
