//! Reports of imports.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::ImportOutcome;

/// A row that was refused.
#[derive(Serialize, ToSchema)]
pub struct RejectedRow {
    /// Line where it begins, from 1.
    pub line: Option<u64>,
    /// Its id in the source.
    pub id: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// What became of an import.
#[derive(Serialize, ToSchema)]
pub struct ImportBody {
    /// Ask for it again under `/api/v1/imports/{id}`.
    pub id: String,
    /// Rows that were taken.
    pub accepted: u64,
    /// Rows that were refused.
    pub rejected: u64,
    /// The first 1,000 refused rows; all are counted in `by_reason`.
    pub errors: Vec<RejectedRow>,
    /// How many rows were refused for which reason.
    pub by_reason: BTreeMap<String, u64>,
    /// Taken rows by layer.
    pub by_layer: BTreeMap<&'static str, u64>,
    /// Rows new to the registry.
    pub added: u64,
    /// Rows that replaced an older form.
    pub changed: u64,
    /// Rows that were there already.
    pub unchanged: u64,
    /// Nothing was written.
    pub dry_run: bool,
    /// The file ends in the middle of a row.
    pub truncated: bool,
    /// What else the reader has to say.
    pub notes: Vec<String>,
}

impl ImportBody {
    /// The outcome under its id.
    pub fn of(id: String, outcome: ImportOutcome) -> Self {
        let rows = outcome.report.rejects.into_iter();
        Self {
            id,
            accepted: outcome.report.accepted,
            rejected: outcome.report.rejected,
            errors: rows.map(|row| RejectedRow { line: row.line, id: row.id, reason: row.reason }).collect(),
            by_reason: outcome.report.by_reason,
            by_layer: outcome.by_layer.into_iter().map(|(layer, n)| (layer.name(), n)).collect(),
            added: outcome.written.added,
            changed: outcome.written.changed,
            unchanged: outcome.written.unchanged,
            dry_run: outcome.dry_run,
            truncated: outcome.report.truncated,
            notes: outcome.report.notes,
        }
    }
}
