//! What lies on the ground of the desk: closures, conditions, zones; and what stands on walls.

use std::sync::Arc;

use super::Desk;
use crate::closure::{Closure, Condition, Drawn, KnownCondition};
use crate::event::Stamp;
use crate::wall::{KnownWall, OnWall, Shown};
use crate::zone::{Mark, Marked, Zone, ZoneState};

const DAY_MS: i64 = 86_400_000;

impl Desk {
    /// The closure of that id, unless it is lifted.
    pub fn closure(&self, id: &str) -> Option<&Arc<Drawn>> {
        self.closures.get(id)
    }

    /// Closures that are not lifted, by id; those whose time is over stay until another is drawn.
    pub fn closures(&self) -> impl Iterator<Item = &Arc<Drawn>> {
        self.closures.values()
    }

    /// How many closures were ever drawn.
    pub fn closures_drawn(&self) -> u64 {
        self.closures_drawn
    }

    /// The place in the log of the last news about closures: as long as it is the same, so are they.
    pub fn closures_seq(&self) -> u64 {
        self.closures_seq
    }

    /// What is known of a kind and subject ([`Condition::key`](crate::Condition::key)).
    pub fn condition(&self, key: &str) -> Option<&Arc<KnownCondition>> {
        self.conditions.get(key)
    }

    /// The newest word on each kind and subject.
    pub fn conditions(&self) -> impl Iterator<Item = &Arc<KnownCondition>> {
        self.conditions.values()
    }

    /// The zone of that id, as long as its incident is open and it is not lifted.
    pub fn zone(&self, id: &str) -> Option<&Arc<ZoneState>> {
        self.zones.get(id)
    }

    /// Zones of open incidents that are not lifted, by id.
    pub fn zones(&self) -> impl Iterator<Item = &Arc<ZoneState>> {
        self.zones.values()
    }

    /// How many zones were ever drawn.
    pub fn zones_drawn(&self) -> u64 {
        self.zones_drawn
    }

    /// The newest word on a wall.
    pub fn wall(&self, wall: u8) -> Option<&Arc<KnownWall>> {
        self.walls.get(&wall)
    }

    /// Walls of which anything was ever said, by number.
    pub fn walls(&self) -> impl Iterator<Item = &Arc<KnownWall>> {
        self.walls.values()
    }

    /// What stands on a wall at a moment (milliseconds since 1970 UTC): it is not taken back, its time is not over and its
    /// incident is open.
    pub fn on_wall(&self, wall: u8, now_ms: i64) -> Option<(&Arc<KnownWall>, &Shown)> {
        let known = self.walls.get(&wall)?;
        let shown = known.on.shown.as_ref().filter(|shown| now_ms < shown.until_ms)?;
        let open = |id: &String| self.incident(id).is_some_and(|incident| !incident.phase().is_terminal());
        shown.incident.as_ref().is_none_or(open).then_some((known, shown))
    }

    /// Something is put on a wall, or taken back: the word stays, because the next is counted after it.
    pub(super) fn show(&mut self, stamp: &Stamp, on: &OnWall) {
        let (by, at_ms) = (stamp.actor.clone(), stamp.commit_ms);
        let known = KnownWall { on: on.clone(), stream_version: stamp.stream_version, by, at_ms };
        self.walls.insert_mut(on.wall, Arc::new(known));
    }

    /// A closure is drawn; those whose time was over for a day are forgotten.
    pub(super) fn close(&mut self, stamp: &Stamp, closure: &Closure) {
        let over = |drawn: &Drawn| drawn.closure.until_ms.is_some_and(|until| until < stamp.commit_ms - DAY_MS);
        let gone: Vec<String> = self.closures.iter().filter(|(_, d)| over(d)).map(|(id, _)| id.clone()).collect();
        for id in gone {
            self.closures.remove_mut(&id);
        }
        self.closures_drawn += 1;
        self.closures_seq = stamp.seq;
        let (closure, by, at_ms) = (closure.clone(), stamp.actor.clone(), stamp.commit_ms);
        let drawn = Drawn { closure, stream_version: stamp.stream_version, by, at_ms };
        self.closures.insert_mut(drawn.closure.id.clone(), Arc::new(drawn));
    }

    /// Somebody says what the surroundings are like. A wind in words keeps the direction that was known.
    pub(super) fn say(&mut self, stamp: &Stamp, condition: &Condition) {
        let key = condition.key();
        let known = self.conditions.get(&key).filter(|_| condition.from_deg().is_none());
        let directed = known.and_then(|known| known.wind()).cloned().map(Box::new);
        let (condition, stream_version, by) = (condition.clone(), stamp.stream_version, stamp.actor.clone());
        self.conditions.insert_mut(key, Arc::new(KnownCondition { condition, stream_version, by, directed }));
    }

    /// A zone is drawn, or drawn anew: what was said of its buildings stays.
    pub(super) fn draw_zone(&mut self, stamp: &Stamp, zone: &Zone) {
        let known = self.zones.get(&zone.id).map(|state| state.marks.clone());
        if known.is_none() {
            self.zones_drawn += 1;
        }
        let state = ZoneState {
            zone: zone.clone(),
            stream_version: stamp.stream_version,
            by: stamp.actor.clone(),
            at_ms: stamp.commit_ms,
            marks: known.unwrap_or_default(),
        };
        self.zones.insert_mut(zone.id.clone(), Arc::new(state));
    }

    /// Something is said of a building in a zone.
    pub(super) fn mark_zone(&mut self, stamp: &Stamp, id: &str, building: &str, mark: Mark, at_ms: i64) {
        let Some(old) = self.zones.get(id) else { return };
        let mut state = (**old).clone();
        state.stream_version = stamp.stream_version;
        if mark == Mark::Open {
            state.marks.remove(building);
        } else {
            state.marks.insert(building.to_owned(), Marked { mark, by: stamp.actor.clone(), at_ms });
        }
        self.zones.insert_mut(id.to_owned(), Arc::new(state));
    }

    /// An incident has ended, and its zones with it. The log keeps them.
    pub(super) fn end_zones(&mut self, incident: &str) {
        let own = self.zones.iter().filter(|(_, state)| state.zone.incident == incident);
        let gone: Vec<String> = own.map(|(id, _)| id.clone()).collect();
        for id in gone {
            self.zones.remove_mut(&id);
        }
    }
}
