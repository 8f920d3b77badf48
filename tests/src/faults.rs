//! What a machine may do to a server (`tests/faults/faults.c`): a full or broken disk under the log, a clock that is set.
//! The binary under test is the one that is shipped; the faults are preloaded beside it.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Command;

use crate::folder::{Folder, scratch, workspace};

/// Faults of one server, changed while it runs.
#[derive(Debug)]
pub struct Faults {
    library: PathBuf,
    file: PathBuf,
}

/// What the disk under the log of operations does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// What it should.
    Good,
    /// A sync fails: input/output error.
    SyncFails,
    /// A write fails: no space left.
    Full,
    /// A sync does nothing and says that it did.
    SyncLies,
}

impl Faults {
    /// None yet. The C compiler that Rust links with builds the library, once.
    pub fn new(folder: &Folder) -> Self {
        let (source, library) = (workspace().join("tests/faults/faults.c"), scratch().join("faults.so"));
        let lock = File::create(scratch().join("faults.lock")).expect("a lock file beside the library");
        lock.lock().expect("the lock of the library");
        let made = |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
        if made(&library) < made(&source) {
            let mut cc = Command::new("cc");
            cc.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source).arg("-ldl");
            assert!(cc.status().is_ok_and(|status| status.success()), "cc builds tests/faults/faults.c");
        }
        Self { library, file: folder.write("faults", [0; 16]) }
    }

    /// The settings under which a server feels them.
    pub fn settings(&self) -> [(&str, &str); 2] {
        [("LD_PRELOAD", self.library.to_str().unwrap_or_default()), ("FAULTS", self.file.to_str().unwrap_or_default())]
    }

    /// From now on the wall clock is so many milliseconds ahead of the truth.
    pub fn clock(&self, ahead_ms: i64) {
        self.put(0, ahead_ms);
    }

    /// From now on the disk is like that.
    pub fn disk(&self, disk: Disk) {
        let mode = match disk {
            Disk::Good => 0,
            Disk::SyncFails => 1,
            Disk::Full => 2,
            Disk::SyncLies => 3,
        };
        self.put(8, mode);
    }

    fn put(&self, at: u64, value: i64) {
        let mut file = File::options().write(true).open(&self.file).expect("the file of the faults");
        file.seek(SeekFrom::Start(at)).expect("a place in it");
        file.write_all(&value.to_ne_bytes()).expect("a fault is written");
    }
}
