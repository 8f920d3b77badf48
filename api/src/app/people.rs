//! People as counts: cells are published once from resident counts; nothing else about people leaves the server.

use std::sync::Arc;

use spatial::codes::Division;
use spatial::people::{Dwelling, Rules, publish as publish_cells, to_layer};
use spatial::{Feature, Noun, Position, StillLayer};
use store::Store;

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

/// Publishes the cells of all resident counts.
pub(crate) fn publish(counts: &[Feature], at: impl Fn(Position) -> Option<Division>, rules: &Rules) -> StillLayer {
    let dwellings: Vec<Dwelling> = counts
        .iter()
        .filter_map(|feature| {
            let Noun::Residents(count) = &feature.noun else { return None };
            let position = feature.position()?;
            Some(Dwelling {
                position,
                division: at(position),
                residents: count.residents,
                households: count.households,
                need_help: count.need_help,
            })
        })
        .collect();
    let revision = counts.iter().map(|feature| feature.revision).max().unwrap_or(0);
    let published = publish_cells(&dwellings, rules);
    if published.suppressed_dwellings > 0 {
        tracing::info!(dwellings = published.suppressed_dwellings, "too few people around them to be published");
    }
    to_layer(&published, revision)
}
