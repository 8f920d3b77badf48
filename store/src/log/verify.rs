//! The walk along the chain, which finds the first event that is not what was written.

use super::{Event, Log, LogHead, sealed_digest};
use crate::Error;

/// What [`Log::log_verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerified {
    /// How many events were looked at and held.
    pub events: u64,
    /// Of how many of them what was sealed has been erased.
    pub erased: u64,
    /// `seq` of the first event that is missing or not what was written; `None` when all holds.
    pub first_bad: Option<u64>,
    /// What is wrong with it, in words.
    pub why: Option<String>,
}

/// Verifies the last 1,000 events: what a server does before it starts on this log.
pub async fn verify_tail(log: &(impl Log + ?Sized)) -> Result<LogVerified, Error> {
    const TAIL: u64 = 1_000;
    let head = log.log_head().await?;
    log.log_verify(head.seq.saturating_sub(TAIL)).await
}

/// What is kept beside an event: nothing, or salt and bytes, both gone when it was erased.
pub(crate) type Kept = Option<(Option<Vec<u8>>, Option<Vec<u8>>)>;

/// A walk along the chain, a page at a time.
#[derive(Debug)]
pub(crate) struct Walk {
    at: LogHead,
    events: u64,
    erased: u64,
    bad: Option<(u64, String)>,
}

impl Walk {
    /// Begins after an event, whose own hash is believed.
    pub(crate) fn after(at: LogHead) -> Self {
        Self { at, events: 0, erased: 0, bad: None }
    }

    /// The `seq` after which the next page begins.
    pub(crate) fn position(&self) -> u64 {
        self.at.seq
    }

    /// Takes the next page. An event that cannot even be read is as bad as one that was changed. Answers whether the walk
    /// goes on.
    pub(crate) fn take(&mut self, page: Vec<(Result<Event, Error>, Kept)>) -> bool {
        let goes_on = !page.is_empty();
        for (event, kept) in page {
            let next = self.at.seq + 1;
            let event = match event {
                Ok(event) => event,
                Err(error) => return self.stop(next, error.to_string()),
            };
            if let Err(why) = self.at.follow(&event) {
                return self.stop(next, why);
            }
            match sealed(&event, kept) {
                Ok(erased) => self.erased += u64::from(erased),
                Err(why) => return self.stop(next, why.to_owned()),
            }
            self.events += 1;
        }
        goes_on
    }

    /// Compares where the walk ended with what the end of the log should be.
    pub(crate) fn arrive(&mut self, head: Option<LogHead>) {
        let Some(head) = head else {
            self.stop(self.at.seq + 1, "the end of the log is not known".to_owned());
            return;
        };
        if head.seq > self.at.seq {
            self.stop(self.at.seq + 1, format!("it is missing: the log should reach to event {}", head.seq));
        } else if head.seq < self.at.seq {
            self.stop(head.seq + 1, format!("the log should end at event {}", head.seq));
        } else if head.hash != self.at.hash || head.commit_us != self.at.commit_us || head.epoch < self.at.epoch {
            self.stop(head.seq, "the end of the log is not bound to it".to_owned());
        }
    }

    /// Notes what is wrong beside the chain, unless the chain itself was broken before.
    pub(crate) fn beside(&mut self, bad: Option<u64>, why: &str) {
        if let Some(seq) = bad {
            self.stop(seq, why.to_owned());
        }
    }

    /// Whether everything held so far.
    pub(crate) fn holds(&self) -> bool {
        self.bad.is_none()
    }

    /// What was found.
    pub(crate) fn end(self) -> LogVerified {
        let (first_bad, why) = self.bad.unzip();
        LogVerified { events: self.events, erased: self.erased, first_bad, why }
    }

    fn stop(&mut self, seq: u64, why: String) -> bool {
        self.bad.get_or_insert((seq, why));
        false
    }
}

/// Whether what is kept beside an event is what its digest says; `true` when it was erased.
fn sealed(event: &Event, kept: Kept) -> Result<bool, &'static str> {
    match (event.sealed_digest, kept) {
        (None, None) => Ok(false),
        (None, Some(_)) => Err("something is kept beside it that the chain does not know of"),
        (Some(_), None) => Err("what was sealed is missing, and was not erased"),
        (Some(_), Some((None, None))) => Ok(true),
        (Some(digest), Some((Some(salt), Some(bytes)))) if digest == sealed_digest(&salt, &bytes) => Ok(false),
        (Some(_), Some(_)) => Err("what was sealed is not what was written"),
    }
}

/// Refuses to erase too much at once.
pub(crate) fn check_erasure(doing: &'static str, seqs: &[u64]) -> Result<(), Error> {
    const MOST: usize = 10_000;
    if seqs.len() > MOST {
        return Err(Error::invalid(doing, format!("{} at once, and {MOST} are allowed", seqs.len())));
    }
    Ok(())
}
