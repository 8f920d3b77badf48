//! Texts that no layer takes: the thing is kept without them, and the report names them.

use std::collections::BTreeMap;

use spatial::{Properties, Value};

use super::pbf::NO_TEXT;
use crate::Report;

/// Longest text, characters: a field's own limit.
const LONGEST_TEXT: usize = 200;
/// Things that a note names.
const NAMED: usize = 3;
/// Lists that are made here of numbers, and have bounds of their own.
const LISTS: [&str; 4] = ["nodes", "turns", "signals", "barriers"];

/// What was left out, by property and reason.
#[derive(Default)]
pub(super) struct Unfit(BTreeMap<(String, &'static str), Left>);

/// How many, and the ids of the first of them.
#[derive(Default)]
struct Left {
    count: u64,
    first: Vec<String>,
}

/// Why a text is none that can be kept.
fn why(text: &str) -> Option<&'static str> {
    if text.contains(NO_TEXT) {
        Some("holding bytes that are no UTF-8")
    } else if text.chars().any(char::is_control) {
        Some("holding a line break, a tab or another control character")
    } else if text.chars().count() > LONGEST_TEXT {
        Some("being longer than 200 characters")
    } else {
        None
    }
}

impl Unfit {
    /// Takes them out of the properties of the thing of that id.
    pub(super) fn leave_out(&mut self, id: &str, properties: &mut Properties) {
        let unfit = |(name, value): (&str, &Value)| {
            let text = value.as_text().filter(|_| !LISTS.contains(&name))?;
            Some((name.to_owned(), why(text)?))
        };
        let found: Vec<(String, &'static str)> = properties.iter().filter_map(unfit).collect();
        for of in found {
            properties.take(&of.0);
            let left = self.0.entry(of).or_default();
            left.count += 1;
            if left.first.len() < NAMED {
                left.first.push(id.to_owned());
            }
        }
    }

    /// Writes the notes.
    pub(super) fn write(&self, report: &mut Report) {
        for ((name, why), Left { count, first }) in &self.0 {
            report.note(format!("texts of `{name}` left out, {why}: {count} ({})", first.join(", ")));
        }
    }
}
