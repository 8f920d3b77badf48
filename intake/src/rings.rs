//! Repairs and checks the rings of polygons: what can be mended without guessing is mended, the rest is named with
//! its place.

use std::collections::{HashMap, HashSet};

use geo::line_intersection::line_intersection;
use geo::{
    Area, BoundingRect, Contains, Coord, Geometry, Intersects, Line, LineIntersection, LineString, Polygon, Rect,
    Validation,
};

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
    twice_enclosed(ring) < 0.0
}

/// Twice the area that a closed ring encloses, in the square of its units; below 0 where it runs clockwise.
pub(crate) fn twice_enclosed(ring: &LineString<f64>) -> f64 {
    let Some(origin) = ring.0.first().copied() else { return 0.0 };
    ring.lines().map(|line| (line.start - origin, line.end - origin)).map(|(a, b)| a.x * b.y - b.x * a.y).sum()
}

/// Whether no ring crosses or touches itself, no two rings cross, and every hole lies inside its outline.
pub(crate) fn check(polygon: &Polygon<f64>) -> Result<(), Problem> {
    let mut edges = Vec::new();
    for (ring, line) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
        let last = line.0.len().saturating_sub(2);
        edges.extend(line.lines().enumerate().map(|(at, line)| Edge { ring, at, last, line }));
    }
    edges.sort_by(|a, b| a.west().total_cmp(&b.west()));
    let mut touches = Vec::new();
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
            if let Some(touch) = edge.meets(other)? {
                touches.push(touch);
            }
        }
        open.push(edge);
    }
    holes_inside(polygon)?;
    holes_apart(polygon)?;
    // Rings that touch may cross in a corner, which is rare enough to ask in full.
    if let Some(touch) = touches.first().filter(|_| !polygon.is_valid()) {
        return Err(rings_meet(touch.at));
    }
    in_one_piece(polygon.interiors().len() + 1, touches)
}

/// What is wrong with the outlines of a geometry (WGS84 degrees), in words; bounded work, however tangled they are. Points and
/// lines have none.
pub fn outlines(geometry: &Geometry<f64>) -> Result<(), String> {
    check_outlines(geometry).map_err(|problem| problem.reason)
}

/// The same: whether every outline is one, and the parts lie beside each other.
pub(crate) fn check_outlines(geometry: &Geometry<f64>) -> Result<(), Problem> {
    match geometry {
        Geometry::Polygon(polygon) => check_outline(polygon),
        Geometry::MultiPolygon(parts) => parts.iter().try_for_each(check_outline).and_then(|()| check_parts(&parts.0)),
        Geometry::Point(_)
        | Geometry::Line(_)
        | Geometry::LineString(_)
        | Geometry::MultiPoint(_)
        | Geometry::MultiLineString(_)
        | Geometry::GeometryCollection(_)
        | Geometry::Rect(_)
        | Geometry::Triangle(_) => Ok(()),
    }
}

/// Whether a polygon's rings are an outline with its holes, and enclose ground.
pub(crate) fn check_outline(polygon: &Polygon<f64>) -> Result<(), Problem> {
    check(polygon).and_then(|()| has_area(polygon))
}

/// Ground smaller than this is a slip of a drawing, square metres: a square of one centimetre.
const LEAST_AREA_M2: f64 = 1e-4;
/// Metres of a degree of latitude (and of longitude at the equator) on a sphere of 6,371,008.8 m.
const METRES_OF_DEGREE: f64 = 111_195.08;

/// Whether the outline has more area than a slip of a drawing. Only for what [`check`] has passed.
pub(crate) fn has_area(polygon: &Polygon<f64>) -> Result<(), Problem> {
    let Some(first) = polygon.exterior().0.first().copied() else { return Ok(()) };
    // From its own first point, so that a small outline far from the origin keeps its digits.
    let near = polygon.exterior().0.iter().map(|at| *at - first).collect();
    let square_degrees = Polygon::new(LineString::new(near), Vec::new()).unsigned_area();
    let area_m2 = square_degrees * METRES_OF_DEGREE * METRES_OF_DEGREE * first.y.to_radians().cos().abs();
    if area_m2 >= LEAST_AREA_M2 {
        return Ok(());
    }
    let reason = format!("the outline at {},{} encloses less than a square centimetre", first.x, first.y);
    Err(Problem::grouped(reason, "the outline encloses less than a square centimetre"))
}

