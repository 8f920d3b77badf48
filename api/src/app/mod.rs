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
mod heat;
mod hex;
mod homes;
mod hours;
mod imports;
mod kept;
mod late;
mod limits;
mod live_tiles;
mod looks;
mod names;
mod nearby;
pub mod network;
mod open;
pub mod ops;
mod others;
mod pages;
pub(crate) mod people;
mod plans;
mod positions;
mod publisher;
mod ranking;
mod refusals;
mod reported;
mod resources;
mod retention;
mod review;
mod roads;
mod search;
mod sessions;
mod sighting;
mod snapshot;
mod standby;
mod tiles;
mod track;
mod trend;
mod units;
pub mod video;
mod walls;
mod world;
mod zones;

use std::ops::Deref;
use std::sync::Arc;

use store::Store;

pub use alarms::{Alarm, Alarms, watch_clock};
pub use approach::Approaches;
pub use away::{Away, watch_store};
pub use cache::{Encoding, TileCache};
pub use clock::{from_rfc3339, now_ms, rfc3339};
pub use coverage::{Candidate, Candidates, CoverageAsked, Covered, Sited, SitesAsked, Stand};
pub use features::{Edit, Edited};
pub use heading::{FirstView, Heading};
pub use heat::{Heat, HeatAsked, HeatDays, HeatForm, HeatOf, HeatTile};
pub use hex::hex;
pub use homes::{Register, run as homes};
pub use imports::{
    Begin, FieldChange, GoneRows, ImportError, ImportJob, ImportOrder, ImportOutcome, ImportReport, ImportWords,
    Imports, LinesOrder, MendedRow, Progress, RefusedRow, RosterOutcome, RowsJob, Running, Started, Suspected,
    WrongWord, changed_fields, file_told, import, import_past, import_roster, undo_first,
};
pub use limits::Limits;
pub use live_tiles::incident_fid;
pub use looks::Looks;
pub use nearby::{Area, Found, Item, PeopleSum, Surroundings};
pub use others::{Others, run as others};
pub use pages::{Days, Page, Wanted};
pub(crate) use people::published_cells;
pub use plans::PlanInSight;
pub use positions::{Posted, Report};
pub use publisher::Publisher;
pub(crate) use publisher::read_all;
pub use ranking::{Aside, Carriageway, Recommended, UnitsAsked};
pub use reported::Reported;
pub use resources::{Resource, Resources, WATER};
pub use retention::run as retention;
pub use review::{ReviewAsked, Reviewed, WentBy};
pub use roads::{Roads, run as roads};
pub use search::{NotSearched, Searched, Searchers};
pub use sessions::{Asking, LoginRefusal, Sessions};
pub use sighting::Sighting;
pub use standby::{run as standby, watch as watch_voids};
pub use tiles::{Answer, TileRequest, holds};
pub use track::Track;
pub use trend::TrendHour;
pub use units::{DeviceView, UnitView};
pub use walls::{Seat, WallScene, Walls};
pub use world::{Moving, Still, Tracked, World};
pub use zones::{BuildingCount, Exit, Site, ZoneAsked, ZoneFound, ZonePeople, outline};

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
    /// Heat of what was reported and of who lives where.
    pub heats: heat::Heats,
    /// Who searches.
    pub searchers: Searchers,
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
    /// Who is registered where, for evacuation zones.
    pub register: Register,
    /// Who stands by for that.
    pub standby: standby::Standby,
    /// Recommendations that were shown lately.
    pub advice: ranking::Advice,
    /// Units on their way to scenes.
    pub approaches: Approaches,
    /// What somebody has to look at.
    pub alarms: Alarms,
    /// Walls that are connected.
    pub walls: Walls,
    /// What cameras show.
    pub video: video::Video,
    /// By what names things are found.
    pub names: names::Names,
    /// Tells the publisher that the registry changed.
    pub publisher: Publisher,
    /// Bounds and times.
    pub limits: Limits,
    /// What the page's header says.
    pub heading: Heading,
    /// The city's own clock.
    pub hours: hours::Hours,
    /// Rings when the server stops.
    pub stop: tokio::sync::watch::Sender<bool>,
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
