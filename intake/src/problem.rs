//! Why one row is refused: the sentence for the row, and the shorter one under which it is counted.

use spatial::noun::FieldError;
use spatial::{AttributeError, FeatureError, NounError, PositionError};

/// A reason and its group: `latitude 120.6 is impossible…` is one of many rows with swapped coordinates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// For the row.
    pub(crate) reason: String,
    /// For the count: the same for all rows that have the same thing wrong.
    pub(crate) group: String,
    /// The row says something of a person.
    pub(crate) person: bool,
}

impl Problem {
    /// A reason without anything particular to the row.
    pub(crate) fn plain(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { group: reason.clone(), reason, person: false }
    }

    /// A reason that names what this row has, counted under `group`.
    pub(crate) fn grouped(reason: impl Into<String>, group: impl Into<String>) -> Self {
        Self { reason: reason.into(), group: group.into(), person: false }
    }
}

/// Beyond this a number is no degree by any mistake: it looks like metres.
const NO_DEGREE: f64 = 1000.0;

impl From<FeatureError> for Problem {
    fn from(error: FeatureError) -> Self {
        let person = match &error {
            FeatureError::Attribute(AttributeError::Denied { .. } | AttributeError::Personal { .. }) => true,
            // What a field's text holds: a number of a person, a property of the deny-list.
            FeatureError::Noun(NounError::Field(FieldError { reason, .. })) => reason.starts_with("holds a"),
            FeatureError::Attribute(_)
            | FeatureError::Noun(_)
            | FeatureError::Key { .. }
            | FeatureError::Position(_)
            | FeatureError::Shape { .. }
            | FeatureError::Geometry(_) => false,
        };
        Self { person, ..Self::of(error) }
    }
}

impl Problem {
    fn of(error: FeatureError) -> Self {
        let reason = error.to_string();
        match error {
            FeatureError::Position(place) => position(place, reason),
            FeatureError::Noun(NounError::Field(FieldError { field, reason: what })) => {
                let what = what.split(", got ").next().unwrap_or(&what);
                Self::grouped(reason, format!("property {field:?} {what}"))
            }
            FeatureError::Key { .. }
            | FeatureError::Shape { .. }
            | FeatureError::Geometry(_)
            | FeatureError::Noun(_)
            | FeatureError::Attribute(_) => Self::plain(reason),
        }
    }
}

fn position(error: PositionError, reason: String) -> Problem {
    match error {
        PositionError::NotFinite { .. } => Problem::grouped(reason, "longitude or latitude is not a finite number"),
        PositionError::OutOfRange { lon, lat } if lon.abs() > NO_DEGREE || lat.abs() > NO_DEGREE => Problem::grouped(
            format!("{reason}: this looks like metres, so another coordinate system must be named"),
            "coordinates look like metres, not degrees",
        ),
        PositionError::OutOfRange { .. } => Problem::grouped(reason, "longitude or latitude is out of range"),
        PositionError::Swapped { .. } => {
            Problem::grouped(reason, "longitude and latitude look swapped: longitude comes first")
        }
        PositionError::NullIsland => Problem::plain(reason),
    }
}
