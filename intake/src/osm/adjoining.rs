//! Rings of one relation that share a line: one area that was drawn in pieces.

use std::collections::{HashMap, HashSet};

use super::locations::Locations;
use crate::rings;

/// The rings of a relation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rings {
    pub(super) outer: Vec<Vec<i64>>,
    pub(super) inner: Vec<Vec<i64>>,
}

/// Rings that share lines, joined by the nodes of their edges, and how many were joined: outlines to one outline, holes to one
/// hole, and a hole with the outlines that are built into it to what they leave of it. Edges that two rings have are left
/// out. Only what can mean one thing is joined: what is left passes no node twice and encloses as much as the parts do
/// together, of a hole as much as its outlines leave. The rest stays as it is, for the checks to refuse: parts that overlap,
/// a part inside another one, parts around a court.
pub(super) fn joined(given: Rings, locations: &Locations) -> (Rings, u64) {
    let outers = given.outer.len();
    let all: Vec<Vec<i64>> = given.outer.into_iter().chain(given.inner).collect();
    let mut first_with: HashMap<(i64, i64), usize> = HashMap::new();
    // The head of each ring's group.
    let mut group: Vec<usize> = (0..all.len()).collect();
    for (at, ring) in all.iter().enumerate() {
        for edge in edges(ring) {
            let other = *first_with.entry(edge).or_insert(at);
            let (head, above) = (head(&group, at), head(&group, other));
            if let Some(place) = group.get_mut(head) {
                *place = above;
            }
        }
    }
    let mut members: Vec<Rings> = vec![Rings::default(); all.len()];
    for (at, ring) in all.into_iter().enumerate() {
        if let Some(members) = members.get_mut(head(&group, at)) {
            if at < outers { members.outer.push(ring) } else { members.inner.push(ring) }
        }
    }
    let (mut rings, mut count) = (Rings::default(), 0);
    for members in members {
        let joined = together(&members, locations);
        count += if joined.is_some() { (members.outer.len() + members.inner.len()) as u64 } else { 0 };
        let members = joined.unwrap_or(members);
        rings.outer.extend(members.outer);
        rings.inner.extend(members.inner);
    }
    (rings, count)
}

/// The edges of a ring, each with its smaller node first.
fn edges(ring: &[i64]) -> impl Iterator<Item = (i64, i64)> + '_ {
    ring.iter().zip(ring.iter().skip(1)).map(|(a, b)| if a < b { (*a, *b) } else { (*b, *a) })
}

/// The head of a member's group.
fn head(group: &[usize], mut member: usize) -> usize {
    while let Some(above) = group.get(member).filter(|above| **above != member) {
        member = *above;
    }
    member
}

/// What the members of a group are together; `None` when they are one ring, or may mean more than one thing.
fn together(members: &Rings, locations: &Locations) -> Option<Rings> {
    let sum = |rings: &[Vec<i64>]| rings.iter().map(|ring| size(ring, locations)).sum::<Option<f64>>();
    let (outer, inner) = (sum(&members.outer)?, sum(&members.inner)?);
    let (expected, holes) = match (members.outer.len(), members.inner.len()) {
        (2.., 0) => (outer, false),
        (0, 2..) => (inner, true),
        (1.., 1) => (inner - outer, true),
        _ => return None,
    };
    let left = left_of(members.outer.iter().chain(&members.inner))?;
    // Two areas that are not beside each other have less in all than what is left of their lines encloses, or than they have
    // each.
    let same = (sum(&left)? - expected).abs() <= 1e-6 * (outer + inner);
    let rings = if holes { Rings { outer: Vec::new(), inner: left } } else { Rings { outer: left, inner: Vec::new() } };
    same.then_some(rings)
}

/// The rings that are left when edges that two rings have are left out; `None` when a node would be passed twice.
fn left_of<'a>(rings: impl Iterator<Item = &'a Vec<i64>> + Clone) -> Option<Vec<Vec<i64>>> {
    let mut once: HashSet<(i64, i64)> = HashSet::new();
    for edge in rings.clone().flat_map(|ring| edges(ring)) {
        if !once.remove(&edge) {
            once.insert(edge);
        }
    }
    // In the order of the file, so that the same file gives the same rings.
    let left: Vec<(i64, i64)> = rings.flat_map(|ring| edges(ring)).filter(|edge| once.contains(edge)).collect();
    let mut next: HashMap<i64, Vec<i64>> = HashMap::new();
    for (a, b) in &left {
        next.entry(*a).or_default().push(*b);
        next.entry(*b).or_default().push(*a);
    }
    if next.values().any(|ends| ends.len() != 2) {
        return None;
    }
    let mut made = Vec::new();
    for (start, _) in left {
        let (mut ring, mut here) = (vec![start], start);
        // Each node is taken out as it is passed.
        while let Some(on) = next.remove(&here).and_then(|ends| ends.into_iter().find(|end| next.contains_key(end))) {
            ring.push(on);
            here = on;
        }
        if ring.len() > 2 {
            ring.push(start);
            made.push(ring);
        }
    }
    (!made.is_empty()).then_some(made)
}

