//! From world units to the grid of one tile.

use spatial::{World, WorldBox};

use crate::TileCoord;
use crate::layers::{BUFFER, EXTENT};

/// A place on the grid of a tile: 0..4096 inside it, x to the east, y to the south. Far places of a deep zoom reach
/// ±2^34, hence 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pt {
    pub(crate) x: i64,
    pub(crate) y: i64,
}

/// Smallest and largest coordinate that anything in a tile has.
pub(crate) const LOW: i64 = -(BUFFER as i64);
pub(crate) const HIGH: i64 = EXTENT as i64 + BUFFER as i64;

/// The grid of one tile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    coord: TileCoord,
}

impl Frame {
    pub(crate) fn of(coord: TileCoord) -> Self {
        Self { coord }
    }

    /// The grid place of a world place: rounded down, so that a place inside the tile never lands on its far edge and
    /// the same place gets the same spot seen from two neighbouring tiles.
    pub(crate) fn place(&self, world: World) -> Pt {
        Pt { x: self.along(i64::from(world.x), self.coord.x()), y: self.along(i64::from(world.y), self.coord.y()) }
    }

    /// The corners of a box, north-west and south-east. A box holds its last unit, so the second corner is one unit on.
    pub(crate) fn corners(&self, b: WorldBox) -> (Pt, Pt) {
        let (x, y) = (i64::from(b.max.x) + 1, i64::from(b.max.y) + 1);
        (self.place(b.min), Pt { x: self.along(x, self.coord.x()), y: self.along(y, self.coord.y()) })
    }

    fn along(&self, world: i64, tile: u32) -> i64 {
        ((world * i64::from(EXTENT)) >> (32 - self.coord.z())) - i64::from(tile) * i64::from(EXTENT)
    }

    /// World units that `units` of the grid are long, rounded up.
    pub(crate) fn world_units(&self, units: u32) -> u32 {
        let span = (u64::from(units) << (32 - self.coord.z())).div_ceil(u64::from(EXTENT));
        u32::try_from(span).unwrap_or(u32::MAX)
    }

    /// The tile with its buffer, in world units.
    pub(crate) fn buffered(&self) -> WorldBox {
        self.coord.bounds().buffered(self.world_units(BUFFER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile_at(z: u8, w: World) -> TileCoord {
        let shift = 32 - u32::from(z);
        let cut = |v: u32| v.checked_shr(shift).unwrap_or(0);
        TileCoord::new(z, cut(w.x), cut(w.y)).unwrap()
    }

    proptest! {
        #[test]
        fn a_place_of_the_tile_is_on_its_grid(x: u32, y: u32, z in 0_u8..=22) {
            let w = World { x, y };
            let p = Frame::of(tile_at(z, w)).place(w);
            prop_assert!((0..4096).contains(&p.x) && (0..4096).contains(&p.y));
        }

        #[test]
        fn neighbours_agree_on_a_place(x in 1_u32 << 20.., y: u32, z in 12_u8..=22) {
            let w = World { x, y };
            let here = tile_at(z, w);
            prop_assume!(here.x() > 0);
            let left = TileCoord::new(z, here.x() - 1, here.y()).unwrap();
            let (a, b) = (Frame::of(here).place(w), Frame::of(left).place(w));
            prop_assert_eq!((a.x + 4096, a.y), (b.x, b.y));
        }

        #[test]
        fn nothing_overflows(x: u32, y: u32, z in 0_u8..=22, tx: u32, ty: u32) {
            let mask = (1_u32 << z) - 1;
            let p = Frame::of(TileCoord::new(z, tx & mask, ty & mask).unwrap()).place(World { x, y });
            prop_assert!(p.x.abs() <= 1 << 34 && p.y.abs() <= 1 << 34);
        }
    }
}
