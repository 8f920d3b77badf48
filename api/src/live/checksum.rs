//! A number by which a screen finds out that it does not show what it should.
//!
//! SHA-256 over lines, each ended by a line feed, in this order: for each open incident in sight, by id,
//! `incident ID VERSION PHASE PRIORITY`, then for each of its orders `assignment ID STATE VERSION`; then for each unit that
//! the viewer was told of and that has not gone, by id, `unit ID AVAILABILITY EPOCH`. Without positions: a viewer without
//! bounds holds every unit in its sight that has a place.

use std::collections::HashSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::app::{App, hex};
use crate::auth::Caller;
use crate::wire::ServerMessage;

/// The checksum of everything in the caller's sight.
pub(super) fn checksum(app: &App, caller: &Caller, known: &HashSet<u32>) -> ServerMessage {
    let (desk, still) = (app.ops.desk(), app.world.still());
    let mut lines = String::new();
    let open = desk.incidents().filter(|incident| !incident.phase().is_terminal());
    let mut incidents = 0;
    for view in open.filter_map(|incident| app.view(caller, incident, &still)) {
        let i = &view.incident;
        incidents += 1;
        // Writing to a text does not fail.
        let _ = writeln!(lines, "incident {} {} {} {}", i.id, i.version, i.phase(), i.priority.number());
        if view.sight != crate::app::ops::IncidentSight::Snapped {
            for a in &i.assignments {
                let _ = writeln!(lines, "assignment {} {} {}", a.id, a.state, a.version);
            }
        }
    }
    let mut units: Vec<(String, dispatch::Availability, u64)> = app.world.moving(|moving| {
        let told = known.iter().filter_map(|slot| moving.unit(*slot));
        told.map(|tracked| (tracked.unit.id.clone(), tracked.availability, tracked.unit.epoch)).collect()
    });
    units.sort_unstable();
    for (id, availability, epoch) in &units {
        let _ = writeln!(lines, "unit {id} {availability} {epoch}");
    }
    let sha256 = hex(Sha256::digest(lines.as_bytes()));
    ServerMessage::Checksum { seq: desk.seq(), sha256, incidents, units: units.len() }
}
