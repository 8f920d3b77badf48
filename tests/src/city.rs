//! The demo city: made once for a build of the binary, copied for each test.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use crate::command::binary;
use crate::folder::{Folder, scratch};
use crate::server::Server;

/// A lively corner of the demo city, in Lucheng: longitude, latitude.
pub const CENTRE: (f64, f64) = (120.6555, 28.0150);

/// The county of the demo dispatchers.
pub const LUCHENG: &str = "330302";

/// The county beside it.
pub const LONGWAN: &str = "330303";

/// A copy of the demo city. Tests run in many processes at once: the first one makes it, the others wait for it.
pub fn demo_city() -> Folder {
    let made = fs::metadata(binary()).expect("the binary can be looked at");
    let built = made.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let name = format!("city-{}-{}", made.len(), built.as_millis());
    Folder::copy_of(&made_once(&name))
}

fn made_once(name: &str) -> PathBuf {
    let (city, lock) = (scratch().join(name), scratch().join("city.lock"));
    let lock = File::create(lock).expect("a lock file beside the city");
    lock.lock().expect("the lock of the city");
    if !city.is_dir() {
        forget_older_cities();
        let fresh = Folder::new();
        // The server is stopped here, before the copy: what it wrote is on disk.
        drop(Server::demo_in(&fresh, &["--still"], &[]));
        fs::rename(fresh.data(), &city).expect("the city moves to its place");
    }
    city
}

fn forget_older_cities() {
    let entries = fs::read_dir(scratch()).into_iter().flatten().flatten();
    for old in entries.filter(|e| e.path().is_dir() && e.file_name().to_string_lossy().starts_with("city-")) {
        drop(fs::remove_dir_all(old.path()));
    }
}
