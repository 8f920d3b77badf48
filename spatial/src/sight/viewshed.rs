//! What a camera sees, as an area: its sector without the shadows of buildings.

use geo::{Area, BooleanOps, Coord, CoordsIter, LineString, MultiPolygon, Polygon, Simplify};

use super::buildings::Buildings;
use super::cull::unhidden;
use super::plane::{Flat, Plane, towards};
use super::pose::Pose;
use super::shadow::shadows;
use crate::position::Position;
use crate::zone::in_the_world;

/// Most vertices of a viewshed. One with more is drawn more coarsely, and says by how much.
pub const MOST_VERTICES: usize = 2_000;
/// Corners of the outer arc are no farther apart, degrees: the chord is nowhere more than 4 thousandths of a percent of
/// the range inside the arc (3 mm at 80 m).
const ARC_DEG: f64 = 1.0;

/// What a camera that turns is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// What is in view now; of a camera that turns and whose direction nobody knows, nothing.
    Now,
    /// All that it can turn to. The same as now for a camera that does not turn.
    All,
}

/// What a camera sees of targets at one height.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewshed {
    /// WGS84 degrees, outlines counter-clockwise; cut at the antimeridian. What is under the roof of a building higher
    /// than the target is left out.
    pub area: MultiPolygon<f64>,
    /// By how much its outline was simplified to keep to [`MOST_VERTICES`], metres; 0 for an exact one.
    pub coarse_m: f64,
}

/// The area in which a camera sees targets at a height (metres above ground): exact at the corners of buildings and
/// their shadows; the outer arc has a corner every degree. Agrees with [`super::judge`] for every place that lies in no
/// building and not right at a wall.
///
/// ```
/// use spatial::sight::{Buildings, Pose, Raw, Turned, viewshed};
/// use spatial::{Layer, Position, StillLayer, noun::CameraKind};
/// let at = Position::new(120.6555, 28.0150).ok();
/// let pose = Pose::of(&Raw { at, kind: Some(CameraKind::Dome), ..Raw::default() }).unwrap();
/// let none = StillLayer::build(Layer::Buildings, &[], |_| None);
/// let seen = viewshed(&pose, &Buildings::new(&none), 1.5, Turned::Now);
/// assert_eq!(seen.area.0.len(), 1, "a disc");
/// ```
pub fn viewshed(pose: &Pose, buildings: &Buildings<'_>, target_height_m: f64, turned: Turned) -> Viewshed {
    let plane = Plane::at(pose.at());
    let Some(sector) = sector(pose, &plane, turned) else {
        return Viewshed { area: MultiPolygon::new(Vec::new()), coarse_m: 0.0 };
    };
    let far = sector.exterior().coords().map(|c| c.x.hypot(c.y)).fold(0.0, f64::max);
    let side = |of: fn(&Coord<f64>) -> f64| {
        let all = || sector.exterior().coords().map(of);
        (all().fold(0.0, f64::min) - 1.0, all().fold(0.0, f64::max) + 1.0)
    };
    let ((west, east), (south, north)) = (side(|c| c.x), side(|c| c.y));
    let near = buildings.around(&plane, (west, south), (east, north));
    let footprints = unhidden(near, pose.height_m(), target_height_m);
    let hidden = shadows(&footprints, (pose.height_m(), target_height_m), plane.unit_m, far);
    let (seen, coarse) = within_bounds(sector.difference(&hidden));
    Viewshed { area: in_the_world(&degrees(&seen, &plane)), coarse_m: coarse * plane.unit_m }
}

/// The sector of a camera on its plane, its arc at the range on the sphere.
fn sector(pose: &Pose, plane: &Plane, turned: Turned) -> Option<Polygon<f64>> {
    let round = pose.is_round() || (pose.turns() && turned == Turned::All);
    let (from, wide) = match (round, pose.azimuth_deg()) {
        (true, _) => (0.0, 360.0),
        (false, Some(azimuth)) => (azimuth - pose.angle_deg() / 2.0, pose.angle_deg()),
        (false, None) => return None,
    };
    let steps = (wide / ARC_DEG).ceil();
    let mut ring: Vec<Coord<f64>> = Vec::new();
    if !round {
        ring.push(Coord { x: 0.0, y: 0.0 });
    }
    // Bearings go clockwise, outlines the other way.
    let mut step = if round { steps - 1.0 } else { steps };
    while step >= 0.0 {
        ring.push(at_range(pose.at(), pose.range_m(), plane, from + wide * step / steps).into());
        step -= 1.0;
    }
    Some(Polygon::new(LineString(ring), Vec::new()))
}

/// Where a bearing on the map is at a distance on the sphere: two corrections of a first guess leave less than 1 mm.
fn at_range(centre: Position, range_m: f64, plane: &Plane, bearing_deg: f64) -> Flat {
    let (east, north) = towards(bearing_deg);
    let mut far = range_m / plane.unit_m;
    for _ in 0..3 {
        let reached = plane.position((east * far, north * far)).map_or(0.0, |at| at.distance_m(&centre));
        if reached > 0.0 {
            far *= range_m / reached;
        }
    }
    (east * far, north * far)
}

/// The area with at most [`MOST_VERTICES`], and the tolerance that this took, units: corners that stand out less are
/// left out, and so are parts and holes that are smaller than its square.
fn within_bounds(area: MultiPolygon<f64>) -> (MultiPolygon<f64>, f64) {
    let mut tolerance = 0.0;
    let mut coarse = area;
    while coarse.coords_count() > MOST_VERTICES {
        tolerance = if tolerance > 0.0 { tolerance * 2.0 } else { 4.0 };
        let large = |ring: &LineString<f64>| {
            ring.0.len() >= 4 && Polygon::new(ring.clone(), Vec::new()).unsigned_area() >= tolerance * tolerance
        };
        let parts = coarse.simplify(tolerance).0.into_iter().filter(|part| large(part.exterior())).map(|part| {
            let (outline, holes) = part.into_inner();
            Polygon::new(outline, holes.into_iter().filter(large).collect())
        });
        coarse = MultiPolygon::new(parts.collect());
    }
    (coarse, tolerance)
}

fn degrees(area: &MultiPolygon<f64>, plane: &Plane) -> MultiPolygon<f64> {
    use geo::MapCoords;
    area.map_coords(|c| Coord::from(plane.degrees((c.x, c.y))))
}
