//! Where the rows of an import wait: a file for each import, beside the three that stay. So staging neither keeps an
//! editor of the registry waiting nor leaves holes in `registry.db`, and what was staged is thrown away with its file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{AssertSqlSafe, QueryBuilder, SqliteConnection};
use tokio::sync::Mutex;

use super::ask::{all, execute, first};
use super::history::bind;
use super::{BUSY, Database, make_file, pool};
use crate::error::Doing;
use crate::imports::{Chunk, ChunkDigest, Held, PastChunk};
use crate::stored::import::{Clash, chunks, clash, place};
use crate::stored::incident::past_columns;
use crate::{Error, ErrorKind};

const DOING: &str = "stage an import";

/// Rows of one insert: 500 rows of 9 values (of 14, incidents) stay far below SQLite's 32,766 values a statement.
const ROWS: usize = 500;

/// Made in a new file. `id` is the row's place in the file that is imported.
const TABLES: &str = "
    create table if not exists staged (
        id integer primary key, layer text not null, fid integer not null, source text not null,
        source_id text not null, digest blob not null, geometry blob not null, properties text not null,
        attributes text not null
    ) strict;
    create table if not exists staged_past (
        id integer primary key, source_system text not null, number text not null, kind text not null,
        source text not null, priority integer not null, lon real, lat real, division integer,
        reported_ms integer not null, assigned_ms integer, accepted_ms integer, arrived_ms integer, closed_ms integer
    ) strict;
    create table if not exists staged_chunk (number integer primary key, digest blob not null) strict;";

/// The files of unfinished imports, those in use open.
pub(super) struct Staging {
    folder: PathBuf,
    registry: PathBuf,
    /// Locked also while a file is made or removed: the folder goes with the last of them, and would go from under the
    /// next.
    open: Mutex<BTreeMap<u64, SqlitePool>>,
    in_hand: Arc<std::sync::Mutex<BTreeSet<u64>>>,
    /// Held by whoever has its file attached to the registry's writer.
    pub(super) publishing: Mutex<()>,
}

/// An import that somebody is at work on, until this is dropped. No other process has the folder.
struct InHand {
    all: Arc<std::sync::Mutex<BTreeSet<u64>>>,
    id: u64,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Staging {
    /// The place for them in the data folder; nothing is made before it is needed.
    pub(super) fn of(data: &Path) -> Self {
        let (folder, registry) = (data.join("staging"), data.join("registry.db"));
        Self { folder, registry, open: Mutex::default(), in_hand: Arc::default(), publishing: Mutex::default() }
    }

    /// Takes an import in hand; `None` when somebody has it.
    pub(super) fn take(&self, id: u64) -> Option<Held> {
        let free = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        free.then(|| Held::by(InHand { all: Arc::clone(&self.in_hand), id }))
    }

    /// Whether somebody is at work on an import.
    pub(super) fn is_held(&self, id: u64) -> bool {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    /// Where the rows of an import are.
    pub(super) fn path(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id}.db"))
    }

    /// The file of an import, open; made when it is not there. A file that cannot be read is made anew: it holds nothing
    /// that is not in the file that is imported.
    async fn file(&self, id: u64) -> Result<SqlitePool, Error> {
        let mut open = self.open.lock().await;
        if let Some(pool) = open.get(&id) {
            return Ok(pool.clone());
        }
        crate::location::make_folder(&self.folder)?;
        let file = match self.try_file(id).await {
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                tracing::warn!(id, %error, "what was staged cannot be read and is thrown away");
                self.remove_files(id);
                self.try_file(id).await?
            }
            tried => tried?,
        };
        open.insert(id, file.clone());
        Ok(file)
    }

    async fn try_file(&self, id: u64) -> Result<SqlitePool, Error> {
        let path = self.path(id);
        make_file(&path).doing(DOING)?;
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
        let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
        // The log is moved into the file every 64 MiB, not every 4: each time waits for the disk.
        let options = options.pragma("wal_autocheckpoint", "16384");
        let file = pool(1).connect_with(options).await.doing(DOING)?;
        sqlx::raw_sql(TABLES).execute(&file).await.doing(DOING)?;
        Ok(file)
    }

