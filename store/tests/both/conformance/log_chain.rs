//! Whoever changes the log behind the store's back is found, and the first bad event is named.

use std::sync::Arc;

use store::{LogVerified, Store, verify_tail};

use super::log::{command, draft, full, holds, put};
use crate::support::Ground;

const COLUMNS: &str = "epoch, stream, event_id, command_id, kind, schema, actor, src, cause, corr, event_us, device_us,
    skew_us, receive_us, commit_us, clock_us, place, basis, labels, payload, sealed_digest, prev_hash, hash";

/// Five events of three streams, with a command and something sealed.
async fn five(ground: &Ground) {
    let mut append = ground.store.begin_append(0).await.unwrap();
    append.append(None, vec![], vec![draft("unit:1"), draft("unit:2")]).await.unwrap();
    let drafts = vec![full("incident:1", Some(1)), full("unit:1", Some(3)), draft("unit:2")];
    append.append(Some(command("c1")), vec![], drafts).await.unwrap();
    append.commit().await.unwrap();
    holds(&ground.store, 5).await;
}

async fn bad(store: &Arc<dyn Store>) -> (Option<u64>, String) {
    let LogVerified { first_bad, why, .. } = store.log_verify(0).await.unwrap();
    (first_bad, why.unwrap_or_default())
}

async fn first_bad(ground: &Ground, statement: &str) -> Option<u64> {
    ground.tamper("ops", statement).await;
    bad(&ground.store).await.0
}

pub(crate) async fn an_empty_one_holds(ground: &Ground) {
    let empty = LogVerified { events: 0, erased: 0, first_bad: None, why: None };
    assert_eq!(ground.store.log_verify(0).await.unwrap(), empty);
    assert_eq!(verify_tail(ground.store.as_ref()).await.unwrap(), empty);
    assert_eq!(ground.store.log_verify(1).await.unwrap_err().kind(), store::ErrorKind::Invalid);
}

pub(crate) async fn any_changed_column_breaks_it(ground: &Ground) {
    five(ground).await;
    let changes = [
        ("epoch", "epoch + 1"),
        ("stream", "'unit:9'"),
        ("stream_version", "stream_version + 10"),
        ("event_id", "'00'"),
        ("command_id", "null"),
        ("kind", "'incident.closed'"),
        ("schema", "schema - 1"),
        ("actor", "'{}'"),
        ("src", "'voice'"),
        ("cause", "null"),
        ("corr", "'x'"),
        ("event_us", "event_us + 1"),
        ("device_us", "device_us + 1"),
        ("skew_us", "null"),
        ("receive_us", "receive_us - 1"),
        ("commit_us", "commit_us + 1"),
        ("clock_us", "clock_us + 1"),
        ("place", "null"),
        ("basis", "null"),
        ("labels", "'[]'"),
        ("payload", "'{}'"),
        ("sealed_digest", "prev_hash"),
        ("prev_hash", "hash"),
        ("hash", "prev_hash"),
        ("labels", "'nonsense'"),
        ("schema", "65536"),
    ];
    ground.tamper("ops", "create table kept as select * from log").await;
    for (column, other) in changes {
        let change = format!("update log set {column} = {other} where seq = 3");
        assert_eq!(first_bad(ground, &change).await, Some(3), "{column}");
        let back = format!("update log set {column} = (select {column} from kept where seq = 3) where seq = 3");
        assert_eq!(first_bad(ground, &back).await, None, "{column}");
    }
    ground.tamper("ops", "drop table kept").await;
}

pub(crate) async fn a_missing_event_breaks_it(ground: &Ground) {
    five(ground).await;
    ground.tamper("ops", "delete from log where seq = 2").await;
    assert_eq!(bad(&ground.store).await, (Some(2), "it is missing: the next one is event 3".to_owned()));
    assert_eq!(first_bad(ground, "update log set seq = seq - 1 where seq = 3").await, Some(2));
    assert_eq!(first_bad(ground, "delete from log where seq = 1").await, Some(1));
}

