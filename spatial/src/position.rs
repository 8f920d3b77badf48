//! A place on the earth that cannot be wrong: checked longitude and latitude.

use crate::shown::short_number;

/// Mean radius of the earth in metres (IUGG, R1), as used for every great-circle distance here.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Why two numbers are not a place.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PositionError {
    /// A coordinate is NaN or infinite.
    #[error("longitude and latitude must be finite numbers, got {lon}, {lat}")]
    NotFinite {
        /// As given.
        lon: f64,
        /// As given.
        lat: f64,
    },
    /// A coordinate lies outside −180..180 or −90..90 degrees.
    #[error("longitude {} or latitude {} is outside -180..180, -90..90 degrees", short_number(*lon), short_number(*lat))]
    OutOfRange {
        /// As given, degrees.
        lon: f64,
        /// As given, degrees.
        lat: f64,
    },
    /// The latitude is impossible but would be possible as a longitude: the two were given the wrong way round.
    #[error("latitude {lat} is impossible while longitude {lon} would be a latitude: longitude comes first")]
    Swapped {
        /// As given, degrees.
        lon: f64,
        /// As given, degrees.
        lat: f64,
    },
    /// Both are exactly zero: the usual mark of a device without a fix.
    #[error("longitude and latitude are both 0, the mark of a device without a fix")]
    NullIsland,
}

/// A checked place: WGS84, degrees, longitude −180..180, latitude −90..90, never (0, 0).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Position {
    lon: f64,
    lat: f64,
}

impl Position {
    /// Checks `lon` and `lat` (degrees, WGS84).
    ///
    /// ```
    /// use spatial::{Position, PositionError};
    /// assert!(Position::new(120.65, 28.01).is_ok());
    /// assert!(matches!(Position::new(28.01, 120.65), Err(PositionError::Swapped { .. })));
    /// assert!(matches!(Position::new(f64::NAN, 1.0), Err(PositionError::NotFinite { .. })));
    /// assert_eq!(Position::new(0.0, 0.0), Err(PositionError::NullIsland));
    /// ```
    pub fn new(lon: f64, lat: f64) -> Result<Self, PositionError> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(PositionError::NotFinite { lon, lat });
        }
        if lat.abs() > 90.0 && lat.abs() <= 180.0 && lon.abs() <= 90.0 {
            return Err(PositionError::Swapped { lon, lat });
        }
        if lon.abs() > 180.0 || lat.abs() > 90.0 {
            return Err(PositionError::OutOfRange { lon, lat });
        }
        if lon == 0.0 && lat == 0.0 {
            return Err(PositionError::NullIsland);
        }
        Ok(Self { lon, lat })
    }

    /// Longitude, degrees.
    pub fn lon(&self) -> f64 {
        self.lon
    }

    /// Latitude, degrees.
    pub fn lat(&self) -> f64 {
        self.lat
    }

    /// Great-circle distance in metres (haversine on [`EARTH_RADIUS_M`]).
    pub fn distance_m(&self, other: &Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let dlat = (b - a) / 2.0;
        let dlon = (other.lon - self.lon).to_radians() / 2.0;
        let h = dlat.sin().powi(2) + a.cos() * b.cos() * dlon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }

    /// As a `geo` point (x = longitude, y = latitude).
    pub fn point(&self) -> geo::Point<f64> {
        geo::Point::new(self.lon, self.lat)
    }
}

/// A box of longitudes and latitudes, degrees. West may not exceed east: boxes do not cross the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Smallest longitude, degrees.
    pub west: f64,
    /// Smallest latitude, degrees.
    pub south: f64,
    /// Largest longitude, degrees.
    pub east: f64,
    /// Largest latitude, degrees.
    pub north: f64,
}

impl Bounds {
    /// Checks the four numbers; `None` when one is not finite, out of range or the wrong way round.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Option<Self> {
        let finite = [west, south, east, north].iter().all(|v| v.is_finite());
        let ranged = west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0;
        (finite && ranged && west <= east && south <= north).then_some(Self { west, south, east, north })
    }

    /// The box of side `2 × radius_m` around a place, cut at the edge of the world.
    pub fn around(centre: Position, radius_m: f64) -> Self {
        let dlat = (radius_m / EARTH_RADIUS_M).to_degrees();
        let shrink = centre.lat.to_radians().cos().max(1e-6);
        let dlon = (dlat / shrink).min(180.0);
        Self {
            west: (centre.lon - dlon).max(-180.0),
            south: (centre.lat - dlat).max(-90.0),
            east: (centre.lon + dlon).min(180.0),
            north: (centre.lat + dlat).min(90.0),
        }
    }

    /// Whether the place lies inside or on the edge.
    pub fn contains(&self, position: Position) -> bool {
        (self.west..=self.east).contains(&position.lon) && (self.south..=self.north).contains(&position.lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn great_circle_of_the_domain_note() {
        // W1 Lucheng to W2 Dongtou, R = 6371008.8: 53,139.33 m.
        let a = Position::new(120.6555, 28.0150).unwrap();
        let b = Position::new(121.1570, 27.8360).unwrap();
        assert!((a.distance_m(&b) - 53_139.33).abs() < 0.01, "{}", a.distance_m(&b));
    }

    #[test]
    fn a_box_holds_its_circle() {
        let c = Position::new(120.6555, 28.0150).unwrap();
        let b = Bounds::around(c, 1000.0);
        let corner = Position::new(b.east, b.north).unwrap();
        assert!(corner.distance_m(&c) > 1000.0);
        assert!(b.contains(c));
    }
}
