//! History in schema `onemap`: it comes by import. Imports write it in [`super::past`].

use async_trait::async_trait;
use dispatch::HistoricIncident;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::ask::{all, execute, one};
use super::asked::asked;
use super::{Postgis, column};
use crate::error::Doing;
use crate::stored::incident::{self, Columns, past_columns};
use crate::stored::number::unsigned;
use crate::{Error, History, HistoryCursor};

const READ: &str = "read history";
/// Rows of one insert.
const ROWS: usize = 5_000;

#[async_trait]
impl History for Postgis {
    async fn fill_history(&self, incidents: &[HistoricIncident]) -> Result<(), Error> {
        const DOING: &str = "store history";
        let rows = incidents.iter().map(incident::write).collect::<Result<Vec<_>, _>>()?;
        let mut transaction = self.write(DOING).await?;
        for rows in rows.chunks(ROWS) {
            let query = sqlx::query(concat!(
                "insert into incident_history (",
                past_columns!(),
                ") select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::float8[],
                 $7::float8[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])"
            ));
            execute(&mut transaction, DOING, bound(query, rows)).await?;
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
            " from incident_history where reported_ms >= $1 and reported_ms < $2
             and (reported_ms, source_system, number) > ($3, $4, $5)
             order by reported_ms, source_system, number limit $6"
        ))
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

/// Binds the columns of rows as $1 to $13, to be unnested.
pub(super) fn bound<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    rows: &[Columns],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    let text = |of: fn(&Columns) -> &String| rows.iter().map(|row| of(row).clone()).collect::<Vec<_>>();
    query
        .bind(text(|row| &row.0))
        .bind(text(|row| &row.1))
        .bind(text(|row| &row.2))
        .bind(text(|row| &row.3))
        .bind(column(rows, |row| row.4))
        .bind(column(rows, |row| row.5))
        .bind(column(rows, |row| row.6))
        .bind(column(rows, |row| row.7))
        .bind(column(rows, |row| row.8))
        .bind(column(rows, |row| row.9))
        .bind(column(rows, |row| row.10))
        .bind(column(rows, |row| row.11))
        .bind(column(rows, |row| row.12))
}
