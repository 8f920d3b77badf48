//! Why coordinates cannot be converted, in words that name the system.

/// Why coordinates cannot be converted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// No such system is known.
    #[error(
        "coordinate system {name:?} is not known; known are wgs84, cgcs2000, cgcs2000_gk120, gcj02, bd09, epsg:4326, \
         epsg:4490, epsg:3857, the CGCS2000 Gauss–Krüger zones epsg:4491 to epsg:4554 (epsg:4549 and epsg:4528 at 120° E) \
         and UTM, epsg:32601 to epsg:32660 and epsg:32701 to epsg:32760"
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
