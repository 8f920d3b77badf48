//! Squares of true metres: bands of latitude, each cut from west to east into as many squares as fit.

use crate::position::{EARTH_RADIUS_M, Position};

/// Edge of the finest squares, metres.
const EDGE_M: f64 = 200.0;
/// Levels of squares; each has twice the edge of the one below.
pub(super) const LEVELS: u8 = 5;
/// Finest squares along the edge of one of the largest.
const ALONG: i32 = 1 << (LEVELS - 1);

/// A square of some level: 200 m × 2^level high, and at least as wide anywhere on its ground.
///
/// ```
/// use spatial::{Position, heat::Square};
/// let square = Square::of(Position::new(120.65, 28.0)?);
/// let (lon, lat) = square.centre();
/// assert!(Position::new(lon, lat)?.distance_m(&Position::new(120.65, 28.0)?) < 150.0);
/// assert_eq!(square.above().map(|above| above.edge_m()), Some(400.0));
/// # Ok::<(), spatial::PositionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Square {
    level: u8,
    /// From the equator to the north.
    row: i32,
    /// From −180° to the east.
    column: i32,
}

impl Square {
    /// The finest square that holds the place.
    #[expect(clippy::cast_possible_truncation, reason = "rows and columns of 200 m are below 300,000")]
    pub fn of(position: Position) -> Self {
        let row = (position.lat() / high()).floor() as i32;
        let columns = columns(row.div_euclid(ALONG));
        let column = ((position.lon() + 180.0) / 360.0 * f64::from(columns)).floor() as i32;
        Self { level: 0, row, column: column.clamp(0, columns - 1) }
    }

    /// The square of twice the edge that holds it; none above the largest.
    pub fn above(self) -> Option<Self> {
        let level = self.level + 1;
        (level < LEVELS).then_some(Self { level, row: self.row >> 1, column: self.column >> 1 })
    }

    /// Its middle: longitude and latitude, degrees.
    pub fn centre(self) -> (f64, f64) {
        let columns = columns(self.row >> (LEVELS - 1 - self.level)) >> self.level;
        let lon = (f64::from(self.column) + 0.5) / f64::from(columns) * 360.0 - 180.0;
        let lat = (f64::from(self.row) + 0.5) * high() * f64::from(1_u32 << self.level);
        (lon, lat.clamp(-90.0, 90.0))
    }

    /// Its edge from south to north, metres.
    pub fn edge_m(self) -> f64 {
        EDGE_M * f64::from(1_u32 << self.level)
    }

    /// How wide it is where it is narrowest, metres.
    #[cfg(test)]
    pub(super) fn narrowest_m(self) -> f64 {
        let columns = columns(self.row >> (LEVELS - 1 - self.level)) >> self.level;
        let height = high() * f64::from(1_u32 << self.level);
        let farthest = (f64::from(self.row) * height).abs().max((f64::from(self.row + 1) * height).abs());
        std::f64::consts::TAU * EARTH_RADIUS_M * farthest.to_radians().cos() / f64::from(columns)
    }
}

/// Height of the finest squares, degrees.
fn high() -> f64 {
    (EDGE_M / EARTH_RADIUS_M).to_degrees()
}

/// Finest squares around the earth in a band of the largest: as many of the largest as fit where the band is shortest.
#[expect(clippy::cast_possible_truncation, reason = "at most 12,511 of the largest")]
fn columns(band: i32) -> i32 {
    let height = high() * f64::from(ALONG);
    let farthest = (f64::from(band) * height).abs().max((f64::from(band + 1) * height).abs()).min(90.0);
    let around = std::f64::consts::TAU * EARTH_RADIUS_M * farthest.to_radians().cos();
    let largest = (around / (EDGE_M * f64::from(ALONG))).floor() as i32;
    largest.max(1) * ALONG
}
