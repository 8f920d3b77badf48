//! From roads to the graph: vertices that roads share become junctions, what lies between them becomes an edge.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder};

use super::barrier::{self, Barrier};
use super::graph::{Edge, GraphTally, RoadGraph};
use super::spot::{Spot, length, number};
use super::turn::{Placed, told, turns};
use super::way::Way;
use crate::feature::Feature;
use crate::lines::lines;
use crate::noun::Noun;
use crate::value::Value;

/// Gathers roads; the order in which they come decides no more than their numbers.
///
/// Two vertices are one junction when they have the same node id in the source, or, where a road has no node ids, when
/// they lie at the same place (to 1e-7 degree). A bridge and the road below it share neither.
#[derive(Debug, Default)]
pub struct GraphBuilder {
    ways: Vec<Way>,
    /// Road, its line, the ids of its vertices (none: by place), and numbers of vertices with traffic lights.
    lines: Vec<Line>,
    told: Vec<(u32, usize, bool, String)>,
    /// Source ids of roads that may be turned into.
    ids: HashMap<String, u32>,
    lost: u32,
    barriers_lost: u32,
}

#[derive(Debug)]
struct Line {
    road: u32,
    spots: Vec<Spot>,
    nodes: Option<Vec<i64>>,
    signals: Vec<usize>,
    barriers: Vec<Barrier>,
}

/// What makes a vertex itself: (least, node id), or its place; beside a barrier (least + 1, number of the barrier).
type Key = (i64, i64);

/// Vertices at which a line does not simply go on: by line and vertex, the junctions at which one arrives and leaves.
type Doors = HashMap<(usize, usize), [Key; 2]>;

/// Roads through barriers: between which junctions, where, and the number of the way.
type Gates = Vec<([Key; 2], Spot, u32)>;

impl GraphBuilder {
    /// No road yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a road; answers `false` for a feature of another layer.
    pub fn push(&mut self, feature: &Feature) -> bool {
        let (Noun::Road(noun), Some(way)) = (&feature.noun, Way::of(feature)) else { return false };
        let road = number(self.ways.len());
        let lines = lines(&feature.geometry);
        // Vertex numbers speak of the road's own line: of a road in several pieces they say nothing.
        let own = lines.first().filter(|_| lines.len() == 1);
        let text = |name: &str| {
            own.and_then(|_| feature.attributes.properties().get(name)).and_then(Value::as_text).unwrap_or_default()
        };
        let (turns, lost) = told(text("turns"));
        self.lost += lost;
        self.told.extend(turns.into_iter().map(|turn| (road, turn.vertex, turn.only, turn.to)));
        let signals: Vec<usize> = text("signals").split(',').filter_map(|n| n.trim().parse().ok()).collect();
        let (barriers, lost) = within(barrier::told(text("barriers")), own.map_or(0, |line| line.0.len()));
        self.barriers_lost += lost;
        for line in &lines {
            let nodes = noun.nodes.as_ref().map(|nodes| &nodes.0).filter(|nodes| nodes.len() == line.0.len());
            let spots = line.0.iter().map(|at| Spot::of(*at)).collect();
            self.lines.push(Line {
                road,
                spots,
                nodes: nodes.cloned(),
                signals: signals.clone(),
                barriers: barriers.clone(),
            });
        }
        self.ids.insert(feature.key.source_id.clone(), road);
        self.ways.push(way);
        true
    }

    /// The graph of all roads that were added.
    pub fn finish(mut self) -> RoadGraph {
        let keys = self.keys();
        let roads = number(self.ways.len());
        let (doors, gates) = self.gates(&keys);
        let mut uses: HashMap<Key, (Spot, bool)> = HashMap::new();
        for (line, keys) in self.lines.iter().zip(&keys) {
            for (at, (key, spot)) in keys.iter().zip(&line.spots).enumerate() {
                let is_end = at == 0 || at + 1 == keys.len();
                uses.entry(*key).and_modify(|(_, shared)| *shared = true).or_insert((*spot, is_end));
            }
        }
        for (ends, spot, _) in &gates {
            uses.extend(ends.map(|end| (end, (*spot, true))));
        }
        // Junctions along the curve, those at one place by their key, so that the numbers are always the same.
        let mut order: Vec<(u64, Key, Spot)> = uses
            .iter()
            .filter(|(_, (_, shared))| *shared)
            .map(|(key, (spot, _))| (spot.morton(), *key, *spot))
            .collect();
        order.sort_unstable();
        let numbers: HashMap<Key, u32> = order.iter().zip(0..).map(|((_, key, _), node)| (*key, node)).collect();
        let (edges, shape) = edges(&self.lines, &keys, &numbers, (&doors, &gates));
        let placed = self.placed(&keys, &numbers);
        let (turns, held) = turns(&placed, &edges);
        let told = number(self.told.len());
        let tally = GraphTally {
            roads,
            vertices: number(shape.len()),
            turns: held,
            turns_lost: self.lost + (told - held),
            barriers: number(gates.len()),
            barriers_lost: self.barriers_lost,
        };
        let nodes = order.into_iter().map(|(_, _, spot)| spot).collect();
        let tree = packed(&edges, &shape);
        RoadGraph { nodes, edges, shape, ways: self.ways, turns, tally, tree }
    }

