//! Cameras for a place, best first.

use super::buildings::Buildings;
use super::defaults::{MAX_RADIUS_M, MOST_APPROACHES, TARGET_HEIGHT_M};
use super::pose::Cameras;
use super::verdict::{Judged, Sees, judge};
use crate::feature::Fid;
use crate::position::Position;

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
    let mut items = around(cameras, buildings, ask, &accept);
    let mut tally = Tally::default();
    for judged in &items {
        let count = match (judged.online, &judged.sees) {
            (Some(false), _) => &mut tally.offline,
            (_, Sees::Yes) => &mut tally.yes,
            (_, Sees::AfterTurn(_)) => &mut tally.after_turn,
            (_, Sees::Unknown(_)) => &mut tally.unknown,
            (_, Sees::Blocked(_)) => &mut tally.blocked,
            (_, Sees::Outside(_)) => &mut tally.outside,
        };
        *count += 1;
    }
    let none_sees = !items.iter().any(|judged| judged.online != Some(false) && class(judged) < 2);
    let approaches = if none_sees { approached(cameras, buildings, ask, &accept) } else { Vec::new() };
    items.truncate(ask.k);
    Ranked { items, tally, none_sees, approaches }
}

/// All within the radius, best first.
fn around(
    cameras: &Cameras<'_>,
    buildings: &Buildings<'_>,
    ask: &Ask<'_>,
    accept: &impl Fn(usize) -> bool,
) -> Vec<Judged> {
    let accuracy_m = if ask.accuracy_m.is_finite() { ask.accuracy_m.clamp(0.0, MAX_RADIUS_M) } else { 0.0 };
    let near = cameras.layer().within(ask.target, ask.radius_m.min(MAX_RADIUS_M) + accuracy_m, accept);
    let judged = |row| judge(cameras, row, buildings, ask.target, ask.target_height_m, accuracy_m);
    let mut items: Vec<Judged> = near.into_iter().map(|near| judged(near.row)).collect();
    items.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal));
    items
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
        let camera = around(cameras, buildings, &ask, accept).into_iter().next()?;
        (camera.online != Some(false) && class(&camera) == 0).then_some(Approach { approach, camera })
    };
    let places = ask.approaches.iter().take(MOST_APPROACHES).enumerate();
    let mut all: Vec<Approach> = places.filter_map(best).collect();
    let away = |a: &Approach| ask.approaches.get(a.approach).map_or(f64::INFINITY, |p| p.distance_m(&ask.target));
    all.sort_by(|a, b| away(a).total_cmp(&away(b)).then(a.approach.cmp(&b.approach)));
    all
}

/// What a camera is good for, best first.
fn class(judged: &Judged) -> u8 {
    match &judged.sees {
        Sees::Yes | Sees::AfterTurn(_) => 0,
        _ if judged.share.is_some_and(|share| share > 0.0) => 1,
        Sees::Unknown(_) => 2,
        Sees::Blocked(_) => 3,
        Sees::Outside(_) => 4,
    }
}

/// What is compared: nothing in it is not a number.
fn order(judged: &Judged) -> (bool, u8, bool, f64, f64, Fid) {
    let after_s = judged.sees.after_s().unwrap_or(0.0);
    let offline = judged.online == Some(false);
    (offline, class(judged), judged.online.is_none(), after_s, judged.distance_m, judged.fid)
}
