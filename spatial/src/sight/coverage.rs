//! How much of an area cameras watch, and where they do not.

use geo::{BoundingRect, Contains, Coord, MapCoords, MultiPolygon, Rect, unary_union};

use super::aim::{Aim, aim};
use super::buildings::Buildings;
use super::cull::unhidden;
use super::defaults::MAX_RADIUS_M;
use super::line::Line;
use super::plane::{Flat, Plane, bearing_deg};
use super::pose::{Cameras, Pose};
use super::viewshed::Turned;
use crate::mercator::World;
use crate::position::Position;
use crate::zone::in_the_world;

/// Most cells of a grid: 2.5 km × 2.5 km at 5 m.
const MOST_CELLS: f64 = 250_000.0;

/// What is asked: squares of `cell_m` metres, each judged by its middle. A blind spot narrower than a cell can be missed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// Side of a cell, metres, at least 1; 5 m is fine for streets.
    pub cell_m: f64,
    /// Height above ground that must be seen, metres.
    pub target_height_m: f64,
    /// Whether a camera that turns counts with what it sees now or with all that it can turn to.
    pub turned: Turned,
    /// Whether cameras that are known not to answer are left out, as they should be unless somebody asks what they would
    /// see once mended.
    pub online_only: bool,
}

/// Why an area has no coverage.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CoverageError {
    /// The side of a cell is not a number of at least 1.
    #[error("cell_m must be at least 1 metre, got {0}")]
    Cell(f64),
    /// The area has too many cells.
    #[error("the area has {cells:.0} cells of {cell_m} m, at most 250000: take larger cells or a smaller area")]
    TooLarge {
        /// How many its box has.
        cells: f64,
        /// As asked.
        cell_m: f64,
    },
    /// No cell's middle lies in the area.
    #[error("the area holds no cell")]
    Empty,
}

/// How much of an area is watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Cells of the area that lie under no roof.
    pub cells: usize,
    /// Of these, cells that at least one camera sees.
    pub watched: usize,
    /// Cells that lie in a building higher than the target: neither watched nor blind.
    pub under_roofs: usize,
    /// `watched / cells`; 0 when all is under roofs.
    pub share: f64,
    /// Cameras with a part of the area in their range that were counted, those that may not answer among them.
    pub cameras: usize,
    /// Of those in range, cameras that are known not to answer: left out, or counted as if they did (`online_only`).
    pub offline: usize,
    /// Of those in range, cameras whose pose is not known and that were left out.
    pub unknown: usize,
    /// Cells that at least one camera sees, joined: WGS84 degrees, cut at the antimeridian.
    pub seen: MultiPolygon<f64>,
    /// Cells that no camera sees, likewise.
    pub blind: MultiPolygon<f64>,
}

/// Judges each cell of an area (WGS84 degrees, not across the antimeridian) by the cameras that `accept` takes (by row)
/// and that stand in its box or within [`MAX_RADIUS_M`] of it.
pub fn coverage(
    cameras: &Cameras<'_>,
    buildings: &Buildings<'_>,
    area: &MultiPolygon<f64>,
    ask: &Watched,
    accept: impl Fn(usize) -> bool,
) -> Result<Coverage, CoverageError> {
    if !(ask.cell_m >= 1.0 && ask.cell_m.is_finite()) {
        return Err(CoverageError::Cell(ask.cell_m));
    }
    let mut grid = Grid::over(area, ask.cell_m)?;
    grid.roof(buildings, ask.target_height_m);
    let (mut counted, mut offline, mut unknown) = (0, 0, 0);
    for row in grid.cameras(cameras).into_iter().filter(|row| accept(*row)) {
        let raw = cameras.raw(row);
        // What does not reach the area says nothing of it.
        let Some(near) = raw.at.map(|at| grid.near(at, raw.reach_m())).filter(|near| !near.is_empty()) else {
            continue;
        };
        let silent = raw.online == Some(false);
        offline += usize::from(silent);
        match Pose::of(&raw) {
            _ if silent && ask.online_only => {}
            Err(_) => unknown += 1,
            Ok(pose) => {
                counted += 1;
                grid.watch(&pose, near, buildings, ask);
            }
        }
    }
    let count = |cell: Cell| grid.cells.iter().filter(|c| **c == cell).count();
    let (watched, under_roofs) = (count(Cell::Watched), count(Cell::Roof));
    let cells = count(Cell::Blind) + watched;
    #[expect(clippy::cast_precision_loss, reason = "at most 250,000")]
    let share = if cells == 0 { 0.0 } else { watched as f64 / cells as f64 };
    let (seen, blind) = (grid.joined(Cell::Watched), grid.joined(Cell::Blind));
    Ok(Coverage { cells, watched, under_roofs, share, cameras: counted, offline, unknown, seen, blind })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Not in the area.
    Out,
    /// In a building.
    Roof,
    /// Seen by nobody so far.
    Blind,
    /// Seen.
    Watched,
}

