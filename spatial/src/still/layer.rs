//! One layer of the still index, and the set of them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use geo::Geometry;

use super::columns::{Columns, ValueRef};
use super::shapes::Shapes;
use crate::codes::Division;
use crate::feature::{Feature, FeatureKey, Fid};
use crate::layer::{Layer, Shape};
use crate::mercator::{World, WorldBox};
use crate::noun::{FieldSpec, Noun};
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
    layer: Layer,
    revision: u64,
    keys: Vec<u64>,
    fids: Vec<Fid>,
    divisions: Vec<u64>,
    revisions: Vec<u64>,
    columns: Columns,
    shapes: Option<Shapes>,
    by_fid: Vec<(Fid, u32)>,
    /// Source and source id of each row; empty for rows that no feature stands behind.
    names: Vec<(Arc<str>, Box<str>)>,
    /// Names of all sources, each once, in order.
    sources: Vec<Arc<str>>,
}

impl StillLayer {
    /// Builds the layer from features; `division_of` says which division a place lies in.
    pub fn build(layer: Layer, features: &[Feature], division_of: impl Fn(Position) -> Option<Division>) -> Self {
        let rows = features
            .iter()
            .filter_map(|feature| {
                let position = feature.position()?;
                let own = match &feature.noun {
                    Noun::Jurisdiction(jurisdiction) => Some(jurisdiction.code),
                    Noun::Grid(grid) => grid.code.village(),
                    Noun::House(_)
                    | Noun::Building(_)
                    | Noun::Enterprise(_)
                    | Noun::Camera(_)
                    | Noun::Place(_)
                    | Noun::Road(_)
                    | Noun::Water(_)
                    | Noun::Land(_)
                    | Noun::Residents(_) => division_of(position),
                };
                Some(Row {
                    fid: feature.fid(),
                    division: own,
                    revision: feature.revision,
                    position,
                    geometry: feature.geometry.clone(),
                    properties: feature.noun.properties(),
                })
            })
            .collect();
        let mut built = Self::assemble(layer, Noun::fields(layer), rows);
        built.name(features);
        built
    }

    /// Notes where each row comes from; a source's name is kept once.
    fn name(&mut self, features: &[Feature]) {
        let keys: HashMap<Fid, &FeatureKey> = features.iter().map(|feature| (feature.fid(), &feature.key)).collect();
        let mut sources: HashMap<&str, Arc<str>> = HashMap::new();
        let mut name = |fid: &Fid| {
            let key = keys.get(fid)?;
            let source = sources.entry(&key.source).or_insert_with(|| Arc::from(key.source.as_str()));
            Some((Arc::clone(source), Box::from(key.source_id.as_str())))
        };
        self.names = self.fids.iter().map_while(&mut name).collect();
        self.sources = sources.into_values().collect();
        self.sources.sort_unstable();
    }

    /// Builds the layer from rows of any origin (published cells of people have no features behind them).
    pub fn assemble(layer: Layer, fields: &'static [FieldSpec], mut rows: Vec<Row>) -> Self {
        rows.sort_by_cached_key(|row| (World::of(row.position).morton(), row.fid));
        let shapes = (layer.shape() != Shape::Point).then(|| Shapes::build(rows.iter().map(|row| &row.geometry)));
        let fids: Vec<Fid> = rows.iter().map(|row| row.fid).collect();
        let mut by_fid: Vec<(Fid, u32)> = fids.iter().copied().zip(0..).collect();
        by_fid.sort_unstable();
        Self {
            layer,
            revision: rows.iter().map(|row| row.revision).max().unwrap_or(0),
            keys: rows.iter().map(|row| World::of(row.position).morton()).collect(),
            fids,
            divisions: rows.iter().map(|row| row.division.map_or(0, Division::number)).collect(),
            revisions: rows.iter().map(|row| row.revision).collect(),
            columns: Columns::lay(fields, &rows.iter().map(|row| &row.properties)),
            shapes,
            by_fid,
            names: Vec::new(),
            sources: Vec::new(),
        }
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
        let at = self.by_fid.partition_point(|(f, _)| *f < fid);
        self.by_fid.get(at).filter(|(f, _)| *f == fid).map(|(_, row)| *row as usize)
    }

    /// Source and source id of a row; none for rows that no feature stands behind.
    pub fn source(&self, row: usize) -> Option<(&str, &str)> {
        self.names.get(row).map(|(source, id)| (source.as_ref(), id.as_ref()))
    }

    /// Names of all sources that rows come from, each once, in order.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(AsRef::as_ref)
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
        self.divisions.get(row).and_then(|n| Division::from_number(*n))
    }

    /// The revision of a row's last change.
    pub fn row_revision(&self, row: usize) -> Option<u64> {
        self.revisions.get(row).copied()
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

    /// All fields of a row.
    pub fn properties(&self, row: usize) -> Properties {
        self.columns.properties(row)
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
