//! History: incidents of the past, imported or long closed.

use async_trait::async_trait;
use dispatch::HistoricIncident;

use crate::Error;

/// Where a page of history ended: the order is (reported, source system, number).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryCursor {
    /// When it was reported, milliseconds since 1970 UTC.
    pub reported_ms: i64,
    /// Who says so.
    pub source_system: String,
    /// Its number there.
    pub number: String,
}

impl From<&HistoricIncident> for HistoryCursor {
    fn from(incident: &HistoricIncident) -> Self {
        let (source_system, number) = (incident.source_system.clone(), incident.number.clone());
        Self { reported_ms: incident.reported_ms, source_system, number }
    }
}

/// Incidents of the past.
#[async_trait]
pub trait History: Send + Sync {
    /// Stores incidents that are not there yet, in one transaction; one that is there, by (source system, number), is a
    /// `Conflict`, and nothing is stored. For filling a store quickly: files come in as [`Imports`](crate::Imports) do.
    async fn fill_history(&self, incidents: &[HistoricIncident]) -> Result<(), Error>;

    /// Those reported in `from_ms..to_ms`, oldest first, beginning after `after`; fewer than `limit` means the end.
    async fn history_page(
        &self,
        from_ms: i64,
        to_ms: i64,
        after: Option<&HistoryCursor>,
        limit: u32,
    ) -> Result<Vec<HistoricIncident>, Error>;

    /// How many there are.
    async fn history_count(&self) -> Result<u64, Error>;
}
