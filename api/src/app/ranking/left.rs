//! What a choice leaves uncovered, and who could move up: from the last picture of who stands by.

use std::collections::{BTreeMap, BTreeSet};

use dispatch::recommend::{Cover, Leaves, Post, Recommendation, Row, Service};
use dispatch::{Availability, Desk};
use geo::MultiPolygon;
use spatial::Position;
use spatial::roads::{Bound, Profile};

use crate::app::App;
use crate::app::standby::{Picture, Stand};
use crate::auth::{Caller, Scope};

/// Rows that are told what they would leave.
const ROWS: usize = 20;
/// Points of demand that are tried as posts, those that lose most.
const POINTS: usize = 2;
/// Posts that stand for each other lie within so many metres.
const APART_M: f64 = 1_000.0;
/// Units that are tried for a post, the nearest by road.
const MOVERS: usize = 20;
/// Of so many: some are out of sight, or free no longer.
const LOOKED_AT: usize = 4 * MOVERS;
/// Nobody moves up for longer, seconds.
const LONGEST_MOVE_S: f64 = 900.0;
/// Farther from any road than this is no post, metres.
const OFF_ROAD_M: f64 = 1_000.0;

/// The cells that a gap is drawn as are at most so many, those that lose most.
const CELLS: usize = 1_000;

/// What a map shows of what a choice leaves.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// When the units stood so, milliseconds since 1970 UTC.
    pub(super) of_ms: Option<i64>,
    /// Where calls of the caller's part of the city are that nobody reaches in time once those proposed are gone: cells,
    /// joined, WGS84 degrees. Services that lose nothing are not in it.
    pub(super) areas: BTreeMap<Service, MultiPolygon<f64>>,
}

impl App {
    /// Adds what it leaves to a recommendation, counted in the caller's part of the city. Nothing is added as long as there
    /// is no picture.
    pub(super) fn with_left(
        &self,
        caller: &Caller,
        desk: &Desk,
        mut recommendation: Recommendation,
    ) -> (Recommendation, Left) {
        let mut left = Left::default();
        let (Some(picture), Some(target_s)) = (self.standby.picture(), recommendation.target_s) else {
            return (recommendation, left);
        };
        left.of_ms = Some(picture.of_ms);
        let ranked = recommendation.rows.iter().filter(|row| row.rank.is_some());
        let services: BTreeSet<Service> = ranked.filter_map(|row| Service::of(row.candidate.kind)).collect();
        for stand in services.into_iter().filter_map(|service| picture.stand(service)) {
            let weights = stand.weights(&caller.scope);
            let cover = Cover::new(stand.service, &weights, stand.free(self), target_s);
            let name = |leaves: Leaves| leaves.named(|point| stand.shares(point, &caller.scope));
            recommendation = recommendation.with_leaves(&cover, ROWS, name);
            let posts = Posts { app: self, caller, desk, picture: &picture, stand, weights: &weights, target_s };
            let lost = posts.lost(&cover, &recommendation);
            if !lost.is_empty() {
                left.areas.insert(stand.service, stand.area(lost.get(..CELLS).unwrap_or(&lost)));
            }
            let moves = posts.move_up(&cover, &recommendation, lost);
            recommendation.move_ups.extend(moves);
        }
        (recommendation, left)
    }
}

/// Where one service could mend what a choice leaves.
struct Posts<'a> {
    app: &'a App,
    caller: &'a Caller,
    desk: &'a Desk,
    picture: &'a Picture,
    stand: &'a Stand,
    weights: &'a [u32],
    target_s: u32,
}

impl Posts<'_> {
    /// The points of the caller's part of the city that those proposed leave, those that lose most first.
    fn lost(&self, cover: &Cover<'_>, recommendation: &Recommendation) -> Vec<u32> {
        let weight = |point: &u32| self.weights.get(*point as usize).copied().unwrap_or_default();
        let mut points = cover.leaves(&recommendation.picks_of(self.stand.service)).points;
        points.retain(|point| weight(point) > 0);
        points.sort_by_key(|point| (std::cmp::Reverse(weight(point)), *point));
        points
    }

    /// The best move, where points are lost and a move mends some of them.
    fn move_up(
        &self,
        cover: &Cover<'_>,
        recommendation: &Recommendation,
        lost: Vec<u32>,
    ) -> Option<dispatch::recommend::MoveUp> {
        if lost.is_empty() {
            return None;
        }
        let chosen = recommendation.picks_of(self.stand.service);
        let picks = recommendation.picks().filter(|row| chosen.contains(&row.candidate.unit.as_str()));
        let mut posts: Vec<Post> = picks.filter_map(|row| self.left_by(row)).collect();
        for point in lost {
            let Some(at) = self.stand.point(point) else { continue };
            let near = |post: &Post| post.at.is_some_and(|other| other.distance_m(&at) < APART_M);
            if posts.iter().any(near) {
                continue;
            }
            let name = self.stand.shares(point, &Scope::new(["*"]).unwrap_or_default());
            let name = name.into_iter().max_by_key(|(_, weight)| *weight).map_or("?", |(name, _)| name);
            posts.extend(self.post(name.to_owned(), at));
            if posts.len() >= chosen.len() + POINTS {
                break;
            }
        }
        cover.move_ups(&chosen, &posts, 1).pop()
    }

    /// The place that a proposed unit leaves.
    fn left_by(&self, row: &Row) -> Option<Post> {
        self.post(row.candidate.call_sign.clone(), row.candidate.seen.position?)
    }

    /// A place as a post: what is reached from there, and who could be there soon.
    fn post(&self, post: String, at: Position) -> Option<Post> {
        let network = &self.picture.network;
        let (place, _) = network.settled(Profile::Emergency, at, OFF_ROAD_M).ok()?;
        let overlay = network.overlay(self.desk, Profile::Emergency, crate::app::now_ms());
        let roads = network.roads(Profile::Emergency, overlay.as_ref());
        let points = self.stand.point_targets();
        let movers = &self.stand.mover_targets;
        let (reached, near) = self.app.ways.search(|space| {
            let bound = Bound::time(points.len(), f64::from(self.target_s));
            let reached: Vec<(u32, u32)> = space
                .nearest(roads, place, points, bound)
                .iter()
                .map(|found| (found.target, seconds(found.time_s)))
                .collect();
            let bound = Bound::time(LOOKED_AT, LONGEST_MOVE_S);
            (reached, space.nearest(roads, place, movers, bound).to_vec())
        });
        let still = self.app.world.still();
        let from = self.app.world.moving(|moving| {
            let free = |slot: u32| moving.unit(slot).is_some_and(|known| known.availability == Availability::Free);
            let may = |slot: u32| free(slot) && self.app.sees_unit(self.caller, moving, slot, &still);
            let movers = near.iter().filter_map(|found| Some((self.stand.mover(found.target)?, found.time_s)));
            let movers = movers.filter(|((slot, _), _)| may(*slot));
            movers.map(|((_, unit), time_s)| (unit.to_owned(), seconds(time_s))).take(MOVERS).collect()
        });
        Some(Post { post, at: Some(at), reached, from })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some minutes")]
fn seconds(time_s: f64) -> u32 {
    time_s.max(0.0).ceil() as u32
}
