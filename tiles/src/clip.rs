//! Lines and rings cut to the tile and its buffer: one side of the square after the other.
//!
//! Whole numbers throughout; products need 128 bits, because a far vertex of a deep zoom is 2^34 units away.

use crate::frame::{HIGH, LOW, Pt};

/// One side of the square: what is kept lies at or beyond `at`, seen along one axis.
#[derive(Debug, Clone, Copy)]
struct Side {
    vertical: bool,
    at: i64,
    keeps_above: bool,
}

const SIDES: [Side; 4] = [
    Side { vertical: true, at: LOW, keeps_above: true },
    Side { vertical: true, at: HIGH, keeps_above: false },
    Side { vertical: false, at: LOW, keeps_above: true },
    Side { vertical: false, at: HIGH, keeps_above: false },
];

impl Side {
    /// The coordinate across the side, then the one along it.
    fn split(self, p: Pt) -> (i64, i64) {
        if self.vertical { (p.x, p.y) } else { (p.y, p.x) }
    }

    fn keeps(self, p: Pt) -> bool {
        let (across, _) = self.split(p);
        if self.keeps_above { across >= self.at } else { across <= self.at }
    }

    /// Where a segment with one end on either side crosses, rounded to the grid. The ends are put in order first, so
    /// that two neighbours that share the segment get the same place, whichever way they run along it.
    fn crossing(self, a: Pt, b: Pt) -> Pt {
        let (mut low, mut high) = (self.split(a), self.split(b));
        if low.0 > high.0 {
            std::mem::swap(&mut low, &mut high);
        }
        let (run, rise) = (i128::from(high.0 - low.0), i128::from(high.1 - low.1));
        let offset = (2 * i128::from(self.at - low.0) * rise + run).div_euclid(2 * run.max(1));
        // Between the two ends, hence as small as they are.
        let along = low.1 + i64::try_from(offset).unwrap_or(0);
        if self.vertical { Pt { x: self.at, y: along } } else { Pt { x: along, y: self.at } }
    }
}

fn is_inside(path: &[Pt]) -> bool {
    path.iter().all(|p| (LOW..=HIGH).contains(&p.x) && (LOW..=HIGH).contains(&p.y))
}

/// The parts of a line inside the square, each of two or more points, none repeated.
pub(crate) fn line(path: Vec<Pt>) -> Vec<Vec<Pt>> {
    let mut parts = vec![path];
    if !parts.iter().all(|part| is_inside(part)) {
        for side in SIDES {
            parts = parts.iter().flat_map(|part| cut_line(part, side)).collect();
        }
    }
    for part in &mut parts {
        part.dedup();
    }
    parts.retain(|part| part.len() > 1);
    parts
}

fn cut_line(path: &[Pt], side: Side) -> Vec<Vec<Pt>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut before: Option<Pt> = None;
    for p in path.iter().copied() {
        let kept = side.keeps(p);
        if let Some(q) = before
            && side.keeps(q) != kept
        {
            part.push(side.crossing(q, p));
            if !kept {
                parts.push(std::mem::take(&mut part));
            }
        }
        if kept {
            part.push(p);
        }
        before = Some(p);
    }
    parts.push(part);
    parts
}

/// The ring (first vertex not repeated) inside the square. Where a ring leaves and comes back several times, its pieces
/// stay joined along the edge of the square; [`super::clean`] takes them apart.
pub(crate) fn ring(ring: Vec<Pt>) -> Vec<Pt> {
    if is_inside(&ring) {
        return ring;
    }
    SIDES.into_iter().fold(ring, |ring, side| cut_ring(&ring, side))
}

fn cut_ring(ring: &[Pt], side: Side) -> Vec<Pt> {
    let Some(mut before) = ring.last().copied() else { return Vec::new() };
    let mut kept = Vec::with_capacity(ring.len() + 4);
    for p in ring.iter().copied() {
        if side.keeps(before) != side.keeps(p) {
            kept.push(side.crossing(before, p));
        }
        if side.keeps(p) {
            kept.push(p);
        }
        before = p;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::area2;
    use proptest::prelude::*;

    fn pts(all: &[(i64, i64)]) -> Vec<Pt> {
        all.iter().map(|(x, y)| Pt { x: *x, y: *y }).collect()
    }

    fn check_line(path: &[(i64, i64)], expect: &[&[(i64, i64)]]) {
        let expect: Vec<Vec<Pt>> = expect.iter().map(|part| pts(part)).collect();
        assert_eq!(line(pts(path)), expect);
    }

    #[test]
    fn a_line_across_is_cut_at_both_edges() {
        check_line(&[(-1000, 100), (9000, 100)], &[&[(-64, 100), (4160, 100)]]);
    }

    #[test]
    fn a_line_that_comes_back_is_two() {
        let there_and_back = [(100, 100), (9000, 100), (9000, 200), (100, 200)];
        check_line(&there_and_back, &[&[(100, 100), (4160, 100)], &[(4160, 200), (100, 200)]]);
    }

    #[test]
    fn a_line_past_a_corner_is_gone() {
        check_line(&[(-1000, 100), (100, -2000)], &[]);
        check_line(&[(5, 5), (5, 5), (5, 5)], &[]);
    }

    #[test]
    fn a_ring_around_everything_is_the_square() {
        let all = ring(pts(&[(-1 << 33, -1 << 33), (1 << 34, -1 << 33), (1 << 34, 1 << 34), (-1 << 33, 1 << 34)]));
        assert_eq!(area2(&all), 2 * (HIGH - LOW).pow(2));
    }

    fn path() -> impl Strategy<Value = Vec<Pt>> {
        let near = -6000_i64..10_000;
        let far = -(1_i64 << 34)..(1 << 34);
        let one = prop_oneof![4 => near, 1 => far];
        prop::collection::vec((one.clone(), one).prop_map(|(x, y)| Pt { x, y }), 0..40)
    }

    proptest! {
        #[test]
        fn lines_stay_inside(path in path()) {
            for part in line(path) {
                prop_assert!(is_inside(&part) && part.len() > 1);
                prop_assert!(part.windows(2).all(|w| w[0] != w[1]));
            }
        }

        #[test]
        fn rings_stay_inside(path in path()) {
            prop_assert!(is_inside(&ring(path)));
        }

        #[test]
        fn two_ways_along_a_segment_cross_at_one_place(x0 in -(1_i64 << 34)..HIGH, y0 in -(1_i64 << 34)..(1 << 34), x1 in HIGH + 1..(1 << 34), y1 in -(1_i64 << 34)..(1 << 34)) {
            let (a, b) = (Pt { x: x0, y: y0 }, Pt { x: x1, y: y1 });
            let there = SIDES[1].crossing(a, b);
            prop_assert_eq!(there, SIDES[1].crossing(b, a));
            prop_assert!(there.y >= y0.min(y1) && there.y <= y0.max(y1));
        }

        #[test]
        fn a_convex_ring_only_gets_smaller(x in -5000_i64..5000, y in -5000_i64..5000, w in 1_i64..9000, h in 1_i64..9000) {
            let rhombus = pts(&[(x + w, y), (x + 2 * w, y + h), (x + w, y + 2 * h), (x, y + h)]);
            let before = area2(&rhombus);
            // Each cut corner may be rounded outwards by half a unit along a side of the square.
            prop_assert!(area2(&ring(rhombus)) <= before + 8 * (HIGH - LOW));
        }
    }
}
