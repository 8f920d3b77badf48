//! Several servers on one store: where units are is told at once from one to the others. What operations say comes from
//! the log; this is only what moves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use store::{Heard, Told};
use tokio::sync::mpsc;

use super::{App, now_ms, reported, stopped};

/// Fixes of one batch wait no longer than this for company.
const GATHER: Duration = Duration::from_millis(50);
/// Batches that may wait. When it is full a batch is not told: the next fix of its units is.
const WAITING: usize = 256;

/// Fixes on their way to other servers.
pub struct Others {
    send: mpsc::Sender<Batch>,
    receive: Mutex<Option<mpsc::Receiver<Batch>>>,
}

/// Where units are now, and which reports were taken.
type Batch = Vec<Told>;

impl Default for Others {
    fn default() -> Self {
        Self::new()
    }
}

impl Others {
    /// Nobody is told yet.
    pub fn new() -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        Self { send, receive: Mutex::new(Some(receive)) }
    }

    /// Has other servers told, if there can be any.
    pub fn tell(&self, told: Batch) {
        if !told.is_empty() && self.send.try_send(told).is_err() {
            metrics::counter!("onemap_positions_untold_total").increment(1);
        }
    }
}

/// Tells and hears until the server stops. In a folder nobody else serves, and both ends fall silent.
pub async fn run(app: App) {
    let taken = app.others.receive.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut own) = taken else { return };
    let mut heard = match app.store.heard().await {
        Ok(Some(heard)) => heard,
        Ok(None) => {
            // Whoever tells is told that nobody listens, and drops it.
            own.close();
            return;
        }
        Err(error) => {
            tracing::error!(%error, "positions of other servers cannot be heard");
            return;
        }
    };
    let mut stop = app.stop.subscribe();
    loop {
        tokio::select! {
            Some(first) = own.recv() => {
                tokio::time::sleep(GATHER).await;
                tell(&app, first, &mut own).await;
            }
            Some(news) = heard.recv() => take_in(&app, news).await,
            () = stopped(&mut stop) => return,
        }
    }
}

/// Only the newest fix of each unit is told, and the numbers of its last reports.
async fn tell(app: &App, first: Batch, own: &mut mpsc::Receiver<Batch>) {
    let waiting = std::iter::from_fn(|| own.try_recv().ok());
    let mut all: HashMap<String, Told> = HashMap::new();
    for told in std::iter::once(first).chain(waiting).flatten() {
        match all.entry(told.unit.clone()) {
            Entry::Vacant(free) => {
                free.insert(told);
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.fix = told.fix.or(known.fix.take());
                known.made_ms = told.made_ms.or(known.made_ms);
                known.numbers.extend(told.numbers);
                let over = known.numbers.len().saturating_sub(reported::KEPT);
                known.numbers.drain(..over);
            }
        }
    }
    let told: Batch = all.into_values().collect();
    if let Err(error) = app.store.tell(&told).await {
        tracing::warn!(%error, units = told.len(), "other servers were not told where units are");
    }
}

async fn take_in(app: &App, news: Heard) {
    let (told, missed) = match news {
        Heard::Told(told) => (told, false),
        Heard::Missed => match app.store.latest().await {
            Ok(latest) => {
                let told = |(unit, fix)| Told { unit, fix: Some(fix), made_ms: None, numbers: Vec::new() };
                (latest.into_iter().map(told).collect(), true)
            }
            Err(error) => {
                tracing::warn!(%error, "where units are could not be read");
                return;
            }
        },
    };
    let (now, still) = (now_ms(), app.world.still());
    app.world.change(|moving| {
        for Told { unit, fix, made_ms, numbers } in told {
            let Some(slot) = moving.slot(&unit) else { continue };
            moving.know(slot, numbers);
            if let Some((made, came)) = made_ms {
                moving.dates(&unit, made, came);
            }
            let Some(fix) = fix else { continue };
            let off = moving.unit(slot).is_none_or(|known| known.unit.duty == dispatch::Duty::OffDuty);
            if off || moving.fix(slot).is_some_and(|held| held.at_ms >= fix.at_ms) {
                continue;
            }
            let division = still.division(fix.position);
            if missed {
                moving.restore(slot, fix, now);
            } else {
                moving.place(slot, fix, now, division);
            }
        }
    });
}
