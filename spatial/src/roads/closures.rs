//! Closures and conditions as people draw them, and what they mean for one kind of vehicle at one moment.

use std::collections::BTreeMap;

use geo::{BoundingRect, Contains, Coord, Geometry, LineString, MultiPolygon};

use super::graph::RoadGraph;
use super::overlay::Overlay;
use super::rules::Profile;
use super::slow::ONCE;
use super::spot::{length, number};
use super::stroke::{stroke, united};
use crate::position::Bounds;

/// A line closes what it crosses, and what it runs along within so many metres to either side.
pub const LINE_WIDTH_M: f64 = 6.0;

/// What a closure does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Nobody whom it is about may pass.
    Closed,
    /// Passing the part that it touches takes so many times longer (from 1/16 to 1,000).
    Slower(f64),
}

/// Who is on the road, as far as closures ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// Its kind.
    pub profile: Profile,
    /// Height, metres; `None` when nobody knows: then it passes everywhere.
    pub height_m: Option<f64>,
    /// Weight, tonnes.
    pub weight_t: Option<f64>,
}

/// A closed or slow place.
#[derive(Debug, Clone, PartialEq)]
pub struct Closure {
    /// What it is called in answers.
    pub name: String,
    /// Who is responsible for it.
    pub owner: String,
    /// A line or a polygon, or several; WGS84 degrees. Anything else touches nothing.
    pub geometry: Geometry<f64>,
    /// Whom it is about; nobody named: all.
    pub profiles: Vec<Profile>,
    /// Only vehicles higher than this, metres.
    pub height_m: Option<f64>,
    /// Only vehicles heavier than this, tonnes.
    pub weight_t: Option<f64>,
    /// First and last moment, as the caller counts them; `None`: open.
    pub from: Option<i64>,
    /// It holds before this moment.
    pub until: Option<i64>,
    /// What it does.
    pub effect: Effect,
}

impl Closure {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: i64) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// Whether it is about a vehicle. A limit of height or weight is about those that are known to exceed one of them.
    pub fn concerns(&self, vehicle: Vehicle) -> bool {
        let named = self.profiles.is_empty() || self.profiles.contains(&vehicle.profile);
        let over = |limit: Option<f64>, own: Option<f64>| limit.zip(own).is_some_and(|(limit, own)| own > limit);
        let limited = self.height_m.is_some() || self.weight_t.is_some();
        named && (!limited || over(self.height_m, vehicle.height_m) || over(self.weight_t, vehicle.weight_t))
    }
}

impl Overlay {
    /// What the closures mean for a vehicle at a moment, with the limits of height and weight that the roads themselves
    /// have. It serves any number of searches until the moment or a closure changes.
    pub fn compile(graph: &RoadGraph, closures: &[Closure], vehicle: Vehicle, now: i64) -> Self {
        let mut overlay = Self::new(graph);
        overlay.limits(graph, vehicle);
        for closure in closures.iter().filter(|closure| closure.holds(now) && closure.concerns(vehicle)) {
            overlay.add(graph, closure);
        }
        overlay
    }

    /// Roads that are too low or too weak.
    fn limits(&mut self, graph: &RoadGraph, vehicle: Vehicle) {
        let over = |own: Option<f64>, limit: Option<f64>| own.zip(limit).is_some_and(|(own, limit)| own > limit);
        let too_low = |road: u32| {
            let way = &graph.ways[road as usize];
            let height = way.height_cm.map(|cm| f64::from(cm) / 100.0);
            over(vehicle.height_m, height) || over(vehicle.weight_t, way.weight_kg.map(|kg| f64::from(kg) / 1_000.0))
        };
        if vehicle.height_m.is_none() && vehicle.weight_t.is_none() {
            return;
        }
        let mut limited = (0..).zip(&graph.edges).filter(|(_, edge)| too_low(edge.road)).peekable();
        if limited.peek().is_some() {
            let name = self.name("limit of height or weight");
            limited.for_each(|(at, edge)| self.close(at, (0, edge.length), name));
        }
    }

    fn name(&mut self, name: &str) -> u32 {
        self.names.push(name.to_owned());
        number(self.names.len() - 1)
    }

