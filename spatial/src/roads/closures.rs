//! Closures and conditions as people draw them, and what they mean for one kind of vehicle at one moment.

use geo::{BoundingRect, Contains, Coord, Geometry, LineString, MultiPolygon};

use super::graph::RoadGraph;
use super::overlay::Overlay;
use super::rules::Profile;
use super::slow::ONCE;
use super::spot::{Frame, length, nearest_on, number};
use crate::position::Position;

/// A line closes what it crosses, and what it runs along within so many metres.
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
        let Some(b) = closure.geometry.bounding_rect() else { return };
        let middle = Position::new(f64::midpoint(b.min().x, b.max().x), f64::midpoint(b.min().y, b.max().y));
        let corner = Position::new(b.max().x, b.max().y);
        let (Ok(middle), Ok(corner)) = (middle, corner) else { return };
        let near = graph.edges_near(middle, middle.distance_m(&corner) + LINE_WIDTH_M);
        for edge in near {
            let parts = touched(graph, edge, &closure.geometry);
            match closure.effect {
                Effect::Closed => parts.into_iter().for_each(|part| self.close(edge, part, name)),
                Effect::Slower(times) => parts.into_iter().for_each(|part| self.slow(edge, part, times_of(times))),
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just before")]
fn times_of(times: f64) -> u32 {
    let times = if times.is_finite() { times.clamp(1.0 / 16.0, 1_000.0) } else { 1_000.0 };
    (times * f64::from(ONCE)).round() as u32
}

/// The parts of an edge that a geometry touches (offsets from its beginning).
fn touched(graph: &RoadGraph, edge: u32, geometry: &Geometry<f64>) -> Vec<(u32, u32)> {
    match geometry {
        Geometry::Polygon(polygon) => inside(graph, edge, &MultiPolygon::new(vec![polygon.clone()])),
        Geometry::MultiPolygon(polygons) => inside(graph, edge, polygons),
        Geometry::LineString(line) => crossed(graph, edge, line),
        Geometry::MultiLineString(lines) => lines.iter().flat_map(|line| crossed(graph, edge, line)).collect(),
        Geometry::Line(line) => crossed(graph, edge, &LineString::from(*line)),
        Geometry::Rect(rect) => inside(graph, edge, &MultiPolygon::new(vec![rect.to_polygon()])),
        Geometry::Triangle(triangle) => inside(graph, edge, &MultiPolygon::new(vec![triangle.to_polygon()])),
        Geometry::Point(_) | Geometry::MultiPoint(_) | Geometry::GeometryCollection(_) => Vec::new(),
    }
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

/// Parts of an edge that a line crosses, or runs along: the whole edge when at least half of it lies beside the line. A
/// street that only begins or ends at the line stays open.
fn crossed(graph: &RoadGraph, edge: u32, line: &LineString<f64>) -> Vec<(u32, u32)> {
    let whole = graph.edges[edge as usize].length;
    let (mut parts, mut beside_m, mut all_m) = (Vec::new(), 0.0, 0.0);
    let margin = length(1.0);
    walk(graph, edge, |a, b, start, end| {
        for l in line.lines() {
            if let Some(t) = meeting(a, b, l) {
                let at = length(start + t * (end - start));
                if at > margin.min(whole / 2) && at < whole - margin.min(whole / 2) {
                    join(&mut parts, (at.saturating_sub(margin), (at + margin).min(whole)));
                }
            }
        }
        let pieces = ((end - start) / 5.0).ceil().max(1.0);
        let mut piece = 0.5;
        while piece < pieces {
            let t = piece / pieces;
            let frame = Frame::at(Coord { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) });
            let far2 = |l: geo::Line<f64>| nearest_on(frame.xy(l.start), frame.xy(l.end)).1;
            if line.lines().any(|l| far2(l) <= LINE_WIDTH_M * LINE_WIDTH_M) {
                beside_m += (end - start) / pieces;
            }
            piece += 1.0;
        }
        all_m += end - start;
    });
    if beside_m * 2.0 >= all_m && all_m > 2.0 * LINE_WIDTH_M {
        return vec![(0, whole)];
    }
    parts
}

/// Tells each segment of an edge: its ends (degrees) and their offsets, metres.
fn walk(graph: &RoadGraph, edge: u32, mut each: impl FnMut(Coord<f64>, Coord<f64>, f64, f64)) {
    let mut run_m = 0.0;
    for pair in graph.vertices(&graph.edges[edge as usize]).windows(2) {
        let long_m = pair[0].distance_m(pair[1]);
        each(pair[0].degrees(), pair[1].degrees(), run_m, run_m + long_m);
        run_m += long_m;
    }
}

/// Where on a–b it meets a line: the share of the way from a.
fn meeting(a: Coord<f64>, b: Coord<f64>, line: geo::Line<f64>) -> Option<f64> {
    let cross = |u: Coord<f64>, v: Coord<f64>| u.x * v.y - u.y * v.x;
    let (own, theirs, between) = (b - a, line.end - line.start, line.start - a);
    let turn = cross(own, theirs);
    let shares = [cross(between, theirs) / turn, cross(between, own) / turn];
    // Lines that run side by side never meet: their shares are no numbers.
    shares.iter().all(|share| (0.0..=1.0).contains(share)).then_some(shares[0])
}

/// Adds a part; one that touches the last is joined with it.
fn join(parts: &mut Vec<(u32, u32)>, part: (u32, u32)) {
    match parts.last_mut() {
        Some(last) if part.0 <= last.1 && last.0 <= part.1 => *last = (last.0.min(part.0), last.1.max(part.1)),
        _ => parts.push(part),
    }
}
