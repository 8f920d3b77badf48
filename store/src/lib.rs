//! What we remember: the registry, positions, the log of operations, the past, accounts and the audit, on SQLite or on
//! PostGIS.
//!
//! Small traits by consistency need, joined in [`Store`]; [`open`] chooses the backend by [`Location`]. Both behave the
//! same: `tests/conformance` holds the cases, and every case runs on both.
//!
//! - SQLite: three files in the data folder, because a file has one writer at a time and an import must not make a
//!   dispatcher wait: `ops.db` (log, audit, accounts, settings, roster, plans; every commit is synced to disk),
//!   `registry.db` (with history) and `positions.db` (a crash of the machine may lose the last moment).
//! - PostGIS: one database, schema `onemap`; any number of servers may share it.
//!
//! ```
//! # tokio_test(async {
//! let folder = tempfile::tempdir()?;
//! let store = store::open(&store::Location::Data(folder.path().join("data"))).await?;
//! store.put_setting("greeting", b"hello").await?;
//! assert_eq!(store.setting("greeting").await?.as_deref(), Some(b"hello".as_slice()));
//! assert_eq!(store.revision().await?, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # });
//! # fn tokio_test<F: Future<Output = Result<(), Box<dyn std::error::Error>>>>(work: F) {
//! #     tokio::runtime::Runtime::new().unwrap().block_on(work).unwrap();
//! # }
//! ```

mod accounts;
mod ask;
mod audit;
mod backup;
mod canonical;
mod committer;
mod error;
mod history;
mod imports;
mod location;
mod lock;
mod log;
mod migrations;
mod password;
mod plans;
mod positions;
mod postgis;
mod registry;
mod roster;
mod settings;
mod sqlite;
mod stored;
mod token;

pub use accounts::{Accounts, NewUser, Session, User};
pub use audit::{Audit, AuditDraft, AuditRow, Verified, object_hash};
pub use backup::{DATA_FILES, Heads, clear_database, copy_data, heads};
pub use error::{Error, ErrorKind};
pub use history::{History, HistoryCursor};
pub use imports::{
    Begun, Chunk, ChunkDigest, Difference, Differing, EditedSince, Gone, Held, Import, ImportDraft, ImportState,
    Imports, PastChunk, Said, Undone,
};
pub use location::{Location, alone, is_kept, open, open_restored};
pub use lock::{DataLock, holder, lock};
pub use log::{Answer, Append, Command, Event, EventDraft, Expect, Log, LogHead, LogVerified, verify_tail};
pub use plans::{Plans, Publish};
pub use positions::{Heard, Observation, Positions, Told};
pub use postgis::Alone;
pub use registry::{Change, Put, Registry, Removed, Upserted};
pub use roster::Roster;
pub use settings::Settings;

/// Everything that we remember.
#[async_trait::async_trait]
pub trait Store:
    Registry + Imports + Roster + Positions + History + Plans + Accounts + Audit + Log + Settings + 'static
{
    /// `sqlite` or `postgis`.
    fn kind(&self) -> &'static str;

    /// Whether the store answers and takes writes.
    async fn ping(&self) -> Result<(), Error>;

    /// Says that a server runs on the store under that name, until this is closed or the process ends: a restore then
    /// refuses and names it. `Conflict` while a restore is under way. A folder is locked instead.
    async fn claim(&self, name: &str) -> Result<(), Error>;

    /// Ends what is under way and closes files and connections; whoever asks later gets `Unavailable`. Dropping the store
    /// is enough to lose nothing; this leaves a folder that can be copied as it is.
    async fn close(&self);
}
