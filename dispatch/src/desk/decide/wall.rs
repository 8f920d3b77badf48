//! A desk puts something on a wall, or takes it back.

use spatial::Position;

use super::{Decided, text};
use crate::command::Ask;
use crate::desk::Desk;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::wall::{OnWall, Shown};

/// The newest word counts, whoever said it. Taking back where nothing stands changes nothing.
pub(super) fn show(desk: &Desk, ask: &Ask, on: &OnWall) -> Result<Decided, Refusal> {
    if !(1..=OnWall::WALLS).contains(&on.wall) {
        return Err(Refusal::Unknown("wall", on.wall.to_string()));
    }
    match &on.shown {
        Some(shown) => check(desk, ask, shown)?,
        None if desk.wall(on.wall).is_none_or(|known| known.on.shown.is_none()) => return Ok(Decided::default()),
        None => {}
    }
    Ok(Decided { events: vec![Event::Wall { scene: Box::new(on.clone()) }], ..Decided::default() })
}

fn check(desk: &Desk, ask: &Ask, shown: &Shown) -> Result<(), Refusal> {
    let bad = |field, why: String| Err(Refusal::Invalid(field, why));
    if let Err(error) = Position::new(shown.lon, shown.lat) {
        return bad("view", error.to_string());
    }
    if !(0.0..=22.0).contains(&shown.zoom) {
        return bad("view/zoom", "must be 0 to 22".to_owned());
    }
    let until = ask.now_ms.saturating_add(1)..=ask.now_ms.saturating_add(OnWall::LONGEST_MS);
    if !until.contains(&shown.until_ms) {
        return bad("until", "must lie within the next 12 hours".to_owned());
    }
    let layers = shown.layers.as_deref().unwrap_or_default();
    for (field, names, most) in
        [("cameras", shown.cameras.as_slice(), OnWall::MOST_CAMERAS), ("layers", layers, OnWall::MOST_LAYERS)]
    {
        if names.len() > most {
            return bad(field, format!("at most {most}"));
        }
        for name in names {
            text(field, name, OnWall::LONGEST_NAME, false)?;
        }
    }
    match shown.incident.as_ref().map(|id| (id, desk.incident(id))) {
        Some((id, None)) => Err(Refusal::Unknown("incident", id.clone())),
        Some((_, Some(incident))) if incident.phase().is_terminal() => bad("incident", "has ended".to_owned()),
        Some(_) | None => Ok(()),
    }
}
