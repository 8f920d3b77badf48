//! The ring of review.

use proptest::prelude::*;

use super::scene::{cameras, off, pose, wenzhou};
use crate::sight::Cameras;
use crate::sight::ring::{LastSeen, Paces, RingError, review};
use crate::still::StillLayer;
use crate::value::Value;

const PACES: Paces = Paces { pace_mps: 1.0, slow_mps: 0.5, fast_mps: 2.0 };
const LAST: LastSeen = LastSeen { at_ms: 1_000_000, accuracy_m: 0.0, paces: PACES };

/// Cameras that see 30 m all around; the last has no pose.
fn lenses() -> StillLayer {
    let dome = || pose("dome", 0.0, 360.0, 30.0, 4.0);
    let blind = vec![("kind", Value::Text("fixed".to_owned())), ("online", Value::Bool(false))];
    cameras(&[(off(wenzhou(), 0, 0), dome()), (off(wenzhou(), 9_000, 0), dome()), (off(wenzhou(), 0, 9_000), blind)])
}

#[test]
fn windows_open_for_the_fast_and_close_for_the_slow() {
    let layer = lenses();
    let row = |fid| layer.row_of(fid).unwrap();
    let reached = [(row(2), 100.0), (row(1), 10.0), (row(3), 60.0), (row(2), 400.0)];
    let all = review(&Cameras::new(&layer), &reached, &LAST).unwrap();
    let windows: Vec<(u64, i64, i64)> =
        all.iter().map(|r| (r.fid, r.enter_ms - LAST.at_ms, r.leave_ms - LAST.at_ms)).collect();
    // 10 m off, in view at once, out of it at 40 m with 0.5 m/s; no depth of view without a pose: 60 m at 2 and 0.5 m/s;
    // 100 m: from 70 m at 2 m/s to 130 m at 0.5 m/s.
    assert_eq!(windows, [(1, 0, 80_000), (3, 30_000, 120_000), (2, 35_000, 260_000)]);
    assert_eq!(
        all.iter().map(|r| (r.posed, r.online)).collect::<Vec<_>>(),
        [(true, Some(true)), (false, Some(false)), (true, Some(true))]
    );
}

#[test]
fn what_is_no_time_and_no_row_is_left_out() {
    let layer = lenses();
    let reached = [(0, f64::NAN), (1, -1.0), (2, f64::INFINITY), (99, 5.0)];
    assert_eq!(review(&Cameras::new(&layer), &reached, &LAST), Ok(Vec::new()));
    let paces = LastSeen { paces: Paces { slow_mps: 3.0, ..PACES }, ..LAST };
    assert!(matches!(review(&Cameras::new(&layer), &[], &paces), Err(RingError::Pace { .. })));
    assert!(matches!(
        review(&Cameras::new(&layer), &[], &LastSeen { paces: Paces { pace_mps: 0.0, ..PACES }, ..LAST }),
        Err(RingError::Pace { .. })
    ));
    assert_eq!(
        review(&Cameras::new(&layer), &[], &LastSeen { accuracy_m: -1.0, ..LAST }),
        Err(RingError::Accuracy(-1.0))
    );
}

proptest! {
    /// Somebody who walks at any pace of the range from anywhere in the circle is in view only within the window.
    #[test]
    fn whoever_walks_is_seen_within_the_window(
        away_m in 0.0..5_000.0_f64, pace in 0.5..2.0_f64, start in -1.0..1.0_f64, depth in -1.0..1.0_f64, accuracy_m in 0.0..200.0_f64,
    ) {
        let layer = lenses();
        let row = layer.row_of(1).unwrap();
        let last = LastSeen { accuracy_m, ..LAST };
        let found = review(&Cameras::new(&layer), &[(row, away_m / last.paces.pace_mps)], &last).unwrap();
        let walked_m = away_m + start * accuracy_m + depth * 30.0;
        prop_assume!(walked_m >= 0.0);
        let at_ms = 1e6 + walked_m / pace * 1_000.0;
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let (enter, leave) = (found[0].enter_ms as f64, found[0].leave_ms as f64);
        prop_assert!(enter <= at_ms && at_ms <= leave, "{} {} {}", enter, at_ms, leave);
    }
}
