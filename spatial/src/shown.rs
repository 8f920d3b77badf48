//! What of a file may be said back to the people who sent it: reports quote rows, and a report must not keep what the
//! registry does not.

use std::borrow::Cow;

use crate::attributes::Attributes;
use crate::denied::is_unseen;
use crate::personal::{personal, personal_id};
use crate::secret::secret_in;
use crate::value::Value;

/// What stands for a text that is not said back.
pub const MASK: &str = "•••";
/// Longest text that is quoted, characters.
const LONGEST: usize = 40;
/// Characters of a text that are looked at.
const LOOKED_AT: usize = 10 * LONGEST;
/// From here on, and below its inverse, a number is written with a power of ten.
const LARGE: f64 = 1e15;

/// A text of a row as a report may quote it: [`MASK`] when it holds what belongs to one person or opens a door, else its
/// first 40 characters, without characters that would move a terminal's cursor.
///
/// ```
/// assert_eq!(spatial::shown("枪机"), "枪机");
/// assert_eq!(spatial::shown("13800138000"), "•••");
/// assert_eq!(spatial::shown("a\u{1b}[2J"), "a␛[2J");
/// ```
pub fn shown(text: &str) -> String {
    // Cells may be as long as a row; beyond this nothing is quoted, and no number that begins before the cut ends.
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or_default();
    if personal(text).is_some() || secret_in(text).is_some() || Attributes::may_hold("", text).is_err() {
        return MASK.to_owned();
    }
    let more = text.chars().nth(LONGEST).is_some();
    let mut short: String = text.chars().take(LONGEST).map(visible).collect();
    if more {
        short.push('…');
    }
    short
}

/// A whole sentence of a report: characters that would move a terminal's cursor are made visible, and when a number of a
/// person got into it on any way, all its digits are masked.
pub fn told(sentence: &str) -> Cow<'_, str> {
    let personal = personal(sentence).is_some();
    if !personal && sentence.chars().all(|c| visible(c) == c) {
        return Cow::Borrowed(sentence);
    }
    let safe = |c: char| if personal && (c.is_numeric() || c == '@') { '•' } else { visible(c) };
    Cow::Owned(sentence.chars().map(safe).collect())
}

/// Lines as they are printed, whatever stands in them.
pub fn printable(lines: &str) -> Cow<'_, str> {
    let safe = |c: char| if matches!(c, '\n' | '\t') { c } else { visible(c) };
    if lines.chars().all(|c| safe(c) == c) {
        return Cow::Borrowed(lines);
    }
    Cow::Owned(lines.chars().map(safe).collect())
}

/// A control character as its picture (U+2400 and on); one that takes no room, or turns the direction of reading, as the
/// replacement character.
fn visible(c: char) -> char {
    match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        0x80..0xa0 => '\u{fffd}',
        _ if is_unseen(c) => '\u{fffd}',
        _ => c,
    }
}

/// The first `most` characters of an id as a report names it: a number of a person is masked, and of a row that says something
/// `of_person` an id without any digit as well, for it may be a name.
pub fn id_told(id: &str, most: usize, of_person: bool) -> String {
    let masked = of_person && !id.chars().any(char::is_numeric);
    let id: String = id.chars().take(most).collect();
    if masked || personal_id(&id).is_some() { MASK.to_owned() } else { printable(&id).into_owned() }
}

/// A number as a sentence has it: very large and very small ones with a power of ten.
pub(crate) fn short_number(number: f64) -> String {
    let size = number.abs();
    let plain = size == 0.0 || !size.is_finite() || (1.0 / LARGE..LARGE).contains(&size);
    if plain { number.to_string() } else { format!("{number:e}") }
}

impl Value {
    /// The value as a report may quote it ([`shown`]).
    pub fn shown(&self) -> String {
        match self {
            Self::Float(number) if shown(&self.to_string()) != MASK => short_number(*number),
            Self::Text(_) | Self::Int(_) | Self::Float(_) | Self::Bool(_) => shown(&self.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_is_known_by_is_not_quoted() {
        for text in ["13800138000", "见 11010519491231002X", "浙C12345", "a@example.com", "rtsp://u:p@h/1"] {
            assert_eq!(shown(text), MASK, "{text}");
            assert_eq!(Value::Text(text.to_owned()).shown(), MASK);
        }
        // A number that the cut would have hidden from whoever looks for it afterwards.
        let long = format!("{}11010519491231002X", "长".repeat(30));
        assert_eq!(shown(&long), MASK);
        assert_eq!(Value::Int(13_800_138_000).shown(), MASK);
        assert_eq!(Value::Float(13_800_138_000.0).shown(), MASK);
        assert_eq!(told("got 13800138000 of 3"), "got ••••••••••• of •");
        assert_eq!(told("line 13 of 3"), "line 13 of 3");
    }

    #[test]
    fn what_is_quoted_is_short_and_moves_no_cursor() {
        assert_eq!(shown(&"x".repeat(50)), format!("{}…", "x".repeat(40)));
        assert_eq!(shown("\u{1b}[31mred\u{202e}"), "␛[31mred\u{fffd}");
        assert_eq!(told("a\u{1b}b"), "a␛b");
        assert_eq!(Value::Float(1e308).shown(), "1e308");
        assert_eq!(Value::Float(120.65).shown(), "120.65");
        assert_eq!(
            (short_number(-1e200), short_number(1e-200), short_number(0.0)),
            ("-1e200".into(), "1e-200".into(), "0".into())
        );
    }
}
