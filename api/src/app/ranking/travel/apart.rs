//! Scenes on a piece of the net that does not hang together with the rest: behind a bollard, in an estate with a gate of its own.
//! Who stands on the same piece comes by its roads; all others come as near as the largest piece leads, and walk.

use spatial::Position;
use spatial::roads::{Place, Profile, Reached, Sense, Targets, Workspace};

use super::{Because, ByRoad, Ground, Leg, OFF_ROAD_M, Seen, WALK_MPS};

/// A piece with the scene on it, and those of a group who stand there.
pub(super) struct Piece {
    pub(super) scene: Place,
    walk_m: f64,
    pub(super) targets: Targets,
    /// From where each stands to its road, seconds.
    joins: Vec<f64>,
    pub(super) reached: Vec<Reached>,
}

impl ByRoad<'_> {
    /// The piece of the scene; `None` where that is the largest, or nobody of the group is on it.
    pub(super) fn piece(&self, space: &mut Workspace, seen: &[Seen]) -> Option<Piece> {
        let apart = |at: Position| self.network.apart(self.group.profile, at, OFF_ROAD_M);
        let (scene, walk_m) = apart(self.journey.place)?;
        let stand = |(at, _): &(usize, f64)| seen.get(*at).and_then(|unit| apart(unit.position));
        let places: Vec<Option<(Place, f64)>> = self.group.members.iter().map(stand).collect();
        let joins = places.iter().map(|at| at.map_or(0.0, |(_, far_m)| far_m / self.join_mps())).collect();
        let roads = self.roads();
        let targets = Targets::new(roads, places.iter().map(|at| at.map(|(place, _)| place)).collect(), Sense::Toward);
        let reached = space.nearest(roads, scene, &targets, self.bound(targets.len())).to_vec();
        (!reached.is_empty()).then_some(Piece { scene, walk_m, targets, joins, reached })
    }

    /// The legs of those who are on it.
    pub(super) fn within(&self, piece: &Piece, legs: &mut [Leg]) {
        let roads = self.roads();
        for found in &piece.reached {
            let Some((at, faster, to_road_s)) = self.member(found.target, &piece.joins) else { continue };
            let Some(leg) = legs.get_mut(at) else { continue };
            let middle = found.time_s / faster + to_road_s + piece.walk_m / WALK_MPS;
            let pace = piece.targets.place(found.target).map_or(0.0, |place| roads.net.pace_s_per_m(place));
            *leg = Leg {
                seconds: Some((middle, middle, middle)),
                road_m: found.length_m + piece.walk_m,
                ground: Ground::roads(pace / faster),
                because: None::<Because>,
                ..Leg::default()
            };
        }
    }

    /// Whether a road place does not hang together with the largest piece.
    pub(super) fn is_apart(&self, place: Place) -> bool {
        let profile: Profile = self.group.profile;
        self.network.graph.is_apart(self.network.net(profile), place)
    }
}
