//! One layer of the still index, and the set of them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use geo::Geometry;

use super::builder::LayerBuilder;
use super::columns::{Columns, ValueRef};
use super::packed::{Above, Codes, Packed};
use super::shapes::Shapes;
use super::texts::Texts;
use crate::codes::Division;
use crate::feature::{Feature, Fid};
use crate::layer::Layer;
use crate::mercator::{World, WorldBox};
use crate::noun::FieldSpec;
use crate::position::{Bounds, Position};
use crate::value::Properties;

/// What one row is built from.
#[derive(Debug, Clone)]
pub struct Row {
    /// The feature's number.
    pub fid: Fid,
    /// The division it lies in; `None` outside all known jurisdictions.
    pub division: Option<Division>,
    /// The store's revision of its last change.
    pub revision: u64,
    /// The place that stands for it.
    pub position: Position,
    /// Its geometry, WGS84 degrees.
    pub geometry: Geometry<f64>,
    /// Its fields.
    pub properties: Properties,
}

/// A layer, frozen. Rows are numbered from 0 in Morton order of their place (ties by fid).
#[derive(Debug)]
pub struct StillLayer {
    pub(super) layer: Layer,
    pub(super) revision: u64,
    pub(super) keys: Vec<u64>,
    pub(super) fids: Vec<Fid>,
    /// Numbers of divisions; 0 is none.
    pub(super) divisions: Packed<u64>,
    pub(super) revisions: Above,
    pub(super) columns: Columns,
    pub(super) shapes: Option<Shapes>,
    /// Rows in the order of their fids.
    pub(super) by_fid: Vec<u32>,
    /// Where rows come from; nothing for rows that no feature stands behind.
    pub(super) names: Names,
    /// What else rows are called; nothing when none has a further name.
    pub(super) also: Also,
}

/// Further names of rows, those of one row one a line: codes into the texts, 0 is absent.
#[derive(Debug, Default)]
pub(super) struct Also {
    pub(super) codes: Codes,
    pub(super) texts: Texts,
}

/// Source and source id of each row.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Number of each row's source.
    pub(super) sources: Codes,
    /// Names of the sources by number.
    pub(super) known: Texts,
    /// Source ids in the order of the rows.
    pub(super) ids: Texts,
}

impl StillLayer {
    /// Builds the layer from features; `division_of` says which division a place lies in.
    pub fn build(layer: Layer, features: &[Feature], division_of: impl Fn(Position) -> Option<Division>) -> Self {
        let mut builder = LayerBuilder::new(layer);
        for feature in features {
            builder.push(feature, &division_of);
        }
        builder.finish()
    }

    /// Builds the layer from rows of any origin (published cells of people have no features behind them).
    pub fn assemble(layer: Layer, fields: &'static [FieldSpec], rows: Vec<Row>) -> Self {
        let mut builder = LayerBuilder::of(layer, fields);
        for row in rows {
            builder.row(&row);
        }
        builder.finish()
    }

