//! `onemap import units FILE` and `onemap import incidents FILE`: duty units and incidents of the past, one JSON object a
//! line, as `onemap generate` writes them. Neither is a layer of the registry: they go into the roster and into history.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use dispatch::{
    Channel, Contact, Duty, HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority, Size, Unit, UnitKind,
};
use serde::Deserialize;
use spatial::codes::Division;
use spatial::crs::Crs;
use spatial::{Position, personal, personal_id, printable, shown, told};
use store::Store;

use super::say;
use crate::app::{from_rfc3339, now_ms, ops};

/// Longest line, bytes.
const LONGEST: u64 = 64 * 1024;
/// Rows that are stored together.
const TOGETHER: usize = 5_000;
/// Refused rows that are told; all are counted.
const TOLD: usize = 20;
/// Before this moment nothing of the past is taken, milliseconds since 1970: 1949-10-01 by the clock of UTC+8. No count
/// of calls that a city still reckons with is older, and `1066` is a slip.
const EARLIEST_MS: i64 = -639_129_600_000;
/// How far ahead of us the clock of whoever wrote a row may be, milliseconds: a day.
const AHEAD_MS: i64 = 86_400_000;
/// Exit code when nothing could be read.
const NOTHING_READ: u8 = 2;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// Coordinate system of places.
    pub(super) crs: Crs,
    /// Nothing is written.
    pub(super) dry_run: bool,
}

/// What a line does not say itself.
#[derive(Debug, Clone, Copy)]
struct Given {
    /// Coordinate system of places.
    crs: Crs,
    /// The moment of reading, milliseconds since 1970.
    now_ms: i64,
}

/// A unit as a line has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitLine {
    id: String,
    kind: String,
    call_sign: String,
    org: String,
    division: Option<String>,
    #[serde(default)]
    skills: Vec<String>,
    #[serde(default)]
    duty: Option<String>,
    #[serde(default)]
    home: Option<[f64; 2]>,
    #[serde(default)]
    height_m: Option<f64>,
    #[serde(default)]
    weight_t: Option<f64>,
    /// By which hours it is on duty: plans read it, the roster does not keep it.
    #[serde(default, rename = "shift")]
    _shift: Option<serde_json::Value>,
    #[serde(default)]
    contact: Option<ContactLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactLine {
    channel: String,
    #[serde(default)]
    number: Option<String>,
}

/// An incident of the past as a line has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PastLine {
    system: String,
    number: String,
    kind: String,
    source: String,
    /// Follows from the source.
    #[serde(default, rename = "origin")]
    _origin: Option<String>,
    priority: u8,
    #[serde(default)]
    position: Option<[f64; 2]>,
    #[serde(default)]
    division: Option<String>,
    reported_at: String,
    #[serde(default)]
    assigned_at: Option<String>,
    #[serde(default)]
    accepted_at: Option<String>,
    #[serde(default)]
    arrived_at: Option<String>,
    #[serde(default)]
    closed_at: Option<String>,
}

fn place(crs: Crs, at: Option<[f64; 2]>, field: &str) -> Result<Option<Position>, String> {
    let Some([x, y]) = at else { return Ok(None) };
    let (lon, lat) = crs.to_wgs84(x, y).map_err(|error| format!("{field}: {error}"))?;
    Position::new(lon, lat).map(Some).map_err(|error| format!("{field}: {error}"))
}

fn division(code: Option<&String>) -> Result<Option<Division>, String> {
    code.map(|code| Division::new(code).map_err(|error| format!("division: {error}"))).transpose()
}

fn word<T>(field: &str, given: &str, found: Option<T>) -> Result<T, String> {
    found.ok_or_else(|| format!("{field}: {:?} is not a known word", shown(given)))
}

fn moment(field: &str, given: &str) -> Result<i64, String> {
    from_rfc3339(given).ok_or_else(|| format!("{field}: {:?} is no time as in RFC 3339", shown(given)))
}

