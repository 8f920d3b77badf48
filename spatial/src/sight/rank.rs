//! Cameras for a place, best first.

use super::buildings::Buildings;
use super::defaults::{MAX_RADIUS_M, MOST_APPROACHES, TARGET_HEIGHT_M};
use super::pose::{Cameras, Pose};
use super::verdict::{Judged, Sees, judge};
use crate::feature::Fid;
use crate::position::Position;
use crate::still::Near;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The place.
    pub target: Position,
    /// How high above ground, metres.
    pub target_height_m: f64,
    /// Radius of the circle that the place is somewhere in, metres; 0 when it is certain.
    pub accuracy_m: f64,
    /// How many cameras at most.
    pub k: usize,
    /// How far cameras are looked for, metres; cut to [`MAX_RADIUS_M`]. The circle's radius is added.
    pub radius_m: f64,
    /// Places that lead there (ends of the streets…), looked at when nothing sees the place itself; at most
    /// [`MOST_APPROACHES`].
    pub approaches: &'a [Position],
}

impl Ask<'_> {
    /// Twenty cameras within 500 m of a certain place, a person's height, no approaches. (Rule R-CAMNEAR of the domain
    /// research suggests at most 8 within 500 m to a dispatcher; the rest is for who asks for more.)
    pub fn near(target: Position) -> Self {
        Self { target, target_height_m: TARGET_HEIGHT_M, accuracy_m: 0.0, k: 20, radius_m: 500.0, approaches: &[] }
    }
}

/// How many cameras within the radius say what. Those that do not answer are counted only as that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// See it now.
    pub yes: usize,
    /// See it after turning.
    pub after_turn: usize,
    /// Nobody knows.
    pub unknown: usize,
    /// A building stands between.
    pub blocked: usize,
    /// Look elsewhere or not so far.
    pub outside: usize,
    /// Do not answer.
    pub offline: usize,
}

/// An approach and the camera that sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Approach {
    /// Its place in the list that was asked with.
    pub approach: usize,
    /// The best camera that answers and sees it: soonest, then nearest to the approach.
    pub camera: Judged,
}

/// Cameras for a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// At most `k`, best first.
    pub items: Vec<Judged>,
    /// Of all within the radius.
    pub tally: Tally,
    /// No camera that answers, or may answer, sees the place or a part of its circle.
    pub none_sees: bool,
    /// When none sees the place: what sees its approaches, that nearest to the place first. An approach that nothing
    /// sees is not in it.
    pub approaches: Vec<Approach>,
}

/// Ranks the cameras that `accept` takes (by row). In this order:
///
/// 1. those that do not answer come last, after all others;
/// 2. sees the place (now or after turning), sees a part of its circle, nobody knows, blocked, outside;
/// 3. known to answer, then those of which nobody knows whether they answer;
/// 4. soonest in view, then nearest, then the smaller number.
///
/// ```
/// use spatial::sight::{Ask, Buildings, Cameras, rank};
/// use spatial::{Layer, Position, StillLayer};
/// let (cameras, buildings) = (StillLayer::build(Layer::Cameras, &[], |_| None), StillLayer::build(Layer::Buildings, &[], |_| None));
/// let place = Position::new(120.6555, 28.0150)?;
/// let ranked = rank(&Cameras::new(&cameras), &Buildings::new(&buildings), &Ask::near(place), |_| true);
/// assert!(ranked.none_sees && ranked.items.is_empty());
/// # Ok::<(), spatial::PositionError>(())
/// ```
pub fn rank(cameras: &Cameras<'_>, buildings: &Buildings<'_>, ask: &Ask<'_>, accept: impl Fn(usize) -> bool) -> Ranked {
    let found = around(cameras, buildings, ask, &accept);
    let mut tally = Tally::default();
    for key in &found {
        let count = match (key.offline, key.word) {
            (true, _) => &mut tally.offline,
            (false, Word::Yes) => &mut tally.yes,
            (false, Word::AfterTurn) => &mut tally.after_turn,
            (false, Word::Unknown) => &mut tally.unknown,
            (false, Word::Blocked) => &mut tally.blocked,
            (false, Word::Outside) => &mut tally.outside,
        };
        *count += 1;
    }
    let none_sees = !found.iter().any(|key| !key.offline && key.class < UNKNOWN);
    let approaches = if none_sees { approached(cameras, buildings, ask, &accept) } else { Vec::new() };
    let whole =
        |key: &Key| judge(cameras, key.row, buildings, ask.target, ask.target_height_m, ask.radius_of_circle_m());
    Ranked { items: found.iter().take(ask.k).map(whole).collect(), tally, none_sees, approaches }
}

