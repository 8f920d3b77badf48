//! The registry in schema `onemap`.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use spatial::{Feature, Fid, Layer};
use sqlx::{AssertSqlSafe, PgConnection};

use super::ask::{all, execute, first, one};
use super::{Postgis, column};
use crate::error::Doing;
use crate::stored::feature::{ChangeColumns, Columns, Row, change, feature, layer};
use crate::stored::number::{signed, unsigned};
use crate::stored::plan::{self, Knowledge, Known, Plan};
use crate::{Change, Chunk, Error, Put, Registry, Removed, Upserted};

const STORE: &str = "store features";
const READ: &str = "read features";

/// Rows of one insert: some megabytes.
const ROWS: usize = 5_000;

#[async_trait]
impl Registry for Postgis {
    async fn upsert(&self, features: &[Feature]) -> Result<Upserted, Error> {
        let rows = plan::rows(features)?;
        let mut transaction = self.write(STORE).await?;
        let head = lock_head(&mut transaction).await?;
        let known = known(&mut transaction, &rows).await?;
        let plan = plan::plan(rows, &known, head)?;
        write(&mut transaction, &plan).await?;
        transaction.commit().await.doing(STORE)?;
        Ok(plan.done)
    }

    async fn fill(&self, chunks: Vec<Chunk>) -> Result<Upserted, Error> {
        let mut transaction = self.write(STORE).await?;
        let head = lock_head(&mut transaction).await?;
        let plan = plan::all(chunks.into_iter().flat_map(|chunk| chunk.rows), head);
        insert(&mut transaction, &plan, "").await?;
        transaction.commit().await.doing(STORE)?;
        Ok(plan.done)
    }

    async fn put(&self, feature: &Feature, expected: Option<u64>) -> Result<Put, Error> {
        let rows = plan::rows([feature])?;
        let mut transaction = self.write(STORE).await?;
        let head = lock_head(&mut transaction).await?;
        let known = known(&mut transaction, &rows).await?;
        let old = known.values().next();
        if let Some(revision) = plan::unexpected(old, expected) {
            return Ok(Put::Conflict { revision });
        }
        let plan = plan::plan(rows, &known, head)?;
        write(&mut transaction, &plan).await?;
        transaction.commit().await.doing(STORE)?;
        Ok(plan::put(old, &plan))
    }

    async fn remove(&self, layer: Layer, fid: Fid, expected: Option<u64>) -> Result<Removed, Error> {
        const DOING: &str = "remove a feature";
        let fid = signed(fid);
        let mut transaction = self.write(DOING).await?;
        let revision = lock_head(&mut transaction).await? + 1;
        let known = known_of(&mut transaction, layer, &[fid]).await?;
        if let Some(answer) = plan::remove(known.get(&(layer, fid)), expected) {
            return Ok(answer);
        }
        let query = sqlx::query(
            "update feature set deleted = true, revision = $1, digest = '', geometry = null, properties = null, attributes = null
             where layer = $2 and fid = $3",
        )
        .bind(signed(revision))
        .bind(layer.name())
        .bind(fid);
        execute(&mut transaction, DOING, query).await?;
        move_layer_head(&mut transaction, layer, signed(revision)).await?;
        move_head(&mut transaction, revision).await?;
        transaction.commit().await.doing(DOING)?;
        Ok(Removed::Done { revision })
    }

    async fn get(&self, layer: Layer, fid: Fid) -> Result<Option<Feature>, Error> {
        let query = sqlx::query(
            "select layer, source, source_id, revision, st_asbinary(geometry, 'NDR'), properties::text, attributes::text
             from feature where layer = $1 and fid = $2 and not deleted",
        )
        .bind(layer.name())
        .bind(signed(fid));
        let row: Option<Columns> = first(&self.pool, READ, query).await?;
        row.map(feature).transpose()
    }

    async fn page(&self, layer: Layer, after: Option<Fid>, limit: u32) -> Result<Vec<Feature>, Error> {
        let query = sqlx::query(
            "select layer, source, source_id, revision, st_asbinary(geometry, 'NDR'), properties::text, attributes::text
             from feature where layer = $1 and fid > $2 and not deleted order by fid limit $3",
        )
        .bind(layer.name())
        .bind(after.map_or(-1, signed))
        .bind(i64::from(limit));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(feature).collect()
    }

    async fn scan(&self, layer: Layer, after: Option<i64>, limit: u32) -> Result<(Vec<Feature>, Option<i64>), Error> {
        let features = self.page(layer, after.map(unsigned), limit).await?;
        let last = features.last().map(|feature| signed(feature.fid()));
        Ok((features, last))
    }

    async fn changes(&self, since: u64, limit: u32) -> Result<Vec<Change>, Error> {
        let query = sqlx::query(
            "select fid, layer, source, source_id, revision, st_asbinary(geometry, 'NDR'), properties::text, attributes::text
             from feature where revision > $1 order by revision limit $2",
        )
        .bind(signed(since))
        .bind(i64::from(limit));
        let rows: Vec<ChangeColumns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(change).collect()
    }

