//! Files are staged, published whole, and put back.

use spatial::{Feature, Layer};
use store::{Begun, Chunk, Differing, ErrorKind, Gone, Import, ImportDraft, ImportState, Removed, Undone};

use crate::support::Ground;
use crate::support::features::{camera, named_place, place, text};

fn draft(file: &str) -> ImportDraft {
    ImportDraft {
        layers: vec![Layer::Places],
        source: "test".into(),
        crs: "wgs84".into(),
        file: file.into(),
        bytes: 7,
        sha256: format!("{file:0>64}"),
        who: "somebody".into(),
    }
}

fn chunk(features: &[Feature]) -> Chunk {
    let (chunk, refused) = Chunk::of(features);
    assert!(refused.is_empty(), "{refused:?}");
    chunk
}

async fn staged(ground: &Ground, file: &str, features: &[Feature]) -> u64 {
    let begun = ground.store.begin_import(&draft(file), 10).await.unwrap();
    ground.store.stage(begun.id, 0, &chunk(features)).await.unwrap();
    begun.id
}

async fn published(ground: &Ground, file: &str, features: &[Feature], complete: bool) -> Import {
    let id = staged(ground, file, features).await;
    ground.store.publish_import(id, 1, complete, &|_| "said".to_owned(), || 20).await.unwrap()
}

/// Everything that is in the registry but its revisions.
async fn content(ground: &Ground) -> Vec<Feature> {
    let mut all = ground.store.page(Layer::Places, None, 1_000).await.unwrap();
    all.extend(ground.store.page(Layer::Cameras, None, 1_000).await.unwrap());
    for feature in &mut all {
        feature.revision = 0;
    }
    all
}

async fn undone(ground: &Ground, id: u64) -> u64 {
    let undone = ground.store.undo_import(id, 30).await.unwrap();
    let rows = if let Undone::Done { rows, .. } = &undone { Some(*rows) } else { None };
    assert!(rows.is_some(), "{undone:?}");
    rows.unwrap_or_default()
}

