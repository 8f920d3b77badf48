//! Who serves on a database: each server holds an advisory lock, shared, on a connection of its own; a restore wants it
//! alone. PostgreSQL lets go of it when that connection ends, also when its server was killed.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{Connection, PgConnection};
use tokio::task::AbortHandle;

use super::ask::{all, one};
use crate::Error;
use crate::error::Doing;

/// `onemap` as bytes, and a number. Advisory locks are of one database.
const KEY: i64 = 0x6f6e_656d_6170_0001;
/// How often a server looks whether it still holds its claim, and tries to have it back.
const LOOK: Duration = Duration::from_secs(5);
/// How long a restore waits for the claim of a server that has just ended.
const ENDING: Duration = Duration::from_secs(2);
/// Between two tries of a restore.
const PAUSE: Duration = Duration::from_millis(100);
/// PostgreSQL finds within half a minute that a server's machine has gone: idle time, interval, tries.
pub(super) const KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "15"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")];
/// Bytes of a name that PostgreSQL keeps of a connection.
const LONGEST_NAME: usize = 63;

/// The task that holds the claim, from the first time that it is made.
#[derive(Debug, Default)]
pub(super) struct Claim(Mutex<Option<AbortHandle>>);

impl Claim {
    /// Makes the claim; `Conflict` while a restore is under way. When its connection breaks, it is made again.
    pub(super) async fn make(&self, pool: &PgPool, name: &str) -> Result<(), Error> {
        let mut name = format!("onemap {name}");
        name.truncate(name.floor_char_boundary(LONGEST_NAME));
        let options = (*pool.connect_options()).clone().application_name(&name).options(KEEPALIVE);
        let held = hold(&options).await?;
        let task = tokio::spawn(keep(held, options)).abort_handle();
        if let Some(before) = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task) {
            before.abort();
        }
        Ok(())
    }

    /// Lets go of it.
    pub(super) fn end(&self) {
        if let Some(task) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.end();
    }
}

async fn hold(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let mut connection = PgConnection::connect_with(options).await.doing("say who serves")?;
    share(&mut connection).await?;
    Ok(connection)
}

/// Takes the lock, shared, for as long as the connection lives; `Conflict` while somebody has it alone.
pub(super) async fn share(connection: &mut PgConnection) -> Result<(), Error> {
    const DOING: &str = "use the database";
    let query = sqlx::query("select pg_try_advisory_lock_shared($1)").bind(KEY);
    let (shared,): (bool,) = one(connection, DOING, query).await?;
    if shared { Ok(()) } else { Err(Error::conflict(DOING, "a restore is under way: wait until it has ended")) }
}

async fn keep(held: PgConnection, options: PgConnectOptions) {
    let mut held = Some(held);
    loop {
        tokio::time::sleep(LOOK).await;
        if let Some(connection) = &mut held
            && connection.ping().await.is_ok()
        {
            continue;
        }
        held = match hold(&options).await {
            Ok(again) => Some(again),
            Err(error) => {
                tracing::warn!(%error, "a restore would not know that this server runs; trying again");
                None
            }
        };
    }
}

/// A database that no server uses, and that none begins to use while this lives.
pub struct Alone(PgConnection);

impl std::fmt::Debug for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alone")
    }
}

impl Alone {
    /// See [`alone`](crate::alone).
    pub(crate) async fn take(url: &str) -> Result<Self, Error> {
        const DOING: &str = "have the database alone";
        let options = PgConnectOptions::from_str(url).doing(DOING)?.application_name("onemap restore");
        let mut connection = PgConnection::connect_with(&options).await.doing(DOING)?;
        let begun = Instant::now();
        loop {
            let query = sqlx::query("select pg_try_advisory_lock($1)").bind(KEY);
            let (taken,): (bool,) = one(&mut connection, DOING, query).await?;
            if taken {
                return Ok(Self(connection));
            }
            if begun.elapsed() >= ENDING {
                let users = users(&mut connection).await?;
                return Err(Error::conflict(DOING, format!("it is used by {}", users.join("; "))));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lets others use it again.
    pub async fn end(self) -> Result<(), Error> {
        self.0.close().await.doing("let go of the database")
    }
}

/// Who holds the lock, in words.
async fn users(connection: &mut PgConnection) -> Result<Vec<String>, Error> {
    const QUERY: &str = "select coalesce(nullif(application_name, ''), 'somebody'),
            coalesce(host(client_addr), 'this machine'),
            coalesce(to_char(backend_start at time zone 'utc', 'yyyy-mm-dd\"T\"hh24:mi:ss\"Z\"'), 'an unknown time')
        from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and granted and pid <> pg_backend_pid() and objsubid = 1
            and pg_locks.database = (select oid from pg_database where datname = current_database())
            and classid::bigint = $1 >> 32 and objid::bigint = $1 & 4294967295
        order by backend_start";
    let rows: Vec<(String, String, String)> =
        all(connection, "see who uses the database", sqlx::query(QUERY).bind(KEY)).await?;
    if rows.is_empty() {
        return Ok(vec!["somebody who has just ended: try again".to_owned()]);
    }
    Ok(rows.into_iter().map(|(name, from, since)| format!("{name} (from {from}, since {since})")).collect())
}
