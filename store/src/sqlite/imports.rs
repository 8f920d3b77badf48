//! Imports in `registry.db`, their rows staged in a file of their own.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::ask::{all, execute, first, one};
use super::staging::{attach, detach};
use super::{Sqlite, bulk, past, undo};
use crate::error::Doing;
use crate::imports::{Begun, Chunk, PastChunk, REMEMBERED, Said, UNDOABLE, UNFINISHED};
use crate::stored::import::{Clash, Pair, Stored, clash, columns, gone, gone_of, joined, not_in, pair};
use crate::stored::number::{signed, unsigned};
use crate::{Difference, Differing, Error, Gone, Import, ImportDraft, ImportState, Imports, Undone};

const BEGIN: &str = "begin an import";
const PUBLISH: &str = "publish an import";
const READ: &str = "read imports";

/// While it publishes, the writer may hold this many pages (KiB, negative), so that the registry's indexes of a city
/// stay in memory; afterwards as many as ever.
const CACHE_PUBLISHING: &str = "pragma main.cache_size = -196608";
const CACHE: &str = "pragma main.cache_size = -65536";

#[async_trait]
impl Imports for Sqlite {
    async fn begin_import(&self, draft: &ImportDraft, now_ms: i64) -> Result<Begun, Error> {
        let mut transaction = self.registry.write(BEGIN).await?;
        let layers = joined(&draft.layers);
        let query = sqlx::query(
            "select id from import where state = 'staging' and sha256 = ? and layers = ? and source = ? and crs = ?
             order by id desc",
        )
        .bind(draft.sha256.clone())
        .bind(layers.clone())
        .bind(draft.source.clone())
        .bind(draft.crs.clone());
        let unfinished: Vec<(i64,)> = all(&mut transaction, BEGIN, query).await?;
        let broken_off = unfinished.into_iter().find_map(|(id,)| Some((id, self.staging.take(unsigned(id))?)));
        let (id, held) = if let Some(found) = broken_off {
            found
        } else {
            let query = sqlx::query(
                "insert into import (layers, source, crs, file, bytes, sha256, who, state, started_ms)
                 values (?, ?, ?, ?, ?, ?, ?, 'staging', ?) returning id",
            )
            .bind(layers)
            .bind(draft.source.clone())
            .bind(draft.crs.clone())
            .bind(draft.file.clone())
            .bind(signed(draft.bytes))
            .bind(draft.sha256.clone())
            .bind(draft.who.clone())
            .bind(now_ms);
            let (id,) = one::<(i64,)>(&mut transaction, BEGIN, query).await?;
            let held = self.staging.take(unsigned(id));
            (id, held.ok_or_else(|| Error::conflict(BEGIN, format!("{id} is no new number")))?)
        };
        let query = sqlx::query("select id from import where state = 'staging' order by id desc");
        let unfinished: Vec<(i64,)> = all(&mut transaction, BEGIN, query).await?;
        let mut unfinished: Vec<i64> = unfinished.into_iter().map(|(id,)| id).collect();
        let waiting = unfinished.len().min(UNFINISHED as usize);
        let mut stale = unfinished.split_off(waiting);
        stale.retain(|id| !self.staging.is_held(unsigned(*id)));
        for id in &stale {
            execute(&mut transaction, BEGIN, sqlx::query("delete from import where id = ?").bind(*id)).await?;
        }
        let query =
            sqlx::query("delete from import where id <= ? and state <> 'staging'").bind(id - i64::from(REMEMBERED));
        execute(&mut transaction, BEGIN, query).await?;
        let finished = sqlx::query("select coalesce(max(id), 0) from import");
        let (newest,): (i64,) = one(&mut transaction, BEGIN, finished).await?;
        transaction.commit().await.doing(BEGIN)?;
        for id in stale {
            self.staging.remove(unsigned(id)).await;
        }
        self.staging.sweep(&unfinished.into_iter().map(unsigned).collect(), unsigned(newest)).await;
        let id = unsigned(id);
        Ok(Begun { id, staged: self.staging.chunks(id).await?, held })
    }

