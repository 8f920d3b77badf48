//! The obvious twins of the still index: every row looked at, every time. Kept to prove the index by and to measure it
//! against; nothing in the product calls them.

use super::layer::StillLayer;
use super::query::Near;
use super::shapes::{holds, rings_of};
use crate::codes::{Division, DivisionLevel};
use crate::mercator::{World, WorldBox};
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
    let near = |row: usize| Some(Near { row, distance_m: layer.position(row)?.distance_m(&centre) });
    let mut all: Vec<Near> = (0..layer.len()).filter_map(near).collect();
    all.retain(|near| near.distance_m <= radius_m && accept(near.row));
    all.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then_with(|| layer.fid(a.row).cmp(&layer.fid(b.row))));
    all
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
