//! The conversions that a file may have been spared, or been through once too often.

use spatial::Position;
use spatial::crs::Crs;

use super::LEAST_POINTS;
use super::search::{Found, LOST_M};
use super::shift::{BETTER, LITTLE_M, Nearest, SAME_WAY_M, TURNS, Way, distances, median, offsets, signs};

pub(super) type Transform = fn(f64, f64) -> Option<(f64, f64)>;

/// What may have been forgotten, or done once too often.
const KNOWN: [(&str, Transform); 6] = [
    ("reading it as gcj02 (GCJ-02 to WGS84)", |lon, lat| Crs::Gcj02.to_wgs84(lon, lat).ok()),
    ("reading it as bd09 (BD-09 to WGS84)", |lon, lat| Crs::Bd09.to_wgs84(lon, lat).ok()),
    ("not converting it from gcj02 (it was converted twice)", |lon, lat| Crs::Gcj02.from_wgs84(lon, lat).ok()),
    ("not converting it from bd09 (it was converted twice)", |lon, lat| Crs::Bd09.from_wgs84(lon, lat).ok()),
    ("reading as bd09 what was read as gcj02, here or before", |lon, lat| {
        read_instead(Crs::Gcj02, Crs::Bd09, lon, lat)
    }),
    ("reading as gcj02 what was read as bd09, here or before", |lon, lat| {
        read_instead(Crs::Bd09, Crs::Gcj02, lon, lat)
    }),
];

/// Where a row lies that was read as one system and is of the other.
fn read_instead(was: Crs, is: Crs, lon: f64, lat: f64) -> Option<(f64, f64)> {
    let (x, y) = was.from_wgs84(lon, lat).ok()?;
    is.to_wgs84(x, y).ok()
}

/// A conversion, and what it does to the points.
pub(super) struct Known {
    pub(super) name: &'static str,
    transform: Transform,
    /// Median distance that is left after it, metres.
    pub(super) left: f64,
    /// Mean of what is left, of each point at most [`LOST_M`]: tells conversions apart where most rows are inside something
    /// after either.
    mean: f64,
    /// How many standard deviations more points it brings nearer than half of them.
    pub(super) signs: f64,
}

/// What each conversion does to the points, which lie `before` away from their reference now; the one that explains best first.
pub(super) fn all(points: &[Position], before: &[f64], reference: &mut Nearest<'_>) -> Vec<Known> {
    let mut all: Vec<Known> = Vec::new();
    for (name, transform) in KNOWN {
        let offsets = offsets(points, reference, transform);
        let after = distances(&offsets);
        let there: Vec<f64> = after.iter().copied().filter(|away| away.is_finite()).collect();
        if there.len() >= LEAST_POINTS {
            let (left, signs) = (median(there.iter().copied()), signs(before, &after));
            all.push(Known { name, transform, left, mean: mean(&there), signs });
        }
    }
    all.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    all
}

impl Known {
    /// The way from where it puts the points to where they lie.
    pub(super) fn way(&self, points: &[Position]) -> Way {
        let mut back = |_: usize, point: Position| {
            let (lon, lat) = (self.transform)(point.lon(), point.lat())?;
            Position::new(lon, lat).ok()
        };
        let all = offsets(points, &mut back, |lon, lat| Some((lon, lat)));
        Way::of(&all.into_iter().flatten().collect::<Vec<_>>())
    }

    /// The least by which it brings points nearer than ways as long in the other directions, in standard deviations.
    pub(super) fn only_there(&self, points: &[Position], reference: &mut Nearest<'_>) -> f64 {
        let after = distances(&offsets(points, reference, self.transform));
        let least = TURNS.iter().map(|(cos, sin)| {
            let turned = |lon: f64, lat: f64| {
                let (there, scale) = ((self.transform)(lon, lat)?, lat.to_radians().cos());
                let (east, north) = ((there.0 - lon) * scale, there.1 - lat);
                Some((lon + (east * cos - north * sin) / scale, lat + east * sin + north * cos))
            };
            signs(&distances(&offsets(points, reference, turned)), &after)
        });
        least.fold(f64::INFINITY, f64::min)
    }

    /// How far its way ends from that of a way that was searched for (which leads back), metres.
    pub(super) fn apart_m(&self, points: &[Position], found: &Found) -> f64 {
        self.way(points).apart_m(&Way { east: -found.east, north: -found.north, spread: 0.0 })
    }
    /// Whether another conversion, of another way, explains about as well: then which of them it is cannot be told.
    pub(super) fn rival<'k>(&self, all: &'k [Self], points: &[Position]) -> Option<&'k Self> {
        let way = self.way(points);
        let as_well = |other: &&Self| other.name != self.name && other.mean <= BETTER * self.mean.max(LITTLE_M);
        all.iter().filter(as_well).find(|other| other.way(points).apart_m(&way) > SAME_WAY_M)
    }
}

/// The mean of distances of which each counts at most [`LOST_M`].
fn mean(distances: &[f64]) -> f64 {
    let sum: f64 = distances.iter().map(|away| away.min(LOST_M)).sum();
    #[expect(clippy::cast_precision_loss, reason = "some thousand points at most")]
    let many = distances.len().max(1) as f64;
    sum / many
}
