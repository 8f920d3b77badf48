//! Whole numbers that 64 bits do not hold (device ids of twenty digits): their digits are kept, never rounded.

use spatial::shown;

use crate::problem::Problem;

/// What a report says of those that stand in a number's place.
pub(crate) const KEPT: &str = "whole numbers of more than 64 bits, kept as the text of their digits";
/// From here on not every whole number is a float: one that comes as a float may have been another.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether that is a whole number, and none that 64 bits hold.
pub(crate) fn beyond(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_err()
}

/// An id that comes as a float, as text: whole where it is; refused where it stands for more than one whole number.
pub(crate) fn id(number: f64) -> Result<String, Problem> {
    if number.abs() >= EXACT {
        let rounded = "the id is a number that was rounded before it came here";
        let reason = format!("{rounded}: {}; write ids as text", shown(&format!("{number:e}")));
        return Err(Problem::grouped(reason, rounded));
    }
    Ok(if number.fract() == 0.0 { format!("{number:.0}") } else { number.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_beyond_64_bits_are_beyond() {
        for (text, is) in [
            ("9223372036854775807", false),
            ("9223372036854775808", true),
            ("-9223372036854775808", false),
            ("-9223372036854775809", true),
            ("33030200001320000001", true),
            ("00000000000000000000000007", false),
            ("1e30", false),
            ("33030200001320000001.0", false),
            ("-", false),
            ("", false),
        ] {
            assert_eq!(beyond(text), is, "{text}");
        }
    }

    #[test]
    fn an_id_that_may_have_been_another_is_refused() {
        let ids = [7.0, -7.0, 7.5, 9_007_199_254_740_991.0].map(|number| id(number).unwrap());
        assert_eq!(ids, ["7", "-7", "7.5", "9007199254740991"]);
        let said = id(3.303_020_000_132e19).unwrap_err();
        assert!(said.reason.contains("rounded before it came here: 3.303020000132e19; write ids as text"), "{said:?}");
    }
}
