//! A unit's record and its duty.

use std::sync::Arc;

use super::{Decided, been, text};
use crate::assignment::State;
use crate::command::Ask;
use crate::desk::{Desk, UnitState};
use crate::event::Event;
use crate::refusal::{Refusal, Rule};
use crate::roster::UnitRecord;
use crate::unit::{Duty, Unit};

/// A shift that began earlier than so long ago is a slip of the hand.
const LONGEST_SHIFT_MS: i64 = 24 * 3_600_000;

pub(super) fn record(desk: &Desk, ask: &Ask, unit: &Unit, on_duty_ms: Option<i64>) -> Result<Decided, Refusal> {
    unit.check().map_err(|error| Refusal::Invalid("unit", error.to_string()))?;
    if let Some(since) = on_duty_ms {
        let field = "on_duty_since";
        if unit.duty == Duty::OffDuty {
            return Err(Refusal::Invalid(field, "goes with a unit on duty".to_owned()));
        }
        been(field, ask.now_ms, since)?;
        if since < ask.now_ms - LONGEST_SHIFT_MS {
            return Err(Refusal::Invalid(field, "lies more than 24 hours back".to_owned()));
        }
    }
    // Nobody was on this shift before the one before had ended: where the unit was in between is nobody's business.
    let off_ms = desk.unit(&unit.id).and_then(|known| known.off_duty_ms);
    let on_duty_ms = on_duty_ms.map(|since| off_ms.map_or(since, |off| since.max(off)));
    let record = UnitRecord::from(unit.clone());
    let same =
        |known: &Arc<UnitState>| known.record == record && (on_duty_ms.is_none() || known.on_duty_ms == on_duty_ms);
    if desk.unit(&unit.id).is_some_and(same) {
        return Ok(Decided::default());
    }
    if unit.duty != Duty::OnDuty {
        unbound(desk, &unit.id)?;
    }
    Ok(Decided { events: vec![Event::Unit { record: Box::new(record), on_duty_ms }], ..Decided::default() })
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
