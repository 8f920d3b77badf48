//! From every system to WGS84 degrees, and back.

use super::{Crs, CrsError, GaussKruger, shifted};

/// Radius of the Web Mercator sphere, metres.
const MERCATOR_RADIUS_M: f64 = 6_378_137.0;

impl Crs {
    /// From this system (east or longitude first) to WGS84 longitude and latitude, degrees. Degrees pass unchecked from
    /// geographic systems: [`crate::Position::new`] says best what is wrong with them.
    ///
    /// Round trips with [`Self::from_wgs84`] close within 1 mm.
    pub fn to_wgs84(self, x: f64, y: f64) -> Result<(f64, f64), CrsError> {
        finite(x, y)?;
        // Nobody has so few metres: around 0, 0 lies open sea.
        let metric = matches!(self, Self::Cgcs2000Gk120 | Self::GaussKruger(_) | Self::Utm(_) | Self::WebMercator);
        if metric && x.abs() <= 180.0 && y.abs() <= 90.0 {
            return Err(self.outside(x, y, "expected metres, these look like degrees"));
        }
        match self {
            Self::Wgs84 | Self::Cgcs2000 => Ok((x, y)),
            Self::Cgcs2000Gk120 => self.in_zone(x, y, GaussKruger::GK120.inverse(x, y)),
            Self::GaussKruger(zone) => self.in_zone(x, y, zone.inverse(x, y)),
            Self::Utm(zone) => self.in_zone(x, y, zone.inverse(x, y)),
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
            Self::Utm(zone) => self.in_zone(lon, lat, zone.forward(lon, lat)),
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
