//! Messages of the live socket; docs/wire.md describes them for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{IncidentBody, SceneBody};
use crate::app::{Alarm, UnitView, rfc3339};

/// What a viewer says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// First message.
    Hello(Hello),
    /// The viewer moved.
    View(View),
}

/// What a viewer wants.
#[derive(Debug, Deserialize)]
pub struct Hello {
    /// Last seq of the operations log that the viewer has.
    #[serde(default)]
    pub since: Option<u64>,
    /// Epoch of that seq.
    #[serde(default)]
    pub epoch: Option<u64>,
    /// West, south, east, north; null is everywhere.
    #[serde(default)]
    pub bounds: Option<[f64; 4]>,
    /// What is wanted; units when left out.
    #[serde(default)]
    pub layers: Option<Vec<String>>,
    /// Most position messages a second.
    #[serde(default)]
    pub max_hz: Option<f64>,
    /// The wall that the viewer is a screen of.
    #[serde(default)]
    pub wall: Option<String>,
}

/// Where the viewer looks now.
#[derive(Debug, Deserialize)]
pub struct View {
    /// West, south, east, north; null is everywhere.
    pub bounds: Option<[f64; 4]>,
}

/// A unit on the live socket.
#[derive(Debug, Serialize)]
pub struct LiveUnit {
    /// Its number on this connection.
    pub n: u32,
    /// Its id.
    pub id: String,
    /// Its number in tiles.
    pub fid: u64,
    /// What kind.
    pub kind: &'static str,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Organisation.
    pub org: String,
    /// What it can do beyond its kind.
    pub skills: Vec<String>,
    /// Whether it may be given work.
    pub duty: &'static str,
    /// How bound it is.
    pub availability: &'static str,
    /// Counts what can change that: what an order is compared with.
    pub epoch: u64,
    /// How fresh it is.
    pub link: &'static str,
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude, WGS84 degrees.
    pub lat: f64,
    /// When it was there.
    pub at: String,
    /// Direction of travel, degrees clockwise from north.
    pub heading_deg: Option<f32>,
    /// Speed over ground, metres a second.
    pub speed_mps: Option<f32>,
    /// Radius of doubt, metres.
    pub accuracy_m: Option<f32>,
    /// How often it reports, seconds, as far as that is known: its link is measured by it.
    pub interval_s: Option<f64>,
}

/// One line of the table of links: up to `floor_s`, or `intervals` of the unit's own, whichever is more. Older than the
/// last line is `lost`.
#[derive(Debug, Serialize)]
pub struct LinkRow {
    /// What it is then.
    link: &'static str,
    /// Seconds.
    floor_s: i64,
    /// Intervals of the unit's own reporting.
    intervals: i64,
}

impl LinkRow {
    /// The whole table.
    pub fn all() -> Vec<Self> {
        let row = |rule: &dispatch::LinkRule| Self {
            link: rule.link.word(),
            floor_s: rule.floor_ms / 1_000,
            intervals: rule.intervals,
        };
        dispatch::LINKS.iter().map(row).collect()
    }
}

