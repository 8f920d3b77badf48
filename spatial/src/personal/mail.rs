//! Addresses of mail.

use unicode_normalization::char::is_combining_mark;

/// Endings of pictures, in whose names an `@` may stand (`icon@2x.png`).
const PICTURES: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "svg"];

/// Last labels of hosts that are written in Chinese or Japanese. Words may follow them without a sign between.
const DOMAINS: [&str; 14] =
    ["公司", "中国", "中國", "网络", "網絡", "网址", "集团", "公益", "政务", "香港", "台湾", "台灣", "みんな", "コム"];

/// Letters of any script with their marks, and figures.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Scripts that are written without blanks: a word of theirs may follow a host at once, and follows a full stop at once.
fn is_unparted(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
        || matches!(c, '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Signs that may stand before the `@`, then a host.
pub(super) fn holds_mail(chars: &[char]) -> bool {
    chars.iter().enumerate().filter(|(_, c)| **c == '@').any(|(at, _)| {
        let named = at.checked_sub(1).and_then(|at| chars.get(at));
        let named = named.is_some_and(|c| is_letter(*c) || "._%+-".contains(*c));
        let host = chars.get(at + 1..).unwrap_or_default().iter();
        let host: String = host.take_while(|c| is_letter(**c) || matches!(c, '.' | '-')).collect();
        named && ends_as_host(&host)
    })
}

/// At least two labels, the last of which is a domain: of letters, after which words may stand without a blank, or one of
/// [`DOMAINS`].
fn ends_as_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').take_while(|label| !label.is_empty()).collect();
    let behind = labels.get(1..).unwrap_or_default();
    if behind.iter().any(|label| DOMAINS.iter().any(|known| label.starts_with(known))) {
        return true;
    }
    // A label that goes on in another script ends in a sentence.
    let goes_on = |label: &str| !label.starts_with(is_unparted) && label.contains(is_unparted);
    let end = behind.iter().position(|label| goes_on(label)).map_or(behind.len(), |at| at + 1);
    let word = |label: &&str| label.chars().take_while(|c| !is_unparted(*c)).collect::<String>();
    let last = behind.get(..end).unwrap_or_default().iter().map(word).rfind(|label| !label.is_empty());
    last.is_some_and(|last| {
        let last = last.trim_end_matches('-').to_lowercase();
        let letters = last.chars().all(|c| c.is_alphabetic() || is_combining_mark(c));
        last.chars().count() >= 2 && (letters || last.starts_with("xn--")) && !PICTURES.contains(&last.as_str())
    })
}
