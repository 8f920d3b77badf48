//! UTM on WGS84: sixty zones of 6°, north and south of the equator, scale 0.9996 on the central meridian.

use super::transverse::{Transverse, WGS84};

/// A zone of UTM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Utm {
    /// 1 to 60, from 180° W eastwards.
    zone: u8,
    south: bool,
}

impl Utm {
    /// The zone of an EPSG code: 32601 to 32660 in the north, 32701 to 32760 in the south.
    pub fn from_epsg(epsg: u16) -> Option<Self> {
        let (first, south) = match epsg {
            32601..=32660 => (32600, false),
            32701..=32760 => (32700, true),
            _ => return None,
        };
        u8::try_from(epsg - first).ok().map(|zone| Self { zone, south })
    }

    /// The EPSG code.
    pub fn epsg(self) -> u16 {
        (if self.south { 32700 } else { 32600 }) + u16::from(self.zone)
    }

    /// The central meridian, degrees east.
    pub fn meridian(self) -> f64 {
        f64::from(self.zone) * 6.0 - 183.0
    }

    fn projection(self) -> Transverse {
        let false_north_m = if self.south { 10_000_000.0 } else { 0.0 };
        Transverse { ellipsoid: WGS84, meridian: self.meridian(), scale: 0.9996, false_north_m }
    }

    /// Degrees to metres east and north.
    pub(super) fn forward(self, lon: f64, lat: f64) -> Result<(f64, f64), &'static str> {
        self.projection().forward(lon, lat)
    }

    /// Metres east and north to degrees.
    pub(super) fn inverse(self, x: f64, y: f64) -> Result<(f64, f64), &'static str> {
        self.projection().inverse(x, y)
    }
}
