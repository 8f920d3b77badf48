//! Where the units are now: one held fix a slot, and a grid to find them.

use super::fix::{FUTURE_MS, Fix, Label};
use super::grid::{CellAt, EDGE, Grid, Seat, Standing};
use crate::mercator::{World, WorldBox};
use crate::near::Search;
use crate::position::{Bounds, Position};

/// So many implausible fixes in a row that agree with each other are believed: the unit was carried, or the held fix
/// was the wrong one.
const BELIEVED_AFTER: u32 = 3;

/// Where the units are now. Memory grows with the largest slot, so slots should be counted from 0.
#[derive(Debug, Default)]
pub struct MovingIndex {
    held: Vec<Option<Held>>,
    grid: Grid,
    len: usize,
}

#[derive(Debug)]
struct Held {
    fix: Fix,
    seat: Seat,
    doubt: Option<Box<Doubt>>,
}

/// The last implausible fix and how many before it agree.
#[derive(Debug)]
struct Doubt {
    fix: Fix,
    agreeing: u32,
}

impl MovingIndex {
    /// An index without units.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a fix of the unit in `slot`, received at `now_ms` (milliseconds since 1970 UTC), and says what it is:
    ///
    /// - [`Label::Future`]: its time is more than 60 s ahead of `now_ms`;
    /// - [`Label::Late`]: its time is older than the held fix; [`Label::Duplicate`]: its time is the held fix's;
    /// - [`Label::Implausible`], [`Label::Zero`], [`Label::Accuracy`]: it is wrong by itself;
    /// - [`Label::Speed`]: it is farther from the held fix than 120 m/s over the time between them and both accuracies
    ///   (each counted up to 5 km) allow — but the third such fix in a row, each agreeing with the one before by the
    ///   same measure, is believed;
    /// - [`Label::Moved`]: it is where the unit is now. Only this one moves the unit.
    pub fn apply(&mut self, slot: u32, fix: Fix, now_ms: i64) -> Label {
        self.take(slot, fix, now_ms, false)
    }

    /// The same of a fix that its device numbered, with a number not seen before: at the time of the held fix it is no
    /// duplicate but the newer one (many devices tell whole seconds), judged as if a second lay between them.
    pub fn apply_numbered(&mut self, slot: u32, fix: Fix, now_ms: i64) -> Label {
        self.take(slot, fix, now_ms, true)
    }

    fn take(&mut self, slot: u32, fix: Fix, now_ms: i64, numbered: bool) -> Label {
        if fix.at_ms > now_ms.saturating_add(FUTURE_MS) {
            return Label::Future;
        }
        if let Some(fault) = fix.fault() {
            return fault;
        }
        if let Some(held) = self.held.get_mut(slot as usize).and_then(Option::as_mut) {
            let label = held.judge(&fix, numbered);
            if label != Label::Moved {
                return label;
            }
        }
        self.put(slot, fix);
        Label::Moved
    }

    /// The fix that says where the unit is.
    pub fn get(&self, slot: u32) -> Option<&Fix> {
        self.held.get(slot as usize)?.as_ref().map(|held| &held.fix)
    }

    /// Forgets the unit; answers its last fix.
    pub fn remove(&mut self, slot: u32) -> Option<Fix> {
        let held = self.held.get_mut(slot as usize)?.take()?;
        self.leave(held.seat);
        self.len -= 1;
        Some(held.fix)
    }

    /// How many units have a place.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no unit has a place.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The `k` nearest units that `accept` takes, no farther than `max_distance_m` (great-circle metres): slot and
    /// distance, nearest first, ties by slot.
    pub fn nearest(
        &self,
        centre: Position,
        k: usize,
        max_distance_m: f64,
        accept: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f64)> {
        let mut search = Search::nearest(centre, k, max_distance_m);
        if !self.search_by_rings(&mut search, &accept) {
            // The rings have looked at more cells than are occupied: look at those instead.
            search = Search::nearest(centre, k, max_distance_m);
            self.grid.visit_all(|standing| offer(&mut search, standing, &accept));
        }
        self.answer(search)
    }

