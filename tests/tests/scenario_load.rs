//! Load: many positions while calls come in (S16), an import beside, and what a commit costs above the disk's own sync.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{
    CENTRE, Client, Ending, Figures, Kind, Live, Room, Server, at_least, at_most, both, command, each, exactly, id,
    now, percentile, progress, told,
};

/// Fixes of a second are sent in so many posts.
const POSTS: usize = 20;

/// What a load came to.
#[derive(Default)]
struct Load {
    /// Time of each post of positions.
    posted: Vec<Duration>,
    /// Fixes that were taken.
    taken: usize,
    /// Time of each order.
    ordered: Vec<Duration>,
    /// Events that the commands made, and that a viewer was told.
    events: (usize, usize),
}

/// A post of positions, written by hand: the client shall cost as little as it can on the same machine.
#[expect(clippy::cast_precision_loss, reason = "some thousand units")]
fn batch(first: usize, count: usize, second: usize) -> String {
    let (at, mut body) = (now(), String::from("["));
    for n in first..first + count {
        let (lon, lat) =
            (CENTRE.0 + (n % 100) as f64 * 5e-5 + second as f64 * 2e-6, CENTRE.1 + (n / 100) as f64 * 5e-5);
        let comma = if n == first { "" } else { "," };
        let _ =
            write!(body, r#"{comma}{{"unit":"load-{n}","lon":{lon:.7},"lat":{lat:.7},"at":"{at}","accuracy_m":5}}"#);
    }
    body.push(']');
    body
}

/// Puts units in by many hands at once.
fn put_many(server: &Server, units: usize) {
    std::thread::scope(|scope| {
        for hand in 0..8 {
            let seat = Room::seat(server, hand);
            scope.spawn(move || (hand..units).step_by(8).for_each(|n| tests::put_unit(&seat, &format!("load-{n}"))));
        }
    });
}

/// `units` report once a second for `seconds`, and meanwhile an incident comes in and is answered every `every`.
fn load(kind: Kind, units: usize, seconds: usize, every: Duration) -> Load {
    let room = Room::new(kind);
    let server = room.serve();
    put_many(&server, units);
    let desk = Room::seat(&server, 0);
    let names = Room::units(&desk, 1);
    let (over, taken, mut found) = (AtomicBool::new(false), AtomicUsize::new(0), Load::default());
    std::thread::scope(|scope| {
        let posting: Vec<_> = (0..2)
            .map(|half| {
                let (seat, taken) = (Room::seat(&server, 1 + half), &taken);
                scope.spawn(move || post(&seat, half, units, seconds, taken))
            })
            .collect();
        let watching = {
            // Somewhere else: what is told are the events, as everywhere.
            let mut viewer = Live::hello(&server, &desk, Some([0.0, 0.0, 1.0, 1.0]));
            viewer.snapshot();
            let over = &over;
            scope.spawn(move || {
                let mut events = 0;
                let mut quiet = 0;
                while quiet < 5 {
                    match viewer.next(Duration::from_millis(300)) {
                        Some(message) => {
                            events += usize::from(message["t"] == "event");
                            quiet = 0;
                        }
                        None => quiet += usize::from(over.load(Ordering::Relaxed)),
                    }
                }
                events
            })
        };
        let (ending, begun) = (Ending(&over), Instant::now());
        let mut made = 0;
        for n in 0.. {
            let at = every * u32::try_from(n).unwrap_or(u32::MAX);
            if at >= Duration::from_secs(seconds as u64) {
                break;
            }
            std::thread::sleep(at.saturating_sub(begun.elapsed()));
            if n % 20 == 0 {
                Room::refresh(&desk, &names);
            }
            made += one_call(&desk, &mut found.ordered);
        }
        for one in posting {
            found.posted.extend(one.join().expect("positions were posted"));
        }
        drop(ending);
        found.events = (made, watching.join().expect("the viewer saw it all"));
    });
    found.taken = taken.into_inner();
    found
}

/// A call, an order and its recall: report, order, recall and the alert that nobody is left. How many events that made.
fn one_call(desk: &Client, ordered: &mut Vec<Duration>) -> usize {
    let call = id(&Room::call(desk, 2));
    let begun = Instant::now();
    let answer = command(desk, &call, json!({"type": "assign", "unit": "u0"})).ok();
    ordered.push(begun.elapsed());
    progress(desk, answer["assigned"][0].as_str().expect("one order"), "recall").ok();
    command(desk, &call, json!({"type": "cancel", "reason": "load"})).ok();
    let timeline = desk.get(&format!("/api/v1/incidents/{call}/timeline")).ok();
    timeline["items"].as_array().map_or(0, Vec::len)
}

fn post(seat: &Client, half: usize, units: usize, seconds: usize, taken: &AtomicUsize) -> Vec<Duration> {
    let (begun, mut took) = (Instant::now(), Vec::new());
    let count = units / POSTS;
    for second in 0..seconds {
        for at in (half..POSTS).step_by(2) {
            let due = Duration::from_secs(second as u64) + Duration::from_secs(1) * u32::try_from(at).unwrap_or(0) / 20;
            let body = batch(at * count, count, second);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            let asked = Instant::now();
            let report = seat.send("POST", "/api/v1/positions", "application/json", body.as_bytes()).ok();
            took.push(asked.elapsed());
            let accepted = report["accepted"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            taken.fetch_add(accepted, Ordering::Relaxed);
        }
    }
    took
}

#[test]
fn s16_under_load_no_event_is_dropped() {
    both(|kind| {
        let found = load(kind, 200, 3, Duration::from_millis(300));
        assert_eq!(found.taken, 600, "{kind:?}");
        assert_eq!(found.events.0, found.events.1, "{kind:?}");
        assert_eq!(found.ordered.len(), 10);
    });
}

#[test]
#[ignore = "two loads of a minute on each store: make scenarios"]
fn s16_full() {
    both(|kind| {
        each([5_000, 10_000], |units| {
            let mut found = load(kind, units, 60, Duration::from_secs(3));
            let mut figures =
                Figures::of(if units == 5_000 { "S16 5000 fixes/s" } else { "S16 10000 fixes/s" }, kind.name());
            figures.row(&format!("fixes taken of {}", units * 60), exactly(found.taken, units * 60));
            figures.row("a post of positions, p50 ms", told(percentile(&mut found.posted, 50)));
            figures.row("a post of positions, p99 ms", at_most(percentile(&mut found.posted, 99), 50.0));
            figures.row("an order, 20 calls a minute, p50 ms", told(percentile(&mut found.ordered, 50)));
            figures.row("an order, 20 calls a minute, p99 ms", at_most(percentile(&mut found.ordered, 99), 100.0));
            figures.row("events not told", exactly(found.events.0.abs_diff(found.events.1), 0));
            figures.settle();
        });
    });
}

/// Orders while a file of that many places is imported; also how many rows were taken meanwhile.
#[expect(clippy::cast_precision_loss, reason = "some hundred thousand rows")]
fn import_beside(kind: Kind, rows: usize) -> (Vec<Duration>, u64) {
    let room = Room::new(kind);
    let server = room.serve();
    let (desk, loader) = (Room::seat(&server, 0), Room::seat(&server, 1));
    let names = Room::units(&desk, 1);
    let mut file = String::from(r#"{"type":"FeatureCollection","features":["#);
    for n in 0..rows {
        let comma = if n == 0 { "" } else { "," };
        let (x, y) = (120.6 + (n % 400) as f64 * 2e-4, 28.0 + (n / 400) as f64 * 2e-4);
        let _ = write!(
            file,
            r#"{comma}{{"type":"Feature","id":"p{n}","properties":{{"name":"place {n}","kind":"school"}},"geometry":{{"type":"Point","coordinates":[{x:.6},{y:.6}]}}}}"#
        );
    }
    file.push_str("]}");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let loading = scope.spawn(|| {
            let path = "/api/v1/imports?layer=places&format=geojson&crs=wgs84";
            let mut job = loader.send("POST", path, "application/geo+json", file.as_bytes()).ok();
            while job["accepted"].is_null() || job["state"] == "running" {
                std::thread::sleep(Duration::from_millis(50));
                let number = job["id"].to_string().trim_matches('"').to_owned();
                job = loader.get(&format!("/api/v1/imports/{number}")).ok();
            }
            over.store(true, Ordering::Relaxed);
            job["accepted"].as_u64().unwrap_or(0)
        });
        let mut ordered = Vec::new();
        while !over.load(Ordering::Relaxed) && !loading.is_finished() {
            if ordered.len() % 20 == 0 {
                Room::refresh(&desk, &names);
            }
            one_call(&desk, &mut ordered);
        }
        (ordered, loading.join().expect("the import ends"))
    })
}

#[test]
#[ignore = "an import of 100,000 rows on each store: make scenarios"]
#[expect(clippy::cast_precision_loss, reason = "some hundred thousand rows")]
fn an_import_beside_full() {
    both(|kind| {
        let (mut ordered, taken) = import_beside(kind, 100_000);
        let mut figures = Figures::of("an import beside", kind.name());
        figures.row("rows imported meanwhile", at_least(taken as f64, 99_000.0));
        figures.row("orders meanwhile", at_least(ordered.len() as f64, 10.0));
        figures.row("an order, p99 ms", at_most(percentile(&mut ordered, 99), 100.0));
        figures.settle();
    });
}

/// What the disk itself needs to write 4 KiB and sync them: at the end of a file that grows, or over what is there, as
/// most commits do once the log's WAL has its size.
fn syncs(folder: &std::path::Path, count: usize, grows: bool) -> Vec<Duration> {
    let mut file = File::create(folder.join("sync")).expect("a file beside the log");
    if !grows {
        file.write_all(&vec![1; 4_096 * count]).and_then(|()| file.sync_all()).expect("the disk syncs");
        file.seek(SeekFrom::Start(0)).expect("its beginning");
    }
    let mut one = |_| {
        let begun = Instant::now();
        file.write_all(&[0; 4_096]).and_then(|()| file.sync_data()).expect("the disk syncs");
        begun.elapsed()
    };
    (0..count).map(&mut one).collect()
}

#[test]
#[ignore = "a thousand commits beside a thousand syncs: make scenarios"]
fn a_commit_full() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let desk = Room::seat(&server, 0);
        let call = id(&Room::call(&desk, 3));
        let (mut commits, mut syncing, mut growing) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..10 {
            syncing.extend(syncs(room.folder().path(), 100, false));
            growing.extend(syncs(room.folder().path(), 100, true));
            for m in 0..100 {
                let note: Value = json!({"type": "note", "text": format!("note {n} {m}")});
                let begun = Instant::now();
                command(&desk, &call, note).ok();
                commits.push(begun.elapsed());
            }
        }
        let (commit, sync) = (percentile(&mut commits, 50), percentile(&mut syncing, 50));
        let mut figures = Figures::of("a durable commit", kind.name());
        figures.row("4 KiB written over and synced by the disk alone, p50 ms", told(sync));
        figures.row("4 KiB appended and synced by the disk alone, p50 ms", told(percentile(&mut growing, 50)));
        figures.row("a command over HTTP until it is answered, p50 ms", told(commit));
        figures.row("above the disk's own, p50 ms", at_most(commit - sync, 5.0));
        figures.settle();
    });
}
