//! What other servers on the same store append.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use super::clerk::{show, take_in};
use crate::app::{App, stopped};

/// Events read together.
const PAGE: u32 = 2_000;
/// How long the bell is trusted: the log is the truth, the bell only saves time.
const UNRUNG: Duration = Duration::from_millis(250);
/// From the beginning of one look at the log to the next, however many ask: at most 200 looks a second.
const APART: Duration = Duration::from_millis(5);
/// How long anybody who asks waits for a look; then what is on the desk is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// From the beginning of a look that failed nobody waits for so long.
const REST: Duration = Duration::from_secs(2);

/// Looks at the log: one at a time, each for all who asked before it began.
#[derive(Debug, Default)]
pub(super) struct Looking(Mutex<Looked>);

#[derive(Debug, Default)]
struct Looked {
    /// When the last look began, whatever became of it.
    tried: Option<Instant>,
    /// When the last look began that reached the end of the log.
    begun: Option<Instant>,
    /// When the last look began that failed; none when the last one did not.
    failed: Option<Instant>,
}

/// Follows the log until the server stops. In a folder nobody else writes, and the clerk shows what it wrote itself.
pub async fn run(app: App) {
    if app.store.kind() == "sqlite" {
        return;
    }
    let mut stop = app.stop.subscribe();
    let mut bell = match app.store.log_bell().await {
        Ok(bell) => bell,
        Err(error) => {
            tracing::error!(%error, "the log's bell cannot be heard; others' events come late");
            tokio::sync::watch::channel(0).1
        }
    };
    let mut mute = false;
    loop {
        tokio::select! {
            rung = bell.changed(), if !mute => mute = rung.is_err(),
            () = tokio::time::sleep(UNRUNG) => {}
            () = stopped(&mut stop) => return,
        }
        let looked = look(&app, &mut *app.ops.looking.0.lock().await).await;
        if let Err(error) = looked {
            if error.kind() == store::ErrorKind::Conflict {
                app.alarms.raise("LOG-UNAVAILABLE", error.to_string());
                tokio::time::sleep(REST).await;
            }
            tracing::warn!(%error, "others' events could not be read; trying again");
            tokio::time::sleep(UNRUNG).await;
        }
    }
}

impl App {
    /// Brings the desk and the map to where the log was when this was asked, with what other servers on the same store
    /// wrote; says whether they may be newer than before. Where the store does not answer within a second they stay as
    /// they are: what is known goes on being shown.
    pub async fn current(&self) -> bool {
        if self.store.kind() == "sqlite" || self.away.is() {
            return false;
        }
        let asked = Instant::now();
        let looking = async {
            let mut looked = self.ops.looking.0.lock().await;
            let since = |moment: Option<Instant>| moment.is_some_and(|moment| moment >= asked);
            if since(looked.begun) {
                return true;
            }
            if looked.failed.is_some_and(|failed| failed.elapsed() < REST) {
                return false;
            }
            if let Some(tried) = looked.tried {
                tokio::time::sleep(APART.saturating_sub(tried.elapsed())).await;
            }
            let read = look(self, &mut looked).await;
            read.inspect_err(|error| tracing::warn!(%error, "what others wrote cannot be read")).is_ok()
        };
        timeout(PATIENCE, looking).await.unwrap_or_else(|_late| {
            tracing::warn!("what others wrote was not read in time");
            false
        })
    }
}

/// Looks for what others appended.
async fn look(app: &App, looked: &mut Looked) -> Result<(), store::Error> {
    let begun = Instant::now();
    looked.tried = Some(begun);
    metrics::counter!("onemap_log_looks_total").increment(1);
    // Until it has reached the end it has failed, also when nobody waits for it any more.
    looked.failed = Some(begun);
    same_log_to_the_end(app).await?;
    (looked.begun, looked.failed) = (Some(begun), None);
    Ok(())
}

/// One look at the head; events are read only when there are new ones, and never of another log.
async fn same_log_to_the_end(app: &App) -> Result<(), store::Error> {
    let head = app.store.log_head().await?;
    if head.epoch != app.ops.epoch() {
        return Err(store::Error::other_log());
    }
    if head.seq > app.ops.desk().seq() { catch_up(app).await } else { Ok(()) }
}

/// Reads to the end of the log and shows it.
pub(super) async fn catch_up(app: &App) -> Result<(), store::Error> {
    loop {
        let seen = app.ops.desk();
        let page = app.store.log_page(seen.seq(), PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        let mut desk = (*seen).clone();
        let mut news = Vec::with_capacity(page.len());
        take_in(&mut desk, &page, &mut news);
        show(app, desk, news);
    }
}