/// What a ring encloses, in square degrees: only to compare.
fn size(ring: &[i64], locations: &Locations) -> Option<f64> {
    super::areas::line(ring, locations).map(|line| rings::twice_enclosed(&line).abs() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Given<'a> = &'a [&'a [i64]];

    /// Node 100·y + x lies at (x, y) degrees.
    fn check(outer: Given<'_>, inner: Given<'_>, expect: (Given<'_>, Given<'_>), count: u64) {
        let mut locations = Locations::default();
        for y in 0..10 {
            for x in 0..10 {
                locations.put(i64::from(100 * y + x), (x * 10_000_000, y * 10_000_000));
            }
        }
        locations.seal();
        let rings = |outer: Given<'_>, inner: Given<'_>| {
            let owned = |all: Given<'_>| all.iter().map(|ring| ring.to_vec()).collect();
            Rings { outer: owned(outer), inner: owned(inner) }
        };
        let got = joined(rings(outer, inner), &locations);
        assert_eq!(got, (rings(expect.0, expect.1), count), "{outer:?} {inner:?}");
    }

    const WEST: &[i64] = &[0, 2, 202, 200, 0];
    const EAST: &[i64] = &[2, 4, 204, 202, 2];

    #[test]
    fn pieces_beside_each_other_are_one_area() {
        check(&[WEST, EAST], &[], (&[&[0, 2, 4, 204, 202, 200, 0]], &[]), 2);
        let north: &[i64] = &[200, 202, 402, 400, 200];
        check(&[WEST, EAST, north], &[], (&[&[0, 2, 4, 204, 202, 402, 400, 200, 0]], &[]), 3);
        // One apart from them stays what it is, and so do two that touch in a corner.
        let apart: &[i64] = &[606, 608, 808, 806, 606];
        check(&[apart, WEST, EAST], &[], (&[apart, &[0, 2, 4, 204, 202, 200, 0]], &[]), 2);
        let corner: &[i64] = &[202, 204, 404, 402, 202];
        check(&[WEST, corner], &[], (&[WEST, corner], &[]), 0);
    }

    #[test]
    fn holes_beside_each_other_are_one_and_what_is_built_into_one_makes_it_smaller() {
        let around: &[i64] = &[0, 9, 909, 900, 0];
        let (west, east): (&[i64], &[i64]) = (&[202, 203, 303, 302, 202], &[203, 204, 304, 303, 203]);
        check(&[around], &[west, east], (&[around], &[&[202, 203, 204, 304, 303, 302, 202]]), 2);
        // A house at a wall of the court, and one across it, which leaves two courts.
        let court: &[i64] = &[202, 203, 204, 304, 404, 403, 402, 302, 202];
        let wall: &[i64] = &[202, 203, 303, 302, 202];
        check(&[around, wall], &[court], (&[around], &[&[203, 303, 302, 402, 403, 404, 304, 204, 203]]), 2);
        let court: &[i64] = &[202, 205, 305, 405, 505, 502, 402, 302, 202];
        let across: &[i64] = &[302, 305, 405, 402, 302];
        check(&[around, across], &[court], (&[around], &[&[302, 305, 205, 202, 302], &[402, 405, 505, 502, 402]]), 2);
    }

    #[test]
    fn what_may_mean_something_else_stays() {
        // The same again; one over another; a small one in the corner of a large one; outside of a hole at its line.
        for over in [WEST, &[2, 202, 201, 1, 2], &[0, 2, 402, 400, 200, 0]] {
            check(&[WEST, over], &[], (&[WEST, over], &[]), 0);
        }
        check(&[EAST], &[WEST], (&[EAST], &[WEST]), 0);
        // Parts round a court.
        let court: [&[i64]; 4] = [
            &[0, 6, 206, 204, 202, 200, 0],
            &[400, 402, 404, 406, 606, 600, 400],
            &[200, 202, 402, 400, 200],
            &[204, 206, 406, 404, 204],
        ];
        check(&court, &[], (&court, &[]), 0);
    }
}
