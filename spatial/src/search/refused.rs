//! What is not searched for: persons, by whatever number or paper.

use super::text::folded;
use crate::personal::personal;

/// Words that ask for a person.
const WORDS: &[(&str, &str)] = &[
    ("身份证", "a resident identity number"),
    ("证件号", "a resident identity number"),
    ("护照", "a passport"),
    ("手机号", "a telephone number"),
    ("电话号", "a telephone number"),
    ("车牌", "a number plate"),
    ("id card", "a resident identity number"),
    ("passport", "a passport"),
    ("phone number", "a telephone number"),
    ("licence plate", "a number plate"),
    ("license plate", "a number plate"),
    ("number plate", "a number plate"),
];

/// What of a person a text asks for; nothing when it asks for none. The registry holds no persons at all, so a search could
/// find none; it is refused all the same, so that nobody tries and no such number is written down as a question.
///
/// ```
/// use spatial::search::refused;
/// assert_eq!(refused("138 0000 0000"), Some("a mobile number"));
/// assert_eq!(refused("0577-88000000"), Some("a telephone number"));
/// assert_eq!(refused("浙C12345"), Some("a number plate"));
/// assert_eq!(refused("公园路100号"), None);
/// ```
pub fn refused(text: &str) -> Option<&'static str> {
    let small = folded(text);
    let word = WORDS.iter().find(|(word, _)| small.contains(word)).map(|(_, what)| *what);
    personal(text)
        .or(word)
        .or_else(|| birthday(&small).then_some("a resident identity number"))
        .or_else(|| fixed_line(&small).then_some("a telephone number"))
}

/// Eighteen signs that have a day of birth where an identity number has it, whether or not the last of them is right.
fn birthday(text: &str) -> bool {
    let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = number.strip_suffix('x').unwrap_or(&number);
    let part = |from: usize, to: usize| number.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let day =
        (1900..2050).contains(&part(6, 10)) && (1..=12).contains(&part(10, 12)) && (1..=31).contains(&part(12, 14));
    number.len() == 18 && digits.len() >= 17 && digits.bytes().all(|b| b.is_ascii_digit()) && day
}

/// An area code and seven or eight digits, and nothing else: `0577-88000000`.
fn fixed_line(text: &str) -> bool {
    let signs = |c: char| c.is_ascii_digit() || matches!(c, '-' | ' ' | '(' | ')' | '+');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits =
        digits.strip_prefix("86").map_or_else(|| digits.clone(), |rest| format!("0{}", rest.trim_start_matches('0')));
    let known = digits.starts_with("010")
        || digits.starts_with("02")
        || ('3'..='9').any(|n| digits.starts_with(&format!("0{n}")));
    text.chars().all(signs) && known && (10..=12).contains(&digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_not_searched_for() {
        for text in [
            "13800000000",
            "１３８ ００００ ００００",
            "查一下手机号 138",
            "0577 8800 0000",
            "(0577)88000000",
            "+86 577 88000000",
            "浙C·12345",
            "张三身份证",
            "330302198001010015",
            "33030219800101001X",
            "the passport of Li",
            "someone@example.org",
        ] {
            assert!(refused(text).is_some(), "{text}");
        }
    }

    #[test]
    fn codes_of_things_are() {
        for text in [
            "330302006001",
            "33030200001320000001",
            "91330302MAEX0001X5",
            "330302600000001",
            "20261122-0007",
            "0042",
            "G15 1823公里",
            "张三",
            "110",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }
}
