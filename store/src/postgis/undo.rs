//! Putting back what an import replaced, in schema `onemap`.

use sqlx::{AssertSqlSafe, PgConnection};

use super::ask::{all, execute, first, one};
use super::registry::{lock_head, move_head};
use super::{Postgis, past};
use crate::error::Doing;
use crate::imports::NAMED;
use crate::stored::import::{EditedColumns, Stored, columns, edited, not_in};
use crate::stored::number::{signed, unsigned};
use crate::{Error, ImportState, Undone};

const DOING: &str = "undo an import";

/// What [`Imports::undo_import`](crate::Imports::undo_import) says.
pub(super) async fn undo(store: &Postgis, id: u64, now_ms: i64) -> Result<Undone, Error> {
    let mut transaction = store.write(DOING).await?;
    let head = signed(lock_head(&mut transaction).await?);
    let query = sqlx::query(concat!("select ", columns!(), " from import where id = $1 for update")).bind(signed(id));
    let import = first::<Stored>(&mut transaction, DOING, query).await?.map(|stored| stored.0);
    let Some((first, last)) = import
        .as_ref()
        .filter(|import| import.state == ImportState::Published && import.undoable)
        .and_then(|import| import.revisions)
    else {
        return Err(not_in(DOING, id, import.as_ref()));
    };
    if import.is_some_and(|import| import.draft.is_history()) {
        let rows = match past::undo(&mut transaction, id, signed(last)).await? {
            Ok(rows) => rows,
            Err(refusal) => return Ok(refusal),
        };
        mark(&mut transaction, id, now_ms).await?;
        transaction.commit().await.doing(DOING)?;
        return Ok(Undone::Done { rows, revision: unsigned(head) });
    }
    list(&mut transaction, id).await?;
    if let Some(refusal) = edited_since(&mut transaction, signed(first), signed(last)).await? {
        return Ok(refusal);
    }
    let (rows,): (i64,) =
        one(&mut transaction, DOING, sqlx::query("select count(*) from todo").persistent(false)).await?;
    note_moves(&mut transaction, id, head).await?;
    bury(&mut transaction, DOING, head, "t.kind < 2").await?;
    let query = sqlx::query(
        "update feature f set deleted = false, revision = $2 + t.number, digest = u.digest, geometry = u.geometry,
                properties = u.properties, attributes = u.attributes
         from todo t join import_undo u on u.import = $1 and u.layer = t.layer and u.fid = t.fid
         where t.kind = 2 and f.layer = t.layer and f.fid = t.fid",
    );
    execute(&mut transaction, DOING, query.bind(signed(id)).bind(head).persistent(false)).await?;
    move_heads(&mut transaction, DOING, head, rows).await?;
    mark(&mut transaction, id, now_ms).await?;
    for table in ["delete from import_undo where import = $1", "delete from import_added where import = $1"] {
        execute(&mut transaction, DOING, sqlx::query(table).bind(signed(id))).await?;
    }
    transaction.commit().await.doing(DOING)?;
    Ok(Undone::Done { rows: unsigned(rows), revision: unsigned(head + rows) })
}

async fn mark(connection: &mut PgConnection, id: u64, now_ms: i64) -> Result<(), Error> {
    let query = sqlx::query("update import set state = 'undone', undoable = false, ended_ms = $1 where id = $2");
    execute(connection, DOING, query.bind(now_ms).bind(signed(id))).await.map(drop)
}

/// The list of rows to write, empty; gone with the transaction. `staged` is a row's place among those staged, where it
/// has one.
pub(super) async fn make_todo(connection: &mut PgConnection, doing: &'static str) -> Result<(), Error> {
    let query = sqlx::query(
        "create temp table todo (number bigint primary key, kind smallint not null, staged bigint,
         layer text collate \"C\" not null, fid bigint not null) on commit drop",
    );
    execute(connection, doing, query.persistent(false)).await.map(drop)
}

