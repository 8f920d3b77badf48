use std::collections::BTreeMap;

use proptest::prelude::*;

use super::square::LEVELS;
use super::{Case, Field, K, Mass, Past, Run, Square, Window, publish};
use crate::codes::Division;
use crate::position::Position;

fn everywhere(_: Option<Division>) -> bool {
    true
}

fn all_of(from: i32, to: i32) -> Window<'static> {
    Window { from, to, kinds: u32::MAX, may_see: &everywhere }
}

fn case(lon: f64, lat: f64, day: i32, kind: u8) -> Case {
    let division = if lon < 120.65 { "330302001001" } else { "330303002" };
    Case::new(Position::new(lon, lat).unwrap(), day, kind, Division::new(division).ok())
}

/// Crowded here and lonely there, over some months.
fn cases() -> impl Strategy<Value = Vec<Case>> {
    let crowd = (0..6_u8, 0..6_u8).prop_map(|(x, y)| (120.64 + f64::from(x) * 0.003, 28.0 + f64::from(y) * 0.003));
    let lonely = (120.0..121.0_f64, 27.5..28.5_f64);
    let place = prop_oneof![3 => crowd.boxed(), 1 => lonely.boxed()];
    prop::collection::vec((place, 0..120_i32, 0..3_u8), 0..300)
        .prop_map(|all| all.into_iter().map(|((lon, lat), day, kind)| case(lon, lat, day, kind)).collect())
}

#[test]
fn a_lone_case_is_nowhere() {
    let two = vec![case(120.7, 28.0, 3, 0), case(120.7, 28.0, 4, 0)];
    let made = publish(two.clone(), 10);
    assert_eq!((made.runs.len(), made.waiting, made.left_out), (0, 2, 0));
    let late = publish(two.clone(), 1_000);
    assert_eq!((late.runs.len(), late.waiting, late.left_out), (0, 0, 2));
    let past = Past::of(&late);
    let field = Field::new(past.masses(&all_of(i32::MIN, i32::MAX)), 500.0);
    assert!(field.raster(10, 855, 428, 256).iter().all(|density| *density == 0.0));
    // Two of another kind, or two in another division, are no company.
    let others = two.into_iter().chain([case(120.7, 28.0, 4, 1), case(120.7, 28.0, 5, 1)]).collect();
    assert_eq!(publish(others, 1_000).runs, []);
}

#[test]
fn three_are_told_together_and_evenly_on_their_days() {
    let three = vec![case(120.7, 28.0, 3, 2), case(120.7, 28.0, 4, 2), case(120.7, 28.0, 8, 2)];
    assert_eq!(publish(three.clone(), 7).runs, []);
    let made = publish(three, 8);
    let square = Square::of(Position::new(120.7, 28.0).unwrap());
    let division = Division::new("330303002").unwrap().number();
    assert_eq!(made.runs, [Run { last: 8, first: 3, division, kind: 2, square, n: 3 }]);
    let past = Past::of(&made);
    let n = |from, to| past.masses(&all_of(from, to)).iter().map(|mass| mass.n).sum::<f64>();
    assert!((n(0, 100) - 3.0).abs() < 1e-9 && (n(3, 5) - 1.5).abs() < 1e-9 && (n(8, 9) - 0.5).abs() < 1e-9);
    assert_eq!((n(9, 100), n(0, 2), n(5, 4)), (0.0, 0.0, 0.0));
    assert!(past.masses(&Window { kinds: 1, ..all_of(0, 100) }).is_empty());
    let of = |code: &str| {
        let mine = Division::new(code).unwrap();
        past.masses(&Window {
            may_see: &move |d: Option<Division>| d.is_some_and(|d| mine.contains(d)),
            ..all_of(0, 100)
        })
        .len()
    };
    assert_eq!((of("330303"), of("330303002"), of("330302")), (1, 1, 0));
}

#[test]
fn who_waited_long_enough_is_told_with_the_neighbours() {
    // About the middle of one of the largest squares, which is a corner of all smaller ones.
    let mut largest = Square::of(Position::new(120.7, 28.0).unwrap());
    while let Some(above) = largest.above() {
        largest = above;
    }
    let (lon, lat) = largest.centre();
    let apart = vec![case(lon + 0.001, lat, 0, 0), case(lon - 0.001, lat + 0.001, 1, 0), case(lon, lat - 0.001, 2, 0)];
    assert_eq!(publish(apart.clone(), 13).runs, []);
    let made = publish(apart, 200);
    assert_eq!((made.runs.len(), made.published(), made.left_out), (1, 3, 0));
    assert_eq!((made.runs[0].square, made.runs[0].first, made.runs[0].last), (largest, 0, 2));
}

