//! A first import of a layer: its rows go into a table of their own, whose indexes are made at once, and which then takes
//! the place of the layer's empty partition.
//!
//! Only where the layer holds nothing, not even a tombstone: then there is nothing to compare. Readers of the registry
//! wait for the change of tables alone, some milliseconds; when one of them holds the table for longer than we wait, or
//! two rows have one key or one number, the rows go the other way, which says why.

use spatial::Layer;
use sqlx::{AssertSqlSafe, PgConnection};

use super::ask::{execute, one};
use super::registry::move_head;
use super::staging::table;
use crate::stored::number::{signed, unsigned};
use crate::{Differing, Error, Import};

const DOING: &str = "publish an import";

/// Fewer rows than this are not worth it.
const LEAST: i64 = 1_000;

/// The layer whose partition the staged rows may become.
pub(super) async fn fits(connection: &mut PgConnection, import: &Import) -> Result<Option<Layer>, Error> {
    let [layer] = import.draft.layers[..] else { return Ok(None) };
    let query = AssertSqlSafe(format!(
        "select (select count(*) from {}), exists (select from feature where layer = $1)",
        table(import.id)
    ));
    let query = sqlx::query(query).bind(layer.name()).persistent(false);
    let (staged, there): (i64, bool) = one(connection, DOING, query).await?;
    Ok(Some(layer).filter(|_| !there && staged >= LEAST))
}

/// Writes them, and what an undo needs; the revisions follow `head`.
pub(super) async fn write(
    connection: &mut PgConnection,
    import: u64,
    layer: Layer,
    head: i64,
) -> Result<Differing, Error> {
    let (staged, layer) = (table(import), layer.name());
    let (old, new) = (format!("feature_{layer}"), format!("feature_{layer}_anew"));
    for make in [
        "set local maintenance_work_mem = '128MB'".to_owned(),
        "set local lock_timeout = '5s'".to_owned(),
        format!("create table {new} (like {old} including defaults including storage)"),
    ] {
        run(connection, make).await?;
    }
    let query = AssertSqlSafe(format!(
        "insert into {new} (layer, fid, source, source_id, revision, digest, geometry, properties, attributes)
         select layer, fid, source, source_id, $1 + row_number() over (order by id), digest,
                st_geomfromwkb(geometry, 4326), properties::json, attributes::json
         from {staged} order by id"
    ));
    let rows = execute(&mut *connection, DOING, sqlx::query(query).bind(head).persistent(false)).await?;
    for make in [
        format!("alter table {new} add primary key (layer, fid)"),
        format!("alter table {new} add unique (layer, source, source_id)"),
        format!("create index on {new} (revision)"),
        format!("create index on {new} using gist (geometry)"),
        // So that taking it as a partition need not look through it.
        format!("alter table {new} add constraint of_one_layer check (layer = '{layer}')"),
        format!("analyze {new}"),
        format!("alter table feature detach partition {old}"),
        format!("drop table {old}"),
        format!("alter table {new} rename to {old}"),
        format!("alter table feature attach partition {old} for values in ('{layer}')"),
        format!("alter table {old} drop constraint of_one_layer"),
    ] {
        run(connection, make).await?;
    }
    for index in ["pkey", "layer_source_source_id_key", "revision_idx", "geometry_idx"] {
        run(connection, format!("alter index {new}_{index} rename to {old}_{index}")).await?;
    }
    let query = AssertSqlSafe(format!(
        "insert into import_added (import, layer, part, fids)
         select $1, layer, number / 10000, array_agg(fid)
         from (select layer, fid, row_number() over (order by id) as number from {staged}) numbered
         group by layer, number / 10000"
    ));
    execute(&mut *connection, DOING, sqlx::query(query).bind(signed(import)).persistent(false)).await?;
    let last = head + signed(rows);
    let query = sqlx::query(
        "insert into layer_head (layer, revision) values ($1, $2)
         on conflict (layer) do update set revision = excluded.revision",
    );
    execute(&mut *connection, DOING, query.bind(layer).bind(last)).await?;
    move_head(connection, unsigned(last)).await?;
    Ok(Differing { added: rows, ..Differing::default() })
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), Error> {
    execute(connection, DOING, sqlx::query(AssertSqlSafe(statement)).persistent(false)).await.map(drop)
}
