//! Asking SQLite: see [`crate::ask`].

use sqlx::query::Query as Asked;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};

crate::ask::questions!(sqlx::Sqlite, SqliteRow, SqliteConnection, Asked<'q, sqlx::Sqlite, SqliteArguments>);
