//! Zones are drawn, drawn anew and lifted; buildings in them are marked.

use super::{Decided, been, text};
use crate::command::Ask;
use crate::desk::Desk;
use crate::event::Event;
use crate::refusal::{Refusal, Rule};
use crate::zone::{Mark, Zone, ZoneShape};

fn one(event: Event) -> Decided {
    Decided { events: vec![event], ..Decided::default() }
}

/// Whoever makes the outline has looked at it; here its size and the rest are.
pub(super) fn draw(desk: &Desk, ask: &Ask, zone: &Zone) -> Result<Decided, Refusal> {
    let bad = |field, why: String| Err(Refusal::Invalid(field, why));
    let known = match zone.id.as_str() {
        "" => None,
        id => Some(desk.zone(id).ok_or_else(|| Refusal::Unknown("zone", id.to_owned()))?),
    };
    let incident = desk.incident(&zone.incident).ok_or_else(|| Refusal::Unknown("incident", zone.incident.clone()))?;
    if incident.phase().is_terminal() {
        return Err(Refusal::Rule(Rule::IncEnded));
    }
    if known.is_some_and(|known| known.zone.incident != zone.incident) {
        return bad("incident", "a zone stays with its incident".to_owned());
    }
    text("reason", &zone.reason, 500, false)?;
    if zone.geometry.to_string().len() > Zone::MOST_GEOMETRY {
        return bad("geometry", format!("must have at most {} bytes as JSON", Zone::MOST_GEOMETRY));
    }
    if let ZoneShape::Cone { wind, .. } = &zone.shape {
        text("wind.source", &wind.source, 128, false)?;
        been("wind.at", ask.now_ms, wind.at_ms)?;
    }
    if known.is_some_and(|known| known.zone == *zone) {
        return Ok(Decided::default());
    }
    if known.is_none() && desk.zones().count() >= Zone::MOST {
        return bad("zones", format!("at most {} at a time: lift some", Zone::MOST));
    }
    let (again, mut zone) = (known.is_some(), zone.clone());
    if !again {
        zone.id = format!("zone-{}", desk.zones_drawn() + 1);
    }
    Ok(one(Event::Zoned { zone: Box::new(zone), again }))
}

pub(super) fn lift(desk: &Desk, id: &str) -> Result<Decided, Refusal> {
    let known = desk.zone(id).ok_or_else(|| Refusal::Unknown("zone", id.to_owned()))?;
    Ok(one(Event::Unzoned { id: id.to_owned(), incident: known.zone.incident.clone() }))
}

/// Saying the same again changes nothing, whoever says it.
pub(super) fn mark(
    desk: &Desk,
    ask: &Ask,
    id: &str,
    building: &str,
    mark: Mark,
    at_ms: Option<i64>,
) -> Result<Decided, Refusal> {
    let known = desk.zone(id).ok_or_else(|| Refusal::Unknown("zone", id.to_owned()))?;
    text("building", building, 64, false)?;
    let at_ms = at_ms.unwrap_or(ask.now_ms);
    been("at", ask.now_ms, at_ms)?;
    let before = known.marks.get(building);
    if before.map_or(Mark::Open, |marked| marked.mark) == mark {
        return Ok(Decided::default());
    }
    if before.is_none() && known.marks.len() >= Zone::MOST_MARKS {
        return Err(Refusal::Invalid("building", format!("at most {} of a zone are marked", Zone::MOST_MARKS)));
    }
    let (id, incident, building) = (id.to_owned(), known.zone.incident.clone(), building.to_owned());
    Ok(one(Event::ZoneMarked { id, incident, building, mark, at_ms }))
}
