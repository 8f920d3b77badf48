//! Whole numbers and values as narrow as they are: most columns hold few different values, many hold none.

use std::collections::HashMap;

/// Values of a column that are told apart by a code; a column of more keeps them as they are.
const MOST_VALUES: usize = 1 << 16;

/// Whole numbers, each as wide as the largest of them needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Codes {
    /// So many zeros.
    Zero(usize),
    /// Below 2^8.
    One(Vec<u8>),
    /// Below 2^16.
    Two(Vec<u16>),
    /// Below 2^32.
    Four(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Zero(0)
    }
}

impl Codes {
    /// Those numbers.
    pub(super) fn of(all: Vec<u32>) -> Self {
        let narrow = |most: u32| all.iter().all(|code| *code <= most);
        if narrow(0) {
            Self::Zero(all.len())
        } else if narrow(u32::from(u8::MAX)) {
            Self::One(all.iter().filter_map(|code| u8::try_from(*code).ok()).collect())
        } else if narrow(u32::from(u16::MAX)) {
            Self::Two(all.iter().filter_map(|code| u16::try_from(*code).ok()).collect())
        } else {
            Self::Four(all)
        }
    }

    /// The number at a place.
    pub(crate) fn get(&self, at: usize) -> Option<u32> {
        match self {
            Self::Zero(len) => (at < *len).then_some(0),
            Self::One(all) => all.get(at).map(|code| u32::from(*code)),
            Self::Two(all) => all.get(at).map(|code| u32::from(*code)),
            Self::Four(all) => all.get(at).copied(),
        }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Zero(len) => *len,
            Self::One(all) => all.len(),
            Self::Two(all) => all.len(),
            Self::Four(all) => all.len(),
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Zero(_) => 0,
            Self::One(all) => all.len(),
            Self::Two(all) => 2 * all.len(),
            Self::Four(all) => 4 * all.len(),
        }
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let (zeros, one, two, four): (usize, &[u8], &[u16], &[u32]) = match self {
            Self::Zero(len) => (*len, &[], &[], &[]),
            Self::One(all) => (0, all, &[], &[]),
            Self::Two(all) => (0, &[], all, &[]),
            Self::Four(all) => (0, &[], &[], all),
        };
        let narrow = one.iter().map(|code| u32::from(*code)).chain(two.iter().map(|code| u32::from(*code)));
        std::iter::repeat_n(0, zeros).chain(narrow).chain(four.iter().copied())
    }

    /// Takes the mark of every place from `first` on whose number has the answer no.
    pub(crate) fn keep(&self, first: usize, answers: &[bool], marks: &mut [bool]) {
        fn keep<T: Copy + Into<u32>>(all: &[T], first: usize, answers: &[bool], marks: &mut [bool]) {
            let own = all.get(first..).unwrap_or_default();
            for (mark, code) in marks.iter_mut().zip(own) {
                let code: u32 = (*code).into();
                *mark &= answers.get(code as usize).copied().unwrap_or(false);
            }
        }
        match self {
            Self::Zero(_) => {
                if !answers.first().copied().unwrap_or(false) {
                    marks.fill(false);
                }
            }
            Self::One(all) => keep(all, first, answers, marks),
            Self::Two(all) => keep(all, first, answers, marks),
            Self::Four(all) => keep(all, first, answers, marks),
        }
    }

    /// Up to where, at most `end`, the numbers from `from` on are the same.
    pub(super) fn run(&self, from: usize, end: usize) -> usize {
        match self {
            Self::Zero(_) => end.max(from),
            Self::One(all) => same(all, from, end),
            Self::Two(all) => same(all, from, end),
            Self::Four(all) => same(all, from, end),
        }
    }
}

/// Values that are compared at once.
const TOGETHER: usize = 32;

/// Up to where, at most `end`, the values from `from` on are the same.
fn same<T: Copy + Eq>(all: &[T], from: usize, end: usize) -> usize {
    let own = all.get(from..end).unwrap_or_default();
    let Some(first) = own.first().copied() else { return from };
    let alike = |some: &&[T]| some.iter().filter(|other| **other == first).count() == some.len();
    let whole = own.chunks(TOGETHER).take_while(alike).map(<[T]>::len).sum::<usize>();
    from + whole + own.iter().skip(whole).take_while(|other| **other == first).count()
}

/// Values of which there are few different ones as codes into a list, others as they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Packed<T> {
    /// At most 65,536 different ones: places in the list.
    Few { codes: Codes, values: Vec<T> },
    /// Each as it is.
    Many(Vec<T>),
}

impl<T: Copy> Packed<T> {
    /// Those values; `bits` tells them apart.
    pub(super) fn of(all: Vec<T>, bits: impl Fn(T) -> u64) -> Self {
        let mut known: HashMap<u64, u32> = HashMap::new();
        let mut values = Vec::new();
        let mut codes = Vec::with_capacity(all.len());
        for value in &all {
            let next = u32::try_from(values.len()).unwrap_or(u32::MAX);
            let code = *known.entry(bits(*value)).or_insert(next);
            if code == next {
                if values.len() == MOST_VALUES {
                    return Self::Many(all);
                }
                values.push(*value);
            }
            codes.push(code);
        }
        Self::Few { codes: Codes::of(codes), values }
    }

