//! A unit's record and its duty.

use super::{Decided, text};
use crate::assignment::State;
use crate::desk::Desk;
use crate::event::Event;
use crate::refusal::{Refusal, Rule};
use crate::roster::UnitRecord;
use crate::unit::{Duty, Unit};

pub(super) fn record(desk: &Desk, unit: &Unit) -> Result<Decided, Refusal> {
    unit.check().map_err(|error| Refusal::Invalid("unit", error.to_string()))?;
    let record = UnitRecord::from(unit.clone());
    let known = desk.unit(&unit.id);
    if known.is_some_and(|known| known.record == record) {
        return Ok(Decided::default());
    }
    if unit.duty != Duty::OnDuty {
        unbound(desk, &unit.id)?;
    }
    Ok(Decided { events: vec![Event::Unit { record: Box::new(record) }], ..Decided::default() })
}

pub(super) fn duty(
    desk: &Desk,
    id: &str,
    duty: Duty,
    reason: Option<&str>,
    until_ms: Option<i64>,
) -> Result<Decided, Refusal> {
    let known = desk.unit(id).ok_or_else(|| Refusal::Unknown("unit", id.to_owned()))?;
    text("reason", reason.unwrap_or_default(), 500, duty != Duty::OutOfService)?;
    if known.record.duty == duty && known.reason.as_deref() == reason && known.until_ms == until_ms {
        return Ok(Decided::default());
    }
    if duty != Duty::OnDuty {
        unbound(desk, id)?;
    }
    let event = Event::Duty { unit: id.to_owned(), duty, reason: reason.map(str::to_owned), until_ms };
    Ok(Decided { events: vec![event], ..Decided::default() })
}

/// Who is bound does not go home: the shift is handed over, or the order ends first.
fn unbound(desk: &Desk, id: &str) -> Result<(), Refusal> {
    match desk.unit(id) {
        Some(unit) if unit.distress.is_some() => Err(Refusal::Rule(Rule::UnitDistress)),
        // A plan keeps nobody on duty: when its time comes and the unit is not there, it comes back.
        Some(unit) if unit.open.iter().any(|bound| bound.state != State::Planned) => Err(Refusal::Rule(Rule::DutyOpen)),
        Some(_) | None => Ok(()),
    }
}
