//! Guards that can be taken out, to see that the tests notice: only in a build with the feature `sabotage`, which is never
//! what is shipped. There `ONEMAP_SABOTAGE` names the guard.

/// Whether that guard is taken out.
#[cfg(feature = "sabotage")]
pub(crate) fn removed(guard: &str) -> bool {
    std::env::var("ONEMAP_SABOTAGE").is_ok_and(|named| named == guard)
}

/// Every guard is in its place.
#[cfg(not(feature = "sabotage"))]
pub(crate) const fn removed(_guard: &str) -> bool {
    false
}
