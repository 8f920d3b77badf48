//! A first import of a layer: its rows go in as they are staged, and each index is sorted once at the end.
//!
//! Only where the layers hold nothing, not even a tombstone, and the file brings at least as much as the whole registry
//! has: then there is nothing to compare, and making the indexes anew costs less than finding each row's place in them.
//! Readers see the registry as it was until the one transaction ends. What does not go this way — two rows of one key or
//! of one number — goes the other, which says why.

use sqlx::SqliteConnection;

use super::ask::{all, execute, one};
use crate::stored::number::{signed, unsigned};
use crate::{Differing, Error, Import};

const DOING: &str = "publish an import";

/// The indexes of `feature`, as the migrations make them.
const INDEXES: [(&str, &str); 3] = [
    ("drop index main.feature_key", "create unique index main.feature_key on feature (layer, fid)"),
    ("drop index main.feature_revision", "create unique index main.feature_revision on feature (revision)"),
    ("drop index main.feature_live", "create index main.feature_live on feature (layer) where deleted = 0"),
];

/// Fewer rows than this are not worth it.
const LEAST: i64 = 1_000;

/// Whether the staged rows, attached as `staging`, may go in this way.
pub(super) async fn fits(connection: &mut SqliteConnection, import: &Import) -> Result<bool, Error> {
    let query = sqlx::query(
        "select (select count(*) from staging.staged), coalesce((select max(rowid) from main.feature), 0),
                exists (select 1 from main.feature where layer in (select value from json_each(?)))",
    )
    .bind(super::imports::json_layers(import));
    let (staged, kept, there): (i64, i64, bool) = one(connection, DOING, query).await?;
    Ok(!there && staged >= LEAST && staged >= kept)
}

/// Writes them, and what an undo needs; the revisions follow `head`.
pub(super) async fn write(connection: &mut SqliteConnection, import: u64, head: i64) -> Result<Differing, Error> {
    for (drop, _) in INDEXES {
        execute(&mut *connection, DOING, sqlx::query(drop)).await?;
    }
    let chunks = sqlx::query("select number from staging.staged_chunk order by number");
    let chunks: Vec<(i64,)> = all(&mut *connection, DOING, chunks).await?;
    let mut rows = 0_i64;
    for (number,) in chunks {
        // A chunk's rows are numbered without gaps from its own first number.
        let (from, to) = (number << 20, (number + 1) << 20);
        let query = sqlx::query(
            "insert into main.feature
                 (layer, fid, source, source_id, revision, digest, geometry, properties, attributes)
             select layer, fid, source, source_id, id - ?1 + ?3, digest, geometry, properties, attributes
             from staging.staged where id >= ?1 and id < ?2 order by id",
        );
        let written = execute(&mut *connection, DOING, query.bind(from).bind(to).bind(head + rows + 1)).await?;
        let query = sqlx::query(
            "insert into import_added (import, layer, part, fids)
             select ?1, layer, ?2, json_group_array(fid) from staging.staged where id >= ?3 and id < ?4 group by layer",
        );
        let query = query.bind(signed(import)).bind(number).bind(from).bind(to);
        execute(&mut *connection, DOING, query).await?;
        let query = sqlx::query(
            "insert into layer_head (layer, revision)
             select layer, max(id) - ?1 + ?3 from staging.staged where id >= ?1 and id < ?2 group by layer
             on conflict (layer) do update set revision = excluded.revision",
        );
        execute(&mut *connection, DOING, query.bind(from).bind(to).bind(head + rows + 1)).await?;
        rows += signed(written);
    }
    for (_, create) in INDEXES {
        execute(&mut *connection, DOING, sqlx::query(create)).await?;
    }
    let query = sqlx::query("update registry_head set revision = ?").bind(head + rows);
    execute(connection, DOING, query).await?;
    Ok(Differing { added: unsigned(rows), ..Differing::default() })
}
