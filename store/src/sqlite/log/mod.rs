//! The log in `ops.db`.

mod desk;
mod sealed;
mod snapshot;
mod verify;

use async_trait::async_trait;
use tokio::sync::watch;

use self::desk::OpsDesk;
use super::Sqlite;
use super::ask::{all, first, one};
use crate::log::{Append, Backend, PAGE, begin};
use crate::stored::log::{Columns, answer, columns, head, read};
use crate::stored::number::signed;
use crate::{Answer, Error, Event, Log, LogHead, LogVerified};

const READ: &str = "read the log";

#[async_trait]
impl Backend for Sqlite {
    type Desk = OpsDesk;

    async fn desk(&self) -> Result<(OpsDesk, LogHead), Error> {
        OpsDesk::open(&self.ops).await
    }
}

#[async_trait]
impl Log for Sqlite {
    async fn begin_append(&self, seen: u64) -> Result<Box<dyn Append>, Error> {
        begin(self, &self.bell, seen).await
    }

    async fn log_page(&self, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!("select ", columns!(), " from log where seq > ? order by seq limit ?");
        let query = sqlx::query(QUERY).bind(signed(after_seq)).bind(limit.min(PAGE));
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn log_stream(&self, stream: &str, after_version: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!(
            "select ",
            columns!(),
            " from log where stream = ? and stream_version > ? order by stream_version limit ?"
        );
        let query = sqlx::query(QUERY).bind(stream).bind(signed(after_version)).bind(limit.min(PAGE));
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn log_of(&self, corr: &str, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!("select ", columns!(), " from log where corr = ? and seq > ? order by seq limit ?");
        let query = sqlx::query(QUERY).bind(corr).bind(signed(after_seq)).bind(limit.min(PAGE));
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn log_head(&self) -> Result<LogHead, Error> {
        head(one(&self.ops.readers, READ, sqlx::query("select seq, epoch, commit_us, hash from log_head")).await?)
    }

    async fn begin_epoch(&self, at_least: u32) -> Result<u32, Error> {
        let query = sqlx::query("update log_head set epoch = max(epoch + 1, ?) returning epoch").bind(at_least);
        let (epoch,): (u32,) = one(&self.ops.writer, "begin an epoch", query).await?;
        Ok(epoch)
    }

    async fn command_answer(&self, command_id: &str) -> Result<Option<Answer>, Error> {
        let query = sqlx::query("select digest, answer, first_seq, last_seq from log_command where id = ?");
        first(&self.ops.readers, READ, query.bind(command_id)).await?.map(answer).transpose()
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
        Ok(self.bell.receiver())
    }
}
