//! Imports that are under way at the same time.

use std::sync::Arc;

use spatial::Layer;
use store::{Chunk, ErrorKind, ImportDraft, ImportState, Store};

use crate::support::Ground;
use crate::support::features::place;

const ROUNDS: u32 = 25;
const AT_ONCE: u32 = 4;
const ROWS: u32 = 30;

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

/// One file from its beginning to its end, as a preview or in earnest.
async fn whole(store: Arc<dyn Store>, number: u32, dry_run: bool) -> Result<(), store::Error> {
    let begun = store.begin_import(&draft(&number.to_string()), 10).await?;
    let features: Vec<_> = (number * ROWS..(number + 1) * ROWS).map(place).collect();
    store.stage(begun.id, 0, &Chunk::of(&features).0).await?;
    if dry_run {
        let told = store.difference(begun.id, 1, false, 1).await?;
        assert_eq!(told.counts.added, u64::from(ROWS));
        return store.drop_import(begun.id, None, 20).await;
    }
    let import = store.publish_import(begun.id, 1, false, &|_| "said".to_owned(), || 20).await?;
    assert_eq!(import.done.added, u64::from(ROWS));
    Ok(())
}

pub(crate) async fn imports_at_once_leave_each_other_alone(ground: &Ground) {
    let mut failed = Vec::new();
    for round in 0..ROUNDS {
        let one = |n: u32| tokio::spawn(whole(Arc::clone(&ground.store), round * AT_ONCE + n, n == 1));
        for task in (0..AT_ONCE).map(one).collect::<Vec<_>>() {
            match task.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => failed.push(format!("round {round}: {error}")),
                Err(panic) => failed.push(format!("round {round}: {panic}")),
            }
        }
    }
    assert!(failed.is_empty(), "{} of {} imports failed: {failed:#?}", failed.len(), ROUNDS * AT_ONCE);
    let kept = u64::from(ROUNDS * (AT_ONCE - 1) * ROWS);
    assert_eq!(ground.store.counts().await.unwrap(), [(Layer::Places, kept)]);
}

pub(crate) async fn an_import_in_hand_is_nobody_elses(ground: &Ground) {
    let store = &ground.store;
    let chunk = Chunk::of(&[place(1), place(2)]).0;
    let first = store.begin_import(&draft("a"), 10).await.unwrap();
    let id = first.id;
    store.stage(id, 0, &chunk).await.unwrap();
    let second = store.begin_import(&draft("a"), 11).await.unwrap();
    assert!(second.id != id && second.staged.is_empty(), "two at work on what {id} has staged");
    // Whoever gives up takes nothing from the other.
    store.drop_import(second.id, None, 12).await.unwrap();
    drop(second);
    let done = store.publish_import(id, 1, false, &|_| String::new(), || 20).await.unwrap();
    assert_eq!(done.done.added, 2);
    drop(first);

    // Broken off, it is anybody's.
    let third = store.begin_import(&draft("a"), 30).await.unwrap();
    assert!(third.id > id && third.staged.is_empty());
    let id = third.id;
    store.stage(id, 0, &chunk).await.unwrap();
    drop(third);
    let again = store.begin_import(&draft("a"), 31).await.unwrap();
    assert_eq!((again.id, again.staged), (id, vec![(0, chunk.digest())]));
}

/// Of those that nobody goes on with the oldest lose what they had staged: who is at work is none of them.
pub(crate) async fn an_import_in_hand_is_not_thrown_away(ground: &Ground) {
    let store = &ground.store;
    let left = store.begin_import(&draft("left"), 9).await.unwrap().id;
    let first = store.begin_import(&draft("a"), 10).await.unwrap();
    store.stage(first.id, 0, &Chunk::of(&[place(1)]).0).await.unwrap();
    for n in 0..15 {
        store.begin_import(&draft(&format!("b{n}")), 11).await.unwrap();
    }
    assert_eq!(store.import(left).await.unwrap(), None, "nobody's are bounded");
    assert_eq!(store.import(first.id).await.unwrap().map(|import| import.state), Some(ImportState::Staging));
    let done = store.publish_import(first.id, 1, false, &|_| String::new(), || 20).await.unwrap();
    assert_eq!(done.done.added, 1);
    let twice = store.publish_import(first.id, 1, false, &|_| String::new(), || 20).await;
    assert_eq!(twice.unwrap_err().kind(), ErrorKind::Conflict);
}
