//! How well a name answers to what was said: alignment of two texts, unit by unit, with the errors that people make.

use super::sound::{Alike, alike};
use super::text::{Unit, is_han};

/// Why something was found, from the surest to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Match {
    /// The whole name as it was said, or a place that was said in full (a crossing, a house number, a kilometre).
    Exact,
    /// It is a code or a number of the thing.
    Code,
    /// The name begins so.
    Prefix,
    /// The name holds it.
    Part,
    /// Its syllables.
    Pinyin,
    /// The first letters of its syllables.
    Initials,
    /// It sounds so.
    Sound,
    /// It is near to it: a letter or a character differs, or the number is the next one that is known.
    Near,
}

impl Match {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Exact, Self::Code, Self::Prefix, Self::Part, Self::Pinyin, Self::Initials, Self::Sound, Self::Near];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Code => "code",
            Self::Prefix => "prefix",
            Self::Part => "part",
            Self::Pinyin => "pinyin",
            Self::Initials => "initials",
            Self::Sound => "sound",
            Self::Near => "near",
        }
    }
}

/// How sure, 0 to 1, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub(super) confidence: f32,
    pub(super) why: Match,
}

/// Less sure than this is no answer.
pub(super) const LEAST: f32 = 0.55;
/// Units of a name that are read; the rest of a longer name does not count.
pub(super) const LONGEST: usize = 64;
/// What a match that does not begin with the name is worth less.
const INSIDE: f32 = 0.04;
/// What a name is worth less that says much more than was asked.
const MORE: f32 = 0.12;
/// Price of one wrong, missing or further unit; of a digit, which is never a slip of the ear.
const WRONG: f32 = 1.0;
const WRONG_DIGIT: f32 = 2.0;

const SOUND: u8 = 1;
const TYPO: u8 = 2;
const GAP: u8 = 4;
const LATER: u8 = 8;

#[derive(Debug, Clone, Copy)]
struct Cell {
    cost: f32,
    flags: u8,
}

const NONE: Cell = Cell { cost: f32::INFINITY, flags: 0 };

impl Cell {
    fn plus(self, cost: f32, flag: u8) -> Self {
        Self { cost: self.cost + cost, flags: self.flags | flag }
    }

    fn better(&mut self, other: Self) {
        if other.cost < self.cost {
            *self = other;
        }
    }
}

/// Memory that is used again from name to name.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    cells: Vec<Cell>,
    pub(super) name: Vec<Unit>,
}

/// Lengths as numbers that are reckoned with: none is longer than [`LONGEST`] or a query.
#[expect(clippy::cast_precision_loss, reason = "lengths of names, far below 2^23")]
pub(super) fn length(units: usize) -> f32 {
    units as f32
}

/// What stands for a name that holds the query as it is: at its beginning or later, with so many units in all.
pub(super) fn holding(asked: usize, name: usize, begins: bool) -> Score {
    let more = MORE * (1.0 - (length(asked) / length(name.max(1))).min(1.0));
    match (begins, asked == name) {
        (true, true) => Score { confidence: 1.0, why: Match::Exact },
        (true, false) => Score { confidence: 1.0 - more, why: Match::Prefix },
        (false, _) => Score { confidence: 1.0 - INSIDE - more, why: Match::Part },
    }
}

/// Aligns what was asked with a part of the name; nothing when they are too different.
pub(super) fn align(asked: &[Unit], scratch: &mut Scratch) -> Option<Score> {
    let name = scratch.name.get(..scratch.name.len().min(LONGEST)).unwrap_or_default();
    if asked.is_empty() || name.is_empty() {
        return None;
    }
    let (rows, columns) = (asked.len() + 1, name.len() + 1);
    let cells = &mut scratch.cells;
    cells.clear();
    cells.resize(rows * columns, NONE);
    let most = length(asked.len()) * (1.0 - LEAST);
    // A letter in the middle of a word begins nothing.
    for (j, _) in name.iter().enumerate().filter(|(_, unit)| unit.head) {
        set(cells, j, Cell { cost: 0.0, flags: if j == 0 { 0 } else { LATER } });
    }
    for (i, q) in asked.iter().enumerate() {
        for j in 0..columns {
            let here = cells.get(i * columns + j).copied().unwrap_or(NONE);
            if here.cost > most {
                continue;
            }
            set(cells, (i + 1) * columns + j, here.plus(price(q.c), TYPO));
            let Some(n) = name.get(j) else { continue };
            let (cost, flag) = instead(*q, *n);
            set(cells, (i + 1) * columns + j + 1, here.plus(cost, flag));
            if let (Some(q2), Some(n2)) = (asked.get(i + 1), name.get(j + 1))
                && q.c == n2.c
                && q2.c == n.c
                && q.c != q2.c
            {
                set(cells, (i + 2) * columns + j + 2, here.plus(price(q.c), TYPO));
            }
            if i > 0 {
                let (cost, flag) = over(*n, q.head);
                set(cells, i * columns + j + 1, here.plus(cost, flag));
            }
        }
    }
    let last = cells.get(asked.len() * columns..).unwrap_or_default();
    let best = last.iter().fold(NONE, |mut best, cell| {
        best.better(*cell);
        best
    });
    judged(best, asked.len(), name.len())
}

