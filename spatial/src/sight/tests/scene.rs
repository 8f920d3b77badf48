//! Small worlds for tests: footprints and cameras on a lattice of world units.

use geo::{Coord, LineString, Point, Polygon};

use crate::layer::Layer;
use crate::mercator::World;
use crate::noun::Noun;
use crate::position::Position;
use crate::still::{Row, StillLayer};
use crate::value::{Properties, Value};

/// Properties by name.
pub(super) type Named = Vec<(&'static str, Value)>;

/// A seeded stream of numbers (splitmix64).
pub(super) struct Seeded(pub(super) u64);

impl Seeded {
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number in `0..below`.
    pub(super) fn below(&mut self, below: i64) -> i64 {
        i64::try_from(self.bits() >> 33).unwrap() % below
    }

    /// A number in 0..1.
    pub(super) fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 32).unwrap()) / 4_294_967_296.0
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(i64::try_from(of.len()).unwrap())).unwrap()]
    }
}

/// A place `east`, `north` world units from another; around the world if need be.
pub(super) fn off(origin: World, east: i64, north: i64) -> World {
    let x = (i64::from(origin.x) + east).rem_euclid(1 << 32);
    World { x: u32::try_from(x).unwrap(), y: u32::try_from(i64::from(origin.y) - north).unwrap() }
}

pub(super) fn place(w: World) -> Position {
    w.position().unwrap()
}

pub(super) fn wenzhou() -> World {
    World::of(Position::new(120.6555, 28.0150).unwrap())
}

/// A building: rings of places east and north of an origin, its properties.
pub(super) struct Built {
    pub(super) rings: Vec<Vec<(i64, i64)>>,
    pub(super) properties: Vec<(&'static str, Value)>,
}

impl Built {
    pub(super) fn square(west: i64, south: i64, side: i64, height_m: f64) -> Self {
        let ring = vec![(west, south), (west + side, south), (west + side, south + side), (west, south + side)];
        Self { rings: vec![ring], properties: vec![("height_m", Value::Float(height_m))] }
    }
}

/// A layer of buildings; numbers from 1 in the order given.
pub(super) fn buildings(origin: World, built: &[Built]) -> StillLayer {
    let row = |(b, fid): (&Built, u64)| {
        let line = |ring: &Vec<(i64, i64)>| {
            let at = |(east, north): &(i64, i64)| off(origin, *east, *north).degrees();
            LineString(ring.iter().chain(ring.first()).map(at).map(|(x, y)| Coord { x, y }).collect())
        };
        let first = b.rings[0][0];
        Row {
            fid,
            division: None,
            revision: 0,
            position: place(off(origin, first.0, first.1)),
            geometry: Polygon::new(line(&b.rings[0]), b.rings[1..].iter().map(line).collect()).into(),
            properties: b.properties.iter().cloned().map(|(name, value)| (name.into(), value)).collect(),
        }
    };
    StillLayer::assemble(Layer::Buildings, Noun::fields(Layer::Buildings), built.iter().zip(1..).map(row).collect())
}

/// A layer of cameras; numbers from 1 in the order given.
pub(super) fn cameras(all: &[(World, Named)]) -> StillLayer {
    let row = |((w, properties), fid): (&(World, Named), u64)| Row {
        fid,
        division: None,
        revision: 0,
        position: place(*w),
        geometry: Point::new(place(*w).lon(), place(*w).lat()).into(),
        properties: properties.iter().cloned().map(|(n, v)| (n.into(), v)).collect::<Properties>(),
    };
    StillLayer::assemble(Layer::Cameras, Noun::fields(Layer::Cameras), all.iter().zip(1..).map(row).collect())
}

/// A pose in properties.
pub(super) fn pose(
    kind: &str,
    azimuth_deg: f64,
    angle_deg: f64,
    range_m: f64,
    height_m: f64,
) -> Vec<(&'static str, Value)> {
    vec![
        ("kind", Value::Text(kind.to_owned())),
        ("azimuth_deg", Value::Float(azimuth_deg)),
        ("angle_deg", Value::Float(angle_deg)),
        ("range_m", Value::Float(range_m)),
        ("height_m", Value::Float(height_m)),
        ("online", Value::Bool(true)),
    ]
}

/// A few dozen footprints on a lattice of `step` units, so that many touch, share walls and corners, cross themselves,
/// have holes; half of them lower than a camera.
pub(super) fn quarter(seeded: &mut Seeded, step: i64, wide: i64) -> Vec<Built> {
    let count = 4 + seeded.below(24);
    let mut all = Vec::new();
    for _ in 0..count {
        let (x, y) = (seeded.below(wide) * step, seeded.below(wide) * step);
        let (wide_by, deep) = ((1 + seeded.below(4)) * step, (1 + seeded.below(4)) * step);
        let (east, north) = (x + wide_by, y + deep);
        let outline = vec![(x, y), (east, y), (east, north), (x, north)];
        let rings = match seeded.below(7) {
            // A ring that crosses itself.
            0 => vec![vec![(x, y), (east, north), (east, y), (x, north)]],
            // A courtyard.
            1 if wide_by >= 2 * step && deep >= 2 * step => {
                let (half, some) = (step / 2, step / 4);
                vec![
                    outline,
                    vec![
                        (x + half, y + some),
                        (east - some, y + half),
                        (east - half, north - some),
                        (x + some, north - half),
                    ],
                ]
            }
            // An L.
            2 => vec![vec![
                (x, y),
                (east + step, y),
                (east + step, y + step / 2),
                (x + step / 2, y + step / 2),
                (x + step / 2, north),
                (x, north),
            ]],
            3 => vec![vec![(x, y), (east, y + deep / 2), (x + wide_by / 2, north)]],
            // Walls cut in two by a vertex.
            4 => vec![vec![(x, y), (x + wide_by / 2, y), (east, y), (east, north), (x, north), (x, y + deep / 2)]],
            _ => vec![outline],
        };
        let height = ("height_m", Value::Float(seeded.one(&[2.5, 3.0, 3.0, 6.0, 9.0, 18.0, 60.0])));
        let properties = match seeded.below(8) {
            0 => vec![("kind", Value::Text("kiosk".to_owned()))],
            1 => vec![("levels", Value::Int(2))],
            2 => Vec::new(),
            _ => vec![height],
        };
        all.push(Built { rings, properties });
    }
    all
}
