//! The ground that a building hides from a camera, as polygons of the camera's plane.
//!
//! Seen from above, what a wall hides begins at the wall and ends where the line over its top comes down to the height
//! of the target. Both ends are straight: the far one is the wall itself, drawn larger about the camera. A building's
//! shadow is so its footprint, its footprint drawn larger, and for each edge what lies between the two.

use geo::orient::{Direction, Orient};
use geo::{BooleanOps, LineString, MultiPolygon, Polygon, unary_union};

use super::buildings::Footprint;
use super::line::{AT, Line};
use super::plane::{Flat, bearing_deg, cross, dot, length, minus, towards};

/// A shadow without end is drawn to so many times the camera's range; with corners every 45° at most it nowhere comes
/// nearer than 1.1 times.
const FAR: f64 = 1.2;
/// Pieces that share a border are drawn over it by this, degrees, so that no hair of light is left between them.
const OVERLAP_DEG: f64 = 1e-6;

/// Where a shadow begins and ends, as multiples of the distance to the wall; `None` for a shadow without end.
#[derive(Debug, Clone, Copy)]
struct Depth {
    from: f64,
    to: Option<f64>,
}

/// How deep the shadow of a building is for a camera and a target at those heights, metres; `None` if it has none.
///
/// At a share `s` of the way the line is at `camera + s (target − camera)`. A falling line is lowest where it leaves the
/// building, so the wall at distance `b` hides what is nearer than `b (camera − target) / (camera − height)`; a rising
/// one is lowest where it enters, and the wall at `a` hides what is farther than `a (target − camera) / (height −
/// camera)`.
fn depth(camera_m: f64, target_m: f64, height_m: f64) -> Option<Depth> {
    let falls = camera_m - target_m;
    if height_m <= camera_m.min(target_m) {
        None
    } else if falls > 0.0 {
        let to = (height_m < camera_m).then(|| falls / (camera_m - height_m));
        Some(Depth { from: 1.0, to })
    } else {
        let from = if height_m > target_m { 1.0 } else { (-falls / (height_m - camera_m)).max(1.0) };
        Some(Depth { from, to: None })
    }
}

/// What the footprints hide of targets at a height, out to `reach` (units). The camera is the plane's origin.
pub(super) fn shadows(footprints: &[Footprint], heights_m: (f64, f64), unit_m: f64, reach: f64) -> MultiPolygon<f64> {
    let mut pieces: Vec<Polygon<f64>> = Vec::new();
    for footprint in footprints {
        if footprint.height_m > heights_m.1 {
            pieces.extend(solid(footprint, 1.0));
        }
        let Some(depth) = depth(heights_m.0, heights_m.1, footprint.height_m) else { continue };
        if footprint.holds((0.0, 0.0)) || footprint.wall((0.0, 0.0)) <= AT {
            from_within(footprint, depth, heights_m, unit_m, reach, &mut pieces);
            continue;
        }
        pieces.extend(solid(footprint, depth.from));
        if let Some(to) = depth.to {
            pieces.extend(solid(footprint, to));
        }
        for edge in footprint.edges() {
            pieces.extend(behind(edge, depth, reach));
        }
    }
    unary_union(&pieces)
}

/// What is hidden behind one edge.
fn behind((a, b): (Flat, Flat), depth: Depth, reach: f64) -> Option<Polygon<f64>> {
    let times = |(x, y): Flat, by: f64| (x * by, y * by);
    let mut ring = vec![times(a, depth.from), times(b, depth.from)];
    match depth.to {
        Some(to) => ring.extend([times(b, to), times(a, to)]),
        None => ring.extend(arc(b, a, FAR * reach.max(length(a)).max(length(b)))),
    }
    polygon(ring)
}

/// Corners from one direction to another the shorter way, no farther than 45° apart.
fn arc(from: Flat, to: Flat, radius: f64) -> Vec<Flat> {
    let turn = cross(from, to).atan2(dot(from, to));
    let steps = (turn.abs() / std::f64::consts::FRAC_PI_4).ceil().max(1.0);
    let start = from.1.atan2(from.0);
    let mut corners = Vec::new();
    let mut step = 0.0;
    while step <= steps {
        let (sin, cos) = (start + turn * step / steps).sin_cos();
        corners.push((radius * cos, radius * sin));
        step += 1.0;
    }
    corners
}

