//! The audit as its readers see it.

use serde::Serialize;
use store::AuditRow;
use utoipa::ToSchema;

use crate::app::{hex, rfc3339};

/// One look.
#[derive(Serialize, ToSchema)]
pub struct AuditRowBody {
    /// Number in the chain, from 1.
    pub seq: u64,
    /// When, RFC 3339 UTC; never goes back along the chain.
    pub at: String,
    /// Who.
    pub actor: String,
    /// With which roles.
    pub roles: Vec<String>,
    /// For which divisions.
    pub scope: Vec<String>,
    /// What was done: `item`, `surroundings`, `tiles`, `nearest`, `live`, `edit`, `import`, `export`, `audit`, `login`…
    pub action: String,
    /// Why, as the caller said.
    pub purpose: Option<String>,
    /// On what: layers, mostly.
    pub object_class: String,
    /// SHA-256 of the ids of the objects.
    pub objects: Vec<String>,
    /// Filter or place that was asked for.
    pub detail: Option<String>,
    /// How much came back.
    pub result_count: Option<i64>,
    /// `ok` or `denied`.
    pub outcome: String,
    /// Address that the request came from.
    pub client: Option<String>,
    /// Hash of the row before, hexadecimal.
    pub prev_hash: String,
    /// Hash of this row, hexadecimal.
    pub hash: String,
}

/// Some rows of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// In the order of the chain.
    pub rows: Vec<AuditRowBody>,
    /// Ask again with `after` = this for more; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Whether the chain holds.
#[derive(Serialize, ToSchema)]
pub struct Verdict {
    /// Whether every row fits the one before.
    pub ok: bool,
    /// Rows that were checked.
    pub rows: u64,
    /// The first row that does not fit.
    pub first_bad: Option<u64>,
}

impl From<AuditRow> for AuditRowBody {
    fn from(row: AuditRow) -> Self {
        Self {
            seq: row.seq,
            at: rfc3339(row.at_ms),
            actor: row.actor,
            roles: row.roles,
            scope: row.scope,
            action: row.action,
            purpose: row.purpose,
            object_class: row.object_class,
            objects: row.objects,
            detail: row.detail,
            result_count: row.result_count,
            outcome: row.outcome,
            client: row.client,
            prev_hash: hex(row.prev_hash),
            hash: hex(row.hash),
        }
    }
}
