//! Demand on the roads, and how soon units are there.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use patrol::{Demand, LIMITS_S, Times};
use spatial::Position;
use spatial::roads::{Closure, Overlay, Place, Profile, Sense, Targets};

use super::CoverageAsked;
use super::standing::Standing;
use crate::app::App;
use crate::app::network::Network;

/// Farther from any road than this a point is not reached by road, metres.
pub(in crate::app) const OFF_ROAD_M: f64 = 1_000.0;

/// Demand on the roads.
pub(super) struct Cover<'a> {
    pub(super) app: &'a App,
    pub(super) network: &'a Network,
    pub(super) demand: &'a Demand,
    /// The points' places, for each profile that somebody has asked for.
    places: [OnceCell<Vec<Option<Place>>>; Profile::ALL.len()],
    now_ms: i64,
}

impl<'a> Cover<'a> {
    pub(super) fn new(app: &'a App, network: &'a Network, demand: &'a Demand, now_ms: i64) -> Self {
        Self { app, network, demand, places: Default::default(), now_ms }
    }

    /// Where the points are on the roads of a profile.
    pub(super) fn places(&self, profile: Profile) -> &[Option<Place>] {
        let [foot, car, emergency] = &self.places;
        let held = match profile {
            Profile::Foot => foot,
            Profile::Car => car,
            Profile::Emergency => emergency,
        };
        held.get_or_init(|| self.demand.points().iter().map(|at| self.on_road(profile, *at)).collect())
    }

    /// Points that lie near no road of any profile that was asked for.
    pub(super) fn off_road(&self) -> usize {
        let asked: Vec<&Vec<Option<Place>>> = self.places.iter().filter_map(OnceCell::get).collect();
        let off = |point: usize| asked.iter().all(|places| places.get(point).copied().flatten().is_none());
        if asked.is_empty() { 0 } else { (0..self.demand.points().len()).filter(|point| off(*point)).count() }
    }

    /// For each unit the points at which it is first, within the longest limit: what coverage asks for.
    pub(super) fn times(&self, standing: &[Standing], closed: &[Closure]) -> Times {
        // One search for all that move alike: by profile, and by how much faster than it, which is more than 0, so that the
        // bits sort as the numbers do.
        let mut alike: BTreeMap<(&str, u64), Vec<usize>> = BTreeMap::new();
        for (at, unit) in standing.iter().enumerate() {
            alike.entry((unit.profile.word(), unit.faster.to_bits())).or_default().push(at);
        }
        let mut soonest: Vec<Option<(u32, usize)>> = vec![None; self.demand.points().len()];
        for group in alike.into_values() {
            let Some(Standing { profile, faster, .. }) = group.first().and_then(|at| standing.get(*at)) else {
                continue;
            };
            let overlay = self.overlay(*profile, closed);
            let roads = self.network.roads(*profile, overlay.as_ref());
            let stand = |at: &usize| standing.get(*at).and_then(|unit| self.on_road(*profile, unit.position));
            let starts: Vec<Option<Place>> = group.iter().map(stand).collect();
            let targets = Targets::new(roads, self.places(*profile).to_vec(), Sense::Away);
            let within_s = f64::from(longest()) * faster;
            let first = self.app.ways.search(|space| space.first(roads, &starts, &targets, within_s));
            for (held, first) in soonest.iter_mut().zip(first) {
                let Some(first) = first else { continue };
                let Some(at) = group.get(first.start as usize) else { continue };
                let seconds = seconds(first.time_s / faster);
                if held.is_none_or(|(least, _)| seconds < least) {
                    *held = Some((seconds, *at));
                }
            }
        }
        let mut lists: Vec<Vec<(u32, u32)>> = vec![Vec::new(); standing.len()];
        for (point, first) in (0..).zip(soonest) {
            if let Some((seconds, at)) = first
                && let Some(list) = lists.get_mut(at)
            {
                list.push((point, seconds));
            }
        }
        let mut times = Times::new();
        for (unit, list) in standing.iter().zip(lists) {
            times.push(&unit.unit, list);
        }
        times
    }

    pub(super) fn overlay(&self, profile: Profile, closed: &[Closure]) -> Option<Arc<Overlay>> {
        self.network.overlay_with(&self.app.ops.desk(), profile, self.now_ms, closed)
    }

    /// The units of a what-if that would stand near no road that they move on.
    pub(super) fn off_road_of(&self, standing: &[Standing], asked: &CoverageAsked) -> Vec<String> {
        let of = |unit: &str| standing.iter().find(|standing| standing.unit == unit);
        let off = |unit: &&Standing| self.on_road(unit.profile, unit.position).is_none();
        let stands = asked.stands.iter().filter_map(|stand| of(&stand.unit));
        stands.filter(off).map(|unit| unit.unit.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(super) fn on_road(&self, profile: Profile, at: Position) -> Option<Place> {
        self.network.settled(profile, at, OFF_ROAD_M).ok().map(|(place, _)| place)
    }
}

fn longest() -> u32 {
    let [_, _, eight] = LIMITS_S;
    eight
}

/// Whole seconds, rounded up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the longest limit")]
pub(in crate::app) fn seconds(time_s: f64) -> u32 {
    time_s.max(0.0).ceil() as u32
}
