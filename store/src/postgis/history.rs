//! History in schema `onemap`.

use async_trait::async_trait;
use dispatch::HistoricIncident;

use super::ask::{all, one};
use super::asked::asked;
use super::{Postgis, column};
use crate::stored::incident::{self, Columns};
use crate::stored::number::unsigned;
use crate::{Error, History, HistoryCursor};

const READ: &str = "read history";
/// Rows of one transaction.
const TOGETHER: usize = 2_000;

#[async_trait]
impl History for Postgis {
    async fn put_history(&self, incidents: &[HistoricIncident]) -> Result<(u64, u64), Error> {
        const DOING: &str = "store history";
        let (mut added, mut changed) = (0, 0);
        for rows in incident::rows(incidents)?.chunks(TOGETHER) {
            let query = sqlx::query(
                "insert into incident_history as old (source_system, number, kind, source, priority, lon, lat, division,
                 reported_ms, assigned_ms, accepted_ms, arrived_ms, closed_ms)
                 select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::float8[], $7::float8[],
                 $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
                 on conflict (source_system, number) do update set kind = excluded.kind, source = excluded.source,
                 priority = excluded.priority, lon = excluded.lon, lat = excluded.lat, division = excluded.division,
                 reported_ms = excluded.reported_ms, assigned_ms = excluded.assigned_ms, accepted_ms = excluded.accepted_ms,
                 arrived_ms = excluded.arrived_ms, closed_ms = excluded.closed_ms
                 where (old.kind, old.source, old.priority, old.lon, old.lat, old.division, old.reported_ms, old.assigned_ms,
                 old.accepted_ms, old.arrived_ms, old.closed_ms)
                 is distinct from (excluded.kind, excluded.source, excluded.priority, excluded.lon, excluded.lat, excluded.division,
                 excluded.reported_ms, excluded.assigned_ms, excluded.accepted_ms, excluded.arrived_ms, excluded.closed_ms)
                 returning xmax = 0",
            )
            .bind(column(rows, |row| row.0.as_str()))
            .bind(column(rows, |row| row.1.as_str()))
            .bind(column(rows, |row| row.2.as_str()))
            .bind(column(rows, |row| row.3.as_str()))
            .bind(column(rows, |row| row.4))
            .bind(column(rows, |row| row.5))
            .bind(column(rows, |row| row.6))
            .bind(column(rows, |row| row.7))
            .bind(column(rows, |row| row.8))
            .bind(column(rows, |row| row.9))
            .bind(column(rows, |row| row.10))
            .bind(column(rows, |row| row.11))
            .bind(column(rows, |row| row.12));
            // A row that was not there before has no earlier version: its xmax is 0.
            let written: Vec<(bool,)> = all(&self.pool, DOING, query).await?;
            for (new,) in written {
                *(if new { &mut added } else { &mut changed }) += 1;
            }
        }
        Ok((added, changed))
    }

    async fn history_page(
        &self,
        from_ms: i64,
        to_ms: i64,
        after: Option<&HistoryCursor>,
        limit: u32,
    ) -> Result<Vec<HistoricIncident>, Error> {
        let (reported_ms, source_system, number) =
            after.map_or((i64::MIN, "", ""), |cursor| (cursor.reported_ms, &cursor.source_system, &cursor.number));
        let query = sqlx::query(
            "select source_system, number, kind, source, priority, lon, lat, division, reported_ms, assigned_ms, accepted_ms, arrived_ms, closed_ms
             from incident_history where reported_ms >= $1 and reported_ms < $2 and (reported_ms, source_system, number) > ($3, $4, $5)
             order by reported_ms, source_system, number limit $6",
        )
        .bind(from_ms)
        .bind(to_ms)
        .bind(reported_ms)
        .bind(asked(source_system))
        .bind(asked(number))
        .bind(i64::from(limit));
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(incident::read).collect()
    }

    async fn history_count(&self) -> Result<u64, Error> {
        let (count,): (i64,) =
            one(&self.pool, "count history", sqlx::query("select count(*) from incident_history")).await?;
        Ok(unsigned(count))
    }
}
