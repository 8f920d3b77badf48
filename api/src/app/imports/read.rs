//! Reading a file on threads that may block: one reads and checks rows, one makes them ready for the store.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use intake::{Door, Input, Options, Report, Row};
use sha2::{Digest, Sha256};
use spatial::{Bounds, Feature, FeatureKey};
use tokio::sync::mpsc;

use super::order::{ImportError, ImportJob};
use super::reference::Sample;
use super::refers::References;
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

/// What a reading leaves behind.
pub(super) struct Done {
    pub(super) report: Report,
    /// Some of its rows.
    pub(super) sample: Sample,
    /// What they name.
    pub(super) references: References,
}

/// A reading under way.
pub(super) struct Reading {
    /// Its chunks, in the order of the file; dropping it stops the reading.
    pub(super) chunks: mpsc::Receiver<Ready>,
    report: tokio::task::JoinHandle<Result<Done, ImportError>>,
    making: tokio::task::JoinHandle<()>,
}

impl Reading {
    /// Begins to read; rows are expected in `area`.
    pub(super) fn of(path: PathBuf, job: ImportJob, area: Option<Bounds>, progress: Arc<Progress>) -> Self {
        let (send_rows, mut rows) = mpsc::channel::<Vec<Feature>>(AHEAD);
        let (send, chunks) = mpsc::channel::<Ready>(AHEAD);
        let report = tokio::task::spawn_blocking(move || read(&path, &job, area, &send_rows, &progress));
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
    pub(super) async fn end(self) -> Result<Done, ImportError> {
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
    area: Option<Bounds>,
    send: &mpsc::Sender<Vec<Feature>>,
    progress: &Progress,
) -> Result<Done, ImportError> {
    let mut file = open(path)?;
    let (mut chunk, mut sample) = (Vec::with_capacity(CHUNK), Sample::default());
    let mut references = References::default();
    let whole = matches!(job, ImportJob::Osm);
    let mut foreign = Foreign::of(job);
    let mut each = |row: Row| {
        let Row::Good(feature) = row else { return ControlFlow::Continue(()) };
        if foreign.holds(&feature.key) {
            return ControlFlow::Continue(());
        }
        sample.see(&feature);
        // An extract names what is in itself.
        if !whole {
            references.see(&feature);
        }
        chunk.push(feature);
        if chunk.len() < CHUNK {
            return ControlFlow::Continue(());
        }
        let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
        if send.blocking_send(full).is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut tell = |bytes| progress.bytes_are(bytes);
    let mut report = match job {
        ImportJob::Rows(rows) => {
            let to_wgs84 = |x: f64, y: f64| rows.crs.to_wgs84(x, y).map_err(|error| error.to_string());
            let name = rows.crs.name();
            let options = Options {
                encoding: rows.encoding,
                delimiter: rows.delimiter,
                mapping: rows.mapping.as_ref(),
                table: rows.table.as_deref(),
                area,
                ..Options::new(rows.layer, &rows.source, Door { crs: &name, to_wgs84: &to_wgs84 })
            };
            let mut beside = |ending: &str| beside(path, ending);
            let input = Input::new(&mut file).beside(&mut beside).progress(&mut tell);
            intake::read(rows.format, input, &options, &mut each)?
        }
        ImportJob::Osm => intake::osm(std::io::BufReader::new(&file), &mut each, &mut tell)?,
    };
    if !chunk.is_empty() {
        // The writer is gone only when the store refused a chunk, which it says itself.
        let _ = send.blocking_send(chunk);
    }
    foreign.tell(&mut report);
    Ok(Done { report, sample, references })
}

/// Rows that name another source than the one that the file is declared to be of.
struct Foreign<'a> {
    declared: Option<&'a str>,
    number: u64,
    /// The first of them.
    named: Vec<FeatureKey>,
}

/// Rows that a report names.
const NAMED: usize = 1_000;

impl<'a> Foreign<'a> {
    fn of(job: &'a ImportJob) -> Self {
        let declared = match job {
            ImportJob::Rows(rows) if rows.declared => Some(rows.source.as_str()),
            ImportJob::Rows(_) | ImportJob::Osm => None,
        };
        Self { declared, number: 0, named: Vec::new() }
    }

    fn holds(&mut self, key: &FeatureKey) -> bool {
        if self.declared.is_none_or(|declared| declared == key.source) {
            return false;
        }
        self.number += 1;
        if self.named.len() < NAMED {
            self.named.push(key.clone());
        }
        true
    }

    /// Turns rows that the reader took into refused ones.
    fn tell(self, report: &mut Report) {
        let Some(declared) = self.declared.filter(|_| self.number > 0) else { return };
        report.accepted = report.accepted.saturating_sub(self.number);
        report.rejected += self.number;
        let reason = "names another source than the file is declared to be of";
        *report.by_reason.entry(reason.to_owned()).or_default() += self.number;
        let room = NAMED.saturating_sub(report.rejects.len());
        report.rejects.extend(self.named.into_iter().take(room).map(|key| intake::Rejected {
            line: None,
            offset: None,
            id: Some(key.source_id),
            reason: format!(
                "names the source {:?}, and the file is declared to be of {declared:?}",
                spatial::shown(&key.source)
            ),
        }));
    }
}

/// The file of the same name with another ending, in small or capital letters: the columns of a bare `.shp`.
fn beside(path: &Path, ending: &str) -> std::io::Result<Option<Box<dyn intake::ReadSeek>>> {
    for ending in [ending.to_owned(), ending.to_ascii_uppercase()] {
        match std::fs::File::open(path.with_extension(ending)) {
            Ok(file) => return Ok(Some(Box::new(file))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
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
