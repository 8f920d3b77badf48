//! The ground that a case stands on: a fresh store of one backend, a second way in, and a way past the store.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot prepare its ground has failed")]

pub(crate) mod features;
pub(crate) mod postgres;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use store::{Location, Store};
use tempfile::TempDir;

/// A fresh store.
pub(crate) struct Ground {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) location: Location,
    folder: Option<TempDir>,
}

impl Ground {
    /// SQLite in a folder of its own.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Data(folder.path().join("data"));
        Self { store: store::open(&location).await.unwrap(), location, folder: Some(folder) }
    }

    /// PostGIS in a database of its own.
    pub(crate) async fn postgis() -> Self {
        let location = Location::Database(postgres::fresh_database().await);
        Self { store: store::open(&location).await.unwrap(), location, folder: None }
    }

    /// The same place opened once more, as another server or a restart would.
    pub(crate) async fn again(&self) -> Arc<dyn Store> {
        store::open(&self.location).await.unwrap()
    }

    /// Changes something behind the store's back: `file` is where SQLite has the table.
    pub(crate) async fn tamper(&self, file: &str, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        match &self.location {
            Location::Data(folder) => {
                let mut connection = sqlite(folder.join(format!("{file}.db"))).await;
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Location::Database(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql("set search_path = onemap, public").execute(&mut connection).await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// A number that is read past the store.
    pub(crate) async fn count(&self, file: &str, question: &str) -> i64 {
        let question = AssertSqlSafe(question.to_owned());
        match &self.location {
            Location::Data(folder) => {
                let mut connection = sqlite(folder.join(format!("{file}.db"))).await;
                sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap()
            }
            Location::Database(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql("set search_path = onemap, public").execute(&mut connection).await.unwrap();
                sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// Gives the ground back after the case has passed; a failed case leaves its database to be looked at.
    pub(crate) async fn clear(self) {
        drop(self.store);
        if let Location::Database(url) = &self.location {
            postgres::drop_database(url).await;
        }
    }
}

/// One of the files, past the store.
pub(crate) async fn sqlite(path: PathBuf) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// A case, boxed: what runs it is then compiled once, and not once for every case.
pub(crate) type Case = for<'a> fn(&'a Ground) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Runs a case on SQLite.
pub(crate) fn on_sqlite(case: Case) {
    run(Box::pin(Ground::sqlite()), case);
}

/// Runs a case on PostGIS.
pub(crate) fn on_postgis(case: Case) {
    run(Box::pin(Ground::postgis()), case);
}

fn run(ground: Pin<Box<dyn Future<Output = Ground>>>, case: Case) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let ground = ground.await;
        case(&ground).await;
        ground.clear().await;
    });
}
