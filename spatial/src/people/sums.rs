//! Published cells added up for a coarser grid.

use std::collections::BTreeMap;

use super::cell::square_fid;
use super::need::Tally;
use crate::feature::Fid;
use crate::mercator::{World, WorldBox};
use crate::still::{StillLayer, ValueRef};

/// A square and what its cells add up to: box, residents, households, need help, number of the square.
pub type Sum = (WorldBox, u64, u64, Option<u64>, Fid);

/// Adds up the cells of a people layer (made by [`super::to_layer`]) into squares of zoom `cell_z`, and answers the
/// squares that meet `bounds`, along the Morton curve.
///
/// Only rows that `accept` takes are counted. A square counts all of its cells, also those outside `bounds`, so that
/// two tiles say the same of a square that they share. Cells coarser than `cell_z` stay as they are, and so does a
/// square that is one cell: it keeps the cell's number. `need_help` is of the whole square, or `None`: when a cell of it
/// is in no group, or in one that reaches outside the square or out of sight.
///
/// Nothing can be learned here that the cells do not say already: the counts added are the published ones.
pub fn sums(layer: &StillLayer, accept: &dyn Fn(usize) -> bool, bounds: WorldBox, cell_z: u8) -> Vec<Sum> {
    let cell_z = cell_z.min(31);
    let snapped = WorldBox { min: square_of(bounds.min, cell_z).min, max: square_of(bounds.max, cell_z).max };
    let mut squares: BTreeMap<(u64, u8, Option<usize>), (Sum, Tally)> = BTreeMap::new();
    for row in layer.rows_in(snapped).into_iter().filter(|row| accept(*row)) {
        let (Some(middle), Some(own_z), Some(own_fid)) = (layer.world(row), zoom_of(layer, row), layer.fid(row)) else {
            continue;
        };
        let z = own_z.min(cell_z);
        let b = square_of(middle, z);
        if !b.meets(&bounds) {
            continue;
        }
        // Cells of two counties in one square add up, but not when they are coarser than was asked: they stay.
        let alone = (own_z < cell_z).then_some(row);
        let count = |field| match layer.value(row, field) {
            Some(ValueRef::Int(n)) => u64::try_from(n).ok(),
            _ => None,
        };
        let (residents, households) = (count("residents").unwrap_or(0), count("households").unwrap_or(0));
        let (_, tally) = squares
            .entry((b.min.morton(), z, alone))
            .and_modify(|(sum, _)| {
                sum.1 += residents;
                sum.2 += households;
                sum.4 = square_fid(&format!("{z}/{}/{}", index(b.min.x, z), index(b.min.y, z)));
            })
            .or_insert_with(|| ((b, residents, households, None, own_fid), Tally::default()));
        tally.add(layer, row);
    }
    let told =
        |((b, residents, households, _, fid), tally): (Sum, Tally)| (b, residents, households, tally.need_help(), fid);
    squares.into_values().map(told).collect()
}

/// The square of a zoom around a place.
fn square_of(w: World, z: u8) -> WorldBox {
    WorldBox::of_tile(z, index(w.x, z), index(w.y, z)).unwrap_or(WorldBox { min: w, max: w })
}

fn index(v: u32, z: u8) -> u32 {
    v.checked_shr(32 - u32::from(z)).unwrap_or(0)
}

/// The zoom of a cell, from the width of its box. Corners went through degrees and may be a unit off, so the width is
/// rounded to the nearest power of two.
fn zoom_of(layer: &StillLayer, row: usize) -> Option<u8> {
    let b = layer.shapes()?.bounds(row)?;
    let width = u64::from(b.max.x - b.min.x);
    let bits = (width + width / 2).max(1).ilog2();
    u8::try_from(32_u32.saturating_sub(bits)).ok()
}
