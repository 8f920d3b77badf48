//! The ring of review: whose recordings to look through first for somebody who was last seen at a place and walked on.

use std::sync::Arc;

use spatial::roads::{Profile, Sense};
use spatial::sight::Cameras;
use spatial::sight::ring::{self, LastSeen, Review};
use spatial::{Layer, Position, StillLayer};

use super::App;
use super::clock::now_ms;
use crate::auth::{Caller, Refusal, Sight};

/// A camera is on the walk when a path runs so near, metres.
const BESIDE_M: f64 = 60.0;
/// The pace that the isochrone grows with, metres a second.
const PACE_MPS: f64 = 1.4;
/// Farther from any path than this nobody walked on, metres.
const OFF_ROAD_M: f64 = 500.0;

/// What came out.
#[derive(Debug)]
pub struct Reviewed {
    /// By when they can first have been seen.
    pub ring: Vec<Review>,
    /// The layer that rows are of.
    pub cameras: Arc<StillLayer>,
}

impl App {
    /// The cameras in the caller's sight that somebody may have passed within `minutes` of having been seen last. Empty
    /// when there is no path near, or no road graph yet.
    pub fn review(
        &self,
        caller: &Caller,
        (place, accuracy_m): (Position, f64),
        at_ms: i64,
        minutes: u32,
    ) -> Result<Reviewed, Refusal> {
        let sight = Sight::of(caller, Layer::Cameras)?;
        let still = self.world.still();
        let cameras = still.layer_or_empty(Layer::Cameras);
        let mut reviewed = Reviewed { ring: Vec::new(), cameras: Arc::clone(&cameras) };
        let Some(network) = self.ways.network() else { return Ok(reviewed) };
        let net = network.net(Profile::Foot);
        let Ok(start) = network.graph.snap(net, place, OFF_ROAD_M) else { return Ok(reviewed) };
        let overlay = network.overlay(&self.ops.desk(), Profile::Foot, now_ms());
        let roads = network.roads(Profile::Foot, overlay.as_ref());
        let within_s = f64::from(minutes) * 60.0;
        let reach = self.ways.search(|space| space.isochrone(roads, start.place, Sense::Away, within_s));
        let near = cameras.within(place, within_s * PACE_MPS, |row| sight.holds(cameras.division(row)));
        let reached = near.into_iter().filter_map(|near| {
            let beside = network.graph.snap(net, near.place, BESIDE_M).ok()?;
            Some((near.row, reach.time_at(beside.place)?))
        });
        let reached: Vec<(usize, f64)> = reached.collect();
        let last =
            LastSeen { at_ms, accuracy_m, pace_mps: PACE_MPS, slow_mps: ring::SLOW_MPS, fast_mps: ring::FAST_MPS };
        // Paces are constants, and an accuracy was checked when the place was taken in.
        reviewed.ring = ring::review(&Cameras::new(&cameras), &reached, &last).unwrap_or_default();
        Ok(reviewed)
    }
}