/// Whether no two parts of a polygon overlap or share a line: they may touch in points. Each has passed [`check`].
pub(crate) fn check_parts(parts: &[Polygon<f64>]) -> Result<(), Problem> {
    let mut boxes: Vec<(Rect<f64>, &Polygon<f64>)> =
        parts.iter().filter_map(|part| Some((part.bounding_rect()?, part))).collect();
    boxes.sort_by(|(a, _), (b, _)| a.min().x.total_cmp(&b.min().x));
    let mut open: Vec<(Rect<f64>, &Polygon<f64>)> = Vec::new();
    let mut pairs = 0_usize;
    for (rect, part) in boxes {
        open.retain(|(other, _)| other.max().x >= rect.min().x);
        pairs += open.len();
        for (other, before) in open.iter().filter(|(other, _)| other.intersects(&rect)) {
            pairs += apart(before, part, common(*other, rect))?;
            if pairs > MOST_PAIRS {
                return Err(Problem::plain("the polygon has too many parts to be checked"));
            }
        }
        open.push((rect, part));
    }
    Ok(())
}

/// What two boxes that meet have in common.
fn common(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        (a.min().x.max(b.min().x), a.min().y.max(b.min().y)),
        (a.max().x.min(b.max().x), a.max().y.min(b.max().y)),
    )
}

/// Whether two parts lie beside each other, looking only at edges within what their boxes have in common; how many pairs
/// of edges that took.
fn apart(one: &Polygon<f64>, two: &Polygon<f64>, within: Rect<f64>) -> Result<usize, Problem> {
    let edges = |part: &Polygon<f64>| -> Vec<Line<f64>> {
        let rings = std::iter::once(part.exterior()).chain(part.interiors());
        let lines = rings.flat_map(|ring| ring.lines().collect::<Vec<_>>());
        lines.filter(|line| line.bounding_rect().intersects(&within)).collect()
    };
    let (first, mut second) = (edges(one), edges(two));
    let pairs = first.len() * second.len();
    if pairs > MOST_PAIRS {
        return Err(Problem::plain("the polygon has too many parts to be checked"));
    }
    second.sort_by(|a, b| a.bounding_rect().min().y.total_cmp(&b.bounding_rect().min().y));
    let mut touch = false;
    for line in &first {
        let rect = line.bounding_rect();
        for other in second.iter().take_while(|other| other.bounding_rect().min().y <= rect.max().y) {
            if !other.bounding_rect().intersects(&rect) {
                continue;
            }
            match line_intersection(*line, *other) {
                Some(LineIntersection::SinglePoint { intersection, is_proper: true }) => {
                    return Err(parts_meet("overlap", intersection));
                }
                Some(LineIntersection::Collinear { intersection }) => {
                    return Err(parts_meet("share a line", intersection.start));
                }
                Some(LineIntersection::SinglePoint { .. }) => touch = true,
                None => {}
            }
        }
    }
    // No edges cross: one may lie inside the other, or they cross in corners, which is rare enough to ask in full.
    let at = within.center();
    if touch && !geo::MultiPolygon::new(vec![one.clone(), two.clone()]).is_valid() {
        return Err(parts_meet("overlap", at));
    }
    let inside = |part: &Polygon<f64>, of: &Polygon<f64>| part.exterior().0.first().is_some_and(|at| of.contains(at));
    if !touch && (inside(one, two) || inside(two, one)) {
        return Err(parts_meet("overlap", at));
    }
    Ok(pairs)
}

