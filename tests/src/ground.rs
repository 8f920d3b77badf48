//! Where things are, as far as a test must know: tiles and outlines.

use std::f64::consts::PI;

use serde_json::Value;

use crate::mvt::{Feature, Layer};

/// A tile of the web map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// Zoom.
    pub z: u8,
    /// Column, from the west.
    pub x: u32,
    /// Row, from the north.
    pub y: u32,
}

impl Tile {
    /// The tile of that zoom over a place.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "tests ask inside the world")]
    pub fn over((lon, lat): (f64, f64), z: u8) -> Self {
        let side = f64::from(1_u32 << z);
        let (x, y) = ((lon + 180.0) / 360.0, (1.0 - lat.to_radians().tan().asinh() / PI) / 2.0);
        Self { z, x: (x * side) as u32, y: (y * side) as u32 }
    }

    /// Every tile of that zoom that touches the box west, south, east, north.
    pub fn cover([west, south, east, north]: [f64; 4], z: u8) -> Vec<Self> {
        let (first, last) = (Self::over((west, north), z), Self::over((east, south), z));
        (first.x..=last.x).flat_map(|x| (first.y..=last.y).map(move |y| Self { z, x, y })).collect()
    }

    /// The path of the tile of those layers.
    pub fn path(self, layers: &str) -> String {
        format!("/tiles/{layers}/{}/{}/{}.mvt", self.z, self.x, self.y)
    }

    /// Longitude and latitude of a feature's first point.
    pub fn place(self, layer: &Layer, feature: &Feature) -> Option<(f64, f64)> {
        let (x, y) = *feature.parts.first()?.first()?;
        let side = f64::from(1_u32 << self.z);
        let along = |tile: u32, at: i32| (f64::from(tile) + f64::from(at) / f64::from(layer.extent)) / side;
        let (x, y) = (along(self.x, x), along(self.y, y));
        Some((x * 360.0 - 180.0, (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees()))
    }
}

/// The outer and inner rings of a polygon or of several.
#[derive(Debug, Clone)]
pub struct Outline(Vec<Vec<(f64, f64)>>);

impl Outline {
    /// Reads a GeoJSON `Polygon` or `MultiPolygon`.
    pub fn new(geometry: &Value) -> Self {
        let coordinates = geometry["coordinates"].as_array().cloned().unwrap_or_default();
        let rings: Vec<Value> = match geometry["type"].as_str() {
            Some("Polygon") => coordinates,
            Some("MultiPolygon") => coordinates.iter().filter_map(Value::as_array).flatten().cloned().collect(),
            _ => Vec::new(),
        };
        assert!(!rings.is_empty(), "not a polygon: {geometry}");
        Self(rings.iter().map(ring).collect())
    }

    /// Whether a place is inside: an odd number of edges lies to its east.
    pub fn contains(&self, (lon, lat): (f64, f64)) -> bool {
        let crosses = |(a, b): (&(f64, f64), &(f64, f64))| {
            (a.1 > lat) != (b.1 > lat) && lon < (b.0 - a.0) * (lat - a.1) / (b.1 - a.1) + a.0
        };
        let edges = self.0.iter().flat_map(|ring| ring.iter().zip(ring.iter().skip(1)));
        edges.filter(|edge| crosses(*edge)).count() % 2 == 1
    }

    /// How far a place is from the nearest edge, metres (flat, good for some kilometres).
    pub fn distance_m(&self, (lon, lat): (f64, f64)) -> f64 {
        let metres = |p: &(f64, f64)| ((p.0 - lon) * 111_195.0 * lat.to_radians().cos(), (p.1 - lat) * 111_195.0);
        let edges = self.0.iter().flat_map(|ring| ring.iter().zip(ring.iter().skip(1)));
        edges.map(|(a, b)| from_origin(metres(a), metres(b))).fold(f64::INFINITY, f64::min)
    }

    /// West, south, east, north.
    pub fn bounds(&self) -> [f64; 4] {
        let all = self.0.iter().flatten();
        all.fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, &(x, y)| {
            [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)]
        })
    }
}

fn ring(points: &Value) -> Vec<(f64, f64)> {
    let point = |p: &Value| Some((p[0].as_f64()?, p[1].as_f64()?));
    points.as_array().into_iter().flatten().filter_map(point).collect()
}

fn from_origin(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (-(a.0 * dx + a.1 * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (a.0 + along * dx).hypot(a.1 + along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_tiles_over_lucheng_are_those_of_the_domain_note() {
        let over = |z| Tile::over((120.6555, 28.015), z);
        assert_eq!(over(8), Tile { z: 8, x: 213, y: 107 });
        assert_eq!(over(16), Tile { z: 16, x: 54732, y: 27451 });
    }

    #[test]
    fn a_hole_is_outside() {
        let square = |low: f64, high: f64| json!([[low, low], [high, low], [high, high], [low, high], [low, low]]);
        let ring = Outline::new(&json!({"type": "Polygon", "coordinates": [square(0.0, 3.0), square(1.0, 2.0)]}));
        assert!(ring.contains((0.5, 0.5)) && !ring.contains((1.5, 1.5)) && !ring.contains((4.0, 1.0)));
        assert!((ring.distance_m((1.5, 0.5)) - 55_597.0).abs() < 60.0);
    }
}
