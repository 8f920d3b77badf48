//! How long each unit takes: by road where it needs roads, from an old position with the doubt that it brings, to a rough
//! place as a span.

mod reach;
mod sides;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use dispatch::recommend::{
    By, Ground, Motion, SpeedModel, Toward, Travel, Unreachable as Because, Way, reachable_range,
};
use dispatch::{Desk, Incident, Size, UnitKind};
use spatial::Position;
use spatial::roads::{Bound, Overlay, Place, Profile, Roads, Sense, Targets, Unreachable, Workspace};

use reach::{Reach, Stand};

use super::gather::Seen;
use super::rough::{Extent, Rough, Sides};
use super::{Mode, mode};
use crate::app::App;
use crate::app::network::Network;

/// Farther from any road than this a unit or an incident is off the road, metres.
const OFF_ROAD_M: f64 = 2_000.0;
/// Nobody is waited for longer, seconds.
pub(super) const LONGEST_S: f64 = 7_200.0;
/// From the road to the scene on foot, metres a second.
const WALK_MPS: f64 = 1.4;
/// From a unit's position to its road, metres a second: the road is usually where it stands.
const JOIN_MPS: f64 = 5.0;
/// Without roads: ways are longer than straight lines by about this factor.
const DETOUR: f64 = 1.4;
/// Without roads: what a car drives, metres a second.
const DRIVES_MPS: f64 = 10.0;
/// Units without a way for which the reason is looked for; it costs two long searches each.
const REASONS: usize = 3;

/// One unit's way.
#[derive(Debug, Clone, Default)]
pub(super) struct Leg {
    /// Seconds to the middle, to the road of the circle that is reached first, and to the one that is reached last.
    seconds: Option<(f64, f64, f64)>,
    road_m: f64,
    straight: bool,
    /// What the roads make of an old position where the unit was seen.
    ground: Ground,
    /// The place lies within so many metres of its middle.
    radius_m: f64,
    because: Option<Because>,
}

impl Leg {
    /// From the last position to the middle of the place, seconds.
    pub(super) fn middle_s(&self) -> Option<f64> {
        self.seconds.map(|(middle, ..)| middle)
    }

    /// It was reached.
    fn is_found(&self) -> bool {
        self.seconds.is_some()
    }

    /// As the recommendation takes it, the age of the position counted in.
    pub(super) fn way(&self, seen: &Seen, age_s: Option<u32>, model: &SpeedModel) -> Way {
        let Some((_, best, worst)) = self.seconds else { return Way::Not(self.because.unwrap_or(Because::NoWay)) };
        let travel = Travel {
            by: if self.straight { By::Straight } else { By::Road },
            best_s: whole(best),
            worst_s: whole(worst),
            age_adds_s: 0,
            road_m: whole(self.road_m),
            straight_m: whole(seen.straight_m),
        };
        let motion = seen.view.fix.as_ref().and_then(|fix| {
            Some(Motion { speed_mps: f64::from(fix.speed_mps?), heading_deg: f64::from(fix.heading_deg?) })
        });
        let place = Toward { deg: seen.bearing_deg, straight_m: seen.straight_m, radius_m: self.radius_m };
        Way::Found(reachable_range(model, (age_s.unwrap_or(0), motion), place, self.ground, travel))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hours or some hundred kilometres")]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)).round() as u32
}

/// All legs of the units looked at, in their order.
pub(super) struct Travelled {
    pub(super) legs: Vec<Leg>,
    pub(super) sides: Sides,
}

/// What travelling to one incident rests on.
pub(super) struct Journey<'a> {
    app: &'a App,
    network: Option<&'a Network>,
    desk: &'a Desk,
    place: Position,
    extent: Extent,
    priority: u8,
    now_ms: i64,
}

/// Who travels alike: number among those looked at, and how much faster than the profile.
type Members = Vec<(usize, f64)>;

