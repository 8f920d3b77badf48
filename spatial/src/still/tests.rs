use geo::{Coord, Geometry, LineString, MultiPolygon, Point, Polygon};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::{Divisions, Row, StillLayer, scan};
use crate::codes::Division;
use crate::layer::Layer;
use crate::mercator::{World, WorldBox};
use crate::position::{Bounds, Position};
use crate::value::Properties;

fn row(fid: u64, position: Position, geometry: Geometry<f64>, division: Option<Division>) -> Row {
    Row { fid, division, revision: fid, position, geometry, properties: Properties::new() }
}

fn points(places: &[Position]) -> StillLayer {
    // Fids that do not run with the rows, so that ties show which of the two decides.
    let rows = places
        .iter()
        .zip(0_u64..)
        .map(|(p, n)| row((n * 7_919) % 10_007, *p, Point::new(p.lon(), p.lat()).into(), None));
    StillLayer::assemble(Layer::Cameras, &[], rows.collect())
}

/// A place of a city, on a border of tiles, on the antimeridian, near a pole, or anywhere; some of them equal.
fn place() -> impl Strategy<Value = Position> {
    let city = (120.6..120.7_f64, 27.98..28.05_f64);
    let border = (855_u32..860, 427_u32..431, 0..4_u32).prop_map(|(x, y, off)| {
        let (x, y) = ((x << 22) - (off & 1), (y << 22) - (off >> 1));
        World { x, y }.degrees()
    });
    let far_east = (prop_oneof![-180.0..-179.9_f64, 179.9..=180.0_f64], -17.0..-16.0_f64);
    let pole = (-180.0..180.0_f64, prop_oneof![84.9..=90.0_f64, -90.0..-84.9_f64]);
    let any = (-180.0..=180.0_f64, -90.0..=90.0_f64);
    let coarse = (0..4_u8, 0..4_u8).prop_map(|(x, y)| (120.65 + f64::from(x) * 0.003, 28.0 + f64::from(y) * 0.003));
    prop_oneof![4 => city.boxed(), 2 => border.boxed(), 1 => far_east.boxed(), 1 => pole.boxed(), 1 => any.boxed(), 2 => coarse.boxed()]
        .prop_filter_map("not a place", |(lon, lat)| Position::new(lon, lat).ok())
}

fn places() -> impl Strategy<Value = Vec<Position>> {
    prop::collection::vec(place(), 0..300)
}

fn distance() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 1.0..3_000.0, 1e4..1e6, 1e6..3e7, Just(f64::INFINITY), Just(f64::NAN), Just(-1.0)]
}

/// A star around a place: a ring that may cross itself when its radii are wild; sometimes with a hole.
fn star() -> impl Strategy<Value = Polygon<f64>> {
    (place(), prop::collection::vec(0.001..0.05_f64, 3..12), any::<bool>()).prop_map(|(centre, radii, hole)| {
        let ring = |scale: f64| {
            let turn = std::f64::consts::TAU / f64::from(u32::try_from(radii.len()).unwrap());
            let corner = |(n, radius): (u32, &f64)| {
                let angle = f64::from(n) * turn;
                Coord { x: centre.lon() + radius * scale * angle.cos(), y: centre.lat() + radius * scale * angle.sin() }
            };
            let mut ring: Vec<Coord<f64>> = (0..).zip(&radii).map(corner).collect();
            ring.push(ring[0]);
            LineString(ring)
        };
        Polygon::new(ring(1.0), if hole { vec![ring(0.5)] } else { Vec::new() })
    })
}

fn polygons(stars: &[Polygon<f64>], codes: &[Division]) -> StillLayer {
    let rows = stars.iter().zip(1_u64..).filter_map(|(star, n)| {
        let first = star.exterior().0.first()?;
        let position = Position::new(first.x.clamp(-180.0, 180.0), first.y.clamp(-90.0, 90.0)).ok()?;
        let code = codes.get(usize::try_from(n).unwrap() % codes.len().max(1)).copied();
        Some(row(n, position, star.clone().into(), code))
    });
    StillLayer::assemble(Layer::Jurisdictions, &[], rows.collect())
}

fn codes() -> Vec<Division> {
    ["330300", "330302", "330303", "330302006", "330302007", "330303001", "330302006044", "330303001001", "330304"]
        .iter()
        .map(|code| Division::new(code).unwrap())
        .collect()
}

