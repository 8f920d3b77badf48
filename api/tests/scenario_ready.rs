//! How soon a server is ready on a log of a million events: it reads the newest written desk and what followed, not all.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that fails has failed the test")]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use dispatch::{Event, IncidentEvent, IncidentKind, IncidentSource, Priority};
use store::{EventDraft, Location, Store};

const EVENTS: usize = 1_000_000;
/// The same in short: more than the desk is written down for.
const FEW: usize = 10_000;
/// As many as three days of a large city have; what ended earlier the desk has forgotten.
const INCIDENTS: usize = 9_000;
const LIMIT_MS: f64 = 3_000.0;

fn event(n: usize) -> Event {
    let id = format!("20260901-{:05}", n % INCIDENTS);
    let event = if n < INCIDENTS {
        IncidentEvent::Reported {
            kind: IncidentKind::Traffic,
            priority: Priority::new(3).unwrap(),
            source: IncidentSource::Call110,
            source_ref: None,
            text: "two cars".to_owned(),
            location: Box::new(dispatch::Location::unknown()),
            distress: None,
            owner: "seat".to_owned(),
            occurred_ms: None,
        }
    } else {
        IncidentEvent::Noted { text: format!("note {n}") }
    };
    Event::Incident { id, event }
}

async fn fill(store: &dyn Store, events: usize) {
    let mut seen = store.log_head().await.unwrap().seq;
    for first in (0..events).step_by(10_000) {
        let draft = |n| {
            let event = event(n);
            EventDraft {
                stream: event.stream(),
                kind: event.kind().to_owned(),
                schema: 1,
                actor: r#"{"id":"seat"}"#.to_owned(),
                src: "ui".to_owned(),
                corr: event.incident().map(str::to_owned),
                payload: serde_json::to_string(&event).unwrap(),
                ..EventDraft::default()
            }
        };
        let mut append = store.begin_append(seen).await.unwrap();
        append.append(None, Vec::new(), (first..first + 10_000).map(draft).collect()).await.unwrap();
        seen = append.head().seq;
        append.commit().await.unwrap();
    }
}

/// A server that ends with the test.
struct Running(Child, PathBuf);

impl Running {
    fn start(at: &Location, folder: &Path) -> (Self, f64) {
        let (said, log) = (folder.join("said"), folder.join("log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_onemap"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("ONEMAP_LOG", "info");
        match at {
            Location::Data(data) => command.arg("--data").arg(data),
            Location::Database(url) => command.args(["--database-url", url]),
        };
        command.stdin(Stdio::null()).stdout(File::create(&said).unwrap()).stderr(File::create(&log).unwrap());
        let begun = Instant::now();
        let running = Self(command.spawn().unwrap(), log);
        while begun.elapsed() < Duration::from_mins(5) {
            let said = std::fs::read_to_string(&said).unwrap();
            let address = said.split("listening on http://").nth(1).and_then(|rest| rest.split_whitespace().next());
            if address.is_some_and(is_ready) {
                return (running, begun.elapsed().as_secs_f64() * 1_000.0);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("not ready within five minutes");
    }

    fn has_said(&self, words: &str) -> bool {
        std::fs::read_to_string(&self.1).unwrap().contains(words)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn is_ready(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut said = String::new();
    asked.is_ok() && stream.read_to_string(&mut said).is_ok() && said.starts_with("HTTP/1.1 200")
}

/// A row of the table of `make scenarios`.
fn row(store: &str, what: &str, value: f64, limit: Option<f64>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/scenarios.tsv");
    let mut table = OpenOptions::new().create(true).append(true).open(path).unwrap();
    let verdict = if limit.is_none_or(|limit| value <= limit) { "pass" } else { "FAIL" };
    let limit = limit.map_or("-".to_owned(), |limit| format!("≤ {limit}"));
    let line = format!("a million events\t{store}\t{what}\t{value:.0}\t{limit}\t{verdict}\n");
    table.write_all(line.as_bytes()).unwrap();
}

/// A new database of the cluster that `make test` and `make scenarios` start.
fn database() -> Location {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let cluster = std::env::var("ONEMAP_TEST_POSTGRES").expect("make test starts PostgreSQL and names it");
    let name = format!("onemap_ready_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let made = Command::new("psql").args([&cluster, "-qc", &format!("create database {name}")]).status().unwrap();
    assert!(made.success(), "psql makes a database");
    let (server, _) = cluster.rsplit_once('/').expect("the cluster's URL ends with a database");
    Location::Database(format!("{server}/{name}"))
}

/// How long it takes until a server is ready on so many events, milliseconds: when it reads all of them, and when it begins
/// at the desk that the first one wrote down.
async fn ready(at: &Location, events: usize) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let store = store::open(at).await.unwrap();
    fill(store.as_ref(), events).await;
    store.close().await;
    drop(store);
    let (first, replayed) = Running::start(at, folder.path());
    let begun = Instant::now();
    while !first.has_said("the desk is written down") {
        assert!(begun.elapsed() < Duration::from_mins(2), "the desk is not written down");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(first);
    let (second, ready) = Running::start(at, folder.path());
    assert!(second.has_said(&format!("from={events} ")), "it began at the written desk");
    (replayed, ready)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_begins_at_the_desk_that_was_written_down() {
    let folder = tempfile::tempdir().unwrap();
    ready(&Location::Data(folder.path().join("data")), FEW).await;
    ready(&database(), FEW).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a log of a million events: make scenarios"]
async fn a_server_is_ready_soon_on_a_million_events() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, at) in [("sqlite", Location::Data(folder.path().join("data"))), ("postgis", database())] {
        let (replayed, ready) = ready(&at, EVENTS).await;
        row(kind, "ready after reading all of them once, ms", replayed, None);
        row(kind, "ready from the written desk, ms", ready, Some(LIMIT_MS));
        assert!(ready <= LIMIT_MS, "{ready} ms");
    }
}
