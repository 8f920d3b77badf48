//! Units that seem to have arrived at their scenes: proposed to the dispatcher, who confirms with `arrive`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use dispatch::{Approach, Command};
use spatial::moving::Fix;

use super::App;
use super::ops::{NotDone, Work};

/// Approaches by order. As many as there are open orders; those that are over are forgotten.
#[derive(Debug, Default)]
pub struct Approaches(Mutex<HashMap<String, Approach>>);

/// When there are more, those of orders that are over are looked for.
const SWEEP_FROM: usize = 1_000;

impl App {
    /// Looks whether units that moved have come to a scene that they are ordered to.
    pub(super) fn approach(&self, moved: &[(String, Fix)]) {
        let desk = self.ops.desk();
        let mut seen = Vec::new();
        {
            let mut all = self.approaches.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() > SWEEP_FROM {
                let open = |id: &String| {
                    desk.of_assignment(id).and_then(|i| i.assignment(id)).is_some_and(|a| a.state.is_open())
                };
                all.retain(|id, _| open(id));
            }
            for (unit, fix) in moved {
                let Some(state) = desk.unit(unit).filter(|state| !state.open.is_empty()) else { continue };
                for bound in &state.open {
                    let Some(incident) = desk.incident(&bound.incident) else { continue };
                    let Some(scene) = incident.location.position else { continue };
                    let distance_m = fix.position.distance_m(&scene);
                    let accuracy_m = fix.accuracy_m.map_or(0.0, f64::from);
                    let approach = all.entry(bound.id.clone()).or_default();
                    if let Some(at_ms) = approach.step(distance_m, accuracy_m, fix.at_ms) {
                        seen.push((bound.id.clone(), at_ms));
                    }
                }
            }
        }
        for (id, at_ms) in seen {
            tokio::spawn(propose(self.clone(), id, at_ms));
        }
    }
}

async fn propose(app: App, id: String, at_ms: i64) {
    let work = Work::seems_arrived(&id, at_ms);
    match app.command(work).await {
        Ok(_) | Err(NotDone::Refused(_)) => {}
        Err(error) => tracing::warn!(?error, order = id, "that a unit seems to have arrived could not be said"),
    }
}

impl Work {
    /// That a unit seems to have arrived: said once for an order, whoever notices.
    fn seems_arrived(id: &str, at_ms: i64) -> Self {
        let command = Command::SeemsArrived { id: id.to_owned(), at_ms };
        Self { src: "avl", ..Self::of_house("avl", format!("timer:seems-arrived:{id}"), command, id) }
    }
}
