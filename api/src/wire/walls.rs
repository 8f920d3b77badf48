//! Walls and what stands on them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::{TrendHour, WallScene, rfc3339};

/// Where a wall looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WallView {
    /// Longitude of its middle, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// 0 to 22, in tiles of 512 pixels.
    pub zoom: f64,
}

/// What a wall is to show.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SceneAsk {
    /// Where it looks.
    pub view: WallView,
    /// The incident that it is about: when it ends, the scene does.
    #[serde(default)]
    pub incident: Option<String>,
    /// Ids of cameras whose pictures are wanted, at most 4; those that see the incident best when left out.
    #[serde(default)]
    pub cameras: Vec<String>,
    /// Groups of layers that are drawn, at most 32; as the wall has them when left out.
    #[serde(default)]
    pub layers: Option<Vec<String>>,
    /// How long it stands at most, seconds: 60 to 43,200; 1,800 when left out.
    #[serde(default)]
    pub for_s: Option<i64>,
}

/// What stands on a wall.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SceneBody {
    /// Which wall.
    pub wall: String,
    /// Where it looks.
    pub view: WallView,
    /// The incident that it is about, if the reader may see it.
    pub incident: Option<String>,
    /// Cameras whose pictures are wanted.
    pub cameras: Vec<String>,
    /// Groups of layers that are drawn; null: as the wall has them.
    pub layers: Option<Vec<String>>,
    /// Who sent it.
    pub by: String,
    /// When.
    pub at: String,
    /// Until when at the latest.
    pub until: String,
}

/// A wall.
#[derive(Debug, Serialize, ToSchema)]
pub struct WallBody {
    /// `1` to `32`.
    pub wall: String,
    /// How many of its screens are connected to the server that was asked; another server of the same database knows its own.
    pub connected: u32,
    /// What a desk has put on it; null: it goes its own way.
    pub scene: Option<SceneBody>,
}

/// Walls that are connected, or on which something stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct WallList {
    /// By number.
    pub walls: Vec<WallBody>,
}

impl SceneBody {
    /// As somebody sees it.
    pub fn of(scene: WallScene) -> Self {
        let WallScene { wall, shown, by, at_ms } = scene;
        Self {
            wall: wall.to_string(),
            view: WallView { lon: shown.lon, lat: shown.lat, zoom: shown.zoom },
            incident: shown.incident,
            cameras: shown.cameras,
            layers: shown.layers,
            by,
            at: rfc3339(at_ms),
            until: rfc3339(shown.until_ms),
        }
    }
}

/// An hour of the city's clock.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendHourBody {
    /// When it began.
    pub from: String,
    /// How many were reported in it; the last hour is not over yet.
    pub reported: u32,
    /// `[low, high]`: where three of five of the last 28 days lie at that hour; null when fewer than 14 days are known.
    pub usual: Option<[u32; 2]>,
}

/// Reported incidents of the last 24 hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendBody {
    /// The oldest first.
    pub hours: Vec<TrendHourBody>,
}

impl TrendBody {
    /// As it is told.
    pub fn of(hours: &[TrendHour]) -> Self {
        let hour = |one: &TrendHour| TrendHourBody {
            from: rfc3339(one.from_ms),
            reported: one.reported,
            usual: one.usual.map(|(low, high)| [low, high]),
        };
        Self { hours: hours.iter().map(hour).collect() }
    }
}
