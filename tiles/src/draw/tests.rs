use mvt::{GeomEncoder, GeomType};
use proptest::prelude::*;
use spatial::still::ValueRef;
use spatial::{Layer, Shape, StillLayer, Value, World};

use crate::decode::{self, Value as Read, area2, only};
use crate::sample::{Sample, all, cameras, layer, line, point, polygon, square, text, tile};
use crate::{Sight, TileCoord, draw, spec};

/// The main layer of points drawn by the `mvt` crate: the slow twin.
fn twin(layer: &StillLayer, coord: TileCoord) -> Vec<u8> {
    let mut tile = mvt::Tile::new(4096);
    let mut out = tile.create_layer(layer.layer().name());
    let spec = spec(layer.layer()).unwrap();
    for row in layer.tile_range(coord.z(), coord.x(), coord.y()) {
        let at = crate::frame::Frame::of(coord).place(layer.world(row).unwrap());
        #[expect(clippy::cast_precision_loss, reason = "grid coordinates are small")]
        let geometry = GeomEncoder::new(GeomType::Point).point(at.x as f64, at.y as f64).unwrap().encode().unwrap();
        let mut feature = out.into_feature(geometry);
        feature.set_id(layer.fid(row).unwrap());
        for name in spec.attributes {
            match layer.value(row, name) {
                Some(ValueRef::Text(v)) => feature.add_tag_string(name, v),
                Some(ValueRef::Int(v)) if v < 0 => feature.add_tag_sint(name, v),
                Some(ValueRef::Int(v)) => feature.add_tag_uint(name, u64::try_from(v).unwrap()),
                Some(ValueRef::Float(v)) => feature.add_tag_double(name, v),
                Some(ValueRef::Bool(v)) => feature.add_tag_bool(name, v),
                None => {}
            }
        }
        out = feature.into_layer();
    }
    tile.add_layer(out).unwrap();
    tile.to_bytes().unwrap()
}

#[test]
fn points_read_the_same_as_those_of_the_mvt_crate() {
    let layer = cameras(tile(14), 500);
    assert_eq!(only(&draw(&layer, tile(14), &all())), only(&twin(&layer, tile(14))));
}

#[test]
fn a_small_layer_byte_by_byte() {
    let coord = tile(14);
    let layer = layer(Layer::Places, vec![(point(coord, 25.0, 17.0), vec![("kind", text("aed"))])]);
    let bytes = draw(&layer, coord, &all());
    #[rustfmt::skip]
    let expect = [
        0x1A, 48,
        0x78, 2,
        0x0A, 6, b'p', b'l', b'a', b'c', b'e', b's',
        // id 1, type point, MoveTo(1) 25 17, tags 0 0.
        0x12, 13, 0x08, 1, 0x18, 1, 0x22, 3, 9, 50, 34, 0x12, 2, 0, 0,
        0x1A, 4, b'k', b'i', b'n', b'd',
        0x22, 5, 0x0A, 3, b'a', b'e', b'd',
        0x28, 0x80, 0x20,
    ];
    // The layer's own length is checked by reading it; here its content.
    assert_eq!(bytes[2..], expect[2..]);
    assert_eq!(usize::from(bytes[1]), bytes.len() - 2);
}

#[test]
fn layers_put_one_after_the_other_are_a_tile() {
    let coord = tile(14);
    let roads =
        layer(Layer::Roads, vec![(line(coord, &[(0.0, 0.0), (500.0, 20.0)]).into(), vec![("class", text("primary"))])]);
    let mut bytes = draw(&cameras(coord, 3), coord, &all());
    bytes.extend(draw(&roads, coord, &all()));
    let names: Vec<String> = decode::tile(&bytes).into_iter().map(|l| l.name).collect();
    assert_eq!(names, ["cameras", "roads"]);
}

#[test]
fn what_may_not_be_seen_is_neither_drawn_nor_counted() {
    let layer = cameras(tile(14), 300);
    let even = |row: usize| row.is_multiple_of(2);
    let sight = Sight { wants: Some(&even), ..Sight::ALL };
    for z in [0, 8, 12, 14] {
        let coord = tile(z);
        let seen = layer.tile_range(z, coord.x(), coord.y()).filter(|row| even(*row)).count() as u64;
        assert_eq!(only(&draw(&layer, coord, &sight)).total(), seen, "zoom {z}");
    }
    let none = Sight { sees: &|_| false, ..Sight::ALL };
    assert!(draw(&layer, tile(14), &none).is_empty());
}

