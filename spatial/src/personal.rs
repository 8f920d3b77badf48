//! What in a text belongs to one person: identity numbers, mobile numbers, number plates. Recognised only in order to be
//! refused.

mod apart;
mod digits;
mod lists;
mod mail;
mod plates;
#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

use crate::codes::{holds_identity_number, is_old_identity_number};
use crate::denied::is_unseen;
use lists::{is_list, joined};
use mail::holds_mail;
use plates::{PLATE_DIGITS, holds_plate, is_province};

/// Signs that people put between the digits of one number.
const BETWEEN: &[char] = &['|', ' ', '-', '·', '_', '.', '/', '(', ')', '*', '~', '+', '\'', '[', ']'];
/// Signs that part the members of a list more often than the digits of one number: with one of them, or with several
/// signs, between its groups, a number must be all that stands together.
const LISTS: &[char] = &[',', '、', '\t', '\n', '\r', ';'];
/// Most signs between two groups of one number.
const WIDEST_GAP: usize = 3;
/// How mobile numbers are written in groups.
const MOBILE_GROUPS: &[&[usize]] = &[&[11], &[3, 4, 4], &[3, 3, 5], &[3, 8], &[7, 4], &[4, 7], &[4, 3, 4]];

/// What a text holds of one person, in words (`a mobile number`), if anything:
///
/// - an identity number of 18 digits with a right province, date and check sign, or of 15 digits with a province, a date
///   and a sequence, written together or in groups;
/// - a mobile number of the mainland (`1[3-9]` and nine digits, `+86` before it or not), together or in usual groups;
/// - a number plate (`浙C12345`, `浙C·D12345`), with blanks or not;
/// - an e-mail address, in letters of any script.
///
/// Full-width digits, those of other scripts, eleven Chinese ones or more (`一三八〇…`), and other forms of a character are
/// read as the plain one. A number whose digits all stand apart (`1-3-8-0-…`, `1, 3, 8, 0, …`) is one. The digits after the
/// point of a decimal number (`6.13999986649`) are no number of their own. Of a text that is JSON, what its lists hold is read
/// together as well (`["138","0000","1234"]`).
///
/// ```
/// use spatial::personal;
/// assert_eq!(personal("夜间请打 138-0000-0000"), Some("a mobile number"));
/// assert_eq!(personal("公园路100号 0577-88000000"), None);
/// ```
pub fn personal(text: &str) -> Option<&'static str> {
    if !may_hold(text) {
        return None;
    }
    searched(text)
}

/// Fewest digits of a number that belongs to one person.
const FEWEST: usize = 11;
/// Digits of an identity number with a check sign: the last may be an `X`.
const WITH_CHECK: [usize; 2] = [17, 18];

/// Whether a text has the signs without which it holds nothing of a person: an import asks for every text of every row.
/// Whatever may stand for another sign (NFKC) counts as one of them.
fn may_hold(text: &str) -> bool {
    let (mut plain, mut spoken, mut province, mut letter) = (0, 0, false, false);
    for c in text.chars() {
        match c {
            '0'..='9' => plain += 1,
            '@' => return true,
            'A'..='Z' | 'a'..='z' => letter = true,
            '\0'..='\u{7f}' | '\u{3001}'..='\u{3006}' | '\u{3008}'..='\u{301f}' | '，' | '（' | '）' | '：' | '；' =>
                {}
            '\u{3007}' | '\u{4e00}'..='\u{9fff}' => {
                spoken += usize::from(digits::chinese(c).is_some());
                province |= is_province(c);
            }
            _ => return true,
        }
    }
    if is_list(text) && text.contains('\\') {
        // Any sign may stand there by its number.
        return true;
    }
    let enough = plain + spoken >= FEWEST || province && letter && plain >= PLATE_DIGITS;
    enough && (!text.is_ascii() || is_list(text) || may_be_one(text.as_bytes()))
}

/// Most groups of digits of a text that are counted; one with more is searched.
const MOST_COUNTED: usize = 16;

