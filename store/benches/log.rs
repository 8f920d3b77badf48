//! How long one small commit to the log takes beside the disk's own sync: `cargo bench -p store --bench log`.
//!
//! Each round writes one page and syncs it to the same disk, then commits one event with its command, so that both see
//! the same machine. SQLite always; PostgreSQL when `ONEMAP_TEST_POSTGRES` says where (its disk may be another one).

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures, or fails")]

#[path = "../tests/both/support/mod.rs"]
mod support;

use std::io::{Seek, Write};
use std::time::{Duration, Instant};

use store::{Command, EventDraft, Expect};

use support::{Ground, on_postgis, on_sqlite};

const ROUNDS: u64 = 1_000;

fn main() {
    println!("{:<10} {:<44} {:>9} {:>9}", "", "milliseconds", "p50", "p99");
    on_sqlite(|ground| Box::pin(measure(ground)));
    if std::env::var_os("ONEMAP_TEST_POSTGRES").is_some_and(|url| !url.is_empty()) {
        on_postgis(|ground| Box::pin(measure(ground)));
    }
}

fn draft(n: u64) -> EventDraft {
    EventDraft {
        stream: format!("incident:{}", n % 200),
        kind: "incident.noted".to_owned(),
        actor: r#"{"id":"dispatcher","kind":"dispatcher"}"#.to_owned(),
        src: "ui".to_owned(),
        payload: format!(r#"{{"text":"{}"}}"#, "五马街 17 号 ".repeat(20)),
        ..EventDraft::default()
    }
}

async fn measure(ground: &Ground) {
    let store = &ground.store;
    let mut file = tempfile::tempfile().unwrap();
    let (mut synced, mut committed) = (Vec::new(), Vec::new());
    for n in 0..ROUNDS + 20 {
        let begun = Instant::now();
        file.rewind().unwrap();
        file.write_all(&[u8::try_from(n % 256).unwrap(); 8_192]).unwrap();
        file.sync_data().unwrap();
        synced.push(begun.elapsed());

        let begun = Instant::now();
        let id = format!("c{n}");
        let mut append = store.begin_append(n).await.unwrap();
        assert!(append.answer(&id).await.unwrap().is_none());
        let expects = vec![Expect { stream: format!("incident:{}", n % 200), version: n / 200 }];
        let command = Command { id, digest: [0; 32], answer: "{}".to_owned() };
        append.append(Some(command), expects, vec![draft(n)]).await.unwrap();
        append.commit().await.unwrap();
        committed.push(begun.elapsed());
    }
    // The first rounds prepare the statements.
    say(store.kind(), "write 8 KiB to a file and sync it", synced.split_off(20));
    say(store.kind(), "commit one event and its command", committed.split_off(20));

    let begun = Instant::now();
    let mut append = store.begin_append(ROUNDS + 20).await.unwrap();
    append.append(None, vec![], (0..10_000).map(draft).collect()).await.unwrap();
    append.commit().await.unwrap();
    say(store.kind(), "commit 10,000 events at once", vec![begun.elapsed()]);
    let begun = Instant::now();
    assert_eq!(store.log_page(0, 10_000).await.unwrap().len(), 10_000);
    say(store.kind(), "read a page of 10,000 events", vec![begun.elapsed()]);
    let begun = Instant::now();
    assert_eq!(store.log_verify(0).await.unwrap().first_bad, None);
    say(store.kind(), "verify 11,020 events", vec![begun.elapsed()]);
}

fn say(kind: &str, what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: usize| took.get((took.len() * share / 100).min(took.len() - 1)).unwrap().as_secs_f64() * 1e3;
    println!("{kind:<10} {what:<44} {:>9.3} {:>9.3}", at(50), at(99));
}
