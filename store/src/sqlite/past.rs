//! Incidents of the past on their way into history, in `registry.db`: their rows are staged as those of layers are, in
//! the file of their import.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::ask::{all, execute, one};
use super::staging::{attach, detach};
use super::{File, OPS};
use crate::error::Doing;
use crate::imports::NAMED;
use crate::stored::import::{EditedColumns, edited};
use crate::stored::incident::{past_columns, past_content, past_taken};
use crate::stored::number::{signed, unsigned};
use crate::{Differing, Error, Undone};

const PUBLISH: &str = "publish an import";
const UNDO: &str = "undo an import";

/// How the staged rows differ from history; both are attached under their names.
pub(super) async fn difference(
    connection: &mut SqliteConnection,
    registry: &str,
    staging: &str,
) -> Result<Differing, Error> {
    const OLD: &str = concat!("(", past_content!("h."), ")");
    const NEW: &str = concat!("(", past_content!("s."), ")");
    let query = AssertSqlSafe(format!(
        "select count(*) - count(h.number), coalesce(sum(h.number is not null and {OLD} is not {NEW}), 0), count(*)
         from {staging}.staged_past s left join {registry}.incident_history h
         on h.source_system = s.source_system and h.number = s.number"
    ));
    let (added, changed, all): (i64, i64, i64) = one(connection, PUBLISH, sqlx::query(query)).await?;
    Ok(Differing {
        added: unsigned(added),
        changed: unsigned(changed),
        unchanged: unsigned(all - added - changed),
        gone: 0,
    })
}

/// Writes the staged rows, attached as `staging`, under the revision after `head`, and keeps what they replace.
pub(super) async fn publish(connection: &mut SqliteConnection, id: u64, head: i64) -> Result<Differing, Error> {
    let query = sqlx::query(concat!(
        "insert into import_past (import, ",
        past_columns!(),
        ", revision) select ?, ",
        past_columns!("h."),
        ", h.revision from staging.staged_past s join main.incident_history h
         on h.source_system = s.source_system and h.number = s.number where (",
        past_content!("h."),
        ") is not (",
        past_content!("s."),
        ")"
    ));
    let changed = execute(&mut *connection, PUBLISH, query.bind(signed(id))).await?;
    let query = sqlx::query(concat!(
        "insert into main.incident_history (",
        past_columns!(),
        ", revision) select ",
        past_columns!(),
        ", ? from staging.staged_past where true order by id on conflict (source_system, number) do update set ",
        past_taken!("excluded."),
        " where (",
        past_content!("incident_history."),
        ") is not (",
        past_content!("excluded."),
        ")"
    ));
    let written = execute(&mut *connection, PUBLISH, query.bind(head + 1)).await?;
    let (all,): (i64,) =
        one(&mut *connection, PUBLISH, sqlx::query("select count(*) from staging.staged_past")).await?;
    if written > 0 {
        let query = sqlx::query("update registry_head set revision = ?").bind(head + 1);
        execute(connection, PUBLISH, query).await?;
    }
    let (added, unchanged) = (written.saturating_sub(changed), unsigned(all).saturating_sub(written));
    Ok(Differing { added, changed, unchanged, gone: 0 })
}

/// Puts back what the import of that revision changed and removes what it added. `Err` of the inner result: the refusal.
pub(super) async fn undo(
    connection: &mut SqliteConnection,
    id: u64,
    revision: i64,
) -> Result<Result<u64, Undone>, Error> {
    // Whoever wrote over one of its rows since has kept it, with its revision.
    const LATER: &str = "from import_past p join main.incident_history h
         on h.source_system = p.source_system and h.number = p.number where p.revision = ? and p.import <> ?";
    let query = sqlx::query(AssertSqlSafe(format!("select count(*) {LATER}"))).bind(revision).bind(signed(id));
    let (rows,): (i64,) = one(&mut *connection, UNDO, query).await?;
    if rows > 0 {
        let query = AssertSqlSafe(format!(
            "select 'incidents', h.source_system, h.number, h.revision, 0 {LATER} order by h.source_system, h.number limit ?"
        ));
        let query = sqlx::query(query).bind(revision).bind(signed(id)).bind(NAMED);
        let named: Vec<EditedColumns> = all(connection, UNDO, query).await?;
        let named = named.into_iter().map(edited).collect::<Result<_, _>>()?;
        return Ok(Err(Undone::Refused { rows: unsigned(rows), edited: named }));
    }
    let query = sqlx::query(concat!(
        "update main.incident_history set ",
        past_taken!("p."),
        " from import_past p where p.import = ? and incident_history.source_system = p.source_system
         and incident_history.number = p.number"
    ));
    let back = execute(&mut *connection, UNDO, query.bind(signed(id))).await?;
    // What still has its revision it has added.
    let query = sqlx::query("delete from main.incident_history where revision = ?").bind(revision);
    let removed = execute(&mut *connection, UNDO, query).await?;
    let query = sqlx::query("delete from import_past where import = ?").bind(signed(id));
    execute(connection, UNDO, query).await?;
    Ok(Ok(back + removed))
}

/// Brings over what an older version kept in `ops.db`. Killed on the way, it begins anew: a row is taken away there only
/// when it is on disk here.
pub(super) async fn bring_over(folder: &std::path::Path, ops: &File, registry: &File) -> Result<(), Error> {
    const DOING: &str = "bring history over from ops.db";
    let left = sqlx::query("select exists (select 1 from incident_history)");
    let (left,): (bool,) = one(&ops.readers, DOING, left).await?;
    if !left {
        return Ok(());
    }
    let mut connection = registry.writer.acquire().await.doing(DOING)?;
    attach(&mut connection, &folder.join(OPS), "ops").await?;
    let query = sqlx::query(concat!(
        "insert or ignore into main.incident_history (",
        past_columns!(),
        ") select ",
        past_columns!(),
        " from ops.incident_history order by rowid"
    ));
    let rows = execute(&mut *connection, DOING, query).await?;
    detach(&mut connection, "ops").await;
    execute(&mut *connection, DOING, sqlx::query("pragma wal_checkpoint(full)")).await?;
    drop(connection);
    let mut transaction = ops.write(DOING).await?;
    execute(&mut transaction, DOING, sqlx::query("delete from incident_history")).await?;
    transaction.commit().await.doing(DOING)?;
    tracing::info!(rows, "history was brought over from ops.db to registry.db");
    Ok(())
}
