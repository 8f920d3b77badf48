//! Row after row of a file: what is a feature, and why the rest is not.

use std::collections::hash_map::Entry;
use std::io::Read;

use geo::Coord;
use serde_json::{Map, Value};
use spatial::{Feature, FeatureKey, Layer, Noun, Properties, shown as short};

use super::ahead::{Ahead, Parsed};
use super::exact;
use super::identity::{Id, identify};
use super::mapped::Mapped;
use super::pieces::{Piece, Pieces};
use super::quick::{Quick, quick};
use super::shape::Shapes;
use crate::crs_names;
use crate::digits::KEPT;
use crate::mend::{Mended, Mender};
use crate::problem::Problem;
use crate::report::At;
use crate::seen::Seen;
use crate::shape::RawShape;
use crate::suspect::Watch;
use crate::{Door, Flow, IntakeError, Mapping, Report, Row};

/// Longest list or object that is kept as text in the attribute bag, characters.
const LONGEST_NESTED: usize = 400;
/// So many unusual lines more than usual ones, and no more are tried as usual ones: trying costs as much as reading.
const TRIED: u32 = 64;
/// Names of ours that an export writes and an import does not take as facts.
pub(super) const NOT_FACTS: [&str; 2] = ["revision", "fid"];

/// Reads features of one layer: a `FeatureCollection`, a single `Feature` or geometry, or a sequence of them parted
/// by record separators or by lines; which of these it is, the first bytes tell. `source` stands for every row that
/// has no property `source`.
///
/// # Errors
/// When nothing could be read: no bytes, no JSON, not UTF-8. A file in another encoding may have handed on rows before
/// the first byte that does not fit.
pub fn geojson(
    bytes: impl Read,
    layer: Layer,
    source: &str,
    door: &Door<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    read(bytes, layer, source, door, (Watch::new(door.crs), None), each)
}

/// The same, watched and mapped.
pub(crate) fn read(
    bytes: impl Read,
    layer: Layer,
    source: &str,
    door: &Door<'_>,
    (watch, mapping): (Watch, Option<&Mapping>),
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    let mapped = mapping.map(|mapping| Mapped::new(mapping, layer)).transpose()?;
    // A mapped line is never a usual one.
    let credit = if mapped.is_some() { 0 } else { TRIED };
    let (seen, report, facts) = (Seen::default(), Report::default(), Facts::default());
    all(
        Rows { layer, source, door, mapped, seen, report, facts, watch, line_before: 0, within: None, each },
        bytes,
        credit,
    )
}

/// The same; `credit` is how many unusual lines may come before each line is read with care at once.
pub(super) fn all(rows: Rows<'_>, bytes: impl Read, credit: u32) -> Result<Report, IntakeError> {
    let usual = Usual::new(rows.layer, rows.source, rows.door);
    std::thread::scope(|scope| each(rows, bytes, Ahead::start(scope, &usual), credit))
}

