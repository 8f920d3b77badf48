//! How soon units are where: sparse lists from the road graph.

use std::collections::BTreeMap;

use crate::demand::index;

/// A list of points and the seconds to them. A point that is not listed is not reached.
pub type Reach = Vec<(u32, u32)>;

/// Seconds for a point that nobody reaches.
pub(crate) const NEVER: u16 = u16::MAX;

/// Lists of many units, one behind the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    units: Vec<String>,
    /// Which unit's list, by id.
    place: BTreeMap<String, usize>,
    /// Where each list ends.
    ends: Vec<usize>,
    points: Vec<u32>,
    seconds: Vec<u16>,
}

impl Times {
    /// No units.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a unit's list: points and seconds. Times of 65,535 s and more count as not reached. False when the unit is there
    /// already: then nothing is added.
    pub fn push(&mut self, unit: &str, reach: impl IntoIterator<Item = (u32, u32)>) -> bool {
        if self.place.contains_key(unit) {
            return false;
        }
        for (point, seconds) in reach {
            if let Some(seconds) = u16::try_from(seconds).ok().filter(|seconds| *seconds < NEVER) {
                self.points.push(point);
                self.seconds.push(seconds);
            }
        }
        self.place.insert(unit.to_owned(), self.units.len());
        self.units.push(unit.to_owned());
        self.ends.push(self.points.len());
        true
    }

    /// How many units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// How many pairs of point and seconds there are in all.
    pub fn pairs(&self) -> usize {
        self.points.len()
    }

    /// The units, in the order in which they were added.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(String::as_str)
    }

    /// Whether the unit is there.
    pub fn has(&self, unit: &str) -> bool {
        self.place.contains_key(unit)
    }

    /// A unit's list: points and seconds.
    pub fn of(&self, unit: &str) -> Option<impl Iterator<Item = (u32, u32)>> {
        let (points, seconds) = self.list(*self.place.get(unit)?);
        Some(points.iter().copied().zip(seconds.iter().map(|s| u32::from(*s))))
    }

    fn list(&self, place: usize) -> (&[u32], &[u16]) {
        let from = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        let range = from..self.ends[place];
        (&self.points[range.clone()], &self.seconds[range])
    }

    /// The soonest that any unit is at each of so many points, seconds; units that `leave` names are left out.
    pub(crate) fn soonest(&self, points: usize, leave: impl Fn(&str) -> bool) -> Vec<u16> {
        let mut soonest = vec![NEVER; points];
        for (place, unit) in self.units.iter().enumerate() {
            if leave(unit) {
                continue;
            }
            let (points, seconds) = self.list(place);
            for (point, seconds) in points.iter().zip(seconds) {
                if let Some(best) = soonest.get_mut(index(*point)) {
                    *best = (*best).min(*seconds);
                }
            }
        }
        soonest
    }
}
