//! Whether a place lies within what a camera can turn its view to: range, sector, time to turn, pixels.

use super::defaults::{HORIZONTAL_PIXELS, PTZ_SETTLE_S, PTZ_TURN_DEG_PER_S};
use super::plane::turn_deg;
use super::pose::Pose;

/// Beyond this opening no plain lens draws straight, degrees: the picture is taken to be even in angle.
const PLAIN_LENS_DEG: f64 = 120.0;
/// Two bearings that differ by less are one, degrees: 2 mm at 100 km.
const SAME_DEG: f64 = 1e-9;

/// How a camera gets a direction into view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    /// It is in view.
    Now,
    /// The camera has to turn by so many degrees.
    Turn(f64),
    /// It looks so many degrees past the edge of the view, and cannot turn.
    Off(f64),
}

/// How a camera gets a bearing into view; `None` for a place right below it.
pub(super) fn aim(pose: &Pose, bearing_deg: Option<f64>) -> Aim {
    let (false, Some(bearing)) = (pose.is_round(), bearing_deg) else { return Aim::Now };
    match pose.azimuth_deg() {
        Some(azimuth) => {
            let turn = turn_deg(bearing, azimuth);
            let past = turn - pose.angle_deg() / 2.0;
            match (past <= SAME_DEG, pose.turns()) {
                (true, _) => Aim::Now,
                (false, true) => Aim::Turn(turn),
                (false, false) => Aim::Off(past),
            }
        }
        None => Aim::Turn(180.0),
    }
}

/// Seconds until a camera that turns by so much shows a sharp picture.
pub(super) fn turn_s(turn_deg: f64) -> f64 {
    PTZ_SETTLE_S + turn_deg / PTZ_TURN_DEG_PER_S
}

/// Pixels that a metre across the view has at a distance from the lens, for [`HORIZONTAL_PIXELS`] and no zoom: up to
/// 120° as a plain lens draws (`pixels / (2 d tan(angle / 2))`, the way IEC 62676-4 measures), wider ones as a fish-eye
/// (`pixels / (angle d)`, angle in radians). Nearer than 1 m counts as 1 m.
pub(super) fn pixels_per_m(pose: &Pose, along_m: f64, target_height_m: f64) -> f64 {
    let away_m = along_m.hypot(pose.height_m() - target_height_m).max(1.0);
    let angle = pose.angle_deg().to_radians();
    let width_m = if pose.angle_deg() <= PLAIN_LENS_DEG { 2.0 * (angle / 2.0).tan() } else { angle } * away_m;
    HORIZONTAL_PIXELS / width_m
}
