//! What a decision needs to know beyond the log: how fresh units are, who is near and free.

use dispatch::{Availability, Desk, Incident, Key, Link, Scene};

use crate::app::{App, now_ms};

/// Substitutes that are proposed for a unit that was taken.
const ALTERNATIVES: usize = 3;
/// How far a substitute may be, metres.
const NEAR_M: f64 = 30_000.0;

/// The room as it is now.
pub(super) struct Room<'a> {
    app: &'a App,
    now_ms: i64,
}

impl<'a> Room<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        Self { app, now_ms: now_ms() }
    }
}

impl Scene for Room<'_> {
    fn link(&self, unit: &str) -> Link {
        self.app.world.moving(|moving| {
            let tracked = moving.slot(unit).and_then(|slot| moving.unit(slot));
            tracked.map_or(Link::Lost, |tracked| tracked.link(self.now_ms))
        })
    }

    /// By straight line until there are roads.
    fn alternatives(&self, desk: &Desk, incident: &Incident, not: &[String]) -> Vec<String> {
        let Some(place) = incident.location.position else { return Vec::new() };
        self.app.world.moving(|moving| {
            let id = |slot: u32| moving.unit(slot).map(|tracked| tracked.unit.id.clone());
            let free = |slot: u32| {
                let state = id(slot).filter(|id| !not.contains(id)).and_then(|id| desk.unit(&id));
                state.is_some_and(|state| state.availability() == Availability::Free)
            };
            let near = moving.index().nearest(place, ALTERNATIVES, NEAR_M, free);
            near.into_iter().filter_map(|(slot, _)| id(slot)).collect()
        })
    }

    fn key(&self) -> &Key {
        static NONE: Key = Key([0; 32]);
        self.app.ops.key.get().unwrap_or(&NONE)
    }
}
