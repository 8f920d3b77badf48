//! Heat of three million seeded incidents of three years: publishing them, a window of seven days, and tiles of it.
//!
//! Half of the incidents crowd about sixty middles as in a city's streets, the others are spread over it.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use spatial::codes::Division;
use spatial::heat::{Case, Field, Past, Window, publish};
use spatial::{Position, World};
use tiles::{Theme, TileCoord, heat_grid, heat_picture};

const INCIDENTS: u64 = 3_000_000;
const DAYS: u64 = 1_095;
const KINDS: u64 = 10;
const MIDDLES: u64 = 60;

/// Seeded numbers (splitmix).
fn seeded(n: u64) -> u64 {
    let mut v = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    v = (v ^ (v >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    v = (v ^ (v >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    v ^ (v >> 31)
}

fn part(n: u64) -> f64 {
    f64::from(u32::try_from(seeded(n) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

fn case(n: u64) -> Option<Case> {
    let of = |salt: u64| part(n * 8 + salt);
    let (lon, lat) = if n.is_multiple_of(2) {
        let middle = seeded(n * 8 + 5) % MIDDLES;
        // The middle of three is bell-shaped enough.
        let bell = |salt: u64| (of(salt) + of(salt + 1) + part(n * 8 + salt + 1_000_003)) / 3.0 - 0.5;
        (120.2 + part(middle) * 0.8 + bell(0) * 0.06, 27.6 + part(middle + 777) * 0.6 + bell(2) * 0.06)
    } else {
        (120.0 + of(0) * 1.2, 27.4 + of(1))
    };
    let day = i32::try_from(seeded(n * 8 + 6) % DAYS).ok()?;
    let kind = u8::try_from(seeded(n * 8 + 7) % KINDS).ok()?;
    let township = 330_302_001 + seeded(n * 8 + 5) % 20;
    Some(Case::new(Position::new(lon, lat).ok()?, day, kind, Division::new(&township.to_string()).ok()))
}

fn heat(c: &mut Criterion) {
    let cases: Vec<Case> = (0..INCIDENTS).filter_map(case).collect();
    let last = i32::try_from(DAYS).unwrap_or(0);
    let mut group = c.benchmark_group("heat of 3 M incidents");
    group.sample_size(10);
    group.bench_function("publish", |b| b.iter(|| publish(black_box(cases.clone()), last)));
    let past = Past::of(&publish(cases, last));
    let window = Window { from: last - 6, to: last, kinds: 0b11_0110, may_see: &|_| true };
    group.bench_function("seven days of four kinds", |b| b.iter(|| Field::new(past.masses(black_box(&window)), 500.0)));
    let field = Field::new(past.masses(&window), 500.0);
    let at = World::of_degrees(120.2 + part(0) * 0.8, 27.6 + part(777) * 0.6);
    for z in [6_u8, 8, 10, 12, 14, 16, 18] {
        let cut = |v: u32| v.checked_shr(32 - u32::from(z)).unwrap_or(0);
        let coord = TileCoord::new(z, cut(at.x), cut(at.y)).expect("a tile of the city");
        group.bench_function(format!("picture at z{z}"), |b| {
            b.iter(|| heat_picture(&field, black_box(coord), Theme::Dark));
        });
        group.bench_function(format!("grid at z{z}"), |b| b.iter(|| heat_grid(&field, black_box(coord))));
    }
    group.finish();
}

criterion_group!(benches, heat);
criterion_main!(benches);
