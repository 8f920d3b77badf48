//! Fewer vertices than the eye can tell: Douglas and Peucker's rule on the grid of the tile, after cutting, so that all
//! products fit 64 bits.

use crate::frame::Pt;

/// A line without the vertices that lie within `tolerance` grid units of what is left; both ends stay.
pub(crate) fn line(path: &[Pt], tolerance: i64) -> Vec<Pt> {
    if tolerance == 0 || path.len() < 3 {
        return path.to_vec();
    }
    let mut keep = vec![false; path.len()];
    let mut open = vec![(0, path.len() - 1)];
    while let Some((first, last)) = open.pop() {
        keep[first] = true;
        keep[last] = true;
        if let Some(middle) = farthest(path, first, last, tolerance) {
            open.extend([(first, middle), (middle, last)]);
        }
    }
    path.iter().zip(keep).filter_map(|(p, kept)| kept.then_some(*p)).collect()
}

/// A ring (first vertex not repeated) simplified in two halves, from its first vertex to the one farthest from it.
pub(crate) fn ring(ring: &[Pt], tolerance: i64) -> Vec<Pt> {
    let Some(first) = ring.first().copied() else { return Vec::new() };
    if tolerance == 0 || ring.len() < 5 {
        return ring.to_vec();
    }
    let away = |p: &Pt| (p.x - first.x).pow(2) + (p.y - first.y).pow(2);
    let half = ring.iter().enumerate().max_by_key(|(_, p)| away(p)).map_or(0, |(n, _)| n);
    let back: Vec<Pt> = ring[half..].iter().copied().chain([first]).collect();
    let mut all = line(&ring[..=half], tolerance);
    all.pop();
    all.extend(line(&back, tolerance));
    all.pop();
    all
}

/// The vertex between two others that is farthest from the segment between them, if it is farther than the tolerance.
fn farthest(path: &[Pt], first: usize, last: usize, tolerance: i64) -> Option<usize> {
    let (a, b) = (path[first], path[last]);
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = (dx * dx + dy * dy).max(1);
    // Squared distances times the squared length of the segment: no division, nothing lost.
    let measure = |p: Pt| {
        let along = (p.x - a.x) * dx + (p.y - a.y) * dy;
        if along <= 0 {
            ((p.x - a.x).pow(2) + (p.y - a.y).pow(2)) * length2
        } else if along >= length2 {
            ((p.x - b.x).pow(2) + (p.y - b.y).pow(2)) * length2
        } else {
            ((p.x - a.x) * dy - (p.y - a.y) * dx).pow(2)
        }
    };
    let inner = (first + 1..last).map(|n| (measure(path[n]), n));
    let (most, at) = inner.max_by_key(|(far, _)| *far)?;
    (most > tolerance * tolerance * length2).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pts(all: &[(i64, i64)]) -> Vec<Pt> {
        all.iter().map(|(x, y)| Pt { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_small_bend_goes_a_large_one_stays() {
        assert_eq!(line(&pts(&[(0, 0), (50, 3), (100, 0)]), 3), pts(&[(0, 0), (100, 0)]));
        assert_eq!(line(&pts(&[(0, 0), (50, 4), (100, 0)]), 3), pts(&[(0, 0), (50, 4), (100, 0)]));
    }

    #[test]
    fn a_line_that_turns_back_keeps_its_tip() {
        assert_eq!(line(&pts(&[(0, 0), (100, 0), (0, 0)]), 3), pts(&[(0, 0), (100, 0), (0, 0)]));
    }

    #[test]
    fn a_rough_square_becomes_a_square() {
        let rough = pts(&[(0, 0), (50, 1), (100, 0), (101, 50), (100, 100), (50, 99), (0, 100), (1, 50)]);
        assert_eq!(ring(&rough, 3), pts(&[(0, 0), (100, 0), (100, 100), (0, 100)]));
    }

    fn distance2_times(p: Pt, a: Pt, b: Pt) -> (i64, i64) {
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length2 = (dx * dx + dy * dy).max(1);
        let along = ((p.x - a.x) * dx + (p.y - a.y) * dy).clamp(0, length2);
        // The foot of the perpendicular, in 1/length2 units.
        let (fx, fy) = (a.x * length2 + along * dx - p.x * length2, a.y * length2 + along * dy - p.y * length2);
        let exact = (i128::from(fx).pow(2) + i128::from(fy).pow(2)) / i128::from(length2);
        (i64::try_from(exact).unwrap(), length2)
    }

    proptest! {
        #[test]
        fn nothing_dropped_is_farther_than_the_tolerance(
            all in prop::collection::vec((-64_i64..4160, -64_i64..4160), 2..60), tolerance in 1_i64..400,
        ) {
            let path = pts(&all);
            let left = line(&path, tolerance);
            prop_assert_eq!((left.first(), left.last()), (path.first(), path.last()));
            for p in path {
                let near = left.windows(2).any(|w| {
                    let (far, length2) = distance2_times(p, w[0], w[1]);
                    far <= tolerance * tolerance * length2
                });
                prop_assert!(near);
            }
        }
    }
}
