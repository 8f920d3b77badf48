//! Write-behind of positions: at most a second or a thousand rows behind. A crash may lose that second of track, never
//! an order: operations go through the log.

use std::sync::Arc;
use std::time::Duration;

use store::{Observation, Store};
use tokio::sync::mpsc;

use super::stopped;

/// Rows that are written together at most.
const BATCH: usize = 1_000;
/// How long a row waits at most.
const PATIENCE: Duration = Duration::from_millis(500);
/// Batches that may wait for the disk. When it is full, who reports positions waits: nothing is dropped.
const WAITING: usize = 256;

/// Where positions wait for the disk.
pub struct Track {
    send: mpsc::Sender<Vec<Observation>>,
    receive: std::sync::Mutex<Option<mpsc::Receiver<Vec<Observation>>>>,
}

impl Default for Track {
    fn default() -> Self {
        Self::new()
    }
}

impl Track {
    /// An empty queue whose writer does not run yet.
    pub fn new() -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        Self { send, receive: std::sync::Mutex::new(Some(receive)) }
    }

    /// Queues rows; waits when the queue is full.
    pub async fn push(&self, rows: Vec<Observation>) {
        if !rows.is_empty() && self.send.send(rows).await.is_err() {
            tracing::error!("the track writer has gone; positions are shown but not kept");
        }
    }

    /// Writes what comes until `stop` rings, then what is left. Rows that the store refuses are lost and counted.
    pub async fn run(&self, store: Arc<dyn Store>, mut stop: tokio::sync::watch::Receiver<bool>) {
        let taken = self.receive.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let Some(mut receive) = taken else { return };
        let mut rows = Vec::new();
        let mut tick = tokio::time::interval(PATIENCE);
        loop {
            let stopping = tokio::select! {
                more = receive.recv() => {
                    rows.extend(more.unwrap_or_default());
                    if rows.len() < BATCH {
                        continue;
                    }
                    false
                }
                _ = tick.tick() => false,
                () = stopped(&mut stop) => true,
            };
            if stopping {
                while let Ok(more) = receive.try_recv() {
                    rows.extend(more);
                }
            }
            write(&store, &mut rows).await;
            if stopping {
                return;
            }
        }
    }
}

async fn write(store: &Arc<dyn Store>, rows: &mut Vec<Observation>) {
    if rows.is_empty() {
        return;
    }
    let lost = rows.len() as u64;
    if let Err(error) = store.append(rows).await {
        metrics::counter!("onemap_positions_lost_total").increment(lost);
        tracing::error!(%error, lost, "positions could not be written");
    }
    rows.clear();
}
