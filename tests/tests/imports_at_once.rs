//! Imports of one file at the same time: each does what it was asked for, by HTTP and by commands side by side.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Answer, Client, Finished, Folder, Kind, Room, both, onemap, wait_until};

const PATH: &str = "/api/v1/imports?layer=places&format=geojsonseq&crs=wgs84";
const LINES: &str = "application/geo+json-seq";
/// Rows of the file that is sent several times.
const ROWS: u64 = 300;
/// An import on a machine that does much besides.
const SOON: Duration = Duration::from_mins(2);

/// Places as GeoJSON, one a line.
fn places(range: std::ops::Range<u64>) -> String {
    let mut text = String::new();
    for n in range {
        writeln!(
            text,
            "{{\"type\":\"Feature\",\"id\":\"p{n}\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{},{}]}},\
             \"properties\":{{\"name\":\"学校 {n}\",\"kind\":\"school\"}}}}",
            120.5 + f64::from(u32::try_from(n % 1_000).unwrap_or(0)) * 1e-4,
            27.9 + f64::from(u32::try_from(n / 1_000).unwrap_or(0)) * 1e-4,
        )
        .expect("a text takes a line");
    }
    text
}

/// Sends a file beside whatever else is going on.
fn sent(client: &Client, query: &str, file: &str) -> JoinHandle<Answer> {
    let (client, path, file) = (client.clone(), format!("{PATH}&{query}"), file.to_owned());
    spawn(move || client.send("POST", &path, LINES, file.as_bytes()))
}

/// How an import ended, also one whose answer came before its end.
fn ended(client: &Client, answer: JoinHandle<Answer>) -> Value {
    let mut body = answer.join().expect("a request is answered").ok();
    let path = format!("/api/v1/imports/{}", body["id"].as_str().expect("an import has an id"));
    wait_until("the import ends", SOON, || {
        body = client.get(&path).ok();
        body["state"] != "running"
    });
    body
}

/// Running imports of the file that is sent several times: which of them are dry runs, oldest first. `None` when the
/// large one, behind which they wait, is not running.
fn waiting(client: &Client) -> Option<Vec<bool>> {
    let list = client.get("/api/v1/imports").ok();
    let running = |import: &&Value| import["state"] == "running";
    let all: Vec<&Value> = list["imports"].as_array().expect("a list").iter().rev().filter(running).collect();
    let same = all.iter().filter(|import| import["file"] == "same.geojsonl");
    let same = same.map(|import| import["dry_run"] == true).collect();
    all.iter().any(|import| import["file"] == "large.geojsonl").then_some(same)
}

/// Sends a large file, and behind it the same file as a dry run, in earnest, as a complete one, and once more in earnest.
/// `None` when the large one was through before the others had come: then nothing is proved.
fn behind_a_large_one(client: &Client, rows: u64) -> Option<[Value; 4]> {
    let large = places(ROWS..ROWS + rows);
    let large = sent(client, "source=other&name=large.geojsonl", &large);
    // An attempt before this one has left its rows: these are others.
    let same = places(ROWS + rows..2 * ROWS + rows);
    let query = "source=survey&name=same.geojsonl";
    let mut others = Vec::new();
    for (n, more) in ["&dry_run=true", "", "&complete=true", ""].into_iter().enumerate() {
        wait_until("what was sent before is listed or answered", SOON, || {
            let answered = others.last().is_some_and(JoinHandle::is_finished);
            large.is_finished() || answered || waiting(client).is_some_and(|found| found.len() >= n)
        });
        others.push(sent(client, &format!("{query}{more}"), &same));
    }
    let again = others.pop()?;
    wait_until("the last one is answered", SOON, || again.is_finished());
    let seen = waiting(client);
    let mut others = others.into_iter().map(|answer| ended(client, answer));
    let all = [others.next()?, others.next()?, others.next()?, ended(client, again)];
    large.join().expect("a request is answered").ok();
    seen.map(|seen| {
        assert_eq!(seen, [true, false, false], "the very same request joins, and every other is an import of its own");
        all
    })
}

