//! How long a city's houses take to import, end to end: the built binary, a file of a million rows, both stores.
//! `cargo bench -p api --bench import`, or `make bench`. `ONEMAP_BENCH_ROWS` makes it shorter; PostGIS is measured when
//! `ONEMAP_TEST_POSTGRES` names a cluster (`scripts/postgres-for-tests.sh start DIR` starts one).
//!
//! One run each, not statistics: the work is long enough. Peak memory is what Linux calls `VmHWM`, asked every 20 ms.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures, or fails")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SEED: u64 = 571;

fn main() {
    let rows = std::env::var("ONEMAP_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let cluster = std::env::var("ONEMAP_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    for (what, line) in [("a department's rows", short as Line), ("our own export's rows", long)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("houses.geojsonl");
        houses(&file, rows, line);
        let size = std::fs::metadata(&file).unwrap().len() / 1_000_000;
        println!("{rows} houses, {what}, seed {SEED}, {size} MB of GeoJSON, one a line");
        println!("{:<34} {:>9} {:>10} {:>9}", "", "seconds", "rows/s", "peak MB");
        floor(folder.path(), &file, rows);
        let data = folder.path().join("data");
        both("sqlite", &file, rows, &["--data", data.to_str().unwrap()]);
        let Some(cluster) = &cluster else {
            println!("postgis: not measured, ONEMAP_TEST_POSTGRES names no cluster");
            continue;
        };
        let (head, _) = cluster.rsplit_once('/').unwrap();
        psql(cluster, "drop database if exists onemap_bench with (force)");
        psql(cluster, "create database onemap_bench");
        both("postgis", &file, rows, &["--database-url", &format!("{head}/onemap_bench")]);
        psql(cluster, "drop database onemap_bench with (force)");
    }
}

fn both(name: &str, file: &Path, rows: u32, store: &[&str]) {
    let words = ["import", "houses", file.to_str().unwrap(), "--crs", "wgs84"];
    run(&format!("{name}: first import"), rows, &[&words[..], store].concat());
    run(&format!("{name}: the same again"), rows, &[&words[..], store].concat());
    run(&format!("{name}: preview"), rows, &[&words[..], &["--dry-run"][..], store].concat());
    run(&format!("{name}: undo"), rows, &[&["import", "undo", "1"][..], store].concat());
}

/// Peers on the same bytes, where they are installed: SQLite's own shell puts each line into a table as it is, unread
/// and without any index but the row's number; GDAL reads them into a `GeoPackage`.
fn floor(folder: &Path, file: &Path, rows: u32) {
    let script = folder.join("raw.sql");
    let commands =
        "pragma journal_mode=wal;\ncreate table line (text text) strict;\n.mode ascii\n.separator \"\\t\" \"\\n\"\n";
    std::fs::write(&script, format!("{commands}.import {} line\n", file.display())).unwrap();
    let (raw, read) = (folder.join("raw.db"), format!(".read {}", script.display()));
    measured("sqlite3 .import: lines, unread", rows, Command::new("sqlite3").arg(raw).arg(read));
    let package = folder.join("peer.gpkg");
    let mut ogr = Command::new("ogr2ogr");
    ogr.args(["-f", "GPKG"]).arg(&package).arg(format!("GeoJSONSeq:{}", file.display()));
    measured("ogr2ogr: to a GeoPackage", rows, &mut ogr);
}

fn run(what: &str, rows: u32, words: &[&str]) {
    let done = measured(what, rows, Command::new(env!("CARGO_BIN_EXE_onemap")).args(words));
    assert!(done, "{words:?}");
}

/// Runs a program and prints what it took; false when it is not there or fails.
fn measured(what: &str, rows: u32, program: &mut Command) -> bool {
    let begun = Instant::now();
    let child = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else {
        println!("{what:<34} not measured: it is not installed");
        return false;
    };
    let mut peak_kb = 0;
    let code = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak_kb = peak.unwrap_or(peak_kb);
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let seconds = begun.elapsed().as_secs_f64();
    if code.success() {
        println!("{what:<34} {seconds:>9.2} {:>10.0} {:>9}", f64::from(rows) / seconds, peak_kb / 1_000);
    } else {
        println!("{what:<34} ended with {code}");
    }
    code.success()
}

/// Where a house is, and its number.
struct House {
    n: u32,
    lon: f64,
    lat: f64,
    street: u32,
    floor: u32,
    door: u32,
}

/// A row of a file.
type Line = fn(&House) -> String;

/// As a department writes it: an id, and what is needed.
fn short(house: &House) -> String {
    let House { n, lon, lat, street, floor, door } = house;
    format!(
        "{{\"type\":\"Feature\",\"id\":\"h{n}\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{lon:.7},{lat:.7}]}},\
         \"properties\":{{\"address\":\"五马街 {street} 号\",\"building\":\"b{}\",\"floor\":\"{floor}\",\
         \"room\":\"{door}-{floor}01\",\"usage\":\"residential\"}}}}",
        n / 12
    )
}

/// As `onemap export` and `onemap generate` write it: with its source, its code of address, a full address.
fn long(house: &House) -> String {
    let House { n, lon, lat, street, floor, door } = house;
    let (building, door) = (n / 12, door * 100 + floor);
    format!(
        "{{\"geometry\":{{\"coordinates\":[{lon:.7},{lat:.7}],\"type\":\"Point\"}},\"id\":\"house-0-{building}-{n}\",\
         \"properties\":{{\"address\":\"鹿城区南郊街道东龙社区新城路{street}号\",\
         \"address_code\":\"330302031005{:05}{:03}\",\"building\":\"building-0-{building}\",\"floor\":\"{floor}\",\
         \"revision\":0,\"room\":\"2单元{door}室\",\"source\":\"generated\",\
         \"source_id\":\"house-0-{building}-{n}\",\"usage\":\"residential\"}},\"type\":\"Feature\"}}",
        building % 100_000,
        n % 12 + 1
    )
}

/// Houses of one city, the same for the same seed (xorshift).
fn houses(path: &Path, rows: u32, line: Line) {
    let mut state = SEED;
    let mut chance = |most: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state % u64::from(most)).unwrap()
    };
    let mut out = BufWriter::new(File::create(path).unwrap());
    for n in 0..rows {
        let (lon, lat) = (120.4 + f64::from(chance(5_000_000)) / 1e7, 27.8 + f64::from(chance(4_000_000)) / 1e7);
        let (street, floor, door) = (chance(900), 1 + chance(30), 1 + chance(4));
        writeln!(out, "{}", line(&House { n, lon, lat, street, floor, door })).unwrap();
    }
    out.flush().unwrap();
}

fn psql(cluster: &str, statement: &str) {
    let done = Command::new("psql").args([cluster, "-qc", statement]).stderr(Stdio::null()).status().unwrap();
    assert!(done.success(), "{statement}");
}
