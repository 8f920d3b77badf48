//! Guards that can be taken out, to see that the tests notice: only in a build with the feature `sabotage`, which is never
//! what is shipped. There `ONEMAP_SABOTAGE` names the guard.

use std::sync::Arc;

use dispatch::Desk;

use crate::app::ops::Operations;

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

/// With the guard `s3` taken out: the desk as it was up to 20 ms ago, on which commands are decided then.
#[cfg(feature = "sabotage")]
pub(crate) fn desk_of_before(ops: &Operations) -> Option<Arc<Desk>> {
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, Instant};
    static BEFORE: Mutex<Option<(Instant, Arc<Desk>)>> = Mutex::new(None);
    if !removed("s3") {
        return None;
    }
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    match before.as_ref() {
        Some((at, desk)) if at.elapsed() < Duration::from_millis(20) => Some(Arc::clone(desk)),
        Some(_) | None => {
            let desk = ops.desk();
            *before = Some((Instant::now(), Arc::clone(&desk)));
            Some(desk)
        }
    }
}

/// Commands are decided on the newest desk.
#[cfg(not(feature = "sabotage"))]
pub(crate) const fn desk_of_before(_ops: &Operations) -> Option<Arc<Desk>> {
    None
}
