//! Timers go off by a clock that is never set: which of them run follows from the log.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use dispatch::{Actor, Command, Desk, TimerKind};

use super::work::{NotDone, Work};
use crate::app::{App, now_ms, stopped};

/// How often running timers are looked at.
const EVERY: Duration = Duration::from_millis(200);
/// After a failure the timer is tried again this much later.
const AGAIN: Duration = Duration::from_secs(2);

/// Lets timers go off until the server stops. With several servers on one store each tries; the log lets one.
pub async fn run(app: App) {
    let mut stop = app.stop.subscribe();
    let mut deadlines: HashMap<String, Instant> = HashMap::new();
    let mut begun = true;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopped(&mut stop) => return,
        }
        let desk = app.ops.desk();
        look(&desk, &mut deadlines, begun);
        begun = false;
        let now = Instant::now();
        let due: Vec<String> = deadlines.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        for id in due {
            deadlines.insert(id.clone(), now + AGAIN);
            fire(&app, id).await;
        }
    }
}

/// Gives new timers a moment on the steady clock and forgets those that are over. What was running before this process
/// is measured by the wall clock once; what was armed since then waits for its whole length, whatever the wall clock does.
fn look(desk: &Desk, deadlines: &mut HashMap<String, Instant>, begun: bool) {
    let wall = now_ms();
    let mut running: HashMap<String, Instant> = HashMap::with_capacity(deadlines.len());
    for (_, timer) in desk.armed() {
        let at = deadlines.remove(&timer.id).unwrap_or_else(|| {
            let dated = begun || matches!(timer.kind, TimerKind::HeldReview | TimerKind::Start);
            let left = timer.due_at_ms - if dated { wall } else { timer.armed_ms };
            Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or_default())
        });
        running.insert(timer.id.clone(), at);
    }
    *deadlines = running;
}

async fn fire(app: &App, timer: String) {
    let actor = Actor { id: "timer".to_owned(), lead: false, unit: None };
    let command = Command::Fire { timer: timer.clone() };
    let work = Work { src: "timer", ..Work::of(actor, format!("timer:{timer}"), command, &timer, &[]) };
    match app.command(work).await {
        Ok(_) => metrics::counter!("onemap_timers_fired_total").increment(1),
        // Over meanwhile, or another server was first.
        Err(NotDone::Refused(_)) => {}
        Err(error) => tracing::warn!(?error, timer, "a timer could not go off; trying again"),
    }
}
