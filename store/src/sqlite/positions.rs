//! Positions in `positions.db`.

use async_trait::async_trait;
use spatial::moving::Fix;
use sqlx::QueryBuilder;
use tokio::sync::mpsc;

use super::ask::{all, execute};
use super::{Database, Sqlite};
use crate::error::Doing;
use crate::stored::fix::{Columns, LatestColumns, newest, read, read_latest, write};
use crate::{Error, Heard, Observation, Positions, Told};

/// Rows of one insert, and of one delete of a prune: nobody waits long for the file.
const ROWS: usize = 1_000;
const PRUNED: i64 = 20_000;

#[async_trait]
impl Positions for Sqlite {
    async fn append(&self, observations: &[Observation]) -> Result<(), Error> {
        const DOING: &str = "store positions";
        let rows = observations.iter().map(write).collect::<Result<Vec<Columns>, Error>>()?;
        let mut transaction = self.positions.write(DOING).await?;
        for rows in rows.chunks(ROWS) {
            let mut insert: QueryBuilder<Database> = QueryBuilder::new(
                "insert into fix (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs) ",
            );
            insert.push_values(rows, |mut values, row| {
                let (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs) = row;
                values.push_bind(unit.clone()).push_bind(at_ms).push_bind(recv_ms).push_bind(lon).push_bind(lat);
                values
                    .push_bind(accuracy)
                    .push_bind(speed)
                    .push_bind(heading)
                    .push_bind(label.clone())
                    .push_bind(obs.clone());
            });
            execute(&mut transaction, DOING, insert.build().persistent(rows.len() == ROWS)).await?;
        }
        for rows in newest(observations).chunks(ROWS) {
            let mut insert: QueryBuilder<Database> =
                QueryBuilder::new("insert into latest_fix (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading) ");
            insert.push_values(rows, |mut values, row| {
                let (unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading) = row;
                values.push_bind(unit.clone()).push_bind(at_ms).push_bind(recv_ms).push_bind(lon).push_bind(lat);
                values.push_bind(accuracy).push_bind(speed).push_bind(heading);
            });
            insert.push(
                " on conflict (unit) do update set at_ms = excluded.at_ms, recv_ms = excluded.recv_ms, lon = excluded.lon,
                  lat = excluded.lat, accuracy = excluded.accuracy, speed = excluded.speed, heading = excluded.heading
                  where excluded.at_ms >= latest_fix.at_ms",
            );
            execute(&mut transaction, DOING, insert.build().persistent(false)).await?;
        }
        transaction.commit().await.doing(DOING)
    }

    async fn latest(&self) -> Result<Vec<(String, Fix)>, Error> {
        let query = sqlx::query(
            "select unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading from latest_fix order by unit",
        );
        let rows: Vec<LatestColumns> = all(&self.positions.readers, "read the latest positions", query).await?;
        rows.into_iter().map(read_latest).collect()
    }

    async fn track(&self, unit: &str, from_ms: i64, to_ms: i64, limit: u32) -> Result<Vec<Observation>, Error> {
        let query = sqlx::query(
            "select unit, at_ms, recv_ms, lon, lat, accuracy, speed, heading, label, obs
             from fix where unit = ? and at_ms >= ? and at_ms < ? order by at_ms, id limit ?",
        )
        .bind(unit)
        .bind(from_ms)
        .bind(to_ms)
        .bind(limit);
        let rows: Vec<Columns> = all(&self.positions.readers, "read a track", query).await?;
        rows.into_iter().map(read).collect()
    }

    async fn tell(&self, _told: &[Told]) -> Result<(), Error> {
        Ok(())
    }

    async fn heard(&self) -> Result<Option<mpsc::Receiver<Heard>>, Error> {
        Ok(None)
    }

    async fn prune(&self, before_ms: i64) -> Result<u64, Error> {
        const DOING: &str = "forget old positions";
        let query = sqlx::query("delete from latest_fix where recv_ms < ?").bind(before_ms);
        execute(&self.positions.writer, DOING, query).await?;
        let mut forgotten = 0;
        loop {
            let query = sqlx::query("delete from fix where id in (select id from fix where recv_ms < ? limit ?)")
                .bind(before_ms)
                .bind(PRUNED);
            let done = execute(&self.positions.writer, DOING, query).await?;
            forgotten += done;
            if done == 0 {
                return Ok(forgotten);
            }
        }
    }
}
