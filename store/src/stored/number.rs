//! Numbers that only count up, as the databases keep them: both have signed ones only.

/// On the way in. Feature numbers have 53 bits; revisions and sequence numbers never get that far.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// On the way out.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
