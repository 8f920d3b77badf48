//! Maximum covering (MCLP: Church and `ReVelle` 1974): `n` sites so that the weight of demand within reach is greatest.

use serde::{Deserialize, Serialize};

use super::kick::Seeded;
use crate::demand::index;

/// Why sites cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SitingError {
    /// A list names a point that is not there.
    #[error("site {site} covers point {point}, but there are {points} points")]
    Point {
        /// Which site.
        site: usize,
        /// Which point.
        point: u32,
        /// How many there are.
        points: usize,
    },
    /// A site that must be open is not there, or named twice.
    #[error("site {0} must be open, but it is not there or is named twice")]
    Fixed(usize),
    /// More sites than there are.
    #[error("{asked} sites are asked for out of {sites}")]
    Many {
        /// How many are asked for, those that must be open among them.
        asked: usize,
        /// How many there are.
        sites: usize,
    },
    /// The times do not make a table.
    #[error("{0} times do not make a table of {1} points and {2} sites")]
    Table(usize, usize, usize),
}

/// Which points each candidate site covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covering {
    weights: Vec<u32>,
    /// Points of each site, ascending, each once.
    points: Vec<Vec<u32>>,
    /// Sites of each point, ascending.
    sites: Vec<Vec<usize>>,
}

/// Chosen sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Siting {
    /// Indices of the sites, ascending.
    pub sites: Vec<usize>,
    /// Weight that they cover.
    pub covered: u64,
    /// Weight that all candidate sites together could cover.
    pub coverable: u64,
    /// Weight of all demand.
    pub total: u64,
}

/// How often each point is covered by the open sites.
struct Open {
    sites: Vec<usize>,
    count: Vec<u32>,
    covered: u64,
}

impl Covering {
    /// Weights of the points, and for each site the points that it covers.
    pub fn new(weights: Vec<u32>, mut points: Vec<Vec<u32>>) -> Result<Self, SitingError> {
        let mut sites = vec![Vec::new(); weights.len()];
        for (site, list) in points.iter_mut().enumerate() {
            list.sort_unstable();
            list.dedup();
            for &point in list.iter() {
                let Some(of_point) = sites.get_mut(index(point)) else {
                    return Err(SitingError::Point { site, point, points: weights.len() });
                };
                of_point.push(site);
            }
        }
        Ok(Self { weights, points, sites })
    }

    /// The weight that these sites cover.
    pub fn covered(&self, sites: &[usize]) -> u64 {
        self.open(sites.to_vec()).covered
    }

    /// Chooses `n` sites beside those that are `fixed` (units that stay where they are): greedy, then swaps while one
    /// helps, then `kicks` times a seeded kick and swaps again. The same arguments give the same sites.
    ///
    /// Greedy alone covers at least 1 − 1/e of the optimum (Nemhauser, Wolsey, Fisher 1978) when nothing is fixed.
    ///
    /// ```
    /// use patrol::Covering;
    /// let covering = Covering::new(vec![4, 3, 2, 9], vec![vec![0, 1], vec![1, 2], vec![3]])?;
    /// let siting = covering.best(2, &[], 10, 1)?;
    /// assert_eq!((siting.sites, siting.covered, siting.coverable), (vec![0, 2], 16, 18));
    /// # Ok::<(), patrol::SitingError>(())
    /// ```
    pub fn best(&self, n: usize, fixed: &[usize], kicks: u32, seed: u64) -> Result<Siting, SitingError> {
        let mut once = vec![false; self.points.len()];
        for &site in fixed {
            match once.get_mut(site) {
                Some(named) if !*named => *named = true,
                Some(_) | None => return Err(SitingError::Fixed(site)),
            }
        }
        if n + fixed.len() > self.points.len() {
            return Err(SitingError::Many { asked: n + fixed.len(), sites: self.points.len() });
        }
        let mut best = self.open(fixed.to_vec());
        self.grow(&mut best, n);
        self.improve(&mut best, fixed.len());
        let mut seeded = Seeded(seed);
        for _ in 0..kicks {
            let mut sites = best.sites.clone();
            seeded.kick(&mut sites, fixed.len(), self.points.len());
            let mut other = self.open(sites);
            self.improve(&mut other, fixed.len());
            if other.covered > best.covered {
                best = other;
            }
        }
        let weight = |covered: &dyn Fn(usize) -> bool| {
            let those = self.weights.iter().enumerate().filter(|(point, _)| covered(*point));
            those.map(|(_, weight)| u64::from(*weight)).sum()
        };
        let mut sites = best.sites;
        sites.sort_unstable();
        let coverable = weight(&|point| !self.sites[point].is_empty());
        Ok(Siting { sites, covered: best.covered, coverable, total: weight(&|_| true) })
    }