/// A moment of the past.
fn gone(field: &str, given: &str, now_ms: i64) -> Result<i64, String> {
    let at = moment(field, given)?;
    if at < EARLIEST_MS {
        return Err(format!("{field}: {given} lies before 1949-10-01, so it is a slip"));
    }
    if at > now_ms.saturating_add(AHEAD_MS) {
        return Err(format!("{field}: {given} lies more than a day in the future"));
    }
    Ok(at)
}

fn label(field: &str, text: &str, most: usize) -> Result<(), String> {
    let good = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    if good {
        Ok(())
    } else {
        Err(format!("{field}: must have 1 to {most} characters, none of them a control character"))
    }
}

fn unit(line: &str, Given { crs, .. }: Given) -> Result<Unit, String> {
    let row: UnitLine = serde_json::from_str(line).map_err(|error| told(&error.to_string()).into_owned())?;
    let duty = row.duty.as_deref().unwrap_or("off_duty");
    let contact = match row.contact {
        Some(given) => Contact {
            channel: word("contact/channel", &given.channel, Channel::from_word(&given.channel))?,
            number: given.number,
        },
        None => Contact { channel: Channel::None, number: None },
    };
    let unit = Unit {
        kind: word("kind", &row.kind, UnitKind::from_word(&row.kind))?,
        division: division(row.division.as_ref())?,
        duty: word("duty", duty, Duty::from_word(duty))?,
        home: place(crs, row.home, "home")?,
        id: row.id,
        call_sign: row.call_sign,
        org: row.org,
        skills: row.skills,
        size: Size { height_m: row.height_m, weight_t: row.weight_t },
        contact,
        epoch: 0,
    };
    unit.check().map_err(|error| error.to_string())?;
    Ok(unit)
}

fn past(line: &str, Given { crs, now_ms }: Given) -> Result<HistoricIncident, String> {
    let row: PastLine = serde_json::from_str(line).map_err(|error| told(&error.to_string()).into_owned())?;
    label("system", &row.system, 64)?;
    label("number", &row.number, 128)?;
    for (field, found) in [("system", personal(&row.system)), ("number", personal_id(&row.number))] {
        if let Some(what) = found {
            return Err(format!("{field}: holds {what}, which belongs to one person"));
        }
    }
    let may = |field: &str, at: Option<&String>| at.map(|at| gone(field, at, now_ms)).transpose();
    Ok(HistoricIncident {
        kind: word("kind", &row.kind, IncidentKind::from_word(&row.kind))?,
        source: word("source", &row.source, IncidentSource::from_word(&row.source))?,
        priority: Priority::new(row.priority).ok_or("priority: must be 1 to 4")?,
        position: place(crs, row.position, "position")?,
        division: division(row.division.as_ref())?,
        reported_ms: gone("reported_at", &row.reported_at, now_ms)?,
        milestones: Milestones {
            assigned_ms: may("assigned_at", row.assigned_at.as_ref())?,
            accepted_ms: may("accepted_at", row.accepted_at.as_ref())?,
            arrived_ms: may("arrived_at", row.arrived_at.as_ref())?,
            closed_ms: may("closed_at", row.closed_at.as_ref())?,
        },
        source_system: row.system,
        number: row.number,
    })
}

/// Counts of what was read.
#[derive(Default)]
struct Tally {
    rows: u64,
    good: u64,
    rejected: Vec<(u64, String)>,
    rejects: u64,
}

/// Reads lines and hands good rows on in chunks.
struct Reader<T> {
    lines: BufReader<File>,
    line: u64,
    read: Tally,
    row: fn(&str, Given) -> Result<T, String>,
    given: Given,
}

