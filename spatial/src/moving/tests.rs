use proptest::prelude::*;

use super::{Fix, Label, MovingIndex};
use crate::position::{Bounds, Position};

const T: i64 = 1_760_000_000_000;

fn at(lon: f64, lat: f64) -> Position {
    Position::new(lon, lat).unwrap()
}

fn fix(lon: f64, seconds: i64) -> Fix {
    Fix {
        position: at(lon, 28.0),
        at_ms: T + seconds * 1_000,
        accuracy_m: Some(5.0),
        speed_mps: None,
        heading_deg: None,
    }
}

/// Applies fixes (longitude, second) to one unit; what was said of each, and where the unit ends.
fn check(fixes: &[(f64, i64)], expect: &[Label], ends_at: f64) {
    let mut index = MovingIndex::new();
    let said: Vec<Label> = fixes.iter().map(|(lon, s)| index.apply(3, fix(*lon, *s), T + s * 1_000)).collect();
    assert_eq!(said, expect);
    assert!((index.get(3).unwrap().position.lon() - ends_at).abs() < 1e-12);
}

#[test]
fn a_late_fix_does_not_move_a_unit_back() {
    check(&[(120.650, 10), (120.651, 5)], &[Label::Moved, Label::Late], 120.650);
}

#[test]
fn the_same_time_twice_is_a_duplicate() {
    check(&[(120.650, 10), (120.651, 10)], &[Label::Moved, Label::Duplicate], 120.650);
}

#[test]
fn sixty_seconds_ahead_is_a_slow_clock_and_more_is_the_future() {
    let mut index = MovingIndex::new();
    assert_eq!(index.apply(0, fix(120.65, 61), T), Label::Future);
    assert!(index.get(0).is_none() && index.is_empty());
    assert_eq!(index.apply(0, fix(120.65, 60), T), Label::Moved);
}

#[test]
fn a_jump_is_implausible() {
    // One degree of longitude at 28° N is 98 km: 100 s are too few, 1000 s are enough.
    check(&[(120.0, 0), (121.0, 100)], &[Label::Moved, Label::Speed], 120.0);
    check(&[(120.0, 0), (121.0, 1000)], &[Label::Moved, Label::Moved], 121.0);
}

#[test]
fn three_jumps_that_agree_are_believed() {
    use Label::{Duplicate, Moved, Speed};
    check(
        &[(120.0, 0), (121.0, 10), (121.001, 20), (121.002, 30), (121.003, 40)],
        &[Moved, Speed, Speed, Moved, Moved],
        121.003,
    );
    // Sent twice is not two witnesses.
    check(
        &[(120.0, 0), (121.0, 10), (121.0, 10), (121.0, 10), (121.0, 20)],
        &[Moved, Speed, Duplicate, Duplicate, Speed],
        120.0,
    );
}

#[test]
fn jumps_that_do_not_agree_are_never_believed() {
    use Label::{Moved, Speed};
    check(&[(120.0, 0), (121.0, 1), (122.0, 2), (123.0, 3), (124.0, 4)], &[Moved, Speed, Speed, Speed, Speed], 120.0);
    // A plausible one in between starts the count again.
    check(
        &[(120.0, 0), (121.0, 1), (121.0, 2), (120.0, 3), (121.0, 4), (121.0, 5)],
        &[Moved, Speed, Speed, Moved, Speed, Speed],
        120.0,
    );
}

#[test]
fn a_bad_accuracy_does_not_excuse_everything() {
    let mut index = MovingIndex::new();
    index.apply(0, fix(120.0, 0), T);
    for accuracy_m in [f32::INFINITY, 1e9, f32::NAN, -1.0] {
        let jump = Fix { accuracy_m: Some(accuracy_m), ..fix(121.0, 1) };
        assert_ne!(index.apply(0, jump, T + 1_000), Label::Moved, "{accuracy_m}");
    }
}

#[test]
fn times_at_the_end_of_time_do_not_overflow() {
    let mut index = MovingIndex::new();
    assert_eq!(index.apply(0, Fix { at_ms: i64::MIN, ..fix(120.0, 0) }, i64::MIN), Label::Moved);
    assert_eq!(index.apply(0, Fix { at_ms: i64::MAX, ..fix(120.0, 0) }, i64::MAX), Label::Moved);
}

#[test]
fn what_is_removed_is_gone() {
    let mut index = MovingIndex::new();
    for slot in [0, 5, 2] {
        index.apply(slot, fix(120.65, 0), T);
    }
    assert_eq!(index.len(), 3);
    assert_eq!(index.remove(5), Some(fix(120.65, 0)));
    assert_eq!(index.remove(5), None);
    assert_eq!(index.remove(99), None);
    assert_eq!(index.in_bounds(Bounds::new(120.0, 27.0, 121.0, 29.0).unwrap()), [0, 2]);
}