pub(crate) async fn events_in_another_order_break_it(ground: &Ground) {
    five(ground).await;
    let swap = ["set seq = 100 where seq = 2", "set seq = 2 where seq = 4", "set seq = 4 where seq = 100"];
    for step in swap {
        ground.tamper("ops", &format!("update log {step}")).await;
    }
    assert_eq!(bad(&ground.store).await, (Some(2), "its content is not what was hashed".to_owned()));
}

pub(crate) async fn a_cut_end_breaks_it(ground: &Ground) {
    five(ground).await;
    ground.tamper("ops", "delete from log where seq = 5").await;
    assert_eq!(bad(&ground.store).await, (Some(5), "it is missing: the log should reach to event 5".to_owned()));
    assert_eq!(verify_tail(ground.store.as_ref()).await.unwrap().first_bad, Some(5));
    assert_eq!(ground.store.log_verify(4).await.unwrap().first_bad, Some(5));
    assert_eq!(ground.store.log_verify(5).await.unwrap().first_bad, Some(5));
    assert_eq!(first_bad(ground, "delete from log").await, Some(1));
}

/// Somebody wrote past the store: the head does not know of it.
pub(crate) async fn a_forged_event_breaks_it(ground: &Ground) {
    five(ground).await;
    let copy =
        format!("insert into log (seq, stream_version, {COLUMNS}) select 6, 50, {COLUMNS} from log where seq = 5");
    assert_eq!(first_bad(ground, &copy).await, Some(6));
    assert_eq!(first_bad(ground, "delete from log where seq = 6").await, None);
    let before = copy.replace("select 6,", "select 0,");
    assert_eq!(first_bad(ground, &before).await, Some(1));
    assert_eq!(first_bad(ground, "delete from log where seq = 0").await, None);
    ground.tamper("ops", "update log_head set seq = 4").await;
    assert_eq!(bad(&ground.store).await, (Some(5), "the log should end at event 4".to_owned()));
}

/// The walk goes over pages, and one that begins later sees only what is later.
pub(crate) async fn a_flipped_byte_is_named(ground: &Ground) {
    let drafts = |number: u64| (0..number).map(|n| draft(&format!("unit:{}", n % 9))).collect();
    put(&ground.store, drafts(1_700)).await;
    holds(&ground.store, 1_700).await;
    assert_eq!(
        first_bad(ground, "update log set payload = '{\"text\":\"五马路\"}' where seq = 1203").await,
        Some(1_203)
    );
    let tail = verify_tail(ground.store.as_ref()).await.unwrap();
    assert_eq!((tail.first_bad, tail.events), (Some(1_203), 502));
    assert_eq!(ground.store.log_verify(1_203).await.unwrap().first_bad, None);
    assert_eq!(ground.store.log_verify(1_202).await.unwrap().first_bad, Some(1_203));
    ground.tamper("ops", "delete from log where seq = 1500").await;
    assert_eq!(ground.store.log_verify(1_500).await.unwrap().first_bad, Some(1_500));
}

/// The answers of commands and the versions of streams are not in the chain, but it says what they must be.
pub(crate) async fn what_stands_beside_it_is_compared(ground: &Ground) {
    for (change, seq) in [
        ("delete from log_command where id = 'c1'", 3),
        ("update log_command set first_seq = 4", 3),
        ("update log_command set last_seq = 4", 5),
        ("update log_stream set version = 1 where stream = 'unit:1'", 4),
        ("delete from log_stream where stream = 'unit:2'", 5),
        ("insert into log_stream (stream, version) values ('unit:8', 1)", 6),
        ("delete from log_sealed where seq = 4", 4),
        ("update log_sealed set bytes = salt where seq = 3", 3),
        ("update log_sealed set salt = bytes where seq = 3", 3),
        ("update log_sealed set salt = null where seq = 4", 4),
        ("insert into log_sealed (seq, salt, bytes) values (2, null, null)", 2),
    ] {
        let ground = match ground.location {
            store::Location::Data(_) => Ground::sqlite().await,
            store::Location::Database(_) => Ground::postgis().await,
        };
        five(&ground).await;
        assert_eq!(first_bad(&ground, change).await, Some(seq), "{change}");
        ground.clear().await;
    }
}
