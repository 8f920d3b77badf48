//! Published plans in `ops.db`.

use async_trait::async_trait;
use patrol::{Draft, Plan};

use super::Sqlite;
use super::ask::{all, execute, first};
use crate::error::Doing;
use crate::stored::published::{self, Columns};
use crate::{Error, Plans, Publish};

const READ: &str = "read plans";

#[async_trait]
impl Plans for Sqlite {
    async fn publish_plan(&self, draft: Draft, by: &str, at_ms: i64, follows: Option<u32>) -> Result<Publish, Error> {
        const DOING: &str = "publish a plan";
        let mut transaction = self.ops.write(DOING).await?;
        let query = sqlx::query(
            "select id, version, published_by, at_ms, body from plan where id = ? order by version desc limit 1",
        )
        .bind(draft.id.clone());
        let newest: Option<Columns> = first(&mut transaction, DOING, query).await?;
        let (done, row) = published::next(draft, by, at_ms, follows, newest)?;
        let Some((id, version, by, at_ms, body)) = row else { return Ok(done) };
        let query = sqlx::query("insert into plan (id, version, published_by, at_ms, body) values (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(version)
            .bind(by)
            .bind(at_ms)
            .bind(body);
        execute(&mut transaction, DOING, query).await?;
        transaction.commit().await.doing(DOING)?;
        Ok(done)
    }

    async fn plan(&self, id: &str, version: Option<u32>) -> Result<Option<Plan>, Error> {
        let query = sqlx::query(
            "select id, version, published_by, at_ms, body from plan where id = ? and (? is null or version = ?)
             order by version desc limit 1",
        )
        .bind(id)
        .bind(version)
        .bind(version);
        let row: Option<Columns> = first(&self.ops.readers, READ, query).await?;
        row.map(published::read).transpose()
    }

    async fn plans(&self, after: Option<&str>, limit: u32) -> Result<Vec<Plan>, Error> {
        let query = sqlx::query(
            "select id, version, published_by, at_ms, body from plan as each
             where id > ? and version = (select max(version) from plan where id = each.id) order by id limit ?",
        )
        .bind(after.unwrap_or_default())
        .bind(limit);
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query).await?;
        rows.into_iter().map(published::read).collect()
    }
}
