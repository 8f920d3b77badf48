//! Coordinate systems at the door: what comes in another system becomes WGS84 degrees before anything else sees it.
//!
//! Every import declares its system; there is no default and no guess. Local city systems have no public parameters and
//! cannot be converted, so they have no name here. CGCS2000 and WGS84 differ by decimetres and count as equal.
//!
//! ```
//! use spatial::crs::Crs;
//! let (lon, lat) = Crs::from_name("gcj02")?.to_wgs84(120.659_474_8, 28.011_634_1)?;
//! assert!((lon - 120.6555).abs() < 1e-7 && (lat - 28.0150).abs() < 1e-7);
//! assert!(Crs::from_name("wenzhou-2000").unwrap_err().to_string().contains("cgcs2000_gk120"));
//! # Ok::<(), spatial::crs::CrsError>(())
//! ```

mod gauss_kruger;
mod shifted;

#[cfg(test)]
mod tests;

pub use gauss_kruger::GaussKruger;

/// A coordinate system that coordinates may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Crs {
    /// WGS84 longitude and latitude, degrees (EPSG:4326, but longitude first).
    Wgs84,
    /// CGCS2000 longitude and latitude, degrees (EPSG:4490, but longitude first).
    Cgcs2000,
    /// CGCS2000 3° Gauss–Krüger, central meridian 120° E, metres east and north, no zone prefix (EPSG:4549).
    Cgcs2000Gk120,
    /// Another CGCS2000 Gauss–Krüger zone, metres east and north (EPSG:4491 to 4554).
    GaussKruger(GaussKruger),
    /// GCJ-02 longitude and latitude, degrees: the shifted WGS84 of Chinese public maps.
    Gcj02,
    /// BD-09 longitude and latitude, degrees: a second shift on GCJ-02.
    Bd09,
    /// Web Mercator, metres east and north (EPSG:3857).
    WebMercator,
}

/// Why coordinates cannot be converted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// No such system is known.
    #[error(
        "coordinate system {name:?} is not known; known are wgs84, cgcs2000, cgcs2000_gk120, gcj02, bd09, epsg:4326, \
         epsg:4490, epsg:3857 and the CGCS2000 Gauss–Krüger zones epsg:4491 to epsg:4554 (epsg:4549 and epsg:4528 at 120° E)"
    )]
    Unknown {
        /// As given.
        name: String,
    },
    /// A coordinate is NaN or infinite.
    #[error("coordinates must be finite numbers, got {x}, {y}")]
    NotFinite {
        /// As given.
        x: f64,
        /// As given.
        y: f64,
    },
    /// The coordinates lie where the system has none.
    #[error("coordinates {x}, {y} lie outside {crs}: {reason}")]
    Outside {
        /// The system's name.
        crs: String,
        /// East or longitude, as given.
        x: f64,
        /// North or latitude, as given.
        y: f64,
        /// What was expected, in words.
        reason: &'static str,
    },
}

/// Radius of the Web Mercator sphere, metres.
const MERCATOR_RADIUS_M: f64 = 6_378_137.0;

impl Crs {
    /// The system of that name; capitals and outer blanks do not matter.
    pub fn from_name(name: &str) -> Result<Self, CrsError> {
        let lower = name.trim().to_ascii_lowercase();
        match lower.as_str() {
            "wgs84" | "epsg:4326" => Ok(Self::Wgs84),
            "cgcs2000" | "epsg:4490" => Ok(Self::Cgcs2000),
            "cgcs2000_gk120" | "epsg:4549" => Ok(Self::Cgcs2000Gk120),
            "gcj02" => Ok(Self::Gcj02),
            "bd09" => Ok(Self::Bd09),
            "epsg:3857" => Ok(Self::WebMercator),
            other => {
                let epsg = other.strip_prefix("epsg:").and_then(|code| code.parse().ok());
                let zone = epsg.and_then(GaussKruger::from_epsg).map(Self::GaussKruger);
                zone.ok_or_else(|| CrsError::Unknown { name: name.to_owned() })
            }
        }
    }

