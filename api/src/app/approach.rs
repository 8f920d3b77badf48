//! What positions say of incidents: units that seem to have arrived at their scenes (proposed to the dispatcher, who confirms
//! with `arrive`), and where a unit is that cried for help before anybody knew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use dispatch::{Approach, Assignment, Command, Location, LocationState, Order, PlaceRole, Seems};
use spatial::Position;
use spatial::codes::Division;
use spatial::moving::Fix;

use super::App;
use super::ops::{NotDone, Work};

/// Approaches by order. As many as there are open orders; those that are over are forgotten.
#[derive(Debug, Default)]
pub struct Approaches(Mutex<HashMap<String, Followed>>);

/// A unit on its way to a scene, and what the desk was told of it.
#[derive(Debug, Default)]
struct Followed {
    approach: Approach,
    /// The arrival that the desk was told and answered for, by its time.
    answered_ms: Option<i64>,
}

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
                    let Some(scene) = incident.location.position else {
                        // Nobody is at a scene that is nowhere, nor was when it comes back.
                        all.remove(&bound.id);
                        continue;
                    };
                    let order = incident.assignment(&bound.id).filter(|order| order.awaits_arrival());
                    let Some(order) = order else { continue };
                    let accuracy_m = fix.accuracy_m.map_or(0.0, f64::from);
                    // What was sent before the order was given, and came late, says nothing of it.
                    if order.times.offered.is_some_and(|given| fix.at_ms < given) {
                        continue;
                    }
                    let followed = all.entry(bound.id.clone()).or_default();
                    let proposed = now.entry(&bound.id).or_insert(order.seems_arrived_ms.is_some());
                    let Some(news) = followed.step(scene, (fix.position, accuracy_m, fix.at_ms), *proposed) else {
                        continue;
                    };
                    seen.push((bound.id.clone(), news));
                    *proposed = !*proposed;
                }
            }
        }
        if !seen.is_empty() {
            tokio::spawn(say(self.clone(), seen));
        }
    }

    /// The desk has answered what was said of the order: whatever becomes of it is known there.
    fn answered(&self, id: &str, news: Seems) {
        let mut all = self.approaches.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(followed), Seems::There(at_ms)) = (all.get_mut(id), news) {
            followed.answered_ms = Some(at_ms);
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

impl Followed {
    /// Takes the next fix (its place, its doubt, metres, and its time); answers what changes of what is proposed. It is said
    /// again with each fix until the desk has it: what could not be said then is not lost. An arrival that the desk was told
    /// and has no more went with its scene, or with its order: also when all is as it was, two further fixes say it anew.
    fn step(&mut self, scene: Position, fix: (Position, f64, i64), proposed: bool) -> Option<Seems> {
        let (place, accuracy_m, at_ms) = fix;
        let mut seems = self.approach.step(scene, place, accuracy_m, at_ms);
        if let Some(Seems::There(since)) = seems
            && !proposed
            && self.answered_ms == Some(since)
        {
            *self = Self::default();
            seems = self.approach.step(scene, place, accuracy_m, at_ms);
        }
        seems.filter(|seems| matches!(seems, Seems::There(_)) != proposed)
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

/// Says it in the order in which it was seen: one command for a moment, whoever notices.
async fn say(app: App, seen: Vec<(String, Seems)>) {
    for (id, news) in seen {
        let (verb, command) = match news {
            Seems::There(at_ms) => ("arrived", Command::SeemsArrived { id: id.clone(), at_ms }),
            Seems::Away(at_ms) => ("left", Command::SeemsLeft { id: id.clone(), at_ms }),
        };
        let (Seems::There(at_ms) | Seems::Away(at_ms)) = news;
        let work = Work::of_house("avl", format!("timer:seems-{verb}:{id}:{at_ms}"), command, &id);
        match app.command(Work { src: "avl", ..work }).await {
            Ok(_) | Err(NotDone::Refused(_)) => app.answered(&id, news),
            Err(error) => tracing::warn!(?error, id, "what positions say of an arrival could not be said"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(north_m: f64) -> Position {
        Position::new(120.65, 28.0 + north_m / 111_000.0).unwrap()
    }

    /// A unit that stands at the scene, fix by fix; the desk that was told it and has it until its scene is moved.
    #[derive(Default)]
    struct Story {
        followed: Followed,
        proposed: bool,
    }

    impl Story {
        fn fix(&mut self, north_m: f64, at_ms: i64) -> Option<Seems> {
            self.followed.step(at(0.0), (at(north_m), 5.0, at_ms), self.proposed)
        }

        fn answers(&mut self, since_ms: i64) {
            (self.followed.answered_ms, self.proposed) = (Some(since_ms), true);
        }
    }

    #[test]
    fn what_went_with_its_scene_is_said_anew_by_two_further_fixes() {
        let mut story = Story::default();
        assert_eq!([1, 2].map(|n| story.fix(0.0, n)), [None, Some(Seems::There(1))]);
        story.answers(1);
        assert_eq!(story.fix(0.0, 3), None);
        // Moved away and back before the next fix: the scene is where it was, and the proposal is gone.
        story.proposed = false;
        assert_eq!([4, 5, 6].map(|n| story.fix(0.0, n)), [None, Some(Seems::There(4)), Some(Seems::There(4))]);
        story.answers(4);
        assert_eq!([7, 8].map(|n| story.fix(0.0, n)), [None, None]);
        assert_eq!([9, 10].map(|n| story.fix(80.0, n)), [None, Some(Seems::Away(10))]);
    }

    #[test]
    fn what_could_not_be_said_is_said_again_as_it_was() {
        let mut story = Story::default();
        assert_eq!(story.fix(0.0, 1), None);
        assert_eq!([2, 3, 4].map(|n| story.fix(0.0, n)), [Some(Seems::There(1)); 3]);
    }

    #[test]
    fn who_drives_off_after_the_scene_came_back_is_not_proposed() {
        let mut story = Story::default();
        assert_eq!([1, 2].map(|n| story.fix(0.0, n)), [None, Some(Seems::There(1))]);
        story.answers(1);
        story.proposed = false;
        assert_eq!([(0.0, 3), (80.0, 4), (80.0, 5)].map(|(north, n)| story.fix(north, n)), [None; 3]);
    }
}
