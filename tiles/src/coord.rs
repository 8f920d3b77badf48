//! Which tile: zoom, column, row of the Web Mercator pyramid.

use spatial::WorldBox;

/// Deepest zoom that is served.
pub const DEEPEST_ZOOM: u8 = 22;

/// Why three numbers are not a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoordError {
    /// A part of the path is no whole number.
    #[error("{part} must be a whole number of digits only")]
    NotANumber {
        /// `z`, `x` or `y`.
        part: &'static str,
    },
    /// The zoom is too deep.
    #[error("zoom {z} is outside 0 to {DEEPEST_ZOOM}")]
    Zoom {
        /// As given.
        z: u8,
    },
    /// The column or the row is outside the zoom.
    #[error("tile {x}, {y} is outside zoom {z}, which has {} columns and rows", 1_u64 << z)]
    Range {
        /// Zoom.
        z: u8,
        /// Column as given.
        x: u32,
        /// Row as given.
        y: u32,
    },
}

/// A tile that exists: zoom 0..=22, column and row inside it, row 0 in the north.
///
/// ```
/// use tiles::{CoordError, TileCoord};
/// let tile = TileCoord::new(14, 13683, 6862)?;
/// assert_eq!(tile, TileCoord::parse("14", "13683", "6862")?);
/// assert!(TileCoord::new(3, 8, 0).is_err() && TileCoord::new(23, 0, 0).is_err());
/// # Ok::<(), CoordError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

impl TileCoord {
    /// Checks zoom (0..=22), column and row (0..2^zoom).
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, CoordError> {
        if z > DEEPEST_ZOOM {
            return Err(CoordError::Zoom { z });
        }
        if x >> z != 0 || y >> z != 0 {
            return Err(CoordError::Range { z, x, y });
        }
        Ok(Self { z, x, y })
    }

    /// Reads the three parts of a path: plain digits, no sign, no space.
    pub fn parse(z: &str, x: &str, y: &str) -> Result<Self, CoordError> {
        Self::new(number(z, "z")?, number(x, "x")?, number(y, "y")?)
    }

    /// Zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The ground that the tile shows, without its buffer, in world units.
    pub fn bounds(self) -> WorldBox {
        WorldBox::of_tile(self.z, self.x, self.y).expect("zoom, column and row were checked when the tile was made")
    }
}

fn number<T: std::str::FromStr>(text: &str, part: &'static str) -> Result<T, CoordError> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CoordError::NotANumber { part });
    }
    text.parse().map_err(|_ignored| CoordError::NotANumber { part })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: [&str; 3], expect: Result<(u8, u32, u32), &str>) {
        let [z, x, y] = path;
        let got = TileCoord::parse(z, x, y).map(|t| (t.z(), t.x(), t.y())).map_err(|e| e.to_string());
        assert_eq!(got, expect.map_err(str::to_owned));
    }

    #[test]
    fn the_whole_world() {
        check(["0", "0", "0"], Ok((0, 0, 0)));
    }

    #[test]
    fn the_last_tile_of_the_deepest_zoom() {
        check(["22", "4194303", "4194303"], Ok((22, 4_194_303, 4_194_303)));
    }

    #[test]
    fn beyond_the_zoom() {
        check(["1", "2", "0"], Err("tile 2, 0 is outside zoom 1, which has 2 columns and rows"));
        check(["23", "0", "0"], Err("zoom 23 is outside 0 to 22"));
    }

    #[test]
    fn not_numbers() {
        for bad in ["", "-1", "+1", " 1", "1.5", "1e3", "４", "99999999999"] {
            check(["4", bad, "0"], Err("x must be a whole number of digits only"));
        }
        check(["256", "0", "0"], Err("z must be a whole number of digits only"));
    }
}
