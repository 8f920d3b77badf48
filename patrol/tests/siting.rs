//! Sites against optima: those that others' solvers proved (`ONEMAP_TEST_DATA` names the folder of the oracle), and small
//! seeded cases where every choice is tried here.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may stop and say what it saw")]
#![allow(clippy::disallowed_methods, reason = "a test may read what it compares with")]

use std::path::PathBuf;

use patrol::{Covering, Median, SitingError};
use proptest::prelude::*;
use serde_json::Value;

const KICKS: u32 = 40;

/// Tenths of metres, as whole numbers: the oracle's places are given to 0.1 m.
#[expect(clippy::cast_possible_truncation, reason = "places within 10 km")]
fn tenths(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 10.0).round() as i64
}

/// City-block distances from each site to each point, tenths of metres, site by site.
fn distances(instance: &Value) -> Vec<Vec<u32>> {
    let places = |name: &str| -> Vec<(i64, i64)> {
        let list = instance[name].as_array().unwrap();
        list.iter().map(|place| (tenths(&place[0]), tenths(&place[1]))).collect()
    };
    let demand = places("demand");
    let far = |a: (i64, i64), b: (i64, i64)| u32::try_from((a.0 - b.0).abs() + (a.1 - b.1).abs()).unwrap();
    places("sites").into_iter().map(|site| demand.iter().map(|point| far(site, *point)).collect()).collect()
}

fn covering(weights: &[u32], distances: &[Vec<u32>], radius: u32) -> Covering {
    let covers = |site: &Vec<u32>| (0..).zip(site).filter(|(_, far)| **far <= radius).map(|(point, _)| point).collect();
    Covering::new(weights.to_vec(), distances.iter().map(covers).collect()).unwrap()
}

#[test]
fn sites_are_within_two_percent_of_the_proven_optimum() {
    let Some(folder) = std::env::var_os("ONEMAP_TEST_DATA").map(PathBuf::from) else {
        println!("skipped: ONEMAP_TEST_DATA is not set");
        return;
    };
    let text = std::fs::read_to_string(folder.join("oracles/location_60x20.json")).unwrap();
    let oracle: Value = serde_json::from_str(&text).unwrap();
    let instance = &oracle["instances"][0];
    let weight = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    let weights: Vec<u32> = instance["weights"].as_array().unwrap().iter().map(weight).collect();
    let distances = distances(instance);
    let radius = u32::try_from(tenths(&instance["radius"])).unwrap();
    let covering = covering(&weights, &distances, radius);
    let median = Median::new(weights.clone(), distances.len(), distances.concat()).unwrap();
    let (mut covers, mut medians) = (0, 0);
    for result in instance["results"].as_array().unwrap() {
        let n = usize::try_from(result["p"].as_u64().unwrap_or(0)).unwrap();
        let optimum = result["optimum"].as_f64().unwrap_or(0.0);
        match result["problem"].as_str().unwrap() {
            "MCLP" => {
                let siting = covering.best(n, &[], KICKS, 1).unwrap();
                println!("MCLP p = {n}: {} of {optimum}", siting.covered);
                let covered = f64::from(u32::try_from(siting.covered).unwrap());
                assert!(covered >= 0.98 * optimum && covered <= optimum + 0.5, "{siting:?}");
                assert_eq!(siting.coverable, instance["coverable_weight"].as_u64().unwrap());
                assert_eq!(siting.total, instance["total_weight"].as_u64().unwrap());
                assert_eq!(covering.covered(&siting.sites), siting.covered);
                covers += 1;
            }
            "p-median" | "PMEDIAN" | "p_median" | "P-median" => {
                let placing = median.best(n, KICKS, 1).unwrap();
                let cost = f64::from(u32::try_from(placing.cost).unwrap()) / 10.0;
                println!("p-median p = {n}: {cost} of {optimum}");
                assert!(cost <= 1.02 * optimum && cost >= optimum - 0.5, "{placing:?}");
                assert_eq!(median.cost(&placing.sites), Some(placing.cost));
                medians += 1;
            }
            "MEXCLP" => {
                let busy = result["busy"].as_f64().unwrap();
                let siting = covering.best_busy(n, &[], busy, KICKS, 1).unwrap();
                println!("MEXCLP p = {n}: {:.2} of {optimum:.2}", siting.expected);
                assert!(siting.expected >= 0.98 * optimum && siting.expected <= optimum + 0.01, "{siting:?}");
                covers += 1;
            }
            _ => {}
        }
    }
    assert!(covers >= 6 && medians >= 1, "{covers} cover problems and {medians} medians in the oracle");
}