/// Those for whom the same is closed.
struct Group {
    profile: Profile,
    overlay: Option<Arc<Overlay>>,
    members: Members,
}

impl Group {
    fn is(&self, profile: Profile, overlay: Option<&Arc<Overlay>>) -> bool {
        self.profile == profile && self.overlay.as_ref().map(Arc::as_ptr) == overlay.map(Arc::as_ptr)
    }
}

impl<'a> Journey<'a> {
    pub(super) fn new(
        app: &'a App,
        network: Option<&'a Network>,
        desk: &'a Desk,
        (place, incident): (Position, &Incident),
        now_ms: i64,
    ) -> Self {
        let extent = Extent::of(&incident.location, place);
        Self { app, network, desk, place, extent, priority: incident.priority.number(), now_ms }
    }

    /// The speed that a kind never exceeds on its way, metres a second.
    pub(super) fn fastest_mps(&self, kind: UnitKind) -> f64 {
        match (mode(kind, self.priority), self.network) {
            (Mode::Straight(mps), _) => mps,
            // To the road and from it people walk, or drive at no more than this.
            (Mode::Road(Profile::Foot, faster), Some(net)) => {
                (net.net(Profile::Foot).fastest_mps() * faster).max(WALK_MPS)
            }
            (Mode::Road(profile, faster), Some(net)) => (net.net(profile).fastest_mps() * faster).max(JOIN_MPS),
            (Mode::Road(profile, faster), None) => without_roads_mps(profile, faster) / DETOUR,
        }
    }

    /// Seconds that whoever is so far from the middle of the place in a straight line may be nearer to what stands for it.
    pub(super) fn aside_s(&self, kind: UnitKind) -> f64 {
        let aside_m = self.extent.aside_m();
        if aside_m > 0.0 { aside_m / self.fastest_mps(kind) } else { 0.0 }
    }

    /// How long each unit takes, as far as it is reached within the seconds that its kind is waited for.
    pub(super) fn travel(&self, seen: &[Seen], within_s: impl Fn(UnitKind) -> f64) -> Travelled {
        let mut legs = vec![Leg::default(); seen.len()];
        let mut by_road: Vec<usize> = Vec::new();
        for (at, (unit, leg)) in seen.iter().zip(&mut legs).enumerate() {
            match (mode(unit.view.unit.kind, self.priority), self.network) {
                (Mode::Straight(mps), _) => *leg = self.straight(unit, mps, 1.0, true),
                (Mode::Road(profile, faster), None) => {
                    *leg = self.straight(unit, without_roads_mps(profile, faster), DETOUR, false);
                }
                (Mode::Road(..), Some(_)) => by_road.push(at),
            }
        }
        let sides = self.travel_by_road(seen, &by_road, &within_s, &mut legs);
        Travelled { legs, sides }
    }

    fn travel_by_road(
        &self,
        seen: &[Seen],
        members: &[usize],
        within_s: &dyn Fn(UnitKind) -> f64,
        legs: &mut [Leg],
    ) -> Sides {
        let mut all: Vec<(Profile, Sides)> = Vec::new();
        for ways in self.by_road(seen, members, within_s) {
            let profile = ways.group.profile;
            let sides = self.app.ways.search(|space| ways.travel(space, seen, legs));
            match all.iter_mut().find(|(of, _)| *of == profile) {
                Some((_, known)) => known.and(sides),
                None => all.push((profile, sides)),
            }
        }
        sides::of_all(all)
    }