#[test]
fn hidden_fields_are_in_no_layer_of_the_tile() {
    let layer = cameras(tile(15), 300);
    let hidden = ["name", "azimuth_deg", "online"];
    let sight = Sight { hidden: &hidden, ..Sight::ALL };
    for z in [10, 14, 15] {
        for read in decode::tile(&draw(&layer, tile(z), &sight)) {
            assert!(hidden.iter().all(|name| !read.keys.iter().any(|key| key == name)), "zoom {z}");
            assert!(!read.keys.iter().any(|key| key == "online_n"));
            assert_ne!(read.name, "camera_views", "a view would show the azimuth");
        }
    }
}

#[test]
fn only_what_the_table_allows_is_in_a_tile() {
    for z in [5, 12, 14, 16] {
        for read in decode::tile(&draw(&cameras(tile(16), 100), tile(z), &all())) {
            let spec = spec(Layer::Cameras).unwrap();
            let known = |key: &String| {
                spec.attributes.contains(&key.as_str()) || ["n", "online_n", "cut"].contains(&key.as_str())
            };
            assert!(read.keys.iter().all(known), "{:?}", read.keys);
        }
    }
}

#[test]
fn far_away_a_cell_says_how_many_and_how_many_are_online() {
    let coord = tile(10);
    let camera = |x: f64, online| (point(coord, x, 100.0), vec![("online", Value::Bool(online)), ("name", text("a"))]);
    // A cell is 32 grid units wide: three cameras in one, one in another.
    let layer =
        layer(Layer::Cameras, vec![camera(0.0, true), camera(3.0, false), camera(31.0, true), camera(64.0, false)]);
    let read = only(&draw(&layer, coord, &all()));
    let got: Vec<_> = read
        .features
        .iter()
        .map(|f| (f.id, f.tags.get("n"), f.tags.get("online_n"), f.tags.contains_key("name")))
        .collect();
    let n = |v| Read::Uint(v);
    assert_eq!(got, [(None, Some(&n(3)), Some(&n(2)), false), (Some(4), Some(&n(1)), Some(&n(0)), true)]);
}

#[test]
fn counts_are_true_at_every_zoom() {
    let layer = cameras(tile(11), 2_000);
    for z in 0..=11 {
        assert_eq!(only(&draw(&layer, tile(z), &all())).total(), 2_000, "zoom {z}");
    }
}

#[test]
fn a_crowded_tile_stays_small_and_loses_nobody() {
    let coord = tile(16);
    let mut seeded = crate::sample::Seeded(3);
    let mut house = |n: usize| -> Sample {
        let at = point(coord, f64::from(seeded.below(4096)), f64::from(seeded.below(4096)));
        (at, vec![("address", Value::Text(format!("鹿城区五马街道公园路{n}号第{n}幢"))), ("room", text("101"))])
    };
    let layer = layer(Layer::Houses, (0..30_000).map(&mut house).collect());
    let bytes = draw(&layer, coord, &all());
    let read = only(&bytes);
    assert!(bytes.len() < 520_000, "{}", bytes.len());
    assert_eq!(read.total(), 30_000);
    assert_eq!(read.keys.iter().filter(|key| *key == "room").count(), 0);
}

