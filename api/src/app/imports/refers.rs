//! Whether what the rows of a file name is there: the building of a house, the village of a grid. Named, not refused: the
//! other file may come later.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use spatial::{Feature, FeatureKey, Layer, Noun, StillIndex};
use store::Store;

use super::report::Suspected;
use crate::app::publisher::each;

/// The word in reports.
const CODE: &str = "not_there";
/// Most different things named by rows that are looked up; of more, every second, fourth… by chance of their number.
const LOOKED_UP: usize = 10_000;
/// Features that are read from the store at once.
const PAGE: u32 = 5_000;
/// Missing things that a report names.
const TOLD: usize = 5;
/// Characters of each.
const LONGEST: usize = 40;

/// What rows name.
#[derive(Debug, Default)]
pub(super) struct References {
    /// By layer, source and id; a division has its code and no source.
    named: HashMap<FeatureKey, Named>,
    /// Only those are kept whose number has these bits zero.
    mask: u64,
    /// Codes of the file's own jurisdictions.
    own: HashSet<String>,
}

#[derive(Debug)]
struct Named {
    rows: u64,
    /// The first of the rows.
    by: String,
}

impl References {
    /// Looks at a row.
    pub(super) fn see(&mut self, feature: &Feature) {
        if let Noun::Jurisdiction(jurisdiction) = &feature.noun {
            self.own.insert(jurisdiction.code.to_string());
        }
        let Some(key) = refers(feature) else { return };
        if let Some(named) = self.named.get_mut(&key) {
            named.rows += 1;
            return;
        }
        if key.fid() & self.mask != 0 {
            return;
        }
        self.named.insert(key, Named { rows: 1, by: feature.key.source_id.clone() });
        if self.named.len() > LOOKED_UP {
            self.mask = 2 * self.mask + 1;
            let mask = self.mask;
            self.named.retain(|key, _| key.fid() & mask == 0);
        }
    }

    /// What of it is not there.
    pub(super) async fn missing(
        self,
        store: &Arc<dyn Store>,
        known: Option<&StillIndex>,
    ) -> Result<Option<Suspected>, store::Error> {
        let Some(layer) = self.named.keys().next().map(|key| key.layer) else { return Ok(None) };
        let looked_up = self.named.len();
        let mut missing: Vec<(FeatureKey, Named)> = Vec::new();
        let there = There::of(layer, store, known).await?;
        for (key, named) in self.named {
            if !self.own.contains(&key.source_id) && !there.holds(&key, store, known).await? {
                missing.push((key, named));
            }
        }
        missing.sort_by(|(_, a), (_, b)| a.by.cmp(&b.by));
        let Some((_, first)) = missing.first() else { return Ok(None) };
        let rows: u64 = missing.iter().map(|(_, named)| named.rows).sum();
        let short = |text: &str| spatial::shown(text).chars().take(LONGEST).collect::<String>();
        let ids: Vec<String> = missing.iter().take(TOLD).map(|(key, _)| short(&key.source_id)).collect();
        let of = if self.mask == 0 { "different ones" } else { "that were looked up, of more" };
        let words = format!(
            "{rows} rows name {} that are not there ({} of {looked_up} {of}): {}; the first row is {}",
            layer.name(),
            missing.len(),
            ids.join(", "),
            short(&first.by),
        );
        let evidence: BTreeMap<String, f64> =
            [("rows", rows), ("missing", missing.len() as u64), ("looked_up", looked_up as u64)]
                .into_iter()
                .map(|(name, count)| (name.to_owned(), f64::from(u32::try_from(count).unwrap_or(u32::MAX))))
                .collect();
        Ok(Some(Suspected { code: CODE.to_owned(), words, evidence }))
    }
}

