//! Imports in schema `onemap`, their rows staged in a table of their own.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection};

use super::ask::{all, execute, first, one};
use super::hand::{self, Hand};
use super::registry::lock_head;
use super::staging::{self, table};
use super::{Postgis, bulk, past, undo};
use crate::error::Doing;
use crate::imports::{Begun, Chunk, Held, PastChunk, REMEMBERED, Said, UNDOABLE, UNFINISHED};
use crate::stored::import::{Clash, Pair, Stored, clash, columns, gone, gone_of, joined, not_in, pair};
use crate::stored::number::{signed, unsigned};
use crate::{Difference, Differing, Error, Gone, Import, ImportDraft, ImportState, Imports, Undone};

const BEGIN: &str = "begin an import";
const PUBLISH: &str = "publish an import";
const READ: &str = "read imports";

#[async_trait]
impl Imports for Postgis {
    async fn begin_import(&self, draft: &ImportDraft, now_ms: i64) -> Result<Begun, Error> {
        let layers = joined(&draft.layers);
        let file = [draft.sha256.as_str(), layers.as_str(), draft.source.as_str(), draft.crs.as_str()];
        let mut hand = Hand::open(&self.pool, BEGIN).await?;
        let mut found = hand.take_broken_off(file, BEGIN).await?;
        let mut transaction = self.write(BEGIN).await?;
        if let Some(id) = found {
            // Whoever had it may have finished it before it let go.
            let query = sqlx::query("select id from import where id = $1 and state = 'staging' for update").bind(id);
            found = first::<(i64,)>(&mut transaction, BEGIN, query).await?.map(|(id,)| id);
        }
        let id = if let Some(id) = found {
            id
        } else {
            let query = sqlx::query(
                "insert into import (layers, source, crs, file, bytes, sha256, who, state, started_ms)
                 values ($1, $2, $3, $4, $5, $6, $7, 'staging', $8) returning id",
            )
            .bind(layers.as_str())
            .bind(draft.source.as_str())
            .bind(draft.crs.as_str())
            .bind(draft.file.as_str())
            .bind(signed(draft.bytes))
            .bind(draft.sha256.as_str())
            .bind(draft.who.as_str())
            .bind(now_ms);
            let (id,) = one::<(i64,)>(&mut transaction, BEGIN, query).await?;
            if !hand.take(id, BEGIN).await? {
                return Err(Error::conflict(BEGIN, format!("{id} is no new number")));
            }
            id
        };
        let query = sqlx::query(
            "select id from import where state = 'staging' and id not in
             (select id from import where state = 'staging' order by id desc limit $1) and id <> $2",
        )
        .bind(i64::from(UNFINISHED))
        .bind(id);
        let stale: Vec<(i64,)> = all(&mut transaction, BEGIN, query).await?;
        for (id,) in stale {
            if hand::is_free(&mut transaction, id, BEGIN).await? {
                let query = sqlx::query("delete from import where id = $1 and state = 'staging'").bind(id);
                execute(&mut transaction, BEGIN, query).await?;
                staging::remove(&mut transaction, unsigned(id)).await?;
            }
        }
        let query =
            sqlx::query("delete from import where id <= $1 and state <> 'staging'").bind(id - i64::from(REMEMBERED));
        execute(&mut transaction, BEGIN, query).await?;
        let staged = staging::open(&mut transaction, unsigned(id), draft.is_history()).await?;
        transaction.commit().await.doing(BEGIN)?;
        Ok(Begun { id: unsigned(id), staged, held: Held::by(hand) })
    }

    async fn stage(&self, id: u64, number: u32, chunk: &Chunk) -> Result<(), Error> {
        staging::put(self, id, number, chunk).await
    }

    async fn stage_past(&self, id: u64, number: u32, chunk: &PastChunk) -> Result<(), Error> {
        staging::put_past(self, id, number, chunk).await
    }

