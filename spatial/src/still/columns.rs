//! Attributes as columns: one array a field, texts as codes into a dictionary.

use std::ops::Range;

use super::packed::{Codes, Packed};
use super::texts::{Dictionary, Texts};
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

/// Stands for an absent whole number: no field has it, counts and numbers of features are from 0.
const NO_INT: i64 = i64::MIN;

#[derive(Debug, Clone)]
pub(super) enum Column {
    /// Codes into the dictionary; 0 is absent, code n is entry n − 1.
    Text { codes: Codes, dictionary: Texts },
    /// [`NO_INT`] is absent.
    Int(Packed<i64>),
    /// What is no number is absent.
    Float(Packed<f64>),
    /// 0 absent, 1 false, 2 true.
    Bool(Vec<u8>),
}

impl Column {
    pub(super) fn ints(all: Vec<i64>) -> Self {
        Self::Int(Packed::of(all, i64::cast_unsigned))
    }

    pub(super) fn floats(all: Vec<f64>) -> Self {
        Self::Float(Packed::of(all, f64::to_bits))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text { codes, .. } => codes.len(),
            Self::Int(all) => all.len(),
            Self::Float(all) => all.len(),
            Self::Bool(all) => all.len(),
        }
    }
}

impl Columns {
    pub(super) fn new(fields: &'static [FieldSpec], columns: Vec<Column>) -> Self {
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
                let code = codes.get(row)? as usize;
                dictionary.get(code.checked_sub(1)?).map(ValueRef::Text)
            }
            Column::Int(values) => values.get(row).filter(|n| *n != NO_INT).map(ValueRef::Int),
            Column::Float(values) => values.get(row).filter(|n| !n.is_nan()).map(ValueRef::Float),
            Column::Bool(values) => match values.get(row)? {
                0 => None,
                flag => Some(ValueRef::Bool(*flag == 2)),
            },
        }
    }

    /// How many rows of a range, of those that are marked if any marks are given, are false in a column of yes and no; none
    /// in any other column.
    pub fn count_false(&self, column: usize, range: Range<usize>, marks: Option<&[bool]>) -> usize {
        let Some(Column::Bool(values)) = self.columns.get(column) else { return 0 };
        let own = values.get(range).unwrap_or_default();
        match marks {
            None => own.iter().map(|flag| usize::from(*flag == 1)).sum(),
            Some(marks) => own.iter().zip(marks).map(|(flag, mark)| usize::from(*flag == 1) & usize::from(*mark)).sum(),
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

    /// The codes of a column of texts (0 is absent, n is text n - 1) and its texts.
    pub(crate) fn texts(&self, column: usize) -> Option<(&Codes, &Texts)> {
        match self.columns.get(column)? {
            Column::Text { codes, dictionary } => Some((codes, dictionary)),
            Column::Int(_) | Column::Float(_) | Column::Bool(_) => None,
        }
    }

    /// Bytes of memory: of the rows, and of the texts.
    pub(super) fn bytes(&self) -> (usize, usize) {
        let of = |column: &Column| match column {
            Column::Text { codes, dictionary } => (codes.bytes() + dictionary.ends.bytes(), dictionary.text.len()),
            Column::Int(all) => (all.bytes(), 0),
            Column::Float(all) => (all.bytes(), 0),
            Column::Bool(all) => (all.len(), 0),
        };
        self.columns.iter().map(of).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }
}

/// Columns in the making: rows are added in any order and put in theirs at the end.
#[derive(Debug)]
pub(super) struct Drafts {
    fields: &'static [FieldSpec],
    drafts: Vec<Draft>,
}

#[derive(Debug)]
enum Draft {
    Text { codes: Vec<u32>, dictionary: Dictionary },
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<u8>),
}

impl Drafts {
    pub(super) fn new(fields: &'static [FieldSpec]) -> Self {
        let draft = |field: &FieldSpec| match field.kind {
            FieldType::Text => Draft::Text { codes: Vec::new(), dictionary: Dictionary::default() },
            FieldType::Int => Draft::Int(Vec::new()),
            FieldType::Float => Draft::Float(Vec::new()),
            FieldType::Bool => Draft::Bool(Vec::new()),
        };
        Self { fields, drafts: fields.iter().map(draft).collect() }
    }

    /// Adds a row; what is no field of the layer is left out.
    pub(super) fn push(&mut self, row: &Properties) {
        for (field, draft) in self.fields.iter().zip(&mut self.drafts) {
            let value = row.get(field.name);
            match draft {
                Draft::Text { codes, dictionary } => {
                    codes.push(value.and_then(Value::as_text).map_or(0, |text| dictionary.code(text)));
                }
                Draft::Int(all) => all.push(if let Some(Value::Int(n)) = value { *n } else { NO_INT }),
                Draft::Float(all) => all.push(if let Some(Value::Float(n)) = value { *n } else { f64::NAN }),
                Draft::Bool(all) => all.push(if let Some(Value::Bool(b)) = value { 1 + u8::from(*b) } else { 0 }),
            }
        }
    }

    /// The columns with their rows in the given order.
    pub(super) fn finish(self, order: &[u32]) -> Columns {
        let column = |draft| match draft {
            Draft::Text { codes, dictionary } => {
                Column::Text { codes: Codes::of(ordered(&codes, order)), dictionary: dictionary.finish() }
            }
            Draft::Int(all) => Column::ints(ordered(&all, order)),
            Draft::Float(all) => Column::floats(ordered(&all, order)),
            Draft::Bool(all) => Column::Bool(ordered(&all, order)),
        };
        Columns { fields: self.fields, columns: self.drafts.into_iter().map(column).collect() }
    }
}

/// Values in the order of those numbers.
pub(super) fn ordered<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
    order.iter().filter_map(|at| values.get(*at as usize).copied()).collect()
}