    /// The value at a place.
    pub(super) fn get(&self, at: usize) -> Option<T> {
        match self {
            Self::Few { codes, values } => values.get(codes.get(at)? as usize).copied(),
            Self::Many(all) => all.get(at).copied(),
        }
    }

    /// Up to where, at most `end`, the values from `from` on are the same.
    pub(super) fn run(&self, from: usize, end: usize) -> usize
    where
        T: Eq,
    {
        match self {
            Self::Few { codes, .. } => codes.run(from, end),
            Self::Many(all) => same(all, from, end),
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Few { codes, values } => codes.bytes() + size_of_val(values.as_slice()),
            Self::Many(all) => size_of_val(all.as_slice()),
        }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few { codes, .. } => codes.len(),
            Self::Many(all) => all.len(),
        }
    }
}

/// Numbers that lie near each other: how far each lies above the least of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Above {
    /// All within 2^32.
    Near { least: u64, above: Codes },
    /// Each as it is.
    Far(Vec<u64>),
}

impl Above {
    /// Those numbers.
    pub(super) fn of(all: Vec<u64>) -> Self {
        let least = all.iter().copied().min().unwrap_or(0);
        let above = all.iter().map(|number| u32::try_from(number - least).ok()).collect::<Option<Vec<u32>>>();
        match above {
            Some(above) => Self::Near { least, above: Codes::of(above) },
            None => Self::Far(all),
        }
    }

    /// The number at a place.
    pub(super) fn get(&self, at: usize) -> Option<u64> {
        match self {
            Self::Near { least, above } => least.checked_add(u64::from(above.get(at)?)),
            Self::Far(all) => all.get(at).copied(),
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Near { above, .. } => above.bytes(),
            Self::Far(all) => 8 * all.len(),
        }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Near { above, .. } => above.len(),
            Self::Far(all) => all.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = Vec<u32>> {
        let most = prop_oneof![Just(0_u32), Just(1), Just(255), Just(256), Just(65_535), Just(65_536), Just(u32::MAX)];
        most.prop_flat_map(|most| prop::collection::vec(prop_oneof![Just(most), 0..=most.min(3)], 0..200))
    }

    proptest! {
        #[test]
        fn codes_are_the_numbers(all in numbers(), first in 0_usize..210, answers in prop::collection::vec(any::<bool>(), 0..5)) {
            let codes = Codes::of(all.clone());
            prop_assert_eq!((codes.len(), codes.is_empty()), (all.len(), all.is_empty()));
            prop_assert_eq!(codes.iter().collect::<Vec<_>>(), all.clone());
            prop_assert_eq!((0..=all.len()).map(|at| codes.get(at)).collect::<Vec<_>>(), (0..=all.len()).map(|at| all.get(at).copied()).collect::<Vec<_>>());
            let from = first.min(all.len());
            let rest = &all[from..];
            let same = rest.iter().take_while(|code| Some(*code) == rest.first()).count();
            prop_assert_eq!(codes.run(from, all.len()), from + same);
            let mut marks = vec![true; rest.len()];
            codes.keep(from, &answers, &mut marks);
            let wanted: Vec<bool> = rest.iter().map(|code| answers.get(*code as usize) == Some(&true)).collect();
            prop_assert_eq!(marks, wanted);
        }

        #[test]
        fn packed_values_are_the_values(all in prop::collection::vec(prop_oneof![Just(f64::NAN), Just(0.0), Just(-0.0), Just(0.1), any::<f64>()], 0..300)) {
            let packed = Packed::of(all.clone(), f64::to_bits);
            prop_assert_eq!(packed.len(), all.len());
            let bits = |at: usize| packed.get(at).map(f64::to_bits);
            prop_assert!((0..all.len()).all(|at| bits(at) == Some(all[at].to_bits())));
            prop_assert_eq!(bits(all.len()), None);
        }

        #[test]
        fn numbers_above_the_least_are_the_numbers(all in prop::collection::vec(prop_oneof![5_u64..9, any::<u64>()], 0..20)) {
            for all in [all.clone(), all.into_iter().filter(|n| *n < 9).collect()] {
                let above = Above::of(all.clone());
                prop_assert_eq!((0..all.len()).filter_map(|at| above.get(at)).collect::<Vec<_>>(), all.clone());
                prop_assert_eq!((above.len(), above.get(all.len())), (all.len(), None));
            }
        }
    }

    #[test]
    fn few_values_are_narrow_and_many_are_kept_as_they_are() {
        let few = Packed::of(vec![1.5; 1_000], f64::to_bits);
        assert_eq!(few, Packed::Few { codes: Codes::Zero(1_000), values: vec![1.5] });
        let all: Vec<i64> = (0..70_000).collect();
        assert_eq!(Packed::of(all.clone(), i64::cast_unsigned), Packed::Many(all));
        assert!(matches!(Above::of(vec![u64::MAX, u64::MAX - 3]), Above::Near { above: Codes::One(_), .. }));
    }
}
