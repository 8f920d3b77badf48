//! What is to be imported, and why an import may not happen.

use std::path::PathBuf;

use spatial::Layer;
use spatial::crs::Crs;

/// What a file is.
#[derive(Debug, Clone)]
pub enum ImportJob {
    /// GeoJSON or GeoJSONSeq rows of one layer.
    GeoJson {
        /// Where they go.
        layer: Layer,
        /// Who says so.
        source: String,
        /// The system that the coordinates are in.
        crs: Crs,
    },
    /// An OpenStreetMap extract: all layers that it holds, always WGS84.
    Osm,
}

impl ImportJob {
    /// Layers that its rows may belong to.
    pub fn layers(&self) -> Vec<Layer> {
        match self {
            Self::GeoJson { layer, .. } => vec![*layer],
            Self::Osm => Layer::REGISTERED.to_vec(),
        }
    }

    /// Who says so.
    pub fn source(&self) -> &str {
        match self {
            Self::GeoJson { source, .. } => source,
            Self::Osm => "osm",
        }
    }

    /// Name of the coordinate system.
    pub fn crs(&self) -> String {
        match self {
            Self::GeoJson { crs, .. } => crs.name(),
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
    /// It holds everything that its source has in its layers: what is not in it is removed.
    pub complete: bool,
}

/// Why an import did not happen. The registry is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing could be read from the file.
    #[error(transparent)]
    Unreadable(#[from] intake::IntakeError),
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
