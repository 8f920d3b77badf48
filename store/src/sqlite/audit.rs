//! The audit in `ops.db`.

use async_trait::async_trait;

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
        let end = sqlx::query_as("select seq, at_ms, hash from audit_head")
            .fetch_one(&mut *transaction)
            .await
            .doing(WRITE)?;
        let mut end = head(end)?;
        let rows: Vec<AuditRow> = drafts.into_iter().map(|draft| end.append(draft)).collect();
        for row in &rows {
            sqlx::query(
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
            .bind(row.hash.as_slice())
            .execute(&mut *transaction)
            .await
            .doing(WRITE)?;
        }
        sqlx::query("update audit_head set seq = ?, at_ms = ?, hash = ?")
            .bind(signed(end.seq))
            .bind(end.at_ms)
            .bind(end.hash.as_slice())
            .execute(&mut *transaction)
            .await
            .doing(WRITE)?;
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
        let rows: Vec<Columns> = match actor {
            Some(actor) => {
                sqlx::query_as("select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                     outcome, client, prev_hash, hash
                     from audit where seq > ? and actor = ? order by seq limit ?")
                    .bind(signed(after_seq))
                    .bind(actor)
                    .bind(limit)
                    .fetch_all(&self.ops.readers)
                    .await
            }
            None => {
                sqlx::query_as("select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                     outcome, client, prev_hash, hash
                     from audit where seq > ? order by seq limit ?")
                    .bind(signed(after_seq))
                    .bind(limit)
                    .fetch_all(&self.ops.readers)
                    .await
            }
        }
        .doing(READ)?;
        rows.into_iter().map(read).collect()
    }

    /// In one read transaction: rows written meanwhile are not seen.
    async fn audit_verify(&self) -> Result<Verified, Error> {
        const DOING: &str = "verify the audit";
        let mut snapshot = self.ops.readers.begin().await.doing(DOING)?;
        let mut walk = Walk::default();
        loop {
            let page: Vec<Columns> = sqlx::query_as("select seq, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail, result_count,
                     outcome, client, prev_hash, hash
                     from audit where seq > ? order by seq limit ?")
                .bind(signed(walk.position()))
                .bind(PAGE)
                .fetch_all(&mut *snapshot)
                .await
                .doing(DOING)?;
            if !walk.take(page) {
                break;
            }
        }
        let end = sqlx::query_as("select seq, at_ms, hash from audit_head")
            .fetch_optional(&mut *snapshot)
            .await
            .doing(DOING)?;
        let rows: i64 =
            sqlx::query_scalar("select count(*) from audit").fetch_one(&mut *snapshot).await.doing(DOING)?;
        Ok(walk.end(end.and_then(|end| head(end).ok()), unsigned(rows)))
    }
}
