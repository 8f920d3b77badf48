//! Parts of roads that lie in a circle or in an area: where a place that is known only roughly may be.

use geo::{BoundingRect, CoordsIter, MultiPolygon};

use super::closures::inside;
use super::graph::RoadGraph;
use super::net::Net;
use super::spot::{Frame, length};
use crate::position::{EARTH_RADIUS_M, Position};

/// A part of an edge: offsets from the edge's beginning, tenths of a millimetre. Both ends are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The edge.
    pub edge: u32,
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
}

/// Edges times corners of an outline: more are not cut along it. A tenth of that takes some milliseconds.
const MOST_CUTS: usize = 1_000_000;

impl RoadGraph {
    /// The parts of edges inside a circle that `net` may use, in the order of edges. The circle's edge is in. A circle of
    /// many kilometres is taken a little larger (by its radius over that of the earth, times the tangent of the latitude),
    /// because it is drawn on a flat map; nothing inside is left out.
    pub fn parts_in_circle(&self, net: &Net, middle: Position, radius_m: f64) -> Vec<Part> {
        let frame = Frame::at(middle.point().0);
        let wider = 1.0 + middle.lat().to_radians().tan().abs() * radius_m / EARTH_RADIUS_M;
        let radius_m = radius_m * wider;
        let near = self.edges_near(middle, radius_m).into_iter().filter(|edge| net.uses(*edge));
        near.flat_map(|edge| self.in_circle(edge, frame, radius_m)).collect()
    }

    fn in_circle(&self, edge: u32, frame: Frame, radius_m: f64) -> Vec<Part> {
        let of = &self.edges[edge as usize];
        let vertices = self.vertices(of);
        let inside = |at: [f64; 2]| at[0] * at[0] + at[1] * at[1] <= radius_m * radius_m;
        if vertices.iter().all(|spot| inside(frame.xy(spot.degrees()))) {
            return vec![Part { edge, from: 0, to: of.length }];
        }
        let (mut run_m, mut parts): (f64, Vec<Part>) = (0.0, Vec::new());
        for pair in vertices.windows(2) {
            let long_m = pair[0].distance_m(pair[1]);
            if let Some((from, to)) = chord(frame.xy(pair[0].degrees()), frame.xy(pair[1].degrees()), radius_m) {
                let (from, to) = (length(run_m + from * long_m), length(run_m + to * long_m).min(of.length));
                match parts.last_mut() {
                    Some(last) if from <= last.to + 1 => last.to = last.to.max(to),
                    _ => parts.push(Part { edge, from: from.min(to), to }),
                }
            }
            run_m += long_m;
        }
        parts
    }

    /// The parts of edges inside an area (WGS84 degrees) that `net` may use, in the order of edges. `None` when an outline
    /// of so many corners over so many roads is too much work (a million pairs of them): take the circle around it.
    pub fn parts_in_area(&self, net: &Net, area: &MultiPolygon<f64>) -> Option<Vec<Part>> {
        let bounds = area.bounding_rect()?;
        let centre = bounds.center();
        let (middle, corner) = (Position::new(centre.x, centre.y), Position::new(bounds.max().x, bounds.min().y));
        let (Ok(middle), Ok(corner)) = (middle, corner) else { return None };
        // Degrees of longitude are longest at the side that is nearer to the equator.
        let other = Position::new(bounds.max().x, bounds.max().y).map_or(0.0, |other| other.distance_m(&middle));
        let near = self.edges_near(middle, corner.distance_m(&middle).max(other));
        if near.len().saturating_mul(area.coords_count()) > MOST_CUTS {
            return None;
        }
        let used = near.into_iter().filter(|edge| net.uses(*edge));
        let parts = |edge: u32| inside(self, edge, area).into_iter().map(move |(from, to)| Part { edge, from, to });
        Some(used.flat_map(parts).collect())
    }
}

/// The share of a segment that lies in a circle about (0, 0).
fn chord(a: [f64; 2], b: [f64; 2], radius: f64) -> Option<(f64, f64)> {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let (long2, along) = (dx * dx + dy * dy, a[0] * dx + a[1] * dy);
    let over = a[0] * a[0] + a[1] * a[1] - radius * radius;
    if long2 == 0.0 {
        return (over <= 0.0).then_some((0.0, 1.0));
    }
    let root = along * along - long2 * over;
    if root < 0.0 {
        return None;
    }
    let (from, to) = ((-along - root.sqrt()) / long2, (-along + root.sqrt()) / long2);
    (to >= 0.0 && from <= 1.0).then_some((from.max(0.0), to.min(1.0)))
}
