//! The area around roads: painted on cells, widened by a cell, its edge followed.
//!
//! A row of cells is a row of bits, so that widening, looking for gaps and finding the edge take sixty-four cells at a step.

use geo::{Area, Coord, LineString, MultiPolygon, Polygon};

use super::graph::RoadGraph;
use super::isochrone::Span;
use super::outline_cells::{Cells, Regions};
use super::spot::{Frame, Spot};

/// Most cells along a side.
const MOST: usize = 400;
/// A hole of fewer cells is filled.
pub(super) const LEAST_HOLE: usize = 12;

/// The area around spans of edges, WGS84 degrees, `beside_m` metres to each side (see `Isochrone::area`).
pub(crate) fn outline(graph: &RoadGraph, spans: &[Span], beside_m: f64) -> MultiPolygon<f64> {
    let pieces: Vec<Piece<'_>> = spans.iter().map(|span| Piece::of(graph, span)).collect();
    let Some(grid) = Grid::over(&pieces, beside_m.clamp(1.0, 10_000.0)) else { return MultiPolygon::new(Vec::new()) };
    let mut cells = Cells::new(grid.wide, grid.high);
    for piece in &pieces {
        grid.paint(piece, &mut cells);
    }
    cells.widen();
    let gaps = Regions::of_gaps(&cells);
    for run in gaps.small(LEAST_HOLE) {
        cells.fill(run);
    }
    rings(&cells, &Regions::of_filled(&cells), &grid)
}

/// What is painted: the vertices of a whole edge as the graph has them, or a part as a line.
enum Piece<'a> {
    Whole(&'a [Spot]),
    Part(LineString<f64>),
}

impl<'a> Piece<'a> {
    fn of(graph: &'a RoadGraph, span: &Span) -> Self {
        let edge = &graph.edges[span.edge as usize];
        if span.near.abs_diff(span.far) >= edge.length {
            Self::Whole(graph.vertices(edge))
        } else {
            Self::Part(graph.part(span.edge, span.near, span.far))
        }
    }
}

/// How cells lie: WGS84 in units of 1e-7 degree, as the graph keeps vertices.
pub(super) struct Grid {
    /// The corner of cell (0, 0).
    low: [f64; 2],
    /// Cells in a unit.
    scale: [f64; 2],
    pub(super) wide: usize,
    pub(super) high: usize,
}

impl Grid {
    fn over(pieces: &[Piece<'_>], beside_m: f64) -> Option<Self> {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for piece in pieces {
            match piece {
                Piece::Whole(spots) => {
                    let first = Spot { lon: i32::MAX, lat: i32::MAX };
                    let (mut min, mut max) = (first, Spot { lon: i32::MIN, lat: i32::MIN });
                    for spot in *spots {
                        (min.lon, min.lat) = (min.lon.min(spot.lon), min.lat.min(spot.lat));
                        (max.lon, max.lat) = (max.lon.max(spot.lon), max.lat.max(spot.lat));
                    }
                    low = [low[0].min(f64::from(min.lon)), low[1].min(f64::from(min.lat))];
                    high = [high[0].max(f64::from(max.lon)), high[1].max(f64::from(max.lat))];
                }
                Piece::Part(line) => {
                    for at in line.0.iter().map(|at| [at.x * 1e7, at.y * 1e7]) {
                        low = [low[0].min(at[0]), low[1].min(at[1])];
                        high = [high[0].max(at[0]), high[1].max(at[1])];
                    }
                }
            }
        }
        (low[0] <= high[0]).then(|| Self::within(low, high, beside_m))
    }

