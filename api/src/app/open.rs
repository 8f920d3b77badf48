//! How the house is opened.

use std::sync::Arc;

use store::Store;

use super::{
    Alarms, App, Approaches, Away, Heading, Imports, Inner, Limits, Looks, Others, Publisher, Register, Roads,
    Searchers, Sessions, TileCache, Track, Walls, World, coverage, heat, hours, network, ops, ranking, standby, video,
};

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
            heats: heat::Heats::default(),
            searchers: Searchers::default(),
            imports: Imports::new(),
            ops: ops::Operations::new(),
            track: Track::new(),
            others: Others::new(),
            roads: Roads::new(),
            ways: network::Ways::default(),
            past: coverage::Past::default(),
            register: Register::default(),
            standby: standby::Standby::default(),
            advice: ranking::Advice::default(),
            approaches: Approaches::default(),
            alarms: Alarms::default(),
            walls: Walls::default(),
            video: video::Video::new(limits.video_sources.clone()),
            away,
            names: super::names::Names::default(),
            publisher: Publisher::new(),
            stop: tokio::sync::watch::Sender::new(false),
            store,
            limits,
            hours: hours::Hours::of(heading.time_zone.as_deref()),
            heading,
        }))
    }
}
