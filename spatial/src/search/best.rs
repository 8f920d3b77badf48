//! The likeliest few, out of many.

use super::bearing::Bearing;
use super::hit::{Hit, Kind};
use super::score::{Match, Score};
use crate::codes::Division;
use crate::feature::Fid;
use crate::layer::Layer;
use crate::mercator::World;

/// More than these times what is wanted is cut back to it from time to time.
const KEPT: usize = 16;
/// What nearness is worth at most, and at what distance half of it is gone, metres.
const NEARNESS: f64 = 0.2;
const HALF_M: f64 = 5_000.0;
/// What lies in the own part of the city is worth more.
const OWN: f32 = 0.04;
/// Two answers of one name nearer than this are one, metres.
const SAME_M: f64 = 30.0;

/// Something found, before it is dressed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) of: Option<(Layer, Fid)>,
    pub(super) id: Option<String>,
    pub(super) label: Label,
    pub(super) via: Option<String>,
    pub(super) place: World,
    pub(super) division: Option<Division>,
    pub(super) bearing: Option<Bearing>,
    pub(super) score: Score,
    pub(super) rank: f32,
}

/// What it is called: read from its row only if it comes to be shown.
#[derive(Debug, Clone)]
pub(super) enum Label {
    Row(usize),
    Text(String, Option<String>),
}

/// The likeliest few.
#[derive(Debug)]
pub(super) struct Best {
    most: usize,
    near: Option<World>,
    drafts: Vec<Draft>,
    surest: f32,
}

impl Best {
    pub(super) fn new(most: usize, near: Option<World>) -> Self {
        Self { most: most.max(1), near, drafts: Vec::new(), surest: 0.0 }
    }

    /// How sure the surest is.
    pub(super) fn surest(&self) -> f32 {
        self.surest
    }

    pub(super) fn near(&self) -> Option<World> {
        self.near
    }

    /// Adds one; `own` says whether it lies in the own part of the city.
    pub(super) fn put(&mut self, mut draft: Draft, own: bool) {
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
        let far = self.near.map_or(0.0, |near| {
            let metres = super::streets::metres(near, draft.place);
            (NEARNESS * metres / (metres + HALF_M)) as f32
        });
        // Whoever stands in a division is not far from it, wherever its middle is.
        let far = if draft.kind == Kind::Division { far / 4.0 } else { far };
        draft.rank = draft.score.confidence - far + if own { OWN } else { 0.0 } + liking(draft.kind);
        self.surest = self.surest.max(draft.score.confidence);
        self.drafts.push(draft);
        if self.drafts.len() > self.most * KEPT * 16 {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.sort();
        self.drafts.truncate(self.most * KEPT);
    }

    fn sort(&mut self) {
        let key = |d: &Draft| (d.kind, d.place, d.of);
        self.drafts.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| key(a).cmp(&key(b))));
    }

    /// The likeliest, each once, dressed by `label`.
    pub(super) fn finish(mut self, label: impl Fn(&Draft) -> Option<(String, Option<String>)>) -> Vec<Hit> {
        self.sort();
        let mut hits: Vec<Hit> = Vec::with_capacity(self.most);
        for draft in &self.drafts {
            if hits.len() == self.most {
                break;
            }
            let (Some((label, label_en)), Some(position)) = (label(draft), draft.place.position()) else { continue };
            let same = |hit: &Hit| {
                let thing = hit.of.is_some() && hit.of == draft.of && hit.label == label;
                let twin = hit.kind == draft.kind && hit.label == label && hit.position.distance_m(&position) < SAME_M;
                thing || twin
            };
            if hits.iter().any(same) {
                continue;
            }
            let id = match (&draft.id, draft.of) {
                (Some(id), _) => id.clone(),
                (None, Some((_, fid))) => fid.to_string(),
                (None, None) => format!("{}:{:.5},{:.5}", draft.kind.word(), position.lon(), position.lat()),
            };
            let near = self.near.and_then(World::position);
            hits.push(Hit {
                kind: draft.kind,
                id,
                of: draft.of,
                label,
                label_en,
                via: draft.via.clone(),
                position,
                division: draft.division,
                bearing: draft.bearing,
                confidence: draft.score.confidence.clamp(0.0, 1.0),
                why: draft.score.why,
                distance_m: near.map(|near| near.distance_m(&position)),
            });
        }
        hits
    }
}

/// Of two that are as sure and as near, what callers name comes before what stands there as well.
fn liking(kind: Kind) -> f32 {
    match kind {
        Kind::Crossing | Kind::Kilometre | Kind::Address | Kind::Unit | Kind::Incident => 0.02,
        Kind::Road | Kind::Place | Kind::Division => 0.015,
        Kind::Building | Kind::Water | Kind::Land => 0.01,
        Kind::Enterprise | Kind::Grid => 0.005,
        Kind::Camera => 0.0,
    }
}

impl Draft {
    /// The same, less sure and for another reason.
    pub(super) fn worth(mut self, times: f32, why: Match) -> Self {
        self.score = Score { confidence: self.score.confidence * times, why };
        self
    }
}