    /// The chunks that an import has staged.
    pub(super) async fn chunks(&self, id: u64) -> Result<Vec<(u32, ChunkDigest)>, Error> {
        let file = self.file(id).await?;
        let query = sqlx::query("select number, digest from staged_chunk order by number");
        Ok(chunks(all(&file, DOING, query).await?))
    }

    /// Writes a chunk with its mark, in one transaction.
    pub(super) async fn put(&self, id: u64, number: u32, chunk: &Chunk) -> Result<(), Error> {
        let file = self.file(id).await?;
        let mut transaction = file.begin_with("begin immediate").await.doing(DOING)?;
        forget(&mut transaction, i64::from(number), i64::from(number) + 1).await?;
        for (part, rows) in chunk.rows.chunks(ROWS).enumerate() {
            let mut insert: QueryBuilder<Database> = QueryBuilder::new(
                "insert into staged (id, layer, fid, source, source_id, digest, geometry, properties, attributes) ",
            );
            let mut at = place(number, part * ROWS);
            insert.push_values(rows, |mut values, row| {
                values.push_bind(at).push_bind(row.key.layer.name()).push_bind(row.fid);
                values.push_bind(row.key.source.clone()).push_bind(row.key.source_id.clone());
                values.push_bind(row.digest.clone()).push_bind(row.geometry.clone());
                values.push_bind(row.properties.clone()).push_bind(row.attributes.clone());
                at += 1;
            });
            execute(&mut transaction, DOING, insert.build().persistent(rows.len() == ROWS)).await?;
        }
        mark(&mut transaction, number, chunk.digest()).await?;
        transaction.commit().await.doing(DOING)
    }

    /// The same for incidents of the past.
    pub(super) async fn put_past(&self, id: u64, number: u32, chunk: &PastChunk) -> Result<(), Error> {
        let file = self.file(id).await?;
        let mut transaction = file.begin_with("begin immediate").await.doing(DOING)?;
        forget(&mut transaction, i64::from(number), i64::from(number) + 1).await?;
        for (part, rows) in chunk.rows.chunks(ROWS).enumerate() {
            let mut insert: QueryBuilder<Database> =
                QueryBuilder::new(concat!("insert into staged_past (id, ", past_columns!(), ") "));
            let mut at = place(number, part * ROWS);
            insert.push_values(rows, |mut values, row| {
                values.push_bind(at);
                bind(&mut values, row);
                at += 1;
            });
            execute(&mut transaction, DOING, insert.build().persistent(rows.len() == ROWS)).await?;
        }
        mark(&mut transaction, number, chunk.digest()).await?;
        transaction.commit().await.doing(DOING)
    }

    /// Leaves the first `chunks` chunks: an earlier run may have staged more.
    pub(super) async fn trim(&self, id: u64, chunks: u32) -> Result<SqlitePool, Error> {
        let file = self.file(id).await?;
        let mut transaction = file.begin_with("begin immediate").await.doing(DOING)?;
        forget(&mut transaction, i64::from(chunks), i64::from(u32::MAX) + 1).await?;
        transaction.commit().await.doing(DOING)?;
        Ok(file)
    }

    /// Leaves exactly one row a key of the first `chunks` chunks, the later one of two; two keys with one number are a
    /// conflict.
    pub(super) async fn tidy(&self, id: u64, chunks: u32) -> Result<SqlitePool, Error> {
        let file = self.trim(id, chunks).await?;
        let mut transaction = file.begin_with("begin immediate").await.doing(DOING)?;
        execute(&mut transaction, DOING, sqlx::query("create index if not exists staged_fid on staged (layer, fid)"))
            .await?;
        let query = sqlx::query("select 1 from staged group by layer, fid having count(*) > 1 limit 1");
        if first::<(i64,)>(&mut transaction, DOING, query).await?.is_some() {
            let query = sqlx::query(
                "select a.layer, a.fid, a.source, a.source_id, b.source, b.source_id from staged a
                 join staged b on b.layer = a.layer and b.fid = a.fid and b.id < a.id
                 where (a.source, a.source_id) <> (b.source, b.source_id) limit 1",
            );
            if let Some(two) = first::<Clash>(&mut transaction, DOING, query).await? {
                return Err(clash(two, DOING));
            }
            let query =
                sqlx::query("delete from staged where id not in (select max(id) from staged group by layer, fid)");
            execute(&mut transaction, DOING, query).await?;
        }
        transaction.commit().await.doing(DOING)?;
        Ok(file)
    }

