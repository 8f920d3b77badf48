//! A place that is known only roughly: the roads that it may be on, for one way of moving.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dispatch::{Location, LocationState};
use geo::{CoordsIter, MultiPolygon};
use spatial::roads::{Anywhere, Overlay, Part, Place, Profile, Roads, Strand, Workspace};
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
    /// Metres of road in it that cannot be reached from what stands for its middle; no time is about them.
    pub cut_off_m: f64,
    /// Why another road point stands for its middle, if one does.
    pub aside: Option<Aside>,
}

/// A road point beside the middle of a rough place stands for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aside {
    /// How far from the middle it is, metres.
    pub distance_m: f64,
    /// There is a road near the middle, but it does not hang together with the rest of the place. Else no road is near.
    pub shut_in: bool,
}

impl Aside {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        if self.shut_in { "MIDDLE-SHUT-IN" } else { "MIDDLE-OFF-ROAD" }
    }

    /// In English and Chinese.
    pub fn words(&self) -> (String, String) {
        let metres = self.distance_m.round();
        let (en, zh) = if self.shut_in {
            ("the middle of the place is closed or shut in", "该范围的中心被封闭或与周围道路不通")
        } else {
            ("no road is near the middle of the place", "该范围的中心附近没有道路")
        };
        (
            format!("{en}; the nearest open road of the place stands for it, {metres} m away"),
            format!("{zh}，以范围内最近的可通行道路代替，距中心{metres}米"),
        )
    }
}

impl Sides {
    /// The same roads with whoever of both is first there.
    pub(super) fn and(&mut self, other: Self) {
        self.cut_off_m = self.cut_off_m.max(other.cut_off_m);
        self.aside = self.aside.or(other.aside);
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
pub(in crate::app) struct Extent {
    middle: Position,
    /// It lies within so many metres of its middle.
    pub(in crate::app) radius_m: f64,
    /// Its outline, if one was drawn.
    area: Option<MultiPolygon<f64>>,
    /// What was made ready: it is the same for all steps of a question.
    ready: RefCell<Vec<Ready>>,
}

/// For whom a place was made ready.
type Ready = (Profile, Option<Arc<Overlay>>, Option<Rc<Rough>>);

/// A rough place on the roads as one profile may use them.
pub(super) struct Rough {
    pub(super) foothold: Foothold,
    pub(super) anywhere: Anywhere,
    /// The roads of which is said who is first there.
    pub(super) strands: Vec<Strand>,
    pub(super) more: usize,
}

/// The road point that stands for the middle of a rough place.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct Foothold {
    pub(in crate::app) place: Place,
    /// None where it is the middle's own.
    pub(in crate::app) aside: Option<Aside>,
}

impl Extent {
    pub(in crate::app) fn of(location: &Location, middle: Position) -> Self {
        let drawn = location.geometry.as_ref().filter(|_| location.state == LocationState::Area);
        let area = drawn.and_then(|json| zone::polygons(network::geometry(json).ok()?));
        let corners = area.iter().flat_map(CoordsIter::coords_iter);
        let far_m = corners.filter_map(|at| Some(Position::new(at.x, at.y).ok()?.distance_m(&middle)));
        let radius_m = far_m.fold(location.accuracy_m.unwrap_or(0.0), f64::max);
        Self { middle, radius_m, area, ready: RefCell::default() }
    }

    /// The place on those roads; `snapped` is the road place of its middle, if there is a road near it. `None` when it is a
    /// point, or has no road in it.
    pub(super) fn rough(
        &self,
        space: &mut Workspace,
        (profile, overlay): (Profile, Option<&Arc<Overlay>>),
        roads: Roads<'_>,
        snapped: Option<Place>,
    ) -> Option<Rc<Rough>> {
        let mut ready = self.ready.borrow_mut();
        let is = |known: &&Ready| known.0 == profile && known.1.as_ref().map(Arc::as_ptr) == overlay.map(Arc::as_ptr);
        if let Some((.., known)) = ready.iter().find(is) {
            return known.clone();
        }
        let made = self.made(space, roads, snapped).map(Rc::new);
        ready.push((profile, overlay.cloned(), made.clone()));
        made
    }

    fn made(&self, space: &mut Workspace, roads: Roads<'_>, snapped: Option<Place>) -> Option<Rough> {
        let parts = self.parts(roads);
        let foothold = self.stands(roads, snapped, &parts)?;
        let (strands, more) = roads.graph.nearest_strands(roads.net, (self.middle, &parts), (STRANDS, COMPLETE_M));
        Some(Rough { foothold, anywhere: Anywhere::new(space, roads, foothold.place, parts), strands, more })
    }

    /// The roads of a rough place; none of a point.
    fn parts(&self, roads: Roads<'_>) -> Vec<Part> {
        if self.area.is_none() && self.radius_m < ROUGH_M {
            return Vec::new();
        }
        let parts = self.area.as_ref().and_then(|area| roads.graph.parts_in_area(roads.net, area));
        parts.unwrap_or_else(|| roads.graph.parts_in_circle(roads.net, self.middle, self.radius_m))
    }

    fn stands(&self, roads: Roads<'_>, snapped: Option<Place>, parts: &[Part]) -> Option<Foothold> {
        if parts.is_empty() {
            return None;
        }
        let place = roads.foothold(self.middle, snapped, parts)?;
        let distance_m = roads.graph.position(place)?.distance_m(&self.middle);
        let aside = (snapped != Some(place)).then_some(Aside { distance_m, shut_in: snapped.is_some() });
        Some(Foothold { place, aside })
    }

    /// What stands for the place on those roads: for a point, or where no road lies in it, the road place of its middle.
    pub(in crate::app) fn foothold(&self, roads: Roads<'_>, snapped: Option<Place>) -> Option<Foothold> {
        let own = snapped.map(|place| Foothold { place, aside: None });
        self.stands(roads, snapped, &self.parts(roads)).or(own)
    }

    /// The farthest from its middle that a road point is which stands for it, of all made ready so far, metres.
    pub(super) fn aside_m(&self) -> f64 {
        let ready = self.ready.borrow();
        let asides = ready.iter().filter_map(|(.., rough)| rough.as_ref()?.foothold.aside);
        asides.map(|aside| aside.distance_m).fold(0.0, f64::max)
    }
}
