//! Features go in, come out and go away.

use geo::line_string;
use proptest::test_runner::{Config, TestRunner};
use spatial::{Layer, Value};
use store::{Chunk, ErrorKind, Put, Removed, Upserted};

use crate::support::Ground;
use crate::support::features::{any_feature, camera, named_place, one_of_each_layer, place, text};

pub(crate) async fn every_layer_comes_back(ground: &Ground) {
    let store = &ground.store;
    let features = one_of_each_layer();
    let done = store.upsert(&features).await.unwrap();
    assert_eq!(done, Upserted { added: 11, changed: 0, unchanged: 0, revision: 11 });
    for mut feature in features {
        let stored = store.get(feature.key.layer, feature.fid()).await.unwrap().unwrap();
        feature.revision = stored.revision;
        assert_eq!(stored, feature);
    }
    assert_eq!(store.get(Layer::Places, 1).await.unwrap(), None);
}

/// Every bit of every coordinate and number, the order of attributes, whole numbers as whole numbers.
pub(crate) async fn any_feature_comes_back_exactly(ground: &Ground) {
    let store = &ground.store;
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let some = proptest::collection::vec(any_feature(), 1..12);
    let check = |features: Vec<spatial::Feature>| {
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                store.upsert(&features).await.unwrap();
                let mut last = std::collections::HashMap::new();
                for feature in features {
                    last.insert(feature.key.clone(), feature);
                }
                for mut feature in last.into_values() {
                    let stored = store.get(feature.key.layer, feature.fid()).await.unwrap().unwrap();
                    feature.revision = stored.revision;
                    // Debug tells -0.0 from 0.0, which == does not.
                    assert_eq!(format!("{stored:?}"), format!("{feature:?}"));
                }
            });
        });
        Ok(())
    };
    // The runner wants a plain function; the cases run inside the store's own runtime.
    tokio::task::block_in_place(|| runner.run(&some, check)).unwrap();
}

pub(crate) async fn storing_again_changes_nothing(ground: &Ground) {
    let store = &ground.store;
    let features = one_of_each_layer();
    store.upsert(&features).await.unwrap();
    let again = store.upsert(&features).await.unwrap();
    assert_eq!(again, Upserted { added: 0, changed: 0, unchanged: 11, revision: 11 });
    assert_eq!(store.changes(11, 10).await.unwrap(), []);

    store.upsert(&[place(2)]).await.unwrap();
    let mixed = store.upsert(&[place(1), named_place(2, "another name"), place(3)]).await.unwrap();
    assert_eq!(mixed, Upserted { added: 1, changed: 1, unchanged: 1, revision: 14 });
    assert_eq!(store.upsert(&[]).await.unwrap(), Upserted { revision: 14, ..Upserted::default() });
}

pub(crate) async fn of_two_rows_with_one_key_the_later_counts(ground: &Ground) {
    let store = &ground.store;
    let done = store.upsert(&[named_place(1, "first"), place(2), named_place(1, "second")]).await.unwrap();
    assert_eq!(done, Upserted { added: 2, changed: 0, unchanged: 0, revision: 2 });
    let stored = store.get(Layer::Places, place(1).fid()).await.unwrap().unwrap();
    assert_eq!(stored.properties().get("name"), Some(&text("second")));
}

pub(crate) async fn two_keys_with_one_number_are_refused_by_name(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1)]).await.unwrap();
    ground.tamper("registry", "update feature set source = 'elsewhere', source_id = '9'").await;
    let refusal = store.upsert(&[place(2), place(1)]).await.unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::Conflict);
    let says = refusal.to_string();
    assert!(says.contains("places/elsewhere/9") && says.contains("places/test/1"), "{says}");
    assert_eq!(store.get(Layer::Places, place(2).fid()).await.unwrap(), None);
    assert_eq!(store.revision().await.unwrap(), 1);
    assert_eq!(store.put(&place(1), None).await.unwrap_err().kind(), ErrorKind::Conflict);
}

