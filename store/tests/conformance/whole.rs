//! The store as a whole.

use store::{Location, NewUser};

use super::audit::draft;
use crate::support::Ground;
use crate::support::features::one_of_each_layer;

pub(crate) async fn it_says_what_it_is(ground: &Ground) {
    let kind = match ground.location {
        Location::Data(_) => "sqlite",
        Location::Database(_) => "postgis",
    };
    assert_eq!(ground.store.kind(), kind);
    ground.store.ping().await.unwrap();
}

pub(crate) async fn everything_survives_a_restart(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&one_of_each_layer()).await.unwrap();
    let user =
        NewUser { name: "a".into(), password: "b".into(), roles: vec![], scope: vec![], unit: None, disabled: false };
    store.put_user(&user).await.unwrap();
    let token = store.open_session("a", 0, 100).await.unwrap();
    let rows = store.record(vec![draft("a", 1)]).await.unwrap();
    let again = ground.again().await;
    assert_eq!(again.revision().await.unwrap(), 11);
    assert!(again.session(&token).await.unwrap().is_some());
    assert_eq!(again.audit_page(0, 9, None).await.unwrap(), rows);
    assert_eq!(again.changes(0, 99).await.unwrap(), store.changes(0, 99).await.unwrap());
}
