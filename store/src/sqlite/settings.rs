//! Settings in `ops.db`.

use async_trait::async_trait;

use super::Sqlite;
use crate::error::Doing;
use crate::settings::check;
use crate::{Error, Settings};

const READ: &str = "read a setting";
const STORE: &str = "store a setting";

#[async_trait]
impl Settings for Sqlite {
    async fn setting(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        sqlx::query_scalar("select value from setting where name = ?")
            .bind(key)
            .fetch_optional(&self.ops.readers)
            .await
            .doing(READ)
    }

    async fn put_setting(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        check(key)?;
        sqlx::query(
            "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(&self.ops.writer)
        .await
        .doing(STORE)?;
        Ok(())
    }

    async fn put_setting_if_absent(&self, key: &str, value: &[u8]) -> Result<Vec<u8>, Error> {
        check(key)?;
        let mut transaction = self.ops.write(STORE).await?;
        sqlx::query("insert into setting (name, value) values (?, ?) on conflict (name) do nothing")
            .bind(key)
            .bind(value)
            .execute(&mut *transaction)
            .await
            .doing(STORE)?;
        let stored = sqlx::query_scalar("select value from setting where name = ?").bind(key);
        let stored = stored.fetch_one(&mut *transaction).await.doing(STORE)?;
        transaction.commit().await.doing(STORE)?;
        Ok(stored)
    }
}
