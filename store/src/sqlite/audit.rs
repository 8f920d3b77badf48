//! The audit in `ops.db`.

use async_trait::async_trait;

use super::ask::{all, execute, first, one};
use super::{File, Sqlite};
use crate::committer::Chain;
use crate::error::Doing;
use crate::stored::audit::{Columns, Walk, head, read};
use crate::stored::list;
use crate::stored::number::{signed, unsigned};
use crate::{Audit, AuditDraft, AuditRow, Error, Verified};

const READ: &str = "read the audit";
const WRITE: &str = "write the audit";
const PAGE: i64 = 2_000;

/// The chain's end in `ops.db`.
pub(super) struct OpsChain(pub(super) File);

#[async_trait]
impl Chain for OpsChain {
    async fn commit(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error> {
        let mut transaction = self.0.write(WRITE).await?;
        let end = one(&mut transaction, WRITE, sqlx::query("select seq, at_ms, hash from audit_head")).await?;
        let mut end = head(end)?;
        let rows: Vec<AuditRow> = drafts.into_iter().map(|draft| end.append(draft)).collect();
        for row in &rows {
            let query = sqlx::query(
                "insert into audit (seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail,
                 result_count, outcome, client, prev_hash, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(signed(row.seq))
            .bind(row.at_ms)
            .bind(row.clock_ms)
            .bind(&row.actor)
            .bind(list::write(&row.roles))
            .bind(list::write(&row.scope))
            .bind(&row.action)
            .bind(&row.purpose)
            .bind(&row.object_class)
            .bind(list::write(&row.objects))
            .bind(&row.detail)
            .bind(row.result_count)
            .bind(&row.outcome)
            .bind(&row.client)
            .bind(row.prev_hash.as_slice())
            .bind(row.hash.as_slice());
            execute(&mut transaction, WRITE, query).await?;
        }
        let query = sqlx::query("update audit_head set seq = ?, at_ms = ?, hash = ?")
            .bind(signed(end.seq))
            .bind(end.at_ms)
            .bind(end.hash.as_slice());
        execute(&mut transaction, WRITE, query).await?;
        transaction.commit().await.doing(WRITE)?;
        Ok(rows)
    }
}

#[async_trait]
impl Audit for Sqlite {
    async fn record(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error> {
        self.committer.record(drafts).await
    }

    async fn audit_page(&self, after_seq: u64, limit: u32, actor: Option<&str>) -> Result<Vec<AuditRow>, Error> {
        let query = match actor {
            Some(actor) => sqlx::query(
                "select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                 outcome, client, prev_hash, hash
                 from audit where seq > ? and actor = ? order by seq limit ?",
            )
            .bind(signed(after_seq))
            .bind(actor),
            None => sqlx::query(
                "select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                 outcome, client, prev_hash, hash
                 from audit where seq > ? order by seq limit ?",
            )
            .bind(signed(after_seq)),
        };
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query.bind(limit)).await?;
        rows.into_iter().map(read).collect()
    }

    /// In one read transaction: rows written meanwhile are not seen.
    async fn audit_verify(&self) -> Result<Verified, Error> {
        const DOING: &str = "verify the audit";
        let mut snapshot = self.ops.readers.begin().await.doing(DOING)?;
        let mut walk = Walk::default();
        loop {
            let query = sqlx::query("select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                     outcome, client, prev_hash, hash
                     from audit where seq > ? order by seq limit ?")
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
