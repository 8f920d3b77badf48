//! One viewer's socket. It keeps no queue: at each tick it reads what is new, so a slow reader costs nothing but its
//! own freshness.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use spatial::{Bounds, Layer};
use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant as Tick, sleep_until, timeout};

use super::checksum::checksum;
use super::had::had;
use super::outbox::Viewer;
use crate::app::ops::Since;
use crate::app::{App, Seat, Walls, now_ms, rfc3339, stopped};
use crate::auth::{Caller, policy};
use crate::http::problem::Code;
use crate::sabotage::removed;
use crate::wire::{AlarmBody, ClientMessage, Hello, IncidentBody, LinkRow, SceneBody, ServerMessage, SourceAge};

/// How long the first message may take.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How often the server shows that it is there, and looks whether the login still holds.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often the viewer can compare what it shows with what it should show.
const CHECKSUM: Duration = Duration::from_mins(1);
/// The first comes sooner, so that a viewer that cannot follow finds out at once.
const FIRST_CHECKSUM: Duration = Duration::from_secs(5);
/// A message that takes longer than this to leave means that the reader is slow: it gets a snapshot instead.
const SLOW: Duration = Duration::from_secs(2);
/// A message that takes longer than this ends the connection.
const TOO_SLOW: Duration = Duration::from_secs(30);
/// Position messages a second unless the viewer says otherwise: a fix is on screen within a fifth of a second.
const DEFAULT_HZ: f64 = 5.0;

/// Why a connection ends.
enum End {
    /// The viewer went, or cannot be written to.
    Gone,
    /// We close, for this reason.
    Bye(&'static str),
}

/// Serves one viewer until it goes.
pub async fn serve(app: App, caller: Caller, token: String, socket: WebSocket) {
    let _counted = Counted::new();
    let mut session = Session {
        app,
        caller,
        token,
        socket,
        viewer: Viewer::default(),
        revisions: BTreeMap::new(),
        hz: DEFAULT_HZ,
        told: None,
        incidents: None,
        seat: None,
        scene: None,
        scene_told: false,
        closed: Vec::new(),
    };
    if let End::Bye(reason) = session.run().await {
        // Who is being told goodbye may be gone already.
        let _ = session.send(&ServerMessage::Bye { reason }).await;
        let frame = CloseFrame { code: close_code(reason), reason: reason.into() };
        let _ = timeout(SLOW, session.socket.send(Message::Close(Some(frame)))).await;
    }
}

/// One of the viewers that are counted, however it ends.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!("onemap_live_viewers").increment(1.0);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("onemap_live_viewers").decrement(1.0);
    }
}

/// What there is to be asked for again after an event of that kind.
fn ground_of(kind: &str) -> Option<&'static str> {
    match kind.split_once('.')?.0 {
        "closure" => Some("closures"),
        "condition" => Some("conditions"),
        _ => None,
    }
}

struct Session {
    app: App,
    caller: Caller,
    token: String,
    socket: WebSocket,
    viewer: Viewer,
    revisions: BTreeMap<&'static str, u64>,
    hz: f64,
    /// The last event that it has; absent before the first snapshot.
    told: Option<u64>,
    /// Closures that held when it was told of them last: time alone begins and ends one.
    closed: Vec<String>,
    /// Incidents that it has; absent before the first snapshot.
    incidents: Option<HashSet<String>>,
    /// The wall that it is a screen of.
    seat: Option<Seat>,
    /// What it was told last stands there.
    scene: Option<SceneBody>,
    /// Whether it was told, since the last snapshot.
    scene_told: bool,
}

impl Session {
    async fn run(&mut self) -> End {
        match self.hello().await {
            Ok(()) => {}
            Err(end) => return end,
        }
        match self.follow().await {
            Ok(()) => End::Gone,
            Err(end) => end,
        }
    }

    async fn hello(&mut self) -> Result<(), End> {
        let first = timeout(HELLO_WITHIN, self.socket.recv()).await.map_err(|_late| End::Bye("BAD-HELLO"))?;
        let Some(Ok(Message::Text(text))) = first else { return Err(End::Bye("BAD-HELLO")) };
        let Some(ClientMessage::Hello(hello)) = read_message(&text) else { return Err(End::Bye("BAD-HELLO")) };
        self.accept(&hello)?;
        self.snapshot().await
    }

