//! What may come and must not hurt: the edges of the world, shapes that span it, rings of a hundred thousand vertices or of
//! no area, a million rows on one spot. Each tile is valid before the strict judge, small, and counts everybody.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "helpers of tests: what does not hold here is the finding; counts are small"
)]

#[path = "../../tests/src/strict/mod.rs"]
pub mod strict;

use geo::{Coord, CoordsIter, Geometry, LineString, Point, Polygon};
use spatial::still::Row;
use spatial::{Layer, Noun, Position, Properties, StillLayer, Value, World};
use strict::judge;
use tiles::{DEEPEST_ZOOM, Sight, TileCoord, draw};

/// Bytes of a layer at most, and some for its head and its labels.
const LARGEST: usize = 520_000;

fn layer(layer: Layer, all: Vec<(Geometry<f64>, &str)>) -> StillLayer {
    let row = |(n, (geometry, name)): (usize, (Geometry<f64>, &str))| {
        let at = geometry.coords_iter().next().unwrap();
        let mut properties = Properties::new();
        properties.put("name", Value::Text(name.to_owned()));
        let position = Position::new(at.x, at.y).unwrap();
        Row { fid: n as u64 + 1, division: None, revision: 1, position, geometry, properties }
    };
    StillLayer::assemble(layer, Noun::fields(layer), all.into_iter().enumerate().map(row).collect())
}

/// The tile of a zoom over a place.
fn over(lon: f64, lat: f64, z: u8) -> TileCoord {
    let at = World::of_degrees(lon, lat);
    let cut = |v: u32| v.checked_shr(32 - u32::from(z)).unwrap_or(0);
    TileCoord::new(z, cut(at.x), cut(at.y)).unwrap()
}

/// Draws a tile that must be valid and not too large.
fn drawn(layer: &StillLayer, coord: TileCoord) -> Vec<u8> {
    let tile = draw(layer, coord, &Sight::ALL);
    assert_eq!(judge(&tile), [], "{coord:?}");
    assert!(tile.len() <= LARGEST, "{coord:?}: {} bytes", tile.len());
    tile
}

/// All tiles of the first zooms, and those over some places down to the deepest.
fn everywhere(layer: &StillLayer, places: &[(f64, f64)]) -> usize {
    let mut tiles = Vec::new();
    for z in 0..=4 {
        let side = 1_u32 << z;
        tiles.extend((0..side).flat_map(|x| (0..side).map(move |y| TileCoord::new(z, x, y).unwrap())));
    }
    for z in 5..=DEEPEST_ZOOM {
        tiles.extend(places.iter().map(|(lon, lat)| over(*lon, *lat, z)));
    }
    tiles.into_iter().filter(|coord| !drawn(layer, *coord).is_empty()).count()
}

fn ring(all: &[(f64, f64)]) -> LineString<f64> {
    all.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
}

fn area(all: &[(f64, f64)]) -> Geometry<f64> {
    Polygon::new(ring(all), Vec::new()).into()
}

