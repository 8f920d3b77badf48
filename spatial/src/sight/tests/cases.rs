//! Single cameras, single buildings: what is said, by name.

use super::scene::{Built, buildings, cameras, off, place, pose, wenzhou};
use crate::noun::CameraKind;
use crate::sight::{Buildings, Cameras, Gap, Guess, Judged, Limit, Pose, Raw, Reason, Sees, judge};
use crate::value::Value;

/// One camera at the origin, what it says of a place some units away. A unit is 8.2 mm: 1,000 units are 8.2 m.
fn look(camera: Vec<(&'static str, Value)>, built: &[Built], (east, north): (i64, i64)) -> Judged {
    look_from((0, 0), camera, built, (east, north))
}

fn look_from(from: (i64, i64), camera: Vec<(&'static str, Value)>, built: &[Built], to: (i64, i64)) -> Judged {
    let layer = cameras(&[(off(wenzhou(), from.0, from.1), camera)]);
    let walls = buildings(wenzhou(), built);
    let target = place(off(wenzhou(), to.0, to.1));
    judge(&Cameras::new(&layer), 0, &Buildings::new(&walls), target, 1.5, 0.0)
}

fn codes(judged: &Judged) -> Vec<&'static str> {
    let none = buildings(wenzhou(), &[]);
    judged.reasons(&Buildings::new(&none)).iter().map(Reason::code).collect()
}

fn north(height_m: f64) -> Vec<(&'static str, Value)> {
    pose("fixed", 0.0, 90.0, 100.0, height_m)
}

fn blocked(judged: &Judged) -> bool {
    matches!(judged.sees, Sees::Blocked(_))
}

#[test]
fn a_free_view_sees() {
    let judged = look(north(6.0), &[], (0, 5_000));
    assert_eq!((judged.sees.word(), judged.bearing_deg), ("yes", Some(0.0)));
    // 41.2 m away and 4.5 m below, 90° open: 1920 / (2 × 41.4 m).
    assert!((judged.pixels_per_m.unwrap() - 23.2).abs() < 0.1, "{judged:?}");
    assert_eq!(codes(&judged), ["SEES", "PIXELS"]);
}

#[test]
fn the_seam_at_north_is_no_seam() {
    for azimuth in [350.0, -10.0, 710.0, 10.0, 370.0, 0.0, 360.0] {
        for east in [-300, 0, 300] {
            assert_eq!(
                look(pose("fixed", azimuth, 40.0, 100.0, 6.0), &[], (east, 3_000)).sees,
                Sees::Yes,
                "{azimuth} {east}"
            );
        }
    }
    assert!(matches!(
        look(pose("fixed", 350.0, 40.0, 100.0, 6.0), &[], (1_000, 3_000)).sees,
        Sees::Outside(Limit::Angle(_))
    ));
}

#[test]
fn a_wall_blocks_and_is_named() {
    let mut wall = Built::square(-500, 2_000, 1_000, 9.0);
    wall.properties.push(("name", Value::Text("仓库".to_owned())));
    let walls = buildings(wenzhou(), std::slice::from_ref(&wall));
    let judged = look(north(6.0), &[wall], (0, 5_000));
    let Sees::Blocked(by) = &judged.sees else { panic!("{judged:?}") };
    assert_eq!(by.fid, 1);
    assert!((by.at_m - 16.5).abs() < 0.1, "{by:?}");
    let reasons = judged.reasons(&Buildings::new(&walls));
    assert_eq!(reasons[0].words_en(), "blocked by the building 仓库, 9 m high, 16 m from the camera");
    assert_eq!(reasons[0].words_zh(), "被“仓库”遮挡，高9米，距摄像机16米");
    assert_eq!(judged.pixels_per_m, None);
}

#[test]
fn over_a_kiosk_it_sees_only_what_is_far_behind() {
    // 2.5 m high, from 8.2 m to 10.7 m; the lens at 6 m. The shadow ends where 6 − 4.5 × 10.7 / d is 2.5: at 13.8 m.
    let kiosk = || [Built::square(-150, 1_000, 300, 2.5)];
    assert!(blocked(&look(north(6.0), &kiosk(), (0, 1_600))), "13.2 m");
    assert_eq!(look(north(6.0), &kiosk(), (0, 1_750)).sees, Sees::Yes, "14.4 m");
    assert!(blocked(&look(north(2.0), &kiosk(), (0, 9_000))), "a lens below the roof");
}

#[test]
fn a_lens_below_the_target_looks_up() {
    // Lens at 1 m, a parapet of 1.2 m from 8.2 m on: a target at 1.5 m is hidden once the ray passes below 1.2 m there.
    let parapet = || [Built::square(-150, 1_000, 300, 1.2)];
    assert_eq!(look(north(1.0), &parapet(), (0, 2_000)).sees, Sees::Yes, "the ray is at 1.25 m where it enters");
    assert!(blocked(&look(north(1.0), &parapet(), (0, 4_000))), "at 1.125 m");
}

#[test]
fn between_two_houses_that_touch_there_is_no_view() {
    let pair = || [Built::square(-1_000, 1_000, 1_000, 9.0), Built::square(0, 1_000, 1_000, 9.0)];
    assert!(blocked(&look(north(6.0), &pair(), (0, 5_000))), "along the wall that they share");
    let corners = || [Built::square(-1_000, 1_000, 1_000, 9.0), Built::square(0, 2_000, 1_000, 9.0)];
    assert!(blocked(&look(north(6.0), &corners(), (10, 5_000))));
    let gap = || [Built::square(-1_000, 1_000, 990, 9.0), Built::square(10, 1_000, 1_000, 9.0)];
    assert_eq!(look(north(6.0), &gap(), (0, 5_000)).sees, Sees::Yes, "16 cm between them");
}

#[test]
fn a_courtyard_is_open_and_both_lobes_of_a_bow_are_walls() {
    let court = Built {
        rings: vec![
            vec![(-1_000, 1_000), (1_000, 1_000), (1_000, 3_000), (-1_000, 3_000)],
            vec![(-800, 1_200), (800, 1_200), (800, 2_800), (-800, 2_800)],
        ],
        properties: vec![("height_m", Value::Float(9.0))],
    };
    let from_inside = look_from((0, 1_500), north(6.0), std::slice::from_ref(&court), (0, 2_500));
    assert_eq!(from_inside.sees, Sees::Yes, "both in the courtyard");
    assert!(blocked(&look(north(6.0), &[court], (0, 2_000))), "from outside into it");
    let bow = |east: i64| {
        let ring = vec![(-1_000 + east, 1_000), (1_000 + east, 3_000), (1_000 + east, 1_000), (-1_000 + east, 3_000)];
        [Built { rings: vec![ring], properties: vec![("height_m", Value::Float(9.0))] }]
    };
    assert!(blocked(&look(north(6.0), &bow(700), (0, 5_000))) && blocked(&look(north(6.0), &bow(-700), (0, 5_000))));
}

#[test]
fn a_camera_on_a_wall_looks_out_and_not_through() {
    let house = || [Built::square(-1_000, -2_000, 2_000, 9.0)];
    for at in [-30, 0, 30] {
        assert_eq!(look_from((0, at), north(6.0), &house(), (0, 5_000)).sees, Sees::Yes, "{at}");
        assert_eq!(look_from((0, at), north(6.0), &house(), (5_000, 300)).sees.word(), "outside", "{at}");
        let round = pose("dome", 0.0, 360.0, 100.0, 6.0);
        assert!(blocked(&look_from((0, at), round, &house(), (0, -5_000))), "{at}: through the house");
    }
    // At a corner it looks along both walls and past them.
    let round = || pose("dome", 0.0, 360.0, 100.0, 6.0);
    for to in [(5_000, -1_000), (-1_500, 4_000), (3_000, 3_000), (1_100, -4_000)] {
        assert_eq!(look_from((990, -10), round(), &house(), to).sees, Sees::Yes, "{to:?}");
    }
    assert!(blocked(&look_from((990, -10), round(), &house(), (-4_000, -4_000))));
}

#[test]
fn a_camera_registered_inside_looks_out_once() {
    let hook = Built {
        rings: vec![vec![
            (-1_000, -1_000),
            (1_000, -1_000),
            (1_000, 3_000),
            (0, 3_000),
            (0, 2_000),
            (500, 2_000),
            (500, 1_000),
            (-1_000, 1_000),
        ]],
        properties: vec![("height_m", Value::Float(9.0))],
    };
    let out = look(pose("dome", 0.0, 360.0, 100.0, 6.0), std::slice::from_ref(&hook), (-4_000, 0));
    assert_eq!((out.sees.word(), out.mounted_in), ("yes", Some(1)));
    assert!(codes(&out).contains(&"MOUNTED-INSIDE"));
    let again = look(pose("dome", 0.0, 360.0, 100.0, 6.0), &[hook], (250, 5_000));
    assert!(blocked(&again), "out of one wing and into the other");
}

#[test]
fn a_place_inside_a_house_is_seen_from_outside() {
    let house = || [Built::square(-500, 3_000, 1_000, 9.0)];
    let judged = look(north(6.0), &house(), (0, 3_500));
    assert_eq!((judged.sees.word(), judged.target_in), ("yes", Some(1)));
    assert!(codes(&judged).contains(&"TARGET-INSIDE"));
    // On its far wall, a hair inside: that is the street behind it.
    assert!(blocked(&look(north(6.0), &house(), (0, 3_990))));
    assert_eq!(look(north(6.0), &house(), (0, 3_010)).sees, Sees::Yes, "on its near wall");
}

#[test]
fn what_a_building_does_not_say_is_assumed_and_said() {
    let of = |properties: Vec<(&'static str, Value)>| {
        let built = Built { properties, ..Built::square(-500, 2_000, 1_000, 0.0) };
        let judged = look(north(40.0), &[built], (0, 2_900 + 200));
        match judged.sees {
            Sees::Blocked(by) => (by.height_m, codes(&judged).contains(&"BUILDING-HEIGHT-ASSUMED")),
            Sees::Yes | Sees::AfterTurn(_) | Sees::Outside(_) | Sees::Unknown(_) => panic!("{judged:?}"),
        }
    };
    assert_eq!(of(vec![("height_m", Value::Float(7.0))]), (7.0, false));
    assert_eq!(of(vec![("height_m", Value::Float(0.0)), ("levels", Value::Int(4))]), (12.0, true));
    assert_eq!(
        of(vec![("height_m", Value::Float(-3.0)), ("kind", Value::Text("apartments".to_owned()))]),
        (18.0, true)
    );
    assert_eq!(of(vec![("kind", Value::Text("pagoda".to_owned()))]), (9.0, true));
    assert_eq!(of(Vec::new()), (9.0, true));
}

#[test]
fn a_camera_that_turns_says_when() {
    let ptz = |azimuth| pose("ptz", azimuth, 60.0, 200.0, 8.0);
    assert_eq!(look(ptz(20.0), &[], (0, 9_000)).sees, Sees::Yes);
    assert_eq!(look(ptz(90.0), &[], (0, 9_000)).sees, Sees::AfterTurn(2.5));
    assert_eq!(look(ptz(-90.0), &[], (0, 9_000)).sees, Sees::AfterTurn(2.5), "the shorter way");
    let blind: Vec<_> = ptz(0.0).into_iter().filter(|(name, _)| *name != "azimuth_deg").collect();
    let judged = look(blind, &[], (0, 9_000));
    assert_eq!(judged.sees, Sees::AfterTurn(4.0), "half a turn");
    assert!(codes(&judged).contains(&"DIRECTION-UNKNOWN"));
    assert!(blocked(&look(ptz(90.0), &[Built::square(-500, 2_000, 1_000, 30.0)], (0, 9_000))));
}

#[test]
fn where_it_looks_now_comes_before_where_it_rests() {
    let layer = cameras(&[(wenzhou(), pose("ptz", 90.0, 60.0, 200.0, 8.0))]);
    let walls = buildings(wenzhou(), &[]);
    let present = [(1_u64, 0.0)].into_iter().collect();
    let target = place(off(wenzhou(), 0, 9_000));
    let eyes = Cameras::new(&layer).looking(&present);
    assert_eq!(judge(&eyes, 0, &Buildings::new(&walls), target, 1.5, 0.0).sees, Sees::Yes);
}

#[test]
fn what_is_missing_is_named() {
    let at = Some(place(wenzhou()));
    let whole = Raw { at, kind: Some(CameraKind::Fixed), azimuth_deg: Some(0.0), ..Raw::default() };
    let gaps = |raw: Raw| Pose::of(&raw).err().unwrap_or_default();
    assert_eq!(gaps(whole), []);
    assert_eq!(gaps(Raw::default()), [Gap::Place, Gap::Azimuth]);
    assert_eq!(gaps(Raw { azimuth_deg: Some(f64::NAN), ..whole }), [Gap::Azimuth]);
    assert_eq!(gaps(Raw { angle_deg: Some(0.0), ..whole }), [Gap::Angle]);
    assert_eq!(gaps(Raw { range_m: Some(0.0), height_m: Some(-4.0), ..whole }), [Gap::Range, Gap::BelowGround]);
    assert_eq!(gaps(Raw { kind: Some(CameraKind::Dome), azimuth_deg: None, ..whole }), []);
    assert_eq!(gaps(Raw { kind: Some(CameraKind::Ptz), azimuth_deg: None, ..whole }), []);
    assert_eq!(gaps(Raw { angle_deg: Some(400.0), azimuth_deg: None, ..whole }), []);
    let guesses: Vec<Guess> = Pose::of(&Raw { kind: None, ..whole }).unwrap().guesses().collect();
    assert_eq!(guesses, [Guess::Kind, Guess::Angle, Guess::Range, Guess::Height]);
    let judged = look(vec![("kind", Value::Text("fixed".to_owned()))], &[], (0, 3_000));
    assert_eq!((judged.sees.word(), codes(&judged)), ("unknown", vec!["NO-AZIMUTH", "STATUS-UNKNOWN"]));
    let zero = look(pose("fixed", 0.0, 90.0, 0.0, 6.0), &[], (0, 3_000));
    assert_eq!((zero.sees.word(), codes(&zero)), ("unknown", vec!["NO-RANGE"]));
}

#[test]
fn what_is_assumed_is_said_in_both_languages() {
    let judged =
        look(vec![("kind", Value::Text("fixed".to_owned())), ("azimuth_deg", Value::Float(0.0))], &[], (0, 3_000));
    let none = buildings(wenzhou(), &[]);
    let reasons = judged.reasons(&Buildings::new(&none));
    let said: Vec<String> = reasons.iter().map(Reason::words_en).collect();
    assert!(said.contains(&"range assumed 80 m".to_owned()), "{said:?}");
    assert!(reasons.iter().any(|r| r.words_zh() == "可视距离按80米假定"));
}

#[test]
fn right_below_the_camera_is_in_view() {
    assert_eq!(look(pose("fixed", 180.0, 30.0, 100.0, 6.0), &[], (0, 0)).sees, Sees::Yes);
}
