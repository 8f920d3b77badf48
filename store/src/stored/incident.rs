//! An incident of the past as a row.

use dispatch::{HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority};

use super::unit::{division, division_number, position, word};
use crate::Error;

const DOING: &str = "read history";

/// What an incident is known by and what is said of it, in the order of [`Columns`], each behind the name of a table
/// where one is given.
macro_rules! past_columns {
    () => {
        $crate::stored::incident::past_columns!("")
    };
    ($of:literal) => {
        concat!($of, "source_system, ", $of, "number, ", $crate::stored::incident::past_content!($of))
    };
}
pub(crate) use past_columns;

/// What is said of an incident.
macro_rules! past_content {
    ($of:literal) => {
        concat!(
            $of,
            "kind, ",
            $of,
            "source, ",
            $of,
            "priority, ",
            $of,
            "lon, ",
            $of,
            "lat, ",
            $of,
            "division, ",
            $of,
            "reported_ms, ",
            $of,
            "assigned_ms, ",
            $of,
            "accepted_ms, ",
            $of,
            "arrived_ms, ",
            $of,
            "closed_ms"
        )
    };
}
pub(crate) use past_content;

/// The same, set to what another table has.
macro_rules! past_taken {
    ($of:literal) => {
        concat!(
            "kind = ",
            $of,
            "kind, source = ",
            $of,
            "source, priority = ",
            $of,
            "priority, lon = ",
            $of,
            "lon, lat = ",
            $of,
            "lat, division = ",
            $of,
            "division, reported_ms = ",
            $of,
            "reported_ms, assigned_ms = ",
            $of,
            "assigned_ms, accepted_ms = ",
            $of,
            "accepted_ms, arrived_ms = ",
            $of,
            "arrived_ms, closed_ms = ",
            $of,
            "closed_ms, revision = ",
            $of,
            "revision"
        )
    };
}
pub(crate) use past_taken;

/// Columns: `source_system, number, kind, source, priority, lon, lat, division, reported_ms, assigned_ms, accepted_ms,
/// arrived_ms, closed_ms`.
pub(crate) type Columns = (
    String,
    String,
    String,
    String,
    i16,
    Option<f64>,
    Option<f64>,
    Option<i64>,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

/// The columns of an incident, or why it cannot be stored.
pub(crate) fn write(incident: &HistoricIncident) -> Result<Columns, Error> {
    let HistoricIncident { source_system, number, kind, source, priority, position, division, reported_ms, milestones } =
        incident;
    for (name, text) in [("source system", source_system), ("number", number)] {
        if text.is_empty() || text.contains('\0') {
            let why = format!("{source_system:?}/{number:?}: the {name} is empty or holds a zero byte");
            return Err(Error::invalid("store history", why));
        }
    }
    Ok((
        source_system.clone(),
        number.clone(),
        kind.word().to_owned(),
        source.word().to_owned(),
        i16::from(priority.number()),
        position.map(|place| place.lon()),
        position.map(|place| place.lat()),
        division.map(division_number),
        *reported_ms,
        milestones.assigned_ms,
        milestones.accepted_ms,
        milestones.arrived_ms,
        milestones.closed_ms,
    ))
}

/// The incident of a row.
pub(crate) fn read(columns: Columns) -> Result<HistoricIncident, Error> {
    let (
        source_system,
        number,
        kind,
        source,
        priority,
        lon,
        lat,
        place,
        reported_ms,
        assigned_ms,
        accepted_ms,
        arrived_ms,
        closed_ms,
    ) = columns;
    let priority = u8::try_from(priority).ok().and_then(Priority::new);
    Ok(HistoricIncident {
        kind: word(DOING, IncidentKind::from_word, &kind)?,
        source: word(DOING, IncidentSource::from_word, &source)?,
        priority: priority.ok_or_else(|| Error::corrupt(DOING, "a priority is not 1 to 4"))?,
        position: position(DOING, lon, lat)?,
        division: place.map(|number| division(DOING, number)).transpose()?,
        milestones: Milestones { assigned_ms, accepted_ms, arrived_ms, closed_ms },
        source_system,
        number,
        reported_ms,
    })
}
