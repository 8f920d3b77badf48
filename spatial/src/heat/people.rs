//! Published cells of people as masses.

use super::field::Mass;
use crate::mercator::{World, WorldBox};
use crate::position::EARTH_RADIUS_M;
use crate::still::{StillLayer, ValueRef};

/// The residents of the published cells ([`crate::people`]) that may be seen, each at the middle of its square. The counts
/// are the rounded ones; nothing else about people is known here.
pub fn residents(cells: &StillLayer, may_see: impl Fn(usize) -> bool) -> Vec<Mass> {
    let Some(column) = cells.columns().column("residents") else { return Vec::new() };
    let mass = |row: usize| {
        let (lon, lat) = cells.world(row)?.degrees();
        let n = match cells.columns().value(row, column)? {
            #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
            ValueRef::Int(n) => n as f64,
            ValueRef::Text(_) | ValueRef::Float(_) | ValueRef::Bool(_) => return None,
        };
        Some(Mass { lon, lat, edge_m: edge_m(cells.shapes()?.bounds(row)?, lat), n })
    };
    (0..cells.len()).filter(|row| may_see(*row)).filter_map(mass).collect()
}

/// How wide a square of the map is on the ground, metres.
fn edge_m(b: WorldBox, lat: f64) -> f64 {
    let World { x: west, .. } = b.min;
    let share = (f64::from(b.max.x - west) + 1.0) / 4_294_967_296.0;
    share * std::f64::consts::TAU * EARTH_RADIUS_M * lat.to_radians().cos()
}
