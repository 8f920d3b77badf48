//! Whether units drive where there are roads: a device whose places all lie beside them, as those of another coordinate
//! system would, is noticed. Off the request's path, and only as much as there is time for.

use std::sync::{Mutex, PoisonError};

use spatial::{Layer, Position};
use tokio::sync::mpsc;

use super::ranking::keeps_to_roads;
use super::world::Tracked;
use super::{App, stopped};

/// Batches that may wait. When it is full, these places are not compared; others will be.
const WAITING: usize = 64;
/// Farther than this no road is looked for, metres: a shifted place lies some hundred metres off.
const FAR_M: f64 = 500.0;

/// Places that wait to be compared.
pub struct Roads {
    send: mpsc::Sender<Batch>,
    receive: Mutex<Option<mpsc::Receiver<Batch>>>,
}

/// Slots of units and where they were.
type Batch = Vec<(u32, Position)>;

impl Default for Roads {
    fn default() -> Self {
        Self::new()
    }
}

impl Roads {
    /// Nothing waits yet.
    pub fn new() -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        Self { send, receive: Mutex::new(Some(receive)) }
    }

    /// Has places of units (by slot) compared, if there is time.
    pub fn compare(&self, news: Vec<(u32, Position)>) {
        if !news.is_empty() {
            drop(self.send.try_send(news));
        }
    }
}

/// Compares until the server stops.
pub async fn run(app: App) {
    let taken = app.roads.receive.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut news) = taken else { return };
    let mut stop = app.stop.subscribe();
    loop {
        let batch = tokio::select! {
            batch = news.recv() => batch,
            () = stopped(&mut stop) => return,
        };
        let Some(batch) = batch else { return };
        let work = app.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || compare(&work, batch)).await {
            tracing::error!(%error, "places could not be compared with the roads");
        }
    }
}

fn compare(app: &App, batch: Batch) {
    let still = app.world.still();
    let Some(roads) = still.layer(Layer::Roads) else { return };
    let distance_m = |place: Position| roads.nearest(place, 1, FAR_M, |_| true).first().map(|near| near.distance_m);
    for (slot, place) in batch {
        // A copy is compared, so that nobody waits for the roads. What flies or swims is on none of them.
        let device = |tracked: &Tracked| keeps_to_roads(tracked.unit.kind).then(|| tracked.device.clone());
        let Some(mut device) = app.world.moving(|moving| moving.unit(slot).and_then(device)) else { continue };
        let before = device.shift();
        if !device.is_news(place) {
            continue;
        }
        device.compare(place, distance_m);
        if device.shift() != before {
            let unit = app.world.moving(|moving| moving.unit(slot).map(|tracked| tracked.unit.id.clone()));
            tracing::warn!(unit, shift = ?device.shift(), "the places of a device seem to be in another system");
        }
        app.world.change(|moving| moving.compare(slot, |held| held.take_comparison(device)));
    }
}
