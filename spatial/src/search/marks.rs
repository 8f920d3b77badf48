//! Marks of a name: two words of 64 bits that say at a glance that a name cannot be meant.
//!
//! All names of a city are looked at for each question, a million of them in a few milliseconds; only those whose marks
//! allow it are read. A mark never hides a name that would be found: the test beside holds it against the search without.

use super::letters::pair;
use super::sound::{letters, readings, rough};
use super::text::{Unit, is_han};

/// The marks of one name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// A bit for each rough sound, and for each two letters that stand together.
    pub(super) sounds: u64,
    /// A bit for the initials of each two characters that stand together.
    pub(super) pairs: u64,
}

/// One of 64 bits for a number: the upper bits of its product with the golden ratio.
pub(super) fn bit(number: u32) -> u64 {
    1 << (number.wrapping_mul(0x9E37_79B1) >> 26)
}

fn together(a: char, b: char) -> u64 {
    bit(10_000 + (u32::from(a) & 0xff) * 256 + (u32::from(b) & 0xff))
}

/// The initials of a unit: of all readings of a character, of a letter itself.
fn initials(c: char) -> impl Iterator<Item = u8> + Clone {
    let han = readings(c).into_iter().filter(|n| *n != 0).filter_map(|n| letters(n).as_bytes().first().copied());
    let own = u8::try_from(c).ok().filter(u8::is_ascii_alphabetic);
    han.chain(own)
}

impl Marks {
    /// The marks of a name.
    pub(super) fn of(name: &[Unit]) -> Self {
        let mut marks = Self::default();
        for (at, unit) in name.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| name.get(at));
            if is_han(unit.c) {
                for reading in readings(unit.c).into_iter().filter(|n| *n != 0) {
                    marks.sounds |= bit(u32::from(rough(reading)));
                }
            }
            let Some(before) = before else { continue };
            if !unit.head && unit.c.is_alphabetic() {
                marks.sounds |= together(before.c, unit.c);
            }
            for a in initials(before.c) {
                for b in initials(unit.c) {
                    marks.pairs |= pair(a, b);
                }
            }
        }
        marks
    }

    /// The bits of [`Marks::sounds`] that a name must have that is called so: characters with one sound only count.
    pub(super) fn needed(asked: &[Unit]) -> u64 {
        let mut needed = 0;
        for (at, unit) in asked.iter().enumerate() {
            if is_han(unit.c) {
                let roughs = readings(unit.c).map(rough);
                let one = roughs.iter().all(|rough| *rough == 0 || Some(rough) == roughs.first());
                if let Some(first) = roughs.first().filter(|first| one && **first != 0) {
                    needed |= bit(u32::from(*first));
                }
            } else if !unit.head
                && unit.c.is_alphabetic()
                && let Some(before) = at.checked_sub(1).and_then(|at| asked.get(at))
            {
                needed |= together(before.c, unit.c);
            }
        }
        needed
    }
}
