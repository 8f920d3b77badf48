//! Reports of imports.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use store::{Import, ImportState};
use utoipa::ToSchema;

use super::value_json;
use crate::app::{ImportOutcome, ImportReport, Progress, changed_fields, rfc3339};
use crate::auth::{Caller, Sight};

/// A file to import, with the mapping of its columns.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a form is read part by part; this describes it")]
pub struct ImportForm {
    /// The file.
    #[schema(format = Binary)]
    file: String,
    /// Text of the mapping file (TOML, at most 1 MiB), for tables: which columns become which fields.
    mapping: Option<String>,
}

/// A row that was refused.
#[derive(Serialize, ToSchema)]
pub struct RejectedRow {
    /// Line where it begins, from 1; none for formats without lines.
    pub line: Option<u64>,
    /// Byte where it begins, from 0; in a zip, of the file inside. For formats with lines only of a row that is not the
    /// first on its line.
    pub offset: Option<u64>,
    /// Its id in the source.
    pub id: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// A row that was taken after its drawing was mended.
#[derive(Serialize, ToSchema)]
pub struct RepairedRow {
    /// Line where it begins, from 1; none for formats without lines.
    pub line: Option<u64>,
    /// As of a rejected row.
    pub offset: Option<u64>,
    /// Its id in the source.
    pub id: String,
    /// What was done, in words.
    pub what: String,
}

/// What a file as a whole is suspected of: named with its numbers, never corrected.
#[derive(Serialize, ToSchema)]
pub struct SuspicionBody {
    /// `axes_swapped`, `metres_as_degrees`, `degrees_as_metres`, `zone_prefix_present`, `zone_prefix_missing`,
    /// `zone_prefix_other`, `null_island`, `crs_disagrees`, `outside_area`, `far_off`, `piled_up`, `same_code`, `other_encoding`,
    /// `shifted`, `layer_shifted` or `not_there`.
    pub code: String,
    /// What was seen, and what may be the cause.
    pub words: String,
    /// The numbers behind it, by name: `rows` and `of`; for `shifted` `points`, `median_distance_m`, `median_east_m`,
    /// `median_north_m`, `spread_m`, `left_m`.
    pub evidence: BTreeMap<String, f64>,
}

/// Rows of one source that a complete file does not hold.
#[derive(Serialize, ToSchema)]
pub struct GoneRowsBody {
    /// Whose.
    pub source: String,
    /// How many.
    pub rows: u64,
    /// Ids of the first five.
    pub first: Vec<String>,
}

/// A field of a row as it is and as it would be.
#[derive(Serialize, ToSchema)]
pub struct ChangedField {
    /// Which; `geometry` for the shape.
    pub field: String,
    /// As it is.
    #[schema(value_type = Object)]
    pub old: Json,
    /// As it would be.
    #[schema(value_type = Object)]
    pub new: Json,
}

/// A row that would be changed.
#[derive(Serialize, ToSchema)]
pub struct ChangedRow {
    /// Its layer.
    pub layer: &'static str,
    /// Its id in the source.
    pub id: String,
    /// What differs, of the fields in the caller's sight.
    pub fields: Vec<ChangedField>,
}

/// What became of an import, or how far it is.
#[derive(Serialize, Default, ToSchema)]
pub struct ImportBody {
    /// Ask for it again under `/api/v1/imports/{id}`.
    pub id: String,
    /// `running`, `staging` (broken off: send the same file again and it goes on), `published`, `undone`, `failed` or
    /// `preview` (a dry run).
    pub state: &'static str,
    /// Name of the file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Bytes of it that were read so far, while it is running.
    pub bytes_read: Option<u64>,
    /// Rows that are staged so far, while it is running.
    pub rows: Option<u64>,
    /// Who says so.
    pub source: String,
    /// Coordinate system of the file.
    pub crs: String,
    /// Who imported it.
    pub who: String,
    /// When it began.
    pub started_at: Option<String>,
    /// When it was published, undone or given up.
    pub ended_at: Option<String>,
    /// Rows that were taken.
    pub accepted: u64,
    /// Rows that were refused.
    pub rejected: u64,
    /// The first 1,000 refused rows; all are counted in `by_reason`.
    pub errors: Vec<RejectedRow>,
    /// How many rows were refused for which reason.
    pub by_reason: BTreeMap<String, u64>,
    /// Taken rows by layer.
    pub by_layer: BTreeMap<String, u64>,
    /// Rows new to the registry.
    pub added: u64,
    /// Rows that replaced an older form.
    pub changed: u64,
    /// Rows that were there already.
    pub unchanged: u64,
    /// Rows that were removed, because the file is complete and does not hold them.
    pub gone: u64,
    /// The same by the source that they are of, of at most 20 sources.
    pub gone_by_source: Vec<GoneRowsBody>,
    /// Some of the rows that a preview would change.
    pub changes: Vec<ChangedRow>,
    /// Nothing was written, or will be when it is running.
    pub dry_run: bool,
    /// Whether it can be undone, unless its rows were edited since.
    pub undoable: bool,
    /// Rows that were taken after their drawing was mended.
    pub repaired: u64,
    /// The first 100 of them.
    pub repairs: Vec<RepairedRow>,
    /// What the file as a whole is suspected of.
    pub suspicions: Vec<SuspicionBody>,
    /// The file ends in the middle of a row.
    pub truncated: bool,
    /// What else the reader has to say.
    pub notes: Vec<String>,
    /// Why nothing came of it.
    pub failed: Option<String>,
}

impl ImportBody {
    /// An import as the store has it, and how far it is when it is under way here.
    pub fn of(import: Import, progress: Option<&Progress>) -> Self {
        let state = match (import.state, progress) {
            (ImportState::Staging, Some(_)) => "running",
            (state, _) => state.word(),
        };
        Self {
            id: import.id.to_string(),
            state,
            file: import.draft.file,
            bytes: import.draft.bytes,
            bytes_read: progress.map(Progress::bytes),
            rows: progress.map(Progress::rows),
            source: import.draft.source,
            crs: import.draft.crs,
            who: import.draft.who,
            started_at: Some(rfc3339(import.started_ms)),
            ended_at: import.ended_ms.map(rfc3339),
            added: import.done.added,
            changed: import.done.changed,
            unchanged: import.done.unchanged,
            gone: import.done.gone,
            undoable: import.undoable,
            dry_run: progress.is_some_and(|progress| progress.dry_run),
            ..Self::reported(ImportReport::read(&import.report))
        }
    }