    async fn difference(&self, id: u64, chunks: u32, complete: bool, examples: u32) -> Result<Difference, Error> {
        const DOING: &str = "compare an import";
        let mut transaction = self.write(DOING).await?;
        let import = staged_import(&mut transaction, DOING, id).await?;
        if import.draft.is_history() {
            staging::trim(&mut transaction, id, chunks).await?;
            let counts = past::difference(&mut transaction, id).await?;
            transaction.commit().await.doing(DOING)?;
            return Ok(Difference { counts, gone: Vec::new(), changed: Vec::new() });
        }
        staging::tidy(&mut transaction, id, chunks).await?;
        clashing(&mut transaction, id).await?;
        let (staged, missing) = (table(id), missing(id));
        let query = AssertSqlSafe(format!(
            "select count(*) filter (where f.fid is null or f.deleted),
                    count(*) filter (where not f.deleted and f.digest <> s.digest),
                    count(*) filter (where not f.deleted and f.digest = s.digest),
                    (select count(*) from {missing} and $2)
             from {staged} s left join feature f on f.layer = s.layer and f.fid = s.fid"
        ));
        let query = sqlx::query(query).bind(names(&import)).bind(complete);
        let (added, changed, unchanged, number_gone): (i64, i64, i64, i64) =
            one(&mut transaction, DOING, query.persistent(false)).await?;
        let mut named = Vec::new();
        if complete {
            let first = sqlx::query(AssertSqlSafe(gone_of(&missing))).bind(names(&import)).persistent(false);
            named = gone(all(&mut transaction, DOING, first).await?);
        }
        let query = AssertSqlSafe(format!(
            "select f.layer, f.source, f.source_id, f.revision, st_asbinary(f.geometry, 'NDR'), f.properties::text,
                    f.attributes::text, s.geometry, s.properties, s.attributes
             from {staged} s join feature f on f.layer = s.layer and f.fid = s.fid
             where not f.deleted and f.digest <> s.digest order by s.id limit $1"
        ));
        let query = sqlx::query(query).bind(i64::from(examples)).persistent(false);
        let pairs: Vec<Pair> = all(&mut transaction, DOING, query).await?;
        transaction.commit().await.doing(DOING)?;
        let counts = Differing {
            added: unsigned(added),
            changed: unsigned(changed),
            unchanged: unsigned(unchanged),
            gone: unsigned(number_gone),
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
        // In a transaction of its own, which does not keep other writers waiting.
        let mut transaction = self.write(PUBLISH).await?;
        let import = staged_import(&mut transaction, PUBLISH, id).await?;
        staging::trim(&mut transaction, id, chunks).await?;
        transaction.commit().await.doing(PUBLISH)?;

        let way = if import.draft.is_history() { Way::Past } else { Way::Bulk };
        match (way, self.publish(id, complete, report, now_ms, way).await) {
            (_, Ok(true)) => {}
            (Way::Past, tried) => drop(tried?),
            (_, tried) => {
                if let Err(error) = tried {
                    tracing::debug!(id, %error, "rows are compared one by one");
                }
                let mut transaction = self.write(PUBLISH).await?;
                staged_import(&mut transaction, PUBLISH, id).await?;
                staging::tidy(&mut transaction, id, chunks).await?;
                transaction.commit().await.doing(PUBLISH)?;
                self.publish(id, complete, report, now_ms, Way::Compared).await?;
            }
        }
        self.import(id).await?.ok_or_else(|| not_in(PUBLISH, id, None))
    }

    async fn drop_import(&self, id: u64, failed: Option<&str>, now_ms: i64) -> Result<(), Error> {
        const DOING: &str = "give up an import";
        let query = match failed {
            Some(report) => sqlx::query(
                "update import set state = 'failed', report = $1, ended_ms = $2 where id = $3 and state = 'staging'",
            )
            .bind(report)
            .bind(now_ms)
            .bind(signed(id)),
            None => sqlx::query("delete from import where id = $1 and state = 'staging'").bind(signed(id)),
        };
        let mut transaction = self.write(DOING).await?;
        if execute(&mut transaction, DOING, query).await? > 0 {
            staging::remove(&mut transaction, id).await?;
        }
        transaction.commit().await.doing(DOING)
    }

    async fn undo_import(&self, id: u64, now_ms: i64) -> Result<Undone, Error> {
        undo::undo(self, id, now_ms).await
    }

    async fn import(&self, id: u64) -> Result<Option<Import>, Error> {
        let query = sqlx::query(concat!("select ", columns!(), " from import where id = $1")).bind(signed(id));
        Ok(first::<Stored>(&self.pool, READ, query).await?.map(|stored| stored.0))
    }

    async fn imports(&self, limit: u32) -> Result<Vec<Import>, Error> {
        let query = sqlx::query(concat!("select ", columns!(), " from import order by id desc limit $1"));
        let rows: Vec<Stored> = all(&self.pool, READ, query.bind(i64::from(limit))).await?;
        Ok(rows.into_iter().map(|stored| stored.0).collect())
    }
}

/// How rows are published.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// All of them into a layer that holds nothing.
    Bulk,
    /// Each compared with what is there.
    Compared,
    /// Incidents into history.
    Past,
}

