//! A text that is JSON: what is cut out of its texts leaves the rest as it was.

/// Whether a text looks like an object or array of JSON with texts in it.
pub(super) fn is_nested(text: &str) -> bool {
    let text = text.trim();
    let ends = text.starts_with('{') && text.ends_with('}') || text.starts_with('[') && text.ends_with(']');
    ends && text.contains('"')
}

/// The text with what `cut` leaves of each text in it, and all that was cut out. `cut` is told the name that stands before the
/// text, which is empty in a list of no name. `None` when a text in it has no end.
pub(super) fn nested(
    text: &str,
    cut: impl Fn(&str, &str) -> Option<(String, String)>,
) -> Option<(String, Vec<String>)> {
    let (mut kept, mut rests, mut name) = (String::with_capacity(text.len()), Vec::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, quoted) = rest.split_at(at);
        let length = quoted_length(quoted)?;
        let (raw, after) = quoted.split_at(length);
        let said = unquoted(raw)?;
        kept.push_str(before);
        rest = after;
        if after.trim_start().starts_with(':') {
            name = said;
            kept.push_str(raw);
            continue;
        }
        match cut(&name, &said) {
            Some((left, out)) => {
                quote(&left, &mut kept);
                rests.push(out);
            }
            None => kept.push_str(raw),
        }
    }
    kept.push_str(rest);
    Some((kept, rests))
}

/// Bytes of the quoted text that begins there, with both its marks.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at + 1)
    })
}

/// What a quoted text says.
fn unquoted(raw: &str) -> Option<String> {
    let mut chars = raw.get(1..raw.len().checked_sub(1)?)?.chars();
    let mut units = Vec::with_capacity(raw.len());
    let mut pair = [0_u16; 2];
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next()? {
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&code, 16).ok()?);
                    continue;
                }
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                plain => plain,
            },
            plain => plain,
        };
        units.extend_from_slice(c.encode_utf16(&mut pair));
    }
    String::from_utf16(&units).ok()
}

fn quote(text: &str, kept: &mut String) {
    kept.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => kept.extend(['\\', c]),
            c if u32::from(c) < 0x20 => kept.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => kept.push(c),
        }
    }
    kept.push('"');
}
