//! One picture: demand gathered by service, units as they stand, and who is first where.

use std::collections::BTreeMap;
use std::sync::Arc;

use dispatch::Duty;
use dispatch::recommend::{FreeUnit, Plans, Service};
use patrol::{Call, Demand, Reported};
use spatial::codes::{Division, DivisionLevel};
use spatial::roads::{Firsts, Place, Profile, Roads, Sense, Targets};

use super::voids::WITHIN_S;
use super::{Demanded, Picture, Ready, Stand};
use crate::app::App;
use crate::app::coverage::{OFF_ROAD_M, Report, named, seconds, township};
use crate::app::network::Network;
use crate::app::ranking::{Mode, mode};

/// Calls closer than this are one point, metres: half a minute's drive.
pub(super) const CELL_M: f64 = 400.0;
/// Units that are kept at a point. A choice of fewer units of one service is judged exactly; a point that this many
/// reach counts as covered whoever else goes.
const EACH: usize = 6;
/// Whoever was seen longer ago is not counted, milliseconds: nobody would send it.
const OLDEST_MS: i64 = 30 * 60_000;

impl Demanded {
    /// What each service was asked for in the reports, by these plans.
    pub(super) fn of(app: &App, network: &Network, reports: &[Report], plans: &Plans, now_ms: i64) -> Vec<Arc<Self>> {
        let names = app.divisions(DivisionLevel::Township);
        let of_service = |service: &Service| Arc::new(Self::gather(network, reports, now_ms, &names, plans, *service));
        Service::ALL.iter().map(of_service).collect()
    }

    fn gather(
        network: &Network,
        reports: &[Report],
        now_ms: i64,
        known: &BTreeMap<u64, String>,
        plans: &Plans,
        service: Service,
    ) -> Self {
        let (mut names, mut divisions) = (Vec::new(), Vec::new());
        let mut places: BTreeMap<Option<u64>, u32> = BTreeMap::new();
        let mut reported = Vec::new();
        for report in reports.iter().filter(|report| service.asked(plans, report.kind, report.priority)) {
            let place = *places.entry(report.division.map(Division::number)).or_insert_with(|| {
                names.push(named(known, report.division.and_then(township)));
                divisions.push(report.division);
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            });
            reported.push(Reported { position: report.position, at_ms: report.at_ms, weight: 1, place });
        }
        let demand = whole_week(&Demand::gather(&reported, names, now_ms, |_| 0, CELL_M));
        let on = |profile| {
            demand
                .points()
                .iter()
                .map(|at| network.settled(profile, *at, OFF_ROAD_M).ok().map(|(place, _)| place))
                .collect::<Vec<_>>()
        };
        let (driving, walking) = (on(Profile::Emergency), on(Profile::Foot));
        let targets = Targets::new(network.roads(Profile::Emergency, None), driving.clone(), Sense::Away);
        let mut calls = vec![Vec::new(); demand.points().len()];
        for (at, call) in demand.calls().iter().enumerate() {
            if let Some(of_point) = calls.get_mut(call.point as usize) {
                of_point.push(at);
            }
        }
        Self { demand, divisions, driving, walking, targets, calls }
    }
}

/// The same demand without its hours: a choice is held against the whole week.
fn whole_week(demand: &Demand) -> Demand {
    let mut sums: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for call in demand.calls() {
        let sum = sums.entry((call.point, call.place)).or_default();
        *sum = sum.saturating_add(call.weight);
    }
    let calls = sums.into_iter().map(|((point, place), weight)| Call { point, hour: 0, place, weight });
    Demand::of(demand.points().to_vec(), calls.collect(), demand.names().to_vec())
}

/// Units of one service that move alike.
struct Group {
    profile: Profile,
    faster: f64,
    /// Index among the service's units, and place on the road.
    starts: Vec<(usize, Option<Place>)>,
}

