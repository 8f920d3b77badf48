//! What positions say of incidents: units that seem to have arrived at their scenes (proposed to the dispatcher, who confirms
//! with `arrive`), and where a unit is that cried for help before anybody knew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use dispatch::{Approach, Assignment, Command, Location, LocationState, Order, PlaceRole, Seems};
use spatial::codes::Division;
use spatial::moving::Fix;

use super::App;
use super::ops::{NotDone, Work};

/// Approaches by order. As many as there are open orders; those that are over are forgotten.
#[derive(Debug, Default)]
pub struct Approaches(Mutex<HashMap<String, Approach>>);

/// When there are more, those of orders that are over are looked for.
const SWEEP_FROM: usize = 1_000;

impl App {
    /// Looks whether units that moved have come to a scene that they are ordered to, or have left it again.
    pub(super) fn approach(&self, moved: &[(String, Fix)]) {
        let desk = self.ops.desk();
        let (mut seen, mut now) = (Vec::new(), HashMap::new());
        {
            let mut all = self.approaches.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() > SWEEP_FROM {
                let waits = |id: &String| {
                    desk.of_assignment(id).and_then(|i| i.assignment(id)).is_some_and(Assignment::awaits_arrival)
                };
                all.retain(|id, _| waits(id));
            }
            for (unit, fix) in moved {
                let Some(state) = desk.unit(unit).filter(|state| !state.open.is_empty()) else { continue };
                for bound in &state.open {
                    let Some(incident) = desk.incident(&bound.incident) else { continue };
                    let Some(scene) = incident.location.position else { continue };
                    let order = incident.assignment(&bound.id).filter(|order| order.awaits_arrival());
                    let Some(order) = order else { continue };
                    let accuracy_m = fix.accuracy_m.map_or(0.0, f64::from);
                    // What was sent before the order was given, and came late, says nothing of it.
                    if order.times.offered.is_some_and(|given| fix.at_ms < given) {
                        continue;
                    }
                    let approach = all.entry(bound.id.clone()).or_default();
                    // Said again with each fix until the desk has it: what could not be said then is not lost.
                    let proposed = now.entry(&bound.id).or_insert(order.seems_arrived_ms.is_some());
                    match approach.step(scene, fix.position, accuracy_m, fix.at_ms) {
                        Some(Seems::There(at_ms)) if !*proposed => seen.push(Work::seems_arrived(&bound.id, at_ms)),
                        Some(Seems::Away(at_ms)) if *proposed => seen.push(Work::seems_left(&bound.id, at_ms)),
                        Some(_) | None => continue,
                    }
                    *proposed = !*proposed;
                }
            }
        }
        if !seen.is_empty() {
            tokio::spawn(say(self.clone(), seen));
        }
    }

    /// Whoever cried for help before anybody knew where it was is there, once it is heard of.
    pub(super) fn find_distressed(&self, moved: &[(String, Fix)]) {
        let desk = self.ops.desk();
        for (unit, fix) in moved {
            let cry = desk.unit(unit).and_then(|state| state.distress.as_ref()).and_then(|id| desk.incident(id));
            let Some(incident) = cry.filter(|incident| incident.is_unlocated()) else { continue };
            let location = self.where_it_was(fix, incident.location.division);
            tokio::spawn(locate(self.clone(), incident.id.clone(), location));
        }
    }

    /// The place of a unit as that of its distress.
    pub fn where_it_was(&self, fix: &Fix, division: Option<Division>) -> Location {
        Location {
            method: Some("last_fix".to_owned()),
            division: self.world.still().division(fix.position).or(division),
            ..Location::at(LocationState::Candidate, fix.position, fix.accuracy_m.map(f64::from))
        }
    }
}

/// Said once for a distress: afterwards people know better.
async fn locate(app: App, id: String, location: Location) {
    let command_id = format!("timer:distress-place:{id}");
    let order = Order::Relocate(PlaceRole::Scene, Box::new(location));
    let command = Command::Incident { id: id.clone(), order };
    let work = Work { src: "avl", ..Work::of_house("avl", command_id, command, &id) };
    match app.command(work).await {
        Ok(_) | Err(NotDone::Refused(_) | NotDone::Mismatch) => {}
        Err(error) => tracing::warn!(?error, incident = id, "the place of a distress could not be said"),
    }
}

/// Says it in the order in which it was seen.
async fn say(app: App, seen: Vec<Work>) {
    for work in seen {
        let id = work.command_id.clone();
        match app.command(work).await {
            Ok(_) | Err(NotDone::Refused(_)) => {}
            Err(error) => tracing::warn!(?error, id, "what positions say of an arrival could not be said"),
        }
    }
}

impl Work {
    /// That a unit seems to have arrived: one command for a moment, whoever notices.
    fn seems_arrived(id: &str, at_ms: i64) -> Self {
        let command = Command::SeemsArrived { id: id.to_owned(), at_ms };
        Self { src: "avl", ..Self::of_house("avl", format!("timer:seems-arrived:{id}:{at_ms}"), command, id) }
    }

    /// That it has left again.
    fn seems_left(id: &str, at_ms: i64) -> Self {
        let command = Command::SeemsLeft { id: id.to_owned(), at_ms };
        Self { src: "avl", ..Self::of_house("avl", format!("timer:seems-left:{id}:{at_ms}"), command, id) }
    }
}
