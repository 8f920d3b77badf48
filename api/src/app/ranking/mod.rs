//! Which units could go to an incident, and why these: joins positions, roads, the log and the response plans.

mod advice;
mod candidate;
mod gather;
mod left;
mod rough;
mod travel;

use std::collections::BTreeMap;
use std::sync::Arc;

use dispatch::recommend::{Candidate, Plans, Recommendation, Service, Shortfall, SpeedModel, recommend};
use dispatch::{Incident, State, UnitKind};
use spatial::Position;
use spatial::roads::Profile;

use super::App;
use super::clock::now_ms;
use crate::auth::Caller;
pub(super) use advice::Advice;
use candidate::{asked_of, candidate, nowhere, orders};
use gather::{Around, Seen};
pub(super) use rough::Extent;
use rough::Sides;
pub use rough::{Aside, Carriageway};
use travel::Journey;

/// What was asked.
#[derive(Debug, Clone)]
pub struct UnitsAsked {
    /// Up to which alarm level of the plan.
    pub level: u8,
    /// A unit that must be among those that are compared.
    pub why: Option<String>,
}

/// A recommendation and what a map shows beside it.
#[derive(Debug)]
pub struct Recommended {
    /// With all that it rests on.
    pub recommendation: Recommendation,
    /// The plans that it was made by.
    pub plans: Arc<Plans>,
    /// Times from the last position to the middle of the place, seconds, by unit: neither age nor doubt is in them.
    pub middle_s: BTreeMap<String, f64>,
    /// Routes of those proposed, WGS84 degrees, by unit; no route for who comes in a straight line or is there.
    pub routes: BTreeMap<String, geo::LineString<f64>>,
    /// The roads that a rough place may be on.
    pub sides: Sides,
    /// Closures that hold now, by id.
    pub closures: Vec<String>,
    /// The place in the log that it rests on.
    pub seq: u64,
    /// There is no road graph yet: times are by straight line.
    pub straight: bool,
    /// Units with an order that are not there yet: the order's id, and how they come.
    pub under_way: Vec<(String, Candidate)>,
    /// How long ago units stood as what a choice leaves is reckoned by, seconds; `None` where nothing was reckoned.
    pub left_age_s: Option<i64>,
    /// Where the calls are that those proposed would leave, by service: cells of 400 m, joined, WGS84 degrees.
    pub left: BTreeMap<Service, geo::MultiPolygon<f64>>,
}

/// Units that were sent and are not at the scene yet, in the order of their orders.
fn under_way(incident: &Incident, candidates: &[Candidate]) -> Vec<(String, Candidate)> {
    let coming = incident.open_assignments().filter(|order| !matches!(order.state, State::Arrived | State::Planned));
    let of = |unit: &str| candidates.iter().find(|candidate| candidate.unit == unit).cloned();
    coming.filter_map(|order| Some((order.id.clone(), of(order.to.unit()?)?))).collect()
}

/// How a kind of unit moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mode {
    /// On roads by that profile, its times divided by so much.
    Road(Profile, f64),
    /// In a straight line, metres a second.
    Straight(f64),
}

/// How a kind moves to an incident of that priority: with lights and horns at priority 1 and 2. Speeds of what flies or
/// swims, and of robots, are assumptions of this project, to be replaced by what their makers say.
pub(super) fn mode(kind: UnitKind, priority: u8) -> Mode {
    use UnitKind::{
        AiVolunteer, Ambulance, DepartmentTeam, Drone, DroneDock, EnterpriseGuard, FireTeam, FraudDissuasionTeam,
        GridMember, K9, MarinePatrol, Mediator, PoliceBoat, PoliceFoot, PoliceMotorcycle, PoliceVehicle, PsychService,
        RescueTeam, Robot, RobotDog, SiteGuard, UnmannedVehicle, VillagePatrolTeam, VolunteerTeam,
    };
    match kind {
        PoliceVehicle | PoliceMotorcycle | Ambulance | FireTeam | RescueTeam if priority <= 2 => {
            Mode::Road(Profile::Emergency, 1.0)
        }
        PoliceVehicle | PoliceMotorcycle | Ambulance | FireTeam | RescueTeam | DepartmentTeam => {
            Mode::Road(Profile::Car, 1.0)
        }
        // 4 m/s on pavements.
        UnmannedVehicle => Mode::Road(Profile::Foot, 2.9),
        Drone | DroneDock => Mode::Straight(12.0),
        PoliceBoat | MarinePatrol => Mode::Straight(8.0),
        PoliceFoot | K9 | RobotDog | Robot | SiteGuard | EnterpriseGuard | VolunteerTeam | VillagePatrolTeam
        | GridMember | Mediator | PsychService | FraudDissuasionTeam | AiVolunteer => Mode::Road(Profile::Foot, 1.0),
    }
}

