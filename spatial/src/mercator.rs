//! The world as a square of 2³² × 2³² units: Web Mercator in whole numbers, and its Morton order.

use crate::{Bounds, Position};

/// Largest latitude that Web Mercator can show, degrees: `atan(sinh(π))`.
const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// A place in world units: `x` from west to east, `y` from north to south, each 0..2³² (about 9 mm at the equator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct World {
    /// West to east.
    pub x: u32,
    /// North to south.
    pub y: u32,
}

/// Longitude and latitude, degrees, of a point of the map in parts of the world: `x` from the west, `y` from the north, each
/// 0 to 1.
///
/// ```
/// assert_eq!(spatial::degrees_at(0.5, 0.5), (0.0, 0.0));
/// ```
pub fn degrees_at(x: f64, y: f64) -> (f64, f64) {
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees();
    (x * 360.0 - 180.0, lat)
}

impl World {
    /// Projects a place; latitudes beyond ±85.05° stick to the edge.
    pub fn of(position: Position) -> Self {
        Self::of_degrees(position.lon(), position.lat())
    }

    /// Projects degrees that are known to be in range; anything beyond sticks to the edge.
    pub fn of_degrees(lon: f64, lat: f64) -> Self {
        let lat = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
        let x = (lon + 180.0) / 360.0;
        let y = (1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0;
        Self { x: unit_to_u32(x), y: unit_to_u32(y) }
    }

    /// Back to degrees: the middle of the unit.
    pub fn degrees(self) -> (f64, f64) {
        let x = (f64::from(self.x) + 0.5) / 4_294_967_296.0;
        let y = (f64::from(self.y) + 0.5) / 4_294_967_296.0;
        degrees_at(x, y)
    }

    /// The middle of the unit as a place.
    pub fn position(self) -> Option<Position> {
        let (lon, lat) = self.degrees();
        Position::new(lon, lat).ok()
    }

    /// The Morton key: bits of `y` and `x` interleaved, `y` the more significant of each pair.
    /// A tile z/x/y is the keys whose first `2z` bits are its own: one contiguous range.
    pub fn morton(self) -> u64 {
        spread(self.x) | (spread(self.y) << 1)
    }

    /// The place of a Morton key.
    pub fn from_morton(key: u64) -> Self {
        Self { x: squeeze(key), y: squeeze(key >> 1) }
    }
}

/// A box in world units, edges included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldBox {
    /// North-west corner (smallest x and y).
    pub min: World,
    /// South-east corner (largest x and y).
    pub max: World,
}

impl WorldBox {
    /// The box of degrees.
    pub fn of(bounds: Bounds) -> Self {
        Self { min: World::of_degrees(bounds.west, bounds.north), max: World::of_degrees(bounds.east, bounds.south) }
    }

    /// The tile z/x/y as a box; `None` when z > 32 or x, y lie outside the zoom.
    pub fn of_tile(z: u8, x: u32, y: u32) -> Option<Self> {
        if z > 32 || u64::from(x) >= 1 << z || u64::from(y) >= 1 << z {
            return None;
        }
        let shift = 32 - u32::from(z);
        let low = |v: u32| u32::try_from(u64::from(v) << shift).unwrap_or(u32::MAX);
        let span = u32::try_from((1_u64 << shift) - 1).unwrap_or(u32::MAX);
        let min = World { x: low(x), y: low(y) };
        Some(Self { min, max: World { x: min.x + span, y: min.y + span } })
    }

    /// The same box with `margin` units more on each side, cut at the edge of the world.
    #[must_use]
    pub fn buffered(self, margin: u32) -> Self {
        Self {
            min: World { x: self.min.x.saturating_sub(margin), y: self.min.y.saturating_sub(margin) },
            max: World { x: self.max.x.saturating_add(margin), y: self.max.y.saturating_add(margin) },
        }
    }

    /// Whether the place lies inside.
    pub fn contains(&self, w: World) -> bool {
        (self.min.x..=self.max.x).contains(&w.x) && (self.min.y..=self.max.y).contains(&w.y)
    }

    /// Whether two boxes share a place.
    pub fn meets(&self, other: &Self) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..2^32 just before")]
fn unit_to_u32(unit: f64) -> u32 {
    (unit * 4_294_967_296.0).clamp(0.0, 4_294_967_295.0) as u32
}

/// Puts a zero bit before each bit (the classic five-step interleave).
fn spread(v: u32) -> u64 {
    let mut v = u64::from(v);
    v = (v | (v << 16)) & 0x0000_FFFF_0000_FFFF;
    v = (v | (v << 8)) & 0x00FF_00FF_00FF_00FF;
    v = (v | (v << 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    v = (v | (v << 2)) & 0x3333_3333_3333_3333;
    (v | (v << 1)) & 0x5555_5555_5555_5555
}

#[expect(clippy::cast_possible_truncation, reason = "the last mask leaves 32 bits")]
fn squeeze(v: u64) -> u32 {
    let mut v = v & 0x5555_5555_5555_5555;
    v = (v | (v >> 1)) & 0x3333_3333_3333_3333;
    v = (v | (v >> 2)) & 0x0F0F_0F0F_0F0F_0F0F;
    v = (v | (v >> 4)) & 0x00FF_00FF_00FF_00FF;
    v = (v | (v >> 8)) & 0x0000_FFFF_0000_FFFF;
    (v | (v >> 16)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(z: u32, w: World) -> (u32, u32) {
        (w.x >> (32 - z), w.y >> (32 - z))
    }

    #[test]
    fn tiles_of_the_domain_note() {
        let w1 = World::of(Position::new(120.6555, 28.0150).unwrap());
        assert_eq!(tile(8, w1), (213, 107));
        assert_eq!(tile(10, w1), (855, 428));
        assert_eq!(tile(12, w1), (3420, 1715));
        assert_eq!(tile(14, w1), (13683, 6862));
        assert_eq!(tile(16, w1), (54732, 27451));
    }

    #[test]
    fn the_whole_world_is_one_tile() {
        let all = WorldBox::of_tile(0, 0, 0).unwrap();
        assert_eq!(all, WorldBox { min: World { x: 0, y: 0 }, max: World { x: u32::MAX, y: u32::MAX } });
        assert_eq!(WorldBox::of_tile(3, 8, 0), None);
        assert_eq!(WorldBox::of_tile(33, 0, 0), None);
    }

    proptest! {
        #[test]
        fn morton_comes_back(x: u32, y: u32) {
            let w = World { x, y };
            prop_assert_eq!(World::from_morton(w.morton()), w);
        }

        #[test]
        fn degrees_come_back_within_a_unit(lon in -179.9..179.9_f64, lat in -85.0..85.0_f64) {
            let (lon2, lat2) = World::of_degrees(lon, lat).degrees();
            prop_assert!((lon - lon2).abs() < 1e-7 && (lat - lat2).abs() < 1e-7);
        }

        #[test]
        fn a_tile_is_a_key_range(x: u32, y: u32, z in 1_u8..=22) {
            let w = World { x, y };
            let (tx, ty) = tile(u32::from(z), w);
            let b = WorldBox::of_tile(z, tx, ty).unwrap();
            prop_assert!(b.contains(w));
            prop_assert!(b.min.morton() <= w.morton() && w.morton() <= b.max.morton());
        }
    }
}
