//! The mapping file: TOML, every part of it optional.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::keys;
use crate::{Encoding, IntakeError};

/// Names that every row has of its own: under one of them nothing of the bag would be seen again.
const OWN: [(&str, &str); 3] = [
    ("source", "the source is said with the import, or by a column of that name"),
    ("source_id", "the id's column is named by `source_id`, above all tables"),
    ("revision", "revisions are the registry's own"),
];

/// Which columns of a table become which fields of a layer. `docs/data.md` describes the file.
///
/// ```
/// let mapping = intake::Mapping::parse(r#"
///     source_id = "编号"
///     ignore = ["联系电话"]
///     [geometry]
///     lon = "经度"
///     lat = "纬度"
///     [fields]
///     name = "名称"
///     kind = { column = "类型", words = { "枪机" = "fixed", "球机" = "ptz" }, otherwise = "dome" }
///     [constants]
///     online = true
/// "#)?;
/// assert!(intake::Mapping::parse("feilds = 1").unwrap_err().to_string().contains("feilds"));
/// # Ok::<(), intake::IntakeError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    pub(super) encoding: Option<String>,
    pub(super) delimiter: Option<String>,
    pub(super) decimal_comma: bool,
    pub(super) absent: Vec<String>,
    pub(super) others: Others,
    pub(super) source_id: Option<String>,
    pub(super) ignore: Vec<String>,
    pub(super) geometry: Option<GeometryColumns>,
    #[serde(deserialize_with = "keys::fields")]
    pub(super) fields: BTreeMap<String, FieldFrom>,
    #[serde(deserialize_with = "keys::bag")]
    pub(super) bag: BTreeMap<String, FieldFrom>,
    pub(super) constants: BTreeMap<String, Word>,
}

/// What becomes of columns that the mapping does not name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Others {
    /// To the field of that name, else to the attribute bag.
    #[default]
    Keep,
    /// They are not read.
    Ignore,
    /// The file is refused.
    Refuse,
}

/// Where the place of a row is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum GeometryColumns {
    /// Two columns: east and north, in the words of degrees.
    LonLat { lon: String, lat: String },
    /// Two columns, in the words of metres.
    EastNorth { east: String, north: String },
    /// One column of well-known text.
    Wkt { wkt: String },
    /// One column with both numbers, `(37.78, -122.45)`.
    Pair { pair: String, order: PairOrder },
}

/// Which of the two numbers of a pair stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum PairOrder {
    /// Longitude or east.
    #[serde(rename = "lon,lat")]
    LonLat,
    /// Latitude or north.
    #[serde(rename = "lat,lon")]
    LatLon,
}

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FieldFrom {
    /// A column as it is.
    Column(String),
    /// A column through a table of words.
    Words(WordsFrom),
    /// Several columns, joined.
    Joined(JoinedFrom),
}

/// A column through a table of words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WordsFrom {
    pub(super) column: String,
    pub(super) words: BTreeMap<String, Word>,
    pub(super) otherwise: Option<Word>,
}

/// Several columns, joined; what is absent is left out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JoinedFrom {
    pub(super) columns: Vec<String>,
    pub(super) join: String,
}

/// A value that the mapping gives.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a value that a mapping gives must be text, a number, true or false")]
pub(super) enum Word {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
}

impl Word {
    pub(super) fn value(&self) -> spatial::Value {
        match self {
            Self::Bool(flag) => spatial::Value::Bool(*flag),
            Self::Int(number) => spatial::Value::Int(*number),
            Self::Float(number) => spatial::Value::Float(*number),
            Self::Text(text) => spatial::Value::Text(text.clone()),
        }
    }
}

impl Mapping {
    /// Longest mapping file, bytes.
    pub const LONGEST: usize = 1024 * 1024;

