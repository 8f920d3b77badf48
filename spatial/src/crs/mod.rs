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

mod convert;
mod error;
mod gauss_kruger;
mod names;
mod shifted;
mod transverse;
mod utm;

#[cfg(test)]
mod tests;

pub use error::CrsError;
pub use gauss_kruger::GaussKruger;
pub use utm::Utm;

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
    /// UTM on WGS84, metres east and north (EPSG:32601 to 32660 and 32701 to 32760).
    Utm(Utm),
    /// GCJ-02 longitude and latitude, degrees: the shifted WGS84 of Chinese public maps.
    Gcj02,
    /// BD-09 longitude and latitude, degrees: a second shift on GCJ-02.
    Bd09,
    /// Web Mercator, metres east and north (EPSG:3857).
    WebMercator,
}
