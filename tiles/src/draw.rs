//! A layer of one tile: who asks and what for, to bytes.

use spatial::codes::Division;
use spatial::filter::Wants;
use spatial::{Layer, StillLayer};

use crate::layers::spec;
use crate::{TileCoord, people, points, shapes, views};

/// What the one who asks may see of a layer, and what of it is asked for. All else is neither drawn nor counted.
pub struct Sight<'a> {
    /// Whether the rows of a division may be seen.
    pub sees: &'a dyn Fn(Option<Division>) -> bool,
    /// Whether a row is asked for; all are, when there is no such question.
    pub wants: Option<&'a dyn Wants>,
    /// Fields that are never written, whatever the layer table allows.
    pub hidden: &'a [&'a str],
}

impl Sight<'_> {
    /// Everything there is, with all its fields.
    pub const ALL: Sight<'static> = Sight { sees: &|_division| true, wants: None, hidden: &[] };

    pub(crate) fn holds(&self, layer: &StillLayer, row: usize) -> bool {
        (self.sees)(layer.division(row)) && self.wants.is_none_or(|wants| wants.holds(row))
    }

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
