//! A layer in the making, row by row: what is read is laid into columns at once, so that no layer's features are ever in
//! memory together.

use super::also::also;
use super::columns::{Drafts, ordered};
use super::layer::{Also, Names, Row, StillLayer};
use super::packed::{Above, Codes, Packed};
use super::shapes::{Ring, Shapes, drawn};
use super::texts::{Dictionary, Texts};
use crate::codes::Division;
use crate::feature::{Feature, Fid};
use crate::layer::{Layer, Shape};
use crate::mercator::World;
use crate::noun::{FieldSpec, Noun};
use crate::position::Position;

/// Collects rows in any order; [`LayerBuilder::finish`] puts them in theirs.
///
/// ```
/// use spatial::{Layer, still::LayerBuilder};
/// assert!(LayerBuilder::new(Layer::Cameras).finish().is_empty());
/// ```
#[derive(Debug)]
pub struct LayerBuilder {
    layer: Layer,
    keys: Vec<u64>,
    fids: Vec<Fid>,
    divisions: Vec<u64>,
    revisions: Vec<u64>,
    drafts: Drafts,
    shapes: Option<Vec<(Vec<Ring>, bool)>>,
    sources: Vec<u32>,
    source_names: Dictionary,
    ids: Texts,
    also: Vec<u32>,
    also_texts: Dictionary,
}

impl LayerBuilder {
    /// For features of a layer.
    pub fn new(layer: Layer) -> Self {
        Self::of(layer, Noun::fields(layer))
    }

    /// For rows with those fields.
    pub(super) fn of(layer: Layer, fields: &'static [FieldSpec]) -> Self {
        Self {
            layer,
            keys: Vec::new(),
            fids: Vec::new(),
            divisions: Vec::new(),
            revisions: Vec::new(),
            drafts: Drafts::new(fields),
            shapes: (layer.shape() != Shape::Point).then(Vec::new),
            sources: Vec::new(),
            source_names: Dictionary::default(),
            ids: Texts::default(),
            also: Vec::new(),
            also_texts: Dictionary::default(),
        }
    }

    /// Adds a feature; one without a place is left out. `division_of` says which division a place lies in.
    pub fn push(&mut self, feature: &Feature, division_of: impl Fn(Position) -> Option<Division>) {
        let Some(position) = feature.position() else { return };
        let division = feature.division(division_of);
        self.place(feature.fid(), division, feature.revision, position);
        if let Some(shapes) = &mut self.shapes {
            shapes.push(drawn(&feature.geometry));
        }
        self.drafts.push(&feature.noun.properties());
        self.sources.push(self.source_names.code(&feature.key.source).saturating_sub(1));
        self.ids.push(&feature.key.source_id);
        if let Some(text) = also(self.layer, &feature.attributes) {
            // The rows before it have none.
            self.also.resize(self.ids.len() - 1, 0);
            self.also.push(self.also_texts.code(&text));
        }
    }

    /// Adds a row that no feature stands behind.
    pub(super) fn row(&mut self, row: &Row) {
        self.place(row.fid, row.division, row.revision, row.position);
        if let Some(shapes) = &mut self.shapes {
            shapes.push(drawn(&row.geometry));
        }
        self.drafts.push(&row.properties);
    }

    fn place(&mut self, fid: Fid, division: Option<Division>, revision: u64, position: Position) {
        self.keys.push(World::of(position).morton());
        self.fids.push(fid);
        self.divisions.push(division.map_or(0, Division::number));
        self.revisions.push(revision);
    }

    /// The layer, its rows in Morton order of their place.
    pub fn finish(mut self) -> StillLayer {
        let count = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        let at = |values: &[u64], row: u32| values.get(row as usize).copied().unwrap_or(0);
        order.sort_by_key(|row| (at(&self.keys, *row), at(&self.fids, *row)));
        let shapes = self.shapes.take().map(|mut all| {
            let take = |row: &u32| all.get_mut(*row as usize).map(std::mem::take);
            Shapes::of(order.iter().filter_map(take).collect())
        });
        let mut ids = Texts::default();
        order.iter().filter_map(|row| self.ids.get(*row as usize)).for_each(|id| {
            ids.push(id);
        });
        ids.shrink();
        self.ids = Texts::default();
        if !self.also.is_empty() {
            self.also.resize(order.len(), 0);
        }
        let also = Also { codes: Codes::of(ordered(&self.also, &order)), texts: self.also_texts.finish() };
        let fids = ordered(&self.fids, &order);
        let mut by_fid: Vec<u32> = (0..count).collect();
        by_fid.sort_unstable_by_key(|row| (at(&fids, *row), *row));
        StillLayer {
            layer: self.layer,
            revision: self.revisions.iter().copied().max().unwrap_or(0),
            keys: ordered(&self.keys, &order),
            divisions: Packed::of(ordered(&self.divisions, &order), |number| number),
            revisions: Above::of(ordered(&self.revisions, &order)),
            columns: self.drafts.finish(&order),
            shapes,
            by_fid,
            names: Names { sources: Codes::of(ordered(&self.sources, &order)), known: self.source_names.finish(), ids },
            also,
            fids,
        }
    }
}
