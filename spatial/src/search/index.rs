//! The search index: what must be known beside the still layers to find things by what people call them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::areas::Areas;
use super::doors::Doors;
use super::names::{Names, Of};
use super::posts::Posts;
use super::streets::Streets;
use crate::layer::Layer;
use crate::still::StillIndex;

/// Columns of names, by layer. Layers are walked in this order, so that what is asked for most comes first when time is short.
const NAMED: &[(Layer, &[Of])] = &[
    (Layer::Places, &[Of::Field("name"), Of::Field("name_en"), Of::Also]),
    (Layer::Jurisdictions, &[Of::Field("name"), Of::Field("name_en"), Of::Also]),
    (Layer::Grids, &[Of::Field("name")]),
    (Layer::Water, &[Of::Field("name"), Of::Field("name_en")]),
    (Layer::Land, &[Of::Field("name"), Of::Field("name_en")]),
    (Layer::Buildings, &[Of::Field("name"), Of::Also]),
    (Layer::Cameras, &[Of::Field("name"), Of::Also]),
    (Layer::Enterprises, &[Of::Field("name"), Of::Field("name_en"), Of::Also]),
];

/// Columns of codes, by layer.
pub(super) const CODED: &[(Layer, &str)] = &[
    (Layer::Jurisdictions, "code"),
    (Layer::Grids, "code"),
    (Layer::Cameras, "device_id"),
    (Layer::Enterprises, "uscc"),
    (Layer::Enterprises, "legacy_reg_no"),
];

/// What is searched, at one moment. It holds the layers that it was made of, so that its numbers of rows are always theirs.
#[derive(Debug, Clone, Default)]
pub struct SearchIndex {
    pub(super) layers: StillIndex,
    pub(super) names: BTreeMap<Layer, Arc<Vec<Names>>>,
    pub(super) streets: Arc<Streets>,
    pub(super) doors: Arc<Doors>,
    pub(super) areas: Arc<Areas>,
    pub(super) posts: Arc<Posts>,
}

impl SearchIndex {
    /// The index of these layers; of what is not among the `changed`, the parts stay as they are.
    #[must_use]
    pub fn with(&self, layers: &StillIndex, changed: &BTreeSet<Layer>) -> Self {
        let mut next = Self { layers: layers.clone(), ..self.clone() };
        let layer = |layer: Layer| layers.layer(layer).filter(|_| changed.contains(&layer));
        for (of, columns) in NAMED {
            if let Some(layer) = layer(*of) {
                let names = columns.iter().filter_map(|column| Names::of(layer, *column)).collect();
                next.names.insert(*of, Arc::new(names));
            }
        }
        if let Some(divisions) = layer(Layer::Jurisdictions) {
            next.areas = Arc::new(Areas::of(divisions));
        }
        if let Some(roads) = layer(Layer::Roads) {
            next.streets = Arc::new(Streets::of(roads));
        }
        if let Some(places) = layer(Layer::Places) {
            next.posts = Arc::new(Posts::of(places));
        }
        if let Some(houses) = layer(Layer::Houses) {
            next.doors = Arc::new(Doors::of(houses, &next.areas));
        }
        next
    }

    /// Bytes of memory that it takes beside the layers, about.
    pub fn bytes(&self) -> usize {
        let names: usize = self.names.values().flat_map(|all| all.iter()).map(Names::bytes).sum();
        names + self.streets.bytes() + self.doors.bytes() + self.areas.bytes() + self.posts.bytes()
    }

    /// Different addresses that are known.
    pub fn addresses(&self) -> usize {
        self.doors.len()
    }

    /// Layers in the order in which they are walked.
    pub(super) fn named(&self) -> impl Iterator<Item = (Layer, &Names)> {
        let parts = NAMED.iter().filter_map(|(layer, _)| Some((*layer, self.names.get(layer)?)));
        parts.flat_map(|(layer, all)| all.iter().map(move |names| (layer, names)))
    }
}
