//! A place that may be anywhere on some parts of roads: how early and how late somebody is there.
//!
//! The earliest is exact: one search toward all parts at once. The latest is a bound that no road point of the place
//! exceeds: whoever drives to a junction and from there on to a point is there no sooner than by the best way. Some
//! junctions of the place are taken for that, each as far from the others as can be; from each the time to the last point
//! of every part is known. What somebody takes to a part is the least over the junctions, and the latest is the greatest
//! over the parts. The farthest point of a place mostly lies behind its middle, so that few junctions are enough.

use std::ops::ControlFlow;

use super::graph::Arc;
use super::nearest::{Bound, along};
use super::parts::Part;
use super::place::Place;
use super::search::{Metric, NO_ARC, Roads, Sense, Workspace, doors, span_cost};
use super::spot::metres;
use super::takes::NEVER;
use super::targets::Targets;

/// Most junctions that the latest times are reckoned through.
const MOST: usize = 8;
/// Junctions that all searches from them may settle together: of a large place fewer are taken, one at least.
const WORK: usize = 64_000;
/// A junction nearer than this to another one betters little, milliseconds.
const NEAR: u32 = 2_000;
/// Groups of neighbouring parts; of more parts several are one.
const GROUPS: usize = 512;

/// Milliseconds by junction.
type Row = [u32; MOST];

/// A rough place on the roads of one search.
#[derive(Debug, Clone)]
pub struct Anywhere {
    parts: Vec<Part>,
    /// The junctions, as states; the first is at the middle.
    through: Vec<u32>,
    /// From each junction to the last point of each group, milliseconds.
    last: Vec<Row>,
    /// Length of what cannot be reached from the middle, tenths of a millimetre.
    cut_off: u64,
}

/// When somebody is at a rough place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// The number of the target.
    pub target: u32,
    /// Seconds to the road point that is reached first; `None` when none is reached.
    pub best_s: Option<f64>,
    /// Seconds that no road point takes longer, of those that can be reached from the middle; `None` when the target cannot
    /// come to the middle's junctions, or not from there to all of them.
    pub worst_s: Option<f64>,
}

impl Anywhere {
    /// Makes a place ready for searches: parts of roads, and the road place of its middle, from which they are reached.
    pub fn new(space: &mut Workspace, roads: Roads<'_>, middle: Place, parts: Vec<Part>) -> Self {
        // The end of the middle's edge from which more of the place is reached.
        let mut first: Option<Outward> = None;
        for state in junctions(roads, middle) {
            let outward = Outward::of(space, roads, &parts, state);
            let whole = outward.cut_off == 0;
            if first.as_ref().is_none_or(|known| outward.cut_off < known.cut_off) {
                first = Some(outward);
            }
            if whole {
                break;
            }
        }
        let Some(first) = first else {
            let cut_off = parts.iter().map(|part| u64::from(part.to - part.from)).sum();
            return Self { parts, through: Vec::new(), last: Vec::new(), cut_off };
        };
        let (cut_off, mut through) = (first.cut_off, vec![first.from]);
        let rows = first.spread(space, roads, &parts, &mut through);
        // Edges are numbered along a curve, so those that follow each other are neighbours.
        let each = rows.len().div_ceil(GROUPS).max(1);
        let greatest = |group: &[Row]| {
            group.iter().fold([0; MOST], |all, row| std::array::from_fn(|column| all[column].max(row[column])))
        };
        Self { parts, through, last: rows.chunks(each).map(greatest).collect(), cut_off }
    }

    /// Metres of its roads that cannot be reached from its middle: no time is about them.
    pub fn cut_off_m(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some thousand kilometres in tenths of a millimetre")]
        let length = self.cut_off as f64;
        length * metres(1)
    }

    /// Whether there is no road in it.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// No road point that can be reached from the middle takes longer, milliseconds, for who is at each junction after
    /// `times`.
    fn worst(&self, times: &Row) -> u32 {
        let least = |row: &Row| times.iter().zip(row).map(|(time, more)| time.saturating_add(*more)).min();
        self.last.iter().filter_map(least).max().unwrap_or(NEVER)
    }
}

/// What a search from the first junction found.
struct Outward {
    from: u32,
    wanted: Wanted,
    lasts: Vec<Last>,
    /// What the way from the nearest junction that was taken costs, for each state that is wanted.
    nearest: Vec<u32>,
    cut_off: u64,
}

impl Outward {
    fn of(space: &mut Workspace, roads: Roads<'_>, parts: &[Part], from: u32) -> Self {
        let wanted = Wanted::of(roads, parts, from);
        space.out(roads, from, NEVER - 1, &wanted);
        let lasts: Vec<Last> = parts.iter().map(|part| space.last(roads, *part)).collect();
        let nearest = wanted.states.iter().map(|state| space.cost(*state)).collect();
        let cut_off = lasts.iter().map(|last| u64::from(last.missed)).sum();
        Self { from, wanted, lasts, nearest, cut_off }
    }

