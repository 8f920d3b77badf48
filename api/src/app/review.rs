//! The ring of review: whose recordings to look through first for somebody who was last seen at a place and went on, on foot
//! or by car.

use std::sync::Arc;

use spatial::roads::{Profile, Sense};
use spatial::sight::Cameras;
use spatial::sight::ring::{self, LastSeen, Paces, Review};
use spatial::{Layer, Position, StillLayer};

use super::App;
use super::clock::now_ms;
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
#[derive(Debug, Clone, Copy)]
pub struct ReviewAsked {
    /// Where somebody was last seen.
    pub place: Position,
    /// Radius of the circle that the place is somewhere in, metres.
    pub accuracy_m: f64,
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
}

impl App {
    /// The cameras in the caller's sight that somebody may have passed within so many minutes of having been seen last.
    /// Empty when there is no path or road near, or no road graph yet.
    pub fn review(&self, caller: &Caller, asked: &ReviewAsked) -> Result<Reviewed, Refusal> {
        let sight = Sight::of(caller, Layer::Cameras)?;
        let still = self.world.still();
        let cameras = still.layer_or_empty(Layer::Cameras);
        let mut reviewed = Reviewed { ring: Vec::new(), left_off: 0, cameras: Arc::clone(&cameras) };
        let Some(network) = self.ways.network() else { return Ok(reviewed) };
        let (place, profile, paces) = (asked.place, asked.by.profile(), asked.by.paces());
        let net = network.net(profile);
        let Ok(start) = network.graph.snap(net, place, OFF_ROAD_M) else { return Ok(reviewed) };
        let overlay = network.overlay(&self.ops.desk(), profile, now_ms());
        let roads = network.roads(profile, overlay.as_ref());
        let within_s = f64::from(asked.minutes) * 60.0;
        let reach = self.ways.search(|space| space.isochrone(roads, start.place, Sense::Away, within_s));
        let radius_m = within_s * net.fastest_mps() + OFF_ROAD_M + BESIDE_M;
        let near = cameras.within(place, radius_m, |row| sight.holds(cameras.division(row)));
        let reached = near.into_iter().filter_map(|near| {
            let beside = network.graph.snap(net, near.place, BESIDE_M).ok()?;
            Some((near.row, reach.time_at(beside.place)?))
        });
        let reached: Vec<(usize, f64)> = reached.collect();
        let last = LastSeen { at_ms: asked.at_ms, accuracy_m: asked.accuracy_m, paces };
        // Paces are constants, and an accuracy was checked when the place was taken in.
        reviewed.ring = ring::review(&Cameras::new(&cameras), &reached, &last).unwrap_or_default();
        reviewed.left_off = reviewed.ring.len().saturating_sub(MOST);
        reviewed.ring.truncate(MOST);
        Ok(reviewed)
    }
}
