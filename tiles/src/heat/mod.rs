//! Heat: the density of a [`spatial::heat::Field`] over a tile, as a picture and as a grid of numbers.
//!
//! One ramp of one cold hue, from nothing over dark to light; its top is the field's own ([`spatial::heat::Field::top`]), so
//! that all tiles of a field have one scale.

mod grid;
mod picture;
mod ramp;

pub use grid::heat_grid;
pub use picture::heat_picture;
pub use ramp::{Step, heat_legend};

use spatial::heat::Field;

use crate::TileCoord;

/// Pixels along a tile.
const SIDE: u32 = 256;

/// The field at the middles of the tile's pixels.
fn raster(field: &Field, coord: TileCoord) -> Vec<f64> {
    field.raster(coord.z(), coord.x(), coord.y(), SIDE)
}

#[cfg(test)]
mod tests;
