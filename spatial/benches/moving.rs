//! The moving index against rstar and against a scan: 100,000 seeded units over 60 km, each move up to 50 m.
#![expect(clippy::expect_used, reason = "a bench may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use spatial::moving::{Fix, Label, MovingIndex};
use spatial::{Bounds, Position};

const UNITS: u32 = 100_000;

/// A seeded stream of numbers in 0..1 (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    fn place(&mut self) -> Position {
        Position::new(120.4 + 0.6 * self.next(), 27.75 + 0.54 * self.next()).expect("a place near Wenzhou")
    }

    /// Up to 50 m from a place.
    fn step(&mut self, from: Position) -> Position {
        let (dx, dy) = (self.next() - 0.5, self.next() - 0.5);
        Position::new(from.lon() + dx * 0.001, from.lat() + dy * 0.0009).expect("a place near Wenzhou")
    }
}

fn fix(position: Position, at_ms: i64) -> Fix {
    Fix { position, at_ms, accuracy_m: Some(5.0), speed_mps: None, heading_deg: None }
}

fn benches(c: &mut Criterion) {
    let mut seeded = Seeded(2);
    let places: Vec<Position> = (0..UNITS).map(|_| seeded.place()).collect();
    let mut index = MovingIndex::new();
    for (slot, place) in (0..).zip(&places) {
        index.apply(slot, fix(*place, 0), 0);
    }
    let flat = |p: &Position| [p.lon() * 28_f64.to_radians().cos(), p.lat()];
    let mut tree = RTree::bulk_load(places.iter().zip(0_u32..).map(|(p, n)| GeomWithData::new(flat(p), n)).collect());

    // Moves are made before the clock runs.
    let mut now_ms = 0;
    let mut slot = 0;
    let mut steps = |at: &mut Vec<Position>| {
        now_ms += 1_000;
        slot = (slot + 7_919) % UNITS;
        let place = &mut at[slot as usize];
        let from = *place;
        *place = seeded.step(from);
        (slot, from, *place, now_ms)
    };

    let mut group = c.benchmark_group("100k units");
    let mut at = places.clone();
    group.bench_function("apply a move", |b| {
        b.iter_batched(
            || steps(&mut at),
            |(slot, _, to, now_ms)| assert_eq!(index.apply(slot, fix(to, now_ms), now_ms), Label::Moved),
            criterion::BatchSize::NumIterations(10_000),
        );
    });
    let mut at = places.clone();
    group.bench_function("rstar: remove and insert", |b| {
        b.iter_batched(
            || steps(&mut at),
            |(slot, from, to, _)| {
                tree.remove(&GeomWithData::new(flat(&from), slot)).expect("it is where it was put");
                tree.insert(GeomWithData::new(flat(&to), slot));
            },
            criterion::BatchSize::NumIterations(10_000),
        );
    });
    let asked: Vec<Position> = places.iter().step_by(97).copied().collect();
    let mut turn = asked.iter().cycle();
    let mut next = || *turn.next().expect("a cycle does not end");
    group.bench_function("nearest 10", |b| b.iter(|| black_box(index.nearest(next(), 10, 50_000.0, |_| true))));
    group.bench_function("nearest 10, one unit in 100 accepted", |b| {
        b.iter(|| black_box(index.nearest(next(), 10, 50_000.0, |slot| slot % 100 == 0)));
    });
    group.bench_function("rstar: nearest 10", |b| {
        b.iter(|| black_box(tree.nearest_neighbor_iter(flat(&next())).take(10).map(|p| p.data).collect::<Vec<_>>()));
    });
    group.bench_function("within 1 km", |b| b.iter(|| black_box(index.within(next(), 1_000.0, |_| true))));
    group.bench_function("in a box of 2 km", |b| {
        b.iter(|| black_box(index.in_bounds(Bounds::around(next(), 1_000.0))));
    });
    group.sample_size(10);
    group.bench_function("scan: nearest 10", |b| {
        b.iter(|| {
            let centre = next();
            let mut all: Vec<(u32, f64)> =
                (0..UNITS).filter_map(|slot| Some((slot, index.get(slot)?.position.distance_m(&centre)))).collect();
            all.sort_by(|a, b| a.1.total_cmp(&b.1));
            all.truncate(10);
            black_box(all)
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