    /// Reads the text of a mapping file.
    ///
    /// # Errors
    /// When it is no TOML, too long, or holds a word that means nothing; the message names the line.
    pub fn parse(text: &str) -> Result<Self, IntakeError> {
        if text.len() > Self::LONGEST {
            return Err(IntakeError::options("mapping", "the mapping file has more than 1 MiB"));
        }
        let mapping: Self = toml::from_str(text)
            .map_err(|error| IntakeError::options("mapping", format!("the mapping file: {error}")))?;
        mapping.encoding()?;
        mapping.delimiter()?;
        mapping.takes_our_names()?;
        mapping.contradicts_itself()?;
        Ok(mapping)
    }

    /// What is called as each row's own facts are would be lost without a word.
    fn takes_our_names(&self) -> Result<(), IntakeError> {
        for (name, instead) in OWN {
            let tables = [("bag", self.bag.contains_key(name)), ("constants", self.constants.contains_key(name))];
            if let Some((table, _)) = tables.into_iter().find(|(_, there)| *there) {
                let why = format!("the mapping file: {name:?} cannot stand under [{table}]: {instead}");
                return Err(IntakeError::options("mapping", why));
            }
        }
        Ok(())
    }

    /// A column cannot be left unread and be read, and a field has one value.
    fn contradicts_itself(&self) -> Result<(), IntakeError> {
        let place = match &self.geometry {
            Some(GeometryColumns::LonLat { lon: x, lat: y } | GeometryColumns::EastNorth { east: x, north: y }) => {
                vec![x, y]
            }
            Some(GeometryColumns::Wkt { wkt: one } | GeometryColumns::Pair { pair: one, .. }) => vec![one],
            None => Vec::new(),
        };
        let places = place.into_iter().map(|column| (column, "the place".to_owned()));
        let id = self.source_id.iter().map(|column| (column, "the id".to_owned()));
        let of = |name: &String, from| read_by(from).into_iter().map(|column| (column, format!("{name:?}"))).collect();
        let facts = self.fields.iter().chain(&self.bag).flat_map(|(name, from)| -> Vec<_> { of(name, from) });
        let said =
            |why: String| Err(IntakeError::options("mapping", format!("the mapping file contradicts itself: {why}")));
        for (column, what) in places.chain(id).chain(facts) {
            // Its own word says that a column of the deny-list is only left out.
            if self.ignore.contains(column) && spatial::Attributes::may_be_named(column).is_ok() {
                return said(format!("column {column:?} is under `ignore` and is read as {what}"));
            }
        }
        for (name, one, two) in [
            (self.fields.keys().find(|name| self.constants.contains_key(*name)), "fields", "constants"),
            (self.bag.keys().find(|name| self.constants.contains_key(*name)), "bag", "constants"),
            (self.fields.keys().find(|name| self.bag.contains_key(*name)), "fields", "bag"),
        ] {
            if let Some(name) = name {
                return said(format!("{name:?} stands under [{one}] and under [{two}]"));
            }
        }
        Ok(())
    }

    /// The encoding that it names.
    pub(crate) fn encoding(&self) -> Result<Option<Encoding>, IntakeError> {
        self.encoding.as_deref().map(Encoding::from_name).transpose()
    }

    /// Whether it says where the place of a row is.
    pub(crate) fn says_place(&self) -> bool {
        self.geometry.is_some()
    }

    /// What becomes of columns that it does not name.
    pub(crate) fn others(&self) -> Others {
        self.others
    }

    /// The columns that it names, each once, but for those of the geometry.
    pub(crate) fn columns(&self) -> Vec<String> {
        let mut all: Vec<String> = self.ignore.iter().chain(&self.source_id).cloned().collect();
        for from in self.fields.values().chain(self.bag.values()) {
            all.extend(read_by(from).into_iter().cloned());
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The delimiter that it names.
    pub(crate) fn delimiter(&self) -> Result<Option<u8>, IntakeError> {
        self.delimiter.as_deref().map(crate::csv::delimiter).transpose()
    }
}

/// The columns that a field comes from.
fn read_by(from: &FieldFrom) -> Vec<&String> {
    match from {
        FieldFrom::Column(column) | FieldFrom::Words(WordsFrom { column, .. }) => vec![column],
        FieldFrom::Joined(JoinedFrom { columns, .. }) => columns.iter().collect(),
    }
}
