//! The order of cameras: scenario S18 of the research, and its twin.

use super::scene::{Built, Seeded, buildings, cameras, off, place, pose, quarter, wenzhou};
use crate::sight::{Ask, Buildings, Cameras, Judged, Ranked, rank};
use crate::still::StillLayer;
use crate::value::Value;

type Camera = ((i64, i64), Vec<(&'static str, Value)>);

fn offline(mut camera: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    camera.retain(|(name, _)| *name != "online");
    camera.push(("online", Value::Bool(false)));
    camera
}

fn ranked(all: &[Camera], built: &[Built], ask: &Ask<'_>) -> Ranked {
    let layer = lens(all);
    rank(&Cameras::new(&layer), &Buildings::new(&buildings(wenzhou(), built)), ask, |_| true)
}

fn lens(all: &[Camera]) -> StillLayer {
    cameras(&all.iter().map(|((e, n), p)| (off(wenzhou(), *e, *n), p.clone())).collect::<Vec<_>>())
}

fn order(ranked: &Ranked) -> Vec<(u64, &'static str)> {
    ranked.items.iter().map(|j| (j.fid, j.sees.word())).collect()
}

/// S18: the nearest is offline, the second has a wall between, a camera that turns sees from 180 m.
fn s18() -> (Vec<Camera>, Vec<Built>) {
    let all = vec![
        ((0, 1_500), offline(pose("fixed", 180.0, 90.0, 100.0, 6.0))),
        ((3_000, 0), pose("fixed", 270.0, 90.0, 100.0, 6.0)),
        ((-21_800, 0), pose("ptz", 0.0, 60.0, 250.0, 8.0)),
        ((0, -4_000), pose("fixed", 180.0, 90.0, 100.0, 6.0)),
        ((0, -3_500), vec![("kind", Value::Text("fixed".to_owned())), ("online", Value::Bool(true))]),
    ];
    (all, vec![Built::square(1_000, -500, 1_000, 12.0)])
}

#[test]
fn the_chain_of_s18() {
    let (all, built) = s18();
    let answer = ranked(&all, &built, &Ask::near(place(wenzhou())));
    let expect = [(3, "after_turn"), (5, "unknown"), (2, "blocked"), (4, "outside"), (1, "yes")];
    assert_eq!(order(&answer), expect);
    assert!((answer.items[0].distance_m - 179.6).abs() < 0.5 && !answer.none_sees);
    let t = answer.tally;
    assert_eq!((t.yes, t.after_turn, t.unknown, t.blocked, t.outside, t.offline), (0, 1, 1, 1, 1, 1));
    assert!(answer.approaches.is_empty());
}

#[test]
fn none_sees_is_said_with_what_sees_the_approaches() {
    let (mut all, built) = s18();
    all.remove(2);
    let ends =
        [place(off(wenzhou(), 0, -8_000)), place(off(wenzhou(), 2_300, 0)), place(off(wenzhou(), -9_000, 9_000))];
    let answer = ranked(&all, &built, &Ask { approaches: &ends, ..Ask::near(place(wenzhou())) });
    assert!(answer.none_sees, "the one that would see is offline");
    assert_eq!(order(&answer).last(), Some(&(1, "yes")));
    let seen: Vec<(usize, u64)> = answer.approaches.iter().map(|a| (a.approach, a.camera.fid)).collect();
    assert_eq!(seen, [(1, 2), (0, 3)], "nearest to the place first; nobody sees the third");
}

#[test]
fn sooner_comes_before_nearer_and_equals_by_number() {
    let all = vec![
        ((0, 2_000), pose("ptz", 0.0, 60.0, 200.0, 6.0)),
        ((0, 4_000), pose("fixed", 180.0, 60.0, 200.0, 6.0)),
        ((0, 3_000), pose("fixed", 180.0, 60.0, 200.0, 6.0)),
        ((0, 3_000), pose("fixed", 180.0, 60.0, 200.0, 6.0)),
    ];
    let answer = ranked(&all, &[], &Ask::near(place(wenzhou())));
    assert_eq!(order(&answer), [(3, "yes"), (4, "yes"), (2, "yes"), (1, "after_turn")]);
}

#[test]
fn a_camera_that_may_not_answer_comes_after_one_that_does() {
    let mut quiet = pose("fixed", 180.0, 60.0, 200.0, 6.0);
    quiet.retain(|(name, _)| *name != "online");
    let all = vec![((0, 2_000), quiet), ((0, 4_000), pose("fixed", 180.0, 60.0, 200.0, 6.0))];
    assert_eq!(order(&ranked(&all, &[], &Ask::near(place(wenzhou())))), [(2, "yes"), (1, "yes")]);
}

#[test]
fn of_an_uncertain_place_a_part_is_seen() {
    let free = vec![((0, -9_000), pose("fixed", 0.0, 90.0, 200.0, 6.0))];
    let ask = Ask { accuracy_m: 30.0, ..Ask::near(place(wenzhou())) };
    let share = |built: &[Built]| ranked(&free, built, &ask).items[0].share.unwrap();
    assert!((share(&[]) - 1.0).abs() < 1e-12);
    // A wall before the eastern half.
    let half = share(&[Built::square(0, -8_000, 3_900, 60.0)]);
    assert!((0.4..0.6).contains(&half), "{half}");
    // The middle is hidden and a part is not: that is not nothing.
    let hidden = ranked(&free, &[Built::square(-100, -8_000, 200, 60.0)], &ask);
    assert_eq!(order(&hidden), [(1, "blocked")]);
    assert!(!hidden.none_sees && hidden.items[0].share.unwrap() > 0.5, "{:?}", hidden.items[0].share);
    let far = Ask { accuracy_m: f64::NAN, ..ask };
    assert_eq!(ranked(&free, &[], &far).items[0].share, None);
}

#[test]
fn the_radius_is_bounded_and_k_is_kept() {
    let all: Vec<Camera> = (0..40).map(|n| ((0, n * 20_000), pose("dome", 0.0, 360.0, 20_000.0, 6.0))).collect();
    let wide = Ask { radius_m: f64::INFINITY, k: 100, ..Ask::near(place(wenzhou())) };
    assert_eq!(ranked(&all, &[], &wide).items.len(), 13, "2 km and no more");
    assert_eq!(ranked(&all, &[], &Ask { k: 3, ..wide }).items.len(), 3);
    assert_eq!(ranked(&all, &[], &Ask { radius_m: f64::NAN, ..wide }).items.len(), 13);
    assert!(ranked(&all, &[], &Ask { radius_m: -1.0, ..wide }).items.is_empty());
}

#[test]
fn the_order_is_that_of_the_rule_and_does_not_depend_on_the_rows() {
    let mut seeded = Seeded(5);
    for round in 0..200 {
        let built = quarter(&mut seeded, 160, 60);
        let mut all: Vec<Camera> = (0..40)
            .map(|_| {
                let at = (seeded.below(12_000), seeded.below(12_000));
                let kind = seeded.one(&["fixed", "ptz", "dome"]);
                let camera = pose(
                    kind,
                    seeded.share() * 360.0,
                    seeded.one(&[60.0, 120.0, 360.0]),
                    seeded.one(&[0.0, 40.0, 150.0]),
                    6.0,
                );
                (at, if seeded.below(5) == 0 { offline(camera) } else { camera })
            })
            .collect();
        let ask = Ask { k: 40, accuracy_m: seeded.one(&[0.0, 20.0]), ..Ask::near(place(off(wenzhou(), 6_000, 6_000))) };
        let answer = ranked(&all, &built, &ask);
        for pair in answer.items.windows(2) {
            assert!(before(&pair[0], &pair[1]), "round {round}: {:?} before {:?}", pair[0], pair[1]);
        }
        // The same cameras in another order have other numbers and rows, and the same places in the answer.
        all.reverse();
        let again = ranked(&all, &built, &ask);
        let places =
            |r: &Ranked| r.items.iter().map(|j| (j.distance_m.to_bits(), j.sees.word(), j.online)).collect::<Vec<_>>();
        assert_eq!(places(&answer), places(&again), "round {round}");
    }
}

/// The rule of the ranking in plain words.
fn before(a: &Judged, b: &Judged) -> bool {
    if (a.online == Some(false)) != (b.online == Some(false)) {
        return b.online == Some(false);
    }
    let good = |j: &Judged| {
        let part = j.share.is_some_and(|share| share > 0.0);
        match j.sees.word() {
            "yes" | "after_turn" => 0,
            _ if part => 1,
            "unknown" => 2,
            "blocked" => 3,
            _ => 4,
        }
    };
    if good(a) != good(b) {
        return good(a) < good(b);
    }
    let (sa, sb) = (a.sees.after_s().unwrap_or(0.0), b.sees.after_s().unwrap_or(0.0));
    sa < sb || (sa <= sb && (a.distance_m, a.fid) <= (b.distance_m, b.fid))
}
