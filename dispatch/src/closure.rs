//! Closures (封路) and conditions (现场条件): what a road is like, and what the weather, the tide or a hospital is like,
//! by whose word and until when. Both are events of the log, so that every server and every later question knows what
//! held at a moment.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::words;

words! {
    /// Whom a closure is about.
    Mover {
        /// On foot.
        Foot = "foot",
        /// Cars that keep to every rule.
        Car = "car",
        /// Cars on an emergency call.
        Emergency = "emergency",
    }
}

/// A closed or slow road.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closure {
    /// `closure-` and a number; empty while it is asked for.
    pub id: String,
    /// Why, in words.
    pub reason: String,
    /// Who is responsible for it.
    pub owner: String,
    /// What is closed: a line or a polygon (or several) as `GeoJSON` geometry, WGS84 degrees.
    pub geometry: Value,
    /// Whom it is about; empty: everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub movers: Vec<Mover>,
    /// Only vehicles higher than this, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_m: Option<f64>,
    /// Only vehicles heavier than this, tonnes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_t: Option<f64>,
    /// How many times longer passing takes; `None`: nobody passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slower: Option<f64>,
    /// First moment, milliseconds since 1970 UTC; `None`: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// It holds before this moment; `None`: until it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// The incident that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// A closure on the desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// It.
    pub closure: Closure,
    /// Events that its stream has had.
    pub stream_version: u64,
    /// Who drew it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

words! {
    /// What a condition is about.
    ConditionKind {
        /// Wind: `from_deg`, `speed_mps`.
        Wind = "wind",
        /// Weather: rain, fog, ice.
        Weather = "weather",
        /// Tide.
        Tide = "tide",
        /// Level of a river or an underpass: `level_m`.
        Water = "water",
        /// A hospital: `beds`, `open`.
        Hospital = "hospital",
        /// Traffic of an area.
        Traffic = "traffic",
    }
}

/// What somebody says of the surroundings. Of one kind and subject the newest counts; older ones stay in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// What about.
    pub kind: ConditionKind,
    /// Which hospital, station or area; empty for the city.
    pub subject: String,
    /// What is said: an object of numbers, texts and truths. Of a wind `from_deg` and `speed_mps` are numbers.
    pub value: Value,
    /// By whose word.
    pub source: String,
    /// When it was so, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// It is taken for true before this moment; `None`: until something newer is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

/// A condition on the desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownCondition {
    /// It.
    pub condition: Condition,
    /// Events that its stream has had.
    pub stream_version: u64,
    /// Who entered it.
    pub by: String,
    /// Of a wind in words: the last word on the same subject that had a direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directed: Option<Box<Condition>>,
}

impl KnownCondition {
    /// The newest word of a wind that has a direction.
    pub fn wind(&self) -> Option<&Condition> {
        let own = self.condition.from_deg().map(|_| &self.condition);
        own.or(self.directed.as_deref())
    }
}

impl Closure {
    /// Most closures that hold or will hold at a time.
    pub const MOST: usize = 500;
    /// Most bytes of a geometry.
    pub const MOST_GEOMETRY: usize = 64 * 1024;
    /// How much slower passing may become.
    pub const SLOWER: std::ops::RangeInclusive<f64> = 1.0..=100.0;

    /// Whether it holds at a moment, milliseconds since 1970 UTC.
    pub fn holds(&self, now_ms: i64) -> bool {
        self.from_ms.is_none_or(|from| from <= now_ms) && self.until_ms.is_none_or(|until| now_ms < until)
    }
}

impl Condition {
    /// Most subjects of which something is known.
    pub const MOST: usize = 2_000;
    /// Most bytes of what is said.
    pub const MOST_VALUE: usize = 4 * 1024;

    /// Directions that a wind comes from, degrees clockwise from north: north is 0, not 360.
    pub const DIRECTIONS: std::ops::Range<f64> = 0.0..360.0;

    /// Where a wind comes from, degrees clockwise from north; `None` for a wind in words and for what is no wind.
    pub fn from_deg(&self) -> Option<f64> {
        self.value.get("from_deg").filter(|_| self.kind == ConditionKind::Wind)?.as_f64()
    }

    /// What is wrong with the numbers of a wind: the field, and why.
    pub(crate) fn wind_problem(&self) -> Option<(&'static str, String)> {
        let given = |field: &str| self.value.get(field).filter(|_| self.kind == ConditionKind::Wind);
        let number = |field: &str, fits: &dyn Fn(f64) -> bool| given(field).filter(|v| !v.as_f64().is_some_and(fits));
        if let Some(given) = number("from_deg", &|deg| Self::DIRECTIONS.contains(&deg)) {
            return Some(("from_deg", format!("must be a number of degrees from 0 to below 360, not {given}")));
        }
        let given = number("speed_mps", &|speed| speed >= 0.0)?;
        Some(("speed_mps", format!("must be a number of metres a second, 0 or more, not {given}")))
    }

    /// What it is known by: kind and subject.
    pub fn key(&self) -> String {
        format!("{}/{}", self.kind, self.subject)
    }
}
