//! Repairs and checks the rings of polygons: what can be mended without guessing is mended, the rest is named with
//! its place.

use geo::line_intersection::line_intersection;
use geo::{Contains, Coord, Intersects, Line, LineIntersection, LineString, Polygon};

use crate::problem::Problem;

/// Most pairs of edges that one polygon may cost; a real outline of 200,000 points needs a few million.
const MOST_PAIRS: usize = 50_000_000;

/// Closes a ring and drops points that repeat the one before; the flag says whether it had been open. `None` when it
/// has fewer than three different points.
pub(crate) fn close(mut points: Vec<Coord<f64>>) -> Option<(LineString<f64>, bool)> {
    points.dedup();
    let mut open = false;
    if let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) {
        open = first != last;
        if open {
            points.push(first);
        }
    }
    (points.len() >= 4).then(|| (LineString::new(points), open))
}

/// Whether a closed ring runs clockwise, by the sign of its area (the shoelace formula, from its first point on, so
/// that a small ring far from the origin keeps its digits).
pub(crate) fn runs_clockwise(ring: &LineString<f64>) -> bool {
    let Some(origin) = ring.0.first().copied() else { return false };
    let twice: f64 =
        ring.lines().map(|line| (line.start - origin, line.end - origin)).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    twice < 0.0
}

/// Whether no ring crosses or touches itself, no two rings cross, and every hole lies inside its outline.
pub(crate) fn check(polygon: &Polygon<f64>) -> Result<(), Problem> {
    let mut edges = Vec::new();
    for (ring, line) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
        let last = line.0.len().saturating_sub(2);
        edges.extend(line.lines().enumerate().map(|(at, line)| Edge { ring, at, last, line }));
    }
    edges.sort_by(|a, b| a.west().total_cmp(&b.west()));
    let mut pairs = 0_usize;
    // Edges that may still meet one that begins further east.
    let mut open: Vec<&Edge> = Vec::new();
    for edge in &edges {
        open.retain(|other| other.east() >= edge.west());
        pairs += open.len();
        if pairs > MOST_PAIRS {
            return Err(Problem::plain("the outline is too tangled to be checked"));
        }
        for other in &open {
            if other.north() < edge.south() || other.south() > edge.north() {
                continue;
            }
            if let Some(problem) = edge.meets(other) {
                return Err(problem);
            }
        }
        open.push(edge);
    }
    holes_inside(polygon)
}

fn holes_inside(polygon: &Polygon<f64>) -> Result<(), Problem> {
    let outline = Polygon::new(polygon.exterior().clone(), Vec::new());
    for hole in polygon.interiors() {
        // Rings do not cross, so one point off the outline decides for all.
        let decides = hole.0.iter().find(|point| !polygon.exterior().intersects(*point));
        if let Some(point) = decides.filter(|point| !outline.contains(*point)) {
            let reason = format!("a hole lies outside its polygon at {},{}", point.x, point.y);
            return Err(Problem::grouped(reason, "a hole lies outside its polygon"));
        }
    }
    Ok(())
}

/// One edge of one ring of a polygon.
struct Edge {
    ring: usize,
    at: usize,
    /// Number of the ring's last edge: neighbour of the first.
    last: usize,
    line: Line<f64>,
}

impl Edge {
    fn west(&self) -> f64 {
        self.line.start.x.min(self.line.end.x)
    }
    fn east(&self) -> f64 {
        self.line.start.x.max(self.line.end.x)
    }
    fn south(&self) -> f64 {
        self.line.start.y.min(self.line.end.y)
    }
    fn north(&self) -> f64 {
        self.line.start.y.max(self.line.end.y)
    }

    /// What is wrong where two edges meet, if anything is.
    fn meets(&self, other: &Self) -> Option<Problem> {
        let same_ring = self.ring == other.ring;
        let apart = self.at.abs_diff(other.at);
        let neighbours = same_ring && (apart == 1 || apart == self.last);
        match line_intersection(self.line, other.line)? {
            LineIntersection::SinglePoint { .. } if neighbours => None,
            LineIntersection::SinglePoint { intersection, .. } if same_ring => Some(tangle(intersection)),
            // Two rings may touch in a point, but not cross there.
            LineIntersection::SinglePoint { intersection, is_proper } => is_proper.then(|| rings_meet(intersection)),
            LineIntersection::Collinear { intersection } if same_ring => Some(tangle(intersection.start)),
            LineIntersection::Collinear { intersection } => Some(rings_meet(intersection.start)),
        }
    }
}

fn tangle(at: Coord<f64>) -> Problem {
    Problem::grouped(format!("the outline self-intersects at {},{}", at.x, at.y), "the outline self-intersects")
}

fn rings_meet(at: Coord<f64>) -> Problem {
    Problem::grouped(format!("two rings of the polygon cross at {},{}", at.x, at.y), "two rings of the polygon cross")
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Validation};
    use proptest::prelude::*;

    fn ring(points: &[(i32, i32)]) -> LineString<f64> {
        close(points.iter().map(|&(x, y)| Coord { x: x.into(), y: y.into() }).collect()).unwrap().0
    }

    fn check_rings(outline: &[(i32, i32)], holes: &[&[(i32, i32)]], expect: &str) {
        let polygon = Polygon::new(ring(outline), holes.iter().map(|hole| ring(hole)).collect());
        let got = check(&polygon).map_or_else(|problem| problem.reason, |()| "fine".to_owned());
        assert_eq!(got, expect);
    }

    const SQUARE: &[(i32, i32)] = &[(0, 0), (10, 0), (10, 10), (0, 10)];

    #[test]
    fn rings_are_closed_and_thinned() {
        let point = |x: f64, y: f64| Coord { x, y };
        let (ring, was_open) = close(vec![point(0.0, 0.0), point(1.0, 0.0), point(1.0, 0.0), point(1.0, 1.0)]).unwrap();
        assert!(was_open && ring.is_closed() && ring.0.len() == 4);
        assert!(close(vec![point(0.0, 0.0), point(1.0, 0.0), point(0.0, 0.0)]).is_none());
        assert!(close(Vec::new()).is_none());
    }

    #[test]
    fn faults_are_named_with_their_place() {
        check_rings(SQUARE, &[], "fine");
        check_rings(SQUARE, &[&[(2, 2), (4, 2), (4, 4)]], "fine");
        check_rings(SQUARE, &[&[(0, 5), (4, 2), (4, 4)]], "fine");
        check_rings(&[(0, 0), (10, 10), (10, 0), (0, 10)], &[], "the outline self-intersects at 5,5");
        check_rings(&[(0, 0), (10, 0), (20, 0), (15, 0), (10, 10)], &[], "the outline self-intersects at 15,0");
        check_rings(SQUARE, &[&[(5, 5), (15, 5), (5, 6)]], "two rings of the polygon cross at 10,5");
        check_rings(SQUARE, &[&[(20, 20), (30, 20), (30, 30)]], "a hole lies outside its polygon at 20,20");
    }

    proptest! {
        /// The judgement of `geo`, which names no place, and ours agree on every ring that has an area.
        #[test]
        fn agrees_with_geo(points in prop::collection::vec((0..7_i32, 0..7_i32), 3..9)) {
            let points = points.into_iter().map(|(x, y)| Coord { x: x.into(), y: y.into() }).collect();
            if let Some((ring, _)) = close(points) {
                let polygon = Polygon::new(ring, Vec::new());
                let flat = polygon.unsigned_area() == 0.0;
                prop_assert_eq!(check(&polygon).is_ok(), polygon.is_valid() && !flat, "{:?}", polygon);
            }
        }
    }
}
