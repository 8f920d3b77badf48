//! A PostgreSQL for the tests: the one of `ONEMAP_TEST_POSTGRES`, or else one that all test processes of this machine
//! share and that stops itself when the last of them has ended.

use std::fmt::Write;
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use store::Location;
use tokio::sync::OnceCell;

/// The URL of the cluster, and what keeps it running.
struct Cluster {
    url: String,
    _users: Option<File>,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

async fn cluster() -> &'static Cluster {
    CLUSTER
        .get_or_init(|| async {
            match std::env::var("ONEMAP_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) {
                Some(url) => Cluster { url, _users: None },
                None => tokio::task::block_in_place(shared_cluster),
            }
        })
        .await
}

/// Takes a shared lock on the file that the script watches, then asks it for the cluster. Without PostgreSQL the tests
/// fail and say how to get it.
fn shared_cluster() -> Cluster {
    let user = Command::new("id").arg("-u").output().unwrap();
    let folder =
        std::env::temp_dir().join(format!("onemap-store-tests-{}", String::from_utf8(user.stdout).unwrap().trim()));
    std::fs::create_dir_all(&folder).unwrap();
    let users = File::options().create(true).append(true).open(folder.join("users")).unwrap();
    users.lock_shared().unwrap();
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "scripts", "postgres-for-tests.sh"].iter().collect();
    let started = Command::new(script).arg("share").arg(&folder).output().unwrap();
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    Cluster { url: String::from_utf8(started.stdout).unwrap().trim().to_owned(), _users: Some(users) }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// The URL of another database of the same cluster.
fn with_name(url: &str, name: &str) -> String {
    PgConnectOptions::from_str(url).unwrap().database(name).to_url_lossy().to_string()
}

/// The URL of an empty database: no schema yet.
pub(crate) async fn empty_database() -> String {
    create("").await
}

/// The URL of a database with all tables, copied from a template that the first test makes: faster than to make all
/// tables for every test.
pub(crate) async fn fresh_database() -> String {
    let url = &cluster().await.url;
    let template = template_name();
    let mut connection = connect(url).await;
    // One process makes the template, the others wait. The lock ends with the connection.
    sqlx::query("select pg_advisory_lock(20571)").execute(&mut connection).await.unwrap();
    let known = sqlx::query("select from pg_database where datname = $1").bind(&template);
    if known.fetch_optional(&mut connection).await.unwrap().is_none() {
        let making = format!("{template}_making");
        run(&mut connection, &format!("drop database if exists {making} with (force)")).await;
        run(&mut connection, &format!("create database {making}")).await;
        drop(store::open(&Location::Database(with_name(url, &making))).await.unwrap());
        // The pool of that store may still be closing its connections, and a template must have none.
        run(&mut connection, &format!("alter database {making} with allow_connections false")).await;
        let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
        sqlx::query(end).bind(&making).execute(&mut connection).await.unwrap();
        while sqlx::query("select from pg_stat_activity where datname = $1")
            .bind(&making)
            .fetch_optional(&mut connection)
            .await
            .unwrap()
            .is_some()
        {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        run(&mut connection, &format!("alter database {making} rename to {template}")).await;
    }
    connection.close().await.unwrap();
    create(&format!("template {template}")).await
}

async fn create(how: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let url = &cluster().await.url;
    let name = format!("store_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(url).await;
    run(&mut connection, &format!("drop database if exists {name} with (force)")).await;
    run(&mut connection, &format!("create database {name} {how}")).await;
    connection.close().await.unwrap();
    with_name(url, &name)
}

/// Named after what it holds, so that changed migrations make another one.
fn template_name() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgis");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(std::fs::read(file).unwrap());
    }
    let mut name = "store_template_".to_owned();
    for byte in hash.finalize().iter().take(6) {
        write!(name, "{byte:02x}").unwrap();
    }
    name
}

/// Drops the database of a URL.
pub(crate) async fn drop_database(url: &str) {
    let options = PgConnectOptions::from_str(url).unwrap();
    let name = options.get_database().unwrap().to_owned();
    let mut connection = connect(&cluster().await.url).await;
    run(&mut connection, &format!("drop database {name} with (force)")).await;
    connection.close().await.unwrap();
}

async fn run(connection: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await.unwrap();
}
