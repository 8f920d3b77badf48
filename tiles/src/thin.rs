//! One point for each cell that holds any: rows lie in Morton order, so a cell is a run of rows.

use std::ops::Range;

use spatial::StillLayer;

use crate::TileCoord;
use crate::draw::Sight;

/// A cell that holds rows that may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The first of them, in row order.
    pub(crate) first: usize,
    /// How many.
    pub(crate) n: u32,
    /// How many of them are not known to be off; 0 where nobody asks.
    pub(crate) on: u32,
}

/// Rows that are compared one by one before the end of a cell is searched for.
const NEAR: usize = 16;

/// The tile's cells `deeper` zooms below it, in Morton order; `online` is the column that [`Cell::on`] counts.
///
/// A cell's first row is the first row of one of its quarters too, so points stay where they are while zooming in; and
/// no cell reaches over the edge of a tile, so every row is counted in one tile of a zoom only.
pub(crate) fn cells(
    layer: &StillLayer,
    coord: TileCoord,
    deeper: u8,
    sight: &Sight<'_>,
    online: Option<usize>,
) -> Vec<Cell> {
    let mut cells = Cells { all: Vec::new(), last: None, shift: 2 * (32 - u32::from(coord.z() + deeper)) };
    // Of the rows of a cell, those that are wanted: the first, how many, and how many of them are on.
    let counted = |rows: Range<usize>, wanted: Option<&[bool]>| {
        let Some(marks) = wanted else {
            let off = online.map_or(rows.len(), |column| layer.columns().count_false(column, rows.clone(), None));
            return Some((rows.start, small(rows.len()), small(rows.len() - off)));
        };
        let n = marks.iter().map(|mark| usize::from(*mark)).sum::<usize>();
        let first = rows.start + marks.iter().position(|mark| *mark)?;
        let off = online.map_or(n, |column| layer.columns().count_false(column, rows, wanted));
        Some((first, small(n), small(n - off)))
    };
    for (run, division) in layer.runs(layer.tile_range(coord.z(), coord.x(), coord.y())) {
        if !(sight.sees)(division) {
            continue;
        }
        let marks = sight.wants.map(|wants| wants.marks(run.clone()));
        let mut marks = marks.as_deref();
        let mut keys = layer.morton(run.clone());
        let mut row = run.start;
        while let Some(key) = keys.first() {
            let cell = cells.of(*key);
            let (of, rest) = keys.split_at(end(keys, cells.last_key(cell)));
            let rows = row..row + of.len();
            (keys, row) = (rest, rows.end);
            let (own, others) = marks.and_then(|marks| marks.split_at_checked(of.len())).unzip();
            marks = others;
            if let Some(count) = counted(rows, own) {
                cells.add(cell, count);
            }
        }
    }
    cells.all
}

/// Cells in the making.
struct Cells {
    all: Vec<Cell>,
    last: Option<u64>,
    /// Bits of a key that are finer than a cell.
    shift: u32,
}

impl Cells {
    fn of(&self, key: u64) -> u64 {
        key.checked_shr(self.shift).unwrap_or(0)
    }

    /// The largest key of a cell.
    fn last_key(&self, cell: u64) -> u64 {
        let finer = u64::MAX.checked_shr(64 - self.shift).unwrap_or(0);
        cell.checked_shl(self.shift).unwrap_or(0) | finer
    }

    fn add(&mut self, key: u64, (first, n, on): (usize, u32, u32)) {
        match self.all.last_mut() {
            Some(cell) if self.last == Some(key) => {
                cell.n += n;
                cell.on += on;
            }
            Some(_) | None => {
                self.all.push(Cell { first, n, on });
                self.last = Some(key);
            }
        }
    }
}

/// How many of the sorted keys are at most `last`: most cells have few rows, some have very many.
fn end(keys: &[u64], last: u64) -> usize {
    let near = keys.iter().take(NEAR).take_while(|key| **key <= last).count();
    if near < NEAR {
        return near;
    }
    let mut far = NEAR * 2;
    while keys.get(far).is_some_and(|key| *key <= last) {
        far *= 2;
    }
    let within = keys.get(near..far.min(keys.len())).unwrap_or_default();
    near + within.partition_point(|key| *key <= last)
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use spatial::still::ValueRef;

    use super::*;
    use crate::sample::{cameras, tile};

    /// The slow twin: row after row.
    fn scanned(layer: &StillLayer, coord: TileCoord, deeper: u8, wants: &dyn Fn(usize) -> bool) -> Vec<Cell> {
        let shift = 32 - u32::from(coord.z() + deeper);
        let online = layer.columns().column("online").unwrap();
        let mut all: Vec<((u32, u32), Cell)> = Vec::new();
        for row in layer.tile_range(coord.z(), coord.x(), coord.y()).filter(|row| wants(*row)) {
            let place = layer.world(row).unwrap();
            let prefix = (place.x.checked_shr(shift).unwrap_or(0), place.y.checked_shr(shift).unwrap_or(0));
            let on = u32::from(layer.columns().value(row, online) != Some(ValueRef::Bool(false)));
            match all.last_mut() {
                Some((last, cell)) if *last == prefix => {
                    cell.n += 1;
                    cell.on += on;
                }
                _ => all.push((prefix, Cell { first: row, n: 1, on })),
            }
        }
        all.into_iter().map(|(_, cell)| cell).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn cells_are_those_of_the_scan(z in 0_u8..=13, deeper in 0_u8..=7, count in 0_usize..3_000, every in 1_usize..5) {
            let layer = cameras(tile(11), count);
            let online = layer.columns().column("online");
            let all = cells(&layer, tile(z), deeper, &Sight::ALL, online);
            prop_assert_eq!(&all, &scanned(&layer, tile(z), deeper, &|_| true));
            let some = |row: usize| row.is_multiple_of(every);
            let wanted = cells(&layer, tile(z), deeper, &Sight { wants: Some(&some), ..Sight::ALL }, online);
            prop_assert_eq!(&wanted, &scanned(&layer, tile(z), deeper, &some));
        }
    }
}
