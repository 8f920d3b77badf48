//! Whether what the person was looking at still holds in what matters (§4.9).

use serde_json::json;

use crate::command::{Actor, Basis};
use crate::incident::{Incident, Location, PlaceRole};
use crate::refusal::Changed;

use super::UnitState;

/// What a command depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cares {
    /// Where it stands, how urgent it is, where it is: an order to units, putting off, ending.
    All,
    /// The field that it writes itself.
    Priority,
    /// The field that it writes itself.
    Location,
    /// The place that it writes itself, other than where it is.
    Place(PlaceRole),
    /// The field that it writes itself.
    Kind,
    /// The field that it writes itself.
    Feedback,
    /// All that an order cares for, and the field that it writes itself: when a plan begins.
    Plan,
    /// All of these, and what was reported back: who ends it has read that.
    End,
}

/// Fields that matter to nobody but to whoever writes them as well.
const OWN: [&str; 6] = ["kind", "feedback", "start_at", "caller", "last_seen", "staging"];

/// What changed since the screen was drawn, by others, in a way that matters; empty when it still holds.
pub(super) fn changed(incident: &Incident, basis: &Basis, actor: &Actor, cares: Cares) -> Vec<Changed> {
    let newer = |seq: u64, version: u64| match (basis.seq, basis.version) {
        (Some(seen), _) => seq > seen,
        (None, Some(seen)) => version > seen,
        (None, None) => false,
    };
    let concerns = |field: &str| match cares {
        Cares::All => !OWN.contains(&field),
        Cares::Priority => field == "priority",
        Cares::Location => field == "location",
        Cares::Place(role) => field == role.word(),
        Cares::Kind => field == "kind",
        Cares::Feedback => field == "feedback",
        Cares::Plan => field == "start_at" || !OWN.contains(&field),
        Cares::End => field == "feedback" || !OWN.contains(&field),
    };
    let news = incident.material.iter().filter(|m| newer(m.seq, m.version) && m.by != actor.id && concerns(&m.field));
    let mut changes: Vec<Changed> = Vec::new();
    for material in news {
        // Several changes of one field are one change: from what was on the screen to what is now.
        match changes.iter_mut().find(|c| c.field == material.field) {
            Some(known) => {
                known.new = material.new.clone();
                known.by.clone_from(&material.by);
            }
            None => changes.push(Changed {
                field: material.field.clone(),
                old: material.old.clone(),
                new: material.new.clone(),
                by: material.by.clone(),
            }),
        }
    }
    changes.retain(|change| change.old != change.new && (change.field != "location" || moved(change, cares)));
    changes
}

/// A small move is no reason to stop somebody, except who moves it too.
fn moved(change: &Changed, cares: Cares) -> bool {
    if cares == Cares::Location {
        return true;
    }
    let read = |value: &serde_json::Value| serde_json::from_value::<Location>(value.clone()).ok();
    match (read(&change.old), read(&change.new)) {
        (Some(old), Some(new)) => old.differs_materially(&new),
        _ => true,
    }
}

/// What was on the screen must be of this log: a seq or a version that has not been reached is of another one, or made up.
pub(super) fn ahead(seq: u64, incident: &Incident, basis: &Basis) -> Option<Changed> {
    let changed = |field: &str, seen: u64, now: u64| {
        (seen > now).then(|| Changed { field: field.to_owned(), old: json!(seen), new: json!(now), by: String::new() })
    };
    let of_log = basis.seq.and_then(|seen| changed("seq", seen, seq));
    of_log.or_else(|| basis.version.and_then(|seen| changed("version", seen, incident.version)))
}

/// Whether a unit is as free as it was on the screen.
pub(super) fn unit_changed(unit: &UnitState, basis: &Basis, actor: &Actor) -> Option<Changed> {
    let seen = basis.unit_epoch?;
    if seen > unit.epoch {
        let (old, new) = (json!(seen), json!(unit.epoch));
        return Some(Changed { field: "unit_epoch".to_owned(), old, new, by: String::new() });
    }
    if seen == unit.epoch {
        return None;
    }
    let now = unit.availability();
    let was = unit.availability_at(seen);
    let by = unit.was.last().map_or("", |was| was.by.as_str());
    if was == Some(now) || by == actor.id {
        return None;
    }
    let old = was.map_or(json!(null), |was| json!(was.word()));
    Some(Changed { field: "availability".to_owned(), old, new: json!(now.word()), by: by.to_owned() })
}
