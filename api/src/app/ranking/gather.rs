//! Which units are looked at: the nearest of those that the plan asks for, and whoever is asked about by name.

use std::collections::{BTreeMap, BTreeSet};

use dispatch::recommend::{Plans, Recommendation, Relation, Shortfall};
use dispatch::{Availability, Duty, Incident, UnitKind};
use spatial::Position;

use super::UnitsAsked;
use super::travel::LONGEST_S;
use crate::app::{App, Moving, UnitView};
use crate::auth::Caller;

/// How far is looked, step by step: seconds on the way. Each step knows all that the one before knew.
const HORIZONS_S: [f64; 4] = [240.0, 720.0, 2_400.0, LONGEST_S];
/// A choice of so few is one only where more are farther than this, seconds.
const PATIENCE_S: f64 = 1_800.0;
/// Free units of one speed that are looked at first, the nearest in a straight line; more when others could be sooner.
const FIRST: usize = 200;
/// Units that are not free, for the words of a shortfall.
const BUSY: usize = 40;
/// Units that never reported and have no post, for the words of a shortfall.
const NEVER_SEEN: usize = 40;
/// Units that never reported and have a post.
const POSTS: usize = 20;
/// How far anybody is looked for, metres.
const NEAR_M: f64 = 100_000.0;
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
}

impl Seen {
    pub(super) fn id(&self) -> &str {
        &self.view.unit.id
    }

    /// Whether it could be sent now.
    pub(super) fn is_free(&self) -> bool {
        is_free(self.view.availability)
    }

    /// Whether it is one of the free units that a need could be filled with.
    pub(super) fn fits(&self, short: &Shortfall) -> bool {
        let unit = &self.view.unit;
        self.is_free() && self.view.fix.is_some() && short.fits(unit.kind, &unit.skills)
    }

    /// Whose it is.
    pub(super) fn relation(&self, incident: &Incident) -> Relation {
        let anywhere = relation(&self.view, incident);
        if anywhere != Relation::Own && self.straight_m <= BUFFER_M { Relation::Buffer } else { anywhere }
    }
}

/// Whose a unit is that may be anywhere.
pub(super) fn relation(view: &UnitView, incident: &Incident) -> Relation {
    let there = incident.location.division.and_then(spatial::codes::Division::county);
    let own = view.unit.division.and_then(spatial::codes::Division::county);
    if own.is_some() && own == there { Relation::Own } else { Relation::Other }
}

/// Who is looked at, how many and how far.
pub(super) struct Around {
    /// What the plan asks for: level, word and kinds.
    needs: Vec<(u8, String, Vec<UnitKind>)>,
    reach: BTreeMap<UnitKind, Reach>,
    /// How many the plan asks for, five at least: so many should be there to choose from.
    wanted: usize,
    why: Option<String>,
    /// Units with an order to this incident: when they will be there is told as well.
    own: Vec<String>,
}

/// How far units of a kind are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    step: usize,
    count: usize,
}

impl Reach {
    /// Seconds on the way.
    fn horizon_s(self) -> f64 {
        HORIZONS_S.get(self.step).copied().unwrap_or(LONGEST_S)
    }

    fn is_last(self) -> bool {
        self.step + 1 >= HORIZONS_S.len()
    }
}

/// Who was looked at.
pub(super) struct Looked {
    pub(super) seen: Vec<Seen>,
    /// Whoever of the kind was not looked at is on the way for at least so long, seconds.
    beyond_s: BTreeMap<UnitKind, f64>,
}

impl Around {
    pub(super) fn of(incident: &Incident, plans: &Plans, asked: &UnitsAsked) -> Self {
        let plan = plans.plan(incident.kind, incident.priority);
        let needs = || plan.iter().flat_map(|plan| plan.needs(asked.level));
        let wanted = needs().map(|(_, need)| usize::from(need.count)).sum::<usize>().max(5);
        let needs: Vec<_> = needs().map(|(level, need)| (level, need.code.clone(), need.kinds.clone())).collect();
        let first = Reach { step: 0, count: FIRST };
        let reach = needs.iter().flat_map(|(.., kinds)| kinds).map(|kind| (*kind, first)).collect();
        let own = incident.open_assignments().filter_map(|order| order.to.unit());
        Self { needs, reach, wanted, why: asked.why.clone(), own: own.map(str::to_owned).collect() }
    }

