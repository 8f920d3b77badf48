//! What it looks like: the layer table, vector tiles, TileJSON, styles.
//!
//! Pure: a still layer and a tile in, bytes out. Same input, same bytes.
//!
//! ```
//! use spatial::{Layer, StillLayer};
//! use tiles::{Sight, TileCoord, draw};
//! let empty = StillLayer::build(Layer::Cameras, &[], |_| None);
//! assert!(draw(&empty, TileCoord::new(14, 13683, 6862)?, &Sight::ALL).is_empty());
//! # Ok::<(), tiles::CoordError>(())
//! ```

mod choose;
mod clean;
mod clip;
mod coord;
#[cfg(test)]
mod decode;
mod draw;
mod encode;
mod frame;
mod heat;
mod layers;
mod live;
mod palette;
mod people;
mod points;
#[cfg(test)]
mod sample;
mod shapes;
mod simplify;
mod style;
mod thin;
mod tilejson;
mod views;

pub use coord::{CoordError, DEEPEST_ZOOM, TileCoord};
pub use draw::{Sight, draw};
pub use heat::{Step, heat_grid, heat_legend, heat_picture};
pub use layers::{Also, BUFFER, EXTENT, LayerSpec, live_spec, spec};
pub use live::{Mark, draw_live};
pub use palette::Theme;
pub use style::style;
pub use tilejson::tilejson;
