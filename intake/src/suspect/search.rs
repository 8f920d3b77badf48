//! One way for all points, found by trying: for a file that lies beside what it belongs to and no conversion says why.

use spatial::Position;

use super::shift::{DEGREE_M, Nearest, TURNS, median, signs};

/// Ways that are tried reach so far, metres.
const REACH_M: f64 = 800.0;
/// Between two ways of the first round, metres: at most 11 m from any way, about half a building.
const STEP_M: f64 = 16.0;
/// Beyond this a point has nothing near, metres; it costs no more.
pub(super) const LOST_M: f64 = 40.0;
/// Points of the first round, and of the rounds that come closer. With some 8,000 ways at most 400,000 questions.
const FIRST: usize = 48;
const CLOSER_BY: usize = 120;
/// Ways that are followed after the first round.
const FOLLOWED: usize = 12;
/// Ways whose ends are nearer than this are one, metres.
const ONE_WAY_M: f64 = 3.0 * STEP_M;
/// A way stands alone when all others leave more than this many times what it leaves…
const ALONE: f64 = 1.5;
/// …or this, metres: below it are the errors of drawing.
const NEAR_M: f64 = 2.0;

/// A way (metres east and north) that brings points to what is nearest to them, and what is left after it.
pub(super) struct Found {
    pub(super) east: f64,
    pub(super) north: f64,
    /// Median distance that is left, metres, of points that had no part in the search.
    pub(super) left: f64,
    /// The same of where they lie.
    pub(super) typical: f64,
    /// The least by which it brings those points nearer than ways as long in the other directions, in standard deviations.
    pub(super) only_there: f64,
    /// No other way brings points about as near: in a town of equal blocks a way of one block less does.
    pub(super) alone: bool,
}

/// The best way within 800 m; `None` when too few points are there to search with some and judge by others.
pub(super) fn search(points: &[Position], nearest: &mut Nearest<'_>) -> Option<Found> {
    let (some, others): (Vec<_>, Vec<_>) = points.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    if others.len() < super::LEAST_POINTS {
        return None;
    }
    let mut tried = Vec::new();
    let first = spread(&some, FIRST);
    let steps = (REACH_M / STEP_M).floor();
    let mut north = -steps;
    while north <= steps {
        let mut east = -steps;
        while east <= steps {
            let way = (east * STEP_M, north * STEP_M);
            if way.0.hypot(way.1) <= REACH_M {
                let most = tried.get(FOLLOWED - 1).map_or(f64::INFINITY, |tried: &Tried| tried.0);
                let cost = cost(&first, way, most, nearest);
                if cost < most {
                    keep(&mut tried, (cost, way));
                }
            }
            east += 1.0;
        }
        north += 1.0;
    }
    let more = spread(&some, CLOSER_BY);
    let mut followed: Vec<Tried> = tried.into_iter().map(|(_, way)| follow(&more, way, nearest)).collect();
    followed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (least, (east, north)) = *followed.first()?;
    let apart = |(_, (x, y)): &&Tried| (x - east).hypot(y - north) > ONE_WAY_M;
    #[expect(clippy::cast_precision_loss, reason = "some hundred points")]
    let near = NEAR_M * more.len() as f64;
    let alone = followed.iter().find(apart).is_none_or(|(cost, _)| *cost > ALONE * least.max(near));
    let mut away = |way| -> Vec<f64> { others.iter().map(|(at, point)| distance(*at, point, way, nearest)).collect() };
    let after = away((east, north));
    let turned = TURNS.map(|(cos, sin)| signs(&away((east * cos - north * sin, east * sin + north * cos)), &after));
    let only_there = turned.into_iter().fold(f64::INFINITY, f64::min);
    let typical = median(away((0.0, 0.0)).into_iter());
    Some(Found { east, north, left: median(after.into_iter()), typical, only_there, alone })
}

/// What a way costs (metres of all points together), and the way.
type Tried = (f64, (f64, f64));

/// Keeps the best ways in order, and of those that are one the best.
fn keep(tried: &mut Vec<Tried>, (cost, (east, north)): Tried) {
    let one = |(_, (x, y)): &Tried| (x - east).hypot(y - north) <= ONE_WAY_M;
    if tried.iter().any(|other| one(other) && other.0 <= cost) {
        return;
    }
    tried.retain(|other| !one(other));
    let at = tried.partition_point(|(other, _)| *other <= cost);
    tried.insert(at, (cost, (east, north)));
    tried.truncate(FOLLOWED);
}

/// Goes on from a way as long as one beside it costs less.
fn follow(points: &[(usize, &Position)], way: (f64, f64), nearest: &mut Nearest<'_>) -> Tried {
    let mut here = (cost(points, way, f64::INFINITY, nearest), way);
    for step in [STEP_M / 2.0, STEP_M / 4.0, STEP_M / 8.0, STEP_M / 16.0] {
        let (_, (east, north)) = here;
        for (x, y) in
            [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]
        {
            let beside = (east + x * step, north + y * step);
            let cost = cost(points, beside, here.0, nearest);
            if cost < here.0 {
                here = (cost, beside);
            }
        }
    }
    here
}

/// Some of the points, evenly spread.
fn spread<'p>(points: &[(usize, &'p Position)], most: usize) -> Vec<(usize, &'p Position)> {
    points.iter().step_by(points.len().div_ceil(most).max(1)).copied().collect()
}

/// What all points are away from what is nearest after a way, metres; as soon as it is `most`, no more is asked.
fn cost(points: &[(usize, &Position)], way: (f64, f64), most: f64, nearest: &mut Nearest<'_>) -> f64 {
    let mut sum = 0.0;
    for (at, point) in points {
        sum += distance(*at, point, way, nearest).min(LOST_M);
        if sum >= most {
            break;
        }
    }
    sum
}

fn distance(at: usize, point: &Position, (east, north): (f64, f64), nearest: &mut Nearest<'_>) -> f64 {
    let lon = point.lon() + east / (DEGREE_M * point.lat().to_radians().cos());
    let Ok(there) = Position::new(lon, point.lat() + north / DEGREE_M) else { return f64::INFINITY };
    nearest(at, there).map_or(f64::INFINITY, |found| found.distance_m(&there))
}
