//! Users come in by password and stay in by token.

use std::time::{Duration, Instant};

use store::{ErrorKind, NewUser, User};

use crate::support::Ground;

fn new_user(name: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        password: format!("the password of {name}"),
        roles: vec!["dispatcher".to_owned(), "planner".to_owned()],
        scope: vec!["330302".to_owned()],
        unit: Some("u1".to_owned()),
        org: Some("鹿城分局".to_owned()),
        disabled: false,
    }
}

fn stored(user: NewUser) -> User {
    User {
        name: user.name,
        roles: user.roles,
        scope: user.scope,
        unit: user.unit,
        org: user.org,
        disabled: user.disabled,
    }
}

pub(crate) async fn users_come_back(ground: &Ground) {
    let store = &ground.store;
    let bare = NewUser { roles: vec![], scope: vec![], unit: None, org: None, disabled: true, ..new_user("B") };
    for user in [new_user("王"), new_user("a"), bare.clone()] {
        store.put_user(&user).await.unwrap();
    }
    assert_eq!(store.user("a").await.unwrap(), Some(stored(new_user("a"))));
    assert_eq!(store.user("A").await.unwrap(), None);
    assert_eq!(store.users().await.unwrap(), [stored(bare), stored(new_user("a")), stored(new_user("王"))]);
}

pub(crate) async fn a_password_opens_and_a_wrong_one_does_not(ground: &Ground) {
    let store = &ground.store;
    store.put_user(&new_user("a")).await.unwrap();
    assert_eq!(store.check_password("a", "the password of a").await.unwrap(), Some(stored(new_user("a"))));
    for (name, password) in [("a", "the password of b"), ("a", ""), ("b", "the password of b"), ("", "")] {
        assert_eq!(store.check_password(name, password).await.unwrap(), None, "{name:?} {password:?}");
    }
    assert_eq!(store.check_password("a", &"x".repeat(1_000_000)).await.unwrap(), None);
}

/// The shortest of several tries, in turn, so that a busy machine slows both; without the work the unknown name would be
/// a hundred times as fast.
pub(crate) async fn an_unknown_name_costs_the_same_work(ground: &Ground) {
    let store = &ground.store;
    store.put_user(&new_user("a")).await.unwrap();
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for _ in 0..8 {
        for (name, shortest) in [("a", &mut known), ("nobody", &mut unknown)] {
            let begun = Instant::now();
            store.check_password(name, "wrong").await.unwrap();
            *shortest = begun.elapsed().min(*shortest);
        }
    }
    assert!(unknown * 5 > known && known * 5 > unknown, "known {known:?}, unknown {unknown:?}");
}

pub(crate) async fn a_disabled_user_is_out_at_once(ground: &Ground) {
    let store = &ground.store;
    store.put_user(&new_user("a")).await.unwrap();
    let token = store.open_session("a", 0, 100).await.unwrap();
    assert!(ground.again().await.set_disabled("a", true).await.unwrap());
    assert_eq!(store.session(&token).await.unwrap(), None);
    assert_eq!(store.check_password("a", "the password of a").await.unwrap(), None);
    assert_eq!(store.open_session("a", 0, 100).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(store.set_disabled("a", false).await.unwrap());
    assert_eq!(store.session(&token).await.unwrap(), None, "an old session does not come back");
    assert!(store.check_password("a", "the password of a").await.unwrap().is_some());
    assert!(!store.set_disabled("nobody", true).await.unwrap());
}

pub(crate) async fn a_replaced_user_has_to_come_in_again(ground: &Ground) {
    let store = &ground.store;
    store.put_user(&new_user("a")).await.unwrap();
    let token = store.open_session("a", 0, 100).await.unwrap();
    let replaced = NewUser { password: "new".to_owned(), roles: vec![], ..new_user("a") };
    store.put_user(&replaced).await.unwrap();
    assert_eq!(store.session(&token).await.unwrap(), None);
    assert_eq!(store.check_password("a", "the password of a").await.unwrap(), None);
    assert_eq!(store.check_password("a", "new").await.unwrap(), Some(stored(replaced)));
}

pub(crate) async fn a_session_lives_until_it_is_closed(ground: &Ground) {
    let store = &ground.store;
    store.put_user(&new_user("a")).await.unwrap();
    store.put_user(&new_user("b")).await.unwrap();
    let token = store.open_session("a", 5, 100).await.unwrap();
    let other = store.open_session("a", 6, 100).await.unwrap();
    let of_b = store.open_session("b", 7, 100).await.unwrap();
    assert_eq!(token.len(), 64);
    let session = ground.again().await.session(&token).await.unwrap().unwrap();
    assert_eq!((session.user, session.created_ms, session.expires_ms), (stored(new_user("a")), 5, 100));
    assert!(!session.id.is_empty() && !token.contains(&session.id));
    assert_ne!(session.id, store.session(&other).await.unwrap().unwrap().id);
    assert_eq!(store.session("").await.unwrap(), None);
    assert_eq!(store.session(&session.id).await.unwrap(), None);

    assert!(store.close_session(&token).await.unwrap());
    assert!(!store.close_session(&token).await.unwrap());
    assert_eq!(store.session(&token).await.unwrap(), None);
    assert_eq!(store.close_sessions_of("a").await.unwrap(), 1);
    assert_eq!(store.session(&other).await.unwrap(), None);
    assert!(store.session(&of_b).await.unwrap().is_some());
}

pub(crate) async fn sessions_are_swept_when_they_expire(ground: &Ground) {
    let store = &ground.store;
    store.put_user(&new_user("a")).await.unwrap();
    let short = store.open_session("a", 0, 10).await.unwrap();
    let long = store.open_session("a", 0, 11).await.unwrap();
    assert_eq!(store.sweep(9).await.unwrap(), 0);
    assert_eq!(store.sweep(10).await.unwrap(), 1);
    assert_eq!(store.session(&short).await.unwrap(), None);
    assert!(store.session(&long).await.unwrap().is_some());
}

pub(crate) async fn nobody_opens_a_session_for_nobody(ground: &Ground) {
    let error = ground.store.open_session("nobody", 0, 100).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(ground.store.close_sessions_of("nobody").await.unwrap(), 0);
}

pub(crate) async fn bad_names_are_refused(ground: &Ground) {
    for name in ["", "a\0", "two\nlines", &"x".repeat(65)] {
        let refusal = ground.store.put_user(&new_user(name)).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{name:?}");
    }
    let without = NewUser { password: String::new(), ..new_user("a") };
    assert_eq!(ground.store.put_user(&without).await.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(ground.store.users().await.unwrap(), []);
}
