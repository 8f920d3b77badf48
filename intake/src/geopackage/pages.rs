//! Pages of a SQLite file, and the walk over the tree of a table.

use std::io::{Read, SeekFrom};

use crate::IntakeError;
use crate::read::ReadSeek;

/// Largest row, bytes; larger ones are refused.
const LARGEST_ROW: u64 = 32 * 1024 * 1024;
/// Levels of a tree; a file of 2^32 pages needs fewer.
const MOST_LEVELS: usize = 40;

pub(super) fn not(what: impl Into<String>) -> IntakeError {
    IntakeError::NotThatFormat { format: "GeoPackage", what: what.into() }
}

fn damaged(page: u32) -> IntakeError {
    not(format!("page {page} of its tables is damaged"))
}

/// How text is written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// An opened file.
pub(super) struct Pages<'a> {
    bytes: &'a mut dyn ReadSeek,
    size: u32,
    /// Bytes of a page that hold content.
    usable: usize,
    count: u32,
    pub(super) text: Text,
}

/// A row of a table.
pub(super) struct Payload<'p> {
    /// Byte of the page that it is on.
    pub(super) at: u64,
    pub(super) rowid: i64,
    /// `None` when it is larger than may be kept.
    pub(super) record: Option<&'p [u8]>,
}

/// Where the walk over a tree is: a page, and the next of its cells.
struct Level {
    number: u32,
    page: Vec<u8>,
    next: usize,
}

impl<'a> Pages<'a> {
    /// Reads the header of the file.
    pub(super) fn open(bytes: &'a mut dyn ReadSeek) -> Result<Self, IntakeError> {
        let length = bytes.seek(SeekFrom::End(0))?;
        bytes.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        bytes.take(100).read_to_end(&mut head)?;
        if head.is_empty() {
            return Err(IntakeError::Empty);
        }
        if head.len() < 100 || !head.starts_with(b"SQLite format 3\0") {
            return Err(not("it does not begin as a SQLite file does"));
        }
        let size = match u16_at(&head, 16) {
            Some(1) => 65_536,
            Some(size) if size >= 512 && size.is_power_of_two() => u32::from(size),
            Some(_) | None => return Err(not("its page size is none that there is")),
        };
        let reserved = head.get(20).copied().unwrap_or_default();
        let usable = size as usize - usize::from(reserved);
        if usable < 480 {
            return Err(not("its pages have no room"));
        }
        let text = match u32_at(&head, 56) {
            Some(0 | 1) => Text::Utf8,
            Some(2) => Text::Utf16Le,
            Some(3) => Text::Utf16Be,
            Some(_) | None => return Err(not("its text encoding is none that there is")),
        };
        let count = u32::try_from(length / u64::from(size)).unwrap_or(u32::MAX);
        Ok(Self { bytes, size, usable, count, text })
    }

    fn page(&mut self, number: u32) -> Result<Vec<u8>, IntakeError> {
        if number == 0 || number > self.count {
            return Err(not(format!("page {number} of its tables is missing: the file is cut or damaged")));
        }
        self.bytes.seek(SeekFrom::Start(self.byte_of(number)))?;
        let mut page = vec![0; self.size as usize];
        self.bytes.read_exact(&mut page)?;
        Ok(page)
    }

    fn byte_of(&self, number: u32) -> u64 {
        u64::from(number - 1) * u64::from(self.size)
    }

    /// Walks over the rows of the table whose tree begins on page `root`, in the order of their row ids, until `each`
    /// says `false`.
    pub(super) fn rows(
        &mut self,
        root: u32,
        each: &mut dyn FnMut(Payload<'_>) -> Result<bool, IntakeError>,
    ) -> Result<(), IntakeError> {
        let mut visited = 1;
        let mut levels = vec![Level { number: root, page: self.page(root)?, next: 0 }];
        let mut record = Vec::new();
        while let Some(level) = levels.last_mut() {
            let number = level.number;
            let start = if number == 1 { 100 } else { 0 };
            let bad = || damaged(number);
            let (kind, cells) = (level.page.get(start).copied(), u16_at(&level.page, start + 3).ok_or_else(bad)?);
            let inner = match kind {
                Some(5) => true,
                Some(13) => false,
                _ => return Err(bad()),
            };
            let at = level.next;
            level.next += 1;
            let pointers = start + if inner { 12 } else { 8 };
            let cell = || u16_at(&level.page, pointers + 2 * at).map(usize::from).ok_or_else(bad);
            if !inner {
                if at >= usize::from(cells) {
                    levels.pop();
                    continue;
                }
                let head = leaf(&level.page, cell()?).ok_or_else(bad)?;
                let at = self.byte_of(number);
                let local = self.local(head.payload);
                let page = &level.page;
                let rowid = head.rowid;
                let whole = if head.payload > LARGEST_ROW {
                    false
                } else {
                    record.clear();
                    record.extend_from_slice(page.get(head.from..head.from + local).ok_or_else(bad)?);
                    let next = u32_at(page, head.from + local);
                    self.overflow(&mut record, head.payload, next, number)?;
                    true
                };
                if !each(Payload { at, rowid, record: whole.then_some(record.as_slice()) })? {
                    return Ok(());
                }
                continue;
            }
            let child = match at.cmp(&usize::from(cells)) {
                std::cmp::Ordering::Less => u32_at(&level.page, cell()?).ok_or_else(bad)?,
                std::cmp::Ordering::Equal => u32_at(&level.page, start + 8).ok_or_else(bad)?,
                std::cmp::Ordering::Greater => {
                    levels.pop();
                    continue;
                }
            };
            visited += 1;
            if visited > u64::from(self.count) || levels.len() >= MOST_LEVELS {
                return Err(not("the pages of a table go round in a circle"));
            }
            let page = self.page(child)?;
            levels.push(Level { number: child, page, next: 0 });
        }
        Ok(())
    }

    /// How much of a row is on its own page.
    fn local(&self, payload: u64) -> usize {
        let (usable, payload) = (self.usable, usize::try_from(payload).unwrap_or(usize::MAX));
        let most = usable - 35;
        if payload <= most {
            return payload;
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let fits = least + (payload - least) % (usable - 4);
        if fits <= most { fits } else { least }
    }

    /// Reads the rest of a row from its chain of pages. Each adds to the row, so the chain ends with it.
    fn overflow(
        &mut self,
        record: &mut Vec<u8>,
        payload: u64,
        next: Option<u32>,
        from: u32,
    ) -> Result<(), IntakeError> {
        let mut next = next;
        while (record.len() as u64) < payload {
            let number = next.ok_or_else(|| damaged(from))?;
            let page = self.page(number)?;
            let left = usize::try_from(payload).unwrap_or(usize::MAX) - record.len();
            let content = page.get(4..4 + left.min(self.usable - 4)).ok_or_else(|| damaged(number))?;
            record.extend_from_slice(content);
            next = u32_at(&page, 0);
        }
        Ok(())
    }
}

/// The head of a row on its page.
struct Leaf {
    payload: u64,
    rowid: i64,
    from: usize,
}

fn leaf(page: &[u8], at: usize) -> Option<Leaf> {
    let (payload, length) = varint(page.get(at..)?)?;
    let at = at + length;
    let (rowid, length) = varint(page.get(at..)?)?;
    Some(Leaf { payload, rowid: rowid.cast_signed(), from: at + length })
}

/// A number of one to nine bytes, and how many they are.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        if at == 8 {
            return Some((number << 8 | u64::from(*byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, at + 1));
        }
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}