    async fn stage(&self, id: u64, number: u32, chunk: &Chunk) -> Result<(), Error> {
        self.staging.put(id, number, chunk).await
    }

    async fn stage_past(&self, id: u64, number: u32, chunk: &PastChunk) -> Result<(), Error> {
        self.staging.put_past(id, number, chunk).await
    }

    async fn difference(&self, id: u64, chunks: u32, complete: bool, examples: u32) -> Result<Difference, Error> {
        const DOING: &str = "compare an import";
        let import = self.staged_import(DOING, id).await?;
        if import.draft.is_history() {
            let file = self.staging.trim(id, chunks).await?;
            let mut connection = self.staging.beside_registry(&file).await?;
            let counts = past::difference(&mut connection, "registry", "main").await?;
            detach(&mut connection, "registry").await;
            return Ok(Difference { counts, gone: Vec::new(), changed: Vec::new() });
        }
        let file = self.staging.tidy(id, chunks).await?;
        let mut connection = self.staging.beside_registry(&file).await?;
        clashing(&mut connection, "registry", "main").await?;
        let counts = sqlx::query(
            "select coalesce(sum(f.fid is null or f.deleted = 1), 0),
                    coalesce(sum(f.deleted = 0 and f.digest <> s.digest), 0),
                    coalesce(sum(f.deleted = 0 and f.digest = s.digest), 0)
             from staged s left join registry.feature f on f.layer = s.layer and f.fid = s.fid",
        );
        let (added, changed, unchanged): (i64, i64, i64) = one(&mut *connection, DOING, counts).await?;
        let missing = missing("registry", "main");
        let (mut number_gone, mut named) = (0, Vec::new());
        if complete {
            let count = sqlx::query(AssertSqlSafe(format!("select count(*) from {missing}")));
            (number_gone,) = one::<(i64,)>(&mut *connection, DOING, count.bind(json_layers(&import))).await?;
            let first = sqlx::query(AssertSqlSafe(gone_of(&missing))).bind(json_layers(&import));
            named = gone(all(&mut *connection, DOING, first).await?);
        }
        let pairs = sqlx::query(
            "select f.layer, f.source, f.source_id, f.revision, f.geometry, f.properties, f.attributes,
                    s.geometry, s.properties, s.attributes
             from staged s join registry.feature f on f.layer = s.layer and f.fid = s.fid
             where f.deleted = 0 and f.digest <> s.digest order by s.id limit ?",
        )
        .bind(examples);
        let pairs: Vec<Pair> = all(&mut *connection, DOING, pairs).await?;
        detach(&mut connection, "registry").await;
        let number = unsigned;
        let counts = Differing {
            added: number(added),
            changed: number(changed),
            unchanged: number(unchanged),
            gone: number(number_gone),
        };
        Ok(Difference { counts, gone: named, changed: pairs.into_iter().map(pair).collect::<Result<_, _>>()? })
    }

    async fn publish_import(
        &self,
        id: u64,
        chunks: u32,
        complete: bool,
        report: Said<'_>,
        now_ms: fn() -> i64,
    ) -> Result<Import, Error> {
        let import = self.staged_import(PUBLISH, id).await?;
        self.staging.trim(id, chunks).await?;
        let way = if import.draft.is_history() { Way::Past } else { Way::Bulk };
        match (way, self.publish_beside(id, complete, report, now_ms, way).await) {
            (_, Ok(true)) => {}
            (Way::Past, tried) => drop(tried?),
            (_, tried) => {
                if let Err(error) = tried {
                    tracing::debug!(id, %error, "rows are compared one by one");
                }
                self.staging.tidy(id, chunks).await?;
                self.publish_beside(id, complete, report, now_ms, Way::Compared).await?;
            }
        }
        self.staging.remove(id).await;
        self.import(id).await?.ok_or_else(|| not_in(PUBLISH, id, None))
    }