pub(crate) async fn one_bad_row_stores_nothing(ground: &Ground) {
    let store = &ground.store;
    let mut wrong_layer = place(2);
    wrong_layer.noun = camera("1").noun;
    let mut no_number = place(3);
    no_number.attributes.put("nan".to_owned(), Value::Float(f64::NAN)).unwrap();
    let mut short_hole = one_of_each_layer().remove(1);
    short_hole.geometry = geo::Polygon::new(
        line_string![(x: 0., y: 1.), (x: 9., y: 1.), (x: 9., y: 9.)],
        vec![line_string![(x: 1., y: 1.), (x: 2., y: 2.)]],
    )
    .into();
    let mut zero_byte = place(4);
    zero_byte.key.source_id = "a\0b".into();
    for bad in [wrong_layer, no_number, short_hole, zero_byte] {
        let key = format!("{}/{}/{}", bad.key.layer.name(), bad.key.source, bad.key.source_id);
        let refusal = store.upsert(&[place(1), bad]).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
        assert!(refusal.to_string().contains(&key), "{refusal} does not name {key}");
    }
    assert_eq!(store.revision().await.unwrap(), 0);
    assert_eq!(store.counts().await.unwrap(), []);
}

pub(crate) async fn a_put_expects_a_revision(ground: &Ground) {
    let store = &ground.store;
    let name = |name: &str| named_place(1, name);
    let put = async |name, expected| store.put(&name, expected).await.unwrap();
    assert_eq!(put(name("a"), Some(7)).await, Put::Conflict { revision: 0 });
    assert_eq!(put(name("a"), Some(0)).await, Put::Stored { revision: 1, created: true });
    assert_eq!(put(name("b"), Some(0)).await, Put::Conflict { revision: 1 });
    assert_eq!(put(name("b"), Some(1)).await, Put::Stored { revision: 2, created: false });
    assert_eq!(put(name("b"), Some(1)).await, Put::Conflict { revision: 2 });
    assert_eq!(put(name("b"), Some(2)).await, Put::Stored { revision: 2, created: false });
    assert_eq!(put(name("c"), None).await, Put::Stored { revision: 3, created: false });
    assert_eq!(store.revision().await.unwrap(), 3);
    store.remove(Layer::Places, place(1).fid(), None).await.unwrap();
    assert_eq!(put(name("c"), Some(4)).await, Put::Conflict { revision: 0 });
    assert_eq!(put(name("c"), Some(0)).await, Put::Stored { revision: 5, created: true });
}

pub(crate) async fn a_removed_feature_leaves_a_tombstone(ground: &Ground) {
    let store = &ground.store;
    let fid = place(1).fid();
    store.upsert(&[place(1), place(2)]).await.unwrap();
    assert_eq!(store.remove(Layer::Places, fid, None).await.unwrap(), Removed::Done { revision: 3 });
    assert_eq!(store.remove(Layer::Places, fid, None).await.unwrap(), Removed::Missing);
    assert_eq!(store.get(Layer::Places, fid).await.unwrap(), None);
    assert_eq!(store.page(Layer::Places, None, 9).await.unwrap().len(), 1);
    assert_eq!(store.counts().await.unwrap(), [(Layer::Places, 1)]);
    let changes = store.changes(1, 9).await.unwrap();
    let said: Vec<_> = changes.iter().map(|change| (change.revision, change.fid, change.feature.is_some())).collect();
    assert_eq!(said, [(2, place(2).fid(), true), (3, fid, false)]);

    let back = store.upsert(&[place(1)]).await.unwrap();
    assert_eq!(back, Upserted { added: 1, changed: 0, unchanged: 0, revision: 4 });
    let mut expected = place(1);
    expected.revision = 4;
    assert_eq!(store.get(Layer::Places, fid).await.unwrap(), Some(expected));
}

pub(crate) async fn a_removal_expects_a_revision(ground: &Ground) {
    let store = &ground.store;
    let fid = place(1).fid();
    let remove = async |expected| store.remove(Layer::Places, fid, expected).await.unwrap();
    assert_eq!(remove(Some(1)).await, Removed::Missing);
    store.upsert(&[place(1)]).await.unwrap();
    assert_eq!(remove(Some(0)).await, Removed::Conflict { revision: 1 });
    assert_eq!(remove(Some(2)).await, Removed::Conflict { revision: 1 });
    assert_eq!(store.remove(Layer::Houses, fid, Some(1)).await.unwrap(), Removed::Missing);
    assert_eq!(remove(Some(1)).await, Removed::Done { revision: 2 });
}

