//! Numbers that people can say: the day in Wenzhou (UTC+8) and a count.

use time::{Duration, OffsetDateTime};

/// The next number: `20261122-0007`. `last` is the day of the newest one and its count.
pub(super) fn next(last: &(String, u32), now_ms: i64) -> String {
    let day = day(now_ms);
    // A clock that was set back does not give a number twice.
    let (day, count) = if day <= last.0 { (last.0.clone(), last.1 + 1) } else { (day, 1) };
    format!("{day}-{count:04}")
}

fn day(now_ms: i64) -> String {
    let at =
        OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::milliseconds(now_ms)).saturating_add(Duration::hours(8));
    format!("{:04}{:02}{:02}", at.year(), u8::from(at.month()), at.day())
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn a_number_is_given_once() {
        let noon = 1_795_320_000_000; // 2026-11-22 04:00 UTC, noon in Wenzhou
        assert_eq!(next(&(String::new(), 0), noon), "20261122-0001");
        assert_eq!(next(&("20261122".to_owned(), 9_999), noon), "20261122-10000");
        assert_eq!(next(&("20261122".to_owned(), 3), noon - 86_400_000), "20261122-0004");
        assert_eq!(next(&("20261122".to_owned(), 3), noon + 12 * 3_600_000), "20261123-0001");
    }
}