/// A layer of streets: bent lines in and around a city, some of them closed.
fn streets() -> impl Strategy<Value = Vec<LineString<f64>>> {
    let bent = (place(), prop::collection::vec((-0.02..0.02_f64, -0.02..0.02_f64), 1..6), any::<bool>());
    let line = bent.prop_map(|(from, steps, closed)| {
        let mut at = Coord { x: from.lon(), y: from.lat() };
        let mut line = vec![at];
        for (dx, dy) in steps {
            at = Coord { x: at.x + dx, y: at.y + dy };
            line.push(at);
        }
        line.extend(closed.then(|| line[0]));
        LineString(line)
    });
    prop::collection::vec(line, 0..60)
}

fn lines(drawn: &[LineString<f64>]) -> StillLayer {
    let rows = drawn.iter().zip(1_u64..).filter_map(|(line, n)| {
        let first = line.0.first()?;
        Some(row(n, Position::new(first.x, first.y).ok()?, line.clone().into(), None))
    });
    StillLayer::assemble(Layer::Roads, &[], rows.collect())
}

/// Where the map is not cut off: beyond, what is near on the map need not be near on the sphere.
fn on_the_map() -> impl Strategy<Value = Position> {
    place().prop_filter("beyond the map", |place| place.lat().abs() < 80.0)
}

/// The index agrees with its twin when it finds as many rows, each as far: both round places to a world unit (1 cm),
/// and at the far side of the earth the foot on a straight edge and on a great circle part.
/// The same but for what rounding to the grid of world units (about a centimetre) moves: at a sharp corner that is more.
fn agree(found: &[super::Near], twin: &[super::Near], centre: Position) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), twin.len());
    for (a, b) in found.iter().zip(twin) {
        prop_assert!((a.distance_m - b.distance_m).abs() <= 0.1 + b.distance_m * 1e-5, "{:?} {:?}", a, b);
        prop_assert!((a.place.distance_m(&centre) - a.distance_m).abs() < 1e-6);
    }
    Ok(())
}

/// Rows and metres of a layer of one shape around (120.65, 28.0), where 0.001° of latitude are 111.195 m.
fn check_shape(geometry: impl Into<Geometry<f64>>, expect_m: f64, expect_place: (f64, f64)) {
    let centre = Position::new(120.65, 28.0).unwrap();
    let geometry = geometry.into();
    let layer = if matches!(geometry, Geometry::LineString(_)) { Layer::Roads } else { Layer::Buildings };
    // What stands for it is far away, so that it cannot be what is measured.
    let layer = StillLayer::assemble(layer, &[], vec![row(1, Position::new(121.0, 28.5).unwrap(), geometry, None)]);
    for found in [layer.nearest(centre, 1, 10_000.0, |_| true), layer.within(centre, expect_m + 1.0, |_| true)] {
        let near = found.first().unwrap();
        assert!((near.distance_m - expect_m).abs() < 0.02, "{near:?}");
        assert!(near.place.distance_m(&Position::new(expect_place.0, expect_place.1).unwrap()) < 0.05, "{near:?}");
    }
    assert!(expect_m == 0.0 || layer.within(centre, expect_m - 1.0, |_| true).is_empty());
}

fn square(side: f64) -> LineString<f64> {
    let (w, e, s, n) = (120.65 - side, 120.65 + side, 28.0 - side, 28.0 + side);
    LineString::from(vec![(w, s), (e, s), (e, n), (w, n), (w, s)])
}

#[test]
fn inside_a_polygon_is_no_distance() {
    check_shape(Polygon::new(square(0.01), Vec::new()), 0.0, (120.65, 28.0));
}

#[test]
fn the_edge_of_a_hole_is_what_is_near() {
    // A hole of 0.001° to the north and south and a third of that to the east.
    let hole = LineString::from(vec![
        (120.649, 27.999),
        (120.651, 27.999),
        (120.651, 28.001),
        (120.649, 28.001),
        (120.649, 27.999),
    ]);
    check_shape(Polygon::new(square(0.01), vec![hole]), 98.18, (120.651, 28.0));
}

#[test]
fn the_middle_of_a_street_is_nearer_than_its_corners() {
    check_shape(LineString::from(vec![(120.60, 28.001), (120.70, 28.001)]), 111.195, (120.65, 28.001));
}

