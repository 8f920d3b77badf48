//! Which unit fills which place of the plan.
//!
//! Places are filled one after the other, each by the best unit that fits it — unless that unit is the only one for a
//! place that would then stay empty. So a shortfall is never the fault of the order, and still: a unit that nobody
//! takes is never better for a place than the one that has it, for it could have been put there without emptying another.

use std::collections::{BTreeMap, BTreeSet};

/// A matching of places and units that grows by augmenting paths (Kuhn 1955): a place once filled stays filled.
#[derive(Default)]
struct Matching {
    place_of: BTreeMap<usize, usize>,
}

impl Matching {
    /// Fills a place, moving units between the places that are filled; false when that is impossible.
    fn fill(&mut self, place: usize, fits: &[Vec<usize>], barred: &BTreeSet<usize>) -> bool {
        self.augment(place, fits, &mut barred.clone())
    }

    fn augment(&mut self, place: usize, fits: &[Vec<usize>], seen: &mut BTreeSet<usize>) -> bool {
        for &unit in &fits[place] {
            if !seen.insert(unit) {
                continue;
            }
            let free = match self.place_of.get(&unit).copied() {
                None => true,
                Some(other) => self.augment(other, fits, seen),
            };
            if free {
                self.place_of.insert(unit, place);
                return true;
            }
        }
        false
    }
}

/// Which places can be filled together, those that come first first. `fits` holds for each place the units that fit it.
pub(crate) fn fillable(fits: &[Vec<usize>]) -> Vec<bool> {
    let mut matching = Matching::default();
    (0..fits.len()).map(|place| matching.fill(place, fits, &BTreeSet::new())).collect()
}

/// Who fills each place. `fits` holds for each place the units that fit it, best first.
pub(crate) fn choose(fits: &[Vec<usize>]) -> Vec<Option<usize>> {
    // More than one for each place are never needed: of so many at least one is left for it.
    let short: Vec<Vec<usize>> = fits.iter().map(|units| units.iter().copied().take(fits.len()).collect()).collect();
    let filled = fillable(&short);
    let places: Vec<usize> = (0..short.len()).filter(|place| filled[*place]).collect();
    let mut taken = BTreeSet::new();
    let mut chosen = vec![None; short.len()];
    for (at, &place) in places.iter().enumerate() {
        for &unit in &short[place] {
            if !taken.insert(unit) {
                continue;
            }
            let mut rest = Matching::default();
            if places[at + 1..].iter().all(|later| rest.fill(*later, &short, &taken)) {
                chosen[place] = Some(unit);
                break;
            }
            taken.remove(&unit);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(fits: &[&[usize]], expect: &[Option<usize>]) {
        let fits: Vec<Vec<usize>> = fits.iter().map(|units| units.to_vec()).collect();
        assert_eq!(choose(&fits), expect, "{fits:?}");
    }

    #[test]
    fn the_best_unit_takes_the_first_place() {
        check(&[&[4, 2], &[4, 2]], &[Some(4), Some(2)]);
        check(&[&[], &[1]], &[None, Some(1)]);
        check(&[], &[]);
    }

    #[test]
    fn the_only_unit_for_a_later_place_is_kept_for_it() {
        check(&[&[1, 2], &[1]], &[Some(2), Some(1)]);
        // But a place that must stay empty anyway takes nobody from an earlier one.
        check(&[&[1], &[1]], &[Some(1), None]);
        check(&[&[1, 2, 3], &[1, 2], &[1]], &[Some(3), Some(2), Some(1)]);
    }

    /// All ways to fill the places, as the slow twin: the first in the order of places filled, then of units.
    fn twin(fits: &[Vec<usize>], place: usize, taken: &mut Vec<usize>) -> Vec<Vec<Option<usize>>> {
        let Some(units) = fits.get(place) else { return vec![Vec::new()] };
        let mut all = Vec::new();
        for unit in units.iter().copied().filter(|unit| !taken.contains(unit)).collect::<Vec<_>>() {
            taken.push(unit);
            for mut rest in twin(fits, place + 1, taken) {
                rest.insert(0, Some(unit));
                all.push(rest);
            }
            taken.pop();
        }
        for mut rest in twin(fits, place + 1, taken) {
            rest.insert(0, None);
            all.push(rest);
        }
        all
    }

    proptest! {
        #[test]
        fn it_is_the_best_of_all_ways(
            fits in proptest::collection::vec(proptest::sample::subsequence(vec![0, 1, 2, 3, 4], 0..=4), 0..5)
        ) {
            let all = twin(&fits, 0, &mut Vec::new());
            let order = |way: &&Vec<Option<usize>>| {
                let empty: Vec<bool> = way.iter().map(Option::is_none).collect();
                (empty, (*way).clone())
            };
            let best = all.iter().min_by_key(order).unwrap();
            prop_assert_eq!(&choose(&fits), best);
        }
    }
}