/// Lists the rows of an import: `kind` 0 was never there before, 1 was removed before, 2 had another content.
async fn list(connection: &mut PgConnection, id: u64) -> Result<(), Error> {
    make_todo(connection, DOING).await?;
    let rows = sqlx::query(
        "insert into todo (number, kind, layer, fid)
         select row_number() over (order by kind, layer, fid), kind, layer, fid from (
             select 0 as kind, layer, unnest(fids) as fid from import_added where import = $1
             union all
             select case when deleted then 1 else 2 end, layer, fid from import_undo where import = $1) as row",
    );
    execute(&mut *connection, DOING, rows.bind(signed(id)).persistent(false)).await?;
    execute(connection, DOING, sqlx::query("analyze todo").persistent(false)).await.map(drop)
}

/// The refusal, when rows have another revision than the import gave them. What a later import changed and its own undo
/// put back counts as never touched.
async fn edited_since(connection: &mut PgConnection, from: i64, to: i64) -> Result<Option<Undone>, Error> {
    const EDITED: &str = "from todo t join feature f on f.layer = t.layer and f.fid = t.fid
         left join import_moved m on m.layer = f.layer and m.fid = f.fid and m.revision = f.revision
         where coalesce(m.was, f.revision) not between $1 and $2";
    let query = sqlx::query(AssertSqlSafe(format!("select count(*) {EDITED}"))).bind(from).bind(to).persistent(false);
    let (rows,): (i64,) = one(&mut *connection, DOING, query).await?;
    if rows == 0 {
        return Ok(None);
    }
    let query = AssertSqlSafe(format!(
        "select f.layer, f.source, f.source_id, f.revision, f.deleted {EDITED} order by f.revision limit $3"
    ));
    let query = sqlx::query(query).bind(from).bind(to).bind(i64::from(NAMED)).persistent(false);
    let named: Vec<EditedColumns> = all(connection, DOING, query).await?;
    let named = named.into_iter().map(edited).collect::<Result<_, _>>()?;
    Ok(Some(Undone::Refused { rows: unsigned(rows), edited: named }))
}

/// Writes down which revision becomes which, so that the import before this one can be undone next.
async fn note_moves(connection: &mut PgConnection, id: u64, head: i64) -> Result<(), Error> {
    let query = sqlx::query(
        "insert into import_moved (layer, fid, revision, was, import)
         select t.layer, t.fid, $2 + t.number, coalesce(m.was, u.revision), $1
         from todo t join import_undo u on u.import = $1 and u.layer = t.layer and u.fid = t.fid
         left join import_moved m on m.layer = u.layer and m.fid = u.fid and m.revision = u.revision",
    );
    execute(connection, DOING, query.bind(signed(id)).bind(head).persistent(false)).await.map(drop)
}

/// Makes tombstones of the listed rows that `which` selects.
pub(super) async fn bury(
    connection: &mut PgConnection,
    doing: &'static str,
    head: i64,
    which: &'static str,
) -> Result<(), Error> {
    let query = AssertSqlSafe(format!(
        "update feature f set deleted = true, revision = $1 + t.number, digest = '', geometry = null, properties = null,
                attributes = null
         from todo t where {which} and f.layer = t.layer and f.fid = t.fid"
    ));
    execute(connection, doing, sqlx::query(query).bind(head).persistent(false)).await.map(drop)
}

/// Moves the heads of the registry and of every layer in the list, and rings the bell.
pub(super) async fn move_heads(
    connection: &mut PgConnection,
    doing: &'static str,
    head: i64,
    rows: i64,
) -> Result<(), Error> {
    if rows == 0 {
        return Ok(());
    }
    let query = sqlx::query(
        "insert into layer_head (layer, revision) select layer, $1 + max(number) from todo group by layer
         on conflict (layer) do update set revision = excluded.revision",
    )
    .bind(head)
    .persistent(false);
    execute(&mut *connection, doing, query).await?;
    move_head(connection, unsigned(head + rows)).await
}
