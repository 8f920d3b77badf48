//! A layer of one tile: who asks and what for, to bytes.

use spatial::{Layer, StillLayer};

use crate::layers::spec;
use crate::{TileCoord, people, points, shapes, views};

/// What the one who asks may see of a layer.
pub struct Sight<'a> {
    /// Whether a row may be seen; what may not is neither drawn nor counted.
    pub may_see: &'a dyn Fn(usize) -> bool,
    /// Fields that are never written, whatever the layer table allows.
    pub hidden: &'a [&'a str],
}

impl Sight<'_> {
    pub(crate) fn shows(&self, field: &str) -> bool {
        !self.hidden.contains(&field)
    }
}

/// Draws the layer in the tile: the bytes of its MVT layers, each with its tag, so that the bytes of several layers put
/// one after the other are a tile. Empty when there is nothing to see.
pub fn draw(layer: &StillLayer, coord: TileCoord, sight: &Sight<'_>) -> Vec<u8> {
    let Some(spec) = spec(layer.layer()) else { return Vec::new() };
    if coord.z() < spec.min_zoom {
        return Vec::new();
    }
    match spec.layer {
        Layer::People => people::draw(layer, spec, coord, sight),
        Layer::Cameras => {
            let mut bytes = points::draw(layer, spec, coord, sight);
            for also in spec.also.iter().filter(|also| coord.z() >= also.min_zoom) {
                bytes.extend(views::draw(layer, also, coord, sight));
            }
            bytes
        }
        Layer::Houses | Layer::Enterprises | Layer::Places => points::draw(layer, spec, coord, sight),
        Layer::Buildings | Layer::Roads | Layer::Water | Layer::Land | Layer::Grids | Layer::Jurisdictions => {
            shapes::draw(layer, spec, coord, sight)
        }
        Layer::Units | Layer::Incidents | Layer::Residents => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
