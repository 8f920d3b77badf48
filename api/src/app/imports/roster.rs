//! Duty units into the roster, all of a file in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use dispatch::{Channel, Contact, Duty, Size, Unit, UnitKind};
use serde::Deserialize;
use serde_json::Value;
use store::Store;

use super::lines::{Given, Lines, LinesOrder, division, parsed, word};
use super::order::ImportError;
use super::report::ImportReport;
use super::run::{identified, unchanged};
use crate::app::ops;

/// Units that a file may bring: they are in memory together. A row beyond is refused.
const MOST: usize = 100_000;

/// A unit as a line has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitLine {
    id: String,
    kind: String,
    call_sign: String,
    org: String,
    division: Option<String>,
    #[serde(default)]
    skills: Vec<String>,
    #[serde(default)]
    duty: Option<String>,
    #[serde(default)]
    home: Option<[f64; 2]>,
    #[serde(default)]
    height_m: Option<f64>,
    #[serde(default)]
    weight_t: Option<f64>,
    /// By which hours it is on duty: checked, and not kept.
    #[serde(default)]
    shift: Option<Value>,
    #[serde(default)]
    contact: Option<ContactLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactLine {
    channel: String,
    #[serde(default)]
    number: Option<String>,
}

/// A unit and whether its line names a shift.
struct Listed {
    unit: Unit,
    shift: bool,
}

/// What became of a file of units.
#[derive(Debug, Default)]
pub struct RosterOutcome {
    /// What was read of it.
    pub report: ImportReport,
    /// Units new to the roster.
    pub added: u64,
    /// Units that replaced an older form.
    pub changed: u64,
    /// Units that were there already.
    pub unchanged: u64,
    /// Units that operations know: they stay as they are.
    pub known: u64,
    /// Accepted rows that name a shift, which the roster does not keep.
    pub shifts: u64,
}

/// Reads the file and stores its units together, or, on a dry run, only says what would happen. The log's word counts: a
/// unit that operations know already stays as it is.
pub async fn import_roster(store: &Arc<dyn Store>, order: LinesOrder) -> Result<RosterOutcome, ImportError> {
    let (bytes, _) = identified(order.path.clone()).await?;
    let desk = ops::read(store).await?;
    let there: HashMap<String, Unit> = store.units().await?.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
    let mut lines = Lines::open(&order, None, ("id", listed))?;
    let mut outcome = RosterOutcome::default();
    let (mut first, mut rows) = (HashMap::new(), Vec::new());
    while let Some(Listed { unit, shift }) = lines.next()? {
        if let Some(line) = first.get(&unit.id) {
            lines.refuse(&format!("id: is that of line {line}"));
            continue;
        }
        if first.len() == MOST {
            lines.refuse(&format!("id: a file may bring {MOST} units, and has brought them"));
            continue;
        }
        first.insert(unit.id.clone(), lines.line());
        lines.accept(None);
        outcome.shifts += u64::from(shift);
        let count = match there.get(&unit.id) {
            _ if desk.unit(&unit.id).is_some() => &mut outcome.known,
            Some(old) if *old == unit => &mut outcome.unchanged,
            old => {
                let count = if old.is_none() { &mut outcome.added } else { &mut outcome.changed };
                rows.push(unit);
                count
            }
        };
        *count += 1;
    }
    outcome.report = lines.end()?;
    unchanged(&order.path, bytes).await?;
    if !order.dry_run {
        store.put_units(&rows).await?;
    }
    Ok(outcome)
}

fn listed(line: &str, given: &mut Given) -> Result<Listed, String> {
    let row: UnitLine = parsed(line)?;
    let duty = row.duty.as_deref().unwrap_or("off_duty");
    let contact = match row.contact {
        Some(given) => Contact {
            channel: word("contact/channel", &given.channel, Channel::from_word(&given.channel))?,
            number: given.number,
        },
        None => Contact { channel: Channel::None, number: None },
    };
    let shift = row.shift.is_some();
    if row.shift.is_some_and(|shift| !is_shift(&shift)) {
        return Err(
            "shift: must be null or as {\"from\": \"18:00\", \"to\": \"06:00\"}, 00:00 to 24:00 for all day".to_owned()
        );
    }
    let unit = Unit {
        kind: word("kind", &row.kind, UnitKind::from_word(&row.kind))?,
        division: division(row.division.as_ref())?,
        duty: word("duty", duty, Duty::from_word(duty))?,
        home: given.place("home", row.home)?,
        id: row.id,
        call_sign: row.call_sign,
        org: row.org,
        skills: row.skills,
        size: Size { height_m: row.height_m, weight_t: row.weight_t },
        contact,
        epoch: 0,
    };
    unit.check().map_err(|error| error.to_string())?;
    Ok(Listed { unit, shift })
}

/// Whether it is a begin and an end by the clock, and not the same minute twice.
fn is_shift(shift: &Value) -> bool {
    let minutes = |name: &str| shift.get(name).and_then(Value::as_str).and_then(minute);
    let two = shift.as_object().is_some_and(|fields| fields.len() == 2);
    match (minutes("from"), minutes("to")) {
        (Some(from), Some(to)) => two && from < 1_440 && from != to,
        _ => false,
    }
}

/// The minute of the day that `18:00` is; 1,440 for `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok());
    let (hour, minute) = (two(hour)??, two(minute)??);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= 1_440).then_some(of_day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shift_is_a_begin_and_an_end_by_the_clock() {
        for (shift, expect) in [
            (json!({"from": "18:00", "to": "06:00"}), true),
            (json!({"from": "00:00", "to": "24:00"}), true),
            (json!({"from": "25:00", "to": "06:00"}), false),
            (json!({"from": "24:00", "to": "06:00"}), false),
            (json!({"from": "18:60", "to": "06:00"}), false),
            (json!({"from": "18:00", "to": "24:01"}), false),
            (json!({"from": "8:00", "to": "16:00"}), false),
            (json!({"from": "+8:00", "to": "16:00"}), false),
            (json!({"from": "aa", "to": "06:00"}), false),
            (json!({"from": "18:00", "to": "18:00"}), false),
            (json!({"from": "18:00"}), false),
            (json!({"from": "18:00", "to": "06:00", "on": "sunday"}), false),
            (json!("night"), false),
        ] {
            assert_eq!(is_shift(&shift), expect, "{shift}");
        }
    }
}