    /// How far units of a kind are looked for just now, seconds on the way; none of a kind that is not asked for.
    pub(super) fn horizon_s(&self, kind: UnitKind) -> f64 {
        self.reach.get(&kind).map_or(LONGEST_S, |reach| reach.horizon_s())
    }

    /// Whether a unit is told of though it was not reached: it is asked for by name, or nobody of its kind is looked for
    /// farther away.
    pub(super) fn keeps(&self, unit: &Seen) -> bool {
        let id = unit.id();
        let named = self.why.as_deref() == Some(id) || self.own.iter().any(|own| own == id);
        named || self.reach.get(&unit.view.unit.kind).is_none_or(|reach| reach.is_last())
    }

    /// Below so many seconds on the way to the middle of the place everybody of the kind is known.
    fn known_s(&self, looked: &Looked, kind: UnitKind) -> f64 {
        let beyond_s = looked.beyond_s.get(&kind).copied().unwrap_or(f64::INFINITY);
        // Times are rounded to seconds.
        beyond_s.min(self.horizon_s(kind)) - 1.0
    }

    /// Looks farther for the kinds of which somebody who was not looked at, or not reached yet, could be proposed instead:
    /// what a unit counts for is never less than its way. `more` says whether there are free units for a need that were
    /// not reached, and `aside_s` by how much sooner than at its middle a kind may be at what stands for it. False when there
    /// is nothing more to look for.
    pub(super) fn goes_on(
        &mut self,
        looked: &Looked,
        recommendation: &Recommendation,
        aside_s: impl Fn(UnitKind) -> f64,
        more: impl Fn(&Shortfall) -> bool,
    ) -> bool {
        let mut open: BTreeSet<UnitKind> = BTreeSet::new();
        for row in recommendation.picks() {
            let (Some(pick), Some(counts_s)) = (&row.pick, row.counts_s) else { continue };
            let of = |(level, code, _): &&(u8, String, _)| *level == pick.level && *code == pick.need;
            let kinds = self.needs.iter().filter(of).flat_map(|(.., kinds)| kinds).copied();
            open.extend(kinds.filter(|kind| self.known_s(looked, *kind) - aside_s(*kind) < f64::from(counts_s)));
        }
        for short in recommendation.shortfall.iter().filter(|short| more(short)) {
            open.extend(&short.kinds);
        }
        let ranked = recommendation.rows.iter().filter(|row| row.rank.is_some()).count();
        if ranked < self.wanted {
            open.extend(self.reach.keys().filter(|kind| self.horizon_s(**kind) < PATIENCE_S));
        }
        let mut farther = false;
        for kind in open {
            let Some(reach) = self.reach.get_mut(&kind) else { continue };
            let beyond_s = looked.beyond_s.get(&kind).copied().unwrap_or(f64::INFINITY);
            if beyond_s < reach.horizon_s() {
                reach.count *= 4;
            } else if !reach.is_last() {
                reach.step += 1;
            } else {
                continue;
            }
            farther = true;
        }
        farther
    }
}

/// Direction on the map, good enough over some kilometres.
fn bearing_deg(from: Position, to: Position) -> f64 {
    let east = (to.lon() - from.lon()) * from.lat().to_radians().cos();
    east.atan2(to.lat() - from.lat()).to_degrees()
}

