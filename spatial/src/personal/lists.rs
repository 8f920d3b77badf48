//! Texts that are JSON: what a list holds is read together.

/// Whether a text begins as JSON with something in it does.
pub(super) fn is_list(text: &str) -> bool {
    text.trim_start().starts_with(['[', '{'])
}

/// Signs between the values of JSON, beside which blanks mean nothing.
const BETWEEN_VALUES: &str = "[]{},:";

/// A text that is JSON with its texts and numbers side by side, and with nothing but its commas and brackets between:
/// `["138", "0000"]` as `[138,0000]`. `None` when it is none.
pub(super) fn joined(text: &str) -> Option<String> {
    if !is_list(text) {
        return None;
    }
    let (mut plain, mut quoted, mut blank) = (String::with_capacity(text.len()), false, false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => (quoted, blank) = (!quoted, false),
            '\\' if quoted => match chars.next() {
                Some('u') => {
                    let code: String = chars.by_ref().take(4).collect();
                    plain.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                }
                Some('n' | 't' | 'r' | 'b' | 'f') => plain.push(' '),
                other => plain.extend(other),
            },
            c if !quoted && c.is_whitespace() => blank = true,
            c => {
                let between = BETWEEN_VALUES.contains(c) || plain.ends_with(|c| BETWEEN_VALUES.contains(c));
                if blank && !quoted && !between {
                    plain.push(' ');
                }
                plain.push(c);
                blank = false;
            }
        }
    }
    Some(plain)
}
