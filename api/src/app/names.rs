//! The names by which things are found, laid out anew behind the publisher's back: a whole layer of names takes seconds
//! where there are millions, and no tile waits for that.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwapOption;
use spatial::Layer;
use spatial::search::SearchIndex;
use spatial::still::StillIndex;

use super::App;

/// The names of so many rows are laid out before an edit is published (some 50 ms), so that it is found as soon as it is
/// seen; of more, after it.
const AT_ONCE: usize = 50_000;

/// The newest names.
#[derive(Default)]
pub struct Names {
    index: ArcSwapOption<SearchIndex>,
    waiting: Mutex<Waiting>,
}

/// Layers whose names are of an older picture. At most one task lays them out; what changes meanwhile waits for it.
#[derive(Default)]
struct Waiting {
    changed: BTreeSet<Layer>,
    busy: bool,
}

impl Names {
    /// What is searched; `None` until it was laid out for the first time.
    pub fn index(&self) -> Option<Arc<SearchIndex>> {
        self.index.load_full()
    }

    /// Whether the changed layers are so small that their names come with the edit.
    pub fn are_few(layers: &StillIndex, changed: &BTreeSet<Layer>) -> bool {
        changed.iter().filter_map(|layer| layers.layer(*layer)).map(|layer| layer.len()).sum::<usize>() <= AT_ONCE
    }

    /// Lays out the names of the changed layers; answers when it is done, unless somebody is at it already.
    pub async fn follow(app: &App, layers: StillIndex, changed: BTreeSet<Layer>) {
        if app.names.begin(changed) {
            catch_up(app, layers).await;
        }
    }

    /// The same behind the caller's back.
    pub fn later(app: &App, changed: BTreeSet<Layer>) {
        if app.names.begin(changed) {
            let app = app.clone();
            tokio::spawn(async move { catch_up(&app, app.world.still().index.clone()).await });
        }
    }

    /// Notes what changed; whether the caller is the one to lay it out.
    fn begin(&self, changed: BTreeSet<Layer>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.changed.extend(changed);
        !std::mem::replace(&mut waiting.busy, true)
    }

    /// What waits; nobody is at it any more when that is nothing.
    fn take(&self) -> Option<BTreeSet<Layer>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = std::mem::take(&mut waiting.changed);
        waiting.busy = !changed.is_empty();
        waiting.busy.then_some(changed)
    }
}

async fn catch_up(app: &App, mut layers: StillIndex) {
    while let Some(changed) = app.names.take() {
        let old = app.names.index();
        let naming = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let index = old.as_deref().unwrap_or(&SearchIndex::default()).with(&layers, &changed);
            let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(bytes = index.bytes(), addresses = index.addresses(), duration_ms, "names laid out");
            #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; bytes stay far below 2^53")]
            metrics::gauge!("onemap_search_bytes").set(index.bytes() as f64);
            Arc::new(index)
        });
        let index = naming.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        app.names.index.store(Some(index));
        layers = app.world.still().index.clone();
    }
}
