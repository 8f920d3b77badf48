//! Whether a unit seems to have arrived, by its positions: near enough twice in a row, and not again before it has left.

/// Nearer than this, beyond the doubt of the fix, is at the scene; metres.
const ENTER_M: f64 = 30.0;
/// Farther than this is away again; metres.
const LEAVE_M: f64 = 60.0;
/// So many fixes in a row.
const FIXES: u8 = 2;
/// The doubt of a fix counts up to this, metres: a worse one says nothing of an arrival.
const WORST_M: f64 = 50.0;

/// One unit on its way to one scene.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Approach {
    near: u8,
    away: u8,
    since_ms: i64,
    there: bool,
}

impl Approach {
    /// Takes the next fix: its distance to the scene and its doubt, metres, and its time, milliseconds since 1970 UTC.
    /// Answers since when the unit seems to be there, once for each time it comes.
    ///
    /// ```
    /// use dispatch::Approach;
    /// let mut approach = Approach::default();
    /// assert_eq!(approach.step(20.0, 5.0, 1_000), None);
    /// assert_eq!(approach.step(15.0, 5.0, 2_000), Some(1_000));
    /// assert_eq!(approach.step(10.0, 5.0, 3_000), None);
    /// ```
    pub fn step(&mut self, distance_m: f64, accuracy_m: f64, at_ms: i64) -> Option<i64> {
        if accuracy_m > WORST_M {
            return None;
        }
        if distance_m <= ENTER_M {
            if self.near == 0 {
                self.since_ms = at_ms;
            }
            (self.near, self.away) = (self.near.saturating_add(1), 0);
        } else if distance_m > LEAVE_M {
            (self.near, self.away) = (0, self.away.saturating_add(1));
        }
        if self.away >= FIXES {
            self.there = false;
        }
        let comes = !self.there && self.near >= FIXES;
        self.there |= comes;
        comes.then_some(self.since_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distances, and at which of them an arrival is seen.
    fn check(distances: &[f64], seen: &[usize]) {
        let mut approach = Approach::default();
        let step = |(n, distance): (usize, &f64)| {
            let at_ms = i64::try_from(n).unwrap();
            approach.step(*distance, 5.0, at_ms).map(|_| n)
        };
        assert_eq!(distances.iter().enumerate().filter_map(step).collect::<Vec<_>>(), seen, "{distances:?}");
    }

    #[test]
    fn an_arrival_is_seen_once_each_time() {
        check(&[200.0, 29.0, 28.0, 10.0], &[2]);
        // Driving past: one fix near is not there.
        check(&[200.0, 20.0, 200.0, 20.0, 200.0], &[]);
        // Between the two borders nothing changes, so a unit that parks at 45 m does not come again and again.
        check(&[20.0, 20.0, 45.0, 20.0, 55.0, 20.0, 20.0], &[1]);
        check(&[20.0, 20.0, 70.0, 20.0, 20.0], &[1]);
        check(&[20.0, 20.0, 70.0, 80.0, 20.0, 20.0], &[1, 5]);
    }

    #[test]
    fn a_doubtful_fix_says_nothing() {
        let mut approach = Approach::default();
        assert_eq!([approach.step(5.0, 400.0, 1), approach.step(5.0, 400.0, 2)], [None, None]);
    }
}
