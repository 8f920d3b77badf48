//! Blobs: the outermost parts of a file, each with a length in front and its content compressed.

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use flate2::read::ZlibDecoder;

use super::wire::{Broken, Field, Fields};

/// Longest header and longest content, bytes: limits of the format.
const MOST_HEADER: u64 = 64 << 10;
const MOST_CONTENT: u64 = 32 << 20;

/// A blob, unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::osm) enum Blob<'a> {
    /// Says what the file needs of its reader.
    Header(&'a [u8]),
    /// Nodes, ways and relations.
    Data(&'a [u8]),
    /// Something else, which the format tells to ignore.
    Other,
}

/// Why a blob cannot be had.
#[derive(Debug, thiserror::Error)]
pub(in crate::osm) enum BlobError {
    /// The bytes cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The file ends inside the blob.
    #[error("the file ends in the middle of a block")]
    Truncated,
    /// Where the next blob would begin is not known.
    #[error("{0}")]
    Lost(&'static str),
    /// This blob is damaged; the next may be read.
    #[error("{0}")]
    Damaged(&'static str),
}

/// Reads blob after blob, in two buffers that are used again.
pub(in crate::osm) struct Blobs<R> {
    reader: R,
    /// Byte at which the next blob begins.
    at: u64,
    packed: Vec<u8>,
    content: Vec<u8>,
}

impl<R: Read + Seek> Blobs<R> {
    pub(in crate::osm) fn new(reader: R) -> Self {
        Self { reader, at: 0, packed: Vec::new(), content: Vec::new() }
    }

    /// Byte at which the next blob begins.
    pub(in crate::osm) fn at(&self) -> u64 {
        self.at
    }

    /// Goes to the blob that begins at that byte.
    pub(in crate::osm) fn seek(&mut self, at: u64) -> std::io::Result<()> {
        self.at = self.reader.seek(SeekFrom::Start(at))?;
        Ok(())
    }

    /// The next blob; `None` at the end of the file.
    pub(in crate::osm) fn next(&mut self) -> Result<Option<Blob<'_>>, BlobError> {
        let mut length = [0_u8; 4];
        let got = read_up_to(&mut self.reader, &mut length)?;
        if got == 0 {
            return Ok(None);
        }
        if got < length.len() {
            return Err(BlobError::Truncated);
        }
        let length = u64::from(u32::from_be_bytes(length));
        if length > MOST_HEADER {
            return Err(BlobError::Lost("a header of a block is longer than 64 KiB: this is no PBF or a damaged one"));
        }
        self.fill(length)?;
        let lost = |_: Broken| BlobError::Lost("a header of a block is damaged");
        let (kind, size) = header(&self.packed).map_err(lost)?;
        if size > MOST_CONTENT {
            return Err(BlobError::Lost("a block is longer than 32 MiB"));
        }
        self.fill(size)?;
        self.at += 4 + length + size;
        if kind == Kind::Other {
            return Ok(Some(Blob::Other));
        }
        unpack(&self.packed, &mut self.content)?;
        Ok(Some(if kind == Kind::Header { Blob::Header(&self.content) } else { Blob::Data(&self.content) }))
    }

    /// Reads exactly that many bytes; memory grows with what is there, not with what is promised.
    fn fill(&mut self, length: u64) -> Result<(), BlobError> {
        self.packed.clear();
        let got = self.reader.by_ref().take(length).read_to_end(&mut self.packed)?;
        if got as u64 == length { Ok(()) } else { Err(BlobError::Truncated) }
    }
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match reader.read(buffer.get_mut(got..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

#[derive(PartialEq, Eq)]
enum Kind {
    Header,
    Data,
    Other,
}

fn header(bytes: &[u8]) -> Result<(Kind, u64), Broken> {
    let (mut kind, mut size) = (Kind::Other, None);
    for field in Fields(bytes) {
        match field? {
            (1, Field::Bytes(b"OSMHeader")) => kind = Kind::Header,
            (1, Field::Bytes(b"OSMData")) => kind = Kind::Data,
            (3, Field::Number(number)) => size = Some(number),
            _ => {}
        }
    }
    Ok((kind, size.ok_or(Broken)?))
}

fn unpack(packed: &[u8], content: &mut Vec<u8>) -> Result<(), BlobError> {
    content.clear();
    for field in Fields(packed) {
        match field.map_err(|Broken| BlobError::Damaged("a block is damaged"))? {
            (1, Field::Bytes(raw)) => content.extend_from_slice(raw),
            (3, Field::Bytes(zlib)) => {
                let mut limited = ZlibDecoder::new(zlib).take(MOST_CONTENT + 1);
                if limited.read_to_end(content).is_err() {
                    return Err(BlobError::Damaged("a block cannot be decompressed"));
                }
            }
            (4..=7, Field::Bytes(_)) => {
                return Err(BlobError::Damaged("a block is compressed in a way that is not read (only zlib is)"));
            }
            _ => {}
        }
        if content.len() as u64 > MOST_CONTENT {
            return Err(BlobError::Damaged("a block holds more than 32 MiB"));
        }
    }
    Ok(())
}