    async fn drop_import(&self, id: u64, failed: Option<&str>, now_ms: i64) -> Result<(), Error> {
        const DOING: &str = "give up an import";
        let query = match failed {
            Some(report) => sqlx::query(
                "update import set state = 'failed', report = ?, ended_ms = ? where id = ? and state = 'staging'",
            )
            .bind(report.to_owned())
            .bind(now_ms)
            .bind(signed(id)),
            None => sqlx::query("delete from import where id = ? and state = 'staging'").bind(signed(id)),
        };
        let mut transaction = self.registry.write(DOING).await?;
        execute(&mut transaction, DOING, query).await?;
        transaction.commit().await.doing(DOING)?;
        self.staging.remove(id).await;
        Ok(())
    }

    async fn undo_import(&self, id: u64, now_ms: i64) -> Result<Undone, Error> {
        undo::undo(self, id, now_ms).await
    }

    async fn import(&self, id: u64) -> Result<Option<Import>, Error> {
        let query = sqlx::query(concat!("select ", columns!(), " from import where id = ?")).bind(signed(id));
        Ok(first::<Stored>(&self.registry.readers, READ, query).await?.map(|stored| stored.0))
    }

    async fn imports(&self, limit: u32) -> Result<Vec<Import>, Error> {
        let query = sqlx::query(concat!("select ", columns!(), " from import order by id desc limit ?")).bind(limit);
        let rows: Vec<Stored> = all(&self.registry.readers, READ, query).await?;
        Ok(rows.into_iter().map(|stored| stored.0).collect())
    }
}

impl Sqlite {
    async fn staged_import(&self, doing: &'static str, id: u64) -> Result<Import, Error> {
        let import = self.import(id).await?;
        match import {
            Some(import) if import.state == ImportState::Staging => Ok(import),
            other => Err(not_in(doing, id, other.as_ref())),
        }
    }

    /// Publishes with the staged rows attached as `staging`; false when they may not go in that way.
    async fn publish_beside(
        &self,
        id: u64,
        complete: bool,
        report: Said<'_>,
        now_ms: fn() -> i64,
        way: Way,
    ) -> Result<bool, Error> {
        // The writer has one place for staged rows, from here to its emptying.
        let _alone = self.staging.publishing.lock().await;
        self.staging.shut(id).await;
        // A file cannot be attached within a transaction. Whoever writes between is not disturbed by it.
        {
            let mut connection = self.registry.writer.acquire().await.doing(PUBLISH)?;
            detach(&mut connection, "staging").await;
            attach(&mut connection, &self.staging.path(id), "staging").await?;
            execute(&mut *connection, PUBLISH, sqlx::query(CACHE_PUBLISHING)).await?;
        }
        let published = self.publish(id, complete, report, now_ms, way).await;
        let mut connection = self.registry.writer.acquire().await.doing(PUBLISH)?;
        execute(&mut *connection, PUBLISH, sqlx::query(CACHE)).await?;
        detach(&mut connection, "staging").await;
        published
    }

