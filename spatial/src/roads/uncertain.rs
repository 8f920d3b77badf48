//! Places that are known only roughly: which roads they may be on, and who is first at each.

use std::collections::{HashMap, HashSet};

use super::graph::RoadGraph;
use super::nearest::{Bound, Reached};
use super::net::Net;
use super::parts::Part;
use super::place::Place;
use super::search::{Roads, Workspace};
use super::spot::{Frame, length};
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

impl RoadGraph {
    /// The roads that the parts of a rough place lie on, those first that are nearest to its middle. Edges that only
    /// continue each other are one: same road or name, same level, bridge and tunnel, and no opposite direction.
    pub fn strands(&self, net: &Net, middle: Position, parts: &[Part]) -> Vec<Strand> {
        let mut near: Vec<(f64, u32, u32)> = parts.iter().map(|part| self.nearest_in(*part, middle)).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut strands: Vec<Strand> = Vec::new();
        // Strands by road and by name: only those may go on in an edge.
        let mut known: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
        for (distance_m, edge, at) in near {
            let place = Place { edge, at };
            let way = &self.ways[self.edges[edge as usize].road as usize];
            let heading_deg = self.heading(net, place);
            let keys = [Some(Key::Road(way.fid)), way.name.as_deref().map(Key::Name)];
            let mut alike = keys.iter().flatten().filter_map(|key| known.get(key)).flatten();
            let lies = (way.level, way.bridge, way.tunnel);
            if alike.any(|at| strands.get(*at).is_some_and(|strand| strand.continues(lies, heading_deg))) {
                continue;
            }
            keys.into_iter().flatten().for_each(|key| known.entry(key).or_default().push(strands.len()));
            strands.push(Strand {
                place,
                distance_m,
                heading_deg,
                bridge: way.bridge,
                tunnel: way.tunnel,
                level: way.level,
                fid: way.fid,
                name: way.name.clone(),
                class: way.class,
            });
        }
        strands
    }

    /// The `count` strands nearest to the middle, and all that come within `complete_m` metres of it; and how many other
    /// roads the parts lie on (those of one name, level, bridge and tunnel are one). It costs what is near, and a step for
    /// every part.
    pub fn nearest_strands(
        &self,
        net: &Net,
        (middle, parts): (Position, &[Part]),
        (count, complete_m): (usize, f64),
    ) -> (Vec<Strand>, usize) {
        let mut look_m = complete_m;
        let mut strands = loop {
            let edges = self.edges_near(middle, look_m);
            let is_near = |part: &&Part| edges.binary_search(&part.edge).is_ok();
            let near: Vec<Part> = parts.iter().filter(is_near).copied().collect();
            let mut strands = self.strands(net, middle, &near);
            if near.len() == parts.len() {
                break strands;
            }
            strands.retain(|strand| strand.distance_m <= look_m);
            if strands.len() >= count {
                break strands;
            }
            look_m *= 3.0;
        };
        strands.truncate(strands.partition_point(|strand| strand.distance_m <= complete_m).max(count));
        let road = |edge: u32| {
            let way = &self.ways[self.edges[edge as usize].road as usize];
            let key = way.name.as_deref().map_or(Key::Road(way.fid), Key::Name);
            (key, way.level, way.bridge, way.tunnel)
        };
        let told: HashSet<_> = strands.iter().map(|strand| road(strand.place.edge)).collect();
        let others: HashSet<_> = parts.iter().map(|part| road(part.edge)).filter(|road| !told.contains(road)).collect();
        (strands, others.len())
    }

    /// How far a part of an edge is from a position, metres, the edge, and where on it that is.
    pub(super) fn nearest_in(&self, part: Part, middle: Position) -> (f64, u32, u32) {
        let (at, far_m) = self.onto(part.edge, middle);
        let inside = at.clamp(part.from, part.to);
        let far_m = if inside == at {
            far_m
        } else {
            self.position(Place { edge: part.edge, at: inside }).map_or(far_m, |at| at.distance_m(&middle))
        };
        (far_m, part.edge, inside)
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
}

/// What edges of one strand have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Road(Fid),
    Name(&'a str),
}

impl Strand {
    /// Whether an edge of the same road or name goes on from it.
    fn continues(&self, lies: (i8, bool, bool), heading_deg: Option<f64>) -> bool {
        let turned = match (self.heading_deg, heading_deg) {
            (Some(a), Some(b)) => ((a - b + 540.0).rem_euclid(360.0) - 180.0).abs() > 90.0,
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => true,
        };
        (self.level, self.bridge, self.tunnel) == lies && !turned
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
}
