//! Where units were needed: reported incidents of the last days, gathered to points.
//!
//! Only what people reported counts (rule R-ORIGIN): what patrols find follows where patrols go, and would send them
//! there again. The caller hands in nothing else; `weight` is 1 for a plain count.

use std::collections::BTreeMap;

use spatial::{Bounds, EARTH_RADIUS_M, Position};

/// Hours of a week; hour 0 begins on Monday at midnight.
pub const HOURS: usize = 168;
/// How far back demand reaches, days.
pub const DAYS: i64 = 90;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A reported incident.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reported {
    /// Where.
    pub position: Position,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it counts for.
    pub weight: u32,
    /// Index of the place that it lies in, in the list of names.
    pub place: u32,
}

/// What was needed at one point in one hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Index of the point.
    pub point: u32,
    /// Hour of the week, 0 to 167.
    pub hour: u8,
    /// Index of the place.
    pub place: u32,
    /// What it counts for.
    pub weight: u32,
}

/// Demand: points that times are asked for, and calls at them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Demand {
    points: Vec<Position>,
    calls: Vec<Call>,
    names: Vec<String>,
}

impl Demand {
    /// Gathers the incidents of the [`DAYS`] before `now_ms` in cells of `cell_m` metres; a point is the first incident of
    /// its cell, so that it lies where somebody was. `offset_min` says how many minutes the local time, in which hours are
    /// counted, is ahead of UTC at a moment (milliseconds since 1970 UTC). Incidents outside the time, of weight 0 or of a place without a name are left out; the order does not matter.
    ///
    /// ```
    /// use patrol::{Demand, Reported};
    /// let position = spatial::Position::new(120.65, 28.0)?;
    /// let monday_noon = 1_795_406_400_000; // 2026-11-23 04:00 UTC, noon in Wenzhou
    /// let call = Reported { position, at_ms: monday_noon, weight: 1, place: 0 };
    /// let demand = Demand::gather(&[call, call], vec!["Nanpu".to_owned()], monday_noon, |_| 480, 100.0);
    /// assert_eq!((demand.points().len(), demand.calls().len(), demand.calls()[0].hour), (1, 1, 12));
    /// assert_eq!(demand.total(), 2);
    /// # Ok::<(), spatial::PositionError>(())
    /// ```
    pub fn gather(
        reported: &[Reported],
        names: Vec<String>,
        now_ms: i64,
        offset_min: impl Fn(i64) -> i32,
        cell_m: f64,
    ) -> Self {
        let recent = now_ms.saturating_sub(DAYS * DAY_MS)..=now_ms;
        let counts = |r: &&Reported| {
            let has_name = usize::try_from(r.place).is_ok_and(|place| place < names.len());
            recent.contains(&r.at_ms) && r.weight > 0 && has_name
        };
        let mut kept: Vec<&Reported> = reported.iter().filter(counts).collect();
        let order = |r: &Reported| (r.at_ms, r.place, r.weight);
        let place = |a: &Reported, b: &Reported| {
            let (a, b) = (a.position, b.position);
            a.lon().total_cmp(&b.lon()).then(a.lat().total_cmp(&b.lat()))
        };
        kept.sort_by(|a, b| order(a).cmp(&order(b)).then(place(a, b)));

        let mut points = Vec::new();
        let mut cells: BTreeMap<(i64, i64), u32> = BTreeMap::new();
        let mut sums: BTreeMap<(u32, u8, u32), u32> = BTreeMap::new();
        for one in kept {
            let point = *cells.entry(cell(one.position, cell_m)).or_insert_with(|| {
                points.push(one.position);
                u32::try_from(points.len() - 1).unwrap_or(u32::MAX)
            });
            let weight = sums.entry((point, hour_of_week(one.at_ms, offset_min(one.at_ms)), one.place)).or_default();
            *weight = weight.saturating_add(one.weight);
        }
        let call = |((point, hour, place), weight)| Call { point, hour, place, weight };
        Self { points, calls: sums.into_iter().map(call).collect(), names }
    }

