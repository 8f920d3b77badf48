//! What a file as a whole looks like when it looks wrong: named with its evidence, never corrected.
//!
//! A row that cannot be a place is refused by itself; a suspicion speaks of the file: its axes are swapped, its
//! coordinates carry a zone's number, all of it lies 500 m beside the streets. What to do about it, a person decides.

mod crowd;
mod known;
mod search;
mod shift;
mod twice;
mod watch;

use std::collections::BTreeMap;

use spatial::Bounds;

pub use shift::{Counterpart, LEAST_POINTS, MOST_POINTS, looks_converted, shift};
pub use watch::Watch;

/// What a file is suspected of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suspect {
    /// Latitude (or northing) stands first.
    AxesSwapped,
    /// The declared system has degrees; the numbers are metres.
    MetresAsDegrees,
    /// The declared system has metres; the numbers are degrees.
    DegreesAsMetres,
    /// Eastings carry a zone's number, and the declared system has none.
    ZonePrefixPresent,
    /// Eastings carry no zone's number, and the declared system has one.
    ZonePrefixMissing,
    /// Eastings carry the number of another zone than the declared system's.
    ZonePrefixOther,
    /// Rows at (0, 0): the mark of a device without a fix, or of an empty cell.
    NullIsland,
    /// The file names another system than the declared one (`.prj`, a header, a member `crs`).
    CrsDisagrees,
    /// Rows lie outside the area that the caller expects.
    OutsideArea,
    /// Rows lie far from all other rows of the file.
    FarOff,
    /// Many rows lie on one point.
    PiledUp,
    /// A code that should stand for one thing stands in several rows.
    SameCode,
    /// Rows are UTF-8 by their bytes, and another encoding was declared.
    OtherEncoding,
    /// All rows lie beside what they belong to, by the same way.
    Shifted,
}

impl Suspect {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::AxesSwapped => "axes_swapped",
            Self::MetresAsDegrees => "metres_as_degrees",
            Self::DegreesAsMetres => "degrees_as_metres",
            Self::ZonePrefixPresent => "zone_prefix_present",
            Self::ZonePrefixMissing => "zone_prefix_missing",
            Self::ZonePrefixOther => "zone_prefix_other",
            Self::NullIsland => "null_island",
            Self::CrsDisagrees => "crs_disagrees",
            Self::OutsideArea => "outside_area",
            Self::FarOff => "far_off",
            Self::PiledUp => "piled_up",
            Self::SameCode => "same_code",
            Self::OtherEncoding => "other_encoding",
            Self::Shifted => "shifted",
        }
    }
}

/// One suspicion.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// Which.
    pub code: Suspect,
    /// For a person: what was seen, and what may be the cause.
    pub words: String,
    /// The numbers behind it, by name; lengths in metres (`…_m`), counts as they are.
    pub evidence: BTreeMap<&'static str, f64>,
}

impl Suspicion {
    fn new(code: Suspect, words: impl Into<String>, evidence: impl IntoIterator<Item = (&'static str, f64)>) -> Self {
        Self { code, words: words.into(), evidence: evidence.into_iter().collect() }
    }
}

/// Whether a place lies in the area, or within about 2 km of it.
fn near(area: Bounds, lon: f64, lat: f64) -> bool {
    const MARGIN: f64 = 0.02;
    (area.west - MARGIN..=area.east + MARGIN).contains(&lon)
        && (area.south - MARGIN..=area.north + MARGIN).contains(&lat)
}
