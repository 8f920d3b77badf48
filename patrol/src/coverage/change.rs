//! What would be covered if a unit were added, moved or taken away, or if times changed because a road is closed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::now::{Coverage, LIMITS, LIMITS_S, of_soonest};
use crate::demand::{Demand, index};
use crate::times::{Reach, Times};

/// One thing that would be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A unit more.
    Added {
        /// Its id.
        unit: String,
        /// What it would reach.
        reach: Reach,
    },
    /// A unit somewhere else.
    Moved {
        /// Its id.
        unit: String,
        /// What it would reach from there.
        reach: Reach,
    },
    /// A unit less.
    Removed {
        /// Its id.
        unit: String,
    },
    /// Other times for everybody, for instance with a road closed. Units that are not in them reach nothing.
    Retimed {
        /// All times as they would be.
        times: Times,
        /// What makes them so, in the caller's words: the name of the road.
        because: String,
    },
}

/// How one place would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceChange {
    /// Its name.
    pub name: String,
    /// All demand there.
    pub total: u64,
    /// Covered within each limit as it is.
    pub before: [u64; LIMITS],
    /// And as it would be.
    pub after: [u64; LIMITS],
}

/// What would be different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// As it is.
    pub before: Coverage,
    /// As it would be.
    pub after: Coverage,
    /// Demand that would be covered and is not, within each limit.
    pub gained: [u64; LIMITS],
    /// Demand that is covered and would not be, within each limit.
    pub lost: [u64; LIMITS],
    /// Places that would change, those that lose most within 5 minutes first.
    pub places: Vec<PlaceChange>,
    /// Units that the changes name wrongly: removed or moved but not there, or added but there already. They change nothing.
    pub ignored: Vec<String>,
}

/// Reckons coverage as it is and as it would be. Changes are taken one after the other; of two that touch one unit the
/// later counts.
///
/// ```
/// use patrol::{Call, Change, Demand, Times, what_if};
/// let position = spatial::Position::new(120.65, 28.0)?;
/// let call = Call { point: 0, hour: 9, place: 0, weight: 3 };
/// let demand = Demand::of(vec![position], vec![call], vec!["Nanpu".to_owned()]);
/// let added = Change::Added { unit: "car 1".to_owned(), reach: vec![(0, 200)] };
/// let difference = what_if(&demand, &Times::new(), &[added]);
/// assert_eq!((difference.gained, difference.lost), ([0, 3, 3], [0, 0, 0]));
/// # Ok::<(), spatial::PositionError>(())
/// ```
pub fn what_if(demand: &Demand, times: &Times, changes: &[Change]) -> Difference {
    let points = demand.points().len();
    // Units whose list in `base` no longer holds, and the lists that hold instead.
    let (mut base, mut gone, mut other, mut ignored) = (times, BTreeSet::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Retimed { times, .. } => {
                base = times;
                // A unit that was added or moved before has no other times than those that came with it.
            }
            Change::Added { unit, reach } => {
                let there = base.has(unit) && !gone.contains(unit.as_str());
                if there || position(&other, unit).is_some() {
                    ignored.push(unit.clone());
                } else {
                    other.push((unit.as_str(), reach));
                }
            }
            Change::Moved { unit, reach } => {
                if let Some(at) = position(&other, unit) {
                    other[at].1 = reach;
                } else if base.has(unit) && gone.insert(unit.as_str()) {
                    other.push((unit, reach));
                } else {
                    ignored.push(unit.clone());
                }
            }
            Change::Removed { unit } => {
                let added = position(&other, unit).map(|at| other.remove(at)).is_some();
                let there = base.has(unit) && gone.insert(unit.as_str());
                if !added && !there {
                    ignored.push(unit.clone());
                }
            }
        }
    }
    let before = times.soonest(points, |_| false);
    let mut after = base.soonest(points, |unit| gone.contains(unit));
    for (_, reach) in &other {
        for (point, seconds) in *reach {
            if let (Some(best), Ok(seconds)) = (after.get_mut(index(*point)), u16::try_from(*seconds)) {
                *best = (*best).min(seconds);
            }
        }
    }
    let units = base.units().filter(|unit| !gone.contains(unit)).count() + other.len();
    let soonest = Changed { before: &before, after: &after };
    soonest.difference(demand, times.len(), units, ignored)
}

fn position(other: &[(&str, &Reach)], unit: &str) -> Option<usize> {
    other.iter().position(|(name, _)| *name == unit)
}

/// The soonest time to each point, as it is and as it would be.
struct Changed<'a> {
    before: &'a [u16],
    after: &'a [u16],
}

