//! The search for sites: greedy, then the best swap of one site for another while one helps, then seeded kicks.

use super::covering::{Covering, SitingError};
use super::kick::Seeded;
use super::worth::Worth;
use crate::demand::index;

/// Open sites, how often each point is covered by them, and what that is worth.
pub(super) struct Open {
    pub(super) sites: Vec<usize>,
    count: Vec<u32>,
    pub(super) worth: u64,
}

impl Covering {
    pub(super) fn search(
        &self,
        n: usize,
        fixed: &[usize],
        worth: &Worth,
        kicks: u32,
        seed: u64,
    ) -> Result<Open, SitingError> {
        let mut once = vec![false; self.points.len()];
        for &site in fixed {
            match once.get_mut(site) {
                Some(named) if worth.several || !*named => *named = true,
                Some(_) | None => return Err(SitingError::Fixed(site)),
            }
        }
        let sites = self.points.len();
        if sites == 0 && n > 0 || !worth.several && n + fixed.len() > sites {
            return Err(SitingError::Many { asked: n + fixed.len(), sites });
        }
        let mut best = self.open(fixed.to_vec(), worth);
        self.grow(&mut best, n, worth);
        self.improve(&mut best, fixed.len(), worth);
        let mut seeded = Seeded(seed);
        for _ in 0..kicks {
            let mut kicked = best.sites.clone();
            seeded.kick(&mut kicked, fixed.len(), sites, worth.several);
            let mut other = self.open(kicked, worth);
            self.improve(&mut other, fixed.len(), worth);
            if other.worth > best.worth {
                best = other;
            }
        }
        Ok(best)
    }

    fn weight(&self, point: u32) -> u64 {
        u64::from(self.weights[index(point)])
    }

    pub(super) fn open(&self, sites: Vec<usize>, worth: &Worth) -> Open {
        let mut open = Open { sites: Vec::new(), count: vec![0; self.weights.len()], worth: 0 };
        for site in sites {
            self.add(&mut open, site, worth);
        }
        open
    }

    fn add(&self, open: &mut Open, site: usize, worth: &Worth) {
        for &point in &self.points[site] {
            let count = &mut open.count[index(point)];
            open.worth += self.weight(point) * worth.more(*count);
            *count += 1;
        }
        open.sites.push(site);
    }

    fn remove(&self, open: &mut Open, at: usize, worth: &Worth) {
        for &point in &self.points[open.sites.swap_remove(at)] {
            let count = &mut open.count[index(point)];
            open.worth -= self.weight(point) * worth.last(*count);
            *count -= 1;
        }
    }

    /// What each site would add.
    fn gains(&self, open: &Open, worth: &Worth) -> Vec<u64> {
        let gain = |point: &u32| self.weight(*point) * worth.more(open.count[index(*point)]);
        self.points.iter().map(|points| points.iter().map(gain).sum()).collect()
    }

    /// Whether a site may be opened.
    fn may_open(open: &Open, site: usize, worth: &Worth) -> bool {
        worth.several || !open.sites.contains(&site)
    }

    /// Adds the site that adds most, `n` times.
    fn grow(&self, open: &mut Open, n: usize, worth: &Worth) {
        let mut gains = self.gains(open, worth);
        for _ in 0..n {
            let free = (0..gains.len()).filter(|site| Self::may_open(open, *site, worth));
            let Some(site) = free.max_by_key(|site| (gains[*site], std::cmp::Reverse(*site))) else { return };
            for &point in &self.points[site] {
                let count = open.count[index(point)];
                let less = self.weight(point) * (worth.more(count) - worth.more(count + 1));
                for &other in self.sites[index(point)].iter().filter(|_| less > 0) {
                    gains[other] -= less;
                }
            }
            self.add(open, site, worth);
        }
    }

    /// Swaps one site for another, the best swap first, while one helps. The first `fixed` sites stay.
    fn improve(&self, open: &mut Open, fixed: usize, worth: &Worth) {
        while let Some((at, site)) = self.best_swap(open, fixed, worth) {
            // `swap_remove` moves the last site to `at`: those that are fixed stand before.
            self.remove(open, at, worth);
            self.add(open, site, worth);
        }
    }

    /// The swap that wins most: gain of the new site, less the loss of the old one, plus, for points that both cover, what
    /// the two say too little: there nothing changes. For plain covering only points that the old site alone covers count
    /// for the last part, so each point is looked at once.
    fn best_swap(&self, open: &Open, fixed: usize, worth: &Worth) -> Option<(usize, usize)> {
        let gains = self.gains(open, worth);
        let may_open: Vec<bool> = (0..gains.len()).map(|site| Self::may_open(open, site, worth)).collect();
        let mut kept = vec![0_u64; self.points.len()];
        let mut best = None;
        for at in fixed..open.sites.len() {
            let mut loses = 0;
            let mut touched = Vec::new();
            for &point in &self.points[open.sites[at]] {
                let count = open.count[index(point)];
                let (weight, last) = (self.weight(point), worth.last(count));
                loses += weight * last;
                let both = weight * (last - worth.more(count));
                for &other in self.sites[index(point)].iter().filter(|_| both > 0) {
                    kept[other] += both;
                    touched.push(other);
                }
            }
            for site in (0..gains.len()).filter(|site| may_open[*site]) {
                let wins = gains[site] + kept[site];
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
