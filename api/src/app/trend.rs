//! How many incidents were reported in each of the last 24 hours, and how many are usual at that hour.

use std::collections::BTreeMap;

use dispatch::{Incident, Phase};

use super::App;
use super::clock::now_ms;
use super::coverage::Report;
use crate::auth::Caller;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Hours that are told; the last of them is not over yet.
const HOURS: i64 = 24;
/// Days that say what is usual.
const DAYS: i64 = 28;
/// Fewer days say nothing.
const FEWEST_DAYS: usize = 14;
/// A new incident that is cancelled within this was a slip of the hand.
const SLIP_MS: i64 = 60_000;

/// An hour of the city's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendHour {
    /// When it began, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// How many were reported in it.
    pub reported: u32,
    /// The range in which three of five of the last 28 days lie at that hour; absent when fewer than 14 days are known.
    pub usual: Option<(u32, u32)>,
}

impl App {
    /// Reported incidents that have a place in the caller's part of the city, by hour: history, and what the desk holds.
    pub async fn trend(&self, caller: &Caller) -> Result<Vec<TrendHour>, store::Error> {
        let now = now_ms();
        let lately = now - DAY_MS - HOUR_MS;
        let mut times: Vec<i64> = Vec::new();
        // What was read up to an hour ago is good enough for what is older than a day.
        let past = self.reports().await?;
        let older = past.iter().filter(|report| report.at_ms < lately && caller.scope.holds(report.division));
        times.extend(older.map(|report| report.at_ms));
        let mut count = |report: Report| {
            if report.at_ms >= lately && caller.scope.holds(report.division) {
                times.push(report.at_ms);
            }
        };
        self.each_past(lately, now, &mut count).await?;
        let desk = self.ops.desk();
        desk.incidents().filter(|one| !is_slip(one)).filter_map(|one| Report::of_desk(one)).for_each(count);
        let offset_ms = i64::from(self.hours.offset_min(now)) * 60_000;
        Ok(hours(&times, now, offset_ms))
    }
}

/// A click that was withdrawn within a minute was no report.
fn is_slip(incident: &Incident) -> bool {
    let took = incident.times.ended.zip(incident.times.reported).map(|(ended, reported)| ended - reported);
    incident.phase() == Phase::Cancelled && took.is_some_and(|ms| ms <= SLIP_MS)
}

/// Counts moments (milliseconds since 1970 UTC) by hours of a clock that is `offset_ms` ahead of UTC.
fn hours(times: &[i64], now_ms: i64, offset_ms: i64) -> Vec<TrendHour> {
    let hour_of = |at_ms: i64| (at_ms + offset_ms).div_euclid(HOUR_MS);
    let mut counts: BTreeMap<i64, u32> = BTreeMap::new();
    for at in times.iter().filter(|at| **at <= now_ms) {
        *counts.entry(hour_of(*at)).or_default() += 1;
    }
    let first = counts.keys().next().copied();
    let count = |hour: i64| counts.get(&hour).copied().unwrap_or_default();
    let last = hour_of(now_ms);
    let one = |hour: i64| {
        // An hour without a report counts, once there are any.
        let known = (1..=DAYS).map(|day| hour - day * 24).filter(|then| first.is_some_and(|first| first <= *then));
        TrendHour {
            from_ms: hour * HOUR_MS - offset_ms,
            reported: count(hour),
            usual: usual(known.map(count).collect()),
        }
    };
    (last - HOURS + 1..=last).map(one).collect()
}

/// From the first to the fourth fifth.
fn usual(mut days: Vec<u32>) -> Option<(u32, u32)> {
    if days.len() < FEWEST_DAYS {
        return None;
    }
    days.sort_unstable();
    let most = days.len() - 1;
    Some((*days.get(most / 5)?, *days.get((most * 4).div_ceil(5))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment of a clock of which half past is the hour: 5:30 ahead of UTC.
    const NOW: i64 = 1_800_000_000_000 - 1_800_000_000_000 % DAY_MS + 10 * HOUR_MS + 45 * 60_000;
    const AHEAD: i64 = 5 * HOUR_MS + HOUR_MS / 2;

    #[test]
    fn hours_of_the_citys_clock_the_last_not_over() {
        let told = hours(&[NOW, NOW - 10 * 60_000, NOW - 20 * 60_000, NOW - DAY_MS, NOW + 1], NOW, AHEAD);
        assert_eq!(told.len(), 24);
        let last = told.last().copied().unwrap();
        assert_eq!((last.from_ms, last.reported, last.usual), (NOW - 15 * 60_000, 2, None), "half past ten, UTC");
        assert_eq!(told.get(22).map(|hour| hour.reported), Some(1));
        assert_eq!(
            told.iter().map(|hour| hour.reported).sum::<u32>(),
            3,
            "a day ago is not in it, nor what is to come"
        );
    }

    #[test]
    fn what_is_usual_is_the_middle_of_the_days() {
        // On day n back there were n reports at this hour.
        let on = |day: u8| std::iter::repeat_n(NOW - i64::from(day) * DAY_MS, usize::from(day));
        let times: Vec<i64> = (1..=28).flat_map(on).collect();
        let last = hours(&times, NOW, 0).last().copied().unwrap();
        assert_eq!((last.reported, last.usual), (0, Some((6, 23))));
        // An hour without any report in four weeks is usual too.
        assert_eq!(hours(&times, NOW, 0).first().and_then(|hour| hour.usual), Some((0, 0)));
        let short: Vec<i64> = times.iter().copied().filter(|at| NOW - at < 13 * DAY_MS).collect();
        assert_eq!(hours(&short, NOW, 0).last().and_then(|hour| hour.usual), None, "twelve days say nothing");
        assert!(hours(&[], NOW, 0).iter().all(|hour| hour.reported == 0 && hour.usual.is_none()));
    }
}
