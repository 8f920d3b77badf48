//! How well units cover what people report: incidents of the last 90 days, units as they stand, times by road.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use dispatch::{Duty, IncidentKind, Origin, Priority, UnitKind};
use patrol::{Covering, DAYS, Demand, LIMITS_S, Reported, Siting, Times};
use spatial::codes::{Division, DivisionLevel};
use spatial::roads::{Bound, Closure, Overlay, Place, Profile, Roads, Sense, Targets};
use spatial::{Layer, Position};

use super::App;
use super::clock::now_ms;
use super::network::Network;
use super::ranking::{Mode, mode};
use crate::auth::{Caller, Scope};

const DAY_MS: i64 = 86_400_000;
/// What was read of the past is read again after so long.
const FRESH_MS: i64 = 3_600_000;
/// Incidents read from the store at once.
const PAGE: u32 = 10_000;
/// Incidents closer than this are one point of demand, metres.
const CELL_M: f64 = 200.0;
/// The clock of Wenzhou, minutes ahead of UTC: hours of the week are local.
pub(super) const UTC_OFFSET_MIN: i32 = 480;
/// Farther from any road than this a point is not reached by road, metres.
const OFF_ROAD_M: f64 = 1_000.0;
/// Places that a siting chooses from: the points of most demand.
const CANDIDATES: usize = 400;
/// Seeded kicks of the siting's local search.
const KICKS: u32 = 50;

/// A reported incident of the last days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    pub(super) position: Position,
    pub(super) at_ms: i64,
    pub(super) division: Option<Division>,
    pub(super) kind: IncidentKind,
    pub(super) priority: Priority,
}

/// What was read of the past, and when.
#[derive(Debug, Default)]
pub struct Past(RwLock<Option<(i64, Arc<Vec<Report>>)>>);

/// A unit in another place, or a further one.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Which; a new one when there is none of that name.
    pub unit: String,
    /// Where.
    pub position: Position,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct CoverageAsked {
    /// Which kinds of unit count.
    pub kinds: BTreeSet<UnitKind>,
    /// Units that would stand elsewhere, or be added.
    pub stands: Vec<Stand>,
    /// Units that would be away.
    pub away: BTreeSet<String>,
    /// Roads that would be closed.
    pub closed: Vec<Closure>,
    /// How many sites are looked for, and the seed of the search.
    pub sites: Option<(usize, u64)>,
}

/// Chosen sites with their places.
#[derive(Debug)]
pub struct Sited {
    /// What they cover within five minutes.
    pub siting: Siting,
    /// Where they are, on roads.
    pub places: Vec<Position>,
}

/// What came out.
#[derive(Debug)]
pub struct Covered {
    /// As it is.
    pub now: patrol::Coverage,
    /// As it would be, where anything would be different.
    pub would: Option<patrol::Difference>,
    /// Names that were given for units that are not there.
    pub unknown: Vec<String>,
    /// Points of demand.
    pub points: usize,
    /// Points that lie near no road.
    pub off_road: usize,
    /// The first moment that counts, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// Sites that were looked for.
    pub sites: Option<Sited>,
}

/// A unit that counts.
struct Standing {
    unit: String,
    position: Position,
    profile: Profile,
    faster: f64,
}