impl App {
    /// The units that are looked at, each once. `fastest_mps` is the speed that a kind never exceeds.
    pub(super) fn seen_around(
        &self,
        caller: &Caller,
        place: Position,
        around: &Around,
        fastest_mps: impl Fn(UnitKind) -> f64,
        now_ms: i64,
    ) -> Looked {
        let still = self.world.still();
        let mut alike: Vec<(f64, Reach, BTreeSet<UnitKind>)> = Vec::new();
        for (kind, reach) in &around.reach {
            let mps = fastest_mps(*kind);
            match alike.iter_mut().find(|(known, of, _)| known.total_cmp(&mps).is_eq() && of == reach) {
                Some((.., kinds)) => drop(kinds.insert(*kind)),
                None => alike.push((mps, *reach, BTreeSet::from([*kind]))),
            }
        }
        let mut beyond_s = BTreeMap::new();
        let found = self.world.moving(|moving| {
            let is = |slot: u32, asked: &dyn Fn(UnitKind) -> bool| {
                moving.unit(slot).is_some_and(|tracked| asked(tracked.unit.kind))
            };
            let sees = |slot: u32| self.sees_unit(caller, moving, slot, &still);
            let may = |slot: u32| is(slot, &|kind| around.reach.contains_key(&kind)) && sees(slot);
            let mut slots: Vec<(u32, f64)> = Vec::new();
            for (mps, reach, kinds) in &alike {
                let radius_m = (reach.horizon_s() * mps).min(NEAR_M);
                let free = |slot: u32| is(slot, &|kind| kinds.contains(&kind)) && free_at(moving, slot) && sees(slot);
                let nearest = moving.index().nearest(place, reach.count, radius_m, free);
                if let Some((_, farthest_m)) = nearest.last().filter(|_| nearest.len() >= reach.count) {
                    beyond_s.extend(kinds.iter().map(|kind| (*kind, farthest_m / mps)));
                }
                slots.extend(nearest);
            }
            slots.extend(moving.index().nearest(place, BUSY, NEAR_M, |slot| !free_at(moving, slot) && may(slot)));
            let named = around.why.iter().chain(&around.own).filter_map(|unit| moving.slot(unit));
            let named: Vec<u32> = named.filter(|slot| sees(*slot)).collect();
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
            let bearing_deg = bearing_deg(position, place);
            Seen { straight_m: position.distance_m(&place), bearing_deg, position, view }
        };
        Looked { seen: found.into_iter().map(seen).collect(), beyond_s }
    }

    /// Whether more free units in sight would do for a need than `known`.
    pub(super) fn more_fit(&self, caller: &Caller, place: Position, short: &Shortfall, known: usize) -> bool {
        let still = self.world.still();
        self.world.moving(|moving| {
            let fits = |slot: u32| {
                let unit = moving.unit(slot).map(|tracked| &tracked.unit);
                unit.is_some_and(|unit| short.fits(unit.kind, &unit.skills))
            };
            let free = |slot| fits(slot) && free_at(moving, slot) && self.sees_unit(caller, moving, slot, &still);
            moving.index().nearest(place, known + 1, NEAR_M, free).len() > known
        })
    }

    /// Units that would be asked for, or are asked about, and of which nobody knows where they are: they never reported and
    /// have no post. In the order of their ids.
    pub(super) fn never_seen(&self, caller: &Caller, around: &Around, now_ms: i64) -> Vec<UnitView> {
        let still = self.world.still();
        self.world.moving(|moving| {
            let named = |unit: &dispatch::Unit| around.why.as_ref() == Some(&unit.id) || around.own.contains(&unit.id);
            let asked = |unit: &dispatch::Unit| around.reach.contains_key(&unit.kind) && unit.duty == Duty::OnDuty;
            let nowhere = moving.units().filter(|(slot, tracked)| {
                let unit = &tracked.unit;
                unit.home.is_none() && moving.fix(*slot).is_none() && (named(unit) || asked(unit))
            });
            let in_sight = nowhere.filter(|(slot, _)| self.sees_unit(caller, moving, *slot, &still));
            let mut slots: Vec<(bool, &str, u32)> =
                in_sight.map(|(slot, tracked)| (!named(&tracked.unit), tracked.unit.id.as_str(), slot)).collect();
            slots.sort_unstable();
            slots.iter().take(NEVER_SEEN).filter_map(|(.., slot)| UnitView::of(moving, *slot, now_ms)).collect()
        })
    }
}

/// Whether who is bound so can be sent.
fn is_free(availability: Availability) -> bool {
    matches!(availability, Availability::Free | Availability::Soft)
}

fn free_at(moving: &Moving, slot: u32) -> bool {
    moving.unit(slot).is_some_and(|tracked| is_free(tracked.availability))
}
