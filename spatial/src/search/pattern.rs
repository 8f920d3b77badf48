//! What was said, ready to be held against name after name.

use super::letters::Letters;
use super::marks::{Marks, bit};
use super::score::{Match, Score, Scratch, align, holding};
use super::sound::{readings, rough};
use super::text::{Made, Unit, is_han, made_of, units, units_into};

/// Units of a question that are read.
pub(super) const LONGEST: usize = 40;

/// A text to look for.
#[derive(Debug)]
pub(super) struct Pattern {
    units: Vec<Unit>,
    /// The text itself where it is all ideographs and digits: then a name that holds it is found without alignment.
    plain: Option<String>,
    /// Numbers in it: a name must have each as it is.
    numbers: Vec<String>,
    needed: u64,
    /// For characters of several sounds, one bit of each must be there.
    either: Vec<u64>,
    letters: Option<Letters>,
    /// Marks that may be missing where slips are forgiven.
    slips: u32,
}

/// How a name may answer, by its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct May {
    aligned: bool,
    spelt: bool,
}

impl May {
    /// Both ways: for names without marks.
    pub(super) const BOTH: Self = Self { aligned: true, spelt: true };

    fn any(self) -> bool {
        self.aligned || self.spelt
    }
}

impl Pattern {
    /// Of a text; nothing when it says nothing.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut units = units(text);
        units.truncate(LONGEST);
        if units.is_empty() {
            return None;
        }
        let Made { han, letters, digits } = made_of(&units);
        let plain = (han && !letters).then(|| units.iter().map(|unit| unit.c).collect());
        let either = units.iter().filter_map(|unit| several(unit.c)).collect();
        let long = units.len();
        let slips = match (han, long) {
            (true, ..=2) | (false, ..=4) => 0,
            (true, 3..=5) => 1,
            (true, _) | (false, 5..=8) => 2,
            (false, _) => 4,
        };
        Some(Self {
            plain,
            numbers: if digits { numbers(&units) } else { Vec::new() },
            needed: Marks::needed(&units),
            either,
            letters: Letters::of(&units).filter(|_| !han),
            slips,
            units,
        })
    }

    /// Whether a name with those marks can be meant, and how; with `loose`, slips are forgiven.
    pub(super) fn may(&self, marks: Marks, loose: bool) -> Option<May> {
        let missing = (self.needed & !marks.sounds).count_ones();
        let slips = if loose { self.slips } else { 0 };
        let aligned = missing <= slips && {
            let neither = self.either.iter().filter(|any| **any & marks.sounds == 0).count();
            missing + u32::try_from(neither).unwrap_or(u32::MAX) <= slips
        };
        let spelt = self.letters.as_ref().is_some_and(|letters| letters.may(marks.pairs, loose));
        let may = May { aligned, spelt };
        may.any().then_some(may)
    }

    /// How well a name answers.
    pub(super) fn score(&self, name: &str, may: May, scratch: &mut Scratch) -> Option<Score> {
        if let Some(at) = self.plain.as_deref().and_then(|plain| name.find(plain)) {
            let long = name.chars().filter(|c| c.is_alphanumeric()).count();
            // One character alone is only where a name begins.
            return (self.units.len() > 1 || at == 0).then(|| holding(self.units.len(), long, at == 0));
        }
        if self.numbers.iter().any(|number| !name.contains(number.as_str())) {
            return None;
        }
        units_into(name, &mut scratch.name);
        if self.units.len() == 1 {
            return self.begins(&scratch.name);
        }
        let aligned = if may.aligned { align(&self.units, scratch) } else { None };
        let spelt = self.letters.as_ref().filter(|_| may.spelt).and_then(|letters| letters.score(&scratch.name));
        match (aligned, spelt) {
            (Some(a), Some(b)) => Some(if b.confidence > a.confidence { b } else { a }),
            (a, b) => a.or(b),
        }
    }

    fn begins(&self, name: &[Unit]) -> Option<Score> {
        let (asked, first) = (self.units.first()?, name.first()?);
        if asked.c == first.c {
            return Some(holding(1, name.len(), true));
        }
        let spelt = self.letters.as_ref().and_then(|letters| letters.score(name.get(..1)?));
        let more = holding(1, name.len(), true).confidence;
        spelt.map(|score| Score { confidence: score.confidence.min(more), why: Match::Initials })
    }
}

/// The bits of a character with several sounds.
fn several(c: char) -> Option<u64> {
    if !is_han(c) {
        return None;
    }
    let bits = readings(c).into_iter().filter(|n| *n != 0).map(|n| bit(u32::from(rough(n))));
    let all = bits.fold(0, |all, bit| all | bit);
    (all.count_ones() > 1).then_some(all)
}

/// The runs of digits.
fn numbers(units: &[Unit]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut within = false;
    for unit in units {
        let digit = unit.c.is_ascii_digit();
        match all.last_mut() {
            Some(last) if digit && within && !unit.head => last.push(unit.c),
            _ if digit => all.push(unit.c.to_string()),
            _ => {}
        }
        within = digit;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &[
        "人民路",
        "人民东路",
        "解放街",
        "瓯江大桥",
        "示例公园学校",
        "温州示例长虹贸易有限公司",
        "乐清市",
        "鹿城特警03",
        "G15沈海高速",
        "Renmin Road",
        "Example Gongyuan School",
        "重庆路",
        "长乐街",
        "南门派出所(示例)",
        "L3-0042",
    ];

    /// Marks leave out nothing that is found without them: strictly what needs no forgiveness, loosely what needs one slip.
    #[test]
    fn marks_hide_nothing() {
        let asked = [
            "人民路",
            "人名路",
            "人民",
            "姐放街",
            "oujdq",
            "rmdl",
            "renmin",
            "公园学校",
            "长虹贸易",
            "changhong",
            "重庆",
            "乐清",
            "yueqing",
            "特警03",
            "g15",
            "renmin rd",
            "gongyuan school",
            "南门派出所",
            "0042",
            "长乐",
            "scool",
        ];
        let mut found = 0;
        for text in asked {
            let pattern = Pattern::of(text).unwrap();
            let mut scratch = Scratch::default();
            for name in NAMES {
                let marks = Marks::of(&units(name));
                let Some(score) = pattern.score(name, May::BOTH, &mut scratch) else { continue };
                found += 1;
                let loose = matches!(score.why, Match::Near | Match::Sound);
                assert!(pattern.may(marks, loose).is_some(), "{text} finds {name} {score:?} and its marks hide it");
            }
        }
        assert!(found > 20, "{found}");
    }

    #[test]
    fn a_number_is_as_it_is() {
        let pattern = Pattern::of("特警 12").unwrap();
        assert_eq!(pattern.score("鹿城特警03", May::BOTH, &mut Scratch::default()), None);
        assert!(pattern.score("鹿城特警12", May::BOTH, &mut Scratch::default()).is_some());
        assert_eq!(numbers(&units("G15 1823公里 33-0456")), ["15", "1823", "33", "0456"]);
    }

    #[test]
    fn one_character_is_where_a_name_begins() {
        let find = |asked: &str, name: &str| {
            Pattern::of(asked).unwrap().score(name, May::BOTH, &mut Scratch::default()).map(|score| score.why)
        };
        assert_eq!(find("人", "人民路"), Some(Match::Prefix));
        assert_eq!(find("民", "人民路"), None);
        assert_eq!(find("r", "人民路"), Some(Match::Initials));
        assert_eq!(find("m", "人民路"), None);
    }
}
