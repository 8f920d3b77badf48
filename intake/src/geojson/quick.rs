//! The usual line: a feature with an id, a point, and plain properties, read without a tree in between.
//!
//! Whatever is unusual about a line — another geometry, a list among its properties, an escape in a name, a name twice,
//! a mistake — is left to the careful reader, which says the same of it as ever. The two are held against each other by
//! a property test.

use std::borrow::Cow;
use std::fmt;

use geo::Coord;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use spatial::{Properties, Value};

use super::exact::may_be_rounded;
use super::rows::NOT_FACTS;

/// A feature of a usual line.
#[derive(Debug, PartialEq)]
pub(super) struct Quick {
    pub(super) id: String,
    /// Who says so, where the row names it.
    pub(super) source: Option<String>,
    pub(super) at: Coord<f64>,
    pub(super) height: bool,
    /// In the order of their names, as the careful reader has them.
    pub(super) facts: Properties,
}

/// Reads a line; `None` when it is unusual. `names` are names of properties that need no copy.
pub(super) fn quick(line: &[u8], names: &[&'static str]) -> Option<Quick> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    let found = Line { names }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(found)
}

struct Line<'n> {
    names: &'n [&'static str],
}

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = Quick;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Quick, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Quick;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Quick, A::Error> {
        let (mut feature, mut id, mut place, mut facts) = (false, None, None, None);
        while let Some(name) = map.next_key::<&str>()? {
            match name {
                "type" if !feature => feature = map.next_value::<&str>()? == "Feature",
                "id" if id.is_none() => id = Some(map.next_value::<Id>()?.0),
                "geometry" if place.is_none() => place = Some(map.next_value::<Place>()?),
                "properties" if facts.is_none() => facts = Some(map.next_value_seed(Facts { names: self.names })?),
                _ => return Err(A::Error::custom("unusual")),
            }
        }
        let (true, Some(id), Some(Place { at, height }), Some(Said { facts, source, source_id })) =
            (feature, id, place, facts)
        else {
            return Err(A::Error::custom("unusual"));
        };
        // A row with both is from our own export, and they win.
        let id = source_id.filter(|_| source.is_some()).unwrap_or(id);
        Ok(Quick { id, source, at, height, facts })
    }
}

struct Id(String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a whole number")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                let text = text.trim();
                if text.is_empty() { Err(E::custom("unusual")) } else { Ok(Id(text.to_owned())) }
            }
        }
        deserializer.deserialize_any(Text)
    }
}

struct Place {
    at: Coord<f64>,
    height: bool,
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Point;
        impl<'de> Visitor<'de> for Point {
            type Value = Place;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a point")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Place, A::Error> {
                let (mut point, mut place) = (false, None);
                while let Some(name) = map.next_key::<&str>()? {
                    match name {
                        "type" if !point => point = map.next_value::<&str>()? == "Point",
                        "coordinates" if place.is_none() => place = Some(map.next_value::<Numbers>()?.0),
                        _ => return Err(A::Error::custom("unusual")),
                    }
                }
                place.filter(|_| point).ok_or_else(|| A::Error::custom("unusual"))
            }
        }
        deserializer.deserialize_map(Point)
    }
}

struct Numbers(Place);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Two;
        impl<'de> Visitor<'de> for Two {
            type Value = Numbers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("two or three numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Numbers, A::Error> {
                let (x, y) = (all.next_element::<f64>()?, all.next_element::<f64>()?);
                let height = all.next_element::<f64>()?.is_some();
                match (x, y, height && all.next_element::<IgnoredAny>()?.is_some()) {
                    (Some(x), Some(y), false) => Ok(Numbers(Place { at: Coord { x, y }, height })),
                    _ => Err(A::Error::custom("unusual")),
                }
            }
        }
        deserializer.deserialize_seq(Two)
    }
}

struct Facts<'n> {
    names: &'n [&'static str],
}

/// What the properties say: facts, and whose they are.
struct Said {
    facts: Properties,
    source: Option<String>,
    source_id: Option<String>,
}

