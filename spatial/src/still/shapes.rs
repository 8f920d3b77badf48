//! Lines and polygons of a layer: vertices in world units and a packed R-tree over their boxes.

use std::sync::OnceLock;

use geo::Geometry;
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{Node, RTree, RTreeBuilder, RTreeIndex};

use crate::mercator::{World, WorldBox};
use crate::near::Search;

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
    /// Whether a row is a polygon: a closed line is none.
    filled: Vec<bool>,
    boxes: Vec<WorldBox>,
    /// Packed when it is first asked for.
    tree: OnceLock<Option<RTree<u32>>>,
}

impl Shapes {
    /// Shapes of drawn rows: their lines or rings, and whether each is a polygon.
    pub(super) fn of(drawn: Vec<(Vec<Ring>, bool)>) -> Self {
        let (rings, filled): (Vec<Vec<Ring>>, Vec<bool>) = drawn.into_iter().unzip();
        let boxes = rings.iter().map(|shape| box_of(shape)).collect();
        Self { rings, filled, boxes, tree: OnceLock::new() }
    }

    /// Packs the tree now, so that the first who asks need not wait for it.
    pub fn prepare(&self) {
        self.tree();
    }

    fn tree(&self) -> Option<&RTree<u32>> {
        let pack = || {
            let count = u32::try_from(self.boxes.len()).unwrap_or(u32::MAX);
            (count > 0).then(|| {
                let mut builder = RTreeBuilder::<u32>::new(count);
                for b in &self.boxes {
                    let h = halved(b);
                    builder.add(h.min.x, h.min.y, h.max.x, h.max.y);
                }
                builder.finish::<HilbertSort>()
            })
        };
        self.tree.get_or_init(pack).as_ref()
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
        let Some(tree) = self.tree() else { return Vec::new() };
        let h = halved(&b);
        let near = tree.search(h.min.x, h.min.y, h.max.x, h.max.y).into_iter().map(|row| row as usize);
        let mut rows: Vec<usize> = near.filter(|row| self.boxes.get(*row).is_some_and(|own| own.meets(&b))).collect();
        rows.sort_unstable();
        rows
    }

    /// Hands out rows to a search, those with the nearest box first, until no box left is near enough. Each square of
    /// the tree is opened before any square beside it that is farther.
    pub(super) fn approach(&self, search: &mut Search, offer: &mut impl FnMut(&mut Search, usize)) {
        if let Some(tree) = self.tree() {
            open(&tree.root(), search, offer);
        }
    }

    /// Whether the row is a polygon.
    pub(crate) fn is_filled(&self, row: usize) -> bool {
        self.filled.get(row).copied().unwrap_or(false)
    }

    /// Whether the row's polygon holds the place (even-odd rule; a place on the edge may count either way).
    pub fn holds(&self, row: usize, place: World) -> bool {
        holds(self.rings(row), place)
    }
}

/// One edge of a ring.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) a: World,
    pub(super) b: World,
}

impl Edge {
    /// Its box.
    pub(super) fn bounds(self) -> WorldBox {
        WorldBox {
            min: World { x: self.a.x.min(self.b.x), y: self.a.y.min(self.b.y) },
            max: World { x: self.a.x.max(self.b.x), y: self.a.y.max(self.b.y) },
        }
    }
}

/// All edges of the rings.
pub(super) fn edges(rings: &[Ring]) -> impl Iterator<Item = Edge> {
    rings.iter().flat_map(|ring| ring.vertices.windows(2)).filter_map(|edge| match edge {
        [a, b] => Some(Edge { a: *a, b: *b }),
        _ => None,
    })
}

/// Whether the rings hold the place, by the even-odd rule.
pub(super) fn holds(rings: &[Ring], place: World) -> bool {
    rings.iter().map(|ring| crossings(&ring.vertices, place)).sum::<usize>() % 2 == 1
}

/// A polygon in world units.
pub(super) fn rings_of(polygon: &geo::Polygon<f64>) -> Vec<Ring> {
    let holes = polygon.interiors().iter().map(|line| ring(line, true));
    std::iter::once(ring(polygon.exterior(), false)).chain(holes).collect()
}

fn ring(line: &geo::LineString<f64>, hole: bool) -> Ring {
    Ring { vertices: line.0.iter().map(|c| World::of_degrees(c.x, c.y)).collect(), hole }
}

/// The box as the tree keeps it: the tree adds two corners of a box in their own type to find its middle, which only
/// the half of a world unit survives. Rounding down keeps meeting boxes meeting.
fn halved(b: &WorldBox) -> WorldBox {
    let half = |w: World| World { x: w.x / 2, y: w.y / 2 };
    WorldBox { min: half(b.min), max: half(b.max) }
}

fn open(node: &Node<'_, u32, RTree<u32>>, search: &mut Search, offer: &mut impl FnMut(&mut Search, usize)) {
    if let Some(row) = node.insertion_index() {
        return offer(search, row as usize);
    }
    let mut nodes: Vec<_> =
        node.children().into_iter().flatten().map(|node| (search.gap2(&doubled(&node)), node)).collect();
    nodes.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    for (gap2, node) in nodes {
        if gap2 > search.limit2() {
            break;
        }
        open(&node, search, offer);
    }
}

/// A box of the tree as it was before [`halved`], or a unit larger.
fn doubled(node: &Node<'_, u32, RTree<u32>>) -> WorldBox {
    let last = |v: u32| v.saturating_mul(2).saturating_add(1);
    WorldBox {
        min: World { x: node.min_x().saturating_mul(2), y: node.min_y().saturating_mul(2) },
        max: World { x: last(node.max_x()), y: last(node.max_y()) },
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

/// A geometry (WGS84 degrees) in world units, and whether it is a polygon.
pub(super) fn drawn(geometry: &Geometry<f64>) -> (Vec<Ring>, bool) {
    (project(geometry), matches!(geometry, Geometry::Polygon(_) | Geometry::MultiPolygon(_)))
}

fn project(geometry: &Geometry<f64>) -> Vec<Ring> {
    match geometry {
        Geometry::LineString(line) => vec![ring(line, false)],
        Geometry::MultiLineString(lines) => lines.0.iter().map(|line| ring(line, false)).collect(),
        Geometry::Polygon(polygon) => rings_of(polygon),
        Geometry::MultiPolygon(ps) => ps.0.iter().flat_map(rings_of).collect(),
        Geometry::Point(p) => vec![Ring { vertices: vec![World::of_degrees(p.x(), p.y())], hole: false }],
        Geometry::Line(_)
        | Geometry::MultiPoint(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => Vec::new(),
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
