//! Latin letters that stand for Chinese characters: whole syllables, the first letters of them, and both in one word
//! (`renminlu`, `rml`, `renml`, `oujdq`).

use super::score::{LEAST, Match, Score, holding, length};
use super::sound::{begins_a_syllable, letters, readings, rough, rough_of};
use super::text::{Unit, is_han};

/// Letters that are read.
const LONGEST: usize = 40;
/// Ways to cut a word into beginnings of syllables that are looked at, the longest beginnings first.
const MOST_CUTS: usize = 256;
/// What a syllable costs of which only the first letter was typed, a part, or one that sounds roughly so.
const INITIAL: f32 = 0.08;
const PARTLY: f32 = 0.1;
const ROUGHLY: f32 = 0.2;
/// What a reading costs that is not the commonest of its character.
const RARE: f32 = 0.15;
/// What a character costs that was left out.
const LEFT_OUT: f32 = 0.35;

/// A word of letters, ready to be compared.
#[derive(Debug)]
pub(super) struct Letters {
    text: Vec<u8>,
    /// For each place, the lengths of whole syllables that begin there, with their rough sounds.
    whole: Vec<Vec<(usize, u16)>>,
    /// For each way to cut it, the marks of neighbouring initials that a name must have.
    cuts: Vec<u64>,
}

#[derive(Clone, Copy)]
struct Cell {
    cost: f32,
    pieces: u8,
    initials: bool,
    rough: bool,
    later: bool,
}

const NONE: Cell = Cell { cost: f32::INFINITY, pieces: 0, initials: false, rough: false, later: false };

/// The mark of two neighbouring initials.
pub(super) fn pair(a: u8, b: u8) -> u64 {
    super::marks::bit(5_000 + u32::from(a) * 32 + u32::from(b))
}

impl Letters {
    /// Of letters and digits; nothing when there is no letter, or when no name can begin so.
    pub(super) fn of(units: &[Unit]) -> Option<Self> {
        let text: Vec<u8> = units.iter().filter_map(|unit| u8::try_from(unit.c).ok().filter(u8::is_ascii)).collect();
        if text.len() != units.len() || text.len() > LONGEST || !text.iter().any(u8::is_ascii_alphabetic) {
            return None;
        }
        let word = std::str::from_utf8(&text).ok()?;
        let whole = |at: usize| {
            let ends = (1..=6).filter_map(|long| Some((long, rough_of(word.get(at..at + long)?))));
            ends.filter(|(_, rough)| *rough != 0).collect()
        };
        let whole = (0..text.len()).map(whole).collect();
        let mut cuts = Cuts { word, all: Vec::new(), looked: 0 };
        cuts.from(0, 0, None);
        let mut cuts = cuts.all;
        cuts.sort_unstable();
        cuts.dedup();
        (!cuts.is_empty()).then_some(Self { text, whole, cuts })
    }

    /// Whether a name with those marks can be meant.
    pub(super) fn may(&self, pairs: u64, loose: bool) -> bool {
        let missing = |cut: &u64| (cut & !pairs).count_ones();
        self.cuts.iter().any(|cut| missing(cut) <= u32::from(loose && cut.count_ones() > 1))
    }

    /// How well the name answers.
    pub(super) fn score(&self, name: &[Unit]) -> Option<Score> {
        let long = self.text.len();
        let mut now = vec![NONE; long + 1];
        let mut best = NONE;
        for (j, unit) in name.iter().enumerate() {
            if j == 0 || unit.head && long > 1 {
                better(&mut now, 0, Cell { cost: 0.0, later: j > 0, ..NONE });
            }
            let mut next = vec![NONE; long + 1];
            for (i, cell) in now.iter().enumerate().filter(|(_, cell)| cell.cost.is_finite()) {
                if i > 0 && i < long {
                    better(&mut next, i, Cell { cost: cell.cost + LEFT_OUT, ..*cell });
                }
                self.take(i, *cell, *unit, &mut next);
            }
            if let Some(cell) = next.get(long).filter(|cell| cell.cost < best.cost) {
                best = *cell;
            }
            now = next;
        }
        if !best.cost.is_finite() {
            return None;
        }
        let plain = holding(usize::from(best.pieces), name.len(), !best.later);
        let confidence = plain.confidence.min(0.97) - best.cost / length(usize::from(best.pieces).max(1));
        let why = match (best.rough, best.initials) {
            (true, _) => Match::Sound,
            (false, true) => Match::Initials,
            (false, false) => Match::Pinyin,
        };
        (confidence >= LEAST).then_some(Score { confidence, why })
    }

