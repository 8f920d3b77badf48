//! A small control room on either store: seats that may everything, units that stand around the centre, no city.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::city::CENTRE;
use crate::client::Client;
use crate::command::add_user;
use crate::database::Database;
use crate::folder::Folder;
use crate::server::{PASSWORD, Server};
use crate::units::{fix, now, put_unit};

/// On what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder: SQLite.
    Folder,
    /// A database: PostgreSQL with PostGIS.
    Database,
}

/// Runs the same on both stores; what fails on one is still run on the other.
pub fn both(run: impl Fn(Kind)) {
    each([Kind::Folder, Kind::Database], run);
}

/// Runs all cases, then fails if one of them has failed.
pub fn each<T>(cases: impl IntoIterator<Item = T>, run: impl Fn(T)) {
    let once = |case| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(case))).is_err();
    let failed = cases.into_iter().map(once).filter(|failed| *failed).count();
    assert_eq!(failed, 0, "cases that failed, each for the reason above");
}

impl Kind {
    /// As tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "sqlite",
            Self::Database => "postgis",
        }
    }
}

/// The store with the logins of the room, and the folders in which servers write their logs.
#[derive(Debug)]
pub struct Room {
    /// On what.
    pub kind: Kind,
    folder: Folder,
    database: Option<Database>,
}

/// Logins of the room: `seat-0`…
const SEATS: usize = 8;

impl Room {
    /// A new store with eight logins that may give orders anywhere.
    pub fn new(kind: Kind) -> Self {
        let database = (kind == Kind::Database).then(Database::new);
        let room = Self { kind, folder: Folder::new(), database };
        let store = room.store();
        for seat in 0..SEATS {
            let name = format!("seat-{seat}");
            add_user(&[&store[0], &store[1]], &name, PASSWORD, &["--role", "lead", "--scope", "*"]);
        }
        room
    }

    /// The words that name the store to a command.
    pub fn store(&self) -> [String; 2] {
        match &self.database {
            Some(database) => ["--database-url".to_owned(), database.url()],
            None => ["--data".to_owned(), self.folder.data().to_string_lossy().into_owned()],
        }
    }

    /// The folder of the logs, with the data folder in it.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// A server on it.
    pub fn serve(&self) -> Server {
        self.serve_with(&self.folder, &[], &[])
    }

    /// A server with its log in another folder, under another program, with settings.
    pub fn serve_with(&self, logs: &Folder, under: &[&str], settings: &[(&str, &str)]) -> Server {
        let store = self.store();
        Server::serve_with(&[&store[0], &store[1]], logs, under, settings)
    }

    /// What `onemap verify` says of it; no server may run on a folder.
    pub fn verify(&self) -> crate::command::Finished {
        let store = self.store();
        crate::command::onemap(&["verify", &store[0], &store[1]])
    }

    /// Somebody at one of the eight seats.
    pub fn seat(server: &Server, seat: usize) -> Client {
        server.login(&format!("seat-{seat}"))
    }

    /// Units `u0`… on duty, standing in a row ten metres apart.
    pub fn units(seat: &Client, count: usize) -> Vec<String> {
        let names: Vec<String> = (0..count).map(|n| format!("u{n}")).collect();
        for name in &names {
            put_unit(seat, name);
        }
        Self::refresh(seat, &names);
        names
    }

    /// Says that they are where they were.
    #[expect(clippy::cast_precision_loss, reason = "some hundred units")]
    pub fn refresh(seat: &Client, names: &[String]) {
        let place = |n: usize| (CENTRE.0 + n as f64 * 0.000_1, CENTRE.1);
        let rows: Vec<Value> = names.iter().enumerate().map(|(n, name)| fix(name, place(n), &now())).collect();
        seat.post("/api/v1/positions", &json!(rows)).ok();
    }

    /// A call at the centre.
    pub fn call(seat: &Client, priority: u8) -> Value {
        let call = json!({"kind": "traffic", "priority": priority, "lon": CENTRE.0, "lat": CENTRE.1, "accuracy_m": 20,
            "source": "call_110", "text": "two cars"});
        seat.post("/api/v1/incidents", &call).ok()
    }

    /// An incident of priority 2 and the order of one unit, `u0`, to it: their ids.
    pub fn ordered(seat: &Client) -> (String, String) {
        Self::units(seat, 1);
        let call = id(&Self::call(seat, 2));
        let ordered = command(seat, &call, json!({"type": "assign", "unit": "u0"})).ok();
        let order = ordered["assigned"][0].as_str().expect("one order").to_owned();
        (call, order)
    }
}

/// Says that it is over when it goes, also when a test fails: whoever watches beside it does not wait for ever.
#[derive(Debug)]
pub struct Ending<'a>(pub &'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The id of an incident.
pub fn id(incident: &Value) -> String {
    incident["id"].as_str().expect("an incident has an id").to_owned()
}

/// Gives a command to an incident, with an id of its own unless it has one.
pub fn command(client: &Client, incident: &str, mut body: Value) -> Answer {
    static COMMANDS: AtomicU64 = AtomicU64::new(0);
    if body.get("command_id").is_none() {
        let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
        body["command_id"] = json!(format!("e2e-{}-{number}", std::process::id()));
    }
    client.post(&format!("/api/v1/incidents/{incident}/commands"), &body)
}

/// Says what became of an order.
pub fn progress(client: &Client, order: &str, step: &str) -> Answer {
    let body = json!({"command_id": format!("{order}-{step}"), "type": step, "reason": "e2e"});
    client.post(&format!("/api/v1/assignments/{order}/commands"), &body)
}

/// Waits until something is so; the test fails when it is not in time.
pub fn wait_until(what: &str, within: Duration, mut so: impl FnMut() -> bool) -> Duration {
    let begun = std::time::Instant::now();
    while !so() {
        assert!(begun.elapsed() < within, "{what}: not within {within:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
    begun.elapsed()
}
