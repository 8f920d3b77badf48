//! The log of operations: the truth of dispatch, one event after the other, each bound to the one before it.
//!
//! Whoever writes holds the head of the log from [`Log::begin_append`] to [`Append::commit`]: reads what others have
//! appended, decides, appends, commits. So a decision rests on everything that came before it, on any number of servers.

mod append;
mod bell;
mod chain;
mod door;
mod event;
mod ledger;
mod snapshot;
mod verify;

pub use append::{Answer, Append, Command, Expect};
pub use chain::LogHead;
pub use door::Log;
pub use event::{Event, EventDraft};
pub use verify::{LogVerified, verify_tail};

pub(crate) use append::{Backend, Desk, begin};
pub(crate) use bell::Bell;
pub(crate) use door::PAGE;
pub(crate) use event::sealed_digest;
pub(crate) use ledger::Pending;
pub(crate) use snapshot::{PART as SNAPSHOT_PART, check as check_snapshot, digest as snapshot_digest};
pub(crate) use verify::{Kept, Walk, check_erasure};
