//! Revisions: one counter, in order, without a gap.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use spatial::Layer;

use crate::support::Ground;
use crate::support::features::{camera, named_place, place};

pub(crate) async fn every_written_row_has_its_own(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1), place(2), place(3)]).await.unwrap();
    store.upsert(&[place(1), named_place(2, "b"), place(3)]).await.unwrap();
    let changes = store.changes(0, 9).await.unwrap();
    let said: Vec<_> = changes.iter().map(|change| (change.revision, change.fid)).collect();
    assert_eq!(said, [(1, place(1).fid()), (3, place(3).fid()), (4, place(2).fid())]);
    for change in changes {
        assert_eq!((change.layer, change.feature.unwrap().revision), (Layer::Places, change.revision));
    }
}

pub(crate) async fn changes_are_paged_without_a_gap(ground: &Ground) {
    let store = &ground.store;
    let features: Vec<_> = (1..=20).map(place).collect();
    store.upsert(&features).await.unwrap();
    let mut revisions = Vec::new();
    loop {
        let page = store.changes(revisions.last().copied().unwrap_or(0), 3).await.unwrap();
        revisions.extend(page.iter().map(|change| change.revision));
        if page.len() < 3 {
            break;
        }
    }
    assert_eq!(revisions, (1..=20).collect::<Vec<_>>());
    assert_eq!(store.changes(u64::MAX, 3).await.unwrap(), []);
}

pub(crate) async fn each_layer_has_its_newest(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.revisions().await.unwrap(), []);
    store.upsert(&[place(1), camera("1"), place(2)]).await.unwrap();
    assert_eq!(store.revisions().await.unwrap(), [(Layer::Cameras, 2), (Layer::Places, 3)]);
    store.remove(Layer::Places, place(1).fid(), None).await.unwrap();
    store.upsert(&[camera("1")]).await.unwrap();
    assert_eq!(ground.again().await.revisions().await.unwrap(), [(Layer::Cameras, 2), (Layer::Places, 4)]);
}

pub(crate) async fn they_survive_a_restart(ground: &Ground) {
    ground.store.upsert(&[place(1), place(2)]).await.unwrap();
    ground.store.remove(Layer::Places, place(2).fid(), None).await.unwrap();
    let again = ground.again().await;
    assert_eq!(again.revision().await.unwrap(), 3);
    assert_eq!(again.upsert(&[place(1), place(2)]).await.unwrap().revision, 4);
}

pub(crate) async fn writers_at_the_same_time_share_one_counter(ground: &Ground) {
    let stores = [Arc::clone(&ground.store), ground.again().await];
    let writers = (0..8_u32).map(|writer| {
        let store = Arc::clone(&stores[writer as usize % 2]);
        tokio::spawn(async move {
            for round in 0..5 {
                let first = writer * 100 + round * 10;
                store.upsert(&(first..first + 10).map(place).collect::<Vec<_>>()).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let revisions: Vec<_> =
        ground.store.changes(0, 1_000).await.unwrap().iter().map(|change| change.revision).collect();
    assert_eq!(revisions, (1..=400).collect::<Vec<_>>());
    assert_eq!(ground.store.revision().await.unwrap(), 400);
}

/// Whoever reads on from the last revision seen meets every row, however the writers' commits fall.
pub(crate) async fn a_tail_misses_nothing(ground: &Ground) {
    let other = ground.again().await;
    let writers = (0..4_u32).map(|writer| {
        let store = if writer % 2 == 0 { Arc::clone(&ground.store) } else { Arc::clone(&other) };
        tokio::spawn(async move {
            for round in 0..25 {
                store.put(&place(writer * 100 + round), None).await.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut seen = BTreeSet::new();
    let mut last = 0;
    for _ in 0..2_000 {
        let changes = other.changes(last, 7).await.unwrap();
        last = changes.last().map_or(last, |change| change.revision);
        seen.extend(changes.iter().map(|change| change.fid));
        if seen.len() == 100 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen.len(), 100);
}
