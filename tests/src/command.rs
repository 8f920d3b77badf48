//! The binary as a command: started, waited for, its words read.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::folder::workspace;

/// The binary under test: `ONEMAP_BIN`, else what `make build` leaves.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("ONEMAP_BIN").map_or_else(|| workspace().join("target/release/onemap"), PathBuf::from);
    assert!(path.is_file(), "no binary at {}: run make build first", path.display());
    path
}

/// A command of the binary that hears no setting of the machine it runs on.
pub(crate) fn bare() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        // What is taken out of a build that is made for that stays out: see `scripts/sabotage.sh`.
        if name.to_string_lossy().starts_with("ONEMAP_") && name != "ONEMAP_SABOTAGE" {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1").env("RUST_BACKTRACE", "1").stdin(Stdio::null());
    command
}

/// What a command left.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it wrote to standard output.
    pub out: String,
    /// What it wrote to standard error.
    pub err: String,
}

/// Adds a login to a store that no server has open: `store` are the words that name it, `more` role, scope and the like.
pub fn add_user(store: &[&str], name: &str, password: &str, more: &[&str]) {
    let added = onemap_with(&[&["user", "add", name], more, store].concat(), &[("ONEMAP_PASSWORD", password)]);
    assert_eq!(added.code, 0, "{name}: {}{}", added.out, added.err);
}

/// Runs the binary to its end.
pub fn onemap<S: AsRef<OsStr>>(arguments: &[S]) -> Finished {
    onemap_with(arguments, &[])
}

/// The same with settings from the environment. The test fails when the command panics, whatever its exit code.
pub fn onemap_with<S: AsRef<OsStr>>(arguments: &[S], settings: &[(&str, &str)]) -> Finished {
    let output = bare().args(arguments).envs(settings.iter().copied()).output().expect("the binary starts");
    let finished = Finished {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert!(!finished.err.contains("panicked at"), "the command panicked: {}", finished.err);
    finished
}

/// Runs the binary and kills it (SIGKILL) after that time; says whether it had ended by itself before.
pub fn onemap_killed<S: AsRef<OsStr>>(arguments: &[S], after: Duration) -> bool {
    let mut command = bare();
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    std::thread::sleep(after);
    let ended = child.try_wait().expect("it can be asked whether it lives").is_some();
    drop(child.kill());
    child.wait().expect("it is waited for");
    ended
}