impl<'de> DeserializeSeed<'de> for Facts<'_> {
    type Value = Said;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Said, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Facts<'_> {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("properties")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
        let mut all: Vec<(Cow<'static, str>, Option<Value>)> = Vec::with_capacity(8);
        let (mut source, mut source_id) = (None, None);
        while let Some(name) = map.next_key::<&str>()? {
            match name {
                "source" if source.is_none() => {
                    source = Some(map.next_value::<Cow<'_, str>>()?.trim().to_owned());
                    continue;
                }
                "source_id" if source_id.is_none() => {
                    source_id = Some(map.next_value::<Id>()?.0);
                    continue;
                }
                "source" | "source_id" => return Err(A::Error::custom("unusual")),
                _ if name.trim() != name => return Err(A::Error::custom("unusual")),
                _ => {}
            }
            let known = self.names.iter().find(|known| **known == name);
            let name = known.map_or_else(|| Cow::Owned(name.to_owned()), |known| Cow::Borrowed(*known));
            all.push((name, map.next_value::<Plain>()?.0));
        }
        all.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
        if all.windows(2).any(|pair| matches!(pair, [(one, _), (two, _)] if one == two)) {
            return Err(A::Error::custom("unusual"));
        }
        let facts = all.into_iter().filter(|(name, _)| !NOT_FACTS.contains(&name.as_ref()));
        Ok(Said { facts: facts.filter_map(|(name, value)| Some((name, value?))).collect(), source, source_id })
    }
}

struct Plain(Option<Value>);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Plain;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, true, false or null")
            }

            fn visit_unit<E: Error>(self) -> Result<Plain, E> {
                Ok(Plain(None))
            }

            fn visit_bool<E: Error>(self, flag: bool) -> Result<Plain, E> {
                Ok(Plain(Some(Value::Bool(flag))))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Plain, E> {
                Ok(Plain(Some(Value::Int(number))))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Plain, E> {
                i64::try_from(number).map(|number| Plain(Some(Value::Int(number)))).map_err(E::custom)
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Plain, E> {
                if may_be_rounded(number) { Err(E::custom("unusual")) } else { Ok(Plain(Some(Value::Float(number)))) }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Plain, E> {
                Ok(Plain(Some(Value::Text(text.to_owned()))))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, usual: bool) {
        assert_eq!(quick(line.as_bytes(), &["kind"]).is_some(), usual, "{line}");
    }

    #[test]
    fn the_usual_is_read_and_the_rest_is_left() {
        let feature = |id: &str, geometry: &str, properties: &str| {
            format!(r#"{{"type":"Feature","id":{id},"geometry":{geometry},"properties":{properties}}}"#)
        };
        let point = r#"{"type":"Point","coordinates":[120.6,28]}"#;
        check(&feature("7", point, r#"{"kind":"school","a":null,"b":1.5,"c":true,"d":-3}"#), true);
        check(&feature("7", point, r#"{"source":"police","source_id":8,"a":1}"#), true);
        check(&feature("\" a \"", r#"{"coordinates":[1,2,3],"type":"Point"}"#, "{}"), true);
        for (id, geometry, properties) in [
            ("7.0", point, "{}"),
            ("\" \"", point, "{}"),
            ("{}", point, "{}"),
            ("7", "null", "{}"),
            ("7", r#"{"type":"Point","coordinates":[1]}"#, "{}"),
            ("7", r#"{"type":"Point","coordinates":[1,2,3,4]}"#, "{}"),
            ("7", r#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#, "{}"),
            ("7", point, "null"),
            ("7", point, r#"{"a":[1]}"#),
            ("7", point, r#"{"a":1,"a":null}"#),
            ("7", point, r#"{"source_id":[1]}"#),
            ("7", point, r#"{"source_id":" "}"#),
            ("7", point, r#"{"source":null}"#),
            ("7", point, r#"{"a ":1}"#),
            ("7", point, r#"{"source":"x","source":"y"}"#),
            ("7", point, r#"{"a":18446744073709551615}"#),
            ("7", point, r#"{"a":33030200001320000001}"#),
            ("33030200001320000001", point, "{}"),
        ] {
            check(&feature(id, geometry, properties), false);
        }
        check(&format!("{0}{0}", feature("7", point, "{}")), false);
        check(r#"{"type":"Feature","properties":{}}"#, false);
    }
}
