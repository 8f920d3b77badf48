//! An incident of the past as a row.

use std::collections::BTreeMap;

use dispatch::{HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority};

use super::unit::{division, division_number, position, word};
use crate::Error;

const DOING: &str = "read history";

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

/// The rows of incidents, one a key (the later counts) and in the order of keys, so that servers that import at the
/// same time do not wait for each other in a circle.
pub(crate) fn rows(incidents: &[HistoricIncident]) -> Result<Vec<Columns>, Error> {
    let mut rows = BTreeMap::new();
    for incident in incidents {
        rows.insert((&incident.source_system, &incident.number), write(incident)?);
    }
    Ok(rows.into_values().collect())
}

/// The columns of an incident, or why it cannot be stored.
fn write(incident: &HistoricIncident) -> Result<Columns, Error> {
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