#[test]
fn every_import_of_one_file_does_what_it_was_asked_for() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let client = Room::seat(&server, 0);
        let all = [20_000, 80_000, 320_000].into_iter().find_map(|rows| behind_a_large_one(&client, rows));
        let [dry_run, real, complete, again] = all.expect("the large file keeps the others waiting");
        let told = |body: &Value| (body["state"].clone(), body["dry_run"].clone());
        assert_eq!(told(&dry_run), ("preview".into(), true.into()), "{dry_run}");
        for body in [&real, &complete, &again] {
            assert_eq!(told(body), ("published".into(), false.into()), "{body}");
        }
        assert_eq!(again["id"], real["id"], "the very same request is one import");
        let numbers = [&dry_run["added"], &real["added"], &complete["unchanged"]];
        assert_eq!(numbers, [ROWS; 3], "{dry_run}\n{real}\n{complete}");
    });
}

/// Keeps everybody from the registry's rows, from the outside.
struct Barrier(Child);

impl Barrier {
    fn before(url: &str) -> Self {
        let mut psql = Command::new("psql");
        psql.args([url, "-qAt"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut psql = psql.spawn().expect("psql runs");
        let lock = "begin; lock table onemap.feature in access exclusive mode;\n";
        psql.stdin.as_mut().expect("it is piped").write_all(lock.as_bytes()).expect("psql listens");
        let barrier = Self(psql);
        wait_until("the barrier stands", SOON, || {
            counted(
                url,
                "select count(*) from pg_locks where granted and mode = 'AccessExclusiveLock'
                and relation = 'onemap.feature'::regclass",
            ) == 1
        });
        barrier
    }

    fn lifted(mut self) {
        // It ends with its input, and what it had locked is free.
        drop(self.0.stdin.take());
        self.0.wait().expect("psql ends");
    }
}

fn counted(url: &str, query: &str) -> u64 {
    let counted = Command::new("psql").args([url, "-Atc", query]).output().expect("psql counts");
    String::from_utf8_lossy(&counted.stdout).trim().parse().expect("a number")
}

#[test]
fn of_two_processes_with_one_file_each_does_its_own() {
    let room = Room::new(Kind::Database);
    let [flag, url] = room.store();
    let folder = Folder::new();
    let import = |file: &str, more: &[&str]| -> JoinHandle<Finished> {
        let file = folder.path().join(file);
        let file = file.to_str().expect("a path that is text");
        let words = ["import", "places", file, "--crs", "wgs84", "--source", "survey", &flag, &url];
        let words: Vec<String> = words.iter().chain(more).map(|word| (*word).to_owned()).collect();
        spawn(move || onemap(&words))
    };
    let there = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for (n, (first, second)) in (0..).zip([("--dry-run", ""), ("", ""), ("", "--dry-run"), ("", "--complete")]) {
        let name = format!("same-{n}.geojsonl");
        folder.write(&name, places(n * ROWS..(n + 1) * ROWS));
        let run = |flag: &str| if flag.is_empty() { import(&name, &[]) } else { import(&name, &[flag]) };
        let barrier = Barrier::before(&url);
        let first = (first, run(first));
        wait_until("the first has begun", SOON, || counted(&url, there) >= 1);
        let second = (second, run(second));
        let begun = Instant::now();
        wait_until("the second has begun", SOON, || {
            counted(&url, there) >= 2 || begun.elapsed() > Duration::from_secs(10)
        });
        let staging = counted(&url, "select count(*) from onemap.import where state = 'staging'");
        barrier.lifted();
        let mut real = 0;
        for (flag, command) in [first, second] {
            let done = command.join().expect("a command ends");
            assert_eq!(done.code, 0, "{name} {flag}: {}{}", done.out, done.err);
            assert!(done.out.contains("accepted 300, rejected 0"), "{name} {flag}: {}", done.out);
            let dry_run = flag == "--dry-run";
            assert_eq!(done.out.contains("this was a dry run"), dry_run, "{name} {flag}: {}", done.out);
            real += u64::from(!dry_run);
        }
        assert_eq!(staging, 2, "{name}: both were at work at the same time, each on its own");
        let published =
            counted(&url, &format!("select count(*) from onemap.import where file = '{name}' and state = 'published'"));
        assert_eq!(published, real, "{name}");
    }
    let kept = counted(&url, "select count(*) from onemap.feature where not deleted");
    // The last one was complete: what the others of its source had brought is gone, whichever of the two was the later.
    assert_eq!(kept, ROWS);
    assert_eq!(counted(&url, "select count(*) from onemap.import where state = 'staging'"), 0);
    assert_eq!(
        counted(
            &url,
            "select count(*) from pg_tables where tablename like 'staged\\_%' and tablename <> 'staged_chunk'"
        ),
        0
    );
}