impl Picture {
    /// Reckons one. `pause` is called every millisecond or so.
    pub(super) fn reckon(
        app: &App,
        network: Arc<Network>,
        demanded: &[Arc<Demanded>],
        now_ms: i64,
        pause: &mut dyn FnMut(),
    ) -> Self {
        let desk = app.ops.desk();
        // Voids are looked for whatever the plans promise.
        let longest_s = f64::from(desk.plans().longest_target_s().max(WITHIN_S));
        let mut stands = Vec::new();
        for (service, demanded) in Service::ALL.iter().zip(demanded) {
            let (mut units, groups) = standing(app, &network, *service, now_ms);
            let mut first: Vec<Vec<(u32, usize)>> = vec![Vec::new(); demanded.demand.points().len()];
            let mut movers = (Vec::new(), Vec::new());
            for group in groups {
                let overlay = network.overlay(&desk, group.profile, now_ms);
                let roads = network.roads(group.profile, overlay.as_ref());
                let points = if group.profile == Profile::Foot { &demanded.walking } else { &demanded.driving };
                group.first(roads, points, longest_s * group.faster, &mut first, pause);
                if group.profile == Profile::Emergency {
                    movers = group.starts.into_iter().unzip();
                }
            }
            for (point, mut first) in (0..).zip(first) {
                first.sort_unstable();
                for (seconds, unit) in first.into_iter().take(EACH) {
                    if let Some(ready) = units.get_mut(unit) {
                        ready.free.reached.push((point, seconds));
                    }
                }
            }
            let (movers, places) = movers;
            let mover_targets = Targets::new(network.roads(Profile::Emergency, None), places, Sense::Toward);
            let demanded = Arc::clone(demanded);
            stands.push(Stand { service: *service, demanded, units, mover_targets, movers });
        }
        Self { of_ms: now_ms, network, stands }
    }
}

/// Units of a service that are on duty, whether free or not: who is bound now may be free when somebody asks.
fn standing(app: &App, network: &Network, service: Service, now_ms: i64) -> (Vec<Ready>, Vec<Group>) {
    let found = app.world.moving(|moving| {
        let own = moving
            .units()
            .filter(|(_, known)| known.unit.duty == Duty::OnDuty && Service::of(known.unit.kind) == Some(service));
        let at = own.filter_map(|(slot, known)| {
            let place = match moving.fix(slot) {
                Some(fix) => (now_ms - fix.at_ms <= OLDEST_MS).then_some(fix.position),
                None => known.unit.home,
            }?;
            let Mode::Road(profile, faster) = mode(known.unit.kind, 1) else { return None };
            Some((known.unit.id.clone(), slot, place, profile, faster))
        });
        at.collect::<Vec<_>>()
    });
    let (mut units, mut groups): (Vec<Ready>, Vec<Group>) = (Vec::new(), Vec::new());
    for (unit, slot, place, profile, faster) in found {
        let start = (units.len(), network.settled(profile, place, OFF_ROAD_M).ok().map(|(at, _)| at));
        units.push(Ready { slot, free: FreeUnit { unit, reached: Vec::new() } });
        let alike = |group: &&mut Group| group.profile == profile && group.faster.total_cmp(&faster).is_eq();
        match groups.iter_mut().find(alike) {
            Some(group) => group.starts.push(start),
            None => groups.push(Group { profile, faster, starts: vec![start] }),
        }
    }
    (units, groups)
}

impl Group {
    /// Adds who of the group is first at each point, in whole seconds, rounded up. `within_s` is in seconds of the profile.
    fn first(
        &self,
        roads: Roads<'_>,
        points: &[Option<Place>],
        within_s: f64,
        first: &mut [Vec<(u32, usize)>],
        pause: &mut dyn FnMut(),
    ) {
        let places = self.starts.iter().map(|(_, place)| *place).collect();
        let firsts = Firsts::spread(roads, places, EACH, within_s, pause);
        for (at, (place, first)) in points.iter().zip(first).enumerate() {
            if at % 256 == 0 {
                pause();
            }
            let Some(place) = place else { continue };
            for (start, time_s) in firsts.at(roads, *place) {
                if let Some((unit, _)) = self.starts.get(start as usize) {
                    first.push((seconds(time_s / self.faster), *unit));
                }
            }
        }
    }
}
