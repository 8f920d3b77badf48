//! The world: what stands still is an `Arc` swapped whole, what moves is mutated under a short lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwap;
use dispatch::{Availability, Duty, Link, Unit, UnitState};
use spatial::codes::Division;
use spatial::moving::{Device, Fix, Label, MovingIndex};
use spatial::still::Divisions;
use spatial::{FeatureKey, Fid, Layer, StillIndex, StillLayer};
use tokio::sync::watch;

use super::reported::Reported;
use crate::sabotage::removed;

/// What stands still, at one moment.
#[derive(Default)]
pub struct Still {
    /// All layers.
    pub index: StillIndex,
    /// Which division a place lies in.
    pub divisions: Option<Arc<Divisions>>,
    /// Newest revision that each layer's picture depends on, deletions included.
    pub versions: BTreeMap<Layer, u64>,
    /// The registry's revision up to which this holds.
    pub revision: u64,
    /// Whether everything was loaded once.
    pub ready: bool,
}

impl Still {
    /// The layer, if there is any row of it.
    pub fn layer(&self, layer: Layer) -> Option<&Arc<StillLayer>> {
        self.index.layer(layer)
    }

    /// The layer; one without rows where there is none.
    pub fn layer_or_empty(&self, layer: Layer) -> Arc<StillLayer> {
        self.layer(layer).cloned().unwrap_or_else(|| Arc::new(StillLayer::build(layer, &[], |_| None)))
    }

    /// The version of a layer's picture.
    pub fn version(&self, layer: Layer) -> u64 {
        self.versions.get(&layer).copied().unwrap_or_default()
    }

    /// The division of a place.
    pub fn division(&self, position: spatial::Position) -> Option<Division> {
        self.divisions.as_ref()?.at(position)
    }
}

/// A unit and what is known of its place.
#[derive(Debug, Clone)]
pub struct Tracked {
    /// Its record.
    pub unit: Unit,
    /// How bound it is.
    pub availability: Availability,
    /// Its number in tiles and answers.
    pub fid: Fid,
    /// The division that its last place lies in; before the first fix, the one it works in.
    pub division: Option<Division>,
    /// When the last fix came, server clock, milliseconds since 1970 UTC.
    pub heard_ms: Option<i64>,
    /// The move at which it last changed its place.
    pub moved: u64,
    /// The move at which its record last changed.
    pub changed: u64,
    /// The device's own numbers of its last reports.
    pub reported: Reported,
    /// What its device is like.
    pub device: Device,
    /// Charge of the device, percent, as it last said.
    pub battery_pct: Option<f32>,
    /// What its last report came over.
    pub channel: Option<String>,
    /// When it came on duty by the log, milliseconds since 1970 UTC. What is older is not kept.
    pub on_duty_ms: Option<i64>,
}

impl Tracked {
    /// How fresh it is at `now_ms`.
    pub fn link(&self, now_ms: i64) -> Link {
        Link::of_age(self.heard_ms.map(|heard| now_ms - heard), self.device.interval_ms())
    }
}

/// What moves.
#[derive(Default)]
pub struct Moving {
    index: MovingIndex,
    units: Vec<Tracked>,
    slots: HashMap<String, u32>,
    moves: u64,
}

impl Moving {
    /// The slot of a unit.
    pub fn slot(&self, id: &str) -> Option<u32> {
        self.slots.get(id).copied()
    }

    /// The unit in a slot.
    pub fn unit(&self, slot: u32) -> Option<&Tracked> {
        self.units.get(slot as usize)
    }

    /// All units with their slots.
    pub fn units(&self) -> impl Iterator<Item = (u32, &Tracked)> {
        (0..).zip(&self.units)
    }

    /// Where a unit is.
    pub fn fix(&self, slot: u32) -> Option<&Fix> {
        self.index.get(slot)
    }

    /// The index itself, for questions of place.
    pub fn index(&self) -> &MovingIndex {
        &self.index
    }

    /// Counts every change; what is newer than a number seen before is news.
    pub fn moves(&self) -> u64 {
        self.moves
    }

