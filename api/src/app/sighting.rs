//! Which cameras see a place.

use std::sync::Arc;

use geo::MultiPolygon;
use spatial::roads::{Profile, Sense};
use spatial::sight::{self, Buildings, Cameras, Coverage, CoverageError, Ranked, Watched};
use spatial::{Layer, Position, StillLayer};

use super::App;
use crate::auth::{Caller, Refusal, Sight};

/// How far cameras are looked for, metres.
const RADIUS_M: f64 = 500.0;
/// Where nobody sees the place, the streets that lead there are looked at: what a walker reaches in so many seconds.
const APPROACH_S: f64 = 45.0;
/// Approaches that are looked at.
const APPROACHES: usize = 12;

/// The cameras for a place and the layers that their rows are of.
#[derive(Debug)]
pub struct Sighting {
    /// Best first.
    pub ranked: Ranked,
    /// Cameras.
    pub cameras: Arc<StillLayer>,
    /// Buildings.
    pub buildings: Arc<StillLayer>,
    /// Places that lead there, where nobody sees the place itself.
    pub approaches: Vec<Position>,
    /// Fields of cameras that the caller does not see.
    pub hidden: Vec<&'static str>,
}

impl App {
    /// The caller's sight of cameras, if all of the area lies in the caller's part of the city: else what cameras beyond the
    /// border see of it would be missing.
    pub fn sight_over(&self, caller: &Caller, area: &MultiPolygon<f64>) -> Result<Sight, Refusal> {
        let sight = Sight::of(caller, Layer::Cameras)?;
        let still = self.world.still();
        let mine = |place| sight.holds(still.division(place));
        if spatial::reach(&area.clone().into()).into_iter().all(mine) { Ok(sight) } else { Err(Refusal::Scope) }
    }

    /// What the cameras in sight see of an area.
    pub fn watched_area(
        &self,
        sight: &Sight,
        area: &MultiPolygon<f64>,
        how: &Watched,
    ) -> Result<Coverage, CoverageError> {
        let still = self.world.still();
        let (cameras, buildings) = (still.layer_or_empty(Layer::Cameras), still.layer_or_empty(Layer::Buildings));
        let seen = |row: usize| sight.holds(cameras.division(row));
        sight::coverage(&Cameras::new(&cameras), &Buildings::new(&buildings), area, how, seen)
    }

    /// Ranks the cameras in the caller's sight for a place that is somewhere in a circle of `accuracy_m` metres.
    pub fn cameras_for(
        &self,
        caller: &Caller,
        place: Position,
        accuracy_m: f64,
        k: usize,
    ) -> Result<Sighting, Refusal> {
        let sight = Sight::of(caller, Layer::Cameras)?;
        let still = self.world.still();
        let (cameras, buildings) = (still.layer_or_empty(Layer::Cameras), still.layer_or_empty(Layer::Buildings));
        let seen = |row: usize| sight.holds(cameras.division(row));
        let ask = sight::Ask { accuracy_m, k, radius_m: RADIUS_M, ..sight::Ask::near(place) };
        let (eyes, walls) = (Cameras::new(&cameras), Buildings::new(&buildings));
        let mut ranked = sight::rank(&eyes, &walls, &ask, seen);
        let mut approaches = Vec::new();
        if ranked.none_sees {
            approaches = self.approaches(place);
            ranked = sight::rank(&eyes, &walls, &sight::Ask { approaches: &approaches, ..ask }, seen);
        }
        Ok(Sighting { ranked, cameras, buildings, approaches, hidden: sight.hidden().to_vec() })
    }

    /// Where streets leave the surroundings of a place: the ends of what a walker reaches.
    fn approaches(&self, place: Position) -> Vec<Position> {
        let Some(network) = self.ways.network() else { return Vec::new() };
        let Ok(snap) = network.graph.snap(network.net(Profile::Foot), place, RADIUS_M) else { return Vec::new() };
        let roads = network.roads(Profile::Foot, None);
        let reach = self.ways.search(|space| space.isochrone(roads, snap.place, Sense::Away, APPROACH_S));
        let mut ends: Vec<Position> = Vec::new();
        for span in &reach.spans {
            let line = reach.line(&network.graph, span);
            let far = line.0.last().and_then(|at| Position::new(at.x, at.y).ok());
            // One end for each street: those that lie close to another say the same.
            if let Some(far) = far.filter(|far| far.distance_m(&place) > 20.0)
                && ends.iter().all(|end| end.distance_m(&far) > 25.0)
            {
                ends.push(far);
            }
        }
        ends.sort_by(|a, b| a.distance_m(&place).total_cmp(&b.distance_m(&place)));
        ends.truncate(APPROACHES);
        ends
    }
}