    /// Lends the rows of an import and the registry, side by side on one connection, as `main` and `registry`.
    pub(super) async fn beside_registry(
        &self,
        file: &SqlitePool,
    ) -> Result<sqlx::pool::PoolConnection<Database>, Error> {
        let mut connection = file.acquire().await.doing(DOING)?;
        detach(&mut connection, "registry").await;
        attach(&mut connection, &self.registry, "registry").await?;
        Ok(connection)
    }

    /// Closes the file of an import, so that another connection can attach it.
    pub(super) async fn shut(&self, id: u64) {
        let file = self.open.lock().await.remove(&id);
        if let Some(file) = file {
            file.close().await;
        }
    }

    /// Throws the rows of an import away.
    pub(super) async fn remove(&self, id: u64) {
        self.shut(id).await;
        let _alone = self.open.lock().await;
        self.remove_files(id);
        // Only an empty folder goes.
        drop(std::fs::remove_dir(&self.folder));
    }

    /// Throws away the files of imports that are finished, up to that number: a process that was killed right after it had
    /// published leaves one. Imports that began later than this was asked have higher numbers, and who is at work on
    /// one removes its file himself.
    pub(super) async fn sweep(&self, unfinished: &BTreeSet<u64>, newest: u64) {
        let _alone = self.open.lock().await;
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.split_once(".db")).and_then(|(id, _)| id.parse().ok());
            let left = |id: &u64| *id <= newest && !unfinished.contains(id) && !self.is_held(*id);
            if let Some(id) = number.filter(left) {
                self.remove_files(id);
            }
        }
    }

    fn remove_files(&self, id: u64) {
        for end in ["", "-wal", "-shm"] {
            // What is not there need not be removed; what cannot be removed is in nobody's way.
            drop(std::fs::remove_file(self.folder.join(format!("{id}.db{end}"))));
        }
    }

    /// Closes all files; they stay.
    pub(super) async fn close(&self) {
        for (_, file) in std::mem::take(&mut *self.open.lock().await) {
            file.close().await;
        }
    }
}

/// Removes the chunks of these numbers with their rows.
async fn forget(connection: &mut SqliteConnection, from: i64, to: i64) -> Result<(), Error> {
    let query = sqlx::query("delete from staged_chunk where number >= ? and number < ?").bind(from).bind(to);
    execute(&mut *connection, DOING, query).await?;
    for rows in ["delete from staged where id >= ? and id < ?", "delete from staged_past where id >= ? and id < ?"] {
        execute(&mut *connection, DOING, sqlx::query(rows).bind(from << 20).bind(to << 20)).await?;
    }
    Ok(())
}

/// Says that a chunk is staged.
async fn mark(connection: &mut SqliteConnection, number: u32, digest: ChunkDigest) -> Result<(), Error> {
    let query = sqlx::query("insert into staged_chunk (number, digest) values (?, ?)");
    execute(connection, DOING, query.bind(number).bind(digest.to_vec())).await.map(drop)
}

/// Lets a connection see another file under a name.
pub(super) async fn attach(connection: &mut SqliteConnection, path: &Path, name: &str) -> Result<(), Error> {
    let path = path.to_str().ok_or_else(|| Error::invalid(DOING, "the data folder's name is no Unicode text"))?;
    let query = sqlx::query(AssertSqlSafe(format!("attach database ? as {name}"))).bind(path.to_owned());
    execute(connection, DOING, query.persistent(false)).await.map(drop)
}

/// Ends that. Nothing to detach is no fault: a caller that went away may have left it so or not.
pub(super) async fn detach(connection: &mut SqliteConnection, name: &str) {
    let query = sqlx::query(AssertSqlSafe(format!("detach database {name}"))).persistent(false);
    drop(execute(connection, DOING, query).await);
}
