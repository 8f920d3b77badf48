//! Cameras that speak RTSP: a process of `GStreamer`'s server (`tests/cameras/camera.py`), installed by
//! `scripts/setup-test.sh`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::folder::{Folder, workspace};

/// Starting an interpreter and a media framework takes a while on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Some cameras on two ports: one open, one that asks for the login `guard`.
#[derive(Debug)]
pub struct Cameras {
    child: Child,
    log: PathBuf,
    /// Where they listen: open, locked.
    ports: [u16; 2],
    _folder: Folder,
}

impl Default for Cameras {
    fn default() -> Self {
        Self::new()
    }
}

impl Cameras {
    /// Starts them on free ports.
    pub fn new() -> Self {
        let folder = Folder::new();
        let said = folder.path().join("camera.log");
        let mut cameras = Self { child: Self::spawn(&said, [0, 0]), log: said, ports: [0, 0], _folder: folder };
        cameras.wait();
        cameras
    }

    fn spawn(said: &Path, ports: [u16; 2]) -> Child {
        let script = workspace().join("tests/cameras/camera.py");
        let log = File::options().create(true).append(true).open(said).expect("a log for the cameras");
        let errors = log.try_clone().expect("the same log for errors");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).args(ports.map(|port| port.to_string())).stdin(Stdio::null());
        command.stdout(log).stderr(errors).spawn().expect("python3 runs; scripts/setup-test.sh installs what it needs")
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        loop {
            let log = self.log();
            let port = |words: &str| -> Option<u16> {
                let line = log.lines().rev().find_map(|line| line.strip_prefix(words))?;
                line.rsplit_once(':')?.1.parse().ok()
            };
            if let (Some(open), Some(locked)) = (port("listening on "), port("locked on ")) {
                self.ports = [open, locked];
                return;
            }
            let ended = self.child.try_wait().expect("the cameras can be asked whether they live");
            assert!(ended.is_none(), "the cameras ended with {ended:?} (scripts/setup-test.sh installs them):\n{log}");
            assert!(begun.elapsed() < READY_WITHIN, "no cameras in {READY_WITHIN:?}:\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The address of an open camera: `live`, `reordered`, `jpeg`.
    pub fn url(&self, path: &str) -> String {
        format!("rtsp://127.0.0.1:{}/{path}", self.ports[0])
    }

    /// The address of the locked one, with a password.
    pub fn locked(&self, password: &str) -> String {
        format!("rtsp://guard:{password}@127.0.0.1:{}/live", self.ports[1])
    }

    /// How many sessions have begun at a path.
    pub fn plays(&self, path: &str) -> usize {
        self.said(&format!("play /{path}"))
    }

    /// How many were ended in order.
    pub fn teardowns(&self, path: &str) -> usize {
        self.said(&format!("teardown /{path}"))
    }

    fn said(&self, line: &str) -> usize {
        // A control at the end of the address is the stream's own.
        self.log().lines().filter(|said| said.trim_end_matches('/') == line).count()
    }

    /// Nothing comes from them any more, and nobody hangs up.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// They go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let words = format!("kill -{name} {}", self.child.id());
        let done = Command::new("sh").args(["-c", &words]).status().expect("sh runs");
        assert!(done.success(), "{words}");
    }

    /// Ends them.
    pub fn kill(&mut self) {
        self.child.kill().expect("the cameras can be killed");
        self.child.wait().expect("they end");
    }

    /// Starts them again on the ports that they had.
    pub fn restart(&mut self) {
        // The log is begun anew, so that the wait is for the new ones.
        let log = self
            .log()
            .lines()
            .filter(|line| line.starts_with("play ") || line.starts_with("teardown "))
            .collect::<Vec<_>>()
            .join("\n");
        fs::write(&self.log, log + "\n").expect("the log can be written");
        self.child = Self::spawn(&self.log, self.ports);
        self.wait();
    }
}

impl Drop for Cameras {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
