//! Imports: the rows of a file are staged in chunks, published in one transaction, and can be put back.

use async_trait::async_trait;
use dispatch::HistoricIncident;
use sha2::{Digest, Sha256};
use spatial::{Feature, FeatureKey, Layer};

use crate::Error;
use crate::stored::feature::Row;
use crate::stored::incident;

/// Published imports that can be undone; what older ones replaced is thrown away.
pub(crate) const UNDOABLE: u32 = 10;
/// Imports that wait unfinished to be resumed; the oldest beyond that loses what it had staged, unless somebody is at work
/// on it.
pub(crate) const UNFINISHED: u32 = 10;
/// Imports that are remembered with their report.
pub(crate) const REMEMBERED: u32 = 1_000;
/// Rows that a refused undo names; all are counted.
pub(crate) const NAMED: u32 = 100;
/// Most rows of a chunk.
pub(crate) const MOST_ROWS: usize = 100_000;

/// What is imported: which file, as what, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportDraft {
    /// Layers that its rows may belong to; [`Layer::Incidents`] alone: incidents of the past.
    pub layers: Vec<Layer>,
    /// Who says so.
    pub source: String,
    /// Coordinate system of the file.
    pub crs: String,
    /// Name of the file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Who imports it.
    pub who: String,
}

impl ImportDraft {
    /// Whether it brings incidents of the past, and no rows of the registry.
    pub fn is_history(&self) -> bool {
        self.layers == [Layer::Incidents]
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Its rows are being staged, or it was broken off and can be resumed.
    Staging,
    /// Its rows are in the registry.
    Published,
    /// Its rows were in the registry and were put back.
    Undone,
    /// Nothing came of it.
    Failed,
}

impl ImportState {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Published => "published",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }
}

/// How the rows of an import differ from those of the registry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Differing {
    /// Not in the registry.
    pub added: u64,
    /// There, and different.
    pub changed: u64,
    /// There, and the same.
    pub unchanged: u64,
    /// In the registry from a source that the file has rows of, and not in the file; only when the file is said to be
    /// complete.
    pub gone: u64,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its number.
    pub id: u64,
    /// What it is of.
    pub draft: ImportDraft,
    /// How far it is.
    pub state: ImportState,
    /// When it began, milliseconds since 1970.
    pub started_ms: i64,
    /// When it was published, undone or given up.
    pub ended_ms: Option<i64>,
    /// What publishing it did.
    pub done: Differing,
    /// First and last revision that it gave; `None` when it changed nothing.
    pub revisions: Option<(u64, u64)>,
    /// Whether it can be undone, as far as its own data goes: somebody may have edited its rows since.
    pub undoable: bool,
    /// What else is to be said of it, as the caller wrote it.
    pub report: String,
}

/// An import that may stage its rows.
#[derive(Debug)]
pub struct Begun {
    /// Its number.
    pub id: u64,
    /// Chunks that an earlier run has staged: number and digest.
    pub staged: Vec<(u32, ChunkDigest)>,
    /// To be kept until nothing more is done with the import.
    pub held: Held,
}

