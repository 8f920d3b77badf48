//! Settings in `ops.db`.

use async_trait::async_trait;

use super::Sqlite;
use super::ask::{execute, first, one};
use crate::error::Doing;
use crate::settings::check;
use crate::{Error, Settings};

const READ: &str = "read a setting";
const STORE: &str = "store a setting";

#[async_trait]
impl Settings for Sqlite {
    async fn setting(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let query = sqlx::query("select value from setting where name = ?").bind(key);
        let row: Option<(Vec<u8>,)> = first(&self.ops.readers, READ, query).await?;
        Ok(row.map(|(value,)| value))
    }

    async fn put_setting(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        check(key)?;
        let query = sqlx::query(
            "insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        )
        .bind(key)
        .bind(value);
        execute(&self.ops.writer, STORE, query).await.map(drop)
    }

    async fn put_setting_if_absent(&self, key: &str, value: &[u8]) -> Result<Vec<u8>, Error> {
        check(key)?;
        let mut transaction = self.ops.write(STORE).await?;
        let query = sqlx::query("insert into setting (name, value) values (?, ?) on conflict (name) do nothing")
            .bind(key)
            .bind(value);
        execute(&mut transaction, STORE, query).await?;
        let query = sqlx::query("select value from setting where name = ?").bind(key);
        let (stored,) = one(&mut transaction, STORE, query).await?;
        transaction.commit().await.doing(STORE)?;
        Ok(stored)
    }
}
