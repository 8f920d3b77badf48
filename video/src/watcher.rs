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

#[cfg(test)]
mod tests {
    use super::super::hub::BEHIND;
    use super::super::source::Source;
    use super::super::state::{Phase, Why};
    use super::*;

    fn hub() -> Arc<Hub> {
        let source = Source::new("rtsp://192.0.2.1/a").unwrap();
        Arc::new(Hub::new("c", source, Arc::default()))
    }

    fn head(name: &str) -> Head {
        Head { codec: name.to_owned(), width: 1, height: 1, bytes: Vec::new().into() }
    }

    fn publish(hub: &Hub, numbers: std::ops::Range<usize>, every: usize) {
        for n in numbers {
            hub.publish(Fragment {
                key: n.is_multiple_of(every),
                at_ms: i64::try_from(n).unwrap(),
                bytes: vec![0].into(),
            });
        }
    }

    /// What is there to hear, in short: states and heads by name, frames by number, keys with a star.
    async fn heard(watcher: &mut Watcher) -> Vec<String> {
        let mut all = Vec::new();
        // What is ready is there at once; what is not will not come in this test.
        while let Ok(Some(news)) = tokio::time::timeout(std::time::Duration::from_millis(20), watcher.next()).await {
            all.push(match news {
                News::State(state) => state.phase.word().to_owned(),
                News::Head(head) => head.codec.clone(),
                News::Fragment(fragment) => format!("{}{}", fragment.at_ms, if fragment.key { "*" } else { "" }),
            });
        }
        all
    }

    #[tokio::test]
    async fn who_comes_later_begins_at_the_last_key() {
        let hub = hub();
        hub.begin(head("a"));
        publish(&hub, 0..13, 10);
        let mut watcher = Watcher::new(Arc::clone(&hub));
        publish(&hub, 13..15, 10);
        assert_eq!(heard(&mut watcher).await, ["connecting", "a", "10*", "11", "12", "13", "14"]);
        assert_eq!((*hub.watchers.borrow(), watcher.skipped()), (1, 0));
        drop(watcher);
        assert_eq!(*hub.watchers.borrow(), 0);
    }

    #[tokio::test]
    async fn who_is_too_slow_goes_on_at_a_key_and_misses_no_head_and_no_state() {
        let hub = hub();
        hub.begin(head("a"));
        let mut watcher = Watcher::new(Arc::clone(&hub));
        assert_eq!(heard(&mut watcher).await, ["connecting", "a"]);
        hub.begin(head("b"));
        hub.failed(Why::Ended, std::time::Duration::ZERO);
        hub.begin(head("c"));
        hub.stand(Phase::Live, None);
        publish(&hub, 0..BEHIND + 5, BEHIND + 3);
        publish(&hub, BEHIND + 5..BEHIND + 8, BEHIND + 6);
        let heard = heard(&mut watcher).await;
        assert_eq!(watcher.skipped(), 1);
        assert_eq!(heard[..2], ["live", "c"], "{heard:?}");
        assert_eq!(heard.len(), 2, "nothing that leans on what was missed: {heard:?}");
        publish(&hub, 200..203, 201);
        assert_eq!(self::heard(&mut watcher).await, ["201*", "202"]);
    }

    #[tokio::test]
    async fn a_hub_that_ended_says_so_last() {
        let hub = hub();
        let mut watcher = Watcher::new(Arc::clone(&hub));
        hub.end();
        assert!(matches!(watcher.next().await, Some(News::State(state)) if state.phase == Phase::Connecting));
        assert!(matches!(watcher.next().await, Some(News::State(state)) if state.phase == Phase::Failed));
        assert!(watcher.next().await.is_none());
    }
}