    /// A preview, with the changes that the caller may see.
    pub fn preview(outcome: ImportOutcome, caller: &Caller) -> Self {
        let changes = outcome.changes.iter().filter_map(|(old, new)| {
            let sight = Sight::of(caller, old.key.layer).ok()?;
            let fields = changed_fields(old, new).into_iter();
            let fields = fields.filter(|change| !sight.hidden().contains(&change.field.as_str()));
            let json = |value: Option<spatial::Value>| value.map_or(Json::Null, value_json);
            let fields = fields.map(|c| ChangedField { field: c.field, old: json(c.old), new: json(c.new) });
            Some(ChangedRow { layer: old.key.layer.name(), id: old.key.source_id.clone(), fields: fields.collect() })
        });
        let about = outcome.about;
        Self {
            id: outcome.id.to_string(),
            state: "preview",
            file: about.file,
            bytes: about.bytes,
            source: about.source,
            crs: about.crs,
            who: about.who,
            started_at: Some(rfc3339(about.started_ms)),
            ended_at: Some(rfc3339(about.ended_ms)),
            added: outcome.done.added,
            changed: outcome.done.changed,
            unchanged: outcome.done.unchanged,
            gone: outcome.done.gone,
            changes: changes.collect(),
            dry_run: true,
            ..Self::reported(outcome.report)
        }
    }

    fn reported(report: ImportReport) -> Self {
        let rows = report.rejects.into_iter();
        let repairs = report.repairs.into_iter();
        let found = report.suspicions.into_iter();
        Self {
            accepted: report.accepted,
            rejected: report.rejected,
            errors: rows
                .map(|row| RejectedRow { line: row.line, offset: row.offset, id: row.id, reason: row.reason })
                .collect(),
            by_reason: report.by_reason,
            by_layer: report.by_layer,
            repaired: report.repaired,
            repairs: repairs
                .map(|row| RepairedRow { line: row.line, offset: row.offset, id: row.id, what: row.what })
                .collect(),
            suspicions: found
                .map(|found| SuspicionBody { code: found.code, words: found.words, evidence: found.evidence })
                .collect(),
            gone_by_source: report
                .gone
                .into_iter()
                .map(|gone| GoneRowsBody { source: gone.source, rows: gone.rows, first: gone.first })
                .collect(),
            truncated: report.truncated,
            notes: report.notes,
            failed: report.failed,
            ..Self::default()
        }
    }
}

/// The newest imports.
#[derive(Serialize, ToSchema)]
pub struct ImportList {
    /// Newest first, without their refused rows.
    pub imports: Vec<ImportBody>,
}

/// What undoing an import did.
#[derive(Serialize, ToSchema)]
pub struct UndoneBody {
    /// Which import.
    pub id: String,
    /// `undone`.
    pub state: &'static str,
    /// Rows that were put back or removed again.
    pub rows: u64,
    /// The registry's revision after it.
    pub revision: u64,
}
