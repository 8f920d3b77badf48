//! Whoever changes the audit behind the store's back is found.

use store::Verified;

use super::audit::draft;
use crate::support::Ground;

async fn five_rows(ground: &Ground) {
    ground.store.record((1..=5).map(|at| draft("a", at)).collect()).await.unwrap();
    assert_eq!(ground.store.audit_verify().await.unwrap(), Verified { rows: 5, first_bad: None });
}

async fn first_bad(ground: &Ground, statement: &str) -> Option<u64> {
    ground.tamper("ops", statement).await;
    ground.store.audit_verify().await.unwrap().first_bad
}

pub(crate) async fn an_empty_one_holds(ground: &Ground) {
    assert_eq!(ground.store.audit_verify().await.unwrap(), Verified { rows: 0, first_bad: None });
}

pub(crate) async fn it_holds_over_pages(ground: &Ground) {
    ground.store.record((1..=4_100).map(|at| draft("a", at)).collect()).await.unwrap();
    assert_eq!(ground.store.audit_verify().await.unwrap(), Verified { rows: 4_100, first_bad: None });
    assert_eq!(first_bad(ground, "update audit set outcome = 'denied' where seq = 4050").await, Some(4_050));
}

pub(crate) async fn any_changed_column_breaks_it(ground: &Ground) {
    five_rows(ground).await;
    let columns = [
        ("at_ms", "at_ms + 1", "at_ms - 1"),
        ("clock_ms", "clock_ms + 1", "clock_ms - 1"),
        ("actor", "'b'", "'a'"),
        ("roles", r#"'["dispatcher","lead"]'"#, r#"'["dispatcher"]'"#),
        ("scope", r#"'["330302330304"]'"#, r#"'["330302","330304"]'"#),
        ("action", "'export'", "'look'"),
        ("purpose", "null", "'查找走失老人'"),
        ("object_class", "'cameras'", "'houses'"),
        ("objects", "'nonsense'", "objects"),
    ];
    for (column, other, old) in columns {
        let set = |value| format!("update audit set {column} = {value} where seq = 3");
        assert_eq!(first_bad(ground, &set(other)).await, Some(3), "{column}");
        if column == "objects" {
            return;
        }
        assert_eq!(first_bad(ground, &set(old)).await, None, "{column}");
    }
}

pub(crate) async fn a_missing_row_breaks_it(ground: &Ground) {
    five_rows(ground).await;
    assert_eq!(first_bad(ground, "delete from audit where seq = 2").await, Some(2));
    assert_eq!(first_bad(ground, "update audit set seq = seq - 1 where seq > 2").await, Some(2));
    assert_eq!(first_bad(ground, "delete from audit where seq = 1").await, Some(1));
}

pub(crate) async fn a_cut_end_breaks_it(ground: &Ground) {
    five_rows(ground).await;
    assert_eq!(first_bad(ground, "delete from audit where seq = 5").await, Some(5));
    assert_eq!(first_bad(ground, "delete from audit").await, Some(1));
}

/// A row with a right hash after the last one, but without the head knowing: somebody wrote past the store.
pub(crate) async fn a_forged_row_breaks_it(ground: &Ground) {
    five_rows(ground).await;
    let copy = "insert into audit select 6, at_ms, clock_ms, actor, roles, scope, action, purpose, object_class, objects, detail,
                result_count, outcome, client, prev_hash, hash from audit where seq = 5";
    assert_eq!(first_bad(ground, copy).await, Some(6));
    assert_eq!(first_bad(ground, "delete from audit where seq = 6").await, None);
    assert_eq!(first_bad(ground, "update audit_head set seq = 4").await, Some(6));
}