impl Changed<'_> {
    fn difference(&self, demand: &Demand, was: usize, will: usize, ignored: Vec<String>) -> Difference {
        let (before, after) = (of_soonest(demand, self.before, was), of_soonest(demand, self.after, will));
        let (mut gained, mut lost) = ([0; LIMITS], [0; LIMITS]);
        for call in demand.calls() {
            let (was, will) = (self.before[index(call.point)], self.after[index(call.point)]);
            for (limit, limit_s) in LIMITS_S.into_iter().enumerate() {
                let weight = u64::from(call.weight);
                match (u32::from(was) <= limit_s, u32::from(will) <= limit_s) {
                    (false, true) => gained[limit] += weight,
                    (true, false) => lost[limit] += weight,
                    (true, true) | (false, false) => {}
                }
            }
        }
        let pairs = before.places.iter().zip(&after.places).filter(|(a, b)| a.covered != b.covered);
        let change = |(a, b): (&super::PlaceCover, &super::PlaceCover)| PlaceChange {
            name: a.name.clone(),
            total: a.total,
            before: a.covered,
            after: b.covered,
        };
        let mut places: Vec<PlaceChange> = pairs.map(change).collect();
        let loses = |p: &PlaceChange| i128::from(p.after[1]) - i128::from(p.before[1]);
        places.sort_by(|a, b| loses(a).cmp(&loses(b)).then_with(|| a.name.cmp(&b.name)));
        Difference { before, after, gained, lost, places, ignored }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use spatial::Position;

    use super::*;
    use crate::coverage::coverage;
    use crate::demand::Call;

    fn list() -> impl Strategy<Value = Reach> {
        proptest::collection::vec((0_u32..8, 0_u32..700), 0..8)
    }

    fn change() -> impl Strategy<Value = Change> {
        let unit = (0_u32..5).prop_map(|n| format!("u{n}"));
        prop_oneof![
            (unit.clone(), list()).prop_map(|(unit, reach)| Change::Added { unit, reach }),
            (unit.clone(), list()).prop_map(|(unit, reach)| Change::Moved { unit, reach }),
            unit.prop_map(|unit| Change::Removed { unit }),
        ]
    }

    proptest! {
        /// The twin keeps a plain table of units, changes it, and reckons coverage anew.
        #[test]
        fn it_is_the_coverage_of_the_changed_units(
            weights in proptest::collection::vec(1_u32..20, 8),
            lists in proptest::collection::vec(list(), 0..4),
            changes in proptest::collection::vec(change(), 0..5),
            retimed in proptest::option::of(proptest::collection::vec(list(), 4)),
        ) {
            let position = Position::new(120.65, 28.0).unwrap();
            let call = |(point, weight): (u32, &u32)| Call { point, hour: 5, place: point % 2, weight: *weight };
            let names = vec!["a".to_owned(), "b".to_owned()];
            let demand = Demand::of(vec![position; 8], (0..).zip(&weights).map(call).collect(), names);
            let times_of = |lists: &[(String, Reach)]| {
                let mut times = Times::new();
                for (unit, reach) in lists {
                    times.push(unit, reach.iter().copied());
                }
                times
            };
            let mut table: Vec<(String, Reach)> =
                lists.iter().enumerate().map(|(n, r)| (format!("u{n}"), r.clone())).collect();
            let times = times_of(&table);
            let mut all = Vec::new();
            // A closed road changes the times of the same units, before anything else is changed.
            if let Some(retimed) = &retimed {
                for ((_, reach), other) in table.iter_mut().zip(retimed) {
                    reach.clone_from(other);
                }
                all.push(Change::Retimed { times: times_of(&table), because: "bridge".to_owned() });
            }
            let mut ignored = Vec::new();
            for change in &changes {
                let find = |table: &[(String, Reach)], unit: &String| table.iter().position(|(name, _)| name == unit);
                match change {
                    Change::Added { unit, reach } if find(&table, unit).is_none() => table.push((unit.clone(), reach.clone())),
                    Change::Moved { unit, reach } if find(&table, unit).is_some() => {
                        let at = find(&table, unit).unwrap();
                        table[at].1.clone_from(reach);
                    }
                    Change::Removed { unit } if find(&table, unit).is_some() => {
                        table.remove(find(&table, unit).unwrap());
                    }
                    Change::Added { unit, .. } | Change::Moved { unit, .. } | Change::Removed { unit } => {
                        ignored.push(unit.clone());
                    }
                    Change::Retimed { .. } => unreachable!("not among them"),
                }
                all.push(change.clone());
            }
            let got = what_if(&demand, &times, &all);
            prop_assert_eq!(&got.before, &coverage(&demand, &times));
            prop_assert_eq!(&got.after, &coverage(&demand, &times_of(&table)));
            prop_assert_eq!(&got.ignored, &ignored);
            for limit in 0..LIMITS {
                let (before, after) = (got.before.covered[limit], got.after.covered[limit]);
                prop_assert_eq!(before + got.gained[limit], after + got.lost[limit]);
            }
        }
    }
}
