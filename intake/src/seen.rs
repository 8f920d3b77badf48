//! Where the first row of each number is: the one thing that grows with a file.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use spatial::Fid;

/// Rows by their number.
pub(crate) type Seen<T> = HashMap<Fid, T, BuildHasherDefault<Spread>>;

/// Numbers of rows alone.
pub(crate) type Numbers = HashSet<Fid, BuildHasherDefault<Spread>>;

/// A number is the hash of a key already: it is only spread over all bits.
#[derive(Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // 2^64 divided by the golden ratio (Knuth, volume 3, 6.4).
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
