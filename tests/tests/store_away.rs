//! The database goes away and comes back: the room goes on seeing, commands are refused in words, nothing is lost.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tests::{CENTRE, Kind, Live, PASSWORD, Room, Server, add_user, command, fix, id, now, wait_until};

const SOON: Duration = Duration::from_secs(20);

/// Passes bytes on to the database while the way is open.
struct Way {
    open: Arc<AtomicBool>,
    address: String,
}

impl Way {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let open = Arc::new(AtomicBool::new(true));
        let gate = Arc::clone(&open);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !gate.load(Ordering::Relaxed) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&server) else { continue };
                for (mut from, mut to) in [(client.try_clone(), server.try_clone()), (Ok(server), Ok(client))]
                    .map(|(a, b)| (a.expect("a socket"), b.expect("a socket")))
                {
                    let gate = Arc::clone(&gate);
                    std::thread::spawn(move || {
                        from.set_read_timeout(Some(Duration::from_millis(100))).expect("a limit");
                        let mut bytes = [0; 16_384];
                        while gate.load(Ordering::Relaxed) {
                            match from.read(&mut bytes) {
                                Ok(0) => break,
                                Ok(read) if to.write_all(&bytes[..read]).is_err() => break,
                                Ok(_) => {}
                                Err(error)
                                    if matches!(
                                        error.kind(),
                                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                                    ) => {}
                                Err(_) => break,
                            }
                        }
                        let _ = to.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        Self { open, address }
    }
}

/// A server that reaches its database by a way that can be shut.
fn through_a_gate(room: &Room) -> (Way, Server) {
    let [_, url] = room.store();
    let (head, tail) = url.split_once('@').expect("user and server");
    let (server, name) = tail.split_once('/').expect("server and database");
    let way = Way::to(server.to_owned());
    let through = format!("{head}@{}/{name}", way.address);
    let serving = Server::serve_with(&["--database-url", &through], room.folder(), &[], &[])
        .forgiving(&["store", "log", "read", "audit", "pool", "registry", "others"]);
    (way, serving)
}

#[test]
fn the_room_goes_on_seeing_while_the_database_is_away() {
    let room = Room::new(Kind::Database);
    let [_, url] = room.store();
    add_user(&["--database-url", &url], "reader", PASSWORD, &["--role", "auditor", "--scope", "*"]);
    let (way, serving) = through_a_gate(&room);
    let seat = Room::seat(&serving, 0);
    let incident = id(&Room::call(&seat, 2));
    let mut viewer = Live::hello(&serving, &seat, None);
    viewer.snapshot();
    let path = format!("/api/v1/incidents/{incident}");
    seat.get(&path).ok();

    way.open.store(false, Ordering::Relaxed);
    let alarm = viewer.until("the alarm", SOON, |_, m| {
        let alarms = m["alarms"].as_array()?;
        alarms.iter().find(|alarm| alarm["code"] == "STORE-AWAY").cloned()
    });
    assert!(!alarm["detail"].as_str().unwrap().is_empty());
    for path in [path.as_str(), "/api/v1/incidents", "/api/v1/units", &format!("{path}/units"), "/api/v1/session"] {
        let answer = seat.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    let around = json!({"lon": CENTRE.0, "lat": CENTRE.1, "radius_m": 300});
    assert_eq!(seat.post("/api/v1/surroundings", &around).refused(503), "AUDIT-UNAVAILABLE");
    let note = json!({"type": "note", "text": "still here", "command_id": "while-away"});
    assert_eq!(command(&seat, &incident, note.clone()).refused(503), "LOG-UNAVAILABLE");
    // The socket lives: heartbeats go on.
    viewer.until("a heartbeat", SOON, |_, m| (m["t"] == "heartbeat").then_some(()));

    way.open.store(true, Ordering::Relaxed);
    wait_until("the store answers again", SOON, || command(&seat, &incident, note.clone()).status == 200);
    viewer.until("the end of the alarm", SOON, |_, m| {
        (m["t"] == "heartbeat" && m["alarms"].as_array().is_none_or(Vec::is_empty)).then_some(())
    });
    let timeline = seat.get(&format!("{path}/timeline")).ok().to_string();
    assert_eq!(timeline.matches("still here").count(), 1);
    let auditor = serving.login("reader");
    wait_until("the rows that waited are written", SOON, || {
        let rows = auditor.get("/api/v1/audit?limit=200").ok();
        let rows = rows["rows"].as_array().expect("rows").clone();
        rows.iter().filter(|row| row["action"] == "item" && row["object_class"] == "incidents").count() >= 2
    });
}

#[test]
fn positions_that_are_accepted_while_the_database_is_away_are_all_kept() {
    const ROWS: usize = 100;
    let room = Room::new(Kind::Database);
    let [_, url] = room.store();
    let (way, serving) = through_a_gate(&room);
    let seat = Room::seat(&serving, 0);
    let units = Room::units(&seat, 4);
    let report = |batch: usize| {
        let row = |n: usize| {
            let mut row = fix(&units[n % units.len()], CENTRE, &now());
            row["obs"] = format!("away:{batch}:{n}").into();
            row
        };
        let rows: Vec<_> = (0..ROWS).map(row).collect();
        assert_eq!(seat.post("/api/v1/positions", &json!(rows)).ok()["accepted"], ROWS);
    };
    // By the road of their own: how many of them the database has, and how many different ones.
    let kept = || {
        let query = "select count(*), count(distinct obs) from onemap.fix where obs like 'away:%'";
        let counted = std::process::Command::new("psql").args([url.as_str(), "-Atc", query]).output();
        String::from_utf8_lossy(&counted.expect("psql counts").stdout).trim().to_owned()
    };

    way.open.store(false, Ordering::Relaxed);
    for batch in 0..9 {
        report(batch);
    }
    wait_until("the writer has noticed", SOON, || {
        let log = serving.log();
        log.contains("does not answer; positions wait") || log.contains("positions could not be written")
    });
    report(9);
    assert_eq!(kept(), "0|0", "the test has taken the database away");
    way.open.store(true, Ordering::Relaxed);
    let all = format!("{0}|{0}", 10 * ROWS);
    wait_until("all of them are kept, each once", SOON, || kept() == all);
    let figures = serving.client().get("/metrics").text();
    assert!(!figures.contains("onemap_positions_lost_total"), "nothing was lost:\n{figures}");
}
