//! What people reported in the last days: history, and what the desk holds.

use std::sync::{Arc, PoisonError, RwLock};

use dispatch::{IncidentKind, Origin, Priority};
use patrol::DAYS;
use spatial::Position;
use spatial::codes::Division;

use super::DAY_MS;
use crate::app::App;
use crate::app::clock::now_ms;

/// What was read of the past is read again after so long.
const FRESH_MS: i64 = 3_600_000;
/// Incidents read from the store at once.
const PAGE: u32 = 10_000;

/// A reported incident of the last days.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct Report {
    pub(in crate::app) position: Position,
    pub(in crate::app) at_ms: i64,
    pub(in crate::app) division: Option<Division>,
    pub(in crate::app) kind: IncidentKind,
    pub(in crate::app) priority: Priority,
}

/// What was read of the past, and when.
#[derive(Debug, Default)]
pub struct Past(RwLock<Option<(i64, Arc<Vec<Report>>)>>);

impl App {
    /// Reports of the last 90 days, read at most an hour ago.
    pub(in crate::app) async fn reports(&self) -> Result<Arc<Vec<Report>>, store::Error> {
        let now = now_ms();
        let held = self.past.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, reports)) = held.filter(|(read_ms, _)| now - read_ms < FRESH_MS) {
            return Ok(reports);
        }
        let from = now - DAYS * DAY_MS;
        let mut reports = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.history_page(from, now, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(store::HistoryCursor::from(last));
            let reported = page.iter().filter(|past| past.source.origin() == Origin::Reported);
            reports.extend(reported.filter_map(|past| {
                let (kind, priority) = (past.kind, past.priority);
                let (position, at_ms) = (past.position?, past.reported_ms);
                Some(Report { position, at_ms, division: past.division, kind, priority })
            }));
        }
        for incident in self.ops.desk().incidents().filter(|incident| incident.origin() == Origin::Reported) {
            if let (Some(position), Some(at_ms)) = (incident.location.position, incident.times.reported) {
                let (division, kind, priority) = (incident.location.division, incident.kind, incident.priority);
                reports.push(Report { position, at_ms, division, kind, priority });
            }
        }
        let reports = Arc::new(reports);
        *self.past.0.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&reports)));
        Ok(reports)
    }
}
