//! Verifying the log in schema `onemap`.

use sqlx::{Postgres, Transaction};

use crate::log::Walk;
use crate::postgis::ask::{all, first, one};
use crate::postgis::{Postgis, begin};
use crate::stored::log::{Checked, begin_walk, columns, head};
use crate::stored::number::{signed, unsigned};
use crate::{Error, LogVerified};

const DOING: &str = "verify the log";
/// Events of a page; each may have a payload of 256 KiB.
const PAGE: i64 = 500;

impl Postgis {
    /// In one snapshot: events written meanwhile are not seen.
    pub(super) async fn walk_log(&self, after_seq: u64) -> Result<LogVerified, Error> {
        const QUERY: &str = concat!(
            "select log.*, beside.seq, beside.salt, beside.bytes from (select ",
            columns!(),
            " from log where seq > $1 order by seq limit $2) as log
             left join log_sealed as beside on beside.seq = log.seq order by log.seq"
        );
        let mut snapshot = begin(&self.pool, "begin isolation level repeatable read read only", DOING).await?;
        let end = first(&mut snapshot, DOING, sqlx::query("select seq, epoch, commit_us, hash from log_head")).await?;
        let query = sqlx::query("select seq, epoch, commit_us, hash from log where seq = $1").bind(signed(after_seq));
        let before = first(&mut snapshot, DOING, query).await?;
        let end = end.and_then(|end| head(end).ok());
        let mut walk = match begin_walk(DOING, after_seq, end, before)? {
            Ok(walk) => walk,
            Err(verified) => return Ok(verified),
        };
        loop {
            let query = sqlx::query(QUERY).bind(signed(walk.position())).bind(PAGE);
            let page: Vec<Checked> = all(&mut snapshot, DOING, query).await?;
            if !walk.take(page.into_iter().map(Checked::read).collect()) {
                break;
            }
        }
        walk.arrive(end);
        if walk.holds() {
            beside(&mut snapshot, &mut walk, after_seq).await?;
        }
        Ok(walk.end())
    }
}

/// What the chain does not cover: answers of commands and versions of streams, compared with what the chain says.
async fn beside(snapshot: &mut Transaction<'static, Postgres>, walk: &mut Walk, after_seq: u64) -> Result<(), Error> {
    let query = sqlx::query(
        "select min(log.seq) from log left join log_command on log_command.id = log.command_id
         where log.seq > $1 and log.command_id is not null
         and (log_command.id is null or log.seq not between log_command.first_seq and log_command.last_seq)",
    );
    let (bad,): (Option<i64>,) = one(&mut *snapshot, DOING, query.bind(signed(after_seq))).await?;
    walk.beside(bad.map(unsigned), "the answer of its command is missing or belongs to other events");
    if after_seq > 0 {
        return Ok(());
    }
    let query = sqlx::query("select min(seq) from log where seq < 1");
    let (bad,): (Option<i64>,) = one(&mut *snapshot, DOING, query).await?;
    walk.beside(bad.map(|_| 1), "there are events before it");
    let query = sqlx::query(
        "select min(last) from (select stream, max(seq) as last, max(stream_version) as version, count(*) as number
         from log group by stream) as said left join log_stream on log_stream.stream = said.stream
         where log_stream.version is null or log_stream.version <> said.version or said.version <> said.number",
    );
    let (bad,): (Option<i64>,) = one(&mut *snapshot, DOING, query).await?;
    walk.beside(bad.map(unsigned), "it is the last of its stream, whose version is another");
    let query = sqlx::query(
        "select (select seq + 1 from log_head) from log_stream
         where not exists (select 1 from log where log.stream = log_stream.stream) limit 1",
    );
    let bad: Option<(i64,)> = first(snapshot, DOING, query).await?;
    walk.beside(bad.map(|(seq,)| unsigned(seq)), "a stream has a version and no event");
    Ok(())
}
