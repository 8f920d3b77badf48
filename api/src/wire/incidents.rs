//! Incidents and orders as they go out.

use std::collections::BTreeMap;

use dispatch::{AssignedTo, Assignment, Incident, Location, Stage, Taken, Timer};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::app::ops::{IncidentSight, IncidentView};
use crate::app::{incident_fid, rfc3339};

/// A place, as far as it is known.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocationBody {
    /// `none`, `area`, `candidate` or `confirmed`.
    pub state: &'static str,
    /// Longitude, WGS84 degrees.
    pub lon: Option<f64>,
    /// Latitude, WGS84 degrees.
    pub lat: Option<f64>,
    /// Radius that holds the true place, metres.
    pub accuracy_m: Option<f64>,
    /// How it was found.
    pub method: Option<String>,
    /// The surface as GeoJSON geometry.
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<Json>,
    /// Floor, gate, carriageway.
    pub note: Option<String>,
    /// Division that the point lies in.
    pub division: Option<String>,
}

/// When an order reached what, RFC 3339 UTC; what was not recorded is null.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentTimesBody {
    /// Reserved for later.
    pub planned: Option<String>,
    /// Ordered.
    pub offered: Option<String>,
    /// On the device.
    pub delivered: Option<String>,
    /// Taken.
    pub accepted: Option<String>,
    /// Under way.
    pub departed: Option<String>,
    /// At the scene.
    pub arrived: Option<String>,
    /// Done.
    pub cleared: Option<String>,
    /// Over without being done.
    pub ended: Option<String>,
}

/// One unit or organisation on one incident.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentBody {
    /// Its id.
    pub id: String,
    /// The unit that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The organisation that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Where it stands.
    pub state: &'static str,
    /// Counts the events that touch it.
    pub version: u64,
    /// When it reached what.
    pub times: AssignmentTimesBody,
    /// Who ordered it.
    pub by: String,
    /// Who said that the present state was reached.
    pub src: &'static str,
    /// Alarm level of the response plan that it fulfils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_level: Option<u8>,
    /// Start of a planned order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_at: Option<String>,
    /// Why it ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Milestones that came late: kept, without moving the state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<&'static str>,
    /// Milestones whose time lies before that of an earlier one: no interval is reckoned with them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub out_of_order: Vec<&'static str>,
    /// Since when its positions say that it is there, while nobody has said so: confirm it with `arrive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seems_arrived: Option<String>,
}

/// Something that must happen by a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimerBody {
    /// Its id.
    pub id: String,
    /// What is waited for.
    pub kind: &'static str,
    /// For which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<String>,
    /// When the wait began.
    pub since: String,
    /// First colour.
    pub warn_at: String,
    /// When it goes off.
    pub due_at: String,
    /// Who is told.
    pub escalate_to: String,
    /// Of a reminder: of what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// `armed`, `fired`, `acked` or `cancelled`.
    pub state: &'static str,
}

/// Somebody who called; the number is behind a path of its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallerBody {
    /// Counted from 1 within the incident.
    pub n: u32,
    /// When.
    pub at: String,
    /// What may be shown of the number.
    pub masked: Option<String>,
}

/// What was reported back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackBody {
    /// In words.
    pub text: String,
    /// Proposed result.
    pub disposition: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: String,
}

/// An incident.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentBody {
    /// Its id, speakable: `20261122-0007`.
    pub id: String,
    /// Its number in tiles.
    pub fid: u64,
    /// Counts the events that touch it.
    pub version: u64,
    /// The last event that touched it.
    pub seq: u64,
    /// Kind.
    pub kind: &'static str,
    /// 1 (life in danger) to 4 (information).
    pub priority: u8,
    /// Where it stands.
    pub phase: &'static str,
    /// `reported`, `discovered` or `sensor`.
    pub origin: &'static str,
    /// How it came in.
    pub source: &'static str,
    /// Its number elsewhere: `{system, number}`.
    #[schema(value_type = Option<Object>)]
    pub source_ref: Option<Json>,
    /// Where.
    pub location: LocationBody,
    /// Further places: `caller`, `last_seen`, `staging`.
    pub places: BTreeMap<&'static str, LocationBody>,
    /// What was said.
    pub text: String,
    /// Who called.
    pub callers: Vec<CallerBody>,
    /// The unit whose distress it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distress: Option<String>,
    /// Orders, first first.
    pub assignments: Vec<AssignmentBody>,
    /// Incidents that belong to it.
    pub related: Vec<String>,
    /// What was reported back.
    pub feedback: Option<FeedbackBody>,
    /// Why it is put off, referred, cancelled; with what result it was closed.
    #[schema(value_type = Object)]
    pub stage: Json,
    /// Who answers for it.
    pub owner: String,
    /// What must happen by when.
    pub timers: Vec<TimerBody>,
    /// Units that the house proposes because nobody was there to be asked: after a distress, after an order lapsed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<String>,
    /// Its moments: `reported`, `located`, `offered`, … RFC 3339 UTC.
    pub times: BTreeMap<&'static str, String>,
}

