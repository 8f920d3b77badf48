//! The ring of review: whose recordings to look through first for somebody who was last seen at a place and went on, on foot
//! or by car.

use std::sync::Arc;

use dispatch::Location;
use spatial::roads::{Profile, Roads, Sense};
use spatial::sight::Cameras;
use spatial::sight::ring::{self, LastSeen, Paces, Review};
use spatial::{Layer, StillLayer};

use super::App;
use super::clock::now_ms;
use super::ranking::{Aside, Extent};
use crate::auth::{Caller, Refusal, Sight};

/// A camera is on the way when a path or a road runs so near, metres.
const BESIDE_M: f64 = 60.0;
/// Farther from any path or road than this nobody went on, metres.
const OFF_ROAD_M: f64 = 500.0;
/// Cameras of one answer, those that are passed first: a shift cannot look through more.
const MOST: usize = 2_000;

/// How somebody went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WentBy {
    /// On paths, in any direction.
    Foot,
    /// On roads, with one-way streets and what is closed to cars.
    Car,
}

impl WentBy {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Foot, Self::Car];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Foot => "foot",
            Self::Car => "car",
        }
    }

    fn profile(self) -> Profile {
        match self {
            Self::Foot => Profile::Foot,
            Self::Car => Profile::Car,
        }
    }

    fn paces(self) -> Paces {
        match self {
            Self::Foot => Paces::FOOT,
            Self::Car => Paces::CAR,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct ReviewAsked {
    /// Where somebody was last seen: a point, a circle or an area.
    pub last: Location,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How far the ring grows, minutes at the speed of the road graph.
    pub minutes: u32,
    /// How they went on.
    pub by: WentBy,
}

/// What came out.
#[derive(Debug)]
pub struct Reviewed {
    /// By when they can first have been seen; at most 2,000.
    pub ring: Vec<Review>,
    /// Cameras that are passed later and are not in it.
    pub left_off: usize,
    /// The layer that rows are of.
    pub cameras: Arc<StillLayer>,
    /// Why the ring does not grow from the middle of the place, if it does not.
    pub aside: Option<Aside>,
    /// No camera is passed because closures shut the place in.
    pub closed_in: bool,
}

impl App {
    /// The cameras in the caller's sight that somebody may have passed within so many minutes of having been seen last.
    /// Empty when there is no path or road near, or no road graph yet.
    pub fn review(&self, caller: &Caller, asked: &ReviewAsked) -> Result<Reviewed, Refusal> {
        let sight = Sight::of(caller, Layer::Cameras)?;
        let still = self.world.still();
        let cameras = still.layer_or_empty(Layer::Cameras);
        let mut reviewed =
            Reviewed { ring: Vec::new(), left_off: 0, cameras: Arc::clone(&cameras), aside: None, closed_in: false };
        let (Some(network), Some(place)) = (self.ways.network(), asked.last.position) else { return Ok(reviewed) };
        let (extent, profile, paces) = (Extent::of(&asked.last, place), asked.by.profile(), asked.by.paces());
        let net = network.net(profile);
        let overlay = network.overlay(&self.ops.desk(), profile, now_ms());
        let roads = network.roads(profile, overlay.as_ref());
        let snapped = network.graph.snap(net, place, OFF_ROAD_M).ok().map(|snap| snap.place);
        let Some(start) = extent.foothold(roads, snapped) else { return Ok(reviewed) };
        reviewed.aside = start.aside;
        let aside_m = start.aside.map_or(0.0, |aside| aside.distance_m);
        let within_s = f64::from(asked.minutes) * 60.0;
        let grown = |roads| self.ways.search(|space| space.isochrone(roads, start.place, Sense::Away, within_s));
        let reach = grown(roads);
        let radius_m = within_s * net.fastest_mps() + aside_m.max(OFF_ROAD_M) + BESIDE_M;
        let near = cameras.within(place, radius_m, |row| sight.holds(cameras.division(row)));
        let reached = near.into_iter().filter_map(|near| {
            let beside = network.graph.snap(net, near.place, BESIDE_M).ok()?;
            Some((near.row, reach.time_at(beside.place)?))
        });
        let reached: Vec<(usize, f64)> = reached.collect();
        // Whoever was on the other side of the middle is so much farther from where the ring begins.
        let last = LastSeen { at_ms: asked.at_ms, accuracy_m: extent.radius_m + aside_m, paces };
        // Paces are constants, and an accuracy was checked when the place was taken in.
        reviewed.ring = ring::review(&Cameras::new(&cameras), &reached, &last).unwrap_or_default();
        reviewed.left_off = reviewed.ring.len().saturating_sub(MOST);
        reviewed.ring.truncate(MOST);
        let open = Roads { overlay: None, ..roads };
        reviewed.closed_in =
            reviewed.ring.is_empty() && overlay.is_some() && reach.is_shut_in() && !grown(open).is_shut_in();
        Ok(reviewed)
    }
}
