//! Appending in schema `onemap`: the lock on the row of `log_head` is the head in hand.

use async_trait::async_trait;
use sqlx::{PgPool, Postgres, Transaction};

use crate::error::Doing;
use crate::log::{Desk, Pending};
use crate::postgis::ask::{all, first, one};
use crate::postgis::asked::asked;
use crate::postgis::{begin, column};
use crate::stored::list;
use crate::stored::log::{Columns, answer, columns, head, read};
use crate::stored::number::{signed, unsigned};
use crate::{Answer, Error, Event, LogHead};

const APPEND: &str = "append to the log";

/// A transaction that has locked the head row.
pub(crate) struct DatabaseDesk(Transaction<'static, Postgres>);

impl DatabaseDesk {
    /// Who waits for the lock for ten seconds gives up, and its connection is free again even if it has gone away. Who
    /// holds it and falls silent for five loses it: a server that stands still does not hold up the others.
    pub(super) async fn open(pool: &PgPool) -> Result<(Self, LogHead), Error> {
        let mut transaction = begin(
            pool,
            "begin; set local lock_timeout = '10s'; set local idle_in_transaction_session_timeout = '5s'",
            APPEND,
        )
        .await?;
        let query = sqlx::query("select seq, epoch, commit_us, hash from log_head for update");
        let end = head(one(&mut transaction, APPEND, query).await?)?;
        Ok((Self(transaction), end))
    }

    /// Everything in one statement, and so in one round trip. The bell rings when it is committed.
    async fn write(&mut self, pending: &Pending) -> Result<(), Error> {
        const QUERY: &str = concat!(
            "with events as (
                 insert into log (",
            columns!(),
            ")
                 select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                 $8::bigint[], $9::text[], $10::text[], $11::bigint[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[],
                 $16::bigint[], $17::bigint[], $18::bigint[], $19::text[], $20::text[], $21::text[], $22::text[], $23::bytea[],
                 $24::bytea[], $25::bytea[])
             ), streams as (
                 insert into log_stream (stream, version) select * from unnest($26::text[], $27::bigint[])
                 on conflict (stream) do update set version = excluded.version
             ), seals as (
                 insert into log_sealed (seq, salt, bytes) select * from unnest($28::bigint[], $29::bytea[], $30::bytea[])
             ), commands as (
                 insert into log_command (id, digest, answer, first_seq, last_seq)
                 select * from unnest($31::text[], $32::bytea[], $33::text[], $34::bigint[], $35::bigint[])
             )
             update log_head set seq = $36, commit_us = $37, hash = $38 where seq = $39
             returning pg_notify('onemap_log', seq::text)::text"
        );
        let (events, commands, seals) = (&pending.events, &pending.commands, &pending.seals);
        let (streams, versions): (Vec<&str>, Vec<i64>) =
            pending.streams().into_iter().map(|(stream, version)| (stream, signed(version))).unzip();
        let query = sqlx::query(QUERY)
            .bind(column(events, |event| signed(event.seq)))
            .bind(column(events, |event| i64::from(event.epoch)))
            .bind(column(events, |event| event.stream.as_str()))
            .bind(column(events, |event| signed(event.stream_version)))
            .bind(column(events, |event| event.event_id.as_str()))
            .bind(column(events, |event| event.command_id.as_deref()))
            .bind(column(events, |event| event.kind.as_str()))
            .bind(column(events, |event| i64::from(event.schema)))
            .bind(column(events, |event| event.actor.as_str()))
            .bind(column(events, |event| event.src.as_str()))
            .bind(column(events, |event| event.cause.map(signed)))
            .bind(column(events, |event| event.corr.as_deref()))
            .bind(column(events, |event| event.event_us))
            .bind(column(events, |event| event.device_us))
            .bind(column(events, |event| event.skew_us))
            .bind(column(events, |event| event.receive_us))
            .bind(column(events, |event| event.commit_us))
            .bind(column(events, |event| event.clock_us))
            .bind(column(events, |event| event.place.as_deref()))
            .bind(column(events, |event| event.basis.as_deref()))
            .bind(column(events, |event| list::write(&event.labels)))
            .bind(column(events, |event| event.payload.as_str()))
            .bind(column(events, |event| event.sealed_digest.as_ref().map(<[u8; 32]>::as_slice)))
            .bind(column(events, |event| event.prev_hash.as_slice()))
            .bind(column(events, |event| event.hash.as_slice()))
            .bind(streams)
            .bind(versions)
            .bind(column(seals, |seal| signed(seal.seq)))
            .bind(column(seals, |seal| seal.salt.as_slice()))
            .bind(column(seals, |seal| seal.bytes.as_slice()))
            .bind(column(commands, |(id, _)| id.as_str()))
            .bind(column(commands, |(_, answer)| answer.digest.as_slice()))
            .bind(column(commands, |(_, answer)| answer.answer.as_str()))
            .bind(column(commands, |(_, answer)| signed(answer.first_seq)))
            .bind(column(commands, |(_, answer)| signed(answer.last_seq)))
            .bind(signed(pending.to.seq))
            .bind(pending.to.commit_us)
            .bind(pending.to.hash.as_slice())
            .bind(signed(pending.from.seq));
        let moved: Option<(Option<String>,)> = first(&mut self.0, APPEND, query).await?;
        moved.map(drop).ok_or_else(|| Error::corrupt(APPEND, "the end of the log moved while it was held"))
    }
}

#[async_trait]
impl Desk for DatabaseDesk {
    async fn events(&mut self, after_seq: u64, limit: u32) -> Result<Vec<Event>, Error> {
        const QUERY: &str = concat!("select ", columns!(), " from log where seq > $1 order by seq limit $2");
        let query = sqlx::query(QUERY).bind(signed(after_seq)).bind(i64::from(limit));
        let rows: Vec<Columns> = all(&mut self.0, APPEND, query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn versions(&mut self, streams: &[&str]) -> Result<Vec<(String, u64)>, Error> {
        let query = sqlx::query("select stream, version from log_stream where stream = any($1)").bind(streams);
        let rows: Vec<(String, i64)> = all(&mut self.0, APPEND, query).await?;
        Ok(rows.into_iter().map(|(stream, version)| (stream, unsigned(version))).collect())
    }

    async fn answer(&mut self, command_id: &str) -> Result<Option<Answer>, Error> {
        let query = sqlx::query("select digest, answer, first_seq, last_seq from log_command where id = $1");
        first(&mut self.0, APPEND, query.bind(asked(command_id))).await?.map(answer).transpose()
    }

    async fn finish(mut self, pending: Pending) -> Result<(), Error> {
        if pending.is_empty() {
            return self.0.rollback().await.doing(APPEND);
        }
        self.write(&pending).await?;
        self.0.commit().await.doing(APPEND)
    }
}
