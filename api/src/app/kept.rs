//! What was made of the registry, on disk beside the snapshot for the next start. A stamp that the store holds as a setting
//! tells whether a file is of this store: after a restore it is not.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::App;

/// Stamp and version before the file's own bytes.
const HEAD: usize = 16 + 8;

/// A file that is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    /// Name of the setting that holds its stamp.
    pub(super) stamp: &'static str,
    /// Name of the file.
    pub(super) file: &'static str,
}

impl Kept {
    /// What was made of that version of the registry's layer, if the disk has it and `read` can read it.
    pub(super) async fn read<T: Send + 'static>(
        self,
        app: &App,
        version: u64,
        read: impl FnOnce(&[u8]) -> Result<T, String> + Send + 'static,
    ) -> anyhow::Result<Option<T>> {
        let Some(folder) = app.limits.snapshot.clone() else { return Ok(None) };
        let Some(stamp) = app.store.setting(self.stamp).await? else { return Ok(None) };
        let reading = tokio::task::spawn_blocking(move || {
            let bytes = fs::read(folder.join(self.file)).ok()?;
            let (head, own) = bytes.split_at_checked(HEAD)?;
            if *head != *[&stamp[..], &version.to_le_bytes()].concat() {
                return None;
            }
            read(own).inspect_err(|error| tracing::warn!("{} is not used: {error}", self.file)).ok()
        });
        Ok(reading.await?)
    }

    /// Keeps bytes. What goes wrong is logged: the next start makes them anew then, and nothing else.
    pub(super) async fn write(self, app: &App, own: Vec<u8>, version: u64) {
        let Some(folder) = app.limits.snapshot.clone() else { return };
        let mut stamp = [0_u8; 16];
        if let Err(error) = getrandom::fill(&mut stamp) {
            tracing::warn!("{} is not kept: no source of randomness: {error}", self.file);
            return;
        }
        // First the store: whatever breaks off between leaves a file that does not fit.
        if let Err(error) = app.store.put_setting(self.stamp, &stamp).await {
            tracing::warn!(%error, "{} is not kept", self.file);
            return;
        }
        let bytes = [&stamp[..], &version.to_le_bytes(), &own].concat();
        let writing = tokio::task::spawn_blocking(move || swap(&folder, self.file, &bytes));
        if let Ok(Err(error)) = writing.await {
            tracing::warn!("{} is not kept: {error}", self.file);
        }
    }
}

fn swap(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut maker = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(maker.recursive(true), 0o700);
    maker.create(folder)?;
    let fresh = folder.join(format!("{name}.new"));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, folder.join(name))
}
