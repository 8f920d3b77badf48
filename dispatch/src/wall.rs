//! What desks put on walls (大屏): a view, an incident, cameras, by whose hand and until when at the latest. Events of the
//! log, so that every server shows the same and somebody can ask later what stood on the wall.

use serde::{Deserialize, Serialize};

/// What a wall is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Longitude of the middle of the view, WGS84 degrees.
    pub lon: f64,
    /// Latitude of it.
    pub lat: f64,
    /// Zoom of the view, 0 to 22, in tiles of 512 pixels.
    pub zoom: f64,
    /// The incident that it is about; when that ends, so does this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Ids of cameras whose pictures are wanted, first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cameras: Vec<String>,
    /// Groups of layers that are drawn; `None`: as the wall has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    /// It is over at this moment, milliseconds since 1970 UTC: what is forgotten must not stand for a night.
    pub until_ms: i64,
}

/// A wall, and what it is to show from now on; `None`: it goes its own way again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnWall {
    /// Which wall: 1 to [`OnWall::WALLS`].
    pub wall: u8,
    /// What.
    pub shown: Option<Shown>,
}

/// The newest word on a wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownWall {
    /// It.
    pub on: OnWall,
    /// Events that its stream has had.
    pub stream_version: u64,
    /// Who sent it, or took it back.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl OnWall {
    /// Walls that can be named.
    pub const WALLS: u8 = 32;
    /// Longest that something stands, milliseconds.
    pub const LONGEST_MS: i64 = 12 * 3_600_000;
    /// Most cameras.
    pub const MOST_CAMERAS: usize = 4;
    /// Most groups of layers.
    pub const MOST_LAYERS: usize = 32;
    /// Most characters of a camera's id or a group's name.
    pub const LONGEST_NAME: usize = 128;
}
