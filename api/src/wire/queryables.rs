//! What a filter may name (OGC API – Features, part 3, 6.2).

use serde_json::{Map, Value, json};
use spatial::noun::{FieldType, Noun};

use crate::auth::Sight;

/// The fields in a sight as JSON Schema, and the geometry.
pub fn queryables(sight: &Sight, address: &str) -> Value {
    let shown = Noun::fields(sight.layer()).iter().filter(|field| !sight.hidden().contains(&field.name));
    let mut properties: Map<String, Value> = shown
        .map(|field| {
            let kind = match field.kind {
                FieldType::Text => "string",
                FieldType::Int => "integer",
                FieldType::Float => "number",
                FieldType::Bool => "boolean",
            };
            (field.name.to_owned(), json!({ "type": kind }))
        })
        .collect();
    properties.insert("geometry".to_owned(), json!({ "format": "geometry-any", "x-ogc-role": "primary-geometry" }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": sight.layer().name(),
        "properties": properties,
        "additionalProperties": false,
    })
}
