//! What is where: checked positions, the registry's nouns, the still and the moving index.
//!
//! Pure: values in, values out. Nothing here reads a clock, a file or a socket; same input, same output.
//! Inside, every coordinate is WGS84 (EPSG:4326) in degrees, longitude first; distances are metres on the sphere of
//! the IUGG mean radius. Other systems are converted at the door ([`crs`]).
//!
//! ```
//! use spatial::{Layer, Position, StillLayer};
//! let centre = Position::new(120.6555, 28.0150)?;
//! let empty = StillLayer::build(Layer::Cameras, &[], |_| None);
//! assert!(empty.nearest(centre, 5, 500.0, |_| true).is_empty());
//! # Ok::<(), spatial::PositionError>(())
//! ```

mod attributes;
mod denied;
mod drawn;
mod feature;
mod layer;
mod lines;
mod mercator;
mod near;
mod personal;
mod position;
mod reach;
mod secret;
mod shown;
mod value;

pub mod codes;
pub mod crs;
pub mod filter;
pub mod heat;
pub mod moving;
pub mod noun;
pub mod people;
pub mod roads;
pub mod search;
pub mod sight;
pub mod still;
pub mod zone;

pub use attributes::{AttributeError, Attributes};
pub use denied::{denied, denied_when_cut, is_hidden};
pub use feature::{Feature, FeatureError, FeatureKey, Fid};
pub use layer::{Layer, Shape};
pub use lines::lines;
pub use mercator::{World, WorldBox, degrees_at};
pub use noun::{Noun, NounError};
pub use personal::{personal, personal_id};
pub use position::{Bounds, EARTH_RADIUS_M, Position, PositionError};
pub use reach::reach;
pub use shown::{MASK, id_told, printable, shown, told};
pub use still::{Divisions, StillIndex, StillLayer};
pub use value::{Properties, Value};