/// A seeded stream of numbers (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap() % below
    }
}

/// A town of 10 km with 40 points and 14 sites: weights, and distances from each site to each point, metres.
fn town(seed: u64) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut seeded = Seeded(seed);
    let points: Vec<[u32; 2]> = (0..40).map(|_| [seeded.below(10_000), seeded.below(10_000)]).collect();
    let weights = (0..40).map(|_| 1 + seeded.below(50)).collect();
    let site = |_| {
        let [x, y] = [seeded.below(10_000), seeded.below(10_000)];
        points.iter().map(|[a, b]| x.abs_diff(*a) + y.abs_diff(*b)).collect()
    };
    (weights, (0..14).map(site).collect())
}

/// Every way to choose `n` of `sites` sites.
fn choices(sites: usize, n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let with = |last: usize| {
        choices(last, n - 1).into_iter().map(move |mut rest| {
            rest.push(last);
            rest
        })
    };
    (n - 1..sites).flat_map(with).collect()
}

/// Every way to put `n` units on `sites` sites, several on one if need be.
fn several(sites: usize, n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let with = |last: usize| {
        several(last + 1, n - 1).into_iter().map(move |mut rest| {
            rest.push(last);
            rest
        })
    };
    (0..sites).flat_map(with).collect()
}

/// What units that are busy three tenths of the time are expected to reach, point by point.
fn busy(weights: &[u32], distances: &[Vec<u32>], sites: &[usize], radius: u32) -> f64 {
    let point = |(point, weight): (usize, &u32)| {
        let near = sites.iter().filter(|site| distances[**site][point] <= radius);
        f64::from(*weight) * (1.0 - near.fold(1.0, |none, _| none * 0.3))
    };
    weights.iter().enumerate().map(point).sum()
}

/// The same numbers by the slowest way: each point asks each site.
fn brute(weights: &[u32], distances: &[Vec<u32>], sites: &[usize], radius: u32) -> (u64, u64) {
    let (mut covered, mut cost) = (0, 0);
    for (point, weight) in weights.iter().enumerate() {
        let nearest = sites.iter().map(|site| distances[*site][point]).min().unwrap_or(u32::MAX);
        cost += u64::from(nearest) * u64::from(*weight);
        if nearest <= radius {
            covered += u64::from(*weight);
        }
    }
    (covered, cost)
}

#[test]
fn small_towns_are_solved_to_the_optimum() {
    let radius = 2_500;
    let (mut cases, mut greedy_misses) = (0, 0);
    for seed in 0..60 {
        let (weights, distances) = town(seed);
        let covering = covering(&weights, &distances, radius);
        let median = Median::new(weights.clone(), distances.len(), distances.concat()).unwrap();
        for n in [1, 2, 3, 4] {
            let all = choices(distances.len(), n);
            let answers = all.iter().map(|sites| brute(&weights, &distances, sites, radius));
            let (most, least) = answers.fold((0, u64::MAX), |(c, m), (covered, cost)| (c.max(covered), m.min(cost)));
            let siting = covering.best(n, &[], KICKS, seed).unwrap();
            assert_eq!(siting.covered, most, "seed {seed}, {n} sites");
            let placing = median.best(n, KICKS, seed).unwrap();
            assert_eq!(placing.cost, least, "seed {seed}, {n} sites");
            assert_eq!(brute(&weights, &distances, &siting.sites, radius).0, most);
            assert_eq!(brute(&weights, &distances, &placing.sites, radius).1, least);
            let expected = covering.best_busy(n, &[], 0.3, KICKS, seed).unwrap();
            let ways = several(distances.len(), n).into_iter();
            let worths = ways.map(|sites| busy(&weights, &distances, &sites, radius));
            let best = worths.fold(0.0, f64::max);
            assert!((expected.expected - best).abs() < 0.001, "seed {seed}, {n} units: {expected:?} of {best}");
            greedy_misses += usize::from(covering.best(n, &[], 0, seed).unwrap().covered < most);
            cases += 1;
        }
    }
    println!("{cases} cases; without kicks {greedy_misses} stay below the optimum");
    assert!(greedy_misses > 0, "the kicks are never needed: the cases are too easy to prove anything");
}

