//! How soon a fix is on another viewer's screen. The full load is long and wants a quiet machine: `make scenarios`.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{CENTRE, Live, REPORTER, Server, fix, now, put_unit};

/// What is promised to a dispatcher who looks at the map.
const PROMISED_P99: Duration = Duration::from_millis(300);
/// Fixes of a second are sent in so many posts, spread over it, as real units would.
const POSTS: usize = 20;

/// When each fix was sent, by the longitude that is its own.
type Sent = Mutex<HashMap<i64, Instant>>;

#[test]
#[ignore = "a load of twenty seconds on a quiet machine: make scenarios"]
fn a_thousand_units_a_second_are_seen_in_time() {
    let took = measure(1_000, 20);
    let p99 = took[took.len() * 99 / 100];
    assert!(took.len() >= 19_000, "only {} of 20000 fixes were seen", took.len());
    assert!(p99 <= PROMISED_P99, "p99 {p99:?}");
}

#[test]
fn a_few_units_are_all_seen() {
    let took = measure(20, 3);
    assert!(took.len() >= 55, "only {} of 60 fixes were seen", took.len());
}

#[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
fn measure(units: usize, seconds: usize) -> Vec<Duration> {
    let server = Server::demo();
    let reporter = server.login(REPORTER);
    let ids: Vec<String> = (0..units).map(|n| format!("load-{n}")).collect();
    for id in &ids {
        put_unit(&reporter, id);
    }
    let sent = Sent::default();
    let mut viewer = Live::hello(&server, &server.login("lead"), None);
    viewer.snapshot();
    let mut took = std::thread::scope(|scope| {
        let posting = scope.spawn(|| {
            for second in 0..seconds {
                post_a_second(&reporter, &ids, second, &sent);
            }
        });
        let (mut took, mut ended) = (Vec::new(), None);
        while ended.is_none_or(|at: Instant| at.elapsed() < Duration::from_secs(2)) {
            if posting.is_finished() && ended.is_none() {
                ended = Some(Instant::now());
            }
            if let Some(message) = viewer.next(Duration::from_millis(200)) {
                note(&message, &sent, &mut took);
            }
        }
        took
    });
    took.sort();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    println!(
        "{units} units for {seconds} s: {} seen, p50 {:?}, p95 {:?}, p99 {:?}",
        took.len(),
        at(50),
        at(95),
        at(99)
    );
    took
}

fn post_a_second(reporter: &tests::Client, ids: &[String], second: usize, sent: &Sent) {
    let begun = Instant::now();
    let posts = POSTS.min(ids.len());
    for (post, batch) in ids.chunks(ids.len().div_ceil(posts)).enumerate() {
        let share = Duration::from_secs(1) * u32::try_from(post).unwrap_or(0) / u32::try_from(posts).unwrap_or(1);
        std::thread::sleep(share.saturating_sub(begun.elapsed()));
        let row = |(n, id): (usize, &String)| fix(id, place(second, post * batch.len() + n), &now());
        let rows: Vec<Value> = batch.iter().enumerate().map(row).collect();
        let at = Instant::now();
        let mut waiting = sent.lock().expect("no thread panicked with it");
        waiting.extend(rows.iter().map(|row| (e6(row["lon"].as_f64().unwrap_or(0.0)), at)));
        drop(waiting);
        reporter.post("/api/v1/positions", &json!(rows)).ok();
    }
    std::thread::sleep(Duration::from_secs(1).saturating_sub(begun.elapsed()));
}

/// A place that no other fix of the run has; a unit goes two metres a second.
#[expect(clippy::cast_precision_loss, reason = "some thousands of units")]
fn place(second: usize, unit: usize) -> (f64, f64) {
    (CENTRE.0 + unit as f64 * 50e-6 + second as f64 * 2e-6, CENTRE.1)
}

#[expect(clippy::cast_possible_truncation, reason = "degrees × 10⁶ are small")]
fn e6(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

fn note(message: &Value, sent: &Sent, took: &mut Vec<Duration>) {
    let mut waiting = sent.lock().expect("no thread panicked with it");
    // The first fix of a unit comes with its record, the later ones as moves.
    let moved = message["moved"].as_array().into_iter().flatten().filter_map(|row| row[1].as_i64());
    let units = message["units"].as_array().into_iter().flatten().filter_map(|unit| unit["lon"].as_f64().map(e6));
    for at in moved.chain(units).filter_map(|lon| waiting.remove(&lon)) {
        took.push(at.elapsed());
    }
}
