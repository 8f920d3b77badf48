//! `onemap backup` and `onemap restore`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{DATA_FILES, ErrorKind, Heads, Location};

use super::place::{Opened, Place};
use super::say;
use super::users::note;
use crate::app::{now_ms, rfc3339};

/// What a backup says of itself; written last, so that a folder without it is not a whole backup.
const MANIFEST: &str = "backup.json";
/// The dump of a database.
const DUMP: &str = "onemap.dump";
/// Where a restore is put together before it takes the place of what is there.
const STAGE: &str = "restore.tmp";

/// What a backup says of itself.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Form of this file.
    format: u32,
    /// Version of the program that made it.
    onemap: String,
    made_at: String,
    /// `sqlite` or `postgis`.
    store: String,
    files: Vec<Kept>,
    /// Last event of the log, last row of the audit, newest revision; of a database as they were just before the dump.
    log: (u64, String),
    audit: (u64, String),
    registry_revision: u64,
}

/// A file of a backup.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    bytes: u64,
    sha256: String,
}

/// Copy everything that is remembered into a folder, also while a server runs.
#[derive(Args, Debug)]
pub(super) struct Backup {
    /// Folder to make the backup in; it must be empty or not there
    to: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Backup {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let to = &self.to;
        let free = !to.exists() || fs::read_dir(to).with_context(|| format!("read {}", to.display()))?.next().is_none();
        ensure!(free, "{} is not empty: a backup goes into a folder of its own", to.display());
        let (kind, heads, names) = match self.place.location()? {
            Location::Data(data) => ("sqlite", store::copy_data(&data, to).await?, DATA_FILES.to_vec()),
            Location::Database(url) => {
                let opened = self.place.open_kept().await?;
                note(&opened.store, "backup", DUMP).await?;
                let log = opened.store.log_head().await?;
                let heads = Heads {
                    log: (log.seq, crate::app::hex(log.hash)),
                    revision: opened.store.revision().await?,
                    ..Heads::default()
                };
                opened.store.close().await;
                dump(&url, to)?;
                ("postgis", heads, vec![DUMP])
            }
        };
        let files = names.into_iter().map(|name| kept(to, name)).collect::<Result<Vec<_>>>()?;
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        let manifest = Manifest {
            format: 1,
            onemap: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: rfc3339(now_ms()),
            store: kind.to_owned(),
            files,
            log: heads.log,
            audit: heads.audit,
            registry_revision: heads.revision,
        };
        let path = to.join(MANIFEST);
        fs::write(&path, serde_json::to_vec_pretty(&manifest)?).with_context(|| format!("write {}", path.display()))?;
        for made in [&path, to] {
            File::open(made).and_then(|file| file.sync_all()).with_context(|| format!("sync {}", made.display()))?;
        }
        say(&format!(
            "backed up {bytes} bytes to {}: log to event {}, registry to revision {}",
            to.display(),
            manifest.log.0,
            manifest.registry_revision
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Bring a backup back into an empty folder or database.
#[derive(Args, Debug)]
pub(super) struct Restore {
    /// Folder that `onemap backup` has made
    from: PathBuf,
    /// Throw away what is there
    #[arg(long)]
    force: bool,
    /// Restore a database although servers use it: they refuse commands from then on and must be started anew
    #[arg(long)]
    despite_servers: bool,
    #[command(flatten)]
    place: Place,
}

impl Restore {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let manifest = read(&self.from)?;
        let location = self.place.location()?;
        // As long as it is held, no server starts on the database.
        let mut alone = None;
        let Opened { store, lock } = match (&location, manifest.store.as_str()) {
            (Location::Data(data), "sqlite") => {
                self.to_folder(data, &manifest).await?;
                self.place.open().await?
            }
            (Location::Database(url), "postgis") => {
                alone = self.alone(url).await?;
                store::clear_database(url, self.force).await.context("use --force to throw it away")?;
                load(url, &self.from)?;
                Opened { store: store::open_restored(url).await?, lock: None }
            }
            (_, kind) => bail!("this is a backup of a {kind} store, and cannot be restored into the other kind"),
        };
        verified(&store).await?;
        let revision = store.revision().await?;
        ensure!(revision >= manifest.registry_revision, "the registry ends at {revision}, before the backup does");
        note(&store, "restore", &format!("backup of {}", manifest.made_at)).await?;
        // Seconds since 1970: also two restores of one backup are two generations.
        let epoch = store.begin_epoch(u32::try_from(now_ms() / 1_000).unwrap_or(u32::MAX)).await?;
        store.close().await;
        drop(lock);
        if let Some(alone) = alone {
            alone.end().await?;
        }
        say(&format!(
            "restored the backup of {}; both chains hold; the log goes on in epoch {epoch}",
            manifest.made_at
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// Has the database without servers on it; `None` when some are and that is to be so.
    async fn alone(&self, url: &str) -> Result<Option<store::Alone>> {
        match store::alone(url).await {
            Ok(alone) => Ok(Some(alone)),
            Err(error) if error.kind() == ErrorKind::Conflict && self.despite_servers => {
                say(&format!("{error}; they refuse commands from now on: start them anew"));
                Ok(None)
            }
            Err(error) => Err(error).context("stop the servers first, or say --despite-servers"),
        }
    }

    /// Puts the files together beside what is there, verifies them, and only then puts them in its place.
    async fn to_folder(&self, data: &Path, manifest: &Manifest) -> Result<()> {
        // As long as it is held, no server starts here.
        let lock = store::lock(data).context("a restore needs the folder for itself")?;
        let there = DATA_FILES.iter().find(|name| data.join(name).exists());
        if let (Some(name), false) = (there, self.force) {
            bail!("{} holds {name} already: choose another folder, or --force to throw it away", data.display());
        }
        let stage = data.join(STAGE);
        if stage.exists() {
            fs::remove_dir_all(&stage).with_context(|| format!("remove {}", stage.display()))?;
        }
        fs::create_dir_all(&stage).with_context(|| format!("make {}", stage.display()))?;
        for name in DATA_FILES {
            ensure!(manifest.files.iter().any(|file| file.name == name), "the backup does not hold {name}");
            let target = stage.join(name);
            fs::copy(self.from.join(name), &target).with_context(|| format!("copy {name}"))?;
            File::open(&target).and_then(|file| file.sync_all()).with_context(|| format!("sync {name}"))?;
        }
        let heads = store::heads(&stage).await?;
        let said =
            Heads { log: manifest.log.clone(), audit: manifest.audit.clone(), revision: manifest.registry_revision };
        ensure!(heads == said, "the files end elsewhere than the backup says: {heads:?}, not {said:?}");
        let copy = store::open(&Location::Data(stage.clone())).await?;
        verified(&copy).await?;
        copy.close().await;
        for name in DATA_FILES {
            for end in ["", "-wal", "-shm"] {
                let old = data.join(format!("{name}{end}"));
                if old.exists() {
                    fs::remove_file(&old).with_context(|| format!("remove {}", old.display()))?;
                }
            }
        }
        for name in DATA_FILES {
            fs::rename(stage.join(name), data.join(name)).with_context(|| format!("put {name} in its place"))?;
        }
        fs::remove_dir_all(&stage).with_context(|| format!("remove {}", stage.display()))?;
        File::open(data).and_then(|folder| folder.sync_all()).context("sync the folder")?;
        drop(lock);
        Ok(())
    }
}

/// The manifest of a backup, after every file was found to be what it says.
fn read(from: &Path) -> Result<Manifest> {
    let path = from.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("read {}: it is no whole backup", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| format!("read {}", path.display()))?;
    ensure!(manifest.format == 1, "this backup has form {}, which this version does not know", manifest.format);
    for file in &manifest.files {
        ensure!(
            DATA_FILES.contains(&file.name.as_str()) || file.name == DUMP,
            "the backup names {:?}, which is no part of one",
            file.name
        );
        let found = kept(from, &file.name)?;
        let same = found.bytes == file.bytes && found.sha256 == file.sha256;
        ensure!(same, "{} is not what was backed up: its digest differs", from.join(&file.name).display());
    }
    Ok(manifest)
}

fn kept(folder: &Path, name: &str) -> Result<Kept> {
    let path = folder.join(name);
    let mut file = File::open(&path).with_context(|| format!("open {}", path.display()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).with_context(|| format!("read {}", path.display()))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(Kept { name: name.to_owned(), bytes, sha256: crate::app::hex(hash.finalize()) })
}

async fn verified(store: &std::sync::Arc<dyn store::Store>) -> Result<()> {
    let log = store.log_verify(0).await?;
    ensure!(log.first_bad.is_none(), "the log does not hold: {}", log.why.unwrap_or_default());
    let audit = store.audit_verify().await?;
    ensure!(audit.first_bad.is_none(), "the audit does not hold from row {}", audit.first_bad.unwrap_or_default());
    Ok(())
}

/// PostgreSQL's own tool makes one consistent picture while servers write. What imports have staged is left out.
fn dump(url: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("make {}", to.display()))?;
    let mut command = tool("pg_dump", url);
    command.args(["--format=custom", "--schema=onemap", "--no-owner", "--no-privileges"]);
    command.args(["--exclude-table-data=onemap.staged_*", "--file"]).arg(to.join(DUMP));
    finished("pg_dump", &mut command)
}

fn load(url: &str, from: &Path) -> Result<()> {
    let mut command = tool("pg_restore", url);
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]).arg(from.join(DUMP));
    finished("pg_restore", &mut command)
}

/// One of PostgreSQL's tools on a database. The password goes by the environment: a command line can be read by others.
fn tool(name: &str, url: &str) -> Command {
    let (url, password) = parted(url);
    let mut command = Command::new(name);
    command.arg("--dbname").arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// A URL without its password, and the password.
fn parted(url: &str) -> (String, Option<String>) {
    let whole = || (url.to_owned(), None);
    let Some((scheme, rest)) = url.split_once("://") else { return whole() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let Some(at) = rest.get(..end).and_then(|authority| authority.rfind('@')) else { return whole() };
    let (login, host) = rest.split_at(at);
    let Some((user, password)) = login.split_once(':') else { return whole() };
    (format!("{scheme}://{user}{host}"), Some(decoded(password)))
}

/// Percent signs resolved.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        if let Some(byte) = hex.filter(|_| first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn finished(name: &str, command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| {
        format!(
            "{name} cannot be started: install PostgreSQL's client tools (Debian: apt-get install postgresql-client)"
        )
    })?;
    ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, without: &str, password: Option<&str>) {
        assert_eq!(parted(url), (without.to_owned(), password.map(str::to_owned)), "{url}");
    }

    #[test]
    fn a_password_is_taken_out_of_a_url() {
        check("postgres://me:s%40c%2Fret@host:5432/db?x=1", "postgres://me@host:5432/db?x=1", Some("s@c/ret"));
        check("postgres://me@host/db", "postgres://me@host/db", None);
        check("postgres://host/db?options=a:b@c", "postgres://host/db?options=a:b@c", None);
        check("postgres://me:@host", "postgres://me@host", Some(""));
        check("nonsense", "nonsense", None);
        check("postgres://me:50%@host", "postgres://me@host", Some("50%"));
    }
}
