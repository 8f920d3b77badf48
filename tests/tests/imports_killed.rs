//! An import is whole or not there, wherever the process is killed, and goes on where it was. On both stores.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Database, Finished, Folder, onemap, onemap_killed};

const HOUSES: u32 = 40_000;
/// Houses that are there before; the new file has them too, but for the first hundred, and half of them otherwise.
const BEFORE: u32 = 3_000;
const GONE: u32 = 100;
const ROUNDS: u32 = 4;
const KILLS: u32 = 5;

/// A xorshift generator: the same kills every time, as far as the machine's pace allows.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// Houses as GeoJSON, one a line.
fn houses(range: std::ops::Range<u32>, edition: u32) -> String {
    let mut text = String::new();
    for n in range {
        let (lon, lat) = (120.5 + f64::from(n % 300) * 1e-3, 27.9 + f64::from(n / 300) * 1e-3);
        let floor = if n % 2 == 0 { edition } else { 1 };
        writeln!(
            text,
            "{{\"type\":\"Feature\",\"id\":\"h{n}\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{lon:.6},{lat:.6}]}},\
             \"properties\":{{\"address\":\"五马街 {n} 号\",\"floor\":\"{floor}\",\"usage\":\"residential\"}}}}"
        )
        .expect("a text takes a line");
    }
    text
}

fn import(file: &Path, store: &[&str; 2]) -> Vec<String> {
    let words = [
        "import",
        "houses",
        file.to_str().expect("a path that is text"),
        "--crs",
        "wgs84",
        "--source",
        "survey",
        "--complete",
    ];
    words.into_iter().chain(*store).map(str::to_owned).collect()
}

fn done(words: &[String]) -> Finished {
    let finished = onemap(words);
    assert_eq!(finished.code, 0, "{words:?}: {}", finished.err);
    finished
}

/// Ids and floors of the layer, and how many features it has.
fn layer(store: &[&str; 2]) -> (BTreeSet<(String, String)>, usize) {
    let out = onemap(&[&["export", "houses", "--rooms"][..], store].concat()).out;
    let all: Value = serde_json::from_str(&out).expect("an export is JSON");
    let features = all["features"].as_array().expect("features");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let rows = features.iter().map(|f| (text(&f["id"]), text(&f["properties"]["floor"])));
    (rows.collect(), features.len())
}

fn rows(range: std::ops::Range<u32>, edition: u32) -> BTreeSet<(String, String)> {
    range.map(|n| (format!("h{n}"), if n % 2 == 0 { edition } else { 1 }.to_string())).collect()
}

