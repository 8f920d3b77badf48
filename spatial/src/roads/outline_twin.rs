//! The slow, obvious way to an isochrone and its area: one search that is told every state, spans in a list that is sorted,
//! lines as lines, cells as truths, gaps found by walking from cell to cell.

use std::ops::ControlFlow;

use geo::{Area, Coord, LineString, MultiPolygon, Polygon};

use super::isochrone::{own, spread};
use super::outline::{Grid, LEAST_HOLE, closed, index};
use super::search::Metric;
use super::spot::most;
use super::*;

/// What `Workspace::isochrone` answers.
pub(super) fn isochrone(roads: Roads<'_>, place: Place, sense: Sense, within_s: f64) -> Vec<Span> {
    let (limit, mut workspace) = (most(within_s, 1_000.0), Workspace::new());
    workspace.begin(roads.net);
    workspace.seed_place(roads, place, sense, Metric::Time);
    workspace.run(roads, sense, Metric::Time, limit, &mut |_, _| ControlFlow::Continue(()));
    let hops = if sense == Sense::Away { &roads.net.forward } else { &roads.net.backward };
    let mut found: Vec<(u32, Span)> = Vec::new();
    for state in &workspace.settled {
        let cost = workspace.label(*state).unwrap().cost;
        for hop in hops.at(*state) {
            let junction = if sense == Sense::Toward { roads.net.takes(hop.arc).unwrap().junction } else { 0 };
            let mut spans = Vec::new();
            spread(roads, hop.arc, sense, cost + junction, limit, &mut spans);
            found.extend(spans.into_iter().map(|span| (hop.arc, span)));
        }
    }
    found.extend(own(roads, place, sense, limit));
    // Of what is reached of one arc from one place, what is reached first.
    found.sort_unstable_by_key(|(arc, span)| (*arc, span.near, span.near_ms));
    found.dedup_by_key(|(arc, span)| (*arc, span.near));
    found.into_iter().map(|(_, span)| span).filter(|span| span.near != span.far).collect()
}

/// Whether two areas have the same corners, to a ten-thousandth of a millimetre: sums in another order differ by less.
pub(super) fn same(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> bool {
    use geo::CoordsIter;
    let shape = |area: &MultiPolygon<f64>| -> Vec<Vec<usize>> {
        let rings = |polygon: &Polygon<f64>| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| ring.0.len()).collect()
        };
        area.iter().map(rings).collect()
    };
    let near = |(a, b): (Coord<f64>, Coord<f64>)| (a.x - b.x).abs().max((a.y - b.y).abs()) < 1e-12;
    shape(a) == shape(b) && a.coords_iter().zip(b.coords_iter()).all(near)
}

/// What `Isochrone::area` answers.
pub(super) fn area(graph: &RoadGraph, isochrone: &Isochrone, beside_m: f64) -> MultiPolygon<f64> {
    let lines: Vec<LineString<f64>> = isochrone.drawn(graph).iter().map(|span| isochrone.line(graph, span)).collect();
    let all = || lines.iter().flat_map(|line| &line.0).map(|at| [at.x * 1e7, at.y * 1e7]);
    let least = |axis: usize| all().map(|at| at[axis]).fold(f64::INFINITY, f64::min);
    let greatest = |axis: usize| all().map(|at| at[axis]).fold(f64::NEG_INFINITY, f64::max);
    if lines.is_empty() {
        return MultiPolygon::new(Vec::new());
    }
    let grid = Grid::within([least(0), least(1)], [greatest(0), greatest(1)], beside_m);
    let mut cells = Cells { wide: grid.wide, filled: vec![false; grid.wide * grid.high] };
    for line in &lines {
        for pair in line.0.windows(2) {
            let at = |c: Coord<f64>| grid.at([c.x * 1e7, c.y * 1e7]);
            let (a, b) = (at(pair[0]), at(pair[1]));
            let steps = ((b[0] - a[0]).abs().max((b[1] - a[1]).abs()) * 2.0).ceil().max(1.0);
            let mut step = 0.0;
            while step <= steps {
                let along = |axis: usize| index(a[axis] + step / steps * (b[axis] - a[axis]));
                cells.filled[along(1) * cells.wide + along(0)] = true;
                step += 1.0;
            }
        }
    }
    let painted = cells.filled.clone();
    for at in (0..painted.len()).filter(|at| painted[*at]) {
        for (x, y) in (0..3).flat_map(|x| (0..3).map(move |y| (x, y))) {
            cells.filled[at + y * cells.wide + x - cells.wide - 1] = true;
        }
    }
    let gaps = cells.regions(false);
    for (cell, region) in cells.filled.iter_mut().zip(&gaps) {
        // The first gap is outside.
        *cell |= *region > 1 && gaps.iter().filter(|of| *of == region).count() < LEAST_HOLE;
    }
    rings(&cells, &cells.regions(true), &grid)
}

struct Cells {
    wide: usize,
    filled: Vec<bool>,
}

impl Cells {
    /// The cells on the south, east, north and west. Beyond the end of a row lies the next row's beginning; both are empty and
    /// outside.
    fn across(&self, at: usize, side: usize) -> Option<usize> {
        let within = |at: usize| (at < self.filled.len()).then_some(at);
        [at.checked_sub(self.wide), within(at + 1), within(at + self.wide), at.checked_sub(1)][side % 4]
    }

    /// Numbers regions from 1 in the order of their first cells: cells that share sides. 0 stands for the others.
    fn regions(&self, filled: bool) -> Vec<u32> {
        let (mut region, mut last) = (vec![0_u32; self.filled.len()], 0);
        for start in (0..self.filled.len()).filter(|at| self.filled[*at] == filled) {
            if region[start] != 0 {
                continue;
            }
            last += 1;
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                if region[at] == 0 && self.filled[at] == filled {
                    region[at] = last;
                    open.extend((0..4).filter_map(|side| self.across(at, side)));
                }
            }
        }
        region
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

fn rings(cells: &Cells, regions: &[u32], grid: &Grid) -> MultiPolygon<f64> {
    let mut followed = vec![[false; 4]; cells.filled.len()];
    let (mut polygons, mut holes) = (Vec::<(u32, Polygon<f64>)>::new(), Vec::new());
    for start in (0..cells.filled.len()).filter(|at| cells.filled[*at]) {
        for side in 0..4 {
            if followed[start][side] || cells.across(start, side).is_some_and(|near| cells.filled[near]) {
                continue;
            }
            let (mut ring, mut at, mut along) = (Vec::new(), start, side);
            while !followed[at][along] {
                followed[at][along] = true;
                ring.push(cells.middle(at, along));
                (at, along) = cells.next(at, along);
            }
            let line = closed(&ring, grid);
            if Polygon::new(line.clone(), Vec::new()).signed_area() < 0.0 {
                holes.push((regions[start], line));
            } else {
                polygons.push((regions[start], Polygon::new(line, Vec::new())));
            }
        }
    }
    for (region, hole) in holes {
        polygons.iter_mut().find(|(of, _)| *of == region).unwrap().1.interiors_push(hole);
    }
    MultiPolygon::new(polygons.into_iter().map(|(_, polygon)| polygon).collect())
}
