//! The start: the newest desk that was written down, what followed it, and units that the log does not know yet.

use dispatch::{Desk, Key};

use super::clerk::{SNAPSHOT_SCHEMA, begin, draft, take_in};
use super::tail::catch_up;
use crate::app::{App, now_ms};

/// Name of the setting that holds what confirmation tokens are made with.
const KEY: &str = "confirm_key";
/// Units that are entered together.
const TOGETHER: usize = 1_000;

/// Makes the desk, checks the end of the chain, and enters units of the roster that the log does not know.
pub async fn load(app: &App) -> Result<(), store::Error> {
    let begun = std::time::Instant::now();
    let checked = store::verify_tail(app.store.as_ref()).await?;
    if let Some(seq) = checked.first_bad {
        tracing::error!(seq, "the end of the operations log is not what was written: run `onemap verify`");
        metrics::gauge!("onemap_log_bad").set(1.0);
    }
    let key = key(app).await?;
    app.ops.key.get_or_init(|| key);
    app.ops.set_epoch(app.store.log_head().await?.epoch);
    if let Some((seq, bytes)) = app.store.snapshot(SNAPSHOT_SCHEMA).await? {
        match serde_json::from_slice::<Desk>(&bytes) {
            Ok(desk) if desk.seq() == seq => {
                app.ops.publish(desk, Vec::new());
            }
            Ok(_) | Err(_) => tracing::warn!(seq, "the written desk cannot be read; the log is replayed"),
        }
    }
    let from = app.ops.desk().seq();
    catch_up(app).await?;
    enter(app).await?;
    let desk = app.ops.desk();
    app.world.change(|moving| desk.units().for_each(|state| moving.put_state(state)));
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(from, seq = desk.seq(), duration_ms, "desk ready");
    Ok(())
}

async fn key(app: &App) -> Result<Key, store::Error> {
    if let Some(known) = app.store.setting(KEY).await?.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
        return Ok(Key(known));
    }
    let mut fresh = [0; 32];
    if let Err(error) = getrandom::fill(&mut fresh) {
        tracing::error!(%error, "no source of randomness: confirmations cannot be given");
    }
    app.store.put_setting(KEY, &fresh).await?;
    // Another server may have put its own at the same time: all use what is stored.
    let stored = app.store.setting(KEY).await?.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    Ok(Key(stored.unwrap_or(fresh)))
}

/// Units that were put into the roster by a generator or an import become events.
async fn enter(app: &App) -> Result<(), store::Error> {
    let units = app.store.units().await?;
    let known = app.ops.desk();
    let new: Vec<_> = units.into_iter().filter(|unit| known.unit(&unit.id).is_none()).collect();
    for some in new.chunks(TOGETHER) {
        let (mut append, mut desk, mut news) = begin(app).await?;
        let now = now_ms();
        let entered = |unit: &dispatch::Unit| {
            let event = dispatch::Event::Unit { record: Box::new(unit.clone().into()) };
            draft(&event, r#"{"id":"roster"}"#, "import", now)
        };
        let drafts = some.iter().filter(|unit| desk.unit(&unit.id).is_none()).map(entered).collect();
        let events = append.append(None, Vec::new(), drafts).await?;
        append.commit().await?;
        take_in(&mut desk, &events, &mut news);
        app.ops.publish(desk, news);
    }
    Ok(())
}
