//! What the house does, without knowing that HTTP exists: services that join the crates.

mod alarms;
mod approach;
mod away;
mod cache;
mod clock;
mod coverage;
mod features;
mod heading;
mod heard;
mod hex;
mod imports;
mod late;
mod limits;
mod live_tiles;
mod looks;
mod nearby;
pub mod network;
pub mod ops;
mod others;
mod pages;
pub(crate) mod people;
mod positions;
mod publisher;
mod ranking;
mod refusals;
mod reported;
mod resources;
mod retention;
mod review;
mod roads;
mod sessions;
mod sighting;
mod snapshot;
mod tiles;
mod track;
mod units;
pub mod video;
mod world;

use std::ops::Deref;
use std::sync::Arc;

use store::Store;

pub use alarms::{Alarm, Alarms, watch_clock};
pub use approach::Approaches;
pub use away::{Away, watch_store};
pub use cache::{Encoding, TileCache};
pub use clock::{now_ms, rfc3339};
pub use coverage::{CoverageAsked, Covered, Stand};
pub use features::{Edit, Edited};
pub use heading::{FirstView, Heading};
pub use hex::hex;
pub use imports::{
    FieldChange, ImportError, ImportJob, ImportOrder, ImportOutcome, ImportReport, ImportWords, Imports, MendedRow,
    Progress, RefusedRow, RowsJob, Started, Suspected, WrongWord, begin, changed_fields, import,
};
pub use limits::Limits;
pub use live_tiles::incident_fid;
pub use looks::Looks;
pub use nearby::{Area, Found, Item, PeopleSum, Surroundings};
pub use others::{Others, run as others};
pub use pages::{Days, Page, Wanted};
pub use positions::{Posted, Report};
pub use publisher::Publisher;
pub(crate) use publisher::read_all;
pub use ranking::{Carriageway, Recommended, UnitsAsked};
pub use reported::Reported;
pub use resources::{Resource, Resources};
pub use retention::run as retention;
pub use review::Reviewed;
pub use roads::{Roads, run as roads};
pub use sessions::{LoginRefusal, Sessions};
pub use sighting::Sighting;
pub use tiles::{Answer, TileRequest, holds};
pub use track::Track;
pub use units::{DeviceView, UnitView};
pub use world::{Moving, Still, Tracked, World};

/// A handle on everything that a request may need. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What the handle points at.
pub struct Inner {
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// What is where.
    pub world: World,
    /// Whether the store answers.
    pub away: Arc<Away>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// What was looked at.
    pub looks: Looks,
    /// Tiles that were made.
    pub cache: TileCache,
    /// Imports that are under way or done.
    pub imports: Imports,
    /// Incidents, orders and units: the log and what it says.
    pub ops: ops::Operations,
    /// Positions on their way to the disk.
    pub track: Track,
    /// Positions on their way to other servers.
    pub others: Others,
    /// Places on their way to be compared with the roads.
    pub roads: Roads,
    /// The road graph, and memory for its searches.
    pub ways: network::Ways,
    /// What people reported in the last days.
    pub past: coverage::Past,
    /// Recommendations that were shown lately.
    pub advice: ranking::Advice,
    /// Units on their way to scenes.
    pub approaches: Approaches,
    /// What somebody has to look at.
    pub alarms: Alarms,
    /// What cameras show.
    pub video: video::Video,
    /// Tells the publisher that the registry changed.
    pub publisher: Publisher,
    /// Bounds and times.
    pub limits: Limits,
    /// What the page's header says.
    pub heading: Heading,
    /// Rings when the server stops.
    pub stop: tokio::sync::watch::Sender<bool>,
}

impl App {
    /// Opens the house on a store. Nothing is loaded yet: [`Publisher::run`] fills the world and makes it ready.
    pub fn new(store: Arc<dyn Store>, limits: Limits, heading: Heading) -> Self {
        if let Some(uploads) = &limits.uploads {
            // What a server that was killed has left; whoever serves has the folder for itself.
            drop(std::fs::remove_dir_all(uploads));
        }
        let session_ms = i64::try_from(limits.session_s.saturating_mul(1000)).unwrap_or(i64::MAX);
        let away = Arc::new(Away::default());
        Self(Arc::new(Inner {
            world: World::new(),
            sessions: Sessions::new(Arc::clone(&store), Arc::clone(&away), session_ms),
            looks: Looks::new(Arc::clone(&store), Arc::clone(&away)),
            cache: TileCache::new(limits.tile_cache_bytes),
            imports: Imports::new(),
            ops: ops::Operations::new(),
            track: Track::new(),
            others: Others::new(),
            roads: Roads::new(),
            ways: network::Ways::default(),
            past: coverage::Past::default(),
            advice: ranking::Advice::default(),
            approaches: Approaches::default(),
            alarms: Alarms::default(),
            video: video::Video::new(limits.video_sources.clone()),
            away,
            publisher: Publisher::new(),
            stop: tokio::sync::watch::Sender::new(false),
            store,
            limits,
            heading,
        }))
    }
}

/// Waits until the server stops.
pub async fn stopped(stop: &mut tokio::sync::watch::Receiver<bool>) {
    // An error means that the house is gone, which is a stop as well.
    drop(stop.wait_for(|stop| *stop).await);
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
