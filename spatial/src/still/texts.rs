//! Many texts in one piece of memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Where texts end: in four bytes each, until they are more than four gigabytes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ends {
    Short(Vec<u32>),
    Long(Vec<u64>),
}

impl Default for Ends {
    fn default() -> Self {
        Self::Short(Vec::new())
    }
}

impl Ends {
    pub(super) fn get(&self, number: usize) -> Option<usize> {
        match self {
            Self::Short(ends) => ends.get(number).map(|end| *end as usize),
            Self::Long(ends) => ends.get(number).and_then(|end| usize::try_from(*end).ok()),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Short(ends) => ends.len(),
            Self::Long(ends) => ends.len(),
        }
    }

    fn push(&mut self, end: usize) {
        match (&mut *self, u32::try_from(end)) {
            (Self::Short(ends), Ok(end)) => ends.push(end),
            (Self::Short(ends), Err(_)) => {
                let long = ends.iter().map(|end| u64::from(*end)).chain([end as u64]);
                *self = Self::Long(long.collect());
            }
            (Self::Long(ends), _) => ends.push(end as u64),
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Short(ends) => 4 * ends.len(),
            Self::Long(ends) => 8 * ends.len(),
        }
    }

    fn shrink(&mut self) {
        match self {
            Self::Short(ends) => ends.shrink_to_fit(),
            Self::Long(ends) => ends.shrink_to_fit(),
        }
    }
}

/// Texts one behind the other, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(super) text: String,
    pub(super) ends: Ends,
}

impl Texts {
    /// The text of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let end = self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).unwrap_or(0);
        self.text.get(start..end)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Appends a text; answers its number.
    pub(super) fn push(&mut self, text: &str) -> usize {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.ends.len() - 1
    }

    /// All of them in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// Gives back what was reserved and not used.
    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink();
    }
}

/// Texts in the making, each kept once.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    pub(super) texts: Texts,
    hasher: RandomState,
    /// Number of a text by its hash. Of two texts with one hash the second is never found and is kept each time it comes:
    /// that costs memory once in a blue moon, and nothing else.
    known: HashMap<u64, u32>,
}

impl Dictionary {
    /// The code of a text: its number and one, so that 0 is left for absent. What would be beyond four thousand million
    /// different texts is absent.
    pub(super) fn code(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        if let Some(&number) = self.known.get(&hash)
            && self.texts.get(number as usize) == Some(text)
        {
            return number + 1;
        }
        let Some(code) = u32::try_from(self.texts.len()).ok().and_then(|number| number.checked_add(1)) else {
            return 0;
        };
        let number = self.texts.push(text);
        self.known.entry(hash).or_insert(u32::try_from(number).unwrap_or(u32::MAX));
        code
    }

    /// The texts by number.
    pub(super) fn finish(self) -> Texts {
        let mut texts = self.texts;
        texts.shrink();
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_beyond_four_gigabytes_are_wide() {
        let mut ends = Ends::default();
        let all = [1, u32::MAX as usize, u32::MAX as usize + 1, u32::MAX as usize + 9];
        for end in all {
            ends.push(end);
        }
        assert!(matches!(ends, Ends::Long(_)));
        assert_eq!(
            (0..=4).map(|n| ends.get(n)).collect::<Vec<_>>(),
            [Some(all[0]), Some(all[1]), Some(all[2]), Some(all[3]), None]
        );
        assert_eq!(ends.len(), 4);
    }

    #[test]
    fn a_text_is_kept_once() {
        let mut dictionary = Dictionary::default();
        let codes: Vec<u32> = ["五马街", "", "b", "五马街", "b"].iter().map(|text| dictionary.code(text)).collect();
        assert_eq!(codes, [1, 2, 3, 1, 3]);
        let texts = dictionary.finish();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["五马街", "", "b"]);
        assert_eq!((texts.get(1), texts.get(3)), (Some(""), None));
    }
}
