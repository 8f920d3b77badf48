//! The rows that wait for the disk, and what happens when they are too many.

use std::collections::VecDeque;

use store::Observation;
use tokio::time::Instant;

/// A bounded queue. It is full while the store is away: then the oldest row makes place.
pub(super) struct Waiting {
    rows: VecDeque<Observation>,
    most: usize,
    /// The store did not answer the last attempt.
    away: bool,
    /// Nobody writes any more.
    closed: bool,
    /// Lost and not yet accounted for.
    lost: u64,
}

impl Waiting {
    /// An empty queue of at most `most` rows, which is more than a batch of reports may have.
    pub(super) fn new(most: usize) -> Self {
        Self { rows: VecDeque::new(), most, away: false, closed: false, lost: 0 }
    }

    /// Queues rows and says how many wait; gives them back when there is no room and there will be some.
    pub(super) fn take(&mut self, rows: Vec<Observation>) -> Result<usize, Vec<Observation>> {
        if self.closed {
            metrics::counter!("onemap_positions_lost_total").increment(rows.len() as u64);
            tracing::error!(lost = rows.len(), "the track writer has gone; positions are shown but not kept");
            return Ok(0);
        }
        let beyond = (self.rows.len() + rows.len()).saturating_sub(self.most);
        if beyond > 0 && !self.away {
            return Err(rows);
        }
        self.rows.extend(rows);
        self.rows.drain(..beyond);
        self.lost += beyond as u64;
        Ok(self.rows.len())
    }

    /// The oldest rows, at most `most` of them.
    pub(super) fn next(&mut self, most: usize) -> Vec<Observation> {
        let count = most.min(self.rows.len());
        self.rows.drain(..count).collect()
    }

    /// Notes whether the store answered; whether that is news.
    pub(super) fn heard(&mut self, answers: bool) -> bool {
        std::mem::replace(&mut self.away, !answers) == answers
    }

    /// How many were lost since it was last asked, and how many wait.
    pub(super) fn account(&mut self) -> (u64, usize) {
        (std::mem::take(&mut self.lost), self.rows.len())
    }

    /// Takes no more; how many are left.
    pub(super) fn close(&mut self) -> usize {
        self.closed = true;
        std::mem::take(&mut self.rows).len()
    }
}

/// What was lost lately.
#[derive(Default)]
pub(super) struct Loss {
    pub(super) rows: u64,
    pub(super) since_ms: i64,
    pub(super) last: Option<Instant>,
}
