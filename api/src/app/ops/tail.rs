//! What other servers on the same store append.

use std::time::Duration;

use super::clerk::{show, take_in};
use crate::app::{App, stopped};

/// Events read together.
const PAGE: u32 = 2_000;
/// How long the bell is trusted: the log is the truth, the bell only saves time.
const UNRUNG: Duration = Duration::from_millis(250);

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
        if let Err(error) = catch_up(&app).await {
            tracing::warn!(%error, "others' events could not be read; trying again");
            tokio::time::sleep(UNRUNG).await;
        }
    }
}

/// Reads to the end of the log and shows it.
pub(super) async fn catch_up(app: &App) -> Result<(), store::Error> {
    loop {
        let mut desk = (*app.ops.desk()).clone();
        let page = app.store.log_page(desk.seq(), PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        let mut news = Vec::with_capacity(page.len());
        take_in(&mut desk, &page, &mut news);
        show(app, desk, news);
    }
}
