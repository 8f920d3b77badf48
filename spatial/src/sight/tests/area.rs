//! Areas: the viewshed against single places, the coverage against both.

use geo::{Area, Contains, Coord, CoordsIter, LinesIter, MultiPolygon, Validation, polygon};

use super::scene::{Built, Seeded, buildings, cameras, off, place, pose, quarter, wenzhou};
use crate::mercator::World;
use crate::position::Position;
use crate::sight::plane::Plane;
use crate::sight::{
    Buildings, Cameras, CoverageError, MOST_VERTICES, Sees, Turned, Viewshed, Watched, coverage, judge, viewshed,
};
use crate::still::StillLayer;
use crate::value::Value;
use crate::zone::area_m2;

fn seen(camera: &StillLayer, walls: &StillLayer, turned: Turned) -> Viewshed {
    viewshed(&Cameras::new(camera).pose(0).unwrap(), &Buildings::new(walls), 1.5, turned)
}

/// Whether an edge of the area passes within 3 cm or so.
fn on_the_border(area: &MultiPolygon<f64>, at: Coord<f64>) -> bool {
    let near = |line: geo::Line<f64>| {
        let (dx, dy) = (line.dx(), line.dy());
        let length2 = dx * dx + dy * dy;
        let part = if length2 > 0.0 {
            (((at.x - line.start.x) * dx + (at.y - line.start.y) * dy) / length2).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (line.start.x + part * dx - at.x).hypot(line.start.y + part * dy - at.y) < 3e-7
    };
    area.lines_iter().any(near)
}

/// One camera in one quarter, `places` places: how many are seen, how many are not, how many lie too near the border.
fn compare(seed: u64, origin: World, places: u32, counts: &mut [u32; 3]) {
    let mut seeded = Seeded(seed);
    let mut built = quarter(&mut seeded, 160, 40);
    let past = |at: &(i64, i64)| i64::from(origin.x) + at.0 >= 1 << 32;
    built.retain(|b| b.rings[0].iter().all(past) || !b.rings[0].iter().any(past));
    let walls = buildings(origin, &built);
    let from = match seeded.below(3) {
        0 => (seeded.below(44) * 160, seeded.below(44) * 160),
        _ => (seeded.below(7_000), seeded.below(7_000)),
    };
    let kind = seeded.one(&["fixed", "fixed", "ptz", "dome"]);
    let (angle, height) = (seeded.one(&[60.0, 110.0, 250.0, 360.0]), seeded.one(&[1.0, 1.5, 2.8, 4.0, 6.0, 12.0]));
    let posed = pose(kind, seeded.share() * 800.0 - 400.0, angle, seeded.one(&[20.0, 45.0, 80.0]), height);
    let camera = cameras(&[(off(origin, from.0, from.1), posed)]);
    let turned = seeded.one(&[Turned::Now, Turned::All]);
    let area = seen(&camera, &walls, turned).area;
    assert!(area.is_valid(), "seed {seed}");
    assert!(area.coords_count() <= MOST_VERTICES);
    for _ in 0..places {
        let to = off(origin, from.0 + seeded.below(9_000) - 4_500, from.1 + seeded.below(9_000) - 4_500);
        let (lon, lat) = to.degrees();
        let roofed = walls.covering(place(to)).iter().any(|row| Buildings::new(&walls).height_m(*row).0 > 1.5);
        // On a wall, to within a centimetre or two, it is a matter of the rules at walls.
        let (solid, plane) = (Buildings::new(&walls), Plane::at(place(to)));
        let walled = solid.around(&plane, (-9.0, -9.0), (9.0, 9.0)).iter().any(|f| f.wall((0.0, 0.0)) < 3.0);
        if roofed || walled || on_the_border(&area, Coord { x: lon, y: lat }) {
            counts[2] += 1;
            continue;
        }
        let said = judge(&Cameras::new(&camera), 0, &Buildings::new(&walls), place(to), 1.5, 0.0);
        let yes = match said.sees {
            Sees::Yes => true,
            Sees::AfterTurn(_) => turned == Turned::All,
            Sees::Blocked(_) | Sees::Outside(_) | Sees::Unknown(_) => false,
        };
        let within = area.contains(&Coord { x: lon, y: lat });
        assert_eq!(within, yes, "seed {seed}, {turned:?}: {said:?}");
        counts[usize::from(yes)] += 1;
    }
}

#[test]
fn the_viewshed_agrees_with_single_places() {
    let seam = World::of(Position::new(179.9998, 10.0).unwrap());
    let mut counts = [0; 3];
    for seed in 0..1_500 {
        compare(seed, if seed % 8 == 0 { seam } else { wenzhou() }, 60, &mut counts);
    }
    println!("not seen, seen, on a border or under a roof: {counts:?}");
    assert!(counts[0] > 30_000 && counts[1] > 10_000, "{counts:?}");
}

#[test]
fn a_free_sector_has_the_area_of_a_sector() {
    let none = buildings(wenzhou(), &[]);
    for (angle, azimuth) in [(90.0, 0.0), (90.0, -10.0), (200.0, 355.0), (360.0, 0.0)] {
        let camera = cameras(&[(wenzhou(), pose("fixed", azimuth, angle, 100.0, 6.0))]);
        let area = area_m2(&seen(&camera, &none, Turned::Now).area);
        let expect = std::f64::consts::PI * 1e4 * angle / 360.0;
        assert!((area / expect - 1.0).abs() < 2e-4, "{angle} {area} {expect}");
    }
}

#[test]
fn behind_a_kiosk_it_becomes_light_again() {
    let walls = buildings(wenzhou(), &[Built::square(-150, 1_000, 300, 2.5)]);
    let camera = cameras(&[(wenzhou(), pose("fixed", 0.0, 90.0, 100.0, 6.0))]);
    let area = seen(&camera, &walls, Turned::Now).area;
    assert_eq!((area.0.len(), area.0[0].interiors().len()), (1, 1), "one hole: the kiosk and its shadow");
}

#[test]
fn a_camera_that_turns_has_a_reach_and_a_view() {
    let none = buildings(wenzhou(), &[]);
    let camera = cameras(&[(wenzhou(), pose("ptz", 0.0, 60.0, 100.0, 6.0))]);
    let ratio =
        seen(&camera, &none, Turned::All).area.unsigned_area() / seen(&camera, &none, Turned::Now).area.unsigned_area();
    assert!((ratio - 6.0).abs() < 1e-3, "{ratio}");
    let blind = cameras(&[(wenzhou(), vec![("kind", Value::Text("ptz".to_owned()))])]);
    assert_eq!(seen(&blind, &none, Turned::Now).area.0.len(), 0, "nobody knows where it looks");
}

#[test]
fn a_viewshed_keeps_to_its_vertices() {
    // A comb of 900 posts around the camera.
    let posts: Vec<Built> = (0..900_i64)
        .map(|n| {
            let (ring, turn) = (n / 90, f64::from(u32::try_from(n).unwrap() % 90).to_radians() * 4.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small")]
            let at = |v: f64| ((2_000 + ring * 1_000) as f64 * v) as i64;
            Built::square(at(turn.sin()), at(turn.cos()), 40, 3.0)
        })
        .collect();
    let camera = cameras(&[(wenzhou(), pose("dome", 0.0, 360.0, 120.0, 12.0))]);
    let area = seen(&camera, &buildings(wenzhou(), &posts), Turned::Now);
    assert!(
        area.coarse_m > 0.0 && area.area.coords_count() <= MOST_VERTICES,
        "{} {}",
        area.coarse_m,
        area.area.coords_count()
    );
}

/// A square of that many metres or so about a place.
fn square(middle: Position, side_m: f64) -> MultiPolygon<f64> {
    let (dy, dx) = (side_m / 2.0 / 111_195.0, side_m / 2.0 / 111_195.0 / middle.lat().to_radians().cos());
    let (x, y) = (middle.lon(), middle.lat());
    MultiPolygon::new(vec![
        polygon![(x: x - dx, y: y - dy), (x: x + dx, y: y - dy), (x: x + dx, y: y + dy), (x: x - dx, y: y + dy)],
    ])
}

fn ask(cell_m: f64) -> Watched {
    Watched { cell_m, target_height_m: 1.5, turned: Turned::All, online_only: true }
}

#[test]
fn one_dome_on_a_square_watches_its_disc() {
    let none = buildings(wenzhou(), &[]);
    let camera = cameras(&[(wenzhou(), pose("dome", 0.0, 360.0, 50.0, 6.0))]);
    let area = square(place(wenzhou()), 200.0);
    let answer = coverage(&Cameras::new(&camera), &Buildings::new(&none), &area, &ask(2.0), |_| true).unwrap();
    assert!((answer.share - std::f64::consts::PI * 2_500.0 / 40_000.0).abs() < 0.005, "{answer:?}");
    assert!((area_m2(&answer.blind) - 40_000.0 * (1.0 - answer.share)).abs() < 400.0, "{}", area_m2(&answer.blind));
    assert_eq!((answer.blind.0.len(), answer.blind.0[0].interiors().len(), answer.cameras), (1, 1, 1));
    // What is seen fills the hole.
    let both = area_m2(&answer.seen) + area_m2(&answer.blind);
    assert!((both - 40_000.0).abs() < 400.0 && answer.seen.contains(&place(wenzhou()).point()), "{both}");
}

#[test]
fn cells_agree_with_single_places() {
    let mut seeded = Seeded(7);
    let (mut watched, mut blind, mut strange) = (0_usize, 0_usize, 0_usize);
    for _ in 0..30 {
        let walls = buildings(wenzhou(), &quarter(&mut seeded, 160, 40));
        let all: Vec<_> = (0..6)
            .map(|_| {
                let at = off(wenzhou(), seeded.below(7_000), seeded.below(7_000));
                let kind = seeded.one(&["fixed", "ptz", "dome"]);
                (at, pose(kind, seeded.share() * 360.0, 90.0, seeded.one(&[15.0, 30.0]), seeded.one(&[2.8, 6.0])))
            })
            .collect();
        let lenses = cameras(&all);
        let area = square(place(off(wenzhou(), 3_500, 3_500)), 50.0);
        let (eyes, solid) = (Cameras::new(&lenses), Buildings::new(&walls));
        let answer = coverage(&eyes, &solid, &area, &ask(2.0), |_| true).unwrap();
        for _ in 0..150 {
            let to = place(off(wenzhou(), 500 + seeded.below(6_000), 500 + seeded.below(6_000)));
            let c = Coord { x: to.lon(), y: to.lat() };
            // Only where the answer is the same all around: cells are judged by their middles.
            let around =
                [(0, 0), (250, 0), (-250, 0), (0, 250), (0, -250), (180, 180), (-180, -180), (180, -180), (-180, 180)];
            let answers: Vec<Option<bool>> = around
                .iter()
                .map(|(e, n)| {
                    let here = place(off(World::of(to), *e, *n));
                    let roofed = walls.covering(here).iter().any(|row| solid.height_m(*row).0 > 1.5);
                    let any =
                        (0..lenses.len()).any(|row| judge(&eyes, row, &solid, here, 1.5, 0.0).sees.after_s().is_some());
                    (!roofed).then_some(any)
                })
                .collect();
            if !area.contains(&c) || answers.iter().any(|a| *a != answers[0]) {
                continue;
            }
            let Some(sees) = answers[0] else { continue };
            if sees {
                watched += 1;
            } else {
                blind += 1;
            }
            // A thin shadow through the middle of a cell can pass between the nine.
            strange += usize::from(answer.blind.contains(&c) == sees);
        }
    }
    assert!(strange * 100 < watched + blind, "{strange} of {watched} and {blind}");
    assert!(watched > 200 && blind > 200, "{watched} {blind}");
}

#[test]
fn who_does_not_answer_does_not_watch() {
    let none = buildings(wenzhou(), &[]);
    let mut off_line = pose("dome", 0.0, 360.0, 50.0, 6.0);
    off_line.retain(|(name, _)| *name != "online");
    off_line.push(("online", Value::Bool(false)));
    // Three that look at other places: they say nothing of this one.
    let here = place(wenzhou());
    let elsewhere = World::of(Position::new(here.lon() + 0.003, here.lat()).unwrap());
    let mut far_off = off_line.clone();
    far_off.retain(|(name, _)| *name != "range_m");
    let camera = cameras(&[
        (wenzhou(), off_line),
        (wenzhou(), vec![("kind", Value::Text("fixed".to_owned()))]),
        (elsewhere, far_off),
        (elsewhere, vec![("kind", Value::Text("fixed".to_owned()))]),
        (elsewhere, pose("dome", 0.0, 360.0, 50.0, 6.0)),
    ]);
    let area = square(place(wenzhou()), 50.0);
    let answer = coverage(&Cameras::new(&camera), &Buildings::new(&none), &area, &ask(5.0), |_| true).unwrap();
    assert_eq!((answer.watched, answer.offline, answer.unknown, answer.cameras), (0, 1, 1, 0));
    assert!(answer.cells > 80 && answer.seen.0.is_empty());
    // Unless somebody asks what it would see.
    let mended = Watched { online_only: false, ..ask(5.0) };
    let answer = coverage(&Cameras::new(&camera), &Buildings::new(&none), &area, &mended, |_| true).unwrap();
    assert_eq!((answer.offline, answer.unknown, answer.cameras), (1, 1, 1));
    assert!(answer.share > 0.7, "{answer:?}");
}

#[test]
fn an_area_that_cannot_be_covered_is_refused_in_words() {
    let none = buildings(wenzhou(), &[]);
    let camera = cameras(&[]);
    let of = |area: &MultiPolygon<f64>, cell_m: f64| {
        coverage(&Cameras::new(&camera), &Buildings::new(&none), area, &ask(cell_m), |_| true).map(|c| c.cells)
    };
    let here = square(place(wenzhou()), 50.0);
    assert!(
        matches!(of(&here, 0.0), Err(CoverageError::Cell(_)))
            && matches!(of(&here, f64::NAN), Err(CoverageError::Cell(_)))
    );
    assert!(matches!(of(&square(place(wenzhou()), 50_000.0), 5.0), Err(CoverageError::TooLarge { .. })));
    assert_eq!(of(&MultiPolygon::new(Vec::new()), 5.0), Err(CoverageError::Empty));
    let roof = buildings(wenzhou(), &[Built::square(-10_000, -10_000, 20_000, 9.0)]);
    let under = coverage(&Cameras::new(&camera), &Buildings::new(&roof), &here, &ask(5.0), |_| true).unwrap();
    assert_eq!((under.cells, under.share.to_bits()), (0, 0.0_f64.to_bits()));
    assert!(under.under_roofs > 80);
}
