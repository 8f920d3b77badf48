//! Which units count, and where they are taken to stand.

use std::collections::BTreeSet;

use dispatch::{Duty, UnitKind};
use spatial::Position;
use spatial::roads::Profile;

use super::CoverageAsked;
use crate::app::App;
use crate::app::ranking::{Mode, mode};
use crate::auth::Scope;

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
    /// Units on duty of these kinds that work or stand in a part of the city, where they stand or at their posts.
    pub(super) fn standing(&self, scope: &Scope, kinds: &BTreeSet<UnitKind>, at_posts: bool) -> Vec<Standing> {
        self.world.moving(|moving| {
            let mut all: Vec<Standing> = moving
                .units()
                .filter(|(_, tracked)| {
                    let stands_there = !at_posts && scope.holds(tracked.division);
                    tracked.unit.duty == Duty::OnDuty
                        && kinds.contains(&tracked.unit.kind)
                        && (scope.holds(tracked.unit.division) || stands_there)
                })
                .filter_map(|(slot, tracked)| {
                    let Mode::Road(profile, faster) = mode(tracked.unit.kind, 1) else { return None };
                    let seen = moving.fix(slot).filter(|_| !at_posts).map(|fix| fix.position);
                    let position = seen.or(tracked.unit.home)?;
                    Some(Standing { unit: tracked.unit.id.clone(), position, profile, faster })
                })
                .collect();
            all.sort_by(|a, b| a.unit.cmp(&b.unit));
            all
        })
    }

    /// Whether the question is about units that there are, by name.
    pub(super) fn names_units(&self, asked: &CoverageAsked) -> bool {
        let named: BTreeSet<&str> =
            asked.away.iter().map(String::as_str).chain(asked.stands.iter().map(|stand| stand.unit.as_str())).collect();
        !named.is_empty()
            && self.world.moving(|moving| moving.units().any(|(_, tracked)| named.contains(tracked.unit.id.as_str())))
    }
}