    fn open(&self, sites: Vec<usize>) -> Open {
        let mut open = Open { sites: Vec::new(), count: vec![0; self.weights.len()], covered: 0 };
        for site in sites {
            self.add(&mut open, site);
        }
        open
    }

    fn add(&self, open: &mut Open, site: usize) {
        for &point in &self.points[site] {
            let count = &mut open.count[index(point)];
            if *count == 0 {
                open.covered += u64::from(self.weights[index(point)]);
            }
            *count += 1;
        }
        open.sites.push(site);
    }

    fn remove(&self, open: &mut Open, at: usize) {
        for &point in &self.points[open.sites.swap_remove(at)] {
            let count = &mut open.count[index(point)];
            *count -= 1;
            if *count == 0 {
                open.covered -= u64::from(self.weights[index(point)]);
            }
        }
    }

    /// What each site would add.
    fn gains(&self, open: &Open) -> Vec<u64> {
        let fresh = |point: &&u32| open.count[index(**point)] == 0;
        let gain = |points: &Vec<u32>| points.iter().filter(fresh).map(|p| u64::from(self.weights[index(*p)])).sum();
        self.points.iter().map(gain).collect()
    }

    /// Adds the site that adds most, `n` times.
    fn grow(&self, open: &mut Open, n: usize) {
        let mut gains = self.gains(open);
        for _ in 0..n {
            let free = (0..gains.len()).filter(|site| !open.sites.contains(site));
            let Some(site) = free.max_by_key(|site| (gains[*site], std::cmp::Reverse(*site))) else { return };
            for &point in self.points[site].iter().filter(|point| open.count[index(**point)] == 0) {
                for &other in &self.sites[index(point)] {
                    gains[other] -= u64::from(self.weights[index(point)]);
                }
            }
            self.add(open, site);
        }
    }

    /// Swaps one site for another, the best swap first, while one helps. The first `fixed` sites stay.
    fn improve(&self, open: &mut Open, fixed: usize) {
        while let Some((at, site)) = self.best_swap(open, fixed) {
            // `swap_remove` moves the last site to `at`: those that are fixed stand before.
            self.remove(open, at);
            self.add(open, site);
        }
    }

    /// The swap that wins most: gain of the new site, less what the old one alone covers, plus what of that the new one
    /// covers too. Only points that one open site alone covers count for the last part, so each point is looked at once.
    fn best_swap(&self, open: &Open, fixed: usize) -> Option<(usize, usize)> {
        let gains = self.gains(open);
        let mut is_open = vec![false; self.points.len()];
        for &site in &open.sites {
            is_open[site] = true;
        }
        let mut kept = vec![0_u64; self.points.len()];
        let mut best = None;
        for at in fixed..open.sites.len() {
            let mut lost = 0;
            let alone = self.points[open.sites[at]].iter().filter(|point| open.count[index(**point)] == 1);
            let mut touched = Vec::new();
            for &point in alone {
                let weight = u64::from(self.weights[index(point)]);
                lost += weight;
                for &other in &self.sites[index(point)] {
                    kept[other] += weight;
                    touched.push(other);
                }
            }
            for site in (0..gains.len()).filter(|site| !is_open[*site]) {
                let (wins, loses) = (gains[site] + kept[site], lost);
                if wins > loses && best.is_none_or(|(most, _, _)| wins - loses > most) {
                    best = Some((wins - loses, at, site));
                }
            }
            for other in touched {
                kept[other] = 0;
            }
        }
        best.map(|(_, at, site)| (at, site))
    }
}