    /// The keys of every vertex of every line.
    fn keys(&self) -> Vec<Vec<Key>> {
        let mut by_place: HashMap<Spot, i64> = HashMap::new();
        if self.lines.iter().any(|line| line.nodes.is_none()) {
            for line in &self.lines {
                for (spot, id) in line.spots.iter().zip(line.nodes.iter().flatten()) {
                    by_place.entry(*spot).and_modify(|least| *least = (*least).min(*id)).or_insert(*id);
                }
            }
        }
        let of_place = |spot: &Spot| match by_place.get(spot) {
            Some(id) => (i64::MIN, *id),
            None => (i64::from(spot.lon), i64::from(spot.lat)),
        };
        let of_line = |line: &Line| match &line.nodes {
            Some(ids) => ids.iter().map(|id| (i64::MIN, *id)).collect(),
            None => line.spots.iter().map(of_place).collect(),
        };
        self.lines.iter().map(of_line).collect()
    }

    /// Puts a road through every barrier that stops somebody. Where a line goes through it, or two lines end at it, one is
    /// enough; where more arms meet, each has its own, so that nobody passes from one into another.
    fn gates(&mut self, keys: &[Vec<Key>]) -> (Doors, Gates) {
        let (mut doors, mut gates) = (Doors::new(), Gates::new());
        let arms_of = |at: usize, long: usize| if at == 0 || at + 1 == long { 1 } else { 2 };
        let mut arms: HashMap<Key, u32> = HashMap::new();
        for (line, keys) in self.lines.iter().zip(keys) {
            arms.extend(line.barriers.iter().filter_map(|barrier| Some((*keys.get(barrier.vertex)?, 0))));
        }
        if arms.is_empty() {
            return (doors, gates);
        }
        for keys in keys {
            for (at, key) in keys.iter().enumerate() {
                if let Some(arms) = arms.get_mut(key) {
                    *arms += arms_of(at, keys.len());
                }
            }
        }
        let mut done: HashSet<Key> = HashSet::new();
        for (n, (line, keys)) in self.lines.iter().zip(keys).enumerate() {
            for barrier in &line.barriers {
                let (Some(key), Some(spot)) = (keys.get(barrier.vertex), line.spots.get(barrier.vertex)) else {
                    continue;
                };
                let Some(way) = self.ways.get(line.road as usize).and_then(|road| barrier.way(road)) else { continue };
                let (mine, all) = (arms_of(barrier.vertex, keys.len()), arms.get(key).copied().unwrap_or(0));
                // A barrier that is told twice, or by the other line that ends at it, is one.
                if doors.contains_key(&(n, barrier.vertex)) || all < 2 || all == 2 && !done.insert(*key) {
                    continue;
                }
                let road = number(self.ways.len());
                self.ways.push(way);
                let mut beside = || {
                    let beside = (i64::MIN + 1, i64::from(number(gates.len())));
                    gates.push(([*key, beside], *spot, road));
                    beside
                };
                let door = match (mine, all) {
                    (2, 2) => [*key, beside()],
                    (2, _) => [beside(), beside()],
                    _ => [beside(); 2],
                };
                doors.insert((n, barrier.vertex), door);
            }
        }
        (doors, gates)
    }