    /// Cells over a box, with three empty ones and a half around it.
    pub(super) fn within(low: [f64; 2], high: [f64; 2], beside_m: f64) -> Self {
        let frame = Frame::at(Coord { x: (low[0] + high[0]) / 2e7, y: (low[1] + high[1]) / 2e7 });
        let at = |[x, y]: [f64; 2]| frame.xy(Coord { x: x / 1e7, y: y / 1e7 });
        let (a, b) = (at(low), at(high));
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        let cell_m = beside_m.max((b[0] - a[0]).max(b[1] - a[1]) / (MOST - 7) as f64);
        let unit = frame.degrees([cell_m, cell_m]);
        let zero = frame.degrees([0.0, 0.0]);
        let scale = [1e-7 / (unit.x - zero.x), 1e-7 / (unit.y - zero.y)];
        let cells = |axis: usize| index((high[axis] - low[axis]) * scale[axis]) + 8;
        let low = [low[0] - 3.5 / scale[0], low[1] - 3.5 / scale[1]];
        Self { low, scale, wide: cells(0), high: cells(1) }
    }

    fn paint(&self, piece: &Piece<'_>, cells: &mut Cells) {
        match piece {
            Piece::Whole(spots) => {
                line(spots.iter().map(|spot| self.at([f64::from(spot.lon), f64::from(spot.lat)])), cells);
            }
            Piece::Part(part) => line(part.0.iter().map(|at| self.at([at.x * 1e7, at.y * 1e7])), cells),
        }
    }

    /// In cells.
    pub(super) fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.low[0]) * self.scale[0], (y - self.low[1]) * self.scale[1]]
    }

    /// Degrees of a point in halves of a cell.
    pub(super) fn degrees(&self, [x, y]: [usize; 2]) -> Coord<f64> {
        #[expect(clippy::cast_precision_loss, reason = "at most 1,200")]
        let unit = |axis: usize, n: usize| (self.low[axis] + n as f64 / 2.0 / self.scale[axis]) / 1e7;
        Coord { x: unit(0, x), y: unit(1, y) }
    }
}

/// Paints points half a cell apart at most.
fn line(mut points: impl Iterator<Item = [f64; 2]>, cells: &mut Cells) {
    let Some(mut a) = points.next() else { return };
    cells.set(index(a[0]), index(a[1]));
    for b in points {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let far = dx.abs().max(dy.abs()) * 2.0;
        // Most vertices lie nearer than that.
        if far > 1.0 {
            let steps = far.ceil();
            let mut step = 1.0;
            while step < steps {
                let t = step / steps;
                cells.set(index(a[0] + t * dx), index(a[1] + t * dy));
                step += 1.0;
            }
        }
        cells.set(index(b[0]), index(b[1]));
        a = b;
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and small by the grid")]
pub(super) fn index(value: f64) -> usize {
    value.max(0.0) as usize
}

/// Follows the edges between filled cells and gaps, the filled cell to the left. Corners are the middles of cell sides,
/// so that rings never touch and steps become slopes. Where two filled cells touch at a corner only, the ring stays with
/// its own cell.
fn rings(cells: &Cells, regions: &Regions, grid: &Grid) -> MultiPolygon<f64> {
    let mut followed = vec![0_u8; grid.wide * grid.high];
    let mut polygons: Vec<(u32, Polygon<f64>)> = Vec::new();
    let mut holes: Vec<(u32, LineString<f64>)> = Vec::new();
    for (x, y) in cells.at_the_edge() {
        for side in 0..4 {
            if followed[y * grid.wide + x] & (1 << side) != 0 || cells.across((x, y), side) {
                continue;
            }
            let (mut ring, mut at, mut along) = (Vec::new(), (x, y), side);
            while followed[at.1 * grid.wide + at.0] & (1 << along) == 0 {
                followed[at.1 * grid.wide + at.0] |= 1 << along;
                ring.push(middle(at, along));
                (at, along) = cells.next(at, along);
            }
            let line = closed(&ring, grid);
            let region = regions.at(x, y);
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

/// The middle of a side, in halves of a cell.
fn middle((x, y): (usize, usize), side: usize) -> [usize; 2] {
    let (x, y) = (x * 2, y * 2);
    [[x + 1, y], [x + 2, y + 1], [x + 1, y + 2], [x, y + 1]][side % 4]
}

/// A ring without corners on straight lines.
pub(super) fn closed(ring: &[[usize; 2]], grid: &Grid) -> LineString<f64> {
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
