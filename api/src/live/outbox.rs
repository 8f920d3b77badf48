//! What a viewer has to be told: pure, from what moves and what the viewer was told before.

use std::collections::HashSet;

use spatial::Bounds;

use crate::app::{Moving, UnitView, rfc3339};
use crate::wire::{LiveUnit, Move, ServerMessage};

/// What one viewer looks at and knows. Only numbers of units are kept, so its size is bounded by the roster.
#[derive(Debug, Default)]
pub(super) struct Viewer {
    /// Where it looks; everywhere when absent.
    pub bounds: Option<Bounds>,
    /// It asked for no units: it is told of none.
    pub without_units: bool,
    /// Units that it was told of.
    known: HashSet<u32>,
    /// The move up to which it was told everything.
    seen: u64,
    /// It looks elsewhere now: units that did not move may have come into view.
    turned: bool,
}

impl Viewer {
    /// Looks elsewhere.
    pub(super) fn turn(&mut self, bounds: Option<Bounds>) {
        self.bounds = bounds;
        self.turned = true;
    }

    /// Numbers of the units that it was told of and that have not gone.
    pub(super) fn known(&self) -> &HashSet<u32> {
        &self.known
    }

    /// Forgets what it was told: a snapshot follows.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.seen = 0;
    }

    /// Everything in view.
    pub(super) fn snapshot(&mut self, moving: &Moving, sees: impl Fn(u32) -> bool, now_ms: i64) -> Vec<LiveUnit> {
        self.forget();
        let mut units = Vec::new();
        for (slot, _) in moving.units() {
            if self.holds(moving, slot) && sees(slot) {
                self.known.insert(slot);
                units.extend(UnitView::of(moving, slot, now_ms).and_then(LiveUnit::of));
            }
        }
        self.seen = moving.moves();
        self.turned = false;
        units
    }

    /// What is new since the last time. Only the newest place of a unit is told: positions coalesce.
    pub(super) fn news(&mut self, moving: &Moving, sees: impl Fn(u32) -> bool, now_ms: i64) -> Vec<ServerMessage> {
        let (mut units, mut moved, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for (slot, tracked) in moving.units() {
            let (has_moved, has_changed) = (tracked.moved > self.seen, tracked.changed > self.seen);
            if !has_moved && !has_changed && !self.turned {
                continue;
            }
            let in_view = self.holds(moving, slot) && sees(slot);
            match (self.known.contains(&slot), in_view) {
                (false, true) => {
                    self.known.insert(slot);
                    units.extend(UnitView::of(moving, slot, now_ms).and_then(LiveUnit::of));
                }
                (true, true) if has_changed => units.extend(UnitView::of(moving, slot, now_ms).and_then(LiveUnit::of)),
                (true, true) if has_moved => moved.extend(row(moving, slot)),
                (true, false) => {
                    self.known.remove(&slot);
                    gone.push(slot);
                }
                (true, true) | (false, false) => {}
            }
        }
        self.seen = moving.moves();
        self.turned = false;
        let mut messages = Vec::new();
        if !gone.is_empty() {
            messages.push(ServerMessage::Gone { units: gone });
        }
        if !units.is_empty() {
            messages.push(ServerMessage::Units { units });
        }
        if !moved.is_empty() {
            messages.push(ServerMessage::Positions { now: rfc3339(now_ms), moved });
        }
        messages
    }

    fn holds(&self, moving: &Moving, slot: u32) -> bool {
        if self.without_units {
            return false;
        }
        let Some(fix) = moving.fix(slot) else { return false };
        self.bounds.is_none_or(|bounds| bounds.contains(fix.position))
    }
}

