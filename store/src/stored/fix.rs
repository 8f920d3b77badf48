//! A report of a position as a row.

use std::borrow::Cow;
use std::collections::BTreeMap;

use spatial::Position;
use spatial::moving::Fix;

use crate::{Error, Observation};

const DOING: &str = "read positions";

/// Columns: `unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs`.
pub(crate) type Columns = (String, i64, i64, f64, f64, Option<f32>, Option<f32>, Option<f32>, String, Option<String>);

/// Columns of the newest fix of a unit: `unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading`.
pub(crate) type LatestColumns = (String, i64, i64, f64, f64, Option<f32>, Option<f32>, Option<f32>);

/// The columns of a report, or why it cannot be stored.
pub(crate) fn write(observation: &Observation) -> Result<Columns, Error> {
    let Observation { unit, fix, label, recv_ms, obs } = observation;
    if unit.is_empty()
        || [unit, label.as_ref(), obs.as_deref().unwrap_or_default()].iter().any(|text| text.contains('\0'))
    {
        return Err(Error::invalid("store positions", format!("{unit:?}: a text is empty or holds a zero byte")));
    }
    let (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading) = latest(unit, fix, *recv_ms);
    Ok((unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label.clone().into_owned(), obs.clone()))
}

/// NaN says nothing and SQLite keeps it as nothing.
fn latest(unit: &str, fix: &Fix, recv_ms: i64) -> LatestColumns {
    let said = |value: Option<f32>| value.filter(|value| !value.is_nan());
    let Fix { position, at_ms, accuracy_m, speed_mps, heading_deg } = fix;
    let place = (position.lon(), position.lat());
    (unit.to_owned(), *at_ms, recv_ms, place.0, place.1, said(*accuracy_m), said(*speed_mps), said(*heading_deg))
}

/// The newest report of each unit that moves it: one row a unit; of two with the same time the later row counts.
pub(crate) fn newest(observations: &[Observation]) -> Vec<LatestColumns> {
    let mut newest: BTreeMap<&str, &Observation> = BTreeMap::new();
    for observation in observations.iter().filter(|observation| observation.moves_the_unit()) {
        let kept = newest.entry(&observation.unit).or_insert(observation);
        if observation.fix.at_ms >= kept.fix.at_ms {
            *kept = observation;
        }
    }
    newest.into_values().map(|observation| latest(&observation.unit, &observation.fix, observation.recv_ms)).collect()
}

/// The report of a row.
pub(crate) fn read(columns: Columns) -> Result<Observation, Error> {
    let (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs) = columns;
    let (unit, fix) = read_latest((unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading))?;
    Ok(Observation { unit, fix, label: Cow::Owned(label), recv_ms, obs })
}

/// The newest fix of a row.
pub(crate) fn read_latest(columns: LatestColumns) -> Result<(String, Fix), Error> {
    let (unit, at_ms, _, lon, lat, accuracy_m, speed_mps, heading_deg) = columns;
    let position = Position::new(lon, lat).map_err(|why| Error::corrupt(DOING, why))?;
    Ok((unit, Fix { position, at_ms, accuracy_m, speed_mps, heading_deg }))
}
