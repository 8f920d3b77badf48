//! How much of the circle of an uncertain place a camera can see.

use super::aim::{Aim, aim};
use super::buildings::Buildings;
use super::cull::unhidden;
use super::line::Line;
use super::plane::{Flat, Plane, bearing_deg};
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
    let golden = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let at = |n: u32| {
        let (far, turn) = (radius * ((f64::from(n) + 0.5) / f64::from(PLACES)).sqrt(), f64::from(n) * golden);
        ((middle.0 + far * turn.sin()).round(), (middle.1 + far * turn.cos()).round())
    };
    let aimed = |to: &Flat| {
        let in_view = !matches!(aim(pose, Some(bearing_deg(*to))), Aim::Off(_));
        in_view && plane.position(*to).is_some_and(|to| to.distance_m(&pose.at()) <= pose.range_m())
    };
    let places: Vec<Flat> = (0..PLACES).map(at).filter(aimed).collect();
    if places.is_empty() {
        return 0.0;
    }
    // All these places and the camera.
    let min = places.iter().fold((0.0, 0.0), |a: Flat, b| (a.0.min(b.0), a.1.min(b.1)));
    let max = places.iter().fold((0.0, 0.0), |a: Flat, b| (a.0.max(b.0), a.1.max(b.1)));
    let footprints = unhidden(buildings.around(&plane, min, max), pose.height_m(), target_height_m);
    let heights_m = (pose.height_m(), target_height_m);
    let free = |to: &&Flat| Line::new((0.0, 0.0), **to, heights_m, plane.unit_m).is_free(&footprints);
    f64::from(u32::try_from(places.iter().filter(free).count()).unwrap_or(PLACES)) / f64::from(PLACES)
}
