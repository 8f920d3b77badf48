//! GCJ-02 and BD-09: WGS84 degrees, shifted by some 500 m and by some 1,100 m.
//!
//! Neither is published; these are the formulas that every open implementation shares. Implementations differ in the
//! semi-major axis: here it is 6 378 245 m (Krasovsky), which differs from 6 378 137 m by about a centimetre.
//! The inverses have no formula and are iterated against the forward functions.

use std::f64::consts::PI;

/// Semi-major axis, metres.
const A: f64 = 6_378_245.0;
/// Square of the eccentricity.
const EE: f64 = 0.006_693_421_622_965_943;
/// Frequency of BD-09's wiggle.
const WIGGLE: f64 = PI * 3_000.0 / 180.0;

/// Whether GCJ-02 shifts the place: a box around China.
pub(super) fn is_shifted(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

pub(super) fn gcj02_of_wgs84(lon: f64, lat: f64) -> (f64, f64) {
    if !is_shifted(lon, lat) {
        return (lon, lat);
    }
    let (dlon, dlat) = shift(lon, lat);
    (lon + dlon, lat + dlat)
}

/// What is outside the box stays. Within 600 m of the edge of the box two places can have one image, or an image none;
/// there the answer is the one that the shift would give if it did not end.
pub(super) fn wgs84_of_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    if !is_shifted(lon, lat) {
        return (lon, lat);
    }
    undo(lon, lat, |lon, lat| {
        let (dlon, dlat) = shift(lon, lat);
        (lon + dlon, lat + dlat)
    })
}

pub(super) fn bd09_of_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * WIGGLE).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * WIGGLE).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

pub(super) fn gcj02_of_bd09(lon: f64, lat: f64) -> (f64, f64) {
    undo(lon, lat, bd09_of_gcj02)
}

/// Solves `forward(place) = image`. The shift changes by less than 1 % of a step, so each pass wins two digits and
/// eight passes reach the last ones; a thousandth of a millimetre ends it sooner.
fn undo(lon: f64, lat: f64, forward: impl Fn(f64, f64) -> (f64, f64)) -> (f64, f64) {
    let (mut x, mut y) = (lon, lat);
    for _ in 0..20 {
        let (fx, fy) = forward(x, y);
        let (dx, dy) = (fx - lon, fy - lat);
        (x, y) = (x - dx, y - dy);
        if dx.abs().max(dy.abs()) < 1e-11 {
            break;
        }
    }
    (x, y)
}

/// The shift of GCJ-02, degrees.
fn shift(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let common = 20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin();
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + (common + 20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + (common + 20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let phi = lat.to_radians();
    let w2 = 1.0 - EE * phi.sin().powi(2);
    let dlat = north.to_degrees() / (A * (1.0 - EE) / (w2 * w2.sqrt()));
    let dlon = east.to_degrees() / (A / w2.sqrt() * phi.cos());
    (dlon, dlat)
}
