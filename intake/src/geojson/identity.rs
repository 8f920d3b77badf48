//! Which feature a row is: its id in the source, or a number made of what it says.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use spatial::shown as short;

use crate::problem::Problem;

/// Where an id came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Id {
    /// The source gave it.
    Given(String),
    /// The source gave none: a hash of geometry and properties, the same as long as they are.
    Made(String),
}

impl Id {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Given(text) | Self::Made(text) => text,
        }
    }
}

/// Finds the id: what the mapping found, else the member `id`, else the property `source_id` (which is taken out), else
/// the property `id`, as a table's column of that name (taken out when it is the one), else a hash of the row. Where
/// `source` and `source_id` are both given the row is from our own export, and they win over `id`.
pub(super) fn identify(
    feature: &Value,
    properties: &mut Map<String, Value>,
    mapped: Option<String>,
) -> Result<Id, Problem> {
    let ours = properties.contains_key("source");
    let source_id = properties.remove("source_id").as_ref().map(plain).transpose()?.flatten();
    let id = feature.get("id").map(plain).transpose()?.flatten();
    let given = mapped.or(if ours { source_id.or(id) } else { id.or(source_id) });
    let given = given.or_else(|| {
        let id = properties.get("id").and_then(|id| plain(id).ok().flatten())?;
        properties.remove("id");
        Some(id)
    });
    Ok(given.map_or_else(|| Id::Made(made(feature)), Id::Given))
}

/// Text or a whole number as text; `None` for null and empty text.
fn plain(id: &Value) -> Result<Option<String>, Problem> {
    match id {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => crate::digits::id(float).map(Some),
            _ => Ok(Some(number.to_string())),
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            let reason = format!("the id is neither text nor number: {}", short(&id.to_string()));
            Err(Problem::grouped(reason, "the id is neither text nor number"))
        }
    }
}

fn made(feature: &Value) -> String {
    let mut hash = Sha256::new();
    for member in ["geometry", "properties"] {
        feed(&mut hash, feature.get(member).unwrap_or(&Value::Null));
    }
    let digest = hash.finalize();
    digest.iter().take(12).fold("h".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// Feeds a value in one order only, whatever the order of members in the file.
fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                feed(hash, item);
            }
            hash.update(b"]");
        }
        Value::Object(members) => {
            hash.update(b"{");
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            for name in names {
                hash.update(Value::from(name.as_str()).to_string());
                feed(hash, members.get(name).unwrap_or(&Value::Null));
            }
            hash.update(b"}");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            hash.update(value.to_string());
            hash.update(b",");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(mut feature: Value, expect: &str) {
        let mut properties = feature["properties"].as_object_mut().cloned().unwrap_or_default();
        let got =
            identify(&feature, &mut properties, None).map_or_else(|problem| problem.reason, |id| id.text().to_owned());
        assert_eq!(got, expect);
        assert!(!properties.contains_key("source_id"));
    }

    #[test]
    fn ids_are_found_where_they_are() {
        check(json!({"id": 7}), "7");
        check(json!({"id": 7.0}), "7");
        check(json!({"id": " a7 ", "properties": {"source_id": "b"}}), "a7");
        check(json!({"id": "", "properties": {"source_id": 12}}), "12");
        check(json!({"id": "fid", "properties": {"source_id": "b", "source": "police"}}), "b");
        check(json!({"properties": {"id": 9, "source_id": "b"}}), "b");
        check(json!({"properties": {"id": 9.0}}), "9");
        check(json!({"id": 7.5}), "7.5");
        check(json!({"id": {}}), "the id is neither text nor number: {}");
    }

    #[test]
    fn a_property_id_is_taken_only_when_nothing_else_says_it() {
        let of = |feature: Value, mapped: Option<&str>| {
            let mut properties = feature["properties"].as_object().cloned().unwrap();
            let id = identify(&feature, &mut properties, mapped.map(str::to_owned)).unwrap();
            (id, properties.contains_key("id"))
        };
        let given = |text: &str| Id::Given(text.to_owned());
        assert_eq!(of(json!({"properties": {"id": "a"}}), None), (given("a"), false));
        assert_eq!(of(json!({"id": "b", "properties": {"id": "a"}}), None), (given("b"), true));
        assert_eq!(of(json!({"properties": {"id": "a"}}), Some("m")), (given("m"), true));
        let (made, kept) = of(json!({"properties": {"id": [1]}}), None);
        assert!(matches!(made, Id::Made(_)) && kept);
    }

    #[test]
    fn a_made_id_depends_on_what_is_said_and_not_on_how() {
        let made = |text: &str| identify(&serde_json::from_str(text).unwrap(), &mut Map::new(), None).unwrap();
        let one = made(r#"{"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1,"b":[true,null]}}"#);
        assert_eq!(
            one,
            made(r#"{"properties":{"b":[true,null],"a":1}, "geometry":{"coordinates":[1,2],"type":"Point"}}"#)
        );
        assert_ne!(
            one,
            made(r#"{"geometry":{"type":"Point","coordinates":[1,3]},"properties":{"a":1,"b":[true,null]}}"#)
        );
        assert!(matches!(&one, Id::Made(text) if text.len() == 25 && text.starts_with('h')));
    }
}
