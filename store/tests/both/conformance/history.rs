//! Incidents of the past go in once and come out in order.

use dispatch::{HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority};
use spatial::Position;
use spatial::codes::Division;
use store::{ErrorKind, HistoryCursor};

use crate::support::Ground;

fn incident(number: &str, reported_ms: i64) -> HistoricIncident {
    HistoricIncident {
        source_system: "110".to_owned(),
        number: number.to_owned(),
        kind: IncidentKind::Dispute,
        source: IncidentSource::Call110,
        priority: Priority::new(3).unwrap(),
        position: Position::new(120.655_512_3, 28.015).ok(),
        division: Some(Division::new("330302006044").unwrap()),
        reported_ms,
        milestones: Milestones {
            assigned_ms: Some(1),
            accepted_ms: None,
            arrived_ms: Some(-3),
            closed_ms: Some(i64::MAX),
        },
    }
}

fn bare(number: &str, reported_ms: i64) -> HistoricIncident {
    HistoricIncident {
        position: None,
        division: None,
        milestones: Milestones::default(),
        ..incident(number, reported_ms)
    }
}

pub(crate) async fn incidents_come_back(ground: &Ground) {
    let store = &ground.store;
    let incidents = [incident("1", -5), bare("2", 7)];
    assert_eq!(store.put_history(&incidents).await.unwrap(), (2, 0));
    assert_eq!(store.history_page(-10, 10, None, 9).await.unwrap(), incidents);
    assert_eq!(store.history_count().await.unwrap(), 2);
    let refusal = store.put_history(&[incident("", 1)]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
}

pub(crate) async fn storing_again_changes_nothing(ground: &Ground) {
    let store = &ground.store;
    let incidents = [incident("1", 5), bare("2", 7)];
    store.put_history(&incidents).await.unwrap();
    assert_eq!(store.put_history(&incidents).await.unwrap(), (0, 0));
    let mut closed = bare("2", 7);
    closed.milestones.closed_ms = Some(9);
    let mut elsewhere = incident("1", 5);
    elsewhere.source_system = "12345".into();
    assert_eq!(store.put_history(&[incident("1", 5), closed.clone(), elsewhere]).await.unwrap(), (1, 1));
    assert_eq!(store.history_page(7, 8, None, 9).await.unwrap(), [closed]);
    assert_eq!(store.history_count().await.unwrap(), 3);
}

pub(crate) async fn of_two_rows_with_one_number_the_later_counts(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.put_history(&[incident("1", 5), bare("1", 6)]).await.unwrap(), (1, 0));
    assert_eq!(store.history_page(0, 9, None, 9).await.unwrap(), [bare("1", 6)]);
}

/// By time, then by system and number in the order of bytes; the end of a page is the cursor of the next.
pub(crate) async fn pages_are_complete_and_in_order(ground: &Ground) {
    let store = &ground.store;
    let numbers = ["-1", "10", "9", "B", "a", "é", "警"];
    let mut incidents: Vec<_> =
        numbers.iter().flat_map(|number| [bare(number, 5), bare(&format!("{number}x"), 6)]).collect();
    incidents.sort_by_key(|incident| HistoryCursor::from(incident));
    let mut shuffled = incidents.clone();
    shuffled.rotate_left(5);
    store.put_history(&shuffled).await.unwrap();
    let mut seen: Vec<HistoricIncident> = Vec::new();
    loop {
        let after = seen.last().map(HistoryCursor::from);
        let page = store.history_page(5, 7, after.as_ref(), 4).await.unwrap();
        let end = page.len() < 4;
        seen.extend(page);
        if end {
            break;
        }
    }
    assert_eq!(seen, incidents);
    assert_eq!(store.history_page(5, 6, None, 99).await.unwrap().len(), 7);
    assert_eq!(store.history_page(6, 6, None, 99).await.unwrap(), []);
}

pub(crate) async fn a_large_import_is_counted(ground: &Ground) {
    let incidents: Vec<_> = (0..4_500).map(|number| incident(&number.to_string(), number)).collect();
    assert_eq!(ground.store.put_history(&incidents).await.unwrap(), (4_500, 0));
    assert_eq!(ground.store.put_history(&incidents).await.unwrap(), (0, 0));
    assert_eq!(ground.store.history_count().await.unwrap(), 4_500);
}
