//! A queue for searches whose costs never fall: a radix heap (Ahuja, Mehlhorn, Orlin and Tarjan 1990).
//!
//! An entry lies in the bucket of the highest bit in which its cost differs from the last one taken; when the lowest bucket
//! is empty, the next one is dealt out anew. Entries of one cost are taken in an order that depends on nothing but what was
//! put, so searches are the same on every machine.

/// Entries by cost.
#[derive(Debug)]
pub(crate) struct Queue {
    buckets: Vec<Vec<(u32, u32)>>,
    last: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Self { buckets: vec![Vec::new(); 33], last: 0 }
    }
}

impl Queue {
    pub(crate) fn clear(&mut self) {
        self.buckets.iter_mut().for_each(Vec::clear);
        self.last = 0;
    }

    /// Puts an entry whose cost is no less than the last one taken.
    #[inline]
    pub(crate) fn put(&mut self, cost: u32, state: u32) {
        let bucket = 32 - (cost ^ self.last).leading_zeros();
        self.buckets[bucket as usize].push((cost, state));
    }

    /// Takes an entry of the least cost.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<(u32, u32)> {
        if let Some(entry) = self.buckets[0].pop() {
            return Some(entry);
        }
        let bucket = self.buckets.iter().position(|bucket| !bucket.is_empty())?;
        let mut entries = std::mem::take(&mut self.buckets[bucket]);
        self.last = entries.iter().map(|entry| entry.0).min()?;
        for (cost, state) in entries.drain(..) {
            self.put(cost, state);
        }
        // The memory is kept for the next time.
        self.buckets[bucket] = entries;
        self.buckets[0].pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn entries_come_in_the_order_of_their_costs(steps in proptest::collection::vec((any::<bool>(), 0..100_000_u32), 1..300)) {
            let (mut queue, mut twin, mut last) = (Queue::default(), Vec::new(), 0);
            for (n, (put, more)) in (0..).zip(steps) {
                if put || twin.is_empty() {
                    queue.put(last + more, n);
                    twin.push(last + more);
                } else {
                    let (cost, _) = queue.take().unwrap();
                    twin.sort_unstable();
                    prop_assert_eq!(cost, twin.remove(0));
                    last = cost;
                }
            }
            while let Some((cost, _)) = queue.take() {
                twin.sort_unstable();
                prop_assert_eq!(cost, twin.remove(0));
            }
            prop_assert!(twin.is_empty());
        }
    }
}