/// Seeded numbers from 0 to 1 (splitmix).
fn seeded(n: u64) -> f64 {
    let mut v = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    v = (v ^ (v >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    v = (v ^ (v >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((v ^ (v >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

const CORNERS: [(f64, f64); 8] = [
    (-180.0, 85.06),
    (180.0, 85.06),
    (-180.0, -85.06),
    (180.0, -85.06),
    (-180.0, 90.0),
    (180.0, -90.0),
    (0.1, 85.051_128_78),
    (-180.0, 0.1),
];

#[test]
fn points_at_the_edges_of_the_world_are_in_its_outermost_tiles() {
    let points = CORNERS.iter().map(|(lon, lat)| (Geometry::from(Point::new(*lon, *lat)), "edge")).collect();
    let layer = layer(Layer::Places, points);
    for (lon, lat) in CORNERS {
        for z in 0..=DEEPEST_ZOOM {
            let coord = over(lon, lat, z);
            let last = (1_u32 << z) - 1;
            assert!([0, last].contains(&coord.x()) || [0, last].contains(&coord.y()), "{lon} {lat}: {coord:?}");
            assert!(!drawn(&layer, coord).is_empty(), "{lon} {lat}: {coord:?}");
        }
    }
}

#[test]
fn shapes_that_span_the_world_are_cut_to_every_tile() {
    let world = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0), (-180.0, -90.0)];
    let hole = ring(&[(120.0, 27.0), (120.0, 29.0), (121.0, 29.0), (121.0, 27.0), (120.0, 27.0)]);
    let pierced = Polygon::new(ring(&world), vec![hole]);
    // A ring that runs nine times round over the same ground.
    let windings: Vec<(f64, f64)> = world[..4].iter().copied().cycle().take(36).collect();
    let inside = [(120.5, 28.0), (120.0, 27.0), (0.1, 0.1), (179.999, 85.0), (-179.999, -85.0)];
    for shape in [area(&world), pierced.into(), area(&windings)] {
        let layer = layer(Layer::Water, vec![(shape, "sea")]);
        let held = everywhere(&layer, &inside);
        assert!(held > 341, "{held} tiles hold something");
    }
    let round = LineString::from(vec![(-180.0, -85.06), (180.0, 85.06), (-180.0, 85.06), (180.0, -85.06)]);
    let mut row = layer_of_road(round);
    assert!(everywhere(&row, &inside) > 0);
    row = layer_of_road(LineString::from(vec![(120.5, 28.0), (120.5, 28.0)]));
    assert_eq!(everywhere(&row, &inside), 0, "a road without length is not drawn");
}

fn layer_of_road(line: LineString<f64>) -> StillLayer {
    let at = line.0[0];
    let mut properties = Properties::new();
    properties.put("class", Value::Text("primary".to_owned()));
    let position = Position::new(at.x, at.y.clamp(-90.0, 90.0)).unwrap();
    let row = Row { fid: 1, division: None, revision: 1, position, geometry: line.into(), properties };
    StillLayer::assemble(Layer::Roads, Noun::fields(Layer::Roads), vec![row])
}

#[test]
fn a_ring_of_a_hundred_thousand_vertices_is_drawn_at_every_zoom() {
    let place = |n: u64, jag: f64| {
        let turn = n as f64 / 100_000.0 * std::f64::consts::TAU;
        let far = 0.3 * (1.0 - jag * seeded(n));
        (120.5 + far * turn.cos(), 28.0 + far * turn.sin())
    };
    let ring = |jag: f64| (0..100_000).chain([0]).map(|n| place(n, jag)).collect::<Vec<(f64, f64)>>();
    let coast = ring(0.002);
    let drawn_of_coast = layer(Layer::Water, vec![(area(&coast), "coast")]);
    let seen = everywhere(&drawn_of_coast, &[coast[0], coast[25_000], coast[60_000], (120.5, 28.0)]);
    assert!(seen > 50, "{seen} tiles hold something");
    // A comb whose teeth lie closer than any grid that shows it whole: on the grid its edges cross each other.
    let comb = ring(0.9);
    let drawn_of_comb = layer(Layer::Water, vec![(area(&comb), "comb")]);
    for z in [2, 7, 11, 15] {
        assert!(!drawn(&drawn_of_comb, over(120.5, 28.0, z)).is_empty(), "zoom {z}");
    }
}

#[test]
fn rings_without_area_leave_nothing_in_a_tile() {
    let flat: [&[(f64, f64)]; 5] = [
        &[(120.5, 28.0), (120.5, 28.0), (120.5, 28.0), (120.5, 28.0)],
        &[(120.5, 28.0), (120.5, 28.1), (120.5, 28.2), (120.5, 28.0)],
        &[(120.5, 28.0), (120.6, 28.0), (120.6, 28.1), (120.6, 28.0), (120.5, 28.0)],
        &[(120.5, 28.0), (120.5, 28.000_000_1), (120.5, 28.0)],
        &[(120.5, 28.0)],
    ];
    let all = flat.iter().map(|ring| (area(ring), "flat")).collect();
    let layer = layer(Layer::Grids, all);
    for z in 12..=DEEPEST_ZOOM {
        for (lon, lat) in [(120.5, 28.0), (120.6, 28.1), (120.6, 28.0)] {
            let tile = draw(&layer, over(lon, lat, z), &Sight::ALL);
            assert_eq!(judge(&tile), [], "zoom {z}");
            // Only the names may stand there, from the zoom of names on.
            assert!(z >= 14 || tile.is_empty(), "zoom {z}: {} bytes", tile.len());
        }
    }
}

#[test]
fn a_million_rows_on_one_spot_are_one_point_that_says_so() {
    let (lon, lat) = (120.6555, 28.015);
    let rows = (0..1_000_000).map(|_| (Geometry::from(Point::new(lon, lat)), "the same")).collect();
    let layer = layer(Layer::Places, rows);
    for z in 0..=DEEPEST_ZOOM {
        let tile = drawn(&layer, over(lon, lat, z));
        assert!(tile.len() < 200, "zoom {z}: {} bytes", tile.len());
        // The count of a million as the tile's only value: field 5 of a value, 1,000,000 as a varint.
        assert!(tile.windows(4).any(|bytes| bytes == [0x28, 0xc0, 0x84, 0x3d]), "zoom {z}: {tile:?}");
    }
}
