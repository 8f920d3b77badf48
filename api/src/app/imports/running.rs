//! Imports that are under way on this server, and previews that nothing else remembers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::report::ImportOutcome;

/// Previews that can still be asked for; the oldest is forgotten. What was published is remembered by the store.
const PREVIEWS: usize = 100;

/// How far an import is.
#[derive(Debug, Default)]
pub struct Progress {
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

/// What is under way.
pub struct Imports {
    running: Mutex<BTreeMap<u64, Arc<Progress>>>,
    previews: Mutex<VecDeque<ImportOutcome>>,
    /// One after the other: each has a whole disk and two processors' worth of work.
    turn: Semaphore,
}

impl Default for Imports {
    fn default() -> Self {
        Self::new()
    }
}

impl Imports {
    /// None yet.
    pub fn new() -> Self {
        Self { running: Mutex::default(), previews: Mutex::default(), turn: Semaphore::new(1) }
    }

    /// Registers an import as under way until the answer is dropped; `None` when it already is.
    pub fn start(&self, id: u64) -> Option<Running<'_>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.contains_key(&id) {
            return None;
        }
        let progress = Arc::new(Progress::default());
        running.insert(id, Arc::clone(&progress));
        Some(Running { imports: self, id, progress })
    }

    /// How far the import of that number is, when it is under way here.
    pub fn progress(&self, id: u64) -> Option<Arc<Progress>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
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

/// An import that is under way; no longer when this is dropped.
pub struct Running<'a> {
    imports: &'a Imports,
    id: u64,
    /// How far it is.
    pub progress: Arc<Progress>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.imports.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
