//! Making room for a restore.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::ask::{execute, one};
use crate::Error;
use crate::error::Doing;

/// See [`clear_database`](crate::clear_database).
pub(crate) async fn clear(url: &str, throw_away: bool) -> Result<(), Error> {
    const DOING: &str = "make room for a restore";
    let options = PgConnectOptions::from_str(url).doing(DOING)?;
    let mut connection = PgConnection::connect_with(&options).await.doing(DOING)?;
    let query = sqlx::query("select exists (select from pg_namespace where nspname = 'onemap')");
    let (there,): (bool,) = one(&mut connection, DOING, query).await?;
    if there && !throw_away {
        return Err(Error::conflict(DOING, "the database has a schema onemap already"));
    }
    for step in ["drop schema if exists onemap cascade", "create extension if not exists postgis with schema public"] {
        execute(&mut connection, DOING, sqlx::query(step)).await?;
    }
    connection.close().await.doing(DOING)
}
