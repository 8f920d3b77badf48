//! A dictionary of few names (streets, divisions): found by how they sound at once, and by everything else in a walk.

use std::collections::HashMap;

use super::marks::Marks;
use super::pattern::Pattern;
use super::score::{Match, Score, Scratch};
use super::sound;
use super::text::{Unit, is_han, units};

/// Different names, each with numbers of the things that are called so.
#[derive(Debug, Default)]
pub(super) struct Words {
    names: Vec<(Box<str>, Marks, u32)>,
    by_key: HashMap<String, Vec<u32>>,
}

impl Words {
    /// Adds a name of a thing.
    pub(super) fn add(&mut self, name: &str, thing: u32) {
        let units = units(name);
        if units.is_empty() {
            return;
        }
        let at = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.by_key.entry(key(&units)).or_default().push(at);
        self.names.push((name.into(), Marks::of(&units), thing));
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let names: usize = self.names.iter().map(|(name, ..)| name.len() + size_of::<(Box<str>, Marks, u32)>()).sum();
        let keys: usize = self.by_key.iter().map(|(key, all)| key.len() + all.len() * 4 + 64).sum();
        names + keys
    }

    /// Things whose name sounds as the text does, each with how sure that is.
    pub(super) fn called(&self, text: &[Unit]) -> Vec<(u32, Score)> {
        let all = self.by_key.get(&key(text)).map_or(&[][..], Vec::as_slice);
        let same = |name: &str| units(name).iter().map(|unit| unit.c).eq(text.iter().map(|unit| unit.c));
        let named = all.iter().filter_map(|at| self.names.get(*at as usize));
        let scored = named.map(|(name, _, thing)| {
            let exact = same(name);
            let score = if exact {
                Score { confidence: 1.0, why: Match::Exact }
            } else {
                Score { confidence: 0.85, why: Match::Sound }
            };
            (*thing, score)
        });
        best_of_each(scored)
    }

    /// Things whose name answers in any way, the surest first.
    pub(super) fn like(&self, pattern: &Pattern, loose: bool, scratch: &mut Scratch) -> Vec<(u32, Score)> {
        let found = self.names.iter().filter_map(|(name, marks, thing)| {
            let may = pattern.may(*marks, loose)?;
            Some((*thing, pattern.score(name, may, scratch)?))
        });
        best_of_each(found)
    }
}

fn best_of_each(found: impl Iterator<Item = (u32, Score)>) -> Vec<(u32, Score)> {
    let mut best: HashMap<u32, Score> = HashMap::new();
    for (thing, score) in found {
        let held = best.entry(thing).or_insert(score);
        if score.confidence > held.confidence {
            *held = score;
        }
    }
    let mut all: Vec<(u32, Score)> = best.into_iter().collect();
    all.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence).then(a.0.cmp(&b.0)));
    all
}

fn key(units: &[Unit]) -> String {
    // Words with letters are known by their letters.
    if units.iter().any(|unit| is_han(unit.c)) {
        sound::key(units.iter().map(|unit| unit.c))
    } else {
        units.iter().map(|unit| unit.c).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_sound_at_once_and_by_anything_in_a_walk() {
        let mut words = Words::default();
        for (name, thing) in [("景山路", 1), ("人民路", 2), ("Renmin Road", 2), ("公园路", 3), ("公园街", 4)]
        {
            words.add(name, thing);
        }
        let called = |text: &str| words.called(&units(text)).into_iter().map(|(n, s)| (n, s.why)).collect::<Vec<_>>();
        assert_eq!(called("人民路"), [(2, Match::Exact)]);
        assert_eq!(called("井三路"), [(1, Match::Sound)]);
        assert_eq!(called("renmin road"), [(2, Match::Exact)]);
        assert!(called("人民街").is_empty());
        let like = |text: &str, loose| {
            words
                .like(&Pattern::of(text).unwrap(), loose, &mut Scratch::default())
                .into_iter()
                .map(|(n, _)| n)
                .collect::<Vec<_>>()
        };
        assert_eq!(like("公园", false), [3, 4]);
        assert_eq!(like("rml", false), [2]);
        assert_eq!(like("renmni road", true), [2]);
    }
}