impl App {
    /// Reports of the last 90 days: history, and what the desk holds.
    pub(super) async fn reports(&self) -> Result<Arc<Vec<Report>>, store::Error> {
        let now = now_ms();
        let held = self.past.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, reports)) = held.filter(|(read_ms, _)| now - read_ms < FRESH_MS) {
            return Ok(reports);
        }
        let from = now - DAYS * DAY_MS;
        let mut reports = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.history_page(from, now, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(store::HistoryCursor::from(last));
            let reported = page.iter().filter(|past| past.source.origin() == Origin::Reported);
            reports.extend(reported.filter_map(|past| {
                let (kind, priority) = (past.kind, past.priority);
                let (position, at_ms) = (past.position?, past.reported_ms);
                Some(Report { position, at_ms, division: past.division, kind, priority })
            }));
        }
        for incident in self.ops.desk().incidents().filter(|incident| incident.origin() == Origin::Reported) {
            if let (Some(position), Some(at_ms)) = (incident.location.position, incident.times.reported) {
                let (division, kind, priority) = (incident.location.division, incident.kind, incident.priority);
                reports.push(Report { position, at_ms, division, kind, priority });
            }
        }
        let reports = Arc::new(reports);
        *self.past.0.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&reports)));
        Ok(reports)
    }

    /// Reckons the coverage of the caller's part of the city. `None` as long as there is no road graph.
    pub async fn coverage(&self, caller: &Caller, asked: CoverageAsked) -> anyhow::Result<Option<Covered>> {
        let reports = self.reports().await?;
        let Some(network) = self.ways.network() else { return Ok(None) };
        let (app, scope) = (self.clone(), caller.scope.clone());
        let work = tokio::task::spawn_blocking(move || app.cover(&network, &reports, &scope, &asked));
        Ok(Some(work.await?))
    }

    fn cover(&self, network: &Network, reports: &[Report], scope: &Scope, asked: &CoverageAsked) -> Covered {
        let now = now_ms();
        let demand = self.demand(reports, scope, now);
        let standing = self.standing(scope, asked);
        let unknown = asked.away.iter().filter(|unit| standing.iter().all(|s| s.unit != **unit)).cloned().collect();
        let cover = Cover::new(self, network, &demand, now);
        let times = cover.times(&standing, &[]);
        let now_covered = patrol::coverage(&demand, &times);
        let differs = !(asked.stands.is_empty() && asked.away.is_empty() && asked.closed.is_empty());
        let would = differs.then(|| {
            let after = cover.times(&changed(standing, asked), &asked.closed);
            let because = "what if".to_owned();
            patrol::what_if(&demand, &times, &[patrol::Change::Retimed { times: after, because }])
        });
        let sites = asked.sites.and_then(|(n, seed)| cover.site(n, seed));
        Covered {
            now: now_covered,
            would,
            unknown,
            points: demand.points().len(),
            off_road: cover.places.iter().filter(|places| places.iter().all(Option::is_none)).count(),
            from_ms: now - DAYS * DAY_MS,
            sites,
        }
    }

    /// Demand in a part of the city, named by townships.
    fn demand(&self, reports: &[Report], scope: &Scope, now_ms: i64) -> Demand {
        let known = self.townships();
        let mut names: Vec<String> = Vec::new();
        let mut places: BTreeMap<Option<u64>, u32> = BTreeMap::new();
        let mut reported = Vec::new();
        for report in reports.iter().filter(|report| scope.holds(report.division)) {
            let township = report.division.and_then(township);
            let place = *places.entry(township.map(Division::number)).or_insert_with(|| {
                let name = township.and_then(|division| known.get(&division.number()).cloned());
                names.push(name.unwrap_or_else(|| township.map_or_else(|| "?".to_owned(), Division::short)));
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            });
            reported.push(Reported { position: report.position, at_ms: report.at_ms, weight: 1, place });
        }
        Demand::gather(&reported, names, now_ms, UTC_OFFSET_MIN, CELL_M)
    }

    /// Names of the townships by their codes' numbers.
    pub(super) fn townships(&self) -> BTreeMap<u64, String> {
        let still = self.world.still();
        let Some(layer) = still.layer(Layer::Jurisdictions) else { return BTreeMap::new() };
        let named = (0..layer.len()).filter_map(|row| {
            let properties = layer.properties(row);
            let code = Division::new(properties.get("code")?.as_text()?).ok()?;
            let name = properties.get("name")?.as_text()?.to_owned();
            (code.level() == DivisionLevel::Township).then(|| (code.number(), name))
        });
        named.collect()
    }

    /// Units on duty of these kinds that work or stand in a part of the city.
    fn standing(&self, scope: &Scope, asked: &CoverageAsked) -> Vec<Standing> {
        self.world.moving(|moving| {
            let mut all: Vec<Standing> = moving
                .units()
                .filter(|(_, tracked)| {
                    tracked.unit.duty == Duty::OnDuty
                        && asked.kinds.contains(&tracked.unit.kind)
                        && (scope.holds(tracked.unit.division) || scope.holds(tracked.division))
                })
                .filter_map(|(slot, tracked)| {
                    let Mode::Road(profile, faster) = mode(tracked.unit.kind, 1) else { return None };
                    let position = moving.fix(slot).map(|fix| fix.position).or(tracked.unit.home)?;
                    Some(Standing { unit: tracked.unit.id.clone(), position, profile, faster })
                })
                .collect();
            all.sort_by(|a, b| a.unit.cmp(&b.unit));
            all
        })
    }
}

pub(super) fn township(division: Division) -> Option<Division> {
    let mut at = division;
    while at.level() > DivisionLevel::Township {
        at = at.parent()?;
    }
    (at.level() == DivisionLevel::Township).then_some(at)
}

/// Units as they would stand.
fn changed(mut standing: Vec<Standing>, asked: &CoverageAsked) -> Vec<Standing> {
    standing.retain(|unit| !asked.away.contains(&unit.unit));
    for Stand { unit, position } in &asked.stands {
        match standing.iter_mut().find(|known| known.unit == *unit) {
            Some(known) => known.position = *position,
            None => standing.push(Standing {
                unit: unit.clone(),
                position: *position,
                profile: Profile::Emergency,
                faster: 1.0,
            }),
        }
    }
    standing
}

