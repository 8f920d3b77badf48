//! The slow parts of an edge: how many times longer each takes, and so the edge, or any part of it.

use super::spot::share;
use super::takes::NEVER;

/// 1 in the unit of "times the time".
pub(crate) const ONCE: u32 = 1 << 10;

/// A million times as long: no product of closures is more, so that sums over an edge fit.
const MOST: u32 = ONCE << 20;

/// The slow parts of an edge.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Slow {
    /// From, to (offsets from the edge's beginning) and times the time, in 1/1024. Sorted; no two overlap.
    parts: Vec<(u32, u32, u32)>,
    /// What they add to the edge's length: length times (times − 1), in 1/1024. Known beforehand, so that a search that
    /// passes the whole edge looks at no part.
    more: i64,
}

impl Slow {
    /// Makes a part so many times slower. Where it was slow already the two are multiplied.
    pub(crate) fn add(&mut self, (from, to): (u32, u32), times: u32) {
        let mut cuts: Vec<u32> = self.parts.iter().flat_map(|part| [part.0, part.1]).chain([from, to]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut parts: Vec<(u32, u32, u32)> = Vec::new();
        for pair in cuts.windows(2) {
            let (start, end) = (pair[0], pair[1]);
            let known = self.parts.iter().find(|part| part.0 <= start && end <= part.1).map(|part| part.2);
            let fresh = (from <= start && end <= to).then_some(times.min(MOST));
            let times = match (known, fresh) {
                (Some(known), Some(fresh)) => share(known, fresh, ONCE).clamp(1, MOST),
                (Some(times), None) | (None, Some(times)) => times,
                (None, None) => continue,
            };
            match parts.last_mut() {
                Some(last) if last.1 == start && last.2 == times => last.1 = end,
                _ => parts.push((start, end, times)),
            }
        }
        self.parts = parts;
        self.more = self.more_within((0, u32::MAX));
    }

    /// The slow parts: from, to, times the time in 1/1024.
    pub(crate) fn parts(&self) -> &[(u32, u32, u32)] {
        &self.parts
    }

    /// What a whole edge of that length takes that would take `drive`.
    #[inline]
    pub(crate) fn whole(&self, drive: u32, long: u32) -> u32 {
        if self.parts.is_empty() { drive } else { scaled(drive, long, self.more, long) }
    }

    /// What a part of it takes.
    pub(crate) fn part(&self, drive: u32, (from, to): (u32, u32), long: u32) -> u32 {
        if self.parts.is_empty() {
            return share(drive, to - from, long);
        }
        scaled(drive, to - from, self.more_within((from, to)), long)
    }

    fn more_within(&self, (from, to): (u32, u32)) -> i64 {
        let more = |(start, end, times): &(u32, u32, u32)| {
            let within = (*end).min(to).saturating_sub((*start).max(from));
            i64::from(within) * (i64::from(*times) - i64::from(ONCE))
        };
        self.parts.iter().map(more).sum()
    }
}

/// What a part takes of an edge of length `long` that takes `drive` where nothing is slow: rounded once, so that a part
/// that holds another never takes less.
fn scaled(drive: u32, part: u32, more: i64, long: u32) -> u32 {
    let whole = u64::from(long) * u64::from(ONCE);
    if whole == 0 {
        return drive;
    }
    let slow = (u64::from(part) * u64::from(ONCE)).saturating_add_signed(more);
    // Without 128 bits as long as it fits, which is nearly always.
    let exact = if let Some(all) = u64::from(drive).checked_mul(slow).and_then(|all| all.checked_add(whole / 2)) {
        all / whole
    } else {
        let all = u128::from(drive) * u128::from(slow) + u128::from(whole / 2);
        u64::try_from(all / u128::from(whole)).unwrap_or(u64::MAX)
    };
    u32::try_from(exact).unwrap_or(NEVER).min(NEVER - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONG: u32 = 600;

    /// The plain twin: a list of how many times longer each unit of length takes.
    fn sampled(slow: &[((u32, u32), u32)]) -> Vec<f64> {
        let times = |at: u32| {
            let over = slow.iter().filter(|((from, to), _)| (*from..*to).contains(&at));
            over.map(|(_, times)| f64::from(*times) / f64::from(ONCE)).product()
        };
        (0..LONG).map(times).collect()
    }

    proptest! {
        #[test]
        fn a_part_takes_what_its_samples_take(
            slow in proptest::collection::vec(((0..LONG, 0..LONG), 1.0..20.0_f64), 0..6),
            (from, to) in (0..=LONG, 0..=LONG),
            drive in 1..1_000_u32,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]
            let slow: Vec<_> = slow
                .into_iter()
                .map(|((a, b), times)| ((a.min(b), a.max(b)), (times * f64::from(ONCE)) as u32))
                .collect();
            let (from, to) = (from.min(to), from.max(to));
            let mut edge = Slow::default();
            for (part, times) in &slow {
                edge.add(*part, *times);
            }
            let twin = sampled(&slow);
            let expect = |from: u32, to: u32| {
                f64::from(drive) / f64::from(LONG) * twin[from as usize..to as usize].iter().sum::<f64>()
            };
            // Products are kept in 1/1024: five in a row may be off by half of that each, times what follows.
            let near = |got: u32, expect: f64| (f64::from(got) - expect).abs() <= 1.0 + expect * 0.003;
            let part = edge.part(drive, (from, to), LONG);
            prop_assert!(near(part, expect(from, to)), "{edge:?} {part} {}", expect(from, to));
            let whole = edge.whole(drive, LONG);
            prop_assert_eq!(whole, edge.part(drive, (0, LONG), LONG));
            prop_assert!(near(whole, expect(0, LONG)), "{edge:?} {whole} {}", expect(0, LONG));
            // Parts in a row take what the whole takes, but for rounding each to a millisecond.
            let rest = edge.part(drive, (0, from), LONG) + part + edge.part(drive, (to, LONG), LONG);
            prop_assert!(rest.abs_diff(whole) <= 2, "{rest} {whole}");
            prop_assert!(edge.parts.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{edge:?}");
        }
    }

    #[test]
    fn what_is_slow_beyond_all_measure_is_still_a_time() {
        let mut edge = Slow::default();
        for _ in 0..9 {
            edge.add((0, u32::MAX), 1_000 * ONCE);
        }
        assert_eq!(edge.parts(), [(0, u32::MAX, MOST)]);
        assert_eq!((edge.whole(5_000, u32::MAX), edge.whole(0, u32::MAX)), (NEVER - 1, 0));
        assert_eq!((edge.part(7, (3, 3), u32::MAX), edge.whole(7, 0)), (0, 7));
    }
}
