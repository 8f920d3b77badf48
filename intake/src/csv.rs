//! Tables of text with one row a line (RFC 4180 and what is found in the field), read as a stream.
//!
//! One row is in memory at a time, at most 32 MiB of it.

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};
use spatial::Value;

use crate::encoding::{Decoded, Faults};
use crate::mapping::{Places, Plan};
use crate::problem::Problem;
use crate::report::At;
use crate::table::RawRow;
use crate::{Encoding, Flow, IntakeError, Mapping, Options, Report, Row};

/// Largest row, bytes: what an unclosed quote may swallow.
const LARGEST_ROW: u64 = 32 * 1024 * 1024;
/// Most columns.
const MOST_COLUMNS: usize = 2_000;

/// The delimiter of that name: one ASCII character, or `tab`, `comma`, `semicolon`, `pipe`.
///
/// # Errors
/// When it is none of these.
pub fn delimiter(name: &str) -> Result<u8, IntakeError> {
    match (name, name.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        ("comma", _) => Ok(b','),
        ("semicolon", _) => Ok(b';'),
        ("pipe", _) => Ok(b'|'),
        (_, [byte]) if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => {
            let why = format!("delimiter {name:?} must be one character such as , ; | or the word tab");
            Err(IntakeError::options("delimiter", why))
        }
    }
}

/// What the guard counts, asked by the reader of rows.
#[derive(Default)]
struct Counts {
    /// Bytes given since the last row.
    row: Cell<u64>,
    /// Quotes seen: an odd number says that one is not closed.
    quotes: Cell<u64>,
    bytes: Cell<u64>,
    /// The last byte given ends a line.
    line_ended: Cell<bool>,
}

/// Stops a row that never ends.
struct Guard<R> {
    inner: R,
    counts: Rc<Counts>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let given = buffer.get(..read).unwrap_or_default();
        self.counts.row.set(self.counts.row.get() + read as u64);
        self.counts.bytes.set(self.counts.bytes.get() + read as u64);
        if let Some(last) = given.last() {
            self.counts.line_ended.set(*last == b'\n');
        }
        let quotes = given.iter().fold(0, |sum, byte| sum + u64::from(*byte == b'"'));
        self.counts.quotes.set(self.counts.quotes.get() + quotes);
        if self.counts.row.get() > LARGEST_ROW {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "a row is larger than 32 MiB: is a quote not closed, or do lines end in CR alone?",
            ));
        }
        Ok(read)
    }
}

