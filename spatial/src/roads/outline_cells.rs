//! Cells as bits, row by row from the south-west, and the regions that they make: cells that share sides.

use super::spot::number;

/// A cell: column and row.
pub(super) type Cell = (usize, usize);

/// Cells, filled or not. The outermost are never filled.
pub(super) struct Cells {
    wide: usize,
    high: usize,
    /// Words of a row.
    words: usize,
    rows: Vec<u64>,
}

/// Cells of one row that lie beside each other: from a column to before another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    row: usize,
    from: usize,
    to: usize,
}

impl Cells {
    /// None is filled.
    pub(super) fn new(wide: usize, high: usize) -> Self {
        let words = wide.div_ceil(64);
        Self { wide, high, words, rows: vec![0; words * high] }
    }

    /// Fills a cell; one that there is not is left out.
    #[inline]
    pub(super) fn set(&mut self, x: usize, y: usize) {
        if x < self.wide
            && let Some(word) = self.rows.get_mut(y * self.words + x / 64)
        {
            *word |= 1 << (x % 64);
        }
    }

    /// Fills a run.
    pub(super) fn fill(&mut self, run: Run) {
        (run.from..run.to).for_each(|x| self.set(x, run.row));
    }

    pub(super) fn is_filled(&self, (x, y): Cell) -> bool {
        x < self.wide && self.rows.get(y * self.words + x / 64).is_some_and(|word| word & (1 << (x % 64)) != 0)
    }

    /// One cell more on all sides, corners too.
    pub(super) fn widen(&mut self) {
        for row in self.rows.chunks_mut(self.words) {
            let mut west = 0;
            for at in 0..row.len() {
                let (word, east) = (row[at], row.get(at + 1).map_or(0, |next| next << 63));
                row[at] = word | word << 1 | west | word >> 1 | east;
                west = word >> 63;
            }
        }
        let before = self.rows.clone();
        for (at, word) in self.rows.iter_mut().enumerate() {
            let south = at.checked_sub(self.words).map_or(0, |below| before[below]);
            *word |= south | before.get(at + self.words).copied().unwrap_or(0);
        }
    }

    /// Filled cells beside one that is not, row by row.
    pub(super) fn at_the_edge(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for (at, word) in self.rows.iter().enumerate().filter(|(_, word)| **word != 0) {
            let (y, place) = (at / self.words, at % self.words);
            let beside =
                |place: Option<usize>| place.filter(|p| *p < self.words).map_or(0, |p| self.rows[y * self.words + p]);
            let west = word << 1 | beside(place.checked_sub(1)) >> 63;
            let east = word >> 1 | beside(Some(place + 1)) << 63;
            let south = at.checked_sub(self.words).map_or(0, |below| self.rows[below]);
            let north = self.rows.get(at + self.words).copied().unwrap_or(0);
            let mut bits = word & !(west & east & south & north);
            while bits != 0 {
                cells.push((place * 64 + bits.trailing_zeros() as usize, y));
                bits &= bits - 1;
            }
        }
        cells
    }

    /// Whether the cell on the other side of a side is filled. Sides are counted counter-clockwise, each in the direction in
    /// which an outline follows it: south (eastward), east, north, west.
    pub(super) fn across(&self, at: Cell, side: usize) -> bool {
        self.is_filled(beyond(at, side))
    }

    /// The side that follows a side of an outline.
    pub(super) fn next(&self, at: Cell, side: usize) -> (Cell, usize) {
        let ahead = beyond(at, side + 1);
        if !self.is_filled(ahead) {
            return (at, (side + 1) % 4);
        }
        let round = beyond(ahead, side);
        if self.is_filled(round) { (round, (side + 3) % 4) } else { (ahead, side) }
    }

