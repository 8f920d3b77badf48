//! Where the rows of an import wait: a table for each import, unlogged, thrown away whole.

use sqlx::{AssertSqlSafe, PgConnection};

use super::ask::{all, execute, first};
use super::{Postgis, past};
use crate::Error;
use crate::error::Doing;
use crate::imports::{Chunk, ChunkDigest, PastChunk};
use crate::stored::import::{Clash, chunks, clash, place};
use crate::stored::number::signed;

const DOING: &str = "stage an import";

/// The table of an import. Its name is made of a number alone.
pub(super) fn table(id: u64) -> String {
    format!("staged_{id}")
}

/// Makes the table of an import when it is not there, and says which chunks are in it.
pub(super) async fn open(
    connection: &mut PgConnection,
    id: u64,
    history: bool,
) -> Result<Vec<(u32, ChunkDigest)>, Error> {
    if history {
        past::make_table(connection, id).await?;
    } else {
        make_table(connection, id).await?;
    }
    let query = sqlx::query("select chunk, digest from staged_chunk where import = $1 order by chunk");
    Ok(chunks(all(connection, DOING, query.bind(signed(id))).await?))
}

async fn make_table(connection: &mut PgConnection, id: u64) -> Result<(), Error> {
    let table = table(id);
    let query = AssertSqlSafe(format!(
        "create unlogged table if not exists {table} (id bigint primary key, layer text collate \"C\" not null,
         fid bigint not null, source text collate \"C\" not null, source_id text collate \"C\" not null,
         digest bytea not null, geometry bytea not null, properties text not null, attributes text not null)"
    ));
    execute(connection, DOING, sqlx::query(query).persistent(false)).await.map(drop)
}

/// Writes a chunk with its mark, in one transaction.
pub(super) async fn put(store: &Postgis, id: u64, number: u32, chunk: &Chunk) -> Result<(), Error> {
    let mut transaction = store.write(DOING).await?;
    forget(&mut transaction, id, i64::from(number), i64::from(number) + 1).await?;
    let columns = "id, layer, fid, source, source_id, digest, geometry, properties, attributes";
    let copy = format!("copy {} ({columns}) from stdin with (format binary)", table(id));
    let mut copying = transaction.copy_in_raw(&copy).await.doing(DOING)?;
    match copying.send(binary(number, chunk)).await {
        Ok(_) => drop(copying.finish().await.doing(DOING)?),
        Err(error) => {
            drop(copying.abort("the rows could not be sent").await);
            return Err(error).doing(DOING);
        }
    }
    mark(&mut transaction, id, number, chunk.digest()).await?;
    transaction.commit().await.doing(DOING)
}

/// The same for incidents of the past.
pub(super) async fn put_past(store: &Postgis, id: u64, number: u32, chunk: &PastChunk) -> Result<(), Error> {
    let mut transaction = store.write(DOING).await?;
    forget(&mut transaction, id, i64::from(number), i64::from(number) + 1).await?;
    past::put(&mut transaction, id, number, &chunk.rows).await?;
    mark(&mut transaction, id, number, chunk.digest()).await?;
    transaction.commit().await.doing(DOING)
}

/// Says that a chunk is staged.
async fn mark(connection: &mut PgConnection, id: u64, number: u32, digest: ChunkDigest) -> Result<(), Error> {
    let query = sqlx::query("insert into staged_chunk (import, chunk, digest) values ($1, $2, $3)");
    let query = query.bind(signed(id)).bind(i64::from(number)).bind(digest.to_vec());
    execute(connection, DOING, query).await.map(drop)
}

/// Rows as `COPY` takes them (postgresql.org/docs/current/sql-copy.html, "Binary Format").
fn binary(number: u32, chunk: &Chunk) -> Vec<u8> {
    let mut out = Vec::with_capacity(chunk.len() * 320 + 32);
    out.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
    out.extend_from_slice(&[0; 8]);
    for (at, row) in chunk.rows.iter().enumerate() {
        out.extend_from_slice(&9_i16.to_be_bytes());
        let (id, fid) = (place(number, at).to_be_bytes(), row.fid.to_be_bytes());
        for value in [
            id.as_slice(),
            row.key.layer.name().as_bytes(),
            &fid,
            row.key.source.as_bytes(),
            row.key.source_id.as_bytes(),
            &row.digest,
            &row.geometry,
            row.properties.as_bytes(),
            row.attributes.as_bytes(),
        ] {
            // A row is a few megabytes at most: 200,000 vertices and 32 attributes.
            out.extend_from_slice(&i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
            out.extend_from_slice(value);
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    out
}

/// Leaves the first `chunks` chunks: an earlier run may have staged more.
pub(super) async fn trim(connection: &mut PgConnection, id: u64, chunks: u32) -> Result<(), Error> {
    forget(connection, id, i64::from(chunks), i64::from(u32::MAX) + 1).await
}

/// Leaves exactly one row a key of the first `chunks` chunks, the later one of two; two keys with one number are a
/// conflict. The planner learns how many rows there are.
pub(super) async fn tidy(connection: &mut PgConnection, id: u64, chunks: u32) -> Result<(), Error> {
    let table = table(id);
    trim(connection, id, chunks).await?;
    let twice = format!(
        "select a.layer, a.fid, a.source, a.source_id, b.source, b.source_id from {table} a
         join {table} b on b.layer = a.layer and b.fid = a.fid and b.id < a.id"
    );
    let query = AssertSqlSafe(format!("{twice} order by (a.source, a.source_id) = (b.source, b.source_id) limit 1"));
    execute(&mut *connection, DOING, sqlx::query(AssertSqlSafe(format!("analyze {table}"))).persistent(false)).await?;
    if let Some(two) = first::<Clash>(&mut *connection, DOING, sqlx::query(query).persistent(false)).await? {
        if (&two.2, &two.3) != (&two.4, &two.5) {
            return Err(clash(two, DOING));
        }
        let query = AssertSqlSafe(format!(
            "delete from {table} a using {table} b where b.layer = a.layer and b.fid = a.fid and b.id > a.id"
        ));
        execute(connection, DOING, sqlx::query(query).persistent(false)).await?;
    }
    Ok(())
}

/// Removes the chunks of these numbers with their rows.
async fn forget(connection: &mut PgConnection, id: u64, from: i64, to: i64) -> Result<(), Error> {
    let query = sqlx::query("delete from staged_chunk where import = $1 and chunk >= $2 and chunk < $3");
    execute(&mut *connection, DOING, query.bind(signed(id)).bind(from).bind(to)).await?;
    let query = AssertSqlSafe(format!("delete from {} where id >= $1 and id < $2", table(id)));
    let query = sqlx::query(query).bind(from << 20).bind(to << 20).persistent(false);
    execute(connection, DOING, query).await.map(drop)
}

/// Throws the rows of an import away.
pub(super) async fn remove(connection: &mut PgConnection, id: u64) -> Result<(), Error> {
    let query = AssertSqlSafe(format!("drop table if exists {}", table(id)));
    execute(&mut *connection, DOING, sqlx::query(query).persistent(false)).await?;
    let query = sqlx::query("delete from staged_chunk where import = $1").bind(signed(id));
    execute(connection, DOING, query).await.map(drop)
}