/// Incidents.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentList {
    /// The last event that they show.
    pub seq: u64,
    /// Unlocated ones first, then by priority, then the longest waiting first.
    pub items: Vec<IncidentBody>,
}

fn moment(ms: Option<i64>) -> Option<String> {
    ms.map(rfc3339)
}

impl LocationBody {
    fn of(location: &Location) -> Self {
        Self {
            state: location.state.word(),
            lon: location.position.map(|p| p.lon()),
            lat: location.position.map(|p| p.lat()),
            accuracy_m: location.accuracy_m,
            method: location.method.clone(),
            geometry: location.geometry.clone(),
            note: location.note.clone(),
            division: location.division.map(|d| d.to_string()),
        }
    }
}

impl AssignmentBody {
    fn of(a: &Assignment) -> Self {
        let (unit, org) = match &a.to {
            AssignedTo::Unit(id) => (Some(id.clone()), None),
            AssignedTo::Org(name) => (None, Some(name.clone())),
        };
        Self {
            id: a.id.clone(),
            unit,
            org,
            state: a.state.word(),
            version: a.version,
            times: AssignmentTimesBody {
                planned: moment(a.times.planned),
                offered: moment(a.times.offered),
                delivered: moment(a.times.delivered),
                accepted: moment(a.times.accepted),
                departed: moment(a.times.departed),
                arrived: moment(a.times.arrived),
                cleared: moment(a.times.cleared),
                ended: moment(a.times.ended),
            },
            by: a.by.clone(),
            src: a.src.word(),
            plan_level: a.plan_level,
            start_at: moment(a.start_ms),
            reason: a.reason.clone(),
            late: a.late.iter().map(|state| state.word()).collect(),
            out_of_order: a.times.out_of_order().into_iter().map(dispatch::State::word).collect(),
            seems_arrived: moment(a.seems_arrived_ms.filter(|_| a.times.arrived.is_none())),
        }
    }
}

impl TimerBody {
    fn of(timer: &Timer) -> Self {
        Self {
            id: timer.id.clone(),
            kind: timer.kind.word(),
            assignment: timer.assignment.clone(),
            since: rfc3339(timer.since_ms),
            warn_at: rfc3339(timer.warn_at_ms),
            due_at: rfc3339(timer.due_at_ms),
            escalate_to: timer.escalate_to.clone(),
            what: timer.what.clone(),
            state: timer.state.word(),
        }
    }
}

fn times(incident: &Incident) -> BTreeMap<&'static str, String> {
    let t = incident.times;
    let named = [
        ("occurred", t.occurred),
        ("reported", t.reported),
        ("located", t.located),
        ("offered", t.offered),
        ("accepted", t.accepted),
        ("departed", t.departed),
        ("arrived", t.arrived),
        ("cleared", t.cleared),
        ("feedback", t.feedback),
        ("reviewed", t.reviewed),
        ("ended", t.ended),
    ];
    named.into_iter().filter_map(|(name, ms)| Some((name, rfc3339(ms?)))).collect()
}

fn stage(stage: &Stage) -> Json {
    let mut json = serde_json::to_value(stage).unwrap_or_default();
    if let (Stage::Held { review_at_ms, .. }, Some(fields)) = (stage, json.as_object_mut()) {
        fields.remove("review_at_ms");
        fields.insert("review_at".to_owned(), rfc3339(*review_at_ms).into());
    }
    json
}

