//! The registry in `registry.db`.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use spatial::{Feature, Fid, Layer};
use sqlx::{Connection, QueryBuilder, SqliteConnection};

use super::ask::{all, execute, first, one};
use super::{Database, Sqlite};
use crate::error::Doing;
use crate::stored::feature::{ChangeColumns, Columns, Row, change, feature, layer, scanned};
use crate::stored::number::{signed, unsigned};
use crate::stored::plan::{self, Knowledge, Known, Plan};
use crate::{Change, Chunk, Error, Put, Registry, Removed, Upserted};

const STORE: &str = "store features";
const READ: &str = "read features";

/// Rows of one insert: 500 rows of 9 values stay far below SQLite's 32,766 values a statement.
const ROWS: usize = 500;

#[async_trait]
impl Registry for Sqlite {
    async fn upsert(&self, features: &[Feature]) -> Result<Upserted, Error> {
        let rows = plan::rows(features)?;
        let mut transaction = self.registry.write(STORE).await?;
        let known = known(&mut transaction, &rows).await?;
        let plan = plan::plan(rows, &known, newest(&mut transaction).await?)?;
        write(&mut transaction, &plan).await?;
        transaction.commit().await.doing(STORE)?;
        Ok(plan.done)
    }

    async fn fill(&self, chunks: Vec<Chunk>) -> Result<Upserted, Error> {
        let mut writer = self.registry.writer.acquire().await.doing(STORE)?;
        execute(&mut *writer, STORE, sqlx::query(FILLING)).await?;
        let done = fill(&mut writer, chunks).await;
        execute(&mut *writer, STORE, sqlx::query(AS_USUAL)).await?;
        done
    }

    async fn put(&self, feature: &Feature, expected: Option<u64>) -> Result<Put, Error> {
        let rows = plan::rows([feature])?;
        let mut transaction = self.registry.write(STORE).await?;
        let known = known(&mut transaction, &rows).await?;
        let old = known.values().next();
        if let Some(revision) = plan::unexpected(old, expected) {
            return Ok(Put::Conflict { revision });
        }
        let plan = plan::plan(rows, &known, newest(&mut transaction).await?)?;
        write(&mut transaction, &plan).await?;
        transaction.commit().await.doing(STORE)?;
        Ok(plan::put(old, &plan))
    }

    async fn remove(&self, layer: Layer, fid: Fid, expected: Option<u64>) -> Result<Removed, Error> {
        const DOING: &str = "remove a feature";
        let fid = signed(fid);
        let mut transaction = self.registry.write(DOING).await?;
        let known = known_of(&mut transaction, layer, &[fid]).await?;
        if let Some(answer) = plan::remove(known.get(&(layer, fid)), expected) {
            return Ok(answer);
        }
        let revision = newest(&mut transaction).await? + 1;
        let query = sqlx::query(
            "update feature set deleted = 1, revision = ?, digest = x'', geometry = null, properties = null, attributes = null
             where layer = ? and fid = ?",
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
            "select layer, source, source_id, revision, geometry, properties, attributes
             from feature where layer = ? and fid = ? and deleted = 0",
        )
        .bind(layer.name())
        .bind(signed(fid));
        let row: Option<Columns> = first(&self.registry.readers, READ, query).await?;
        row.map(feature).transpose()
    }

    async fn page(&self, layer: Layer, after: Option<Fid>, limit: u32) -> Result<Vec<Feature>, Error> {
        let query = sqlx::query(
            "select layer, source, source_id, revision, geometry, properties, attributes
             from feature where layer = ? and fid > ? and deleted = 0 order by fid limit ?",
        )
        .bind(layer.name())
        .bind(after.map_or(-1, signed))
        .bind(limit);
        let rows: Vec<Columns> = all(&self.registry.readers, READ, query).await?;
        rows.into_iter().map(feature).collect()
    }

    async fn scan(&self, layer: Layer, after: Option<i64>, limit: u32) -> Result<(Vec<Feature>, Option<i64>), Error> {
        // In the order of the table, which is that of the live index: no page of the file is read twice.
        let query = sqlx::query(
            "select rowid, layer, source, source_id, revision, geometry, properties, attributes
             from feature indexed by feature_live where layer = ? and rowid > ? and deleted = 0 order by rowid limit ?",
        )
        .bind(layer.name())
        .bind(after.unwrap_or(-1))
        .bind(limit);
        let rows: Vec<ChangeColumns> = all(&self.registry.readers, READ, query).await?;
        scanned(rows)
    }

    async fn changes(&self, since: u64, limit: u32) -> Result<Vec<Change>, Error> {
        let query = sqlx::query(
            "select fid, layer, source, source_id, revision, geometry, properties, attributes
             from feature where revision > ? order by revision limit ?",
        )
        .bind(signed(since))
        .bind(limit);
        let rows: Vec<ChangeColumns> = all(&self.registry.readers, READ, query).await?;
        rows.into_iter().map(change).collect()
    }

