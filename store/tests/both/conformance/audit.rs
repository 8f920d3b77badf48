//! Audit rows are written before anything is shown, one after the other.

use std::sync::Arc;

use store::{AuditDraft, AuditRow, ErrorKind, Verified, object_hash};

use crate::support::Ground;

pub(crate) fn draft(actor: &str, at_ms: i64) -> AuditDraft {
    AuditDraft {
        at_ms,
        actor: actor.to_owned(),
        roles: vec!["dispatcher".to_owned()],
        scope: vec!["330302".to_owned(), "330304".to_owned()],
        action: "look".to_owned(),
        purpose: Some("查找走失老人".to_owned()),
        object_class: "houses".to_owned(),
        objects: vec!["h1".to_owned(), "h2".to_owned()],
        detail: Some("bbox=120,28,121,29".to_owned()),
        result_count: Some(2),
        outcome: "ok".to_owned(),
        client: Some("10.0.0.7".to_owned()),
    }
}

fn bare(actor: &str) -> AuditDraft {
    AuditDraft { actor: actor.to_owned(), outcome: "denied".to_owned(), ..AuditDraft::default() }
}

pub(crate) async fn rows_come_back_with_hashed_objects(ground: &Ground) {
    let store = &ground.store;
    let written = store.record(vec![draft("a", 5), bare("b")]).await.unwrap();
    assert_eq!(store.audit_page(0, 9, None).await.unwrap(), written);
    let row = &written[0];
    assert_eq!(row.objects, [object_hash("h1"), object_hash("h2")]);
    assert_eq!(object_hash("h1"), "33112ee14ee469c3eb52fe90322ec81dd404a0093d565a6d71ce77cbc8124e3b");
    assert_eq!((row.seq, row.at_ms, row.clock_ms, row.result_count), (1, 5, 5, Some(2)));
    assert_eq!(row.hash, row.computed_hash());
    assert_eq!(store.record(vec![]).await.unwrap(), []);
}

pub(crate) async fn rows_are_chained_without_a_gap(ground: &Ground) {
    let mut rows: Vec<AuditRow> = Vec::new();
    for store in [&ground.store, &ground.again().await, &ground.store] {
        rows.extend(store.record(vec![draft("a", 1), draft("a", 2)]).await.unwrap());
    }
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(rows[0].prev_hash, [0; 32]);
    for pair in rows.windows(2) {
        assert_eq!(pair[1].prev_hash, pair[0].hash);
    }
    assert_eq!(ground.store.audit_verify().await.unwrap(), Verified { rows: 6, first_bad: None });
}

pub(crate) async fn an_actor_sees_his_rows(ground: &Ground) {
    let store = &ground.store;
    store.record(["a", "b", "a", "A", "a"].map(|actor| draft(actor, 1)).to_vec()).await.unwrap();
    let page = async |after, limit, actor| -> Vec<u64> {
        store.audit_page(after, limit, actor).await.unwrap().iter().map(|row| row.seq).collect()
    };
    assert_eq!(page(0, 9, Some("a")).await, [1, 3, 5]);
    assert_eq!(page(1, 1, Some("a")).await, [3]);
    assert_eq!(page(3, 9, None).await, [4, 5]);
    assert!(page(0, 9, Some("nobody")).await.is_empty());
}

pub(crate) async fn a_clock_set_back_does_not_turn_the_chain(ground: &Ground) {
    let store = &ground.store;
    let rows = store.record(vec![draft("a", 1_000), draft("a", 400)]).await.unwrap();
    let later = ground.again().await.record(vec![draft("a", 600), draft("a", 1_001)]).await.unwrap();
    let times: Vec<_> = rows.iter().chain(&later).map(|row| (row.at_ms, row.clock_ms)).collect();
    assert_eq!(times, [(1_000, 1_000), (1_000, 400), (1_000, 600), (1_001, 1_001)]);
    assert_eq!(store.audit_verify().await.unwrap().first_bad, None);
}

pub(crate) async fn callers_at_the_same_time_share_one_chain(ground: &Ground) {
    let stores = [Arc::clone(&ground.store), ground.again().await];
    let callers: Vec<_> = (0..60_usize)
        .map(|caller| {
            let store = Arc::clone(&stores[caller % 2]);
            tokio::spawn(async move {
                let name = caller.to_string();
                let rows = store.record(vec![draft(&name, 1); 1 + caller % 3]).await.unwrap();
                assert_eq!(rows.len(), 1 + caller % 3);
                assert!(rows.iter().all(|row| row.actor == name));
                assert!(rows.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
                rows.len() as u64
            })
        })
        .collect();
    let mut rows = 0;
    for caller in callers {
        rows += caller.await.unwrap();
    }
    assert_eq!(ground.store.audit_verify().await.unwrap(), Verified { rows, first_bad: None });
}

/// A browser that is closed drops its request in the middle of the commit.
pub(crate) async fn a_caller_who_leaves_does_not_stop_the_others(ground: &Ground) {
    let store = &ground.store;
    for patience in 0..20_u64 {
        let impatient = store.record(vec![draft("impatient", 1)]);
        drop(tokio::time::timeout(std::time::Duration::from_micros(patience * 50), impatient).await);
        let patient = store.record(vec![draft("patient", 1)]).await.unwrap();
        assert_eq!(patient.len(), 1);
    }
    assert_eq!(store.audit_page(0, 99, Some("patient")).await.unwrap().len(), 20);
    assert_eq!(store.audit_verify().await.unwrap().first_bad, None);
}

pub(crate) async fn a_zero_byte_is_refused_alone(ground: &Ground) {
    let store = &ground.store;
    let bad = AuditDraft { client: Some("\0".to_owned()), ..draft("a", 1) };
    let (refused, written) = tokio::join!(store.record(vec![bad]), store.record(vec![draft("b", 1)]));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(written.unwrap().len(), 1);
}
