//! Imports: a file becomes checked rows in the registry and a report of what was refused.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use intake::{Door, Report, Row};
use spatial::crs::Crs;
use spatial::{Feature, Layer};
use store::{Store, Upserted};
use tokio::sync::mpsc;

/// Rows that are written to the registry together.
const CHUNK: usize = 5_000;
/// Chunks read ahead of the store; when it is full, the reader waits.
const AHEAD: usize = 2;
/// Finished imports that can still be asked for; the oldest is forgotten.
const REMEMBERED: usize = 1_000;

/// What is imported.
#[derive(Debug, Clone)]
pub enum ImportJob {
    /// GeoJSON or GeoJSONSeq rows of one layer.
    GeoJson {
        /// Where they go.
        layer: Layer,
        /// Who says so.
        source: String,
        /// The system that the coordinates are in.
        crs: Crs,
    },
    /// An OpenStreetMap extract: all layers that it holds, always WGS84.
    Osm,
}

/// What became of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOutcome {
    /// Rows read, taken and refused.
    pub report: Report,
    /// What the taken rows changed in the registry (nothing, on a dry run).
    pub written: Upserted,
    /// Taken rows by layer.
    pub by_layer: BTreeMap<Layer, u64>,
    /// Whether nothing was written because only a preview was asked for.
    pub dry_run: bool,
}

/// Why an import did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing could be read from the file.
    #[error(transparent)]
    Unreadable(#[from] intake::IntakeError),
    /// The file could not be opened.
    #[error("open {path}: {error}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The store refused a chunk. Chunks before it are in the registry; importing again is safe and finishes the job.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Imports that were made over HTTP.
pub struct Imports {
    done: Mutex<VecDeque<(String, ImportOutcome)>>,
}

impl Default for Imports {
    fn default() -> Self {
        Self::new()
    }
}

impl Imports {
    /// None yet.
    pub fn new() -> Self {
        Self { done: Mutex::default() }
    }

    /// Keeps an outcome under an id.
    pub fn keep(&self, id: String, outcome: ImportOutcome) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if done.len() >= REMEMBERED {
            done.pop_front();
        }
        done.push_back((id, outcome));
    }

    /// The outcome of that id.
    pub fn outcome(&self, id: &str) -> Option<ImportOutcome> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.iter().find(|(known, _)| known == id).map(|(_, outcome)| outcome.clone())
    }
}

/// Reads a file and writes its good rows. `progress` is told how many rows were written and how many bytes of the file
/// were read so far.
pub async fn import(
    store: &Arc<dyn Store>,
    path: PathBuf,
    job: ImportJob,
    dry_run: bool,
    mut progress: impl FnMut(u64, u64),
) -> Result<ImportOutcome, ImportError> {
    let (send, mut receive) = mpsc::channel::<Vec<Feature>>(AHEAD);
    let done = Arc::new(AtomicU64::new(0));
    let reading = tokio::task::spawn_blocking({
        let done = Arc::clone(&done);
        move || read(&path, &job, &send, &done)
    });
    let mut outcome = ImportOutcome { dry_run, ..ImportOutcome::default() };
    let mut refused = None;
    while let Some(chunk) = receive.recv().await {
        for feature in &chunk {
            *outcome.by_layer.entry(feature.key.layer).or_default() += 1;
        }
        if !dry_run {
            match store.upsert(&chunk).await {
                Ok(written) => add(&mut outcome.written, written),
                Err(error) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        progress(outcome.by_layer.values().sum(), done.load(Ordering::Relaxed));
    }
    drop(receive);
    let report = match reading.await {
        Ok(report) => report,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    if let Some(error) = refused {
        return Err(error.into());
    }
    outcome.report = report?;
    Ok(outcome)
}

fn add(sum: &mut Upserted, more: Upserted) {
    sum.added += more.added;
    sum.changed += more.changed;
    sum.unchanged += more.unchanged;
    sum.revision = sum.revision.max(more.revision);
}

/// Reads the file on a thread that may block; chunks go to the writer, who sets the pace.
fn read(
    path: &PathBuf,
    job: &ImportJob,
    send: &mpsc::Sender<Vec<Feature>>,
    done: &AtomicU64,
) -> Result<Report, ImportError> {
    let file = std::fs::File::open(path).map_err(|error| ImportError::File { path: path.clone(), error })?;
    let reader = std::io::BufReader::new(Counted { file: &file, done });
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut each = |row: Row| {
        let Row::Good(feature) = row else { return ControlFlow::Continue(()) };
        chunk.push(feature);
        if chunk.len() < CHUNK {
            return ControlFlow::Continue(());
        }
        let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
        if send.blocking_send(full).is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let report = match job {
        ImportJob::GeoJson { layer, source, crs } => {
            let to_wgs84 = |x: f64, y: f64| crs.to_wgs84(x, y).map_err(|error| error.to_string());
            let door = Door { crs: &crs.name(), to_wgs84: &to_wgs84 };
            intake::geojson(reader, *layer, source, &door, &mut each)?
        }
        ImportJob::Osm => {
            intake::osm(std::io::BufReader::new(&file), &mut each, &mut |bytes| done.store(bytes, Ordering::Relaxed))?
        }
    };
    if !chunk.is_empty() {
        // The writer is gone only when the store refused a chunk, which it says itself.
        let _ = send.blocking_send(chunk);
    }
    Ok(report)
}

/// A file that counts what was read of it.
struct Counted<'a> {
    file: &'a std::fs::File,
    done: &'a AtomicU64,
}

impl std::io::Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = (&mut &*self.file).read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
