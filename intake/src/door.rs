//! The door through which coordinates come in: which system they are in, and how they become WGS84.

/// Turns (x, y) of a file into (longitude, latitude) in WGS84 degrees, or says why it cannot; asked on several threads.
type Convert<'a> = dyn Fn(f64, f64) -> Result<(f64, f64), String> + Sync + 'a;

/// The coordinate system of a file, as the caller states it: a file is never asked, because files lie about it.
pub struct Door<'a> {
    /// Its name as the caller gave it (`wgs84`, `gcj02`, `epsg:4549`…); compared with what the file says of itself.
    pub crs: &'a str,
    /// From (x, y) = (east, north) to (longitude, latitude) in WGS84 degrees.
    pub to_wgs84: &'a Convert<'a>,
}

impl Door<'static> {
    /// The file already is in WGS84 degrees, longitude first.
    pub const WGS84: Self = Door { crs: "wgs84", to_wgs84: &|lon, lat| Ok((lon, lat)) };
}

impl std::fmt::Debug for Door<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("crs", &self.crs).finish_non_exhaustive()
    }
}
