//! Where the data is: a folder or a database, never guessed.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use store::{DataLock, Location, Store};

/// Where the data is.
#[derive(Args, Debug, Clone, Default)]
pub struct Place {
    /// Data folder (SQLite inside); made by demo, serve, import, migrate and `user add` if it is not there
    #[arg(long, env = "ONEMAP_DATA", conflicts_with = "database_url")]
    pub data: Option<PathBuf>,
    /// PostgreSQL with PostGIS: `postgres://user:password@host/database`
    #[arg(long, env = "ONEMAP_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

/// A store that is open, and the lock on its folder as long as it lives.
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The folder's lock; a database arbitrates itself.
    pub lock: Option<DataLock>,
}

impl Place {
    /// Where it is, or what is missing.
    pub fn location(&self) -> Result<Location> {
        match (&self.data, &self.database_url) {
            (Some(folder), None) => Ok(Location::Data(folder.clone())),
            (None, Some(url)) => Ok(Location::Database(url.clone())),
            (None, None) => bail!("say where the data is: --data FOLDER or --database-url URL"),
            (Some(_), Some(_)) => bail!("--data and --database-url exclude each other"),
        }
    }

    /// Opens a store that is there already, for commands that have nothing to say about an empty one: a folder without
    /// data is refused and not made.
    pub async fn open_kept(&self) -> Result<Opened> {
        if let Location::Data(folder) = self.location()?
            && !store::is_kept(&folder)
        {
            bail!("{} holds no onemap data", folder.display());
        }
        self.open().await
    }

    /// Opens the store, or makes it. A folder that a server is using is refused in words: two writers would not see each
    /// other.
    pub async fn open(&self) -> Result<Opened> {
        let location = self.location()?;
        let lock = match &location {
            Location::Data(folder) => Some(store::lock(folder).with_context(|| match store::holder(folder) {
                Some(address) => format!("a server on {address} is using this folder: stop it, or use its API"),
                None => "the data folder cannot be used".to_owned(),
            })?),
            Location::Database(_) => None,
        };
        let store = store::open(&location).await?;
        Ok(Opened { store, lock })
    }
}
