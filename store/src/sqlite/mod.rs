//! The embedded backend: three SQLite files in the data folder.

mod accounts;
mod ask;
mod audit;
mod bulk;
mod history;
mod imports;
mod log;
mod past;
mod plans;
mod positions;
mod registry;
mod roster;
mod settings;
mod staging;
mod undo;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite as Database, Transaction};

use self::ask::execute;
use self::staging::Staging;
use crate::committer::Committer;
use crate::error::Doing;
use crate::log::Bell;
use crate::migrations::{self, SQLITE_OPS, SQLITE_POSITIONS, SQLITE_REGISTRY};
use crate::{Error, Store};

/// The file that is made first.
pub(crate) const OPS: &str = "ops.db";

/// Three files, each with its own writer: see the crate's head.
pub(crate) struct Sqlite {
    ops: File,
    registry: File,
    positions: File,
    committer: Committer,
    bell: Bell,
    staging: Staging,
}

impl Sqlite {
    /// Opens the folder, or makes it.
    pub(crate) async fn open(folder: &Path) -> Result<Self, Error> {
        crate::location::make_folder(folder)?;
        let ops = File::open(folder, OPS, synced(), SQLITE_OPS).await?;
        let registry = File::open(folder, "registry.db", SqliteSynchronous::Normal, SQLITE_REGISTRY).await?;
        let positions = File::open(folder, "positions.db", SqliteSynchronous::Normal, SQLITE_POSITIONS).await?;
        past::bring_over(folder, &ops, &registry).await?;
        let committer = Committer::start(audit::OpsChain(ops.clone()));
        let staging = Staging::of(folder);
        Ok(Self { ops, registry, positions, committer, bell: Bell::new(), staging })
    }
}

/// A commit of `ops.db` is on disk when it returns.
#[cfg(not(feature = "sabotage"))]
const fn synced() -> SqliteSynchronous {
    SqliteSynchronous::Full
}

/// The same, unless the guard `sync` is taken out to see that the tests notice.
#[cfg(feature = "sabotage")]
fn synced() -> SqliteSynchronous {
    let removed = std::env::var("ONEMAP_SABOTAGE").is_ok_and(|named| named == "sync");
    if removed { SqliteSynchronous::Off } else { SqliteSynchronous::Full }
}

#[async_trait]
impl Store for Sqlite {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    /// Does not try to write to the registry, where an import may be at work.
    async fn ping(&self) -> Result<(), Error> {
        const DOING: &str = "reach the database files";
        for file in [&self.ops, &self.registry, &self.positions] {
            execute(&file.readers, DOING, sqlx::query("select 1")).await?;
        }
        self.ops.write(DOING).await?.rollback().await.doing(DOING)
    }

    /// The lock on the folder says it already.
    async fn claim(&self, _name: &str) -> Result<(), Error> {
        Ok(())
    }

    /// The writer closes last: the last connection moves the log into the file.
    async fn close(&self) {
        self.staging.close().await;
        for file in [&self.ops, &self.registry, &self.positions] {
            file.readers.close().await;
            file.writer.close().await;
        }
    }
}

/// One file: a single connection that writes, a few that read meanwhile (WAL).
#[derive(Debug, Clone)]
struct File {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// How long a connection waits for another process (a command on the folder of a running server).
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 4;

impl File {
    async fn open(
        folder: &Path,
        name: &str,
        synchronous: SqliteSynchronous,
        steps: migrations::Steps,
    ) -> Result<Self, Error> {
        const DOING: &str = "open the data folder";
        let named = |error: Error| error.of(name);
        let path = folder.join(name);
        make_file(&path).doing(DOING).map_err(named)?;
        let options = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(BUSY);
        let write = options.clone().journal_mode(SqliteJournalMode::Wal).synchronous(synchronous);
        // 64 MiB of pages (in KiB, negative), so that an import of a city seldom reads back what it has just written;
        // and the log that it leaves behind is cut to 64 MiB.
        let write = write.pragma("cache_size", "-65536").pragma("journal_size_limit", "67108864");
        let writer = pool(1).connect_with(write).await.doing(DOING).map_err(named)?;
        migrations::migrator(steps).run(&writer).await.doing(DOING).map_err(named)?;
        let readers =
            pool(READERS).connect_with(options.pragma("query_only", "on")).await.doing(DOING).map_err(named)?;
        Ok(Self { writer, readers })
    }

    /// Begins to write: nobody else writes to this file until the end.
    ///
    /// When a commit fails (no room, an input/output error) SQLite ends the transaction by itself, and sqlx 0.9.0 goes on
    /// counting it: such a connection would refuse everything for ever, and is replaced.
    async fn write(&self, doing: &'static str) -> Result<Transaction<'static, Database>, Error> {
        match self.writer.begin_with("begin immediate").await {
            Err(sqlx::Error::InvalidSavePointStatement) => {}
            begun => return begun.doing(doing),
        }
        self.writer.acquire().await.doing(doing)?.close().await.doing(doing)?;
        self.writer.begin_with("begin immediate").await.doing(doing)
    }
}

/// Makes the file, for its owner only; SQLite gives its log and index the same rights.
pub(crate) fn make_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Connections to a local file neither age nor break, so none is closed or tested.
fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(size).max_lifetime(None).idle_timeout(None).test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[wal, synchronous]` of the writer; 1 is NORMAL, 2 is FULL.
    async fn durability(file: &File) -> (String, i64) {
        let mode = sqlx::query_scalar("pragma journal_mode").fetch_one(&file.writer).await.unwrap();
        (mode, sqlx::query_scalar("pragma synchronous").fetch_one(&file.writer).await.unwrap())
    }

    #[tokio::test]
    async fn what_must_not_be_lost_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).await.unwrap();
        assert_eq!(durability(&store.ops).await, ("wal".to_owned(), 2));
        assert_eq!(durability(&store.registry).await, ("wal".to_owned(), 1));
        assert_eq!(durability(&store.positions).await, ("wal".to_owned(), 1));
    }

    /// SQLite 3.7.0 to 3.51.2 can lose what was committed when checkpoints and a reset of the WAL race
    /// (sqlite.org/wal.html#walresetbug).
    #[tokio::test]
    async fn sqlite_is_new_enough() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).await.unwrap();
        let version: String =
            sqlx::query_scalar("select sqlite_version()").fetch_one(&store.ops.readers).await.unwrap();
        let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
        assert!(parts >= vec![3, 51, 3], "{version}");
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).await.unwrap();
        assert!(sqlx::query("delete from audit_head").execute(&store.ops.readers).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn folder_and_files_are_their_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("数据 50% #?");
        let _store = Sqlite::open(&data).await.unwrap();
        assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
        for file in ["ops.db", "ops.db-wal", "registry.db", "positions.db"] {
            assert_eq!(std::fs::metadata(data.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_corrupt() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ops.db"), "this is a letter, not a database".repeat(99)).unwrap();
        let error = Sqlite::open(folder.path()).await.err().unwrap();
        assert_eq!(error.kind(), crate::ErrorKind::Corrupt, "{error}");
        assert!(error.to_string().starts_with("open the data folder: ops.db: "), "{error}");
        assert_eq!(error.to_string().matches("open the data folder").count(), 1, "{error}");
    }
}
