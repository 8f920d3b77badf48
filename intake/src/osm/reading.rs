//! One reading of a file: objects come in, features go out.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use geo::orient::{Direction, Orient};
use geo::{Centroid, Contains, Coord, Geometry, InteriorPoint, LineString, MultiPolygon, Point, Polygon};
use spatial::{Layer, Properties};

use super::areas::{self, Part};
use super::locations::{Locations, degrees};
use super::nouns::{building, camera, enterprise, house, is_empty, is_gone, land, place, road, water};
use super::pbf::{Kind, Member, Object, Tags};
use super::restrictions::Restrictions;
use super::sink::Sink;
use super::tally::Tally;
use crate::{Flow, Report, Row};

pub(super) struct Reading<'a> {
    pub(super) sink: Sink<'a>,
    tally: Tally,
    locations: Locations,
    /// Relations that are areas of something.
    areas: Vec<AreaRelation>,
    /// Ways that those relations are made of: `None` until the way is met.
    parts: HashMap<i64, Option<Vec<i64>>>,
    /// Ways that are the outline of a building relation.
    outlines: HashSet<i64>,
    /// Those of them that are buildings themselves: drawn only if the relation cannot be.
    held: HashMap<i64, (Polygon<f64>, Properties)>,
    restrictions: Restrictions,
}

struct AreaRelation {
    id: i64,
    tags: Vec<(String, String)>,
    /// Way id, and whether it bounds a hole.
    members: Vec<(i64, bool)>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(each: &'a mut dyn FnMut(Row) -> Flow) -> Self {
        Self {
            sink: Sink::new(each),
            tally: Tally::default(),
            locations: Locations::default(),
            areas: Vec::new(),
            parts: HashMap::new(),
            outlines: HashSet::new(),
            held: HashMap::new(),
            restrictions: Restrictions::default(),
        }
    }

    pub(super) fn object(&mut self, object: Object<'_>) {
        match object {
            Object::Node { id, at, tags } => self.node(id, at, tags),
            Object::Way { id, nodes, tags } => self.way(id, nodes, tags),
            Object::Relation { id, members, tags } => self.relation(id, members, tags),
        }
    }

    /// All nodes are in; ways may come.
    pub(super) fn nodes_are_known(&mut self) {
        self.tally.nodes_moved = self.locations.seal();
    }

    pub(super) fn stopped(&self) -> bool {
        self.sink.report.stopped
    }

    /// Whether no object has come at all.
    pub(super) fn is_empty(&self) -> bool {
        self.tally.nodes + self.tally.ways + self.tally.relations == 0
    }

    pub(super) fn truncated(&mut self) {
        self.sink.report.truncated = true;
    }

    pub(super) fn finish(mut self) -> Report {
        self.tally.write(&self.restrictions, &mut self.sink.report);
        self.sink.finish()
    }

    fn node(&mut self, id: i64, at: Option<(i32, i32)>, tags: Tags<'_>) {
        self.tally.nodes += 1;
        let Some(at) = at else {
            self.tally.nowhere += 1;
            return;
        };
        self.locations.put(id, at);
        if !tags.0.is_empty() {
            let name = format!("n{id}");
            self.tally.see(&name, tags, false);
            self.tally.enterprises_empty += u64::from(is_empty(tags));
            self.restrictions.stop(id, tags);
            self.points(&name, tags, degrees(at));
        }
    }