    fn add(&mut self, graph: &RoadGraph, closure: &Closure) {
        let name = self.name(&closure.name);
        for (edge, parts) in touched(graph, &closure.geometry) {
            for part in parts {
                match closure.effect {
                    Effect::Closed => self.close(edge, part, name),
                    Effect::Slower(times) => self.slow(edge, part, times_of(times)),
                }
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just before")]
fn times_of(times: f64) -> u32 {
    let times = if times.is_finite() { times.clamp(1.0 / 16.0, 1_000.0) } else { 1_000.0 };
    (times * f64::from(ONCE)).round() as u32
}

/// The parts of edges that a geometry touches, by edge (offsets from its beginning); no two of an edge overlap.
fn touched(graph: &RoadGraph, geometry: &Geometry<f64>) -> BTreeMap<u32, Vec<(u32, u32)>> {
    match geometry {
        Geometry::Polygon(polygon) => covered(graph, &MultiPolygon::new(vec![polygon.clone()])),
        Geometry::MultiPolygon(polygons) => covered(graph, polygons),
        Geometry::LineString(line) => stroke(graph, line),
        Geometry::MultiLineString(lines) => {
            let mut all: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
            for (edge, parts) in lines.iter().flat_map(|line| stroke(graph, line)) {
                all.entry(edge).or_default().extend(parts);
            }
            all.values_mut().for_each(united);
            all
        }
        Geometry::Line(line) => stroke(graph, &LineString::from(*line)),
        Geometry::Rect(rect) => covered(graph, &MultiPolygon::new(vec![rect.to_polygon()])),
        Geometry::Triangle(triangle) => covered(graph, &MultiPolygon::new(vec![triangle.to_polygon()])),
        Geometry::Point(_) | Geometry::MultiPoint(_) | Geometry::GeometryCollection(_) => BTreeMap::new(),
    }
}

/// The parts of edges inside of polygons.
fn covered(graph: &RoadGraph, polygons: &MultiPolygon<f64>) -> BTreeMap<u32, Vec<(u32, u32)>> {
    let Some(b) = polygons.bounding_rect() else { return BTreeMap::new() };
    let Some(bounds) = Bounds::new(b.min().x, b.min().y, b.max().x, b.max().y) else { return BTreeMap::new() };
    let parts = graph.edges_in(bounds).into_iter().map(|edge| (edge, inside(graph, edge, polygons)));
    parts.filter(|(_, parts)| !parts.is_empty()).collect()
}

/// Parts of an edge inside of polygons: from where it enters to where it leaves.
pub(super) fn inside(graph: &RoadGraph, edge: u32, polygons: &MultiPolygon<f64>) -> Vec<(u32, u32)> {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    let rings = || polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    walk(graph, edge, |a, b, start, end| {
        // Where the segment meets the outline; between two such places it is all in or all out.
        let mut cuts: Vec<f64> = rings().flat_map(LineString::lines).filter_map(|l| meeting(a, b, l)).collect();
        cuts.extend([0.0, 1.0]);
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.windows(2).filter(|pair| pair[1] > pair[0]) {
            let t = f64::midpoint(pair[0], pair[1]);
            if polygons.contains(&Coord { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) }) {
                let at = |t: f64| length(start + t * (end - start));
                join(&mut parts, (at(pair[0]), at(pair[1])));
            }
        }
    });
    parts
}

/// Tells each segment of an edge: its ends (degrees) and their offsets, metres.
pub(super) fn walk(graph: &RoadGraph, edge: u32, mut each: impl FnMut(Coord<f64>, Coord<f64>, f64, f64)) {
    let mut run_m = 0.0;
    for pair in graph.vertices(&graph.edges[edge as usize]).windows(2) {
        let long_m = pair[0].distance_m(pair[1]);
        each(pair[0].degrees(), pair[1].degrees(), run_m, run_m + long_m);
        run_m += long_m;
    }
}

/// Where on a–b it meets a line: the share of the way from a.
pub(super) fn meeting(a: Coord<f64>, b: Coord<f64>, line: geo::Line<f64>) -> Option<f64> {
    let cross = |u: Coord<f64>, v: Coord<f64>| u.x * v.y - u.y * v.x;
    let (own, theirs, between) = (b - a, line.end - line.start, line.start - a);
    let turn = cross(own, theirs);
    let shares = [cross(between, theirs) / turn, cross(between, own) / turn];
    // Lines that run side by side never meet: their shares are no numbers. A hair more on both sides, so that nobody slips
    // through at a corner of either.
    shares.iter().all(|share| (-1e-9..=1.0 + 1e-9).contains(share)).then_some(shares[0].clamp(0.0, 1.0))
}

/// Adds a part; one that touches the last is joined with it.
pub(super) fn join(parts: &mut Vec<(u32, u32)>, part: (u32, u32)) {
    match parts.last_mut() {
        Some(last) if part.0 <= last.1 && last.0 <= part.1 => *last = (last.0.min(part.0), last.1.max(part.1)),
        _ => parts.push(part),
    }
}