#[test]
fn a_measure_that_cannot_be_makes_the_report_doubtful() {
    let mut index = MovingIndex::new();
    assert_eq!(index.apply(0, fix(120.65, 0), T), Label::Moved);
    let next = || fix(120.6501, 10);
    let bad = [
        Fix { speed_mps: Some(-1.0), ..next() },
        Fix { accuracy_m: Some(-5.0), ..next() },
        Fix { heading_deg: Some(720.0), ..next() },
        Fix { heading_deg: Some(-1.0), ..next() },
        Fix { speed_mps: Some(f32::NAN), ..next() },
    ];
    for bad in bad {
        assert_eq!(index.apply(0, bad.clone(), T + 10_000), Label::Implausible, "{bad:?}");
    }
    assert_eq!(index.apply(0, Fix { heading_deg: Some(360.0), ..next() }, T + 10_000), Label::Moved);
}

#[test]
fn labels_have_the_words_of_the_wire() {
    use Label::{Accuracy, Duplicate, Future, Implausible, Late, Moved, Offset, Speed, Zero};
    let all = [Moved, Late, Duplicate, Future, Speed, Accuracy, Zero, Offset, Implausible];
    let words = ["MOVED", "LATE", "DUPLICATE", "FUTURE", "SPEED", "ACCURACY", "ZERO", "OFFSET", "IMPLAUSIBLE"];
    assert_eq!(all.map(Label::code), words);
}

/// A place of a city, of the antimeridian, of a pole, or anywhere.
fn place() -> impl Strategy<Value = Position> {
    let city = (120.6..120.7_f64, 27.98..28.05_f64);
    let far_east = (prop_oneof![-180.0..-179.9_f64, 179.9..=180.0_f64], -17.0..-16.0_f64);
    let pole = (-180.0..180.0_f64, prop_oneof![84.9..=90.0_f64, -90.0..-84.9_f64]);
    let any = (-180.0..=180.0_f64, -90.0..=90.0_f64);
    // Few distinct places, so that many are equal.
    let coarse = (0..4_u8, 0..4_u8).prop_map(|(x, y)| (120.65 + f64::from(x) * 0.003, 28.0 + f64::from(y) * 0.003));
    prop_oneof![4 => city.boxed(), 1 => far_east.boxed(), 1 => pole.boxed(), 1 => any.boxed(), 2 => coarse.boxed()]
        .prop_filter_map("not a place", |(lon, lat)| Position::new(lon, lat).ok())
}

/// The obvious twin: everyone, measured and sorted.
fn scan(units: &[Option<Position>], centre: Position, k: usize, max_m: f64) -> Vec<(u32, f64)> {
    let all = units.iter().zip(0..).filter_map(|(p, slot)| Some((slot, (*p)?.distance_m(&centre))));
    let mut all: Vec<(u32, f64)> = all.filter(|(slot, d)| *d <= max_m && slot % 7 != 3).collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    all.truncate(k);
    all
}

proptest! {
    #[test]
    fn the_grid_finds_what_the_scan_finds(
        steps in prop::collection::vec((0..60_u32, prop::option::weighted(0.9, place())), 0..200),
        centre in place(), k in 0..80_usize,
        max_m in prop_oneof![Just(0.0), 1.0..3_000.0, 1e5..3e7, Just(f64::INFINITY), Just(f64::NAN), Just(-1.0)],
        east in place(), west in place(),
    ) {
        let mut index = MovingIndex::new();
        let mut units: Vec<Option<Position>> = vec![None; 60];
        for (at, (slot, step)) in steps.iter().enumerate() {
            units[*slot as usize] = *step;
            match step {
                // An hour between fixes is not enough for every jump here: forget the unit first.
                Some(position) => {
                    if index.get(*slot).is_some_and(|held| held.position.distance_m(position) > 100_000.0) {
                        index.remove(*slot);
                    }
                    let at_ms = T + i64::try_from(at).unwrap() * 3_600_000;
                    let fix = Fix { position: *position, at_ms, accuracy_m: None, speed_mps: None, heading_deg: None };
                    prop_assert_eq!(index.apply(*slot, fix, at_ms), Label::Moved);
                }
                None => {
                    index.remove(*slot);
                }
            }
        }
        prop_assert_eq!(index.len(), units.iter().flatten().count());
        prop_assert_eq!(index.nearest(centre, k, max_m, |slot| slot % 7 != 3), scan(&units, centre, k, max_m));
        prop_assert_eq!(index.within(centre, max_m, |slot| slot % 7 != 3), scan(&units, centre, usize::MAX, max_m));
        let (w, e) = (west.lon().min(east.lon()), west.lon().max(east.lon()));
        let (s, n) = (west.lat().min(east.lat()), west.lat().max(east.lat()));
        let bounds = Bounds::new(w, s, e, n).unwrap();
        let inside: Vec<u32> = (0..60).filter(|slot| units[*slot as usize].is_some_and(|p| bounds.contains(p))).collect();
        prop_assert_eq!(index.in_bounds(bounds), inside);
    }
}

#[test]
fn what_is_wrong_by_itself_needs_no_other_report() {
    let mut index = MovingIndex::new();
    let zero = Fix { position: Position::new(0.001, -0.002).unwrap(), ..fix(120.0, 0) };
    assert_eq!(index.apply(0, zero, T), Label::Zero);
    assert_eq!(index.apply(0, Fix { accuracy_m: Some(5_001.0), ..fix(120.0, 0) }, T), Label::Accuracy);
    assert_eq!(index.apply(0, Fix { accuracy_m: Some(5_000.0), ..fix(120.0, 0) }, T), Label::Moved);
}
