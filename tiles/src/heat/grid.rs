//! A tile of heat as numbers.

use spatial::heat::Field;
use spatial::still::ValueRef;

use super::{SIDE, raster};
use crate::TileCoord;
use crate::encode::{Kind, LayerWriter};
use crate::frame::Pt;
use crate::layers::EXTENT;

/// Squares along the tile.
const SQUARES: usize = 32;
/// Pixels along a square.
const PIXELS: usize = SIDE as usize / SQUARES;

/// MVT with one layer `heat` of 32 × 32 squares: the mean density in each (`per_km2`, three digits) and what part of the
/// scale that is (`share`, percent, at most 100). Squares of less than one percent are left out; empty when all are.
pub fn heat_grid(field: &Field, coord: TileCoord) -> Vec<u8> {
    let raster = raster(field, coord);
    let mut writer = LayerWriter::new("heat");
    let (per_km2, share) = (writer.key("per_km2"), writer.key("share"));
    for at in 0..SQUARES * SQUARES {
        let (column, row) = (at % SQUARES, at / SQUARES);
        let density = mean(&raster, column, row);
        let percent = percent(density, field.top());
        if percent == 0 {
            continue;
        }
        writer.begin(None, Kind::Polygon);
        writer.ring(&square(column, row));
        writer.tag(per_km2, ValueRef::Float(three_digits(density)));
        writer.tag(share, ValueRef::Int(percent));
        writer.end();
    }
    writer.bytes()
}

#[expect(clippy::cast_precision_loss, reason = "64 pixels")]
fn mean(raster: &[f64], column: usize, row: usize) -> f64 {
    let lines = raster.chunks_exact(SIDE as usize).skip(row * PIXELS).take(PIXELS);
    let sum: f64 = lines.flat_map(|line| line.iter().skip(column * PIXELS).take(PIXELS)).sum();
    sum / (PIXELS * PIXELS) as f64
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to 0..=100")]
fn percent(density: f64, top: f64) -> i64 {
    if top > 0.0 { (density / top * 100.0).round().clamp(0.0, 100.0) as i64 } else { 0 }
}

fn three_digits(number: f64) -> f64 {
    let scale = 10_f64.powf(2.0 - number.log10().floor());
    (number * scale).round() / scale
}

fn square(column: usize, row: usize) -> [Pt; 4] {
    let along = |n: usize| i64::try_from(n).unwrap_or(0) * i64::from(EXTENT) / 32;
    let (west, east, north, south) = (along(column), along(column + 1), along(row), along(row + 1));
    [(west, north), (east, north), (east, south), (west, south)].map(|(x, y)| Pt { x, y })
}
