//! The uniform grid under the moving index.
//!
//! A cell is a tile of zoom 17: 306 m wide at the equator, 270 m at 28° N, 250 m at 35° N. Cells are hashed and not an
//! array: an array would save the hash, but needs an area fixed beforehand. The bench `moving` gives the price of a
//! whole move.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::mercator::{World, WorldBox};

/// Bits of a world coordinate inside a cell.
const SHIFT: u32 = 15;
/// Cells along one side of the world.
const SIDE: u32 = 1 << (32 - SHIFT);
/// Edge of a cell, world units.
pub(super) const EDGE: f64 = (1_u32 << SHIFT) as f64;

/// Column and row of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellAt {
    pub(super) x: u32,
    pub(super) y: u32,
}

impl CellAt {
    pub(super) fn of(w: World) -> Self {
        Self { x: w.x >> SHIFT, y: w.y >> SHIFT }
    }

    /// The cell around a place, and how far the place is from the cell's nearest edge, world units.
    pub(super) fn around(w: World) -> (Self, f64) {
        let inner = |v: u32| {
            let within = v & ((1 << SHIFT) - 1);
            within.min((1 << SHIFT) - within)
        };
        (Self::of(w), f64::from(inner(w.x).min(inner(w.y))))
    }

    fn key(self) -> u64 {
        u64::from(self.y) << 32 | u64::from(self.x)
    }
}

/// Who stands in a cell, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) slot: u32,
    pub(super) world: World,
}

/// Where a unit's [`Standing`] is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    cell: CellAt,
    at: usize,
}

#[derive(Debug, Default)]
pub(super) struct Grid {
    cells: HashMap<u64, Vec<Standing>, BuildHasherDefault<CellHasher>>,
}

impl Grid {
    /// How many cells are occupied.
    pub(super) fn occupied(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn insert(&mut self, standing: Standing) -> Seat {
        let cell = CellAt::of(standing.world);
        let list = self.cells.entry(cell.key()).or_default();
        list.push(standing);
        Seat { cell, at: list.len() - 1 }
    }

    /// Moves within the cell; false when the new place is in another.
    pub(super) fn shift(&mut self, seat: Seat, world: World) -> bool {
        if CellAt::of(world) != seat.cell {
            return false;
        }
        if let Some(standing) = self.cells.get_mut(&seat.cell.key()).and_then(|list| list.get_mut(seat.at)) {
            standing.world = world;
        }
        true
    }

    /// Empties a seat. The last of the cell takes it: its slot and new seat are the answer.
    pub(super) fn remove(&mut self, seat: Seat) -> Option<(u32, Seat)> {
        let list = self.cells.get_mut(&seat.cell.key())?;
        if seat.at < list.len() {
            list.swap_remove(seat.at);
        }
        let moved = list.get(seat.at).map(|standing| (standing.slot, seat));
        if list.is_empty() {
            self.cells.remove(&seat.cell.key());
        }
        moved
    }

    /// Who stands in a cell.
    pub(super) fn cell(&self, cell: CellAt) -> &[Standing] {
        self.cells.get(&cell.key()).map_or(&[], Vec::as_slice)
    }

    /// Calls for everyone in the box, and perhaps for some just outside it. Costs no more than the smaller of the
    /// box's cells and the occupied cells.
    pub(super) fn visit(&self, b: &WorldBox, mut visit: impl FnMut(Standing)) {
        let (low, high) = (CellAt::of(b.min), CellAt::of(b.max));
        let asked = u64::from(high.x - low.x + 1) * u64::from(high.y - low.y + 1);
        if asked > self.cells.len() as u64 {
            self.visit_all(visit);
            return;
        }
        for y in low.y..=high.y {
            for x in low.x..=high.x {
                self.cell(CellAt { x, y }).iter().copied().for_each(&mut visit);
            }
        }
    }

    pub(super) fn visit_all(&self, visit: impl FnMut(Standing)) {
        self.cells.values().flatten().copied().for_each(visit);
    }

    /// Calls for everyone in the ring of cells at `steps` from the middle, around the world in x, cut at the edge in
    /// y; answers how many cells were looked at.
    pub(super) fn visit_ring(&self, middle: CellAt, steps: u32, mut visit: impl FnMut(Standing)) -> usize {
        let mut looked = 0;
        let mut look = |x: u32, y: u32| {
            looked += 1;
            self.cell(CellAt { x: x % SIDE, y }).iter().copied().for_each(&mut visit);
        };
        // x is kept above zero by one turn around the world.
        let (west, east) = (middle.x + SIDE - steps, middle.x + SIDE + steps);
        let (north, south) = (middle.y.checked_sub(steps), Some(middle.y + steps).filter(|y| *y < SIDE));
        for y in [north, south.filter(|_| steps > 0)].into_iter().flatten() {
            (west..=east).for_each(|x| look(x, y));
        }
        if steps > 0 {
            for y in (middle.y + 1).saturating_sub(steps)..(middle.y + steps).min(SIDE) {
                look(west, y);
                look(east, y);
            }
        }
        looked
    }

    /// Rings at this many steps and more would meet themselves behind the world.
    pub(super) const RINGS: u32 = SIDE / 2;
}

/// Mixes the two halves of a cell key by one multiplication: keys come from places, not from strangers who could aim
/// at collisions, and the default hasher costs more than the rest of a move.
#[derive(Debug, Default)]
pub(super) struct CellHasher(u64);

impl Hasher for CellHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        // 2^64 divided by the golden ratio; the shift brings the well-mixed high bits down to where the table looks.
        let mixed = (self.0 ^ key ^ (key >> 15)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
