//! The still index against the plain scan and against rstar: 100,000 seeded points in and around a city.
//!
//! rstar measures on a plane in degrees scaled by the cosine of 28°, which is cheaper than the sphere; it is asked with
//! no filter and no limit.
#![expect(clippy::expect_used, reason = "a bench may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use geo::{Coord, LineString, MultiPolygon, Point, Polygon};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use spatial::still::{Row, scan};
use spatial::{Layer, Position, Properties, StillLayer, World, WorldBox};

const POINTS: u32 = 100_000;
const SHAPES: u64 = 20_000;

/// A seeded stream of numbers in 0..1 (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// Half of them in the city's 20 km, half in its 110 km.
    fn place(&mut self) -> Position {
        let (lon, lat) = if self.next() < 0.5 {
            (120.60 + 0.2 * self.next(), 27.95 + 0.15 * self.next())
        } else {
            (120.0 + 1.1 * self.next(), 27.4 + self.next())
        };
        Position::new(lon, lat).expect("a place near Wenzhou")
    }
}

fn benches(c: &mut Criterion) {
    let mut seeded = Seeded(1);
    let places: Vec<Position> = (0..POINTS).map(|_| seeded.place()).collect();
    let row = |(p, fid): (&Position, u64)| Row {
        fid,
        division: None,
        revision: 0,
        position: *p,
        geometry: Point::new(p.lon(), p.lat()).into(),
        properties: Properties::new(),
    };
    let layer = StillLayer::assemble(Layer::Cameras, &[], places.iter().zip(1..).map(row).collect());
    let flat = |p: &Position| [p.lon() * 28_f64.to_radians().cos(), p.lat()];
    let tree = RTree::bulk_load(places.iter().zip(0_u32..).map(|(p, n)| GeomWithData::new(flat(p), n)).collect());
    let asked: Vec<Position> = (0..1_024).map(|_| seeded.place()).collect();
    let mut turn = asked.iter().cycle();
    let mut next = || *turn.next().expect("a cycle does not end");

    let mut group = c.benchmark_group("nearest 10 of 100k");
    group.bench_function("still, limit 500 m", |b| b.iter(|| black_box(layer.nearest(next(), 10, 500.0, |_| true))));
    group.bench_function("still, no limit", |b| {
        b.iter(|| black_box(layer.nearest(next(), 10, f64::INFINITY, |_| true)));
    });
    group.bench_function("still, one row in 50 accepted", |b| {
        b.iter(|| black_box(layer.nearest(next(), 10, f64::INFINITY, |row| row % 50 == 0)));
    });
    group.bench_function("rstar", |b| {
        b.iter(|| black_box(tree.nearest_neighbor_iter(flat(&next())).take(10).map(|p| p.data).collect::<Vec<_>>()));
    });
    group.sample_size(10);
    group.bench_function("scan", |b| b.iter(|| black_box(scan::nearest(&layer, next(), 10, f64::INFINITY, |_| true))));
    group.finish();

    let mut group = c.benchmark_group("in an area of 100k");
    group.bench_function("within 1 km", |b| b.iter(|| black_box(layer.within(next(), 1_000.0, |_| true))));
    group.bench_function("box of 2 km", |b| {
        b.iter(|| {
            let w = World::of(next());
            black_box(layer.rows_in(WorldBox { min: w, max: w }.buffered(1 << 17)))
        });
    });
    group.bench_function("polygon of 64 corners, 4 km", |b| {
        b.iter(|| {
            let p = next();
            black_box(layer.within_polygon(&round(p, 0.02), |_| true))
        });
    });
    group.sample_size(10);
    group.bench_function("polygon, scan", |b| {
        b.iter(|| {
            let p = next();
            black_box(scan::within_polygon(&layer, &round(p, 0.02), |_| true))
        });
    });
    group.finish();
}

/// Streets and footprints: bent lines of 5 corners, polygons of 8, 50 m to 200 m across.
fn shapes(c: &mut Criterion) {
    let mut seeded = Seeded(2);
    let mut drawn = |layer: Layer, corners: u32| {
        let mut row = |(p, fid): (Position, u64)| {
            let size = 0.0005 + 0.0015 * seeded.next();
            let corner = |n: u32| {
                let angle = f64::from(n % 8) / 8.0 * std::f64::consts::TAU;
                Coord { x: p.lon() + size * angle.cos(), y: p.lat() + size * angle.sin() }
            };
            let line = LineString((0..=corners).map(corner).collect());
            let geometry = if layer == Layer::Roads { line.into() } else { Polygon::new(line, Vec::new()).into() };
            Row { fid, division: None, revision: 0, position: p, geometry, properties: Properties::new() }
        };
        let mut places = Seeded(3);
        StillLayer::assemble(layer, &[], (1..=SHAPES).map(|fid| row((places.place(), fid))).collect())
    };
    let (streets, footprints) = (drawn(Layer::Roads, 4), drawn(Layer::Buildings, 8));
    let mut asked = Seeded(4);
    let mut group = c.benchmark_group("nearest 10 of 20k shapes");
    for (name, layer) in [("streets", &streets), ("footprints", &footprints)] {
        group.bench_function(name, |b| b.iter(|| black_box(layer.nearest(asked.place(), 10, f64::INFINITY, |_| true))));
    }
    group.finish();
}

/// A round polygon about a place, radius in degrees.
fn round(p: Position, radius: f64) -> MultiPolygon<f64> {
    let corner = |n: u32| {
        let angle = f64::from(n % 64) / 64.0 * std::f64::consts::TAU;
        Coord { x: p.lon() + radius * angle.cos(), y: p.lat() + radius * angle.sin() }
    };
    MultiPolygon(vec![Polygon::new(LineString((0..=64).map(corner).collect()), Vec::new())])
}

criterion_group!(all, benches, shapes);
criterion_main!(all);
