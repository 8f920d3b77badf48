//! One process a data folder: a lock file that says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Error;
use crate::error::Doing;

const DOING: &str = "lock the data folder";

/// Holds the data folder until it is dropped or the process ends.
#[derive(Debug)]
pub struct DataLock {
    file: File,
}

/// Takes the data folder for this process; `Conflict` (saying where the other one listens) when somebody has it.
pub fn lock(data: &Path) -> Result<DataLock, Error> {
    crate::location::make_folder(data)?;
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path(data)).doing(DOING)?;
    // Whoever asks `holder` has the file locked for a moment: try again before believing it.
    let mut tries = 0;
    while let Err(refusal) = file.try_lock() {
        tries += 1;
        match refusal {
            TryLockError::Error(error) => return Err(Error::unavailable(DOING, error)),
            TryLockError::WouldBlock if tries < 5 => std::thread::sleep(Duration::from_millis(20)),
            TryLockError::WouldBlock => {
                let who = std::fs::read_to_string(path(data)).unwrap_or_default();
                let mut lines = who.lines();
                let process = lines.next().unwrap_or("unknown");
                let address = lines.next().map(|address| format!(", which listens on {address}")).unwrap_or_default();
                return Err(Error::conflict(
                    DOING,
                    format!("{} is used by process {process}{address}", data.display()),
                ));
            }
        }
    }
    write(&mut file, "")?;
    Ok(DataLock { file })
}

/// The address that the process on this data folder has announced; `None` when the folder is free or nothing listens.
pub fn holder(data: &Path) -> Option<String> {
    let file = File::open(path(data)).ok()?;
    match file.try_lock_shared() {
        Ok(()) | Err(TryLockError::Error(_)) => None,
        Err(TryLockError::WouldBlock) => {
            let who = std::fs::read_to_string(path(data)).ok()?;
            who.lines().nth(1).map(ToOwned::to_owned)
        }
    }
}

impl DataLock {
    /// Writes down where this process listens, for [`holder`].
    pub fn announce(&mut self, address: &str) -> Result<(), Error> {
        write(&mut self.file, address)
    }
}

/// Process number on the first line, address on the second.
fn write(file: &mut File, address: &str) -> Result<(), Error> {
    let text = format!("{}\n{address}", std::process::id());
    file.set_len(0).doing(DOING)?;
    file.rewind().doing(DOING)?;
    file.write_all(text.trim_end().as_bytes()).doing(DOING)
}

fn path(data: &Path) -> PathBuf {
    data.join("onemap.lock")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn one_at_a_time_and_it_says_where() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(holder(data.path()), None);
        let mut first = lock(data.path()).unwrap();
        assert_eq!(holder(data.path()), None);
        first.announce("127.0.0.1:8080").unwrap();
        assert_eq!(holder(data.path()).as_deref(), Some("127.0.0.1:8080"));
        let refusal = lock(data.path()).unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Conflict);
        assert!(refusal.to_string().contains("127.0.0.1:8080"), "{refusal}");
        drop(first);
        assert_eq!(holder(data.path()), None);
        lock(data.path()).unwrap();
    }
}
