//! Somebody who watches a camera.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::fmp4::{Fragment, Head};
use super::hub::Hub;
use super::state::State;

/// What a watcher is told.
#[derive(Debug, Clone)]
pub enum News {
    /// How the picture stands now.
    State(State),
    /// The head of a stream: what was before it is over.
    Head(Arc<Head>),
    /// A picture of the stream whose head came last.
    Fragment(Fragment),
}

/// Somebody who watches. Who reads too slowly misses pictures, up to the next one that a player can begin at; how the
/// picture stands is never missed. Dropping it is leaving.
#[derive(Debug)]
pub struct Watcher {
    hub: Arc<Hub>,
    news: broadcast::Receiver<News>,
    backlog: VecDeque<News>,
    /// The head that was told last.
    head: Option<Arc<Head>>,
    /// Pictures are passed over until one comes that a player can begin at.
    waits_for_key: bool,
    skipped: u64,
}

impl Watcher {
    /// Somebody new: hears first how it stands, then the head and the pictures since the last key.
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        let (news, backlog) = hub.join();
        let waits_for_key = !backlog.iter().any(|news| matches!(news, News::Fragment(_)));
        hub.watchers.send_modify(|watching| *watching += 1);
        Self { hub, news, backlog: backlog.into(), head: None, waits_for_key, skipped: 0 }
    }

    /// What comes next; none when the hub has ended. May be dropped while it waits.
    pub async fn next(&mut self) -> Option<News> {
        loop {
            let news = match self.backlog.pop_front() {
                Some(news) => news,
                None if self.news.is_empty() && self.hub.is_over() => return None,
                None => match self.news.recv().await {
                    Ok(news) => news,
                    Err(RecvError::Lagged(missed)) => {
                        self.catch_up(missed);
                        continue;
                    }
                    Err(RecvError::Closed) => return None,
                },
            };
            match &news {
                News::State(_) => return Some(news),
                News::Head(head) => {
                    if self.head.as_ref().is_some_and(|known| Arc::ptr_eq(known, head)) {
                        continue;
                    }
                    self.head = Some(Arc::clone(head));
                    return Some(news);
                }
                News::Fragment(fragment) if self.waits_for_key && !fragment.key => {}
                News::Fragment(_) => {
                    self.waits_for_key = false;
                    return Some(news);
                }
            }
        }
    }

    /// How many times pictures were passed over because this watcher was too slow.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// From now on, with what was missed besides pictures.
    fn catch_up(&mut self, missed: u64) {
        tracing::debug!(missed, "a watcher is too slow and goes on at the next key");
        self.skipped += 1;
        let (news, backlog) = self.hub.join();
        self.news = news;
        self.backlog = backlog.into_iter().filter(|news| !matches!(news, News::Fragment(_))).collect();
        self.waits_for_key = true;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.hub.watchers.send_modify(|watching| *watching = watching.saturating_sub(1));
    }
}
