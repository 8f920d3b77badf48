//! How characters sound: Mandarin syllables without tones, all readings of a character, and which of them people of the
//! south of Zhejiang do not keep apart.
//!
//! The readings are those of the crate `pinyin` (docs/decisions/0020). Two sounds count as roughly alike when they differ in
//! what southern Mandarin merges: z/zh, c/ch, s/sh, n/l/r at the beginning, hu/fu, an/ang, en/eng, in/ing.

use std::collections::HashMap;
use std::sync::OnceLock;

use pinyin::ToPinyinMulti as _;

/// First and last of the ideographs whose readings are held; rarer ones are silent.
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;
/// Readings of a character that are held, the commonest first.
const READINGS: usize = 3;

/// Number of a syllable; 0 is none.
pub(super) type Syllable = u16;

/// How alike two characters sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alike {
    /// Not.
    No,
    /// Where people merge sounds.
    Roughly,
    /// The same syllable.
    Same,
}

struct Table {
    readings: Vec<[Syllable; READINGS]>,
    /// By number: letters, and the number of its rough sound.
    syllables: Vec<(String, u16)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(make)
}

fn make() -> Table {
    let mut numbers: HashMap<String, Syllable> = HashMap::new();
    let mut roughs: HashMap<String, u16> = HashMap::new();
    let mut syllables = vec![(String::new(), 0)];
    let mut readings = Vec::with_capacity((LAST - FIRST + 1) as usize);
    for code in FIRST..=LAST {
        let mut own = [0; READINGS];
        let multi = char::from_u32(code).and_then(|c| c.to_pinyin_multi());
        let mut held = 0;
        for plain in multi.into_iter().flatten().map(|reading| reading.plain().replace('ü', "v")) {
            let next = u16::try_from(syllables.len()).unwrap_or(0);
            let number = *numbers.entry(plain).or_insert_with_key(|letters| {
                let next_rough = u16::try_from(roughs.len() + 1).unwrap_or(0);
                let rough = *roughs.entry(merged(letters)).or_insert(next_rough);
                syllables.push((letters.clone(), rough));
                next
            });
            if own.contains(&number) {
                continue;
            }
            if let Some(slot) = own.get_mut(held) {
                *slot = number;
                held += 1;
            }
        }
        readings.push(own);
    }
    Table { readings, syllables }
}

/// The letters of a syllable with those sounds made one that the south merges.
fn merged(letters: &str) -> String {
    let (head, tail) = match letters {
        l if l.starts_with("zh") || l.starts_with("ch") || l.starts_with("sh") => (l.get(..1), l.get(2..)),
        l if l.starts_with("hu") => (Some("f"), l.get(1..)),
        l if l.starts_with('n') || l.starts_with('r') => (Some("l"), l.get(1..)),
        l => (Some(""), Some(l)),
    };
    let whole = format!("{}{}", head.unwrap_or_default(), tail.unwrap_or_default());
    let ends = ["ang", "eng", "ing"].iter().any(|end| whole.ends_with(end));
    if ends { whole.trim_end_matches('g').to_owned() } else { whole }
}

/// The readings of a character, the commonest first; 0 where there are fewer.
pub(super) fn readings(c: char) -> [Syllable; READINGS] {
    let at = u32::from(c).checked_sub(FIRST).filter(|at| *at <= LAST - FIRST);
    at.and_then(|at| table().readings.get(at as usize)).copied().unwrap_or_default()
}

/// The letters of a syllable.
pub(super) fn letters(syllable: Syllable) -> &'static str {
    table().syllables.get(usize::from(syllable)).map_or("", |(letters, _)| letters)
}

/// The number of the rough sound of a syllable; 0 for none.
pub(super) fn rough(syllable: Syllable) -> u16 {
    table().syllables.get(usize::from(syllable)).map_or(0, |(_, rough)| *rough)
}

/// How alike two characters sound: the best of any two of their readings.
pub(super) fn alike(a: char, b: char) -> Alike {
    if a == b {
        return Alike::Same;
    }
    let (of_a, of_b) = (readings(a), readings(b));
    let real = |n: &&Syllable| **n != 0;
    let mut best = Alike::No;
    for x in of_a.iter().filter(real) {
        for y in of_b.iter().filter(real) {
            if x == y {
                return Alike::Same;
            }
            if rough(*x) == rough(*y) {
                best = Alike::Roughly;
            }
        }
    }
    best
}

/// What two texts that sound roughly alike have in common: the rough sound of each character's commonest reading;
/// characters without one stand for themselves.
pub(super) fn key(chars: impl IntoIterator<Item = char>) -> String {
    let mut key = String::new();
    for c in chars {
        match readings(c).first().map_or(0, |first| rough(*first)) {
            0 => key.push(c),
            // Private use: no text holds them.
            number => key.push(char::from_u32(0xe000 + u32::from(number)).unwrap_or(c)),
        }
    }
    key
}

/// The number of the rough sound of letters that are a whole syllable; 0 when they are none.
pub(super) fn rough_of(letters: &str) -> u16 {
    static ROUGHS: OnceLock<HashMap<&'static str, u16>> = OnceLock::new();
    let all =
        ROUGHS.get_or_init(|| table().syllables.iter().map(|(letters, rough)| (letters.as_str(), *rough)).collect());
    all.get(letters).copied().unwrap_or(0)
}

/// Whether some syllable begins so: to cut letters into syllables.
pub(super) fn begins_a_syllable(letters: &str) -> bool {
    static BEGINNINGS: OnceLock<std::collections::HashSet<String>> = OnceLock::new();
    let all = BEGINNINGS.get_or_init(|| {
        let syllables = table().syllables.iter().map(|(letters, _)| letters);
        syllables.flat_map(|whole| (1..=whole.len()).filter_map(|n| whole.get(..n))).map(str::to_owned).collect()
    });
    all.contains(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_readings_of_a_character() {
        let of = |c| readings(c).iter().filter(|n| **n != 0).map(|n| letters(*n)).collect::<Vec<_>>();
        assert_eq!(of('瓯'), ["ou"]);
        assert!(of('乐').contains(&"le") && of('乐').contains(&"yue"), "{:?}", of('乐'));
        assert!(of('行').contains(&"xing") && of('行').contains(&"hang"), "{:?}", of('行'));
        assert_eq!(of('绿').first(), Some(&"lv"));
        assert!(of('a').is_empty());
    }

    #[test]
    fn who_sounds_alike() {
        let check = |a, b, expect| assert_eq!(alike(a, b), expect, "{a} {b}");
        check('民', '民', Alike::Same);
        check('解', '姐', Alike::Same);
        check('山', '三', Alike::Roughly);
        check('江', '间', Alike::Roughly);
        check('南', '兰', Alike::Roughly);
        check('新', '星', Alike::Roughly);
        check('人', '民', Alike::No);
        check('路', 'l', Alike::No);
    }

    #[test]
    fn one_key_for_what_sounds_alike() {
        let key = |text: &str| key(text.chars());
        assert_eq!(key("景山路"), key("井三路"));
        assert_ne!(key("景山路"), key("景山街"));
        assert!(begins_a_syllable("oujiang".get(..2).unwrap()) && begins_a_syllable("j") && !begins_a_syllable("uj"));
    }
}