    /// The name, as [`Self::from_name`] reads it.
    pub fn name(self) -> String {
        match self {
            Self::Wgs84 => "wgs84".to_owned(),
            Self::Cgcs2000 => "cgcs2000".to_owned(),
            Self::Cgcs2000Gk120 => "cgcs2000_gk120".to_owned(),
            Self::GaussKruger(zone) => format!("epsg:{}", zone.epsg()),
            Self::Gcj02 => "gcj02".to_owned(),
            Self::Bd09 => "bd09".to_owned(),
            Self::WebMercator => "epsg:3857".to_owned(),
        }
    }

    /// From this system (east or longitude first) to WGS84 longitude and latitude, degrees. Degrees pass unchecked from
    /// geographic systems: [`crate::Position::new`] says best what is wrong with them.
    ///
    /// Round trips with [`Self::from_wgs84`] close within 1 mm.
    pub fn to_wgs84(self, x: f64, y: f64) -> Result<(f64, f64), CrsError> {
        finite(x, y)?;
        let metric = matches!(self, Self::Cgcs2000Gk120 | Self::GaussKruger(_) | Self::WebMercator);
        if metric && x.abs() <= 180.0 && y.abs() <= 90.0 {
            return Err(self.outside(x, y, "expected metres, these look like degrees"));
        }
        match self {
            Self::Wgs84 | Self::Cgcs2000 => Ok((x, y)),
            Self::Cgcs2000Gk120 => self.in_zone(x, y, GaussKruger::GK120.inverse(x, y)),
            Self::GaussKruger(zone) => self.in_zone(x, y, zone.inverse(x, y)),
            Self::Gcj02 => Ok(shifted::wgs84_of_gcj02(x, y)),
            Self::Bd09 => {
                let (lon, lat) = shifted::gcj02_of_bd09(x, y);
                if shifted::is_shifted(lon, lat) {
                    Ok(shifted::wgs84_of_gcj02(lon, lat))
                } else {
                    Err(self.no_baidu(x, y))
                }
            }
            Self::WebMercator => {
                let edge = std::f64::consts::PI * MERCATOR_RADIUS_M;
                // A metre of tolerance: files carry the rounded edge.
                if x.abs() > edge + 1.0 || y.abs() > edge + 1.0 {
                    return Err(self.outside(x, y, "expected metres within ±20037508.34"));
                }
                let lat = (y / MERCATOR_RADIUS_M).sinh().atan().to_degrees();
                Ok(((x / MERCATOR_RADIUS_M).to_degrees().clamp(-180.0, 180.0), lat))
            }
        }
    }

    /// From WGS84 longitude and latitude, degrees, to this system (east or longitude first).
    pub fn from_wgs84(self, lon: f64, lat: f64) -> Result<(f64, f64), CrsError> {
        finite(lon, lat)?;
        match self {
            Self::Wgs84 | Self::Cgcs2000 => Ok((lon, lat)),
            Self::Cgcs2000Gk120 => self.in_zone(lon, lat, GaussKruger::GK120.forward(lon, lat)),
            Self::GaussKruger(zone) => self.in_zone(lon, lat, zone.forward(lon, lat)),
            Self::Gcj02 => Ok(shifted::gcj02_of_wgs84(lon, lat)),
            Self::Bd09 if !shifted::is_shifted(lon, lat) => Err(self.no_baidu(lon, lat)),
            Self::Bd09 => {
                let (lon, lat) = shifted::gcj02_of_wgs84(lon, lat);
                Ok(shifted::bd09_of_gcj02(lon, lat))
            }
            Self::WebMercator if lat.abs() >= 90.0 => Err(self.outside(lon, lat, "a pole has no place on the map")),
            Self::WebMercator => {
                Ok((lon.to_radians() * MERCATOR_RADIUS_M, lat.to_radians().tan().asinh() * MERCATOR_RADIUS_M))
            }
        }
    }

    fn in_zone(self, x: f64, y: f64, converted: Result<(f64, f64), &'static str>) -> Result<(f64, f64), CrsError> {
        converted.map_err(|reason| self.outside(x, y, reason))
    }

    fn no_baidu(self, x: f64, y: f64) -> CrsError {
        self.outside(x, y, "BD-09 is defined in and around China only")
    }

    fn outside(self, x: f64, y: f64, reason: &'static str) -> CrsError {
        CrsError::Outside { crs: self.name(), x, y, reason }
    }
}

fn finite(x: f64, y: f64) -> Result<(), CrsError> {
    if x.is_finite() && y.is_finite() { Ok(()) } else { Err(CrsError::NotFinite { x, y }) }
}
