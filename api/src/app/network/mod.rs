//! The roads as a graph: made from the layer of roads, kept on disk for the next start, swapped whole when roads change.

mod closed;
mod follow;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use dispatch::{Desk, Size};
use spatial::Position;
use spatial::roads::{Closure, Net, OffRoad, Overlay, Place, Profile, RoadGraph, Roads, Rules, Snap, Workspace};

use closed::Overlays;
pub use closed::{geometry, middle, movers};
pub use follow::run;

/// Memories of searches that are kept: as many searches go on at a time without making a new one.
const SPACES: usize = 8;

/// The graph, and what each profile may use of it.
pub struct Network {
    /// The graph.
    pub graph: RoadGraph,
    nets: [Net; Profile::ALL.len()],
    /// Version of the layer's picture that it was made of.
    pub version: u64,
    overlays: Mutex<Overlays>,
}

impl Network {
    /// `against` is how many times longer a one-way street takes an emergency car against its direction; none: never.
    fn new(graph: RoadGraph, version: u64, against: Option<f64>) -> Self {
        let rules = |profile: Profile| match profile {
            Profile::Emergency => Rules { against, ..Rules::of(profile) },
            Profile::Foot | Profile::Car => Rules::of(profile),
        };
        let nets = Profile::ALL.map(|profile| Net::new(&graph, rules(profile)));
        Self { graph, nets, version, overlays: Mutex::default() }
    }

    /// What a profile may use.
    pub fn net(&self, profile: Profile) -> &Net {
        let [foot, car, emergency] = &self.nets;
        match profile {
            Profile::Foot => foot,
            Profile::Car => car,
            Profile::Emergency => emergency,
        }
    }

    /// What is closed or slow for a profile at a moment; nothing at all when no closure holds.
    pub fn overlay(&self, desk: &Desk, profile: Profile, now_ms: i64) -> Option<Arc<Overlay>> {
        self.overlay_for(desk, (profile, Size::default()), now_ms)
    }

    /// The same for a vehicle of that size, which limits of roads and closures may hold back.
    pub fn overlay_for(&self, desk: &Desk, vehicle: (Profile, Size), now_ms: i64) -> Option<Arc<Overlay>> {
        let mut overlays = self.overlays.lock().unwrap_or_else(PoisonError::into_inner);
        overlays.of(&self.graph, desk, vehicle, now_ms)
    }

    /// The same with closures on top that are only tried.
    pub fn overlay_with(&self, desk: &Desk, profile: Profile, now_ms: i64, tried: &[Closure]) -> Option<Arc<Overlay>> {
        let held = self.overlay(desk, profile, now_ms);
        if tried.is_empty() {
            return held;
        }
        let tried = closed::over(&self.graph, tried, (profile, Size::default()), now_ms);
        Some(Arc::new(match held {
            Some(held) => held.and(&tried),
            None => tried,
        }))
    }

    /// The road place of a position and how far it is, metres: on the largest piece of the net, unless that is out of
    /// reach.
    ///
    /// # Errors
    /// When no road that the profile may use lies within `within_m` metres.
    pub fn place(&self, profile: Profile, at: Position, within_m: f64) -> Result<(Place, f64), OffRoad> {
        self.snap(profile, at, within_m).map(|snap| snap.on_largest())
    }

    /// The same for plans and for what stays where it is: a larger piece of the net that does not hang together with the
    /// largest one, as an island's, keeps what is on it ([`Snap::settled`]).
    ///
    /// # Errors
    /// When no road that the profile may use lies within `within_m` metres.
    pub fn settled(&self, profile: Profile, at: Position, within_m: f64) -> Result<(Place, f64), OffRoad> {
        self.snap(profile, at, within_m).map(|snap| snap.settled())
    }

    /// The same with the nearest road place, on whatever piece of the net.
    ///
    /// # Errors
    /// When no road that the profile may use lies within `within_m` metres.
    pub fn snap(&self, profile: Profile, at: Position, within_m: f64) -> Result<Snap, OffRoad> {
        self.graph.snap(self.net(profile), at, within_m)
    }

    /// All that a search needs.
    pub fn roads<'a>(&'a self, profile: Profile, overlay: Option<&'a Arc<Overlay>>) -> Roads<'a> {
        Roads { graph: &self.graph, net: self.net(profile), overlay: overlay.map(|overlay| &**overlay) }
    }
}

/// The newest graph, and memory for searches.
pub struct Ways {
    network: ArcSwapOption<Network>,
    spaces: Mutex<Vec<Workspace>>,
}

impl Default for Ways {
    fn default() -> Self {
        Self { network: ArcSwapOption::empty(), spaces: Mutex::default() }
    }
}

impl Ways {
    /// The newest graph; `None` until the first is made.
    pub fn network(&self) -> Option<Arc<Network>> {
        self.network.load_full()
    }

    /// Runs a search with memory that is used again.
    pub fn search<T>(&self, search: impl FnOnce(&mut Workspace) -> T) -> T {
        let kept = self.spaces.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut space = kept.unwrap_or_default();
        let found = search(&mut space);
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        if spaces.len() < SPACES {
            spaces.push(space);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use spatial::roads::{Bound, GraphBuilder};
    use spatial::{Feature, FeatureKey, Layer, Properties, Value};

    use super::*;

    #[test]
    fn an_emergency_car_drives_against_a_one_way_street_at_the_cost_that_is_set() {
        let time = |against: Option<f64>| {
            let key = FeatureKey::new(Layer::Roads, "test", "1").unwrap();
            let word = |text: &str| Value::Text(text.to_owned());
            let of: Properties =
                [("class".into(), word("residential")), ("oneway".into(), word("yes"))].into_iter().collect();
            let line = geo::LineString::from(vec![(120.650, 28.0), (120.660, 28.0)]);
            let mut builder = GraphBuilder::new();
            assert!(builder.push(&Feature::new(key, line.into(), of).unwrap()));
            let network = Network::new(builder.finish(), 1, against);
            let place = |lon: f64| {
                let at = Position::new(lon, 28.0).unwrap();
                network.place(Profile::Emergency, at, 100.0).unwrap().0
            };
            let roads = network.roads(Profile::Emergency, None);
            let route = Workspace::new().route(roads, place(120.659), place(120.651), Bound::fastest());
            route.map(|route| route.time_s)
        };
        let (once, thrice) = (time(Some(1.0)).unwrap(), time(Some(3.0)).unwrap());
        assert!((thrice / once - 3.0).abs() < 0.01, "{once} {thrice}");
        assert_eq!(time(None), None);
    }
}
