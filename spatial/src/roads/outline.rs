//! The area around lines: painted on cells, widened by a cell, its edge followed.

use geo::{Area, Coord, LineString, MultiPolygon, Polygon};

use super::spot::{Frame, number};

/// Most cells along a side.
const MOST: usize = 400;
/// A hole of fewer cells is filled.
const LEAST_HOLE: usize = 12;

/// The area around lines of WGS84 degrees, `beside_m` metres to each side (see `Isochrone::area`).
pub(crate) fn outline(lines: impl Iterator<Item = LineString<f64>>, beside_m: f64) -> MultiPolygon<f64> {
    let lines: Vec<LineString<f64>> = lines.collect();
    let Some(grid) = Grid::over(&lines, beside_m.clamp(1.0, 10_000.0)) else { return MultiPolygon::new(Vec::new()) };
    let mut cells = Cells { wide: grid.wide, filled: vec![false; grid.wide * grid.high] };
    for line in &lines {
        for pair in line.0.windows(2) {
            grid.paint(pair[0], pair[1], &mut cells);
        }
    }
    cells.widen();
    cells.fill_holes();
    rings(&cells, &cells.regions(true), &grid)
}

struct Grid {
    frame: Frame,
    /// Metres of the corner of cell (0, 0).
    low: [f64; 2],
    cell_m: f64,
    wide: usize,
    high: usize,
}

impl Grid {
    fn over(lines: &[LineString<f64>], beside_m: f64) -> Option<Self> {
        let mut all = lines.iter().flat_map(|line| &line.0);
        let frame = Frame::at(*all.next()?);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for at in lines.iter().flat_map(|line| &line.0) {
            for (axis, value) in frame.xy(*at).into_iter().enumerate() {
                (low[axis], high[axis]) = (low[axis].min(value), high[axis].max(value));
            }
        }
        let extent = (high[0] - low[0]).max(high[1] - low[1]);
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        let cell_m = beside_m.max(extent / (MOST - 6) as f64);
        let low = low.map(|value| value - 3.0 * cell_m);
        let cells = |axis: usize| index((high[axis] - low[axis]) / cell_m) + 4;
        Some(Self { frame, low, cell_m, wide: cells(0), high: cells(1) })
    }

    fn paint(&self, a: Coord<f64>, b: Coord<f64>, cells: &mut Cells) {
        let at = |c: Coord<f64>| {
            let [x, y] = self.frame.xy(c);
            [(x - self.low[0]) / self.cell_m, (y - self.low[1]) / self.cell_m]
        };
        let (a, b) = (at(a), at(b));
        let steps = ((b[0] - a[0]).abs().max((b[1] - a[1]).abs()) * 2.0).ceil().max(1.0);
        let mut step = 0.0;
        while step <= steps {
            let t = step / steps;
            cells.set(index(a[0] + t * (b[0] - a[0])), index(a[1] + t * (b[1] - a[1])));
            step += 1.0;
        }
    }

