//! Digits of other scripts, read as the plain ones.

use super::BETWEEN;

/// Zero of the decimal digits of other scripts of today (Unicode class Nd): Arabic, Persian, `N’Ko`, Devanagari, Bengali,
/// Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam, Sinhala, Thai, Lao, Tibetan, Burmese (two), Khmer,
/// Mongolian, Limbu, Tai Lue, Lanna (two), Balinese, Sundanese, Lepcha, Ol Chiki, Vai, Saurashtra, Kayah Li, Javanese, Cham,
/// Meetei Mayek, Adlam. Wide and mathematical ones are plain after NFKC.
const ZEROS: [u32; 35] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xaa50, 0xabf0, 0x1e950,
];
/// So many Chinese digits one after another are a number that is read digit by digit; fewer stand in names and addresses.
const LEAST: usize = 11;

/// The text with plain digits.
pub(super) fn plain(mut chars: Vec<char>) -> Vec<char> {
    let mut spoken = 0;
    for c in &mut chars {
        *c = decimal(*c).unwrap_or(*c);
        spoken += usize::from(chinese(*c).is_some());
    }
    // Nearly every text is done here: it is asked of every text of every row.
    if spoken < LEAST {
        return chars;
    }
    let mut at = 0;
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or_default();
        let run = rest.iter().take_while(|c| chinese(**c).is_some() || BETWEEN.contains(c)).count();
        let run = chars.get_mut(at..at + run).unwrap_or_default();
        if run.iter().filter(|c| chinese(**c).is_some()).count() >= LEAST {
            for c in run.iter_mut() {
                *c = chinese(*c).unwrap_or(*c);
            }
        }
        at += run.len().max(1);
    }
    chars
}

fn decimal(c: char) -> Option<char> {
    // Nothing of Chinese or Korean is among them.
    if c < '\u{660}' || ('\u{1d00}'..'\u{a600}').contains(&c) || ('\u{ac00}'..'\u{1e950}').contains(&c) {
        return None;
    }
    let of = |zero: &u32| u32::from(c).checked_sub(*zero).filter(|value| *value < 10);
    char::from_digit(ZEROS.iter().find_map(of)?, 10)
}

/// The value of a Chinese digit; `幺` is how a one is spoken in numbers.
pub(super) fn chinese(c: char) -> Option<char> {
    Some(match c {
        '〇' | '零' | '○' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}
