//! Imports that somebody is at work on: whoever has one in hand holds an advisory lock on a connection of its own, so that
//! of any number of processes one at a time stages and publishes it. PostgreSQL lets go of it when that connection ends,
//! also when its process was killed.

use std::time::{Duration, Instant};

use sqlx::postgres::PgPool;
use sqlx::{Connection, PgConnection};

use super::ask::{all, first, one};
use super::claim::KEEPALIVE;
use crate::Error;
use crate::error::Doing;

/// `onei` as bytes; the second number of the lock is that of the import.
const KEY: i32 = 0x6f6e_6569;
/// How long an import that broke off just now may still seem to be in somebody's hands.
const ENDING: Duration = Duration::from_millis(300);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(30);

/// A hand that may hold an import.
pub(super) struct Hand(PgConnection);

impl Hand {
    /// An empty one.
    pub(super) async fn open(pool: &PgPool, doing: &'static str) -> Result<Self, Error> {
        let options = (*pool.connect_options()).clone().application_name("onemap import").options(KEEPALIVE);
        let mut connection = PgConnection::connect_with(&options).await.doing(doing)?;
        // It stands idle for as long as an import takes. PostgreSQL 13 has no such setting.
        let forever =
            sqlx::query("select set_config(name, '0', false) from pg_settings where name = 'idle_session_timeout'");
        first::<(String,)>(&mut connection, doing, forever).await?;
        Ok(Self(connection))
    }

    /// Takes an import; false when somebody has it.
    pub(super) async fn take(&mut self, id: i64, doing: &'static str) -> Result<bool, Error> {
        let query = sqlx::query("select pg_try_advisory_lock($1, $2)").bind(KEY).bind(short(id));
        one::<(bool,)>(&mut self.0, doing, query).await.map(|(taken,)| taken)
    }

    /// Takes the newest unfinished import of a file that nobody has: digest, layers, source, system.
    pub(super) async fn take_broken_off(&mut self, of: [&str; 4], doing: &'static str) -> Result<Option<i64>, Error> {
        let begun = Instant::now();
        loop {
            let [sha256, layers, source, crs] = of;
            let query = sqlx::query(
                "select id from import where state = 'staging' and sha256 = $1 and layers = $2 and source = $3
                 and crs = $4 order by id desc",
            );
            let query = query.bind(sha256).bind(layers).bind(source).bind(crs);
            let unfinished: Vec<(i64,)> = all(&mut self.0, doing, query).await?;
            for (id,) in &unfinished {
                if self.take(*id, doing).await? {
                    return Ok(Some(*id));
                }
            }
            if unfinished.is_empty() || begun.elapsed() >= ENDING {
                return Ok(None);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Whether nobody has an import, and nobody will until the end of the transaction.
pub(super) async fn is_free(connection: &mut PgConnection, id: i64, doing: &'static str) -> Result<bool, Error> {
    let query = sqlx::query("select pg_try_advisory_xact_lock($1, $2)").bind(KEY).bind(short(id));
    one::<(bool,)>(connection, doing, query).await.map(|(free,)| free)
}

/// Numbers come one after the other: two that are alike in this lie four thousand million imports apart.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
const fn short(id: i64) -> i32 {
    id as i32
}
