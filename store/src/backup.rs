//! A copy of a data folder while it is in use.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::Error;
use crate::error::Doing;

const DOING: &str = "copy the data folder";

/// Files of a data folder, in the order in which they are copied. `ops.db` comes last: an audit row is written before the
/// deed it speaks of, so no copied deed is without its row.
pub const DATA_FILES: [&str; 3] = ["positions.db", "registry.db", "ops.db"];

/// How far the copied files go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// Last event of the log of operations, and its hash, hexadecimal.
    pub log: (u64, String),
    /// Last row of the audit, and its hash.
    pub audit: (u64, String),
    /// Newest revision of the registry.
    pub revision: u64,
}

/// Copies the databases of a folder into another one, which must not hold them yet, each as it is at one moment.
///
/// Safe beside a running server, without the folder's lock: that lock keeps a second *writer* away, because a server holds
/// in memory what the files say. This opens the files read-only; SQLite's log (WAL) lets it read one moment's picture
/// while the server writes on, and neither waits for the other.
pub async fn copy_data(data: &Path, to: &Path) -> Result<Heads, Error> {
    crate::location::make_folder(to)?;
    for name in DATA_FILES {
        let named = |error: Error| error.of(name);
        let (from, target) = (data.join(name), to.join(name));
        if !from.is_file() {
            return Err(Error::not_found(DOING, format!("{} is not there", from.display())));
        }
        if target.exists() {
            return Err(Error::conflict(DOING, format!("{} is there already", target.display())));
        }
        // Made first, for its owner only: it holds the hashes of passwords. An empty file is taken as none.
        crate::sqlite::make_file(&target).doing(DOING)?;
        let text = target.to_str().ok_or_else(|| Error::invalid(DOING, "the folder's name is no Unicode text"))?;
        let mut connection = read_only(&from).await.map_err(named)?;
        let query = sqlx::query("vacuum into ?").bind(text.to_owned());
        query.execute(&mut connection).await.doing(DOING).map_err(named)?;
        connection.close().await.doing(DOING).map_err(named)?;
        std::fs::File::open(&target).and_then(|file| file.sync_all()).doing(DOING)?;
    }
    heads(to).await
}

/// How far the files of a folder go.
pub async fn heads(folder: &Path) -> Result<Heads, Error> {
    let mut ops = read_only(&folder.join("ops.db")).await?;
    let log = head(&mut ops, "log_head").await?;
    let audit = head(&mut ops, "audit_head").await?;
    ops.close().await.doing(DOING)?;
    let mut registry = read_only(&folder.join("registry.db")).await?;
    let revision: i64 =
        sqlx::query_scalar("select revision from registry_head").fetch_one(&mut registry).await.doing(DOING)?;
    registry.close().await.doing(DOING)?;
    Ok(Heads { log, audit, revision: crate::stored::number::unsigned(revision) })
}

async fn head(connection: &mut SqliteConnection, table: &'static str) -> Result<(u64, String), Error> {
    let query = AssertSqlSafe(format!("select seq, lower(hex(hash)) from {table}"));
    let (seq, hash): (i64, String) = sqlx::query_as(query).fetch_one(connection).await.doing(DOING)?;
    Ok((crate::stored::number::unsigned(seq), hash))
}

async fn read_only(path: &Path) -> Result<SqliteConnection, Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    SqliteConnection::connect_with(&options).await.doing(DOING)
}

/// Makes a database ready to take a dump of schema `onemap`: PostGIS is there and the schema is not. One that is there is
/// a `Conflict`, unless it may be thrown away.
pub async fn clear_database(url: &str, throw_away: bool) -> Result<(), Error> {
    crate::postgis::clear(url, throw_away).await
}
