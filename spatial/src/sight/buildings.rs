//! Buildings as what stands in the way: footprints on a plane, each with one height.

use super::defaults::{BUILDING_M, STOREY_M, building_m};
use super::plane::{Flat, Plane, cross, gap, minus};
use crate::feature::Fid;
use crate::mercator::WorldBox;
use crate::still::{StillLayer, ValueRef};

/// Where a building's height comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeightFrom {
    /// The source says it.
    Given,
    /// Its storeys, 3 m each.
    Levels,
    /// What is usual for its kind.
    Kind,
    /// Nothing is known: three storeys.
    Nothing,
}

/// Buildings of a still layer, read row by row.
#[derive(Debug, Clone, Copy)]
pub struct Buildings<'a> {
    layer: &'a StillLayer,
    height: Option<usize>,
    levels: Option<usize>,
    kind: Option<usize>,
    name: Option<usize>,
}

impl<'a> Buildings<'a> {
    /// Reads the rows of that layer; a field that it does not have is missing in each.
    pub fn new(layer: &'a StillLayer) -> Self {
        let column = |name| layer.columns().column(name);
        Self { layer, height: column("height_m"), levels: column("levels"), kind: column("kind"), name: column("name") }
    }

    /// The layer.
    pub fn layer(&self) -> &'a StillLayer {
        self.layer
    }

    /// Height above ground, metres: the source's, else 3 m a storey, else what is usual for the kind, else 9 m. A height
    /// that is not finite or not more than 0 counts as missing.
    pub fn height_m(&self, row: usize) -> (f64, HeightFrom) {
        let value = |column: Option<usize>| self.layer.columns().value(row, column?);
        let number = |column| match value(column)? {
            ValueRef::Float(v) => Some(v).filter(|v| v.is_finite() && *v > 0.0),
            #[expect(clippy::cast_precision_loss, reason = "no height and no count of storeys comes near 2^53")]
            ValueRef::Int(v) => Some(v as f64).filter(|v| *v > 0.0),
            ValueRef::Text(_) | ValueRef::Bool(_) => None,
        };
        if let Some(given) = number(self.height) {
            return (given, HeightFrom::Given);
        }
        if let Some(levels) = number(self.levels) {
            return (levels * STOREY_M, HeightFrom::Levels);
        }
        match value(self.kind) {
            Some(ValueRef::Text(kind)) => {
                building_m(kind).map_or((BUILDING_M, HeightFrom::Nothing), |m| (m, HeightFrom::Kind))
            }
            _ => (BUILDING_M, HeightFrom::Nothing),
        }
    }

    /// The building's name, if it has one.
    pub fn name(&self, row: usize) -> Option<&'a str> {
        match self.layer.columns().value(row, self.name?)? {
            ValueRef::Text(name) => Some(name),
            ValueRef::Int(_) | ValueRef::Float(_) | ValueRef::Bool(_) => None,
        }
    }

    /// Footprints whose box meets one of the boxes, on a plane, each once.
    pub(super) fn near(&self, plane: &Plane, boxes: &[WorldBox]) -> Vec<Footprint> {
        let mut rows: Vec<usize> = boxes.iter().flat_map(|b| self.layer.rows_in(*b)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| self.footprint(plane, row)).collect()
    }

    /// Footprints whose box meets the box around some places of a plane.
    pub(super) fn around(&self, plane: &Plane, min: Flat, max: Flat) -> Vec<Footprint> {
        self.near(plane, &plane.boxes(min, max))
    }

    fn footprint(&self, plane: &Plane, row: usize) -> Option<Footprint> {
        let rings = self.layer.shapes()?.rings(row);
        let (height_m, from) = self.height_m(row);
        let flat = |ring: &crate::still::Ring| -> Vec<Flat> { ring.vertices.iter().map(|w| plane.flat(*w)).collect() };
        let rings: Vec<Vec<Flat>> = rings.iter().map(flat).collect();
        let all = || rings.iter().flatten().copied();
        let min = all().reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))?;
        let max = all().reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
        Some(Footprint { row, fid: self.layer.fid(row)?, height_m, from, rings, min, max })
    }
}

/// A building on a plane. Its rings follow the even-odd rule: holes are open, both lobes of a ring that crosses itself
/// are building.
#[derive(Debug, Clone)]
pub(super) struct Footprint {
    pub(super) row: usize,
    pub(super) fid: Fid,
    pub(super) height_m: f64,
    pub(super) from: HeightFrom,
    /// Rings, each closed: its first vertex is repeated as its last.
    pub(super) rings: Vec<Vec<Flat>>,
    /// South-west corner of its box.
    pub(super) min: Flat,
    /// North-east corner of its box.
    pub(super) max: Flat,
}

impl Footprint {
    /// All edges, ring by ring.
    pub(super) fn edges(&self) -> impl Iterator<Item = (Flat, Flat)> {
        self.rings.iter().flat_map(|ring| ring.windows(2)).filter_map(|edge| match edge {
            [a, b] => Some((*a, *b)),
            _ => None,
        })
    }

    /// Distance from a place to the nearest wall, units.
    pub(super) fn wall(&self, from: Flat) -> f64 {
        self.edges().map(|edge| gap(from, edge)).fold(f64::INFINITY, f64::min)
    }

    /// Where its edges cross each other.
    pub(super) fn crossings(&self) -> Vec<Flat> {
        let edges: Vec<(Flat, Flat)> = self.edges().collect();
        let mut all = Vec::new();
        for (n, (a, b)) in edges.iter().enumerate() {
            for (c, d) in edges.iter().skip(n + 1) {
                let (ab, cd, ac) = (minus(*b, *a), minus(*d, *c), minus(*c, *a));
                let across = cross(ab, cd);
                let (on_ab, on_cd) = (cross(ac, cd) / across, cross(ac, ab) / across);
                if on_ab > 0.0 && on_ab < 1.0 && on_cd > 0.0 && on_cd < 1.0 {
                    all.push((a.0 + ab.0 * on_ab, a.1 + ab.1 * on_ab));
                }
            }
        }
        all
    }

    /// Whether it holds a place, by the even-odd rule; a place on a wall may count either way.
    pub(super) fn holds(&self, (x, y): Flat) -> bool {
        let east = |(a, b): &(Flat, Flat)| {
            // Whether a ray to the east crosses the edge, multiplied out so that it stays exact.
            (a.1 > y) != (b.1 > y) && {
                let (left, right) = ((x - a.0) * (b.1 - a.1), (y - a.1) * (b.0 - a.0));
                if b.1 > a.1 { left < right } else { left > right }
            }
        };
        self.edges().filter(east).count() % 2 == 1
    }
}
