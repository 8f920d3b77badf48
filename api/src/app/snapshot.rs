//! The still layers on disk, so that the next start need not read the registry row by row.
//!
//! A manifest names a file for each layer with the version of its picture, its length and its SHA-256. It also has a stamp
//! that the store holds as a setting, new with each manifest: a store that was restored from a backup holds an older one,
//! and what was written since says nothing of it. What does not fit is not used, and the log says why; the layer is then
//! built from the registry, as it would be without a snapshot.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spatial::still::{FORMAT, Frozen};
use spatial::{Layer, StillLayer};

use super::world::Still;
use super::{App, hex, people};

/// Name of the setting that holds the stamp.
const STAMP: &str = "snapshot_stamp";
const MANIFEST: &str = "manifest.json";
/// Fewer rows than this are read from the registry as quickly.
const FEWEST: usize = 50_000;
/// Bytes that are read and written at once.
const BUFFER: usize = 1 << 20;

/// What a snapshot says of itself.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Manifest {
    /// Version of the program and form of the files.
    version: String,
    stamp: String,
    /// Digest of the key that people's counts are rounded with.
    people: String,
    layers: BTreeMap<String, Kept>,
}

/// A layer's file.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
struct Kept {
    file: String,
    /// Version of the layer's picture.
    revision: u64,
    bytes: u64,
    sha256: String,
}

fn version() -> String {
    format!("{} form {FORMAT}", env!("CARGO_PKG_VERSION"))
}

/// A snapshot that is of this store; nothing where there is none, or none that says anything of it.
pub(super) struct Opened(Option<Arc<(PathBuf, Manifest)>>);

impl Opened {
    /// None.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// The layers that are what the registry holds, at these versions.
    pub(super) async fn read(&self, versions: BTreeMap<Layer, u64>) -> BTreeMap<Layer, StillLayer> {
        let Some(opened) = self.0.clone() else { return BTreeMap::new() };
        let reading = tokio::task::spawn_blocking(move || layers(&opened.0, &opened.1, &versions));
        reading.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

/// Opens the snapshot; the log says why it is not used.
pub(super) async fn open(app: &App) -> Result<Opened, store::Error> {
    let Some(folder) = app.limits.snapshot.clone().filter(|folder| folder.join(MANIFEST).is_file()) else {
        return Ok(Opened::none());
    };
    let stamp = app.store.setting(STAMP).await?.map(hex).unwrap_or_default();
    let people = people_digest(app).await?;
    let reading = tokio::task::spawn_blocking(move || match manifest(&folder, &stamp, &people) {
        Ok(manifest) => Opened(Some(Arc::new((folder, manifest)))),
        Err(why) => {
            tracing::warn!("the snapshot is not used: {why}");
            Opened::none()
        }
    });
    Ok(reading.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())))
}

/// Rows that a start would have to read from the registry, because the snapshot does not hold their layers at these
/// versions; 0 when there is no place for a snapshot.
pub(super) async fn unread(app: &App, versions: &BTreeMap<Layer, u64>) -> Result<u64, store::Error> {
    let Some(folder) = app.limits.snapshot.clone() else { return Ok(0) };
    let stamp = app.store.setting(STAMP).await?.map(hex).unwrap_or_default();
    let people = people_digest(app).await?;
    let there = tokio::task::spawn_blocking(move || manifest(&folder, &stamp, &people).ok());
    let there = there.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    let kept = |layer: Layer| {
        let layer = if layer == Layer::Residents { Layer::People } else { layer };
        let kept = there.as_ref().and_then(|manifest| manifest.layers.get(layer.name()));
        kept.is_some_and(|kept| versions.get(&layer) == Some(&kept.revision))
    };
    let counts = app.store.counts().await?;
    Ok(counts.into_iter().filter(|(layer, _)| !kept(*layer)).map(|(_, rows)| rows).sum())
}

/// The manifest, or why the snapshot says nothing of this store.
fn manifest(folder: &Path, stamp: &str, people: &str) -> Result<Manifest, String> {
    let text = std::fs::read(folder.join(MANIFEST)).map_err(|error| format!("its manifest cannot be read: {error}"))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| format!("its manifest is torn: {error}"))?;
    if manifest.version != version() {
        return Err(format!("it was written by version {}, this is {}", manifest.version, version()));
    }
    if manifest.stamp != stamp {
        return Err("it is of another state of this store: a backup was restored, or a write was broken off".to_owned());
    }
    if manifest.people != people {
        return Err("people's counts are rounded with another key now".to_owned());
    }
    Ok(manifest)
}

/// Reads what fits, several files at a time.
fn layers(folder: &Path, manifest: &Manifest, versions: &BTreeMap<Layer, u64>) -> BTreeMap<Layer, StillLayer> {
    let mut wanted: Vec<(Layer, &Kept)> = Vec::new();
    for (layer, version) in versions {
        match manifest.layers.get(layer.name()) {
            Some(kept) if kept.revision == *version => wanted.push((*layer, kept)),
            Some(kept) => tracing::info!(
                layer = layer.name(),
                "the snapshot's layer is not used: it is of revision {}, the registry's is {version}",
                kept.revision
            ),
            None => tracing::info!(layer = layer.name(), "the snapshot lacks the layer"),
        }
    }
    // The largest first, so that the threads end together.
    wanted.sort_by_key(|(_, kept)| std::cmp::Reverse(kept.bytes));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut read = Vec::new();
        while let Some((layer, kept)) = wanted.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            match thaw(folder, *layer, kept) {
                Ok(made) => read.push((*layer, made)),
                Err(why) => tracing::warn!(layer = layer.name(), "the snapshot's layer is not used: {why}"),
            }
        }
        read
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(4);
    std::thread::scope(|scope| {
        let working: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let read = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        working.into_iter().flat_map(read).collect()
    })
}