#[test]
fn roads_appear_by_class() {
    let coord = tile(15);
    let road =
        |class: &str| -> Sample { (line(coord, &[(0.0, 0.0), (9e4, 9e4)]).into(), vec![("class", text(class))]) };
    let layer =
        layer(Layer::Roads, ["footway", "service", "residential", "tertiary", "secondary", "primary"].map(road).into());
    let count = |z| decode::tile(&draw(&layer, tile(z), &all())).first().map_or(0, |l| l.features.len());
    assert_eq!([4, 5, 9, 11, 13, 14, 15].map(count), [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn divisions_appear_by_level_with_one_name_each() {
    let coord = tile(12);
    let division = |level: &str| -> Sample {
        (square(coord, 100.0, 100.0, 3000.0), vec![("level", text(level)), ("name", text("鹿城"))])
    };
    let layer = layer(Layer::Jurisdictions, ["city", "county", "township", "village"].map(division).into());
    for (z, count) in [(0, 2), (8, 2), (9, 3), (12, 4)] {
        let read = decode::tile(&draw(&layer, tile(z), &all()));
        let names: Vec<&str> = read.iter().map(|l| l.name.as_str()).collect();
        // At zoom 0 a square of this size is no longer a polygon; its name still is.
        assert_eq!(read.last().unwrap().features.len(), count, "zoom {z}");
        assert!(z < 8 || names == ["jurisdictions", "jurisdictions_labels"]);
    }
    let east = TileCoord::new(13, tile(13).x() + 1, tile(13).y()).unwrap();
    let labels = [tile(13), east]
        .map(|c| decode::tile(&draw(&layer, c, &all())).iter().filter(|l| l.name.ends_with("_labels")).count());
    assert!(labels.iter().sum::<usize>() <= 1, "a name is in one tile of a zoom only");
}

#[test]
fn small_buildings_wait_for_their_zoom() {
    let coord = tile(15);
    let layer = layer(
        Layer::Buildings,
        vec![(square(coord, 100.0, 100.0, 30.0), vec![]), (square(coord, 500.0, 500.0, 400.0), vec![])],
    );
    let count = |z| decode::tile(&draw(&layer, tile(z), &all())).first().map_or(0, |l| l.features.len());
    assert_eq!([12, 13, 14, 15].map(count), [0, 1, 2, 2]);
}

#[test]
fn a_polygon_with_a_hole_across_the_edge() {
    let coord = tile(14);
    let outer: &[(f64, f64)] = &[(-500.0, 1000.0), (1000.0, 1000.0), (1000.0, 2000.0), (-500.0, 2000.0)];
    let hole: &[(f64, f64)] = &[(100.0, 1200.0), (400.0, 1200.0), (400.0, 1500.0), (100.0, 1500.0)];
    let layer = layer(Layer::Water, vec![(polygon(coord, &[outer, hole]), vec![])]);
    let read = only(&draw(&layer, coord, &all()));
    let areas: Vec<i64> = read.features[0].parts.iter().map(|ring| area2(ring)).collect();
    assert_eq!(areas, [2 * 1064 * 1000, -2 * 300 * 300]);
}

#[test]
fn a_camera_looks_where_it_says() {
    let coord = tile(16);
    let camera = |azimuth| {
        let fields = vec![
            ("azimuth_deg", Value::Float(azimuth)),
            ("angle_deg", Value::Float(40.0)),
            ("range_m", Value::Float(100.0)),
        ];
        (point(coord, 2000.0, 2000.0), fields)
    };
    let layer = layer(Layer::Cameras, vec![camera(0.0), camera(90.0)]);
    let read = decode::tile(&draw(&layer, coord, &all()));
    let views = &read[1];
    assert_eq!((views.name.as_str(), views.features.len()), ("camera_views", 2));
    let middle = |n: usize| {
        let ring = &views.features[n].parts[0];
        let count = i64::try_from(ring.len()).unwrap();
        (ring.iter().map(|p| p.0).sum::<i64>() / count - 2000, ring.iter().map(|p| p.1).sum::<i64>() / count - 2000)
    };
    let (north, east) = (middle(0), middle(1));
    assert!(north.1 < -300 && north.0.abs() < 10, "{north:?}");
    assert!(east.0 > 300 && east.1.abs() < 10, "{east:?}");
    // 100 m at 28° north are 760 units of a zoom 16 tile.
    let reach = views.features[1].parts[0].iter().map(|p| p.0 - 2000).max().unwrap();
    assert!((757..=762).contains(&reach), "{reach}");
}

#[test]
fn a_view_from_the_next_tile_reaches_in() {
    let coord = tile(16);
    let fields =
        vec![("azimuth_deg", Value::Float(90.0)), ("angle_deg", Value::Float(40.0)), ("range_m", Value::Float(100.0))];
    let layer = layer(Layer::Cameras, vec![(point(coord, -200.0, 2000.0), fields)]);
    let read = only(&draw(&layer, coord, &all()));
    assert_eq!((read.name.as_str(), read.features[0].id), ("camera_views", Some(1)));
}

#[test]
fn people_are_squares_whose_sum_is_kept() {
    use spatial::people::{Cell, Published, to_layer};
    let deep = tile(17);
    let cell = |dx: u32, residents| Cell {
        division: None,
        z: 17,
        x: deep.x() / 8 * 8 + dx,
        y: deep.y() / 8 * 8,
        residents,
        households: 5,
        need: None,
    };
    let published =
        Published { cells: vec![cell(0, 40), cell(1, 60), cell(2, 100)], suppressed_dwellings: 0, finest: 17 };
    let layer = to_layer(&published, 1);
    let residents = |z: u8| {
        let read = decode::tile(&draw(&layer, tile(z), &all()));
        let n = |f: &decode::Feature| if let Some(Read::Uint(n)) = f.tags.get("residents") { *n } else { 0 };
        read.first().map_or(vec![], |l| l.features.iter().map(n).collect())
    };
    assert_eq!(residents(12), [40, 60, 100]);
    assert_eq!(residents(11), [100, 100]);
    assert_eq!(residents(9), [200]);
    let read = only(&draw(&layer, tile(9), &all()));
    // A square of zoom 14 here is about 4.65 km².
    assert_eq!(read.features[0].tags["per_km2"], Read::Uint(43));
    let no_counts = Sight { hidden: &["residents"], ..Sight::ALL };
    let keys = decode::tile(&draw(&layer, tile(12), &no_counts)).into_iter().flat_map(|l| l.keys).collect::<Vec<_>>();
    assert_eq!(keys, ["households"]);
}

/// Places all over a tile and far around it.
fn places(most: usize) -> impl Strategy<Value = Vec<(f64, f64)>> {
    let one = prop_oneof![4 => -500.0..4600.0_f64, 1 => -1e6..1e6_f64];
    prop::collection::vec((one.clone(), one), 3..most)
}

fn is_valid(ring: &[(i64, i64)]) -> bool {
    ring.iter().all(|p| (-64..=4160).contains(&p.0) && (-64..=4160).contains(&p.1))
}

proptest! {
    #[test]
    fn any_shape_in_any_tile_is_valid(shape in places(40), z in 0_u8..=22, dx in 0_u32..3, layers in 0_usize..6) {
        let which = [Layer::Roads, Layer::Water, Layer::Land, Layer::Grids, Layer::Buildings, Layer::Jurisdictions][layers];
        let home = tile(z);
        let geometry = if which == Layer::Roads { line(home, &shape).into() } else { polygon(home, &[&shape]) };
        let fields = vec![("class", text("primary")), ("level", text("city")), ("code", text("x"))];
        let layer = layer(which, vec![(geometry, fields)]);
        let limit = (1_u32 << z) - 1;
        let coord = TileCoord::new(z, (home.x() + dx).min(limit), home.y()).unwrap();
        for read in decode::tile(&draw(&layer, coord, &all())) {
            prop_assert_eq!((read.version, read.extent), (2, 4096));
            for feature in &read.features {
                prop_assert_eq!(feature.id, Some(1));
                prop_assert!(!feature.parts.is_empty() && feature.parts.iter().all(|part| is_valid(part)));
                if feature.kind == 3 {
                    prop_assert!(area2(&feature.parts[0]) > 0, "the first ring is an exterior");
                    prop_assert!(feature.parts.iter().all(|ring| ring.len() > 2 && area2(ring) != 0));
                } else if which.shape() == Shape::Line {
                    prop_assert!(feature.parts.iter().all(|part| part.len() > 1 && part.windows(2).all(|w| w[0] != w[1])));
                }
            }
        }
    }

    #[test]
    fn points_anywhere_in_any_tile(at in prop::collection::vec((any::<u32>(), any::<u32>()), 1..60), z in 0_u8..=22) {
        let samples = at.iter().map(|(x, y)| {
            let (lon, lat) = World { x: *x, y: *y }.degrees();
            let fields = vec![("angle_deg", Value::Float(360.0)), ("range_m", Value::Float(20_000.0))];
            (geo::Point::new(lon, lat).into(), fields)
        });
        let layer = layer(Layer::Cameras, samples.collect());
        let first = layer.world(0).unwrap();
        let cut = |v: u32| v.checked_shr(32 - u32::from(z)).unwrap_or(0);
        let coord = TileCoord::new(z, cut(first.x), cut(first.y)).unwrap();
        let read = decode::tile(&draw(&layer, coord, &all()));
        let expect = layer.tile_range(z, coord.x(), coord.y()).len() as u64;
        prop_assert_eq!(read[0].total(), expect);
        prop_assert!(read[0].features.iter().all(|f| (0..4096).contains(&f.parts[0][0].0)));
    }
}