/// As long as this lives nobody else goes on with what an import has staged, or throws it away.
pub struct Held(#[expect(dead_code, reason = "it is there to be dropped")] Box<dyn Send + Sync>);

impl Held {
    pub(crate) fn by(what: impl Send + Sync + 'static) -> Self {
        Self(Box::new(what))
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// What tells two chunks apart.
pub type ChunkDigest = [u8; 16];

/// Rows that are staged together.
#[derive(Debug)]
pub struct Chunk {
    pub(crate) rows: Vec<Row>,
    digest: ChunkDigest,
}

impl Chunk {
    /// The rows of features, at most 100,000; what cannot be stored comes back with its reason. Costs more than to
    /// write them does, so make it where the file is read.
    pub fn of(features: &[Feature]) -> (Self, Vec<(FeatureKey, Error)>) {
        let (mut rows, mut refused) = (Vec::with_capacity(features.len()), Vec::new());
        let mut hash = Sha256::new();
        for feature in features.iter().take(MOST_ROWS) {
            match Row::of(feature) {
                Ok(row) => {
                    hash.update(row.fid.to_be_bytes());
                    hash.update(&row.digest);
                    rows.push(row);
                }
                Err(why) => refused.push((feature.key.clone(), why)),
            }
        }
        (Self { rows, digest: digest(hash) }, refused)
    }

    /// Tells whether an earlier run has staged the same.
    pub fn digest(&self) -> ChunkDigest {
        self.digest
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn digest(hash: Sha256) -> ChunkDigest {
    let mut digest = ChunkDigest::default();
    digest.copy_from_slice(hash.finalize().get(..16).unwrap_or(&[0; 16]));
    digest
}

/// Incidents of the past that are staged together.
pub struct PastChunk {
    pub(crate) rows: Vec<incident::Columns>,
    digest: ChunkDigest,
}

impl std::fmt::Debug for PastChunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PastChunk").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

impl PastChunk {
    /// The rows of incidents, at most 100,000; `Invalid` when one cannot be stored.
    pub fn of(incidents: &[HistoricIncident]) -> Result<Self, Error> {
        let mut hash = Sha256::new();
        let mut rows = Vec::with_capacity(incidents.len());
        for incident in incidents.iter().take(MOST_ROWS) {
            // Every text in quotes, every number with all that it has: no two look alike.
            hash.update(format!("{incident:?}"));
            rows.push(incident::write(incident)?);
        }
        Ok(Self { rows, digest: digest(hash) })
    }

    /// Tells whether an earlier run has staged the same.
    pub fn digest(&self) -> ChunkDigest {
        self.digest
    }
}

/// Sources that are told of rows that are gone, in the order of their names; all rows are counted.
pub(crate) const GONE_SOURCES: u32 = 20;
/// Rows of each of them that are named.
pub(crate) const GONE_NAMED: u32 = 5;

/// Rows of one source that a complete file does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Whose.
    pub source: String,
    /// How many.
    pub rows: u64,
    /// Source ids of the first five.
    pub first: Vec<String>,
}

/// Writes what is to be said of an import, where what is gone by it is known: of at most 20 sources.
pub type Said<'a> = &'a (dyn Fn(&[Gone]) -> String + Sync);

/// What publishing would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// In numbers.
    pub counts: Differing,
    /// What would be gone, of at most 20 sources.
    pub gone: Vec<Gone>,
    /// Some of the changed rows: as they are, and as they would be. None of incidents.
    pub changed: Vec<(Feature, Feature)>,
}

/// A row that keeps an import from being undone: it was edited since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedSince {
    /// Which.
    pub key: FeatureKey,
    /// Its revision now.
    pub revision: u64,
    /// It was removed.
    pub removed: bool,
}

/// What became of undoing an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// Everything is as it was before.
    Done {
        /// Rows that were written: what was added is removed, what was changed or removed is back.
        rows: u64,
        /// The registry's newest revision after it.
        revision: u64,
    },
    /// Rows were edited since; nothing was written.
    Refused {
        /// How many.
        rows: u64,
        /// The first 100 of them.
        edited: Vec<EditedSince>,
    },
}

/// Files on their way into the registry.
#[async_trait]
pub trait Imports: Send + Sync {
    /// Begins an import, or goes on with an unfinished one of the same file (digest, layers, source, system) that is in
    /// nobody's hands: two are never at work on what one has staged, in one process or in several.
    async fn begin_import(&self, draft: &ImportDraft, now_ms: i64) -> Result<Begun, Error>;

    /// Stages a chunk; one of the same number is replaced. Nobody sees it yet.
    async fn stage(&self, id: u64, number: u32, chunk: &Chunk) -> Result<(), Error>;

    /// The same for incidents of the past. No two of an import may have one key (source system, number).
    async fn stage_past(&self, id: u64, number: u32, chunk: &PastChunk) -> Result<(), Error>;

    /// What publishing the first `chunks` chunks would do, with some examples. `complete`: the file holds all that the
    /// sources of its rows have in its layers; a source of which it has no row stays as it is.
    async fn difference(&self, id: u64, chunks: u32, complete: bool, examples: u32) -> Result<Difference, Error>;

    /// Publishes the first `chunks` chunks in one transaction: readers see all of it or nothing. Of two rows with one
    /// key the later counts; two keys with one number are a `Conflict` that names both. `now_ms` is asked at its end, which
    /// may be minutes after its begin, and so is `report`, maybe more than once. Incidents share one revision, and none is
    /// ever gone.
    async fn publish_import(
        &self,
        id: u64,
        chunks: u32,
        complete: bool,
        report: Said<'_>,
        now_ms: fn() -> i64,
    ) -> Result<Import, Error>;

    /// Throws away what an unfinished import has staged: with the reason it is remembered as failed, without one it is
    /// forgotten.
    async fn drop_import(&self, id: u64, failed: Option<&str>, now_ms: i64) -> Result<(), Error>;

    /// Puts back exactly what was there before, each row at a new revision; refused when rows were edited since. Of
    /// incidents, which nobody follows, the revisions come back as well; those of a later import stand in the way.
    async fn undo_import(&self, id: u64, now_ms: i64) -> Result<Undone, Error>;

    /// The import of that number.
    async fn import(&self, id: u64) -> Result<Option<Import>, Error>;

    /// The newest imports, newest first.
    async fn imports(&self, limit: u32) -> Result<Vec<Import>, Error>;
}