/// Reads rows of one layer.
pub(crate) fn csv(
    bytes: impl Read,
    options: &Options<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    let encoding = match (options.encoding, options.mapping) {
        (Some(encoding), _) => encoding,
        (None, Some(mapping)) => mapping.encoding()?.unwrap_or_default(),
        (None, None) => Encoding::UTF_8,
    };
    let named = options.mapping.map(Mapping::delimiter).transpose()?.flatten();
    let (faults, counts) = (Rc::new(RefCell::new(Faults::default())), Rc::new(Counts::default()));
    let decoded = Decoded::new(bytes, encoding, Rc::clone(&faults));
    let (begin, said) = beginning(decoded)?;
    let guard = Guard { inner: begin, counts: Rc::clone(&counts) };
    let delimiter = options.delimiter.or(named).or(said).unwrap_or(b',');
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        // Only this keeps count of lines where they end in two characters; cells lose their outer blanks anyway.
        .terminator(csv::Terminator::Any(b'\n'))
        .has_headers(false)
        .from_reader(guard);
    let mut record = ByteRecord::new();
    let next = |reader: &mut csv::Reader<_>, record: &mut ByteRecord| -> Result<bool, IntakeError> {
        let more = reader.read_byte_record(record).map_err(io);
        counts.row.set(0);
        more
    };

    if !next(&mut reader, &mut record)? || said.is_some() && !next(&mut reader, &mut record)? {
        return Err(IntakeError::Empty);
    }
    let headers = headers(&record, encoding, faults.borrow_mut().any_before(reader.position().byte()))?;
    let plan = Plan::new(options.mapping, &headers, options.layer, Places::InCells)?;
    let mut table = options.table(plan, false, each);
    if let (Some(said), Some(used)) = (said, options.delimiter.or(named))
        && said != used
    {
        let (said, used) = (char::from(said), char::from(used));
        table.report.note(format!("the first line says that {said:?} parts the cells, and {used:?} was declared"));
    }
    let (mut cells, mut lost): (Vec<Option<Value>>, u64) = (Vec::new(), 0);
    while next(&mut reader, &mut record)? {
        let line = first_line(&record, reader.position(), &counts);
        let at = At::Line(line);
        let broken = faults.borrow_mut().any_before(reader.position().byte());
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        if !broken {
            table.watch.text(at, encoding, || String::from_utf8_lossy(record.as_slice()));
        }
        let swallowed = swallowed(&record, delimiter, headers.len());
        let flow = if broken {
            let name = encoding.name();
            table.refuse(
                at,
                None,
                Problem::plain(format!("holds bytes that are no {name}: is another encoding meant?")),
            )
        } else if swallowed > 0 {
            lost += swallowed;
            let problem = Problem::grouped(
                format!("a cell holds {swallowed} further lines that look like rows: is a quote not closed?"),
                "a cell holds further lines that look like rows: is a quote not closed?",
            );
            table.refuse(at, None, problem)
        } else if record.len() == headers.len() {
            cells.clear();
            cells.extend(record.iter().map(|cell| text(cell).map(Value::Text)));
            table.row(RawRow { at, id: None, shape: None, cells: &cells })
        } else {
            let (has, wants) = (record.len(), headers.len());
            let problem = Problem::grouped(
                format!("has {has} cells, and the header has {wants}"),
                "has more or fewer cells than the header",
            );
            table.refuse(at, None, problem)
        };
        if flow.is_break() {
            table.report.stopped = true;
            break;
        }
    }
    table.report.note_count("lines inside a cell that look like rows, refused with the row that holds them", lost);
    if counts.quotes.get() % 2 == 1 && !table.report.stopped {
        table.report.truncated = true;
        table.report.note("the number of quotes is odd: a cell is not closed, or a quote inside one is not doubled");
    }
    if counts.bytes.get() > 0 && table.report.read == 0 {
        table.report.note("there is a header and no row");
    }
    Ok(table.finish())
}

/// Fewest columns of which a line inside a cell is taken for a row: a text of two lines with a comma each is a text.
const ROWLIKE: usize = 4;

/// Lines within the cells of a record that have as many cells as the header: an open quote swallows rows up to the next.
fn swallowed(record: &ByteRecord, delimiter: u8, columns: usize) -> u64 {
    if columns < ROWLIKE || !record.as_slice().contains(&b'\n') {
        return 0;
    }
    let cells = |line: &[u8]| line.split(|byte| *byte == delimiter).count();
    // What stands before the first line end belongs to the row itself.
    let rows = |cell: &[u8]| cell.split(|byte| *byte == b'\n').skip(1).filter(|line| cells(line) == columns).count();
    record.iter().map(|cell| rows(cell) as u64).sum()
}

/// What stands before the delimiter in the first line that spreadsheets write (`sep=;`).
const SEP: &[u8] = b"sep=";

/// The bytes again, and the delimiter that their first line names, if it is such a line and nothing more.
fn beginning<R: Read>(mut bytes: R) -> Result<(impl Read, Option<u8>), IntakeError> {
    let mut first = Vec::with_capacity(8);
    // Six or seven bytes hold all of such a line.
    (&mut bytes).take(SEP.len() as u64 + 3).read_to_end(&mut first)?;
    let said = match first.split_at_checked(SEP.len()) {
        Some((word, [mark, b'\n', ..] | [mark, b'\r', b'\n'])) if word.eq_ignore_ascii_case(SEP) => Some(*mark),
        _ => None,
    };
    let said = said.filter(|mark| mark.is_ascii() && !mark.is_ascii_alphanumeric() && !b"\"\r\n".contains(mark));
    Ok((std::io::Cursor::new(first).chain(bytes), said))
}

