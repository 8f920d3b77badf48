//! Files of one JSON object a line, in the forms of `onemap generate`: duty units, and incidents of the past.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use geo::Coord;
use intake::suspect::Watch;
use spatial::codes::Division;
use spatial::crs::Crs;
use spatial::{Bounds, Position, printable, shown, told};

use super::order::ImportError;
use super::report::{ImportReport, NAMED, RefusedRow, Suspected, short};
use crate::app::now_ms;

/// Longest line, bytes.
const LONGEST: u64 = 64 * 1024;

/// A file of lines to import, by whom and how.
#[derive(Debug, Clone)]
pub struct LinesOrder {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Coordinate system of its places.
    pub crs: Crs,
    /// Who imports it.
    pub who: String,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What a line does not say itself, and what is watched of all of them.
pub(super) struct Given {
    crs: Crs,
    /// The moment of reading, milliseconds since 1970.
    pub(super) now_ms: i64,
    watch: Watch,
}

impl Given {
    /// The place that a line names, WGS84.
    pub(super) fn place(&mut self, field: &str, at: Option<[f64; 2]>) -> Result<Option<Position>, String> {
        let Some([x, y]) = at else { return Ok(None) };
        self.watch.see(Some(Coord { x, y }));
        let degrees = self.crs.to_wgs84(x, y).map_err(|error| format!("{field}: {error}"))?;
        let (lon, lat) = intake::settled((x, y), degrees);
        Position::new(lon, lat).map(Some).map_err(|error| format!("{field}: {error}"))
    }
}

/// Reads a row from the text of its line, or says why it cannot.
type Parse<T> = fn(&str, &mut Given) -> Result<T, String>;

/// Reads lines one by one and keeps the report. One line is in memory.
pub(super) struct Lines<T> {
    path: PathBuf,
    file: BufReader<File>,
    line: u64,
    given: Given,
    parse: Parse<T>,
    report: ImportReport,
}

impl<T> Lines<T> {
    /// Begins to read; places are expected in `area`.
    pub(super) fn open(order: &LinesOrder, area: Option<Bounds>, parse: Parse<T>) -> Result<Self, ImportError> {
        let path = order.path.clone();
        let file = File::open(&path).map_err(|error| unreadable(&path, error))?;
        let watch = Watch::new(&order.crs.name()).within(area);
        let given = Given { crs: order.crs, now_ms: now_ms(), watch };
        Ok(Self { path, file: BufReader::new(file), line: 0, given, parse, report: ImportReport::default() })
    }

    /// Number of the line that was read last, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next row that can be read; none at the end of the file. Who takes it says [`Lines::accept`] or
    /// [`Lines::refuse`].
    pub(super) fn next(&mut self) -> Result<Option<T>, ImportError> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let read = self.file.by_ref().take(LONGEST + 1).read_until(b'\n', &mut bytes);
            if read.map_err(|error| unreadable(&self.path, error))? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if !bytes.ends_with(b"\n") && bytes.len() as u64 > LONGEST {
                self.skip().map_err(|error| unreadable(&self.path, error))?;
                self.refuse(&format!("the line is longer than {LONGEST} bytes"));
                continue;
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text = std::str::from_utf8(&bytes).map_err(|error| error.to_string());
            match text.and_then(|text| (self.parse)(text, &mut self.given)) {
                Ok(row) => return Ok(Some(row)),
                Err(why) => self.refuse(&why),
            }
        }
    }

    fn skip(&mut self) -> std::io::Result<()> {
        loop {
            let held = self.file.fill_buf()?;
            let (used, end) = match held.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (held.len(), held.is_empty()),
            };
            self.file.consume(used);
            if end {
                return Ok(());
            }
        }
    }

    /// Counts the last row as good; where it is, when its place says something of the file.
    pub(super) fn accept(&mut self, place: Option<Position>) {
        self.report.read += 1;
        self.report.accepted += 1;
        if let Some(place) = place {
            self.given.watch.point(Coord { x: place.lon(), y: place.lat() });
        }
    }

    /// Counts the last row as refused.
    pub(super) fn refuse(&mut self, why: &str) {
        self.report.read += 1;
        self.report.rejected += 1;
        // A reason quotes what it refuses: nothing of a person, and nothing that a terminal obeys.
        let reason = short(printable(&told(why)).into_owned());
        *self.report.by_reason.entry(group(&reason).to_owned()).or_default() += 1;
        if self.report.rejects.len() < NAMED {
            self.report.rejects.push(RefusedRow { line: Some(self.line), offset: None, id: None, reason });
        }
    }

    /// What is to be said of the whole file.
    pub(super) fn end(self) -> Result<ImportReport, ImportError> {
        if self.report.read == 0 {
            return Err(ImportError::NoRows("it holds no rows".to_owned()));
        }
        let suspicions = self.given.watch.suspicions().into_iter().map(Suspected::from).collect();
        Ok(ImportReport { suspicions, ..self.report })
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> ImportError {
    ImportError::File { path: path.to_owned(), error }
}

/// What a refused row is counted under: the field that is wrong, where one is named.
fn group(reason: &str) -> &str {
    let field = |text: &&str| text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'/'));
    reason.split_once(": ").map(|(first, _)| first).filter(field).unwrap_or("is not of the form")
}

/// The row of a line, as far as JSON goes.
pub(super) fn parsed<'a, R: serde::Deserialize<'a>>(line: &'a str) -> Result<R, String> {
    serde_json::from_str(line).map_err(|error| told(&error.to_string()).into_owned())
}

/// The division of that code.
pub(super) fn division(code: Option<&String>) -> Result<Option<Division>, String> {
    code.map(|code| Division::new(code).map_err(|error| format!("division: {error}"))).transpose()
}

/// What a word stands for.
pub(super) fn word<T>(field: &str, given: &str, found: Option<T>) -> Result<T, String> {
    found.ok_or_else(|| format!("{field}: {:?} is not a known word", shown(given)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_rows_are_counted_by_field() {
        for (reason, expect) in [
            ("priority: must be 1 to 4", "priority"),
            ("contact/channel: \"x\" is not a known word", "contact/channel"),
            ("unknown field `colour`, expected one of: a: b", "is not of the form"),
            ("the line is longer than 65536 bytes", "is not of the form"),
        ] {
            assert_eq!(group(reason), expect, "{reason}");
        }
    }
}
