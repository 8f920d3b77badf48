//! Reading a file on threads that may block: one reads and checks rows, one makes them ready for the store.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use intake::{Door, Report, Row};
use sha2::{Digest, Sha256};
use spatial::{Feature, FeatureKey};
use tokio::sync::mpsc;

use super::order::{ImportError, ImportJob};
use super::running::Progress;

/// Rows that are staged together. Together with [`AHEAD`] this bounds what an import holds in memory.
const CHUNK: usize = 5_000;
/// Chunks read ahead of whoever takes them; when it is full, the reader waits.
const AHEAD: usize = 2;

/// Rows that are ready to be staged, and those that cannot be.
pub(super) struct Ready {
    pub(super) chunk: store::Chunk,
    pub(super) layers: Vec<(spatial::Layer, u64)>,
    pub(super) refused: Vec<(FeatureKey, store::Error)>,
}

/// A reading under way.
pub(super) struct Reading {
    /// Its chunks, in the order of the file; dropping it stops the reading.
    pub(super) chunks: mpsc::Receiver<Ready>,
    report: tokio::task::JoinHandle<Result<Report, ImportError>>,
    making: tokio::task::JoinHandle<()>,
}

impl Reading {
    /// Begins to read.
    pub(super) fn of(path: PathBuf, job: ImportJob, progress: Arc<Progress>) -> Self {
        let (send_rows, mut rows) = mpsc::channel::<Vec<Feature>>(AHEAD);
        let (send, chunks) = mpsc::channel::<Ready>(AHEAD);
        let report = tokio::task::spawn_blocking(move || read(&path, &job, &send_rows, &progress));
        let making = tokio::task::spawn_blocking(move || {
            while let Some(features) = rows.blocking_recv() {
                if send.blocking_send(ready(&features)).is_err() {
                    return;
                }
            }
        });
        Self { chunks, report, making }
    }

    /// What the reader has to say at the end.
    pub(super) async fn end(self) -> Result<Report, ImportError> {
        drop(self.chunks);
        joined(self.making.await);
        joined(self.report.await)
    }
}

/// What a task made; its panic is ours.
pub(super) fn joined<T>(ended: Result<T, tokio::task::JoinError>) -> T {
    match ended {
        Ok(made) => made,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn ready(features: &[Feature]) -> Ready {
    let (chunk, refused) = store::Chunk::of(features);
    let mut layers: Vec<(spatial::Layer, u64)> = Vec::new();
    for feature in features {
        match layers.iter_mut().find(|(layer, _)| *layer == feature.key.layer) {
            Some((_, rows)) => *rows += 1,
            None => layers.push((feature.key.layer, 1)),
        }
    }
    Ready { chunk, layers, refused }
}

fn read(
    path: &Path,
    job: &ImportJob,
    send: &mpsc::Sender<Vec<Feature>>,
    progress: &Progress,
) -> Result<Report, ImportError> {
    let file = open(path)?;
    let reader = std::io::BufReader::with_capacity(256 * 1024, Counted { file: &file, progress });
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
            intake::osm(std::io::BufReader::new(&file), &mut each, &mut |bytes| progress.bytes_are(bytes))?
        }
    };
    if !chunk.is_empty() {
        // The writer is gone only when the store refused a chunk, which it says itself.
        let _ = send.blocking_send(chunk);
    }
    Ok(report)
}

fn open(path: &Path) -> Result<std::fs::File, ImportError> {
    std::fs::File::open(path).map_err(|error| ImportError::File { path: path.to_owned(), error })
}

/// Size and SHA-256 (hexadecimal) of a file: two files with the same are one import.
pub(super) fn identity(path: &Path) -> Result<(u64, String), ImportError> {
    let mut file = open(path)?;
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0_u8; 1 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(|error| ImportError::File { path: path.to_owned(), error })?;
        if read == 0 {
            break;
        }
        size += read as u64;
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok((size, crate::app::hex(hash.finalize())))
}

/// A file that counts what was read of it.
struct Counted<'a> {
    file: &'a std::fs::File,
    progress: &'a Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = (&mut &*self.file).read(buffer)?;
        self.progress.add_bytes(read as u64);
        Ok(read)
    }
}
