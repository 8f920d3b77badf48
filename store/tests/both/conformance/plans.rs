//! Plans are published, and every version stays.

use patrol::{Draft, Plan, Post, Route};
use spatial::Position;
use store::{ErrorKind, Publish};

use crate::support::Ground;

fn draft(id: &str, title: &str) -> Draft {
    let at = |lon: f64| Position::new(lon, 28.0).unwrap();
    Draft {
        id: id.to_owned(),
        title: title.to_owned(),
        note: Some("南浦大桥 <1> 😀".to_owned()),
        posts: vec![Post { name: "bridge".to_owned(), position: at(120.650_000_1), unit: Some("car 1".to_owned()) }],
        routes: vec![Route { name: "river".to_owned(), points: vec![at(120.1), at(120.2)], unit: None }],
        covers: Some((10, [2, 5, 9])),
    }
}

fn done(published: Publish) -> Plan {
    let plan = match published {
        Publish::Done(plan) => Some(*plan),
        Publish::Conflict { .. } => None,
    };
    plan.unwrap()
}

pub(crate) async fn every_version_stays(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.plan("evening", None).await.unwrap(), None);
    let first = done(store.publish_plan(draft("evening", "a"), "planner", 1_000, None).await.unwrap());
    assert_eq!((first.version, first.by.as_str(), first.at_ms), (1, "planner", 1_000));
    assert_eq!(first.draft, draft("evening", "a"));
    let second = done(store.publish_plan(draft("evening", "b"), "lead", 2_000, Some(1)).await.unwrap());
    assert_eq!(store.plan("evening", None).await.unwrap(), Some(second.clone()));
    assert_eq!(store.plan("evening", Some(1)).await.unwrap(), Some(first.clone()));
    assert_eq!(store.plan("evening", Some(3)).await.unwrap(), None);
    assert_eq!(store.plan("even", None).await.unwrap(), None);
    assert_eq!(store.plan("\0", None).await.unwrap(), None);
    // They are there after a restart, and on another server.
    let again = ground.again().await;
    assert_eq!(again.plan("evening", Some(1)).await.unwrap(), Some(first));
    assert_eq!(again.plan("evening", None).await.unwrap(), Some(second));
}

pub(crate) async fn a_plan_follows_the_version_that_it_was_made_from(ground: &Ground) {
    let store = &ground.store;
    let publish = |follows: Option<u32>| store.publish_plan(draft("night", "n"), "planner", 5_000, follows);
    assert_eq!(publish(Some(1)).await.unwrap(), Publish::Conflict { version: 0 });
    assert_eq!(done(publish(Some(0)).await.unwrap()).version, 1);
    assert_eq!(publish(Some(0)).await.unwrap(), Publish::Conflict { version: 1 });
    assert_eq!(done(publish(None).await.unwrap()).version, 2);
    // A server whose clock is behind does not publish into the past.
    let late = done(store.publish_plan(draft("night", "n"), "planner", 4_000, Some(2)).await.unwrap());
    assert_eq!((late.version, late.at_ms), (3, 5_000));
}

pub(crate) async fn of_many_who_publish_at_once_each_has_a_version(ground: &Ground) {
    let stores = [std::sync::Arc::clone(&ground.store), ground.again().await];
    let servers: Vec<_> = (0..8_usize)
        .map(|server| {
            let store = std::sync::Arc::clone(&stores[server % 2]);
            tokio::spawn(async move {
                done(store.publish_plan(draft("rush", "r"), &format!("p{server}"), 1, None).await.unwrap()).version
            })
        })
        .collect();
    let mut versions = Vec::new();
    for server in servers {
        versions.push(server.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
}

pub(crate) async fn the_newest_of_each_are_listed_by_id(ground: &Ground) {
    let store = &ground.store;
    for (id, title) in [("b", "old"), ("a", "a"), ("c-1", "c"), ("b", "new")] {
        store.publish_plan(draft(id, title), "planner", 1, None).await.unwrap();
    }
    let titles = |plans: Vec<Plan>| plans.into_iter().map(|plan| plan.draft.title).collect::<Vec<_>>();
    assert_eq!(titles(store.plans(None, 9).await.unwrap()), ["a", "new", "c"]);
    assert_eq!(titles(store.plans(None, 2).await.unwrap()), ["a", "new"]);
    assert_eq!(titles(store.plans(Some("b"), 2).await.unwrap()), ["c"]);
}

pub(crate) async fn what_is_no_plan_is_refused(ground: &Ground) {
    let store = &ground.store;
    for bad in [
        draft("Evening", "a"),
        draft("\0", "a"),
        draft("a", "\0"),
        Draft { posts: vec![], routes: vec![], ..draft("a", "a") },
    ] {
        let refusal = store.publish_plan(bad, "planner", 1, None).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
    }
    assert_eq!(store.plans(None, 9).await.unwrap(), []);
}