/// Whether some groups of digits that stand together have as many digits as a number that belongs to one person, and begin
/// as one does. Codes of addresses and ids of rows have many digits, and most of them not so.
fn may_be_one(text: &[u8]) -> bool {
    let (mut groups, mut count, mut gap) = ([(0, 0); MOST_COUNTED], 0, usize::MAX);
    for (at, byte) in text.iter().enumerate() {
        if byte.is_ascii_digit() {
            if gap > 0 {
                // What stands far behind the group before begins anew.
                if gap > WIDEST_GAP {
                    if holds_one(text, groups.get(..count).unwrap_or_default()) {
                        return true;
                    }
                    count = 0;
                }
                let Some(group) = groups.get_mut(count) else { return true };
                *group = (at, 0);
                count += 1;
            }
            if let Some((_, length)) = groups.get_mut(count - 1) {
                *length += 1;
                // The digits after a point may be no number of their own.
                let from = at + 1 - *length;
                if *length >= DECIMALS && from.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'.') {
                    return true;
                }
            }
            gap = 0;
        } else if BETWEEN.contains(&char::from(*byte)) || LISTS.contains(&char::from(*byte)) {
            gap = gap.saturating_add(1);
        } else {
            gap = usize::MAX;
        }
    }
    holds_one(text, groups.get(..count).unwrap_or_default())
}

/// The same of groups (where each begins, how long it is) that stand together.
fn holds_one(text: &[u8], groups: &[(usize, usize)]) -> bool {
    let digits: usize = groups.iter().map(|(_, length)| length).sum();
    if digits < FEWEST {
        return false;
    }
    if WITH_CHECK.contains(&digits) {
        return true;
    }
    // All apart.
    if groups.windows(FEWEST).any(|some| some.iter().all(|(_, length)| *length == 1)) {
        return true;
    }
    (0..groups.len()).any(|from| {
        let behind = groups.get(from..).unwrap_or_default();
        let all = behind.iter().flat_map(|(at, length)| text.get(*at..at + length).unwrap_or_default());
        let mut signs = all.copied();
        let (first, second) = (signs.next().unwrap_or_default(), signs.next().unwrap_or_default());
        let lengths = behind.iter().take(MOST_GROUPS).scan(0, |sum, (_, length)| {
            *sum += length;
            Some(*sum)
        });
        lengths.into_iter().any(|length| match length {
            11 => first == b'1' && second >= b'3',
            13 => (first, second) == (b'8', b'6'),
            // A mobile number behind 0086, or an identity number.
            15 | 17 | 18 => true,
            _ => false,
        })
    })
}

/// What a text holds, read to its end.
fn searched(text: &str) -> Option<&'static str> {
    held(text).or_else(|| joined(text).and_then(|text| held(&text)))
}

/// The same of what stands there, and of nothing that it means.
fn held(text: &str) -> Option<&'static str> {
    let chars: Vec<char> = if text.is_ascii() {
        text.chars().collect()
    } else {
        let seen = text.nfkc().filter(|c| !is_unseen(*c) && !is_laid_over(*c));
        digits::plain(seen.map(one_sign).collect())
    };
    if holds_mail(&chars) {
        return Some("an e-mail address");
    }
    let chars = without_fractions(&chars);
    let plain: String = chars.iter().collect();
    if holds_identity_number(&plain) {
        return Some("a resident identity number");
    }
    numbers(&chars).iter().find_map(Written::says).or_else(|| holds_plate(&chars).then_some("a number plate"))
}

/// Marks that are laid over the sign before them: keys (`1️⃣`), circles, strokes.
fn is_laid_over(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}')
}

/// One sign for the many that look like it: every dash, point and blank that parts the digits of a number.
fn one_sign(c: char) -> char {
    match c {
        // Hyphens and dashes, the minus, those for small and wide writing, Hebrew, Mongolian, Katakana and box-drawing ones.
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2500}'
        | '\u{2501}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{1806}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{30fc}'
        | '\u{30a0}'
        | '\u{301c}'
        | '\u{23af}' => '-',
        // A full stop, middle dots, bullets, an asterisk of its own.
        '。' | '．' | '\u{2024}' | '\u{2027}' => '.',
        '・' | '•' | '∙' | '⋅' | '●' | '\u{b7}' | '\u{387}' | '\u{16eb}' => '·',
        '\u{2217}' | '\u{204e}' | '\u{2731}' => '*',
        // Commas: Arabic, Armenian, of N’Ko, Ethiopic, Mongolian (two), Vai, Bamum.
        '\u{60c}' | '\u{55d}' | '\u{7f8}' | '\u{1363}' | '\u{1802}' | '\u{1808}' | '\u{a60d}' | '\u{a6f5}' => ',',
        c if c.is_whitespace() && !matches!(c, '\t' | '\n' | '\r') => ' ',
        '\u{2800}' => ' ',
        c => c,
    }
}