fn each(mut rows: Rows<'_>, bytes: impl Read, mut ahead: Ahead, mut credit: u32) -> Result<Report, IntakeError> {
    let mut pieces = Pieces::new(bytes)?;
    loop {
        if credit > 0
            && let Some(Parsed { length, said, .. }) = ahead.next(&mut pieces)?
        {
            if let Some(said) = said {
                credit = credit.saturating_add(1).min(TRIED.max(credit));
                pieces.pass_line(length);
                rows.facts.parsed = true;
                if rows.taken(pieces.line(), said).is_break() {
                    rows.report.stopped = true;
                    break;
                }
                continue;
            }
            credit -= 1;
        }
        let piece = pieces.next()?;
        let line = pieces.line();
        rows.within = (line == rows.line_before).then(|| pieces.offset());
        rows.line_before = line;
        let flow = match piece {
            Piece::End => break,
            Piece::Truncated => {
                rows.report.truncated = true;
                rows.refuse(line, None, Problem::plain("the file ends in the middle of this"))
            }
            Piece::Broken(what) => {
                utf8(&pieces)?;
                rows.facts.first_broken.get_or_insert_with(|| (line, what.to_owned()));
                rows.refuse(line, None, Problem::plain(what))
            }
            Piece::Feature | Piece::Document { .. } => {
                let text = utf8(&pieces)?;
                let value = text.map(serde_json::from_str::<Value>);
                match value {
                    None => {
                        let what = "is larger than 32 MiB";
                        rows.facts.first_broken.get_or_insert_with(|| (line, what.to_owned()));
                        rows.refuse(line, None, Problem::plain(what))
                    }
                    Some(Err(error)) => {
                        // The parser counts from where this piece begins; said is the line of the file, and only once.
                        let line = line + (error.line() as u64).saturating_sub(1);
                        let (said, at) =
                            (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
                        let reason = format!("is not JSON: {}", said.strip_suffix(&at).unwrap_or(&said));
                        rows.facts.first_broken.get_or_insert_with(|| (line, reason.clone()));
                        rows.refuse(line, None, Problem::grouped(reason, "is not JSON"))
                    }
                    Some(Ok(mut value)) => {
                        rows.facts.parsed = true;
                        rows.facts.digits += exact::digits(&mut value, text.unwrap_or_default());
                        if let Piece::Document { collection } = piece {
                            rows.document(line, value, collection)
                        } else {
                            rows.feature(line, value)
                        }
                    }
                }
            }
        };
        if flow.is_break() {
            rows.report.stopped = true;
            break;
        }
    }
    rows.finish()
}

/// The text of a piece, or the byte at which it is no UTF-8; `None` when it is too large to be kept.
fn utf8<R: Read>(pieces: &Pieces<R>) -> Result<Option<&str>, IntakeError> {
    let Some(bytes) = pieces.text() else { return Ok(None) };
    let text = std::str::from_utf8(bytes);
    text.map(Some).map_err(|error| IntakeError::NotUtf8 { offset: pieces.offset() + error.valid_up_to() as u64 })
}

/// How a usual line becomes a row: all that can be said of it without knowing the others.
pub(super) struct Usual<'a> {
    layer: Layer,
    source: &'a str,
    door: &'a Door<'a>,
    /// Names of properties that need no copy.
    names: Vec<&'static str>,
}

/// A usual line.
pub(super) struct Taken {
    id: Id,
    /// Its place as given, where it got that far.
    at: Option<Coord<f64>>,
    feature: Result<(Feature, Mended), Problem>,
}

impl<'a> Usual<'a> {
    fn new(layer: Layer, source: &'a str, door: &'a Door<'a>) -> Self {
        Self { layer, source, door, names: Noun::fields(layer).iter().map(|field| field.name).collect() }
    }

    /// What a line says; `None` when it is unusual.
    pub(super) fn read(&self, line: &[u8]) -> Option<Taken> {
        let Quick { id, source, at, height, facts } = quick(line, &self.names)?;
        let mut seen = None;
        let read = || {
            let key = FeatureKey::new(self.layer, source.as_deref().unwrap_or(self.source), &id)?;
            let mut mender = Mender::new(self.door, false);
            mender.mended.heights += u64::from(height);
            seen = Some(at);
            let geometry = mender.shape(RawShape::Point(at))?;
            let (feature, settled) = Feature::settled(key, geometry, facts)?;
            mender.mended.settled(settled);
            Ok((feature, mender.mended))
        };
        let feature = read();
        Some(Taken { id: Id::Given(id), at: seen, feature })
    }
}

/// What was learnt of the file on the way.
#[derive(Default)]
pub(super) struct Facts {
    /// Something was JSON.
    parsed: bool,
    /// Line and reason of the first thing that was not.
    first_broken: Option<(u64, String)>,
    /// Good rows without an id of their own.
    ids_made: u64,
    /// Properties that are whole numbers of more than 64 bits.
    digits: u64,
    /// In good rows.
    mended: Mended,
}

pub(super) struct Rows<'a> {
    pub(super) layer: Layer,
    pub(super) source: &'a str,
    pub(super) door: &'a Door<'a>,
    pub(super) mapped: Option<Mapped>,
    /// Line of the first row of each number.
    pub(super) seen: Seen<u64>,
    pub(super) report: Report,
    pub(super) facts: Facts,
    pub(super) watch: Watch,
    /// Line on which the piece before began.
    pub(super) line_before: u64,
    /// Byte of the piece at hand, when another begins before it on the same line.
    pub(super) within: Option<u64>,
    pub(super) each: &'a mut dyn FnMut(Row) -> Flow,
}