/// Whether a kind moves on roads at all.
pub(super) fn keeps_to_roads(kind: UnitKind) -> bool {
    matches!(mode(kind, 1), Mode::Road(..))
}

impl App {
    /// Ranks units for an incident at a place. The caller sees no unit that is out of sight. Some milliseconds of work: not
    /// for a thread that answers others.
    pub fn recommend(&self, caller: &Caller, incident: &Incident, place: Position, asked: &UnitsAsked) -> Recommended {
        let (now, desk) = (now_ms(), self.ops.desk());
        let plans = Arc::clone(desk.plans());
        let mut around = Around::of(incident, &plans, asked);
        // Where no roads are known nobody is off them.
        let network = self.ways.network().filter(|network| network.graph.edge_count() > 0);
        let journey = Journey::new(self, network.as_deref(), &desk, (place, incident), now);
        let (orders, model) = (orders(&desk, now), SpeedModel::default());
        let never_seen = self.never_seen(caller, &around, now);
        loop {
            let mut looked = self.seen_around(caller, place, &around, |kind| journey.fastest_mps(kind), now);
            let within_s = |kind| around.horizon_s(kind);
            let mut travelled = journey.travel(&looked.seen, within_s);
            journey.keep_reached(|unit| around.keeps(unit), within_s, &mut looked.seen, &mut travelled.legs);
            let (seen, legs) = (&looked.seen, &travelled.legs);
            let candidate = |seen| candidate(seen, incident, &desk, &orders, &model, now);
            let mut candidates: Vec<Candidate> = seen.iter().zip(legs).map(candidate).collect();
            candidates.extend(never_seen.iter().map(|view| nowhere(view, incident, &desk, &orders)));
            let under_way = under_way(incident, &candidates);
            let mut recommendation = recommend(&plans, asked_of(incident, &desk, asked, now), candidates);
            let more = |short: &Shortfall| {
                let known = seen.iter().filter(|seen| seen.fits(short)).count();
                self.more_fit(caller, place, short, known)
            };
            if around.goes_on(&looked, &recommendation, |kind| journey.aside_s(kind), more) {
                continue;
            }
            advice::shorten(&mut recommendation, asked.why.as_deref());
            let (recommendation, left) = self.with_left(caller, &desk, recommendation);
            let proposed = |seen: &Seen| recommendation.picks().any(|row| row.candidate.unit == seen.id());
            let proposed: Vec<usize> = (0..seen.len()).filter(|at| seen.get(*at).is_some_and(proposed)).collect();
            let id = |at: usize| seen.get(at).map(|seen| seen.id().to_owned());
            let routes = journey.routes(seen, &proposed).into_iter();
            let routes = routes.filter_map(|(at, route)| Some((id(at)?, route))).collect();
            let middle = seen.iter().zip(legs).filter_map(|(s, leg)| Some((s.id().to_owned(), leg.middle_s()?)));
            return Recommended {
                middle_s: middle.collect(),
                routes,
                sides: travelled.sides,
                closures: desk.closures().filter(|d| d.closure.holds(now)).map(|d| d.closure.id.clone()).collect(),
                seq: desk.seq(),
                straight: network.is_none(),
                left_age_s: left.of_ms.map(|of_ms| (now - of_ms).max(0) / 1_000),
                left: left.areas,
                under_way,
                recommendation,
                plans,
            };
        }
    }
}