    async fn counts(&self) -> Result<Vec<(Layer, u64)>, Error> {
        let query = sqlx::query("select layer, count(*) from feature where deleted = 0 group by layer order by layer");
        let rows: Vec<(String, i64)> = all(&self.registry.readers, "count features", query).await?;
        rows.into_iter().map(|(name, count)| Ok((layer(&name)?, unsigned(count)))).collect()
    }

    async fn revisions(&self) -> Result<Vec<(Layer, u64)>, Error> {
        let query = sqlx::query("select layer, revision from layer_head order by layer");
        let rows: Vec<(String, i64)> = all(&self.registry.readers, "read the layers' revisions", query).await?;
        rows.into_iter().map(|(name, newest)| Ok((layer(&name)?, unsigned(newest)))).collect()
    }

    async fn revision(&self) -> Result<u64, Error> {
        let (newest,): (i64,) = one(
            &self.registry.readers,
            "read the registry's revision",
            sqlx::query("select revision from registry_head"),
        )
        .await?;
        Ok(unsigned(newest))
    }
}

/// While a store is filled the writer keeps 1 GiB of pages: rows come in no order of their numbers, and with all of a
/// layer's index at hand none is read back.
const FILLING: &str = "pragma cache_size = -1048576";
const AS_USUAL: &str = "pragma cache_size = -65536";

async fn fill(writer: &mut SqliteConnection, chunks: Vec<Chunk>) -> Result<Upserted, Error> {
    let mut transaction = writer.begin_with("begin immediate").await.doing(STORE)?;
    let plan = plan::all(chunks.into_iter().flat_map(|chunk| chunk.rows), newest(&mut transaction).await?);
    insert(&mut transaction, &plan, "").await?;
    transaction.commit().await.doing(STORE)?;
    Ok(plan.done)
}

async fn move_layer_head(connection: &mut SqliteConnection, layer: Layer, revision: i64) -> Result<(), Error> {
    let query = sqlx::query(
        "insert into layer_head (layer, revision) values (?, ?)
         on conflict (layer) do update set revision = excluded.revision",
    )
    .bind(layer.name())
    .bind(revision);
    execute(connection, STORE, query).await.map(drop)
}

/// What the table knows of the numbers of these rows.
async fn known(connection: &mut SqliteConnection, rows: &[Row]) -> Result<Knowledge, Error> {
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

async fn known_of(connection: &mut SqliteConnection, layer: Layer, fids: &[i64]) -> Result<Knowledge, Error> {
    let query = sqlx::query(
        "select fid, source, source_id, digest, revision, deleted
         from feature where layer = ? and fid in (select value from json_each(?))",
    )
    .bind(layer.name())
    .bind(serde_json::Value::from(fids).to_string());
    let rows: Vec<(i64, String, String, Vec<u8>, i64, bool)> = all(connection, STORE, query).await?;
    let entry = |(fid, source, source_id, digest, at, deleted)| {
        ((layer, fid), Known { source, source_id, digest, revision: unsigned(at), deleted })
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn newest(connection: &mut SqliteConnection) -> Result<u64, Error> {
    let (newest,): (i64,) = one(connection, STORE, sqlx::query("select revision from registry_head")).await?;
    Ok(unsigned(newest))
}

async fn move_head(connection: &mut SqliteConnection, revision: u64) -> Result<(), Error> {
    let query = sqlx::query("update registry_head set revision = ?").bind(signed(revision));
    execute(connection, STORE, query).await.map(drop)
}

async fn write(connection: &mut SqliteConnection, plan: &Plan) -> Result<(), Error> {
    const OVER: &str =
        " on conflict (layer, fid) do update set revision = excluded.revision, deleted = 0, digest = excluded.digest,
              geometry = excluded.geometry, properties = excluded.properties, attributes = excluded.attributes";
    insert(connection, plan, OVER).await
}

async fn insert(connection: &mut SqliteConnection, plan: &Plan, over: &'static str) -> Result<(), Error> {
    if plan.writes.is_empty() {
        return Ok(());
    }
    for rows in plan.writes.chunks(ROWS) {
        let mut insert: QueryBuilder<Database> = QueryBuilder::new(
            "insert into feature (layer, fid, source, source_id, revision, digest, geometry, properties, attributes) ",
        );
        insert.push_values(rows, |mut values, (row, revision)| {
            values.push_bind(row.key.layer.name()).push_bind(row.fid);
            values.push_bind(row.key.source.clone()).push_bind(row.key.source_id.clone());
            values.push_bind(*revision).push_bind(row.digest.clone());
            values.push_bind(row.geometry.clone()).push_bind(row.properties.clone()).push_bind(row.attributes.clone());
        });
        insert.push(over);
        // Only the statement of a full insert is worth keeping prepared.
        let query = insert.build().persistent(rows.len() == ROWS || rows.len() == 1);
        execute(&mut *connection, STORE, query).await?;
    }
    for (layer, revision) in plan.heads() {
        move_layer_head(&mut *connection, layer, revision).await?;
    }
    move_head(connection, plan.done.revision).await
}