#[test]
fn the_end_of_a_street_is_nearest_from_beyond_it() {
    check_shape(LineString::from(vec![(120.65, 28.002), (120.66, 28.012)]), 222.39, (120.65, 28.002));
}

#[test]
fn a_closed_street_is_not_filled() {
    check_shape(square(0.001), 98.18, (120.651, 28.0));
}

#[test]
fn the_second_part_of_a_shape_counts() {
    let far =
        Polygon::new(LineString::from(vec![(120.8, 28.1), (120.9, 28.1), (120.9, 28.2), (120.8, 28.1)]), Vec::new());
    check_shape(MultiPolygon(vec![far, Polygon::new(square(0.01), Vec::new())]), 0.0, (120.65, 28.0));
}

#[test]
fn shapes_that_hold_a_place_come_by_fid() {
    let stars: Vec<_> = (0..40).map(|_| Polygon::new(square(0.01), Vec::new())).collect();
    let near = polygons(&stars, &[]).nearest(Position::new(120.65, 28.0).unwrap(), 40, 10.0, |_| true);
    assert_eq!(near.len(), 40);
    assert!(near.iter().map(|near| near.row).is_sorted() && near.iter().all(|near| near.distance_m == 0.0));
}

#[test]
fn the_date_line_does_not_part_neighbours() {
    let layer = points(&[Position::new(179.999, -16.5).unwrap(), Position::new(-179.5, -16.5).unwrap()]);
    let centre = Position::new(-179.999, -16.5).unwrap();
    let near = layer.nearest(centre, 1, 1_000.0, |_| true);
    assert_eq!(near.len(), 1);
    assert!((near[0].distance_m - 213.3).abs() < 1.0, "{}", near[0].distance_m);
    assert_eq!(layer.within(centre, 1_000.0, |_| true), near);
}

#[test]
fn equal_places_come_by_fid() {
    let here = Position::new(120.65, 28.0).unwrap();
    let layer = points(&[here; 100]);
    let near = layer.nearest(here, 40, 10.0, |_| true);
    let fids: Vec<_> = near.iter().map(|near| layer.fid(near.row).unwrap()).collect();
    assert_eq!(fids.len(), 40);
    assert!(fids.is_sorted());
}

#[test]
fn many_shapes_east_of_greenwich_can_be_packed() {
    // World coordinates above 2³¹: the tree once added two of them in 32 bits.
    let square = |n: u32| {
        let (x, y) = (120.0 + f64::from(n) * 0.01, 28.0);
        Polygon::new(LineString::from(vec![(x, y), (x + 0.005, y), (x + 0.005, y + 0.005), (x, y)]), Vec::new())
    };
    let stars: Vec<_> = (0..100).map(square).collect();
    let layer = polygons(&stars, &codes());
    assert_eq!(layer.covering(Position::new(120.104, 28.001).unwrap()).len(), 1);
}

#[test]
fn a_place_on_a_border_drawn_twice_stays_in_its_county() {
    // The township of the second county overlaps the first county by mistake.
    let rect = |w: f64, e: f64| {
        Polygon::new(LineString::from(vec![(w, 28.0), (e, 28.0), (e, 28.1), (w, 28.1), (w, 28.0)]), Vec::new())
    };
    let division = |code| Division::new(code).unwrap();
    let layer = polygons(
        &[rect(120.0, 120.1), rect(120.1, 120.2), rect(120.09, 120.2), rect(120.0, 120.05)],
        &[division("330302006"), division("330302"), division("330303"), division("330303001")],
    );
    let divisions = Divisions::of(&layer);
    let at = |lon| divisions.at(Position::new(lon, 28.05).unwrap()).map(Division::short);
    assert_eq!(at(120.02).as_deref(), Some("330302006"));
    assert_eq!(at(120.07).as_deref(), Some("330302"));
    assert_eq!(at(120.095).as_deref(), Some("330302"));
    assert_eq!(at(120.15).as_deref(), Some("330303001"));
    assert_eq!(at(120.25), None);
}