    /// The one transaction.
    async fn publish(
        &self,
        id: u64,
        complete: bool,
        report: Said<'_>,
        now_ms: fn() -> i64,
        way: Way,
    ) -> Result<bool, Error> {
        let mut transaction = self.registry.write(PUBLISH).await?;
        let connection = &mut *transaction;
        let query = sqlx::query(concat!("select ", columns!(), " from import where id = ?")).bind(signed(id));
        let import = first::<Stored>(&mut *connection, PUBLISH, query).await?.map(|stored| stored.0);
        let Some(import) = import.filter(|import| import.state == ImportState::Staging) else {
            return Err(not_in(PUBLISH, id, None));
        };
        let (head,): (i64,) = one(&mut *connection, PUBLISH, sqlx::query("select revision from registry_head")).await?;
        let mut gone = Vec::new();
        let done = match way {
            Way::Bulk if bulk::fits(connection, &import).await? => bulk::write(connection, id, head).await?,
            Way::Bulk => return Ok(false),
            Way::Compared => {
                let (done, named) = compared(connection, &import, complete, head).await?;
                gone = named;
                done
            }
            Way::Past => past::publish(connection, id, head).await?,
        };
        let rows = signed(done.added + done.changed + done.gone);
        let last = if import.draft.is_history() { head + rows.min(1) } else { head + rows };
        let query = sqlx::query(
            "update import set state = 'published', ended_ms = ?, report = ?, added = ?, changed = ?, unchanged = ?,
             gone = ?, first_revision = ?, last_revision = ?, undoable = ? where id = ?",
        )
        .bind(now_ms())
        .bind(report(&gone))
        .bind(signed(done.added))
        .bind(signed(done.changed))
        .bind(signed(done.unchanged))
        .bind(signed(done.gone))
        .bind(if rows > 0 { head + 1 } else { 0 })
        .bind(if rows > 0 { last } else { 0 })
        .bind(rows > 0)
        .bind(signed(id));
        execute(&mut *connection, PUBLISH, query).await?;
        forget_old(connection).await?;
        transaction.commit().await.doing(PUBLISH)?;
        Ok(true)
    }
}

/// How rows are published.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// All of them into layers that hold nothing.
    Bulk,
    /// Each compared with what is there.
    Compared,
    /// Incidents into history.
    Past,
}

/// Compares the staged rows with the registry and writes what differs; the revisions follow `head`.
async fn compared(
    connection: &mut SqliteConnection,
    import: &Import,
    complete: bool,
    head: i64,
) -> Result<(Differing, Vec<Gone>), Error> {
    clashing(connection, "main", "staging").await?;
    let done = plan(connection, import, complete).await?;
    let named = "temp.todo t cross join main.feature f on f.layer = t.layer and f.fid = t.fid where t.kind = 3";
    let named = gone(all(&mut *connection, PUBLISH, sqlx::query(AssertSqlSafe(gone_of(named)))).await?);
    remember(connection, import.id).await?;
    write(connection, head).await?;
    undo::move_heads(connection, PUBLISH, head, signed(done.added + done.changed + done.gone)).await?;
    execute(connection, PUBLISH, sqlx::query("drop table temp.todo")).await?;
    Ok((done, named))
}

pub(super) fn json_layers(import: &Import) -> String {
    import.draft.layers.iter().map(|layer| layer.name()).collect::<serde_json::Value>().to_string()
}

/// Refuses a number that stands for one key in the registry and for another in the file.
async fn clashing(connection: &mut SqliteConnection, registry: &str, staging: &str) -> Result<(), Error> {
    let query = sqlx::query(AssertSqlSafe(format!(
        "select s.layer, s.fid, s.source, s.source_id, f.source, f.source_id
         from {staging}.staged s join {registry}.feature f on f.layer = s.layer and f.fid = s.fid
         where f.source <> s.source or f.source_id <> s.source_id limit 1"
    )));
    match first::<Clash>(connection, PUBLISH, query).await? {
        Some(two) => Err(clash(two, PUBLISH)),
        None => Ok(()),
    }
}

/// The rows of a registry that a complete file lacks, of the sources that it has rows of; asks for the layers.
fn missing(registry: &str, staging: &str) -> String {
    format!(
        "{registry}.feature f
         where f.layer in (select value from json_each(?1)) and f.source in (select source from {staging}.staged)
         and f.deleted = 0
         and not exists (select 1 from {staging}.staged s where s.layer = f.layer and s.fid = f.fid)"
    )
}

