//! The attribute bag: what a source says beyond the fields of a noun, bounded and checked against the deny-list.

use crate::denied::denied;
use crate::personal::{personal, personal_in};
use crate::secret::{secret_in, secret_name};
use crate::value::{Properties, Value};

/// Why a property may not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The name speaks of a person's identity, origin, belief, health or record.
    #[error("property {name:?} is on the deny-list ({because}): this service keeps no such thing")]
    Denied {
        /// As given.
        name: String,
        /// The word of the deny-list that it holds.
        because: &'static str,
    },
    /// A value holds what belongs to one person: an identity number, a mobile number, a number plate.
    #[error("property {name:?} holds {what}")]
    Personal {
        /// Whose value.
        name: String,
        /// What it holds.
        what: &'static str,
    },
    /// It opens a door: a password, an address with a login, where a stream is.
    #[error("property {name:?} is not taken: {what}")]
    Secret {
        /// As given.
        name: String,
        /// What it is or holds.
        what: &'static str,
    },
    /// Nobody could say it again: it is empty, or holds what no table can have in its header.
    #[error("property {name:?} is not taken: {what}")]
    Name {
        /// As given.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The layer keeps its fields and nothing else.
    #[error("property {name:?} is not taken: {layer} are counts and nothing else")]
    CountsOnly {
        /// As given.
        name: String,
        /// Which layer.
        layer: &'static str,
    },
    /// More than the bag may hold.
    #[error("the attribute bag is full: {what}")]
    Full {
        /// Which bound.
        what: &'static str,
    },
}

/// Most entries that a bag holds.
const MOST_ENTRIES: usize = 32;
/// Longest name, characters.
const LONGEST_NAME: usize = 64;
/// Longest text, characters.
const LONGEST_TEXT: usize = 400;

/// What a source says of a feature beyond the fields of its noun: at most 32 entries, none of the deny-list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes(Properties);

impl Attributes {
    /// An empty bag.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts all of them, or says why one may not be kept.
    pub fn of(properties: Properties) -> Result<Self, AttributeError> {
        let mut bag = Self::new();
        for (name, value) in properties {
            bag.put(name.into_owned(), value)?;
        }
        Ok(bag)
    }

    /// Says why a property of that name is never kept, whatever it holds: its name is on the deny-list, is itself a number
    /// of a person, or names what opens a door. Under another name it would be the same thing, so a mapping asks this of
    /// the columns of a file.
    pub fn may_be_named(name: &str) -> Result<(), AttributeError> {
        if let Some(because) = denied(name) {
            return Err(AttributeError::Denied { name: name.to_owned(), because });
        }
        if let Some(what) = personal(name) {
            // The name itself is not repeated: it is what must not be kept.
            return Err(AttributeError::Personal { name: "(its name)".to_owned(), what });
        }
        if let Some(what) = secret_name(name).or_else(|| secret_in(name)) {
            return Err(AttributeError::Secret { name: name.to_owned(), what });
        }
        Ok(())
    }

    /// The same of the names inside a text that is JSON, however deep; plain text has none.
    pub fn may_hold(name: &str, text: &str) -> Result<(), AttributeError> {
        for inner in names_within(text) {
            if let Some(because) = denied(&inner) {
                return Err(AttributeError::Denied { name: name.to_owned(), because });
            }
            if let Some(what) = secret_name(&inner) {
                return Err(AttributeError::Secret { name: name.to_owned(), what });
            }
        }
        Ok(())
    }

    /// Puts one; an older one of the same name is replaced.
    pub fn put(&mut self, name: String, value: Value) -> Result<(), AttributeError> {
        Self::may_be_named(&name)?;
        if name.trim().is_empty() {
            return Err(AttributeError::Name { name, what: "it has no name" });
        }
        if name.chars().any(char::is_control) {
            return Err(AttributeError::Name { name, what: "its name holds a control character" });
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(AttributeError::Full { what: "a name has more than 64 characters" });
        }
        if let Some(what) = personal_in(&name, &written(&value)) {
            return Err(AttributeError::Personal { name, what });
        }
        if let Value::Text(text) = &value {
            if let Some(what) = secret_in(text) {
                return Err(AttributeError::Secret { name, what });
            }
            Self::may_hold(&name, text)?;
            if text.chars().count() > LONGEST_TEXT {
                return Err(AttributeError::Full { what: "a text has more than 400 characters" });
            }
        }
        if self.0.len() >= MOST_ENTRIES && self.0.get(&name).is_none() {
            return Err(AttributeError::Full { what: "more than 32 properties" });
        }
        self.0.put(name, value);
        Ok(())
    }

