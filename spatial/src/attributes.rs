//! The attribute bag: what a source says beyond the fields of a noun, bounded and checked against the deny-list.

use crate::codes::holds_identity_number;
use crate::denied::denied;
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
    /// A value holds a resident identity number.
    #[error("property {name:?} holds a resident identity number")]
    IdentityNumber {
        /// Whose value.
        name: String,
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

    /// Puts one; an older one of the same name is replaced.
    pub fn put(&mut self, name: String, value: Value) -> Result<(), AttributeError> {
        if let Some(because) = denied(&name) {
            return Err(AttributeError::Denied { name, because });
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(AttributeError::Full { what: "a name has more than 64 characters" });
        }
        if let Value::Text(text) = &value {
            if holds_identity_number(text) {
                return Err(AttributeError::IdentityNumber { name });
            }
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
        assert!(matches!(bag.put("k2".to_owned(), number), Err(AttributeError::IdentityNumber { .. })));
    }
}