    /// Leaves out those who were not reached within the seconds that their kind was waited for, but for those whom the
    /// caller keeps: of them it is told whatever they take, or why there is no way.
    pub(super) fn keep_reached(
        &self,
        keeps: impl Fn(&Seen) -> bool,
        within_s: impl Fn(UnitKind) -> f64,
        seen: &mut Vec<Seen>,
        legs: &mut Vec<Leg>,
    ) {
        let pairs = std::mem::take(seen).into_iter().zip(std::mem::take(legs));
        let kept = pairs.filter(|(seen, leg)| leg.is_found() || keeps(seen));
        (*seen, *legs) = kept.unzip();
        // Those who were waited for to the end have been looked for already.
        let more = |at: &usize| seen.get(*at).is_some_and(|unit| within_s(unit.view.unit.kind) < LONGEST_S);
        let farther: Vec<usize> = unreached(legs).into_iter().filter(more).collect();
        self.travel_by_road(seen, &farther, &|_| LONGEST_S, legs);
        self.reasons(seen, legs);
    }

    /// Why those without a way have none.
    fn reasons(&self, seen: &[Seen], legs: &mut [Leg]) {
        let lost = unreached(legs);
        for ways in self.by_road(seen, &lost, &|_| LONGEST_S) {
            self.app.ways.search(|space| ways.reasons(space, seen, legs));
        }
    }

    /// The ways of some units, by number: none for who comes in a straight line or is there.
    pub(super) fn routes(&self, seen: &[Seen], of: &[usize]) -> Vec<(usize, geo::LineString<f64>)> {
        let ways = self.by_road(seen, of, &|_| LONGEST_S);
        ways.iter().flat_map(|ways| self.app.ways.search(|space| ways.routes(space, seen))).collect()
    }

    fn by_road(&self, seen: &[Seen], members: &[usize], within_s: &dyn Fn(UnitKind) -> f64) -> Vec<ByRoad<'_>> {
        let Some(network) = self.network else { return Vec::new() };
        let mut by_size: Vec<(Profile, Size, Members)> = Vec::new();
        for at in members {
            let Some(unit) = seen.get(*at) else { continue };
            let Mode::Road(profile, faster) = mode(unit.view.unit.kind, self.priority) else { continue };
            let size = if profile == Profile::Foot { Size::default() } else { unit.view.unit.size };
            match by_size.iter_mut().find(|(p, s, _)| (*p, *s) == (profile, size)) {
                Some((.., members)) => members.push((*at, faster)),
                None => by_size.push((profile, size, vec![(*at, faster)])),
            }
        }
        // The search ends where nobody of the group is looked for any more.
        let waited = |(at, faster): &(usize, f64)| {
            seen.get(*at).map_or(0.0, |unit| within_s(unit.view.unit.kind).min(LONGEST_S) * faster)
        };
        let within_s = |group: &Group| group.members.iter().map(waited).fold(0.0, f64::max);
        let groups = self.groups(network, by_size).into_iter();
        groups.map(|group| ByRoad { journey: self, network, within_s: within_s(&group), group }).collect()
    }

    /// Units of one profile for whom the same is closed, in the order of profiles: one search for each.
    fn groups(&self, network: &Network, by_size: Vec<(Profile, Size, Members)>) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (profile, size, members) in by_size {
            let overlay = network.overlay_for(self.desk, (profile, size), self.now_ms);
            match groups.iter_mut().find(|group| group.is(profile, overlay.as_ref())) {
                Some(group) => group.members.extend(members),
                None => groups.push(Group { profile, overlay, members }),
            }
        }
        groups.sort_by_key(|group| group.profile);
        groups
    }

    fn straight(&self, unit: &Seen, mps: f64, detour: f64, straight: bool) -> Leg {
        let (seconds, radius_m) = (|metres: f64| metres * detour / mps, self.extent.radius_m);
        let (near, far) = ((unit.straight_m - radius_m).max(0.0), unit.straight_m + radius_m);
        Leg {
            seconds: Some((seconds(unit.straight_m), seconds(near), seconds(far))),
            road_m: unit.straight_m * detour,
            straight,
            ground: Ground::straight(mps / detour),
            radius_m,
            because: None,
        }
    }
}

/// Those of one group.
struct ByRoad<'a> {
    journey: &'a Journey<'a>,
    network: &'a Network,
    group: Group,
    /// By the profile's times.
    within_s: f64,
}

