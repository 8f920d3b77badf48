//! What cameras show: where their streams are, who may watch, and that every look leaves its row.

mod pulse;
mod sources;
mod tickets;
mod watching;

pub use pulse::pulse;
pub use sources::Sources;
pub use tickets::{Seen, Ticket, Tickets};
pub use watching::TicketWish;

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use video::Hubs;

/// Everything about pictures.
#[derive(Debug)]
pub struct Video {
    /// Where the streams are.
    pub sources: Sources,
    /// Who may watch what.
    pub tickets: Tickets,
    /// The cameras that are watched.
    pub hubs: Hubs,
    /// When a camera last answered, or when they began to be asked, milliseconds since 1970 UTC; 0 before.
    answered_ms: AtomicI64,
}

impl Video {
    /// Nothing is read yet: [`Sources::load`] does.
    pub fn new(sources: Option<PathBuf>) -> Self {
        Self {
            sources: Sources::new(sources),
            tickets: Tickets::default(),
            hubs: Hubs::new(),
            answered_ms: AtomicI64::new(0),
        }
    }

    /// When any camera was last heard, milliseconds since 1970 UTC: a picture, or an answer to whether it is there. None
    /// only when no stream is known.
    pub fn heard_ms(&self) -> Option<i64> {
        if self.sources.is_empty() {
            return None;
        }
        self.hubs.last_frame_ms().max(Some(self.answered_ms.load(Ordering::Relaxed)).filter(|ms| *ms > 0))
    }
}