impl<T> Reader<T> {
    fn open(path: &Path, crs: Crs, row: fn(&str, Given) -> Result<T, String>) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
        Ok(Self {
            lines: BufReader::new(file),
            line: 0,
            read: Tally::default(),
            row,
            given: Given { crs, now_ms: now_ms() },
        })
    }

    /// The next rows; none at the end of the file.
    fn chunk(&mut self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        let mut bytes = Vec::new();
        while rows.len() < TOGETHER {
            bytes.clear();
            if self.lines.by_ref().take(LONGEST + 1).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            self.line += 1;
            let whole = bytes.ends_with(b"\n") || (bytes.len() as u64) <= LONGEST;
            if !whole {
                self.skip()?;
                self.reject(&format!("the line is longer than {LONGEST} bytes"));
                continue;
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let row = std::str::from_utf8(&bytes).map_err(|error| error.to_string());
            match row.and_then(|text| (self.row)(text, self.given)) {
                Ok(row) => {
                    self.read.rows += 1;
                    self.read.good += 1;
                    rows.push(row);
                }
                Err(why) => self.reject(&why),
            }
        }
        Ok(rows)
    }

    fn skip(&mut self) -> Result<()> {
        loop {
            let held = self.lines.fill_buf()?;
            let (used, end) = match held.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (held.len(), held.is_empty()),
            };
            self.lines.consume(used);
            if end {
                return Ok(());
            }
        }
    }

    fn reject(&mut self, why: &str) {
        self.read.rows += 1;
        self.read.rejects += 1;
        if self.read.rejected.len() < TOLD {
            // A reason quotes what it refuses: nothing of a person, and nothing that a terminal obeys.
            self.read.rejected.push((self.line, printable(&told(why)).into_owned()));
        }
    }

    fn tell(&self, done: &str) -> ExitCode {
        let read = &self.read;
        say(&format!("read {}, accepted {}, rejected {}", read.rows, read.good, read.rejects));
        say(done);
        for (line, why) in &read.rejected {
            say(&format!("  line {line}: {why}"));
        }
        if read.rejects > TOLD as u64 {
            say(&format!("  … and {} more rejected rows", read.rejects - TOLD as u64));
        }
        if read.good == 0 { ExitCode::from(NOTHING_READ) } else { ExitCode::SUCCESS }
    }
}

impl Lines {
    /// Duty units into the roster. The log's word counts: a unit that operations know already stays as it is.
    pub(super) async fn units(self, store: &Arc<dyn Store>, path: &Path) -> Result<ExitCode> {
        let desk = ops::read(store).await?;
        let mut reader = Reader::open(path, self.crs, unit)?;
        let (mut new, mut known) = (0_u64, 0_u64);
        loop {
            let chunk = reader.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let (there, rows): (Vec<Unit>, Vec<Unit>) =
                chunk.into_iter().partition(|unit| desk.unit(&unit.id).is_some());
            known += there.len() as u64;
            new += rows.len() as u64;
            if !self.dry_run {
                store.put_units(&rows).await?;
            }
        }
        let said = if self.dry_run { "nothing was written: this was a dry run. It would be" } else { "in the roster" };
        Ok(reader.tell(&format!(
            "{said}: {new} units; {known} are known to operations and stay as they are (change them by PUT /api/v1/units/ID)"
        )))
    }

    /// Incidents of the past into history. The same file again changes nothing.
    pub(super) async fn incidents(self, store: &Arc<dyn Store>, path: &Path) -> Result<ExitCode> {
        let mut reader = Reader::open(path, self.crs, past)?;
        let (mut added, mut changed) = (0, 0);
        loop {
            let chunk = reader.chunk()?;
            if chunk.is_empty() {
                break;
            }
            if !self.dry_run {
                let (new, other) = store.put_history(&chunk).await?;
                (added, changed) = (added + new, changed + other);
            }
        }
        Ok(reader.tell(&if self.dry_run {
            "nothing was written: this was a dry run".to_owned()
        } else {
            format!("in history: {added} added, {changed} changed, {} as they were", reader.read.good - added - changed)
        }))
    }
}
