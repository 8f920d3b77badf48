//! The clerk: takes the commands that wait, decides them one after the other on the newest desk, commits them together.

use std::sync::PoisonError;

use dispatch::{Decided, Desk, Event, Stamp};
use store::{Append, Command, EventDraft, Expect};
use tokio::sync::oneshot;

use super::room::News;
use super::scene::Room;
use super::work::{Done, NotDone, Work};
use crate::app::{App, stopped};
use crate::sabotage::{desk_of_before, removed};

/// Commands that share a commit: keeps one transaction, and so everybody's wait, short.
const TOGETHER: usize = 64;
/// Events after which the desk is written down, so that a start does not replay everything.
pub(super) const SNAPSHOT_EVERY: u64 = 5_000;
/// The form of what is written down.
pub(super) const SNAPSHOT_SCHEMA: u32 = 5;

type Reply = (oneshot::Sender<Result<Done, NotDone>>, Result<Done, NotDone>);

/// Works until the server stops, then finishes what waits.
pub async fn run(app: App) {
    let taken = app.ops.works.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut queue) = taken else { return };
    let mut stop = app.stop.subscribe();
    let mut written_down = app.ops.desk().seq();
    let mut works = Vec::with_capacity(TOGETHER);
    loop {
        tokio::select! {
            biased;
            count = queue.recv_many(&mut works, TOGETHER) => {
                if count == 0 {
                    return;
                }
            }
            () = stopped(&mut stop) => return,
        }
        carry_out(&app, std::mem::take(&mut works)).await;
        let desk = app.ops.desk();
        if desk.seq() >= written_down + SNAPSHOT_EVERY {
            written_down = desk.seq();
            tokio::spawn(write_down(app.clone()));
        }
    }
}

/// Keeps the desk in the store. When that fails, the next start replays more.
pub(super) async fn write_down(app: App) {
    let desk = app.ops.desk();
    let written = tokio::task::spawn_blocking({
        let desk = std::sync::Arc::clone(&desk);
        move || serde_json::to_vec(&*desk)
    });
    let Ok(Ok(bytes)) = written.await else {
        tracing::error!("the desk cannot be written down");
        return;
    };
    match app.store.put_snapshot(desk.seq(), SNAPSHOT_SCHEMA, &bytes).await {
        Ok(()) => tracing::info!(seq = desk.seq(), bytes = bytes.len(), "the desk is written down"),
        Err(error) => tracing::warn!(%error, "the desk was not written down; the next start replays more"),
    }
}

