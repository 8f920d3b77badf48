//! Codes of things: of divisions and grids, of devices, of enterprises; whole, their beginning or their end.

use std::collections::HashMap;

use super::score::{Match, Score};
use super::text::folded;
use crate::still::{StillLayer, Texts};

/// Shorter texts are no codes: too many would hold them.
const SHORTEST: usize = 4;
/// A part in the middle of a code must be at least so long.
const SHORTEST_PART: usize = 6;
/// Texts between two looks at the clock.
const TURN: usize = 4_096;

/// A text that may be a code: letters and digits without blanks, at least one digit.
pub(super) fn code_of(text: &str) -> Option<String> {
    let code: String = folded(text.trim());
    let plain = code.bytes().all(|b| b.is_ascii_alphanumeric()) && code.bytes().any(|b| b.is_ascii_digit());
    (plain && (SHORTEST..=32).contains(&code.len())).then(|| code.to_ascii_uppercase())
}

/// Rows of a layer whose code answers, and whether all were looked at.
pub(super) fn rows(
    layer: &StillLayer,
    field: &str,
    code: &str,
    go_on: &dyn Fn() -> bool,
) -> (Vec<(usize, Score)>, bool) {
    let Some((codes, texts)) = layer.columns().column(field).and_then(|column| layer.columns().texts(column)) else {
        return (Vec::new(), true);
    };
    let (found, whole) = texts_like(texts, code, go_on);
    if found.is_empty() {
        return (Vec::new(), whole);
    }
    let rows = codes.iter().enumerate().filter_map(|(row, code)| Some((row, *found.get(&code)?)));
    (rows.collect(), whole)
}

fn texts_like(texts: &Texts, code: &str, go_on: &dyn Fn() -> bool) -> (HashMap<u32, Score>, bool) {
    let mut found = HashMap::new();
    for (number, text) in (1_u32..).zip((0..texts.len()).filter_map(|n| texts.get(n))) {
        if (number as usize).is_multiple_of(TURN) && !go_on() {
            return (found, false);
        }
        if let Some(confidence) = likeness(text, code) {
            found.insert(number, Score { confidence, why: Match::Code });
        }
    }
    (found, true)
}

/// How well a code answers to a part of it. Zeros that fill a division's code to twelve digits do not count.
fn likeness(text: &str, code: &str) -> Option<f32> {
    if text == code || text.strip_prefix(code).is_some_and(|rest| rest.len() < 9 && rest.bytes().all(|b| b == b'0')) {
        Some(1.0)
    } else if text.ends_with(code) {
        Some(0.85)
    } else if text.starts_with(code) {
        Some(0.8)
    } else {
        (code.len() >= SHORTEST_PART && text.contains(code)).then_some(0.7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_or_a_part_of_it() {
        assert_eq!(code_of(" 91330302maex0001x5 "), Some("91330302MAEX0001X5".to_owned()));
        assert_eq!(code_of("人民路1234"), None);
        assert_eq!((code_of("123"), code_of("renmin")), (None, None));
        assert_eq!(likeness("330302000000", "330302"), Some(1.0));
        assert_eq!(likeness("33030200001320000001", "0001"), Some(0.85));
        assert_eq!(likeness("33030200001320000001", "33030200"), Some(0.8));
        assert_eq!(likeness("33030200001320000001", "1320"), None);
        assert_eq!(likeness("33030200001320000001", "132000"), Some(0.7));
    }
}
