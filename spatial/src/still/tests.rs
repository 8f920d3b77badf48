use geo::{Coord, Geometry, LineString, MultiPolygon, Point, Polygon};
use proptest::prelude::*;

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
