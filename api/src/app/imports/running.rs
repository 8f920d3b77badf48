//! Imports that are under way on this server, and previews that nothing else remembers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::Store;
use tokio::sync::Semaphore;

use super::order::{ImportError, ImportJob, ImportOrder};
use super::report::ImportOutcome;
use super::run::{Started, begin, identified};

/// Previews that can still be asked for; the oldest is forgotten. What was published is remembered by the store.
const PREVIEWS: usize = 100;
/// Imports that are under way or wait for their turn; one more is refused. Each keeps a file, and on a database a
/// connection.
const UNDER_WAY: usize = 20;

/// How far an import is.
#[derive(Debug, Default)]
pub struct Progress {
    /// It will only say what would happen.
    pub dry_run: bool,
    bytes: AtomicU64,
    rows: AtomicU64,
}

impl Progress {
    /// Bytes of the file that were read.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Rows that are staged.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub(super) fn bytes_are(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn add_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}

/// What is asked for: two that are the same in all of it are one import, if they come at the same time.
#[derive(Debug, PartialEq)]
struct Asked {
    sha256: String,
    job: ImportJob,
    dry_run: bool,
    complete: bool,
}

/// What becomes of an order.
#[derive(Debug)]
pub enum Begin {
    /// It has a number of its own, and waits for its turn.
    Started(Box<Started>, Running),
    /// The very same is under way under that number.
    Joined(u64),
    /// So many are under way that this one is not taken.
    Full(usize),
}

/// What is under way.
pub struct Imports {
    running: Under,
    previews: Mutex<VecDeque<ImportOutcome>>,
    /// So that of two who ask for the same at the same moment one hears of the other.
    door: tokio::sync::Mutex<()>,
    /// One after the other: each has a whole disk and two processors' worth of work.
    turn: Semaphore,
}

type Under = Arc<Mutex<BTreeMap<u64, (Asked, Arc<Progress>)>>>;

impl Default for Imports {
    fn default() -> Self {
        Self::new()
    }
}

impl Imports {
    /// None yet.
    pub fn new() -> Self {
        let (running, previews) = (Under::default(), Mutex::default());
        Self { running, previews, door: tokio::sync::Mutex::default(), turn: Semaphore::new(1) }
    }

    /// Gives an order its number and registers it as under way, unless the very same is: an order that differs in
    /// anything (a dry run and the real one, a complete file and one that is not) is an import of its own.
    pub async fn begin(&self, store: &Arc<dyn Store>, order: ImportOrder) -> Result<Begin, ImportError> {
        let identity = identified(order.path.clone()).await?;
        let sha256 = identity.1.clone();
        let asked = Asked { sha256, job: order.job.clone(), dry_run: order.dry_run, complete: order.complete };
        let _alone = self.door.lock().await;
        {
            let running = held(&self.running);
            if let Some((id, _)) = running.iter().find(|(_, (other, _))| *other == asked) {
                return Ok(Begin::Joined(*id));
            }
            if running.len() >= UNDER_WAY {
                return Ok(Begin::Full(running.len()));
            }
        }
        let started = begin(store, order, identity).await?;
        let (id, progress) = (started.id, Progress { dry_run: asked.dry_run, ..Progress::default() });
        let progress = Arc::new(progress);
        held(&self.running).insert(id, (asked, Arc::clone(&progress)));
        Ok(Begin::Started(Box::new(started), Running { under: Arc::clone(&self.running), id, progress }))
    }

    /// How far the import of that number is, when it is under way here.
    pub fn progress(&self, id: u64) -> Option<Arc<Progress>> {
        held(&self.running).get(&id).map(|(_, progress)| Arc::clone(progress))
    }

    /// Waits until no other import is being read.
    pub async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.turn.acquire().await.ok()
    }

    /// Keeps the outcome of a preview.
    pub fn keep(&self, outcome: ImportOutcome) {
        let mut previews = self.previews.lock().unwrap_or_else(PoisonError::into_inner);
        if previews.len() >= PREVIEWS {
            previews.pop_front();
        }
        previews.push_back(outcome);
    }

    /// The preview of that number.
    pub fn preview(&self, id: u64) -> Option<ImportOutcome> {
        let previews = self.previews.lock().unwrap_or_else(PoisonError::into_inner);
        previews.iter().find(|outcome| outcome.id == id).cloned()
    }
}

fn held(under: &Under) -> MutexGuard<'_, BTreeMap<u64, (Asked, Arc<Progress>)>> {
    under.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An import that is under way; no longer when this is dropped.
#[derive(Debug)]
pub struct Running {
    under: Under,
    id: u64,
    /// How far it is.
    pub progress: Arc<Progress>,
}

impl Drop for Running {
    fn drop(&mut self) {
        held(&self.under).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::app::ImportWords;

    fn order(path: &Path, source: &str, dry_run: bool, complete: bool) -> ImportOrder {
        let words = ImportWords {
            layer: Some("places"),
            format: Some("geojsonseq"),
            crs: Some("wgs84"),
            source: Some(source),
            encoding: None,
            delimiter: None,
            table: None,
            mapping: None,
            file: None,
            media: None,
        };
        let (name, who) = ("same.geojsonl".to_owned(), "somebody".to_owned());
        ImportOrder { path: path.to_owned(), name, job: words.job().unwrap(), who, dry_run, complete, known: None }
    }

    #[tokio::test]
    async fn only_the_very_same_joins_and_one_more_than_may_wait_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let store = store::open(&store::Location::Data(folder.path().join("data"))).await.unwrap();
        let file = folder.path().join("same.geojsonl");
        std::fs::write(&file, "{}").unwrap();
        let imports = Imports::new();
        let mut under_way = Vec::new();
        let sources: Vec<String> = (0..UNDER_WAY - 2).map(|n| format!("s{n}")).collect();
        let orders = sources.iter().map(|source| (source.as_str(), false, false));
        for (source, dry_run, complete) in [("s0", true, false), ("s0", false, true)].into_iter().chain(orders) {
            let begun = imports.begin(&store, order(&file, source, dry_run, complete)).await.unwrap();
            let Begin::Started(started, running) = begun else { panic!("{source} is {begun:?}") };
            assert_eq!(imports.progress(started.id).map(|progress| progress.dry_run), Some(dry_run));
            under_way.push((started, running));
        }
        let first = under_way[0].0.id;
        let again = imports.begin(&store, order(&file, "s0", true, false)).await.unwrap();
        assert!(matches!(again, Begin::Joined(id) if id == first), "{again:?}");
        let other = imports.begin(&store, order(&file, "else", false, false)).await.unwrap();
        assert!(matches!(other, Begin::Full(UNDER_WAY)), "{other:?}");
        drop(under_way.pop());
        let other = imports.begin(&store, order(&file, "else", false, false)).await.unwrap();
        assert!(matches!(other, Begin::Started(..)), "{other:?}");
    }
}
