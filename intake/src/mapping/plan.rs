//! The plan for one table: which cell of a row goes where, worked out once from the headers.

use std::collections::HashMap;

use geo::Coord;
use spatial::noun::FieldType;
use spatial::{Attributes, Layer, Noun, Properties, Value, denied_when_cut};

use super::file::{FieldFrom, GeometryColumns, JoinedFrom, Mapping, Others, PairOrder, WordsFrom};
use super::headers::{hold_values, listed, named, the_file_has};
use super::places::{self, Usual};
use crate::IntakeError;
use crate::digits;
use crate::problem::Problem;
use crate::shape::RawShape;
use crate::wkt::{Wkt, wkt};

/// Longest name of a column in a shapefile's table, bytes.
const CUT_AFTER: usize = 10;
/// Names of ours that an export writes and an import does not take as facts.
const NOT_FACTS: [&str; 2] = ["revision", "fid"];

/// Whether a table's rows carry their geometry beside their cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// In the cells.
    InCells,
    /// Beside them.
    Beside,
    /// Beside them, and the names of columns are cut after ten bytes (Shapefile).
    BesideCut,
}

#[derive(Debug)]
enum Place {
    Beside,
    Numbers { x: usize, y: usize },
    Wkt(usize),
    Pair { at: usize, order: PairOrder },
}

/// One property of every row.
#[derive(Debug)]
struct Take {
    name: String,
    columns: Vec<usize>,
    join: String,
    words: Option<HashMap<String, Value>>,
    otherwise: Option<Value>,
    /// The layer's field is a number, and numbers are written with a decimal comma.
    comma: bool,
    /// The cells are texts, and the name is none of the layer's: `true` and `false` are what an export made of them.
    flags: bool,
}

/// What becomes of the cells of a row.
#[derive(Debug)]
pub(crate) struct Plan {
    place: Place,
    id: Option<usize>,
    source: Option<usize>,
    takes: Vec<Take>,
    constants: Vec<(String, Value)>,
    absent: Vec<String>,
    decimal_comma: bool,
    /// Columns whose name is the beginning of a field's, and the field that they stand for.
    pub(crate) cut: Vec<(String, &'static str)>,
}

impl Plan {
    /// The plan for a table with these headers.
    pub(crate) fn new(
        mapping: Option<&Mapping>,
        headers: &[String],
        layer: Layer,
        places: Places,
    ) -> Result<Self, IntakeError> {
        let none = Mapping::default();
        let mapped = mapping.unwrap_or(&none);
        let headers = &named(headers)[..];
        let (cut, first_line) = (places == Places::BesideCut, places == Places::InCells);
        let columns = Columns { headers, used: vec![false; headers.len()], cut, first_line };
        columns.build(mapped, layer, places)
    }

    /// Whether anything is made of that column.
    pub(crate) fn reads(&self, column: usize) -> bool {
        self.id == Some(column) || self.takes.iter().any(|take| take.columns.contains(&column))
    }

    /// The geometry that the cells say; `Ok(None)` when it is beside them. The flag of a [`Wkt`] says of heights.
    pub(crate) fn shape(&self, cells: &[Option<Value>]) -> Result<Option<Wkt>, Problem> {
        let point = |x, y| Ok(Some(Wkt { shape: RawShape::Point(Coord { x, y }), srid: None, heights: false }));
        match self.place {
            Place::Beside => Ok(None),
            Place::Numbers { x, y } => point(self.number(cells, x)?, self.number(cells, y)?),
            Place::Wkt(at) => match cell(cells, at) {
                Some(Value::Text(text)) if !text.trim().is_empty() => wkt(text).map(Some),
                Some(_) | None => Err(Problem::plain("the row has no geometry")),
            },
            Place::Pair { at, order } => {
                let (a, b) = self.pair(cell(cells, at))?;
                match order {
                    PairOrder::LonLat => point(a, b),
                    PairOrder::LatLon => point(b, a),
                }
            }
        }
    }

