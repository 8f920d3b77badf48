//! History in `registry.db`: it comes by import. Imports write it in [`super::past`].

use async_trait::async_trait;
use dispatch::HistoricIncident;
use sqlx::QueryBuilder;

use super::ask::{all, execute, one};
use super::{Database, Sqlite};
use crate::error::Doing;
use crate::stored::incident::{self, Columns, past_columns};
use crate::stored::number::unsigned;
use crate::{Error, History, HistoryCursor};

const READ: &str = "read history";
/// Rows of one insert: 500 rows of 13 values stay far below SQLite's 32,766 values a statement.
const ROWS: usize = 500;

#[async_trait]
impl History for Sqlite {
    async fn fill_history(&self, incidents: &[HistoricIncident]) -> Result<(), Error> {
        const DOING: &str = "store history";
        let rows = incidents.iter().map(incident::write).collect::<Result<Vec<_>, _>>()?;
        let mut transaction = self.registry.write(DOING).await?;
        for rows in rows.chunks(ROWS) {
            let mut insert: QueryBuilder<Database> =
                QueryBuilder::new(concat!("insert into incident_history (", past_columns!(), ") "));
            insert.push_values(rows, |mut values, row| bind(&mut values, row));
            execute(&mut transaction, DOING, insert.build().persistent(rows.len() == ROWS)).await?;
        }
        transaction.commit().await.doing(DOING)
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
        let query = sqlx::query(concat!(
            "select ",
            past_columns!(),
            " from incident_history where reported_ms >= ? and reported_ms < ?
             and (reported_ms, source_system, number) > (?, ?, ?)
             order by reported_ms, source_system, number limit ?"
        ))
        .bind(from_ms)
        .bind(to_ms)
        .bind(reported_ms)
        .bind(source_system)
        .bind(number)
        .bind(limit);
        let rows: Vec<Columns> = all(&self.registry.readers, READ, query).await?;
        rows.into_iter().map(incident::read).collect()
    }

    async fn history_count(&self) -> Result<u64, Error> {
        let (count,): (i64,) =
            one(&self.registry.readers, "count history", sqlx::query("select count(*) from incident_history")).await?;
        Ok(unsigned(count))
    }
}

/// The values of a row, in the order of its columns.
pub(super) fn bind(values: &mut sqlx::query_builder::Separated<'_, Database, &'static str>, row: &Columns) {
    let (system, number, kind, source, priority, lon, lat, division, reported, assigned, accepted, arrived, closed) =
        row;
    values.push_bind(system.clone()).push_bind(number.clone()).push_bind(kind.clone()).push_bind(source.clone());
    values.push_bind(*priority).push_bind(*lon).push_bind(*lat).push_bind(*division).push_bind(*reported);
    values.push_bind(*assigned).push_bind(*accepted).push_bind(*arrived).push_bind(*closed);
}