/// Lists what is to be written, each with its place after the head: `kind` 0 was never there, 1 was removed, 2 is
/// different, 3 is gone.
async fn plan(connection: &mut SqliteConnection, import: &Import, complete: bool) -> Result<Differing, Error> {
    undo::make_todo(connection, PUBLISH).await?;
    let query = sqlx::query(
        "insert into temp.todo (staged, layer, fid, kind)
         select s.id, s.layer, s.fid, case when f.fid is null then 0 when f.deleted = 1 then 1 else 2 end
         from staging.staged s left join main.feature f on f.layer = s.layer and f.fid = s.fid
         where f.fid is null or f.deleted = 1 or f.digest <> s.digest order by s.id",
    );
    execute(&mut *connection, PUBLISH, query).await?;
    if complete {
        let query = AssertSqlSafe(format!(
            "insert into temp.todo (kind, layer, fid) select 3, f.layer, f.fid from {} order by f.layer, f.fid",
            missing("main", "staging")
        ));
        execute(&mut *connection, PUBLISH, sqlx::query(query).bind(json_layers(import))).await?;
    }
    let query = sqlx::query(
        "select coalesce(sum(kind < 2), 0), coalesce(sum(kind = 2), 0), coalesce(sum(kind = 3), 0),
                (select count(*) from staging.staged) from temp.todo",
    );
    let (added, changed, gone, staged): (i64, i64, i64, i64) = one(connection, PUBLISH, query).await?;
    let unchanged = unsigned(staged - added - changed);
    Ok(Differing { added: unsigned(added), changed: unsigned(changed), unchanged, gone: unsigned(gone) })
}

/// Keeps what is about to be replaced, for an undo.
async fn remember(connection: &mut SqliteConnection, id: u64) -> Result<(), Error> {
    for old in [
        "insert into import_undo (import, layer, fid, revision, deleted, digest, geometry, properties, attributes)
         select ?, f.layer, f.fid, f.revision, f.deleted, f.digest, f.geometry, f.properties, f.attributes
         from temp.todo t cross join main.feature f on f.layer = t.layer and f.fid = t.fid where t.kind > 0",
        "insert into import_added (import, layer, part, fids)
         select ?, layer, number / 10000, json_group_array(fid)
         from temp.todo where kind = 0 group by layer, number / 10000",
    ] {
        execute(&mut *connection, PUBLISH, sqlx::query(old).bind(signed(id))).await?;
    }
    Ok(())
}

async fn write(connection: &mut SqliteConnection, head: i64) -> Result<(), Error> {
    let query = sqlx::query(
        "insert into main.feature (layer, fid, source, source_id, revision, digest, geometry, properties, attributes)
         select s.layer, s.fid, s.source, s.source_id, ? + t.number, s.digest, s.geometry, s.properties, s.attributes
         from temp.todo t cross join staging.staged s on s.id = t.staged where t.kind < 3 order by t.number
         on conflict (layer, fid) do update set revision = excluded.revision, deleted = 0, digest = excluded.digest,
         geometry = excluded.geometry, properties = excluded.properties, attributes = excluded.attributes",
    )
    .bind(head);
    execute(&mut *connection, PUBLISH, query).await?;
    undo::bury(connection, PUBLISH, head, "t.kind = 3").await
}

/// Throws away what older imports replaced, beyond the last [`UNDOABLE`].
async fn forget_old(connection: &mut SqliteConnection) -> Result<(), Error> {
    let query = sqlx::query(
        "update import set undoable = 0 where undoable = 1 and id not in
         (select id from import where undoable = 1 order by last_revision desc limit ?)",
    )
    .bind(UNDOABLE);
    execute(&mut *connection, PUBLISH, query).await?;
    for table in [
        "delete from import_undo where import not in (select id from import where undoable = 1)",
        "delete from import_added where import not in (select id from import where undoable = 1)",
        "delete from import_past where import not in (select id from import where undoable = 1)",
    ] {
        execute(&mut *connection, PUBLISH, sqlx::query(table)).await?;
    }
    let query = sqlx::query(
        "delete from import_moved where import not in (select id from import order by last_revision desc limit ?)",
    )
    .bind(2 * UNDOABLE);
    execute(connection, PUBLISH, query).await.map(drop)
}
