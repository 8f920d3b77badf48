//! Settings in schema `onemap`.

use async_trait::async_trait;

use super::Postgis;
use super::ask::{execute, first, one};
use super::asked::asked;
use crate::settings::check;
use crate::{Error, Settings};

const READ: &str = "read a setting";
const STORE: &str = "store a setting";

#[async_trait]
impl Settings for Postgis {
    async fn setting(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let query = sqlx::query("select value from setting where name = $1").bind(asked(key));
        let row: Option<(Vec<u8>,)> = first(&self.pool, READ, query).await?;
        Ok(row.map(|(value,)| value))
    }

    async fn put_setting(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        check(key)?;
        let query = sqlx::query(
            "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        )
        .bind(key)
        .bind(value);
        execute(&self.pool, STORE, query).await.map(drop)
    }

    /// Two statements, each with its own snapshot: the first waits for whoever is storing the same name, and the second
    /// sees what that one has stored.
    async fn put_setting_if_absent(&self, key: &str, value: &[u8]) -> Result<Vec<u8>, Error> {
        check(key)?;
        let query = sqlx::query("insert into setting (name, value) values ($1, $2) on conflict (name) do nothing")
            .bind(key)
            .bind(value);
        execute(&self.pool, STORE, query).await?;
        let query = sqlx::query("select value from setting where name = $1").bind(key);
        let (stored,) = one(&self.pool, STORE, query).await?;
        Ok(stored)
    }
}
