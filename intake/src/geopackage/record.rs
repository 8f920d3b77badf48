//! A row of SQLite: a header of types, then the values.

use super::pages::{Text, varint};

/// One stored value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Blob(&'a [u8]),
}

impl Cell<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Int(_) | Self::Float(_) | Self::Blob(_) => None,
        }
    }

    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Null | Self::Float(_) | Self::Text(_) | Self::Blob(_) => None,
        }
    }
}

/// Most columns of a table (SQLite's own bound is 32,767).
const MOST_CELLS: usize = 4_000;

/// The values of a row; `None` when it is damaged.
pub(super) fn cells(record: &[u8], text: Text) -> Option<Vec<Cell<'_>>> {
    let (header, mut at) = varint(record)?;
    let header = usize::try_from(header).ok()?;
    let types = record.get(..header)?;
    let mut body = record.get(header..)?;
    let mut cells = Vec::new();
    while at < header {
        let (kind, length) = varint(types.get(at..)?)?;
        at += length;
        if cells.len() >= MOST_CELLS {
            return None;
        }
        cells.push(cell(kind, &mut body, text)?);
    }
    Some(cells)
}

fn cell<'a>(kind: u64, body: &mut &'a [u8], text: Text) -> Option<Cell<'a>> {
    let length = match kind {
        0 | 8 | 9 => 0,
        1..=4 => usize::try_from(kind).ok()?,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => usize::try_from((kind - 12) / 2).ok()?,
    };
    let (bytes, rest) = (body.get(..length)?, body.get(length..)?);
    *body = rest;
    Some(match kind {
        0 => Cell::Null,
        8 => Cell::Int(0),
        9 => Cell::Int(1),
        7 => {
            let number = f64::from_be_bytes(bytes.try_into().ok()?);
            if number.is_nan() { Cell::Null } else { Cell::Float(number) }
        }
        1..=6 => {
            let negative = bytes.first()? & 0x80 != 0;
            let start = if negative { -1_i64 } else { 0 };
            Cell::Int(bytes.iter().fold(start, |number, byte| number << 8 | i64::from(*byte)))
        }
        _ if kind.is_multiple_of(2) => Cell::Blob(bytes),
        _ => Cell::Text(match text {
            Text::Utf8 => std::str::from_utf8(bytes).ok()?.to_owned(),
            Text::Utf16Le => utf16(bytes, u16::from_le_bytes)?,
            Text::Utf16Be => utf16(bytes, u16::from_be_bytes)?,
        }),
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| pair.try_into().map_or(0xfffd, unit));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}
