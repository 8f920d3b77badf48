//! The city's own clock: how far it is ahead of UTC at a moment. The zone is a setting; its rules are compiled in.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A zone by name.
#[derive(Debug, Clone)]
pub struct Hours {
    zone: TimeZone,
    name: String,
}

impl Hours {
    /// The zone of that name of the tz database; UTC where none is given. A name that is not known is logged, and UTC
    /// stands for it.
    pub fn of(name: Option<&str>) -> Self {
        let utc = || Self { zone: TimeZone::UTC, name: "UTC".to_owned() };
        let Some(name) = name else { return utc() };
        match TimeZone::get(name) {
            Ok(zone) => Self { zone, name: name.to_owned() },
            Err(error) => {
                tracing::warn!(name, %error, "the time zone is not known; hours are counted in UTC");
                utc()
            }
        }
    }

    /// Its name, `UTC` where none is set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many minutes it is ahead of UTC at a moment, milliseconds since 1970 UTC.
    pub fn offset_min(&self, at_ms: i64) -> i32 {
        Timestamp::from_millisecond(at_ms).map_or(0, |at| self.zone.to_offset(at).seconds() / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: Option<&str>, at_ms: i64, minutes: i32, said: &str) {
        let hours = Hours::of(name);
        assert_eq!((hours.offset_min(at_ms), hours.name()), (minutes, said), "{name:?} {at_ms}");
    }

    #[test]
    fn a_zone_is_as_far_ahead_as_it_was_then() {
        let summer_ends = 1_792_890_000_000; // 2026-10-25 01:00 UTC
        check(Some("Asia/Shanghai"), summer_ends, 480, "Asia/Shanghai");
        check(Some("Europe/Lisbon"), summer_ends - 1, 60, "Europe/Lisbon");
        check(Some("Europe/Lisbon"), summer_ends, 0, "Europe/Lisbon");
        check(Some("Asia/Kathmandu"), summer_ends, 345, "Asia/Kathmandu");
        check(None, summer_ends, 0, "UTC");
        check(Some("Mars/Olympus"), summer_ends, 0, "UTC");
        check(Some("Asia/Shanghai"), i64::MAX, 0, "Asia/Shanghai");
    }
}
