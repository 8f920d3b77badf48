//! A place that is known only roughly: the roads that it may be on, for one way of moving.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dispatch::{Incident, LocationState};
use geo::{CoordsIter, MultiPolygon};
use spatial::roads::{Anywhere, Overlay, Place, Profile, Roads, Strand, Workspace};
use spatial::{Position, zone};

use crate::app::network;

/// A place less certain than this is a circle, metres.
const ROUGH_M: f64 = 15.0;
/// Roads of a rough place of which is said who is first there: so many, the nearest to its middle…
const STRANDS: usize = 24;
/// … and all that come as near to it as this, metres.
const COMPLETE_M: f64 = 60.0;

/// One of several roads that a rough place may be on.
#[derive(Debug, Clone)]
pub struct Carriageway {
    /// Which.
    pub strand: Strand,
    /// Who is first there, and after how many seconds.
    pub first: Option<(String, f64)>,
}

/// The roads of a rough place.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// Those nearest to its middle, where there are several.
    pub carriageways: Vec<Carriageway>,
    /// How many other roads lie in it, by name.
    pub more: usize,
    /// Metres of road in it that cannot be reached from its middle; no time is about them.
    pub cut_off_m: f64,
}

impl Sides {
    /// The same roads with whoever of both is first there.
    pub(super) fn and(&mut self, other: Self) {
        self.cut_off_m = self.cut_off_m.max(other.cut_off_m);
        if self.carriageways.is_empty() {
            (self.carriageways, self.more) = (other.carriageways, other.more);
            return;
        }
        for (known, more) in self.carriageways.iter_mut().zip(other.carriageways) {
            known.sooner(more.first);
        }
    }
}

impl Carriageway {
    /// Somebody else may be there sooner.
    pub(super) fn sooner(&mut self, other: Option<(String, f64)>) {
        self.first = match (self.first.take(), other) {
            (Some(one), Some(other)) => Some(if other.1 < one.1 { other } else { one }),
            (one, other) => one.or(other),
        };
    }
}

/// How far a place extends.
pub(super) struct Extent {
    middle: Position,
    /// It lies within so many metres of its middle.
    pub(super) radius_m: f64,
    /// Its outline, if one was drawn.
    area: Option<MultiPolygon<f64>>,
    /// What was made ready: it is the same for all steps of a question.
    ready: RefCell<Vec<Ready>>,
}

/// For whom a place was made ready.
type Ready = (Profile, Option<Arc<Overlay>>, Rc<Rough>);

/// A rough place on the roads as one profile may use them.
pub(super) struct Rough {
    pub(super) anywhere: Anywhere,
    /// The roads of which is said who is first there.
    pub(super) strands: Vec<Strand>,
    pub(super) more: usize,
}

impl Extent {
    pub(super) fn of(incident: &Incident, middle: Position) -> Self {
        let location = &incident.location;
        let drawn = location.geometry.as_ref().filter(|_| location.state == LocationState::Area);
        let area = drawn.and_then(|json| zone::polygons(network::geometry(json).ok()?));
        let corners = area.iter().flat_map(CoordsIter::coords_iter);
        let far_m = corners.filter_map(|at| Some(Position::new(at.x, at.y).ok()?.distance_m(&middle)));
        let radius_m = far_m.fold(location.accuracy_m.unwrap_or(0.0), f64::max);
        Self { middle, radius_m, area, ready: RefCell::default() }
    }

    /// The place on those roads; `scene` is its middle there. `None` when it is a point, or has no road in it.
    pub(super) fn rough(
        &self,
        space: &mut Workspace,
        (profile, overlay): (Profile, Option<&Arc<Overlay>>),
        roads: Roads<'_>,
        scene: Place,
    ) -> Option<Rc<Rough>> {
        if self.area.is_none() && self.radius_m < ROUGH_M {
            return None;
        }
        let mut ready = self.ready.borrow_mut();
        let is = |known: &&Ready| known.0 == profile && known.1.as_ref().map(Arc::as_ptr) == overlay.map(Arc::as_ptr);
        let rough = if let Some((.., known)) = ready.iter().find(is) {
            Rc::clone(known)
        } else {
            let made = Rc::new(self.made(space, roads, scene));
            ready.push((profile, overlay.cloned(), Rc::clone(&made)));
            made
        };
        (!rough.anywhere.is_empty()).then_some(rough)
    }

    fn made(&self, space: &mut Workspace, roads: Roads<'_>, scene: Place) -> Rough {
        let (graph, net) = (roads.graph, roads.net);
        let parts = self.area.as_ref().and_then(|area| graph.parts_in_area(net, area));
        let parts = parts.unwrap_or_else(|| graph.parts_in_circle(net, self.middle, self.radius_m));
        let (strands, more) = graph.nearest_strands(net, (self.middle, &parts), (STRANDS, COMPLETE_M));
        Rough { anywhere: Anywhere::new(space, roads, scene, parts), strands, more }
    }
}