    /// Puts a unit as the log has made it. Two readers of the log may come here in either order: an older state does
    /// not replace a newer one.
    pub fn put_state(&mut self, state: &UnitState) {
        let newer = |slot| self.unit(slot).is_some_and(|known| known.unit.epoch > state.epoch);
        if self.slot(&state.record.id).is_some_and(newer) {
            return;
        }
        self.put(state.record.clone().at_epoch(state.epoch), state.availability());
        let slot = self.slot(&state.record.id);
        if let Some(tracked) = slot.and_then(|slot| self.units.get_mut(slot as usize)) {
            tracked.on_duty_ms = state.on_duty_ms;
        }
    }

    /// Puts a unit's record; a unit that goes off duty leaves the map at once.
    pub fn put(&mut self, unit: Unit, availability: Availability) {
        self.moves += 1;
        let off = unit.duty == Duty::OffDuty;
        let known = self.slots.get(&unit.id).copied();
        let slot = known.unwrap_or_else(|| self.add(&unit));
        if off {
            self.index.remove(slot);
        }
        if let Some(tracked) = self.units.get_mut(slot as usize) {
            tracked.unit = unit;
            tracked.availability = availability;
            tracked.changed = self.moves;
            if off {
                tracked.heard_ms = None;
            }
        }
    }

    fn add(&mut self, unit: &Unit) -> u32 {
        let slot = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        self.slots.insert(unit.id.clone(), slot);
        let fid = FeatureKey { layer: Layer::Units, source: "roster".to_owned(), source_id: unit.id.clone() }.fid();
        self.units.push(Tracked {
            unit: unit.clone(),
            availability: Availability::Out,
            fid,
            division: unit.division,
            heard_ms: None,
            moved: 0,
            changed: self.moves,
            reported: Reported::default(),
            device: Device::default(),
            battery_pct: None,
            channel: None,
            on_duty_ms: None,
        });
        slot
    }

    /// Puts a unit where it was last known to be, as old as that is.
    pub fn restore(&mut self, slot: u32, fix: Fix, now_ms: i64) {
        let heard = fix.at_ms;
        self.place(slot, fix, now_ms, None);
        if let Some(tracked) = self.units.get_mut(slot as usize) {
            tracked.heard_ms = Some(heard);
        }
    }

    /// Takes a report: labelled, never refused. `number` is the hash of the device's own number of it: one that was seen before is
    /// a duplicate, whatever its time, and a new one is none, even at the time of the held fix. Without a number the time
    /// alone tells. The time of a device whose clock is far off becomes what it is by ours.
    pub fn report(
        &mut self,
        slot: u32,
        fix: &mut Fix,
        number: Option<u64>,
        now_ms: i64,
        division: Option<Division>,
    ) -> Label {
        let number = number.filter(|_| !removed("s8"));
        if removed("s8") {
            // What comes last is taken for the newest.
            fix.at_ms = self.fix(slot).map_or(now_ms, |held| now_ms.max(held.at_ms + 1));
        }
        if let Some(number) = number
            && self.units.get_mut(slot as usize).is_some_and(|tracked| !tracked.reported.is_new(number))
        {
            return Label::Duplicate;
        }
        if let Some(label) = self.meet(slot, fix, now_ms) {
            return self.heard(slot, label, now_ms, division);
        }
        // Whoever asks another server because this one was silent says the same there, under the same number.
        let same = |held: &Fix| held.at_ms == fix.at_ms && held.position == fix.position;
        let label = match number {
            Some(_) if self.fix(slot).is_some_and(same) => Label::Duplicate,
            Some(_) => self.index.apply_numbered(slot, fix.clone(), now_ms),
            None => self.index.apply(slot, fix.clone(), now_ms),
        };
        self.heard(slot, label, now_ms, division)
    }

    /// The times of a report of a unit on duty, of which nothing else is kept: by its device, and when it came.
    pub fn dates(&mut self, unit: &str, at_ms: i64, now_ms: i64) {
        let tracked = self.slot(unit).and_then(|slot| self.units.get_mut(slot as usize));
        if let Some(tracked) = tracked.filter(|tracked| tracked.unit.duty != Duty::OffDuty) {
            tracked.device.reported(at_ms, now_ms);
        }
    }