    /// Demand from parts: calls at points. Calls that name a point, hour or place that does not exist are left out.
    pub fn of(points: Vec<Position>, calls: Vec<Call>, names: Vec<String>) -> Self {
        let known = |index: u32, length: usize| usize::try_from(index).is_ok_and(|index| index < length);
        let whole = |call: &Call| {
            known(call.point, points.len()) && usize::from(call.hour) < HOURS && known(call.place, names.len())
        };
        let calls = calls.into_iter().filter(whole).collect();
        Self { points, calls, names }
    }

    /// The points that times are asked for.
    pub fn points(&self) -> &[Position] {
        &self.points
    }

    /// What was needed at them.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Names of the places.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All that was needed.
    pub fn total(&self) -> u64 {
        self.calls.iter().map(|call| u64::from(call.weight)).sum()
    }

    /// What each point counts for, over all hours.
    pub fn weights(&self) -> Vec<u32> {
        let mut weights = vec![0_u32; self.points.len()];
        for call in &self.calls {
            let weight = &mut weights[index(call.point)];
            *weight = weight.saturating_add(call.weight);
        }
        weights
    }
}

/// Which hour of the week it is, 0 to 167, hour 0 on Monday at midnight; local time is `utc_offset_min` ahead of UTC.
pub fn hour_of_week(at_ms: i64, utc_offset_min: i32) -> u8 {
    let local_h = at_ms.saturating_add(i64::from(utc_offset_min) * 60_000).div_euclid(HOUR_MS);
    // 1970 began on a Thursday, three days after a Monday.
    u8::try_from((local_h + 3 * 24).rem_euclid(168)).unwrap_or(0)
}

/// The cell of a place: rows of latitude, and in each row columns as wide as they are high.
#[expect(clippy::cast_possible_truncation, reason = "whole numbers far below 2^53")]
fn cell(position: Position, cell_m: f64) -> (i64, i64) {
    let high = height(cell_m);
    let row = (position.lat() / high).floor();
    (row as i64, (position.lon() / width(row, high)).floor() as i64)
}

/// The square in which [`Demand::gather`] puts a place together with others, WGS84 degrees. Squares of one row share
/// their sides to the last bit.
///
/// ```
/// let position = spatial::Position::new(120.65, 28.0)?;
/// let square = patrol::square(position, 400.0);
/// assert!(square.contains(position) && ((square.north - square.south) * 111_195.0 - 400.0).abs() < 0.1);
/// # Ok::<(), spatial::PositionError>(())
/// ```
#[expect(clippy::cast_precision_loss, reason = "whole numbers far below 2^53")]
pub fn square(position: Position, cell_m: f64) -> Bounds {
    let (row, column) = cell(position, cell_m);
    let (row, column, high) = (row as f64, column as f64, height(cell_m));
    let wide = width(row, high);
    Bounds { west: column * wide, south: row * high, east: (column + 1.0) * wide, north: (row + 1.0) * high }
}

/// How high a cell is, degrees.
fn height(cell_m: f64) -> f64 {
    (cell_m.max(1.0) / EARTH_RADIUS_M).to_degrees()
}

/// How wide the cells of a row are, degrees.
fn width(row: f64, high: f64) -> f64 {
    high / (row * high).to_radians().cos().max(1e-6)
}

