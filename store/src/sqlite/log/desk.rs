//! Appending in `ops.db`: `begin immediate` on its one writer is the head in hand.

use async_trait::async_trait;
use sqlx::{Sqlite as Database, Transaction};

use crate::error::Doing;
use crate::log::{Desk, Pending};
use crate::sqlite::File;
use crate::sqlite::ask::{all, execute, first, one};
use crate::stored::list;
use crate::stored::log::{Columns, answer, columns, head, read};
use crate::stored::number::{signed, unsigned};
use crate::{Answer, Error, Event, LogHead};

const APPEND: &str = "append to the log";

/// The writer of `ops.db` in hand.
pub(crate) struct OpsDesk(Transaction<'static, Database>);

impl OpsDesk {
    pub(super) async fn open(ops: &File) -> Result<(Self, LogHead), Error> {
        let mut transaction = ops.write(APPEND).await?;
        let query = sqlx::query("select seq, epoch, commit_us, hash from log_head");
        let end = head(one(&mut transaction, APPEND, query).await?)?;
        Ok((Self(transaction), end))
    }

    async fn insert(&mut self, event: &Event) -> Result<(), Error> {
        const QUERY: &str = concat!(
            "insert into log (",
            columns!(),
            ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        );
        let query = sqlx::query(QUERY)
            .bind(signed(event.seq))
            .bind(event.epoch)
            .bind(&event.stream)
            .bind(signed(event.stream_version))
            .bind(&event.event_id)
            .bind(&event.command_id)
            .bind(&event.kind)
            .bind(event.schema)
            .bind(&event.actor)
            .bind(&event.src)
            .bind(event.cause.map(signed))
            .bind(&event.corr)
            .bind(event.event_us)
            .bind(event.device_us)
            .bind(event.skew_us)
            .bind(event.receive_us)
            .bind(event.commit_us)
            .bind(event.clock_us)
            .bind(&event.place)
            .bind(&event.basis)
            .bind(list::write(&event.labels))
            .bind(&event.payload)
            .bind(event.sealed_digest.as_ref().map(<[u8; 32]>::as_slice))
            .bind(event.prev_hash.as_slice())
            .bind(event.hash.as_slice());
        execute(&mut self.0, APPEND, query).await.map(drop)
    }

    async fn write(&mut self, pending: &Pending) -> Result<(), Error> {
        for event in &pending.events {
            self.insert(event).await?;
        }
        for (stream, version) in pending.streams() {
            let query = sqlx::query("insert or replace into log_stream (stream, version) values (?, ?)");
            execute(&mut self.0, APPEND, query.bind(stream).bind(signed(version))).await?;
        }
        for seal in &pending.seals {
            let query = sqlx::query("insert into log_sealed (seq, salt, bytes) values (?, ?, ?)")
                .bind(signed(seal.seq))
                .bind(seal.salt.as_slice())
                .bind(seal.bytes.as_slice());
            execute(&mut self.0, APPEND, query).await?;
        }
        for (id, answer) in &pending.commands {
            let query =
                sqlx::query("insert into log_command (id, digest, answer, first_seq, last_seq) values (?, ?, ?, ?, ?)")
                    .bind(id)
                    .bind(answer.digest.as_slice())
                    .bind(&answer.answer)
                    .bind(signed(answer.first_seq))
                    .bind(signed(answer.last_seq));
            execute(&mut self.0, APPEND, query).await?;
        }
        if pending.events.is_empty() {
            return Ok(());
        }
        let query = sqlx::query("update log_head set seq = ?, commit_us = ?, hash = ? where seq = ?")
            .bind(signed(pending.to.seq))
            .bind(pending.to.commit_us)
            .bind(pending.to.hash.as_slice())
            .bind(signed(pending.from.seq));
        match execute(&mut self.0, APPEND, query).await? {
            1 => Ok(()),
            _ => Err(Error::corrupt(APPEND, "the end of the log moved while it was held")),
        }
    }
}

#[async_trait]
impl Desk for OpsDesk {
    async fn events(&mut self, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!("select ", columns!(), " from log where seq > ? order by seq limit ?");
        let query = sqlx::query(QUERY).bind(signed(after_seq)).bind(limit);
        let rows: Vec<Columns> = all(&mut self.0, APPEND, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn versions(&mut self, streams: &[&str]) -> Result<Vec<(String, u64)>, Error> {
        let query =
            sqlx::query("select stream, version from log_stream where stream in (select value from json_each(?))")
                .bind(serde_json::Value::from(streams).to_string());
        let rows: Vec<(String, i64)> = all(&mut self.0, APPEND, query).await?;
        Ok(rows.into_iter().map(|(stream, version)| (stream, unsigned(version))).collect())
    }

    async fn answer(&mut self, command_id: &str) -> Result<Option<Answer>, Error> {
        let query = sqlx::query("select digest, answer, first_seq, last_seq from log_command where id = ?");
        first(&mut self.0, APPEND, query.bind(command_id)).await?.map(answer).transpose()
    }

    async fn finish(mut self, pending: Pending) -> Result<(), Error> {
        if pending.is_empty() {
            return self.0.rollback().await.doing(APPEND);
        }
        self.write(&pending).await?;
        self.0.commit().await.doing(APPEND)
    }
}
