//! One z14 tile of 10,000 seeded cameras with four attributes: straight bytes against the `mvt` crate.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mvt::{GeomEncoder, GeomType};
use spatial::noun::Noun;
use spatial::still::{Row, ValueRef};
use spatial::{Layer, Position, Properties, StillLayer, Value, World, WorldBox};
use tiles::{Sight, TileCoord, draw};

const POINTS: u64 = 10_000;
const ATTRIBUTES: [&str; 4] = ["name", "kind", "azimuth_deg", "online"];

/// Seeded numbers (splitmix).
fn seeded(n: u64) -> u64 {
    let mut v = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    v = (v ^ (v >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    v = (v ^ (v >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    v ^ (v >> 31)
}

fn cameras(b: WorldBox, named: bool) -> StillLayer {
    let row = |n: u64| {
        let of = |salt: u64, bound: u32| u32::try_from(seeded(n * 16 + salt) % u64::from(bound)).unwrap_or(0);
        let side = b.max.x - b.min.x + 1;
        let (lon, lat) = World { x: b.min.x + of(0, side), y: b.min.y + of(1, side) }.degrees();
        let kind = ["fixed", "ptz", "dome"].get(of(2, 3) as usize).copied().unwrap_or("fixed");
        let mut properties = Properties::new();
        if named {
            properties.put("name", Value::Text(format!("摄{n}")));
        }
        properties.put("kind", Value::Text(kind.to_owned()));
        properties.put("azimuth_deg", Value::Float(f64::from(of(3, 360))));
        properties.put("online", Value::Bool(of(4, 10) > 0));
        let position = Position::new(lon, lat).ok()?;
        let fid = seeded(n) >> 11;
        Some(Row { fid, division: None, revision: 1, position, geometry: position.point().into(), properties })
    };
    StillLayer::assemble(Layer::Cameras, Noun::fields(Layer::Cameras), (0..POINTS).filter_map(row).collect())
}

fn by_mvt(layer: &StillLayer, coord: TileCoord) -> Option<Vec<u8>> {
    let mut tile = mvt::Tile::new(4096);
    let mut out = tile.create_layer("cameras");
    let origin = coord.bounds().min;
    for row in layer.tile_range(coord.z(), coord.x(), coord.y()) {
        let w = layer.world(row)?;
        let along = |v: u32, from: u32| f64::from((v - from) >> (20 - coord.z()));
        let at = GeomEncoder::new(GeomType::Point).point(along(w.x, origin.x), along(w.y, origin.y)).ok()?;
        let mut feature = out.into_feature(at.encode().ok()?);
        feature.set_id(layer.fid(row)?);
        for name in ATTRIBUTES {
            match layer.value(row, name) {
                Some(ValueRef::Text(v)) => feature.add_tag_string(name, v),
                Some(ValueRef::Int(v)) => feature.add_tag_sint(name, v),
                Some(ValueRef::Float(v)) => feature.add_tag_double(name, v),
                Some(ValueRef::Bool(v)) => feature.add_tag_bool(name, v),
                None => {}
            }
        }
        out = feature.into_layer();
    }
    tile.add_layer(out).ok()?;
    tile.to_bytes().ok()
}

fn encode(c: &mut Criterion) {
    let coord = TileCoord::new(14, 13683, 6862).expect("a tile of the city");
    let all = Sight::ALL;
    for (name, named) in [("with a unique name", true), ("three shared values", false)] {
        let layer = cameras(coord.bounds(), named);
        let mut group = c.benchmark_group(format!("z14, 10,000 points, {name}"));
        group.throughput(Throughput::Elements(POINTS));
        group.bench_function("straight bytes", |b| b.iter(|| draw(black_box(&layer), coord, &all)));
        group.bench_function("mvt crate", |b| b.iter(|| by_mvt(black_box(&layer), coord)));
        let low = TileCoord::new(10, 855, 428).expect("a tile of the city");
        group.bench_function("thinned at z10", |b| b.iter(|| draw(black_box(&layer), low, &all)));
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