/// The shadow of the building that the camera stands in, or right at: between any two neighbouring corners of it, as the rules for a
/// line of sight have it ([`Line::meets`]).
fn from_within(
    footprint: &Footprint,
    depth: Depth,
    heights_m: (f64, f64),
    unit_m: f64,
    reach: f64,
    pieces: &mut Vec<Polygon<f64>>,
) {
    let mut bearings: Vec<f64> = footprint.rings.iter().flatten().map(|corner| bearing_deg(*corner)).collect();
    bearings.extend(footprint.crossings().into_iter().map(bearing_deg));
    bearings.sort_by(f64::total_cmp);
    bearings.dedup();
    let Some(first) = bearings.first().copied() else { return };
    let wide = bearings.iter().skip(1).copied().chain([first + 360.0]);
    for (from, to) in bearings.iter().copied().zip(wide) {
        let far = FAR * reach + footprint.edges().map(|(a, _)| length(a)).fold(0.0, f64::max);
        let out = |deg: f64, by: f64| {
            let (east, north) = towards(deg);
            (east * by, north * by)
        };
        let line = Line::new((0.0, 0.0), out(f64::midpoint(from, to), far), heights_m, unit_m);
        for run in line.runs(footprint) {
            if !line.counts_from_the_start(footprint, &run) {
                continue;
            }
            // The borders a little beyond, where the straight walls go on.
            let (left, right) = (out(from - OVERLAP_DEG, 1.0), out(to + OVERLAP_DEG, 1.0));
            let near = if run.begin * far <= AT { None } else { Some((on(run.enters, left), on(run.enters, right))) };
            let end = (on(run.leaves, left), on(run.leaves, right));
            let mut ring: Vec<Flat> = Vec::new();
            let times = |(x, y): Flat, by: f64| (x * by, y * by);
            match near {
                Some((Some(a), Some(b))) => ring.extend([times(a, depth.from), times(b, depth.from)]),
                None => ring.push((0.0, 0.0)),
                Some(_) => continue,
            }
            match (depth.to, end) {
                (Some(by), (Some(a), Some(b))) => ring.extend([times(b, by), times(a, by)]),
                (None, _) => ring.extend(arc(right, left, far)),
                (Some(_), _) => continue,
            }
            pieces.extend(polygon(ring));
        }
    }
}

/// Where a direction from the origin meets the line through an edge; `None` when it runs along it.
fn on((a, b): (Flat, Flat), direction: Flat) -> Option<Flat> {
    let along = minus(b, a);
    let across = cross(direction, along);
    let by = cross(a, along) / across;
    (by.is_finite() && by > 0.0).then_some((direction.0 * by, direction.1 * by))
}

/// The footprint as valid polygons that run counter-clockwise, drawn larger about the camera.
fn solid(footprint: &Footprint, by: f64) -> Vec<Polygon<f64>> {
    let line = |ring: &Vec<Flat>| LineString(ring.iter().map(|(x, y)| geo::coord! { x: x * by, y: y * by }).collect());
    let mut rings = footprint.rings.iter().map(line);
    let Some(first) = rings.next() else { return Vec::new() };
    // The even-odd rule is what the overlay goes by; it takes every further ring as it comes.
    let drawn = Polygon::new(first, rings.collect());
    drawn.union(&MultiPolygon::new(Vec::new())).orient(Direction::Default).0
}

/// A ring as a polygon that runs counter-clockwise; `None` when it has no area.
fn polygon(mut ring: Vec<Flat>) -> Option<Polygon<f64>> {
    let next = ring.iter().skip(1).chain(ring.first());
    let area: f64 = ring.iter().zip(next).map(|(a, b)| cross(*a, *b)).sum();
    if area.abs() < 1e-9 {
        return None;
    }
    if area < 0.0 {
        ring.reverse();
    }
    Some(Polygon::new(LineString(ring.into_iter().map(geo::Coord::from).collect()), Vec::new()))
}
