//! What a unit's device is like, learnt from its own reports: how often it reports, how far its clock is off, and
//! whether its places are shifted as those of another coordinate system are.

use std::collections::VecDeque;

use crate::crs::Crs;
use crate::position::Position;

/// Gaps between reports that are remembered.
const GAPS: usize = 9;
/// Reports whose times are remembered: the least delay of them is the clock's.
const TIMES: usize = 32;
/// Places that are remembered of those that were compared with the roads.
const PLACES: usize = 24;
/// Nothing is said of a shift before so many places were compared.
const ENOUGH: usize = 20;
/// Places nearer to each other than this say the same thing of a shift, metres.
const APART_M: f64 = 20.0;
/// Median distance to the nearest road that needs an explanation, metres.
const OFF_ROAD_M: f64 = 12.0;
/// Median distance that is on the road, metres: half a road, and the device's own doubt.
const ON_ROAD_M: f64 = 10.0;
/// A shift explains the distance when it makes it so much smaller.
const SMALLER: f64 = 0.4;

/// A least delay up to this is the network's, milliseconds.
const DELAY_MS: i64 = 2_000;

/// Systems whose places are sometimes sent as if they were WGS84.
const SHIFTED: [Crs; 2] = [Crs::Gcj02, Crs::Bd09];

/// What is known of a device. Its size is bounded.
#[derive(Debug, Clone, Default)]
pub struct Device {
    last_at_ms: Option<i64>,
    gaps_ms: VecDeque<i64>,
    /// When its last reports were made by its own clock, and when they came.
    times_ms: VecDeque<(i64, i64)>,
    compared: Option<Position>,
    /// Distance to the nearest road as sent, and as each of [`SHIFTED`], metres.
    distances_m: VecDeque<[f64; 1 + SHIFTED.len()]>,
    shift: Option<Crs>,
    /// Reports in a row that were dated ahead of its own clock.
    ahead: u8,
}

/// Reports that make a clock known.
const KNOWN_BY: usize = 3;
/// Reports that tell whether a device reports live.
const STEADY_BY: usize = 8;
/// A report dated later than this by a known clock is of the future, milliseconds.
const AHEAD_MS: i64 = 5_000;
/// So many in a row, and the clock was set.
const SET_BY: u8 = 5;

impl Device {
    /// A clock that is off by more than this is not believed, milliseconds; by less, its times are put right.
    pub const BELIEVED_MS: i64 = 60_000;

    /// When something that the device dates happened by our clock, milliseconds since 1970 UTC; `None` when its clock is
    /// not believed.
    pub fn put_right(&self, at_ms: i64) -> Option<i64> {
        match self.skew_ms() {
            // What a network takes is no fault of a clock.
            Some(skew) if skew.abs() <= DELAY_MS => Some(at_ms),
            Some(skew) if skew.abs() <= Self::BELIEVED_MS => Some(at_ms.saturating_add(skew)),
            Some(_) => None,
            None => Some(at_ms),
        }
    }

    /// Whether a report is dated ahead of now by the device's own clock, as far as that is known: by more than 5 s. One
    /// such report would freeze a unit at a place of the future. When five in a row are, the clock was set: what was known
    /// of it is forgotten, and the report is taken.
    pub fn is_ahead(&mut self, at_ms: i64, received_ms: i64) -> bool {
        let known = self.known_skew_ms();
        let delay = received_ms.saturating_sub(at_ms);
        // Stored reports come with ever smaller delays; only what is dated later than now is of the future.
        let ahead = delay < -AHEAD_MS && known.is_some_and(|skew| delay < skew.saturating_sub(AHEAD_MS));
        self.ahead = if ahead { self.ahead.saturating_add(1) } else { 0 };
        if self.ahead >= SET_BY {
            self.times_ms.clear();
            self.ahead = 0;
            return false;
        }
        ahead
    }

    /// Takes the times of a report: by the device, and when it came; milliseconds since 1970 UTC.
    pub fn reported(&mut self, at_ms: i64, received_ms: i64) {
        if let Some(gap) = self.last_at_ms.map(|last| at_ms.saturating_sub(last)).filter(|gap| *gap > 0) {
            push(&mut self.gaps_ms, gap, GAPS);
        }
        self.last_at_ms = Some(self.last_at_ms.map_or(at_ms, |last| last.max(at_ms)));
        push(&mut self.times_ms, (at_ms, received_ms), TIMES);
        self.forget_what_was_ahead();
    }

    /// A clock that was ahead and whose last reports all say otherwise was set: what it said before tells nothing.
    fn forget_what_was_ahead(&mut self) {
        let last = self.times_ms.len().saturating_sub(SET_BY.into());
        let ahead = self.skew_ms().filter(|skew| *skew < -DELAY_MS);
        let newest = self.delays_ms().skip(last).min();
        if let (Some(ahead), Some(newest)) = (ahead, newest)
            && last > 0
            && newest > ahead.saturating_add(AHEAD_MS)
        {
            self.times_ms.drain(..last);
        }
    }

