//! Published plans in schema `onemap`.

use async_trait::async_trait;
use patrol::{Draft, Plan};

use super::Postgis;
use super::ask::{all, execute, first};
use super::asked::asked;
use crate::error::Doing;
use crate::stored::published::{self, Columns};
use crate::{Error, Plans, Publish};

const READ: &str = "read plans";

#[async_trait]
impl Plans for Postgis {
    /// The table is locked against other writers, so that of two who publish at once the second follows the first. It is
    /// seldom written.
    async fn publish_plan(&self, draft: Draft, by: &str, at_ms: i64, follows: Option<u32>) -> Result<Publish, Error> {
        const DOING: &str = "publish a plan";
        let mut transaction = self.write(DOING).await?;
        execute(&mut transaction, DOING, sqlx::query("lock table plan in share row exclusive mode")).await?;
        let query = sqlx::query(
            "select id, version, published_by, at_ms, body from plan where id = $1 order by version desc limit 1",
        )
        .bind(asked(&draft.id).to_owned());
        let newest: Option<Columns> = first(&mut transaction, DOING, query).await?;
        let (done, row) = published::next(draft, by, at_ms, follows, newest)?;
        let Some((id, version, by, at_ms, body)) = row else { return Ok(done) };
        let query =
            sqlx::query("insert into plan (id, version, published_by, at_ms, body) values ($1, $2, $3, $4, $5)")
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
            "select id, version, published_by, at_ms, body from plan
             where id = $1 and ($2::bigint is null or version = $2) order by version desc limit 1",
        )
        .bind(asked(id))
        .bind(version.map(i64::from));
        let row: Option<Columns> = first(&self.pool, READ, query).await?;
        row.map(published::read).transpose()
    }

    async fn plans(&self, after: Option<&str>, limit: u32) -> Result<Vec<Plan>, Error> {
        let query = sqlx::query(
            "select id, version, published_by, at_ms, body from plan as each
             where id > $1 and version = (select max(version) from plan where id = each.id) order by id limit $2",
        )
        .bind(asked(after.unwrap_or_default()))
        .bind(i64::from(limit));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(published::read).collect()
    }
}
