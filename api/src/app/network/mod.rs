//! The roads as a graph: made from the layer of roads, kept on disk for the next start, swapped whole when roads change.

mod closed;
mod follow;
mod kept;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use dispatch::Desk;
use spatial::roads::{Net, Overlay, Profile, RoadGraph, Roads, Rules, Workspace};

use closed::Overlays;
pub use closed::{geometry, movers};
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
    fn new(graph: RoadGraph, version: u64) -> Self {
        let nets = Profile::ALL.map(|profile| Net::new(&graph, Rules::of(profile)));
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
        let mut overlays = self.overlays.lock().unwrap_or_else(PoisonError::into_inner);
        overlays.of(&self.graph, desk, profile, now_ms)
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