/// Columns of free words, where fifteen digits alone are no code of a register.
const WORDS: &[&str] = &[
    "note",
    "notes",
    "remark",
    "remarks",
    "comment",
    "comments",
    "description",
    "desc",
    "memo",
    "text",
    "beizhu",
    "bz",
];

/// The same of a property of that name, which may tell what a number is: ids of other systems look like mobile numbers,
/// and fifteen digits that are all of the value, in a column with a Latin name that is none for free words, are another
/// register's code more often than an identity number of the first generation, which none has had since 2013: every
/// census block of the United States has fifteen (`360810411220051`), and one in ten holds a date.
pub(crate) fn personal_in(name: &str, text: &str) -> Option<&'static str> {
    let fifteen = text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit());
    if fifteen && name.is_ascii() && !WORDS.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let is_id = matches!(name, "id" | "@id" | "osm_id" | "osm_way_id" | "osm_node_id" | "full_id" | "ref");
    personal(text).filter(|what| !is_id || *what != "a mobile number")
}

/// The same of the id of a row, which other systems make in their own way: a mobile number after letters of a register
/// (`n13012345678`, `node/13012345678`) is an id, and so are fifteen digits alone.
pub fn personal_id(id: &str) -> Option<&'static str> {
    let what = personal(id)?;
    let letters: String = id.chars().filter(|c| c.is_alphabetic()).collect();
    let harmless = match what {
        "a mobile number" => !letters.is_empty() && letters.is_ascii() && crate::denied(&letters).is_none(),
        // The check sign decides: fifteen digits have none, and one in ten of a register's numbers holds a date.
        "a resident identity number" => {
            let parts = |c: &char| BETWEEN.contains(c) || LISTS.contains(c) || *c == '"';
            let close: String = id.chars().filter(|c| !parts(c)).collect();
            !holds_identity_number(id) && !holds_identity_number(&close)
        }
        _ => false,
    };
    (!harmless).then_some(what)
}

/// Words of geometry texts, which may stand among numbers.
const GEOMETRY: &[&str] =
    &["point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon", "srid", "z"];

/// Fewest digits behind a point that are those of a decimal number.
const DECIMALS: usize = 10;

/// The text with `;` for the point and the digits after it of every decimal number with at least ten of them. Whole
/// parts of two or three digits make one; of one digit only in a text of numbers alone, for `1.13800000000` may be the
/// first of a list; and `+86.13800000000` is a telephone's, as `86.13800000000` is among words.
fn without_fractions(chars: &[char]) -> Vec<char> {
    let text: String = chars.iter().collect();
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let only_numbers = words.all(|word| GEOMETRY.contains(&word.to_ascii_lowercase().as_str()));
    let digits = |from: usize| chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let (mut plain, mut at) = (Vec::with_capacity(chars.len()), 0);
    while let Some(c) = chars.get(at) {
        let whole = digits(at);
        if whole == 0 {
            plain.push(*c);
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let stands = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '+' | '.'));
        let point = chars.get(at + whole) == Some(&'.');
        let after = if point { digits(at + whole + 1) } else { 0 };
        let next = chars.get(at + whole + 1 + after);
        let ends = !next.is_some_and(|c| c.is_alphanumeric() || *c == '.');
        let country = chars.get(at..at + whole) == Some(&['8', '6'][..]);
        let decimal = whole <= 3 && (only_numbers || whole > 1 && !country);
        plain.extend(chars.get(at..at + whole).unwrap_or_default());
        at += whole;
        if stands && ends && decimal && after >= DECIMALS {
            plain.push(';');
            at += 1 + after;
        }
    }
    plain
}

