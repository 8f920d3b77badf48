//! An import from its file to the registry.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spatial::Layer;
use store::{Begun, ImportDraft, Store};

use super::order::{ImportError, ImportJob, ImportOrder};
use super::read::{Done, Reading, identity, joined};
use super::reference;
use super::report::{About, ImportOutcome, ImportReport};
use super::running::Progress;
use crate::app::now_ms;

/// Changed rows that a preview shows.
const EXAMPLES: u32 = 20;

/// An import that has its number.
#[derive(Debug)]
pub struct Started {
    /// Its number.
    pub id: u64,
    /// Size of the file.
    pub bytes: u64,
    about: About,
    order: ImportOrder,
    begun: Begun,
}

/// Gives a file of that size and digest its number: that of an import that was broken off, or a new one.
pub(super) async fn begin(
    store: &Arc<dyn Store>,
    order: ImportOrder,
    identity: (u64, String),
) -> Result<Started, ImportError> {
    let (begun, about) = numbered(store, identity, |bytes, sha256| ImportDraft {
        layers: order.job.layers(),
        source: order.job.source().to_owned(),
        crs: order.job.crs(),
        file: order.name.clone(),
        bytes,
        sha256,
        who: order.who.clone(),
    })
    .await?;
    Ok(Started { id: begun.id, bytes: about.bytes, about, order, begun })
}

/// The number of a file of that size and digest, and what is to be told of its import.
pub(super) async fn numbered(
    store: &Arc<dyn Store>,
    (bytes, sha256): (u64, String),
    draft: impl FnOnce(u64, String) -> ImportDraft,
) -> Result<(Begun, About), ImportError> {
    let (draft, started_ms) = (draft(bytes, sha256), now_ms());
    let begun = store.begin_import(&draft, started_ms).await?;
    let ImportDraft { file, source, crs, who, .. } = draft;
    Ok((begun, About { file, bytes, source, crs, who, started_ms, ended_ms: 0 }))
}

/// Size and digest of a file.
pub(super) async fn identified(path: PathBuf) -> Result<(u64, String), ImportError> {
    joined(tokio::task::spawn_blocking(move || identity(&path)).await)
}

/// Reads the file, stages its rows and publishes them whole, or, on a dry run, compares them and leaves nothing behind.
/// When the process dies on the way, the same file imported again goes on where it was.
pub async fn import(
    store: &Arc<dyn Store>,
    started: Started,
    progress: &Arc<Progress>,
) -> Result<ImportOutcome, ImportError> {
    let Started { begun, about, order, .. } = started;
    let (Begun { id, staged, held }, dry_run) = (begun, order.dry_run);
    let result = work(store, (id, staged), about, order, progress).await;
    given_up(store, (id, held), dry_run, &result).await?;
    result
}

/// Throws away what an import has staged that came to nothing, unless it may go on from there; then lets go of it: nobody
/// else takes it up before.
pub(super) async fn given_up(
    store: &Arc<dyn Store>,
    (id, _held): (u64, store::Held),
    dry_run: bool,
    result: &Result<ImportOutcome, ImportError>,
) -> Result<(), ImportError> {
    match result {
        Ok(_) => {}
        Err(_) if dry_run => store.drop_import(id, None, now_ms()).await?,
        // It may work later, and then goes on where it was.
        Err(ImportError::Store(error)) if error.kind() == store::ErrorKind::Unavailable => {}
        Err(error) => {
            let report = ImportReport { failed: Some(error.to_string()), ..ImportReport::default() };
            store.drop_import(id, Some(&report.text()), now_ms()).await?;
        }
    }
    Ok(())
}

/// Refuses a file that has another size than it had when it was begun.
pub(super) async fn unchanged(path: &Path, bytes: u64) -> Result<(), ImportError> {
    let named = path.to_owned();
    let size = joined(tokio::task::spawn_blocking(move || std::fs::metadata(named)).await);
    let size = size.map_err(|error| ImportError::File { path: path.to_owned(), error })?.len();
    if size == bytes { Ok(()) } else { Err(ImportError::Changed(path.to_owned())) }
}

async fn work(
    store: &Arc<dyn Store>,
    (id, staged): (u64, Vec<(u32, store::ChunkDigest)>),
    about: About,
    order: ImportOrder,
    progress: &Arc<Progress>,
) -> Result<ImportOutcome, ImportError> {
    let staged: HashMap<u32, store::ChunkDigest> = staged.into_iter().collect();
    let known = order.known.as_ref();
    let area = match &order.job {
        ImportJob::Rows(_) => reference::area(store, known).await?,
        ImportJob::Osm => None,
    };
    let mut reading = Reading::of(order.path.clone(), order.job.clone(), area, Arc::clone(progress));
    let (mut chunks, mut resumed) = (0_u32, 0_u32);
    let mut by_layer: BTreeMap<Layer, u64> = BTreeMap::new();
    let mut unstorable = Vec::new();
    while let Some(ready) = reading.chunks.recv().await {
        for (layer, rows) in ready.layers {
            *by_layer.entry(layer).or_default() += rows;
        }
        for (key, why) in ready.refused {
            if let Some(rows) = by_layer.get_mut(&key.layer) {
                *rows -= 1;
            }
            unstorable.push((key, why));
        }
        if staged.get(&chunks) == Some(&ready.chunk.digest()) {
            resumed += 1;
        } else if let Err(error) = store.stage(id, chunks, &ready.chunk).await {
            drop(reading);
            return Err(error.into());
        }
        progress.add_rows(ready.chunk.len() as u64);
        chunks += 1;
    }
    let Done { report, sample, references } = reading.end().await?;
    if report.read == 0 && !report.stopped {
        let note = report.notes.first().map_or("it holds no rows", String::as_str);
        return Err(ImportError::NoRows(note.to_owned()));
    }
    let mut report = ImportReport::of(report, &by_layer);
    if let ImportJob::Rows(rows) = &order.job {
        report.suspicions.extend(reference::shifted(store, known, rows.layer, sample).await?);
        report.suspicions.extend(references.missing(store, known).await?);
    }
    for (key, why) in &unstorable {
        report.refuse(key, why);
    }
    unchanged(&order.path, about.bytes).await?;
    let complete = order.complete && may_remove(&mut report);
    let outcome = ImportOutcome { id, about, resumed, dry_run: order.dry_run, ..ImportOutcome::default() };
    if order.dry_run {
        let difference = store.difference(id, chunks, complete, EXAMPLES).await?;
        store.drop_import(id, None, now_ms()).await?;
        let about = About { ended_ms: now_ms(), ..outcome.about };
        return Ok(ImportOutcome { about, report, ..outcome }.compared(difference));
    }
    let said = |gone: &[store::Gone]| report.without(gone).text();
    let import = store.publish_import(id, chunks, complete, &said, now_ms).await?;
    let report = ImportReport::read(&import.report);
    Ok(ImportOutcome { report, done: import.done, revision: import.revisions.map(|(_, last)| last), ..outcome })
}

/// Whether rows that the file does not hold may go. A row that was refused may be the very one that seems to be missing.
fn may_remove(report: &mut ImportReport) -> bool {
    let why = match report {
        ImportReport { accepted: 0, .. } => "no row was accepted".to_owned(),
        ImportReport { truncated: true, .. } => "the file ends in the middle of a row".to_owned(),
        ImportReport { rejected: 1.., .. } => {
            format!("{} rows were rejected, and may be those that seem to be missing", report.rejected)
        }
        _ => return true,
    };
    report.notes.push(format!("nothing was removed, although the file is said to be complete: {why}"));
    false
}