    /// Which layer this is.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.fids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.fids.is_empty()
    }

    /// Bytes of memory without outlines: of the rows, and of the texts that they name (ids and names; each text of a field
    /// once).
    pub fn bytes(&self) -> (usize, usize) {
        let (columns, texts) = self.columns.bytes();
        let places = 8 * self.keys.len() + 8 * self.fids.len() + 4 * self.by_fid.len();
        let names = self.names.sources.bytes() + self.names.known.ends.bytes() + self.names.ids.ends.bytes();
        let also = self.also.codes.bytes() + self.also.texts.ends.bytes();
        let rows = places + self.divisions.bytes() + self.revisions.bytes() + names + also + columns;
        (rows, texts + self.names.known.text.len() + self.names.ids.text.len() + self.also.texts.text.len())
    }

    /// The newest revision of its rows.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The feature's number.
    pub fn fid(&self, row: usize) -> Option<Fid> {
        self.fids.get(row).copied()
    }

    /// The row of a feature.
    pub fn row_of(&self, fid: Fid) -> Option<usize> {
        let of = |row: &u32| self.fids.get(*row as usize).copied();
        let at = self.by_fid.partition_point(|row| of(row).is_some_and(|f| f < fid));
        self.by_fid.get(at).filter(|row| of(row) == Some(fid)).map(|row| *row as usize)
    }

    /// Source and source id of a row; none for rows that no feature stands behind.
    pub fn source(&self, row: usize) -> Option<(&str, &str)> {
        let source = self.names.sources.get(row)? as usize;
        Some((self.names.known.get(source)?, self.names.ids.get(row)?))
    }

    /// Names of all sources that rows come from, each once, in order.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.names.known.iter().collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The box of all rows, degrees; none for a layer without rows.
    pub fn bounds(&self) -> Option<Bounds> {
        let own = |row| match &self.shapes {
            Some(shapes) => shapes.bounds(row),
            None => self.world(row).map(|w| WorldBox { min: w, max: w }),
        };
        let all = (0..self.len()).filter_map(own).reduce(|a, b| WorldBox {
            min: World { x: a.min.x.min(b.min.x), y: a.min.y.min(b.min.y) },
            max: World { x: a.max.x.max(b.max.x), y: a.max.y.max(b.max.y) },
        })?;
        let ((west, north), (east, south)) = (all.min.degrees(), all.max.degrees());
        Bounds::new(west, south, east, north)
    }

    /// The division that a row lies in.
    pub fn division(&self, row: usize) -> Option<Division> {
        self.divisions.get(row).and_then(Division::from_number)
    }

    /// The rows of a range in runs of one division each. Rows lie in the order of their place, so runs are long.
    pub fn runs(&self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, Option<Division>)> {
        let end = range.end.min(self.divisions.len());
        let mut from = range.start;
        std::iter::from_fn(move || {
            let number = (from < end).then(|| self.divisions.get(from)).flatten()?;
            let run = from..self.divisions.run(from, end);
            from = run.end;
            Some((run, Division::from_number(number)))
        })
    }

    /// The Morton keys of the rows of a range ([`World::morton`]), in their order.
    pub fn morton(&self, range: Range<usize>) -> &[u64] {
        self.keys.get(range).unwrap_or_default()
    }

    /// The revision of a row's last change.
    pub fn row_revision(&self, row: usize) -> Option<u64> {
        self.revisions.get(row)
    }

    /// The place that stands for a row, in world units.
    pub fn world(&self, row: usize) -> Option<World> {
        self.keys.get(row).map(|key| World::from_morton(*key))
    }

    /// The place that stands for a row, degrees (the middle of its world unit: within 1 cm of what was stored).
    pub fn position(&self, row: usize) -> Option<Position> {
        self.world(row)?.position()
    }

    /// Attribute columns.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The value of a field.
    pub fn value(&self, row: usize, field: &str) -> Option<ValueRef<'_>> {
        self.columns.value(row, self.columns.column(field)?)
    }

    /// The value of a field that is text.
    pub fn text(&self, row: usize, field: &str) -> Option<&str> {
        match self.value(row, field)? {
            ValueRef::Text(text) => Some(text),
            ValueRef::Int(_) | ValueRef::Float(_) | ValueRef::Bool(_) => None,
        }
    }

    /// All fields of a row.
    pub fn properties(&self, row: usize) -> Properties {
        self.columns.properties(row)
    }

    /// What else the rows are or were called and the numbers that stand on them: codes (0 is absent, n is text n - 1) and
    /// texts, each one name a line.
    pub(crate) fn also(&self) -> Option<(&Codes, &Texts)> {
        (!self.also.codes.is_empty()).then_some((&self.also.codes, &self.also.texts))
    }

    /// Lines and polygons; `None` for a layer of points.
    pub fn shapes(&self) -> Option<&Shapes> {
        self.shapes.as_ref()
    }

    /// Rows whose place lies in the tile z/x/y: one contiguous range, whatever the zoom.
    pub fn tile_range(&self, z: u8, x: u32, y: u32) -> Range<usize> {
        let Some(b) = WorldBox::of_tile(z, x, y) else { return 0..0 };
        let (low, high) = (b.min.morton(), b.max.morton());
        self.keys.partition_point(|key| *key < low)..self.keys.partition_point(|key| *key <= high)
    }

    /// Rows in a box, in row order: by place for points, by their own box for lines and polygons.
    pub fn rows_in(&self, b: WorldBox) -> Vec<usize> {
        match &self.shapes {
            Some(shapes) => shapes.meeting(b),
            None => super::query::points_in(&self.keys, b),
        }
    }

    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// All still layers at one moment: a snapshot that readers hold as long as they like.
#[derive(Debug, Clone, Default)]
pub struct StillIndex {
    layers: BTreeMap<Layer, Arc<StillLayer>>,
}

impl StillIndex {
    /// An index without layers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The layer, if it was ever built.
    pub fn layer(&self, layer: Layer) -> Option<&Arc<StillLayer>> {
        self.layers.get(&layer)
    }

    /// A new index with one layer replaced.
    #[must_use]
    pub fn with(&self, layer: StillLayer) -> Self {
        let mut layers = self.layers.clone();
        layers.insert(layer.layer(), Arc::new(layer));
        Self { layers }
    }

    /// All layers that were built.
    pub fn layers(&self) -> impl Iterator<Item = &Arc<StillLayer>> {
        self.layers.values()
    }
}