/// A unit's place in whole numbers.
#[expect(clippy::cast_possible_truncation, reason = "degrees × 10⁶ and small measures are far inside i64")]
fn row(moving: &Moving, slot: u32) -> Option<Move> {
    let fix = moving.fix(slot)?;
    let whole = |value: f32| value.round() as i64;
    let micro = |degrees: f64| (degrees * 1e6).round() as i64;
    Some((
        slot,
        micro(fix.position.lon()),
        micro(fix.position.lat()),
        fix.at_ms,
        fix.heading_deg.map(whole),
        fix.speed_mps.map(|speed| whole(speed * 10.0)),
        fix.accuracy_m.map(whole),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dispatch::{Availability, Channel, Contact, Duty, Size, Unit, UnitKind};
    use spatial::Position;
    use spatial::moving::Fix;

    fn unit(id: &str, duty: Duty) -> Unit {
        Unit {
            id: id.to_owned(),
            kind: UnitKind::PoliceFoot,
            call_sign: id.to_owned(),
            org: "o".to_owned(),
            division: None,
            skills: Vec::new(),
            duty,
            contact: Contact { channel: Channel::None, number: None },
            home: None,
            size: Size::default(),
            epoch: 0,
        }
    }

    fn fix(lon: f64, at_ms: i64) -> Fix {
        Fix { position: Position::new(lon, 28.0).unwrap(), at_ms, accuracy_m: None, speed_mps: None, heading_deg: None }
    }

    fn told(messages: &[ServerMessage]) -> Vec<&'static str> {
        let name = |message: &ServerMessage| match message {
            ServerMessage::Gone { .. } => "gone",
            ServerMessage::Units { .. } => "units",
            ServerMessage::Positions { .. } => "positions",
            ServerMessage::Snapshot { .. }
            | ServerMessage::Event { .. }
            | ServerMessage::Checksum { .. }
            | ServerMessage::Revision { .. }
            | ServerMessage::Heartbeat { .. }
            | ServerMessage::Lagged { .. }
            | ServerMessage::Scene { .. }
            | ServerMessage::Bye { .. } => "other",
        };
        messages.iter().map(name).collect()
    }

    #[test]
    fn a_viewer_is_told_each_thing_once() {
        let mut moving = Moving::default();
        moving.put(unit("a", Duty::OnDuty), Availability::Free);
        moving.apply(0, fix(120.000, 1_000), 1_000, None);
        let mut viewer = Viewer { bounds: Bounds::new(119.99, 27.0, 120.01, 29.0), ..Viewer::default() };
        assert_eq!(viewer.snapshot(&moving, |_| true, 1_000).len(), 1);
        assert!(viewer.news(&moving, |_| true, 1_000).is_empty(), "nothing new, nothing told");
        moving.apply(0, fix(120.0001, 2_000), 2_000, None);
        moving.apply(0, fix(120.0002, 3_000), 3_000, None);
        let news = viewer.news(&moving, |_| true, 3_000);
        let [ServerMessage::Positions { moved, .. }] = news.as_slice() else { panic!("{news:?}") };
        assert_eq!((moved.len(), moved[0].1), (1, 120_000_200), "two moves, the newest is told");
        viewer.turn(Bounds::new(121.0, 27.0, 122.0, 29.0));
        assert_eq!(told(&viewer.news(&moving, |_| true, 3_000)), ["gone"]);
        viewer.turn(None);
        assert_eq!(told(&viewer.news(&moving, |_| true, 3_000)), ["units"]);
        moving.put(unit("a", Duty::OffDuty), Availability::Out);
        assert_eq!(told(&viewer.news(&moving, |_| true, 3_000)), ["gone"], "who goes off duty leaves every screen");
    }

    #[test]
    fn what_is_out_of_sight_is_not_told() {
        let mut moving = Moving::default();
        moving.put(unit("a", Duty::OnDuty), Availability::Free);
        moving.apply(0, fix(120.0, 1_000), 1_000, None);
        let mut viewer = Viewer::default();
        assert!(viewer.snapshot(&moving, |_| false, 1_000).is_empty());
        moving.apply(0, fix(120.0001, 2_000), 2_000, None);
        assert!(viewer.news(&moving, |_| false, 2_000).is_empty());
    }
}
