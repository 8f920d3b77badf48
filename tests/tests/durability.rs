//! A reply means durable, traced: before a command is answered with success, its bytes have been synced to disk.
//! `strace` (installed by `scripts/setup-test.sh`) writes down what the unchanged binary asks of the system.

use std::fs;

use serde_json::json;
use tests::{Database, Disk, Faults, Folder, Kind, Room, command, id, onemap};

/// What the trace says of each command that was answered with success.
#[derive(Debug, Default, PartialEq, Eq)]
struct Traced {
    /// Answered after its bytes were synced.
    synced: usize,
    /// Answered before, or without.
    unsynced: usize,
}

/// Reads a trace of calls in the order in which they ended (`strace -f -y`). Between the arrival of a command and its
/// answer, what was last written to the WAL of the log must have been synced, successfully.
fn read_trace(trace: &str) -> Traced {
    let (mut found, mut asked, mut unsynced, mut synced) = (Traced::default(), false, false, false);
    // A call that is interrupted by another thread's is written in two lines: its beginning waits here.
    let mut begun: std::collections::HashMap<&str, &str> = std::collections::HashMap::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if rest.ends_with("<unfinished ...>") {
            begun.insert(thread, rest);
            // What is written may be on its way from here on; what is answered as well.
            if rest.starts_with("pwrite64(") && rest.contains("ops.db-wal") {
                (unsynced, synced) = (true, false);
            }
            continue;
        }
        let head = if rest.starts_with("<... ") { begun.remove(thread).unwrap_or_default() } else { rest };
        let fine = !rest.contains(" = -1 ");
        if head.starts_with("pwrite64(") && head.contains("ops.db-wal") {
            (unsynced, synced) = (true, false);
        } else if (head.starts_with("fdatasync(") || head.starts_with("fsync(")) && head.contains("ops.db-wal") && fine
        {
            (synced, unsynced) = (unsynced || synced, false);
        } else if rest.contains("\"POST /api/v1/incidents") {
            (asked, unsynced, synced) = (true, false, false);
        } else if asked && (head.contains("\"HTTP/1.1 200 ") || head.contains("\"HTTP/1.1 201 ")) {
            asked = false;
            if synced && !unsynced { found.synced += 1 } else { found.unsynced += 1 }
        }
    }
    found
}

const COMMANDS: usize = 30;

/// Thirty commands, one after the other, on a traced server.
fn traced(settings: &[(&str, &str)]) -> Traced {
    let room = Room::new(Kind::Folder);
    let trace = room.folder().path().join("trace");
    let path = trace.to_str().expect("a path that is text");
    let calls = "trace=fdatasync,fsync,pwrite64,read,recvfrom,write,writev,sendto,sendmsg";
    let mut under = vec!["strace", "-f", "-qq", "-y", "-s", "48", "-o", path, "-e", calls];
    let named: Vec<String> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for setting in &named {
        // To the traced program alone, not to strace itself.
        under.extend(["-E", setting]);
    }
    let server = room.serve_with(room.folder(), &under, &[]);
    let seat = Room::seat(&server, 0);
    let call = id(&Room::call(&seat, 3));
    for n in 1..COMMANDS {
        command(&seat, &call, json!({"type": "note", "text": format!("note {n}")})).ok();
    }
    // The traced process is asked to stop, and strace ends with it.
    let children =
        std::process::Command::new("pgrep").args(["-P", &server.pid().to_string()]).output().expect("pgrep runs");
    for child in String::from_utf8_lossy(&children.stdout).split_whitespace() {
        drop(std::process::Command::new("kill").args(["-TERM", child]).status());
    }
    drop(server);
    read_trace(&fs::read_to_string(&trace).expect("a trace"))
}

#[test]
fn every_success_comes_after_a_sync() {
    let found = traced(&[]);
    assert_eq!(found, Traced { synced: COMMANDS, unsynced: 0 });
}

#[test]
fn a_disk_that_only_says_it_synced_is_noticed_by_this_test() {
    let folder = Folder::new();
    let faults = Faults::new(&folder);
    faults.disk(Disk::SyncLies);
    let found = traced(&faults.settings());
    assert_eq!(found, Traced { synced: 0, unsynced: COMMANDS }, "without syncs the trace must say so");
}

#[test]
fn a_trace_is_read_as_it_was_written() {
    let good = "\
1 recvfrom(9<socket:[1]>, \"POST /api/v1/incidents HTTP/1.1\\r\\n\"..., 4096, 0, NULL, NULL) = 300
2 pwrite64(4</d/ops.db-wal>, \"x\"..., 4096, 0) = 4096
2 fdatasync(4</d/ops.db-wal> <unfinished ...>
1 write(1, \"other\", 5) = 5
2 <... fdatasync resumed>) = 0
1 writev(9<socket:[1]>, [{iov_base=\"HTTP/1.1 201 Created\\r\\n\"...}], 1) = 400
";
    assert_eq!(read_trace(good), Traced { synced: 1, unsynced: 0 });
    let early = good.replace("2 <... fdatasync resumed>) = 0\n", "");
    assert_eq!(read_trace(&early), Traced { synced: 0, unsynced: 1 }, "the sync has not ended yet");
    let failed = good.replace("resumed>) = 0", "resumed>) = -1 EIO (Input/output error)");
    assert_eq!(read_trace(&failed), Traced { synced: 0, unsynced: 1 });
    let other = good.replace("fdatasync(4</d/ops.db-wal>", "fdatasync(4</d/positions.db-wal>");
    assert_eq!(read_trace(&other), Traced { synced: 0, unsynced: 1 });
}

#[test]
fn a_database_that_is_told_to_forget_is_refused() {
    let database = Database::new();
    let url = database.url();
    assert_eq!(onemap(&["migrate", "--database-url", &url]).code, 0);
    let forgetful = format!("{url}{}options=-csynchronous_commit%3Doff", if url.contains('?') { '&' } else { '?' });
    let refused = onemap(&["verify", "--database-url", &forgetful]);
    // The connection's own option is what the server would run with.
    assert_ne!(refused.code, 0, "{}", refused.out);
    assert!(refused.err.contains("synchronous_commit"), "{}", refused.err);
    let name = url.rsplit('/').next().expect("a database has a name").to_owned();
    let statement = format!("alter database {name} set synchronous_commit = off");
    let done = std::process::Command::new("psql").args([&url, "-qc", &statement]).status();
    assert!(done.is_ok_and(|status| status.success()));
    let refused = onemap(&["verify", "--database-url", &url]);
    assert!(refused.code != 0 && refused.err.contains("set synchronous_commit = on"), "{}{}", refused.out, refused.err);
}
