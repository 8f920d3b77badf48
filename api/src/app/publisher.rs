//! The publisher: reads the registry, builds the still layers off the request path, swaps them in, and follows the
//! registry's changes, whoever makes them (this server, an import, another server on the same database).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use spatial::still::Divisions;
use spatial::{Feature, Layer, StillLayer};
use store::Store;
use tokio::sync::Notify;

use super::people;
use super::world::Still;
use super::{App, stopped};

/// How often the registry is asked for changes that nobody announced here.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// Edits that come within this time are published together.
const GATHER: Duration = Duration::from_millis(50);
/// Features read from the store at once.
const PAGE: u32 = 5_000;

/// Tells the publisher's task that something changed.
pub struct Publisher {
    bell: Notify,
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

impl Publisher {
    /// A publisher whose task does not run yet.
    pub fn new() -> Self {
        Self { bell: Notify::new() }
    }

    /// Says that the registry changed.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Loads everything, then follows changes until the server stops. Trouble with the store is logged and tried again.
    pub async fn run(app: App) {
        let mut stop = app.stop.subscribe();
        loop {
            if let Err(error) = refresh(&app).await {
                tracing::error!(%error, "the registry could not be read; trying again");
            }
            tokio::select! {
                () = app.publisher.bell.notified() => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(ASK_EVERY) => {}
                () = stopped(&mut stop) => return,
            }
        }
    }

    /// Waits until the world holds at least that revision (bounded: 30 s), so that who edits sees the edit.
    pub async fn settled(app: &App, revision: u64) {
        app.publisher.ring();
        let mut bell = app.world.still_bell();
        let wait = async {
            while app.world.still().revision < revision {
                if bell.changed().await.is_err() {
                    return;
                }
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), wait).await.is_err() {
            tracing::warn!(revision, "an edit was not published within 30 s");
        }
    }
}

/// Brings the world up to the registry's revision.
async fn refresh(app: &App) -> Result<(), store::Error> {
    let old = app.world.still();
    let revision = app.store.revision().await?;
    if old.ready && revision == old.revision {
        return Ok(());
    }
    let newest = app.store.revisions().await?;
    let changed = |layer: Layer| {
        let stored = newest.iter().find(|(l, _)| *l == layer).map_or(0, |(_, r)| *r);
        !old.ready || stored > old.revision
    };
    let mut dirty: BTreeSet<Layer> = Layer::REGISTERED.into_iter().filter(|layer| changed(*layer)).collect();
    if dirty.contains(&Layer::Jurisdictions) {
        // Every row's division may differ now.
        dirty.extend(Layer::REGISTERED);
    }
    let started = std::time::Instant::now();
    let mut still = Still {
        index: old.index.clone(),
        divisions: old.divisions.clone(),
        versions: old.versions.clone(),
        revision,
        ready: true,
    };
    let of = |layer| newest.iter().find(|(l, _)| *l == layer).map_or(0, |(_, r)| *r);
    let jurisdictions = of(Layer::Jurisdictions);
    for layer in Layer::REGISTERED.into_iter().filter(|layer| dirty.contains(layer)) {
        let begun = std::time::Instant::now();
        let features = read_all(&app.store, layer).await?;
        let (read, rows) = (begun.elapsed(), features.len());
        still = build(app, still, layer, features).await?;
        tracing::debug!(
            layer = layer.name(),
            rows,
            read_ms = read.as_millis(),
            total_ms = begun.elapsed().as_millis(),
            "built"
        );
        still.versions.insert(layer, of(layer).max(jurisdictions));
    }
    if dirty.contains(&Layer::Residents) {
        still.versions.insert(Layer::People, of(Layer::Residents).max(jurisdictions));
    }
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    metrics::gauge!("onemap_registry_revision").set(revision_gauge(revision));
    for layer in still.index.layers() {
        metrics::gauge!("onemap_features", "layer" => layer.layer().name()).set(revision_gauge(layer.len() as u64));
    }
    tracing::info!(revision, layers = dirty.len(), duration_ms, "published");
    app.world.publish(still);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below 2^53")]
fn revision_gauge(n: u64) -> f64 {
    n as f64
}

/// All features of a layer, in the order of their numbers.
pub(crate) async fn read_all(store: &Arc<dyn Store>, layer: Layer) -> Result<Vec<Feature>, store::Error> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = store.page(layer, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.fid());
        all.extend(page);
    }
}

/// Builds one layer on a thread that may block.
async fn build(app: &App, mut still: Still, layer: Layer, features: Vec<Feature>) -> Result<Still, store::Error> {
    let rules = people::rules(&app.store).await?;
    let divisions = still.divisions.clone();
    let built = tokio::task::spawn_blocking(move || {
        let at = |position| divisions.as_ref().and_then(|d| d.at(position));
        if layer == Layer::Residents {
            // Resident counts themselves are never put into the index: only the cells published from them.
            return (people::publish(&features, at, &rules), None);
        }
        let built = StillLayer::build(layer, &features, at);
        let divisions = (layer == Layer::Jurisdictions).then(|| Arc::new(Divisions::of(&built)));
        (built, divisions)
    });
    match built.await {
        Ok((layer, divisions)) => {
            still.index = still.index.with(layer);
            still.divisions = divisions.or(still.divisions);
            Ok(still)
        }
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
