//! One field of a noun: how it is read from a value and written back.

use crate::attributes::{AttributeError, Attributes};
use crate::codes::{CodeError, DeviceId, Division, GridCode, Uscc, is_registration_number};
use crate::personal::personal;
use crate::value::{Properties, Value};

/// Longest text of a field, characters.
const LONGEST_TEXT: usize = 200;

/// Why a field cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("property {field:?} {reason}")]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong with it, in words.
    pub reason: String,
}

/// The type of a field as a client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// True or false.
    Bool,
}

/// What is known of a field before any value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The name in properties.
    pub name: &'static str,
    /// Its type.
    pub kind: FieldType,
    /// Whether a noun without it is refused.
    pub required: bool,
}

/// A type that a field can have.
pub(crate) trait Field: Sized {
    /// What a client sees.
    const KIND: FieldType;
    /// Whether it may be absent.
    const REQUIRED: bool = true;

    /// Reads a value; the error completes the sentence "property x …".
    fn read(value: Value) -> Result<Self, String>;
    /// Writes it back; `None` when there is nothing to write.
    fn write(&self) -> Option<Value>;
    /// What stands for an absent value; `None` when it may not be absent.
    fn absent() -> Option<Self> {
        None
    }
}

/// Takes a field out of the properties.
pub(crate) fn take<T: Field>(properties: &mut Properties, field: &'static str) -> Result<T, FieldError> {
    match properties.take(field) {
        Some(value) => T::read(value).map_err(|reason| FieldError { field, reason }),
        None => T::absent().ok_or_else(|| FieldError { field, reason: "is missing".to_owned() }),
    }
}

/// Writes a field into the properties.
pub(crate) fn put<T: Field>(properties: &mut Properties, field: &'static str, value: &T) {
    if let Some(value) = value.write() {
        properties.put(field, value);
    }
}

impl<T: Field> Field for Option<T> {
    const KIND: FieldType = T::KIND;
    const REQUIRED: bool = false;

    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Text(text) if text.trim().is_empty() => Ok(None),
            Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => T::read(value).map(Some),
        }
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(T::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl Field for String {
    const KIND: FieldType = FieldType::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = match value {
            Value::Text(text) => text,
            Value::Int(number) => number.to_string(),
            Value::Float(_) | Value::Bool(_) => return Err(format!("must be text, got {}", value.shown())),
        };
        let text = text.trim();
        if text.is_empty() {
            return Err("is empty".to_owned());
        }
        if text.chars().count() > LONGEST_TEXT {
            return Err(format!("has more than {LONGEST_TEXT} characters"));
        }
        if let Some(bad) = text.chars().find(|c| c.is_control()) {
            return Err(format!("holds the control character {bad:?}"));
        }
        if let Some(what) = personal(text) {
            return Err(format!("holds {what}"));
        }
        if let Err(AttributeError::Denied { because, .. }) = Attributes::may_hold("", text) {
            return Err(format!("holds a property that is on the deny-list ({because})"));
        }
        Ok(text.to_owned())
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Text(self.clone()))
    }
}

impl Field for bool {
    const KIND: FieldType = FieldType::Bool;

    fn read(value: Value) -> Result<Self, String> {
        match &value {
            Value::Bool(flag) => Ok(*flag),
            Value::Int(1) => Ok(true),
            Value::Int(0) => Ok(false),
            Value::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" | "是" => Ok(true),
                "false" | "no" | "0" | "否" => Ok(false),
                _ => Err(format!("must be true or false, got {}", value.shown())),
            },
            Value::Int(_) | Value::Float(_) => Err(format!("must be true or false, got {}", value.shown())),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

impl Field for u32 {
    const KIND: FieldType = FieldType::Int;

    fn read(value: Value) -> Result<Self, String> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        let whole = |n: f64| (n.fract() == 0.0 && (0.0..=f64::from(Self::MAX)).contains(&n)).then_some(n as Self);
        let number = match &value {
            Value::Int(number) => Self::try_from(*number).ok(),
            // Tables write a whole number as `3.0` when their column has fractions.
            Value::Text(text) => text.trim().parse().ok().or_else(|| text.trim().parse().ok().and_then(whole)),
            Value::Float(number) => whole(*number),
            Value::Bool(_) => None,
        };
        number.ok_or_else(|| format!("must be a whole number from 0, got {}", value.shown()))
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Int(i64::from(*self)))
    }
}

impl Field for f64 {
    const KIND: FieldType = FieldType::Float;

    fn read(value: Value) -> Result<Self, String> {
        let number = match &value {
            Value::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "measures are far below 2^53")]
            Value::Int(number) => Some(*number as Self),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Bool(_) => None,
        };
        number.filter(|n: &Self| n.is_finite()).ok_or_else(|| format!("must be a finite number, got {}", value.shown()))
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Float(*self))
    }
}

/// The number of an enterprise in a register from before the unified code. One with the right check digit is what it is,
/// even where its digits hold a date as an identity number's do; any other is a text as all are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationNumber(String);

impl RegistrationNumber {
    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Field for RegistrationNumber {
    const KIND: FieldType = FieldType::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = value.to_string();
        let number = text.trim();
        let whole = matches!(value, Value::Text(_) | Value::Int(_));
        if whole && is_registration_number(number) {
            return Ok(Self(number.to_owned()));
        }
        String::read(value).map(Self)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Text(self.0.clone()))
    }
}

/// A code is text that its own constructor checks.
macro_rules! code_field {
    ($($code:ty => $write:expr;)*) => {$(
        impl Field for $code {
            const KIND: FieldType = FieldType::Text;

            fn read(value: Value) -> Result<Self, String> {
                let text = match value {
                    Value::Text(text) => text,
                    Value::Int(number) => number.to_string(),
                    Value::Float(_) | Value::Bool(_) => return Err(format!("must be text, got {}", value.shown())),
                };
                Self::new(text.trim()).map_err(|error: CodeError| format!("is not valid: {error}"))
            }

            fn write(&self) -> Option<Value> {
                let write: fn(&Self) -> String = $write;
                Some(Value::Text(write(self)))
            }
        }
    )*};
}

code_field! {
    Uscc => |code| code.as_str().to_owned();
    DeviceId => |code| code.as_str().to_owned();
    GridCode => |code| code.as_str().to_owned();
    Division => ToString::to_string;
}
