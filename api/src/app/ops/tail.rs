//! What other servers on the same store append.

use std::sync::PoisonError;
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
/// How long nobody waits after somebody has waited in vain.
const REST: Duration = Duration::from_secs(2);

/// Looks at the log: one at a time, each for all who asked before it began.
#[derive(Debug, Default)]
pub(super) struct Looking {
    last: Mutex<Looked>,
    /// When somebody last waited in vain, if no look has reached the end of the log since.
    in_vain: std::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Looked {
    /// When the last look began, whatever became of it.
    tried: Option<Instant>,
    /// When the last look began that reached the end of the log.
    begun: Option<Instant>,
}

impl Looking {
    fn rests(&self) -> bool {
        self.in_vain.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < REST)
    }

    fn ended(&self, in_vain: bool) {
        *self.in_vain.lock().unwrap_or_else(PoisonError::into_inner) = in_vain.then(Instant::now);
    }
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
        let looked = look(&app, &mut *app.ops.looking.last.lock().await).await;
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
        let looking = &self.ops.looking;
        if self.store.kind() == "sqlite" || self.away.is() || looking.rests() {
            return false;
        }
        let asked = Instant::now();
        let look = async {
            let mut last = looking.last.lock().await;
            if last.begun.is_some_and(|begun| begun >= asked) {
                return Ok(());
            }
            if let Some(tried) = last.tried {
                tokio::time::sleep(APART.saturating_sub(tried.elapsed())).await;
            }
            look(self, &mut last).await
        };
        let why = match timeout(PATIENCE, look).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        looking.ended(true);
        tracing::warn!(why, "what others wrote cannot be read; what is known is shown");
        false
    }
}

/// Looks for what others appended.
async fn look(app: &App, looked: &mut Looked) -> Result<(), store::Error> {
    let begun = Instant::now();
    looked.tried = Some(begun);
    metrics::counter!("onemap_log_looks_total").increment(1);
    same_log_to_the_end(app).await?;
    looked.begun = Some(begun);
    app.ops.looking.ended(false);
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