    /// All units that `accept` takes within a circle (great-circle metres), nearest first, ties by slot.
    pub fn within(&self, centre: Position, radius_m: f64, accept: impl Fn(u32) -> bool) -> Vec<(u32, f64)> {
        let mut search = Search::within(centre, radius_m);
        if !self.search_by_rings(&mut search, &accept) {
            search = Search::within(centre, radius_m);
            self.grid.visit_all(|standing| offer(&mut search, standing, &accept));
        }
        self.answer(search)
    }

    /// The units in a box, edges included, by slot.
    pub fn in_bounds(&self, bounds: Bounds) -> Vec<u32> {
        let mut slots = Vec::new();
        self.grid.visit(&WorldBox::of(bounds), |standing| {
            if self.get(standing.slot).is_some_and(|fix| bounds.contains(fix.position)) {
                slots.push(standing.slot);
            }
        });
        slots.sort_unstable();
        slots
    }

    /// Looks ring by ring until nothing nearer can come; false when that would cost more than looking everywhere.
    fn search_by_rings(&self, search: &mut Search, accept: &impl Fn(u32) -> bool) -> bool {
        let (middle, inner) = CellAt::around(search.at());
        let mut looked = 0;
        for steps in 0..Grid::RINGS {
            // To stand in this ring is to be beyond the middle cell's nearest edge and the rings between.
            let gap = if steps == 0 { 0.0 } else { f64::from(steps - 1) * EDGE + inner };
            if gap * gap > search.limit2() {
                return true;
            }
            if looked > self.grid.occupied() {
                return false;
            }
            looked += self.grid.visit_ring(middle, steps, |standing| offer(search, standing, accept));
            search.settle();
        }
        false
    }

    fn answer(&self, search: Search) -> Vec<(u32, f64)> {
        let of = |item| {
            let slot = u32::try_from(item).ok()?;
            Some((self.get(slot)?.position, u64::from(slot)))
        };
        let found = search.finish(of).into_iter();
        found.filter_map(|found| Some((u32::try_from(found.item).ok()?, found.distance_m))).collect()
    }

    fn put(&mut self, slot: u32, fix: Fix) {
        let at = slot as usize;
        if at >= self.held.len() {
            self.held.resize_with(at + 1, || None);
        }
        let world = World::of(fix.position);
        let old = self.held.get_mut(at).and_then(Option::as_mut);
        let seat = match old.map(|held| held.seat) {
            Some(seat) if self.grid.shift(seat, world) => seat,
            Some(seat) => {
                self.leave(seat);
                self.grid.insert(Standing { slot, world })
            }
            None => {
                self.len += 1;
                self.grid.insert(Standing { slot, world })
            }
        };
        if let Some(place) = self.held.get_mut(at) {
            *place = Some(Held { fix, seat, doubt: None });
        }
    }

    fn leave(&mut self, seat: Seat) {
        if let Some((slot, seat)) = self.grid.remove(seat)
            && let Some(Some(other)) = self.held.get_mut(slot as usize)
        {
            other.seat = seat;
        }
    }
}

impl Held {
    fn judge(&mut self, fix: &Fix, numbered: bool) -> Label {
        match fix.at_ms.cmp(&self.fix.at_ms) {
            std::cmp::Ordering::Less => return Label::Late,
            std::cmp::Ordering::Equal if !numbered => return Label::Duplicate,
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => {}
        }
        if fix.agrees_with(&self.fix) {
            return Label::Moved;
        }
        let agreeing = match &self.doubt {
            Some(doubt) if fix.at_ms == doubt.fix.at_ms && !numbered => return Label::Duplicate,
            // Out of order among the doubted: it neither confirms nor breaks the row.
            Some(doubt) if fix.at_ms < doubt.fix.at_ms => return Label::Speed,
            Some(doubt) if fix.agrees_with(&doubt.fix) => doubt.agreeing + 1,
            _ => 1,
        };
        if agreeing >= BELIEVED_AFTER {
            return Label::Moved;
        }
        self.doubt = Some(Box::new(Doubt { fix: fix.clone(), agreeing }));
        Label::Speed
    }
}

fn offer(search: &mut Search, standing: Standing, accept: &impl Fn(u32) -> bool) {
    search.offer(standing.world, standing.slot as usize, || accept(standing.slot));
}