proptest! {
    #[test]
    fn squares_have_true_metres_and_lie_in_those_above(lon in -180.0..180.0_f64, lat in -89.0..89.0_f64) {
        let place = Position::new(lon, lat).unwrap();
        let mut square = Square::of(place);
        for level in 0..LEVELS {
            let edge = square.edge_m();
            prop_assert!((edge - 200.0 * f64::from(1_u32 << level)).abs() < 1e-9);
            prop_assert!(square.narrowest_m() >= edge * 0.999_999, "{} of {}", square.narrowest_m(), edge);
            let (lon, lat) = square.centre();
            let centre = Position::new(lon, lat).unwrap();
            // Where a band of the largest has few columns they are much wider than high.
            prop_assert!((centre.lat() - place.lat()).abs().to_radians() * crate::EARTH_RADIUS_M <= edge / 2.0 * 1.000_001);
            let parent = square.above();
            prop_assert_eq!(parent.is_some(), level + 1 < LEVELS);
            square = parent.unwrap_or(square);
        }
    }

    #[test]
    fn every_case_is_in_one_run_or_in_none(cases in cases(), last in 0..160_i32) {
        let made = publish(cases.clone(), last);
        let later = publish(cases.clone(), i32::MAX - 1_000);
        prop_assert_eq!(later.published() + later.waiting + later.left_out, cases.len() as u64);
        prop_assert!(made.runs.iter().all(|run| run.n >= K && run.first <= run.last && run.last <= last));
        let mut mixed = cases;
        mixed.reverse();
        prop_assert_eq!(publish(mixed, last), made);
    }

    /// What a later publication adds are whole runs: two of them subtracted tell nothing of fewer than three.
    #[test]
    fn a_later_day_changes_no_earlier_run(cases in cases(), last in 0..130_i32, more in 0..30_i32) {
        let (early, late) = (publish(cases.clone(), last), publish(cases, last + more));
        let mut left: BTreeMap<Run, usize> = BTreeMap::new();
        for run in late.runs {
            *left.entry(run).or_default() += 1;
        }
        for run in early.runs {
            let known = left.get_mut(&run);
            prop_assert!(known.as_ref().is_some_and(|n| **n > 0), "{run:?} has gone");
            *known.unwrap() -= 1;
        }
    }

    /// Two reads of growing sums against the sum over all runs of their share in the window.
    #[test]
    fn a_window_is_the_share_of_each_run(cases in cases(), from in -5..130_i32, days in 0..60_i32, kinds in 0..8_u32) {
        let made = publish(cases, 200);
        let to = from + days;
        let mut twin: BTreeMap<(u64, u64), f64> = BTreeMap::new();
        for run in made.runs.iter().filter(|run| kinds >> run.kind & 1 == 1) {
            let shared = (run.last.min(to) - run.first.max(from) + 1).max(0);
            let (lon, lat) = run.square.centre();
            let n = f64::from(run.n) * f64::from(shared) / f64::from(run.last - run.first + 1);
            *twin.entry((lon.to_bits(), lat.to_bits())).or_default() += n;
        }
        twin.retain(|_, n| *n > 1e-9);
        let masses = Past::of(&made).masses(&Window { kinds, ..all_of(from, to) });
        prop_assert_eq!(masses.len(), twin.len());
        for mass in masses {
            let n = twin.get(&(mass.lon.to_bits(), mass.lat.to_bits())).copied().unwrap_or(f64::NAN);
            prop_assert!((mass.n - n).abs() < 1e-6, "{} and {}", mass.n, n);
        }
    }
}

/// Masses about the middle of the city, of several edges.
fn masses() -> impl Strategy<Value = Vec<Mass>> {
    let mass = (120.55..120.75_f64, 27.92..28.10_f64, 0..5_u32, 1.0..40.0_f64).prop_map(|(lon, lat, level, n)| Mass {
        lon,
        lat,
        edge_m: 200.0 * f64::from(1_u32 << level),
        n,
    });
    prop::collection::vec(mass, 1..40)
}

/// The middle of a pixel, degrees.
fn pixel(z: u8, tile: (u32, u32), side: u32, at: (u32, u32)) -> (f64, f64) {
    let around = f64::from(side) * f64::from(1_u32 << z);
    let along = |tile: u32, n: u32| (f64::from(tile * side + n) + 0.5) / around;
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * along(tile.1, at.1))).sinh().atan().to_degrees();
    (along(tile.0, at.0) * 360.0 - 180.0, lat)
}

/// The obvious twin: every mass, by its distance on the sphere.
fn density(masses: &[Mass], radius_m: f64, lon: f64, lat: f64) -> f64 {
    let here = Position::new(lon, lat).unwrap();
    let of = |mass: &Mass| {
        let radius = radius_m.max(mass.edge_m);
        let far = here.distance_m(&Position::new(mass.lon, mass.lat).unwrap()) / radius;
        let peak = 3.0 * mass.n / (std::f64::consts::PI * (radius / 1000.0).powi(2));
        peak * (1.0 - far * far).max(0.0).powi(2)
    };
    masses.iter().map(of).sum()
}

