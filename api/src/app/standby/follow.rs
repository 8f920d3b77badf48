//! Makes the picture anew while units move, off everybody's path and with most of the time at rest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dispatch::recommend::Plans;

use super::{Demanded, Picture};
use crate::app::clock::now_ms;
use crate::app::coverage::Report;
use crate::app::network::Network;
use crate::app::{App, stopped};

/// How often it is looked whether anything has changed.
const LOOK: Duration = Duration::from_secs(1);
/// Between two pictures, at least.
const LEAST: Duration = Duration::from_secs(2);
/// Between two pictures so many times as long as one took; with the pauses some three percent of a processor.
const TIMES: u32 = 6;
/// A pause while a picture is made: about three times as long as the work between two.
const PAUSE: Duration = Duration::from_millis(3);

/// What a picture depends on.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Of {
    /// Versions of roads and closures, and of the response plans.
    rules: (u64, u64, u32),
    /// Counts every change of a unit's place or record.
    moves: u64,
}

impl Of {
    fn now(app: &App, network: &Network) -> Self {
        let desk = app.ops.desk();
        let rules = (network.version, desk.closures_seq(), desk.plans().version);
        Self { rules, moves: app.world.moving(crate::app::Moving::moves) }
    }
}

/// What was gathered of the past, and of which reports, roads and plans.
struct Gathered {
    reports: Arc<Vec<Report>>,
    version: u64,
    plans: Arc<Plans>,
    demanded: Vec<Arc<Demanded>>,
}

/// Follows until the server stops.
pub async fn run(app: App) {
    let mut stop = app.stop.subscribe();
    let (mut made, mut due): (Option<Of>, Instant) = (None, Instant::now());
    let mut gathered: Option<Gathered> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopped(&mut stop) => return,
        }
        let Some(network) = app.ways.network().filter(|network| network.graph.edge_count() > 0) else { continue };
        if !app.world.still().ready {
            continue;
        }
        let of = Of::now(&app, &network);
        // A closed road and another plan count at once, a unit that moved when its turn has come.
        let changed = made.is_none_or(|made| made.rules != of.rules || (made != of && Instant::now() >= due));
        if !changed {
            continue;
        }
        let reports = match app.reports().await {
            Ok(reports) => reports,
            Err(error) => {
                tracing::warn!(%error, "the past could not be read; who stands by is told by an older picture");
                continue;
            }
        };
        let plans = Arc::clone(app.ops.desk().plans());
        let still =
            |g: &Gathered| Arc::ptr_eq(&g.reports, &reports) && g.version == network.version && g.plans == plans;
        let known = gathered.take().filter(still);
        let (begun, working) = (Instant::now(), app.clone());
        let work = tokio::task::spawn_blocking(move || {
            let now = now_ms();
            let version = network.version;
            let gathered = known.unwrap_or_else(|| {
                let demanded = Demanded::of(&working, &network, &reports, &plans, now);
                Gathered { reports, version, plans, demanded }
            });
            let mut pause = || std::thread::sleep(PAUSE);
            let picture = Picture::reckon(&working, network, &gathered.demanded, now, &mut pause);
            (gathered, picture)
        });
        match work.await {
            Ok((fresh, picture)) => {
                gathered = Some(fresh);
                app.standby.0.store(Some(Arc::new(picture)));
            }
            Err(error) => tracing::error!(%error, "who stands by could not be reckoned"),
        }
        let took = begun.elapsed();
        tracing::debug!(duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "who stands by");
        metrics::histogram!("onemap_standby_seconds").record(took.as_secs_f64());
        made = Some(of);
        due = Instant::now() + (took * TIMES).max(LEAST);
    }
}
