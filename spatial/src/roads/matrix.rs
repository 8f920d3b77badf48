//! Times between many places and many others.

use super::nearest::Bound;
use super::place::Place;
use super::search::{Roads, Sense, Workspace};
use super::targets::Targets;

/// Times and lengths, row by row: one row a start, one column an end.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    /// Seconds and metres; infinity where there is no way within the bound.
    cells: Vec<(f32, f32)>,
}

impl Matrix {
    /// Seconds from a start to an end; `None` where there is no way within the bound.
    pub fn time_s(&self, start: usize, end: usize) -> Option<f64> {
        self.cell(start, end).map(|cell| f64::from(cell.0))
    }

    /// Metres of that way.
    pub fn length_m(&self, start: usize, end: usize) -> Option<f64> {
        self.cell(start, end).map(|cell| f64::from(cell.1))
    }

    /// Starts and ends.
    pub fn size(&self) -> (usize, usize) {
        (self.cells.len().checked_div(self.columns).unwrap_or(0), self.columns)
    }

    fn cell(&self, start: usize, end: usize) -> Option<(f32, f32)> {
        let cell = if end < self.columns { self.cells.get(start * self.columns + end) } else { None };
        cell.copied().filter(|cell| cell.0.is_finite())
    }
}

/// Times from every start to every end, at most `within` (seconds, or metres where they are least); one search a start,
/// on so many threads. `None` stands for a place near no road. The result does not depend on the number of threads.
pub fn matrix(
    roads: Roads<'_>,
    starts: &[Option<Place>],
    ends: &[Option<Place>],
    bound: Bound,
    threads: usize,
) -> Matrix {
    let columns = ends.len();
    let targets = Targets::new(roads, ends.to_vec(), Sense::Away);
    let mut cells = vec![(f32::INFINITY, f32::INFINITY); starts.len() * columns];
    let bound = Bound { count: columns, ..bound };
    let rows_each = starts.len().div_ceil(threads.max(1)).max(1);
    let row = |workspace: &mut Workspace, start: Option<Place>, row: &mut [(f32, f32)]| {
        let Some(start) = start else { return };
        for reached in workspace.nearest(roads, start, &targets, bound) {
            #[expect(clippy::cast_possible_truncation, reason = "half a millisecond in an hour, centimetres in 100 km")]
            let cell = (reached.time_s as f32, reached.length_m as f32);
            if let Some(held) = row.get_mut(reached.target as usize) {
                *held = cell;
            }
        }
    };
    if ends.iter().any(Option::is_some) {
        std::thread::scope(|scope| {
            let shares = cells.chunks_mut(rows_each * columns).zip(starts.chunks(rows_each));
            for (cells, starts) in shares {
                scope.spawn(move || {
                    let mut workspace = Workspace::new();
                    for (start, cells) in starts.iter().zip(cells.chunks_mut(columns)) {
                        row(&mut workspace, *start, cells);
                    }
                });
            }
        });
    }
    Matrix { columns, cells }
}
