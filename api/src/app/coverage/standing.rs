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

/// By which rules of the road, and how many times faster than they say.
type Going = (Profile, f64);

/// How an emergency car goes.
const DRIVING: Going = (Profile::Emergency, 1.0);

impl Standing {
    fn going(unit: String, position: Position, (profile, faster): Going) -> Self {
        Self { unit, position, profile, faster }
    }
}

/// How a kind goes on urgent calls; `None` for what does not go by road and is not counted.
fn by_road(kind: UnitKind) -> Option<Going> {
    match mode(kind, 1) {
        Mode::Road(profile, faster) => Some((profile, faster)),
        Mode::Straight(_) => None,
    }
}

/// How the fastest of these kinds goes.
fn fastest(kinds: &BTreeSet<UnitKind>) -> Option<Going> {
    let rank = |going: &Going| match going.0 {
        Profile::Emergency => 2,
        Profile::Car => 1,
        Profile::Foot => 0,
    };
    let goings = kinds.iter().filter_map(|kind| by_road(*kind));
    goings.max_by(|a, b| rank(a).cmp(&rank(b)).then(a.1.total_cmp(&b.1)))
}

/// Units at posts, one at each: each goes as the unit that is to stand there, one that nobody knows as an emergency car.
pub(super) fn posted(posts: &[(Position, Option<UnitKind>)]) -> Vec<Standing> {
    let unit = |(n, (position, kind)): (usize, &(Position, Option<UnitKind>))| {
        Some(Standing::going(n.to_string(), *position, kind.map_or(Some(DRIVING), by_road)?))
    };
    posts.iter().enumerate().filter_map(unit).collect()
}

/// Units as they would stand. One that is not among them yet goes as the fastest of the kinds that count.
pub(super) fn changed(mut standing: Vec<Standing>, asked: &CoverageAsked) -> Vec<Standing> {
    standing.retain(|unit| !asked.away.contains(&unit.unit));
    for stand in &asked.stands {
        if let Some(known) = standing.iter_mut().find(|known| known.unit == stand.unit) {
            known.position = stand.position;
        } else {
            let going = fastest(&asked.kinds);
            standing.extend(going.map(|going| Standing::going(stand.unit.clone(), stand.position, going)));
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
            let going = by_road(tracked.unit.kind)?;
            let fix = moving.fix(slot).filter(|_| seen).map(|fix| fix.position);
            let position = fix.or(tracked.unit.home)?;
            (works || seen).then(|| Standing::going(tracked.unit.id.clone(), position, going))
        };
        self.world.moving(|moving| {
            let mut all: Vec<Standing> =
                moving.units().filter_map(|(slot, tracked)| of_slot(moving, slot, tracked)).collect();
            all.sort_by(|a, b| a.unit.cmp(&b.unit));
            all
        })
    }
}
