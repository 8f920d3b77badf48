//! Where the store is, and the one door to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Doing;
use crate::postgis::Alone;
use crate::{Error, Store};

/// Where things are remembered.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder: SQLite, nothing to install.
    Data(PathBuf),
    /// A PostgreSQL URL: `postgres://user:password@host:port/database`.
    Database(String),
}

impl std::fmt::Debug for Location {
    /// Leaves the URL out: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Data(path) => f.debug_tuple("Data").field(path).finish(),
            Self::Database(_) => f.debug_tuple("Database").finish_non_exhaustive(),
        }
    }
}

/// Opens the store; makes folder, files and tables that are missing, and brings old ones up to date.
pub async fn open(location: &Location) -> Result<Arc<dyn Store>, Error> {
    match location {
        Location::Data(folder) => Ok(Arc::new(crate::sqlite::Sqlite::open(folder).await?)),
        Location::Database(url) => Ok(Arc::new(crate::postgis::Postgis::open(url, false).await?)),
    }
}

/// Opens the database that a restore has [`alone`].
pub async fn open_restored(url: &str) -> Result<Arc<dyn Store>, Error> {
    Ok(Arc::new(crate::postgis::Postgis::open(url, true).await?))
}

/// Has a database that no server uses, and that none begins to use until the answer ends; `Conflict`, naming them, while
/// servers use it. The claim of one that has just ended is waited for.
pub async fn alone(url: &str) -> Result<Alone, Error> {
    Alone::take(url).await
}

/// Whether the folder holds a store already.
pub fn is_kept(folder: &Path) -> bool {
    folder.join(crate::sqlite::OPS).is_file()
}

/// Makes the data folder, for its owner only: it holds the hashes of passwords.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Error> {
    let mut maker = std::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(folder).doing("make the data folder")
}
