//! One point for each cell that holds any: rows lie in Morton order, so a cell is a run of rows.

use spatial::StillLayer;

use crate::TileCoord;

/// A cell that holds rows that may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The first of them, in row order.
    pub(crate) first: usize,
    /// How many.
    pub(crate) n: u32,
    /// How many of them are on.
    pub(crate) on: u32,
}

/// The tile's cells `deeper` zooms below it, in Morton order; `is_on` says what [`Cell::on`] counts.
///
/// A cell's first row is the first row of one of its quarters too, so points stay where they are while zooming in; and
/// no cell reaches over the edge of a tile, so every row is counted in one tile of a zoom only.
pub(crate) fn cells(
    layer: &StillLayer,
    coord: TileCoord,
    deeper: u8,
    may_see: &dyn Fn(usize) -> bool,
    is_on: &dyn Fn(usize) -> bool,
) -> Vec<Cell> {
    let shift = 32 - u32::from(coord.z() + deeper);
    let mut all: Vec<Cell> = Vec::new();
    let mut last = None;
    for row in layer.tile_range(coord.z(), coord.x(), coord.y()) {
        if !may_see(row) {
            continue;
        }
        let Some(place) = layer.world(row) else { continue };
        let prefix = (place.x.checked_shr(shift).unwrap_or(0), place.y.checked_shr(shift).unwrap_or(0));
        let on = u32::from(is_on(row));
        match all.last_mut() {
            Some(cell) if last == Some(prefix) => {
                cell.n += 1;
                cell.on += on;
            }
            Some(_) | None => {
                all.push(Cell { first: row, n: 1, on });
                last = Some(prefix);
            }
        }
    }
    all
}