    fn way(&mut self, id: i64, nodes: &[i64], tags: Tags<'_>) {
        self.tally.ways += 1;
        if let Some(part @ None) = self.parts.get_mut(&id) {
            *part = Some(nodes.to_vec());
        }
        if tags.0.is_empty() {
            return;
        }
        let closed = nodes.len() >= 4 && nodes.first() == nodes.last();
        let name = format!("w{id}");
        self.tally.see(&name, tags, closed);
        self.tally.enterprises_empty += u64::from(is_empty(tags));
        self.tally.roads_not_there += u64::from(is_gone(tags));
        if nodes.iter().all(|node| self.locations.get(*node).is_none()) {
            self.tally.ways_incomplete += 1;
            return;
        }
        self.road(id, nodes, tags);
        let ring = if closed { areas::line(nodes, &self.locations) } else { None };
        let area = ring.map(|ring| Polygon::new(ring, Vec::new()).orient(Direction::Default));
        match &area {
            Some(area) => {
                let building = building(tags);
                match building.filter(|_| self.outlines.contains(&id)) {
                    Some(building) => {
                        match self.held.entry(id) {
                            Entry::Vacant(empty) => drop(empty.insert((area.clone(), building))),
                            Entry::Occupied(_) => self.sink.again(Layer::Buildings, &name),
                        }
                        self.grounds(&name, tags, &area.clone().into(), false);
                    }
                    None => {
                        self.grounds(&name, tags, &area.clone().into(), true);
                    }
                }
            }
            None => self.tally.areas_incomplete += u64::from(closed && is_ground(tags)),
        }
        let at = area.as_ref().map_or_else(|| self.middle(nodes), |area| Some(inside(area)));
        if let Some(at) = at {
            self.points(&name, tags, at);
        }
    }