/// The line where a record begins, from the place after it: blank lines before it are passed over without a word.
fn first_line(record: &ByteRecord, after: &csv::Position, counts: &Counts) -> u64 {
    let inside = record.iter().flatten().fold(0, |sum, byte| sum + u64::from(*byte == b'\n'));
    let ended = after.byte() < counts.bytes.get() || counts.line_ended.get();
    after.line().saturating_sub(inside + u64::from(ended))
}

fn headers(record: &ByteRecord, encoding: Encoding, broken: bool) -> Result<Vec<String>, IntakeError> {
    let not = |what: &str| IntakeError::NotThatEncoding { encoding: encoding.name(), what: what.to_owned() };
    if broken {
        return Err(not("the header holds bytes that do not fit: name the encoding (gb18030, big5, euc-kr…)"));
    }
    if record.iter().any(|cell| cell.contains(&0)) {
        return Err(not("the header holds zero bytes: is it UTF-16, or no text at all?"));
    }
    // Outer blanks are cut from cells, so a line end within one is no part of CR LF.
    if record.iter().any(|cell| cell.trim_ascii().contains(&b'\r') && !cell.contains(&b'\n')) {
        let what = "its lines end in CR alone, as of old Macintosh programs: save it with line ends LF or CR LF";
        return Err(IntakeError::NotThatFormat { format: "CSV", what: what.to_owned() });
    }
    if record.len() > MOST_COLUMNS {
        return Err(IntakeError::NotThatFormat {
            format: "CSV",
            what: format!("it has more than {MOST_COLUMNS} columns"),
        });
    }
    let headers: Vec<String> = record
        .iter()
        .enumerate()
        .map(|(at, cell)| text(cell).unwrap_or_else(|| format!("column {}", at + 1)))
        .collect();
    Ok(headers)
}

/// A cell without outer blanks, and without the apostrophe that keeps a spreadsheet from taking text for a formula (our
/// own export puts one there); `None` when nothing is left.
fn text(cell: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']));
    (!text.is_empty()).then(|| guarded.unwrap_or(text).to_owned())
}

fn io(error: csv::Error) -> IntakeError {
    let what = error.to_string();
    if let csv::ErrorKind::Io(error) = error.into_kind() {
        return IntakeError::Io(error);
    }
    IntakeError::NotThatFormat { format: "CSV", what }
}

#[cfg(test)]
mod tests {
    use spatial::Layer;

    use super::*;
    use crate::Door;

    fn check(text: &str, expect: &[&str]) {
        let options = Options::new(Layer::Places, "t", Door::WGS84);
        let mut rows = Vec::new();
        let report = csv(text.as_bytes(), &options, &mut |row| {
            rows.push(match row {
                Row::Good(feature) => feature.key.source_id,
                Row::Bad(bad) => format!("{}: {}", bad.line.unwrap_or_default(), bad.reason),
            });
            Flow::Continue(())
        });
        assert_eq!(rows, expect, "{text:?}");
        assert_eq!(report.unwrap().read, rows.len() as u64);
    }

    #[test]
    fn rows_are_named_by_the_line_where_they_begin() {
        let short = "has 1 cells, and the header has 4";
        for end in ["\n", "\r\n"] {
            let text = ["id,lon,lat,kind", "a", "", "b,120,28,\"school\"", "c,120,28,\"school\n\"", "d", "", "", "e"]
                .join(end);
            let at = |line: u32| format!("{line}: {short}");
            check(&text, &[&at(2), "b", "c", &at(7), &at(10)]);
            check(&format!("{text}{end}"), &[&at(2), "b", "c", &at(7), &at(10)]);
        }
        check("id,lon,lat,kind", &[]);
    }

    #[test]
    fn a_spreadsheets_first_line_names_the_delimiter() {
        for (mark, end) in [(';', "\n"), (';', "\r\n"), ('\t', "\n"), (',', "\n")] {
            let text = ["sep=,", "id,lon,lat,kind", "a,120,28,school", "b"].join(end);
            let text = text.replace(',', &mark.to_string());
            check(&text, &["a", "4: has 1 cells, and the header has 4"]);
        }
        // Longer ones are a header like any other.
        let options = Options::new(Layer::Places, "t", Door::WGS84);
        let said = csv("sep=x;,lon\na,1\n".as_bytes(), &options, &mut |_| Flow::Continue(()));
        assert!(said.unwrap_err().to_string().contains("the file has sep=x;, lon"));
        check("id,lon,lat,kind\nsep=;,120,28,school\n", &["sep=;"]);
    }

