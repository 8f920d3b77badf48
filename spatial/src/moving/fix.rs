//! One report of a position, and what is thought of it.

use crate::position::Position;

/// One report of a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Where.
    pub position: Position,
    /// When, by the device: milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Radius within which the true place lies with the device's own confidence, metres.
    pub accuracy_m: Option<f32>,
    /// Speed over ground, metres a second.
    pub speed_mps: Option<f32>,
    /// Direction of travel, degrees clockwise from north.
    pub heading_deg: Option<f32>,
}

/// What became of a fix. Only [`Label::Moved`] changes where a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// It is where the unit is now.
    Moved,
    /// Older than what is known.
    Late,
    /// Of the same device time as what is known (or as the doubted fix before it).
    Duplicate,
    /// More than 60 s ahead of the server's clock.
    Future,
    /// The unit cannot have come there in the time.
    Speed,
    /// The place is doubted by the device itself by more than 5 km.
    Accuracy,
    /// 0° east, 0° north: what a receiver says before it knows.
    Zero,
    /// Its device's places lie beside every road as those of another coordinate system do.
    Offset,
    /// A measure is impossible (a negative speed, a heading of 720).
    Implausible,
}

impl Label {
    /// The word of the wire and of the track.
    pub fn code(self) -> &'static str {
        match self {
            Self::Moved => "MOVED",
            Self::Late => "LATE",
            Self::Duplicate => "DUPLICATE",
            Self::Future => "FUTURE",
            Self::Speed => "SPEED",
            Self::Accuracy => "ACCURACY",
            Self::Zero => "ZERO",
            Self::Offset => "OFFSET",
            Self::Implausible => "IMPLAUSIBLE",
        }
    }
}

/// A device's clock may be this far ahead of ours, milliseconds: drift and a slow network, not a wrong time zone.
pub(super) const FUTURE_MS: i64 = 60_000;
/// Nothing on duty is faster, metres a second (432 km/h): helicopters do 80, high-speed trains 97.
const FASTEST_MPS: f64 = 120.0;
/// More inaccuracy than this excuses no jump, metres: a fix by mobile cell is seldom worse.
const WORST_ACCURACY_M: f32 = 5_000.0;

/// Nearer than this to 0° east, 0° north, nobody is on duty; degrees, about a kilometre.
const ZERO_DEG: f64 = 0.01;

impl Fix {
    /// Whether one unit can have made both reports: no faster than 120 m/s between them, beyond the inaccuracy of both.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        // Two reports at one time come here only when they are known to be two: then a second lies between them at most.
        let gap_ms = match self.at_ms.saturating_sub(other.at_ms).unsigned_abs() {
            0 => 1_000,
            gap_ms => gap_ms,
        };
        #[expect(clippy::cast_precision_loss, reason = "a gap of more than 2^53 ms excuses any jump just the same")]
        let seconds = gap_ms as f64 / 1_000.0;
        let slack = self.slack_m() + other.slack_m();
        self.position.distance_m(&other.position) <= FASTEST_MPS * seconds + slack
    }

    /// Whether every measure is one that a device can make. Beside a place that is right stands no speed below nothing:
    /// of such a report nothing is believed.
    pub(super) fn is_possible(&self) -> bool {
        let positive = |measure: Option<f32>| measure.is_none_or(|m| m >= 0.0);
        let turn = self.heading_deg.is_none_or(|deg| (0.0..=360.0).contains(&deg));
        positive(self.accuracy_m) && positive(self.speed_mps) && turn
    }

    /// What is wrong with it by itself, without any other report.
    pub(super) fn fault(&self) -> Option<Label> {
        if !self.is_possible() {
            return Some(Label::Implausible);
        }
        let near_zero = |degrees: f64| degrees.abs() < ZERO_DEG;
        if near_zero(self.position.lon()) && near_zero(self.position.lat()) {
            return Some(Label::Zero);
        }
        self.accuracy_m.is_some_and(|m| m > WORST_ACCURACY_M).then_some(Label::Accuracy)
    }

    fn slack_m(&self) -> f64 {
        self.accuracy_m.filter(|m| !m.is_nan()).map_or(0.0, |m| f64::from(m.clamp(0.0, WORST_ACCURACY_M)))
    }
}