/// Undoes the import of the new file and sees that everything is as before.
fn undo(store: &[&str; 2], before: &BTreeSet<(String, String)>) {
    let list = onemap(&[&["import", "list"][..], store].concat()).out;
    let published = list.lines().find(|line| line.contains("new.geojsonl") && line.contains("can be undone"));
    let number = published.and_then(|line| line.split_whitespace().next()).expect("it can be undone");
    done(&["import", "undo", number].into_iter().chain(*store).map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(layer(store), (before.clone(), before.len()));
}

/// Hands a new store, by its two words on the command line, to the work.
type Fresh<'a> = &'a mut dyn FnMut(&mut dyn FnMut(&[&str; 2]));

#[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
/// Kills an import at random points and finishes it, on the stores that `fresh` makes. Says how many kills came before
/// the end and in how many finishing runs something staged was found.
fn killed(seed: u64, fresh: Fresh<'_>) {
    let folder = Folder::new();
    let old = folder.write("old.geojsonl", houses(0..BEFORE, 1));
    let new = folder.write("new.geojsonl", houses(GONE..HOUSES, 2));
    let (before, after) = (rows(0..BEFORE, 1), rows(GONE..HOUSES, 2));
    let mut chance = Chance(seed);
    let mut whole = Duration::ZERO;
    fresh(&mut |store| {
        done(&import(&old, store));
        let begun = Instant::now();
        done(&import(&new, store));
        whole = begun.elapsed();
    });
    let (mut broken, mut resumed, mut was_there) = (0, 0, 0);
    for _ in 0..ROUNDS {
        fresh(&mut |store| {
            done(&import(&old, store));
            for _ in 0..KILLS {
                let at = chance.below(u64::try_from(whole.as_millis()).unwrap_or(u64::MAX).max(1));
                if onemap_killed(&import(&new, store), Duration::from_millis(at)) {
                    whole = whole.min(Duration::from_millis(at));
                } else {
                    broken += 1;
                }
                let (found, number) = layer(store);
                assert_eq!(found.len(), number, "killed at {at} ms of {whole:?}: rows are there twice");
                if found == after {
                    // So that the next kill has something to break.
                    was_there += 1;
                    undo(store, &before);
                    continue;
                }
                assert!(
                    found == before,
                    "killed at {at} ms of {whole:?}: {number} rows, neither the old {} nor the new {}",
                    before.len(),
                    after.len()
                );
            }
            let last = done(&import(&new, store));
            resumed += u32::from(last.out.contains("an earlier run had staged"));
            assert_eq!(layer(store), (after.clone(), after.len()));
            let verified = onemap(&[&["verify"][..], store].concat());
            assert_eq!(verified.code, 0, "{}", verified.err);
            // All of it is one import, so one undo puts back what was there before the first attempt.
            undo(store, &before);
        });
    }
    println!(
        "{} kills within {whole:?}: {broken} broke an import, {was_there} found it published, {resumed} of {ROUNDS} went on",
        ROUNDS * KILLS
    );
    assert!(broken >= ROUNDS * KILLS / 2, "only {broken} imports were broken, so little is proved");
    assert!(resumed > 0, "no import was ever resumed");
}

/// Incidents as lines; every second one is of that priority.
fn incidents(range: std::ops::Range<u32>, priority: u8) -> String {
    let mut text = String::new();
    for n in range {
        let priority = if n % 2 == 0 { priority } else { 3 };
        writeln!(
            text,
            "{{\"system\":\"cad\",\"number\":\"{n}\",\"kind\":\"help\",\"source\":\"call_110\",\"priority\":{priority},\
             \"position\":[{:.4},28.0],\"reported_at\":\"2025-01-01T{:02}:{:02}:{:02}Z\"}}",
            120.5 + f64::from(n % 5_000) * 1e-4,
            n / 3_600 % 24,
            n / 60 % 60,
            n % 60
        )
        .expect("a text takes a line");
    }
    text
}

/// Every incident as it is exported, by its text.
fn past(store: &[&str; 2]) -> BTreeSet<String> {
    let out = onemap(&[&["export", "incidents", "--format", "csv"][..], store].concat()).out;
    let rows = out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let all: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(all.len(), rows.len(), "rows are there twice");
    all
}

#[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
/// Kills an import of incidents at random points: it shows nothing of itself or all, a rerun completes it, and one undo
/// puts back what was there before.
fn incidents_killed(seed: u64, fresh: Fresh<'_>) {
    let folder = Folder::new();
    let old = folder.write("old.ndjson", incidents(0..BEFORE, 1));
    let new = folder.write("new.ndjson", incidents(GONE..HOUSES, 2));
    let words = |file: &Path, store: &[&str; 2]| -> Vec<String> {
        let words = ["import", "incidents", file.to_str().expect("a path that is text"), "--crs", "wgs84"];
        words.into_iter().chain(*store).map(str::to_owned).collect()
    };
    let undo = |store: &[&str; 2]| {
        let list = onemap(&[&["import", "list"][..], store].concat()).out;
        let published = list.lines().find(|line| line.contains("new.ndjson") && line.contains("can be undone"));
        let number = published.and_then(|line| line.split_whitespace().next()).expect("it can be undone");
        done(&["import", "undo", number].into_iter().chain(*store).map(str::to_owned).collect::<Vec<_>>());
    };
    let mut chance = Chance(seed);
    let (mut broken, mut resumed) = (0, 0);
    fresh(&mut |store| {
        done(&words(&old, store));
        let before = past(store);
        assert_eq!(before.len(), usize::try_from(BEFORE).expect("a small number"));
        let begun = Instant::now();
        done(&words(&new, store));
        let mut whole = begun.elapsed();
        let after = past(store);
        assert_eq!(after.len(), usize::try_from(HOUSES).expect("a small number"));
        undo(store);
        assert!(past(store) == before, "an undo leaves something else than there was");
        for _ in 0..ROUNDS {
            for _ in 0..KILLS {
                let at = chance.below(u64::try_from(whole.as_millis()).unwrap_or(u64::MAX).max(1));
                if onemap_killed(&words(&new, store), Duration::from_millis(at)) {
                    whole = whole.min(Duration::from_millis(at));
                } else {
                    broken += 1;
                }
                let found = past(store);
                if found == after {
                    undo(store);
                    continue;
                }
                assert!(found == before, "killed at {at} ms: {} rows, neither the old nor the new", found.len());
            }
            let last = done(&words(&new, store));
            resumed += u32::from(last.out.contains("an earlier run had staged"));
            assert!(past(store) == after, "the import that went on is not whole");
            undo(store);
            assert!(past(store) == before, "an undo leaves something else than there was");
        }
        assert_eq!(onemap(&[&["verify"][..], store].concat()).code, 0);
    });
    println!("{} kills: {broken} broke an import, {resumed} of {ROUNDS} went on", ROUNDS * KILLS);
    assert!(broken >= ROUNDS * KILLS / 2, "only {broken} imports were broken, so little is proved");
    assert!(resumed > 0, "no import was ever resumed");
}

#[test]
fn a_killed_import_of_incidents_shows_nothing_of_itself_in_a_folder() {
    incidents_killed(0x0573, &mut |work| {
        let folder = Folder::new();
        work(&["--data", folder.data().to_str().unwrap()]);
    });
}

#[test]
fn a_killed_import_of_incidents_shows_nothing_of_itself_in_a_database() {
    incidents_killed(0x0574, &mut |work| {
        let database = Database::new();
        work(&["--database-url", &database.url()]);
    });
}

#[test]
fn a_killed_import_is_whole_or_not_there_and_goes_on_in_a_folder() {
    killed(0x0571, &mut |work| {
        let folder = Folder::new();
        work(&["--data", folder.data().to_str().unwrap()]);
    });
}

#[test]
fn a_killed_import_is_whole_or_not_there_and_goes_on_in_a_database() {
    killed(0x0572, &mut |work| {
        let database = Database::new();
        work(&["--database-url", &database.url()]);
    });
}
