//! Rows far from all others of the same file, and many rows on one point: what a geocoder leaves that knew no better.

use std::collections::HashMap;

use spatial::Position;

use super::{Suspect, Suspicion};

/// Different places that are counted, 12 bytes each; of a larger file those that come first.
const MOST_PLACES: usize = 1_000_000;
/// Fewer rows than this have no bulk to be far from.
const LEAST_ROWS: u64 = 100;
/// A row is far when it is this many times farther from the middle than 95 of 100 rows are…
const TIMES: f64 = 3.0;
/// …and at least this far, metres: a small file has neighbours.
const LEAST_FAR_M: f64 = 10_000.0;
/// A pile has at least so many rows,
const LEAST_PILE: u64 = 20;
/// at least one of so many of the file,
const PILE_OF: u64 = 500;
/// and so many times what a place of the file usually has (many dwellings stand on one building).
const PILE_TIMES: u64 = 20;
/// Millionths of a degree, some 0.1 m: what lies nearer is one place.
const STEPS: f64 = 1e6;

/// Counts rows by place.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    places: HashMap<(i32, i32), u32>,
    rows: u64,
}

impl Crowd {
    /// A row at (longitude, latitude), WGS84 degrees.
    pub(crate) fn see(&mut self, lon: f64, lat: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "180 million at most")]
        let place = ((lon * STEPS).round() as i32, (lat * STEPS).round() as i32);
        if let Some(rows) = self.places.get_mut(&place) {
            *rows = rows.saturating_add(1);
        } else if self.places.len() < MOST_PLACES {
            self.places.insert(place, 1);
        } else {
            return;
        }
        self.rows += 1;
    }

    /// Rows far from the middle of the file (`far_off`), and rows on one point (`piled_up`).
    pub(crate) fn suspicions(&self) -> Vec<Suspicion> {
        self.far().into_iter().chain(self.piled()).collect()
    }

    fn far(&self) -> Option<Suspicion> {
        if self.rows < LEAST_ROWS {
            return None;
        }
        let all = || self.places.iter().map(|((x, y), rows)| (f64::from(*x) / STEPS, f64::from(*y) / STEPS, *rows));
        let middle = Position::new(
            quantile(all().map(|(lon, _, rows)| (lon, rows)), self.rows / 2)?,
            quantile(all().map(|(_, lat, rows)| (lat, rows)), self.rows / 2)?,
        );
        let middle = middle.ok()?;
        let away = |lon: f64, lat: f64| Position::new(lon, lat).map_or(0.0, |place| place.distance_m(&middle));
        let usual = quantile(all().map(|(lon, lat, rows)| (away(lon, lat), rows)), self.rows / 20 * 19)?;
        let limit = (TIMES * usual).max(LEAST_FAR_M);
        let far = || all().filter(|(lon, lat, _)| away(*lon, *lat) > limit);
        let rows: u64 = far().map(|(_, _, rows)| u64::from(rows)).sum();
        // Of equal piles the westernmost, so that the words do not change.
        let (lon, lat, most) =
            far().max_by(|a, b| a.2.cmp(&b.2).then(b.0.total_cmp(&a.0)).then(b.1.total_cmp(&a.1)))?;
        let farthest = far().map(|(lon, lat, _)| away(lon, lat)).fold(0.0, f64::max);
        let words = format!(
            "{rows} of {} rows lie more than {:.0} km from the middle of the file ({:.4}, {:.4}), and 95 of 100 rows lie \
             within {:.1} km; {most} of them at {lon:.6}, {lat:.6}",
            self.rows,
            limit / 1000.0,
            middle.lon(),
            middle.lat(),
            usual / 1000.0,
        );
        let evidence = [
            ("rows", number(rows)),
            ("of", number(self.rows)),
            ("usual_m", usual),
            ("limit_m", limit),
            ("farthest_m", farthest),
            ("lon", lon),
            ("lat", lat),
            ("rows_there", f64::from(most)),
        ];
        Some(Suspicion::new(Suspect::FarOff, words, evidence))
    }

    fn piled(&self) -> Option<Suspicion> {
        let usual = self.rows / (self.places.len() as u64).max(1);
        let least = LEAST_PILE.max(self.rows / PILE_OF).max(PILE_TIMES * usual);
        let piles = || self.places.iter().filter(|(_, rows)| u64::from(**rows) >= least);
        let ((x, y), most) = piles().max_by_key(|(place, rows)| (**rows, std::cmp::Reverse(**place)))?;
        let (count, rows): (u64, u64) = piles().fold((0, 0), |(n, sum), (_, rows)| (n + 1, sum + u64::from(*rows)));
        let (lon, lat) = (f64::from(*x) / STEPS, f64::from(*y) / STEPS);
        let words = format!(
            "{rows} of {} rows lie on {count} points with {least} rows or more, {most} at {lon:.6}, {lat:.6}: one place, or \
             what a geocoder answers when it knows no better?",
            self.rows,
        );
        let evidence = [
            ("rows", number(rows)),
            ("of", number(self.rows)),
            ("points", number(count)),
            ("lon", lon),
            ("lat", lat),
            ("rows_there", f64::from(*most)),
        ];
        Some(Suspicion::new(Suspect::PiledUp, words, evidence))
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

/// The value of the row at `at` when rows stand in the order of their values; each value has a number of rows.
fn quantile(values: impl Iterator<Item = (f64, u32)>, at: u64) -> Option<f64> {
    let mut values: Vec<(f64, u32)> = values.collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut before = 0;
    let found = values.iter().find(|(_, rows)| {
        before += u64::from(*rows);
        before > at
    });
    found.or(values.last()).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn town() -> Crowd {
        let mut crowd = Crowd::default();
        for n in 0..1_000_u32 {
            crowd.see(120.6 + f64::from(n % 40) * 1e-3, 28.0 + f64::from(n / 40) * 1e-3);
        }
        crowd
    }

    #[test]
    fn a_town_is_not_suspected_and_its_strays_are() {
        assert_eq!(town().suspicions(), []);
        let mut crowd = town();
        (0..30).for_each(|_| crowd.see(121.9, 29.5));
        crowd.see(100.0, 20.0);
        let found = crowd.suspicions();
        let codes: Vec<&str> = found.iter().map(|s| s.code.word()).collect();
        assert_eq!(codes, ["far_off", "piled_up"]);
        let of = |at: usize, name: &str| found[at].evidence[name];
        assert!((of(0, "rows"), of(0, "rows_there"), of(0, "lon")) == (31.0, 30.0, 121.9), "{}", found[0].words);
        assert!((of(1, "rows"), of(1, "points"), of(1, "lat")) == (30.0, 1.0, 29.5), "{}", found[1].words);
    }

    #[test]
    fn dwellings_on_one_building_are_no_pile() {
        let mut crowd = Crowd::default();
        for n in 0..2_000_u32 {
            crowd.see(120.6 + f64::from(n / 40) * 1e-3, 28.0);
        }
        assert_eq!(crowd.suspicions(), []);
    }
}
