//! What it is worth that a point is covered once, twice, three times…

/// The worth of one in the tables: a millionth is the smallest share.
const ONE: u64 = 1_000_000;

/// The worth of a point of weight 1 by how many open sites cover it.
pub(super) struct Worth {
    /// What the first, the second, the third… site adds: less and less, and nothing after the last.
    adds: Vec<u64>,
    /// The worth of one unit of weight, to tell the sum in weights again.
    one: u64,
    /// Whether a site may be open more than once.
    pub(super) several: bool,
}

impl Worth {
    /// Covered is covered.
    pub(super) fn once() -> Self {
        Self { adds: vec![1], one: 1, several: false }
    }

    /// That one of so many units is free, when each is busy a share of the time by itself: 1 − busy^count.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "0 to 1")]
    pub(super) fn busy(busy: f64, units: usize) -> Self {
        let busy = if busy.is_finite() { busy.clamp(0.0, 0.99) } else { 0.99 };
        let mut none = 1.0;
        let mut adds = Vec::with_capacity(units);
        for _ in 0..units {
            // What one more adds is rounded, not the sum: so it never grows, on which the search rests.
            adds.push((none * (1.0 - busy) * ONE as f64).round() as u64);
            none *= busy;
        }
        Self { adds, one: ONE, several: true }
    }

    /// What one more is worth to a point that `count` sites cover.
    pub(super) fn more(&self, count: u32) -> u64 {
        usize::try_from(count).ok().and_then(|count| self.adds.get(count)).copied().unwrap_or(0)
    }

    /// What the last of `count` sites is worth to a point; nothing when there is none.
    pub(super) fn last(&self, count: u32) -> u64 {
        count.checked_sub(1).map_or(0, |before| self.more(before))
    }

    /// A sum in weights.
    #[expect(clippy::cast_precision_loss, reason = "weights are told with six decimals")]
    pub(super) fn told(&self, sum: u64) -> f64 {
        sum as f64 / self.one as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_is_never_worth_more_than_the_one_before() {
        for busy in [0.0, 0.001, 0.3, 0.5, 0.77, 0.99, 5.0, f64::NAN] {
            let worth = Worth::busy(busy, 200);
            assert!((0..300).all(|count| worth.more(count) >= worth.more(count + 1)), "{busy}");
            let all = (0..300).map(|count| worth.more(count)).sum();
            assert!(worth.told(all) <= 1.000_1, "{busy}");
        }
        assert_eq!([Worth::once().more(0), Worth::once().more(1), Worth::once().last(0)], [1, 0, 0]);
    }
}