impl Ask<'_> {
    fn radius_of_circle_m(&self) -> f64 {
        if self.accuracy_m.is_finite() { self.accuracy_m.clamp(0.0, MAX_RADIUS_M) } else { 0.0 }
    }
}

/// All within the radius, best first.
fn around(
    cameras: &Cameras<'_>,
    buildings: &Buildings<'_>,
    ask: &Ask<'_>,
    accept: &impl Fn(usize) -> bool,
) -> Vec<Key> {
    let accuracy_m = ask.radius_of_circle_m();
    let near = cameras.layer().within(ask.target, ask.radius_m.min(MAX_RADIUS_M) + accuracy_m, accept);
    let key = |near: Near| {
        let raw = cameras.raw(near.row);
        let far = |pose: Pose| near.distance_m > pose.range_m() + accuracy_m;
        // Most cameras are out of range: they need no plane, no buildings, no reasons.
        let (word, share, after_s) = match Pose::of(&raw) {
            Ok(pose) if far(pose) => (Word::Outside, false, 0.0),
            Ok(_) | Err(_) => {
                let judged = judge(cameras, near.row, buildings, ask.target, ask.target_height_m, accuracy_m);
                let part = judged.share.is_some_and(|share| share > 0.0);
                (Word::of(&judged.sees), part, judged.sees.after_s().unwrap_or(0.0))
            }
        };
        Key {
            offline: raw.online == Some(false),
            class: word.class(share),
            unsure: raw.online.is_none(),
            after_s,
            distance_m: near.distance_m,
            fid: cameras.layer().fid(near.row).unwrap_or(0),
            row: near.row,
            word,
        }
    };
    let mut keys: Vec<Key> = near.into_iter().map(key).collect();
    keys.sort_unstable_by(Key::compare);
    keys
}

/// For each approach the best camera that sees it and answers.
fn approached(
    cameras: &Cameras<'_>,
    buildings: &Buildings<'_>,
    ask: &Ask<'_>,
    accept: &impl Fn(usize) -> bool,
) -> Vec<Approach> {
    let best = |(approach, place): (usize, &Position)| {
        let ask = Ask { target: *place, accuracy_m: 0.0, approaches: &[], ..*ask };
        let best = around(cameras, buildings, &ask, accept).into_iter().next()?;
        let sees = !best.offline && best.class == SEES;
        sees.then(|| Approach {
            approach,
            camera: judge(cameras, best.row, buildings, *place, ask.target_height_m, 0.0),
        })
    };
    let places = ask.approaches.iter().take(MOST_APPROACHES).enumerate();
    let mut all: Vec<Approach> = places.filter_map(best).collect();
    let away = |a: &Approach| ask.approaches.get(a.approach).map_or(f64::INFINITY, |p| p.distance_m(&ask.target));
    all.sort_by(|a, b| away(a).total_cmp(&away(b)).then(a.approach.cmp(&b.approach)));
    all
}

/// The verdict without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Yes,
    AfterTurn,
    Blocked,
    Outside,
    Unknown,
}

/// What a camera is good for, best first.
const SEES: u8 = 0;
const SEES_A_PART: u8 = 1;
const UNKNOWN: u8 = 2;
const BLOCKED: u8 = 3;
const OUTSIDE: u8 = 4;

impl Word {
    fn of(sees: &Sees) -> Self {
        match sees {
            Sees::Yes => Self::Yes,
            Sees::AfterTurn(_) => Self::AfterTurn,
            Sees::Blocked(_) => Self::Blocked,
            Sees::Outside(_) => Self::Outside,
            Sees::Unknown(_) => Self::Unknown,
        }
    }

    fn class(self, part: bool) -> u8 {
        match self {
            Self::Yes | Self::AfterTurn => SEES,
            Self::Blocked | Self::Outside | Self::Unknown if part => SEES_A_PART,
            Self::Unknown => UNKNOWN,
            Self::Blocked => BLOCKED,
            Self::Outside => OUTSIDE,
        }
    }
}

/// What cameras are compared by, in this order; no number in it is not a number.
#[derive(Debug, Clone, Copy)]
struct Key {
    offline: bool,
    class: u8,
    unsure: bool,
    after_s: f64,
    distance_m: f64,
    fid: Fid,
    row: usize,
    word: Word,
}

impl Key {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let groups = |key: &Self| (key.offline, key.class, key.unsure);
        groups(self)
            .cmp(&groups(other))
            .then(self.after_s.total_cmp(&other.after_s))
            .then(self.distance_m.total_cmp(&other.distance_m))
            .then((self.fid, self.row).cmp(&(other.fid, other.row)))
    }
}
