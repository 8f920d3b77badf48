//! Whether the store answers. While it does not, what is known already is shown on: who was logged in stays so for a
//! while, and rows of the audit that may wait are kept until it answers again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{App, now_ms, stopped};

/// How often the store is asked.
const EVERY: Duration = Duration::from_secs(1);
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Silence of all positions that is an alarm while anybody is on duty, milliseconds.
const POSITIONS_SILENT_MS: i64 = 120_000;
/// Silence of all calls that is an alarm, milliseconds: a city of ten million has two a minute.
const CALLS_SILENT_MS: i64 = 1_800_000;
/// Silence of all cameras that have a stream is an alarm, milliseconds: some are asked every 15 seconds.
const VIDEO_SILENT_MS: i64 = 120_000;

/// A flag that many look at.
#[derive(Debug, Default)]
pub struct Away(AtomicBool);

impl Away {
    /// Whether the store does not answer just now.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, away: bool) {
        self.0.store(away, Ordering::Relaxed);
    }
}

/// Asks the store until the server stops, writes the audit rows that wait, and listens for silence.
pub async fn watch_store(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopped(&mut stop) => {
                app.looks.settle_late().await;
                return;
            }
        }
        let answered = tokio::time::timeout(PATIENCE, app.store.ping()).await;
        let why = match answered {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        app.away.set(why.is_some());
        if let Some(why) = why {
            app.alarms.raise("STORE-AWAY", why);
        } else {
            app.alarms.end("STORE-AWAY");
            app.looks.settle_late().await;
        }
        listen(&app);
    }
}

/// Silence is an alarm: calm is proved by sources that speak.
fn listen(app: &App) {
    let (now, heard) = (now_ms(), app.heard());
    let silent = |heard: Option<i64>, most_ms: i64| heard.filter(|heard| now - heard > most_ms).map(super::rfc3339);
    let on_duty = heard.on_duty;
    let silence = [
        (
            "POSITIONS-SILENT",
            silent(heard.on_duty_ms, POSITIONS_SILENT_MS)
                .filter(|_| on_duty > 0)
                .map(|since| format!("{on_duty} units are on duty and none has reported since {since}")),
        ),
        (
            "CALLS-SILENT",
            silent(heard.calls_ms, CALLS_SILENT_MS).map(|since| format!("no call has come in since {since}")),
        ),
        (
            "VIDEO-SILENT",
            silent(heard.video_ms, VIDEO_SILENT_MS).map(|since| format!("no camera has answered since {since}")),
        ),
    ];
    for (code, since) in silence {
        match since {
            Some(words) => app.alarms.raise(code, words),
            None => app.alarms.end(code),
        }
    }
}
