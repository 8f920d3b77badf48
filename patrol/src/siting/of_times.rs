//! Sites from times by road, and what was chosen in words.

use super::covering::{Covering, Siting, SitingError};
use super::median::Median;
use crate::coverage::percent;
use crate::demand::{Demand, index};
use crate::times::Times;

impl Covering {
    /// Demand over all hours, and what each candidate site reaches within `limit_s`. Sites are those of `sites`, in its
    /// order: units that stay where they are stand among them and are named as fixed.
    pub fn of_times(demand: &Demand, sites: &Times, limit_s: u32) -> Result<Self, SitingError> {
        let reached = |site: &str| {
            let within = sites.of(site).into_iter().flatten().filter(|(_, seconds)| *seconds <= limit_s);
            within.map(|(point, _)| point).collect()
        };
        Self::new(demand.weights(), sites.units().map(reached).collect())
    }
}

impl Median {
    /// Demand over all hours, and the times from each candidate site, in the order of `sites`; a point that a site does not
    /// reach counts as `beyond_s` away. Points outside the demand are left out.
    pub fn of_times(demand: &Demand, sites: &Times, beyond_s: u32) -> Result<Self, SitingError> {
        let points = demand.points().len();
        let mut table = vec![beyond_s; points * sites.len()];
        for (row, site) in table.chunks_mut(points.max(1)).zip(sites.units()) {
            for (point, seconds) in sites.of(site).into_iter().flatten() {
                if let Some(cell) = row.get_mut(index(point)) {
                    *cell = (*cell).min(seconds);
                }
            }
        }
        Self::new(demand.weights(), sites.len(), table)
    }
}

impl Siting {
    /// In words: English, Chinese.
    pub fn words(&self) -> (String, String) {
        let (sites, covers) = (self.sites.len(), percent(self.covered, self.total));
        let most = percent(self.coverable, self.total);
        (
            format!("{sites} sites cover {covers} of demand; all candidate sites together could cover {most}"),
            format!("{sites}个驻点覆盖{covers}的需求；全部候选点合计可覆盖{most}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use spatial::Position;

    use super::*;
    use crate::demand::Call;

    #[test]
    fn times_make_both_problems() {
        let position = Position::new(120.65, 28.0).unwrap();
        let call = |(point, weight)| Call { point, hour: 3, place: 0, weight };
        let calls = [(0, 5), (1, 3), (2, 2), (2, 2)].into_iter().map(call).collect();
        let demand = Demand::of(vec![position; 4], calls, vec!["a".to_owned()]);
        let mut sites = Times::new();
        sites.push("bridge", [(0, 100), (1, 400)]);
        sites.push("market", [(1, 200), (2, 250)]);
        let siting = Covering::of_times(&demand, &sites, 300).unwrap().best(1, &[], 0, 1).unwrap();
        assert_eq!((&siting.sites, siting.covered, siting.coverable), (&vec![1], 7, 12));
        assert_eq!(
            siting.words(),
            (
                "1 sites cover 58.3 % of demand; all candidate sites together could cover 100.0 %".to_owned(),
                "1个驻点覆盖58.3 %的需求；全部候选点合计可覆盖100.0 %".to_owned()
            )
        );
        let placing = Median::of_times(&demand, &sites, 900).unwrap().best(1, 0, 1).unwrap();
        // Bridge: 5 × 100 + 3 × 400 + 4 × 900; market: 5 × 900 + 3 × 200 + 4 × 250.
        assert_eq!((placing.sites, placing.cost), (vec![0], 5_300));
        sites.push("elsewhere", [(9, 10)]);
        let error = Covering::of_times(&demand, &sites, 300).unwrap_err();
        assert_eq!(error.to_string(), "site 2 covers point 9, but there are 4 points");
        assert!(Median::of_times(&demand, &sites, 900).is_ok());
    }
}