    /// When a report was made by our clock, milliseconds since 1970 UTC: as it says, unless the device's clock is more
    /// than a minute off, which would freeze its unit in the future or let it look lost; then by what its other reports
    /// have taken to come. A clock that is behind is told from reports that were stored: live ones come as they are made.
    pub fn dated(&self, at_ms: i64) -> i64 {
        let off = |skew: &i64| skew.abs() > Self::BELIEVED_MS;
        match self.skew_ms().filter(off) {
            Some(skew) if self.times_ms.len() >= KNOWN_BY && (skew < 0 || self.is_live()) => at_ms.saturating_add(skew),
            Some(_) | None => at_ms,
        }
    }

    /// Whether the last reports came one by one as they were made.
    fn is_live(&self) -> bool {
        let first = self.times_ms.len().checked_sub(STEADY_BY).and_then(|at| self.times_ms.get(at));
        let (Some(first), Some(last)) = (first, self.times_ms.back()) else { return false };
        let (made, came) = (last.0.saturating_sub(first.0), last.1.saturating_sub(first.1));
        made > 0 && (made - came).abs() <= made / 4
    }

    /// How often it reports, milliseconds: the median of the last gaps; `None` before there are three.
    pub fn interval_ms(&self) -> Option<i64> {
        if self.gaps_ms.len() < 3 {
            return None;
        }
        let mut gaps: Vec<i64> = self.gaps_ms.iter().copied().collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }

    /// How far its clock is behind ours, milliseconds (negative: ahead): the least delay of the last reports, as a report
    /// cannot arrive before it was made. A burst of old reports does not change it, one fresh report among them shows.
    pub fn skew_ms(&self) -> Option<i64> {
        self.delays_ms().min()
    }

    /// The same, when enough reports say so: one that was stored for long tells nothing of a clock.
    pub fn known_skew_ms(&self) -> Option<i64> {
        self.skew_ms().filter(|_| self.times_ms.len() >= KNOWN_BY)
    }

    /// What its last reports have taken to come, milliseconds.
    fn delays_ms(&self) -> impl Iterator<Item = i64> {
        self.times_ms.iter().map(|(made, came)| came.saturating_sub(*made))
    }

    /// Whether this place would say something new of a shift.
    pub fn is_news(&self, place: Position) -> bool {
        self.compared.is_none_or(|last| last.distance_m(&place) >= APART_M)
    }

    /// Compares a place with the nearest road: `distance_m` answers how far that is, metres (`None`: too far to say).
    pub fn compare(&mut self, place: Position, distance_m: impl Fn(Position) -> Option<f64>) {
        self.compared = Some(place);
        let Some(sent) = distance_m(place) else { return };
        let mut distances = [sent; 1 + SHIFTED.len()];
        for (distance, crs) in distances.iter_mut().skip(1).zip(SHIFTED) {
            let meant = crs.to_wgs84(place.lon(), place.lat()).ok();
            let meant = meant.and_then(|(lon, lat)| Position::new(lon, lat).ok());
            *distance = meant.and_then(&distance_m).unwrap_or(f64::INFINITY);
        }
        push(&mut self.distances_m, distances, PLACES);
        self.shift = self.judge();
    }

    /// Takes over what a copy of it has learnt by [`Device::compare`]; what was reported meanwhile stays.
    pub fn take_comparison(&mut self, copy: Self) {
        self.compared = copy.compared;
        self.distances_m = copy.distances_m;
        self.shift = copy.shift;
    }

    /// The system that its places seem to be in, when that is not the one it says.
    pub fn shift(&self) -> Option<Crs> {
        self.shift
    }

    fn judge(&self) -> Option<Crs> {
        if self.distances_m.len() < ENOUGH {
            return None;
        }
        let median = |column: usize| {
            let mut all: Vec<f64> = self.distances_m.iter().filter_map(|row| row.get(column).copied()).collect();
            all.sort_unstable_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(f64::INFINITY)
        };
        let sent = median(0);
        if sent < OFF_ROAD_M {
            return None;
        }
        let meant = SHIFTED.into_iter().zip(1..).map(|(crs, column)| (crs, median(column)));
        let best = meant.min_by(|a, b| a.1.total_cmp(&b.1))?;
        (best.1 <= ON_ROAD_M && best.1 <= sent * SMALLER).then_some(best.0)
    }
}

