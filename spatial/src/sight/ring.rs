//! The ring of review: whose recordings to look through first, and from when to when, for somebody who was last seen at
//! a place and walked or drove on.
//!
//! When a growing isochrone reaches a camera is an argument: it comes from the road graph, for one pace. Somebody slower
//! or faster reaches the camera in proportion. That the place last seen is uncertain moves both ends of the window, and
//! so does the depth of the view: a camera sees somebody its range before they stand under it, and as long after.

use super::pose::Cameras;
use crate::feature::Fid;

/// Somebody slow: an old person with a stick, 0.5 m/s. Ours.
pub const SLOW_MPS: f64 = 0.5;
/// Somebody who hurries but walks: 2 m/s. Ours.
pub const FAST_MPS: f64 = 2.0;

/// How fast somebody goes on, metres a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paces {
    /// The pace that an isochrone grows with. One by car grows with the speed of each road: then this only says how far a
    /// second is, where a place is not certain or a view is deep, and the other two how many times slower and faster
    /// than the roads allow they may have been.
    pub pace_mps: f64,
    /// The slowest.
    pub slow_mps: f64,
    /// The fastest.
    pub fast_mps: f64,
}

impl Paces {
    /// On foot: [`SLOW_MPS`] to [`FAST_MPS`] about the pace of the road graph.
    pub const FOOT: Self = Self { pace_mps: 1.4, slow_mps: SLOW_MPS, fast_mps: FAST_MPS };
    /// By car: from a quarter of the speed that the road graph reckons with (a jam, every light red) to twice as fast
    /// (nobody there, no limit kept), at 10 m/s where seconds are turned into metres. Ours.
    pub const CAR: Self = Self { pace_mps: 10.0, slow_mps: 2.5, fast_mps: 20.0 };
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastSeen {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Radius of the circle that the place is somewhere in, metres.
    pub accuracy_m: f64,
    /// How fast they went on.
    pub paces: Paces,
}

/// Why there is no ring.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RingError {
    /// A pace is not a number above 0, or the slow one is the faster.
    #[error("paces must be more than 0 and slow_mps at most fast_mps, got {slow_mps} and {fast_mps} beside {pace_mps}")]
    Pace {
        /// As given.
        slow_mps: f64,
        /// As given.
        fast_mps: f64,
        /// As given.
        pace_mps: f64,
    },
    /// The accuracy is negative or not a number.
    #[error("accuracy_m must be 0 or more metres, got {0}")]
    Accuracy(f64),
}

/// A camera to look through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Review {
    /// The camera's row.
    pub row: usize,
    /// Its number.
    pub fid: Fid,
    /// The earliest that they can be in its view, milliseconds since 1970 UTC; never before they were last seen.
    pub enter_ms: i64,
    /// The latest that they can still be in it, if they kept on.
    pub leave_ms: i64,
    /// Whether it answers now; one that does not may have recorded all the same. `None` when nobody knows.
    pub online: Option<bool>,
    /// Whether its pose is known: of one that is not, the view is taken to have no depth.
    pub posed: bool,
}

/// Cameras by when they can first have seen somebody: earliest first, then earliest over, then the smaller number.
/// `reached` says for rows of cameras after how many seconds the isochrone reaches them; of a row that comes twice the
/// earliest counts, one whose time is negative or not a number is left out, and so is a row that there is not.
///
/// ```
/// use spatial::sight::{Cameras, ring};
/// use spatial::{Layer, StillLayer};
/// let none = StillLayer::build(Layer::Cameras, &[], |_| None);
/// let last = ring::LastSeen { at_ms: 0, accuracy_m: 20.0, paces: ring::Paces::FOOT };
/// assert_eq!(ring::review(&Cameras::new(&none), &[], &last), Ok(Vec::new()));
/// ```
pub fn review(cameras: &Cameras<'_>, reached: &[(usize, f64)], last: &LastSeen) -> Result<Vec<Review>, RingError> {
    let LastSeen { accuracy_m, paces: Paces { pace_mps, slow_mps, fast_mps }, .. } = *last;
    let paces = [pace_mps, slow_mps, fast_mps];
    if !paces.iter().all(|p| p.is_finite() && *p > 0.0) || slow_mps > fast_mps {
        return Err(RingError::Pace { slow_mps, fast_mps, pace_mps });
    }
    if !(accuracy_m >= 0.0 && accuracy_m.is_finite()) {
        return Err(RingError::Accuracy(accuracy_m));
    }
    let mut first: Vec<(usize, f64)> = reached.iter().copied().filter(|(_, s)| s.is_finite() && *s >= 0.0).collect();
    first.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    first.dedup_by_key(|(row, _)| *row);
    let window = |(row, seconds): (usize, f64)| {
        let fid = cameras.layer().fid(row)?;
        let pose = cameras.pose(row).ok();
        let (walked_m, slack_m) = (seconds * pace_mps, accuracy_m + pose.map_or(0.0, |pose| pose.range_m()));
        let enter_s = ((walked_m - slack_m) / fast_mps).max(0.0);
        let leave_s = (walked_m + slack_m) / slow_mps;
        Some(Review {
            row,
            fid,
            enter_ms: last.at_ms.saturating_add(milliseconds(enter_s.floor())),
            leave_ms: last.at_ms.saturating_add(milliseconds(leave_s.ceil())),
            online: cameras.raw(row).online,
            posed: pose.is_some(),
        })
    };
    let mut all: Vec<Review> = first.into_iter().filter_map(window).collect();
    all.sort_by_key(|r| (r.enter_ms, r.leave_ms, r.fid));
    Ok(all)
}

/// Whole seconds as milliseconds; what is beyond a thousand years sticks there.
#[expect(clippy::cast_possible_truncation, reason = "held below 2^53 just before")]
fn milliseconds(seconds: f64) -> i64 {
    (seconds.clamp(0.0, 31_557_600_000.0) * 1_000.0) as i64
}
