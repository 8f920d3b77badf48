//! Areas of multipolygon relations: member ways joined into rings, holes given to the outline around them.

use std::collections::HashMap;

use geo::{Contains, Coord, LineString, MultiPolygon, Polygon};

use super::adjoining::{Rings, joined};
use super::locations::Locations;

/// A member way.
pub(super) struct Part<'a> {
    pub(super) inner: bool,
    /// Its node ids; `None` when the extract does not hold the way.
    pub(super) nodes: Option<&'a [i64]>,
}

/// The area of a relation, or `None` when an outline cannot be closed: members or nodes missing from the extract.
/// Holes that cannot be closed are left out. Rings that share a line are [`joined`]: the number says how many.
pub(super) fn area(parts: &[Part<'_>], locations: &Locations) -> Option<(MultiPolygon<f64>, u64)> {
    let outer: Vec<&[i64]> = parts.iter().filter(|part| !part.inner).map(|part| part.nodes).collect::<Option<_>>()?;
    let inner: Vec<&[i64]> = parts.iter().filter(|part| part.inner).filter_map(|part| part.nodes).collect();
    let (outer_rings, all_closed) = rings(&outer);
    if !all_closed || outer_rings.is_empty() {
        return None;
    }
    let (joined, count) = joined(Rings { outer: outer_rings, inner: rings(&inner).0 }, locations);
    let outlines = joined.outer.iter().map(|ring| line(ring, locations).map(|line| Polygon::new(line, Vec::new())));
    let mut polygons: Vec<Polygon<f64>> = outlines.collect::<Option<_>>()?;
    for hole in joined.inner.iter().filter_map(|ring| line(ring, locations)) {
        let around = hole.0.first().and_then(|point| polygons.iter_mut().find(|polygon| polygon.contains(point)));
        if let Some(polygon) = around {
            polygon.interiors_push(hole);
        }
    }
    Some((MultiPolygon::new(polygons), count))
}

/// The places of a ring's nodes; `None` when one is missing or there are too few.
pub(super) fn line(nodes: &[i64], locations: &Locations) -> Option<LineString<f64>> {
    let points: Vec<Coord<f64>> = nodes.iter().map(|id| locations.get(*id)).collect::<Option<_>>()?;
    // Nodes at one place are one corner.
    crate::rings::close(points).map(|(ring, _)| ring)
}

/// Joins ways end to end into closed rings; the flag says whether all of them could be used.
fn rings(ways: &[&[i64]]) -> (Vec<Vec<i64>>, bool) {
    let mut by_end: HashMap<i64, Vec<usize>> = HashMap::new();
    for (at, way) in ways.iter().enumerate() {
        for end in [way.first(), way.last()].into_iter().flatten() {
            by_end.entry(*end).or_default().push(at);
        }
    }
    let mut used = vec![false; ways.len()];
    let (mut closed, mut all_closed) = (Vec::new(), true);
    for at in 0..ways.len() {
        let Some(ring) = grow(at, ways, &mut by_end, &mut used) else { continue };
        if ring.len() >= 4 && ring.first() == ring.last() {
            closed.push(ring);
        } else {
            all_closed = false;
        }
    }
    (closed, all_closed)
}

/// Follows unused ways from way `first` until the ring closes or nothing continues it; `None` when it is used up.
fn grow(first: usize, ways: &[&[i64]], by_end: &mut HashMap<i64, Vec<usize>>, used: &mut [bool]) -> Option<Vec<i64>> {
    let flag = used.get_mut(first)?;
    if std::mem::replace(flag, true) {
        return None;
    }
    let mut ring = ways.get(first)?.to_vec();
    while ring.first() != ring.last() {
        let end = *ring.last()?;
        let candidates = by_end.entry(end).or_default();
        // Used ways are dropped for good, so that a hostile star of ways costs no more than its size.
        let next = loop {
            let Some(at) = candidates.pop() else { return Some(ring) };
            if used.get_mut(at).is_some_and(|flag| !std::mem::replace(flag, true)) {
                break at;
            }
        };
        let way = ways.get(next)?;
        if way.first() == Some(&end) {
            ring.extend(way.iter().skip(1));
        } else {
            ring.extend(way.iter().rev().skip(1));
        }
    }
    Some(ring)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area;

    /// A grid: node 100·y + x lies at (x, y) degrees.
    fn grid() -> Locations {
        let mut locations = Locations::default();
        for y in 0..10 {
            for x in 0..10 {
                locations.put(i64::from(100 * y + x), (x * 10_000_000, y * 10_000_000));
            }
        }
        locations.seal();
        locations
    }

    fn outer(nodes: &[i64]) -> Part<'_> {
        Part { inner: false, nodes: Some(nodes) }
    }

    fn inner(nodes: &[i64]) -> Part<'_> {
        Part { inner: true, nodes: Some(nodes) }
    }

    #[test]
    fn ways_in_any_order_and_direction_make_rings() {
        let parts =
            [outer(&[0, 8]), outer(&[0, 800]), outer(&[808, 8]), outer(&[800, 808]), inner(&[202, 404, 402, 202])];
        let (area, _) = area(&parts, &grid()).unwrap();
        assert_eq!((area.0.len(), area.0[0].interiors().len()), (1, 1));
        assert!((area.unsigned_area() - 62.0).abs() < 1e-9);
    }

    #[test]
    fn two_outlines_keep_their_own_holes() {
        let parts = [outer(&[0, 4, 404, 400, 0]), outer(&[505, 509, 909, 905, 505]), inner(&[606, 607, 707, 606])];
        let (area, _) = area(&parts, &grid()).unwrap();
        assert_eq!(area.0.iter().map(|p| p.interiors().len()).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn what_cannot_be_closed_is_no_area() {
        assert!(area(&[outer(&[0, 8, 808])], &grid()).is_none());
        assert!(area(&[outer(&[0, 8, 808, 0]), Part { inner: false, nodes: None }], &grid()).is_none());
        assert!(area(&[outer(&[0, 8, 99_999, 0])], &grid()).is_none());
        assert!(area(&[], &grid()).is_none());
        assert!(area(&[outer(&[]), outer(&[5])], &grid()).is_none());
        let hole_missing = [outer(&[0, 8, 808, 0]), Part { inner: true, nodes: None }];
        assert!(area(&hole_missing, &grid()).is_some());
    }
}
