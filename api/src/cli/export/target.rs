//! Where an export goes: a new file is written beside and put in its place at the end; what is no file (a pipe, a device)
//! is written into, never replaced.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What is written to.
#[derive(Debug)]
pub(super) enum Target {
    /// A file that nobody finds half written, and the path that it will have.
    Beside(tempfile::NamedTempFile, PathBuf),
    /// A pipe or a device.
    Into(File),
}

impl Target {
    /// Opens a path. Links are followed: their target is written, the link stays.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let path = if path.is_symlink() {
            fs::canonicalize(path).with_context(|| format!("follow the link {}", path.display()))?
        } else {
            path.to_owned()
        };
        match fs::metadata(&path) {
            Ok(known) if known.is_dir() => bail!("{} is a folder: name a file", path.display()),
            Ok(known) if !known.is_file() => {
                let file = OpenOptions::new().write(true).open(&path);
                Ok(Self::Into(file.with_context(|| format!("write into {}", path.display()))?))
            }
            Ok(_) | Err(_) => {
                let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let file = tempfile::NamedTempFile::new_in(folder)
                    .with_context(|| format!("make a file in {}", folder.display()))?;
                Ok(Self::Beside(file, path))
            }
        }
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> Result<()> {
        match self {
            Self::Beside(file, path) => {
                file.persist(&path).with_context(|| format!("write {}", path.display()))?;
                Ok(())
            }
            Self::Into(_) => Ok(()),
        }
    }
}

impl Write for &Target {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Target::Beside(file, _) => file.as_file().write(bytes),
            Target::Into(file) => (&mut &*file).write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Target::Beside(file, _) => file.as_file().flush(),
            Target::Into(file) => (&mut &*file).flush(),
        }
    }
}
