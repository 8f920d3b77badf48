//! What readers see: the desk at its newest, and the last news of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use dispatch::{Desk, Incident, Key};
use tokio::sync::{mpsc, watch};

use super::refused::Refused;
use super::tail::Looking;
use super::work::Work;

/// News that are kept for viewers who come back; who was away for longer gets a snapshot.
const NEWS: usize = 20_000;
/// Events that somebody's call makes.
const CALLS: [&str; 2] = ["incident.reported", "caller.added"];
/// Commands that may wait for the clerk; when all places are taken the next waits for one, and nothing is lost.
const WAITING: usize = 1_024;

/// One event, as viewers are told.
#[derive(Debug, Clone)]
pub struct News {
    /// Its place in the log.
    pub seq: u64,
    /// Its type.
    pub kind: String,
    /// When it was committed, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who caused it.
    pub by: String,
    /// The incident before it, if there was one: who comes back had it if it was in sight then.
    pub before: Option<Arc<Incident>>,
    /// The incident after it, if it is about one.
    pub incident: Option<Arc<Incident>>,
    /// The unit that it is about.
    pub unit: Option<String>,
}

/// What happened after a place in the log.
#[derive(Debug)]
pub enum Since {
    /// This, in order.
    News(Vec<News>),
    /// More than is kept: a snapshot is needed.
    TooLong,
}

/// A handle on operations.
pub struct Operations {
    desk: ArcSwap<Desk>,
    epoch: OnceLock<u32>,
    news: Mutex<VecDeque<News>>,
    bell: watch::Sender<u64>,
    /// When a call last came in, milliseconds since 1970 UTC; 0 when none is known.
    called_ms: AtomicI64,
    pub(super) refused: Refused,
    pub(super) looking: Looking,
    pub(super) key: OnceLock<Key>,
    pub(super) queue: mpsc::Sender<Work>,
    pub(super) works: Mutex<Option<mpsc::Receiver<Work>>>,
}

impl Default for Operations {
    fn default() -> Self {
        Self::new()
    }
}

impl Operations {
    /// An empty desk whose clerk does not work yet.
    pub fn new() -> Self {
        let (queue, works) = mpsc::channel(WAITING);
        Self {
            desk: ArcSwap::from_pointee(Desk::default()),
            epoch: OnceLock::new(),
            news: Mutex::default(),
            bell: watch::Sender::new(0),
            called_ms: AtomicI64::new(0),
            refused: Refused::default(),
            looking: Looking::default(),
            key: OnceLock::new(),
            queue,
            works: Mutex::new(Some(works)),
        }
    }

    /// The desk at its newest: everything on it is durable.
    pub fn desk(&self) -> Arc<Desk> {
        self.desk.load_full()
    }

    /// The generation of the log.
    pub fn epoch(&self) -> u32 {
        self.epoch.get().copied().unwrap_or(1)
    }

    pub(super) fn set_epoch(&self, epoch: u32) {
        self.epoch.get_or_init(|| epoch);
    }

    /// Rings at every publication; the value is the newest seq.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// When a call last came in, milliseconds since 1970 UTC.
    pub fn called_ms(&self) -> Option<i64> {
        Some(self.called_ms.load(Ordering::Relaxed)).filter(|called| *called > 0)
    }

    /// Whether everything that happened after `seq` is still kept.
    pub fn reaches(&self, seq: u64) -> bool {
        self.kept_since(&self.news.lock().unwrap_or_else(PoisonError::into_inner), seq)
    }

    fn kept_since(&self, news: &VecDeque<News>, seq: u64) -> bool {
        let newest = self.desk.load().seq();
        let oldest = news.front().map_or(newest + 1, |first| first.seq);
        // A client may name any number.
        seq.checked_add(1).is_some_and(|next| (oldest..=newest + 1).contains(&next))
    }

    /// What happened after `seq`, or that this is too long ago.
    pub fn since(&self, seq: u64) -> Since {
        let news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.kept_since(&news, seq) {
            return Since::TooLong;
        }
        let first = news.partition_point(|one| one.seq <= seq);
        Since::News(news.range(first..).cloned().collect())
    }

    /// Shows a newer desk with what made it so; an older one is not shown.
    pub(super) fn publish(&self, desk: Desk, told: Vec<News>) -> bool {
        let seq = desk.seq();
        {
            let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
            if seq <= self.desk.load().seq() {
                return false;
            }
            let calls = told.iter().filter(|one| CALLS.contains(&one.kind.as_str())).map(|one| one.at_ms);
            let written = if told.is_empty() { desk.incidents().filter_map(|i| i.times.reported).max() } else { None };
            if let Some(called) = calls.max().or(written) {
                self.called_ms.fetch_max(called, Ordering::Relaxed);
            }
            let last = news.back().map_or(0, |one| one.seq);
            news.extend(told.into_iter().filter(|one| one.seq > last));
            let over = news.len().saturating_sub(NEWS);
            news.drain(..over);
            self.desk.store(Arc::new(desk));
        }
        self.bell.send_replace(seq);
        true
    }
}
