//! Positions in schema `onemap`.

use async_trait::async_trait;
use spatial::moving::Fix;
use tokio::sync::mpsc;

use super::ask::{all, execute};
use super::asked::asked;
use super::notices::{listen, write_notices};
use super::{Postgis, column};
use crate::error::Doing;
use crate::stored::fix::{Columns, LatestColumns, newest, read, read_latest, write};
use crate::{Error, Heard, Observation, Positions, Told};

/// Rows of one delete of a prune.
const PRUNED: i64 = 20_000;

#[async_trait]
impl Positions for Postgis {
    async fn append(&self, observations: &[Observation]) -> Result<(), Error> {
        const DOING: &str = "store positions";
        let rows = observations.iter().map(write).collect::<Result<Vec<Columns>, Error>>()?;
        let latest = newest(observations);
        let mut transaction = self.write(DOING).await?;
        // The last second of track may be lost on a crash of the machine (the contract of this trait), nothing else.
        execute(&mut transaction, DOING, sqlx::query("set local synchronous_commit = off")).await?;
        let query = sqlx::query(
            "insert into fix (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs)
             select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[], $5::float8[], $6::real[], $7::real[],
             $8::real[], $9::text[], $10::text[])",
        )
        .bind(column(&rows, |row| row.0.as_str()))
        .bind(column(&rows, |row| row.1))
        .bind(column(&rows, |row| row.2))
        .bind(column(&rows, |row| row.3))
        .bind(column(&rows, |row| row.4))
        .bind(column(&rows, |row| row.5))
        .bind(column(&rows, |row| row.6))
        .bind(column(&rows, |row| row.7))
        .bind(column(&rows, |row| row.8.as_str()))
        .bind(column(&rows, |row| row.9.as_deref()));
        execute(&mut transaction, DOING, query).await?;
        let query = sqlx::query(
            "insert into latest_fix (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading)
             select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[], $5::float8[], $6::real[], $7::real[], $8::real[])
             on conflict (unit) do update set at_ms = excluded.at_ms, recv_ms = excluded.recv_ms, lon = excluded.lon,
             lat = excluded.lat, accuracy = excluded.accuracy, speed = excluded.speed, heading = excluded.heading
             where excluded.at_ms >= latest_fix.at_ms",
        )
        .bind(column(&latest, |row| row.0.as_str()))
        .bind(column(&latest, |row| row.1))
        .bind(column(&latest, |row| row.2))
        .bind(column(&latest, |row| row.3))
        .bind(column(&latest, |row| row.4))
        .bind(column(&latest, |row| row.5))
        .bind(column(&latest, |row| row.6))
        .bind(column(&latest, |row| row.7));
        execute(&mut transaction, DOING, query).await?;
        transaction.commit().await.doing(DOING)
    }

    async fn latest(&self) -> Result<Vec<(String, Fix)>, Error> {
        let query = sqlx::query(
            "select unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading from latest_fix order by unit",
        );
        let rows: Vec<LatestColumns> = all(&self.pool, "read the latest positions", query).await?;
        rows.into_iter().map(read_latest).collect()
    }

    async fn track(&self, unit: &str, from_ms: i64, to_ms: i64, limit: u32) -> Result<Vec<Observation>, Error> {
        let query = sqlx::query(
            "select unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs
             from fix where unit = $1 and at_ms >= $2 and at_ms < $3 order by at_ms, id limit $4",
        )
        .bind(asked(unit))
        .bind(from_ms)
        .bind(to_ms)
        .bind(i64::from(limit));
        let rows: Vec<Columns> = all(&self.pool, "read a track", query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn tell(&self, told: &[Told]) -> Result<(), Error> {
        const DOING: &str = "tell other servers of positions";
        let notices = write_notices(&self.name, told);
        let mut transaction = self.write(DOING).await?;
        execute(&mut transaction, DOING, sqlx::query("set local synchronous_commit = off")).await?;
        let query = sqlx::query("select pg_notify('onemap_positions', notice) from unnest($1::text[]) as notice");
        execute(&mut transaction, DOING, query.bind(notices)).await?;
        transaction.commit().await.doing(DOING)
    }

    async fn heard(&self) -> Result<Option<mpsc::Receiver<Heard>>, Error> {
        Ok(Some(listen(self.pool.clone(), self.name.clone())))
    }

    async fn prune(&self, before_ms: i64) -> Result<u64, Error> {
        const DOING: &str = "forget old positions";
        let query = sqlx::query("delete from latest_fix where recv_ms < $1").bind(before_ms);
        execute(&self.pool, DOING, query).await?;
        let mut forgotten = 0;
        loop {
            let query = sqlx::query("delete from fix where id in (select id from fix where recv_ms < $1 limit $2)")
                .bind(before_ms)
                .bind(PRUNED);
            let done = execute(&self.pool, DOING, query).await?;
            forgotten += done;
            if done == 0 {
                return Ok(forgotten);
            }
        }
    }
}