    fn accept(&mut self, hello: &Hello) -> Result<(), End> {
        self.viewer.bounds = read_bounds(hello.bounds)?;
        // A place in another log is no place in this one, and one that does not say in which is in none.
        let same = hello.epoch == Some(u64::from(self.app.ops.epoch()));
        self.told = hello.since.filter(|_| same);
        if let Some(layers) = &hello.layers {
            if !layers.iter().all(|name| is_layer(name)) {
                return Err(End::Bye("BAD-HELLO"));
            }
            self.viewer.without_units = !layers.iter().any(|name| name == Layer::Units.name());
        }
        if let Some(hz) = hello.max_hz {
            if !hz.is_finite() || hz <= 0.0 {
                return Err(End::Bye("BAD-HELLO"));
            }
            self.hz = hz.clamp(0.1, 10.0);
        }
        if let Some(name) = &hello.wall {
            let wall = Walls::named(name).ok_or(End::Bye("BAD-HELLO"))?;
            // Who may see no walls is shown the page, and told of no scene.
            self.seat = self.caller.is(policy::SEE_WALLS).then(|| Seat::take(&self.app, wall));
        }
        Ok(())
    }

    async fn follow(&mut self) -> Result<(), End> {
        let (mut moved, mut still, mut stop) =
            (self.app.world.bell(), self.app.world.still_bell(), self.app.stop.subscribe());
        let gap = Duration::from_secs_f64(1.0 / self.hz);
        let (mut operations, mut alarms) = (self.app.ops.bell(), self.app.alarms.bell());
        let mut ends = self.app.sessions.ends();
        let (mut next_tick, mut next_beat) = (Tick::now() + gap, Tick::now() + HEARTBEAT);
        let mut next_checksum = Tick::now() + FIRST_CHECKSUM;
        let mut waiting = false;
        loop {
            tokio::select! {
                changed = moved.changed(), if !waiting => {
                    changed.map_err(|_closed| End::Bye("SHUTDOWN"))?;
                    waiting = true;
                }
                () = sleep_until(next_tick), if waiting => {
                    moved.mark_unchanged();
                    self.logged_in(&mut ends)?;
                    self.news().await?;
                    waiting = false;
                    next_tick = Tick::now() + gap;
                }
                changed = still.changed() => {
                    changed.map_err(|_closed| End::Bye("SHUTDOWN"))?;
                    self.tell_revisions().await?;
                }
                rung = operations.changed() => {
                    rung.map_err(|_closed| End::Bye("SHUTDOWN"))?;
                    self.logged_in(&mut ends)?;
                    self.tell_events().await?;
                    self.tell_scene().await?;
                }
                () = sleep_until(next_checksum) => {
                    // Everything that it covers is told before it.
                    self.news().await?;
                    self.tell_events().await?;
                    let message = checksum(&self.app, &self.caller, self.viewer.known());
                    self.send(&message).await?;
                    next_checksum = Tick::now() + CHECKSUM;
                }
                // An alarm does not wait for the next beat.
                rung = alarms.changed() => {
                    rung.map_err(|_closed| End::Bye("SHUTDOWN"))?;
                    self.beat().await?;
                    next_beat = Tick::now() + HEARTBEAT;
                }
                ended = ends.recv() => self.not_own(ended.ok())?,
                () = sleep_until(next_beat) => {
                    self.beat().await?;
                    next_beat = Tick::now() + HEARTBEAT;
                }
                message = self.socket.recv() => {
                    self.heed(message)?;
                    // Who turned wants the new view at the next tick even when nothing moves.
                    waiting = true;
                }
                () = stopped(&mut stop) => return Err(End::Bye("SHUTDOWN")),
            }
        }
    }

    /// Who logged out is told nothing more. Whoever cannot follow the ends is asked about at the next beat.
    fn logged_in(&self, ends: &mut Receiver<Arc<str>>) -> Result<(), End> {
        while let Ok(ended) = ends.try_recv() {
            self.not_own(Some(ended))?;
        }
        Ok(())
    }

    fn not_own(&self, ended: Option<Arc<str>>) -> Result<(), End> {
        if ended.is_some_and(|token| *token == *self.token) { Err(End::Bye("EXPIRED")) } else { Ok(()) }
    }

