//! The tables, as SQL files in `migrations/`, one a step; a step that was released is never edited.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One line a step, in order: its name and its text. (`sqlx::migrate!` would build both database drivers a second time
/// for the compiler, for this.)
macro_rules! steps {
    ($folder:literal: $($name:literal),*) => {
        &[$(($name, include_str!(concat!("../migrations/", $folder, "/", $name, ".sql")))),*]
    };
}

pub(crate) type Steps = &'static [(&'static str, &'static str)];

pub(crate) const SQLITE_OPS: Steps =
    steps!("sqlite_ops": "0001_ops", "0002_log", "0003_org", "0004_plans", "0005_size");
pub(crate) const SQLITE_REGISTRY: Steps = steps!("sqlite_registry": "0001_registry", "0002_layer_head", "0003_imports", "0004_keys", "0005_history", "0006_one_key");
pub(crate) const SQLITE_POSITIONS: Steps = steps!("sqlite_positions": "0001_positions");
pub(crate) const POSTGIS: Steps = steps!("postgis": "0001_tables", "0002_views", "0003_layer_head", "0004_log", "0005_imports", "0006_org", "0007_plans", "0008_size", "0009_history");

/// The steps in the form that sqlx runs.
pub(crate) fn migrator(steps: Steps) -> Migrator {
    let steps = steps.iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, Cow::Borrowed(*name), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(steps.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_step_and_in_order() {
        for (folder, steps) in [
            ("sqlite_ops", SQLITE_OPS),
            ("sqlite_registry", SQLITE_REGISTRY),
            ("sqlite_positions", SQLITE_POSITIONS),
            ("postgis", POSTGIS),
        ] {
            let folder = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let entries =
                std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut files: Vec<String> = entries.collect();
            files.sort();
            let named: Vec<String> = steps.iter().map(|(name, _)| format!("{name}.sql")).collect();
            assert_eq!(files, named, "{folder}");
            for (number, (name, _)) in (1..).zip(steps) {
                assert!(name.starts_with(&format!("{number:04}_")), "{name}");
            }
        }
    }
}