/// Squares over an area, row by row from the south-west; the plane's origin is the middle of its box.
struct Grid {
    plane: Plane,
    /// Side of a cell, units.
    side: f64,
    west: f64,
    south: f64,
    columns: usize,
    cells: Vec<Cell>,
}

impl Grid {
    fn over(area: &MultiPolygon<f64>, cell_m: f64) -> Result<Self, CoverageError> {
        let extent = area.bounding_rect().ok_or(CoverageError::Empty)?;
        let middle = extent.center();
        let plane = Plane::at(Position::new(middle.x, middle.y).map_err(|_no_place| CoverageError::Empty)?);
        let corner = |c: Coord<f64>| plane.flat(World::of_degrees(c.x, c.y));
        let ((west, south), (east, north)) = (corner(extent.min()), corner(extent.max()));
        let side = cell_m / plane.unit_m;
        let (columns, rows) = (((east - west) / side).ceil().max(1.0), ((north - south) / side).ceil().max(1.0));
        if columns * rows > MOST_CELLS {
            return Err(CoverageError::TooLarge { cells: columns * rows, cell_m });
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 250,000")]
        let (columns, rows) = (columns as usize, rows as usize);
        let mut grid = Self { plane, side, west, south, columns, cells: vec![Cell::Out; columns * rows] };
        for at in 0..grid.cells.len() {
            let (x, y) = plane.degrees(grid.middle(at));
            if area.contains(&Coord { x, y }) {
                grid.set(at, Cell::Blind);
            }
        }
        if grid.cells.contains(&Cell::Blind) { Ok(grid) } else { Err(CoverageError::Empty) }
    }

    fn set(&mut self, at: usize, cell: Cell) {
        if let Some(known) = self.cells.get_mut(at) {
            *known = cell;
        }
    }

    /// The middle of a cell, whole units.
    #[expect(clippy::cast_precision_loss, reason = "at most 250,000")]
    fn middle(&self, at: usize) -> Flat {
        let (row, column) = ((at / self.columns) as f64, (at % self.columns) as f64);
        ((self.west + (column + 0.5) * self.side).round(), (self.south + (row + 0.5) * self.side).round())
    }

    /// Cells whose middle may lie in a box.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, at most 250,000")]
    fn within(&self, min: Flat, max: Flat) -> Vec<usize> {
        let rows = self.cells.len() / self.columns;
        let span = |from: f64, to: f64, of: usize| {
            let low = (from / self.side - 1.0).floor().clamp(0.0, MOST_CELLS) as usize;
            let high = (to / self.side + 1.0).ceil().clamp(0.0, MOST_CELLS) as usize;
            low..high.min(of)
        };
        let across = span(min.0 - self.west, max.0 - self.west, self.columns);
        span(min.1 - self.south, max.1 - self.south, rows)
            .flat_map(|row| across.clone().map(move |column| row * self.columns + column))
            .collect()
    }

    fn extent(&self) -> (Flat, Flat) {
        let last = self.middle(self.cells.len().saturating_sub(1));
        ((self.west, self.south), (last.0 + self.side, last.1 + self.side))
    }

    /// Marks the cells that lie in buildings higher than the target.
    fn roof(&mut self, buildings: &Buildings<'_>, target_height_m: f64) {
        let (min, max) = self.extent();
        for footprint in buildings.around(&self.plane, min, max) {
            if footprint.height_m <= target_height_m {
                continue;
            }
            for at in self.within(footprint.min, footprint.max) {
                if self.cells.get(at) == Some(&Cell::Blind) && footprint.holds(self.middle(at)) {
                    self.set(at, Cell::Roof);
                }
            }
        }
    }

    fn cameras(&self, cameras: &Cameras<'_>) -> Vec<usize> {
        let ((west, south), (east, north)) = self.extent();
        let more = MAX_RADIUS_M / self.plane.unit_m;
        let boxes = self.plane.boxes((west - more, south - more), (east + more, north + more));
        let mut rows: Vec<usize> = boxes.into_iter().flat_map(|b| cameras.layer().rows_in(b)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Cells of the area whose middle lies within so many metres of a place, each with the way to it on the place's plane.
    fn near(&self, at: Position, range_m: f64) -> Vec<(usize, Flat)> {
        let (x, y) = self.plane.flat(World::of(at));
        let (plane, reach) = (Plane::at(at), self.reach(at, range_m));
        let mut near = self.within((x - reach, y - reach), (x + reach, y + reach));
        near.retain(|cell| self.cells.get(*cell).is_some_and(|cell| *cell != Cell::Out));
        let to = |cell: usize| {
            let middle = self.middle(cell);
            (cell, (middle.0 - x, middle.1 - y))
        };
        let in_range = |(_, to): &(usize, Flat)| plane.position(*to).is_some_and(|p| p.distance_m(&at) <= range_m);
        near.into_iter().map(to).filter(in_range).collect()
    }

    /// So many metres around a place in units of the plane, and a little more: the scale of the map changes by less than a
    /// hundredth over 20 km up to 80° of latitude.
    fn reach(&self, at: Position, range_m: f64) -> f64 {
        range_m / Plane::at(at).unit_m.min(self.plane.unit_m) * 1.05
    }

    /// Marks what one camera sees of the cells in its range.
    fn watch(&mut self, pose: &Pose, mut near: Vec<(usize, Flat)>, buildings: &Buildings<'_>, ask: &Watched) {
        near.retain(|(cell, _)| self.cells.get(*cell) == Some(&Cell::Blind));
        if near.is_empty() {
            return;
        }
        let (plane, reach) = (Plane::at(pose.at()), self.reach(pose.at(), pose.range_m()));
        let around = buildings.around(&plane, (-reach, -reach), (reach, reach));
        let footprints = unhidden(around, pose.height_m(), ask.target_height_m);
        for (at, to) in near {
            let in_view = match aim(pose, Some(bearing_deg(to))) {
                Aim::Now => true,
                Aim::Turn(_) => ask.turned == Turned::All,
                Aim::Off(_) => false,
            };
            let line = Line::new((0.0, 0.0), to, (pose.height_m(), ask.target_height_m), plane.unit_m);
            if in_view && line.is_free(&footprints) {
                self.set(at, Cell::Watched);
            }
        }
    }

    /// Cells of one sort, joined: runs of a row as one piece, then all pieces.
    fn joined(&self, sort: Cell) -> MultiPolygon<f64> {
        let half = self.side / 2.0;
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < self.cells.len() {
            let row_end = (at / self.columns + 1) * self.columns;
            let end = (at..row_end).find(|n| self.cells.get(*n) != Some(&sort)).unwrap_or(row_end);
            if end > at {
                let (first, last) = (self.edge(at), self.edge(end - 1));
                let (min, max) = ((first.0 - half, first.1 - half), (last.0 + half, last.1 + half));
                pieces.push(Rect::new(Coord::from(min), Coord::from(max)).to_polygon());
            }
            at = end.max(at + 1);
        }
        in_the_world(&unary_union(&pieces).map_coords(|c| Coord::from(self.plane.degrees((c.x, c.y)))))
    }

    /// The middle of a cell, not rounded, so that neighbours share their border.
    #[expect(clippy::cast_precision_loss, reason = "at most 250,000")]
    fn edge(&self, at: usize) -> Flat {
        let (row, column) = ((at / self.columns) as f64, (at % self.columns) as f64);
        (self.west + (column + 0.5) * self.side, self.south + (row + 0.5) * self.side)
    }
}