/// Demand on the roads.
struct Cover<'a> {
    app: &'a App,
    network: &'a Network,
    demand: &'a Demand,
    /// Each point's place by profile.
    places: Vec<[Option<Place>; Profile::ALL.len()]>,
    now_ms: i64,
}

impl<'a> Cover<'a> {
    fn new(app: &'a App, network: &'a Network, demand: &'a Demand, now_ms: i64) -> Self {
        let place = |at: &Position| Profile::ALL.map(|profile| on_road(network, profile, *at));
        let places = demand.points().iter().map(place).collect();
        Self { app, network, demand, places, now_ms }
    }

    /// For each unit the points at which it is first, within the longest limit: what coverage asks for.
    fn times(&self, standing: &[Standing], closed: &[Closure]) -> Times {
        let mut first: Vec<Option<(u32, usize)>> = vec![None; self.places.len()];
        for (of, profile) in Profile::ALL.into_iter().enumerate() {
            let group: Vec<usize> =
                (0..standing.len()).filter(|at| standing.get(*at).is_some_and(|s| s.profile == profile)).collect();
            if group.is_empty() {
                continue;
            }
            let overlay = self.overlay(profile, closed);
            let roads = self.network.roads(profile, overlay.as_ref());
            let stand = |at: &usize| standing.get(*at).and_then(|s| on_road(self.network, profile, s.position));
            let targets = Targets::new(roads, group.iter().map(stand).collect(), Sense::Toward);
            let fastest = group.iter().filter_map(|at| standing.get(*at)).map(|s| s.faster).fold(1.0, f64::max);
            let bound = Bound::time(1, f64::from(longest()) * fastest);
            self.app.ways.search(|space| {
                for (point, places) in self.places.iter().enumerate() {
                    let Some(place) = places.get(of).copied().flatten() else { continue };
                    let Some(found) = space.nearest(roads, place, &targets, bound).first() else { continue };
                    let Some(at) = group.get(found.target as usize).copied() else { continue };
                    let seconds = seconds(found.time_s / standing.get(at).map_or(1.0, |s| s.faster));
                    if let Some(first) = first.get_mut(point)
                        && first.is_none_or(|(held, _)| seconds < held)
                    {
                        *first = Some((seconds, at));
                    }
                }
            });
        }
        let mut lists: Vec<Vec<(u32, u32)>> = vec![Vec::new(); standing.len()];
        for (point, first) in (0..).zip(first) {
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

    fn overlay(&self, profile: Profile, closed: &[Closure]) -> Option<Arc<Overlay>> {
        self.network.overlay_with(&self.app.ops.desk(), profile, self.now_ms, closed)
    }

    /// Sites among the points of most demand that together cover most within five minutes.
    fn site(&self, n: usize, seed: u64) -> Option<Sited> {
        let [_, five, _] = LIMITS_S;
        let weights = self.demand.weights();
        let profile = Profile::Emergency;
        let place = |point: usize| self.places.get(point).and_then(|places| places.last().copied().flatten());
        let mut candidates: Vec<usize> = (0..weights.len()).filter(|point| place(*point).is_some()).collect();
        candidates.sort_by_key(|point| (std::cmp::Reverse(weights.get(*point)), *point));
        candidates.truncate(CANDIDATES.max(n));
        let overlay = self.overlay(profile, &[]);
        let roads: Roads<'_> = self.network.roads(profile, overlay.as_ref());
        let targets = Targets::new(roads, (0..weights.len()).map(place).collect(), Sense::Away);
        let bound = Bound::time(targets.len(), f64::from(five));
        let covers = self.app.ways.search(|space| {
            let of = |point: &usize| -> Vec<u32> {
                let Some(start) = place(*point) else { return Vec::new() };
                space.nearest(roads, start, &targets, bound).iter().map(|found| found.target).collect()
            };
            candidates.iter().map(of).collect::<Vec<_>>()
        });
        let n = n.min(candidates.len());
        let siting = Covering::new(weights, covers).and_then(|covering| covering.best(n, &[], KICKS, seed)).ok()?;
        let at = |site: &usize| candidates.get(*site).and_then(|point| self.network.graph.position(place(*point)?));
        Some(Sited { places: siting.sites.iter().filter_map(at).collect(), siting })
    }
}

fn longest() -> u32 {
    let [_, _, eight] = LIMITS_S;
    eight
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the longest limit")]
fn seconds(time_s: f64) -> u32 {
    time_s.max(0.0).ceil() as u32
}

pub(super) fn on_road(network: &Network, profile: Profile, at: Position) -> Option<Place> {
    network.place(profile, at, OFF_ROAD_M).ok().map(|(place, _)| place)
}
