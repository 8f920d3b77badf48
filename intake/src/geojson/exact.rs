//! The digits of whole numbers that the parser makes floats of: read once more from the text, where a row has any.

use serde_json::Value;

use crate::digits::beyond;

/// Puts whole numbers of more than 64 bits back as texts of their digits, in the members `id` and `properties`; says how
/// many there were among the properties. A row without any costs a look at its values.
pub(super) fn digits(feature: &mut Value, text: &str) -> u64 {
    let suspects = |feature: &Value, name: &str| feature.get(name).map_or(0, suspects);
    let before = suspects(feature, "properties");
    if before + suspects(feature, "id") == 0 {
        return 0;
    }
    let (Ok(Value::Object(exact)), Some(members)) = (serde_json::from_str(&quoted(text)), feature.as_object_mut())
    else {
        return 0;
    };
    members.extend(exact.into_iter().filter(|(name, _)| name == "id" || name == "properties"));
    before - suspects(feature, "properties")
}

/// Whether a number may have been a whole one of more than 64 bits; `1e19` may not, and only the text tells.
pub(super) fn may_be_rounded(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() >= 9_223_372_036_854_775_808.0
}

/// Numbers that may have been rounded, at any depth.
fn suspects(value: &Value) -> u64 {
    match value {
        Value::Number(number) => u64::from(number.as_i64().is_none() && number.as_f64().is_some_and(may_be_rounded)),
        Value::Array(items) => items.iter().map(suspects).sum(),
        Value::Object(members) => members.values().map(suspects).sum(),
        Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

/// The same JSON, with quotes around the whole numbers of more than 64 bits.
fn quoted(text: &str) -> String {
    let (mut all, mut rest) = (String::with_capacity(text.len() + 64), text);
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let length = if from.starts_with('"') { string(from) } else { number(from) };
        let (token, after) = from.split_at(length);
        let quote = if beyond(token) { "\"" } else { "" };
        all.extend([before, quote, token, quote]);
        rest = after;
    }
    all + rest
}

/// Length of the string that a text begins with, with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |at| at + 2)
}

/// Length of the number that a text begins with.
fn number(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_of_more_than_64_bits_get_quotes() {
        let long = "33030200001320000001";
        for (text, expect) in [
            (format!("[{long}]"), format!("[\"{long}\"]")),
            (format!("{{\"a\":-{long},\"b\":1}}"), format!("{{\"a\":\"-{long}\",\"b\":1}}")),
            (format!("[{long}.0,{long}e1,1e19,7]"), format!("[{long}.0,{long}e1,1e19,7]")),
            (format!("{{\"{long}\":\"a\\\"{long}\\\\\"}}"), format!("{{\"{long}\":\"a\\\"{long}\\\\\"}}")),
            (format!("{{\"楼\":\"{long}楼\",\"a\":{long}}}"), format!("{{\"楼\":\"{long}楼\",\"a\":\"{long}\"}}")),
        ] {
            assert_eq!(quoted(&text), expect);
        }
    }

    #[test]
    fn coordinates_stay_numbers() {
        let text = r#"{"id":18446744073709551616,"geometry":{"coordinates":[18446744073709551616,1]},"properties":{"a":[1e19]}}"#;
        let mut feature: Value = serde_json::from_str(text).unwrap();
        assert_eq!(digits(&mut feature, text), 0);
        assert_eq!(feature["id"], "18446744073709551616");
        assert!(feature["geometry"]["coordinates"][0].is_number() && feature["properties"]["a"][0].is_number());
    }
}
