//! The start: the newest desk that was written down, what followed it, and units that the log does not know yet.

use std::sync::Arc;

use dispatch::{Desk, Event, Key};
use store::Store;

use super::clerk::{SNAPSHOT_EVERY, SNAPSHOT_SCHEMA, begin, draft, take_in, write_down};
use super::tail::catch_up;
use crate::app::{App, Heading, Limits, now_ms, stopped};

/// Name of the setting that holds what confirmation tokens are made with.
const KEY: &str = "confirm_key";
/// Units that are entered together.
const TOGETHER: usize = 1_000;

/// Makes the desk, checks the end of the chain, and enters units of the roster that the log does not know.
pub async fn load(app: &App) -> Result<(), store::Error> {
    let begun = std::time::Instant::now();
    let checked = store::verify_tail(app.store.as_ref()).await?;
    if let Some(seq) = checked.first_bad {
        alarm(app, seq, checked.why.as_deref());
    }
    let key = key(app).await?;
    app.ops.key.get_or_init(|| key);
    app.ops.set_epoch(app.store.log_head().await?.epoch);
    let from = written(app).await?;
    catch_up(app).await?;
    enter(app).await?;
    mend(app).await?;
    let desk = app.ops.desk();
    app.world.change(|moving| desk.units().for_each(|state| moving.put_state(state)));
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(from, seq = desk.seq(), duration_ms, "desk ready");
    if desk.seq() >= from + SNAPSHOT_EVERY {
        // What took long now is quick the next time.
        tokio::spawn(write_down(app.clone()));
    }
    Ok(())
}

/// The desk for somebody who only reads: nothing is entered, checked or written.
pub async fn read(store: &Arc<dyn Store>) -> Result<Arc<Desk>, store::Error> {
    let app = App::new(Arc::clone(store), Limits::default(), Heading::default());
    written(&app).await?;
    catch_up(&app).await?;
    Ok(app.ops.desk())
}

/// Takes the newest desk that was written down; the event that it ends with.
async fn written(app: &App) -> Result<u64, store::Error> {
    if let Some((seq, bytes)) = app.store.snapshot(SNAPSHOT_SCHEMA).await? {
        match serde_json::from_slice::<Desk>(&bytes) {
            Ok(desk) if desk.seq() == seq => {
                app.ops.publish(desk, Vec::new());
            }
            Ok(_) | Err(_) => tracing::warn!(seq, "the written desk cannot be read; the log is replayed"),
        }
    }
    Ok(app.ops.desk().seq())
}

/// Says that the log is not what was written: in the log, in the figures and in every heartbeat.
fn alarm(app: &App, seq: u64, why: Option<&str>) {
    let why = why.unwrap_or_default();
    tracing::error!(seq, why, "the operations log is not what was written: run `onemap verify`");
    app.alarms.raise("LOG-BAD", format!("event {seq}: {why}"));
}

/// Between two walks along the whole log.
const WALK_EVERY: std::time::Duration = std::time::Duration::from_hours(24);

/// Verifies the whole log in the background, after the start and once a day: the start itself looks at its end only.
pub async fn walk(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        let begun = std::time::Instant::now();
        let verified = tokio::select! {
            verified = app.store.log_verify(0) => verified,
            () = stopped(&mut stop) => return,
        };
        match verified {
            Ok(store::LogVerified { first_bad: Some(seq), why, .. }) => alarm(&app, seq, why.as_deref()),
            Ok(verified) => {
                metrics::gauge!("onemap_log_verified_seconds").set(begun.elapsed().as_secs_f64());
                tracing::info!(events = verified.events, "the log holds");
            }
            Err(error) => tracing::warn!(%error, "the log could not be verified"),
        }
        tokio::select! {
            () = tokio::time::sleep(WALK_EVERY) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

async fn key(app: &App) -> Result<Key, store::Error> {
    if let Some(known) = app.store.setting(KEY).await?.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
        return Ok(Key(known));
    }
    let mut fresh = [0; 32];
    if let Err(error) = getrandom::fill(&mut fresh) {
        tracing::error!(%error, "no source of randomness: confirmations cannot be given");
    }
    // Another server may start at the same time: all use what was stored first.
    let stored = app.store.put_setting_if_absent(KEY, &fresh).await?;
    Ok(Key(<[u8; 32]>::try_from(stored).unwrap_or(fresh)))
}

/// Orders of organisations that an older server left with nobody under them go back to the organisation's own word.
async fn mend(app: &App) -> Result<(), store::Error> {
    if app.ops.desk().adrift().is_empty() {
        return Ok(());
    }
    say(app, (r#"{"id":"timer"}"#, "timer"), Desk::adrift).await
}

/// Appends what the house has to say of the newest desk: what another server has said meanwhile is in that already.
async fn say(
    app: &App,
    (actor, src): (&str, &str),
    events: impl FnOnce(&Desk) -> Vec<Event>,
) -> Result<(), store::Error> {
    let (mut append, mut desk, mut news) = begin(app).await?;
    let now = now_ms();
    let drafts = events(&desk).iter().map(|event| draft(event, actor, src, now)).collect();
    let events = append.append(None, Vec::new(), drafts).await?;
    append.commit().await?;
    take_in(&mut desk, &events, &mut news);
    app.ops.publish(desk, news);
    Ok(())
}

/// Units that were put into the roster by a generator or an import become events.
async fn enter(app: &App) -> Result<(), store::Error> {
    let units = app.store.units().await?;
    let known = app.ops.desk();
    let new: Vec<_> = units.into_iter().filter(|unit| known.unit(&unit.id).is_none()).collect();
    for some in new.chunks(TOGETHER) {
        let entered = |unit: &dispatch::Unit| Event::Unit { record: Box::new(unit.clone().into()), on_duty_ms: None };
        let all = |desk: &Desk| some.iter().filter(|unit| desk.unit(&unit.id).is_none()).map(entered).collect();
        say(app, (r#"{"id":"roster"}"#, "import"), all).await?;
    }
    Ok(())
}