pub(crate) async fn nobody_sees_rows_before_they_are_published(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1), named_place(2, "old")]).await.unwrap();
    let id = staged(ground, "a", &[place(1), named_place(2, "new"), place(3)]).await;
    assert_eq!(store.revision().await.unwrap(), 2);
    assert_eq!(content(ground).await.len(), 2);
    assert_eq!(store.import(id).await.unwrap().unwrap().state, ImportState::Staging);

    let import = store.publish_import(id, 1, false, &|_| "said".to_owned(), || 20).await.unwrap();
    assert_eq!(import.state, ImportState::Published);
    assert_eq!(import.done, Differing { added: 1, changed: 1, unchanged: 1, gone: 0 });
    assert_eq!((import.revisions, import.undoable), (Some((3, 4)), true));
    assert_eq!((import.draft.clone(), import.report.as_str()), (draft("a"), "said"));
    assert_eq!((import.started_ms, import.ended_ms), (10, Some(20)));
    assert_eq!(store.import(id).await.unwrap(), Some(import.clone()));
    assert_eq!(store.imports(9).await.unwrap(), [import]);
    let changes = store.changes(2, 9).await.unwrap();
    let said: Vec<_> = changes.iter().map(|change| (change.revision, change.fid)).collect();
    assert_eq!(said, [(3, place(2).fid()), (4, place(3).fid())]);
    assert_eq!(store.revisions().await.unwrap(), [(Layer::Places, 4)]);
    assert_eq!(
        store.publish_import(id, 1, false, &|_| String::new(), || 20).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
    assert_eq!(
        store.publish_import(99, 1, false, &|_| String::new(), || 20).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

/// It comes out as an upsert of the same rows would leave it.
pub(crate) async fn published_rows_are_as_if_stored(ground: &Ground) {
    let store = &ground.store;
    let features: Vec<_> = (0..1_200).map(place).collect();
    published(ground, "a", &features, false).await;
    let again = store.upsert(&features).await.unwrap();
    assert_eq!((again.unchanged, again.revision), (1_200, 1_200));
    assert_eq!(store.counts().await.unwrap(), [(Layer::Places, 1_200)]);
    let nothing = published(ground, "b", &features, true).await;
    assert_eq!(nothing.done, Differing { unchanged: 1_200, ..Differing::default() });
    assert_eq!((nothing.revisions, nothing.undoable), (None, false));
    let refusal = store.undo_import(nothing.id, 30).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Conflict);
    assert!(refusal.to_string().contains("changed nothing, so there is nothing to undo"), "{refusal}");
}

/// Publishes three chunks of a first import; an earlier run had staged more than the file has now.
pub(crate) async fn of_three_chunks(ground: &Ground) -> (Vec<Feature>, Import) {
    let features: Vec<_> = (0..2_100).map(place).collect();
    let id = ground.store.begin_import(&draft("a"), 10).await.unwrap().id;
    for (number, part) in (0..).zip(features.chunks(700)) {
        ground.store.stage(id, number, &chunk(part)).await.unwrap();
    }
    ground.store.stage(id, 3, &chunk(&[place(9_999)])).await.unwrap();
    (features, ground.store.publish_import(id, 3, true, &|_| "said".to_owned(), || 20).await.unwrap())
}

/// A backend may write a first import of a layer another way: it comes out the same, chunk after chunk.
pub(crate) async fn a_first_import_of_many_rows_is_as_any_other(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[camera("1")]).await.unwrap();
    let (features, import) = of_three_chunks(ground).await;
    let id = import.id;
    assert_eq!(import.done, Differing { added: 2_100, ..Differing::default() });
    assert_eq!((import.revisions, import.undoable), (Some((2, 2_101)), true));
    let changes = store.changes(1, 3_000).await.unwrap();
    let order: Vec<_> = changes.iter().map(|change| (change.revision, change.fid)).collect();
    assert_eq!(order, (2..).zip(features.iter().map(Feature::fid)).collect::<Vec<_>>());
    assert_eq!(store.revisions().await.unwrap(), [(Layer::Cameras, 1), (Layer::Places, 2_101)]);
    assert_eq!(store.upsert(&features).await.unwrap().unchanged, 2_100);

    assert_eq!(undone(ground, id).await, 2_100);
    assert_eq!(content(ground).await.len(), 1);
    // Now the layer holds what is left of removed rows, and each is looked for.
    let again = published(ground, "b", &features, true).await;
    assert_eq!((again.done.added, again.revisions), (2_100, Some((4_202, 6_301))));
    assert_eq!(undone(ground, again.id).await, 2_100);
}

pub(crate) async fn of_two_rows_with_one_key_the_later_counts_in_a_first_import(ground: &Ground) {
    let store = &ground.store;
    let (old, new): (Vec<_>, Vec<_>) = (0..1_100).map(|n| (named_place(n, "old"), named_place(n, "new"))).unzip();
    let id = store.begin_import(&draft("a"), 10).await.unwrap().id;
    store.stage(id, 0, &chunk(&old)).await.unwrap();
    store.stage(id, 1, &chunk(&new)).await.unwrap();
    let import = store.publish_import(id, 2, false, &|_| "said".to_owned(), || 20).await.unwrap();
    assert_eq!(import.done.added, 1_100);
    assert!(content(ground).await.iter().all(|place| place.properties().get("name") == Some(&text("new"))));
    assert_eq!(store.upsert(&new).await.unwrap().unchanged, 1_100);
}

pub(crate) async fn a_difference_is_told_and_nothing_stays(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1), named_place(2, "old"), place(4), camera("1")]).await.unwrap();
    let id = staged(ground, "a", &[place(1), named_place(2, "new"), place(3)]).await;
    let told = store.difference(id, 1, true, 20).await.unwrap();
    assert_eq!(told.counts, Differing { added: 1, changed: 1, unchanged: 1, gone: 1 });
    let names = told.changed.iter().map(|(old, new)| (old.properties(), new.properties()));
    let names: Vec<_> = names.map(|(old, new)| (old.get("name").cloned(), new.get("name").cloned())).collect();
    assert_eq!(names, [(Some(text("old")), Some(text("new")))]);
    assert_eq!(store.difference(id, 1, false, 0).await.unwrap().counts.gone, 0);
    assert_eq!(store.revision().await.unwrap(), 4);
    store.drop_import(id, None, 20).await.unwrap();
    assert_eq!(store.import(id).await.unwrap(), None);
    assert_eq!(store.imports(9).await.unwrap(), []);
}

