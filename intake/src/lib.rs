//! What is in this file: bytes to checked rows, and rejected rows with reasons.
//!
//! Pure: a reader is handed in, values come out one by one; no file, no clock, no network. Outside data never fails as
//! a whole: every row is either a [`Feature`](spatial::Feature) that passed all checks or a [`Rejected`] that says why
//! not, and the [`Report`] adds up both. Only when nothing at all can be read is the answer an [`IntakeError`].
//!
//! ```
//! use intake::{Door, Flow, Row, geojson};
//! use spatial::Layer;
//! let text = r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[120.65,28.01]},
//!               "properties":{"kind":"dome","online":true}}"#;
//! let mut good = Vec::new();
//! let report = geojson(text.as_bytes(), Layer::Cameras, "police", &Door::WGS84, &mut |row| {
//!     if let Row::Good(feature) = row {
//!         good.push(feature);
//!     }
//!     Flow::Continue(())
//! })?;
//! assert_eq!((report.accepted, report.rejected), (1, 0));
//! assert_eq!(good[0].key.source_id, "7");
//! # Ok::<(), intake::IntakeError>(())
//! ```

mod crs_names;
mod csv;
mod digits;
mod door;
mod encoding;
mod flatgeobuf;
mod format;
mod geojson;
mod geopackage;
mod mapping;
mod mend;
mod osm;
mod problem;
mod read;
mod report;
mod rings;
mod seen;
mod shape;
mod shapefile;
pub mod suspect;
mod table;
mod wkb;
mod wkt;

pub use csv::delimiter;
pub use door::Door;
pub use encoding::Encoding;
pub use format::Format;
pub use geojson::geojson;
pub use mapping::{Mapping, place_headers};
pub use mend::settled;
pub use osm::osm;
pub use read::{Beside, Input, Options, ReadSeek, read};
pub use report::{Flow, IntakeError, MOST_REJECTED, MOST_REPAIRED, Rejected, Repaired, Report, Row};
pub use rings::outlines;
pub use suspect::{Suspect, Suspicion};
