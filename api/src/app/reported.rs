//! The numbers that a device gave its last reports: what tells a duplicate.

use std::collections::VecDeque;

use sha2::{Digest, Sha256};

/// Numbers kept for a unit; an older one that comes again is told by its time.
pub(super) const KEPT: usize = 64;

/// The last 64 report numbers (`device:boot:counter`) of a unit, as 64-bit hashes: 512 bytes a unit, however long the
/// numbers are.
#[derive(Debug, Clone, Default)]
pub struct Reported(VecDeque<u64>);

impl Reported {
    /// The hash of a number, the same at every server: the first eight bytes of its SHA-256.
    pub fn hash(obs: &str) -> u64 {
        let first = Sha256::digest(obs).first_chunk().copied();
        u64::from_be_bytes(first.unwrap_or_default())
    }

    /// Whether the number of that hash was not among the last 64; from now on it is.
    pub fn is_new(&mut self, hash: u64) -> bool {
        if self.0.contains(&hash) {
            return false;
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(hash);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_new_once_and_the_last_64_are_kept() {
        let mut reported = Reported::default();
        for n in 0..200 {
            assert!(reported.is_new(Reported::hash(&format!("d:1:{n}"))));
            assert!(!reported.is_new(Reported::hash(&format!("d:1:{n}"))));
        }
        assert_eq!(reported.0.len(), 64);
        assert!(!reported.is_new(Reported::hash("d:1:136")) && reported.is_new(Reported::hash("d:1:135")));
    }
}
