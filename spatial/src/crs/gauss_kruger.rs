//! CGCS2000 Gauss–Krüger zones: transverse Mercator with scale 1 on the central meridian and a false easting of 500 km.

use super::transverse::{CGCS2000, Transverse, WIDEST_M};

/// Metres by which a zone prefix stands before the easting.
const PREFIX_M: f64 = 1_000_000.0;

/// A zone: its central meridian, and whether eastings carry the zone's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GaussKruger {
    epsg: u16,
    meridian: u8,
    zone: Option<u8>,
}

impl GaussKruger {
    /// 3° zone, central meridian 120° E, no prefix: EPSG:4549.
    pub(super) const GK120: Self = Self { epsg: 4549, meridian: 120, zone: None };

    /// The zone of an EPSG code, 4491 to 4554: 6° and 3° zones, with and without prefix.
    pub fn from_epsg(epsg: u16) -> Option<Self> {
        let at = |first: u16| u8::try_from(epsg - first).ok();
        let (meridian, zone) = match epsg {
            4491..=4501 => (75 + 6 * at(4491)?, Some(13 + at(4491)?)),
            4502..=4512 => (75 + 6 * at(4502)?, None),
            4513..=4533 => (75 + 3 * at(4513)?, Some(25 + at(4513)?)),
            4534..=4554 => (75 + 3 * at(4534)?, None),
            _ => return None,
        };
        Some(Self { epsg, meridian, zone })
    }

    /// The EPSG code.
    pub fn epsg(self) -> u16 {
        self.epsg
    }

    /// The central meridian, degrees east.
    pub fn meridian(self) -> f64 {
        f64::from(self.meridian)
    }

    /// The number that stands before every easting, in millions of metres; `None` in zones without it.
    pub fn prefix(self) -> Option<u8> {
        self.zone
    }

    fn prefix_m(self) -> f64 {
        self.zone.map_or(0.0, |zone| f64::from(zone) * PREFIX_M)
    }

    fn projection(self) -> Transverse {
        Transverse { ellipsoid: CGCS2000, meridian: self.meridian(), scale: 1.0, false_north_m: 0.0 }
    }

    /// Degrees to metres east and north.
    pub(super) fn forward(self, lon: f64, lat: f64) -> Result<(f64, f64), &'static str> {
        let (east, north) = self.projection().forward(lon, lat)?;
        Ok((self.prefix_m() + east, north))
    }

    /// Metres east and north to degrees.
    pub(super) fn inverse(self, x: f64, y: f64) -> Result<(f64, f64), &'static str> {
        let east = x - self.prefix_m();
        if !(0.0..WIDEST_M).contains(&east) {
            return Err(match self.zone {
                Some(_) => "expected an easting that begins with the zone's number, in metres",
                None if x >= PREFIX_M => {
                    "expected an easting of 0 to 1000000 m: is there a zone prefix, or are the axes swapped?"
                }
                None => "expected an easting of 0 to 1000000 m",
            });
        }
        self.projection().inverse(east, y)
    }
}
