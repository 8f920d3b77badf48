//! The store as a whole.

use std::time::Duration;

use spatial::Layer;
use store::{ErrorKind, HistoryCursor, Location, NewUser};

use super::audit::draft;
use crate::support::Ground;
use crate::support::features::{one_of_each_layer, place};

pub(crate) async fn it_says_what_it_is(ground: &Ground) {
    let kind = match ground.location {
        Location::Data(_) => "sqlite",
        Location::Database(_) => "postgis",
    };
    assert_eq!(ground.store.kind(), kind);
    ground.store.ping().await.unwrap();
    // Of a server as well; any number of names are one server's.
    ground.store.claim("a server").await.unwrap();
    ground.store.claim(&"名".repeat(100)).await.unwrap();
}

pub(crate) async fn everything_survives_a_restart(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&one_of_each_layer()).await.unwrap();
    let user = NewUser {
        name: "a".into(),
        password: "b".into(),
        roles: vec![],
        scope: vec![],
        unit: None,
        org: None,
        disabled: false,
    };
    store.put_user(&user).await.unwrap();
    let token = store.open_session("a", 0, 100).await.unwrap();
    let rows = store.record(vec![draft("a", 1)]).await.unwrap();
    let again = ground.again().await;
    assert_eq!(again.revision().await.unwrap(), 11);
    assert!(again.session(&token).await.unwrap().is_some());
    assert_eq!(again.audit_page(0, 9, None).await.unwrap(), rows);
    assert_eq!(again.changes(0, 99).await.unwrap(), store.changes(0, 99).await.unwrap());
}

pub(crate) async fn a_closed_store_says_so(ground: &Ground) {
    let store = ground.again().await;
    store.upsert(&[place(1)]).await.unwrap();
    store.close().await;
    assert_eq!(store.ping().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(store.revision().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(store.record(vec![draft("a", 1)]).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(ground.store.revision().await.unwrap(), 1);
}

/// A request that is dropped in the middle of its transaction leaves neither a lock nor half of its rows.
pub(crate) async fn a_caller_who_leaves_does_not_block_it(ground: &Ground) {
    let store = &ground.store;
    let features: Vec<_> = (0..200).map(place).collect();
    for patience in 0..25_u64 {
        let patience = Duration::from_micros(patience * 300);
        drop(tokio::time::timeout(patience, store.upsert(&features)).await);
        drop(tokio::time::timeout(patience, store.remove(Layer::Places, place(1).fid(), None)).await);
        drop(tokio::time::timeout(patience, store.put_setting_if_absent("a", b"b")).await);
        drop(tokio::time::timeout(patience, store.audit_verify()).await);
        let stored = store.page(Layer::Places, None, 999).await.unwrap().len();
        assert!([0, 199, 200].contains(&stored), "{stored} of 200 rows");
    }
    store.upsert(&features).await.unwrap();
    assert_eq!(store.counts().await.unwrap(), [(Layer::Places, 200)]);
    let changes = store.changes(0, 999).await.unwrap();
    assert_eq!(changes.last().unwrap().revision, store.revision().await.unwrap());
    tokio::time::timeout(Duration::from_secs(5), store.ping()).await.unwrap().unwrap();
}

pub(crate) async fn nothing_has_a_name_with_a_zero_byte(ground: &Ground) {
    let (store, name) = (&ground.store, "a\0b");
    assert_eq!(store.user(name).await.unwrap(), None);
    assert_eq!(store.check_password(name, name).await.unwrap(), None);
    assert!(!store.set_disabled(name, true).await.unwrap());
    assert_eq!(store.close_sessions_of(name).await.unwrap(), 0);
    assert_eq!(store.open_session(name, 0, 1).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(store.session(name).await.unwrap(), None);
    assert_eq!(store.unit(name).await.unwrap(), None);
    assert_eq!(store.track(name, 0, 1, 9).await.unwrap(), []);
    assert_eq!(store.audit_page(0, 9, Some(name)).await.unwrap(), []);
    let cursor = HistoryCursor { reported_ms: 0, source_system: name.to_owned(), number: name.to_owned() };
    assert_eq!(store.history_page(0, 1, Some(&cursor), 9).await.unwrap(), []);
    assert_eq!(store.setting(name).await.unwrap(), None);
    assert_eq!(store.put_setting(name, b"").await.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(store.put_setting_if_absent("", b"").await.unwrap_err().kind(), ErrorKind::Invalid);
}