pub(crate) async fn what_was_staged_is_found_again(ground: &Ground) {
    let store = &ground.store;
    let id = store.begin_import(&draft("a"), 10).await.unwrap().id;
    let (one, two) = (chunk(&[place(1), place(2)]), chunk(&[place(3)]));
    store.stage(id, 0, &one).await.unwrap();
    store.stage(id, 1, &two).await.unwrap();
    store.stage(id, 1, &two).await.unwrap();
    let Begun { id: again, staged, .. } = store.begin_import(&draft("a"), 11).await.unwrap();
    assert_eq!((again, staged), (id, vec![(0, one.digest()), (1, two.digest())]));
    assert_ne!(one.digest(), two.digest());
    for other in [
        draft("b"),
        ImportDraft { source: "else".into(), ..draft("a") },
        ImportDraft { crs: "gcj02".into(), ..draft("a") },
        ImportDraft { layers: vec![Layer::Houses], ..draft("a") },
    ] {
        let other = store.begin_import(&other, 12).await.unwrap();
        assert!(other.id != id && other.staged.is_empty());
    }
    // Another process, or the same one after it was killed.
    let other = ground.again().await;
    assert_eq!(other.begin_import(&draft("a"), 13).await.unwrap().staged.len(), 2);
    let done = store.publish_import(id, 2, false, &|_| String::new(), || 20).await.unwrap().done;
    assert_eq!(done.added, 3);
}

pub(crate) async fn a_chunk_is_replaced_and_those_beyond_the_end_are_left_out(ground: &Ground) {
    let store = &ground.store;
    let id = staged(ground, "a", &[place(1), place(2)]).await;
    store.stage(id, 1, &chunk(&[place(8)])).await.unwrap();
    store.stage(id, 2, &chunk(&[place(9)])).await.unwrap();
    store.stage(id, 0, &chunk(&[place(1), named_place(8, "first")])).await.unwrap();
    let done = store.publish_import(id, 2, false, &|_| String::new(), || 20).await.unwrap();
    assert_eq!((done.done.added, done.revisions), (2, Some((1, 2))));
    assert_eq!(content(ground).await.len(), 2);
    assert_eq!(store.upsert(&[place(1), place(8)]).await.unwrap().unchanged, 2, "of two rows with one key the later");
}

pub(crate) async fn a_complete_file_removes_what_it_does_not_hold(ground: &Ground) {
    let store = &ground.store;
    let mut elsewhere = place(5);
    elsewhere.key.source = "elsewhere".into();
    store.upsert(&[place(1), place(2), place(3), elsewhere.clone(), camera("1")]).await.unwrap();
    let import = published(ground, "a", &[place(2), place(4)], true).await;
    assert_eq!(import.done, Differing { added: 1, changed: 0, unchanged: 1, gone: 2 });
    let mut left: Vec<_> = content(ground).await.into_iter().map(|feature| feature.key).collect();
    left.sort();
    let mut expect = vec![place(2).key, place(4).key, elsewhere.key, camera("1").key];
    expect.sort();
    assert_eq!(left, expect);
    let tombstones = store.changes(6, 9).await.unwrap();
    let mut gone: Vec<_> = tombstones.iter().map(|change| (change.fid, change.feature.is_none())).collect();
    gone.sort_unstable();
    let mut expect = [(place(1).fid(), true), (place(3).fid(), true)];
    expect.sort_unstable();
    assert_eq!(gone, expect);
    assert_eq!(store.revisions().await.unwrap(), [(Layer::Cameras, 5), (Layer::Places, 8)]);
}

