//! The log in schema `onemap`.

mod desk;
mod listener;
mod sealed;
mod snapshot;
mod verify;

use async_trait::async_trait;
use tokio::sync::watch;

use self::desk::DatabaseDesk;
pub(super) use self::listener::Listener;
use super::Postgis;
use super::ask::{all, first, one};
use super::asked::asked;
use crate::log::{Append, Backend, PAGE, begin};
use crate::stored::log::{Columns, answer, columns, head, read};
use crate::stored::number::signed;
use crate::{Answer, Error, Event, Log, LogHead, LogVerified};

const READ: &str = "read the log";

#[async_trait]
impl Backend for Postgis {
    type Desk = DatabaseDesk;

    async fn desk(&self) -> Result<(DatabaseDesk, LogHead), Error> {
        DatabaseDesk::open(&self.pool).await
    }
}

#[async_trait]
impl Log for Postgis {
    async fn begin_append(&self, seen: u64) -> Result<Box<dyn Append>, Error> {
        begin(self, &self.bell, seen).await
    }

    async fn log_page(&self, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!("select ", columns!(), " from log where seq > $1 order by seq limit $2");
        let query = sqlx::query(QUERY).bind(signed(after_seq)).bind(i64::from(limit.min(PAGE)));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn log_stream(&self, stream: &str, after_version: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!(
            "select ",
            columns!(),
            " from log where stream = $1 and stream_version > $2 order by stream_version limit $3"
        );
        let query = sqlx::query(QUERY).bind(asked(stream)).bind(signed(after_version)).bind(i64::from(limit.min(PAGE)));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn log_of(&self, corr: &str, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str =
            concat!("select ", columns!(), " from log where corr = $1 and seq > $2 order by seq limit $3");
        let query = sqlx::query(QUERY).bind(asked(corr)).bind(signed(after_seq)).bind(i64::from(limit.min(PAGE)));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn log_head(&self) -> Result<LogHead, Error> {
        head(one(&self.pool, READ, sqlx::query("select seq, epoch, commit_us, hash from log_head")).await?)
    }

    async fn begin_epoch(&self, at_least: u32) -> Result<u32, Error> {
        const DOING: &str = "begin an epoch";
        let query = sqlx::query("update log_head set epoch = greatest(epoch + 1, $1) returning epoch");
        let (epoch,): (i64,) = one(&self.pool, DOING, query.bind(i64::from(at_least))).await?;
        u32::try_from(epoch).map_err(|why| Error::corrupt(DOING, why.to_string()))
    }

    async fn command_answer(&self, command_id: &str) -> Result<Option<Answer>, Error> {
        let query = sqlx::query("select digest, answer, first_seq, last_seq from log_command where id = $1");
        first(&self.pool, READ, query.bind(asked(command_id))).await?.map(answer).transpose()
    }

    async fn put_snapshot(&self, seq: u64, schema: u32, bytes: &[u8]) -> Result<(), Error> {
        self.keep_snapshot(seq, schema, bytes).await
    }

    async fn snapshot(&self, schema: u32) -> Result<Option<(u64, Vec<u8>)>, Error> {
        self.newest_snapshot(schema).await
    }

    async fn unseal(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        self.read_sealed(seq).await
    }

    async fn erase_sealed(&self, seqs: &[u64]) -> Result<u64, Error> {
        self.forget_sealed(seqs).await
    }

    async fn log_verify(&self, after_seq: u64) -> Result<LogVerified, Error> {
        self.walk_log(after_seq).await
    }

    async fn log_bell(&self) -> Result<watch::Receiver<u64>, Error> {
        self.listener.start(&self.pool, &self.bell);
        Ok(self.bell.receiver())
    }
}
