//! Which units are looked at: the nearest of those that the plan asks for, and whoever is asked about by name.

use std::collections::BTreeSet;

use dispatch::recommend::{Plans, Relation};
use dispatch::{Availability, Duty, Incident, UnitKind};
use spatial::Position;

use super::UnitsAsked;
use super::travel::Travelled;
use crate::app::{App, UnitView};
use crate::auth::Caller;

/// Free units that are looked at first; more when one of the others could still be sooner.
const FIRST: usize = 200;
/// Units that are not free, for the words of a shortfall.
const BUSY: usize = 40;
/// Units that never reported and have a post.
const POSTS: usize = 20;
/// How far anybody is looked for, metres.
const NEAR_M: f64 = 100_000.0;
/// Nobody is faster on roads, metres a second (160 km/h).
const FASTEST_MPS: f64 = 45.0;
/// A unit of another district counts as a neighbour within so many metres.
const BUFFER_M: f64 = 2_000.0;

/// A unit that is looked at.
pub(super) struct Seen {
    pub(super) view: UnitView,
    /// Its last fix, or its post.
    pub(super) position: Position,
    pub(super) straight_m: f64,
    /// From there to the incident, degrees clockwise from north.
    pub(super) bearing_deg: f64,
    /// The incident that binds it.
    pub(super) bound_to: Option<String>,
}

impl Seen {
    pub(super) fn id(&self) -> &str {
        &self.view.unit.id
    }

    /// Whether it could be sent now.
    pub(super) fn is_free(&self) -> bool {
        matches!(self.view.availability, Availability::Free | Availability::Soft)
    }

    /// Whose it is.
    pub(super) fn relation(&self, incident: &Incident) -> Relation {
        let there = incident.location.division.and_then(spatial::codes::Division::county);
        let own = self.view.unit.division.and_then(spatial::codes::Division::county);
        match (own, there) {
            (Some(own), Some(there)) if own == there => Relation::Own,
            _ if self.straight_m <= BUFFER_M => Relation::Buffer,
            _ => Relation::Other,
        }
    }
}

/// Who is looked at, and how many.
pub(super) struct Around {
    kinds: BTreeSet<UnitKind>,
    /// How many of one kind the plan asks for at most: so many must be certain.
    wanted: usize,
    why: Option<String>,
    /// Units with an order to this incident: when they will be there is told as well.
    own: Vec<String>,
    count: usize,
}

impl Around {
    pub(super) fn of(incident: &Incident, plans: &Plans, asked: &UnitsAsked) -> Self {
        let plan = plans.plan(incident.kind, incident.priority);
        let needs = || plan.iter().flat_map(|plan| plan.needs(asked.level));
        let kinds: BTreeSet<UnitKind> = needs().flat_map(|(_, need)| need.kinds.iter().copied()).collect();
        let wanted = needs().map(|(_, need)| usize::from(need.count)).sum::<usize>().max(5);
        let own = incident.open_assignments().filter_map(|order| order.to.unit());
        Self { kinds, wanted, why: asked.why.clone(), own: own.map(str::to_owned).collect(), count: FIRST }
    }

    /// Asks for more when somebody who was not looked at could be sooner than those who are needed.
    pub(super) fn widen(&mut self, seen: &[Seen], travelled: &Travelled) -> bool {
        let free = || seen.iter().zip(&travelled.legs).filter(|(seen, _)| seen.is_free() && seen.view.fix.is_some());
        if free().count() < self.count {
            return false;
        }
        let farthest = free().map(|(seen, _)| seen.straight_m).fold(0.0, f64::max);
        let mut times: Vec<f64> = free().filter_map(|(_, leg)| leg.middle_s()).collect();
        times.sort_by(f64::total_cmp);
        let certain = times.get(self.wanted - 1).is_some_and(|needed| *needed <= farthest / FASTEST_MPS);
        // The nearest few are enough where even they are within minutes and the others stand kilometres away.
        self.count *= 4;
        !certain
    }
}

/// Direction on the map, good enough over some kilometres.
fn bearing_deg(from: Position, to: Position) -> f64 {
    let east = (to.lon() - from.lon()) * from.lat().to_radians().cos();
    east.atan2(to.lat() - from.lat()).to_degrees()
}

impl App {
    /// The units that are looked at, each once.
    pub(super) fn seen_around(&self, caller: &Caller, place: Position, around: &Around, now_ms: i64) -> Vec<Seen> {
        let (still, desk) = (self.world.still(), self.ops.desk());
        let found = self.world.moving(|moving| {
            let asked = |slot: u32| moving.unit(slot).is_some_and(|tracked| around.kinds.contains(&tracked.unit.kind));
            let may = |slot: u32| asked(slot) && self.sees_unit(caller, moving, slot, &still);
            let free = |slot: u32| {
                let availability = moving.unit(slot).map(|tracked| tracked.availability);
                matches!(availability, Some(Availability::Free | Availability::Soft))
            };
            let mut slots = moving.index().nearest(place, around.count, NEAR_M, |slot| free(slot) && may(slot));
            slots.extend(moving.index().nearest(place, BUSY, NEAR_M, |slot| !free(slot) && may(slot)));
            let named = around.why.iter().chain(&around.own).filter_map(|unit| moving.slot(unit));
            let named: Vec<u32> = named.filter(|slot| self.sees_unit(caller, moving, *slot, &still)).collect();
            let posted = moving.units().filter(|(slot, tracked)| {
                tracked.unit.duty == Duty::OnDuty && moving.fix(*slot).is_none() && may(*slot)
            });
            let home = |slot: u32| moving.unit(slot).and_then(|tracked| tracked.unit.home);
            let mut posts: Vec<(u32, f64)> =
                posted.filter_map(|(slot, _)| Some((slot, home(slot)?.distance_m(&place)))).collect();
            posts.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            slots.extend(posts.into_iter().take(POSTS));
            slots.extend(named.into_iter().map(|slot| (slot, 0.0)));
            let mut known = BTreeSet::new();
            slots.retain(|(slot, _)| known.insert(*slot));
            let view = |(slot, _): (u32, f64)| {
                let view = UnitView::of(moving, slot, now_ms)?;
                let position = view.fix.as_ref().map(|fix| fix.position).or(view.unit.home)?;
                Some((view, position))
            };
            slots.into_iter().filter_map(view).collect::<Vec<_>>()
        });
        let seen = |(view, position): (UnitView, Position)| {
            let bound_to = desk.unit(&view.unit.id).and_then(|state| state.open.first()).map(|b| b.incident.clone());
            let bearing_deg = bearing_deg(position, place);
            Seen { straight_m: position.distance_m(&place), bearing_deg, position, bound_to, view }
        };
        found.into_iter().map(seen).collect()
    }
}
