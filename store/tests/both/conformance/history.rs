//! Incidents of the past go in once, come out in order, and go again as they came: by import.

use dispatch::{HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority};
use spatial::codes::Division;
use spatial::{Layer, Position};
use store::{Differing, ErrorKind, HistoryCursor, Import, ImportDraft, ImportState, PastChunk, Undone};

use crate::support::Ground;
use crate::support::features::place;

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
    store.fill_history(&incidents).await.unwrap();
    assert_eq!(store.history_page(-10, 10, None, 9).await.unwrap(), incidents);
    assert_eq!(store.history_count().await.unwrap(), 2);
    let refusal = store.fill_history(&[incident("", 1)]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
}

pub(crate) async fn filling_over_what_is_there_is_refused_whole(ground: &Ground) {
    let store = &ground.store;
    store.fill_history(&[incident("1", 5)]).await.unwrap();
    let mut elsewhere = incident("1", 6);
    elsewhere.source_system = "12345".into();
    for again in [[elsewhere.clone(), bare("1", 5)], [bare("2", 7), bare("2", 8)]] {
        let refusal = store.fill_history(&again).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Conflict, "{refusal}");
        assert_eq!(store.history_page(0, 9, None, 9).await.unwrap(), [incident("1", 5)]);
    }
    store.fill_history(&[elsewhere]).await.unwrap();
    assert_eq!(store.history_count().await.unwrap(), 2);
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
    store.fill_history(&shuffled).await.unwrap();
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

/// Everything that is in history.
async fn past(ground: &Ground) -> Vec<HistoricIncident> {
    ground.store.history_page(i64::MIN, i64::MAX, None, 100_000).await.unwrap()
}

fn draft(file: &str) -> ImportDraft {
    ImportDraft {
        layers: vec![Layer::Incidents],
        source: "import".into(),
        crs: "wgs84".into(),
        file: file.into(),
        bytes: 7,
        sha256: format!("{file:0>64}"),
        who: "somebody".into(),
    }
}

/// Stages incidents in chunks of 700.
async fn staged(ground: &Ground, file: &str, incidents: &[HistoricIncident]) -> (u64, u32) {
    let id = ground.store.begin_import(&draft(file), 10).await.unwrap().id;
    let mut chunks = 0;
    for part in incidents.chunks(700) {
        ground.store.stage_past(id, chunks, &PastChunk::of(part).unwrap()).await.unwrap();
        chunks += 1;
    }
    (id, chunks)
}

async fn published(ground: &Ground, file: &str, incidents: &[HistoricIncident]) -> Import {
    let (id, chunks) = staged(ground, file, incidents).await;
    ground.store.publish_import(id, chunks, false, &|_| "said".to_owned(), || 20).await.unwrap()
}

pub(crate) async fn nobody_sees_incidents_before_they_are_published(ground: &Ground) {
    let store = &ground.store;
    store.fill_history(&[incident("1", 5), bare("2", 7)]).await.unwrap();
    let mut closed = bare("2", 7);
    closed.milestones.closed_ms = Some(9);
    let (id, chunks) = staged(ground, "a", &[incident("1", 5), closed.clone(), bare("3", 8)]).await;
    assert_eq!(past(ground).await, [incident("1", 5), bare("2", 7)]);
    let told = store.difference(id, chunks, false, 9).await.unwrap();
    let counts = Differing { added: 1, changed: 1, unchanged: 1, gone: 0 };
    assert_eq!((told.counts, told.changed), (counts, Vec::new()));
    let import = store.publish_import(id, chunks, false, &|_| "said".to_owned(), || 20).await.unwrap();
    assert_eq!((import.state, import.done), (ImportState::Published, counts));
    assert_eq!((import.revisions, import.undoable, import.draft.clone()), (Some((1, 1)), true, draft("a")));
    assert_eq!((store.revision().await.unwrap(), store.revisions().await.unwrap()), (1, vec![]));
    assert_eq!(past(ground).await, [incident("1", 5), closed, bare("3", 8)]);
    assert_eq!(store.imports(9).await.unwrap(), [import]);
    let same = published(ground, "b", &past(ground).await).await;
    assert_eq!((same.done, same.undoable), (Differing { unchanged: 3, ..Differing::default() }, false));
    assert_eq!((same.revisions, store.revision().await.unwrap()), (None, 1));
}

