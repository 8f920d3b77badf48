//! One camera and one place: does it see it, and if not, why not.

use super::aim::{Aim, aim, pixels_per_m, turn_s};
use super::buildings::{Buildings, Footprint, HeightFrom};
use super::disc;
use super::line::Line;
use super::plane::{Flat, Plane, bearing_deg, length, minus};
use super::pose::{Cameras, Gap, Pose};
use super::reason::Reason;
use crate::feature::Fid;
use crate::mercator::World;
use crate::position::Position;

/// A line longer than this is looked up in pieces, world units (some 190 m in Wenzhou), so that a long slanting one does
/// not drag in a whole quarter.
const PIECE: f64 = 24_000.0;

/// A building in the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocker {
    /// Its row in the layer of buildings.
    pub row: usize,
    /// Its number.
    pub fid: Fid,
    /// Its height, metres.
    pub height_m: f64,
    /// Where the height comes from.
    pub from: HeightFrom,
    /// How far from the camera the line of sight enters it, metres.
    pub at_m: f64,
}

/// Why a place is outside of what a camera looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// It is farther than the camera's range, metres.
    Range(f64),
    /// It is so many degrees past the edge of the view.
    Angle(f64),
}

/// Whether a camera sees a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Sees {
    /// Yes, as it looks now.
    Yes,
    /// Yes, after turning for so many seconds.
    AfterTurn(f64),
    /// No: a building stands between. A camera that would have to turn as well is blocked all the same.
    Blocked(Blocker),
    /// No: it does not look there.
    Outside(Limit),
    /// Nobody knows, and what is missing.
    Unknown(Vec<Gap>),
}

impl Sees {
    /// The word of the contract.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::AfterTurn(_) => "after_turn",
            Self::Blocked(_) => "blocked",
            Self::Outside(_) => "outside",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Seconds until the place is in view; `None` when it will not be, or nobody knows.
    pub fn after_s(&self) -> Option<f64> {
        match self {
            Self::Yes => Some(0.0),
            Self::AfterTurn(seconds) => Some(*seconds),
            Self::Blocked(_) | Self::Outside(_) | Self::Unknown(_) => None,
        }
    }
}

/// What is said of one camera and one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The camera's row.
    pub row: usize,
    /// The camera's number.
    pub fid: Fid,
    /// Great-circle distance along the ground, metres.
    pub distance_m: f64,
    /// Direction from the camera on the map, degrees clockwise from north; `None` right below it.
    pub bearing_deg: Option<f64>,
    /// Whether it sees the place.
    pub sees: Sees,
    /// Pixels a metre at the place, when it can be seen: 1920 across, no zoom.
    pub pixels_per_m: Option<f64>,
    /// How much of the circle of an uncertain place can be seen, 0 to 1, turning included; `None` for a certain place.
    pub share: Option<f64>,
    /// Whether it answers; `None` when nobody knows.
    pub online: Option<bool>,
    /// Its pose, if it is known.
    pub pose: Option<Pose>,
    /// The building that the camera is registered in, well behind its walls: it is taken to hang outside.
    pub mounted_in: Option<Fid>,
    /// The building that the place is in, well behind its walls: seen is the building from outside.
    pub target_in: Option<Fid>,
}

impl Judged {
    /// Why, in a fixed order: the verdict, what limits it, what is assumed.
    pub fn reasons(&self, buildings: &Buildings<'_>) -> Vec<Reason> {
        Reason::of(self, buildings)
    }
}

