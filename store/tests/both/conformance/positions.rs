//! Fixes go in, and the newest that can be believed is where a unit is.

use std::borrow::Cow;

use spatial::Position;
use spatial::moving::{Fix, Label};
use store::{ErrorKind, Heard, Observation, Told};

use crate::support::Ground;

fn fix(at_ms: i64) -> Fix {
    let position = Position::new(120.0 + f64::from(u16::try_from(at_ms).unwrap()) / 1e4, 28.0).unwrap();
    Fix { position, at_ms, accuracy_m: Some(4.7), speed_mps: None, heading_deg: Some(359.9) }
}

/// A report received a moment after it was made.
fn report(unit: &str, at_ms: i64, label: Label) -> Observation {
    Observation { unit: unit.to_owned(), fix: fix(at_ms), label: label.code().into(), recv_ms: at_ms + 5, obs: None }
}

fn moved(unit: &str, at_ms: i64) -> Observation {
    report(unit, at_ms, Label::Moved)
}

async fn latest(ground: &Ground) -> Vec<(String, i64)> {
    ground.store.latest().await.unwrap().into_iter().map(|(unit, fix)| (unit, fix.at_ms)).collect()
}

pub(crate) async fn fixes_come_back(ground: &Ground) {
    let store = &ground.store;
    let mut rich = moved("u1", 10);
    rich.obs = Some("观 1".to_owned());
    rich.fix.speed_mps = Some(0.1);
    let mut bare = moved("u1", 20);
    bare.fix = Fix { accuracy_m: None, heading_deg: None, ..bare.fix };
    bare.label = Cow::Borrowed("");
    store.append(&[rich.clone(), bare.clone()]).await.unwrap();
    assert_eq!(store.track("u1", 0, 100, 9).await.unwrap(), [rich, bare.clone()]);
    assert_eq!(store.latest().await.unwrap(), [("u1".to_owned(), bare.fix)]);

    let mut nonsense = moved("u2", 10);
    nonsense.fix.accuracy_m = Some(f32::NAN);
    nonsense.fix.speed_mps = Some(f32::INFINITY);
    store.append(&[nonsense]).await.unwrap();
    let stored = store.track("u2", 0, 100, 9).await.unwrap().remove(0).fix;
    assert_eq!((stored.accuracy_m, stored.speed_mps), (None, Some(f32::INFINITY)));
    store.append(&[]).await.unwrap();
}

pub(crate) async fn the_latest_is_the_newest_by_the_devices_clock(ground: &Ground) {
    let store = &ground.store;
    store.append(&[moved("b", 30), moved("a", 20), moved("a", 40), moved("a", 10)]).await.unwrap();
    assert_eq!(latest(ground).await, [("a".to_owned(), 40), ("b".to_owned(), 30)]);

    let mut same_moment = moved("a", 40);
    same_moment.fix.position = Position::new(121.0, 28.0).unwrap();
    store.append(&[moved("a", 40), same_moment.clone()]).await.unwrap();
    assert_eq!(store.latest().await.unwrap().remove(0).1, same_moment.fix);
}

pub(crate) async fn doubtful_fixes_stay_out_of_the_latest(ground: &Ground) {
    let store = &ground.store;
    let doubtful = [
        Label::Late,
        Label::Duplicate,
        Label::Future,
        Label::Speed,
        Label::Accuracy,
        Label::Zero,
        Label::Offset,
        Label::Implausible,
    ];
    let doubted: Vec<_> = (20..).zip(doubtful).map(|(at, label)| report("a", at, label)).collect();
    store.append(&doubted).await.unwrap();
    assert_eq!(latest(ground).await, []);
    store.append(&[moved("a", 10)]).await.unwrap();
    store.append(&doubted).await.unwrap();
    assert_eq!(latest(ground).await, [("a".to_owned(), 10)]);
    assert_eq!(store.track("a", 0, 100, 99).await.unwrap().len(), 2 * doubtful.len() + 1);
}