/// Digits that stand together or with one sign between: the digits, and how long each group is.
#[derive(Debug, Default)]
struct Written {
    digits: String,
    groups: Vec<usize>,
    /// Whether a sign of a list, or several signs, stand before the group.
    far: Vec<bool>,
    /// The sign before the group, blanks apart: a blank where there is no other, nothing where there are different ones.
    signs: Vec<Option<char>>,
    /// `X` or `x` follows at once.
    x: bool,
}

fn numbers(chars: &[char]) -> Vec<Written> {
    let (mut all, mut now, mut gap, mut list) = (Vec::new(), Written::default(), 0, false);
    let mut sign = Some(' ');
    for (at, c) in chars.iter().enumerate() {
        if c.is_ascii_digit() {
            if now.groups.is_empty() || gap > 0 {
                now.groups.push(0);
                now.far.push(list || gap > 1);
                now.signs.push(sign);
            }
            if let Some(last) = now.groups.last_mut() {
                *last += 1;
            }
            now.digits.push(*c);
            (gap, list, sign) = (0, false, Some(' '));
        } else if (BETWEEN.contains(c) || LISTS.contains(c)) && !now.digits.is_empty() && gap < WIDEST_GAP {
            gap += 1;
            list |= LISTS.contains(c);
            sign = sign.and_then(|sign| apart::together(sign, *c));
        } else {
            // The check sign may stand after a gap as well.
            now.x = matches!(c, 'x' | 'X') && !chars.get(at + 1).is_some_and(char::is_ascii_alphanumeric);
            all.push(std::mem::take(&mut now));
            (gap, list, sign) = (0, false, Some(' '));
        }
    }
    all.push(now);
    all.retain(|written| written.digits.len() >= FEWEST);
    all
}

/// Most groups that one number is written in.
const MOST_GROUPS: usize = 6;

impl Written {
    fn says(&self) -> Option<&'static str> {
        if let Some(what) = self.apart() {
            return Some(what);
        }
        // The check sign tells an identity number in however many groups, where it is all that stands together.
        if WITH_CHECK.contains(&self.digits.len())
            && let Some(what) = self.run(0, 0, self.groups.len())
        {
            return Some(what);
        }
        // Any run of whole groups may be the number: `tel 1 138 0000 0000`.
        let mut before = 0;
        for (from, first) in self.groups.iter().enumerate() {
            let most = self.groups.len().min(from + MOST_GROUPS);
            if let Some(what) = (from + 1..=most).find_map(|to| self.run(before, from, to)) {
                return Some(what);
            }
            before += first;
        }
        None
    }

    /// What the groups from one to another are, the first of which begins behind so many digits.
    fn run(&self, before: usize, from: usize, to: usize) -> Option<&'static str> {
        let groups = self.groups.get(from..to).unwrap_or_default();
        let far = self.far.get(from + 1..to).unwrap_or_default().contains(&true);
        let last = to == self.groups.len();
        if far && (from > 0 || !last) {
            return None;
        }
        let length: usize = groups.iter().sum();
        let digits = self.digits.get(before..before + length).unwrap_or_default();
        let with_x = if last && self.x { format!("{digits}X") } else { String::new() };
        if length == 18 && holds_identity_number(digits) || length == 17 && holds_identity_number(&with_x) {
            return Some("a resident identity number");
        }
        if length == 15 && groups.len() <= 4 && is_old_identity_number(digits) {
            return Some("a resident identity number");
        }
        is_mobile(digits, groups).then_some("a mobile number")
    }
}

/// What is dialled before a number of the mainland.
const COUNTRY_CODES: [&str; 2] = ["86", "0086"];

fn is_mobile(digits: &str, groups: &[usize]) -> bool {
    // A country code before it, as its own group or not.
    for code in [""].into_iter().chain(COUNTRY_CODES) {
        let Some(rest) = digits.strip_prefix(code).filter(|rest| rest.len() == 11) else { continue };
        let shape = match groups.split_first() {
            Some((first, more)) if *first == code.len() => more.to_vec(),
            Some((first, more)) => {
                std::iter::once(first - code.len().min(*first)).chain(more.iter().copied()).collect()
            }
            None => return false,
        };
        let mut signs = rest.bytes();
        let begins = signs.next() == Some(b'1') && signs.next().is_some_and(|b| (b'3'..=b'9').contains(&b));
        if begins && MOBILE_GROUPS.contains(&shape.as_slice()) {
            return true;
        }
    }
    false
}
