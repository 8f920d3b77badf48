//! Many texts in one piece of memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Texts one behind the other, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(super) text: String,
    /// Where each ends.
    pub(super) ends: Vec<u64>,
}

impl Texts {
    /// The text of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let end = usize::try_from(*self.ends.get(number)?).ok()?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(usize::try_from(start).ok()?..end)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Appends a text; answers its number.
    pub(super) fn push(&mut self, text: &str) -> usize {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u64);
        self.ends.len() - 1
    }

    /// All of them in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// Gives back what was reserved and not used.
    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
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
    fn a_text_is_kept_once() {
        let mut dictionary = Dictionary::default();
        let codes: Vec<u32> = ["五马街", "", "b", "五马街", "b"].iter().map(|text| dictionary.code(text)).collect();
        assert_eq!(codes, [1, 2, 3, 1, 3]);
        let texts = dictionary.finish();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["五马街", "", "b"]);
        assert_eq!((texts.get(1), texts.get(3)), (Some(""), None));
    }
}
