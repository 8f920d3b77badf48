//! Files of one JSON object a line, in the forms of `onemap generate`: duty units, and incidents of the past.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use geo::Coord;
use intake::suspect::Watch;
use serde_json::{Map, Value};
use spatial::codes::Division;
use spatial::crs::Crs;
use spatial::{Attributes, Bounds, MASK, Position, id_told, personal, printable, shown, told};

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
    /// The line that was read last, as far as it is kept.
    bytes: Vec<u8>,
    given: Given,
    /// The member by which a row is named.
    id: &'static str,
    parse: Parse<T>,
    report: ImportReport,
}

impl<T> Lines<T> {
    /// Begins to read; places are expected in `area`, and rows are named by that member.
    pub(super) fn open(
        order: &LinesOrder,
        area: Option<Bounds>,
        (id, parse): (&'static str, Parse<T>),
    ) -> Result<Self, ImportError> {
        let path = order.path.clone();
        let file = File::open(&path).map_err(|error| unreadable(&path, error))?;
        let watch = Watch::new(&order.crs.name()).within(area);
        let given = Given { crs: order.crs, now_ms: now_ms(), watch };
        let (file, report) = (BufReader::new(file), ImportReport::default());
        Ok(Self { path, file, line: 0, bytes: Vec::new(), given, id, parse, report })
    }

    /// Number of the line that was read last, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next row that can be read; none at the end of the file. Who takes it says [`Lines::accept`] or
    /// [`Lines::refuse`].
    pub(super) fn next(&mut self) -> Result<Option<T>, ImportError> {
        loop {
            self.bytes.clear();
            let read = self.file.by_ref().take(LONGEST + 1).read_until(b'\n', &mut self.bytes);
            if read.map_err(|error| unreadable(&self.path, error))? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if !self.bytes.ends_with(b"\n") && self.bytes.len() as u64 > LONGEST {
                self.skip().map_err(|error| unreadable(&self.path, error))?;
                self.refuse(&format!("the line is longer than {LONGEST} bytes"));
                continue;
            }
            if self.bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text = std::str::from_utf8(&self.bytes).map_err(|error| error.to_string());
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
            let id = id_of(&self.bytes, self.id).map(short);
            self.report.rejects.push(RefusedRow { line: Some(self.line), offset: None, id, reason });
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

/// How a refused line is named, as far as it can be read.
fn id_of(line: &[u8], member: &str) -> Option<String> {
    let row: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let id = match row.get(member)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    if id.is_empty() {
        return None;
    }
    let of_person = || {
        // How a unit is reached is a member of its form.
        row.keys().any(|name| name != "contact" && Attributes::may_be_named(name).is_err())
            || row.values().any(|value| value.as_str().is_some_and(|text| personal(text).is_some()))
    };
    // A number that is none may be words about who called.
    let words = member == "number" && !super::past::is_number(&id);
    Some(if words { MASK.to_owned() } else { id_told(&id, usize::MAX, of_person()) })
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
    fn refused_rows_are_named_and_nobody_with_them() {
        for (line, expect) in [
            (r#"{"id":"u1","kind":"x"}"#, Some("u1")),
            (r#"{"id":" u1 "}"#, Some("u1")),
            (r#"{"id":17}"#, Some("17")),
            (r#"{"id":"fire-east","kind":"x","contact":{"channel":"none"}}"#, Some("fire-east")),
            ("{\"id\":\"a\\u001b1\"}", Some("a␛1")),
            (r#"{"id":"13800138000"}"#, Some(MASK)),
            (r#"{"id":"王芳","call_sign":"王 13812345678"}"#, Some(MASK)),
            (r#"{"id":"王芳","民族":"x"}"#, Some(MASK)),
            (r#"{"id":""}"#, None),
            (r#"{"id":["u1"]}"#, None),
            (r#"{"kind":"x"}"#, None),
            (r#"["u1"]"#, None),
            ("{", None),
        ] {
            assert_eq!(id_of(line.as_bytes(), "id").as_deref(), expect, "{line}");
        }
    }

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
