//! The audit in schema `onemap`.

use async_trait::async_trait;
use sqlx::PgPool;

use super::ask::{all, execute, first, one};
use super::asked::asked;
use super::{Postgis, begin, column};
use crate::committer::Chain;
use crate::error::Doing;
use crate::stored::audit::{Columns, Walk, head, read};
use crate::stored::list;
use crate::stored::number::{signed, unsigned};
use crate::{Audit, AuditDraft, AuditRow, Error, Verified};

const READ: &str = "read the audit";
const WRITE: &str = "write the audit";
const PAGE: i64 = 2_000;

/// The chain's end in the database: shared by all servers, so its row is locked first.
pub(super) struct DatabaseChain(pub(super) PgPool);

#[async_trait]
impl Chain for DatabaseChain {
    async fn commit(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error> {
        let mut transaction = begin(&self.0, "begin", WRITE).await?;
        let query = sqlx::query("select seq, at_ms, hash from audit_head for update");
        let end = one(&mut transaction, WRITE, query).await?;
        let mut end = head(end)?;
        let rows: Vec<AuditRow> = drafts.into_iter().map(|draft| end.append(draft)).collect();
        let query = sqlx::query(
            "insert into audit (seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail,
             result_count, outcome, client, prev_hash, hash)
             select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::text[], $15::bytea[], $16::bytea[])",
        )
        .bind(column(&rows, |row| signed(row.seq)))
        .bind(column(&rows, |row| row.at_ms))
        .bind(column(&rows, |row| row.clock_ms))
        .bind(column(&rows, |row| row.actor.as_str()))
        .bind(column(&rows, |row| list::write(&row.roles)))
        .bind(column(&rows, |row| list::write(&row.scope)))
        .bind(column(&rows, |row| row.action.as_str()))
        .bind(column(&rows, |row| row.purpose.as_deref()))
        .bind(column(&rows, |row| row.object_class.as_str()))
        .bind(column(&rows, |row| list::write(&row.objects)))
        .bind(column(&rows, |row| row.detail.as_deref()))
        .bind(column(&rows, |row| row.result_count))
        .bind(column(&rows, |row| row.outcome.as_str()))
        .bind(column(&rows, |row| row.client.as_deref()))
        .bind(column(&rows, |row| row.prev_hash.as_slice()))
        .bind(column(&rows, |row| row.hash.as_slice()));
        execute(&mut transaction, WRITE, query).await?;
        let query = sqlx::query("update audit_head set seq = $1, at_ms = $2, hash = $3")
            .bind(signed(end.seq))
            .bind(end.at_ms)
            .bind(end.hash.as_slice());
        execute(&mut transaction, WRITE, query).await?;
        transaction.commit().await.doing(WRITE)?;
        Ok(rows)
    }
}

#[async_trait]
impl Audit for Postgis {
    async fn record(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error> {
        self.committer.record(drafts).await
    }

    async fn audit_page(&self, after_seq: u64, limit: u32, actor: Option<&str>) -> Result<Vec<AuditRow>, Error> {
        let query = sqlx::query(
            "select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
             outcome, client, prev_hash, hash
             from audit where seq > $1 and ($2::text is null or actor = $2) order by seq limit $3",
        )
        .bind(signed(after_seq))
        .bind(actor.map(asked))
        .bind(i64::from(limit));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(read).collect()
    }

    /// In one snapshot: rows written meanwhile are not seen.
    async fn audit_verify(&self) -> Result<Verified, Error> {
        const DOING: &str = "verify the audit";
        let mut snapshot = begin(&self.pool, "begin isolation level repeatable read read only", DOING).await?;
        let mut walk = Walk::default();
        loop {
            let query = sqlx::query(
                "select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                 outcome, client, prev_hash, hash
                 from audit where seq > $1 order by seq limit $2",
            )
            .bind(signed(walk.position()))
            .bind(PAGE);
            let page: Vec<Columns> = all(&mut snapshot, DOING, query).await?;
            if !walk.take(page) {
                break;
            }
        }
        let end = first(&mut snapshot, DOING, sqlx::query("select seq, at_ms, hash from audit_head")).await?;
        let (rows,): (i64,) = one(&mut snapshot, DOING, sqlx::query("select count(*) from audit")).await?;
        Ok(walk.end(end.and_then(|end| head(end).ok()), unsigned(rows)))
    }
}
