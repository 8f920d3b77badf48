//! Usual lines are parsed and checked on threads of their own, a little ahead of where rows are told apart and handed on:
//! most of what a row costs is the checks of its fields, which know nothing of other rows.
//!
//! What is read ahead is known by its byte in the file. A line that turns out to be unusual is left where it is for the
//! careful reader, which may go on over several lines; what was read within them is thrown away.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

use super::pieces::Pieces;
use super::rows::{Taken, Usual};

/// Bytes of lines that are read together; in tests a few lines are many of them.
const TOGETHER: usize = if cfg!(test) { 300 } else { 128 << 10 };
/// So many of these are under way at each thread, and one more is being taken: more are not read ahead.
const UNDER_WAY: usize = 2;
/// Most threads: with more of them, whoever hands rows on is what is waited for.
const MOST_THREADS: usize = 4;

/// Whole lines, each with its end, and the byte at which the first begins.
struct Lines {
    offset: u64,
    bytes: Vec<u8>,
}

/// A line that was read.
pub(super) struct Parsed {
    /// Byte at which it begins.
    offset: u64,
    /// Its bytes without the end of the line.
    pub(super) length: usize,
    /// What it says; `None` when it is unusual.
    pub(super) said: Option<Taken>,
}

/// A thread that reads lines.
struct Reader {
    lines: SyncSender<Lines>,
    parsed: Receiver<VecDeque<Parsed>>,
}

/// The lines ahead.
pub(super) struct Ahead {
    /// Each in its turn.
    readers: Vec<Reader>,
    /// How many pieces of lines were handed to them, and how many were taken back.
    handed: usize,
    taken: usize,
    /// Byte up to which lines were handed over.
    to: u64,
    ready: VecDeque<Parsed>,
    /// Why no more could be read; said behind the last line that was.
    failed: Option<std::io::Error>,
}

impl Ahead {
    /// Starts the threads; they end when whoever takes the lines is done.
    pub(super) fn start<'scope>(scope: &'scope Scope<'scope, '_>, usual: &'scope Usual<'_>) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, MOST_THREADS);
        let readers = (0..threads).map(|_| {
            let (lines, handed) = sync_channel::<Lines>(UNDER_WAY);
            let (give, parsed) = sync_channel(UNDER_WAY);
            scope.spawn(move || {
                while let Ok(lines) = handed.recv() {
                    if give.send(parse(&lines, usual)).is_err() {
                        return;
                    }
                }
            });
            Reader { lines, parsed }
        });
        Self { readers: readers.collect(), handed: 0, taken: 0, to: 0, ready: VecDeque::new(), failed: None }
    }

    /// The line that begins just where the pieces are, if documents are parted by lines and it is whole and not too long.
    pub(super) fn next<R: std::io::Read>(&mut self, pieces: &mut Pieces<R>) -> std::io::Result<Option<Parsed>> {
        if !pieces.is_at_line()? {
            return Ok(None);
        }
        loop {
            self.hand_over(pieces);
            let here = pieces.here();
            while self.ready.front().is_some_and(|line| line.offset < here) {
                self.ready.pop_front();
            }
            if let Some(line) = self.ready.front() {
                let line = (line.offset == here).then(|| self.ready.pop_front());
                return Ok(line.flatten());
            }
            if self.handed == self.taken {
                return self.failed.take().map_or(Ok(None), Err);
            }
            let parsed = self.turn(self.taken).map(|reader| reader.parsed.recv());
            self.taken += 1;
            let Some(Ok(ready)) = parsed else { return Ok(None) };
            self.ready = ready;
        }
    }

    fn hand_over<R: std::io::Read>(&mut self, pieces: &mut Pieces<R>) {
        while self.handed - self.taken < UNDER_WAY * self.readers.len() && self.failed.is_none() {
            let offset = self.to.max(pieces.here());
            let bytes = match pieces.lines_from(offset, TOGETHER) {
                Ok(Some(bytes)) => bytes.to_vec(),
                Ok(None) => return,
                Err(error) => return self.failed = Some(error),
            };
            self.to = offset + bytes.len() as u64;
            // Whoever does not take lines any more has panicked, which the scope tells.
            if self.turn(self.handed).is_none_or(|reader| reader.lines.send(Lines { offset, bytes }).is_err()) {
                return;
            }
            self.handed += 1;
        }
    }

    /// Whose turn it is with the n-th piece.
    fn turn(&self, n: usize) -> Option<&Reader> {
        self.readers.get(n % self.readers.len())
    }
}

fn parse(lines: &Lines, usual: &Usual<'_>) -> VecDeque<Parsed> {
    let mut offset = lines.offset;
    let parsed = |line: &[u8]| {
        let length = line.len() - usize::from(line.ends_with(b"\n"));
        let said = line.get(..length).and_then(|line| usual.read(line));
        let parsed = Parsed { offset, length, said };
        offset += line.len() as u64;
        parsed
    };
    lines.bytes.split_inclusive(|byte| *byte == b'\n').map(parsed).collect()
}
