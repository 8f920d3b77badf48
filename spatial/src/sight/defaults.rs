//! What is assumed where a source is silent. Every use of one of these is said in the reasons of the answer.
//!
//! Ranges, openings and heights of cameras: the middle of the bands that the seeded city draws from
//! (`fixtures/src/cameras.rs`: street cameras 45–120 m, 60–110°, 3.5–8 m; domes 30–50 m, all around). At 80 m a fixed
//! camera of 1920 pixels and 85° has 13 pixels a metre, just above the 12.5 of "monitor" in IEC 62676-4:2014.
//! A camera that zooms is given 200 m: scenario S18 of the research counts on one that sees at 180 m.

use crate::noun::CameraKind;

/// What is assumed of a camera of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// Opening of the view, degrees.
    pub angle_deg: f64,
    /// How far a person can be made out, metres.
    pub range_m: f64,
    /// Height of the lens above ground, metres.
    pub height_m: f64,
}

/// A camera that looks one way; also one whose kind is not known.
pub const FIXED: Defaults = Defaults { angle_deg: 85.0, range_m: 80.0, height_m: 6.0 };
/// A camera that turns and zooms.
pub const PTZ: Defaults = Defaults { angle_deg: 65.0, range_m: 200.0, height_m: 8.0 };
/// A dome that looks all around.
pub const DOME: Defaults = Defaults { angle_deg: 360.0, range_m: 40.0, height_m: 4.0 };

/// What is assumed of a camera of that kind.
pub fn defaults_of(kind: CameraKind) -> Defaults {
    match kind {
        CameraKind::Fixed => FIXED,
        CameraKind::Ptz => PTZ,
        CameraKind::Dome => DOME,
    }
}

/// How fast a camera turns to a called direction, degrees a second. Ours, on the slow side: the preset speeds of one
/// maker's manual (Interlogix `UltraView` PTZ 36X, table 8) go from 0.3 past 70 in 40 levels, 60 being level 19.
pub const PTZ_TURN_DEG_PER_S: f64 = 60.0;
/// Time from the order until a turned camera shows a sharp picture, beside the turning itself, seconds. Ours.
pub const PTZ_SETTLE_S: f64 = 1.0;
/// Pixels across a picture where the registry does not say: 1080p.
pub const HORIZONTAL_PIXELS: f64 = 1_920.0;
/// Height above ground that must be seen, metres: the chest of a person who stands.
pub const TARGET_HEIGHT_M: f64 = 1.5;
/// A camera, or a place looked for, that is no farther from a wall than this is taken to be at that wall, metres.
pub const MOUNT_M: f64 = 0.5;
/// The farthest that cameras are looked for around a place, metres. A larger radius is cut to this.
pub const MAX_RADIUS_M: f64 = 2_000.0;
/// Most approaches that are looked at when nothing sees the place itself; more are left out.
pub const MOST_APPROACHES: usize = 16;

/// A storey, metres: as in the import of `OpenStreetMap`.
pub(super) const STOREY_M: f64 = 3.0;
/// A building of no known height, storeys and kind, metres: three storeys.
pub(super) const BUILDING_M: f64 = 9.0;

/// Height of a building by its kind, metres. The words are values of OSM's `building=*` and those of the seeded city; the
/// numbers are ours, whole storeys that are usual for the kind.
pub(super) fn building_m(kind: &str) -> Option<f64> {
    Some(match kind {
        "kiosk" | "shed" | "hut" | "garage" | "garages" | "carport" | "roof" | "cabin" | "booth" | "toilets"
        | "greenhouse" | "service" | "container" => 3.0,
        "house" | "detached" | "terrace" | "semidetached_house" | "bungalow" | "farm" | "mixed" => 9.0,
        "industrial" | "warehouse" | "factory" | "retail" | "supermarket" | "market" => 8.0,
        "school" | "kindergarten" | "public" | "civic" | "commercial" => 12.0,
        "apartments" | "residential" | "dormitory" => 18.0,
        "office" | "hotel" | "hospital" | "university" => 24.0,
        _ => return None,
    })
}