#[test]
fn what_is_fixed_stays_and_what_cannot_be_is_said() {
    let (weights, distances) = town(1);
    let covering = covering(&weights, &distances, 2_500);
    let siting = covering.best(2, &[3, 7], KICKS, 1).unwrap();
    assert!(siting.sites.contains(&3) && siting.sites.contains(&7) && siting.sites.len() == 4, "{siting:?}");
    let best = choices(14, 2).into_iter().filter(|two| !two.contains(&3) && !two.contains(&7));
    let most = best.map(|two| covering.covered(&[3, 7, two[0], two[1]])).max();
    assert_eq!(Some(siting.covered), most);
    assert_eq!(covering.best(13, &[3, 7], 0, 1), Err(SitingError::Many { asked: 15, sites: 14 }));
    assert_eq!(covering.best(1, &[3, 3], 0, 1), Err(SitingError::Fixed(3)));
    assert_eq!(covering.best(1, &[14], 0, 1), Err(SitingError::Fixed(14)));
    assert_eq!(Covering::new(vec![1], vec![vec![0, 1]]), Err(SitingError::Point { site: 0, point: 1, points: 1 }));
    assert_eq!(Median::new(vec![1, 1], 2, vec![1, 2, 3]), Err(SitingError::Table(3, 2, 2)));
    let twice = covering.best_busy(1, &[3, 3], 0.5, 5, 1).unwrap();
    assert!(twice.sites.iter().filter(|site| **site == 3).count() >= 2 && twice.sites.len() == 3, "{twice:?}");
    assert!(covering.best_busy(1, &[], f64::NAN, 0, 1).unwrap().expected < 10.0);
    let median = Median::new(vec![1], 1, vec![5]).unwrap();
    assert_eq!(median.best(0, 0, 1), Err(SitingError::Many { asked: 0, sites: 1 }));
}

proptest! {
    /// What must hold for every town: the sum is right, greedy's bound holds, and no single swap is better.
    #[test]
    fn no_single_swap_is_better(
        weights in proptest::collection::vec(0_u32..30, 12),
        lists in proptest::collection::vec(proptest::collection::vec(0_u32..12, 0..8), 2..8),
        n in 1_usize..4,
    ) {
        let covering = Covering::new(weights.clone(), lists.clone()).unwrap();
        let n = n.min(lists.len());
        let siting = covering.best(n, &[], 3, 7).unwrap();
        let sum = |sites: &[usize]| -> u64 {
            let reached = |point: u32| sites.iter().any(|site| lists[*site].contains(&point));
            (0..).zip(&weights).filter(|(point, _)| reached(*point)).map(|(_, weight)| u64::from(*weight)).sum()
        };
        prop_assert_eq!(siting.covered, sum(&siting.sites));
        prop_assert_eq!(siting.sites.len(), n);
        let most = choices(lists.len(), n).iter().map(|sites| sum(sites)).max().unwrap();
        prop_assert!(siting.covered * 1_000 >= most * 632, "{} of {most}", siting.covered);
        for at in 0..n {
            for site in (0..lists.len()).filter(|site| !siting.sites.contains(site)) {
                let mut swapped = siting.sites.clone();
                swapped[at] = site;
                prop_assert!(sum(&swapped) <= siting.covered);
            }
        }
    }
}
