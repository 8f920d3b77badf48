//! Evacuation and cordon zones (疏散区、警戒区) of an open incident: what was drawn, by whose word of the wind, and what
//! people at each building said. Events of the log hold no count of people. A zone ends with its incident.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::words;

words! {
    /// What a zone is for.
    ZonePurpose {
        /// People leave it.
        Evacuation = "evacuation",
        /// Nobody enters it.
        Cordon = "cordon",
    }
}

words! {
    /// What became of a building.
    Mark {
        /// Nobody has been there, or it is not known any more.
        Open = "open",
        /// The people there were told to leave.
        Told = "told",
        /// They left.
        Left = "left",
        /// Somebody there does not leave.
        Refused = "refused",
    }
}

/// The wind that a cone follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneWind {
    /// Where it comes from, degrees clockwise from north.
    pub from_deg: f64,
    /// Of which part of the city it was said, as a name or a code; empty for the whole city, and for a wind by hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// By whose word.
    pub source: String,
    /// When it was so, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// How a zone came to its outline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ZoneShape {
    /// Around a place.
    Circle {
        /// Longitude, WGS84 degrees.
        lon: f64,
        /// Latitude.
        lat: f64,
        /// Metres.
        radius_m: f64,
    },
    /// Down the wind from a place.
    Cone {
        /// Longitude, WGS84 degrees.
        lon: f64,
        /// Latitude.
        lat: f64,
        /// How far down the wind, metres.
        length_m: f64,
        /// Half the opening, degrees.
        half_angle_deg: f64,
        /// Radius that is cleared whatever the wind does, metres.
        isolation_m: f64,
        /// The wind.
        wind: ZoneWind,
    },
    /// By hand.
    Drawn,
}

impl ZoneShape {
    /// Its word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Circle { .. } => "circle",
            Self::Cone { .. } => "cone",
            Self::Drawn => "drawn",
        }
    }

    /// The wind that it follows.
    pub fn wind(&self) -> Option<&ZoneWind> {
        match self {
            Self::Cone { wind, .. } => Some(wind),
            Self::Circle { .. } | Self::Drawn => None,
        }
    }
}

/// A zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// `zone-` and a number; empty while a new one is asked for.
    pub id: String,
    /// The incident that it belongs to.
    pub incident: String,
    /// What for.
    pub purpose: ZonePurpose,
    /// Why, in words.
    pub reason: String,
    /// How it came to its outline.
    pub shape: ZoneShape,
    /// The outline: a `GeoJSON` `MultiPolygon`, WGS84 degrees.
    pub geometry: Value,
}

impl Zone {
    /// Most zones of open incidents at a time.
    pub const MOST: usize = 200;
    /// Most bytes of an outline.
    pub const MOST_GEOMETRY: usize = 64 * 1024;
    /// Most buildings of a zone that something is said of.
    pub const MOST_MARKS: usize = 2_000;
    /// A wind that was said longer ago is old, milliseconds.
    pub const OLD_WIND_MS: i64 = 30 * 60_000;
}

/// What was said of a building, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// What.
    pub mark: Mark,
    /// Who said so.
    pub by: String,
    /// When by their word, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// A zone on the desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneState {
    /// It, as it was drawn last.
    pub zone: Zone,
    /// Events that its stream has had.
    pub stream_version: u64,
    /// Who drew it last.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Buildings of which something is known, by their number in tiles. Those that a new outline leaves out stay.
    pub marks: BTreeMap<String, Marked>,
}