    /// Reports of these numbers were taken elsewhere.
    pub fn know(&mut self, slot: u32, numbers: Vec<u64>) {
        if let Some(tracked) = self.units.get_mut(slot as usize) {
            for number in numbers {
                tracked.reported.is_new(number);
            }
        }
    }

    /// Takes a fix without a number of its own: labelled, never refused.
    pub fn apply(&mut self, slot: u32, mut fix: Fix, now_ms: i64, division: Option<Division>) -> Label {
        self.report(slot, &mut fix, None, now_ms, division)
    }

    /// Puts a unit where somebody who took its report says that it is.
    pub fn place(&mut self, slot: u32, fix: Fix, now_ms: i64, division: Option<Division>) -> Label {
        let label = self.index.apply(slot, fix, now_ms);
        self.heard(slot, label, now_ms, division)
    }

    /// Learns from a report what its device is like; the label of every fix of a device whose places are shifted.
    fn meet(&mut self, slot: u32, fix: &mut Fix, now_ms: i64) -> Option<Label> {
        let device = &mut self.units.get_mut(slot as usize)?.device;
        if device.is_ahead(fix.at_ms, now_ms) {
            return Some(Label::Future);
        }
        device.reported(fix.at_ms, now_ms);
        fix.at_ms = device.dated(fix.at_ms);
        device.shift().is_some().then_some(Label::Offset)
    }

    /// Compares a place of a unit with the roads.
    pub fn compare(&mut self, slot: u32, compare: impl FnOnce(&mut Device)) {
        if let Some(tracked) = self.units.get_mut(slot as usize) {
            let before = tracked.device.shift();
            compare(&mut tracked.device);
            if tracked.device.shift() != before {
                self.moves += 1;
                tracked.changed = self.moves;
            }
        }
    }

    /// What the report said beside the place.
    pub fn said(&mut self, slot: u32, battery_pct: Option<f32>, channel: Option<String>) {
        if let Some(tracked) = self.units.get_mut(slot as usize) {
            tracked.battery_pct = battery_pct.or(tracked.battery_pct);
            tracked.channel = channel.or(tracked.channel.take());
        }
    }

    fn heard(&mut self, slot: u32, label: Label, now_ms: i64, division: Option<Division>) -> Label {
        if let Some(tracked) = self.units.get_mut(slot as usize) {
            tracked.heard_ms = Some(tracked.heard_ms.map_or(now_ms, |heard| heard.max(now_ms)));
            if label == Label::Moved {
                self.moves += 1;
                tracked.moved = self.moves;
                tracked.division = division.or(tracked.unit.division);
            }
        }
        label
    }
}

/// A handle on both.
pub struct World {
    still: ArcSwap<Still>,
    moving: RwLock<Moving>,
    bell: watch::Sender<u64>,
    still_bell: watch::Sender<u64>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        Self {
            still: ArcSwap::from_pointee(Still::default()),
            moving: RwLock::default(),
            bell: watch::Sender::new(0),
            still_bell: watch::Sender::new(0),
        }
    }

    /// What stands still: a snapshot that may be held as long as needed.
    pub fn still(&self) -> Arc<Still> {
        self.still.load_full()
    }

    /// Swaps what stands still and rings.
    pub fn publish(&self, still: Still) {
        let revision = still.revision;
        self.still.store(Arc::new(still));
        self.still_bell.send_modify(|r| *r = revision.max(*r + 1));
    }

    /// Reads what moves. The lock is held for the closure only.
    pub fn moving<T>(&self, read: impl FnOnce(&Moving) -> T) -> T {
        read(&self.moving.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what moves, then rings.
    pub fn change<T>(&self, change: impl FnOnce(&mut Moving) -> T) -> T {
        let (answer, moves) = {
            let mut moving = self.moving.write().unwrap_or_else(PoisonError::into_inner);
            (change(&mut moving), moving.moves)
        };
        self.bell.send_replace(moves);
        answer
    }

    /// Rings at every change of what moves.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Rings at every swap of what stands still.
    pub fn still_bell(&self) -> watch::Receiver<u64> {
        self.still_bell.subscribe()
    }
}