    /// Degrees of a point in halves of a cell.
    fn degrees(&self, [x, y]: [usize; 2]) -> Coord<f64> {
        #[expect(clippy::cast_precision_loss, reason = "at most 1,200")]
        let metres = |low: f64, n: usize| low + n as f64 / 2.0 * self.cell_m;
        self.frame.degrees([metres(self.low[0], x), metres(self.low[1], y)])
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and small by the grid")]
fn index(value: f64) -> usize {
    value.max(0.0) as usize
}

struct Cells {
    wide: usize,
    filled: Vec<bool>,
}

impl Cells {
    fn set(&mut self, x: usize, y: usize) {
        if let Some(cell) = self.filled.get_mut(y * self.wide + x) {
            *cell = true;
        }
    }

    /// One cell more on all sides, corners too. The outermost cells stay empty, since the grid leaves three.
    fn widen(&mut self) {
        for step in [1, self.wide] {
            let before = self.filled.clone();
            for (at, cell) in self.filled.iter_mut().enumerate() {
                let beside = at.checked_sub(step).and_then(|n| before.get(n)).copied().unwrap_or(false);
                *cell |= beside || before.get(at + step).copied().unwrap_or(false);
            }
        }
    }

    /// The cells to the west, east, south and north. Beyond the end of a row lies the next row's beginning; both are
    /// empty and outside, so that nobody is misled.
    fn beside(&self, at: usize) -> [Option<usize>; 4] {
        let within = |at: usize| (at < self.filled.len()).then_some(at);
        [at.checked_sub(1), within(at + 1), at.checked_sub(self.wide), within(at + self.wide)]
    }

    /// Fills gaps that are small and lie inside.
    fn fill_holes(&mut self) {
        let regions = self.regions(false);
        let most = regions.iter().max().map_or(0, |most| *most as usize + 1);
        let mut sizes = vec![0_usize; most];
        for region in &regions {
            sizes[*region as usize] += 1;
        }
        for (cell, region) in self.filled.iter_mut().zip(&regions) {
            // Region 1 is the gap outside: it holds the first cell.
            *cell |= *region > 1 && sizes[*region as usize] < LEAST_HOLE;
        }
    }

    /// Numbers the regions of filled cells or of gaps from 1 in the order of their first cells: cells that share sides.
    /// 0 stands for the others. Two passes over the rows; regions that turn out to be one are joined in a table.
    fn regions(&self, filled: bool) -> Vec<u32> {
        let mut region = vec![0_u32; self.filled.len()];
        let mut known = vec![0_u32];
        for at in (0..self.filled.len()).filter(|at| self.filled[*at] == filled) {
            let before = |step: usize| at.checked_sub(step).map_or(0, |near| region[near]);
            region[at] = match (before(1), before(self.wide)) {
                (0, 0) => {
                    known.push(number(known.len()));
                    number(known.len() - 1)
                }
                (0, one) | (one, 0) => one,
                (west, south) => {
                    let (a, b) = (root(&mut known, west), root(&mut known, south));
                    known[a.max(b) as usize] = a.min(b);
                    a.min(b)
                }
            };
        }
        // A root is the least of its region, so roots come in the order of their first cells.
        let (mut last, mut fresh) = (0, vec![0_u32; known.len()]);
        for at in 1..known.len() {
            let first = root(&mut known, number(at)) as usize;
            last += u32::from(first == at);
            fresh[at] = if first == at { last } else { fresh[first] };
        }
        for cell in &mut region {
            *cell = fresh[*cell as usize];
        }
        region
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

/// Follows the edges between filled cells and gaps, the filled cell to the left. Corners are the middles of cell sides,
/// so that rings never touch and steps become slopes. Where two filled cells touch at a corner only, the ring stays with
/// its own cell.
fn rings(cells: &Cells, regions: &[u32], grid: &Grid) -> MultiPolygon<f64> {
    let mut followed = vec![0_u8; cells.filled.len()];
    let mut polygons: Vec<(u32, Polygon<f64>)> = Vec::new();
    let mut holes: Vec<(u32, LineString<f64>)> = Vec::new();
    for start in (0..cells.filled.len()).filter(|at| cells.filled[*at]) {
        for side in 0..4 {
            if followed[start] & (1 << side) != 0 || cells.is_filled(cells.across(start, side)) {
                continue;
            }
            let (mut ring, mut at, mut along) = (Vec::new(), start, side);
            while followed[at] & (1 << along) == 0 {
                followed[at] |= 1 << along;
                ring.push(cells.middle(at, along));
                (at, along) = cells.next(at, along);
            }
            let line = closed(&ring, grid);
            let region = regions[start];
            if Polygon::new(line.clone(), Vec::new()).signed_area() < 0.0 {
                holes.push((region, line));
            } else {
                polygons.push((region, Polygon::new(line, Vec::new())));
            }
        }
    }
    for (region, hole) in holes {
        if let Some((_, polygon)) = polygons.iter_mut().find(|(of, _)| *of == region) {
            polygon.interiors_push(hole);
        }
    }
    MultiPolygon::new(polygons.into_iter().map(|(_, polygon)| polygon).collect())
}

/// Sides of a cell, counter-clockwise, each in the direction in which it is followed: south (eastward), east, north, west.
impl Cells {
    fn across(&self, at: usize, side: usize) -> Option<usize> {
        let [west, east, south, north] = self.beside(at);
        [south, east, north, west][side % 4]
    }

    fn is_filled(&self, at: Option<usize>) -> bool {
        at.is_some_and(|at| self.filled[at])
    }

    /// The side that follows a side of an outline.
    fn next(&self, at: usize, side: usize) -> (usize, usize) {
        let Some(ahead) = self.across(at, side + 1).filter(|near| self.filled[*near]) else {
            return (at, (side + 1) % 4);
        };
        match self.across(ahead, side).filter(|near| self.filled[*near]) {
            Some(beyond) => (beyond, (side + 3) % 4),
            None => (ahead, side),
        }
    }

    /// The middle of a side, in halves of a cell.
    fn middle(&self, at: usize, side: usize) -> [usize; 2] {
        let (x, y) = (at % self.wide * 2, at / self.wide * 2);
        [[x + 1, y], [x + 2, y + 1], [x + 1, y + 2], [x, y + 1]][side % 4]
    }
}

/// A ring without corners on straight lines.
fn closed(ring: &[[usize; 2]], grid: &Grid) -> LineString<f64> {
    let step = |a: [usize; 2], b: [usize; 2]| [b[0].cmp(&a[0]), b[1].cmp(&a[1])];
    let many = ring.len();
    let corners = (0..many).filter(|at| {
        let (before, here, after) = (ring[(at + many - 1) % many], ring[*at], ring[(at + 1) % many]);
        step(before, here) != step(here, after)
    });
    let mut line: Vec<Coord<f64>> = corners.map(|at| grid.degrees(ring[at])).collect();
    line.extend(line.first().copied());
    LineString::new(line)
}
