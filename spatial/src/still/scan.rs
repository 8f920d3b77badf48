//! The obvious twins of the still index: every row looked at, every time. Kept to prove the index by and to measure it
//! against; nothing in the product calls them.

use super::layer::StillLayer;
use super::query::Near;
use super::shapes::{holds, rings_of};
use crate::codes::{Division, DivisionLevel};
use crate::mercator::{World, WorldBox, degrees_at};
use crate::position::Position;

/// Twin of [`StillLayer::nearest`].
pub fn nearest(
    layer: &StillLayer,
    centre: Position,
    k: usize,
    max_distance_m: f64,
    accept: impl Fn(usize) -> bool,
) -> Vec<Near> {
    let mut all = within(layer, centre, max_distance_m, accept);
    all.truncate(k);
    all
}

/// Twin of [`StillLayer::within`].
pub fn within(layer: &StillLayer, centre: Position, radius_m: f64, accept: impl Fn(usize) -> bool) -> Vec<Near> {
    let near = |row: usize| {
        let place = place_of(layer, row, centre)?;
        Some(Near { row, distance_m: place.distance_m(&centre), place })
    };
    let mut all: Vec<Near> = (0..layer.len()).filter_map(near).collect();
    all.retain(|near| near.distance_m <= radius_m && accept(near.row));
    all.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then_with(|| layer.fid(a.row).cmp(&layer.fid(b.row))));
    all
}

/// The row's place that is nearest, found without the index's geometry: each edge is searched on the sphere by cutting
/// it smaller, and whether a polygon holds the centre is asked of a ray to the north, in degrees of the map.
fn place_of(layer: &StillLayer, row: usize, centre: Position) -> Option<Position> {
    let Some(shapes) = layer.shapes() else { return layer.position(row) };
    let flat = |w: World| (f64::from(w.x), f64::from(w.y));
    let edges = shapes.rings(row).iter().flat_map(|ring| ring.vertices.windows(2)).filter_map(|edge| match edge {
        [a, b] => Some((flat(*a), flat(*b))),
        _ => None,
    });
    let (x, y) = flat(World::of(centre));
    let north = |((ax, ay), (bx, by)): &((f64, f64), (f64, f64))| {
        (*ax > x) != (*bx > x) && ay + (x - ax) / (bx - ax) * (by - ay) < y
    };
    if shapes.is_filled(row) && edges.clone().filter(north).count() % 2 == 1 {
        return Some(centre);
    }
    let nearest = edges.filter_map(|(a, b)| on_edge(a, b, centre));
    nearest.min_by(|a, b| a.distance_m(&centre).total_cmp(&b.distance_m(&centre))).or_else(|| layer.position(row))
}

/// The place of an edge that is nearest, to within a hundred-millionth of it: the third that cannot hold it is cut off
/// until little is left.
fn on_edge(a: (f64, f64), b: (f64, f64), centre: Position) -> Option<Position> {
    let place = |share: f64| {
        let (x, y) = (a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1));
        let (lon, lat) = degrees_at((x + 0.5) / 4_294_967_296.0, (y + 0.5) / 4_294_967_296.0);
        Position::new(lon, lat).ok()
    };
    let far = |share: f64| place(share).map_or(f64::INFINITY, |place| place.distance_m(&centre));
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..45 {
        let third = (high - low) / 3.0;
        if far(low + third) <= far(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    place(f64::midpoint(low, high))
}

/// Twin of [`StillLayer::covering`].
pub fn covering(layer: &StillLayer, place: Position) -> Vec<usize> {
    let Some(shapes) = layer.shapes() else { return Vec::new() };
    (0..layer.len()).filter(|row| shapes.holds(*row, World::of(place))).collect()
}

/// Twin of [`StillLayer::within_polygon`].
pub fn within_polygon(
    layer: &StillLayer,
    polygon: &geo::MultiPolygon<f64>,
    accept: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let parts: Vec<_> = polygon.iter().map(rings_of).collect();
    let inside = |w: World| parts.iter().any(|rings| holds(rings, w));
    (0..layer.len()).filter(|row| layer.world(*row).is_some_and(inside) && accept(*row)).collect()
}

/// Twin of [`StillLayer::rows_in`].
pub fn rows_in(layer: &StillLayer, b: WorldBox) -> Vec<usize> {
    let meets = |row: &usize| match layer.shapes() {
        Some(shapes) => shapes.bounds(*row).is_some_and(|own| own.meets(&b)),
        None => layer.world(*row).is_some_and(|w| b.contains(w)),
    };
    (0..layer.len()).filter(meets).collect()
}

/// Twin of [`StillLayer::tile_range`], row by row.
pub fn tile_rows(layer: &StillLayer, z: u8, x: u32, y: u32) -> Vec<usize> {
    let Some(b) = WorldBox::of_tile(z, x, y) else { return Vec::new() };
    (0..layer.len()).filter(|row| layer.world(*row).is_some_and(|w| b.contains(w))).collect()
}

/// Twin of [`super::Divisions::at`].
pub fn division_at(layer: &StillLayer, place: Position) -> Option<Division> {
    let holding: Vec<Division> = covering(layer, place).into_iter().filter_map(|row| layer.division(row)).collect();
    let county = holding.iter().filter(|d| d.level() == DivisionLevel::County).min();
    let below = holding.iter().filter(|d| county.is_none_or(|county| county.contains(**d)));
    below.copied().min_by_key(|d| (std::cmp::Reverse(d.level()), *d))
}
