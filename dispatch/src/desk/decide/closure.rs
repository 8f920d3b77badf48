//! Roads are closed and opened, conditions are said.

use super::{Decided, been, text};
use crate::closure::{Closure, Condition};
use crate::command::Ask;
use crate::desk::Desk;
use crate::event::Event;
use crate::refusal::Refusal;

/// Whoever parses geometry has looked at it; here its size and the rest are.
pub(super) fn draw(desk: &Desk, ask: &Ask, closure: &Closure) -> Result<Decided, Refusal> {
    let bad = |field, why: String| Err(Refusal::Invalid(field, why));
    text("reason", &closure.reason, 500, false)?;
    text("owner", &closure.owner, 128, false)?;
    if closure.geometry.to_string().len() > Closure::MOST_GEOMETRY {
        return bad("geometry", format!("must have at most {} bytes as JSON", Closure::MOST_GEOMETRY));
    }
    for (field, limit, most) in [("height_m", closure.height_m, 20.0), ("weight_t", closure.weight_t, 200.0)] {
        if limit.is_some_and(|limit| !(limit > 0.0 && limit <= most)) {
            return bad(field, format!("must be more than 0 and at most {most}"));
        }
    }
    if closure.slower.is_some_and(|slower| !Closure::SLOWER.contains(&slower)) {
        return bad("slower", "must be 1 to 100 times".to_owned());
    }
    if closure.until_ms.is_some_and(|until| until <= closure.from_ms.unwrap_or(ask.now_ms).max(ask.now_ms)) {
        return bad("until", "must lie in the future and after `from`".to_owned());
    }
    if let Some(incident) = closure.incident.as_ref().filter(|id| desk.incident(id).is_none()) {
        return Err(Refusal::Unknown("incident", incident.clone()));
    }
    if desk.closures().filter(|drawn| drawn.closure.until_ms.is_none_or(|until| until > ask.now_ms)).count()
        >= Closure::MOST
    {
        return bad("closures", format!("at most {} hold at a time: lift some", Closure::MOST));
    }
    let closure = Closure { id: format!("closure-{}", desk.closures_drawn() + 1), ..closure.clone() };
    Ok(Decided { events: vec![Event::Closed { closure: Box::new(closure) }], ..Decided::default() })
}

pub(super) fn lift(desk: &Desk, id: &str) -> Result<Decided, Refusal> {
    match desk.closure(id) {
        Some(_) => Ok(Decided { events: vec![Event::Lifted { id: id.to_owned() }], ..Decided::default() }),
        None => Err(Refusal::Unknown("closure", id.to_owned())),
    }
}

/// What is older than what is known already changes nothing.
pub(super) fn say(desk: &Desk, ask: &Ask, condition: &Condition) -> Result<Decided, Refusal> {
    text("subject", &condition.subject, 128, true)?;
    text("source", &condition.source, 128, false)?;
    let flat = condition.value.as_object().is_some_and(|object| {
        !object.is_empty() && object.values().all(|value| value.is_number() || value.is_string() || value.is_boolean())
    });
    if !flat || condition.value.to_string().len() > Condition::MOST_VALUE {
        let why = format!("must be an object of numbers, texts and truths, at most {} bytes", Condition::MOST_VALUE);
        return Err(Refusal::Invalid("value", why));
    }
    if let Some((field, why)) = condition.wind_problem() {
        return Err(Refusal::InvalidAt(format!("/value/{field}"), why));
    }
    been("at", ask.now_ms, condition.at_ms)?;
    let known = desk.condition(&condition.key());
    if known.is_none() && desk.conditions().count() >= Condition::MOST {
        return Err(Refusal::Invalid("subject", format!("at most {} are known at a time", Condition::MOST)));
    }
    if known.is_some_and(|known| known.condition.at_ms > condition.at_ms || known.condition == *condition) {
        return Ok(Decided::default());
    }
    Ok(Decided { events: vec![Event::Condition { condition: Box::new(condition.clone()) }], ..Decided::default() })
}