fn parts_meet(how: &str, at: Coord<f64>) -> Problem {
    Problem::grouped(
        format!("two parts of the polygon {how} at {},{}", at.x, at.y),
        format!("two parts of the polygon {how}"),
    )
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

/// Whether no hole lies inside another: ground that is taken out twice may be an island or a slip, and nobody can tell.
fn holes_apart(polygon: &Polygon<f64>) -> Result<(), Problem> {
    let boxed = |ring: &LineString<f64>| Some((ring.bounding_rect()?, ring.clone()));
    let mut holes: Vec<(Rect<f64>, LineString<f64>)> = polygon.interiors().iter().filter_map(boxed).collect();
    holes.sort_by(|(a, _), (b, _)| a.min().x.total_cmp(&b.min().x));
    let mut open: Vec<&(Rect<f64>, LineString<f64>)> = Vec::new();
    let mut pairs = 0_usize;
    for hole in &holes {
        open.retain(|(rect, _)| rect.max().x >= hole.0.min().x);
        for other in open.iter().filter(|(rect, _)| rect.intersects(&hole.0)) {
            pairs += hole.1.0.len() + other.1.0.len();
            if pairs > MOST_PAIRS {
                return Err(Problem::plain("the outline is too tangled to be checked"));
            }
            if let Some(at) = inside_of(&hole.1, &other.1).or_else(|| inside_of(&other.1, &hole.1)) {
                let reason = format!("a hole lies inside another hole at {},{}", at.x, at.y);
                return Err(Problem::grouped(reason, "a hole lies inside another hole"));
            }
        }
        open.push(hole);
    }
    Ok(())
}

/// A point of a ring that lies inside another one, which it does not cross.
fn inside_of(ring: &LineString<f64>, other: &LineString<f64>) -> Option<Coord<f64>> {
    let decides = ring.0.iter().find(|point| !other.intersects(*point)).copied()?;
    Polygon::new(other.clone(), Vec::new()).contains(&decides).then_some(decides)
}

/// Whether the area is still one when its holes are taken out. Rings and the points in which they touch are joined one
/// after the other: who closes a circle cuts the area in two there.
fn in_one_piece(rings: usize, touches: Vec<Touch>) -> Result<(), Problem> {
    let mut nodes: HashMap<(u64, u64), usize> = HashMap::new();
    let mut joined = HashSet::new();
    let mut group: Vec<usize> = (0..rings).collect();
    for Touch { at, rings: pair } in touches {
        let point = *nodes.entry((at.x.to_bits(), at.y.to_bits())).or_insert_with(|| {
            group.push(group.len());
            group.len() - 1
        });
        for ring in pair {
            if !joined.insert((point, ring)) {
                continue;
            }
            let (one, two) = (head(&group, point), head(&group, ring));
            if one == two {
                let reason = format!("the holes cut the area in two: they close a circle at {},{}", at.x, at.y);
                return Err(Problem::grouped(reason, "the holes cut the area in two"));
            }
            if let Some(above) = group.get_mut(one) {
                *above = two;
            }
        }
    }
    Ok(())
}

/// The head of a member's group.
fn head(group: &[usize], mut member: usize) -> usize {
    while let Some(above) = group.get(member).filter(|above| **above != member) {
        member = *above;
    }
    member
}

/// A point in which two rings touch.
struct Touch {
    at: Coord<f64>,
    rings: [usize; 2],
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

    /// Where two rings touch in edges of theirs, or what is wrong where two edges meet.
    fn meets(&self, other: &Self) -> Result<Option<Touch>, Problem> {
        let same_ring = self.ring == other.ring;
        let apart = self.at.abs_diff(other.at);
        let neighbours = same_ring && (apart == 1 || apart == self.last);
        match line_intersection(self.line, other.line) {
            None => Ok(None),
            Some(LineIntersection::SinglePoint { .. }) if neighbours => Ok(None),
            Some(LineIntersection::SinglePoint { intersection, .. }) if same_ring => Err(tangle(intersection)),
            // Two rings may touch in a point, but not cross there.
            Some(LineIntersection::SinglePoint { intersection, is_proper: true }) => Err(rings_meet(intersection)),
            Some(LineIntersection::SinglePoint { intersection: at, .. }) => {
                Ok(Some(Touch { at, rings: [self.ring, other.ring] }))
            }
            Some(LineIntersection::Collinear { intersection }) if same_ring => Err(tangle(intersection.start)),
            Some(LineIntersection::Collinear { intersection }) => Err(rings_meet(intersection.start)),
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
    use geo::MultiPolygon;
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

    #[test]
    fn holes_leave_one_area() {
        let inner: &[(i32, i32)] = &[(2, 2), (8, 2), (8, 8), (2, 8)];
        let said = "a hole lies inside another hole at 3,3";
        check_rings(SQUARE, &[inner, &[(3, 3), (5, 3), (5, 5)]], said);
        check_rings(SQUARE, &[&[(3, 3), (5, 3), (5, 5)], inner], said);
        check_rings(SQUARE, &[inner, &[(2, 2), (5, 3), (5, 5)]], "a hole lies inside another hole at 5,3");
        // From side to side, and by two holes together.
        let cut = "the holes cut the area in two: they close a circle at";
        check_rings(SQUARE, &[&[(0, 5), (5, 4), (10, 5), (5, 6)]], &format!("{cut} 10,5"));
        let two: [&[(i32, i32)]; 2] = [&[(0, 5), (5, 4), (5, 5)], &[(5, 5), (10, 5), (6, 8)]];
        check_rings(SQUARE, &two, &format!("{cut} 10,5"));
        // Three holes around a piece of the area.
        let around: [&[(i32, i32)]; 3] =
            [&[(2, 2), (4, 1), (6, 2)], &[(6, 2), (7, 4), (4, 6)], &[(4, 6), (1, 4), (2, 2)]];
        let got = check(&Polygon::new(ring(SQUARE), around.map(ring).to_vec())).unwrap_err();
        assert_eq!(got.group, "the holes cut the area in two");
        // All in one point, or in a row from one side, they cut nothing.
        check_rings(SQUARE, &[&[(5, 5), (4, 1), (6, 1)], &[(5, 5), (9, 4), (9, 6)], &[(5, 5), (1, 6), (1, 4)]], "fine");
        check_rings(SQUARE, &[&[(0, 5), (4, 4), (4, 5)], &[(4, 5), (8, 4), (8, 6)]], "fine");
        // Through the outline in a corner.
        let got = check(&Polygon::new(ring(SQUARE), vec![ring(&[(5, 5), (10, 2), (15, 5), (10, 8)])])).unwrap_err();
        assert_eq!(got.group, "two rings of the polygon cross");
    }

    #[test]
    fn parts_lie_beside_each_other() {
        let square = |x: i32, y: i32, side: i32| {
            Polygon::new(ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)]), Vec::new())
        };
        let said = |parts: &[Polygon<f64>]| check_parts(parts).map_or_else(|p| p.reason, |()| "fine".to_owned());
        assert_eq!(said(&[square(0, 0, 2), square(5, 5, 2)]), "fine");
        assert_eq!(said(&[square(0, 0, 2), square(2, 2, 2)]), "fine", "they touch in a corner");
        assert_eq!(said(&[square(0, 0, 2), square(1, 1, 2)]), "two parts of the polygon overlap at 2,1");
        assert!(said(&[square(0, 0, 9), square(1, 1, 2)]).contains("overlap"), "one inside the other");
        assert!(said(&[square(0, 0, 2), square(2, 0, 2)]).contains("share a line"));
        assert!(said(&[square(0, 0, 2), square(0, 0, 2)]).contains("share a line"));
        let around = Polygon::new(ring(SQUARE), vec![ring(&[(2, 2), (8, 2), (8, 8), (2, 8)])]);
        assert_eq!(said(&[around, square(3, 3, 2)]), "fine", "an island in a lake");
    }

    #[test]
    fn a_sliver_has_no_area() {
        let sliver = |wide: f64| {
            let points = [(120.0, 28.0), (120.0 + wide, 28.0), (120.0 + wide, 28.0 + 1e-7), (120.0, 28.0 + 1e-7)];
            let ring = close(points.map(|(x, y)| Coord { x, y }).to_vec()).unwrap().0;
            has_area(&Polygon::new(ring, Vec::new())).map_err(|problem| problem.group)
        };
        // A centimetre by a centimetre, and a hundredth of that.
        assert!(sliver(1.1e-7).is_ok());
        assert_eq!(sliver(1e-9), Err("the outline encloses less than a square centimetre".to_owned()));
    }

    proptest! {
        /// The same of several parts.
        #[test]
        fn agrees_with_geo_on_parts(boxes in prop::collection::vec((0..6_i32, 0..6_i32, 1..4_i32, 1..4_i32), 1..4)) {
            let parts = boxes.iter().map(|&(x, y, w, h)| {
                Polygon::new(ring(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]), Vec::new())
            });
            let parts: Vec<Polygon<f64>> = parts.collect();
            let valid = MultiPolygon::new(parts.clone()).is_valid();
            prop_assert_eq!(check_parts(&parts).is_ok(), valid, "{:?}", parts);
        }
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
