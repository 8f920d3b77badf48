//! Usual lines are parsed on a thread of their own, a little ahead of where rows are checked: parsing is a fifth of both.
//!
//! What is parsed ahead is known by its byte in the file. A line that turns out to be unusual is left where it is for the
//! careful reader, which may go on over several lines; what was parsed within them is thrown away.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

use super::pieces::Pieces;
use super::quick::{Quick, quick};

/// Bytes of lines that are parsed together; in tests a few lines are many of them.
const TOGETHER: usize = if cfg!(test) { 300 } else { 128 << 10 };
/// So many of these are under way, and one more is being taken: more are not read ahead.
const UNDER_WAY: usize = 2;

/// Whole lines, each with its end, and the byte at which the first begins.
struct Lines {
    offset: u64,
    bytes: Vec<u8>,
}

/// A line that was parsed.
pub(super) struct Parsed {
    /// Byte at which it begins.
    offset: u64,
    /// Its bytes without the end of the line.
    pub(super) length: usize,
    /// What it says; `None` when it is unusual.
    pub(super) said: Option<Quick>,
}

/// The lines ahead.
pub(super) struct Ahead {
    lines: SyncSender<Lines>,
    parsed: Receiver<VecDeque<Parsed>>,
    under_way: usize,
    /// Byte up to which lines were handed over.
    to: u64,
    ready: VecDeque<Parsed>,
    /// Why no more could be read; said behind the last line that was.
    failed: Option<std::io::Error>,
}

impl Ahead {
    /// Starts the thread; it ends when the reader is done. `names` are names of properties that need no copy.
    pub(super) fn start<'scope>(scope: &'scope Scope<'scope, '_>, names: &'scope [&'static str]) -> Self {
        let (lines, handed) = sync_channel::<Lines>(UNDER_WAY);
        let (give, parsed) = sync_channel(UNDER_WAY);
        scope.spawn(move || {
            while let Ok(lines) = handed.recv() {
                if give.send(parse(&lines, names)).is_err() {
                    return;
                }
            }
        });
        Self { lines, parsed, under_way: 0, to: 0, ready: VecDeque::new(), failed: None }
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
            if self.under_way == 0 {
                return self.failed.take().map_or(Ok(None), Err);
            }
            self.under_way -= 1;
            let Ok(ready) = self.parsed.recv() else { return Ok(None) };
            self.ready = ready;
        }
    }

    fn hand_over<R: std::io::Read>(&mut self, pieces: &mut Pieces<R>) {
        while self.under_way < UNDER_WAY && self.failed.is_none() {
            let offset = self.to.max(pieces.here());
            let bytes = match pieces.lines_from(offset, TOGETHER) {
                Ok(Some(bytes)) => bytes.to_vec(),
                Ok(None) => return,
                Err(error) => return self.failed = Some(error),
            };
            self.to = offset + bytes.len() as u64;
            // Whoever does not take lines any more has panicked, which the scope tells.
            if self.lines.send(Lines { offset, bytes }).is_err() {
                return;
            }
            self.under_way += 1;
        }
    }
}

fn parse(lines: &Lines, names: &[&'static str]) -> VecDeque<Parsed> {
    let mut offset = lines.offset;
    let parsed = |line: &[u8]| {
        let length = line.len() - usize::from(line.ends_with(b"\n"));
        let said = line.get(..length).and_then(|line| quick(line, names));
        let parsed = Parsed { offset, length, said };
        offset += line.len() as u64;
        parsed
    };
    lines.bytes.split_inclusive(|byte| *byte == b'\n').map(parsed).collect()
}
