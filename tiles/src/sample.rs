//! Small layers for tests, placed by the grid of a tile.

use geo::{Coord, CoordsIter, Geometry, LineString, Point, Polygon};
use spatial::noun::Noun;
use spatial::still::Row;
use spatial::{Layer, Position, Properties, StillLayer, Value, World};

use crate::{Sight, TileCoord};

/// What a row of a sample is.
pub(crate) type Sample = (Geometry<f64>, Vec<(&'static str, Value)>);

/// Everything, nothing hidden.
pub(crate) fn all() -> Sight<'static> {
    Sight::ALL
}

/// The tile of the middle of Wenzhou at a zoom.
pub(crate) fn tile(z: u8) -> TileCoord {
    let w = World::of_degrees(120.6555, 28.0150);
    let cut = |v: u32| v.checked_shr(32 - u32::from(z)).unwrap_or(0);
    TileCoord::new(z, cut(w.x), cut(w.y)).unwrap()
}

/// Degrees of a place on the grid of a tile (which may lie outside it).
pub(crate) fn degrees(coord: TileCoord, x: f64, y: f64) -> Coord<f64> {
    let side = f64::from(1_u32 << coord.z());
    let (u, v) =
        ((f64::from(coord.x()) + (x + 0.5) / 4096.0) / side, (f64::from(coord.y()) + (y + 0.5) / 4096.0) / side);
    let (lon, lat) = spatial::degrees_at(u, v);
    Coord { x: lon.clamp(-180.0, 180.0), y: lat }
}

pub(crate) fn point(coord: TileCoord, x: f64, y: f64) -> Geometry<f64> {
    Point::from(degrees(coord, x, y)).into()
}

pub(crate) fn line(coord: TileCoord, all: &[(f64, f64)]) -> LineString<f64> {
    LineString(all.iter().map(|(x, y)| degrees(coord, *x, *y)).collect())
}

pub(crate) fn polygon(coord: TileCoord, rings: &[&[(f64, f64)]]) -> Geometry<f64> {
    let mut rings = rings.iter().map(|ring| line(coord, ring));
    Polygon::new(rings.next().unwrap(), rings.collect()).into()
}

/// A square by its north-west corner and its side.
pub(crate) fn square(coord: TileCoord, x: f64, y: f64, side: f64) -> Geometry<f64> {
    polygon(coord, &[&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)]])
}

pub(crate) fn text(v: &str) -> Value {
    Value::Text(v.to_owned())
}

/// A layer of samples; the fid of the n-th is n + 1. A row stands where its first vertex is.
pub(crate) fn layer(layer: Layer, samples: Vec<Sample>) -> StillLayer {
    let row = |(n, (geometry, fields)): (usize, Sample)| {
        let at = geometry.coords_iter().next().unwrap();
        let mut properties = Properties::new();
        for (name, value) in fields {
            properties.put(name, value);
        }
        let position = Position::new(at.x, at.y).unwrap();
        Row { fid: n as u64 + 1, division: None, revision: 1, position, geometry, properties }
    };
    StillLayer::assemble(layer, Noun::fields(layer), samples.into_iter().enumerate().map(row).collect())
}

/// Seeded numbers below `bound` (splitmix).
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut v = self.0;
        v = (v ^ (v >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        v = (v ^ (v >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((v ^ (v >> 31)) % u64::from(bound)).unwrap()
    }
}

/// Cameras spread over a tile.
pub(crate) fn cameras(coord: TileCoord, count: usize) -> StillLayer {
    let mut seeded = Seeded(7);
    let sample = |n: usize| {
        let at = point(coord, f64::from(seeded.below(4096)), f64::from(seeded.below(4096)));
        let fields = vec![
            ("name", Value::Text(format!("五马街 {n}"))),
            ("kind", text(["fixed", "ptz", "dome"][n % 3])),
            ("azimuth_deg", Value::Float(f64::from(seeded.below(3600)) / 10.0)),
            ("angle_deg", Value::Float(60.0)),
            ("range_m", Value::Float(80.0)),
            ("online", Value::Bool(seeded.below(10) != 0)),
            ("stream", text("rtsp://secret")),
            ("legal_basis", text("never in a tile")),
        ];
        (at, fields)
    };
    layer(Layer::Cameras, (0..count).map(sample).collect())
}
