//! What the registry holds already, and whether a whole file lies beside it.
//!
//! Some of the rows are compared with themselves, where the layer has them already and they lie right there, else with what
//! they should lie in or at: houses in buildings, cameras at roads. Nothing is corrected; a person decides.

use std::collections::HashMap;
use std::sync::Arc;

use geo::BoundingRect;
use intake::suspect::{Counterpart, LEAST_POINTS, looks_converted, shift};
use spatial::still::Row;
use spatial::{Bounds, Feature, FeatureKey, Layer, Position, Properties, StillIndex, StillLayer};
use store::Store;

use super::report::Suspected;
use super::wrote::wrote;

/// The word in reports for rows of the layer itself.
const CODE: &str = "layer_shifted";

/// Rows that are looked at: enough for a median, few enough to ask for each.
const LOOKED_AT: usize = 500;
/// Features of a layer that are read from the store to compare with. Their order is that of a hash, so the first are as
/// good as any.
const COMPARED: usize = 100_000;
const PAGE: u32 = 5_000;
/// What lies farther away is nothing that a row could belong to, metres.
const FAR_M: f64 = 2_000.0;
/// About the same in degrees of latitude, and a little more: what lies outside is not kept to compare with.
const MARGIN_DEG: f64 = 0.03;

/// Some rows of a file, evenly spread over it.
#[derive(Debug)]
pub(super) struct Sample {
    rows: Vec<(FeatureKey, Position)>,
    every: u64,
    seen: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { rows: Vec::new(), every: 1, seen: 0 }
    }
}

impl Sample {
    /// Looks at a row: every n-th is kept, and n doubles whenever twice as many are kept as are wanted.
    pub(super) fn see(&mut self, feature: &Feature) {
        let this = self.seen.is_multiple_of(self.every);
        self.seen += 1;
        let Some(position) = Some(feature).filter(|_| this).and_then(Feature::position) else { return };
        self.rows.push((feature.key.clone(), position));
        if self.rows.len() >= 2 * LOOKED_AT {
            let mut keep = false;
            self.rows.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
    }
}

/// The box of all jurisdictions: where rows are expected. `None` when there are none.
pub(super) async fn area(store: &Arc<dyn Store>, known: Option<&StillIndex>) -> Result<Option<Bounds>, store::Error> {
    if let Some(known) = known {
        return Ok(known.layer(Layer::Jurisdictions).and_then(|layer| layer.bounds()));
    }
    let (mut all, mut after): (Option<geo::Rect<f64>>, _) = (None, None);
    loop {
        let page = store.page(Layer::Jurisdictions, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.fid());
        for rect in page.iter().filter_map(|feature| feature.geometry.bounding_rect()) {
            all = Some(all.map_or(rect, |all| {
                let (min, max) = (all.min(), all.max());
                geo::Rect::new(
                    (min.x.min(rect.min().x), min.y.min(rect.min().y)),
                    (max.x.max(rect.max().x), max.y.max(rect.max().y)),
                )
            }));
        }
    }
    Ok(all.and_then(|all| Bounds::new(all.min().x, all.min().y, all.max().x, all.max().y)))
}

/// Whether the rows lie beside what they belong to, all by one way. The rows of the layer itself are what a file is
/// compared with, where it has enough of them, unless they lie beside what is around them: then that is said as well.
pub(super) async fn shifted(
    store: &Arc<dyn Store>,
    known: Option<&StillIndex>,
    layer: Layer,
    sample: Sample,
) -> Result<Vec<Suspected>, store::Error> {
    let mut rows = sample.rows;
    rows.truncate(2 * LOOKED_AT);
    if rows.len() < LEAST_POINTS {
        return Ok(Vec::new());
    }
    let points: Vec<Position> = rows.iter().map(|(_, position)| *position).collect();
    let same = selves(store, known, &rows).await?;
    let own: Vec<Position> = same.iter().flatten().map(|(position, _)| *position).collect();
    let around = Around { store, known, layer };
    if own.len() < LEAST_POINTS {
        return Ok(around.shifted(&points, true).await?.into_iter().collect());
    }
    let found = shift(&points, Counterpart::Same, &mut |at, _| same.get(at).copied().flatten().map(|(at, _)| at));
    // A layer that has nothing around it but itself is no judge of its own rows.
    let judged = if belongs_to(layer).contains(&layer) { None } else { around.shifted(&own, found.is_some()).await? };
    let Some(wrong) = judged else { return Ok(found.map(Suspected::from).into_iter().collect()) };
    let revisions: Vec<(Layer, u64)> = same.iter().flatten().map(|(_, revision)| (layer, *revision)).collect();
    let wrong = of_the_layer(store, wrong, &revisions).await?;
    Ok(std::iter::once(wrong).chain(around.shifted(&points, true).await?).collect())
}

/// The suspicion of rows that the layer has already, with the import that most of them are of.
async fn of_the_layer(
    store: &Arc<dyn Store>,
    mut found: Suspected,
    rows: &[(Layer, u64)],
) -> Result<Suspected, store::Error> {
    CODE.clone_into(&mut found.code);
    let words =
        format!("rows that the layer has already lie wrong, and the file is not held against them: {}", found.words);
    let most = wrote(store, rows).await?.into_iter().max_by_key(|(_, rows)| *rows);
    found.words = match most {
        Some((import, number)) if import.undoable => {
            let id = import.id;
            format!("{words}; {number} of {} are of import {id}: `onemap import undo {id}`", rows.len())
        }
        Some((import, number)) => {
            format!("{words}; {number} of {} are of import {}, which cannot be undone any more", rows.len(), import.id)
        }
        None => words,
    };
    Ok(found)
}

/// What lies around the rows of a layer.
struct Around<'a> {
    store: &'a Arc<dyn Store>,
    known: Option<&'a StillIndex>,
    layer: Layer,
}