/// One move: n, lon × 10⁶, lat × 10⁶, ms since 1970, heading °, speed dm/s, accuracy m.
pub type Move = (u32, i64, i64, i64, Option<i64>, Option<i64>, Option<i64>);

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Everything in view.
    Snapshot {
        /// Last seq of the operations log.
        seq: u64,
        /// Its epoch.
        epoch: u64,
        /// The server's clock.
        now: String,
        /// Newest revision of each layer.
        revisions: BTreeMap<&'static str, u64>,
        /// Units in view.
        units: Vec<LiveUnit>,
        /// How old a unit's word may be.
        links: Vec<LinkRow>,
        /// Whether events after `seq` follow instead of `incidents`.
        resumed: bool,
        /// Open incidents in sight, wherever the viewer looks.
        #[serde(skip_serializing_if = "Option::is_none")]
        incidents: Option<Vec<IncidentBody>>,
    },
    /// Something happened in operations.
    Event {
        /// Its place in the log.
        seq: u64,
        /// The log's generation.
        epoch: u64,
        /// Its type.
        kind: String,
        /// When it was committed.
        at: String,
        /// Who caused it.
        by: String,
        /// The incident.
        id: String,
        /// The incident after it; null when it left the viewer's sight.
        incident: Option<Box<IncidentBody>>,
    },
    /// What the viewer should be showing.
    Checksum {
        /// Up to which event.
        seq: u64,
        /// SHA-256, see docs/wire.md.
        sha256: String,
        /// Open incidents that it covers.
        incidents: usize,
        /// Units that it covers.
        units: usize,
    },
    /// Units that came into view or changed.
    Units {
        /// Their records.
        units: Vec<LiveUnit>,
    },
    /// Units that moved.
    Positions {
        /// The server's clock.
        now: String,
        /// One row each.
        moved: Vec<Move>,
    },
    /// Units that left the view.
    Gone {
        /// Their numbers.
        units: Vec<u32>,
    },
    /// A still layer changed, or `closures` or `conditions` did: ask again.
    Revision {
        /// Which.
        layer: &'static str,
        /// Its new revision.
        revision: u64,
    },
    /// The server is there, and when each source was last heard.
    Heartbeat {
        /// The server's clock.
        now: String,
        /// By source: `positions`, `calls`, `video`.
        sources: BTreeMap<&'static str, SourceAge>,
        /// What is not as it should be; left out when nothing is.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        alarms: Vec<AlarmBody>,
    },
    /// What stands on the wall that this viewer is a screen of.
    Scene {
        /// The server's clock.
        now: String,
        /// Null: it goes its own way.
        scene: Option<Box<SceneBody>>,
    },
    /// The reader was too slow.
    Lagged {
        /// Position messages that were left out.
        missed: u64,
    },
    /// The server closes.
    Bye {
        /// Why.
        reason: &'static str,
    },
}

/// When a source was last heard.
#[derive(Debug, Serialize)]
pub struct SourceAge {
    /// When.
    pub at: Option<String>,
    /// How long ago, seconds.
    pub age_s: Option<f64>,
}

impl SourceAge {
    /// A source that was last heard then, if ever (milliseconds since 1970 UTC).
    pub fn of(heard_ms: Option<i64>, now_ms: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "an age in milliseconds is far below 2^53")]
        let age_s = heard_ms.map(|heard| (now_ms - heard).max(0) as f64 / 1000.0);
        Self { at: heard_ms.map(rfc3339), age_s }
    }
}

/// Something that is not as it should be.
#[derive(Debug, Serialize)]
pub struct AlarmBody {
    /// One of those that docs/wire.md lists.
    pub code: &'static str,
    /// What exactly.
    pub detail: String,
    /// Since when.
    pub since: String,
}

impl AlarmBody {
    /// The alarm as it is told.
    pub fn of(alarm: Alarm) -> Self {
        Self { code: alarm.code, detail: alarm.detail, since: rfc3339(alarm.since_ms) }
    }
}

impl LiveUnit {
    /// A unit that has a position.
    pub fn of(view: UnitView) -> Option<Self> {
        let fix = view.fix?;
        #[expect(clippy::cast_precision_loss, reason = "an interval in milliseconds is far below 2^53")]
        let interval_s = view.device.interval_ms.map(|ms| ms as f64 / 1_000.0);
        Some(Self {
            n: view.slot,
            id: view.unit.id,
            fid: view.fid,
            kind: view.unit.kind.word(),
            call_sign: view.unit.call_sign,
            org: view.unit.org,
            skills: view.unit.skills,
            duty: view.unit.duty.word(),
            availability: view.availability.word(),
            epoch: view.unit.epoch,
            link: view.link.word(),
            lon: fix.position.lon(),
            lat: fix.position.lat(),
            at: rfc3339(fix.at_ms),
            heading_deg: fix.heading_deg,
            speed_mps: fix.speed_mps,
            accuracy_m: fix.accuracy_m,
            interval_s,
        })
    }
}