async fn carry_out(app: &App, works: Vec<Work>) {
    let begun = std::time::Instant::now();
    let (mut append, mut desk, mut news) = match begin(app).await {
        Ok(begun) => begun,
        Err(error) => {
            tracing::error!(%error, "the log cannot be written; commands are refused");
            app.alarms.raise("LOG-UNAVAILABLE", error.to_string());
            for work in works {
                drop(work.answer.send(Err(NotDone::Unavailable)));
            }
            return;
        }
    };
    let early =
        removed("s6") && works.iter().all(|work| matches!(work.ask.command, dispatch::Command::Assignment { .. }));
    let mut replies: Vec<Reply> = Vec::with_capacity(works.len());
    for mut work in works {
        let (silent, _) = oneshot::channel();
        let answer = std::mem::replace(&mut work.answer, silent);
        replies.push((answer, one(app, append.as_mut(), &mut desk, &mut news, work).await));
    }
    if early {
        for (waiting, answer) in replies.drain(..) {
            drop(waiting.send(answer));
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    match append.commit().await {
        Ok(()) => {
            app.alarms.end("LOG-UNAVAILABLE");
            metrics::histogram!("onemap_commit_seconds").record(begun.elapsed().as_secs_f64());
            show(app, desk, news);
        }
        Err(error) => {
            tracing::error!(%error, "a commit failed; whether it happened is found out by asking again");
            app.alarms.raise("LOG-UNAVAILABLE", error.to_string());
            for (_, answer) in &mut replies {
                *answer = Err(NotDone::Unavailable);
            }
        }
    }
    for (waiting, answer) in replies {
        // Whoever no longer waits asks again with the same id.
        drop(waiting.send(answer));
    }
}

/// Takes the log's head, with the desk as it is there and what was news on the way: what others wrote is read first,
/// however much that is.
pub(super) async fn begin(app: &App) -> Result<(Box<dyn Append>, Desk, Vec<News>), store::Error> {
    loop {
        // One look at the desk: while the head is waited for, another task may show a newer one.
        let mut desk = (*app.ops.desk()).clone();
        let append = app.store.begin_append(desk.seq()).await?;
        let seen = append.unseen().last().map_or(desk.seq(), |event| event.seq);
        if append.head().epoch != app.ops.epoch() {
            // Somebody restored a backup under this server: what it knows is of another history.
            return Err(store::Error::other_log());
        }
        if seen == append.head().seq {
            let mut news = Vec::new();
            take_in(&mut desk, append.unseen(), &mut news);
            return Ok((append, desk, news));
        }
        drop(append);
        super::tail::catch_up(app).await?;
    }
}

/// Puts what a desk says of units on the map, and publishes it: who hears of it finds the unit there.
pub(super) fn show(app: &App, desk: Desk, news: Vec<News>) {
    let units: std::collections::BTreeSet<String> = news.iter().filter_map(|one| one.unit.clone()).collect();
    let states: Vec<_> = units.iter().filter_map(|id| desk.unit(id).cloned()).collect();
    // Also when another reader of the log shows it: an older state does not take the place of a newer one.
    if !states.is_empty() {
        app.world.change(|moving| states.iter().for_each(|state| moving.put_state(state)));
    }
    app.ops.publish(desk, news);
}

/// Takes in events that are durable already.
pub(super) fn take_in(desk: &mut Desk, events: &[store::Event], news: &mut Vec<News>) {
    for event in events {
        let Ok(payload) = serde_json::from_str::<Event>(&event.payload) else {
            tracing::error!(seq = event.seq, kind = %event.kind, "an event of the log cannot be read");
            continue;
        };
        evolve(desk, event, &payload, news);
    }
}

fn evolve(desk: &mut Desk, stored: &store::Event, event: &Event, news: &mut Vec<News>) {
    let by = serde_json::from_str::<serde_json::Value>(&stored.actor).ok();
    let by = by.and_then(|actor| Some(actor.get("id")?.as_str()?.to_owned())).unwrap_or_default();
    let at_ms = stored.commit_us / 1_000;
    let before = event.incident().and_then(|id| desk.incident(id).cloned());
    desk.evolve(
        &Stamp { seq: stored.seq, stream_version: stored.stream_version, commit_ms: at_ms, actor: by.clone() },
        event,
    );
    let incident = event.incident().and_then(|id| desk.incident(id).cloned());
    // What becomes of a distress becomes of its unit: it is free no more, or again.
    let unit = event.unit().map(str::to_owned).or_else(|| incident.as_ref().and_then(|i| i.distress.clone()));
    news.push(News { seq: stored.seq, kind: stored.kind.clone(), at_ms, by, before, incident, unit });
}

/// Decides one command and appends what it makes. Nothing is durable before the commit.
async fn one(
    app: &App,
    append: &mut dyn Append,
    desk: &mut Desk,
    news: &mut Vec<News>,
    mut work: Work,
) -> Result<Done, NotDone> {
    let failed = |error: store::Error| {
        tracing::error!(%error, "a command was not taken by the log");
        NotDone::Unavailable
    };
    if let Some(known) = append.answer(&work.command_id).await.map_err(failed)? {
        if known.digest != work.digest {
            return Err(NotDone::Mismatch);
        }
        let done: Option<(u16, serde_json::Value)> = serde_json::from_str(&known.answer).ok();
        let (status, body) = done.ok_or(NotDone::Unavailable)?;
        return Ok(Done { status, body, replayed: true });
    }
    if let Some(refusal) = app.ops.refused.of(&work.command_id, &work.digest) {
        return Err(NotDone::Refused(refusal));
    }
    if work.guard.as_ref().is_some_and(|holds| !holds(desk)) {
        return Err(NotDone::Scope);
    }
    if removed("s4") {
        work.ask.basis = dispatch::Basis::default();
    }
    let room = Room::new(app);
    let decided = match desk_of_before(&app.ops) {
        Some(old) => old.decide(&work.ask, &room).or_else(|_unknown| desk.decide(&work.ask, &room)),
        None => desk.decide(&work.ask, &room),
    };
    let decided = decided.map_err(|refusal| {
        app.ops.refused.keep(&work.command_id, work.digest, &refusal);
        NotDone::Refused(refusal)
    })?;
    let (drafts, expects) = drafts(desk, &work, &decided);
    let command = Command { id: work.command_id.clone(), digest: work.digest, answer: String::new() };
    let events = append.append(Some(command), expects, drafts).await.map_err(failed)?;
    let told = news.len();
    for (stored, event) in events.iter().zip(&decided.events) {
        evolve(desk, stored, event, news);
    }
    metrics::counter!("onemap_events_total").increment((news.len() - told) as u64);
    let (status, body) = (work.render)(desk, &decided);
    let answer = serde_json::to_string(&(status, &body)).unwrap_or_default();
    append.answered(&work.command_id, answer).map_err(failed)?;
    Ok(Done { status, body, replayed: false })
}

/// The events as the store keeps them, and the versions of streams that the decision rests on.
fn drafts(desk: &Desk, work: &Work, decided: &Decided) -> (Vec<EventDraft>, Vec<Expect>) {
    let actor = serde_json::json!({ "id": work.ask.actor.id, "unit": work.ask.actor.unit }).to_string();
    let basis = &work.ask.basis;
    let basis = (basis != &dispatch::Basis::default()).then(|| {
        serde_json::json!({ "seq": basis.seq, "unit_epoch": basis.unit_epoch, "version": basis.version }).to_string()
    });
    let adds_caller = |event: &Event| event.kind() == "caller.added";
    // A command that adds a caller has one number; a report says which of its numbers are new.
    let one = [0];
    let added = if decided.callers.is_empty() { one.as_slice() } else { decided.callers.as_slice() };
    let mut sealed = added.iter().filter_map(|n| work.sealed.get(*n));
    let mut full = |event: &Event| EventDraft {
        basis: basis.clone(),
        sealed: if adds_caller(event) { sealed.next().cloned().flatten() } else { None },
        device_us: work.device.map(|device| device.at_ms.saturating_mul(1_000)),
        skew_us: work.device.and_then(|device| device.skew_ms).map(|skew_ms| skew_ms.saturating_mul(1_000)),
        ..draft(event, &actor, work.src, work.ask.now_ms)
    };
    let drafts: Vec<EventDraft> = decided.events.iter().map(&mut full).collect();
    let mut expects: Vec<Expect> = Vec::new();
    for draft in &drafts {
        if !expects.iter().any(|expect| expect.stream == draft.stream) {
            expects.push(Expect { stream: draft.stream.clone(), version: desk.version_of(&draft.stream) });
        }
    }
    (drafts, expects)
}

/// An event as the store keeps it. `actor` is JSON; `received_ms` is when what caused it came in, milliseconds since 1970
/// UTC.
pub(super) fn draft(event: &Event, actor: &str, src: &str, received_ms: i64) -> EventDraft {
    EventDraft {
        stream: event.stream(),
        kind: event.kind().to_owned(),
        schema: 1,
        actor: actor.to_owned(),
        src: src.to_owned(),
        corr: event.incident().map(str::to_owned),
        event_us: event.at_ms().unwrap_or(received_ms).saturating_mul(1_000),
        receive_us: received_ms.saturating_mul(1_000),
        payload: serde_json::to_string(event).unwrap_or_default(),
        ..EventDraft::default()
    }
}