impl Around<'_> {
    /// Whether points lie beside what they should lie in or at; unless `searched`, only a known conversion is looked for.
    async fn shifted(&self, points: &[Position], searched: bool) -> Result<Option<Suspected>, store::Error> {
        for beside in belongs_to(self.layer) {
            let Some(found) = reference(self.store, self.known, *beside, points).await? else { continue };
            let reference = if tiles_the_ground(self.layer) { Arc::new(middles(&found, points)) } else { found };
            let mut nearest = |_: usize, place: Position| {
                reference.nearest(place, 1, FAR_M, |_| true).first().map(|found| found.place)
            };
            if !searched && !looks_converted(points, &mut nearest) {
                continue;
            }
            if let Some(found) = shift(points, Counterpart::Nearest, &mut nearest) {
                let mut found = Suspected::from(found);
                found.words = format!("compared with {}: {}", beside.name(), found.words);
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// The layers whose features a row of that layer lies in or at.
fn belongs_to(layer: Layer) -> &'static [Layer] {
    match layer {
        Layer::Houses | Layer::Enterprises | Layer::Residents => &[Layer::Buildings, Layer::Roads],
        Layer::Cameras | Layer::Places => &[Layer::Roads, Layer::Buildings],
        Layer::Buildings => &[Layer::Buildings],
        Layer::Roads => &[Layer::Roads],
        // Another office's drawing of the same.
        Layer::Jurisdictions => &[Layer::Jurisdictions],
        Layer::Grids => &[Layer::Grids],
        Layer::Land => &[Layer::Land],
        Layer::Water => &[Layer::Water],
        Layer::People | Layer::Units | Layer::Incidents => &[],
    }
}

/// Surfaces that lie side by side: every place is in one of them, so only where their middles are tells anything.
fn tiles_the_ground(layer: Layer) -> bool {
    matches!(layer, Layer::Jurisdictions | Layer::Grids | Layer::Land | Layer::Water)
}

/// The places that stand for a layer's rows, near the points.
fn middles(layer: &StillLayer, points: &[Position]) -> StillLayer {
    let around = around(points);
    let rows = (0..layer.len()).filter_map(|row| {
        let position = layer.position(row).filter(|at| around.is_some_and(|around| around.contains(*at)))?;
        let geometry = geo::Point::new(position.lon(), position.lat()).into();
        let (fid, properties) = (layer.fid(row)?, Properties::new());
        Some(Row { fid, division: None, revision: 0, position, geometry, properties })
    });
    StillLayer::assemble(Layer::Places, &[], rows.take(COMPARED).collect())
}

/// Where the layer has the rows themselves, by their numbers, and at which revision.
async fn selves(
    store: &Arc<dyn Store>,
    known: Option<&StillIndex>,
    rows: &[(FeatureKey, Position)],
) -> Result<Vec<Option<(Position, u64)>>, store::Error> {
    let mut found = Vec::with_capacity(rows.len());
    let mut counted: HashMap<Layer, bool> = HashMap::new();
    if known.is_none() {
        counted.extend(store.counts().await?.into_iter().map(|(layer, rows)| (layer, rows > 0)));
    }
    for (key, _) in rows {
        found.push(match known {
            Some(known) => known.layer(key.layer).and_then(|layer| {
                let row = layer.row_of(key.fid())?;
                Some((layer.position(row)?, layer.row_revision(row)?))
            }),
            None if counted.get(&key.layer).copied().unwrap_or_default() => {
                let feature = store.get(key.layer, key.fid()).await?;
                feature.and_then(|feature| Some((feature.position()?, feature.revision)))
            }
            None => None,
        });
    }
    Ok(found)
}

/// A layer to compare with, near the points; `None` when it has nothing there.
async fn reference(
    store: &Arc<dyn Store>,
    known: Option<&StillIndex>,
    layer: Layer,
    points: &[Position],
) -> Result<Option<Arc<StillLayer>>, store::Error> {
    if let Some(known) = known {
        return Ok(known.layer(layer).filter(|layer| !layer.is_empty()).map(Arc::clone));
    }
    let Some(around) = around(points) else { return Ok(None) };
    let (mut rows, mut read, mut after) = (Vec::new(), 0, None);
    while read < COMPARED {
        let page = store.page(layer, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.fid());
        read += page.len();
        rows.extend(page.into_iter().filter_map(|feature| {
            let position = feature.position().filter(|position| around.contains(*position))?;
            let (fid, revision, geometry) = (feature.fid(), feature.revision, feature.geometry);
            Some(Row { fid, division: None, revision, position, geometry, properties: Properties::new() })
        }));
    }
    let layer = StillLayer::assemble(layer, &[], rows);
    Ok(Some(layer).filter(|layer| !layer.is_empty()).map(Arc::new))
}

/// The box of the points, widened.
fn around(points: &[Position]) -> Option<Bounds> {
    let bound = |of: fn(&Position) -> f64| {
        points.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let ((west, east), (south, north)) = (bound(Position::lon), bound(Position::lat));
    let east_margin = MARGIN_DEG / south.to_radians().cos().max(0.1);
    Bounds::new(
        (west - east_margin).max(-180.0),
        (south - MARGIN_DEG).max(-90.0),
        (east + east_margin).min(180.0),
        (north + MARGIN_DEG).min(90.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_over_the_file_and_bounded() {
        let mut sample = Sample::default();
        for n in 0..10_000_u32 {
            let key = FeatureKey::new(Layer::Houses, "t", n.to_string()).unwrap();
            let at = geo::Point::new(120.0 + f64::from(n) * 1e-5, 28.0);
            sample.see(&Feature::new(key, at.into(), Properties::new()).unwrap());
        }
        let ids: Vec<u32> = sample.rows.iter().map(|(key, _)| key.source_id.parse().unwrap()).collect();
        assert!((LOOKED_AT..2 * LOOKED_AT).contains(&ids.len()), "{}", ids.len());
        assert!(ids.windows(2).all(|pair| pair[1] - pair[0] == 16), "{:?}", &ids[..9]);
        assert!(ids[0] == 0 && ids[ids.len() - 1] >= 10_000 - 16, "{:?}", ids.last());
    }
}