impl ByRoad<'_> {
    fn travel(&self, space: &mut Workspace, seen: &[Seen], legs: &mut [Leg]) -> Sides {
        let sides = self.on_the_largest(space, seen, legs);
        if let Some(reach) = self.on_its_piece(space, seen) {
            self.come(&reach, legs);
        }
        sides
    }

    fn on_the_largest(&self, space: &mut Workspace, seen: &[Seen], legs: &mut [Leg]) -> Sides {
        let (scene, rough) = self.scene(space);
        let Some(scene) = scene else { return Sides::default() };
        let reach = self.reach(space, scene, &self.places(seen));
        self.come(&reach, legs);
        let Reach { targets, joins, reached, .. } = reach;
        let Some(rough) = rough else { return Sides::default() };
        let sides = Sides { aside: rough.foothold.aside, ..Sides::default() };
        if reached.is_empty() {
            return sides;
        }
        let found: Vec<u32> = reached.iter().map(|found| found.target).collect();
        self.spans(space, &rough, (&targets, &found), &joins, legs);
        let carriageways = self.carriageways(space, &rough, (&targets, &joins), seen);
        Sides { carriageways, more: rough.more, cut_off_m: rough.anywhere.cut_off_m(), ..sides }
    }

    /// The road place of the scene and how far one walks from it, metres; and the roads of a rough place. What stands for
    /// the middle of one is where one goes: nobody walks on from there.
    fn scene(&self, space: &mut Workspace) -> (Option<(Place, f64)>, Option<Rc<Rough>>) {
        let snapped = self.place(self.journey.place);
        let group = (self.group.profile, self.group.overlay.as_ref());
        let rough = self.journey.extent.rough(space, group, self.roads(), snapped.map(|(place, _)| place));
        let foothold = rough.as_ref().map(|rough| rough.foothold).filter(|foothold| foothold.aside.is_some());
        if foothold.is_some_and(|foothold| self.is_apart(foothold.place)) {
            return (snapped, None);
        }
        (foothold.map(|foothold| (foothold.place, 0.0)).or(snapped), rough)
    }

    /// One of the group: its number among those looked at, how much faster than the profile it is, and what it takes to its
    /// road, seconds.
    fn member(&self, target: u32, joins: &[f64]) -> Option<(usize, f64, f64)> {
        let (at, faster) = self.group.members.get(target as usize)?;
        Some((*at, *faster, joins.get(target as usize).copied().unwrap_or_default()))
    }

    fn routes(&self, space: &mut Workspace, seen: &[Seen]) -> Vec<(usize, geo::LineString<f64>)> {
        let Some(scene) = self.scene(space).0 else { return Vec::new() };
        let reach = self.reach(space, scene, &self.places(seen));
        let mut ways: BTreeMap<usize, _> = self.lines(space, &reach).into_iter().collect();
        if let Some(reach) = self.on_its_piece(space, seen) {
            ways.extend(self.lines(space, &reach));
        }
        ways.into_iter().filter_map(|(at, line)| Some((at, line?))).collect()
    }

    fn roads(&self) -> Roads<'_> {
        self.network.roads(self.group.profile, self.group.overlay.as_ref())
    }

    /// The road that each of the group stands on, and how far it is, metres.
    fn places(&self, seen: &[Seen]) -> Vec<Option<Stand>> {
        self.stands(seen, |at| self.place(at))
    }

    /// So many of them, as far as they are waited for.
    fn bound(&self, count: usize) -> Bound {
        Bound::time(count, self.within_s)
    }

    fn place(&self, at: Position) -> Option<(Place, f64)> {
        self.network.place(self.group.profile, at, OFF_ROAD_M).ok()
    }

    fn join_mps(&self) -> f64 {
        if self.group.profile == Profile::Foot { WALK_MPS } else { JOIN_MPS }
    }

    /// A rough place may be on any of its roads: the earliest and the latest arrival at any of them, of those who were
    /// `found`. Who does not come to all that is reached from what stands for the middle is told the longest time for the latest.
    fn spans(
        &self,
        space: &mut Workspace,
        rough: &Rough,
        (targets, found): (&Targets, &[u32]),
        joins: &[f64],
        legs: &mut [Leg],
    ) {
        let roads = self.roads();
        let few = Targets::new(roads, found.iter().map(|target| targets.place(*target)).collect(), Sense::Toward);
        for (told, target) in space.between(roads, &rough.anywhere, &few).iter().zip(found) {
            let Some((at, faster, to_road_s)) = self.member(*target, joins) else { continue };
            let Some(leg) = legs.get_mut(at) else { continue };
            let own = |seconds: f64| seconds / faster + to_road_s;
            leg.radius_m = self.journey.extent.radius_m;
            if let Some((middle, best, worst)) = &mut leg.seconds {
                *best = told.best_s.map_or(*middle, own).min(*middle);
                *worst = told.worst_s.map_or(LONGEST_S, own).max(*middle);
            }
        }
    }

    /// Whether a vehicle that no limit of height or weight holds back would come through.
    fn smaller_passes(&self, space: &mut Workspace, (from, to): (Place, Place), bound: Bound) -> bool {
        let (journey, profile) = (self.journey, self.group.profile);
        let overlay = self.network.overlay(journey.desk, profile, journey.now_ms);
        if self.group.is(profile, overlay.as_ref()) {
            return false;
        }
        let why = space.why(self.network.roads(profile, overlay.as_ref()), Some(from), Some(to), bound);
        matches!(why, None | Some(Unreachable::Beyond { .. }))
    }

    /// Why those without a way have none: looked for at the nearest few, and taken for the others when they agree.
    fn reasons(&self, space: &mut Workspace, seen: &[Seen], legs: &mut [Leg]) {
        let (roads, places) = (self.roads(), self.places(seen));
        let scene = self.scene(space).0.map(|(scene, _)| scene);
        let mut told: Vec<Because> = Vec::new();
        for ((at, _), place) in self.group.members.iter().zip(&places) {
            let Some(leg) = legs.get_mut(*at) else { continue };
            let Some(scene) = scene else {
                leg.because = Some(Because::IncidentOffRoad);
                continue;
            };
            let Some((place, _)) = place else {
                leg.because = Some(Because::UnitOffRoad);
                continue;
            };
            leg.because = Some(match told.get(..REASONS) {
                Some([first, others @ ..]) if others.iter().all(|other| other == first) => *first,
                Some(_) => Because::NoWay,
                None => {
                    let bound = Bound::time(1, LONGEST_S);
                    let why = space.why(roads, Some(*place), Some(scene), bound);
                    let because = match why {
                        Some(Unreachable::Closed { .. }) if self.smaller_passes(space, (*place, scene), bound) => {
                            Because::TooLarge
                        }
                        _ => because(why.as_ref()),
                    };
                    told.push(because);
                    because
                }
            });
        }
    }
}

/// Numbers of those who were not reached.
fn unreached(legs: &[Leg]) -> Vec<usize> {
    legs.iter().enumerate().filter(|(_, leg)| !leg.is_found()).map(|(at, _)| at).collect()
}

/// Without roads, metres a second of the way.
fn without_roads_mps(profile: Profile, faster: f64) -> f64 {
    if profile == Profile::Foot { WALK_MPS * faster } else { DRIVES_MPS * faster }
}

fn because(why: Option<&Unreachable>) -> Because {
    match why {
        Some(Unreachable::OffRoad) => Because::UnitOffRoad,
        Some(Unreachable::Closed { .. }) => Because::Closed,
        Some(Unreachable::Beyond { .. }) => Because::TooFar,
        Some(Unreachable::Island { .. }) | None => Because::NoWay,
    }
}