    fn heed(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match message {
            Some(Ok(Message::Text(text))) => match read_message(&text) {
                Some(ClientMessage::View(view)) => {
                    self.viewer.turn(read_bounds(view.bounds)?);
                    Ok(())
                }
                Some(ClientMessage::Hello(_)) | None => Err(End::Bye("BAD-HELLO")),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => Err(End::Bye("BAD-HELLO")),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
        }
    }

    async fn snapshot(&mut self) -> Result<(), End> {
        // Who comes from another server may have seen more there.
        self.app.current().await;
        let now = now_ms();
        let still = self.app.world.still();
        let units = self.app.world.moving(|moving| {
            let sees = |slot| self.app.sees_unit(&self.caller, moving, slot, &still);
            self.viewer.snapshot(moving, sees, now)
        });
        let layers = policy::layers_in_sight(&self.caller).into_iter().filter(|layer| *layer != Layer::Units);
        self.revisions = layers.map(|layer| (layer.name(), still.version(layer))).collect();
        // Who comes back gets what happened meanwhile, if that is still kept; else everything as it is.
        let desk = self.app.ops.desk();
        let kept = self.told.filter(|seq| self.app.ops.reaches(*seq));
        let seq = if removed("s14") { desk.seq() } else { kept.unwrap_or(desk.seq()) };
        let incidents = kept.is_none().then(|| {
            let open = desk.incidents().filter(|incident| !incident.phase().is_terminal());
            let seen = open.filter_map(|incident| self.app.view(&self.caller, incident, &still));
            seen.map(|view| IncidentBody::of(&view)).collect::<Vec<_>>()
        });
        self.incidents = match &incidents {
            Some(all) => {
                self.closed = self.closed_now();
                Some(all.iter().map(|incident| incident.id.clone()).collect())
            }
            None => self.incidents.take().or_else(|| Some(had(&self.app, &self.caller, seq, &still))),
        };
        self.told = Some(seq);
        let message = ServerMessage::Snapshot {
            seq,
            epoch: u64::from(self.app.ops.epoch()),
            now: rfc3339(now),
            revisions: self.revisions.clone(),
            units,
            links: LinkRow::all(),
            resumed: kept.is_some(),
            incidents,
        };
        self.send(&message).await?;
        self.scene_told = false;
        self.tell_scene().await?;
        self.tell_events().await
    }

    /// What stands on its wall, when that is another than it was told last.
    async fn tell_scene(&mut self) -> Result<(), End> {
        let Some(wall) = self.seat.as_ref().map(|seat| seat.wall) else { return Ok(()) };
        let now = now_ms();
        let scene = self.app.wall_scene(&self.caller, wall, now).map(SceneBody::of);
        if self.scene_told && self.scene == scene {
            return Ok(());
        }
        (self.scene, self.scene_told) = (scene.clone(), true);
        self.send(&ServerMessage::Scene { now: rfc3339(now), scene: scene.map(Box::new) }).await
    }

    /// Everything that happened in operations since the last time: never dropped, never merged.
    async fn tell_events(&mut self) -> Result<(), End> {
        let Some(seq) = self.told else { return Ok(()) };
        let Since::News(news) = self.app.ops.since(seq) else {
            // Too far behind for what is kept: everything anew.
            self.told = None;
            return Box::pin(self.snapshot()).await;
        };
        let still = self.app.world.still();
        let mut ground = BTreeMap::new();
        for one in news {
            self.told = Some(one.seq);
            if let Some(name) = ground_of(&one.kind).filter(|_| self.caller.is(policy::SEE_GROUND)) {
                ground.insert(name, one.seq);
            }
            let Some(incident) = &one.incident else { continue };
            let view = self.app.view(&self.caller, incident, &still);
            let has = self.incidents.get_or_insert_default();
            match &view {
                Some(_) => has.insert(incident.id.clone()),
                None if has.remove(&incident.id) => true,
                None => continue,
            };
            let message = ServerMessage::Event {
                seq: one.seq,
                epoch: u64::from(self.app.ops.epoch()),
                kind: one.kind,
                at: rfc3339(one.at_ms),
                by: one.by,
                id: incident.id.clone(),
                incident: view.map(|view| Box::new(IncidentBody::of(&view))),
            };
            self.send(&message).await?;
        }
        if ground.contains_key("closures") {
            self.closed = self.closed_now();
        }
        for (layer, revision) in ground {
            self.send(&ServerMessage::Revision { layer, revision }).await?;
        }
        Ok(())
    }

    async fn news(&mut self) -> Result<(), End> {
        let started = Instant::now();
        let still = self.app.world.still();
        let messages = self.app.world.moving(|moving| {
            let sees = |slot| self.app.sees_unit(&self.caller, moving, slot, &still);
            self.viewer.news(moving, sees, now_ms())
        });
        for message in &messages {
            self.send(message).await?;
        }
        let took = started.elapsed();
        if took > SLOW {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 30 s × 10 Hz")]
            let missed = (took.as_secs_f64() * self.hz) as u64;
            metrics::counter!("onemap_live_lagged_total").increment(1);
            self.send(&ServerMessage::Lagged { missed }).await?;
            self.snapshot().await?;
        }
        Ok(())
    }

    async fn tell_revisions(&mut self) -> Result<(), End> {
        let still = self.app.world.still();
        let now: BTreeMap<&'static str, u64> = self
            .revisions
            .keys()
            .map(|name| {
                let version = Layer::from_name(name).map_or(0, |layer| still.version(layer));
                (*name, version)
            })
            .collect();
        let changed: Vec<_> = now.iter().filter(|(name, version)| self.revisions.get(*name) != Some(version)).collect();
        for (layer, revision) in changed {
            self.send(&ServerMessage::Revision { layer, revision: *revision }).await?;
        }
        self.revisions = now;
        Ok(())
    }

    /// Closures that hold now, for whoever sees them.
    fn closed_now(&self) -> Vec<String> {
        if !self.caller.is(policy::SEE_GROUND) {
            return Vec::new();
        }
        let (desk, now) = (self.app.ops.desk(), now_ms());
        let held = desk.closures().filter(|drawn| drawn.closure.holds(now));
        held.map(|drawn| drawn.closure.id.clone()).collect()
    }

    /// Says that a closure has begun or ended by itself.
    async fn tell_closures(&mut self) -> Result<(), End> {
        let closed = self.closed_now();
        if closed == self.closed {
            return Ok(());
        }
        self.closed = closed;
        let revision = self.app.ops.desk().seq();
        self.send(&ServerMessage::Revision { layer: "closures", revision }).await
    }

    async fn beat(&mut self) -> Result<(), End> {
        if let Err(problem) = self.app.sessions.caller(&self.token, None, None).await
            && problem.code() == Code::Expired
        {
            return Err(End::Bye("EXPIRED"));
        }
        // One whose time is over ends without a word in the log.
        self.tell_scene().await?;
        self.tell_closures().await?;
        let now = now_ms();
        let heard = self.app.heard();
        let source = |heard: Option<i64>| SourceAge::of(heard, now);
        let sources = BTreeMap::from([
            ("positions", source(heard.positions_ms)),
            ("calls", source(heard.calls_ms)),
            ("video", source(heard.video_ms)),
        ]);
        let alarms = self.app.alarms.all().into_iter().map(AlarmBody::of).collect();
        self.send(&ServerMessage::Heartbeat { now: rfc3339(now), sources, alarms }).await
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), End> {
        let text = serde_json::to_string(message).unwrap_or_default();
        metrics::counter!("onemap_live_bytes_total").increment(text.len() as u64);
        match timeout(TOO_SLOW, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Bye("TOO-SLOW")),
        }
    }
}

/// A viewer's message. An array would be taken for the fields in their order, which nobody means.
fn read_message(text: &str) -> Option<ClientMessage> {
    let message: serde_json::Value = serde_json::from_str(text).ok()?;
    let inner = message.as_object()?.values().next()?;
    if inner.is_object() { serde_json::from_value(message).ok() } else { None }
}

fn read_bounds(bounds: Option<[f64; 4]>) -> Result<Option<Bounds>, End> {
    match bounds {
        None => Ok(None),
        Some([w, s, e, n]) => Bounds::new(w, s, e, n).map(Some).ok_or(End::Bye("BAD-HELLO")),
    }
}

/// Whether a viewer may name it: a public layer, or what is no layer of the index but has a name of its own.
fn is_layer(name: &str) -> bool {
    let other = ["incidents", "beats", "focus_areas", "hotspots"];
    other.contains(&name) || Layer::from_name(name).is_some_and(|layer| layer != Layer::Residents)
}

/// The close code of RFC 6455 that goes with a reason.
pub(super) fn close_code(reason: &str) -> u16 {
    match reason {
        "SHUTDOWN" => 1001,
        "TOO-SLOW" => 1013,
        _ => 1008,
    }
}
