//! Writes one batch, however often that takes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use store::{ErrorKind, Observation, Store};

use super::BATCH;

/// How long one attempt may take; then the store counts as away.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Reports of one unit and one time that are looked through for one.
const MOST_LIKE_IT: u32 = 1_000;

/// Why rows were not kept.
#[derive(Debug)]
pub enum Refused {
    /// The store does not answer: later it may.
    Away(String),
    /// What was given cannot be kept.
    Bad(String),
}

/// What keeps rows: the store, as far as the track needs it.
#[async_trait]
pub trait Keeps: Send + Sync {
    /// Keeps all of them or none.
    async fn keep(&self, rows: &[Observation]) -> Result<(), Refused>;

    /// Whether it has this row.
    async fn has(&self, row: &Observation) -> Result<bool, Refused>;
}

#[async_trait]
impl Keeps for Arc<dyn Store> {
    async fn keep(&self, rows: &[Observation]) -> Result<(), Refused> {
        let Err(error) = self.append(rows).await else { return Ok(()) };
        let refused = matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict);
        // A database that is not there (while it is being restored) refuses everything: that is no fault of a row.
        if refused && self.ping().await.is_ok() {
            return Err(Refused::Bad(error.to_string()));
        }
        Err(Refused::Away(error.to_string()))
    }

    async fn has(&self, row: &Observation) -> Result<bool, Refused> {
        let at = row.fix.at_ms;
        let kept = self.track(&row.unit, at, at.saturating_add(1), MOST_LIKE_IT).await;
        let kept = kept.map_err(|error| Refused::Away(error.to_string()))?;
        Ok(kept.iter().any(|k| k.recv_ms == row.recv_ms && k.obs == row.obs && k.label == row.label))
    }
}

/// The batch that is being written, in order.
#[derive(Default)]
pub(super) struct Pen {
    rows: Vec<Observation>,
    /// How many of them are tried together.
    size: usize,
    /// The last attempt, with so many, had no answer: whether they are kept is not known.
    unsure: Option<usize>,
}

impl Pen {
    /// How many rows are not written yet.
    pub(super) fn left(&self) -> usize {
        self.rows.len()
    }

    /// Takes the next batch; the one before is written.
    pub(super) fn take(&mut self, rows: Vec<Observation>) {
        *self = Self { rows, size: BATCH, unsure: None };
    }

    /// Writes all rows, without those that the store refuses; false when the store does not answer.
    pub(super) async fn write<K: Keeps>(&mut self, store: &K) -> bool {
        while !self.rows.is_empty() {
            match tokio::time::timeout(ATTEMPT, self.attempt(store)).await {
                Ok(Ok(())) => {}
                Ok(Err(why)) => {
                    tracing::debug!(why, "positions wait");
                    return false;
                }
                Err(_) => return false,
            }
        }
        true
    }

    /// One step. An attempt that had no answer may have been kept all the same: rows are not written twice. Halves find the
    /// one row that is refused.
    async fn attempt<K: Keeps>(&mut self, store: &K) -> Result<(), String> {
        if let Some(tried) = self.unsure {
            match store.has(witness(&self.rows[..tried])).await {
                Ok(kept) => {
                    self.unsure = None;
                    if kept {
                        self.rows.drain(..tried);
                    }
                    return Ok(());
                }
                Err(Refused::Away(why) | Refused::Bad(why)) => return Err(why),
            }
        }
        let count = self.size.clamp(1, self.rows.len());
        // Also when this is given up half way.
        self.unsure = Some(count);
        match store.keep(&self.rows[..count]).await {
            Ok(()) => {
                self.rows.drain(..count);
                self.size = (count * 2).min(BATCH);
            }
            Err(Refused::Bad(why)) if count == 1 => {
                metrics::counter!("onemap_positions_lost_total").increment(1);
                tracing::error!(why, lost = 1, "a position cannot be kept");
                self.rows.remove(0);
                self.size = BATCH;
            }
            Err(Refused::Bad(_)) => self.size = count / 2,
            Err(Refused::Away(why)) => return Err(why),
        }
        self.unsure = None;
        Ok(())
    }
}

/// The row by which it is seen whether a transaction was kept: one that moved its unit has a time that no other report of the
/// unit has.
fn witness(rows: &[Observation]) -> &Observation {
    let moved = rows.iter().rev().find(|row| row.moves_the_unit());
    moved.unwrap_or(&rows[rows.len() - 1])
}
