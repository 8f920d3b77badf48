//! What somebody has to look at: said in the log, in the figures, and in every heartbeat while it lasts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{App, now_ms, stopped};

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Which.
    pub code: &'static str,
    /// What exactly, in words.
    pub detail: String,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
}

/// Everything that is not as it should be: one alarm a code, so never more than there are codes.
#[derive(Debug)]
pub struct Alarms {
    all: Mutex<BTreeMap<&'static str, Alarm>>,
    /// Counts every change.
    bell: watch::Sender<u64>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self { all: Mutex::default(), bell: watch::Sender::new(0) }
    }
}

impl Alarms {
    /// Rings at each change.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Raises an alarm; one that is raised already keeps its first words.
    pub fn raise(&self, code: &'static str, detail: String) {
        self.put(code, detail, false);
    }

    /// Raises an alarm, or gives one that is raised already new words.
    pub fn tell(&self, code: &'static str, detail: String) {
        self.put(code, detail, true);
    }

    fn put(&self, code: &'static str, detail: String, again: bool) {
        let mut all = self.lock();
        let since_ms = match all.get(code) {
            Some(known) if !again || known.detail == detail => return,
            Some(known) => known.since_ms,
            None => now_ms(),
        };
        metrics::gauge!("onemap_alarm", "code" => code).set(1.0);
        all.insert(code, Alarm { code, detail, since_ms });
        drop(all);
        self.bell.send_modify(|count| *count += 1);
    }

    /// Ends an alarm.
    pub fn end(&self, code: &'static str) {
        if self.lock().remove(code).is_some() {
            metrics::gauge!("onemap_alarm", "code" => code).set(0.0);
            self.bell.send_modify(|count| *count += 1);
        }
    }

    /// All of them, by code.
    pub fn all(&self) -> Vec<Alarm> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Alarm>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often the two clocks are compared.
const COMPARE: Duration = Duration::from_secs(1);
/// A wall clock that gained or lost more than this between two looks was set.
const STEP_MS: i64 = 2_000;
/// How long a step is shown.
const SHOWN: Duration = Duration::from_mins(10);

/// Watches the wall clock until the server stops: timers do not run by it, but what people read does.
pub async fn watch_clock(app: App) {
    let mut stop = app.stop.subscribe();
    let (mut wall, mut steady, mut shown) = (now_ms(), Instant::now(), None::<Instant>);
    loop {
        tokio::select! {
            () = tokio::time::sleep(COMPARE) => {}
            () = stopped(&mut stop) => return,
        }
        let passed = i64::try_from(steady.elapsed().as_millis()).unwrap_or(i64::MAX);
        let step_ms = now_ms() - wall - passed;
        (wall, steady) = (now_ms(), Instant::now());
        if step_ms.abs() > STEP_MS {
            metrics::counter!("onemap_clock_steps_total").increment(1);
            tracing::warn!(step_ms, "the server's clock was set");
            app.alarms.end("CLOCK-STEP");
            app.alarms.raise("CLOCK-STEP", format!("the server's clock was set by {step_ms} ms"));
            shown = Some(Instant::now());
        } else if shown.is_some_and(|since| since.elapsed() > SHOWN) {
            app.alarms.end("CLOCK-STEP");
            shown = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_raised_once_and_ends() {
        let alarms = Alarms::default();
        alarms.raise("LOG-BAD", "event 7".to_owned());
        alarms.raise("LOG-BAD", "event 9".to_owned());
        let all = alarms.all();
        assert_eq!((all.len(), all[0].detail.as_str()), (1, "event 7"));
        let mut bell = alarms.bell();
        bell.mark_unchanged();
        alarms.tell("LOG-BAD", "event 7".to_owned());
        assert!(!bell.has_changed().unwrap(), "nothing new was said");
        alarms.tell("LOG-BAD", "event 9".to_owned());
        assert!(bell.has_changed().unwrap() && alarms.all()[0].detail == "event 9");
        alarms.end("LOG-BAD");
        assert!(alarms.all().is_empty());
    }
}
