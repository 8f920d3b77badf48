//! People as counts: cells are published once from resident counts; nothing else about people leaves the server.

use std::sync::Arc;

use spatial::codes::Division;
use spatial::people::{Cell, Dwelling, Homes, HomesBuilder, Published, Rules, publish as publish_cells, to_layer};
use spatial::still::{Divisions, LayerBuilder};
use spatial::{Feature, Layer, Noun, Position, StillLayer};
use store::Store;

use super::publisher::each;

/// Name of the setting that holds the rounding key.
pub(crate) const KEY: &str = "people_rounding_key";

/// The disclosure rules with this store's rounding key, made once and kept, so that the same count always rounds the
/// same way.
pub(crate) async fn rules(store: &Arc<dyn Store>) -> Result<Rules, store::Error> {
    let mut fresh = [0_u8; 32];
    getrandom::fill(&mut fresh).expect("the operating system gives random bytes");
    let kept = store.put_setting_if_absent(KEY, &fresh).await?;
    let mut key = [0_u8; 32];
    for (to, from) in key.iter_mut().zip(&kept) {
        *to = *from;
    }
    Ok(Rules::new(key))
}

/// Resident counts on their way into cells.
#[derive(Default)]
pub(super) struct Counts {
    dwellings: Vec<Dwelling>,
    revision: u64,
}

impl Counts {
    /// Counts a dwelling.
    pub(super) fn push(&mut self, feature: &Feature, at: impl Fn(Position) -> Option<Division>) {
        self.revision = self.revision.max(feature.revision);
        let (Noun::Residents(count), Some(position)) = (&feature.noun, feature.position()) else { return };
        self.dwellings.push(Dwelling {
            position,
            division: at(position),
            residents: count.residents,
            households: count.households,
            need_help: count.need_help,
        });
    }

    /// The same by place, for evacuation zones.
    pub(super) fn homes(&self) -> Homes {
        let mut builder = HomesBuilder::default();
        for dwelling in &self.dwellings {
            builder.push(dwelling.position, dwelling.residents, dwelling.need_help);
        }
        builder.finish()
    }

    /// Publishes the cells of all that was counted.
    pub(super) fn publish(self, rules: &Rules) -> StillLayer {
        to_layer(&self.cells(rules), self.revision)
    }

    fn cells(&self, rules: &Rules) -> Published {
        let published = publish_cells(&self.dwellings, rules);
        if published.suppressed_dwellings > 0 {
            tracing::info!(dwellings = published.suppressed_dwellings, "too few people around them to be published");
        }
        published
    }
}

/// The published cells of a store that no server has laid into columns, and their revision.
pub(crate) async fn published_cells(store: &Arc<dyn Store>) -> Result<(Vec<Cell>, u64), store::Error> {
    let rules = rules(store).await?;
    let mut drawn = LayerBuilder::new(Layer::Jurisdictions);
    each(store, Layer::Jurisdictions, |feature| drawn.push(feature, |_| None)).await?;
    let divisions = Divisions::of(&drawn.finish());
    let mut counts = Counts::default();
    each(store, Layer::Residents, |feature| counts.push(feature, |position| divisions.at(position))).await?;
    Ok((counts.cells(&rules).cells, counts.revision))
}
