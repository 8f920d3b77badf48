//! Which units count, and where they are taken to stand.

use std::collections::BTreeSet;

use dispatch::{Duty, UnitKind};
use spatial::Position;
use spatial::roads::Profile;

use super::CoverageAsked;
use crate::app::ranking::{Mode, mode};
use crate::app::{App, Moving, Tracked};
use crate::auth::Caller;

/// A unit that counts.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) unit: String,
    pub(super) position: Position,
    pub(super) profile: Profile,
    /// How many times faster it is than the profile.
    pub(super) faster: f64,
}

impl Standing {
    /// One that drives as an emergency car does.
    fn driving(unit: String, position: Position) -> Self {
        Self { unit, position, profile: Profile::Emergency, faster: 1.0 }
    }
}

/// Units at posts, one at each.
pub(super) fn posted(posts: &[Position]) -> Vec<Standing> {
    posts.iter().enumerate().map(|(n, position)| Standing::driving(n.to_string(), *position)).collect()
}

/// Units as they would stand.
pub(super) fn changed(mut standing: Vec<Standing>, asked: &CoverageAsked) -> Vec<Standing> {
    standing.retain(|unit| !asked.away.contains(&unit.unit));
    for stand in &asked.stands {
        match standing.iter_mut().find(|known| known.unit == stand.unit) {
            Some(known) => known.position = stand.position,
            None => standing.push(Standing::driving(stand.unit.clone(), stand.position)),
        }
    }
    standing
}

impl App {
    /// Units on duty of these kinds that work in the caller's part of the city, or stand in it by what the caller sees.
    ///
    /// A unit counts where it stands for whoever sees it, and at its post for everybody else, whatever is asked: any
    /// question that a live place goes into can be asked again with a bit of the city closed, with another kind, or a
    /// minute later, and what differs tells the place.
    pub(super) fn standing(&self, caller: &Caller, kinds: &BTreeSet<UnitKind>) -> Vec<Standing> {
        let still = self.world.still();
        let of_slot = |moving: &Moving, slot: u32, tracked: &Tracked| {
            let (works, stands) = (caller.scope.holds(tracked.unit.division), caller.scope.holds(tracked.division));
            if tracked.unit.duty != Duty::OnDuty || !kinds.contains(&tracked.unit.kind) || !(works || stands) {
                return None;
            }
            let seen = self.sees_unit(caller, moving, slot, &still);
            let Mode::Road(profile, faster) = mode(tracked.unit.kind, 1) else { return None };
            let fix = moving.fix(slot).filter(|_| seen).map(|fix| fix.position);
            let position = fix.or(tracked.unit.home)?;
            (works || seen).then(|| Standing { unit: tracked.unit.id.clone(), position, profile, faster })
        };
        self.world.moving(|moving| {
            let mut all: Vec<Standing> =
                moving.units().filter_map(|(slot, tracked)| of_slot(moving, slot, tracked)).collect();
            all.sort_by(|a, b| a.unit.cmp(&b.unit));
            all
        })
    }
}
