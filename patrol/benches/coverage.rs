//! Coverage of a city: 12,000 units, each of which reaches some 2,000 of 60,000 points, and a quarter of a million calls of
//! 90 days. And what a moved unit would change.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench may stop and say what it saw")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use patrol::{Call, Change, Demand, Times, coverage, what_if};
use spatial::Position;

const UNITS: u32 = 12_000;
const POINTS: u32 = 60_000;
const REACHED: u32 = 2_000;
const CALLS: u32 = 250_000;

/// A seeded stream of numbers (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0) % below
    }

    /// What a unit reaches: points beside one of them, farther away later. Half of the city has no unit of its own.
    fn reach(&mut self) -> Vec<(u32, u32)> {
        let about = self.below(POINTS / 2);
        (0..REACHED).map(|n| (about + n, n * 480 / REACHED + self.below(60))).collect()
    }
}

fn benches(c: &mut Criterion) {
    let mut seeded = Seeded(1);
    let position = Position::new(120.65, 28.0).expect("a place");
    let mut call = |_| Call {
        point: seeded.below(POINTS),
        hour: u8::try_from(seeded.below(168)).unwrap_or(0),
        place: seeded.below(3_700),
        weight: 1,
    };
    let calls = (0..CALLS).map(&mut call).collect();
    let names = (0..3_700).map(|n| format!("village {n}")).collect();
    let demand = Demand::of(vec![position; usize::try_from(POINTS).unwrap_or(0)], calls, names);
    // Ten stand in each place, as units do.
    let lists: Vec<Vec<(u32, u32)>> = (0..UNITS / 10).map(|_| seeded.reach()).collect();
    let build = || {
        let mut times = Times::new();
        for unit in 0..UNITS {
            let list = &lists[usize::try_from(unit / 10).unwrap_or(0)];
            times.push(&format!("u{unit}"), list.iter().copied());
        }
        times
    };
    let times = build();
    let seen = coverage(&demand, &times);
    println!("seed 1: {} pairs; {}", times.pairs(), seen.words().0);

    let mut group = c.benchmark_group("coverage of a city by 12k units");
    group.sample_size(10);
    group.bench_function("times taken in", |b| b.iter(|| black_box(build())));
    group.bench_function("coverage", |b| b.iter(|| coverage(black_box(&demand), black_box(&times))));
    let moved = [Change::Moved { unit: "u7".to_owned(), reach: seeded.reach() }];
    group.bench_function("what if one unit moves", |b| b.iter(|| what_if(black_box(&demand), &times, &moved)));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
