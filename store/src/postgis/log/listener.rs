//! Hearing the bells of other servers: `listen onemap_log`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use tokio::task::AbortHandle;

use crate::Error;
use crate::error::Doing;
use crate::log::Bell;
use crate::postgis::ask::one;

/// Between two attempts to reach the database.
const PAUSE: Duration = Duration::from_secs(1);

/// The task that listens, from the first time that somebody wants to hear.
#[derive(Debug, Default)]
pub(in crate::postgis) struct Listener(Mutex<Option<AbortHandle>>);

impl Listener {
    /// Starts it, if it is not at work.
    pub(super) fn start(&self, pool: &PgPool, bell: &Bell) {
        let mut task = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if task.is_none() && !pool.is_closed() {
            *task = Some(tokio::spawn(listen(pool.clone(), bell.clone())).abort_handle());
        }
    }

    /// Stops it.
    pub(in crate::postgis) fn stop(&self) {
        if let Some(task) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Listens until the end, on a connection of its own; when that breaks, on another one.
async fn listen(pool: PgPool, bell: Bell) {
    loop {
        if let Err(error) = hear(&pool, &bell).await {
            tracing::warn!(%error, "the log's bell is not heard, trying again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Rings at every notice. Whenever a connection is new, notices may have been missed before: then the log itself says
/// how far it reaches.
async fn hear(pool: &PgPool, bell: &Bell) -> Result<(), Error> {
    const DOING: &str = "listen to the log's bell";
    let options = (*pool.connect_options()).clone();
    let own = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&own).await.doing(DOING)?;
    listener.listen("onemap_log").await.doing(DOING)?;
    let (mut reached,) = one::<(i64,)>(pool, DOING, sqlx::query("select seq from log_head")).await?;
    loop {
        bell.ring(u64::try_from(reached).unwrap_or_default());
        reached = match listener.try_recv().await.doing(DOING)? {
            Some(notice) => notice.payload().parse().unwrap_or_default(),
            None => one::<(i64,)>(pool, DOING, sqlx::query("select seq from log_head")).await?.0,
        };
    }
}
