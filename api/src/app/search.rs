//! Search: what the caller said, held against what the caller may see. Its threads are its own, so that neither dispatch nor
//! tiles ever queue behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use spatial::codes::Division;
use spatial::search::{Answer, Asked, Eyes, Kind, Other, SearchIndex};
use spatial::{Layer, Position, StillLayer};
use tokio::sync::Semaphore;

use super::App;
use super::ops::IncidentSight;
use crate::auth::{Caller, Scope, Sight};

/// Threads that may search at once.
const SEARCHERS: usize = 2;
/// How long somebody waits for one of them; past that, the search is refused in words.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a search may go on; past that, it answers with what it has found.
const LONGEST: Duration = Duration::from_millis(400);

/// Who may search at this moment.
pub struct Searchers(Arc<Semaphore>);

impl Default for Searchers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SEARCHERS)))
    }
}

/// Why a search was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSearched {
    /// The index is still being built.
    NotYet,
    /// Too many search just now.
    Busy,
    /// It broke; that has been logged.
    Broken,
}

/// What was found, and the divisions' names that the answer needs.
pub struct Searched {
    /// The likeliest first.
    pub answer: Answer,
    /// Chinese and English name of each division in it, with those above it.
    pub divisions: BTreeMap<Division, (String, Option<String>)>,
}

/// What one caller sees, and until when the search goes on.
struct CallerEyes {
    sights: BTreeMap<Layer, Sight>,
    scope: Scope,
    until: Instant,
}

impl Eyes for CallerEyes {
    fn layer(&self, layer: Layer) -> bool {
        self.sights.contains_key(&layer)
    }

    fn field(&self, layer: Layer, field: &str) -> bool {
        self.sights.get(&layer).is_some_and(|sight| !sight.hidden().contains(&field))
    }

    fn row(&self, layer: Layer, division: Option<Division>) -> bool {
        self.sights.get(&layer).is_some_and(|sight| sight.holds(division))
    }

    fn own(&self, division: Option<Division>) -> bool {
        self.scope.holds(division)
    }

    fn go_on(&self) -> bool {
        Instant::now() < self.until
    }
}

impl App {
    /// Finds what the caller said among what the caller may see. `near` is where they look.
    pub async fn search(
        &self,
        caller: &Caller,
        text: String,
        near: Option<Position>,
        most: usize,
    ) -> Result<Searched, NotSearched> {
        let still = self.world.still();
        let index: Arc<SearchIndex> = self.names.index().ok_or(NotSearched::NotYet)?;
        let permit = Arc::clone(&self.searchers.0).acquire_owned();
        let permit = tokio::time::timeout(PATIENCE, permit).await;
        let permit = permit.ok().and_then(Result::ok).ok_or(NotSearched::Busy)?;
        let (app, caller) = (self.clone(), caller.clone());
        let work = tokio::task::spawn_blocking(move || {
            // Given back when the work is done, also when nobody waits for it any more.
            let _permit = permit;
            let sights = Layer::ALL.into_iter().filter_map(|layer| Some((layer, Sight::of(&caller, layer).ok()?)));
            let eyes =
                CallerEyes { sights: sights.collect(), scope: caller.scope.clone(), until: Instant::now() + LONGEST };
            let others = app.others_in_sight(&caller);
            let answer = index.find(&Asked { text: &text, near, most }, &eyes, &others);
            let divisions = still.layer(Layer::Jurisdictions).map(|layer| names(layer, &answer)).unwrap_or_default();
            Searched { answer, divisions }
        });
        work.await.map_err(|error| {
            tracing::error!(%error, "a search broke");
            NotSearched::Broken
        })
    }

    /// Units by their call sign and incidents by their number, where they have a place. What was said of an incident is not
    /// searched: it may name somebody.
    fn others_in_sight(&self, caller: &Caller) -> Vec<Other> {
        let still = self.world.still();
        let units = self.units(caller).unwrap_or_default();
        let units = units.into_iter().filter_map(|view| {
            let position = view.fix?.position;
            let names = vec![view.unit.call_sign, view.unit.id.clone()];
            Some(Other { kind: Kind::Unit, id: view.unit.id, names, position, division: still.division(position) })
        });
        let mut all: Vec<Other> = units.collect();
        // Guests see incidents roughly and without words: they have no number to ask for.
        if IncidentSight::of(caller).is_ok_and(|sight| sight != IncidentSight::Snapped) {
            let desk = self.ops.desk();
            let seen = desk.incidents().filter_map(|incident| self.view(caller, incident, &still));
            all.extend(seen.filter_map(|view| {
                let position = view.position()?;
                let (id, division) = (view.incident.id.clone(), view.incident.location.division);
                Some(Other { kind: Kind::Incident, names: vec![id.clone()], id, position, division })
            }));
        }
        all
    }
}

/// Names of the divisions of an answer and of those above them.
fn names(layer: &StillLayer, answer: &Answer) -> BTreeMap<Division, (String, Option<String>)> {
    let mut wanted: BTreeSet<Division> = BTreeSet::new();
    for hit in &answer.hits {
        let mut next = hit.division;
        while let Some(division) = next {
            wanted.insert(division);
            next = division.parent();
        }
    }
    let mut found = BTreeMap::new();
    for row in 0..layer.len() {
        let Some(code) = layer.division(row).filter(|code| wanted.contains(code)) else { continue };
        if let Some(name) = layer.text(row, "name") {
            found.insert(code, (name.to_owned(), layer.text(row, "name_en").map(str::to_owned)));
        }
    }
    found
}