    /// Takes further junctions, each as far from those before as can be; tells what the last point of every part that is
    /// reached takes from each.
    fn spread(mut self, space: &mut Workspace, roads: Roads<'_>, parts: &[Part], through: &mut Vec<u32>) -> Vec<Row> {
        let mut rows: Vec<Row> = vec![[NEVER; MOST]; parts.len()];
        rows.iter_mut().zip(&self.lasts).for_each(|(row, last)| row[0] = last.cost);
        let farthest = self.nearest.iter().copied().filter(|cost| *cost != NEVER).max().unwrap_or(0);
        for column in 1..(WORK / self.wanted.states.len().max(1)).min(MOST) {
            let known = self.nearest.iter().zip(&self.wanted.states).filter(|(far, _)| (NEAR..NEVER).contains(far));
            let Some((_, state)) = known.max_by_key(|(far, _)| **far) else { break };
            space.out(roads, *state, farthest.saturating_mul(2), &self.wanted);
            for ((row, part), first) in rows.iter_mut().zip(parts).zip(&self.lasts) {
                let last = space.last(roads, *part);
                // Where it does not come to all that the first one reaches, there is no time through it.
                row[column] = if last.met & first.met == first.met { last.cost } else { NEVER };
            }
            through.push(*state);
            let costs = self.wanted.states.iter().map(|state| space.cost(*state));
            self.nearest.iter_mut().zip(costs).for_each(|(least, cost)| *least = (*least).min(cost));
        }
        rows.into_iter().zip(&self.lasts).filter(|(_, last)| last.met != 0).map(|(row, _)| row).collect()
    }
}

/// States to begin at: the ends of the edge of a place, the nearer one first. Where an end is entered only at copies, those
/// of who comes along the edge or may go on to it: the others tell nothing of the place.
fn junctions(roads: Roads<'_>, place: Place) -> Vec<u32> {
    let Some(edge) = roads.graph.edges.get(place.edge as usize) else { return Vec::new() };
    // Each end with the arc that begins there.
    let (a, b) = ((edge.ends[0], place.edge * 2), (edge.ends[1], place.edge * 2 + 1));
    let ends = if place.at * 2 <= edge.length { [a, b] } else { [b, a] };
    let begin = |(node, arc): (u32, Arc)| {
        let goes_on = move |state: u32| roads.net.tails(roads.graph, arc).any(|tail| tail == state);
        entered(roads, node, move |state| roads.net.head(arc ^ 1) == state || goes_on(state))
    };
    ends.into_iter().flat_map(begin).collect()
}

/// The states at which who `may` be there comes to a junction: the junction itself where one may go on as one likes, else its
/// copies.
fn entered(roads: Roads<'_>, node: u32, may: impl Fn(u32) -> bool + Copy) -> impl Iterator<Item = u32> {
    let comes = move |state: &u32| !roads.net.backward.at(*state).is_empty() && may(*state);
    let plain = Some(node).filter(comes);
    let copies = if plain.is_none() { Some(roads.net.copies_of(node).filter(comes)) } else { None };
    plain.into_iter().chain(copies.into_iter().flatten())
}

/// The states that a search within a place has to settle.
struct Wanted {
    states: Vec<u32>,
    /// One bit a state.
    mask: Vec<u64>,
}

impl Wanted {
    /// Those through which the parts are reached; not those to which no road leads from the largest piece, if the search
    /// begins there: a junction that is reached only at copies has those.
    fn of(roads: Roads<'_>, parts: &[Part], from: u32) -> Self {
        let pieces = &roads.net.pieces;
        let ends = parts.iter().flat_map(|part| roads.graph.edges[part.edge as usize].ends);
        let main = pieces.piece(from) == 0;
        let arrives = |state: u32| !main || pieces.is_arrived_at(state);
        let mut states: Vec<u32> = ends.flat_map(|node| entered(roads, node, arrives)).collect();
        states.sort_unstable();
        states.dedup();
        let mut mask = vec![0_u64; roads.net.state_count().div_ceil(64)];
        for state in &states {
            mask[(state / 64) as usize] |= 1 << (state % 64);
        }
        Self { states, mask }
    }

    fn has(&self, state: u32) -> bool {
        self.mask[(state / 64) as usize] & (1 << (state % 64)) != 0
    }
}

/// The last point of a part.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    /// When it is reached, milliseconds.
    cost: u32,
    /// From where the part is reached: along its edge, against it, at its first and at its last junction.
    met: u8,
    /// Length of what is not reached.
    missed: u32,
}