impl Postgis {
    /// The one transaction; false when the rows may not go in that way.
    async fn publish(
        &self,
        id: u64,
        complete: bool,
        report: Said<'_>,
        now_ms: fn() -> i64,
        way: Way,
    ) -> Result<bool, Error> {
        let mut transaction = self.write(PUBLISH).await?;
        let head = signed(lock_head(&mut transaction).await?);
        let import = staged_import(&mut transaction, PUBLISH, id).await?;
        let mut gone = Vec::new();
        let done = match way {
            Way::Bulk => match bulk::fits(&mut transaction, &import).await? {
                Some(layer) => bulk::write(&mut transaction, id, layer, head).await?,
                None => return Ok(false),
            },
            Way::Compared => {
                let (done, named) = compared(&mut transaction, &import, complete, head).await?;
                gone = named;
                done
            }
            Way::Past => past::publish(&mut transaction, id, head).await?,
        };
        let rows = signed(done.added + done.changed + done.gone);
        let last = if import.draft.is_history() { head + rows.min(1) } else { head + rows };
        let query = sqlx::query(
            "update import set state = 'published', ended_ms = $1, report = $2, added = $3, changed = $4, unchanged = $5,
             gone = $6, first_revision = $7, last_revision = $8, undoable = $9 where id = $10",
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
        execute(&mut transaction, PUBLISH, query).await?;
        forget_old(&mut transaction).await?;
        staging::remove(&mut transaction, id).await?;
        transaction.commit().await.doing(PUBLISH)?;
        Ok(true)
    }
}

/// Compares the staged rows with the registry and writes what differs; the revisions follow `head`.
async fn compared(
    connection: &mut PgConnection,
    import: &Import,
    complete: bool,
    head: i64,
) -> Result<(Differing, Vec<Gone>), Error> {
    execute(&mut *connection, PUBLISH, sqlx::query("set local work_mem = '128MB'")).await?;
    clashing(connection, import.id).await?;
    let done = plan(connection, import, complete).await?;
    let named = "todo t join feature f on f.layer = t.layer and f.fid = t.fid where t.kind = 3";
    let named = sqlx::query(AssertSqlSafe(gone_of(named))).persistent(false);
    let named = gone(all(&mut *connection, PUBLISH, named).await?);
    remember(connection, import.id).await?;
    write(connection, import.id, head).await?;
    undo::move_heads(connection, PUBLISH, head, signed(done.added + done.changed + done.gone)).await?;
    Ok((done, named))
}

/// The import, locked until the end of the transaction, if it is still to be published.
async fn staged_import(connection: &mut PgConnection, doing: &'static str, id: u64) -> Result<Import, Error> {
    let query = sqlx::query(concat!("select ", columns!(), " from import where id = $1 for update")).bind(signed(id));
    match first::<Stored>(connection, doing, query).await?.map(|stored| stored.0) {
        Some(import) if import.state == ImportState::Staging => Ok(import),
        other => Err(not_in(doing, id, other.as_ref())),
    }
}

fn names(import: &Import) -> Vec<&'static str> {
    import.draft.layers.iter().map(|layer| layer.name()).collect()
}

/// Refuses a number that stands for one key in the registry and for another in the file.
async fn clashing(connection: &mut PgConnection, id: u64) -> Result<(), Error> {
    let query = sqlx::query(AssertSqlSafe(format!(
        "select s.layer, s.fid, s.source, s.source_id, f.source, f.source_id
         from {} s join feature f on f.layer = s.layer and f.fid = s.fid
         where f.source <> s.source or f.source_id <> s.source_id limit 1",
        table(id)
    )));
    match first::<Clash>(connection, PUBLISH, query.persistent(false)).await? {
        Some(two) => Err(clash(two, PUBLISH)),
        None => Ok(()),
    }
}

/// The rows of the registry that a complete file lacks, of the sources that it has rows of; asks for the layers.
fn missing(id: u64) -> String {
    let staged = table(id);
    format!(
        "feature f where f.layer = any($1) and f.source in (select source from {staged}) and not f.deleted
         and not exists (select from {staged} s where s.layer = f.layer and s.fid = f.fid)"
    )
}

