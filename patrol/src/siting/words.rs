//! Chosen sites in words: English, Chinese.

use super::covering::Siting;
use crate::coverage::percent;

impl Siting {
    /// One sentence about sites chosen among so many candidates for a time in seconds: English, Chinese.
    ///
    /// ```
    /// let siting = patrol::Siting { sites: vec![0, 2], covered: 16, coverable: 18, total: 20 };
    /// let (en, zh) = siting.words(300, 3);
    /// assert_eq!(en, "2 sites reach 80.0 % of 20 reported incidents within 5 minutes; all 3 candidates together 90.0 %");
    /// assert_eq!(zh, "2个点位5分钟可达20起报警的80.0 %；全部3个候选点位合计90.0 %");
    /// ```
    pub fn words(&self, within_s: u32, candidates: usize) -> (String, String) {
        let (sites, total, minutes) = (self.sites.len(), self.total, within_s / 60);
        if total == 0 {
            return (
                "there is nothing to reach that is not reached already".to_owned(),
                "没有尚未覆盖的需求".to_owned(),
            );
        }
        let (covered, coverable) = (percent(self.covered, total), percent(self.coverable, total));
        (
            format!(
                "{sites} sites reach {covered} of {total} reported incidents within {minutes} minutes; all {candidates} candidates together {coverable}"
            ),
            format!(
                "{sites}个点位{minutes}分钟可达{total}起报警的{covered}；全部{candidates}个候选点位合计{coverable}"
            ),
        )
    }
}
