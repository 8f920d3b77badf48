//! What people reported in the last days: history, and what the desk holds.

use std::sync::{Arc, PoisonError, RwLock};

use dispatch::{HistoricIncident, Incident, IncidentKind, Origin, Priority};
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

/// A reported incident that has a place and a time. What patrols find by themselves follows where patrols go (rule
/// R-ORIGIN) and is none.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct Report {
    pub(in crate::app) position: Position,
    pub(in crate::app) at_ms: i64,
    pub(in crate::app) division: Option<Division>,
    pub(in crate::app) kind: IncidentKind,
    pub(in crate::app) priority: Priority,
}

impl Report {
    /// Of history.
    fn of_past(past: &HistoricIncident) -> Option<Self> {
        let (kind, priority, division, at_ms) = (past.kind, past.priority, past.division, past.reported_ms);
        let position = past.position.filter(|_| past.source.origin() == Origin::Reported)?;
        Some(Self { position, at_ms, division, kind, priority })
    }

    /// Of the desk.
    pub(in crate::app) fn of_desk(incident: &Incident) -> Option<Self> {
        let position = incident.location.position.filter(|_| incident.origin() == Origin::Reported)?;
        let (division, kind, priority) = (incident.location.division, incident.kind, incident.priority);
        Some(Self { position, at_ms: incident.times.reported?, division, kind, priority })
    }
}

/// What was read of the past, and when.
#[derive(Debug, Default)]
pub struct Past(RwLock<Option<(i64, Arc<Vec<Report>>)>>);

impl Past {
    /// Reads history anew when it is asked next: an import of it was undone.
    pub fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl App {
    /// Reports of the last 90 days, read at most an hour ago.
    pub(in crate::app) async fn reports(&self) -> Result<Arc<Vec<Report>>, store::Error> {
        let now = now_ms();
        let held = self.past.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, reports)) = held.filter(|(read_ms, _)| now - read_ms < FRESH_MS) {
            return Ok(reports);
        }
        let mut reports = Vec::new();
        self.each_past(now - DAYS * DAY_MS, now, |report| reports.push(report)).await?;
        reports.extend(self.ops.desk().incidents().filter_map(|incident| Report::of_desk(incident)));
        let reports = Arc::new(reports);
        *self.past.0.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&reports)));
        Ok(reports)
    }

    /// Walks along the reports of history between two moments (milliseconds since 1970 UTC); a page of them is in memory.
    pub(in crate::app) async fn each_past(
        &self,
        from_ms: i64,
        to_ms: i64,
        mut to: impl FnMut(Report),
    ) -> Result<(), store::Error> {
        let mut after = None;
        loop {
            let page = self.store.history_page(from_ms, to_ms, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(store::HistoryCursor::from(last));
            page.iter().filter_map(Report::of_past).for_each(&mut to);
        }
    }
}
