//! Settings are small and remembered.

use std::sync::Arc;

use crate::support::Ground;

pub(crate) async fn a_setting_is_replaced(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.setting("key").await.unwrap(), None);
    store.put_setting("key", &[0, 255]).await.unwrap();
    store.put_setting("other", b"").await.unwrap();
    store.put_setting("key", b"new").await.unwrap();
    assert_eq!(store.setting("key").await.unwrap().as_deref(), Some(b"new".as_slice()));
    assert_eq!(store.setting("other").await.unwrap().as_deref(), Some(b"".as_slice()));
}

/// Servers that start together on a fresh store agree on one secret.
pub(crate) async fn the_first_of_many_wins(ground: &Ground) {
    let stores = [Arc::clone(&ground.store), ground.again().await];
    let servers: Vec<_> = (0..8_u8)
        .map(|server| {
            let store = Arc::clone(&stores[usize::from(server) % 2]);
            tokio::spawn(async move { store.put_setting_if_absent("secret", &[server]).await.unwrap() })
        })
        .collect();
    let winner = ground.store.put_setting_if_absent("secret", b"late").await.unwrap();
    for server in servers {
        assert_eq!(server.await.unwrap(), winner);
    }
    assert_eq!(ground.store.setting("secret").await.unwrap(), Some(winner));
}
