//! How much of the circle of an uncertain place a camera can see.

use super::aim::{Aim, aim};
use super::buildings::Buildings;
use super::cull::unhidden;
use super::line::Line;
use super::plane::{Plane, bearing_deg};
use super::pose::Pose;
use crate::mercator::World;
use crate::position::Position;

/// Places that stand for the circle, each for as much of its area: a sunflower, the n-th at `√((n + ½) / 48)` of the
/// radius, turned by the golden angle. A share is known to about one in 48.
const PLACES: u32 = 48;

/// How many of the places of the circle the camera can see, turning included, 0 to 1.
pub(super) fn share(
    pose: &Pose,
    buildings: &Buildings<'_>,
    target: Position,
    target_height_m: f64,
    accuracy_m: f64,
) -> f64 {
    let plane = Plane::at(pose.at());
    let middle = plane.flat(World::of(target));
    let radius = accuracy_m / Plane::at(target).unit_m;
    let (reach, mount) = (pose.range_m() / plane.unit_m * 1.01, 2.0);
    // What is both in the circle and in range, and the camera.
    let side = |middle: f64| {
        let (low, high) = ((middle - radius).max(-reach), (middle + radius).min(reach));
        (low.min(0.0) - mount, high.max(0.0) + mount)
    };
    let (east, north) = (side(middle.0), side(middle.1));
    let near = buildings.around(&plane, (east.0, north.0), (east.1, north.1));
    let footprints = unhidden(near, pose.height_m(), target_height_m);
    let golden = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let sees = |n: &u32| {
        let (far, turn) = (radius * ((f64::from(*n) + 0.5) / f64::from(PLACES)).sqrt(), f64::from(*n) * golden);
        let to = ((middle.0 + far * turn.sin()).round(), (middle.1 + far * turn.cos()).round());
        let in_range = plane.position(to).is_some_and(|at| at.distance_m(&pose.at()) <= pose.range_m());
        let in_view = || !matches!(aim(pose, Some(bearing_deg(to))), Aim::Off(_));
        let line = Line::new((0.0, 0.0), to, (pose.height_m(), target_height_m), plane.unit_m);
        in_range && in_view() && line.is_free(&footprints)
    };
    f64::from(u32::try_from((0..PLACES).filter(sees).count()).unwrap_or(PLACES)) / f64::from(PLACES)
}