    fn relation(&mut self, id: i64, members: &[Member<'_>], tags: Tags<'_>) {
        self.tally.relations += 1;
        let kind = tags.get("type").unwrap_or_default();
        if kind == "restriction" || kind.starts_with("restriction:") {
            self.restrictions.relation(members, tags);
        }
        // A boundary is a place when it says so; any other (a district, a post code) is not ours to draw.
        let is_area = kind == "multipolygon" || (kind == "boundary" && tags.some("place").is_some());
        self.tally.enterprises_empty += u64::from(is_empty(tags));
        if !says_something(tags) {
            return;
        }
        if !is_area {
            self.tally.relations_no_area += 1;
            return;
        }
        self.tally.see(&format!("r{id}"), tags, true);
        let ways = members.iter().filter(|member| member.kind == Kind::Way);
        let members: Vec<(i64, bool)> = ways.map(|member| (member.id, member.role == "inner")).collect();
        for (way, inner) in &members {
            self.parts.entry(*way).or_insert(None);
            if !inner && tags.some("building").is_some() {
                self.outlines.insert(*way);
            }
        }
        let tags = tags.0.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.areas.push(AreaRelation { id, tags, members });
    }

    /// All ways are in: the areas of relations.
    pub(super) fn areas(&mut self) {
        for relation in std::mem::take(&mut self.areas) {
            let tags: Vec<(&str, &str)> = relation.tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let nodes = |way: &i64| self.parts.get(way).and_then(Option::as_deref);
            let parts: Vec<Part<'_>> =
                relation.members.iter().map(|(way, inner)| Part { inner: *inner, nodes: nodes(way) }).collect();
            if let Some((area, joined)) = areas::area(&parts, &self.locations) {
                self.tally.parts_joined += joined;
                if self.area(&format!("r{}", relation.id), Tags(&tags), &area) {
                    continue;
                }
            } else {
                self.tally.areas_incomplete += 1;
            }
            for (way, _) in relation.members.iter().filter(|(_, inner)| !inner) {
                if let Some((outline, building)) = self.held.remove(way) {
                    self.sink.put(Layer::Buildings, &format!("w{way}"), outline.into(), building);
                }
            }
        }
    }

    /// The area of a relation; whether it passed the checks.
    fn area(&mut self, name: &str, tags: Tags<'_>, area: &MultiPolygon<f64>) -> bool {
        // As GeoJSON wants it, and as every other reader hands it over: outlines counter-clockwise, holes clockwise.
        let mut area = area.orient(Direction::Default);
        let Some(largest) = area.0.iter().max_by_key(|polygon| polygon.exterior().0.len()) else { return true };
        let at = inside(largest);
        let geometry: Geometry<f64> = match area.0.len() {
            1 => area.0.remove(0).into(),
            _ => area.into(),
        };
        let passed = self.grounds(name, tags, &geometry, true);
        self.points(name, tags, at);
        passed
    }

    /// The layers of areas; whether the area passed their checks.
    fn grounds(&mut self, name: &str, tags: Tags<'_>, geometry: &Geometry<f64>, with_building: bool) -> bool {
        let found = [
            (Layer::Buildings, building(tags).filter(|_| with_building)),
            (Layer::Water, water(tags)),
            (Layer::Land, land(tags)),
        ];
        let mut passed = true;
        for (layer, properties) in found {
            if let Some(properties) = properties {
                passed &= self.sink.put(layer, name, geometry.clone(), properties);
            }
        }
        passed
    }

    /// The layers of points.
    fn points(&mut self, name: &str, tags: Tags<'_>, at: Coord<f64>) {
        let is_building = !name.starts_with('n') && tags.some("building").is_some();
        let building = is_building.then_some(name);
        let found: [(Layer, Option<Properties>); 4] = [
            (Layer::Houses, house(tags, building)),
            (Layer::Enterprises, enterprise(tags, building)),
            (Layer::Places, place(tags)),
            (Layer::Cameras, camera(tags)),
        ];
        for (layer, properties) in found {
            if let Some(properties) = properties {
                self.sink.put(layer, name, Point(at).into(), properties);
            }
        }
    }

    fn road(&mut self, id: i64, nodes: &[i64], tags: Tags<'_>) {
        if tags.some("highway").is_none() && !tags.is("route", "ferry") {
            return;
        }
        let (from, points) = longest_run(nodes, &self.locations);
        let here = nodes.get(from..from + points.len()).unwrap_or_default();
        let Some(mut road) = road(tags, here) else { return };
        if points.len() < 2 {
            self.tally.roads_incomplete += 1;
            return;
        }
        if points.iter().all(|point| Some(point) == points.first()) {
            self.tally.roads_of_one_place += 1;
            return;
        }
        self.tally.roads_clipped += u64::from(points.len() < nodes.len());
        let [turns, barriers] = self.restrictions.write(id, here, &mut road);
        self.tally.restrictions_lost += turns;
        self.tally.barriers_lost += barriers;
        self.sink.put(Layer::Roads, &format!("w{id}"), LineString::new(points).into(), road);
    }

    /// The middle one of the nodes that are in the extract.
    fn middle(&self, nodes: &[i64]) -> Option<Coord<f64>> {
        let known: Vec<Coord<f64>> = nodes.iter().filter_map(|id| self.locations.get(*id)).collect();
        known.get(known.len() / 2).copied()
    }
}

/// Whether a layer of areas takes the object.
fn is_ground(tags: Tags<'_>) -> bool {
    building(tags).is_some() || water(tags).is_some() || land(tags).is_some()
}

/// Whether any layer takes the object, if it is an area.
fn says_something(tags: Tags<'_>) -> bool {
    is_ground(tags)
        || house(tags, None).is_some()
        || enterprise(tags, None).is_some()
        || place(tags).is_some()
        || camera(tags).is_some()
}

/// The longest run of nodes that the extract holds: where it begins, and its places.
fn longest_run(nodes: &[i64], locations: &Locations) -> (usize, Vec<Coord<f64>>) {
    let (mut best, mut run) = ((0, Vec::new()), (0, Vec::new()));
    for (at, id) in nodes.iter().enumerate() {
        if let Some(place) = locations.get(*id) {
            run.1.push(place);
        } else {
            if run.1.len() > best.1.len() {
                best = std::mem::take(&mut run);
            }
            run = (at + 1, Vec::new());
        }
    }
    if run.1.len() > best.1.len() { run } else { best }
}

/// A place inside a polygon: its centre of mass if that is inside, as it nearly always is.
fn inside(polygon: &Polygon<f64>) -> Coord<f64> {
    let centre = polygon.centroid().filter(|centre| polygon.contains(centre));
    let first = || polygon.exterior().0.first().copied().unwrap_or_default();
    centre.or_else(|| polygon.interior_point()).map_or_else(first, |point| point.0)
}
