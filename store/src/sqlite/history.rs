//! History in `ops.db`, in short transactions: the audit is written to the same file.

use async_trait::async_trait;
use dispatch::HistoricIncident;

use super::Sqlite;
use super::ask::{all, execute, one};
use crate::error::Doing;
use crate::stored::incident::{self, Columns};
use crate::stored::number::unsigned;
use crate::{Error, History, HistoryCursor};

const READ: &str = "read history";
/// A new row takes the number after the greatest, so two looks tell how many are new, however many there are.
const NEWEST: &str = "select coalesce(max(rowid), 0) from incident_history";
/// Rows of one transaction: some milliseconds.
const TOGETHER: usize = 500;

#[async_trait]
impl History for Sqlite {
    async fn put_history(&self, incidents: &[HistoricIncident]) -> Result<(u64, u64), Error> {
        const DOING: &str = "store history";
        let rows = incident::rows(incidents)?;
        let (mut added, mut changed) = (0, 0);
        for rows in rows.chunks(TOGETHER) {
            let mut transaction = self.ops.write(DOING).await?;
            let (before,): (i64,) = one(&mut transaction, DOING, sqlx::query(NEWEST)).await?;
            let mut written = 0;
            for row in rows {
                let (
                    source_system,
                    number,
                    kind,
                    source,
                    priority,
                    lon,
                    lat,
                    division,
                    reported,
                    assigned,
                    accepted,
                    arrived,
                    closed,
                ) = row;
                let query = sqlx::query(
                    "insert into incident_history (source_system, number, kind, source, priority, lon, lat, division,
                     reported_ms, assigned_ms, accepted_ms, arrived_ms, closed_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                     on conflict (source_system, number) do update set kind = excluded.kind, source = excluded.source,
                     priority = excluded.priority, lon = excluded.lon, lat = excluded.lat, division = excluded.division,
                     reported_ms = excluded.reported_ms, assigned_ms = excluded.assigned_ms, accepted_ms = excluded.accepted_ms,
                     arrived_ms = excluded.arrived_ms, closed_ms = excluded.closed_ms
                     where (kind, source, priority, lon, lat, division, reported_ms, assigned_ms, accepted_ms, arrived_ms, closed_ms)
                     is not (excluded.kind, excluded.source, excluded.priority, excluded.lon, excluded.lat, excluded.division,
                     excluded.reported_ms, excluded.assigned_ms, excluded.accepted_ms, excluded.arrived_ms, excluded.closed_ms)",
                )
                .bind(source_system)
                .bind(number)
                .bind(kind)
                .bind(source)
                .bind(priority)
                .bind(lon)
                .bind(lat)
                .bind(division)
                .bind(reported)
                .bind(assigned)
                .bind(accepted)
                .bind(arrived)
                .bind(closed);
                let done = execute(&mut transaction, DOING, query).await?;
                written += done;
            }
            let (after,): (i64,) = one(&mut transaction, DOING, sqlx::query(NEWEST)).await?;
            transaction.commit().await.doing(DOING)?;
            let new = unsigned(after - before);
            added += new;
            changed += written - new;
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
             from incident_history where reported_ms >= ? and reported_ms < ? and (reported_ms, source_system, number) > (?, ?, ?)
             order by reported_ms, source_system, number limit ?",
        )
        .bind(from_ms)
        .bind(to_ms)
        .bind(reported_ms)
        .bind(source_system)
        .bind(number)
        .bind(limit);
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query).await?;
        rows.into_iter().map(incident::read).collect()
    }

    async fn history_count(&self) -> Result<u64, Error> {
        let (count,): (i64,) =
            one(&self.ops.readers, "count history", sqlx::query("select count(*) from incident_history")).await?;
        Ok(unsigned(count))
    }
}
