//! What is kept beside the log: what is sealed, and snapshots.

use store::{ErrorKind, LogVerified};

use super::log::{draft, full, put};
use crate::support::Ground;

pub(crate) async fn what_is_sealed_is_opened_and_erased(ground: &Ground) {
    let store = &ground.store;
    put(store, vec![full("incident:1", None), draft("incident:1"), full("incident:1", None)]).await;
    let number = Some(b"13800000000".to_vec());
    assert_eq!(store.unseal(1).await.unwrap(), number);
    assert_eq!(store.unseal(2).await.unwrap(), None);
    assert_eq!(store.unseal(9).await.unwrap_err().kind(), ErrorKind::NotFound);
    let digests: Vec<_> = store.log_page(0, 9).await.unwrap().iter().map(|event| event.sealed_digest).collect();
    assert_ne!(digests[0], digests[2], "the same number has another salt each time");

    assert_eq!(store.erase_sealed(&[1, 2, 9]).await.unwrap(), 1);
    assert_eq!(store.erase_sealed(&[1]).await.unwrap(), 0);
    assert_eq!(store.erase_sealed(&vec![0; 10_001]).await.unwrap_err().kind(), ErrorKind::Invalid);
    for store in [store, &ground.again().await] {
        assert_eq!(store.unseal(1).await.unwrap(), None);
        assert_eq!(store.unseal(3).await.unwrap(), number);
        let verified = store.log_verify(0).await.unwrap();
        assert_eq!(verified, LogVerified { events: 3, erased: 1, first_bad: None, why: None });
    }
    ground.tamper("ops", "update log_sealed set bytes = salt where seq = 3").await;
    assert_eq!(store.unseal(3).await.unwrap_err().kind(), ErrorKind::Corrupt);
    ground.tamper("ops", "delete from log_sealed where seq = 3").await;
    assert_eq!(store.unseal(3).await.unwrap_err().kind(), ErrorKind::Corrupt);
}

pub(crate) async fn the_newest_snapshot_comes_back(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.snapshot(1).await.unwrap(), None);
    let refusal = store.put_snapshot(1, 1, b"early").await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Invalid);
    put(store, vec![draft("unit:1"); 5]).await;
    store.put_snapshot(0, 1, b"").await.unwrap();
    assert_eq!(store.snapshot(1).await.unwrap(), Some((0, vec![])));
    // Longer than two parts, and not the same in any of them.
    let long: Vec<u8> = (0..5_u32 << 18).flat_map(|n| n.to_le_bytes()[..2].to_vec()).collect();
    assert!(long.len() > 2 << 20);
    store.put_snapshot(3, 1, &long).await.unwrap();
    store.put_snapshot(2, 1, b"two").await.unwrap();
    for store in [store, &ground.again().await] {
        assert!(store.snapshot(1).await.unwrap() == Some((3, long.clone())));
        assert_eq!(store.snapshot(2).await.unwrap(), None);
    }
    store.put_snapshot(3, 1, b"again").await.unwrap();
    assert_eq!(store.snapshot(1).await.unwrap(), Some((3, b"again".to_vec())));
}

pub(crate) async fn a_damaged_snapshot_gives_way_to_the_one_before(ground: &Ground) {
    let store = &ground.store;
    put(store, vec![draft("unit:1"); 9]).await;
    for seq in 1..=6 {
        store.put_snapshot(seq, 1, &[u8::try_from(seq).unwrap()]).await.unwrap();
    }
    store.put_snapshot(4, 2, b"another form").await.unwrap();
    let count = "select count(*) from log_snapshot where schema = 1";
    assert_eq!(ground.count("ops", count).await, 2, "the newest two are kept");
    assert_eq!(store.snapshot(1).await.unwrap(), Some((6, vec![6])));
    let part = "(select id from log_snapshot where seq = 6)";
    ground
        .tamper(
            "ops",
            &format!("update log_snapshot_part set bytes = digest from log_snapshot where snapshot = {part}"),
        )
        .await;
    assert_eq!(store.snapshot(1).await.unwrap(), Some((5, vec![5])));
    ground.tamper("ops", &format!("delete from log_snapshot_part where snapshot = {part}")).await;
    assert_eq!(store.snapshot(1).await.unwrap(), Some((5, vec![5])));
    ground.tamper("ops", "update log_snapshot set seq = 4 where seq = 5").await;
    assert_eq!(store.snapshot(1).await.unwrap(), None, "a snapshot is of one seq");
    assert_eq!(store.snapshot(2).await.unwrap(), Some((4, b"another form".to_vec())));
    store.put_snapshot(7, 1, b"7").await.unwrap();
    store.put_snapshot(8, 1, b"8").await.unwrap();
    assert_eq!(store.snapshot(2).await.unwrap(), None, "an old form is forgotten when the new one has two");
    // The log lost its end, as after a restore: the snapshot before still fits.
    ground.tamper("ops", "update log set hash = prev_hash where seq = 8").await;
    assert_eq!(store.snapshot(1).await.unwrap(), Some((7, b"7".to_vec())));
    assert_eq!(ground.count("ops", "select count(*) from log_snapshot_part").await, 2, "no part is left behind");
}
