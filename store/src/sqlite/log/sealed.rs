//! What is kept beside the chain in `ops.db`.

use crate::Error;
use crate::error::Doing;
use crate::log::check_erasure;
use crate::sqlite::Sqlite;
use crate::sqlite::ask::{execute, first};
use crate::stored::log::opened;
use crate::stored::number::signed;

const ERASE: &str = "erase what is sealed";

impl Sqlite {
    pub(super) async fn read_sealed(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        const DOING: &str = "read what is sealed";
        let query = sqlx::query(
            "select log.sealed_digest, log_sealed.seq, salt, bytes
             from log left join log_sealed on log_sealed.seq = log.seq where log.seq = ?",
        );
        opened(DOING, seq, first(&self.ops.readers, DOING, query.bind(signed(seq))).await?)
    }

    /// `secure_delete` overwrites the place in the file; what the write-ahead log still has of it goes with the log, which
    /// is moved into the file and cut off. A reader at work delays that to the next erasure, or to the end of the process.
    pub(super) async fn forget_sealed(&self, seqs: &[u64]) -> Result<u64, Error> {
        check_erasure(ERASE, seqs)?;
        let mut transaction = self.ops.write(ERASE).await?;
        execute(&mut transaction, ERASE, sqlx::query("pragma secure_delete = on")).await?;
        let mut erased = 0;
        for seq in seqs {
            let query =
                sqlx::query("update log_sealed set salt = null, bytes = null where seq = ? and salt is not null");
            erased += execute(&mut transaction, ERASE, query.bind(signed(*seq))).await?;
        }
        transaction.commit().await.doing(ERASE)?;
        execute(&self.ops.writer, ERASE, sqlx::query("pragma wal_checkpoint(truncate)")).await?;
        Ok(erased)
    }
}
