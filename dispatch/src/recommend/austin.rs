//! The numbers of the default [`SpeedModel`]: live positions of the city buses of Austin (`CapMetrics`, MIT), Sunday
//! 2015-09-06 and Tuesday 2017-03-21 until 10:25, fitted by [`SpeedModel::fit`] with a share of 0.9 on every second
//! vehicle of both days, first, third… by number. The other vehicles were held back: the discs hold 90.7 % of their
//! later positions in 2015 and 90.2 % in 2017 (`tests/calibration.rs`, where the fit is made again).
//!
//! Days differ more than vehicles: fitted on the Sunday alone, the discs hold 86.6 % of the Tuesday, whose express buses
//! the Sunday does not know. And buses are not patrol cars. A city should fit its own, on its own tracks.

use super::spread::{Pace, SpeedModel, Step};

/// Age in seconds, way ahead in seconds of the unit's speed, radius in seconds.
type Row = [f64; 3];

/// Up to which speed, metres a second, and the steps.
const PACES: [(f64, [Row; 9]); 5] = [
    (
        0.5,
        [
            [30.0, 225.9, 65.4],
            [60.0, 314.0, 105.1],
            [120.0, 352.5, 213.5],
            [180.0, 548.4, 338.1],
            [300.0, 975.0, 593.9],
            [480.0, 1_334.5, 984.3],
            [660.0, 1_977.9, 1_290.0],
            [900.0, 1_842.6, 1_801.9],
            [1_200.0, 1_992.8, 2_285.9],
        ],
    ),
    (
        3.0,
        [
            [30.0, 82.1, 62.7],
            [60.0, 134.3, 112.0],
            [120.0, 219.1, 208.9],
            [180.0, 314.6, 305.8],
            [300.0, 507.0, 502.0],
            [480.0, 744.8, 776.7],
            [660.0, 889.4, 994.1],
            [900.0, 1_123.2, 1_321.8],
            [1_200.0, 1_335.1, 1_652.7],
        ],
    ),
    (
        7.0,
        [
            [30.0, 31.7, 38.9],
            [60.0, 56.6, 68.2],
            [120.0, 95.4, 120.2],
            [180.0, 133.8, 166.1],
            [300.0, 212.0, 261.6],
            [480.0, 314.7, 397.0],
            [660.0, 388.0, 523.6],
            [900.0, 486.6, 696.5],
            [1_200.0, 584.1, 885.7],
        ],
    ),
    (
        12.0,
        [
            [30.0, 20.2, 25.1],
            [60.0, 37.5, 43.0],
            [120.0, 66.4, 86.5],
            [180.0, 89.5, 118.4],
            [300.0, 143.0, 185.9],
            [480.0, 210.2, 276.3],
            [660.0, 260.6, 365.9],
            [900.0, 318.5, 477.9],
            [1_200.0, 372.5, 611.3],
        ],
    ),
    (
        f64::MAX,
        [
            [30.0, 23.6, 17.9],
            [60.0, 41.5, 34.0],
            [120.0, 67.9, 70.3],
            [180.0, 92.0, 98.8],
            [300.0, 141.9, 159.8],
            [480.0, 211.9, 239.8],
            [660.0, 257.3, 313.5],
            [900.0, 321.3, 429.1],
            [1_200.0, 375.0, 549.9],
        ],
    ),
];

/// For a unit whose motion is not known.
const UNKNOWN: [Row; 9] = [
    [30.0, 0.0, 162.9],
    [60.0, 0.0, 272.2],
    [120.0, 0.0, 418.7],
    [180.0, 0.0, 579.6],
    [300.0, 0.0, 917.4],
    [480.0, 0.0, 1_364.9],
    [660.0, 0.0, 1_720.5],
    [900.0, 0.0, 2_213.6],
    [1_200.0, 0.0, 2_705.9],
];

fn step(&[age_s, ahead_s, radius_s]: &Row) -> Step {
    Step { age_s, ahead_s, radius_s }
}

impl Default for SpeedModel {
    fn default() -> Self {
        let pace =
            |(upto_mps, rows): &(f64, [Row; 9])| Pace { upto_mps: *upto_mps, steps: rows.iter().map(step).collect() };
        Self {
            fitted_on: "buses of Austin, 2015-09-06 and 2017-03-21, every second vehicle".to_owned(),
            paces: PACES.iter().map(pace).collect(),
            unknown: UNKNOWN.iter().map(step).collect(),
        }
    }
}