/// Judges one camera and one place. `target_height_m` is metres above ground (usually [`super::TARGET_HEIGHT_M`]),
/// `accuracy_m` the radius of the circle that the place is somewhere in (0 for a certain place).
///
/// The verdict is about the middle of the circle; `share` says how much of the circle can be seen.
pub fn judge(
    cameras: &Cameras<'_>,
    row: usize,
    buildings: &Buildings<'_>,
    target: Position,
    target_height_m: f64,
    accuracy_m: f64,
) -> Judged {
    let place = cameras.layer().position(row);
    let mut judged = Judged {
        row,
        fid: cameras.layer().fid(row).unwrap_or(0),
        distance_m: place.map_or(f64::INFINITY, |at| at.distance_m(&target)),
        bearing_deg: None,
        sees: Sees::Unknown(Vec::new()),
        pixels_per_m: None,
        share: None,
        online: cameras.raw(row).online,
        pose: None,
        mounted_in: None,
        target_in: None,
    };
    let pose = match cameras.pose(row) {
        Ok(pose) => pose,
        Err(gaps) => return Judged { sees: Sees::Unknown(gaps), ..judged },
    };
    judged.pose = Some(pose);
    let look = Look::new(&pose, target, target_height_m);
    judged.bearing_deg = look.bearing_deg;
    if accuracy_m > 0.0 && judged.distance_m <= pose.range_m() + accuracy_m {
        judged.share = Some(disc::share(&pose, buildings, target, target_height_m, accuracy_m));
    } else if accuracy_m > 0.0 {
        judged.share = Some(0.0);
    }
    let aimed = if judged.distance_m > pose.range_m() {
        Err(Limit::Range(pose.range_m()))
    } else {
        match aim(&pose, look.bearing_deg) {
            Aim::Off(past) => Err(Limit::Angle(past)),
            Aim::Now => Ok(None),
            Aim::Turn(deg) => Ok(Some(turn_s(deg))),
        }
    };
    let turn = match aimed {
        Ok(turn) => turn,
        Err(limit) => return Judged { sees: Sees::Outside(limit), ..judged },
    };
    let footprints = look.on_the_way(buildings);
    let met = look.line.meets(&footprints);
    let fid = |at: Option<usize>| at.and_then(|at| footprints.get(at)).map(|f| f.fid);
    (judged.mounted_in, judged.target_in) = (fid(met.mounted_in), fid(met.target_in));
    judged.pixels_per_m = Some(pixels_per_m(&pose, judged.distance_m, target_height_m));
    judged.sees = match (met.block.and_then(|(at, share)| Some((footprints.get(at)?, share))), turn) {
        (Some((by, share)), _) => Sees::Blocked(Blocker {
            row: by.row,
            fid: by.fid,
            height_m: by.height_m,
            from: by.from,
            at_m: share * judged.distance_m,
        }),
        (None, None) => Sees::Yes,
        (None, Some(seconds)) => Sees::AfterTurn(seconds),
    };
    if judged.sees.after_s().is_none() {
        judged.pixels_per_m = None;
    }
    judged
}

/// A camera that looks at a place: the line of sight on the camera's plane.
struct Look {
    plane: Plane,
    line: Line,
    bearing_deg: Option<f64>,
}

impl Look {
    fn new(pose: &Pose, target: Position, target_height_m: f64) -> Self {
        let plane = Plane::at(pose.at());
        let to = plane.flat(World::of(target));
        let line = Line::new((0.0, 0.0), to, (pose.height_m(), target_height_m), plane.unit_m);
        let somewhere = to.0 != 0.0 || to.1 != 0.0;
        Self { plane, line, bearing_deg: somewhere.then(|| bearing_deg(to)) }
    }

    /// Footprints in boxes along the line.
    fn on_the_way(&self, buildings: &Buildings<'_>) -> Vec<Footprint> {
        let along = minus(self.line.to, self.line.from);
        let pieces = (length(along) / PIECE).ceil().clamp(1.0, 4_096.0);
        let at = |part: f64| -> Flat { (along.0 * part / pieces, along.1 * part / pieces) };
        let mut boxes = Vec::new();
        let mut part = 0.0;
        while part < pieces {
            let (a, b) = (at(part), at(part + 1.0));
            boxes.extend(self.plane.boxes((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1))));
            part += 1.0;
        }
        buildings.near(&self.plane, &boxes)
    }
}
