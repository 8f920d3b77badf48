//! Putting back what an import replaced, in `registry.db`.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::ask::{all, execute, first, one};
use super::{Sqlite, past};
use crate::error::Doing;
use crate::imports::NAMED;
use crate::stored::import::{EditedColumns, Stored, columns, edited, not_in};
use crate::stored::number::{signed, unsigned};
use crate::{Error, ImportState, Undone};

const DOING: &str = "undo an import";

/// What [`Imports::undo_import`](crate::Imports::undo_import) says.
pub(super) async fn undo(store: &Sqlite, id: u64, now_ms: i64) -> Result<Undone, Error> {
    let mut transaction = store.registry.write(DOING).await?;
    let connection = &mut *transaction;
    let query = sqlx::query(concat!("select ", columns!(), " from import where id = ?")).bind(signed(id));
    let import = first::<Stored>(&mut *connection, DOING, query).await?.map(|stored| stored.0);
    let Some((first, last)) = import
        .as_ref()
        .filter(|import| import.state == ImportState::Published && import.undoable)
        .and_then(|import| import.revisions)
    else {
        return Err(not_in(DOING, id, import.as_ref()));
    };
    let (head,): (i64,) = one(&mut *connection, DOING, sqlx::query("select revision from registry_head")).await?;
    if import.is_some_and(|import| import.draft.is_history()) {
        let rows = match past::undo(connection, id, signed(last)).await? {
            Ok(rows) => rows,
            Err(refusal) => return Ok(refusal),
        };
        mark(connection, id, now_ms).await?;
        transaction.commit().await.doing(DOING)?;
        return Ok(Undone::Done { rows, revision: unsigned(head) });
    }
    list(connection, id).await?;
    let refusal = edited_since(connection, signed(first), signed(last)).await?;
    if let Some(refusal) = refusal {
        return Ok(refusal);
    }
    let (rows,): (i64,) = one(&mut *connection, DOING, sqlx::query("select count(*) from temp.todo")).await?;
    note_moves(connection, id, head).await?;
    bury(connection, DOING, head, "t.kind < 2").await?;
    let query = sqlx::query(
        "update main.feature set deleted = 0, revision = ?2 + t.number, digest = u.digest, geometry = u.geometry,
                properties = u.properties, attributes = u.attributes
         from temp.todo t join import_undo u on u.import = ?1 and u.layer = t.layer and u.fid = t.fid
         where t.kind = 2 and feature.layer = t.layer and feature.fid = t.fid",
    );
    execute(&mut *connection, DOING, query.bind(signed(id)).bind(head)).await?;
    move_heads(connection, DOING, head, rows).await?;
    mark(connection, id, now_ms).await?;
    for table in ["delete from import_undo where import = ?", "delete from import_added where import = ?"] {
        execute(&mut *connection, DOING, sqlx::query(table).bind(signed(id))).await?;
    }
    execute(&mut *connection, DOING, sqlx::query("drop table temp.todo")).await?;
    transaction.commit().await.doing(DOING)?;
    Ok(Undone::Done { rows: unsigned(rows), revision: unsigned(head + rows) })
}

async fn mark(connection: &mut SqliteConnection, id: u64, now_ms: i64) -> Result<(), Error> {
    let query = sqlx::query("update import set state = 'undone', undoable = 0, ended_ms = ? where id = ?");
    execute(connection, DOING, query.bind(now_ms).bind(signed(id))).await.map(drop)
}

/// The list of rows to write, empty. `staged` is a row's place among those staged, where it has one.
pub(super) async fn make_todo(connection: &mut SqliteConnection, doing: &'static str) -> Result<(), Error> {
    execute(&mut *connection, doing, sqlx::query("drop table if exists temp.todo")).await?;
    let query = sqlx::query(
        "create temp table todo (number integer primary key, kind integer not null, staged integer,
         layer text not null, fid integer not null) strict",
    );
    execute(connection, doing, query).await.map(drop)
}

