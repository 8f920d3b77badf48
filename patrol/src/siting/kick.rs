//! A seeded stream of numbers (splitmix64: Steele, Lea, Flood 2014) to get out of a place that no single swap improves.

/// The stream.
pub(super) struct Seeded(pub(super) u64);

impl Seeded {
    /// The next number below `below`; 0 when that is 0.
    pub(super) fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        let below = u64::try_from(below).unwrap_or(u64::MAX).max(1);
        usize::try_from(z % below).unwrap_or(0)
    }

    /// Swaps some of the open sites (about a third, at least two: one alone would only be swapped back) for others out of `sites`; the first `fixed` stay. With
    /// `several` a site may be open more than once.
    pub(super) fn kick(&mut self, open: &mut [usize], fixed: usize, sites: usize, several: bool) {
        let free = open.len().saturating_sub(fixed);
        if free == 0 || sites == 0 || !several && open.len() >= sites {
            return;
        }
        for _ in 0..free.div_ceil(3).max(2) {
            let at = fixed + self.below(free);
            let site = self.below(sites);
            if several || !open.contains(&site) {
                open[at] = site;
            }
        }
    }
}
