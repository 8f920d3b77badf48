//! A recommendation out of 200 and out of 12,000 units, with what it leaves uncovered and who could move up.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench may stop and say what it saw")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dispatch::recommend::{
    Asked, By, Candidate, Cover, FreeUnit, Plans, Post, Relation, SeenAt, Service, Travel, Way, recommend,
};
use dispatch::{Availability, IncidentKind, Link, Priority, UnitKind};
use spatial::Position;

const POINTS: u32 = 20_000;

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

    fn unit(&mut self, n: u32) -> Candidate {
        let kinds = [UnitKind::PoliceVehicle, UnitKind::PoliceFoot, UnitKind::FireTeam, UnitKind::Ambulance];
        let best_s = self.below(1_800);
        let road_m = best_s * 9;
        let (age_s, worst_s) = (self.below(90), best_s + self.below(200));
        let availability = if self.below(3) == 0 { Availability::Committed } else { Availability::Free };
        Candidate {
            unit: format!("u{n}"),
            unit_epoch: 1,
            call_sign: format!("car {n}"),
            kind: kinds[usize::try_from(self.below(4)).unwrap_or(0)],
            skills: Vec::new(),
            org: "o1".to_owned(),
            availability,
            bound_to: None,
            relation: Relation::Own,
            link: Link::Live,
            seen: SeenAt { position: Position::new(120.65, 28.0).ok(), age_s: Some(age_s), accuracy_m: Some(8.0) },
            way: Way::Found(Travel { by: By::Road, best_s, worst_s, age_adds_s: 0, road_m, straight_m: best_s * 7 }),
            orders: self.below(4),
        }
    }

    /// 200 points about one, within ten minutes.
    fn reached(&mut self) -> Vec<(u32, u32)> {
        let about = self.below(POINTS);
        (0..200).map(|n| ((about + n) % POINTS, n * 3)).collect()
    }
}

fn benches(c: &mut Criterion) {
    let mut seeded = Seeded(1);
    let plans = Plans::default();
    let asked = Asked {
        incident: "i1".to_owned(),
        at_ms: 0,
        kind: IncidentKind::FireDisaster,
        priority: Priority::new(1).expect("a priority"),
        level: 3,
        sent: Vec::new(),
    };
    let few: Vec<Candidate> = (0..200).map(|n| seeded.unit(n)).collect();
    let many: Vec<Candidate> = (0..12_000).map(|n| seeded.unit(n)).collect();
    let free: Vec<FreeUnit> =
        (0..12_000).map(|n| FreeUnit { unit: format!("u{n}"), reached: seeded.reached() }).collect();
    let weights: Vec<u32> = (0..POINTS).map(|_| seeded.below(100)).collect();
    let post = |n| {
        let from = (0..50).map(|_| (format!("u{}", seeded.below(12_000)), seeded.below(900))).collect();
        Post { post: format!("p{n}"), at: None, reached: seeded.reached(), from }
    };
    let posts: Vec<Post> = (0..100).map(post).collect();
    let answer = recommend(&plans, asked.clone(), many.clone());
    println!("seed 1: {} picked of {} units at level 3 of a fire", answer.picks().count(), answer.rows.len());

    let mut group = c.benchmark_group("recommendation");
    group.sample_size(20);
    for (name, units) in [("200 units", &few), ("12,000 units", &many)] {
        group.bench_function(name, |b| {
            b.iter_batched(
                || (asked.clone(), units.clone()),
                |(asked, units)| recommend(black_box(&plans), asked, units),
                criterion::BatchSize::LargeInput,
            );
        });
    }
    group.bench_function("cover of 20,000 points by 12,000 free units", |b| {
        b.iter(|| Cover::new(Service::Police, black_box(&weights), &free, 300));
    });
    let cover = Cover::new(Service::Police, &weights, &free, 300);
    group.bench_function("leaves, one unit", |b| b.iter(|| cover.leaves(black_box(&["u7"]))));
    // As an answer is made: each of 20,000 points keeps its first six units, the cover is counted anew for each asker.
    let mut first: Vec<FreeUnit> =
        (0..12_000).map(|n| FreeUnit { unit: format!("u{n}"), reached: Vec::new() }).collect();
    for point in 0..POINTS {
        for _ in 0..6 {
            let unit = usize::try_from(seeded.below(12_000)).unwrap_or(0);
            first[unit].reached.push((point, seeded.below(600)));
        }
    }
    group.bench_function("an answer: cover from first six, leaves of 20 units and of 3 together", |b| {
        b.iter(|| {
            let cover = Cover::new(Service::Police, black_box(&weights), &first, 300);
            let rows: u64 = (0..20).map(|n| cover.leaves(&[&format!("u{n}")]).lost()).sum();
            (rows, cover.leaves(&["u1", "u2", "u3"]))
        });
    });
    let few = &posts[..3];
    group.bench_function("move-ups, 3 posts", |b| b.iter(|| cover.move_ups(black_box(&["u7"]), few, 1)));
    group.bench_function("move-ups, 100 posts with 50 units each", |b| {
        b.iter(|| cover.move_ups(black_box(&["u7"]), &posts, 5));
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
