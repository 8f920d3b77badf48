//! Resident identity numbers (GB 11643-1999) are recognised only in order to be refused: this service stores none.

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Provinces of GB/T 2260.
const PROVINCES: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65,
];
/// Places whose residents have numbers of the same form: Taiwan (71, 83), Hong Kong and Macao (81, 82).
const BEYOND: &[u32] = &[71, 81, 82, 83];
/// First digit of the numbers of foreigners with permanent residence.
const FOREIGN: u32 = 9;
const CHECKS: &[u8; 11] = b"10X98765432";

/// Whether a text holds a resident identity number anywhere: 18 characters with a province, a possible date of birth (years
/// 1800–2099) and a right check character, not part of a longer run of digits.
///
/// ```
/// use spatial::codes::holds_identity_number;
/// assert!(holds_identity_number("说明: 11010519491231002X"));
/// assert!(!holds_identity_number("110105194912310021"));
/// ```
pub fn holds_identity_number(text: &str) -> bool {
    if text.is_ascii() {
        return holds_in(text.as_bytes());
    }
    // Full-width digits and letters (U+FF01 to U+FF5E) are read as what they look like; other signs part runs.
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => u8::try_from(wide - 0xFEE0).unwrap_or(b' '),
        plain => u8::try_from(plain).ok().filter(u8::is_ascii).unwrap_or(b' '),
    };
    holds_in(&text.chars().map(narrow).collect::<Vec<u8>>())
}

fn holds_in(bytes: &[u8]) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).any(|start| {
        let starts_run = start == 0 || !digit(start - 1);
        starts_run && !digit(start + 18) && bytes.get(start..start + 18).is_some_and(is_identity_number)
    })
}

fn is_identity_number(text: &[u8]) -> bool {
    let Some((body, check)) = text.split_at_checked(17) else { return false };
    if !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| {
        body.get(range).unwrap_or_default().iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'))
    };
    let province = number(0..2);
    if !PROVINCES.contains(&province) && !BEYOND.contains(&province) && province / 10 != FOREIGN {
        return false;
    }
    if !is_date(number(6..10), number(10..12), number(12..14)) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let expected = CHECKS.get(sum as usize % 11).copied();
    check.first().map(u8::to_ascii_uppercase) == expected
}

/// Whether the text is a resident identity number of the first generation: fifteen digits, the first two a province, the
/// seventh to the twelfth a day of the years 1900–1999 (`YYMMDD`), the rest a sequence that is not 000. It has no check
/// digit, and none has been in force since 2013.
pub fn is_old_identity_number(text: &str) -> bool {
    let number = |range| text.get(range).and_then(|part: &str| part.parse::<u32>().ok());
    let digits = text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit());
    let (Some(province), Some(year), Some(month), Some(day)) =
        (number(0..2), number(6..8), number(8..10), number(10..12))
    else {
        return false;
    };
    digits && !text.ends_with("000") && PROVINCES.contains(&province) && is_date(1900 + year, month, day)
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1800..2100).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_domain_note() {
        for found in [
            "11010519491231002X",
            "440524188001010014",
            "33030218800101001X",
            "330383188402290006",
            "id=11010519491231002x。",
            "号码１１０１０５１９４９１２３１００２Ｘ号",
        ] {
            assert!(holds_identity_number(found), "{found}");
        }
        for not in [
            "110105194912310021",
            "11010519491231020X",
            "110105194902300021",
            "91330302MA2TE5T01A",
            "33030200001320000001",
            "",
        ] {
            assert!(!holds_identity_number(not), "{not}");
        }
    }
}