proptest! {
    #[test]
    fn nearest_is_the_scan(places in places(), centre in place(), k in prop_oneof![0..5_usize, 5..400_usize], max_m in distance()) {
        let layer = points(&places);
        let accept = |row: usize| row % 5 != 1;
        prop_assert_eq!(layer.nearest(centre, k, max_m, accept), scan::nearest(&layer, centre, k, max_m, accept));
        prop_assert_eq!(layer.within(centre, max_m, accept), scan::within(&layer, centre, max_m, accept));
    }

    #[test]
    fn nearest_around_a_row_is_the_scan(places in places(), at: prop::sample::Index, k in 1..20_usize) {
        prop_assume!(!places.is_empty());
        let (layer, centre) = (points(&places), places[at.index(places.len())]);
        prop_assert_eq!(layer.nearest(centre, k, f64::INFINITY, |_| true), scan::nearest(&layer, centre, k, f64::INFINITY, |_| true));
    }

    #[test]
    fn boxes_and_tiles_are_the_scan(places in places(), a in place(), b in place(), z in 0..24_u8) {
        let layer = points(&places);
        let bounds = Bounds {
            west: a.lon().min(b.lon()), south: a.lat().min(b.lat()), east: a.lon().max(b.lon()), north: a.lat().max(b.lat()),
        };
        let bounds = WorldBox::of(bounds);
        prop_assert_eq!(layer.rows_in(bounds), scan::rows_in(&layer, bounds));
        let w = World::of(a);
        let (x, y) = (w.x.checked_shr(32 - u32::from(z)).unwrap_or(0), w.y.checked_shr(32 - u32::from(z)).unwrap_or(0));
        prop_assert_eq!(layer.tile_range(z, x, y).collect::<Vec<_>>(), scan::tile_rows(&layer, z, x, y));
    }

    #[test]
    fn inside_a_polygon_is_the_scan(places in places(), stars in prop::collection::vec(star(), 0..3)) {
        let (layer, polygon) = (points(&places), MultiPolygon(stars));
        let accept = |row: usize| row % 5 != 1;
        prop_assert_eq!(layer.within_polygon(&polygon, accept), scan::within_polygon(&layer, &polygon, accept));
    }

    #[test]
    fn shapes_are_the_scan(stars in prop::collection::vec(star(), 0..60), places in prop::collection::vec(place(), 1..20)) {
        let layer = polygons(&stars, &codes());
        let w = World::of(places[0]);
        let b = WorldBox { min: w, max: w }.buffered(1 << 20);
        prop_assert_eq!(layer.rows_in(b), scan::rows_in(&layer, b));
        for place in places {
            prop_assert_eq!(layer.covering(place), scan::covering(&layer, place));
        }
    }

    #[test]
    fn the_nearest_street_is_the_scan(drawn in streets(), centre in on_the_map(), k in 1..20_usize) {
        let layer = lines(&drawn);
        let accept = |row: usize| row % 5 != 1;
        agree(&layer.nearest(centre, k, f64::INFINITY, accept), &scan::nearest(&layer, centre, k, f64::INFINITY, accept), centre)?;
    }

    #[test]
    fn the_nearest_polygon_is_the_scan(stars in prop::collection::vec(star(), 0..60), centre in on_the_map(), k in 1..20_usize) {
        let layer = polygons(&stars, &codes());
        agree(&layer.nearest(centre, k, f64::INFINITY, |_| true), &scan::nearest(&layer, centre, k, f64::INFINITY, |_| true), centre)?;
    }

    #[test]
    fn shapes_in_a_circle_are_the_scan(stars in prop::collection::vec(star(), 0..60), centre in on_the_map(), radius_m in 1.0..30_000.0_f64) {
        let layer = polygons(&stars, &codes());
        let found = layer.within(centre, radius_m, |_| true);
        let twin = scan::within(&layer, centre, radius_m, |_| true);
        // Only what the circle touches within a hand's breadth may be in one and not in the other.
        let inner = |all: &[super::Near]| -> Vec<super::Near> {
            all.iter().copied().filter(|near| near.distance_m < radius_m - 0.1 - radius_m * 1e-5).collect()
        };
        agree(&inner(&found), &inner(&twin), centre)?;
        prop_assert!(found.iter().all(|near| near.distance_m <= radius_m));
    }
}

proptest! {
    // Drawing the map of divisions costs a few milliseconds a case.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn divisions_are_the_scan(stars in prop::collection::vec(star(), 0..12), places in prop::collection::vec(place(), 1..200)) {
        let layer = polygons(&stars, &codes());
        let divisions = Divisions::of(&layer);
        for place in places {
            prop_assert_eq!(divisions.at(place), scan::division_at(&layer, place));
        }
    }
}
