//! Turn restrictions: what may not follow what at a junction.
//!
//! On a road's feature they are a text: `no 5 w123; only 0 w77`. Each part is a word, the number of the vertex of the
//! road's own line at which it holds (from 0), and the source id of the road that is turned into. `no` forbids that turn,
//! `only` forbids every other one.

use std::collections::HashMap;

use super::graph::{Arc, Edge};

/// Who goes from `from` may not (or may only) go on to `to`, which begins where `from` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) from: Arc,
    pub(crate) to: Arc,
    /// Everything but `to` is forbidden.
    pub(crate) only: bool,
}

/// A restriction as a road says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) only: bool,
    /// Vertex of the road's own line.
    pub(crate) vertex: usize,
    /// Source id of the other road.
    pub(crate) to: String,
}

/// Reads the text of a road; parts that are none are counted.
pub(crate) fn told(text: &str) -> (Vec<Told>, u32) {
    parts(text, |part| {
        let mut words = part.split_ascii_whitespace();
        let only = match words.next()? {
            "no" => false,
            "only" => true,
            _ => return None,
        };
        let (vertex, to) = (words.next()?.parse().ok()?, words.next()?.to_owned());
        words.next().is_none().then_some(Told { only, vertex, to })
    })
}

/// The parts of a text between `;`, each read by `one`; those that are none are counted.
pub(super) fn parts<T>(text: &str, one: impl Fn(&str) -> Option<T>) -> (Vec<T>, u32) {
    let (mut all, mut lost) = (Vec::new(), 0);
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match one(part) {
            Some(read) => all.push(read),
            None => lost += 1,
        }
    }
    (all, lost)
}

/// A restriction with its roads and its junction as numbers of the graph.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) only: bool,
    pub(crate) from_road: u32,
    pub(crate) to_road: u32,
    pub(crate) node: u32,
}

/// Restrictions as pairs of arcs: every arc of the first road that ends at the junction with every arc of the other that
/// begins there. Answers how many of them found both roads there.
pub(crate) fn turns(placed: &[Placed], edges: &[Edge]) -> (Vec<Turn>, u32) {
    let mut at: HashMap<u32, Vec<(u32, Arc)>> = placed.iter().map(|turn| (turn.node, Vec::new())).collect();
    for (edge, first) in edges.iter().zip((0_u32..).step_by(2)) {
        for (end, arc) in edge.ends.iter().zip([first, first + 1]) {
            // The arc that begins at this end; its twin ends there.
            if let Some(list) = at.get_mut(end) {
                list.push((edge.road, arc));
            }
        }
    }
    let (mut all, mut held) = (Vec::new(), 0);
    for turn in placed {
        let here = at.get(&turn.node).map_or(&[][..], Vec::as_slice);
        let before = all.len();
        for (_, begins) in here.iter().filter(|(road, _)| *road == turn.from_road) {
            for (_, to) in here.iter().filter(|(road, _)| *road == turn.to_road) {
                all.push(Turn { from: begins ^ 1, to: *to, only: turn.only });
            }
        }
        held += u32::from(all.len() > before);
    }
    all.sort_unstable();
    all.dedup();
    (all, held)
}

/// Whether the restrictions of one arc (a run of the sorted list) let it go on to another.
pub(crate) fn allows(turns: &[Turn], to: Arc) -> bool {
    let only = turns.iter().any(|turn| turn.only);
    let named = |only: bool| turns.iter().any(|turn| turn.only == only && turn.to == to);
    !named(false) && (!only || named(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_part_by_part() {
        let (all, lost) = told("no 5 w123; only 0 w77 ;; never 1 w2; no x w3; no 1; no 1 w2 w3");
        let said: Vec<String> = all.iter().map(|t| format!("{} {} {}", t.only, t.vertex, t.to)).collect();
        assert_eq!((said, lost), (vec!["false 5 w123".to_owned(), "true 0 w77".to_owned()], 4));
    }

    #[test]
    fn only_shuts_the_rest_and_no_shuts_one() {
        let turn = |to, only| Turn { from: 0, to, only };
        assert!(!allows(&[turn(4, false)], 4) && allows(&[turn(4, false)], 6));
        assert!(allows(&[turn(4, true)], 4) && !allows(&[turn(4, true)], 6));
        let two = [turn(4, true), turn(8, true)];
        assert!(allows(&two, 8) && !allows(&two, 6));
    }
}