    /// The first column from one on whose cell is filled, or not; the width when there is none.
    fn find(&self, y: usize, from: usize, filled: bool) -> usize {
        let row = &self.rows[y * self.words..(y + 1) * self.words];
        let flip = if filled { 0 } else { u64::MAX };
        let mut mask = u64::MAX << (from % 64);
        for (at, word) in row.iter().enumerate().skip(from / 64) {
            let bits = (word ^ flip) & mask;
            if bits != 0 {
                return (at * 64 + bits.trailing_zeros() as usize).min(self.wide);
            }
            mask = u64::MAX;
        }
        self.wide
    }

    fn runs(&self, y: usize, filled: bool) -> impl Iterator<Item = Run> {
        let mut x = 0;
        std::iter::from_fn(move || {
            let from = self.find(y, x, filled);
            x = self.find(y, from, !filled);
            (from < self.wide).then_some(Run { row: y, from, to: x })
        })
    }
}

fn beyond((x, y): Cell, side: usize) -> Cell {
    match side % 4 {
        0 => (x, y.wrapping_sub(1)),
        1 => (x + 1, y),
        2 => (x, y + 1),
        _ => (x.wrapping_sub(1), y),
    }
}

/// Regions of filled cells, or of gaps.
pub(super) struct Regions {
    runs: Vec<Run>,
    /// The region of each run: the number of its first run.
    of: Vec<u32>,
    /// Where the runs of each row begin.
    rows: Vec<usize>,
}

impl Regions {
    /// Of filled cells.
    pub(super) fn of_filled(cells: &Cells) -> Self {
        Self::find(cells, true)
    }

    /// Of gaps; the one outside is region 0, since it holds the first cell.
    pub(super) fn of_gaps(cells: &Cells) -> Self {
        Self::find(cells, false)
    }

    fn find(cells: &Cells, filled: bool) -> Self {
        let (mut runs, mut rows, mut known) = (Vec::<Run>::new(), Vec::with_capacity(cells.high), Vec::<u32>::new());
        let mut below = 0..0;
        for y in 0..cells.high {
            rows.push(runs.len());
            let first = runs.len();
            let mut under = below.clone();
            for run in cells.runs(y, filled) {
                let this = runs.len();
                runs.push(run);
                known.push(number(this));
                // Runs below that end before this one begins touch none of the later ones either.
                while under.start < under.end && runs[under.start].to <= run.from {
                    under.start += 1;
                }
                let touching = under.clone().take_while(|n| runs[*n].from < run.to);
                for n in touching {
                    let (a, b) = (root(&mut known, number(n)), root(&mut known, number(this)));
                    known[a.max(b) as usize] = a.min(b);
                }
            }
            below = first..runs.len();
        }
        let of = (0..known.len()).map(|at| root(&mut known, number(at))).collect();
        Self { runs, of, rows }
    }

    /// The region of a cell.
    pub(super) fn at(&self, x: usize, y: usize) -> u32 {
        let (from, to) = (self.rows[y], self.rows.get(y + 1).copied().unwrap_or(self.runs.len()));
        let run = from + self.runs[from..to].partition_point(|run| run.to <= x);
        self.of.get(run).copied().unwrap_or_default()
    }

    /// Runs of regions of fewer cells than that, the region of the first cell left out.
    pub(super) fn small(&self, cells: usize) -> impl Iterator<Item = Run> {
        let mut sizes = vec![0; self.runs.len()];
        for (run, region) in self.runs.iter().zip(&self.of) {
            sizes[*region as usize] += run.to - run.from;
        }
        let each = self.runs.iter().zip(&self.of);
        each.filter(move |(_, region)| **region != 0 && sizes[**region as usize] < cells).map(|(run, _)| *run)
    }
}

/// The least number of the region that a number belongs to; ways to it are halved as they are gone.
fn root(known: &mut [u32], of: u32) -> u32 {
    let mut at = of;
    while known[at as usize] != at {
        let next = known[known[at as usize] as usize];
        known[at as usize] = next;
        at = next;
    }
    at
}
