//! Who of a group reaches a scene by road, and how.
//!
//! A scene may lie on a piece of the net that does not hang together with the rest: behind a bollard, in an estate with a gate of
//! its own. Who stands on the same piece comes by its roads; all others come as near as the largest piece leads, and walk.

use geo::LineString;
use spatial::Position;
use spatial::roads::{Place, Reached, Sense, Targets, Workspace};

use super::{ByRoad, Ground, Leg, OFF_ROAD_M, Seen, WALK_MPS};

/// A road place and how far it is from what stands for it, metres.
pub(super) type Stand = (Place, f64);

/// Those of a group who come to a scene.
pub(super) struct Reach {
    scene: Stand,
    /// Where each of the group stands.
    pub(super) targets: Targets,
    /// From there to its road, seconds.
    pub(super) joins: Vec<f64>,
    pub(super) reached: Vec<Reached>,
}

impl ByRoad<'_> {
    /// Looks for those of the group who stand at these places, one for each.
    pub(super) fn reach(&self, space: &mut Workspace, scene: Stand, places: &[Option<Stand>]) -> Reach {
        let roads = self.roads();
        let joins = places.iter().map(|at| at.map_or(0.0, |(_, far_m)| far_m / self.join_mps())).collect();
        let targets = Targets::new(roads, places.iter().map(|at| at.map(|(place, _)| place)).collect(), Sense::Toward);
        let reached = space.nearest(roads, scene.0, &targets, self.bound(targets.len())).to_vec();
        Reach { scene, targets, joins, reached }
    }

    /// Those who stand on the piece of the net that the scene is on; `None` where that is the largest, or nobody stands on a
    /// piece of its own.
    pub(super) fn on_its_piece(&self, space: &mut Workspace, seen: &[Seen]) -> Option<Reach> {
        let apart = |at: Position| self.network.snap(self.group.profile, at, OFF_ROAD_M).ok()?.apart();
        let scene = apart(self.journey.place)?;
        let places = self.stands(seen, apart);
        places.iter().any(Option::is_some).then(|| self.reach(space, scene, &places))
    }

    /// Where each of the group stands on the road.
    pub(super) fn stands(&self, seen: &[Seen], stand: impl Fn(Position) -> Option<Stand>) -> Vec<Option<Stand>> {
        self.group.members.iter().map(|(at, _)| seen.get(*at).and_then(|unit| stand(unit.position))).collect()
    }

    /// The legs of those who come.
    pub(super) fn come(&self, reach: &Reach, legs: &mut [Leg]) {
        let roads = self.roads();
        for found in &reach.reached {
            let Some((at, faster, to_road_s)) = self.member(found.target, &reach.joins) else { continue };
            let middle = found.time_s / faster + to_road_s + reach.scene.1 / WALK_MPS;
            if let Some(leg) = legs.get_mut(at) {
                let pace = reach.targets.place(found.target).map_or(0.0, |place| roads.net.pace_s_per_m(place));
                *leg = Leg {
                    seconds: Some((middle, middle, middle)),
                    road_m: found.length_m + reach.scene.1,
                    ground: Ground::roads(pace / faster),
                    ..Leg::default()
                };
            }
        }
    }

    /// Their ways; none for who is there already.
    pub(super) fn lines(&self, space: &mut Workspace, reach: &Reach) -> Vec<(usize, Option<LineString<f64>>)> {
        let roads = self.roads();
        let line = |found: &Reached| {
            let (at, _) = self.group.members.get(found.target as usize)?;
            let line = space.route_of(roads, reach.scene.0, &reach.targets, found).line(roads.graph);
            // A line has two points at least (RFC 7946).
            Some((*at, Some(line).filter(|line| line.0.len() >= 2)))
        };
        reach.reached.iter().filter_map(line).collect()
    }

    /// Whether a road place does not hang together with the largest piece.
    pub(super) fn is_apart(&self, place: Place) -> bool {
        self.network.graph.is_apart(self.network.net(self.group.profile), place)
    }
}
