//! Walls: which are connected here, and what stands on them in somebody's sight.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use dispatch::{Desk, OnWall, Shown};
use spatial::Position;

use super::App;
use super::ops::{IncidentSight, snapped};
use crate::auth::{Caller, policy};

/// The nearest that a guest is shown: what a desk looks at from nearer would say where an incident is.
const GUEST_ZOOM: f64 = 12.5;

/// How many screens of each wall are connected to this server: at most [`OnWall::WALLS`] numbers.
#[derive(Debug, Default)]
pub struct Walls(Mutex<BTreeMap<u8, u32>>);

/// What stands on a wall, as somebody sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct WallScene {
    /// Which wall.
    pub wall: u8,
    /// What; without what the reader may not see.
    pub shown: Shown,
    /// Who sent it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl Walls {
    /// The wall of that name: `1` to `32`, written as a number is.
    pub fn named(name: &str) -> Option<u8> {
        let wall: u8 = name.parse().ok()?;
        ((1..=OnWall::WALLS).contains(&wall) && name == wall.to_string()).then_some(wall)
    }

    /// How many screens of that wall are connected here.
    pub fn connected(&self, wall: u8) -> u32 {
        self.with(|all| all.get(&wall).copied().unwrap_or_default())
    }

    fn come(&self, wall: u8) {
        self.with(|all| *all.entry(wall).or_default() += 1);
    }

    fn go(&self, wall: u8) {
        self.with(|all| {
            let left = all.remove(&wall).unwrap_or_default().saturating_sub(1);
            if left > 0 {
                all.insert(wall, left);
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<u8, u32>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A screen that is connected; when it is dropped it is not any more.
pub struct Seat {
    app: App,
    /// Which wall it is a screen of.
    pub wall: u8,
}

impl Seat {
    /// Takes a seat.
    pub fn take(app: &App, wall: u8) -> Self {
        app.walls.come(wall);
        Self { app: app.clone(), wall }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.app.walls.go(self.wall);
    }
}

impl WallScene {
    /// All of it.
    pub fn exact(desk: &Desk, wall: u8, now_ms: i64) -> Option<Self> {
        let (known, shown) = desk.on_wall(wall, now_ms)?;
        Some(Self { wall, shown: shown.clone(), by: known.by.clone(), at_ms: known.at_ms })
    }
}

impl App {
    /// What stands on a wall as the caller sees it: an incident out of sight is left out, a guest gets a rough view and no
    /// camera. `None` when nothing stands, or the caller may not see walls.
    pub fn wall_scene(&self, caller: &Caller, wall: u8, now_ms: i64) -> Option<WallScene> {
        caller.must_be(policy::SEE_WALLS).ok()?;
        let desk = self.ops.desk();
        let mut scene = WallScene::exact(&desk, wall, now_ms)?;
        let still = self.world.still();
        let incident = scene.shown.incident.as_deref().and_then(|id| desk.incident(id));
        scene.shown.incident =
            incident.and_then(|incident| self.view(caller, incident, &still)).map(|view| view.incident.id.clone());
        if IncidentSight::of(caller) == Ok(IncidentSight::Snapped) {
            let rough = Position::new(scene.shown.lon, scene.shown.lat).ok().and_then(snapped)?;
            (scene.shown.lon, scene.shown.lat) = (rough.lon(), rough.lat());
            scene.shown.zoom = scene.shown.zoom.min(GUEST_ZOOM);
            scene.shown.cameras.clear();
        }
        Some(scene)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screens_come_and_go() {
        let walls = Walls::default();
        walls.go(1);
        walls.come(1);
        walls.come(1);
        walls.come(2);
        walls.go(1);
        assert_eq!([1, 2, 3].map(|wall| walls.connected(wall)), [1, 1, 0]);
        walls.go(1);
        assert_eq!(walls.connected(1), 0);
        assert_eq!(walls.with(|all| all.len()), 1, "a wall that nobody is a screen of is forgotten");
    }

    #[test]
    fn names_of_walls() {
        assert_eq!(Walls::named("1"), Some(1));
        assert_eq!(Walls::named("32"), Some(32));
        for bad in ["", "0", "33", "01", "+1", "256", "one", "１"] {
            assert_eq!(Walls::named(bad), None, "{bad:?}");
        }
    }
}
