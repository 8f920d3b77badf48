//! The registry: what stands still, by layer and key, each row at a revision.

use async_trait::async_trait;
use spatial::{Feature, Fid, Layer};

use crate::{Chunk, Error};

/// What an [`Registry::upsert`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upserted {
    /// Features that were not there (or were removed before).
    pub added: u64,
    /// Features whose geometry, fields or attributes became different.
    pub changed: u64,
    /// Features that were there exactly so: their revision stays.
    pub unchanged: u64,
    /// The registry's newest revision after it.
    pub revision: u64,
}

/// What a [`Registry::put`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is stored.
    Stored {
        /// At this revision (the old one when nothing changed).
        revision: u64,
        /// Whether it was not there before.
        created: bool,
    },
    /// The expected revision is not the stored one; nothing was written.
    Conflict {
        /// What is stored; 0 when there is no such feature.
        revision: u64,
    },
}

/// What a [`Registry::remove`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It is gone; its tombstone has this revision.
    Done {
        /// The tombstone's revision.
        revision: u64,
    },
    /// There was no such feature.
    Missing,
    /// The expected revision is not the stored one; nothing was written.
    Conflict {
        /// What is stored.
        revision: u64,
    },
}

/// The last thing that happened to a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// When, in revisions.
    pub revision: u64,
    /// Its layer.
    pub layer: Layer,
    /// Its number.
    pub fid: Fid,
    /// What it is now; `None` when it was removed.
    pub feature: Option<Feature>,
}

/// What stands still. One counter per registry gives every written row its own revision, in the transaction that
/// writes it, so that revisions become visible in order.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Stores all of them in one transaction, or none. Idempotent by (layer, source, source id); of two rows with one
    /// key in `features` the later counts. Two different keys with one number are a `Conflict` that names both.
    async fn upsert(&self, features: &[Feature]) -> Result<Upserted, Error>;

    /// Stores rows of keys that the registry does not know, removed ones included, in one transaction, and looks nothing
    /// up for them: a key that it knows is a `Conflict`, and nothing is stored. For filling a store quickly; of two rows
    /// with one key neither is taken.
    async fn fill(&self, chunks: Vec<Chunk>) -> Result<Upserted, Error>;

    /// Stores one. `expected`: `None` whatever is there, `Some(0)` only if nothing is, `Some(n)` only over revision n.
    async fn put(&self, feature: &Feature, expected: Option<u64>) -> Result<Put, Error>;

    /// Removes one and leaves a tombstone (key and revision, no content). `expected` as for [`Registry::put`].
    async fn remove(&self, layer: Layer, fid: Fid, expected: Option<u64>) -> Result<Removed, Error>;

    /// The feature of that number.
    async fn get(&self, layer: Layer, fid: Fid) -> Result<Option<Feature>, Error>;

    /// Features of a layer in the order of their numbers, beginning after `after`; fewer than `limit` means the end.
    async fn page(&self, layer: Layer, after: Option<Fid>, limit: u32) -> Result<Vec<Feature>, Error>;

    /// All features of a layer, piece by piece in the order in which the store reads quickest; `after` is where the last
    /// piece ended. No more mark means the end. A row that changes meanwhile may come as it was or as it is.
    async fn scan(&self, layer: Layer, after: Option<i64>, limit: u32) -> Result<(Vec<Feature>, Option<i64>), Error>;

    /// What changed after revision `since`, oldest first, each feature once with what it is now. Asking again with the
    /// last revision of the answer misses nothing.
    async fn changes(&self, since: u64, limit: u32) -> Result<Vec<Change>, Error>;

    /// How many features each layer has, by name; layers without any are left out.
    async fn counts(&self) -> Result<Vec<(Layer, u64)>, Error>;

    /// The newest revision of each layer in which anything was ever stored, removals included.
    async fn revisions(&self) -> Result<Vec<(Layer, u64)>, Error>;

    /// The newest revision; 0 when nothing was ever stored.
    async fn revision(&self) -> Result<u64, Error>;
}
