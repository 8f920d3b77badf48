//! Which division a place lies in: 12 counties, 192 townships and 4,800 villages over 120 km, their borders drawn with
//! a corner every 250 m.
#![expect(clippy::expect_used, reason = "a bench may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use geo::{Coord, LineString, Polygon};
use spatial::codes::Division;
use spatial::still::{Divisions, Row, scan};
use spatial::{Layer, Position, Properties, StillLayer};

const WEST: f64 = 119.8;
const SOUTH: f64 = 27.2;
const SIDE: f64 = 1.2;

/// The rectangle of column `x` and row `y` of so many, borders wavy.
fn rectangle(columns: u32, rows: u32, x: u32, y: u32) -> Polygon<f64> {
    let (w, h) = (SIDE / f64::from(columns), SIDE / f64::from(rows));
    let (west, south) = (WEST + w * f64::from(x), SOUTH + h * f64::from(y));
    let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
    let mut ring = Vec::new();
    for pair in corners.windows(2) {
        let [(ax, ay), (bx, by)] = pair else { continue };
        let steps = (w.max(h) / 0.0025).ceil();
        let mut at = 0.0;
        while at < steps {
            let (fx, fy) = (ax + (bx - ax) * at / steps, ay + (by - ay) * at / steps);
            let (lon, lat) = (west + fx * w, south + fy * h);
            ring.push(Coord { x: lon + 0.0005 * (lat * 900.0).sin(), y: lat + 0.0005 * (lon * 900.0).sin() });
            at += 1.0;
        }
    }
    ring.extend(ring.first().copied());
    Polygon::new(LineString(ring), Vec::new())
}

fn layer() -> StillLayer {
    let mut rows = Vec::new();
    // Columns and rows of the city at each tier; the finer tier splits the coarser evenly.
    for (columns, lines) in [(4, 3), (16, 12), (80, 60)] {
        for y in 0..lines {
            for x in 0..columns {
                let county = 330_301 + (y * 3 / lines) * 4 + x * 4 / columns;
                let within = (y % (lines / 3)) * (columns / 4) + x % (columns / 4);
                let code = match columns {
                    4 => format!("{county}"),
                    16 => format!("{county}{:03}", 1 + within),
                    _ => format!("{county}{:03}{:03}", 1 + within / 20, 1 + within % 20),
                };
                let geometry = rectangle(columns, lines, x, y);
                let corner = geometry.exterior().0.first().copied().unwrap_or_default();
                rows.push(Row {
                    fid: rows.len() as u64,
                    division: Division::new(&code).ok(),
                    revision: 0,
                    position: Position::new(corner.x, corner.y).expect("a place near Wenzhou"),
                    geometry: geometry.into(),
                    properties: Properties::new(),
                });
            }
        }
    }
    StillLayer::assemble(Layer::Jurisdictions, &[], rows)
}

fn benches(c: &mut Criterion) {
    let layer = layer();
    let mut group = c.benchmark_group("5004 divisions");
    let divisions = Divisions::of(&layer);
    let mut turn = 0_u32;
    let mut next = || {
        // The golden ratio and its square fill a square evenly.
        turn = turn.wrapping_add(1);
        let (a, b) = (f64::from(turn) * 0.618_033_988_75, f64::from(turn) * 0.754_877_666_25);
        Position::new(WEST + SIDE * a.fract(), SOUTH + SIDE * b.fract()).expect("a place near Wenzhou")
    };
    group.bench_function("division of a place", |b| b.iter(|| black_box(divisions.at(next()))));
    group.sample_size(10);
    group.bench_function("scan", |b| b.iter(|| black_box(scan::division_at(&layer, next()))));
    group.bench_function("draw the map", |b| b.iter(|| black_box(Divisions::of(&layer))));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