fn over(z: u8, lon: f64, lat: f64) -> (u32, u32) {
    let w = crate::World::of_degrees(lon, lat);
    (w.x >> (32 - u32::from(z)), w.y >> (32 - u32::from(z)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_tile_is_the_sum_over_all_masses(masses in masses(), z in 11_u8..=17, radius_m in 250.0..3_000.0_f64, pick in 0_usize..40) {
        let field = Field::new(masses.clone(), radius_m);
        let middle = masses[pick % masses.len()];
        let (x, y) = over(z, middle.lon, middle.lat);
        let raster = field.raster(z, x, y, 256);
        let peak: f64 = masses.iter().map(|mass| density(&[*mass], radius_m, mass.lon, mass.lat)).sum();
        let mut seen = 0;
        for row in (0..256).step_by(17) {
            for column in (0..256).step_by(19) {
                let (lon, lat) = pixel(z, (x, y), 256, (column, row));
                let (got, twin) = (raster[(row * 256 + column) as usize], density(&masses, radius_m, lon, lat));
                prop_assert!((got - twin).abs() <= 0.02 * peak, "{got} and {twin} of {peak}");
                prop_assert!((field.at(lon, lat) - twin).abs() <= 0.001 * peak + 1e-9);
                seen += u32::from(twin > 0.0);
            }
        }
        prop_assert!(seen > 0, "the tile over a mass has something in it");
    }

    #[test]
    fn all_tiles_of_a_zoom_hold_all_there_is(masses in masses(), z in 7_u8..=12, radius_m in 250.0..3_000.0_f64) {
        let field = Field::new(masses, radius_m);
        let ((west, north), (east, south)) = (over(z, 120.45, 28.2), over(z, 120.85, 27.82));
        let mut sum = 0.0;
        for x in west..=east {
            for y in north..=south {
                for (n, density) in (0..).zip(field.raster(z, x, y, 128)) {
                    let (_, lat) = pixel(z, (x, y), 128, (n % 128, n / 128));
                    let side_km = std::f64::consts::TAU * crate::EARTH_RADIUS_M / 1000.0 * lat.to_radians().cos()
                        / (128.0 * f64::from(1_u32 << z));
                    sum += density * side_km * side_km;
                }
            }
        }
        prop_assert!((sum - field.total()).abs() < 0.03 * field.total(), "{sum} of {}", field.total());
    }
}

#[test]
fn a_handful_does_not_glow() {
    let few = Field::new(vec![Mass { lon: 120.65, lat: 28.0, edge_m: 200.0, n: 3.0 }], 500.0);
    assert!((few.top() - 10.0 / (std::f64::consts::PI * 0.25)).abs() < 1e-9);
    assert!(few.at(120.65, 28.0) < few.top());
    let many = Field::new(vec![Mass { lon: 120.65, lat: 28.0, edge_m: 200.0, n: 300.0 }], 500.0);
    assert!((many.at(120.65, 28.0) - many.top()).abs() < 1e-9);
    assert_eq!(Field::new(Vec::new(), 500.0).raster(0, 0, 0, 64), vec![0.0; 64 * 64]);
}

#[test]
fn people_are_spread_as_their_cells_say() {
    use crate::people::{Dwelling, Rules, publish, to_layer};
    let home = |n: u32| Dwelling {
        position: Position::new(120.65 + f64::from(n % 40) * 0.0005, 28.0 + f64::from(n / 40) * 0.0005).unwrap(),
        division: Division::new(if n < 800 { "330302001" } else { "330303001" }).ok(),
        residents: 4,
        households: 2,
        need_help: 0,
    };
    let homes: Vec<Dwelling> = (0..1_600).map(home).collect();
    let published = publish(&homes, &Rules::new([7; 32]));
    let layer = to_layer(&published, 1);
    let all = super::residents(&layer, |_| true);
    let told: u32 = published.cells.iter().map(|cell| cell.residents).sum();
    assert!(all.len() == published.cells.len() && all.len() > 20, "{}", all.len());
    assert!((all.iter().map(|mass| mass.n).sum::<f64>() - f64::from(told)).abs() < 1e-6);
    assert!(all.iter().all(|mass| mass.edge_m >= 250.0 && mass.n >= 10.0));
    let mine = Division::new("330302").unwrap();
    let some = super::residents(&layer, |row| layer.division(row).is_some_and(|d| mine.contains(d)));
    assert!(!some.is_empty() && some.len() < all.len());
}