    /// What a unit of the name may take of the letters from `i` on.
    fn take(&self, i: usize, cell: Cell, unit: Unit, next: &mut [Cell]) {
        let rest = self.text.get(i..).unwrap_or_default();
        let piece = |cost: f32, initials: bool, rough: bool| Cell {
            cost: cell.cost + cost,
            pieces: cell.pieces.saturating_add(1),
            initials: cell.initials || initials,
            rough: cell.rough || rough,
            later: cell.later,
        };
        if !is_han(unit.c) {
            if rest.first().is_some_and(|letter| char::from(*letter) == unit.c) {
                better(next, i + 1, piece(0.0, false, false));
            }
            return;
        }
        let known = readings(unit.c).into_iter().enumerate().filter(|(_, reading)| *reading != 0);
        for (nth, reading) in known {
            let rare = if nth == 0 { 0.0 } else { RARE };
            let own = letters(reading).as_bytes();
            let common = own.iter().zip(rest).take_while(|(a, b)| a == b).count();
            for long in 1..=common {
                let initial = long == 1 || long == 2 && own.get(1) == Some(&b'h');
                let cost = if long == own.len() {
                    0.0
                } else if initial {
                    INITIAL
                } else {
                    PARTLY
                };
                better(next, i + long, piece(cost + rare, long < own.len(), false));
            }
            for (long, sound) in self.whole.get(i).map_or(&[][..], Vec::as_slice) {
                if *sound == rough(reading) && *long > common {
                    better(next, i + long, piece(ROUGHLY + rare, false, true));
                }
            }
        }
    }
}

fn better(cells: &mut [Cell], at: usize, cell: Cell) {
    if let Some(held) = cells.get_mut(at).filter(|held| cell.cost < held.cost) {
        *held = cell;
    }
}

/// All ways to cut a word into beginnings of syllables.
struct Cuts<'a> {
    word: &'a str,
    all: Vec<u64>,
    looked: usize,
}

impl Cuts<'_> {
    fn from(&mut self, at: usize, marks: u64, before: Option<u8>) {
        if at == self.word.len() {
            self.all.push(marks);
            return;
        }
        let Some(first) = self.word.as_bytes().get(at).copied() else { return };
        for long in (1..=6).rev() {
            let Some(piece) = self.word.get(at..at + long) else { continue };
            // What is no letter stands for itself.
            if !(begins_a_syllable(piece) || long == 1 && first.is_ascii_digit()) {
                continue;
            }
            self.looked += 1;
            if self.looked > MOST_CUTS {
                return;
            }
            let own = before.filter(|_| first.is_ascii_alphabetic()).map_or(0, |before| pair(before, first));
            self.from(at + long, marks | own, Some(first).filter(u8::is_ascii_alphabetic));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::units;
    use super::*;

    fn score(typed: &str, name: &str) -> Option<Score> {
        let letters = Letters::of(&units(typed))?;
        let name = units(name);
        let marks = super::super::marks::Marks::of(&name);
        let score = letters.score(&name);
        let found = score.is_some_and(|score| score.why != Match::Sound);
        assert!(!found || letters.may(marks.pairs, false), "{typed} is not looked for in {name:?}");
        score
    }

    fn check(typed: &str, name: &str, why: Match) {
        assert_eq!(score(typed, name).map(|score| score.why), Some(why), "{typed} {name}");
    }

    #[test]
    fn syllables_initials_and_both() {
        check("renminlu", "人民路", Match::Pinyin);
        check("ren min lu", "人民路", Match::Pinyin);
        check("rml", "人民路", Match::Initials);
        check("renml", "人民路", Match::Initials);
        check("oujdq", "瓯江大桥", Match::Initials);
        check("zsl", "中山路", Match::Initials);
        check("zhsl", "中山路", Match::Initials);
        check("yueqing", "乐清市", Match::Pinyin);
        check("g15sh", "G15沈海高速", Match::Initials);
    }

    #[test]
    fn letters_that_sound_so() {
        check("jinsanlu", "景山路", Match::Sound);
        check("lanmen", "南门", Match::Sound);
    }

    #[test]
    fn what_is_none() {
        assert_eq!(score("xyz", "人民路"), None);
        assert!(Letters::of(&units("人民lu")).is_none() && Letters::of(&units("120")).is_none());
    }
}
