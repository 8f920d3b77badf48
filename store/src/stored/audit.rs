//! An audit row as a row, and the walk along the chain.

use super::list;
use crate::audit::Head;
use crate::{AuditRow, Error, Verified};

const DOING: &str = "read the audit";

/// Columns: `seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
/// outcome, client, prev_hash, hash`.
pub(crate) type Columns = (
    i64,
    i64,
    i64,
    String,
    String,
    String,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<i64>,
    String,
    Option<String>,
    Vec<u8>,
    Vec<u8>,
);

/// The row of a row.
pub(crate) fn read(columns: Columns) -> Result<AuditRow, Error> {
    let (
        seq,
        at_ms,
        clock_ms,
        actor,
        roles,
        scope,
        action,
        purpose,
        object_class,
        objects,
        detail,
        result_count,
        outcome,
        client,
        prev,
        own,
    ) = columns;
    Ok(AuditRow {
        seq: u64::try_from(seq).map_err(|why| Error::corrupt(DOING, why))?,
        roles: list::read(DOING, &roles)?,
        scope: list::read(DOING, &scope)?,
        objects: list::read(DOING, &objects)?,
        prev_hash: hash(&prev)?,
        hash: hash(&own)?,
        at_ms,
        clock_ms,
        actor,
        action,
        purpose,
        object_class,
        detail,
        result_count,
        outcome,
        client,
    })
}

/// A hash of a row.
pub(crate) fn hash(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_length| Error::corrupt(DOING, "a hash does not have 32 bytes"))
}

/// The end of the chain as its own row says it: `seq, at_ms, hash`.
pub(crate) fn head((seq, at_ms, own): (i64, i64, Vec<u8>)) -> Result<Head, Error> {
    Ok(Head { seq: u64::try_from(seq).map_err(|why| Error::corrupt(DOING, why))?, at_ms, hash: hash(&own)? })
}

/// A walk along the chain from row 1, a page at a time.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    at: Head,
    rows: u64,
    first_bad: Option<u64>,
}

impl Walk {
    /// The `seq` after which the next page begins.
    pub(crate) fn position(&self) -> u64 {
        self.at.seq
    }

    /// Takes the next page. A row that cannot even be read is as bad as one that was changed. Answers whether the walk
    /// goes on.
    pub(crate) fn take(&mut self, page: Vec<Columns>) -> bool {
        let goes_on = !page.is_empty();
        for columns in page {
            let fits = self.first_bad.is_none() && read(columns).is_ok_and(|row| self.at.follows(&row));
            if !fits {
                self.first_bad = self.first_bad.or(Some(self.at.seq + 1));
                return false;
            }
            self.rows += 1;
        }
        goes_on
    }

    /// What was found, given what the end of the chain should be and how many rows there are in all.
    pub(crate) fn end(self, head: Option<Head>, rows: u64) -> Verified {
        let whole = head == Some(self.at) && self.rows == rows;
        Verified { rows, first_bad: self.first_bad.or((!whole).then_some(self.at.seq + 1)) }
    }
}
