//! Places that are known only roughly: which roads they may be on, and how early and how late somebody is there.

use super::graph::RoadGraph;
use super::nearest::{Bound, Reached};
use super::net::Net;
use super::place::Place;
use super::search::{Roads, Sense, Workspace};
use super::spot::{Frame, length, share};
use super::targets::Targets;
use crate::feature::Fid;
use crate::noun::RoadClass;
use crate::position::Position;

/// One of several roads that a rough place may be on: a bridge deck, the road below it, one carriageway or the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Strand {
    /// The place on it that is nearest to the middle.
    pub place: Place,
    /// How far that is, metres.
    pub distance_m: f64,
    /// Where traffic goes, degrees clockwise from north; `None` where it goes both ways.
    pub heading_deg: Option<f64>,
    /// On a bridge.
    pub bridge: bool,
    /// In a tunnel.
    pub tunnel: bool,
    /// Level over (+) or under (−) the ground.
    pub level: i8,
    /// The road's feature.
    pub fid: Fid,
    /// The road's name.
    pub name: Option<String>,
    /// The road's class.
    pub class: RoadClass,
}

/// When somebody is at a rough place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// The number of the target.
    pub target: u32,
    /// Seconds to the part of the circle that is reached first.
    pub best_s: f64,
    /// Seconds to the part that is reached last; `None` when a part of the circle cannot be reached.
    pub worst_s: Option<f64>,
}

impl RoadGraph {
    /// The roads within a circle that `net` may use, the nearest first. Edges that only continue each other are one:
    /// same road or name, same level, bridge and tunnel, and no opposite direction. The circle's edge is in.
    pub fn strands(&self, net: &Net, middle: Position, radius_m: f64) -> Vec<Strand> {
        let mut near: Vec<(f64, u32, u32)> = self
            .edges_near(middle, radius_m)
            .into_iter()
            .filter(|edge| net.uses(*edge))
            .map(|edge| (edge, self.onto(edge, middle)))
            .filter(|(_, (_, far))| *far <= radius_m)
            .map(|(edge, (at, far))| (far, edge, at))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut strands: Vec<Strand> = Vec::new();
        for (distance_m, edge, at) in near {
            let place = Place { edge, at };
            let way = &self.ways[self.edges[edge as usize].road as usize];
            let strand = Strand {
                place,
                distance_m,
                heading_deg: self.heading(net, place),
                bridge: way.bridge,
                tunnel: way.tunnel,
                level: way.level,
                fid: way.fid,
                name: way.name.clone(),
                class: way.class,
            };
            if !strands.iter().any(|known| known.continues(&strand)) {
                strands.push(strand);
            }
        }
        strands
    }

    /// Where traffic goes at a place of a street that is driven in one direction only; degrees clockwise from north.
    fn heading(&self, net: &Net, place: Place) -> Option<f64> {
        let mut arcs = self.arcs_through(net, place);
        let (arc, _, long) = arcs.next()?;
        if arcs.next().is_some() {
            return None;
        }
        // A metre to each side is enough to see where the line goes.
        let side = length(1.0);
        let line = self.part(place.edge, place.at.saturating_sub(side), place.at.saturating_add(side).min(long));
        let (first, last) = (line.0.first()?, line.0.last()?);
        let [east, north] = Frame::at(*first).xy(*last);
        let azimuth = east.atan2(north).to_degrees().rem_euclid(360.0);
        Some(if arc.is_multiple_of(2) { azimuth } else { (azimuth + 180.0).rem_euclid(360.0) })
    }