impl Workspace {
    /// Searches from a state until all that are wanted are settled.
    fn out(&mut self, roads: Roads<'_>, from: u32, limit: u32, wanted: &Wanted) {
        let mut left = wanted.states.len();
        self.begin(roads.net);
        self.seed(from, 0, 0, NO_ARC);
        self.run(roads, Sense::Away, Metric::Time, limit, &mut |state, _| {
            left -= usize::from(wanted.has(state));
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }

    /// What the way to a state costs that the last search found.
    fn cost(&self, state: u32) -> u32 {
        self.label(state).map_or(NEVER, |label| label.cost)
    }

    /// The last point of a part after a search from one state.
    fn last(&self, roads: Roads<'_>, part: Part) -> Last {
        let edge = &roads.graph.edges[part.edge as usize];
        let long = edge.length;
        let mut last = Last { missed: part.to - part.from, ..Last::default() };
        let mut meet = |bit: u8, cost: u32| {
            last.met |= 1 << bit;
            last.cost = last.cost.max(cost);
        };
        let (there, back) = (self.entry(roads, part.edge * 2), self.entry(roads, part.edge * 2 + 1));
        // How far one comes along the edge and against it, by offsets along it.
        let there = there.filter(|(_, open)| *open >= part.from).map(|(cost, open)| (cost, open.min(part.to)));
        let back = back.filter(|(_, open)| long - open <= part.to);
        let back = back.map(|(cost, open)| (cost, (long - open).max(part.from)));
        let there = there.map(|(cost, to)| (cost, to, reached(roads, part.edge * 2, cost, to)));
        let back = back.map(|(cost, from)| (cost, from, reached(roads, part.edge * 2 + 1, cost, long - from)));
        let missed = match (there, back) {
            (Some((first, to, _)), Some((second, from, _))) if from < to || part.from == part.to => {
                // Two ways that meet: the point between that is as late by the one as by the other.
                meet(0, meeting(roads, part, (first, second)));
                meet(1, 0);
                0
            }
            (there, back) => {
                let mut missed = part.to - part.from;
                if let Some((_, to, cost)) = there {
                    meet(0, cost);
                    missed -= to - part.from;
                }
                if let Some((_, from, cost)) = back {
                    meet(1, cost);
                    missed = missed.saturating_sub(part.to - from);
                }
                missed
            }
        };
        // At a junction itself one is only after what crossing it costs.
        for (bit, node, is_in) in [(2, edge.ends[0], part.from == 0), (3, edge.ends[1], part.to >= long)] {
            let states = std::iter::once(node).chain(roads.net.copies_of(node));
            let cost = states.map(|state| self.cost(state)).min().filter(|cost| is_in && *cost != NEVER);
            if let Some(cost) = cost {
                meet(bit, cost);
            }
        }
        Last { missed, ..last }
    }

    /// When an arc is entered, and up to which offset from its beginning it is open.
    fn entry(&self, roads: Roads<'_>, arc: Arc) -> Option<(u32, u32)> {
        roads.net.takes(arc)?;
        let long = roads.graph.edges[(arc / 2) as usize].length;
        let open = roads.overlay.map_or(Some(long), |overlay| overlay.open_until(arc, long))?;
        let cost = roads.net.tails(roads.graph, arc).map(|state| self.cost(state)).min()?;
        (cost != NEVER).then_some((cost, open))
    }

    /// When each target is at a place: those of `targets`, made `Toward`, in their order.
    pub fn between(&mut self, roads: Roads<'_>, place: &Anywhere, targets: &Targets) -> Vec<Between> {
        let bound = Bound::time(targets.len(), f64::INFINITY);
        let mut best: Vec<Option<f64>> = vec![None; targets.len()];
        let reached = self.chase(roads, targets, bound, |space, chase| {
            for part in &place.parts {
                let ends = [part.from, part.to].map(|at| Place { edge: part.edge, at });
                for end in ends {
                    doors(roads, end, Sense::Toward, Metric::Time, &mut |state, cost, other, arc| {
                        space.seed(state, cost, other, arc);
                    });
                }
                for target in targets.on(part.edge) {
                    let Some(theirs) = targets.place(target) else { continue };
                    if (part.from..=part.to).contains(&theirs.at) {
                        chase.stands(target, 0, 0, NO_ARC);
                    }
                    for (cost, other, arc) in ends.iter().filter_map(|end| along(roads, theirs, *end, Metric::Time)) {
                        chase.stands(target, cost, other, arc);
                    }
                }
            }
        });
        for found in reached {
            best[found.target as usize] = Some(found.time_s);
        }
        let mut times = vec![[NEVER; MOST]; targets.len()];
        let mut within_s = f64::INFINITY;
        for (column, state) in place.through.iter().enumerate() {
            let bound = Bound::time(targets.len(), within_s);
            let reached = self.chase(roads, targets, bound, |space, _| space.seed(*state, 0, 0, NO_ARC));
            for found in reached {
                times[found.target as usize][column] = super::spot::millis(found.time_s);
            }
            if column == 0 {
                // Whoever takes longer to another junction is told the time through the first.
                within_s = reached.last().map_or(0.0, |last| last.time_s);
            }
        }
        let seconds = |cost: u32| (cost != NEVER).then(|| f64::from(cost) / 1_000.0);
        let rows = (0..).zip(best).zip(&times);
        rows.map(|((target, best_s), times)| Between { target, best_s, worst_s: seconds(place.worst(times)) }).collect()
    }
}

/// When a point of an arc is reached, `to` from its beginning, by who enters it at `cost`.
fn reached(roads: Roads<'_>, arc: Arc, cost: u32, to: u32) -> u32 {
    cost.saturating_add(drive(roads, arc, to))
}

/// What driving an arc takes up to an offset, the junction at its end left out.
fn drive(roads: Roads<'_>, arc: Arc, to: u32) -> u32 {
    let long = roads.graph.edges[(arc / 2) as usize].length;
    let crossed = if to >= long { roads.net.takes(arc).map_or(0, |takes| takes.junction) } else { 0 };
    span_cost(roads, arc, (0, to), long).map_or(NEVER, |(time, _)| time.saturating_sub(crossed))
}

/// The latest point of a part of an open edge that is entered at both ends, rounded up.
fn meeting(roads: Roads<'_>, part: Part, (first, second): (u32, u32)) -> u32 {
    let whole = roads.graph.edges[part.edge as usize].length;
    let there = |at: u32| reached(roads, part.edge * 2, first, at);
    let back = |at: u32| reached(roads, part.edge * 2 + 1, second, whole - at);
    if roads.overlay.is_some_and(|overlay| !overlay.paces_change_at(part.edge).is_empty()) {
        // One way is the later the farther along, the other the sooner, at whatever pace: they cross once.
        let (mut low, mut high) = (part.from, part.to);
        while low < high {
            let middle = low.midpoint(high);
            if there(middle) < back(middle) { low = middle + 1 } else { high = middle }
        }
        let latest = |at: u32| there(at).min(back(at));
        return latest(low).max(latest(low.saturating_sub(1).max(part.from))).saturating_add(1);
    }
    let long = f64::from(whole).max(1.0);
    let (there, back) = (drive(roads, part.edge * 2, whole), drive(roads, part.edge * 2 + 1, whole));
    let (there, back) = (f64::from(there) / long, f64::from(back) / long);
    let (first, second) = (f64::from(first), f64::from(second));
    // first + x·there = second + (long − x)·back
    let all = there + back;
    let meet = if all > 0.0 { (second - first + long * back) / all } else { 0.0 };
    let at = meet.clamp(f64::from(part.from), f64::from(part.to));
    let latest = (first + at * there).min(second + (long - at) * back);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped, and not negative")]
    let latest = latest.ceil().clamp(0.0, f64::from(NEVER - 2)) as u32;
    // Times of parts of edges are rounded to the nearest millisecond.
    latest + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cases::{Case, ladder};
    use super::super::slow::ONCE;
    use super::*;

    proptest! {
        /// The plain twin looks at every metre.
        #[test]
        fn the_latest_point_of_a_part_is_that_of_its_metres(
            slow in proptest::collection::vec(((0..900_u32, 1..300_u32), 2..9_u32), 0..4),
            (from, long) in (0..500_u32, 1..400_u32),
            (first, second) in (0..90_000_u32, 0..90_000_u32),
        ) {
            const METRE: u32 = 10_000;
            let mut case = Case::of(ladder(), &[]);
            let edge = case.place(5.0, 0.0).edge;
            for ((from, long), times) in slow {
                case.overlay.slow(edge, (from * METRE, (from + long) * METRE), times * ONCE);
            }
            let part = Part { edge, from: from * METRE, to: (from + long) * METRE };
            let whole = case.graph.edges[edge as usize].length;
            let roads = case.roads();
            let soonest = |at: u32| reached(roads, edge * 2, first, at).min(reached(roads, edge * 2 + 1, second, whole - at));
            let expect = (from..=from + long).map(|metre| soonest(metre * METRE)).max().unwrap();
            let got = meeting(roads, part, (first, second));
            prop_assert!(expect <= got, "{got} {expect}");
            // Between two metres it may be later, by less than what a metre takes.
            let slowest = (from..from + long).map(|metre| soonest(metre * METRE).abs_diff(soonest((metre + 1) * METRE))).max();
            prop_assert!(got <= expect + slowest.unwrap() + 2, "{got} {expect} {slowest:?}");
        }
    }
}
