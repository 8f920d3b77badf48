//! Whether a unit seems to have arrived, by its positions: near enough twice in a row, and no longer once it has left.

use spatial::Position;

/// Nearer than this, beyond the doubt of the fix, is at the scene; metres.
const ENTER_M: f64 = 30.0;
/// Farther than this is away again; metres.
const LEAVE_M: f64 = 60.0;
/// So many fixes in a row.
const FIXES: u8 = 2;
/// The doubt of a fix counts up to this, metres: a worse one says nothing of an arrival.
const WORST_M: f64 = 50.0;

/// What the positions of a unit say of its arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seems {
    /// It is there, since then: milliseconds since 1970 UTC.
    There(i64),
    /// It is elsewhere, seen so then.
    Away(i64),
}

/// One unit on its way to one scene.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Approach {
    scene: Option<Position>,
    near: u8,
    away: u8,
    since_ms: i64,
}

impl Approach {
    /// Takes the next fix: its place and doubt, metres, and its time, milliseconds since 1970 UTC. Answers what the fixes in a
    /// row say as long as they say it; whoever asks knows what was proposed already. A scene that was moved is approached
    /// anew.
    ///
    /// ```
    /// use dispatch::{Approach, Seems};
    /// use spatial::Position;
    /// let at = |lat| Position::new(120.65, lat).expect("a place in Wenzhou");
    /// let (mut approach, scene) = (Approach::default(), at(28.0));
    /// assert_eq!(approach.step(scene, at(28.000_2), 5.0, 1_000), None);
    /// assert_eq!(approach.step(scene, at(28.000_1), 5.0, 2_000), Some(Seems::There(1_000)));
    /// assert_eq!(approach.step(scene, at(28.001_0), 5.0, 3_000), None);
    /// assert_eq!(approach.step(scene, at(28.002_0), 5.0, 4_000), Some(Seems::Away(4_000)));
    /// ```
    pub fn step(&mut self, scene: Position, place: Position, accuracy_m: f64, at_ms: i64) -> Option<Seems> {
        if self.scene != Some(scene) {
            *self = Self { scene: Some(scene), ..Self::default() };
        }
        if accuracy_m > WORST_M {
            return None;
        }
        let distance_m = place.distance_m(&scene);
        if distance_m <= ENTER_M {
            if self.near == 0 {
                self.since_ms = at_ms;
            }
            (self.near, self.away) = (self.near.saturating_add(1), 0);
        } else if distance_m > LEAVE_M {
            (self.near, self.away) = (0, self.away.saturating_add(1));
        }
        if self.near >= FIXES {
            Some(Seems::There(self.since_ms))
        } else {
            (self.away >= FIXES).then_some(Seems::Away(at_ms))
        }
    }
}

/// Whether who is at the one place of a scene is at the other: what positions proposed there holds here.
pub(crate) fn same_scene(old: Option<Position>, new: Option<Position>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => old.distance_m(&new) <= ENTER_M,
        (old, new) => old == new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(north_m: f64) -> Position {
        Position::new(120.65, 28.0 + north_m / 111_000.0).unwrap()
    }

    /// Distances, and how what is proposed changes: at which of them an arrival is, at which it is withdrawn (-).
    fn check(distances: &[f64], seen: &[i64]) {
        let (mut approach, mut proposed, mut changes) = (Approach::default(), false, Vec::new());
        for (n, distance) in (1_i64..).zip(distances) {
            match approach.step(at(0.0), at(*distance), 5.0, n) {
                Some(Seems::There(_)) if !proposed => changes.push(n),
                Some(Seems::Away(_)) if proposed => changes.push(-n),
                _ => continue,
            }
            proposed = !proposed;
        }
        assert_eq!(changes, seen, "{distances:?}");
    }

    #[test]
    fn an_arrival_is_proposed_once_each_time() {
        check(&[200.0, 29.0, 28.0, 10.0], &[3]);
        // Driving past: one fix near is not there.
        check(&[200.0, 20.0, 200.0, 20.0, 200.0], &[]);
        // Between the two borders nothing changes, so a unit that parks at 45 m does not come again and again.
        check(&[20.0, 20.0, 45.0, 20.0, 55.0, 20.0, 20.0], &[2]);
        check(&[20.0, 20.0, 70.0, 20.0, 20.0], &[2]);
        check(&[20.0, 20.0, 70.0, 80.0, 20.0, 20.0], &[2, -4, 6]);
    }

    #[test]
    fn a_doubtful_fix_says_nothing() {
        let mut approach = Approach::default();
        assert_eq!([1, 2].map(|n| approach.step(at(0.0), at(5.0), 400.0, n)), [None, None]);
        assert_eq!([3, 4].map(|n| approach.step(at(0.0), at(500.0), 400.0, n)), [None, None]);
    }

    #[test]
    fn a_scene_that_moves_is_approached_anew() {
        let mut approach = Approach::default();
        let mut step = |scene, place, n| approach.step(at(scene), at(place), 5.0, n);
        assert_eq!([step(0.0, 0.0, 1), step(0.0, 0.0, 2)], [None, Some(Seems::There(1))]);
        assert_eq!([step(300.0, 300.0, 3), step(300.0, 300.0, 4)], [None, Some(Seems::There(3))]);
    }

    #[test]
    fn a_scene_is_the_same_within_the_radius() {
        assert!(same_scene(Some(at(0.0)), Some(at(20.0))) && same_scene(None, None));
        assert!(!same_scene(Some(at(0.0)), Some(at(40.0))));
        assert!(!same_scene(Some(at(0.0)), None) && !same_scene(None, Some(at(0.0))));
    }
}