pub(crate) async fn pages_are_complete_and_in_order(ground: &Ground) {
    let store = &ground.store;
    let features: Vec<_> = (1..=50).map(place).chain([camera("1")]).collect();
    store.upsert(&features).await.unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.page(Layer::Places, after, 7).await.unwrap();
        seen.extend(page.iter().map(spatial::Feature::fid));
        after = seen.last().copied();
        if page.len() < 7 {
            break;
        }
    }
    let mut fids: Vec<_> = (1..=50).map(|number| place(number).fid()).collect();
    fids.sort_unstable();
    assert_eq!(seen, fids);
    assert_eq!(store.page(Layer::Grids, None, 7).await.unwrap(), []);
    assert_eq!(store.page(Layer::Places, None, 0).await.unwrap(), []);
}

/// Filling an empty store leaves what storing would leave; scanning it gives back every feature once.
pub(crate) async fn filling_is_storing_and_a_scan_sees_all(ground: &Ground) {
    let store = &ground.store;
    let features: Vec<_> = (1..=50).map(place).chain([camera("1")]).collect();
    let chunks = features.chunks(20).map(|some| Chunk::of(some).0).collect();
    let done = store.fill(chunks).await.unwrap();
    assert_eq!(done, Upserted { added: 51, changed: 0, unchanged: 0, revision: 51 });
    assert_eq!(store.revisions().await.unwrap(), [(Layer::Cameras, 51), (Layer::Places, 50)]);
    assert_eq!(store.upsert(&features).await.unwrap().unchanged, 51, "what was filled in is what is stored");

    store.remove(Layer::Places, place(3).fid(), None).await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (some, last) = store.scan(Layer::Places, after, 7).await.unwrap();
        assert!(some.len() <= 7);
        seen.extend(some.into_iter().map(|feature| (feature.fid(), feature.revision)));
        let Some(last) = last else { break };
        after = Some(last);
    }
    seen.sort_unstable();
    let mut expected: Vec<_> = (1..=50_u64)
        .filter(|number| *number != 3)
        .map(|number| (place(u32::try_from(number).unwrap()).fid(), number))
        .collect();
    expected.sort_unstable();
    assert_eq!(seen, expected);
    assert_eq!(store.scan(Layer::Grids, None, 7).await.unwrap(), (Vec::new(), None));
}

/// Filling looks nothing up, so a key that is there already refuses all of it.
pub(crate) async fn filling_over_what_is_there_is_refused_whole(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(2)]).await.unwrap();
    let chunk = Chunk::of(&[place(1), place(2)]).0;
    let refused = store.fill(vec![chunk]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict, "{refused}");
    assert_eq!(store.counts().await.unwrap(), [(Layer::Places, 1)]);
    assert_eq!(store.revision().await.unwrap(), 1);
}

pub(crate) async fn layers_are_counted(ground: &Ground) {
    let store = &ground.store;
    assert_eq!(store.counts().await.unwrap(), []);
    store.upsert(&[place(1), place(2), camera("1")]).await.unwrap();
    let mut counts = store.counts().await.unwrap();
    counts.sort();
    assert_eq!(counts, [(Layer::Cameras, 1), (Layer::Places, 2)]);
}

/// The deny-list may grow: what it denies is no longer shown, and the feature still is.
pub(crate) async fn an_attribute_denied_since_is_left_out(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[place(1)]).await.unwrap();
    ground.tamper("registry", r#"update feature set attributes = '{"mast":"M7","contact:phone":"1"}'"#).await;
    let stored = store.get(Layer::Places, place(1).fid()).await.unwrap().unwrap();
    assert_eq!(stored.attributes, place(1).attributes);
}

pub(crate) async fn what_cannot_be_read_is_named(ground: &Ground) {
    let store = &ground.store;
    store.upsert(&[camera("1")]).await.unwrap();
    ground.tamper("registry", r#"update feature set properties = '{"kind":"round","online":true}'"#).await;
    let error = store.page(Layer::Cameras, None, 9).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("cameras/test/1") && error.to_string().contains("round"), "{error}");
}