    /// The row's id in its source, if its column has one.
    pub(crate) fn id(&self, cells: &[Option<Value>]) -> Result<Option<String>, Problem> {
        let id = match self.id.and_then(|at| cell(cells, at)) {
            None => return Ok(None),
            Some(Value::Float(number)) => digits::id(*number)?,
            Some(value) => value.to_string().trim().to_owned(),
        };
        Ok((!id.is_empty() && !self.absent.contains(&id)).then_some(id))
    }

    /// Who says so, if the row has a column for it.
    pub(crate) fn source(&self, cells: &[Option<Value>]) -> Option<String> {
        let source = cell(cells, self.source?)?.to_string();
        (!source.trim().is_empty()).then(|| source.trim().to_owned())
    }

    /// The properties of a row.
    pub(crate) fn properties(&self, cells: &[Option<Value>]) -> Result<Properties, Problem> {
        let mut all = Properties::new();
        for take in &self.takes {
            let value = match take.columns[..] {
                [at] => cell(cells, at).filter(|value| !self.is_absent(value)).cloned(),
                _ => self.joined(take, cells),
            };
            let value = match (value, &take.words) {
                (Some(Value::Text(text)), None) if take.flags && (text == "true" || text == "false") => {
                    Some(Value::Bool(text == "true"))
                }
                (Some(value), Some(words)) => Some(through(&value, words, take)?),
                (None, Some(_)) => take.otherwise.clone(),
                (Some(Value::Text(text)), None) if take.comma => Some(Value::Text(text.replace(',', "."))),
                (value, None) => value,
            };
            if let Some(value) = value {
                all.put(take.name.clone(), value);
            }
        }
        for (name, value) in &self.constants {
            all.put(name.clone(), value.clone());
        }
        Ok(all)
    }

    fn is_absent(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => text.trim().is_empty() || self.absent.iter().any(|word| word == text.trim()),
            // A table of typed columns has its `-1` or `0` for "unknown" as a number.
            Value::Int(_) | Value::Float(_) => !self.absent.is_empty() && self.absent.contains(&value.to_string()),
            Value::Bool(_) => false,
        }
    }

    fn joined(&self, take: &Take, cells: &[Option<Value>]) -> Option<Value> {
        let parts = take.columns.iter().filter_map(|at| cell(cells, *at)).filter(|value| !self.is_absent(value));
        let parts: Vec<String> = parts.map(|value| value.to_string().trim().to_owned()).collect();
        (!parts.is_empty()).then(|| Value::Text(parts.join(&take.join)))
    }

    fn number(&self, cells: &[Option<Value>], at: usize) -> Result<f64, Problem> {
        match cell(cells, at) {
            None => Err(Problem::plain("the row has no coordinates")),
            Some(Value::Float(number)) => Ok(*number),
            #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 no coordinate has a meaning")]
            Some(Value::Int(number)) => Ok(*number as f64),
            Some(value) if self.is_absent(value) => Err(Problem::plain("the row has no coordinates")),
            Some(value) => self.parsed(&value.to_string()),
        }
    }

    fn parsed(&self, text: &str) -> Result<f64, Problem> {
        let text = text.trim();
        let number = if self.decimal_comma { text.replace(',', ".").parse::<f64>() } else { text.parse() };
        number.ok().ok_or_else(|| {
            let short = spatial::shown(text);
            Problem::grouped(format!("a coordinate is no number: {short:?}"), "a coordinate is no number")
        })
    }

    fn pair(&self, value: Option<&Value>) -> Result<(f64, f64), Problem> {
        let text = value.filter(|value| !self.is_absent(value)).map(ToString::to_string);
        let text = text.ok_or_else(|| Problem::plain("the row has no coordinates"))?;
        let inside = text.trim().trim_start_matches('(').trim_end_matches(')');
        let (a, b) = inside.split_once([',', ' ', ';']).ok_or_else(|| {
            let short = spatial::shown(&text);
            Problem::grouped(format!("the place is no pair of numbers: {short:?}"), "the place is no pair of numbers")
        })?;
        Ok((self.parsed(a)?, self.parsed(b.trim_start_matches([',', ' ', ';']))?))
    }
}

