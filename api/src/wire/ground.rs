//! Lines and surfaces as `GeoJSON`; closures and conditions.

use dispatch::{Condition, Drawn, KnownCondition};
use geo::{LineString, MultiPolygon};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::items::round7;
use crate::app::rfc3339;

fn ring(line: &LineString<f64>) -> Vec<[f64; 2]> {
    line.0.iter().map(|at| [round7(at.x), round7(at.y)]).collect()
}

/// A line.
pub fn line_json(line: &LineString<f64>) -> Json {
    json!({"type": "LineString", "coordinates": ring(line)})
}

/// A surface, holes and all.
pub fn area_json(area: &MultiPolygon<f64>) -> Json {
    let polygon = |polygon: &geo::Polygon<f64>| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Vec<_>>()
    };
    json!({"type": "MultiPolygon", "coordinates": area.iter().map(polygon).collect::<Vec<_>>()})
}

/// A closed or slow road, as it is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureAsk {
    /// Why, in words.
    pub reason: String,
    /// Who is responsible for it; the caller when left out.
    #[serde(default)]
    pub owner: Option<String>,
    /// What is closed: a `GeoJSON` line or polygon, or several, WGS84 degrees.
    #[schema(value_type = Object)]
    pub geometry: Json,
    /// Whom it is about: `foot`, `car`, `emergency`; everybody when left out.
    #[serde(default)]
    pub movers: Vec<String>,
    /// Only vehicles higher than this, metres.
    #[serde(default)]
    pub height_m: Option<f64>,
    /// Only vehicles heavier than this, tonnes.
    #[serde(default)]
    pub weight_t: Option<f64>,
    /// How many times longer passing takes, 1 to 100; nobody passes when left out.
    #[serde(default)]
    pub slower: Option<f64>,
    /// From when, RFC 3339; at once when left out.
    #[serde(default)]
    pub from: Option<String>,
    /// Until when, RFC 3339; until it is lifted when left out.
    #[serde(default)]
    pub until: Option<String>,
    /// The incident that it belongs to.
    #[serde(default)]
    pub incident: Option<String>,
}

/// A closed or slow road.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureBody {
    /// Its id.
    pub id: String,
    /// Why.
    pub reason: String,
    /// Who is responsible for it.
    pub owner: String,
    /// What is closed.
    #[schema(value_type = Object)]
    pub geometry: Json,
    /// Whom it is about; empty: everybody.
    pub movers: Vec<&'static str>,
    /// Only vehicles higher than this, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_m: Option<f64>,
    /// Only vehicles heavier than this, tonnes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_t: Option<f64>,
    /// How many times longer passing takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slower: Option<f64>,
    /// From when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The incident that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Whether it holds now.
    pub holds: bool,
    /// Who drew it.
    pub by: String,
    /// When it was drawn.
    pub at: String,
}

impl ClosureBody {
    /// As it stands at a moment.
    pub fn of(drawn: &Drawn, now_ms: i64) -> Self {
        let closure = &drawn.closure;
        Self {
            id: closure.id.clone(),
            reason: closure.reason.clone(),
            owner: closure.owner.clone(),
            geometry: closure.geometry.clone(),
            movers: closure.movers.iter().map(|mover| mover.word()).collect(),
            height_m: closure.height_m,
            weight_t: closure.weight_t,
            slower: closure.slower,
            from: closure.from_ms.map(rfc3339),
            until: closure.until_ms.map(rfc3339),
            incident: closure.incident.clone(),
            holds: closure.holds(now_ms),
            by: drawn.by.clone(),
            at: rfc3339(drawn.at_ms),
        }
    }
}

/// Closures that are not lifted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureList {
    /// By id.
    pub closures: Vec<ClosureBody>,
}

/// What the surroundings are like, as it is said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionAsk {
    /// `wind`, `weather`, `tide`, `water`, `hospital` or `traffic`.
    pub kind: String,
    /// Which hospital, station or area; the city when left out. A wind that is to steer cones is of the city or of a
    /// division, by its name or code.
    #[serde(default)]
    pub subject: String,
    /// What is said: an object of numbers, texts and truths. Of a `wind` `from_deg` is where it comes from (from 0 to below
    /// 360, clockwise from north), `speed_mps` at least 0; it may be in words without them.
    #[schema(value_type = Object)]
    pub value: Json,
    /// By whose word.
    pub source: String,
    /// When it was so, RFC 3339; now when left out.
    #[serde(default)]
    pub at: Option<String>,
    /// Until when it is taken for true, RFC 3339.
    #[serde(default)]
    pub until: Option<String>,
}

/// What the surroundings are like.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionBody {
    /// What about.
    pub kind: &'static str,
    /// Which; empty for the city.
    pub subject: String,
    /// What is said.
    #[schema(value_type = Object)]
    pub value: Json,
    /// By whose word.
    pub source: String,
    /// When it was so.
    pub at: String,
    /// How long ago, seconds.
    pub age_s: i64,
    /// Until when it is taken for true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Its time is over.
    pub over: bool,
    /// Who entered it.
    pub by: String,
}

impl ConditionBody {
    /// As it stands at a moment.
    pub fn of(known: &KnownCondition, now_ms: i64) -> Self {
        let Condition { kind, subject, value, source, at_ms, until_ms } = known.condition.clone();
        Self {
            kind: kind.word(),
            subject,
            value,
            source,
            at: rfc3339(at_ms),
            age_s: (now_ms - at_ms).max(0) / 1_000,
            until: until_ms.map(rfc3339),
            over: until_ms.is_some_and(|until| until <= now_ms),
            by: known.by.clone(),
        }
    }
}

/// The newest word on each kind and subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionList {
    /// By kind and subject.
    pub conditions: Vec<ConditionBody>,
}

/// How long it takes from many places to many others.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixAsk {
    /// Where ways begin: longitude and latitude, WGS84 degrees. Starts times ends are at most 40,000.
    pub starts: Vec<[f64; 2]>,
    /// Where they end.
    pub ends: Vec<[f64; 2]>,
    /// `foot`, `car` or `emergency`; `emergency` when left out.
    #[serde(default)]
    pub profile: Option<String>,
    /// Longest time that is looked for, seconds, 30 to 7,200; an hour when left out.
    #[serde(default)]
    pub within_s: Option<f64>,
    /// Closures that are put on top for this question only: `GeoJSON` lines or polygons.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub what_if: Vec<Json>,
}

/// How far somebody comes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IsochroneAsk {
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// Times, seconds, 30 to 3,600 each, at most six.
    pub seconds: Vec<f64>,
    /// `foot`, `car` or `emergency`; `emergency` when left out.
    #[serde(default)]
    pub profile: Option<String>,
    /// `away` (where somebody who is there can be; when left out) or `toward` (from where somebody can be there).
    #[serde(default)]
    pub direction: Option<String>,
    /// `area` (a surface; when left out) or `edges` (the parts of roads that are reached, each with its times).
    #[serde(default)]
    pub shape: Option<String>,
    /// Closures that are put on top for this question only: `GeoJSON` lines or polygons.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub what_if: Vec<Json>,
}
