//! Asking a database: four ways, the same words for both backends.
//!
//! What runs a query is compiled here once for each database, and not again at each of a hundred queries.

/// Defines the questions for one database.
macro_rules! questions {
    ($database:ty, $row:ty, $connection:ty, $query:ty) => {
        use sqlx::{FromRow, Pool, Transaction};

        use crate::Error;
        use crate::error::Doing;

        /// Where a question is asked: on any connection, or in a transaction.
        pub(super) enum On<'a> {
            Any(&'a Pool<$database>),
            One(&'a mut $connection),
        }

        impl<'a> From<&'a Pool<$database>> for On<'a> {
            fn from(pool: &'a Pool<$database>) -> Self {
                Self::Any(pool)
            }
        }

        impl<'a> From<&'a mut $connection> for On<'a> {
            fn from(connection: &'a mut $connection) -> Self {
                Self::One(connection)
            }
        }

        impl<'a> From<&'a mut Transaction<'static, $database>> for On<'a> {
            fn from(transaction: &'a mut Transaction<'static, $database>) -> Self {
                Self::One(transaction)
            }
        }

        type Query<'q> = $query;

        /// All rows.
        pub(super) async fn all<T>(
            on: impl Into<On<'_>>,
            doing: &'static str,
            query: Query<'_>,
        ) -> Result<Vec<T>, Error>
        where
            T: for<'r> FromRow<'r, $row>,
        {
            fetched(on.into(), query).await.and_then(|rows| rows.iter().map(T::from_row).collect()).doing(doing)
        }

        /// The first row, if there is one.
        pub(super) async fn first<T>(
            on: impl Into<On<'_>>,
            doing: &'static str,
            query: Query<'_>,
        ) -> Result<Option<T>, Error>
        where
            T: for<'r> FromRow<'r, $row>,
        {
            fetched(on.into(), query).await.and_then(|rows| rows.first().map(T::from_row).transpose()).doing(doing)
        }

        /// The only row, which is always there.
        pub(super) async fn one<T>(on: impl Into<On<'_>>, doing: &'static str, query: Query<'_>) -> Result<T, Error>
        where
            T: for<'r> FromRow<'r, $row>,
        {
            first(on, doing, query).await?.ok_or(sqlx::Error::RowNotFound).doing(doing)
        }

        /// How many rows it changed.
        pub(super) async fn execute(
            on: impl Into<On<'_>>,
            doing: &'static str,
            query: Query<'_>,
        ) -> Result<u64, Error> {
            executed(on.into(), query).await.doing(doing)
        }

        async fn fetched(on: On<'_>, query: Query<'_>) -> Result<Vec<$row>, sqlx::Error> {
            match on {
                On::Any(pool) => query.fetch_all(&mut *pool.acquire().await?).await,
                On::One(connection) => query.fetch_all(connection).await,
            }
        }

        async fn executed(on: On<'_>, query: Query<'_>) -> Result<u64, sqlx::Error> {
            let done = match on {
                On::Any(pool) => query.execute(&mut *pool.acquire().await?).await,
                On::One(connection) => query.execute(connection).await,
            };
            Ok(done?.rows_affected())
        }
    };
}

pub(crate) use questions;
