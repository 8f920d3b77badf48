//! The pictures since the last one that a player can begin at: who comes in the middle sees something at once, also where
//! such pictures come every ten seconds.

use super::fmp4::Fragment;

/// Most pictures that are kept: 30 s at 25 a second.
const MOST: usize = 750;
/// Most bytes that are kept of one camera.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Fragments from the last key on. When they become too many none is kept until the next key, and who comes then waits for
/// it.
#[derive(Debug, Default)]
pub(crate) struct Gop {
    fragments: Vec<Fragment>,
    bytes: usize,
}

impl Gop {
    /// Keeps one more.
    pub(crate) fn push(&mut self, fragment: Fragment) {
        if fragment.key {
            self.clear();
        } else if self.fragments.is_empty() {
            return;
        }
        self.bytes += fragment.bytes.len();
        self.fragments.push(fragment);
        if self.fragments.len() > MOST || self.bytes > MOST_BYTES {
            self.clear();
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.fragments.clear();
        self.bytes = 0;
    }

    /// From the last key on.
    pub(crate) fn fragments(&self) -> impl Iterator<Item = &Fragment> {
        self.fragments.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pushed: &[(bool, usize)], kept: usize) {
        let mut gop = Gop::default();
        for (key, length) in pushed {
            gop.push(Fragment { key: *key, at_ms: 0, bytes: vec![0; *length].into() });
        }
        assert_eq!(gop.fragments().count(), kept, "{} pushed", pushed.len());
        assert!(gop.fragments().next().is_none_or(|first| first.key), "a player can begin at the first");
    }

    #[test]
    fn it_begins_at_the_last_key() {
        check(&[(false, 1)], 0);
        check(&[(true, 1), (false, 1)], 2);
        check(&[(true, 1), (false, 1), (true, 1)], 1);
    }

    #[test]
    fn it_has_an_end() {
        check(&[(true, MOST_BYTES), (false, 1), (false, 1)], 0);
        let mut many = vec![(false, 1); MOST];
        many.insert(0, (true, 1));
        check(&many, 0);
        many.pop();
        check(&many, MOST);
    }
}
