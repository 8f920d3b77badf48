//! The road graph: junctions, the edges between them, and what is known of each edge's road.

use geo::{Coord, LineString};
use geo_index::rtree::RTree;

use super::spot::{Spot, length, metres, number};
use super::turn::Turn;
use super::way::Way;
use crate::feature::Fid;
use crate::noun::RoadClass;
use crate::position::Position;

/// A piece of road between two junctions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    /// Junctions where its line begins and ends.
    pub(crate) ends: [u32; 2],
    /// Its road.
    pub(crate) road: u32,
    /// Its first vertex in the list of all.
    pub(crate) first: u32,
    /// How many vertices, both ends among them.
    pub(crate) vertices: u32,
    /// Length, tenths of a millimetre.
    pub(crate) length: u32,
    /// Whether there are traffic lights at the beginning and at the end.
    pub(crate) signals: [bool; 2],
}

/// An edge in one direction: `2 × edge` along its line, `2 × edge + 1` against it.
pub(crate) type Arc = u32;

/// What was met when the graph was built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GraphTally {
    /// Roads that became edges.
    pub roads: u32,
    /// Vertices of all their lines.
    pub vertices: u32,
    /// Turn restrictions that hold at a junction.
    pub turns: u32,
    /// Turn restrictions whose junction or road is not there (cut at the edge of an extract, or not understood).
    pub turns_lost: u32,
    /// Barriers that stop somebody.
    pub barriers: u32,
    /// Barriers that are not understood, or at no vertex.
    pub barriers_lost: u32,
}

/// Roads as a graph. Junctions are numbered along a Morton curve, edges by their first junction. It holds all roads for
/// all who move; what one kind of mover may use and how long it takes is a [`Net`](super::Net) over it.
#[derive(Debug)]
pub struct RoadGraph {
    pub(crate) nodes: Vec<Spot>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) shape: Vec<Spot>,
    pub(crate) ways: Vec<Way>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) tally: GraphTally,
    /// Boxes of the edges, degrees.
    pub(crate) tree: Option<RTree<f64>>,
}

/// What is known of an edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EdgeFacts<'a> {
    /// The road's feature.
    pub fid: Fid,
    /// The road's name.
    pub name: Option<&'a str>,
    /// The road's class.
    pub class: RoadClass,
    /// On a bridge.
    pub bridge: bool,
    /// In a tunnel.
    pub tunnel: bool,
    /// Level over (+) or under (−) the ground.
    pub level: i8,
    /// Length, metres.
    pub length_m: f64,
}

impl RoadGraph {
    /// How many junctions.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many edges.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// What was met when it was built.
    pub fn tally(&self) -> GraphTally {
        self.tally
    }

    /// What is known of an edge.
    pub fn facts(&self, edge: u32) -> Option<EdgeFacts<'_>> {
        let edge = self.edges.get(edge as usize)?;
        let way = self.ways.get(edge.road as usize)?;
        Some(EdgeFacts {
            fid: way.fid,
            name: way.name.as_deref(),
            class: way.class,
            bridge: way.bridge,
            tunnel: way.tunnel,
            level: way.level,
            length_m: metres(edge.length),
        })
    }

    /// The line of an edge, WGS84 degrees; empty for an edge that there is not.
    pub fn line(&self, edge: u32) -> LineString<f64> {
        self.edges.get(edge as usize).map_or_else(
            || LineString::new(Vec::new()),
            |edge| LineString::new(self.vertices(edge).iter().map(|spot| spot.degrees()).collect()),
        )
    }

    pub(crate) fn vertices(&self, edge: &Edge) -> &[Spot] {
        &self.shape[edge.first as usize..(edge.first + edge.vertices) as usize]
    }

    /// The junction where an arc begins.
    pub(crate) fn tail(&self, arc: Arc) -> u32 {
        self.edges[(arc / 2) as usize].ends[(arc % 2) as usize]
    }

    /// The junction where an arc ends.
    pub(crate) fn head(&self, arc: Arc) -> u32 {
        self.edges[(arc / 2) as usize].ends[(1 - arc % 2) as usize]
    }

    /// Degrees of a point `at` along an edge (tenths of a millimetre from its beginning).
    pub(crate) fn point(&self, edge: u32, at: u32) -> Coord<f64> {
        self.part(edge, at, at).0.first().copied().unwrap_or_default()
    }

    /// The line of an edge between two offsets, in the order in which they are given.
    pub(crate) fn part(&self, edge: u32, from: u32, to: u32) -> LineString<f64> {
        let edge = &self.edges[edge as usize];
        let (low, high) = (from.min(to), from.max(to));
        if low == 0 && high >= edge.length {
            let mut whole: Vec<Coord<f64>> = self.vertices(edge).iter().map(|spot| spot.degrees()).collect();
            if from > to {
                whole.reverse();
            }
            return LineString::new(whole);
        }
        let mut line = Vec::new();
        let mut run_m = 0.0;
        let vertices = self.vertices(edge);
        for pair in vertices.windows(2) {
            let long_m = pair[0].distance_m(pair[1]);
            let (start, end) = (length(run_m), length(run_m + long_m));
            let (a, b) = (pair[0].degrees(), pair[1].degrees());
            let within = |at: u32| {
                let share = if long_m > 0.0 { ((metres(at) - run_m) / long_m).clamp(0.0, 1.0) } else { 0.0 };
                Coord { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) }
            };
            if line.is_empty() && low <= end {
                line.push(within(low));
            }
            if !line.is_empty() {
                if high <= end {
                    line.push(within(high));
                    break;
                }
                if low < end && start < high {
                    line.push(b);
                }
            }
            run_m += long_m;
        }
        // Rounding may leave an offset a hair behind the last vertex.
        while line.len() < 2 {
            line.push(vertices.last().map_or_else(Coord::zero, |spot| spot.degrees()));
        }
        if from > to {
            line.reverse();
        }
        LineString::new(line)
    }

    /// The place of a junction.
    pub fn node_position(&self, node: u32) -> Option<Position> {
        self.nodes.get(node as usize)?.position()
    }

    /// How many bytes it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let names: usize = self.ways.iter().filter_map(|way| way.name.as_ref()).map(String::len).sum();
        size_of_val(self.nodes.as_slice())
            + size_of_val(self.edges.as_slice())
            + size_of_val(self.shape.as_slice())
            + size_of_val(self.ways.as_slice())
            + names
            + self.edges.len() * 38
    }

    pub(crate) fn arc_count(&self) -> u32 {
        number(self.edges.len() * 2)
    }
}