pub(crate) async fn a_late_batch_does_not_move_a_unit_back(ground: &Ground) {
    ground.store.append(&[moved("a", 20)]).await.unwrap();
    ground.again().await.append(&[moved("a", 10)]).await.unwrap();
    assert_eq!(latest(ground).await, [("a".to_owned(), 20)]);
}

pub(crate) async fn a_track_is_cut_by_time_and_number(ground: &Ground) {
    let store = &ground.store;
    store.append(&[moved("a", 30), moved("b", 25), moved("a", 10), moved("a", 20), moved("a", 40)]).await.unwrap();
    let track = async |from, to, limit| -> Vec<i64> {
        store.track("a", from, to, limit).await.unwrap().iter().map(|report| report.fix.at_ms).collect()
    };
    assert_eq!(track(0, 100, 9).await, [10, 20, 30, 40]);
    assert_eq!(track(20, 40, 9).await, [20, 30]);
    assert_eq!(track(0, 100, 2).await, [10, 20]);
    assert!(track(50, 100, 9).await.is_empty());
    assert_eq!(store.track("nobody", 0, 100, 9).await.unwrap(), []);
}

pub(crate) async fn what_is_old_is_forgotten(ground: &Ground) {
    let store = &ground.store;
    let mut clock_of_1970 = moved("a", 1);
    clock_of_1970.recv_ms = 1_000;
    store.append(&[moved("a", 10), moved("a", 20), moved("b", 10), clock_of_1970]).await.unwrap();
    assert_eq!(store.prune(20).await.unwrap(), 2);
    let track: Vec<_> = store.track("a", 0, 100, 9).await.unwrap().iter().map(|report| report.fix.at_ms).collect();
    assert_eq!(track, [1, 20]);
    assert_eq!(latest(ground).await, [("a".to_owned(), 20)]);
    assert_eq!(store.prune(20).await.unwrap(), 0);
}

pub(crate) async fn what_cannot_be_stored_is_refused(ground: &Ground) {
    let mut zero_byte = moved("a", 10);
    zero_byte.obs = Some("\0".to_owned());
    for bad in [zero_byte, moved("", 10), moved("a\0", 10)] {
        let refusal = ground.store.append(&[moved("a", 20), bad]).await.unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Invalid, "{refusal}");
    }
    assert_eq!(latest(ground).await, []);
}

/// On a database one server hears the other and not itself; in a folder there is nobody to hear.
pub(crate) async fn servers_tell_each_other_where_units_are(ground: &Ground) {
    let other = store::open(&ground.location).await.unwrap();
    let told = |unit: &str, fix: Option<Fix>, numbers: &[u64]| Told {
        unit: unit.to_owned(),
        made_ms: fix.as_ref().map(|_| (1, 2)),
        fix,
        numbers: numbers.to_vec(),
    };
    let all = vec![told("u1", Some(fix(10)), &[]), told("巡 2", Some(fix(20)), &[1, u64::MAX]), told("u3", None, &[7])];
    let (Some(mut here), Some(mut there)) = (ground.store.heard().await.unwrap(), other.heard().await.unwrap()) else {
        assert_eq!(ground.store.kind(), "sqlite");
        return ground.store.tell(&all).await.unwrap();
    };
    // A new listener may have missed something: it says so first, and then it listens.
    assert_eq!((here.recv().await, there.recv().await), (Some(Heard::Missed), Some(Heard::Missed)));
    ground.store.tell(&[]).await.unwrap();
    ground.store.tell(&all).await.unwrap();
    assert_eq!(there.recv().await, Some(Heard::Told(all)));
    let answer = vec![told("u3", Some(fix(30)), &[])];
    other.tell(&answer).await.unwrap();
    assert_eq!(here.recv().await, Some(Heard::Told(answer)), "the own word is no news");
}