/// What a row names by its id or code.
fn refers(feature: &Feature) -> Option<FeatureKey> {
    let (layer, source_id) = match &feature.noun {
        Noun::House(house) => (Layer::Buildings, house.building.clone()?),
        Noun::Enterprise(enterprise) => (Layer::Buildings, enterprise.building.clone()?),
        Noun::Residents(count) => (Layer::Houses, count.house.clone()),
        Noun::Grid(grid) => (Layer::Jurisdictions, grid.code.village()?.to_string()),
        Noun::Jurisdiction(jurisdiction) => (Layer::Jurisdictions, jurisdiction.parent?.to_string()),
        Noun::Building(_) | Noun::Camera(_) | Noun::Place(_) | Noun::Road(_) | Noun::Water(_) | Noun::Land(_) => {
            return None;
        }
    };
    let source = if layer == Layer::Jurisdictions { String::new() } else { feature.key.source.clone() };
    Some(FeatureKey { layer, source, source_id })
}

/// What the registry holds of the layer that rows name.
struct There {
    /// Codes of its jurisdictions.
    codes: HashSet<String>,
    /// Sources of the layer: an office names the buildings of another. Of a store, those of its first page.
    sources: Vec<String>,
}

impl There {
    async fn of(layer: Layer, store: &Arc<dyn Store>, known: Option<&StillIndex>) -> Result<Self, store::Error> {
        let mut there = Self { codes: HashSet::new(), sources: Vec::new() };
        if let Some(known) = known {
            let Some(layer) = known.layer(layer) else { return Ok(there) };
            there.sources = layer.sources().map(str::to_owned).collect();
            if layer.layer() == Layer::Jurisdictions {
                there.codes = (0..layer.len()).filter_map(|row| layer.text(row, "code")).map(str::to_owned).collect();
            }
            return Ok(there);
        }
        if layer == Layer::Jurisdictions {
            each(store, layer, |feature| {
                if let Noun::Jurisdiction(jurisdiction) = &feature.noun {
                    there.codes.insert(jurisdiction.code.to_string());
                }
            })
            .await?;
        } else {
            let page = store.page(layer, None, PAGE).await?;
            let sources: HashSet<String> = page.into_iter().map(|feature| feature.key.source).collect();
            there.sources = sources.into_iter().collect();
        }
        Ok(there)
    }

    async fn holds(
        &self,
        key: &FeatureKey,
        store: &Arc<dyn Store>,
        known: Option<&StillIndex>,
    ) -> Result<bool, store::Error> {
        if key.layer == Layer::Jurisdictions {
            return Ok(self.codes.contains(&key.source_id));
        }
        let others = self.sources.iter().filter(|source| **source != key.source);
        for source in std::iter::once(&key.source).chain(others) {
            let fid = FeatureKey { source: source.clone(), ..key.clone() }.fid();
            let found = match known {
                Some(known) => known.layer(key.layer).is_some_and(|layer| layer.row_of(fid).is_some()),
                None => store.get(key.layer, fid).await?.is_some(),
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use spatial::{Properties, Value};

    use super::*;

    fn house(n: u32, building: &str) -> Feature {
        let key = FeatureKey::new(Layer::Houses, "t", format!("h{n}")).unwrap();
        let properties: Properties = [("building".into(), Value::Text(building.to_owned()))].into_iter().collect();
        Feature::new(key, geo::Point::new(120.65, 28.0).into(), properties).unwrap()
    }

    #[test]
    fn what_is_looked_up_is_bounded_and_whole_where_it_is_little() {
        let mut few = References::default();
        (0..100).for_each(|n| few.see(&house(n, &format!("b{}", n / 2))));
        assert_eq!((few.named.len(), few.mask), (50, 0));
        assert!(few.named.values().all(|named| named.rows == 2));
        let mut many = References::default();
        (0..50_000).for_each(|n| many.see(&house(n, &format!("b{n}"))));
        assert!((LOOKED_UP / 4..=LOOKED_UP).contains(&many.named.len()), "{}", many.named.len());
        assert!(many.mask > 0);
    }
}