impl IncidentBody {
    /// An incident in somebody's sight: guests get no words and a rough place.
    pub fn of(view: &IncidentView) -> Self {
        let incident = &*view.incident;
        let exact = view.sight != IncidentSight::Snapped;
        let mut location = LocationBody::of(&incident.location);
        if !exact {
            let place = view.position();
            (location.lon, location.lat) = (place.map(|p| p.lon()), place.map(|p| p.lat()));
            (location.accuracy_m, location.method, location.geometry, location.note) = (None, None, None, None);
            location.division =
                incident.location.division.and_then(spatial::codes::Division::county).map(|d| d.to_string());
        }
        let callers = incident.callers.iter().filter(|_| exact);
        let assignments = incident.assignments.iter().filter(|_| exact);
        let feedback = incident.feedback.as_ref().filter(|_| exact);
        let source_ref = incident.source_ref.as_ref().filter(|_| exact);
        let places = incident.places.iter().filter(|_| exact);
        Self {
            id: incident.id.clone(),
            fid: incident_fid(&incident.id),
            version: incident.version,
            seq: incident.seq,
            kind: incident.kind.word(),
            priority: incident.priority.number(),
            phase: incident.phase().word(),
            origin: incident.origin().word(),
            source: incident.source.word(),
            source_ref: source_ref.map(|r| serde_json::json!({ "system": r.system, "number": r.number })),
            location,
            places: places.map(|(role, place)| (role.word(), LocationBody::of(place))).collect(),
            text: if exact { incident.text.clone() } else { String::new() },
            callers: callers.map(|c| CallerBody { n: c.n, at: rfc3339(c.at_ms), masked: c.masked.clone() }).collect(),
            distress: incident.distress.clone().filter(|_| exact),
            assignments: assignments.map(AssignmentBody::of).collect(),
            related: Vec::new(),
            feedback: feedback.map(|f| FeedbackBody {
                text: f.text.clone(),
                disposition: f.disposition.clone(),
                by: f.by.clone(),
                at: rfc3339(f.at_ms),
            }),
            stage: if exact { stage(&incident.stage) } else { Json::Null },
            owner: if exact { incident.owner.clone() } else { String::new() },
            proposed: incident.proposed.iter().filter(|_| exact).cloned().collect(),
            timers: incident.timers.iter().filter(|_| exact).map(TimerBody::of).collect(),
            times: times(incident),
        }
    }
}

/// Units that do not go: why (`UNIT-TAKEN`, `UNIT-OUT`, `UNIT-DISTRESS`), who has them if somebody does, and whom to send instead.
pub fn taken_json(taken: &[Taken]) -> Json {
    let winner = |t: &Taken| serde_json::json!({ "user": t.by, "incident": t.incident, "since": (t.since_ms > 0).then(|| rfc3339(t.since_ms)) });
    let one = |t: &Taken| {
        serde_json::json!({
            "unit": t.unit,
            "code": t.code(),
            "winner": (!t.by.is_empty()).then(|| winner(t)),
            "alternatives": t.alternatives,
        })
    };
    taken.iter().map(one).collect()
}

/// An event of an incident's timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Its place in the log.
    pub seq: u64,
    /// Its type.
    pub kind: String,
    /// When it happened, RFC 3339 UTC.
    pub at: String,
    /// When it came into the log.
    pub committed_at: String,
    /// Who caused it.
    pub by: String,
    /// By which way.
    pub src: String,
    /// When by the clock of whoever said so, as it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_at: Option<String>,
    /// How far the device's clock was behind ours, seconds, as far as that was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_behind_s: Option<f64>,
    /// What exactly.
    #[schema(value_type = Object)]
    pub what: Json,
}

/// A timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineBody {
    /// In the order of the log.
    pub items: Vec<TimelineEntry>,
    /// There is more: ask again with `after` set to this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a clock's error stay far below 2^53")]
fn seconds(us: i64) -> f64 {
    us as f64 / 1e6
}

impl TimelineEntry {
    /// An event as it goes out.
    pub fn of(event: store::Event) -> Self {
        let actor: Json = serde_json::from_str(&event.actor).unwrap_or_default();
        let payload: Json = serde_json::from_str(&event.payload).unwrap_or_default();
        Self {
            seq: event.seq,
            kind: event.kind,
            at: rfc3339(event.event_us / 1_000),
            committed_at: rfc3339(event.commit_us / 1_000),
            by: actor["id"].as_str().unwrap_or_default().to_owned(),
            src: event.src,
            said_at: event.device_us.map(|us| rfc3339(us / 1_000)),
            clock_behind_s: event.skew_us.map(seconds),
            what: payload.get("event").cloned().unwrap_or(payload),
        }
    }
}
