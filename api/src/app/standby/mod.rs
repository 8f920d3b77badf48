//! Who stands by for what people report: for each point of the last 90 days' demand the free units that are first there.
//! Reckoned anew beside everything else while units move, never while somebody waits (`follow`); answers read the last
//! picture and leave out the units that are bound meanwhile.

mod follow;
mod reckon;
mod voids;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use dispatch::Availability;
use dispatch::recommend::{FreeUnit, Service};
use geo::{Coord, MultiPolygon, Rect, unary_union};
use patrol::Demand;
use spatial::codes::Division;
use spatial::roads::{Place, Targets};

use super::App;
use super::network::Network;
use crate::auth::Scope;
pub use follow::run;
pub use voids::watch;

/// The last picture.
#[derive(Default)]
pub struct Standby(ArcSwapOption<Picture>);

/// Who stood by for what at a moment.
pub struct Picture {
    /// When the units' places were taken, milliseconds since 1970 UTC.
    pub of_ms: i64,
    /// The roads that times are by.
    pub network: Arc<Network>,
    stands: Vec<Stand>,
}

/// One service.
pub struct Stand {
    /// Which.
    pub service: Service,
    demanded: Arc<Demanded>,
    /// Units on duty with the points at which they are among the first.
    units: Vec<Ready>,
    /// Those of them that drive, as targets for who could move up: numbers are indexes of `movers`.
    pub mover_targets: Targets,
    /// Their indexes among the units.
    movers: Vec<usize>,
}

/// A unit that stands by.
struct Ready {
    slot: u32,
    free: FreeUnit,
}

/// What a service was asked for, and where that is on the roads.
pub(super) struct Demanded {
    demand: Demand,
    /// The division of each of the demand's places.
    divisions: Vec<Option<Division>>,
    /// Each point for who drives and for who walks.
    driving: Vec<Option<Place>>,
    walking: Vec<Option<Place>>,
    /// The points as targets for who leaves a post in a car.
    targets: Targets,
    /// Calls by point: indexes into the demand's calls.
    calls: Vec<Vec<usize>>,
}

impl Standby {
    /// The last picture; `None` until there are roads and the first is made.
    pub fn picture(&self) -> Option<Arc<Picture>> {
        self.0.load_full()
    }
}

impl Picture {
    /// One service, if it is kept.
    pub fn stand(&self, service: Service) -> Option<&Stand> {
        self.stands.iter().find(|stand| stand.service == service)
    }
}

impl Stand {
    /// What each point counts for, for who answers for a part of the city.
    pub fn weights(&self, scope: &Scope) -> Vec<u32> {
        let demand = &self.demanded.demand;
        let holds: Vec<bool> = self.demanded.divisions.iter().map(|division| scope.holds(*division)).collect();
        let mut weights = vec![0_u32; demand.points().len()];
        for call in demand.calls() {
            if let Some(weight) = weights.get_mut(call.point as usize)
                && holds.get(call.place as usize) == Some(&true)
            {
                *weight = weight.saturating_add(call.weight);
            }
        }
        weights
    }

    /// The places that a point lies in, by name, with what was called for in each, in a part of the city.
    pub fn shares(&self, point: u32, scope: &Scope) -> Vec<(&str, u64)> {
        let Demanded { demand, divisions, calls, .. } = &*self.demanded;
        let of_point = calls.get(point as usize).into_iter().flatten();
        let of_point = of_point.filter_map(|at| demand.calls().get(*at));
        let held = of_point.filter(|call| scope.holds(divisions.get(call.place as usize).copied().flatten()));
        let named =
            |call: &patrol::Call| Some((demand.names().get(call.place as usize)?.as_str(), u64::from(call.weight)));
        held.filter_map(named).collect()
    }

    /// Where a point is.
    pub fn point(&self, point: u32) -> Option<spatial::Position> {
        self.demanded.demand.points().get(point as usize).copied()
    }

    /// The cells of 400 m that points stand for, joined; WGS84 degrees.
    pub fn area(&self, points: &[u32]) -> MultiPolygon<f64> {
        let squares = points.iter().filter_map(|point| self.point(*point)).map(|at| patrol::square(at, reckon::CELL_M));
        let corners = squares.map(|b| Rect::new(Coord { x: b.west, y: b.south }, Coord { x: b.east, y: b.north }));
        unary_union(&corners.map(Rect::to_polygon).collect::<Vec<_>>())
    }

    /// The points of demand as targets for who starts from a post.
    pub fn point_targets(&self) -> &Targets {
        &self.demanded.targets
    }

    /// Units that are free just now.
    pub fn free(&self, app: &App) -> Vec<&FreeUnit> {
        app.world.moving(|moving| {
            let free = |slot: u32| moving.unit(slot).is_some_and(|known| known.availability == Availability::Free);
            self.units.iter().filter(|ready| free(ready.slot)).map(|ready| &ready.free).collect()
        })
    }

    /// Slot and id of a mover.
    pub fn mover(&self, target: u32) -> Option<(u32, &str)> {
        let ready = self.units.get(*self.movers.get(target as usize)?)?;
        Some((ready.slot, ready.free.unit.as_str()))
    }
}
