//! What is not kept for ever: tracks by a setting, callers' numbers 72 hours after the end of their incident.

use std::time::Duration;

use super::{App, now_ms, stopped};

/// How often it is looked for what may go.
const EVERY: Duration = Duration::from_hours(1);
/// So long after its end an incident can no longer be reopened, and nobody calls back.
const NUMBERS_MS: i64 = dispatch::REOPEN_WITHIN_MS;
/// Name of the setting that holds up to which event ends were looked at.
const LOOKED_AT: &str = "sealed_erased_to";
/// Events read together.
const PAGE: u32 = 2_000;
const DAY_MS: i64 = 86_400_000;

/// Forgets until the server stops: once at the start, then every hour. Several servers may do the same work.
pub async fn run(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        tokio::select! {
            () = forget(&app) => {}
            () = stopped(&mut stop) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

async fn forget(app: &App) {
    let days = i64::try_from(app.limits.track_days).unwrap_or(i64::MAX);
    match app.store.prune(now_ms().saturating_sub(days.saturating_mul(DAY_MS))).await {
        Ok(gone) => {
            metrics::counter!("onemap_positions_forgotten_total").increment(gone);
            if gone > 0 {
                tracing::info!(gone, days, "old positions are forgotten");
            }
        }
        Err(error) => tracing::warn!(%error, "old positions could not be forgotten; tried again in an hour"),
    }
    match erase(app).await {
        Ok(erased) => {
            metrics::counter!("onemap_sealed_erased_total").increment(erased);
            if erased > 0 {
                tracing::info!(erased, "callers' numbers of ended incidents are erased");
            }
        }
        Err(error) => tracing::warn!(%error, "callers' numbers could not be erased; tried again in an hour"),
    }
}

/// Walks along the log up to what is 72 hours old. Each end of an incident that was not followed by a reopening erases
/// what is sealed with its callers.
async fn erase(app: &App) -> Result<u64, store::Error> {
    let stored = app.store.setting(LOOKED_AT).await?;
    let mut at = stored.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok()).unwrap_or(0);
    let (before_us, mut erased) = ((now_ms() - NUMBERS_MS).saturating_mul(1_000), 0);
    loop {
        let page = app.store.log_page(at, PAGE).await?;
        let old: Vec<_> = page.into_iter().take_while(|event| event.commit_us <= before_us).collect();
        let Some(last) = old.last().map(|event| event.seq) else { return Ok(erased) };
        let ends = old.iter().filter(|event| ["incident.closed", "incident.cancelled"].contains(&event.kind.as_str()));
        for incident in ends.filter_map(|event| event.corr.as_deref()) {
            erased += erase_of(app, incident).await?;
        }
        at = last;
        app.store.put_setting(LOOKED_AT, at.to_string().as_bytes()).await?;
    }
}

/// What is sealed with an incident goes, unless it was reopened after its last end.
async fn erase_of(app: &App, incident: &str) -> Result<u64, store::Error> {
    let (mut callers, mut ended, mut at) = (Vec::new(), false, 0);
    loop {
        let page = app.store.log_of(incident, at, PAGE).await?;
        let Some(last) = page.last().map(|event| event.seq) else { break };
        at = last;
        for event in page {
            match event.kind.as_str() {
                "caller.added" => callers.push(event.seq),
                "incident.closed" | "incident.cancelled" => ended = true,
                "incident.reopened" => ended = false,
                _ => {}
            }
        }
    }
    if !ended {
        return Ok(0);
    }
    let mut erased = 0;
    for some in callers.chunks(1_000) {
        erased += app.store.erase_sealed(some).await?;
    }
    Ok(erased)
}
