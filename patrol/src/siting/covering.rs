//! Maximum covering (MCLP: Church and `ReVelle` 1974): `n` sites so that the weight of demand within reach is greatest.

use serde::{Deserialize, Serialize};

use super::worth::Worth;
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
    pub(super) weights: Vec<u32>,
    /// Points of each site, ascending, each once.
    pub(super) points: Vec<Vec<u32>>,
    /// Sites of each point, ascending.
    pub(super) sites: Vec<Vec<usize>>,
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

/// Sites for units that are sometimes busy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Index of the site of each unit, ascending; a site may stand here more than once.
    pub sites: Vec<usize>,
    /// Weight that a free unit is expected to reach.
    pub expected: f64,
    /// Weight of all demand.
    pub total: u64,
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
        self.open(sites.to_vec(), &Worth::once()).worth
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
        let worth = Worth::once();
        let open = self.search(n, fixed, &worth, kicks, seed)?;
        let weight = |covered: &dyn Fn(usize) -> bool| {
            let those = self.weights.iter().enumerate().filter(|(point, _)| covered(*point));
            those.map(|(_, weight)| u64::from(*weight)).sum()
        };
        let mut sites = open.sites;
        sites.sort_unstable();
        let coverable = weight(&|point| !self.sites[point].is_empty());
        Ok(Siting { sites, covered: open.worth, coverable, total: weight(&|_| true) })
    }

    /// Chooses sites for `n` units of which each is busy a share of the time (0 to 1, cut to 0.99), beside units that are
    /// `fixed`: the weight that a free unit is expected to reach is greatest (MEXCLP: Daskin 1983). A site may hold several
    /// units, and a site may be fixed more than once.
    pub fn best_busy(
        &self,
        n: usize,
        fixed: &[usize],
        busy: f64,
        kicks: u32,
        seed: u64,
    ) -> Result<Expected, SitingError> {
        let worth = Worth::busy(busy, n + fixed.len());
        let open = self.search(n, fixed, &worth, kicks, seed)?;
        let total = self.weights.iter().map(|weight| u64::from(*weight)).sum();
        let mut sites = open.sites;
        sites.sort_unstable();
        Ok(Expected { sites, expected: worth.told(open.worth), total })
    }
}