pub(crate) async fn staged_incidents_are_found_again_and_those_beyond_the_end_left_out(ground: &Ground) {
    let store = &ground.store;
    let incidents: Vec<_> = (0..2_100).map(|n| incident(&n.to_string(), n)).collect();
    let (id, chunks) = staged(ground, "a", &incidents).await;
    store.stage_past(id, 3, &PastChunk::of(&[bare("beyond", 1)]).unwrap()).await.unwrap();
    store.stage_past(id, 0, &PastChunk::of(&[bare("replaced", 1)]).unwrap()).await.unwrap();
    store.stage_past(id, 0, &PastChunk::of(&incidents[..700]).unwrap()).await.unwrap();
    let again = ground.again().await.begin_import(&draft("a"), 11).await.unwrap();
    let digests: Vec<_> = incidents.chunks(700).map(|part| PastChunk::of(part).unwrap().digest()).collect();
    assert_eq!((again.id, again.staged.len()), (id, 4));
    assert!(digests.iter().zip(&again.staged).all(|(ours, (_, theirs))| ours == theirs));
    assert!(digests[0] != digests[1] && digests[1] != digests[2]);
    let import = store.publish_import(id, chunks, false, &|_| String::new(), || 20).await.unwrap();
    assert_eq!(import.done.added, 2_100);
    assert_eq!(past(ground).await.len(), 2_100);
    assert_eq!(
        store.publish_import(id, chunks, false, &|_| String::new(), || 20).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
    let (dropped, _) = staged(ground, "b", &[bare("b", 1)]).await;
    store.drop_import(dropped, None, 20).await.unwrap();
    assert_eq!((store.import(dropped).await.unwrap(), past(ground).await.len()), (None, 2_100));
}

pub(crate) async fn an_undo_puts_back_exactly_the_past_that_was(ground: &Ground) {
    let store = &ground.store;
    store.fill_history(&[incident("1", 5), incident("2", 6)]).await.unwrap();
    let before = past(ground).await;
    let first = published(ground, "a", &[incident("1", 5), bare("2", 7), bare("3", 8)]).await;
    let between = past(ground).await;
    store.upsert(&[place(1)]).await.unwrap();
    let second = published(ground, "b", &[bare("2", 9), bare("4", 1)]).await;
    assert_eq!((first.revisions, second.revisions), (Some((1, 1)), Some((3, 3))));

    // The later one wrote over a row of the earlier one: that stands in the way, and is named.
    let answer = store.undo_import(first.id, 30).await.unwrap();
    let refused = if let Undone::Refused { rows, edited } = answer { Some((rows, edited)) } else { None };
    let (rows, edited) = refused.expect("an undo over a later import is refused");
    let named: Vec<_> = edited.iter().map(|e| (e.key.layer, e.key.source_id.as_str(), e.revision)).collect();
    assert_eq!((rows, named), (1, vec![(Layer::Incidents, "2", 3)]));
    assert_eq!(edited[0].key.source, "110");
    assert_eq!(past(ground).await.len(), 4);

    let done = store.undo_import(second.id, 30).await.unwrap();
    assert_eq!(done, Undone::Done { rows: 2, revision: 3 });
    assert_eq!(past(ground).await, between);
    let done = store.undo_import(first.id, 40).await.unwrap();
    assert_eq!(done, Undone::Done { rows: 2, revision: 3 });
    assert_eq!(past(ground).await, before);
    assert_eq!(store.import(first.id).await.unwrap().unwrap().state, ImportState::Undone);
    assert_eq!(store.undo_import(first.id, 50).await.unwrap_err().kind(), ErrorKind::Conflict);
    // The same file comes in again, and goes again.
    let again = published(ground, "a", &[incident("1", 5), bare("2", 7), bare("3", 8)]).await;
    assert_eq!(again.done, first.done);
    assert!(matches!(store.undo_import(again.id, 60).await.unwrap(), Undone::Done { rows: 2, .. }));
    assert_eq!(past(ground).await, before);
}

/// The last ten imports can be undone, whatever they brought.
pub(crate) async fn imports_of_incidents_count_among_the_last_ten(ground: &Ground) {
    let first = published(ground, "first", &[incident("0", 0)]).await;
    let mut last = first.id;
    for n in 1..=10 {
        last = published(ground, &format!("file {n}"), &[incident("0", n), incident(&n.to_string(), n)]).await.id;
    }
    let refusal = ground.store.undo_import(first.id, 30).await.unwrap_err();
    assert!(refusal.to_string().contains("is no longer kept"), "{refusal}");
    for id in (first.id + 1..=last).rev() {
        assert!(matches!(ground.store.undo_import(id, 30).await.unwrap(), Undone::Done { rows: 2, .. }), "{id}");
    }
    assert_eq!(past(ground).await, [incident("0", 0)]);
}
