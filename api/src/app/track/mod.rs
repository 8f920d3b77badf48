//! Write-behind of positions: at most a second behind while the store answers. While it does not, what was accepted waits
//! here and is written in order when it is back. A crash may lose what waits, never an order: operations go through the log.

mod pen;
mod waiting;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::Observation;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::pen::{Keeps, Pen};
use self::waiting::{Loss, Waiting};
use super::{Alarms, now_ms, rfc3339, stopped};

/// Rows that are written together at most.
const BATCH: usize = 1_000;
/// How long a row waits at most while the store answers.
const PATIENCE: Duration = Duration::from_millis(500);
/// Rows that may wait: five minutes of five thousand units that report every five seconds, in which a database is started
/// anew or another takes its place. A row is 128 bytes and its two texts: some 60 MB as devices write them, 270 MB of the
/// longest that are accepted. When it is full and the store answers, who reports waits; when the store does not answer, the
/// oldest row is lost, counted and an alarm.
const MOST: usize = 300_000;
/// Between two attempts while the store does not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a server that stops goes on trying.
const STOPPING: Duration = Duration::from_secs(5);
/// How long a loss is shown after the last one.
const SHOWN: Duration = Duration::from_mins(10);
/// The alarm of a loss.
const LOST: &str = "POSITIONS-LOST";

/// Where positions wait for the disk.
pub struct Track {
    waiting: Mutex<Waiting>,
    /// Rings when a whole batch waits.
    full: Notify,
    /// Rings when there may be room again.
    room: Notify,
}

impl Default for Track {
    fn default() -> Self {
        Self::new()
    }
}

impl Track {
    /// An empty queue whose writer does not run yet.
    pub fn new() -> Self {
        Self::of(MOST)
    }

    fn of(most: usize) -> Self {
        Self { waiting: Mutex::new(Waiting::new(most)), full: Notify::new(), room: Notify::new() }
    }

    /// Queues rows. Waits while the queue is full and the store answers.
    pub async fn push(&self, mut rows: Vec<Observation>) {
        while !rows.is_empty() {
            let room = self.room.notified();
            tokio::pin!(room);
            // From here on a ring is heard.
            room.as_mut().enable();
            match self.waiting().take(rows) {
                Ok(wait) => {
                    if wait >= BATCH {
                        self.full.notify_one();
                    }
                    return;
                }
                Err(back) => rows = back,
            }
            room.await;
        }
    }

    /// Writes what comes until `stop` rings, then what is left, as far as it can in five seconds. A row that the store
    /// refuses is lost and counted, and no other with it.
    pub async fn run<K: Keeps>(&self, store: &K, alarms: &Alarms, mut stop: watch::Receiver<bool>) {
        let (mut pen, mut loss) = (Pen::default(), Loss::default());
        let mut tick = tokio::time::interval(PATIENCE);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.full.notified() => {}
                _ = tick.tick() => {}
                () = stopped(&mut stop) => break,
            }
            let answered = self.write(store, &mut pen).await;
            self.account(alarms, &mut loss);
            if !answered {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = stopped(&mut stop) => break,
                }
            }
        }
        let all = async {
            while !self.write(store, &mut pen).await {
                tokio::time::sleep(PAUSE).await;
            }
        };
        drop(tokio::time::timeout(STOPPING, all).await);
        self.account(alarms, &mut loss);
        let left = pen.left() + self.waiting().close();
        if left > 0 {
            metrics::counter!("onemap_positions_lost_total").increment(left as u64);
            tracing::error!(lost = left, "the server stops and the store does not answer: positions are not kept");
        }
    }

    /// Writes until nothing waits or the store does not answer; whether it answered.
    async fn write<K: Keeps>(&self, store: &K, pen: &mut Pen) -> bool {
        loop {
            if pen.left() == 0 {
                let rows = self.waiting().next(BATCH);
                self.room.notify_waiters();
                if rows.is_empty() {
                    return true;
                }
                pen.take(rows);
            }
            let answers = pen.write(store).await;
            if self.waiting().heard(answers) {
                if answers {
                    tracing::info!("the store answers again; positions that waited are written");
                } else {
                    tracing::warn!("the store does not answer; positions wait");
                }
            }
            if !answers {
                // Who waited for room gets in now: the oldest rows make place.
                self.room.notify_waiters();
                return false;
            }
        }
    }

    /// Counts what was lost, says it, and stops saying it when it is long past.
    #[expect(clippy::cast_precision_loss, reason = "a figure for a chart")]
    fn account(&self, alarms: &Alarms, loss: &mut Loss) {
        let (gone, wait) = self.waiting().account();
        metrics::gauge!("onemap_positions_waiting").set(wait as f64);
        if gone > 0 {
            if loss.last.is_none() {
                loss.since_ms = now_ms();
            }
            loss.rows += gone;
            loss.last = Some(Instant::now());
            metrics::counter!("onemap_positions_lost_total").increment(gone);
            tracing::error!(
                lost = gone,
                wait,
                "the store does not answer and too many positions wait: the oldest are lost"
            );
            alarms.tell(LOST, format!("{} positions lost since {}", loss.rows, rfc3339(loss.since_ms)));
        } else if loss.last.is_some_and(|last| last.elapsed() > SHOWN) {
            alarms.end(LOST);
            *loss = Loss::default();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
