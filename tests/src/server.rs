//! A server under test: a process of its own that ends with the test.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::city::demo_city;
use crate::client::Client;
use crate::command::bare;
use crate::folder::Folder;

/// The password of every demo login in these tests.
pub const PASSWORD: &str = "a-password-of-the-tests-0571";

/// Making the city is part of the first start.
const READY_WITHIN: Duration = Duration::from_mins(3);
const STOPPED_WITHIN: Duration = Duration::from_secs(20);
const LISTENING: &str = "listening on ";

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    url: String,
    log: PathBuf,
    /// Words of errors that this test brings about.
    forgiven: Vec<&'static str>,
    /// Kept so that the folder outlives the process in it.
    folder: Option<Folder>,
}

impl Server {
    /// The demo city in which nothing moves but what the test moves.
    pub fn demo() -> Self {
        Self::demo_with(&[])
    }

    /// The same with settings from the environment.
    pub fn demo_with(settings: &[(&str, &str)]) -> Self {
        let folder = demo_city();
        let mut server = Self::demo_in(&folder, &["--still"], settings);
        server.folder = Some(folder);
        server
    }

    /// The demo city as a visitor sees it: units drive.
    pub fn moving() -> Self {
        let folder = demo_city();
        let mut server = Self::demo_in(&folder, &[], &[]);
        server.folder = Some(folder);
        server
    }

    /// The demo on a folder of the caller's, which may be empty.
    pub fn demo_in(folder: &Folder, flags: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = bare();
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder.data()).args(flags);
        Self::start(command, folder.path(), settings)
    }

    /// `serve` on the data folder in `folder`.
    pub fn serve(folder: &Folder) -> Self {
        let mut command = bare();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.data());
        Self::start(command, folder.path(), &[])
    }

    /// `serve` on a database; logs go to `folder`.
    pub fn serve_database(url: &str, folder: &Folder) -> Self {
        Self::serve_with(&["--database-url", url], folder, &[], &[])
    }

    /// `serve` on a store (`--data …` or `--database-url …`), run by another program if `under` names one (`strace …`),
    /// with settings from the environment; logs go to `folder`.
    pub fn serve_with(store: &[&str], folder: &Folder, under: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = match under {
            [] => bare(),
            [program, words @ ..] => {
                let mut command = Command::new(program);
                command.args(words).arg(crate::command::binary());
                command
            }
        };
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(store);
        Self::start(command, folder.path(), settings)
    }

    /// Errors with these words in the log are what this test brings about.
    #[must_use]
    pub fn forgiving(mut self, words: &[&'static str]) -> Self {
        self.forgiven.extend(words);
        self
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as a power cut would end it; its folder is the caller's.
    pub fn cut(mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }

    fn start(mut command: Command, logs: &Path, settings: &[(&str, &str)]) -> Self {
        let (said, log) = (logs.join("stdout.log"), logs.join("stderr.log"));
        let open = |path: &Path| File::create(path).expect("a log file for the server");
        command.env("ONEMAP_DEMO_PASSWORD", PASSWORD).envs(settings.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(open(&said)).stderr(open(&log)).spawn();
        let child = child.expect("the binary starts");
        let mut server = Self { child, url: String::new(), log, forgiven: Vec::new(), folder: None };
        server.wait_until_ready(&said);
        server
    }

    fn wait_until_ready(&mut self, said: &Path) {
        let begun = Instant::now();
        while !self.is_ready(said) {
            let ended = self.child.try_wait().expect("the server can be asked whether it lives");
            assert!(ended.is_none(), "the server ended with {ended:?}:\n{}", self.log());
            assert!(begun.elapsed() < READY_WITHIN, "not ready in {READY_WITHIN:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn is_ready(&mut self, said: &Path) -> bool {
        if self.url.is_empty() {
            let said = fs::read_to_string(said).unwrap_or_default();
            let line = said.lines().find_map(|line| line.split_once(LISTENING).filter(|_| said.ends_with('\n')));
            line.and_then(|(_, url)| url.split_whitespace().next()).unwrap_or_default().clone_into(&mut self.url);
        }
        !self.url.is_empty() && self.client().get("/readyz").status == 200
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        self.url.trim_end_matches('/')
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.url().trim_start_matches("http://")
    }

    /// The data folder it serves, where the test gave it one to keep.
    pub fn data(&self) -> PathBuf {
        self.folder.as_ref().expect("this server keeps its folder").data()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Somebody who has not logged in.
    pub fn client(&self) -> Client {
        Client::new(self.url())
    }

    /// A demo user, logged in.
    pub fn login(&self, user: &str) -> Client {
        self.login_with(user, PASSWORD)
    }

    /// Any user, logged in.
    pub fn login_with(&self, user: &str, password: &str) -> Client {
        let answer = self.client().post("/api/v1/session", &json!({"user": user, "password": password}));
        assert_eq!(answer.status, 200, "{user} cannot log in: {}", answer.text());
        let session = answer.json();
        self.client().with_token(session["token"].as_str().expect("a session has a token"))
    }

    /// Stops it as an operator would and gives the folder back for the next one.
    pub fn stop(mut self) -> Folder {
        self.end();
        self.folder.take().expect("this server keeps its folder")
    }

    /// Kills it as a power cut would end it, and gives the folder back for the next one.
    pub fn kill(mut self) -> Folder {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
        self.folder.take().expect("this server keeps its folder")
    }

    /// Whether it still answers.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none()) && self.client().get("/healthz").status == 200
    }

    fn end(&mut self) {
        let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.child.id().to_string()]).status();
        let begun = Instant::now();
        while asked.is_ok() && begun.elapsed() < STOPPED_WITHIN {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(self.child.kill());
        drop(self.child.wait());
        assert!(std::thread::panicking(), "the server did not stop within {STOPPED_WITHIN:?} when asked to");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let was_alive = self.child.try_wait().is_ok_and(|ended| ended.is_none());
        if was_alive {
            self.end();
        }
        if !std::thread::panicking() {
            let log = self.log();
            let is_bad = |line: &&str| {
                let forgiven = self.forgiven.iter().any(|words| line.contains(words));
                (line.contains("ERROR") && !forgiven) || line.contains("panicked at")
            };
            let bad: Vec<&str> = log.lines().filter(is_bad).collect();
            assert!(bad.is_empty(), "the server's log holds errors:\n{}", bad.join("\n"));
        }
    }
}
