//! Features of the registry one by one: read, put, removed; each inside the caller's sight and scope.

use spatial::{Bounds, Feature, FeatureKey, Fid, Layer, Position};
use store::{Put, Removed};

use super::App;
use super::pages::{Page, Wanted};
use super::publisher::Publisher;
use crate::auth::{Caller, Refusal, Sight, may_write, policy};
use crate::http::problem::{Code, Problem};

/// What is to become of a feature.
pub enum Edit {
    /// Stored as it is; `expected` is the revision that the editor saw, 0 for "must not exist".
    Put {
        /// The feature.
        feature: Box<Feature>,
        /// The revision it replaces.
        expected: u64,
    },
    /// Taken out.
    Remove {
        /// Its layer.
        layer: Layer,
        /// Its number.
        fid: Fid,
        /// The revision that the editor saw.
        expected: u64,
    },
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edited {
    /// The registry's revision of the change.
    pub revision: u64,
    /// Whether the feature is new.
    pub created: bool,
}

impl App {
    /// One feature in the caller's sight, hidden fields left out; the look is written first.
    pub async fn feature(&self, caller: &Caller, layer: Layer, fid: Fid) -> Result<Feature, Problem> {
        let sight = Sight::of(caller, layer)?;
        let missing = || Problem::new(Code::NotFound, format!("{} has no feature {fid}", layer.name()));
        let feature = self.store.get(layer, fid).await?.ok_or_else(missing)?;
        if !sight.holds(self.division_of(&feature)) {
            return Err(Refusal::Scope.into());
        }
        self.looks.look(caller, "item", layer.name(), vec![fid.to_string()], None, Some(1)).await?;
        Ok(feature)
    }

    /// How many features of a layer are in sight, and the box of them: what is out of sight is in neither.
    pub fn seen(&self, sight: &Sight) -> (u64, Option<Bounds>) {
        let still = self.world.still();
        let Some(layer) = still.layer(sight.layer()) else { return (0, None) };
        let seen = (0..layer.len()).filter(|row| sight.holds(layer.division(*row)));
        let (number, bounds) = seen.fold((0_u64, None), |(n, all), row| (n + 1, with(all, layer.position(row))));
        if number == layer.len() as u64 { (number, layer.bounds()) } else { (number, bounds) }
    }

    /// Features of a layer in the caller's sight, page by page in the order of their numbers.
    pub async fn items(&self, caller: &Caller, sight: &Sight, wanted: &Wanted) -> Result<Page, Problem> {
        let still = self.world.still();
        let Some(layer) = still.layer(sight.layer()) else { return Ok(Page::default()) };
        let mut fids: Vec<Fid> = wanted.rows(layer, sight).into_iter().filter_map(|row| layer.fid(row)).collect();
        fids.sort_unstable();
        let matched = fids.len();
        fids.retain(|fid| wanted.after.is_none_or(|after| *fid > after));
        let more = fids.len() > wanted.limit;
        fids.truncate(wanted.limit);
        let objects = fids.iter().map(ToString::to_string).collect();
        self.looks.look(caller, "items", sight.layer().name(), objects, None, i64::try_from(fids.len()).ok()).await?;
        let mut features = Vec::with_capacity(fids.len());
        for fid in fids {
            features.extend(self.store.get(sight.layer(), fid).await?);
        }
        Ok(Page { features, matched, more })
    }

    /// Changes one feature and waits until the change is on the map.
    pub async fn edit(&self, caller: &Caller, edit: Edit) -> Result<Edited, Problem> {
        caller.must_be(policy::EDITORS)?;
        let (layer, fid) = match &edit {
            Edit::Put { feature, .. } => (feature.key.layer, feature.fid()),
            Edit::Remove { layer, fid, .. } => (*layer, *fid),
        };
        let sight = Sight::of(caller, layer)?;
        let old = self.store.get(layer, fid).await?;
        let new = if let Edit::Put { feature, .. } = &edit { Some(feature.as_ref()) } else { None };
        let still = self.world.still();
        // Where it was and where it is to be.
        for feature in old.as_ref().into_iter().chain(new) {
            may_write(caller, feature, |place| still.division(place))?;
            if !sight.holds(self.division_of(feature)) {
                return Err(Refusal::Scope.into());
            }
        }
        drop(still);
        self.looks.look(caller, "edit", layer.name(), vec![fid.to_string()], None, Some(1)).await?;
        let edited = match edit {
            Edit::Put { feature, expected } => match self.store.put(&feature, Some(expected)).await? {
                Put::Stored { revision, created } => Edited { revision, created },
                Put::Conflict { revision } => return Err(changed_meanwhile(expected, revision)),
            },
            Edit::Remove { layer, fid, expected } => match self.store.remove(layer, fid, Some(expected)).await? {
                Removed::Done { revision } => Edited { revision, created: false },
                Removed::Conflict { revision } => return Err(changed_meanwhile(expected, revision)),
                Removed::Missing => {
                    return Err(Problem::new(Code::NotFound, format!("{} has no feature {fid}", layer.name())));
                }
            },
        };
        Publisher::settled(self, edited.revision).await;
        Ok(edited)
    }

    /// The division that a feature lies in, by the same rule as in the index.
    fn division_of(&self, feature: &Feature) -> Option<spatial::codes::Division> {
        feature.division(|place| self.world.still().division(place))
    }

    /// The key of a feature that is made here.
    pub fn new_key(layer: Layer, source_id: String) -> Result<FeatureKey, Problem> {
        FeatureKey::new(layer, "onemap", source_id).map_err(|error| Problem::new(Code::Invalid, error.to_string()))
    }
}

/// The box with one more place in it.
fn with(all: Option<Bounds>, place: Option<Position>) -> Option<Bounds> {
    let Some(place) = place else { return all };
    let (lon, lat) = (place.lon(), place.lat());
    let all = all.unwrap_or(Bounds { west: lon, south: lat, east: lon, north: lat });
    Some(Bounds {
        west: all.west.min(lon),
        south: all.south.min(lat),
        east: all.east.max(lon),
        north: all.north.max(lat),
    })
}

fn changed_meanwhile(expected: u64, revision: u64) -> Problem {
    let detail = match (expected, revision) {
        (0, _) => "it exists already".to_owned(),
        (_, 0) => "it does not exist any more".to_owned(),
        _ => format!("you saw revision {expected}, it is at {revision} now"),
    };
    Problem::new(Code::Precondition, detail)
}