    /// The parts of edges inside a circle: edge, and the offsets between which it runs inside.
    fn parts_within(&self, net: &Net, middle: Position, radius_m: f64) -> Vec<(u32, u32, u32)> {
        let frame = Frame::at(middle.point().0);
        let mut parts = Vec::new();
        for edge in self.edges_near(middle, radius_m).into_iter().filter(|edge| net.uses(*edge)) {
            let (mut run_m, mut open): (f64, Option<(u32, u32)>) = (0.0, None);
            for pair in self.vertices(&self.edges[edge as usize]).windows(2) {
                let long_m = pair[0].distance_m(pair[1]);
                let inside = chord(frame.xy(pair[0].degrees()), frame.xy(pair[1].degrees()), radius_m);
                if let Some((from, to)) = inside {
                    let (from, to) = (length(run_m + from * long_m), length(run_m + to * long_m));
                    open = match open {
                        Some((start, end)) if from <= end + 1 => Some((start, to.max(end))),
                        Some((start, end)) => {
                            parts.push((edge, start, end));
                            Some((from, to))
                        }
                        None => Some((from, to)),
                    };
                }
                run_m += long_m;
            }
            parts.extend(open.map(|(start, end)| (edge, start, end.min(self.edges[edge as usize].length))));
        }
        parts
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

impl Strand {
    fn continues(&self, other: &Self) -> bool {
        let same = self.fid == other.fid || (self.name.is_some() && self.name == other.name);
        let height = (self.level, self.bridge, self.tunnel) == (other.level, other.bridge, other.tunnel);
        let turned = match (self.heading_deg, other.heading_deg) {
            (Some(a), Some(b)) => ((a - b + 540.0).rem_euclid(360.0) - 180.0).abs() > 90.0,
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => true,
        };
        same && height && !turned
    }
}

impl Workspace {
    /// Who is first at each strand: the strands of [`RoadGraph::strands`], each with the answer of its own search.
    pub fn first_at(
        &mut self,
        roads: Roads<'_>,
        strands: &[Strand],
        targets: &Targets,
        bound: Bound,
    ) -> Vec<Option<Reached>> {
        let first =
            |strand: &Strand| self.nearest(roads, strand.place, targets, Bound { count: 1, ..bound }).first().copied();
        strands.iter().map(first).collect()
    }

    /// How early and how late targets are at a circle: to the part of its roads that each reaches first, and to the one
    /// that it reaches last. The targets are those that are nearest to any part of the circle, in order of their best
    /// times. `bound.within` bounds the best times.
    pub fn at_circle(
        &mut self,
        roads: Roads<'_>,
        (middle, radius_m): (Position, f64),
        targets: &Targets,
        bound: Bound,
    ) -> Vec<Between> {
        let parts = roads.graph.parts_within(roads.net, middle, radius_m);
        let ends: Vec<Place> =
            parts.iter().flat_map(|(edge, from, to)| [*from, *to].map(|at| Place { edge: *edge, at })).collect();
        let mut best: Vec<(f64, u32)> = Vec::new();
        for end in &ends {
            best.extend(
                self.nearest(roads, *end, targets, bound).iter().map(|reached| (reached.time_s, reached.target)),
            );
        }
        best.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0)));
        best.dedup_by_key(|(_, target)| *target);
        best.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        best.truncate(bound.count);
        // The same few again, to every end, however late.
        let few = Targets::new(roads, best.iter().map(|(_, target)| targets.place(*target)).collect(), Sense::Toward);
        let mut times = vec![Vec::with_capacity(ends.len()); best.len()];
        for end in &ends {
            let mut row = vec![None; best.len()];
            for reached in self.nearest(roads, *end, &few, Bound::time(best.len(), f64::INFINITY)) {
                row[reached.target as usize] = Some(reached.time_s);
            }
            times.iter_mut().zip(row).for_each(|(times, time)| times.push(time));
        }
        let worst = |times: &[Option<f64>]| {
            let pairs = parts.iter().zip(times.chunks(2));
            let each = pairs.map(|(part, pair)| Some(latest(roads, *part, (pair[0]?, pair[1]?))));
            each.collect::<Option<Vec<f64>>>().map(|all| all.into_iter().fold(0.0, f64::max))
        };
        let rows = best.iter().zip(&times);
        rows.map(|((best_s, target), times)| Between { target: *target, best_s: *best_s, worst_s: worst(times) })
            .collect()
    }
}

/// When the last point of a part is reached, given when its ends are: where one can go both ways, the point at which the
/// two ways meet.
fn latest(roads: Roads<'_>, (edge, from, to): (u32, u32, u32), (first, last): (f64, f64)) -> f64 {
    let long = roads.graph.edges[edge as usize].length;
    let drive = |arc: u32| roads.net.takes(arc).map(|takes| f64::from(share(takes.drive, to - from, long)) / 1_000.0);
    match (drive(edge * 2), drive(edge * 2 + 1)) {
        (Some(along), Some(against)) => {
            // Speeds a and b from the two ends meet where first + x/a = last + (1 − x)/b; times are linear between.
            let all = along + against;
            let share = if all > 0.0 { ((last - first + against) / all).clamp(0.0, 1.0) } else { 0.0 };
            first + share * along
        }
        (Some(_) | None, None) | (None, Some(_)) => first.max(last),
    }
    .max(first)
    .max(last)
}
