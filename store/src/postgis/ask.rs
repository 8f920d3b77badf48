//! Asking PostgreSQL: see [`crate::ask`].

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query as Asked;

crate::ask::questions!(sqlx::Postgres, PgRow, PgConnection, Asked<'q, sqlx::Postgres, PgArguments>);
