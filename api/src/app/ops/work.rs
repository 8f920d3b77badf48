//! One piece of the clerk's work, and how it is asked for.

use dispatch::{Actor, Ask, Basis, Command, Decided, Desk, Refusal};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::app::{App, hex, now_ms};
use crate::auth::{Caller, policy};
use crate::http::problem::{Code, Problem};

/// What a command was answered: a status and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Json,
    /// Whether it had been carried out before.
    pub replayed: bool,
}

/// Writes the answer from the desk after the command.
pub type Render = Box<dyn FnOnce(&Desk, &Decided) -> (u16, Json) + Send>;

/// Whether whoever asks may, on the desk where it is decided.
pub type Guard = Box<dyn Fn(&Desk) -> bool + Send>;

/// What a device says of time: when by its own clock, and how far that is behind ours, both milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceTime {
    /// By its own clock, since 1970 UTC.
    pub at_ms: i64,
    /// How far the clock is behind ours, as far as that is known.
    pub skew_ms: Option<i64>,
}

/// A command on its way.
pub struct Work {
    /// What is asked.
    pub ask: Ask,
    /// By which it is known when it is asked again.
    pub command_id: String,
    /// SHA-256 of what was asked.
    pub digest: [u8; 32],
    /// Callers' numbers in order, as they were given. Those of callers who are known already make no event.
    pub sealed: Vec<Option<Vec<u8>>>,
    /// How it came in: `ui`, `device`, `voice`…
    pub src: &'static str,
    /// What was said of time, as it was said.
    pub device: Option<DeviceTime>,
    /// What must hold on the desk, if anything.
    pub guard: Option<Guard>,
    /// Writes the answer.
    pub render: Render,
    /// Whoever waits for it.
    pub answer: oneshot::Sender<Result<Done, NotDone>>,
}

/// A command id for those who gave none: 32 hex digits.
pub fn fresh_id() -> Result<String, Problem> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random)
        .map_err(|error| Problem::new(Code::Unavailable, format!("no source of randomness: {error}")))?;
    Ok(hex(random))
}

impl Work {
    /// A command of a caller. `about` and `body` tell it from another under the same id: what it is given to, and what
    /// was sent.
    pub fn new(caller: &Caller, command_id: String, command: Command, about: &str, body: &[u8]) -> Self {
        let actor = Actor { id: caller.user.clone(), lead: caller.is(policy::OVERRIDERS), unit: caller.unit.clone() };
        Self::of(actor, command_id, command, about, body)
    }

    /// A command of the house itself.
    pub fn of_house(who: &str, command_id: String, command: Command, about: &str) -> Self {
        let actor = Actor { id: who.to_owned(), lead: false, unit: None };
        Self::of(actor, command_id, command, about, &[])
    }

    /// A command of anybody.
    pub(super) fn of(actor: Actor, command_id: String, command: Command, about: &str, body: &[u8]) -> Self {
        let now_ms = now_ms();
        let mut digest = Sha256::new();
        let body = canonical(body);
        for part in [actor.id.as_bytes(), about.as_bytes(), body.as_slice()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self {
            ask: Ask { command, actor, basis: Basis::default(), confirm: None, now_ms },
            command_id,
            digest: digest.finalize().into(),
            sealed: Vec::new(),
            src: "ui",
            device: None,
            guard: None,
            render: Box::new(|_, _| (200, Json::Null)),
            answer: oneshot::channel().0,
        }
    }
}

/// JSON in one form, so that the same said in another order is the same; anything else as it is.
fn canonical(body: &[u8]) -> Vec<u8> {
    let read: Option<Json> = serde_json::from_slice(body).ok();
    read.map_or_else(|| body.to_vec(), |json| json.to_string().into_bytes())
}

/// Why a command was not carried out.
#[derive(Debug, Clone)]
pub enum NotDone {
    /// It is not allowed, or not so.
    Refused(Refusal),
    /// Another command has that id.
    Mismatch,
    /// It is about something that the caller may not see.
    Scope,
    /// The store did not take it: whether it happened is unknown, asking again with the same id is safe.
    Unavailable,
}

impl App {
    /// The desk; when what is looked for is not on it, what other servers wrote is read first: it may be newer than what
    /// this one has seen.
    pub async fn desk_with(&self, holds: impl Fn(&Desk) -> bool) -> std::sync::Arc<Desk> {
        let desk = self.ops.desk();
        if holds(&desk) {
            return desk;
        }
        self.current().await;
        self.ops.desk()
    }

    /// Has a command carried out and waits until that is durable.
    pub async fn command(&self, mut work: Work) -> Result<Done, NotDone> {
        let (send, receive) = oneshot::channel();
        work.answer = send;
        self.ops.queue.send(work).await.map_err(|_gone| NotDone::Unavailable)?;
        receive.await.unwrap_or(Err(NotDone::Unavailable))
    }
}
