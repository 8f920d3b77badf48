//! What the log came to at a seq, kept so that a start need not read the log from its beginning.

use sha2::{Digest, Sha256};

use crate::Error;
use crate::canonical::Canonical;

/// The most bytes of a snapshot.
const MOST_BYTES: usize = 256 << 20;
/// Bytes of a part: SQLite has one writer, and an append may have to wait for one part.
pub(crate) const PART: usize = 1 << 20;

/// What a snapshot must have: it covers the hash of the event at `seq`, so that one of another log does not pass.
pub(crate) fn digest(seq: u64, schema: u32, log_hash: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut head = Canonical::new("onemap-snapshot-1");
    head.count(seq);
    head.count(schema.into());
    head.hash(log_hash);
    head.count(bytes.len() as u64);
    Sha256::new().chain_update(head.bytes()).chain_update(bytes).finalize().into()
}

/// Refuses a snapshot of what the log does not reach to, and one that is too large; answers the hash of the event.
pub(crate) fn check(
    doing: &'static str,
    seq: u64,
    log_hash: Option<[u8; 32]>,
    bytes: &[u8],
) -> Result<[u8; 32], Error> {
    if bytes.len() > MOST_BYTES {
        return Err(Error::invalid(doing, format!("it has {} bytes, and {MOST_BYTES} are allowed", bytes.len())));
    }
    log_hash.ok_or_else(|| Error::invalid(doing, format!("the log does not reach to event {seq}")))
}