    #[test]
    fn rows_that_an_open_quote_swallows_are_counted() {
        let rows = [
            "id,lon,lat,kind",
            "a,120,28,\"school",
            "b,120,28,school",
            "c,120,28,school",
            "d,120,28,\"school\"",
            "e,120,28,school",
        ];
        let holds = "2: a cell holds 3 further lines that look like rows: is a quote not closed?";
        check(&rows.join("\n"), &[holds, "e"]);
        check(&rows.join("\r\n"), &[holds, "e"]);
        // A text of two lines with fewer commas is a text.
        check("id,lon,lat,kind,note\na,120,28,school,\"x\nb, c, d\"\n", &["a"]);
    }

    #[test]
    fn lines_that_end_in_cr_alone_are_named() {
        let options = Options::new(Layer::Places, "t", Door::WGS84);
        let read = |text: &str| csv(text.as_bytes(), &options, &mut |_| Flow::Continue(())).map(|report| report.read);
        for text in ["id,lon,lat,kind\ra,120,28,school\r", "sep=;\rid;lon;lat;kind\ra;120;28;school"] {
            assert!(read(text).unwrap_err().to_string().contains("end in CR alone"), "{text:?}");
        }
        assert_eq!(read("id,lon,lat,kind\r\na,120,28,school\r\n").unwrap(), 1);
    }

    #[test]
    fn headers_are_known_in_any_case_of_letters() {
        check("ID,Lon,LAT,Kind\na,120,28,school\n", &["a"]);
        // The field itself counts before another spelling of it, and of two spellings none.
        check("id,lon,lat,kind,KIND\na,120,28,school,x\n", &["a"]);
        check("id,lon,lat,Kind,KIND\na,120,28,school,x\n", &["2: property \"kind\" is missing"]);
    }

    #[test]
    fn an_apostrophe_before_a_formula_is_no_part_of_the_text() {
        for (cell, is) in [
            ("'=1+1", Some("=1+1")),
            ("'-1.5", Some("-1.5")),
            ("''s", Some("'s")),
            ("''=x", Some("'=x")),
            ("'\tx", Some("\tx")),
            ("'s", Some("'s")),
            ("'", Some("'")),
            ("''", Some("'")),
            (" ", None),
        ] {
            assert_eq!(text(cell.as_bytes()).as_deref(), is, "{cell:?}");
        }
    }

    #[test]
    fn a_row_in_another_encoding_is_named_by_its_line() {
        let (gb, _, _) = encoding_rs::GB18030.encode("id,lon,lat,kind,name\na,120,28,school,学院路\n");
        let (more, _, _) = encoding_rs::GB18030.encode("c,120,28,school,楼\n");
        let mixed = [&gb, "b,120,28,school,相机机号\n".as_bytes(), &more].concat();
        let encoding = Some(Encoding::from_name("gb18030").unwrap());
        let options = Options { encoding, ..Options::new(Layer::Places, "t", Door::WGS84) };
        let report = csv(&mixed[..], &options, &mut |_| Flow::Continue(())).unwrap();
        assert_eq!(report.accepted, 3);
        let [found] = &report.suspicions[..] else { panic!("{:?}", report.suspicions) };
        assert_eq!((found.code.word(), found.evidence["rows"]), ("other_encoding", 1.0));
        assert!(found.words.contains("(first line 3)"), "{}", found.words);
    }

    #[test]
    fn delimiters_have_names() {
        assert_eq!(
            (delimiter("tab").unwrap(), delimiter(";").unwrap(), delimiter("pipe").unwrap()),
            (b'\t', b';', b'|')
        );
        for bad in ["", "a", "\"", ";;", "；"] {
            assert!(delimiter(bad).unwrap_err().to_string().contains("must be one character"), "{bad}");
        }
    }
}