impl Rows<'_> {
    /// A whole document: a feature, a bare geometry, or what a collection says besides its features.
    fn document(&mut self, line: u64, value: Value, collection: bool) -> Flow {
        self.crs_member(&value);
        let kind = value.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        match kind.as_str() {
            "Feature" => self.feature(line, value),
            "FeatureCollection" if collection => Flow::Continue(()),
            "FeatureCollection" => {
                self.refuse(line, None, Problem::plain("is a FeatureCollection without an array of features"))
            }
            "Topology" => self.refuse(line, None, Problem::plain("is TopoJSON, which is not read")),
            _ if value.get("coordinates").is_some() || value.get("geometries").is_some() => {
                let members = [("type".to_owned(), "Feature".into()), ("geometry".to_owned(), value)];
                self.feature(line, Value::Object(Map::from_iter(members)))
            }
            other if collection => {
                self.report.note(format!("the collection calls itself {:?}, not \"FeatureCollection\"", short(other)));
                Flow::Continue(())
            }
            other => {
                let reason = format!("is of type {:?}, no GeoJSON", short(other));
                self.refuse(line, None, Problem::grouped(reason, "is no GeoJSON object"))
            }
        }
    }

    fn feature(&mut self, line: u64, mut value: Value) -> Flow {
        let mut id = None;
        match self.read(line, &mut value, &mut id) {
            Ok(feature) => {
                self.report.accept();
                (self.each)(Row::Good(feature))
            }
            Err(problem) => self.refuse(line, id, problem),
        }
    }

    fn read(&mut self, line: u64, value: &mut Value, known_id: &mut Option<String>) -> Result<Feature, Problem> {
        match value.get("type").and_then(Value::as_str) {
            Some("Feature") => {}
            Some(other) => {
                let reason = format!("is of type {:?}, not \"Feature\"", short(other));
                return Err(Problem::grouped(reason, "is not of type \"Feature\""));
            }
            None => return Err(Problem::plain("has no type \"Feature\"")),
        }
        let mut properties = match value.get("properties") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(members)) => named(members)?,
            Some(_) => return Err(Problem::plain("the properties are no object")),
        };
        let (given, taken) = match &mut self.mapped {
            Some(mapped) => mapped.take(&mut properties)?,
            None => (None, Properties::new()),
        };
        let id = identify(value, &mut properties, given)?;
        *known_id = Some(id.text().to_owned());
        let source = match properties.remove("source") {
            None | Some(Value::Null) => self.source.to_owned(),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(_) => return Err(Problem::plain("property \"source\" is no text")),
        };
        for name in NOT_FACTS {
            properties.remove(name);
        }
        let key = FeatureKey::new(self.layer, source, id.text())?;
        let mut shapes = Shapes { mender: Mender::new(self.door, false), first: None };
        let geometry = shapes.geometry(value.get("geometry").unwrap_or(&Value::Null));
        self.watch.see(shapes.first);
        let (geometry, mut mended) = (geometry?, shapes.mender.mended);
        let facts = match &self.mapped {
            Some(mapped) => mapped.rest(taken, properties)?,
            None => facts(properties)?,
        };
        let (feature, settled) = Feature::settled(key, geometry, facts)?;
        mended.settled(settled);
        self.checked(line, feature, &id, mended)
    }

    /// A usual line, read ahead.
    fn taken(&mut self, line: u64, taken: Taken) -> Flow {
        let Taken { id, at, feature } = taken;
        if at.is_some() {
            self.watch.see(at);
        }
        match feature.and_then(|(feature, mended)| self.checked(line, feature, &id, mended)) {
            Ok(feature) => {
                self.report.accept();
                (self.each)(Row::Good(feature))
            }
            Err(problem) => self.refuse(line, Some(id.text().to_owned()), problem),
        }
    }

    /// A good row, unless it is there already.
    fn checked(&mut self, line: u64, feature: Feature, id: &Id, mended: Mended) -> Result<Feature, Problem> {
        match self.seen.entry(feature.fid()) {
            Entry::Vacant(empty) => drop(empty.insert(line)),
            Entry::Occupied(first) => {
                let first = first.get();
                let (reason, group) = match id {
                    Id::Given(_) => (format!("has the id of line {first}"), "has the id of an earlier row"),
                    Id::Made(_) => (format!("says the same as line {first}"), "says the same as an earlier row"),
                };
                return Err(Problem::grouped(reason, group));
            }
        }
        self.facts.ids_made += u64::from(matches!(id, Id::Made(_)));
        self.facts.mended += mended;
        self.report.repair(self.at(line), &feature.key.source_id, &mended);
        self.watch.place(&feature);
        Ok(feature)
    }

    fn at(&self, line: u64) -> At {
        self.within.map_or(At::Line(line), |byte| At::Within(line, byte))
    }

    fn refuse(&mut self, line: u64, id: Option<String>, problem: Problem) -> Flow {
        let rejected = self.report.reject(Some(self.at(line)), id, problem);
        (self.each)(Row::Bad(rejected))
    }

    /// The member `crs` of GeoJSON before 2016. It is not followed: the caller says which system it is.
    fn crs_member(&mut self, value: &Value) {
        let Some(crs) = value.get("crs").filter(|crs| !crs.is_null()) else { return };
        let name = crs.pointer("/properties/name").and_then(Value::as_str).unwrap_or("something else");
        let given = self.door.crs;
        if crs_names::one_word(name) != crs_names::one_word(given) {
            let said = short(name);
            self.report.note(format!("the file says its coordinates are {said}, but they were read as {given}"));
            self.watch.said(&said);
        }
    }

    fn finish(mut self) -> Result<Report, IntakeError> {
        let format = "GeoJSON";
        if self.report.read == 0 && !self.facts.parsed {
            return Err(IntakeError::Empty);
        }
        if !self.facts.parsed && !self.report.stopped {
            let (line, what) = self.facts.first_broken.unwrap_or((1, "the file ends in the middle of it".to_owned()));
            return Err(IntakeError::NotThatFormat { format, what: format!("line {line} {what}") });
        }
        self.report.note_count("rows without an id, so that a changed row is a new one", self.facts.ids_made);
        self.report.note_count(KEPT, self.facts.digits);
        self.report.note_mended(&self.facts.mended);
        if let Some(mapped) = &self.mapped {
            mapped.tell(&mut self.report);
        }
        self.report.suspicions = self.watch.suspicions();
        Ok(self.report)
    }
}

