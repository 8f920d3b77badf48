//! The p-median (Hakimi 1964): `n` sites so that the sum of weight × time to the nearest of them is least. Greedy, then
//! swaps of one site for another (Teitz, Bart 1968), then seeded kicks.

use serde::{Deserialize, Serialize};

use super::covering::SitingError;
use super::kick::Seeded;

/// Weights and a full table of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Median {
    weights: Vec<u32>,
    sites: usize,
    /// Time from each site to each point: `times[site * points + point]`.
    times: Vec<u32>,
}

/// Placed units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placing {
    /// Indices of the sites, ascending.
    pub sites: Vec<usize>,
    /// Sum of weight × time to the nearest site.
    pub cost: u64,
}

/// The nearest and the second nearest open site of a point: index into the open sites, and time.
#[derive(Clone, Copy)]
struct Two {
    nearest: usize,
    first: u32,
    second: u32,
}

impl Median {
    /// Weights of the points, and the times from each site to each point, site by site. A point that a site does not reach
    /// has a time that the caller sets for it, longer than all others.
    pub fn new(weights: Vec<u32>, sites: usize, times: Vec<u32>) -> Result<Self, SitingError> {
        if times.len() != weights.len() * sites {
            return Err(SitingError::Table(times.len(), weights.len(), sites));
        }
        Ok(Self { weights, sites, times })
    }

    fn time(&self, site: usize, point: usize) -> u32 {
        self.times[site * self.weights.len() + point]
    }

    /// The sum for these sites; `None` without sites.
    pub fn cost(&self, sites: &[usize]) -> Option<u64> {
        let nearest = |point: usize| sites.iter().map(|site| self.time(*site, point)).min();
        let cost = |(point, weight): (usize, &u32)| nearest(point).map(|time| u64::from(time) * u64::from(*weight));
        self.weights.iter().enumerate().map(cost).sum()
    }

    /// Chooses `n` sites, at least 1.
    ///
    /// ```
    /// use patrol::Median;
    /// let median = Median::new(vec![1, 1, 5], 2, vec![10, 20, 90, 80, 70, 10])?;
    /// assert_eq!(median.best(1, 0, 1)?.cost, 200);
    /// # Ok::<(), patrol::SitingError>(())
    /// ```
    pub fn best(&self, n: usize, kicks: u32, seed: u64) -> Result<Placing, SitingError> {
        if n == 0 || n > self.sites {
            return Err(SitingError::Many { asked: n, sites: self.sites });
        }
        let mut open = Vec::new();
        while open.len() < n {
            let with = |site: &usize| {
                let more: Vec<usize> = open.iter().copied().chain([*site]).collect();
                (self.cost(&more), *site)
            };
            let Some(site) = (0..self.sites).filter(|site| !open.contains(site)).min_by_key(with) else { break };
            open.push(site);
        }
        let mut cost = self.improve(&mut open);
        let mut seeded = Seeded(seed);
        for _ in 0..kicks {
            let mut other = open.clone();
            seeded.kick(&mut other, 0, self.sites, false);
            let less = self.improve(&mut other);
            if less < cost {
                (open, cost) = (other, less);
            }
        }
        open.sort_unstable();
        Ok(Placing { sites: open, cost })
    }

    /// Swaps one site for another, the best swap first, while one helps. Answers the cost.
    fn improve(&self, open: &mut [usize]) -> u64 {
        loop {
            let two = self.two(open);
            let cost: u64 = two.iter().zip(&self.weights).map(|(two, w)| u64::from(two.first) * u64::from(*w)).sum();
            let mut best: Option<(u64, usize, usize)> = None;
            for site in (0..self.sites).filter(|site| !open.contains(site)) {
                for (at, costs) in self.swapped(&two, open.len(), site).into_iter().enumerate() {
                    if costs < cost && best.is_none_or(|(least, _, _)| costs < least) {
                        best = Some((costs, at, site));
                    }
                }
            }
            match best {
                Some((_, at, site)) => open[at] = site,
                None => return cost,
            }
        }
    }

    fn two(&self, open: &[usize]) -> Vec<Two> {
        let of = |point: usize| {
            let mut two = Two { nearest: 0, first: u32::MAX, second: u32::MAX };
            for (at, site) in open.iter().enumerate() {
                let time = self.time(*site, point);
                if time < two.first {
                    two = Two { nearest: at, first: time, second: two.first };
                } else {
                    two.second = two.second.min(time);
                }
            }
            two
        };
        (0..self.weights.len()).map(of).collect()
    }

    /// The cost with `site` open instead of each of the open ones: all points in one pass.
    fn swapped(&self, two: &[Two], open: usize, site: usize) -> Vec<u64> {
        // With all open sites and the new one; then what closing each of them adds for the points that it served.
        let mut all = 0;
        let mut adds = vec![0_u64; open];
        for ((point, two), weight) in two.iter().enumerate().zip(&self.weights) {
            let (time, weight) = (self.time(site, point), u64::from(*weight));
            let with = time.min(two.first);
            all += u64::from(with) * weight;
            adds[two.nearest] += u64::from(time.min(two.second) - with) * weight;
        }
        adds.into_iter().map(|adds| all + adds).collect()
    }
}
