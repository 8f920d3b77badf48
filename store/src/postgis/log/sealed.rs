//! What is kept beside the chain in schema `onemap`.

use crate::Error;
use crate::log::check_erasure;
use crate::postgis::Postgis;
use crate::postgis::ask::{execute, first};
use crate::stored::log::opened;
use crate::stored::number::signed;

impl Postgis {
    pub(super) async fn read_sealed(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        const DOING: &str = "read what is sealed";
        let query = sqlx::query(
            "select log.sealed_digest, log_sealed.seq, salt, bytes
             from log left join log_sealed on log_sealed.seq = log.seq where log.seq = $1",
        );
        opened(DOING, seq, first(&self.pool, DOING, query.bind(signed(seq))).await?)
    }

    pub(super) async fn forget_sealed(&self, seqs: &[u64]) -> Result<u64, Error> {
        const DOING: &str = "erase what is sealed";
        check_erasure(DOING, seqs)?;
        let seqs: Vec<i64> = seqs.iter().copied().map(signed).collect();
        let query =
            sqlx::query("update log_sealed set salt = null, bytes = null where seq = any($1) and salt is not null");
        execute(&self.pool, DOING, query.bind(seqs)).await
    }
}