/// Properties by their names without outer blanks, which a table could not give back.
fn named(members: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    if members.keys().all(|name| name.trim() == name) {
        return Ok(members.clone());
    }
    let mut all = Map::new();
    for (name, value) in members {
        let name = name.trim();
        if all.insert(name.to_owned(), value.clone()).is_some() {
            let name = short(name);
            return Err(Problem::plain(format!("two properties are called {name:?} but for outer blanks")));
        }
    }
    Ok(all)
}

/// Plain values as they are, null as absent, lists and objects as short JSON text.
pub(super) fn facts(properties: Map<String, Value>) -> Result<Properties, Problem> {
    let mut facts = Properties::new();
    for (name, value) in properties {
        if let Some(value) = fact(&name, value)? {
            facts.put(name, value);
        }
    }
    Ok(facts)
}

/// The same of one.
pub(super) fn fact(name: &str, value: Value) -> Result<Option<spatial::Value>, Problem> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Bool(flag) => spatial::Value::Bool(flag),
        Value::String(text) => spatial::Value::Text(text),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => spatial::Value::Int(whole),
            (None, Some(float)) if float.is_finite() => spatial::Value::Float(float),
            (None, _) => return Err(Problem::plain(format!("property {:?} is too large a number", short(name)))),
        },
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.chars().count() > LONGEST_NESTED {
                let what = if value.is_array() { "a list" } else { "an object" };
                let name = short(name);
                return Err(Problem::plain(format!(
                    "property {name:?} is {what} of more than {LONGEST_NESTED} characters"
                )));
            }
            spatial::Value::Text(text)
        }
    }))
}
