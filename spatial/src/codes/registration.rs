//! Registration numbers of enterprises from before the unified code (工商注册号): fifteen digits, of which the first six are
//! the authority (GB/T 2260), the next eight a sequence, and the last a check digit by ISO 7064 MOD 11,10.

/// Whether a text is such a number: fifteen digits, and the last one right.
///
/// ```
/// use spatial::codes::is_registration_number;
/// assert!(is_registration_number("110108000000016"));
/// assert!(!is_registration_number("110108000000017"));
/// ```
pub fn is_registration_number(text: &str) -> bool {
    let Some((body, check)) = text.split_at_checked(14) else { return false };
    text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit()) && check.as_bytes() == [check_digit(body)]
}

/// ISO 7064 MOD 11,10: each digit is added to what is carried, modulo 10 with 10 for 0, then doubled modulo 11; digit and
/// carry together make 1 modulo 10.
fn check_digit(body: &str) -> u8 {
    let carried = body.bytes().fold(10_u8, |carried, digit| match (carried + (digit - b'0')) % 10 {
        0 => 20 % 11,
        sum => sum * 2 % 11,
    });
    b'0' + (11 - carried) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::is_old_identity_number;

    #[test]
    fn the_last_digit_decides() {
        // The example of ISO 7064 for MOD 11,10 is 0794 with the check digit 5.
        assert_eq!(check_digit("0794"), b'5');
        for body in ["33030260000012", "11010800000001", "00000000000000", "99999999999999"] {
            let right: Vec<char> =
                ('0'..='9').filter(|digit| is_registration_number(&format!("{body}{digit}"))).collect();
            assert_eq!(right.len(), 1, "{body}: {right:?}");
        }
        for text in ["", "3303026000001", "33030260000012x", "3303026000001 5", "三三〇三〇二六〇〇〇〇〇一二五"]
        {
            assert!(!is_registration_number(text), "{text}");
        }
    }

    #[test]
    fn some_of_them_read_as_identity_numbers_of_the_first_generation() {
        let numbers = (0..20_000_u32).map(|n| {
            let body = format!("3303026{:07}", u64::from(n) * 7_919 % 10_000_000);
            format!("{body}{}", char::from(check_digit(&body)))
        });
        let (mut all, mut dated) = (0, 0);
        for number in numbers {
            assert!(is_registration_number(&number), "{number}");
            all += 1;
            dated += u32::from(is_old_identity_number(&number));
        }
        assert!(dated * 100 > all && dated * 10 < all, "{dated} of {all}");
    }
}