    /// What it holds.
    pub fn properties(&self) -> &Properties {
        &self.0
    }
}

/// A value as a person would read it: a whole number without a point.
fn written(value: &Value) -> String {
    match value {
        Value::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => value.to_string(),
    }
}

/// The names in a text that is JSON (a nested value comes as its text): every quoted text with a colon after it. Plain
/// text has none.
pub(crate) fn names_within(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    if !text.trim_start().starts_with(['{', '[']) {
        return names;
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '"' {
            continue;
        }
        let mut quoted = String::new();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => match chars.next() {
                    Some('u') => {
                        let code: String = chars.by_ref().take(4).collect();
                        quoted.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                    }
                    other => quoted.extend(other),
                },
                plain => quoted.push(plain),
            }
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek() == Some(&':') {
            names.push(quoted);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bag_is_bounded() {
        let mut bag = Attributes::new();
        for n in 0..32 {
            bag.put(format!("k{n}"), Value::Int(n)).unwrap();
        }
        assert!(matches!(bag.put("one more".to_owned(), Value::Int(1)), Err(AttributeError::Full { .. })));
        bag.put("k1".to_owned(), Value::Int(2)).unwrap();
        let number = Value::Text("见 11010519491231002X".to_owned());
        assert!(matches!(bag.put("k2".to_owned(), number), Err(AttributeError::Personal { .. })));
    }

    #[test]
    fn a_name_is_none_that_a_table_could_not_have() {
        for name in ["", " ", "a\0", "a\nb", "a\u{7f}"] {
            assert!(
                matches!(Attributes::new().put(name.to_owned(), Value::Int(1)), Err(AttributeError::Name { .. })),
                "{name:?}"
            );
        }
        assert_eq!(refusal("名 称", Value::Int(1)), None);
    }

    fn refusal(name: &str, value: Value) -> Option<String> {
        Attributes::new().put(name.to_owned(), value).err().map(|error| error.to_string())
    }

    #[test]
    fn numbers_of_a_person_are_refused_in_any_type() {
        for value in [Value::Int(440_524_188_001_010_014), Value::Int(13_800_000_000), Value::Float(13_800_000_000.0)] {
            assert!(refusal("note", value.clone()).is_some(), "{value:?}");
        }
        assert_eq!(refusal("note", Value::Int(1_380_000)), None);
    }

    #[test]
    fn names_that_are_numbers_of_a_person_are_refused() {
        for name in ["11010519491231002X", "13800138000"] {
            let said = refusal(name, Value::Int(1)).unwrap();
            assert!(!said.contains(name), "{said}");
        }
        assert_eq!(refusal("2024", Value::Int(1)), None);
    }

    #[test]
    fn what_opens_a_door_is_refused() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (name, value) in [
            ("password", "hunter2"),
            ("admin_passwd", "x"),
            ("密码", "x"),
            ("note", "see rtsp://10.0.0.2/x"),
            ("url", "http://usr:pw@10.0.0.2/x"),
            ("note", r#"{"password":"x"}"#),
        ] {
            assert!(refusal(name, text(value)).is_some(), "{name} {value}");
        }
        for (name, value) in [("website", "https://example.org/a@b"), ("tokens", "3"), ("opening", "9:00")] {
            assert_eq!(refusal(name, text(value)), None, "{name} {value}");
        }
    }

    #[test]
    fn nested_names_are_read() {
        let text = |text: &str| Value::Text(text.to_owned());
        for bad in
            [r#"{"民族":"x"}"#, r#"{"a":{"b":[{"phone" : 1}]}}"#, r#"[{"\u6c11\u65cf":"x"}]"#, r#"{"a":13800000000}"#]
        {
            assert!(refusal("info", text(bad)).is_some(), "{bad}");
        }
        for good in [r#"{"floors":3}"#, r#"["phone"]"#, "\"phone\": none", r#"{"a":"\"#] {
            assert_eq!(refusal("info", text(good)), None, "{good}");
        }
    }
}
