//! Lines and polygons of a layer: vertices in world units and a packed R-tree over their boxes.

use geo::Geometry;
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex};

use crate::mercator::{World, WorldBox};

/// One line or ring of a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// Vertices; the first of a ring is repeated as its last.
    pub vertices: Vec<World>,
    /// Whether this is a hole of the exterior ring before it.
    pub hole: bool,
}

/// The shapes of a layer, row by row.
#[derive(Debug)]
pub struct Shapes {
    rings: Vec<Vec<Ring>>,
    boxes: Vec<WorldBox>,
    tree: Option<RTree<u32>>,
}

impl Shapes {
    /// Projects the geometries (WGS84 degrees) and packs the tree.
    pub(crate) fn build<'a>(geometries: impl Iterator<Item = &'a Geometry<f64>>) -> Self {
        let rings: Vec<Vec<Ring>> = geometries.map(project).collect();
        let boxes: Vec<WorldBox> = rings.iter().map(|shape| box_of(shape)).collect();
        let count = u32::try_from(boxes.len()).unwrap_or(u32::MAX);
        let tree = (count > 0).then(|| {
            let mut builder = RTreeBuilder::<u32>::new(count);
            for b in &boxes {
                builder.add(b.min.x, b.min.y, b.max.x, b.max.y);
            }
            builder.finish::<HilbertSort>()
        });
        Self { rings, boxes, tree }
    }

    /// The lines or rings of a row.
    pub fn rings(&self, row: usize) -> &[Ring] {
        self.rings.get(row).map_or(&[], Vec::as_slice)
    }

    /// The box of a row.
    pub fn bounds(&self, row: usize) -> Option<WorldBox> {
        self.boxes.get(row).copied()
    }

    /// Rows whose box meets the given box, in row order.
    pub fn meeting(&self, b: WorldBox) -> Vec<usize> {
        let Some(tree) = &self.tree else { return Vec::new() };
        let mut rows: Vec<usize> =
            tree.search(b.min.x, b.min.y, b.max.x, b.max.y).into_iter().map(|row| row as usize).collect();
        rows.sort_unstable();
        rows
    }

    /// Whether the row's polygon holds the place (even-odd rule; a place on the edge may count either way).
    pub fn holds(&self, row: usize, place: World) -> bool {
        let crossings = self.rings(row).iter().map(|ring| crossings(&ring.vertices, place)).sum::<usize>();
        crossings % 2 == 1
    }
}

/// How many edges a ray to the east crosses.
fn crossings(ring: &[World], place: World) -> usize {
    let (px, py) = (i128::from(place.x), i128::from(place.y));
    ring.windows(2)
        .filter(|edge| {
            let [a, b] = edge else { return false };
            let (ax, ay, bx, by) = (i128::from(a.x), i128::from(a.y), i128::from(b.x), i128::from(b.y));
            if (ay > py) == (by > py) {
                return false;
            }
            // px < ax + (py - ay) * (bx - ax) / (by - ay), multiplied out so that it stays exact.
            let left = (px - ax) * (by - ay);
            let right = (py - ay) * (bx - ax);
            if by > ay { left < right } else { left > right }
        })
        .count()
}

fn project(geometry: &Geometry<f64>) -> Vec<Ring> {
    let ring = |line: &geo::LineString<f64>, hole| Ring {
        vertices: line.0.iter().map(|c| World::of_degrees(c.x, c.y)).collect(),
        hole,
    };
    let polygon = |p: &geo::Polygon<f64>| -> Vec<Ring> {
        std::iter::once(ring(p.exterior(), false)).chain(p.interiors().iter().map(|i| ring(i, true))).collect()
    };
    match geometry {
        Geometry::LineString(line) => vec![ring(line, false)],
        Geometry::MultiLineString(lines) => lines.0.iter().map(|line| ring(line, false)).collect(),
        Geometry::Polygon(p) => polygon(p),
        Geometry::MultiPolygon(ps) => ps.0.iter().flat_map(polygon).collect(),
        Geometry::Point(p) => vec![Ring { vertices: vec![World::of_degrees(p.x(), p.y())], hole: false }],
        Geometry::Line(_) | Geometry::MultiPoint(_) | Geometry::GeometryCollection(_) => Vec::new(),
        Geometry::Rect(_) | Geometry::Triangle(_) => Vec::new(),
    }
}

fn box_of(shape: &[Ring]) -> WorldBox {
    let mut all = shape.iter().flat_map(|ring| ring.vertices.iter());
    let first = all.next().copied().unwrap_or(World { x: 0, y: 0 });
    all.fold(WorldBox { min: first, max: first }, |b, v| WorldBox {
        min: World { x: b.min.x.min(v.x), y: b.min.y.min(v.y) },
        max: World { x: b.max.x.max(v.x), y: b.max.y.max(v.y) },
    })
}
