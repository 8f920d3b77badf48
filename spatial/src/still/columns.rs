//! Attributes as columns: one array a field, texts as codes into a dictionary.

use std::collections::HashMap;

use crate::noun::{FieldSpec, FieldType};
use crate::value::{Properties, Value};

/// A value as it lies in a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Bool(bool),
}

impl ValueRef<'_> {
    /// An owned copy.
    pub fn to_value(self) -> Value {
        match self {
            Self::Text(v) => Value::Text(v.to_owned()),
            Self::Int(v) => Value::Int(v),
            Self::Float(v) => Value::Float(v),
            Self::Bool(v) => Value::Bool(v),
        }
    }
}

/// All attribute columns of a layer.
#[derive(Debug, Clone)]
pub struct Columns {
    fields: &'static [FieldSpec],
    columns: Vec<Column>,
}

#[derive(Debug, Clone)]
enum Column {
    /// Codes into the dictionary; 0 is absent, code n is entry n − 1.
    Text {
        codes: Vec<u32>,
        dictionary: Vec<String>,
    },
    Int(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
    /// 0 absent, 1 false, 2 true.
    Bool(Vec<u8>),
}

impl Columns {
    /// Lays out the rows' properties; what is no field of the layer is left out.
    pub(crate) fn lay<'a>(fields: &'static [FieldSpec], rows: &(impl Iterator<Item = &'a Properties> + Clone)) -> Self {
        let columns = fields.iter().map(|field| Column::lay(*field, rows.clone())).collect();
        Self { fields, columns }
    }

    /// The layer's fields, in column order.
    pub fn fields(&self) -> &'static [FieldSpec] {
        self.fields
    }

    /// The number of the field's column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The value of a row in a column.
    pub fn value(&self, row: usize, column: usize) -> Option<ValueRef<'_>> {
        match self.columns.get(column)? {
            Column::Text { codes, dictionary } => {
                let code = *codes.get(row)? as usize;
                dictionary.get(code.checked_sub(1)?).map(|text| ValueRef::Text(text))
            }
            Column::Int(values) => values.get(row).copied().flatten().map(ValueRef::Int),
            Column::Float(values) => values.get(row).copied().flatten().map(ValueRef::Float),
            Column::Bool(values) => match values.get(row)? {
                0 => None,
                flag => Some(ValueRef::Bool(*flag == 2)),
            },
        }
    }

    /// All values of a row.
    pub fn properties(&self, row: usize) -> Properties {
        let mut all = Properties::new();
        for (column, field) in self.fields.iter().enumerate() {
            if let Some(value) = self.value(row, column) {
                all.put(field.name, value.to_value());
            }
        }
        all
    }
}

impl Column {
    fn lay<'a>(field: FieldSpec, rows: impl Iterator<Item = &'a Properties>) -> Self {
        let values = rows.map(|row| row.get(field.name));
        match field.kind {
            FieldType::Text => {
                let (mut codes, mut dictionary, mut known) = (Vec::new(), Vec::new(), HashMap::new());
                for value in values {
                    let code = value.and_then(Value::as_text).map_or(0, |text| {
                        *known.entry(text.to_owned()).or_insert_with(|| {
                            dictionary.push(text.to_owned());
                            u32::try_from(dictionary.len()).unwrap_or(u32::MAX)
                        })
                    });
                    codes.push(code);
                }
                Self::Text { codes, dictionary }
            }
            FieldType::Int => {
                Self::Int(values.map(|v| if let Some(Value::Int(n)) = v { Some(*n) } else { None }).collect())
            }
            FieldType::Float => {
                Self::Float(values.map(|v| if let Some(Value::Float(n)) = v { Some(*n) } else { None }).collect())
            }
            FieldType::Bool => {
                Self::Bool(values.map(|v| if let Some(Value::Bool(b)) = v { 1 + u8::from(*b) } else { 0 }).collect())
            }
        }
    }
}
