//! The columns: a table of dBASE III up to that of Visual Fox Pro, as far as shapefiles use it.

use std::io::Read;

use spatial::Value;

use super::shp::fill;
use crate::digits::beyond;
use crate::problem::Problem;
use crate::{Encoding, IntakeError};

/// Longest name of a column, bytes.
const LONGEST_NAME: usize = 10;

/// A column.
struct Column {
    name: String,
    kind: u8,
    from: usize,
    length: usize,
}

/// Reads row after row.
pub(super) struct Dbf<R> {
    bytes: R,
    columns: Vec<Column>,
    encoding: Encoding,
    record: Vec<u8>,
    rows_left: u32,
    /// Columns that point into a memo file, which is not read.
    pub(super) memos: u64,
    /// Cells that are whole numbers of more than 64 bits: texts of their digits.
    pub(super) digits: u64,
}

/// A row of the table.
pub(super) enum DbfRow {
    /// Its cells are in the buffer.
    Cells(Result<(), Problem>),
    /// It is marked as deleted.
    Deleted,
    /// There is no row any more.
    None,
}

/// The first bytes: number of rows, lengths, and the code page that the header names.
pub(super) struct Head {
    rows: u32,
    header: usize,
    record: usize,
    language: u8,
}

fn not(what: impl Into<String>) -> IntakeError {
    IntakeError::NotThatFormat { format: "Shapefile", what: what.into() }
}

impl Head {
    pub(super) fn read(bytes: &mut impl Read) -> Result<Self, IntakeError> {
        let mut head = [0; 32];
        if fill(bytes, &mut head)? < head.len() {
            return Err(not("its table (.dbf) ends in the middle of the header"));
        }
        let [_, _, _, _, r0, r1, r2, r3, h0, h1, l0, l1, ..] = head;
        let (header, record) = (usize::from(u16::from_le_bytes([h0, h1])), usize::from(u16::from_le_bytes([l0, l1])));
        if header < 33 || record == 0 {
            return Err(not("its table (.dbf) has no header of a dBase table"));
        }
        Ok(Self { rows: u32::from_le_bytes([r0, r1, r2, r3]), header, record, language: head[29] })
    }

    /// The encoding of the code page in the header (the language driver of dBase), if it is one that is known.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        let name = match self.language {
            0x03 | 0x57 => "windows-1252",
            0x13 | 0x7b => "shift_jis",
            0x4d | 0x7a => "gbk",
            0x4e | 0x79 => "euc-kr",
            0x4f | 0x78 => "big5",
            0x50 | 0x7c => "windows-874",
            0xc8 => "windows-1250",
            0xc9 => "windows-1251",
            0xca => "windows-1254",
            0xcb => "windows-1253",
            _ => return None,
        };
        Encoding::from_name(name).ok()
    }
}

impl<R: Read> Dbf<R> {
    pub(super) fn new(mut bytes: R, head: &Head, encoding: Encoding) -> Result<Self, IntakeError> {
        let mut rest = vec![0; head.header - 32];
        if fill(&mut bytes, &mut rest)? < rest.len() {
            return Err(not("its table (.dbf) ends in the middle of the header"));
        }
        let (mut columns, mut from, mut memos) = (Vec::new(), 1, 0);
        for field in rest.chunks_exact(32) {
            if field.first() == Some(&0x0d) {
                break;
            }
            let (Some(name), Some(kind), Some(length)) = (field.get(..11), field.get(11), field.get(16)) else { break };
            let name: Vec<u8> = name.iter().copied().take_while(|byte| *byte != 0).collect();
            // A name that is full may end within a character that was cut.
            let most = if name.len() < LONGEST_NAME { 0 } else { 3 };
            let kept = (0..=most).filter_map(|less| name.get(..name.len().checked_sub(less)?));
            let name = kept.into_iter().find_map(|name| encoding.decode(name));
            let name = name.ok_or_else(|| IntakeError::NotThatEncoding {
                encoding: encoding.name(),
                what: "a column's name holds bytes that do not fit: name the encoding (gb18030, big5, euc-kr…)"
                    .to_owned(),
            })?;
            let length = usize::from(*length);
            memos += u64::from(matches!(kind, b'M' | b'G' | b'P'));
            columns.push(Column { name: name.trim().to_owned(), kind: *kind, from, length });
            from += length;
        }
        if columns.is_empty() || from > head.record {
            return Err(not("the columns of its table (.dbf) do not fit the length of its rows"));
        }
        Ok(Self { bytes, columns, encoding, record: vec![0; head.record], rows_left: head.rows, memos, digits: 0 })
    }

