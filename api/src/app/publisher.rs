//! The publisher: reads the registry, builds the still layers off the request path, swaps them in, and follows the
//! registry's changes, whoever makes them (this server, an import, another server on the same database).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use spatial::still::{Divisions, LayerBuilder, Shapes};
use spatial::{Feature, Layer, StillLayer};
use store::Store;
use tokio::sync::{Notify, mpsc};

use super::names::Names;
use super::snapshot::Opened;
use super::world::Still;
use super::{App, stopped};
use super::{people, snapshot};

/// How often the registry is asked for changes that nobody announced here.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// Edits that come within this time are published together.
const GATHER: Duration = Duration::from_millis(50);
/// Features read from the store at once.
const PAGE: u32 = 5_000;
/// Layers that are read at once when all are.
const LAYERS_TOGETHER: usize = 2;
/// Pages that are read ahead of the builder.
const PAGES_AHEAD: usize = 2;
/// More rows than these are read before a start and not at it: 10 to 20 seconds on two processors.
const SLOW_START: u64 = 2_000_000;
/// A snapshot is written anew when the registry has not changed for so long, and not more often than that.
const CALM: Duration = Duration::from_mins(1);
const WRITE_EVERY: Duration = Duration::from_mins(10);

/// Tells the publisher's task that something changed.
pub struct Publisher {
    bell: Notify,
    /// The world holds layers that the snapshot does not.
    unsaved: AtomicBool,
    /// It follows the registry: somebody will search.
    follows: AtomicBool,
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

impl Publisher {
    /// A publisher whose task does not run yet.
    pub fn new() -> Self {
        Self { bell: Notify::new(), unsaved: AtomicBool::new(false), follows: AtomicBool::new(false) }
    }

    /// Says that the registry changed.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Loads everything, then follows changes until the server stops. Trouble with the store is logged and tried again.
    pub async fn run(app: App) {
        let mut stop = app.stop.subscribe();
        app.publisher.follows.store(true, Ordering::Relaxed);
        let mut saver = Saver::default();
        loop {
            if let Err(error) = refresh(&app).await {
                tracing::error!(%error, "the registry could not be read; trying again");
            }
            saver.look(&app);
            tokio::select! {
                () = app.publisher.bell.notified() => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(ASK_EVERY) => {}
                () = stopped(&mut stop) => return,
            }
        }
    }

    /// Waits until it is known which division a place lies in, which is published before anything else: a call that is
    /// taken during a start must come to the right queue, under the right times.
    pub async fn know_divisions(app: &App) {
        let mut bell = app.world.still_bell();
        while app.world.still().divisions.is_none() {
            // An error means that the world is gone.
            if bell.changed().await.is_err() {
                return;
            }
        }
    }

