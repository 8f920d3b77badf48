//! The names of a layer: each text of a column once, with its marks. The texts themselves lie in the layer.

use std::collections::HashMap;
use std::sync::Arc;

use super::marks::Marks;
use super::pattern::Pattern;
use super::score::{Score, Scratch};
use super::text::units_into;
use crate::still::{Codes, StillLayer};

/// Names between two looks at the clock.
const TURN: usize = 2_048;

/// Which texts of a layer these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A field.
    Field(&'static str),
    /// What else a thing is or was called, and the numbers on it.
    Also,
}

/// The texts of one column.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) layer: Arc<StillLayer>,
    pub(super) of: Of,
    marks: Vec<Marks>,
    /// Of [`Of::Also`]: one name each, with the number of the text that it is a part of.
    parts: Vec<(Box<str>, u32)>,
}

impl Names {
    /// The names of a column; nothing when the layer has none.
    pub(super) fn of(layer: &Arc<StillLayer>, of: Of) -> Option<Self> {
        let (_, texts) = column(layer, of)?;
        let mut parts: Vec<(Box<str>, u32)> = Vec::new();
        if of == Of::Also {
            for (text, number) in (0..texts.len()).filter_map(|n| texts.get(n)).zip(0_u32..) {
                parts.extend(text.split('\n').map(|part| (part.into(), number)));
            }
        }
        let mut buffer = Vec::new();
        let mut marks_of = |text: &str| {
            units_into(text, &mut buffer);
            Marks::of(&buffer)
        };
        let marks: Vec<Marks> = match of {
            Of::Field(_) => (0..texts.len()).map(|n| marks_of(texts.get(n).unwrap_or_default())).collect(),
            Of::Also => parts.iter().map(|(text, _)| marks_of(text)).collect(),
        };
        (!marks.is_empty()).then(|| Self { layer: Arc::clone(layer), of, marks, parts })
    }

    /// Bytes of memory beside the layer's own.
    pub(super) fn bytes(&self) -> usize {
        let parts = self.parts.iter().map(|(text, _)| text.len() + size_of::<(Box<str>, u32)>());
        self.marks.len() * size_of::<Marks>() + parts.sum::<usize>()
    }

    /// Texts that answer, by the number that rows know them by, each with its best score. Stops when `go_on` says no;
    /// whether it came to the end is the second answer.
    pub(super) fn scan(
        &self,
        pattern: &Pattern,
        loose: bool,
        go_on: &dyn Fn() -> bool,
        scratch: &mut Scratch,
    ) -> (HashMap<u32, Found>, bool) {
        let mut found: HashMap<u32, Found> = HashMap::new();
        let Some((_, texts)) = column(&self.layer, self.of) else { return (found, true) };
        for (at, marks) in self.marks.iter().enumerate() {
            if at.is_multiple_of(TURN) && !go_on() {
                return (found, false);
            }
            let Some(may) = pattern.may(*marks, loose) else { continue };
            let (text, number) = match self.parts.get(at) {
                Some((part, number)) => (part.as_ref(), *number as usize),
                None => (texts.get(at).unwrap_or_default(), at),
            };
            let Some(score) = pattern.score(text, may, scratch) else { continue };
            let code = u32::try_from(number + 1).unwrap_or(0);
            let part = self.parts.get(at).and_then(|_| u32::try_from(at).ok());
            let held = found.entry(code).or_insert(Found { score, part });
            if score.confidence > held.score.confidence {
                *held = Found { score, part };
            }
        }
        (found, true)
    }

    /// A name of [`Of::Also`] by its number.
    pub(super) fn part(&self, number: u32) -> Option<&str> {
        self.parts.get(number as usize).map(|(text, _)| text.as_ref())
    }

    /// Rows whose text is among those found.
    pub(super) fn rows<'a>(&'a self, found: &'a HashMap<u32, Found>) -> impl Iterator<Item = (usize, &'a Found)> {
        let codes = column(&self.layer, self.of).map(|(codes, _)| codes);
        // A bit for each code: most rows are none of these, and a table of hashes would be asked for each of them.
        let mut bits = vec![0_u64; found.keys().max().map_or(0, |most| *most as usize / 64 + 1)];
        for code in found.keys() {
            if let Some(word) = bits.get_mut(*code as usize / 64) {
                *word |= 1 << (code % 64);
            }
        }
        let hit = move |code: u32| bits.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1);
        codes
            .into_iter()
            .flat_map(Codes::iter)
            .enumerate()
            .filter(move |(_, code)| hit(*code))
            .filter_map(|(row, code)| Some((row, found.get(&code)?)))
    }
}

/// How a text answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) score: Score,
    /// The name among several.
    pub(super) part: Option<u32>,
}

type Column<'a> = (&'a Codes, &'a crate::still::Texts);

fn column(layer: &StillLayer, of: Of) -> Option<Column<'_>> {
    match of {
        Of::Field(name) => layer.columns().texts(layer.columns().column(name)?),
        Of::Also => layer.also(),
    }
}