    pub(super) fn headers(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Rows that are there and were not asked for; those marked as deleted do not count.
    pub(super) fn left_over(&mut self) -> Result<u64, IntakeError> {
        let mut left = 0;
        while self.rows_left > 0 && fill(&mut self.bytes, &mut self.record)? == self.record.len() {
            self.rows_left -= 1;
            left += u64::from(self.record.first() != Some(&b'*'));
        }
        Ok(left)
    }

    /// Reads the next row into `cells`.
    pub(super) fn next(&mut self, cells: &mut Vec<Option<Value>>) -> Result<DbfRow, IntakeError> {
        cells.clear();
        if self.rows_left == 0 || fill(&mut self.bytes, &mut self.record)? < self.record.len() {
            self.rows_left = 0;
            return Ok(DbfRow::None);
        }
        self.rows_left -= 1;
        if self.record.first() == Some(&b'*') {
            return Ok(DbfRow::Deleted);
        }
        for column in &self.columns {
            let bytes = self.record.get(column.from..column.from + column.length).unwrap_or_default();
            match cell(column, bytes, self.encoding) {
                Ok(value) => {
                    let number = matches!(column.kind, b'N' | b'F');
                    self.digits += u64::from(number && matches!(value, Some(Value::Text(_))));
                    cells.push(value);
                }
                Err(problem) => return Ok(DbfRow::Cells(Err(problem))),
            }
        }
        Ok(DbfRow::Cells(Ok(())))
    }
}

fn cell(column: &Column, bytes: &[u8], encoding: Encoding) -> Result<Option<Value>, Problem> {
    let ascii = || std::str::from_utf8(bytes).unwrap_or("?").trim_matches(['\0', ' ']);
    let wrong = |what: &str| {
        let name = &column.name;
        Problem::grouped(
            format!("column {name:?} {what}: {:?}", spatial::shown(ascii())),
            format!("column {name:?} {what}"),
        )
    };
    match column.kind {
        b'N' | b'F' => {
            let text = ascii();
            // Stars mark a number that does not fit its column.
            if text.is_empty() || text.bytes().all(|byte| byte == b'*') {
                return Ok(None);
            }
            if let Ok(whole) = text.parse() {
                return Ok(Some(Value::Int(whole)));
            }
            if beyond(text) {
                return Ok(Some(Value::Text(text.to_owned())));
            }
            let number = text.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(|number| Some(Value::Float(number))).ok_or_else(|| wrong("holds no number"))
        }
        b'L' => match bytes.first() {
            Some(b'T' | b't' | b'Y' | b'y') => Ok(Some(Value::Bool(true))),
            Some(b'F' | b'f' | b'N' | b'n') => Ok(Some(Value::Bool(false))),
            _ => Ok(None),
        },
        b'D' => {
            let text = ascii();
            if text.is_empty() || text.bytes().all(|byte| byte == b'0') {
                return Ok(None);
            }
            let parts = (text.get(..4), text.get(4..6), text.get(6..8));
            let (Some(year), Some(month), Some(day)) = parts else { return Err(wrong("holds no day")) };
            Ok(Some(Value::Text(format!("{year}-{month}-{day}"))))
        }
        b'I' | b'+' => {
            let number: Option<[u8; 4]> = bytes.try_into().ok();
            number.map(|n| Some(Value::Int(i32::from_le_bytes(n).into()))).ok_or_else(|| wrong("holds no number"))
        }
        b'B' | b'O' => {
            let number: Option<[u8; 8]> = bytes.try_into().ok();
            let number = number.map(f64::from_le_bytes).filter(|number| number.is_finite());
            Ok(number.map(Value::Float))
        }
        b'M' | b'G' | b'P' | b'0' | b'@' | b'T' => Ok(None),
        _ => {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            let text = bytes.get(..end).and_then(|bytes| encoding.decode(bytes)).ok_or_else(|| {
                let (name, encoding) = (&column.name, encoding.name());
                Problem::plain(format!(
                    "column {name:?} holds bytes that are no {encoding}: is another encoding meant?"
                ))
            })?;
            let text = text.trim();
            Ok((!text.is_empty()).then(|| Value::Text(text.to_owned())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_their_last_digit() {
        for kind in [b'N', b'F'] {
            let column = Column { name: "a".to_owned(), kind, from: 1, length: 24 };
            let text = |digits: &str| Some(Value::Text(digits.to_owned()));
            for (bytes, expect) in [
                ("  7", Some(Value::Int(7))),
                (" 7.5", Some(Value::Float(7.5))),
                ("9223372036854775807", Some(Value::Int(i64::MAX))),
                (" 9223372036854775808", text("9223372036854775808")),
                ("33030200001320000001 ", text("33030200001320000001")),
                ("-33030200001320000001", text("-33030200001320000001")),
                ("********************", None),
            ] {
                assert_eq!(cell(&column, bytes.as_bytes(), Encoding::UTF_8), Ok(expect), "{bytes}");
            }
        }
    }
}