fn push<T>(kept: &mut VecDeque<T>, one: T, most: usize) {
    if kept.len() >= most {
        kept.pop_front();
    }
    kept.push_back(one);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rhythm_is_the_median_of_the_last_gaps() {
        let mut device = Device::default();
        for at in [0, 30_000, 60_000, 90_000, 95_000, 125_000, 155_000] {
            device.reported(at, at);
        }
        assert_eq!(device.interval_ms(), Some(30_000));
        device.reported(155_000, 155_000);
        device.reported(1_000, 156_000);
        assert_eq!(device.interval_ms(), Some(30_000), "neither a duplicate nor a late report is a gap");
    }

    #[test]
    fn the_least_delay_is_the_clocks() {
        let check = |offset: i64, delays: &[i64], skew: i64| {
            let mut device = Device::default();
            for (n, delay) in (0_i64..).zip(delays) {
                device.reported(n * 1_000 + offset, n * 1_000 + delay);
            }
            assert_eq!(device.skew_ms(), Some(skew), "{offset} {delays:?}");
            let right = device.put_right(offset + 5_000);
            assert_eq!(
                right,
                (skew.abs() <= 60_000).then(|| offset + 5_000 + if skew.abs() > 2_000 { skew } else { 0 })
            );
        };
        check(0, &[300, 80, 5_000, 120], 80);
        check(-30_000, &[300, 80, 90], 30_080);
        check(7 * 60_000, &[300, 80, 90], 80 - 7 * 60_000);
        check(-3 * 3_600_000, &[300, 80, 90], 80 + 3 * 3_600_000);
    }

    #[test]
    fn a_clock_that_is_far_off_is_put_right_and_stored_reports_are_not() {
        let minutes = 60_000;
        for offset in [-60 * minutes, 90_000, 8 * 60 * minutes] {
            let mut device = Device::default();
            for n in 0..8 {
                device.reported(n * 1_000 + offset, n * 1_000 + 200);
            }
            assert_eq!(device.dated(9_000 + offset), 9_200, "{offset}");
        }
        // Ahead, then set right: a few reports later it is believed again.
        let mut set = Device::default();
        for n in 0..20 {
            let ahead = if n < 10 { 90_000 } else { 0 };
            set.reported(n * 1_000 + ahead, n * 1_000 + 200);
        }
        assert_eq!((set.skew_ms(), set.dated(21_000)), (Some(200), 21_000));
        let mut near = Device::default();
        (0..8).for_each(|n| near.reported(n * 1_000 - 50_000, n * 1_000));
        assert_eq!(near.dated(9_000), 9_000, "less than a minute is believed");
        // Ten minutes without a network, then all that was stored, oldest first: their own times count.
        let mut stored = Device::default();
        for n in 0..600 {
            stored.reported(n * 1_000, 600_000 + n);
            assert_eq!(stored.dated(n * 1_000), n * 1_000, "{n}");
        }
    }

    /// A street grid of 150 m; a device drives along it and sends places as `sent` makes them.
    fn driven(sent: impl Fn(f64, f64) -> (f64, f64), places: usize) -> Device {
        let (lon0, lat0, cell) = (120.65, 28.0, 150.0);
        let (east, north) = (98_300.0, 110_800.0);
        let nearest = |metres: f64| (metres - (metres / cell).round() * cell).abs();
        let road = |p: Position| Some(nearest((p.lon() - lon0) * east).min(nearest((p.lat() - lat0) * north)));
        let mut device = Device::default();
        for n in 0..places {
            let along = f64::from(u32::try_from(n).unwrap()) * 31.0;
            // Two streets: east, then north, with three metres of noise.
            let noise = if n % 2 == 0 { 3.0 } else { -3.0 };
            let (x, y) = if n < places / 2 { (along, 300.0 + noise) } else { (450.0 + noise, along) };
            let (lon, lat) = sent(lon0 + x / east, lat0 + y / north);
            let place = Position::new(lon, lat).unwrap();
            if device.is_news(place) {
                device.compare(place, road);
            }
        }
        device
    }

    /// GCJ-02 of a WGS84 place, by walking back from what `to_wgs84` says.
    fn gcj02(lon: f64, lat: f64) -> (f64, f64) {
        let (mut x, mut y) = (lon, lat);
        for _ in 0..20 {
            let (back_lon, back_lat) = Crs::Gcj02.to_wgs84(x, y).unwrap();
            (x, y) = (x + lon - back_lon, y + lat - back_lat);
        }
        (x, y)
    }

    #[test]
    fn a_report_of_the_future_is_told_from_a_clock_that_was_set() {
        let mut device = Device::default();
        for n in 0..5 {
            assert!(!device.is_ahead(n * 1_000, n * 1_000 + 300), "a clock that nobody knows is believed");
            device.reported(n * 1_000, n * 1_000 + 300);
        }
        assert!(device.is_ahead(55_000, 5_300) && !device.is_ahead(6_000, 6_300), "one wild report");
        device.reported(6_000, 6_300);
        // What was stored comes in the order in which it was stored.
        assert!((0..5).all(|n| !Device::default().is_ahead(n * 1_000, 600_000)));
        // The clock is set half a minute ahead: from the fifth report on it is believed.
        let said: Vec<bool> = (7..13).map(|n| device.is_ahead(n * 1_000 + 30_000, n * 1_000 + 300)).collect();
        assert_eq!(said, [true, true, true, true, false, false]);
    }

    #[test]
    fn places_of_public_maps_are_noticed_within_twenty_and_good_ones_never() {
        assert_eq!(driven(gcj02, 20).shift(), Some(Crs::Gcj02));
        assert_eq!(driven(gcj02, 19).shift(), None, "nothing is said too early");
        assert_eq!(driven(|lon, lat| (lon, lat), 60).shift(), None);
        // On a path between the streets: off the road, and no system explains it.
        assert_eq!(driven(|lon, lat| (lon + 0.000_7, lat + 0.000_6), 60).shift(), None);
    }
}