pub(crate) fn index(point: u32) -> usize {
    usize::try_from(point).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(at_ms: i64, utc_offset_min: i32, hour: u8) {
        assert_eq!(hour_of_week(at_ms, utc_offset_min), hour, "{at_ms} {utc_offset_min}");
    }

    #[test]
    fn a_week_begins_on_monday_at_midnight_local_time() {
        check(0, 0, 72); // Thursday 1970-01-01 00:00
        check(-1, 0, 71);
        check(4 * DAY_MS, 0, 0); // Monday 1970-01-05
        check(4 * DAY_MS - 1, 0, 167);
        check(4 * DAY_MS, 480, 8);
        check(4 * DAY_MS, -60, 167);
        check(4 * DAY_MS, 345, 5); // Nepal
    }

    #[test]
    fn old_future_weightless_and_nameless_incidents_are_left_out() {
        let position = Position::new(120.65, 28.0).unwrap();
        let now_ms = 1_795_406_400_000;
        let at = |at_ms: i64| Reported { position, at_ms, weight: 1, place: 0 };
        let odd = [at(now_ms + 1), at(now_ms - 90 * DAY_MS - 1), Reported { weight: 0, ..at(now_ms) }];
        let nameless = Reported { place: 1, ..at(now_ms) };
        let all = [odd[0], odd[1], odd[2], nameless, at(now_ms), at(now_ms - 90 * DAY_MS)];
        let demand = Demand::gather(&all, vec!["a".to_owned()], now_ms, |_| 480, 100.0);
        assert_eq!(demand.total(), 2);
    }

    /// Where clocks change, the hours of a week do not shift by one for half of the year.
    #[test]
    fn hours_are_those_of_the_clock_on_that_day() {
        let position = Position::new(-8.61, 41.15).unwrap();
        let at = |at_ms: i64| Reported { position, at_ms, weight: 1, place: 0 };
        let summer_ends = 1_792_890_000_000; // 2026-10-25 01:00 UTC, in Porto
        let lisbon = |at_ms: i64| if at_ms < summer_ends { 60 } else { 0 };
        let noon_before = summer_ends - 7 * DAY_MS + 10 * HOUR_MS; // 11:00 UTC
        let noon_after = summer_ends + 11 * HOUR_MS; // 12:00 UTC
        let all = [at(noon_before), at(noon_after)];
        let demand = Demand::gather(&all, vec!["Porto".to_owned()], noon_after, lisbon, 100.0);
        assert_eq!(demand.calls().iter().map(|call| (call.hour, call.weight)).collect::<Vec<_>>(), [(6 * 24 + 12, 2)]);
    }

    #[test]
    fn a_place_lies_in_its_square_and_neighbours_share_a_side() {
        for n in 0..500_u32 {
            let (lon, lat) = (-179.0 + f64::from(n) * 0.71, -80.0 + f64::from(n) * 0.32);
            let position = Position::new(lon, lat).unwrap();
            let own = square(position, 400.0);
            assert!((own.west..=own.east).contains(&lon) && (own.south..=own.north).contains(&lat), "{own:?}");
            let east = Position::new(own.east + (own.east - own.west) / 2.0, lat).unwrap();
            let next = square(east, 400.0);
            let bits = |sides: [f64; 3]| sides.map(f64::to_bits);
            assert_eq!(bits([next.west, next.south, next.north]), bits([own.east, own.south, own.north]));
            let north = Position::new(lon, own.north + (own.north - own.south) / 2.0).unwrap();
            assert_eq!(square(north, 400.0).south.to_bits(), own.north.to_bits());
        }
    }

    #[test]
    fn the_order_of_reports_does_not_matter() {
        let at = |n: u32| {
            let lon = 120.6 + f64::from(n % 7) * 0.0004;
            let position = Position::new(lon, 28.0 + f64::from(n % 5) * 0.0003).unwrap();
            Reported { position, at_ms: i64::from(n) * 3_700_000, weight: 1 + n % 3, place: n % 2 }
        };
        let mut all: Vec<Reported> = (0..200).map(at).collect();
        let names = || vec!["a".to_owned(), "b".to_owned()];
        let one = Demand::gather(&all, names(), DAYS * DAY_MS, |_| 480, 100.0);
        all.reverse();
        assert_eq!(one, Demand::gather(&all, names(), DAYS * DAY_MS, |_| 480, 100.0));
        assert_eq!(one.total(), all.iter().map(|r| u64::from(r.weight)).sum::<u64>());
        assert!(one.points().len() > 3 && one.points().len() < 35, "{}", one.points().len());
    }
}