    async fn counts(&self) -> Result<Vec<(Layer, u64)>, Error> {
        let query = sqlx::query("select layer, count(*) from feature where not deleted group by layer order by layer");
        let rows: Vec<(String, i64)> = all(&self.pool, "count features", query).await?;
        rows.into_iter().map(|(name, count)| Ok((layer(&name)?, unsigned(count)))).collect()
    }

    async fn revisions(&self) -> Result<Vec<(Layer, u64)>, Error> {
        let query = sqlx::query("select layer, revision from layer_head order by layer");
        let rows: Vec<(String, i64)> = all(&self.pool, "read the layers' revisions", query).await?;
        rows.into_iter().map(|(name, newest)| Ok((layer(&name)?, unsigned(newest)))).collect()
    }

    async fn revision(&self) -> Result<u64, Error> {
        let (newest,): (i64,) =
            one(&self.pool, "read the registry's revision", sqlx::query("select revision from registry_head")).await?;
        Ok(unsigned(newest))
    }
}

/// The newest revision; whoever else wants to write waits here until this transaction ends.
pub(super) async fn lock_head(connection: &mut PgConnection) -> Result<u64, Error> {
    let (newest,): (i64,) =
        one(connection, STORE, sqlx::query("select revision from registry_head for update")).await?;
    Ok(unsigned(newest))
}

/// Moves the head and rings the bell, which is heard when the transaction commits.
pub(super) async fn move_head(connection: &mut PgConnection, revision: u64) -> Result<(), Error> {
    let query = sqlx::query("update registry_head set revision = $1").bind(signed(revision));
    execute(&mut *connection, STORE, query).await?;
    let query = sqlx::query("select pg_notify('onemap_registry', $1)").bind(revision.to_string());
    execute(connection, STORE, query).await.map(drop)
}

async fn move_layer_head(connection: &mut PgConnection, layer: Layer, revision: i64) -> Result<(), Error> {
    let query = sqlx::query(
        "insert into layer_head (layer, revision) values ($1, $2)
         on conflict (layer) do update set revision = excluded.revision",
    )
    .bind(layer.name())
    .bind(revision);
    execute(connection, STORE, query).await.map(drop)
}

/// What the table knows of the numbers of these rows.
async fn known(connection: &mut PgConnection, rows: &[Row]) -> Result<Knowledge, Error> {
    let mut fids: BTreeMap<Layer, Vec<i64>> = BTreeMap::new();
    for row in rows {
        fids.entry(row.key.layer).or_default().push(row.fid);
    }
    let mut known = HashMap::with_capacity(rows.len());
    for (layer, fids) in fids {
        known.extend(known_of(connection, layer, &fids).await?);
    }
    Ok(known)
}

async fn known_of(connection: &mut PgConnection, layer: Layer, fids: &[i64]) -> Result<Knowledge, Error> {
    let query = sqlx::query(
        "select fid, source, source_id, digest, revision, deleted from feature where layer = $1 and fid = any($2)",
    )
    .bind(layer.name())
    .bind(fids);
    let rows: Vec<(i64, String, String, Vec<u8>, i64, bool)> = all(connection, STORE, query).await?;
    let entry = |(fid, source, source_id, digest, at, deleted)| {
        ((layer, fid), Known { source, source_id, digest, revision: unsigned(at), deleted })
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn write(connection: &mut PgConnection, plan: &Plan) -> Result<(), Error> {
    const OVER: &str =
        " on conflict (layer, fid) do update set revision = excluded.revision, deleted = false, digest = excluded.digest,
             geometry = excluded.geometry, properties = excluded.properties, attributes = excluded.attributes";
    insert(connection, plan, OVER).await
}

async fn insert(connection: &mut PgConnection, plan: &Plan, over: &'static str) -> Result<(), Error> {
    if plan.writes.is_empty() {
        return Ok(());
    }
    for rows in plan.writes.chunks(ROWS) {
        let text = format!(
            "insert into feature (layer, fid, source, source_id, revision, digest, geometry, properties, attributes)
             select layer, fid, source, source_id, revision, digest, st_geomfromwkb(geometry, 4326), properties::json, attributes::json
             from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[], $8::text[], $9::text[])
             as row (layer, fid, source, source_id, revision, digest, geometry, properties, attributes){over}"
        );
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(column(rows, |(row, _)| row.key.layer.name()))
            .bind(column(rows, |(row, _)| row.fid))
            .bind(column(rows, |(row, _)| row.key.source.as_str()))
            .bind(column(rows, |(row, _)| row.key.source_id.as_str()))
            .bind(column(rows, |(_, revision)| *revision))
            .bind(column(rows, |(row, _)| row.digest.as_slice()))
            .bind(column(rows, |(row, _)| row.geometry.as_slice()))
            .bind(column(rows, |(row, _)| row.properties.as_str()))
            .bind(column(rows, |(row, _)| row.attributes.as_str()));
        execute(&mut *connection, STORE, query).await?;
    }
    for (layer, revision) in plan.heads() {
        move_layer_head(&mut *connection, layer, revision).await?;
    }
    move_head(connection, plan.done.revision).await
}
