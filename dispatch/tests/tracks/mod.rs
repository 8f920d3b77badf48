//! Tracks to fit a model of speed and heading on: buses that others recorded, and vehicles made from a seed.
#![allow(clippy::unwrap_used, reason = "a test may stop")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a test may read what it compares with")]
#![allow(clippy::cast_precision_loss, reason = "seconds since 1970")]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use dispatch::recommend::{Drift, Motion};
use flate2::read::GzDecoder;
use spatial::{EARTH_RADIUS_M, Position};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Two positions that are farther apart in time say nothing about how a unit moves now, seconds.
const MOTION_S: f64 = 240.0;
/// Drifts up to this age, seconds.
const OLDEST_S: f64 = 1_200.0;
/// Faster than this, the position is wrong, metres a second.
const FASTEST_MPS: f64 = 45.0;

/// A position in time, seconds since 1970 UTC.
pub(crate) type Fix = (f64, Position);

/// The tracks of one day of Austin's buses, by vehicle; `None` without the folder that `ONEMAP_TEST_DATA` names.
pub(crate) fn austin(day: &str) -> Option<BTreeMap<String, Vec<Fix>>> {
    let folder = std::env::var_os("ONEMAP_TEST_DATA").map(PathBuf::from)?;
    let file = File::open(folder.join(format!("avl-austin/{day}.csv.gz"))).unwrap();
    let mut rows = csv::Reader::from_reader(GzDecoder::new(file));
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (vehicle, at, lon, lat) = (column("vehicle_id"), column("timestamp"), column("longitude"), column("latitude"));
    let mut tracks: BTreeMap<String, Vec<Fix>> = BTreeMap::new();
    for row in rows.records() {
        let row = row.unwrap();
        // Positions at (0, 0) are no positions.
        let Ok(position) = Position::new(row[lon].parse().unwrap(), row[lat].parse().unwrap()) else { continue };
        let seconds = OffsetDateTime::parse(&row[at], &Rfc3339).unwrap().unix_timestamp();
        tracks.entry(row[vehicle].to_owned()).or_default().push((seconds as f64, position));
    }
    for track in tracks.values_mut() {
        track.sort_by(|a, b| a.0.total_cmp(&b.0));
        track.dedup_by(|later, first| later.0 <= first.0);
    }
    Some(tracks)
}

/// Metres east and north from one place to another.
fn apart(from: &Position, to: &Position) -> (f64, f64) {
    let middle = f64::midpoint(from.lat(), to.lat()).to_radians();
    let east = (to.lon() - from.lon()).to_radians() * middle.cos() * EARTH_RADIUS_M;
    (east, (to.lat() - from.lat()).to_radians() * EARTH_RADIUS_M)
}

/// Every pair of a position whose motion is known and a later one of the same track.
pub(crate) fn drifts(track: &[Fix]) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (n, pair) in track.windows(2).enumerate() {
        let ((before_s, before), (seen_s, seen)) = (&pair[0], &pair[1]);
        let (east, north) = apart(before, seen);
        let speed_mps = east.hypot(north) / (seen_s - before_s);
        if seen_s - before_s > MOTION_S || speed_mps > FASTEST_MPS {
            continue;
        }
        let motion = Some(Motion { speed_mps, heading_deg: east.atan2(north).to_degrees() });
        for (later_s, later) in &track[n + 2..] {
            let age_s = later_s - seen_s;
            if age_s > OLDEST_S {
                break;
            }
            let (east_m, north_m) = apart(seen, later);
            if east_m.hypot(north_m) <= FASTEST_MPS * age_s {
                drifts.push(Drift { motion, age_s, east_m, north_m });
            }
        }
    }
    drifts
}

/// A vehicle of a city of straight streets, 200 m apart: it drives at its own speed, turns at one corner in three, and
/// stops at one in four for up to two minutes. It reports every 20 s with an error of up to 10 m, and sometimes not.
pub(crate) fn made(seed: u64) -> Vec<Fix> {
    let mut seeded = Seeded(seed);
    let drives_mps = 4.0 + 10.0 * seeded.next();
    let (mut east, mut north, mut heading) = (0.0_f64, 0.0_f64, 0_u8);
    let (mut to_corner, mut stands_s) = (200.0 * seeded.next(), 0.0);
    let mut track = Vec::new();
    for second in 0..2 * 3_600 {
        if stands_s > 0.0 {
            stands_s -= 1.0;
        } else {
            let (e, n) = [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)][usize::from(heading)];
            (east, north, to_corner) = (east + e * drives_mps, north + n * drives_mps, to_corner - drives_mps);
        }
        if to_corner <= 0.0 {
            to_corner += 200.0;
            let turn = seeded.next();
            if turn < 1.0 / 3.0 {
                heading = (heading + if turn < 1.0 / 6.0 { 1 } else { 3 }) % 4;
            }
            if seeded.next() < 0.25 {
                stands_s = 120.0 * seeded.next();
            }
        }
        if second % 20 == 0 && seeded.next() < 0.8 {
            let mut off = || 20.0 * seeded.next() - 10.0;
            let lat = 28.0 + ((north + off()) / EARTH_RADIUS_M).to_degrees();
            let lon = 120.65 + ((east + off()) / (EARTH_RADIUS_M * 28_f64.to_radians().cos())).to_degrees();
            track.push((f64::from(second), Position::new(lon, lat).unwrap()));
        }
    }
    track
}

/// A seeded stream of numbers in 0..1 (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
