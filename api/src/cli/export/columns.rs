//! The columns of a table: what every feature has, the fields of the layer's noun, and whatever attributes its features
//! carry, which only a walk over all of them can tell.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use geo::Geometry;
use spatial::noun::{FieldSpec, FieldType};
use spatial::{Layer, Properties, Value};

use super::command::Chosen;
use super::row::{OF_ROOMS, fields};

/// Most different attribute names of a layer that become columns.
const MOST: usize = 1_000;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: FieldType,
}

/// What only a walk over all features can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    /// Whether any feature is of several lines or polygons.
    pub(super) parts: bool,
}

/// Columns beside the geometry, in order: `source`, `source_id`, `revision`, fields, attributes by name. An attribute
/// that is text in one feature and a number in another is text.
pub(super) async fn columns(chosen: &Chosen) -> Result<Table> {
    let column = |name: &str, kind| Column { name: name.to_owned(), kind };
    let mut columns = vec![
        column("source", FieldType::Text),
        column("source_id", FieldType::Text),
        column("revision", FieldType::Int),
    ];
    let goes_out =
        |field: &&FieldSpec| chosen.rooms || chosen.layer != Layer::Houses || !OF_ROOMS.contains(&field.name);
    columns.extend(fields(chosen.layer).iter().filter(goes_out).map(|field| column(field.name, field.kind)));
    let mut parts = false;
    let mut attributes: BTreeMap<String, FieldType> = BTreeMap::new();
    chosen
        .each(|row| {
            parts |= matches!(row.geometry(), Some(Geometry::MultiLineString(_) | Geometry::MultiPolygon(_)));
            for (name, value) in row.attributes().into_iter().flat_map(Properties::iter) {
                let kind = kind(value);
                match attributes.get_mut(name) {
                    Some(known) => *known = joined(*known, kind),
                    None => drop(attributes.insert(name.to_owned(), kind)),
                }
            }
            ensure!(attributes.len() <= MOST, "the layer has more than {MOST} different attributes");
            Ok(())
        })
        .await?;
    // Where a name is a field as well, the field is what counts.
    attributes.retain(|name, _| columns.iter().all(|column| column.name != *name));
    columns.extend(attributes.into_iter().map(|(name, kind)| Column { name, kind }));
    Ok(Table { columns, parts })
}

fn kind(value: &Value) -> FieldType {
    match value {
        Value::Text(_) => FieldType::Text,
        Value::Int(_) => FieldType::Int,
        Value::Float(_) => FieldType::Float,
        Value::Bool(_) => FieldType::Bool,
    }
}

fn joined(one: FieldType, two: FieldType) -> FieldType {
    match (one, two) {
        (one, two) if one == two => one,
        (FieldType::Int, FieldType::Float) | (FieldType::Float, FieldType::Int) => FieldType::Float,
        _ => FieldType::Text,
    }
}
