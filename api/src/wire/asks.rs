//! What may be asked of operations.

use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::object::{object, objects};

/// A place from a client. `lon`, `lat` and `accuracy_m` beside it in an incident are short for it.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationAsk {
    /// `none`, `area`, `candidate` or `confirmed`; `candidate` when there is a point, else `none`.
    pub state: Option<String>,
    /// Longitude (or easting, when `crs` says so).
    pub lon: Option<f64>,
    /// Latitude (or northing).
    pub lat: Option<f64>,
    /// Coordinate system; WGS84 when left out.
    pub crs: Option<String>,
    /// Radius that holds the true place, metres.
    pub accuracy_m: Option<f64>,
    /// How it was found: `cell`, `gnss`, `address`, `map_click`…
    pub method: Option<String>,
    /// A surface as GeoJSON geometry (`Polygon` or `MultiPolygon`, WGS84).
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<Json>,
    /// Floor, gate, carriageway.
    pub note: Option<String>,
}

/// A number in another system.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceRefAsk {
    /// Which system.
    pub system: String,
    /// Its number there.
    pub number: String,
}

/// Somebody who called. Only the number is kept, sealed.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerAsk {
    /// Telephone number, 3 to 20 digits, with `+`, spaces and hyphens.
    pub number: String,
}

/// A new incident.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentAsk {
    /// What it is: `criminal`, `public_order`, `traffic`, `fire_disaster`, `help`, `dispute`, `report_complaint`,
    /// `consult`, `non_police`, `invalid`, `unknown`.
    pub kind: String,
    /// 1 to 4.
    pub priority: u8,
    /// How it came in: `call_110`, `call_119`, `call_120`, `call_122`, `hotline_12345`, `one_key_alarm`, `ai_camera`,
    /// `iot_sensor`, `screening`, `grid_report`, `patrol_report`, `volunteer_report`, `enterprise_whistle`,
    /// `department_transfer`, `vessel_terminal`, `vehicle_terminal`, `drone_report`, `manual`.
    pub source: String,
    /// Its number elsewhere.
    #[serde(default, deserialize_with = "object")]
    pub source_ref: Option<SourceRefAsk>,
    /// Where.
    #[serde(default)]
    pub location: Option<LocationAsk>,
    /// Short for `location`.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Short for `location`.
    #[serde(default)]
    pub lat: Option<f64>,
    /// Short for `location`.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
    /// Short for `location`.
    #[serde(default)]
    pub crs: Option<String>,
    /// What was said.
    #[serde(default)]
    pub text: String,
    /// Who called.
    #[serde(default, deserialize_with = "objects")]
    pub callers: Vec<CallerAsk>,
    /// When it happened, RFC 3339.
    #[serde(default)]
    pub at: Option<String>,
}

/// What the person was looking at.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BasisAsk {
    /// Last event on the screen.
    pub seq: Option<u64>,
    /// Epoch of the unit on the screen.
    pub unit_epoch: Option<u64>,
    /// The recommendation on the screen.
    pub recommendation: Option<String>,
}

/// A command to an incident. `type` says which; each takes its own fields.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandAsk {
    /// Made by the client, so that asking again is safe; 1 to 128 characters.
    pub command_id: String,
    /// `assign`, `prioritise`, `classify`, `relocate`, `hold`, `release`, `refer`, `take_back`, `feedback`, `review`,
    /// `close`, `cancel`, `reopen`, `note`, `add_caller`, `start_timer`, `ack_timer`, `watch`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Version of the incident on the screen.
    pub expected_version: Option<u64>,
    /// What was on the screen.
    pub basis: Option<BasisAsk>,
    /// From an earlier answer 428.
    pub confirm_token: Option<String>,
    /// `assign`: a unit.
    pub unit: Option<String>,
    /// `assign`: units.
    pub units: Option<Vec<String>>,
    /// `assign`: an organisation.
    pub org: Option<String>,
    /// `assign`: alarm level of the response plan.
    pub plan_level: Option<u8>,
    /// `assign`: for later, RFC 3339.
    pub start_at: Option<String>,
    /// `assign`: take the units from what they do now; not together with `start_at`.
    pub preempt: Option<bool>,
    /// `prioritise`: 1 to 4.
    pub priority: Option<u8>,
    /// `classify`: the kind.
    pub incident_kind: Option<String>,
    /// `relocate`: where.
    pub location: Option<LocationAsk>,
    /// `relocate`: which place: `scene` (when left out), `caller`, `last_seen`, `staging`.
    pub role: Option<String>,
    /// `hold`: when to look again, RFC 3339.
    pub review_at: Option<String>,
    /// `hold`, `cancel`, `reopen`, `assign` with `preempt`: why.
    pub reason: Option<String>,
    /// `refer`: to whom.
    pub to: Option<String>,
    /// `merge`: into which.
    pub into: Option<String>,
    /// `feedback`, `review`, `note`, `watch`: in words.
    pub text: Option<String>,
    /// `feedback`, `close`: the result.
    pub disposition: Option<String>,
    /// `close` of a distress: with whom was spoken.
    pub spoken_with: Option<String>,
    /// `review`: whether it is enough.
    pub accept: Option<bool>,
    /// `ack_timer`: which; `start_timer`: what it reminds of, in words.
    pub timer: Option<String>,
    /// `start_timer`: how long it runs, seconds, 5 to 604,800.
    pub after_s: Option<i64>,
    /// `watch`: whose recording, the camera's id.
    pub camera: Option<String>,
    /// `watch`: `taken` (the caller looks through it), `seen`, `not_seen` or `no_recording`.
    pub watched: Option<String>,
    /// `add_caller`: the number.
    #[schema(value_type = Option<Object>)]
    pub caller: Option<Json>,
}

/// A command to an order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressAsk {
    /// Made by the client, so that asking again is safe; 1 to 128 characters.
    pub command_id: String,
    /// `deliver`, `accept`, `depart`, `arrive`, `clear`, `decline` or `recall`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, RFC 3339, by the device.
    #[serde(default)]
    pub at: Option<String>,
    /// `app`, `voice` or `avl`.
    #[serde(default)]
    pub src: Option<String>,
    /// `decline`: why.
    #[serde(default)]
    pub reason: Option<String>,
}
