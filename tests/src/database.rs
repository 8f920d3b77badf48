//! Databases of tests, in the cluster of `ONEMAP_TEST_POSTGRES` (`make test` starts one).

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

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
    /// A new, empty one. The test fails when there is no cluster to make it in: `make test` starts one.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let cluster = std::env::var("ONEMAP_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
        let cluster = cluster.expect("ONEMAP_TEST_POSTGRES names no cluster: `make test` starts one");
        let database = Self { cluster, name: format!("onemap_e2e_{}_{number}", std::process::id()) };
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
