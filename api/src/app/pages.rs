//! Which features a client wants of a layer, and a page of them.

use spatial::filter::Filter;
use spatial::still::ValueRef;
use spatial::{Bounds, Feature, Fid, StillLayer, WorldBox};

use crate::auth::Sight;

/// Which features, and from where on.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Boxes of which one is touched; everywhere when there are none.
    pub boxes: Vec<Bounds>,
    /// Days of which one is a day that the feature is in force; a feature without such days is always in force.
    pub days: Option<Days>,
    /// What is wanted of them; everything when there is none.
    pub filter: Option<Filter>,
    /// Where the page before ended.
    pub after: Option<Fid>,
    /// How many.
    pub limit: usize,
}

/// From a day to a day, both counted, `YYYY-MM-DD`; open where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// First.
    pub from: Option<String>,
    /// Last.
    pub to: Option<String>,
}

/// A page of features.
#[derive(Debug, Default)]
pub struct Page {
    /// In the order of their numbers.
    pub features: Vec<Feature>,
    /// How many are wanted in all, on every page the same.
    pub matched: usize,
    /// Whether there is a page after this one.
    pub more: bool,
}

impl Wanted {
    /// The rows in sight that are wanted, whatever page they are on.
    pub(super) fn rows(&self, layer: &StillLayer, sight: &Sight) -> Vec<usize> {
        let chosen = self.filter.as_ref().map(|filter| filter.on(layer, layer.len()));
        let wanted = |row: &usize| {
            sight.holds(layer.division(*row))
                && self.is_in_force(layer, *row)
                && chosen.as_ref().is_none_or(|chosen| chosen.holds(*row))
        };
        if self.boxes.is_empty() {
            return (0..layer.len()).filter(wanted).collect();
        }
        let mut rows: Vec<usize> = self.boxes.iter().flat_map(|b| layer.rows_in(WorldBox::of(*b))).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.retain(wanted);
        rows
    }

    fn is_in_force(&self, layer: &StillLayer, row: usize) -> bool {
        let Some(days) = &self.days else { return true };
        let day = |field| match layer.value(row, field) {
            Some(ValueRef::Text(day)) => Some(day),
            Some(ValueRef::Int(_) | ValueRef::Float(_) | ValueRef::Bool(_)) | None => None,
        };
        // Days of four, two and two digits are in order as texts.
        let begins = days.to.as_deref().zip(day("valid_from")).is_none_or(|(last, from)| from <= last);
        let ends = days.from.as_deref().zip(day("valid_to")).is_none_or(|(first, to)| to >= first);
        begins && ends
    }
}
