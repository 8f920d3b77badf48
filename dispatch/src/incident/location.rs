//! Where an incident is. A call is not a point: it may have no place at all, a surface, or a guess.

use serde::{Deserialize, Serialize};
use spatial::Position;
use spatial::codes::Division;

use crate::words::words;

words! {
    /// How much is known of a place.
    LocationState {
        /// Nothing: it stands at the top of the queue.
        None = "none",
        /// Somewhere on a surface.
        Area = "area",
        /// A point that may be it.
        Candidate = "candidate",
        /// A point that somebody vouches for.
        Confirmed = "confirmed",
    }
}

words! {
    /// What a further place of an incident stands for; the scene itself is the incident's own location.
    PlaceRole {
        /// Where it happens.
        Scene = "scene",
        /// Where the caller is.
        Caller = "caller",
        /// Where somebody or something was last seen.
        LastSeen = "last_seen",
        /// Where units gather.
        Staging = "staging",
    }
}

/// A place, as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// How much is known.
    pub state: LocationState,
    /// The point, WGS84; of an area any point of it that stands for it on a map.
    #[serde(default, with = "crate::stored::position", skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Radius that holds the true place, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
    /// How it was found: `cell`, `gnss`, `address`, `map_click`, `caller`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The surface as GeoJSON geometry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<serde_json::Value>,
    /// Floor, gate, carriageway: what no coordinate says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The division that the point lies in.
    #[serde(default, with = "crate::stored::division", skip_serializing_if = "Option::is_none")]
    pub division: Option<Division>,
}

/// Why a location is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LocationError {
    /// A point is missing, or must be.
    #[error("a location that is {0} {1}")]
    Point(LocationState, &'static str),
    /// The radius is no length.
    #[error("accuracy_m must be 0 to 100,000 m")]
    Accuracy,
    /// A text is too long.
    #[error("{0} must have at most {1} characters, none of them a control character")]
    Text(&'static str, usize),
    /// The surface is too large to be kept.
    #[error("the geometry must have at most {0} bytes as JSON")]
    Geometry(usize),
}

impl Location {
    /// Most bytes of a surface.
    pub const MOST_GEOMETRY: usize = 64 * 1024;

    /// Nothing known.
    pub fn unknown() -> Self {
        Self {
            state: LocationState::None,
            position: None,
            accuracy_m: None,
            method: None,
            geometry: None,
            note: None,
            division: None,
        }
    }

    /// A point.
    pub fn at(state: LocationState, position: Position, accuracy_m: Option<f64>) -> Self {
        Self { state, position: Some(position), accuracy_m, ..Self::unknown() }
    }

    /// Checks that state and point agree, and the bounds of what is free text.
    pub fn check(&self) -> Result<(), LocationError> {
        match (self.state, self.position) {
            (LocationState::None, Some(_)) => {
                return Err(LocationError::Point(self.state, "has no coordinates"));
            }
            (LocationState::Candidate | LocationState::Confirmed, None) => {
                return Err(LocationError::Point(self.state, "needs lon and lat"));
            }
            (LocationState::Area, None) if self.geometry.is_none() => {
                return Err(LocationError::Point(self.state, "needs a geometry, or lon, lat and accuracy_m"));
            }
            (LocationState::None, None) | (LocationState::Area, None) | (_, Some(_)) => {}
        }
        if self.accuracy_m.is_some_and(|radius| !(0.0..=100_000.0).contains(&radius)) {
            return Err(LocationError::Accuracy);
        }
        for (field, text, most) in [("method", &self.method, 32), ("note", &self.note, 500)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > most || text.chars().any(char::is_control)) {
                return Err(LocationError::Text(field, most));
            }
        }
        if self.geometry.as_ref().is_some_and(|geometry| geometry.to_string().len() > Self::MOST_GEOMETRY) {
            return Err(LocationError::Geometry(Self::MOST_GEOMETRY));
        }
        Ok(())
    }

    /// Whether moving from here to `other` changes what a dispatcher would do: by more than 50 m or the larger of the
    /// two radii, or from known to unknown.
    pub fn differs_materially(&self, other: &Self) -> bool {
        match (self.position, other.position) {
            (Some(a), Some(b)) => {
                let tolerance = [self.accuracy_m, other.accuracy_m].into_iter().flatten().fold(50.0, f64::max);
                a.distance_m(&b) > tolerance
            }
            (None, None) => self.geometry != other.geometry,
            (Some(_), None) | (None, Some(_)) => true,
        }
    }
}