    /// The restrictions whose road and junction are there.
    fn placed(&self, keys: &[Vec<Key>], numbers: &HashMap<Key, u32>) -> Vec<Placed> {
        if self.told.is_empty() {
            return Vec::new();
        }
        let of_road: HashMap<u32, usize> = self.lines.iter().enumerate().map(|(at, line)| (line.road, at)).collect();
        let place = |(road, vertex, only, to): &(u32, usize, bool, String)| {
            let key = keys.get(*of_road.get(road)?)?.get(*vertex)?;
            Some(Placed { only: *only, from_road: *road, to_road: *self.ids.get(to)?, node: *numbers.get(key)? })
        };
        self.told.iter().filter_map(place).collect()
    }
}

/// Those that are at a vertex of a line of so many.
fn within((mut all, lost): (Vec<Barrier>, u32), vertices: usize) -> (Vec<Barrier>, u32) {
    let told = all.len();
    all.retain(|barrier| barrier.vertex < vertices);
    let lost = lost + number(told - all.len());
    (all, lost)
}

/// Cuts the lines at their junctions. Edges come by their first junction, then by their last, their road and their place
/// on it.
fn edges(
    lines: &[Line],
    keys: &[Vec<Key>],
    numbers: &HashMap<Key, u32>,
    (doors, gates): (&Doors, &Gates),
) -> (Vec<Edge>, Vec<Spot>) {
    let mut drafts: Vec<(Edge, Cow<'_, [Spot]>)> = Vec::new();
    for (n, (line, keys)) in lines.iter().zip(keys).enumerate() {
        let mut first: Option<(usize, u32)> = None;
        for (at, key) in keys.iter().enumerate() {
            let [arrive, leave] = doors.get(&(n, at)).copied().unwrap_or([*key; 2]);
            let (Some(node), Some(leave)) = (numbers.get(&arrive).copied(), numbers.get(&leave).copied()) else {
                continue;
            };
            if let Some((from, start)) = first {
                let spots = &line.spots[from..=at];
                let long_m: f64 = spots.windows(2).map(|pair| pair[0].distance_m(pair[1])).sum();
                let lights = |vertex: usize| line.signals.contains(&vertex);
                // Lights on the way stand at a crossing for people or before the line where one stops: they belong to
                // the end that is nearer.
                let halfway = from.midpoint(at);
                let before = (from..=halfway).any(lights);
                let after = (halfway + 1..=at).any(lights);
                let edge = Edge {
                    ends: [start, node],
                    road: line.road,
                    first: 0,
                    vertices: number(spots.len()),
                    length: length(long_m),
                    signals: [before, after],
                };
                // A line that stands still at its junction leads nowhere.
                if edge.length > 0 || start != node {
                    drafts.push((edge, Cow::Borrowed(spots)));
                }
            }
            first = Some((at, leave));
        }
    }
    for (ends, spot, road) in gates {
        let [Some(start), Some(end)] = ends.map(|end| numbers.get(&end).copied()) else { continue };
        let edge = Edge { ends: [start, end], road: *road, first: 0, vertices: 2, length: 0, signals: [false; 2] };
        drafts.push((edge, Cow::Owned(vec![*spot; 2])));
    }
    drafts.sort_by_key(|(edge, _)| (edge.ends, edge.road));
    let mut shape = Vec::with_capacity(drafts.iter().map(|(_, spots)| spots.len()).sum());
    let mut edges = Vec::with_capacity(drafts.len());
    for (mut edge, spots) in drafts {
        edge.first = number(shape.len());
        shape.extend_from_slice(&spots);
        edges.push(edge);
    }
    (edges, shape)
}

/// The boxes of the edges in a packed tree, degrees.
pub(crate) fn packed(edges: &[Edge], shape: &[Spot]) -> Option<RTree<f64>> {
    if edges.is_empty() {
        return None;
    }
    let mut builder = RTreeBuilder::<f64>::new(number(edges.len()));
    for edge in edges {
        let mut all = shape[edge.first as usize..(edge.first + edge.vertices) as usize].iter().map(|s| s.degrees());
        let first = all.next().unwrap_or_default();
        let (low, high) = all.fold((first, first), |(mut low, mut high), at| {
            (low.x, low.y) = (low.x.min(at.x), low.y.min(at.y));
            (high.x, high.y) = (high.x.max(at.x), high.y.max(at.y));
            (low, high)
        });
        builder.add(low.x, low.y, high.x, high.y);
    }
    Some(builder.finish::<HilbertSort>())
}
