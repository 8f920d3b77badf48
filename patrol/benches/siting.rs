//! Siting: 10 of 100 sites for 500 points (the size that others were measured at), and 60 of 2,000 sites for 20,000 points.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench may stop and say what it saw")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use patrol::{Covering, Median};

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
}

/// Weights of points and their city-block distances from each site, in a square of 10 km, metres.
fn town(seed: u64, points: usize, sites: usize) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut seeded = Seeded(seed);
    let places: Vec<[u32; 2]> = (0..points).map(|_| [seeded.below(10_000), seeded.below(10_000)]).collect();
    let weights = (0..points).map(|_| 1 + seeded.below(50)).collect();
    let site = |_| {
        let [x, y] = [seeded.below(10_000), seeded.below(10_000)];
        places.iter().map(|[a, b]| x.abs_diff(*a) + y.abs_diff(*b)).collect()
    };
    (weights, (0..sites).map(site).collect())
}

fn covering(weights: &[u32], distances: &[Vec<u32>], radius: u32) -> Covering {
    let covers = |site: &Vec<u32>| (0..).zip(site).filter(|(_, far)| **far <= radius).map(|(point, _)| point).collect();
    Covering::new(weights.to_vec(), distances.iter().map(covers).collect()).expect("a town")
}

fn benches(c: &mut Criterion) {
    let (weights, distances) = town(1, 500, 100);
    let small = covering(&weights, &distances, 1_200);
    let median = Median::new(weights, 100, distances.concat()).expect("a town");
    let (weights, distances) = town(2, 20_000, 2_000);
    let large = covering(&weights, &distances, 700);
    for (name, covering, n) in [("500 x 100", &small, 10), ("20,000 x 2,000", &large, 60)] {
        for kicks in [0, 10, 100] {
            let siting = covering.best(n, &[], kicks, 1).expect("enough sites");
            println!("seed 1, {name}, {n} sites, {kicks} kicks: {} of {}", siting.covered, siting.total);
        }
    }
    println!("seed 1, 500 x 100, p-median of 10: {}", median.best(10, 10, 1).expect("enough sites").cost);

    let mut group = c.benchmark_group("siting");
    group.sample_size(10);
    group.bench_function("covering, 10 of 100 for 500", |b| b.iter(|| black_box(&small).best(10, &[], 0, 1)));
    group.bench_function("covering, the same with 10 kicks", |b| b.iter(|| black_box(&small).best(10, &[], 10, 1)));
    group.bench_function("p-median, 10 of 100 for 500", |b| b.iter(|| black_box(&median).best(10, 0, 1)));
    group.bench_function("covering, 60 of 2,000 for 20,000", |b| b.iter(|| black_box(&large).best(60, &[], 0, 1)));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