pub(crate) async fn a_complete_file_speaks_for_the_sources_of_its_rows(ground: &Ground) {
    let store = &ground.store;
    let of = |source: &str, number: u32| {
        let mut one = place(number);
        one.key.source = source.into();
        one
    };
    // The import itself goes by `test`, of which its file has no row.
    let rows = [of("a", 7), of("a", 8), of("b", 7), of("b", 9), of("b", 10)];
    store.upsert(&[place(1), place(2), place(3)]).await.unwrap();
    store.upsert(&rows).await.unwrap();
    let before = content(ground).await;
    let gone_of_a = [Gone { source: "a".into(), rows: 1, first: vec![of("a", 8).key.source_id] }];
    let id = staged(ground, "a", &[of("a", 7)]).await;
    let told = store.difference(id, 1, true, 0).await.unwrap();
    assert_eq!((told.counts.gone, &told.gone[..]), (1, &gone_of_a[..]));
    assert_eq!(store.difference(id, 1, false, 0).await.unwrap().gone, []);
    let said = |gone: &[Gone]| format!("{gone:?}");
    let import = store.publish_import(id, 1, true, &said, || 20).await.unwrap();
    assert_eq!((import.done.gone, import.report), (1, format!("{gone_of_a:?}")));
    let mut left = before.clone();
    left.retain(|place| place.key != of("a", 8).key);
    assert_eq!(content(ground).await, left);
    assert_eq!(undone(ground, import.id).await, 1);
    assert_eq!(content(ground).await, before);
    // What an earlier run has staged beyond the end of the file speaks for nothing, and two sources for both.
    let id = staged(ground, "b", &[of("a", 8), of("b", 9)]).await;
    store.stage(id, 1, &chunk(&[place(1)])).await.unwrap();
    let told = store.difference(id, 1, true, 0).await.unwrap();
    let ids = |rows: &[Feature]| rows.iter().map(|row| row.key.source_id.clone()).collect::<Vec<_>>();
    let mut of_b = ids(&[of("b", 7), of("b", 10)]);
    of_b.sort();
    let named = |source: &str, first: Vec<String>| Gone { source: source.into(), rows: first.len() as u64, first };
    assert_eq!(told.gone, [named("a", ids(&[of("a", 7)])), named("b", of_b)]);
    // A file of which nothing is good completes nothing.
    let id = staged(ground, "c", &[]).await;
    assert_eq!(store.difference(id, 1, true, 0).await.unwrap().counts, Differing::default());
    let import = store.publish_import(id, 1, true, &said, || 20).await.unwrap();
    assert_eq!((import.done, import.revisions), (Differing::default(), None));
    assert_eq!(content(ground).await, before);
}

pub(crate) async fn an_undo_puts_back_exactly_what_was_there(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1), named_place(2, "old"), place(3), place(4)]).await.unwrap();
    store.remove(Layer::Places, place(4).fid(), None).await.unwrap();
    let before = content(ground).await;
    let rows = [place(1), named_place(2, "new"), place(4), place(5)];
    let import = published(ground, "a", &rows, true).await;
    assert_eq!(import.done, Differing { added: 2, changed: 1, unchanged: 1, gone: 1 });
    assert_ne!(content(ground).await, before);
    assert_eq!(undone(ground, import.id).await, 4);
    assert_eq!(content(ground).await, before);
    assert_eq!(store.revision().await.unwrap(), 5 + 4 + 4);
    let changes = store.changes(9, 9).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.revision).collect::<Vec<_>>(), [10, 11, 12, 13]);
    assert_eq!(store.revisions().await.unwrap(), [(Layer::Places, 13)]);
    let after = store.import(import.id).await.unwrap().unwrap();
    assert_eq!((after.state, after.undoable), (ImportState::Undone, false));
    assert_eq!(store.undo_import(import.id, 40).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(store.undo_import(99, 40).await.unwrap_err().kind(), ErrorKind::NotFound);
    // And what was there is compared with by content, so the same file can come again.
    assert_eq!(published(ground, "a", &rows, true).await.done, import.done);
}

