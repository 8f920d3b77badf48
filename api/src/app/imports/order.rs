//! What is to be imported, and why an import may not happen.

use std::path::PathBuf;

use intake::{Encoding, Format, Mapping};
use spatial::crs::Crs;
use spatial::{Layer, StillIndex};

/// What a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportJob {
    /// Rows of one layer.
    Rows(Box<RowsJob>),
    /// An OpenStreetMap extract: all layers that it holds, always WGS84.
    Osm,
}

/// A file with rows of one layer, and how it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct RowsJob {
    /// What the file is.
    pub format: Format,
    /// Where its rows go.
    pub layer: Layer,
    /// Who says so.
    pub source: String,
    /// It was said with the order: a row that names another source is refused.
    pub declared: bool,
    /// The system that its coordinates are in.
    pub crs: Crs,
    /// The encoding of its text; absent when the mapping or the file says it.
    pub encoding: Option<Encoding>,
    /// What parts the cells of a CSV; absent when the mapping says it, or it is a comma.
    pub delimiter: Option<u8>,
    /// Which of several tables.
    pub table: Option<String>,
    /// How its columns become fields.
    pub mapping: Option<Mapping>,
}

impl ImportJob {
    /// Layers that its rows may belong to.
    pub fn layers(&self) -> Vec<Layer> {
        match self {
            Self::Rows(rows) => vec![rows.layer],
            Self::Osm => Layer::REGISTERED.to_vec(),
        }
    }

    /// Who says so.
    pub fn source(&self) -> &str {
        match self {
            Self::Rows(rows) => &rows.source,
            Self::Osm => "osm",
        }
    }

    /// Name of the coordinate system.
    pub fn crs(&self) -> String {
        match self {
            Self::Rows(rows) => rows.crs.name(),
            Self::Osm => Crs::Wgs84.name(),
        }
    }
}

/// A file to import, by whom and how.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub job: ImportJob,
    /// Who imports it.
    pub who: String,
    /// Only say what would happen.
    pub dry_run: bool,
    /// It holds everything that the sources of its rows have in its layers: what is not in it is removed.
    pub complete: bool,
    /// What the layers hold, where the caller has it at hand; else the store is asked.
    pub known: Option<StillIndex>,
}

/// The name of a file as it is kept and said again: masked when it holds a number of a person, or what opens a door.
///
/// ```
/// assert_eq!(api::app::file_told("cameras-2024.csv"), "cameras-2024.csv");
/// assert_eq!(api::app::file_told("13800138000.csv"), spatial::MASK);
/// ```
pub fn file_told(name: &str) -> String {
    if spatial::shown(name) == spatial::MASK { spatial::MASK.to_owned() } else { name.to_owned() }
}

/// Why an import did not happen. The registry is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing could be read from the file.
    #[error(transparent)]
    Unreadable(#[from] intake::IntakeError),
    /// It is what it should be, and holds no row.
    #[error("{0}")]
    NoRows(String),
    /// The file could not be opened.
    #[error("open {path}: {error}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file was changed while it was read.
    #[error("read {0}: it was changed meanwhile")]
    Changed(PathBuf),
    /// The store refused. What was staged stays; importing the same file again goes on from there.
    #[error(transparent)]
    Store(#[from] store::Error),
}