fn cell(cells: &[Option<Value>], at: usize) -> Option<&Value> {
    cells.get(at)?.as_ref()
}

fn through(value: &Value, words: &HashMap<String, Value>, take: &Take) -> Result<Value, Problem> {
    let text = value.to_string();
    let found = words.get(text.trim()).or(take.otherwise.as_ref());
    found.cloned().ok_or_else(|| {
        let name = &take.name;
        let short = spatial::shown(&text);
        let mut known: Vec<&str> = words.keys().map(String::as_str).collect();
        known.sort_unstable();
        known.truncate(20);
        Problem::grouped(
            format!("the mapping of {name:?} has no word for {short:?} (it has {})", known.join(", ")),
            format!("the mapping of {name:?} has no word for what the row says"),
        )
    })
}

/// The headers, and which of them have found their use.
struct Columns<'a> {
    headers: &'a [String],
    used: Vec<bool>,
    /// Names are cut after ten bytes.
    cut: bool,
    /// The headers are the first line of a text, which may be one of values.
    first_line: bool,
}

impl Columns<'_> {
    fn build(mut self, mapping: &Mapping, layer: Layer, places: Places) -> Result<Plan, IntakeError> {
        self.check_headers()?;
        for column in &mapping.ignore {
            self.named(column)?;
        }
        let place = self.place(mapping.geometry.as_ref(), places)?;
        let id = match &mapping.source_id {
            Some(column) => Some(self.named(column)?),
            None => self.spelled("source_id").or_else(|| self.spelled("id")),
        };
        let fields = Noun::fields(layer);
        let mut takes = Vec::new();
        for (name, from) in &mapping.fields {
            if !fields.iter().any(|field| field.name == name) {
                let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
                let why = format!("layer {} has no field {name:?}; it has {}", layer.name(), known.join(", "));
                return Err(IntakeError::options(
                    "mapping",
                    format!("the mapping file: {why} (other names go to [bag])"),
                ));
            }
            takes.push(self.take(name, from)?);
        }
        for (name, from) in &mapping.bag {
            takes.push(self.take(name, from)?);
        }
        self.refuse_denied(layer, &place, id, &takes)?;
        let source = self.spelled("source");
        let cut = if places == Places::BesideCut { self.cut(layer) } else { Vec::new() };
        let cut = self.others(mapping, layer, &mut takes, cut)?;
        let is_number = |name: &str| fields.iter().any(|field| field.name == name && field.kind == FieldType::Float);
        for take in &mut takes {
            take.comma = mapping.decimal_comma && is_number(&take.name);
            take.flags = places == Places::InCells && !fields.iter().any(|field| field.name == take.name);
        }
        let constants = mapping.constants.iter();
        let constants = constants.map(|(name, word)| (name.trim().to_owned(), word.value())).collect();
        let (absent, decimal_comma) = (mapping.absent.clone(), mapping.decimal_comma);
        Ok(Plan { place, id, source, takes, constants, absent, decimal_comma, cut })
    }

    /// A column that a mapping names must be one whose own name may be kept: under another name it is the same thing. The
    /// layer's own fields are what they are (`residents` of resident counts, `owner_unit` of cameras).
    fn refuse_denied(&self, layer: Layer, place: &Place, id: Option<usize>, takes: &[Take]) -> Result<(), IntakeError> {
        let of_place = match *place {
            Place::Beside => [None, None],
            Place::Numbers { x, y } => [Some(x), Some(y)],
            Place::Wkt(at) | Place::Pair { at, .. } => [Some(at), None],
        };
        let columns = takes.iter().flat_map(|take| take.columns.iter().copied());
        for at in of_place.into_iter().flatten().chain(id).chain(columns) {
            let Some(header) = self.headers.get(at) else { continue };
            if Noun::fields(layer).iter().any(|field| field.name == header) {
                continue;
            }
            if let Err(why) = Attributes::may_be_named(&self.whole(header)) {
                let why = format!("the mapping reads a column that may only stand under `ignore`: {why}");
                return Err(IntakeError::options("mapping", why));
            }
        }
        Ok(())
    }

    /// A name, with the word of the deny-list beside it that it may have been cut from: the rows are then refused by it.
    fn whole(&self, name: &str) -> String {
        let word = Some(name).filter(|_| self.cut).and_then(denied_when_cut);
        word.map_or_else(|| name.to_owned(), |word| format!("{name} ({word})"))
    }

    fn check_headers(&self) -> Result<(), IntakeError> {
        for (at, header) in self.headers.iter().enumerate() {
            if self.headers.get(..at).is_some_and(|before| before.contains(header)) {
                let why = if self.first_line && hold_values(self.headers) {
                    format!("two columns are called alike, and {}", self.the_file_has())
                } else {
                    format!("two columns are called {:?}: rename one of them", spatial::shown(header))
                };
                return Err(IntakeError::Options { part: None, why });
            }
        }
        Ok(())
    }

    /// The column of a name that the mapping names: it must be there.
    fn named(&mut self, column: &str) -> Result<usize, IntakeError> {
        self.found(column).ok_or_else(|| {
            let column = spatial::shown(column);
            let why = format!("the mapping names column {column:?}, and {}", self.the_file_has());
            IntakeError::options("mapping", why)
        })
    }

    fn the_file_has(&self) -> String {
        the_file_has(self.headers, self.first_line)
    }

    fn found(&mut self, column: &str) -> Option<usize> {
        let at = self.headers.iter().position(|header| header == column.trim())?;
        if let Some(used) = self.used.get_mut(at) {
            *used = true;
        }
        Some(at)
    }

    /// The same, in any case of letters when none is spelled that way and one alone is in another.
    fn spelled(&mut self, column: &str) -> Option<usize> {
        let there = self.headers.iter().any(|header| header == column);
        if there {
            return self.found(column);
        }
        let mut others = self.headers.iter().filter(|header| header.eq_ignore_ascii_case(column));
        let (one, another) = (others.next()?.clone(), others.next());
        if another.is_some() { None } else { self.found(&one) }
    }

    /// The field of the layer that a header names in another case of letters, when no other header does.
    fn field_of(&self, layer: Layer, header: &str) -> Option<&'static str> {
        let same = |name: &str| name.eq_ignore_ascii_case(header);
        let field = Noun::fields(layer).iter().find(|field| same(field.name) && field.name != header)?;
        let alone = self.headers.iter().filter(|other| same(other)).count() == 1;
        alone.then_some(field.name)
    }

    fn place(&mut self, geometry: Option<&GeometryColumns>, places: Places) -> Result<Place, IntakeError> {
        match geometry {
            Some(GeometryColumns::LonLat { lon: x, lat: y } | GeometryColumns::EastNorth { east: x, north: y }) => {
                Ok(Place::Numbers { x: self.named(x)?, y: self.named(y)? })
            }
            Some(GeometryColumns::Wkt { wkt }) => Ok(Place::Wkt(self.named(wkt)?)),
            Some(GeometryColumns::Pair { pair, order }) => Ok(Place::Pair { at: self.named(pair)?, order: *order }),
            None if places != Places::InCells => Ok(Place::Beside),
            None => self.usual_place().ok_or_else(|| {
                let why = "no columns lon and lat (or wkt) are there: a mapping file must say where the place is";
                IntakeError::options("mapping", format!("{why}; {}", self.the_file_has()))
            }),
        }
    }

    fn usual_place(&mut self) -> Option<Place> {
        let at = |name: &str| self.headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        let place = match places::usual(at)? {
            Usual::Numbers(x, y) => Place::Numbers { x, y },
            Usual::Wkt(at) => Place::Wkt(at),
        };
        let columns = match place {
            Place::Numbers { x, y } => vec![x, y],
            Place::Wkt(at) | Place::Pair { at, .. } => vec![at],
            Place::Beside => Vec::new(),
        };
        for column in columns {
            if let Some(used) = self.used.get_mut(column) {
                *used = true;
            }
        }
        Some(place)
    }

    fn take(&mut self, name: &str, from: &FieldFrom) -> Result<Take, IntakeError> {
        let name = name.trim().to_owned();
        Ok(match from {
            FieldFrom::Column(column) => Take {
                name,
                columns: vec![self.named(column)?],
                join: String::new(),
                words: None,
                otherwise: None,
                comma: false,
                flags: false,
            },
            FieldFrom::Words(WordsFrom { column, words, otherwise }) => {
                let words = words.iter().map(|(word, to)| (word.trim().to_owned(), to.value())).collect();
                let otherwise = otherwise.as_ref().map(super::file::Word::value);
                Take {
                    name,
                    columns: vec![self.named(column)?],
                    join: String::new(),
                    words: Some(words),
                    otherwise,
                    comma: false,
                    flags: false,
                }
            }
            FieldFrom::Joined(JoinedFrom { columns, join }) => {
                let columns = columns.iter().map(|column| self.named(column)).collect::<Result<_, _>>()?;
                Take { name, columns, join: join.clone(), words: None, otherwise: None, comma: false, flags: false }
            }
        })
    }

    /// Columns whose name is the beginning of one field of the layer that is longer, and of no other.
    fn cut(&self, layer: Layer) -> Vec<(String, &'static str)> {
        let stands_for = |header: &String| {
            let mut longer = Noun::fields(layer).iter().filter(|field| field.name.starts_with(header.as_str()));
            let (field, another) = (longer.next()?, longer.next());
            let there = || self.headers.iter().any(|header| header == field.name);
            (header.len() == CUT_AFTER && another.is_none() && !there()).then(|| (header.clone(), field.name))
        };
        self.headers.iter().filter_map(stands_for).collect()
    }

    /// What becomes of columns that are not named; of those that are cut, the ones that stand for a field.
    fn others(
        &mut self,
        mapping: &Mapping,
        layer: Layer,
        takes: &mut Vec<Take>,
        mut cut: Vec<(String, &'static str)>,
    ) -> Result<Vec<(String, &'static str)>, IntakeError> {
        let unused: Vec<usize> = self.used.iter().enumerate().filter(|(_, used)| !**used).map(|(at, _)| at).collect();
        let names = |at: &usize| self.headers.get(*at).cloned().unwrap_or_default();
        match mapping.others {
            Others::Ignore => cut.clear(),
            Others::Refuse if unused.is_empty() => cut.clear(),
            Others::Refuse => {
                let names: Vec<String> = unused.iter().map(names).collect();
                let why = if self.first_line && hold_values(self.headers) {
                    format!("the mapping does not name all columns, and {}", self.the_file_has())
                } else {
                    format!("the mapping does not name the columns {}", listed(&names))
                };
                return Err(IntakeError::options("mapping", why));
            }
            Others::Keep => {
                let free = |name: &str| {
                    let mapped = takes.iter().any(|take| take.name == name) || mapping.constants.contains_key(name);
                    !mapped && unused.iter().map(names).any(|header| cut_to(name, &header))
                };
                cut.retain(|(_, field)| free(field));
                for at in unused {
                    let name = names(&at);
                    let name =
                        cut.iter().find(|(header, _)| *header == name).map_or(name, |(_, field)| (*field).to_owned());
                    let name = self.field_of(layer, &name).map_or(name, str::to_owned);
                    let name = if Noun::fields(layer).iter().any(|field| field.name == name) {
                        name
                    } else {
                        self.whole(&name)
                    };
                    let mapped = takes.iter().any(|take| take.name == name) || mapping.constants.contains_key(&name);
                    if !mapped && !NOT_FACTS.contains(&name.as_str()) {
                        let (columns, join) = (vec![at], String::new());
                        takes.push(Take {
                            name,
                            columns,
                            join,
                            words: None,
                            otherwise: None,
                            comma: false,
                            flags: false,
                        });
                    }
                }
            }
        }
        Ok(cut)
    }
}

/// Whether a name is cut to that header.
fn cut_to(name: &str, header: &str) -> bool {
    name.get(..CUT_AFTER) == Some(header)
}