fn thaw(folder: &Path, layer: Layer, kept: &Kept) -> std::io::Result<StillLayer> {
    let torn = |why: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, format!("{}: {why}", kept.file));
    let file = File::open(folder.join(&kept.file))?;
    if file.metadata()?.len() != kept.bytes {
        return Err(torn("it has another length than was written"));
    }
    let mut reader = BufReader::with_capacity(BUFFER, Hashed { inner: file, hash: Sha256::new(), bytes: 0 });
    let layer = StillLayer::thaw(layer, &mut reader)?;
    let whole = reader.buffer().is_empty() && reader.get_ref().bytes == kept.bytes;
    if !whole || hex(reader.into_inner().hash.finalize().iter().copied()) != kept.sha256 {
        return Err(torn("its checksum is wrong"));
    }
    Ok(layer)
}

/// Writes the layers of a world that the snapshot does not hold yet. What goes wrong is logged: the next start is slow
/// then, and nothing else.
pub(super) async fn write(app: &App, still: Arc<Still>) {
    let Some(folder) = app.limits.snapshot.clone() else { return };
    if still.index.layers().map(|layer| layer.len()).sum::<usize>() < FEWEST {
        return;
    }
    let begun = std::time::Instant::now();
    match save(app, folder, still).await {
        Ok(bytes) => {
            let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(bytes, duration_ms, "wrote a snapshot for the next start");
        }
        Err(error) => tracing::warn!("the snapshot could not be written: {error:#}"),
    }
}

async fn save(app: &App, folder: PathBuf, still: Arc<Still>) -> anyhow::Result<u64> {
    let mut stamp = [0_u8; 16];
    getrandom::fill(&mut stamp).map_err(|error| anyhow::anyhow!("no source of randomness: {error}"))?;
    let (stamped, people) = (hex(stamp), people_digest(app).await?);
    let (kept, written) = tokio::task::spawn_blocking({
        let (folder, stamped, people) = (folder.clone(), stamped.clone(), people.clone());
        move || freeze(&folder, &still, &stamped, &people)
    })
    .await??;
    // First the store, then the manifest: whatever breaks off between leaves a manifest that does not fit.
    app.store.put_setting(STAMP, &stamp).await?;
    let manifest = Manifest { version: version(), stamp: stamped, people, layers: kept };
    tokio::task::spawn_blocking(move || publish(&folder, &manifest)).await??;
    Ok(written)
}

/// Writes a file for each layer, but for those that the manifest of before has at the same version.
fn freeze(folder: &Path, still: &Still, stamp: &str, people: &str) -> std::io::Result<(BTreeMap<String, Kept>, u64)> {
    let mut maker = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(maker.recursive(true), 0o700);
    maker.create(folder)?;
    let before =
        std::fs::read(folder.join(MANIFEST)).ok().and_then(|text| serde_json::from_slice::<Manifest>(&text).ok());
    let before = before.filter(|before| before.version == version() && before.people == people);
    let (mut all, mut written) = (BTreeMap::new(), 0);
    for layer in still.index.layers() {
        let (name, revision) = (layer.layer().name(), still.version(layer.layer()));
        let same = before.as_ref().and_then(|before| before.layers.get(name));
        let there = |kept: &&Kept| kept.revision == revision && folder.join(&kept.file).is_file();
        let kept = match same.filter(there) {
            Some(kept) => kept.clone(),
            None => file_of(folder, layer, &format!("{name}-{}", stamp.get(..12).unwrap_or(stamp)), revision)?,
        };
        written += if same == Some(&kept) { 0 } else { kept.bytes };
        all.insert(name.to_owned(), kept);
    }
    Ok((all, written))
}

fn file_of(folder: &Path, layer: &StillLayer, name: &str, revision: u64) -> std::io::Result<Kept> {
    let file = format!("{name}.layer");
    let hashed = Hashed { inner: made(&folder.join(&file))?, hash: Sha256::new(), bytes: 0 };
    let mut writer = BufWriter::with_capacity(BUFFER, hashed);
    layer.freeze(&mut writer)?;
    let Hashed { inner, hash, bytes } = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    inner.sync_all()?;
    Ok(Kept { file, revision, bytes, sha256: hex(hash.finalize().iter().copied()) })
}

/// Swaps the manifest in and removes the files that it does not name.
fn publish(folder: &Path, manifest: &Manifest) -> std::io::Result<()> {
    let fresh = folder.join("manifest.new");
    let mut file = made(&fresh)?;
    file.write_all(&serde_json::to_vec_pretty(manifest)?)?;
    file.sync_all()?;
    std::fs::rename(&fresh, folder.join(MANIFEST))?;
    File::open(folder)?.sync_all()?;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_layer = Path::new(&name).extension().is_some_and(|ending| ending == "layer");
        if is_layer && !manifest.layers.values().any(|kept| kept.file == name) {
            std::fs::remove_file(folder.join(&name))?;
        }
    }
    Ok(())
}

/// A new file, for its owner only: it holds what the registry holds.
fn made(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

async fn people_digest(app: &App) -> Result<String, store::Error> {
    let rules = people::rules(&app.store).await?;
    let digest = Sha256::new().chain_update(b"snapshot").chain_update(rules.key).finalize();
    Ok(hex(digest.iter().copied().take(16)))
}

/// Bytes that pass, counted and hashed.
struct Hashed {
    inner: File,
    hash: Sha256,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

impl Write for Hashed {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hash.update(buffer.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
