//! An event of the log as a row.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::list;
use super::number::unsigned;
use crate::log::{Kept, Walk, sealed_digest};
use crate::{Answer, Error, Event, LogHead, LogVerified};

const DOING: &str = "read the log";

/// The columns of an event, in the order of [`Columns`].
macro_rules! columns {
    () => {
        "seq, epoch, stream, stream_version, event_id, command_id, kind, schema, actor, src, cause, corr, event_us, device_us,
         skew_us, receive_us, commit_us, clock_us, place, basis, labels, payload, sealed_digest, prev_hash, hash"
    };
}

pub(crate) use columns;

/// A row of the log; more columns than a tuple can have.
pub(crate) struct Columns {
    numbers: [i64; 8],
    maybe_numbers: [Option<i64>; 3],
    texts: [String; 7],
    maybe_texts: [Option<String>; 4],
    sealed_digest: Option<Vec<u8>>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl<'r, R> FromRow<'r, R> for Columns
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Type<R::Database> + Decode<'r, R::Database>,
    String: Type<R::Database> + Decode<'r, R::Database>,
    Vec<u8>: Type<R::Database> + Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let number = |at: usize| row.try_get::<i64, _>(at);
        let maybe_number = |at: usize| row.try_get::<Option<i64>, _>(at);
        let text = |at: usize| row.try_get::<String, _>(at);
        let maybe_text = |at: usize| row.try_get::<Option<String>, _>(at);
        Ok(Self {
            numbers: [
                number(0)?,
                number(1)?,
                number(3)?,
                number(7)?,
                number(12)?,
                number(15)?,
                number(16)?,
                number(17)?,
            ],
            maybe_numbers: [maybe_number(10)?, maybe_number(13)?, maybe_number(14)?],
            texts: [text(2)?, text(4)?, text(6)?, text(8)?, text(9)?, text(20)?, text(21)?],
            maybe_texts: [maybe_text(5)?, maybe_text(11)?, maybe_text(18)?, maybe_text(19)?],
            sealed_digest: row.try_get(22)?,
            prev_hash: row.try_get(23)?,
            hash: row.try_get(24)?,
        })
    }
}

/// The event of a row.
pub(crate) fn read(columns: Columns) -> Result<Event, Error> {
    let [seq, epoch, stream_version, schema, event_us, receive_us, commit_us, clock_us] = columns.numbers;
    let [cause, device_us, skew_us] = columns.maybe_numbers;
    let [stream, event_id, kind, actor, src, labels, payload] = columns.texts;
    let [command_id, corr, place, basis] = columns.maybe_texts;
    Ok(Event {
        seq: fits(seq)?,
        epoch: fits(epoch)?,
        stream,
        stream_version: fits(stream_version)?,
        event_id,
        command_id,
        kind,
        schema: fits(schema)?,
        actor,
        src,
        cause: cause.map(fits).transpose()?,
        corr,
        event_us,
        device_us,
        skew_us,
        receive_us,
        commit_us,
        clock_us,
        place,
        basis,
        labels: list::read(DOING, &labels)?,
        payload,
        sealed_digest: columns.sealed_digest.as_deref().map(hash).transpose()?,
        prev_hash: hash(&columns.prev_hash)?,
        hash: hash(&columns.hash)?,
    })
}

/// An event and what is kept beside it: its columns, then `seq, salt, bytes` of the other table.
pub(crate) struct Checked {
    columns: Columns,
    kept: Kept,
}

impl<'r, R> FromRow<'r, R> for Checked
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Type<R::Database> + Decode<'r, R::Database>,
    String: Type<R::Database> + Decode<'r, R::Database>,
    Vec<u8>: Type<R::Database> + Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let beside: Option<i64> = row.try_get(25)?;
        let kept = match beside {
            Some(_) => Some((row.try_get(26)?, row.try_get(27)?)),
            None => None,
        };
        Ok(Self { columns: Columns::from_row(row)?, kept })
    }
}

impl Checked {
    /// As the walk takes it.
    pub(crate) fn read(self) -> (Result<Event, Error>, Kept) {
        (read(self.columns), self.kept)
    }
}

/// The end of the log: `seq, epoch, commit_us, hash`.
pub(crate) fn head((seq, epoch, commit_us, own): (i64, i64, i64, Vec<u8>)) -> Result<LogHead, Error> {
    Ok(LogHead { seq: fits(seq)?, epoch: fits(epoch)?, commit_us, hash: hash(&own)? })
}

/// What a command was answered: `digest, answer, first_seq, last_seq`.
pub(crate) fn answer((digest, answer, first, last): (Vec<u8>, String, i64, i64)) -> Result<Answer, Error> {
    Ok(Answer { digest: hash(&digest)?, answer, first_seq: unsigned(first), last_seq: unsigned(last) })
}

/// A hash of a row.
pub(crate) fn hash(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_length| Error::corrupt(DOING, "a hash does not have 32 bytes"))
}

fn fits<T: TryFrom<i64, Error: std::fmt::Display>>(number: i64) -> Result<T, Error> {
    T::try_from(number).map_err(|why| Error::corrupt(DOING, format!("number {number}: {why}")))
}

/// `sealed_digest` of the event, then `seq, salt, bytes` of what is kept beside it.
pub(crate) type Sealed = (Option<Vec<u8>>, Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

/// What was sealed; `None` when there is nothing or it was erased.
pub(crate) fn opened(doing: &'static str, seq: u64, row: Option<Sealed>) -> Result<Option<Vec<u8>>, Error> {
    let Some((digest, beside, salt, bytes)) = row else {
        return Err(Error::not_found(doing, format!("there is no event {seq}")));
    };
    let kept = beside.map(|_seq| (salt, bytes));
    match (digest, kept) {
        (None, None) | (Some(_), Some((None, None))) => Ok(None),
        (Some(digest), Some((Some(salt), Some(bytes)))) if digest == sealed_digest(&salt, &bytes) => Ok(Some(bytes)),
        _ => Err(Error::corrupt(doing, format!("what is kept beside event {seq} is not what was written"))),
    }
}

/// The bytes of a snapshot from its parts.
pub(crate) fn kept_snapshot(parts: Vec<(Vec<u8>,)>) -> Vec<u8> {
    let mut whole = Vec::with_capacity(parts.iter().map(|(bytes,)| bytes.len()).sum());
    for (bytes,) in parts {
        whole.extend(bytes);
    }
    whole
}

/// Begins the walk after an event, given the end of the log and that event's `seq, epoch, commit_us, hash`; the inner
/// error is a walk that already ends there, because the event is not to be believed.
pub(crate) fn begin_walk(
    doing: &'static str,
    after_seq: u64,
    end: Option<LogHead>,
    before: Option<(i64, i64, i64, Vec<u8>)>,
) -> Result<Result<Walk, LogVerified>, Error> {
    if after_seq == 0 {
        let epoch = 0;
        return Ok(Ok(Walk::after(LogHead { seq: 0, epoch, commit_us: 0, hash: [0; 32] })));
    }
    if end.is_some_and(|end| after_seq > end.seq) {
        return Err(Error::invalid(doing, format!("the log does not reach to event {after_seq}")));
    }
    let bad = |why: String| LogVerified { events: 0, erased: 0, first_bad: Some(after_seq), why: Some(why) };
    Ok(match before.map(head) {
        None => Err(bad("it is missing".to_owned())),
        Some(Err(error)) => Err(bad(error.to_string())),
        Some(Ok(at)) => Ok(Walk::after(at)),
    })
}
