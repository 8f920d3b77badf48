//! The larger backend: PostgreSQL with PostGIS, schema `onemap`, any number of servers on one database.

mod accounts;
mod ask;
mod asked;
mod audit;
mod bulk;
mod claim;
mod clear;
mod hand;
mod history;
mod imports;
mod log;
mod notices;
mod past;
mod plans;
mod positions;
mod registry;
mod roster;
mod settings;
mod staging;
mod undo;

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection, Postgres, Transaction};

pub use self::claim::Alone;
pub(crate) use self::clear::clear;

use self::ask::one;
use crate::committer::Committer;
use crate::error::Doing;
use crate::log::Bell;
use crate::migrations::{self, POSTGIS};
use crate::token::hex;
use crate::{Error, Store};

/// A pool of connections to one database.
pub(crate) struct Postgis {
    pool: PgPool,
    committer: Committer,
    bell: Bell,
    listener: log::Listener,
    claim: claim::Claim,
    /// By which this server knows its own notices.
    name: String,
}

const CONNECTIONS: u32 = 10;
/// How long a caller waits for a connection.
const WAIT: Duration = Duration::from_secs(4);

impl Postgis {
    /// Connects, refuses a database that forgets, and brings the tables up to date (one server at a time does that).
    /// While a restore is under way that is a `Conflict`, except for the restore itself, which has the database `alone`.
    pub(crate) async fn open(url: &str, alone: bool) -> Result<Self, Error> {
        const DOING: &str = "open the database";
        let options = PgConnectOptions::from_str(url).doing(DOING)?;
        // Isolation as our locks on head rows expect it, whatever the database's default is.
        // And whoever stops in the middle of a transaction does not keep a head row from the others for ever.
        let settings = [
            ("search_path", "onemap,public"),
            ("default_transaction_isolation", "read committed"),
            ("idle_in_transaction_session_timeout", "60s"),
        ];
        let options = options.application_name("onemap").options(settings);
        // Once without the pool, which would ask again and again and in the end not say what is wrong.
        let mut first = PgConnection::connect_with(&options).await.doing(DOING)?;
        let query = sqlx::query("select current_setting('fsync'), current_setting('synchronous_commit')");
        let (fsync, commit): (String, String) = one(&mut first, DOING, query).await?;
        remembers(&fsync, &commit)?;
        if !alone {
            claim::share(&mut first).await?;
        }
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(WAIT);
        let pool = pool.connect_with(options).await.doing(DOING)?;
        let mut migrator = migrations::migrator(POSTGIS);
        migrator.create_schema("onemap");
        migrator.run(&pool).await.doing(DOING)?;
        first.close().await.doing(DOING)?;
        let committer = Committer::start(audit::DatabaseChain(pool.clone()));
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(|error| Error::unavailable(DOING, error))?;
        let (listener, claim) = (log::Listener::default(), claim::Claim::default());
        Ok(Self { pool, committer, bell: Bell::new(), listener, claim, name: hex(&name) })
    }
}

/// Begins a transaction, in a task of its own: if a caller went away while `begin` is under way, sqlx 0.9.0 would give
/// the connection to the next one with the transaction open (transact-rs/sqlx#4393, fixed after 0.9.0). Once begun, a
/// transaction that is dropped is rolled back.
async fn begin(pool: &PgPool, how: &'static str, doing: &'static str) -> Result<Transaction<'static, Postgres>, Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(how).await });
    begun.await.map_err(|error| Error::unavailable(doing, error))?.doing(doing)
}

impl Postgis {
    /// Begins to write.
    async fn write(&self, doing: &'static str) -> Result<Transaction<'static, Postgres>, Error> {
        begin(&self.pool, "begin", doing).await
    }
}

#[async_trait]
impl Store for Postgis {
    fn kind(&self) -> &'static str {
        "postgis"
    }

    /// Also says no when the server it talks to has become a standby.
    async fn ping(&self) -> Result<(), Error> {
        const DOING: &str = "reach the database";
        let (read_only,): (bool,) = one(&self.pool, DOING, sqlx::query("select pg_is_in_recovery()")).await?;
        if read_only { Err(Error::unavailable(DOING, "it takes no writes: it is a standby")) } else { Ok(()) }
    }

    async fn claim(&self, name: &str) -> Result<(), Error> {
        self.claim.make(&self.pool, name).await
    }

    async fn close(&self) {
        self.claim.end();
        self.listener.stop();
        self.pool.close().await;
    }
}

/// One column of the rows, as PostgreSQL unnests it.
fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// A reply means durable, so a server that is told to lose commits is refused.
fn remembers(fsync: &str, synchronous_commit: &str) -> Result<(), Error> {
    for (name, value) in [("fsync", fsync), ("synchronous_commit", synchronous_commit)] {
        if value == "off" {
            let why = format!("PostgreSQL runs with {name} = off and may lose what it has confirmed; set {name} = on");
            return Err(Error::invalid("open the database", why));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_database_that_forgets_is_refused() {
        assert!(remembers("on", "on").is_ok());
        assert!(remembers("on", "local").is_ok());
        for (fsync, commit, name) in [("off", "on", "fsync"), ("on", "off", "synchronous_commit")] {
            let refusal = remembers(fsync, commit).unwrap_err();
            assert_eq!(refusal.kind(), ErrorKind::Invalid);
            assert!(refusal.to_string().contains(&format!("set {name} = on")), "{refusal}");
        }
    }

    #[tokio::test]
    async fn a_bad_url_does_not_repeat_the_password() {
        let refusal = Postgis::open("postgres://me:secret@@:nonsense/", false).await.err().unwrap();
        assert!(!refusal.to_string().contains("secret"), "{refusal}");
    }
}