pub(crate) async fn an_undo_over_later_edits_is_refused_and_names_them(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1), named_place(2, "old")]).await.unwrap();
    let import = published(ground, "a", &[named_place(2, "new"), place(3), place(4)], false).await;
    store.put(&named_place(3, "by hand"), None).await.unwrap();
    let removed = store.remove(Layer::Places, place(4).fid(), None).await.unwrap();
    assert_eq!(removed, Removed::Done { revision: 7 });
    let before = content(ground).await;
    let answer = store.undo_import(import.id, 30).await.unwrap();
    let refused = if let Undone::Refused { rows, edited } = answer { Some((rows, edited)) } else { None };
    let (rows, edited) = refused.expect("an undo over edits is refused");
    let named: Vec<_> = edited.iter().map(|e| (e.key.source_id.as_str(), e.revision, e.removed)).collect();
    assert_eq!((rows, named), (2, vec![("3", 6, false), ("4", 7, true)]));
    assert_eq!(content(ground).await, before);
    assert_eq!(store.revision().await.unwrap(), 7);
    assert_eq!(store.import(import.id).await.unwrap().unwrap().state, ImportState::Published);
}

pub(crate) async fn imports_are_undone_one_after_the_other(ground: &Ground) {
    let mut before = vec![content(ground).await];
    let mut ids = Vec::new();
    for (file, rows) in [
        ("a", vec![named_place(1, "a"), named_place(2, "a"), place(3)]),
        ("b", vec![named_place(1, "b"), place(3), place(4)]),
        ("c", vec![named_place(1, "c"), named_place(4, "c")]),
    ] {
        ids.push(published(ground, file, &rows, true).await.id);
        before.push(content(ground).await);
    }
    assert!(matches!(ground.store.undo_import(ids[0], 30).await.unwrap(), Undone::Refused { .. }));
    for (id, before) in ids.into_iter().zip(before).rev() {
        undone(ground, id).await;
        assert_eq!(content(ground).await, before, "import {id}");
    }
}

pub(crate) async fn only_the_last_ten_can_be_undone(ground: &Ground) {
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(published(ground, &format!("f{n}"), &[place(n)], false).await.id);
    }
    let all = ground.store.imports(99).await.unwrap();
    assert_eq!(all.iter().filter(|import| import.undoable).count(), 10);
    let refusal = ground.store.undo_import(ids[1], 30).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Conflict);
    assert!(refusal.to_string().contains("no longer kept"), "{refusal}");
    assert_eq!(undone(ground, ids[2]).await, 1);
}

pub(crate) async fn a_number_of_two_keys_stops_the_whole_import(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1)]).await.unwrap();
    ground.tamper("registry", "update feature set source = 'elsewhere', source_id = '9'").await;
    let id = staged(ground, "a", &[place(2), place(1)]).await;
    for refusal in [
        store.difference(id, 1, false, 1).await.map(drop).unwrap_err(),
        store.publish_import(id, 1, false, &|_| String::new(), || 20).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(refusal.kind(), ErrorKind::Conflict);
        let says = refusal.to_string();
        assert!(says.contains("places/elsewhere/9") && says.contains("places/test/1"), "{says}");
    }
    assert_eq!(store.revision().await.unwrap(), 1);
    store.drop_import(id, Some("two keys"), 30).await.unwrap();
    let failed = store.import(id).await.unwrap().unwrap();
    assert_eq!((failed.state, failed.report.as_str(), failed.ended_ms), (ImportState::Failed, "two keys", Some(30)));
    assert_eq!(
        store.publish_import(id, 1, false, &|_| String::new(), || 31).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
    assert_ne!(store.begin_import(&draft("a"), 31).await.unwrap().id, id, "a failed one is not resumed");
}

pub(crate) async fn a_row_that_cannot_be_stored_is_named(_: &Ground) {
    let mut no_number = place(3);
    no_number.attributes.put("nan".to_owned(), spatial::Value::Float(f64::NAN)).unwrap();
    let (chunk, refused) = Chunk::of(&[place(1), no_number.clone(), place(2)]);
    assert_eq!((chunk.len(), refused.len()), (2, 1));
    assert_eq!(refused[0].0, no_number.key);
}