fn set(cells: &mut [Cell], at: usize, cell: Cell) {
    if let Some(held) = cells.get_mut(at) {
        held.better(cell);
    }
}

fn judged(best: Cell, asked: usize, name: usize) -> Option<Score> {
    let begins = best.flags & LATER == 0;
    let plain = holding(asked, name, begins);
    if best.flags & !LATER == 0 && best.cost <= 0.0 {
        return Some(plain);
    }
    let confidence = plain.confidence.min(0.99) - best.cost / length(asked);
    let why = match best.flags {
        f if f & TYPO != 0 => Match::Near,
        f if f & SOUND != 0 => Match::Sound,
        _ => Match::Part,
    };
    (confidence >= LEAST).then_some(Score { confidence, why })
}

fn price(c: char) -> f32 {
    if c.is_ascii_digit() { WRONG_DIGIT } else { WRONG }
}

/// Price of a unit that stands where another was said.
fn instead(q: Unit, n: Unit) -> (f32, u8) {
    if q.c == n.c {
        // A word that was said does not begin inside another.
        return if q.head && !n.head { (0.5, TYPO) } else { (0.0, 0) };
    }
    match (is_han(q.c), is_han(n.c)) {
        (true, true) => match alike(q.c, n.c) {
            Alike::Same => (0.12, SOUND),
            Alike::Roughly => (0.25, SOUND),
            Alike::No => (WRONG, TYPO),
        },
        (false, false) if !q.c.is_ascii_digit() && !n.c.is_ascii_digit() => (WRONG, TYPO),
        _ => (WRONG_DIGIT, TYPO),
    }
}

/// Price of a unit of the name that was left out: little between words, much inside one.
fn over(n: Unit, between: bool) -> (f32, u8) {
    let digit = n.c.is_ascii_digit();
    match (between, n.head) {
        _ if is_han(n.c) => (0.2, GAP),
        (true, _) if digit => (0.3, GAP),
        (true, true) => (0.15, GAP),
        (true, false) => (0.03, GAP),
        (false, _) => (if digit { WRONG_DIGIT } else { WRONG }, TYPO),
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::units;
    use super::*;

    fn score(asked: &str, name: &str) -> Option<Score> {
        let mut scratch = Scratch { name: units(name), ..Scratch::default() };
        align(&units(asked), &mut scratch)
    }

    fn check(asked: &str, name: &str, why: Match) -> f32 {
        let score = score(asked, name).unwrap_or_else(|| panic!("{asked} finds {name}"));
        assert_eq!(score.why, why, "{asked} {name} {score:?}");
        score.confidence
    }

    #[test]
    fn from_the_surest_to_the_least() {
        let all = [
            check("公园路", "公园路", Match::Exact),
            check("弓园路小学", "公园路小学", Match::Sound),
            check("公园路", "公园路小学", Match::Prefix),
            check("公园路", "示例公园路小学", Match::Part),
            check("公院路小学", "公园路中学", Match::Near),
        ];
        assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
    }

    #[test]
    fn what_was_left_out_and_what_was_too_much() {
        check("公园学校", "公园实验学校", Match::Part);
        check("新公园路小学", "公园路小学", Match::Near);
        assert_eq!(score("解放路", "人民街"), None);
        assert_eq!(score("鹿城特警03", "鹿城特警12"), None, "a number is no slip of the ear");
    }

    #[test]
    fn words_with_letters() {
        check("renmin road", "Renmin Road", Match::Exact);
        check("gongyuan road scho", "Gongyuan Road School", Match::Prefix);
        check("gongyaun road", "Gongyuan Road", Match::Near);
        check("hospital", "Example Xueyuan Hospital", Match::Part);
        check("example hospital", "Example Xueyuan Hospital", Match::Part);
        assert_eq!(score("pital", "Hospital"), None, "a word is found by its beginning");
    }
}
