//! Properties as one JSON object: order, whole numbers and every bit of a fraction come back.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use spatial::{Properties, Value};

/// Writes the object, or says why it cannot be stored.
pub(crate) fn write(properties: &Properties) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Written(properties))
}

/// Writes the object in the order of its names; `None` when it is in that order already.
pub(crate) fn in_order(properties: &Properties) -> Result<Option<String>, serde_json::Error> {
    if properties.iter().is_sorted_by(|(one, _), (two, _)| one <= two) {
        return Ok(None);
    }
    let mut entries: Vec<(&str, &Value)> = properties.iter().collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    let sorted = entries.into_iter().map(|(name, value)| (name.to_owned().into(), value.clone())).collect();
    write(&sorted).map(Some)
}

/// Reads what [`write`] has written.
pub(crate) fn read(text: &str) -> Result<Properties, serde_json::Error> {
    serde_json::from_str::<Read>(text).map(|read| read.0)
}

struct Written<'a>(&'a Properties);
struct WrittenValue<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0.iter() {
            map.serialize_entry(name, &WrittenValue(value))?;
        }
        map.end()
    }
}

impl Serialize for WrittenValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Float(number) if number.is_finite() => serializer.serialize_f64(*number),
            Value::Float(number) => Err(S::Error::custom(format!("{number} is not a finite number"))),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
        }
    }
}

struct Read(Properties);
struct ReadValue(Value);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Read;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of plain values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
                let mut properties = Properties::new();
                while let Some((name, value)) = map.next_entry::<String, ReadValue>()? {
                    properties.put(name, value.0);
                }
                Ok(Read(properties))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

impl<'de> Deserialize<'de> for ReadValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Plain;
        impl Visitor<'_> for Plain {
            type Value = ReadValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true or false")
            }

            fn visit_bool<E>(self, flag: bool) -> Result<ReadValue, E> {
                Ok(ReadValue(Value::Bool(flag)))
            }

            fn visit_i64<E>(self, number: i64) -> Result<ReadValue, E> {
                Ok(ReadValue(Value::Int(number)))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<ReadValue, E> {
                i64::try_from(number).map(|number| ReadValue(Value::Int(number))).map_err(E::custom)
            }

            fn visit_f64<E>(self, number: f64) -> Result<ReadValue, E> {
                Ok(ReadValue(Value::Float(number)))
            }

            fn visit_str<E>(self, text: &str) -> Result<ReadValue, E> {
                Ok(ReadValue(Value::Text(text.to_owned())))
            }
        }
        deserializer.deserialize_any(Plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Value, json: &str) {
        let properties: Properties = [("a".into(), value)].into_iter().collect();
        let text = write(&properties).unwrap();
        assert_eq!(text, format!("{{\"a\":{json}}}"));
        assert_eq!(read(&text).unwrap(), properties);
    }

    #[test]
    fn values_keep_their_type_and_their_bits() {
        check(Value::Int(90), "90");
        check(Value::Float(90.0), "90.0");
        check(Value::Float(-0.0), "-0.0");
        check(Value::Float(0.1 + 0.2), "0.30000000000000004");
        check(Value::Float(f64::MIN_POSITIVE), "2.2250738585072014e-308");
        check(Value::Int(i64::MIN), "-9223372036854775808");
        check(Value::Bool(true), "true");
        check(Value::Text("房\u{0}\"".to_owned()), r#""房\u0000\"""#);
    }

    #[test]
    fn order_is_kept_and_nonsense_is_refused() {
        let properties: Properties = ["z", "a", "m"].map(|name| (name.into(), Value::Int(1))).into_iter().collect();
        assert_eq!(write(&properties).unwrap(), r#"{"z":1,"a":1,"m":1}"#);
        assert_eq!(read(r#"{"z":1,"a":1,"m":1}"#).unwrap(), properties);
        let nan: Properties = [("a".into(), Value::Float(f64::NAN))].into_iter().collect();
        assert!(write(&nan).is_err());
        for bad in ["", "[]", r#"{"a":null}"#, r#"{"a":[1]}"#, r#"{"a":18446744073709551615}"#] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
