//! The larger store behaves as the small one does. Needs `ONEMAP_TEST_POSTGRES` (`make test` starts one).

use std::process::Command;

use tests::{Folder, Server, Tile, decoded, onemap, onemap_with, workspace};

const HELSINKI: (f64, f64) = (24.945, 60.170);
const PASSWORD: &str = "a-long-password-0571";

/// A database of this test alone; dropped when the test has passed.
struct Database {
    cluster: String,
    name: String,
}

impl Database {
    fn new() -> Self {
        let cluster = std::env::var("ONEMAP_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
        let cluster = cluster.expect("ONEMAP_TEST_POSTGRES names no cluster: `make test` starts one");
        let database = Self { cluster, name: format!("onemap_e2e_{}", std::process::id()) };
        database.run(&format!("create database {}", database.name));
        database
    }

    fn run(&self, statement: &str) {
        let done = Command::new("psql").args([&self.cluster, "-qc", statement]).output().expect("psql runs");
        assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// The address of the cluster with the name of this database in it.
    fn url(&self) -> String {
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

#[test]
fn the_same_city_gives_the_same_bytes_from_both_stores() {
    let database = Database::new();
    let folder = Folder::new();
    let (data, url) = (folder.data(), database.url());
    let stores = [["--data", data.to_str().unwrap()], ["--database-url", &url]];
    let pbf = workspace().join("fixtures/osm/helsinki-centre.osm.pbf");
    for store in stores {
        let imported = onemap(&[&["import", "osm", pbf.to_str().unwrap()][..], &store].concat());
        assert_eq!(imported.code, 0, "{store:?}: {}", imported.err);
        let words = [&["user", "add", "mapper", "--role", "lead", "--scope", "*"][..], &store].concat();
        assert_eq!(onemap_with(&words, &[("ONEMAP_PASSWORD", PASSWORD)]).code, 0, "{store:?}");
    }
    let logs = Folder::new();
    let (small, large) = (Server::serve(&folder), Server::serve_database(&url, &logs));
    let (one, two) = (small.login_with("mapper", PASSWORD), large.login_with("mapper", PASSWORD));
    let mut compared = 0;
    for z in 10..=17 {
        for layers in ["roads", "buildings", "enterprises,cameras,places", "water,land"] {
            let path = Tile::over(HELSINKI, z).path(layers);
            let (one, two) = (one.get(&path), two.get(&path));
            assert_eq!(one.status, two.status, "{path}");
            assert!(decoded(&one) == decoded(&two), "{path} differs");
            compared += one.body.len();
        }
    }
    assert!(compared > 10_000, "only {compared} bytes compared, so nothing is proved");
}
