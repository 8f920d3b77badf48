//! Addresses of mail.

/// Endings of pictures, in whose names an `@` may stand (`icon@2x.png`).
const PICTURES: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "svg"];

/// Last labels of hosts that are written in Chinese. Words may follow them without a sign between.
const HAN_DOMAINS: [&str; 10] = ["公司", "中国", "中國", "网络", "網絡", "网址", "集团", "公益", "政务", "香港"];

fn is_of_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '\u{4e00}'..='\u{9fff}')
}

/// Signs that may stand before the `@`, then a host.
pub(super) fn holds_mail(chars: &[char]) -> bool {
    chars.iter().enumerate().filter(|(_, c)| **c == '@').any(|(at, _)| {
        let named = at.checked_sub(1).and_then(|at| chars.get(at));
        let named = named.is_some_and(|c| c.is_ascii_alphanumeric() || "._%+-".contains(*c));
        let host = chars.get(at + 1..).unwrap_or_default().iter();
        let host: String = host.take_while(|c| is_of_host(**c)).collect();
        named && ends_as_host(&host)
    })
}

/// At least two labels, the last of which is a domain: of Latin letters, after which words may stand without a blank, or one
/// of [`HAN_DOMAINS`].
fn ends_as_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').take_while(|label| !label.is_empty()).collect();
    let behind = labels.get(1..).unwrap_or_default();
    if behind.iter().any(|label| HAN_DOMAINS.iter().any(|known| label.starts_with(known))) {
        return true;
    }
    // Behind a label with other letters in it there is a sentence.
    let end = behind.iter().position(|label| !label.is_ascii()).map_or(behind.len(), |at| at + 1);
    let latin = |label: &&str| label.chars().take_while(char::is_ascii).collect::<String>();
    let last = behind.get(..end).unwrap_or_default().iter().map(latin).rfind(|label| !label.is_empty());
    last.is_some_and(|last| {
        let last = last.trim_end_matches('-').to_ascii_lowercase();
        last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()) && !PICTURES.contains(&last.as_str())
    })
}
