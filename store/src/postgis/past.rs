//! Incidents of the past on their way into history: their rows are staged as those of layers are, in the table of their
//! import.

use sqlx::{AssertSqlSafe, PgConnection};

use super::ask::{all, execute, one};
use super::history::bound;
use super::registry::move_head;
use super::staging::table;
use crate::imports::NAMED;
use crate::stored::import::{EditedColumns, edited, place};
use crate::stored::incident::{Columns, past_columns, past_content, past_taken};
use crate::stored::number::{signed, unsigned};
use crate::{Differing, Error, Undone};

const STAGE: &str = "stage an import";
const PUBLISH: &str = "publish an import";
const UNDO: &str = "undo an import";

const COLUMNS: &str = past_columns!();
const OLD: &str = concat!("(", past_content!("h."), ")");
const NEW: &str = concat!("(", past_content!("s."), ")");

/// Makes the table of an import when it is not there.
pub(super) async fn make_table(connection: &mut PgConnection, id: u64) -> Result<(), Error> {
    let query = AssertSqlSafe(format!(
        "create unlogged table if not exists {} (id bigint primary key, source_system text collate \"C\" not null,
         number text collate \"C\" not null, kind text not null, source text not null, priority smallint not null,
         lon double precision, lat double precision, division bigint, reported_ms bigint not null, assigned_ms bigint,
         accepted_ms bigint, arrived_ms bigint, closed_ms bigint)",
        table(id)
    ));
    execute(connection, STAGE, sqlx::query(query).persistent(false)).await.map(drop)
}

/// Writes the rows of a chunk.
pub(super) async fn put(connection: &mut PgConnection, id: u64, number: u32, rows: &[Columns]) -> Result<(), Error> {
    let query = AssertSqlSafe(format!(
        "insert into {} (id, {COLUMNS}) select $14 + at - 1, {COLUMNS} from unnest($1::text[], $2::text[], $3::text[],
         $4::text[], $5::smallint[], $6::float8[], $7::float8[], $8::bigint[], $9::bigint[], $10::bigint[],
         $11::bigint[], $12::bigint[], $13::bigint[]) with ordinality as row ({COLUMNS}, at)",
        table(id)
    ));
    let query = bound(sqlx::query(query), rows).bind(place(number, 0));
    execute(connection, STAGE, query.persistent(false)).await.map(drop)
}

/// How the staged rows differ from history.
pub(super) async fn difference(connection: &mut PgConnection, id: u64) -> Result<Differing, Error> {
    let query = AssertSqlSafe(format!(
        "select count(*) - count(h.number), count(*) filter (where h.number is not null and {OLD} is distinct from {NEW}),
                count(*)
         from {} s left join incident_history h on h.source_system = s.source_system and h.number = s.number",
        table(id)
    ));
    let (added, changed, all): (i64, i64, i64) = one(connection, PUBLISH, sqlx::query(query).persistent(false)).await?;
    let unchanged = unsigned(all - added - changed);
    Ok(Differing { added: unsigned(added), changed: unsigned(changed), unchanged, gone: 0 })
}

/// Writes the staged rows under the revision after `head`, and keeps what they replace.
pub(super) async fn publish(connection: &mut PgConnection, id: u64, head: i64) -> Result<Differing, Error> {
    let staged = table(id);
    for before in ["set local work_mem = '128MB'".to_owned(), format!("analyze {staged}")] {
        execute(&mut *connection, PUBLISH, sqlx::query(AssertSqlSafe(before)).persistent(false)).await?;
    }
    let query = AssertSqlSafe(format!(
        "insert into import_past (import, {COLUMNS}, revision) select $1, {}, h.revision
         from {staged} s join incident_history h on h.source_system = s.source_system and h.number = s.number
         where {OLD} is distinct from {NEW}",
        past_columns!("h.")
    ));
    let query = sqlx::query(query).bind(signed(id)).persistent(false);
    let changed = execute(&mut *connection, PUBLISH, query).await?;
    let query = AssertSqlSafe(format!(
        "insert into incident_history as h ({COLUMNS}, revision) select {COLUMNS}, $1 from {staged} order by id
         on conflict (source_system, number) do update set {} where {OLD} is distinct from ({})",
        past_taken!("excluded."),
        past_content!("excluded.")
    ));
    let query = sqlx::query(query).bind(head + 1).persistent(false);
    let written = execute(&mut *connection, PUBLISH, query).await?;
    let query = AssertSqlSafe(format!("select count(*) from {staged}"));
    let (all,): (i64,) = one(&mut *connection, PUBLISH, sqlx::query(query).persistent(false)).await?;
    if written > 0 {
        move_head(connection, unsigned(head + 1)).await?;
    }
    let (added, unchanged) = (written.saturating_sub(changed), unsigned(all).saturating_sub(written));
    Ok(Differing { added, changed, unchanged, gone: 0 })
}

/// Puts back what the import of that revision changed and removes what it added. `Err` of the inner result: the refusal.
pub(super) async fn undo(connection: &mut PgConnection, id: u64, revision: i64) -> Result<Result<u64, Undone>, Error> {
    // Whoever wrote over one of its rows since has kept it, with its revision.
    const LATER: &str = "from import_past p join incident_history h
         on h.source_system = p.source_system and h.number = p.number where p.revision = $1 and p.import <> $2";
    let query = sqlx::query(AssertSqlSafe(format!("select count(*) {LATER}"))).bind(revision).bind(signed(id));
    let (rows,): (i64,) = one(&mut *connection, UNDO, query).await?;
    if rows > 0 {
        let query = AssertSqlSafe(format!(
            "select 'incidents', h.source_system, h.number, h.revision, false {LATER}
             order by h.source_system, h.number limit $3"
        ));
        let query = sqlx::query(query).bind(revision).bind(signed(id)).bind(i64::from(NAMED));
        let named: Vec<EditedColumns> = all(connection, UNDO, query).await?;
        let named = named.into_iter().map(edited).collect::<Result<_, _>>()?;
        return Ok(Err(Undone::Refused { rows: unsigned(rows), edited: named }));
    }
    let query = sqlx::query(concat!(
        "update incident_history h set ",
        past_taken!("p."),
        " from import_past p where p.import = $1 and h.source_system = p.source_system and h.number = p.number"
    ));
    let back = execute(&mut *connection, UNDO, query.bind(signed(id))).await?;
    // What still has its revision it has added.
    let query = sqlx::query("delete from incident_history where revision = $1").bind(revision);
    let removed = execute(&mut *connection, UNDO, query).await?;
    let query = sqlx::query("delete from import_past where import = $1").bind(signed(id));
    execute(connection, UNDO, query).await?;
    Ok(Ok(back + removed))
}