    /// Makes the next start a quick one: when it would have to read more than two million rows, they are laid into
    /// columns now and kept as a snapshot. Answers how many there were; 0 when there was nothing to do.
    pub async fn prepare_start(app: &App) -> Result<u64, store::Error> {
        let rows = snapshot::unread(app, &pictures(&app.store.revisions().await?)).await?;
        if rows <= SLOW_START {
            return Ok(0);
        }
        refresh(app).await?;
        snapshot::write(app, app.world.still()).await;
        Ok(rows)
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

/// Writes snapshots behind the readers' backs: soon after the start, later when nothing has changed for a while.
#[derive(Default)]
struct Saver {
    writing: Option<tokio::task::JoinHandle<()>>,
    /// Revision that was seen last, and since when.
    seen: Option<(u64, Instant)>,
    written: Option<Instant>,
}

impl Saver {
    fn look(&mut self, app: &App) {
        let still = app.world.still();
        if !still.ready || self.writing.as_ref().is_some_and(|writing| !writing.is_finished()) {
            return;
        }
        let now = Instant::now();
        let since = match self.seen {
            Some((revision, since)) if revision == still.revision => since,
            _ => now,
        };
        self.seen = Some((still.revision, since));
        let calm = now.duration_since(since) >= CALM;
        let due = self.written.is_none_or(|written| calm && now.duration_since(written) >= WRITE_EVERY);
        if due && app.publisher.unsaved.swap(false, Ordering::Relaxed) {
            self.written = Some(now);
            let app = app.clone();
            self.writing = Some(tokio::spawn(async move { snapshot::write(&app, still).await }));
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
    let started = Instant::now();
    let mut still = Still {
        index: old.index.clone(),
        divisions: old.divisions.clone(),
        versions: old.versions.clone(),
        revision,
        ready: true,
    };
    let pictures = pictures(&newest);
    let version = |layer| pictures.get(&drawn_as(layer)).copied().unwrap_or_default();
    let snapshot = if old.ready { Opened::none() } else { snapshot::open(app).await? };
    let mut built = 0;
    // First what says which division a place lies in, then the others, two at a time.
    let (first, others): (Vec<Layer>, Vec<Layer>) = dirty.iter().partition(|layer| **layer == Layer::Jurisdictions);
    for (layers, together) in [(first, 1), (others, LAYERS_TOGETHER)] {
        let versions = layers.iter().map(|layer| (drawn_as(*layer), version(*layer))).collect();
        let (mut kept, divisions) = (snapshot.read(versions).await, still.divisions.clone());
        let making = layers.into_iter().map(|layer| {
            let (kept, divisions) = (kept.remove(&drawn_as(layer)), divisions.clone());
            made(app, divisions, layer, kept, version(layer))
        });
        let mut making = futures::stream::iter(making).buffered(together);
        while let Some(made) = making.next().await {
            let (layer, made, anew) = made?;
            built += usize::from(anew);
            still.index = still.index.with(made);
            if layer == Layer::Jurisdictions {
                still.divisions = drawn(still.index.layer(layer).cloned()).await;
                if !old.ready {
                    let (index, divisions) = (still.index.clone(), still.divisions.clone());
                    app.world.publish(Still { index, divisions, ..Still::default() });
                }
            }
            still.versions.insert(layer, version(layer));
        }
    }
    if dirty.contains(&Layer::Residents) {
        still.versions.insert(Layer::People, version(Layer::Residents));
    }
    if built > 0 {
        app.publisher.unsaved.store(true, Ordering::Relaxed);
    }
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    metrics::gauge!("onemap_registry_revision").set(revision_gauge(revision));
    for layer in still.index.layers() {
        metrics::gauge!("onemap_features", "layer" => layer.layer().name()).set(revision_gauge(layer.len() as u64));
        let (rows, texts) = layer.bytes();
        for (of, bytes) in [("rows", rows), ("texts", texts)] {
            metrics::gauge!("onemap_layer_bytes", "layer" => layer.layer().name(), "of" => of)
                .set(revision_gauge(bytes as u64));
        }
    }
    tracing::info!(revision, layers = dirty.len(), built, duration_ms, "published");
    // An edit is found by its new name as soon as it is seen, unless there are very many names; nobody else waits for them.
    if old.ready && Names::are_few(&still.index, &dirty) {
        Names::follow(app, still.index.clone(), dirty).await;
        app.world.publish(still);
    } else {
        app.world.publish(still);
        if app.publisher.follows.load(Ordering::Relaxed) {
            Names::later(app, dirty);
        }
    }
    prepare(app);
    Ok(())
}

/// The divisions of a layer of jurisdictions.
async fn drawn(layer: Option<Arc<StillLayer>>) -> Option<Arc<Divisions>> {
    let layer = layer?;
    let drawing = tokio::task::spawn_blocking(move || Divisions::of(&layer));
    Some(Arc::new(drawing.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))))
}

/// Residents are never drawn: the cells published from them are.
fn drawn_as(layer: Layer) -> Layer {
    if layer == Layer::Residents { Layer::People } else { layer }
}

/// The version of each layer's picture, from the newest revision of each: where jurisdictions change, every row's
/// division may.
fn pictures(newest: &[(Layer, u64)]) -> BTreeMap<Layer, u64> {
    let of = |layer| newest.iter().find(|(l, _)| *l == layer).map_or(0, |(_, r)| *r);
    let version = |layer| of(layer).max(of(Layer::Jurisdictions));
    Layer::REGISTERED.into_iter().map(|layer| (drawn_as(layer), version(layer))).collect()
}

/// Packs the trees that nobody has asked for yet, off the request path.
fn prepare(app: &App) {
    let still = app.world.still();
    tokio::task::spawn_blocking(move || {
        still.index.layers().filter_map(|layer| layer.shapes()).for_each(Shapes::prepare);
    });
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below 2^53")]
fn revision_gauge(n: u64) -> f64 {
    n as f64
}

/// Walks along all features of a layer that can be read; a page of them is in memory, and others have their turn.
pub(super) async fn each(
    store: &Arc<dyn Store>,
    layer: Layer,
    mut to: impl FnMut(&Feature),
) -> Result<(), store::Error> {
    let mut after = None;
    loop {
        let (page, last) = store.scan(layer, after, PAGE).await?;
        let Some(last) = last else { return Ok(()) };
        after = Some(last);
        page.iter().for_each(&mut to);
        tokio::task::yield_now().await;
    }
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

/// A layer out of the snapshot or built anew, and whether it was built.
async fn made(
    app: &App,
    divisions: Option<Arc<Divisions>>,
    layer: Layer,
    kept: Option<StillLayer>,
    version: u64,
) -> Result<(Layer, StillLayer, bool), store::Error> {
    if let Some(kept) = kept {
        return Ok((layer, kept, false));
    }
    let begun = Instant::now();
    let made = build(app, divisions, layer, version).await?;
    let total_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(layer = layer.name(), rows = made.len(), total_ms, "built");
    Ok((layer, made, true))
}

/// Reads one layer and builds it meanwhile on a thread that may block: a few pages are in memory at once, not the layer.
async fn build(
    app: &App,
    divisions: Option<Arc<Divisions>>,
    layer: Layer,
    version: u64,
) -> Result<StillLayer, store::Error> {
    let handle = app.clone();
    let rules = people::rules(&app.store).await?;
    let (send, mut pages) = mpsc::channel::<Vec<Feature>>(PAGES_AHEAD);
    let building = tokio::task::spawn_blocking(move || {
        let at = |position| divisions.as_ref().and_then(|d| d.at(position));
        if layer == Layer::Residents {
            // Resident counts themselves are never put into the index: only the cells published from them.
            let mut counts = people::Counts::default();
            while let Some(page) = pages.blocking_recv() {
                for feature in &page {
                    counts.push(feature, at);
                }
            }
            handle.register.show(version, counts.homes());
            return counts.publish(&rules);
        }
        let mut builder = LayerBuilder::new(layer);
        while let Some(page) = pages.blocking_recv() {
            for feature in &page {
                builder.push(feature, at);
            }
        }
        builder.finish()
    });
    let mut after = None;
    loop {
        let (page, last) = app.store.scan(layer, after, PAGE).await?;
        let Some(last) = last else { break };
        after = Some(last);
        // It only ends early when the builder panics, which is told below.
        if send.send(page).await.is_err() {
            break;
        }
    }
    drop(send);
    building.await.or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
