//! Databases of tests, in the cluster of `ONEMAP_TEST_POSTGRES` (`make test` starts one), or else in one that all test
//! processes of this machine share and that stops itself when the last of them has ended.

use std::fs::File;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::folder::workspace;

/// The URL of the cluster, and what keeps it running.
#[derive(Debug)]
struct Cluster {
    url: String,
    _users: Option<File>,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| match std::env::var("ONEMAP_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) {
        Some(url) => Cluster { url, _users: None },
        None => shared(),
    })
}

/// Takes a shared lock on the file that the script watches, then asks it for the cluster.
fn shared() -> Cluster {
    let user = Command::new("id").arg("-u").output().expect("id runs");
    let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
    let folder = std::env::temp_dir().join(format!("onemap-e2e-{user}"));
    std::fs::create_dir_all(&folder).expect("a folder for the database");
    let users = File::options().create(true).append(true).open(folder.join("users")).expect("the list of its users");
    users.lock_shared().expect("a place among its users");
    let script = workspace().join("scripts/postgres-for-tests.sh");
    let started = Command::new(script).arg("share").arg(&folder).output().expect("the script runs");
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    Cluster { url: String::from_utf8_lossy(&started.stdout).trim().to_owned(), _users: Some(users) }
}

/// A database of this test alone; dropped when the test has passed.
#[derive(Debug)]
pub struct Database {
    cluster: String,
    name: String,
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Database {
    /// A new, empty one. Without PostgreSQL and PostGIS the test fails and says how to get them.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let database =
            Self { cluster: cluster().url.clone(), name: format!("onemap_e2e_{}_{number}", std::process::id()) };
        database.run(&format!("create database {}", database.name));
        database
    }

    fn run(&self, statement: &str) {
        let done = Command::new("psql").args([&self.cluster, "-qc", statement]).output().expect("psql runs");
        assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// The address of the cluster with the name of this database in it.
    pub fn url(&self) -> String {
        let (address, query) = self.cluster.split_once('?').unwrap_or((&self.cluster, ""));
        let head = address.find("://").map_or(0, |at| at + 3);
        let server = address[head..].split_once('/').map_or(&address[head..], |(server, _)| server);
        let question = if query.is_empty() { "" } else { "?" };
        format!("{}{server}/{}{question}{query}", &address[..head], self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.run(&format!("drop database {} with (force)", self.name));
        }
    }
}
