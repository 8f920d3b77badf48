//! All cameras that somebody watches: one session each, however many watch.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::hub::Hub;
use super::source::Source;
use super::watcher::Watcher;

/// Cameras that are watched at once. A camera of 4 Mbit/s keeps at most 8 MB for who comes later.
const MOST_CAMERAS: usize = 64;
/// Watchers of one camera.
const MOST_WATCHERS: usize = 50;
/// A session goes on for so long after the last has left: who turns back finds the picture there.
const LINGER: Duration = Duration::from_secs(10);
/// Refused logins that are kept in mind; when they are more, the oldest goes.
const MOST_REFUSED: usize = 1_000;

/// Why nobody more can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// As many cameras as there may be are watched.
    #[error("{MOST_CAMERAS} cameras are watched, which is as many as can be")]
    Cameras,
    /// As many as may watch this one.
    #[error("{MOST_WATCHERS} people watch this camera, which is as many as can")]
    Watchers,
}

/// A handle on all cameras that are watched. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Hubs(Arc<All>);

#[derive(Debug, Default)]
struct All {
    hubs: Mutex<HashMap<String, Arc<Hub>>>,
    /// Until when a source is not asked, because it refused the login: a new click is no reason to try a password again.
    refused: Mutex<Vec<(Source, Instant)>>,
    last_frame_ms: Arc<AtomicI64>,
}

impl Hubs {
    /// Nobody watches yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Watches a camera: the first who comes opens its session. Must be called on a tokio runtime.
    pub fn watch(&self, camera: &str, source: &Source) -> Result<Watcher, Full> {
        let mut hubs = self.0.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        // An operator who changed the address or the password means a new session.
        if let Some(hub) = hubs.get(camera).filter(|hub| hub.source == *source) {
            if *hub.watchers.borrow() >= MOST_WATCHERS {
                return Err(Full::Watchers);
            }
            return Ok(Watcher::new(Arc::clone(hub)));
        }
        if hubs.len() >= MOST_CAMERAS && !hubs.contains_key(camera) {
            return Err(Full::Cameras);
        }
        let hub = Arc::new(Hub::new(camera, source.clone(), Arc::clone(&self.0.last_frame_ms)));
        hubs.insert(camera.to_owned(), Arc::clone(&hub));
        let watcher = Watcher::new(Arc::clone(&hub));
        tokio::spawn(keep(Kept { hubs: self.clone(), hub }));
        Ok(watcher)
    }

    /// When the last picture of any camera came in, milliseconds since 1970 UTC.
    pub fn last_frame_ms(&self) -> Option<i64> {
        Some(self.0.last_frame_ms.load(Ordering::Relaxed)).filter(|ms| *ms > 0)
    }

    /// How many cameras have a session or try for one, and how many watch them.
    pub fn watched(&self) -> (usize, usize) {
        let hubs = self.0.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        (hubs.len(), hubs.values().map(|hub| *hub.watchers.borrow()).sum())
    }

    /// Takes a hub out; one that somebody watches only when `watched` says so. `false` when it stays.
    fn leave(&self, hub: &Arc<Hub>, watched: bool) -> bool {
        let mut hubs = self.0.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        // New watchers are let in under the same lock.
        if !watched && *hub.watchers.borrow() > 0 {
            return false;
        }
        if hubs.get(&hub.camera).is_some_and(|known| Arc::ptr_eq(known, hub)) {
            hubs.remove(&hub.camera);
        }
        true
    }

    fn refuse(&self, source: &Source, pause: Duration) {
        let mut refused = self.0.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        refused.retain(|(known, until)| known != source && *until > now);
        if refused.len() >= MOST_REFUSED {
            refused.remove(0);
        }
        refused.push((source.clone(), now + pause));
    }

    fn refused_until(&self, source: &Source) -> Option<Instant> {
        let refused = self.0.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        refused.iter().find(|(known, until)| known == source && *until > now).map(|(_, until)| *until)
    }
}

/// A hub with its task. However the task ends, nobody waits for a picture that does not come.
struct Kept {
    hubs: Hubs,
    hub: Arc<Hub>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.hubs.leave(&self.hub, true);
        self.hub.end();
    }
}

/// Keeps a camera's picture coming until nobody has watched for a while.
async fn keep(kept: Kept) {
    let Kept { hubs, hub } = &kept;
    let not_before = hubs.refused_until(&hub.source);
    let coming = hub.run(not_before, |pause| hubs.refuse(&hub.source, pause));
    let left = async {
        loop {
            let mut watching = hub.watchers.subscribe();
            // The hub holds the sender, so it does not close.
            let _ = watching.wait_for(|count| *count == 0).await;
            tokio::select! {
                () = sleep(LINGER) => if hubs.leave(hub, false) { return },
                _ = watching.wait_for(|count| *count > 0) => {}
            }
        }
    };
    tokio::select! {
        () = coming => {}
        () = left => tracing::debug!(camera = hub.camera, "nobody watches"),
    }
}
