//! A unit as a row.

use std::collections::BTreeMap;

use dispatch::{Channel, Contact, Duty, Size, Unit, UnitKind};
use spatial::Position;
use spatial::codes::Division;

use super::list;
use crate::Error;

const DOING: &str = "read the roster";

/// Columns: `id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t`.
pub(crate) type Columns = (
    String,
    String,
    String,
    String,
    Option<i64>,
    String,
    String,
    String,
    Option<String>,
    Option<f64>,
    Option<f64>,
    i64,
    Option<f64>,
    Option<f64>,
);

/// The rows of units, one an id (the later counts) and in the order of ids.
pub(crate) fn rows(units: &[Unit]) -> Result<Vec<Columns>, Error> {
    let mut rows = BTreeMap::new();
    for unit in units {
        rows.insert(&unit.id, write(unit)?);
    }
    Ok(rows.into_values().collect())
}

/// The columns of a unit, or why it cannot be stored.
fn write(unit: &Unit) -> Result<Columns, Error> {
    let refuse = |why: &dyn std::fmt::Display| Error::invalid("store units", format!("{:?}: {why}", unit.id));
    unit.check().map_err(|why| refuse(&why))?;
    if unit.contact.number.as_ref().is_some_and(|number| number.contains('\0')) {
        return Err(refuse(&"the contact holds a zero byte"));
    }
    let epoch = i64::try_from(unit.epoch).map_err(|why| refuse(&why))?;
    Ok((
        unit.id.clone(),
        unit.kind.word().to_owned(),
        unit.call_sign.clone(),
        unit.org.clone(),
        unit.division.map(division_number),
        list::write(&unit.skills),
        unit.duty.word().to_owned(),
        unit.contact.channel.word().to_owned(),
        unit.contact.number.clone(),
        unit.home.map(|home| home.lon()),
        unit.home.map(|home| home.lat()),
        epoch,
        unit.size.height_m,
        unit.size.weight_t,
    ))
}

/// The unit of a row.
pub(crate) fn read(columns: Columns) -> Result<Unit, Error> {
    let (id, kind, call_sign, org, division, skills, duty, channel, number, lon, lat, epoch, height_m, weight_t) =
        columns;
    Ok(Unit {
        kind: word(DOING, UnitKind::from_word, &kind)?,
        duty: word(DOING, Duty::from_word, &duty)?,
        contact: Contact { channel: word(DOING, Channel::from_word, &channel)?, number },
        division: division.map(|number| self::division(DOING, number)).transpose()?,
        skills: list::read(DOING, &skills)?,
        home: position(DOING, lon, lat)?,
        size: Size { height_m, weight_t },
        epoch: u64::try_from(epoch).map_err(|why| Error::corrupt(DOING, why))?,
        id,
        call_sign,
        org,
    })
}

/// A word of a closed list, read back.
pub(crate) fn word<T>(doing: &'static str, from_word: fn(&str) -> Option<T>, word: &str) -> Result<T, Error> {
    from_word(word).ok_or_else(|| Error::corrupt(doing, format!("unknown word {word:?}")))
}

/// A division as the databases keep it.
pub(crate) fn division_number(division: Division) -> i64 {
    i64::try_from(division.number()).unwrap_or(i64::MAX)
}

/// A division, read back.
pub(crate) fn division(doing: &'static str, number: i64) -> Result<Division, Error> {
    let division = u64::try_from(number).ok().and_then(Division::from_number);
    division.ok_or_else(|| Error::corrupt(doing, format!("{number} is not a division")))
}

/// A place that may be unknown, read back.
pub(crate) fn position(doing: &'static str, lon: Option<f64>, lat: Option<f64>) -> Result<Option<Position>, Error> {
    match (lon, lat) {
        (Some(lon), Some(lat)) => Position::new(lon, lat).map(Some).map_err(|why| Error::corrupt(doing, why)),
        _ => Ok(None),
    }
}