/// Lists what is to be written, each with its place after the head: `kind` 0 was never there, 1 was removed, 2 is
/// different, 3 is gone.
async fn plan(connection: &mut PgConnection, import: &Import, complete: bool) -> Result<Differing, Error> {
    let staged = table(import.id);
    undo::make_todo(connection, PUBLISH).await?;
    let query = AssertSqlSafe(format!(
        "insert into todo (number, staged, layer, fid, kind)
         select row_number() over (order by s.id), s.id, s.layer, s.fid,
                case when f.fid is null then 0 when f.deleted then 1 else 2 end
         from {staged} s left join feature f on f.layer = s.layer and f.fid = s.fid
         where f.fid is null or f.deleted or f.digest <> s.digest"
    ));
    execute(&mut *connection, PUBLISH, sqlx::query(query).persistent(false)).await?;
    if complete {
        let query = AssertSqlSafe(format!(
            "insert into todo (number, kind, layer, fid)
             select (select count(*) from todo) + row_number() over (order by f.layer, f.fid), 3, f.layer, f.fid
             from {}",
            missing(import.id)
        ));
        let query = sqlx::query(query).bind(names(import));
        execute(&mut *connection, PUBLISH, query.persistent(false)).await?;
    }
    execute(&mut *connection, PUBLISH, sqlx::query("analyze todo").persistent(false)).await?;
    let query = AssertSqlSafe(format!(
        "select count(*) filter (where kind < 2), count(*) filter (where kind = 2), count(*) filter (where kind = 3),
                (select count(*) from {staged}) from todo"
    ));
    let (added, changed, gone, staged): (i64, i64, i64, i64) =
        one(connection, PUBLISH, sqlx::query(query).persistent(false)).await?;
    let unchanged = unsigned(staged - added - changed);
    Ok(Differing { added: unsigned(added), changed: unsigned(changed), unchanged, gone: unsigned(gone) })
}

/// Keeps what is about to be replaced, for an undo.
async fn remember(connection: &mut PgConnection, id: u64) -> Result<(), Error> {
    for old in [
        "insert into import_undo (import, layer, fid, revision, deleted, digest, geometry, properties, attributes)
         select $1, f.layer, f.fid, f.revision, f.deleted, f.digest, f.geometry, f.properties, f.attributes
         from todo t join feature f on f.layer = t.layer and f.fid = t.fid where t.kind > 0",
        "insert into import_added (import, layer, part, fids)
         select $1, layer, number / 10000, array_agg(fid) from todo where kind = 0 group by layer, number / 10000",
    ] {
        execute(&mut *connection, PUBLISH, sqlx::query(old).bind(signed(id)).persistent(false)).await?;
    }
    Ok(())
}

async fn write(connection: &mut PgConnection, id: u64, head: i64) -> Result<(), Error> {
    let staged = table(id);
    let query = AssertSqlSafe(format!(
        "insert into feature (layer, fid, source, source_id, revision, digest, geometry, properties, attributes)
         select s.layer, s.fid, s.source, s.source_id, $1 + t.number, s.digest, st_geomfromwkb(s.geometry, 4326),
                s.properties::json, s.attributes::json
         from todo t join {staged} s on s.id = t.staged where t.kind = 0"
    ));
    execute(&mut *connection, PUBLISH, sqlx::query(query).bind(head).persistent(false)).await?;
    let query = AssertSqlSafe(format!(
        "update feature f set revision = $1 + t.number, deleted = false, digest = s.digest,
                geometry = st_geomfromwkb(s.geometry, 4326), properties = s.properties::json,
                attributes = s.attributes::json
         from todo t join {staged} s on s.id = t.staged
         where t.kind in (1, 2) and f.layer = t.layer and f.fid = t.fid"
    ));
    execute(&mut *connection, PUBLISH, sqlx::query(query).bind(head).persistent(false)).await?;
    undo::bury(connection, PUBLISH, head, "t.kind = 3").await
}

/// Throws away what older imports replaced, beyond the last [`UNDOABLE`].
async fn forget_old(connection: &mut PgConnection) -> Result<(), Error> {
    let query = sqlx::query(
        "update import set undoable = false where undoable and id not in
         (select id from import where undoable order by last_revision desc limit $1)",
    )
    .bind(i64::from(UNDOABLE));
    execute(&mut *connection, PUBLISH, query).await?;
    for table in [
        "delete from import_undo where import not in (select id from import where undoable)",
        "delete from import_added where import not in (select id from import where undoable)",
        "delete from import_past where import not in (select id from import where undoable)",
    ] {
        execute(&mut *connection, PUBLISH, sqlx::query(table)).await?;
    }
    let query = sqlx::query(
        "delete from import_moved where import not in (select id from import order by last_revision desc limit $1)",
    )
    .bind(i64::from(2 * UNDOABLE));
    execute(connection, PUBLISH, query).await.map(drop)
}
