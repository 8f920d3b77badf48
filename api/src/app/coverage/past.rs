//! What people reported in the last days: history, and what the desk holds.

use std::sync::{Arc, PoisonError, RwLock};

use dispatch::Origin;
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
pub(super) struct Report {
    pub(super) position: Position,
    pub(super) at_ms: i64,
    pub(super) division: Option<Division>,
}

/// What was read of the past, and when.
#[derive(Debug, Default)]
pub struct Past(RwLock<Option<(i64, Arc<Vec<Report>>)>>);

impl App {
    /// Reports of the last 90 days, read at most an hour ago.
    pub(super) async fn reports(&self) -> Result<Arc<Vec<Report>>, store::Error> {
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
                Some(Report { position: past.position?, at_ms: past.reported_ms, division: past.division })
            }));
        }
        for incident in self.ops.desk().incidents().filter(|incident| incident.origin() == Origin::Reported) {
            if let (Some(position), Some(at_ms)) = (incident.location.position, incident.times.reported) {
                reports.push(Report { position, at_ms, division: incident.location.division });
            }
        }
        let reports = Arc::new(reports);
        *self.past.0.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&reports)));
        Ok(reports)
    }
}