/// Lists the rows of an import: `kind` 0 was never there before, 1 was removed before, 2 had another content.
async fn list(connection: &mut SqliteConnection, id: u64) -> Result<(), Error> {
    make_todo(connection, DOING).await?;
    for rows in [
        "insert into temp.todo (kind, layer, fid)
         select 0, a.layer, j.value from import_added a, json_each(a.fids) j where a.import = ? order by a.layer, a.part",
        "insert into temp.todo (kind, layer, fid)
         select 2 - deleted, layer, fid from import_undo where import = ? order by layer, fid",
    ] {
        execute(&mut *connection, DOING, sqlx::query(rows).bind(signed(id))).await?;
    }
    Ok(())
}

/// The refusal, when rows have another revision than the import gave them. What a later import changed and its own undo
/// put back counts as never touched.
async fn edited_since(connection: &mut SqliteConnection, from: i64, to: i64) -> Result<Option<Undone>, Error> {
    const EDITED: &str = "from temp.todo t cross join main.feature f on f.layer = t.layer and f.fid = t.fid
         left join import_moved m on m.layer = f.layer and m.fid = f.fid and m.revision = f.revision
         where coalesce(m.was, f.revision) not between ? and ?";
    let query = sqlx::query(AssertSqlSafe(format!("select count(*) {EDITED}"))).bind(from).bind(to);
    let (rows,): (i64,) = one(&mut *connection, DOING, query).await?;
    if rows == 0 {
        return Ok(None);
    }
    let query = AssertSqlSafe(format!(
        "select f.layer, f.source, f.source_id, f.revision, f.deleted {EDITED} order by f.revision limit ?"
    ));
    let query = sqlx::query(query).bind(from).bind(to).bind(NAMED);
    let named: Vec<EditedColumns> = all(connection, DOING, query).await?;
    let named = named.into_iter().map(edited).collect::<Result<_, _>>()?;
    Ok(Some(Undone::Refused { rows: unsigned(rows), edited: named }))
}

/// Writes down which revision becomes which, so that the import before this one can be undone next.
async fn note_moves(connection: &mut SqliteConnection, id: u64, head: i64) -> Result<(), Error> {
    let query = sqlx::query(
        "insert into import_moved (layer, fid, revision, was, import)
         select t.layer, t.fid, ?2 + t.number, coalesce(m.was, u.revision), ?1
         from temp.todo t cross join import_undo u on u.import = ?1 and u.layer = t.layer and u.fid = t.fid
         left join import_moved m on m.layer = u.layer and m.fid = u.fid and m.revision = u.revision",
    );
    execute(connection, DOING, query.bind(signed(id)).bind(head)).await.map(drop)
}

/// Makes tombstones of the listed rows that `which` selects.
pub(super) async fn bury(
    connection: &mut SqliteConnection,
    doing: &'static str,
    head: i64,
    which: &'static str,
) -> Result<(), Error> {
    let query = AssertSqlSafe(format!(
        "update main.feature set deleted = 1, revision = ? + t.number, digest = x'', geometry = null,
                properties = null, attributes = null
         from temp.todo t where {which} and feature.layer = t.layer and feature.fid = t.fid"
    ));
    execute(connection, doing, sqlx::query(query).bind(head)).await.map(drop)
}

/// Moves the heads of the registry and of every layer in the list.
pub(super) async fn move_heads(
    connection: &mut SqliteConnection,
    doing: &'static str,
    head: i64,
    rows: i64,
) -> Result<(), Error> {
    if rows == 0 {
        return Ok(());
    }
    let query = sqlx::query(
        "insert into layer_head (layer, revision)
         select layer, ? + max(number) from temp.todo where true group by layer
         on conflict (layer) do update set revision = excluded.revision",
    )
    .bind(head);
    execute(&mut *connection, doing, query).await?;
    execute(connection, doing, sqlx::query("update registry_head set revision = ?").bind(head + rows)).await.map(drop)
}
