//! How the tables of a mapping file are read: a key that is not known or missing is told with the table it belongs to.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::file::{FieldFrom, GeometryColumns, JoinedFrom, PairOrder, Word, WordsFrom};

/// Keys of `[geometry]`, and of a field that is a table.
const GEOMETRY: [&str; 7] = ["lon", "lat", "east", "north", "wkt", "pair", "order"];
const FIELD: [&str; 5] = ["column", "words", "otherwise", "columns", "join"];

impl<'de> Deserialize<'de> for GeometryColumns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(GeometryVisitor)
    }
}

struct GeometryVisitor;

impl<'de> Visitor<'de> for GeometryVisitor {
    type Value = GeometryColumns;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("[geometry] as a table of columns")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut columns: BTreeMap<String, String> = BTreeMap::new();
        let mut order: Option<PairOrder> = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "order" => order = Some(map.next_value()?),
                known if GEOMETRY.contains(&known) => drop(columns.insert(key, map.next_value()?)),
                _ => return Err(Error::custom(unknown("[geometry]", &key, &GEOMETRY))),
            }
        }
        let first = ["lon", "lat", "east", "north", "wkt", "pair"].into_iter().find(|key| columns.contains_key(*key));
        let mut column = |key: &str| columns.remove(key).ok_or_else(|| missing("[geometry]", key));
        let read = match first {
            Some("lon" | "lat") => {
                column("lon").and_then(|lon| Ok(GeometryColumns::LonLat { lon, lat: column("lat")? }))
            }
            Some("east" | "north") => {
                column("east").and_then(|east| Ok(GeometryColumns::EastNorth { east, north: column("north")? }))
            }
            Some("wkt") => column("wkt").map(|wkt| GeometryColumns::Wkt { wkt }),
            Some(_) => column("pair").and_then(|pair| {
                let order = order.take().ok_or_else(|| missing("[geometry]", "order"))?;
                Ok(GeometryColumns::Pair { pair, order })
            }),
            None => Err("[geometry] names no column: it needs lon and lat, east and north, wkt, or pair".to_owned()),
        };
        let read = read.map_err(Error::custom)?;
        let more = columns.into_keys().next().or_else(|| order.map(|_| "order".to_owned()));
        match more {
            Some(key) => Err(Error::custom(format!("the key {key:?} of [geometry] does not go with its other keys"))),
            None => Ok(read),
        }
    }
}

/// The fields under `[fields]`.
pub(super) fn fields<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, FieldFrom>, D::Error> {
    from.deserialize_map(TableVisitor("fields"))
}

/// The attributes under `[bag]`.
pub(super) fn bag<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, FieldFrom>, D::Error> {
    from.deserialize_map(TableVisitor("bag"))
}

struct TableVisitor(&'static str);

impl<'de> Visitor<'de> for TableVisitor {
    type Value = BTreeMap<String, FieldFrom>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "[{}] as a table of columns", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let from = map.next_value_seed(FieldVisitor { table: self.0, name: &name })?;
            all.insert(name, from);
        }
        Ok(all)
    }
}

/// One field of a table: a column, or a table of its own.
struct FieldVisitor<'a> {
    table: &'static str,
    name: &'a str,
}

impl fmt::Display for FieldVisitor<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:?} under [{}]", self.name, self.table)
    }
}

impl<'de> DeserializeSeed<'de> for FieldVisitor<'_> {
    type Value = FieldFrom;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FieldVisitor<'_> {
    type Value = FieldFrom;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "a column, or a table with column or columns, for {self}")
    }

    fn visit_str<E: Error>(self, column: &str) -> Result<Self::Value, E> {
        Ok(FieldFrom::Column(column.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut column, mut words, mut otherwise): (Option<String>, Option<BTreeMap<String, Word>>, Option<Word>) =
            (None, None, None);
        let (mut columns, mut join): (Option<Vec<String>>, Option<String>) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "column" => column = Some(map.next_value()?),
                "words" => words = Some(map.next_value()?),
                "otherwise" => otherwise = Some(map.next_value()?),
                "columns" => columns = Some(map.next_value()?),
                "join" => join = Some(map.next_value()?),
                _ => return Err(Error::custom(unknown(&self.to_string(), &key, &FIELD))),
            }
        }
        let mixed =
            |key: &str, with: &str| Error::custom(format!("the key {key:?} of {self} does not go with {with:?}"));
        match (column, columns) {
            (Some(_), Some(_)) => Err(mixed("columns", "column")),
            (Some(_), None) if join.is_some() => Err(mixed("join", "column")),
            (None, Some(_)) if words.is_some() => Err(mixed("words", "columns")),
            (None, Some(_)) if otherwise.is_some() => Err(mixed("otherwise", "columns")),
            (Some(column), None) => match words {
                Some(words) if words.is_empty() => Err(Error::custom(format!(
                    "the key \"words\" of {self} is empty: without it the column is taken as it is"
                ))),
                Some(words) => Ok(FieldFrom::Words(WordsFrom { column, words, otherwise })),
                None if otherwise.is_some() => {
                    Err(Error::custom(format!("the key \"otherwise\" of {self} does not go without \"words\"")))
                }
                None => Ok(FieldFrom::Column(column)),
            },
            (None, Some(columns)) => Ok(FieldFrom::Joined(JoinedFrom { columns, join: join.unwrap_or_default() })),
            (None, None) => {
                let key = if join.is_some() { "columns" } else { "column" };
                Err(Error::custom(missing(&self.to_string(), key)))
            }
        }
    }
}

fn unknown(table: &str, key: &str, known: &[&str]) -> String {
    format!("the key {key:?} of {table} is not known; known are {}", known.join(", "))
}

fn missing(table: &str, key: &str) -> String {
    format!("the key {key:?} of {table} is missing")
}
