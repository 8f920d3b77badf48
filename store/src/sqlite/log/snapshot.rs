//! Snapshots of the log in `ops.db`, in parts: an append waits for one part at most.

use sqlx::SqliteConnection;

use crate::Error;
use crate::error::Doing;
use crate::log::{SNAPSHOT_PART, check_snapshot, snapshot_digest};
use crate::sqlite::Sqlite;
use crate::sqlite::ask::{all, execute, first, one};
use crate::stored::log::{hash, kept_snapshot};
use crate::stored::number::{signed, unsigned};

const KEEP: &str = "keep a snapshot of the log";
const READ: &str = "read a snapshot of the log";

impl Sqlite {
    pub(super) async fn keep_snapshot(&self, seq: u64, schema: u32, bytes: &[u8]) -> Result<(), Error> {
        let mut transaction = self.ops.write(KEEP).await?;
        let log_hash = hash_at(&mut transaction, KEEP, seq).await?;
        let log_hash = check_snapshot(KEEP, seq, log_hash, bytes)?;
        let digest = snapshot_digest(seq, schema, &log_hash, bytes);
        // What an earlier attempt did not bring to its end goes first.
        execute(&mut transaction, KEEP, sqlx::query("delete from log_snapshot where whole = 0")).await?;
        let query =
            sqlx::query("insert into log_snapshot (seq, schema, digest, whole) values (?, ?, ?, 0) returning id")
                .bind(signed(seq))
                .bind(schema)
                .bind(digest.as_slice());
        let (id,): (i64,) = one(&mut transaction, KEEP, query).await?;
        transaction.commit().await.doing(KEEP)?;

        for (bytes, part) in bytes.chunks(SNAPSHOT_PART).zip(0_i64..) {
            let query = sqlx::query("insert into log_snapshot_part (snapshot, part, bytes) values (?, ?, ?)");
            execute(&self.ops.writer, KEEP, query.bind(id).bind(part).bind(bytes)).await?;
        }

        let mut transaction = self.ops.write(KEEP).await?;
        let query = sqlx::query("update log_snapshot set whole = 1 where id = ?").bind(id);
        if execute(&mut transaction, KEEP, query).await? != 1 {
            return Err(Error::conflict(KEEP, "another one was begun meanwhile"));
        }
        let query = sqlx::query(
            "delete from log_snapshot where whole = 1 and (seq, id) <
             (select seq, id from log_snapshot where whole = 1 and schema = ? order by seq desc, id desc limit 1 offset 1)",
        );
        execute(&mut transaction, KEEP, query.bind(schema)).await?;
        transaction.commit().await.doing(KEEP)
    }

    /// In one read transaction: one that is forgotten meanwhile is still whole.
    pub(super) async fn newest_snapshot(&self, schema: u32) -> Result<Option<(u64, Vec<u8>)>, Error> {
        let mut transaction = self.ops.readers.begin().await.doing(READ)?;
        let query = sqlx::query(
            "select id, seq, digest from log_snapshot where whole = 1 and schema = ? order by seq desc, id desc limit 2",
        );
        let kept: Vec<(i64, i64, Vec<u8>)> = all(&mut transaction, READ, query.bind(schema)).await?;
        for (id, seq, digest) in kept {
            let seq = unsigned(seq);
            let Some(log_hash) = hash_at(&mut transaction, READ, seq).await? else { continue };
            let query = sqlx::query("select bytes from log_snapshot_part where snapshot = ? order by part");
            let parts: Vec<(Vec<u8>,)> = all(&mut transaction, READ, query.bind(id)).await?;
            let bytes = kept_snapshot(parts);
            if digest == snapshot_digest(seq, schema, &log_hash, &bytes) {
                return Ok(Some((seq, bytes)));
            }
        }
        Ok(None)
    }
}

/// The hash of an event; zeros before the first.
async fn hash_at(on: &mut SqliteConnection, doing: &'static str, seq: u64) -> Result<Option<[u8; 32]>, Error> {
    if seq == 0 {
        return Ok(Some([0; 32]));
    }
    let row: Option<(Vec<u8>,)> =
        first(on, doing, sqlx::query("select hash from log where seq = ?").bind(signed(seq))).await?;
    Ok(row.and_then(|(own,)| hash(&own).ok()))
}
