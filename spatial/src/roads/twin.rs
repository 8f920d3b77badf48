//! Roads made by chance and the slow, obvious way to measure them: Dijkstra's algorithm over hash maps, segment by
//! segment, with the segment that one came along as part of the state. Knows nothing of edges, copies or arcs.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use geo::{Coord, LineString};
use proptest::prelude::*;

use super::*;
use crate::noun::RoadClass;
use crate::{Feature, FeatureKey, Layer, Position, Properties, Value};

/// A street of a chance city: vertices by their numbers on a bent grid of 6 × 6.
#[derive(Debug, Clone)]
pub(super) struct Street {
    pub(super) line: Vec<usize>,
    pub(super) oneway: Option<&'static str>,
    pub(super) class: RoadClass,
    /// Word, vertex of the line, other street.
    pub(super) turns: Vec<(&'static str, usize, usize)>,
    /// Vertices of the line with a bollard.
    pub(super) bollards: Vec<usize>,
}

const SIDE: usize = 6;

/// Where vertex `n` is: about 150 m apart, bent so that no two ways are equally long.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(super) fn at(n: usize) -> Coord<f64> {
    let (x, y) = ((n % SIDE) as f64, (n / SIDE) as f64);
    let bend = |seed: usize| ((n * 2_654_435_761 + seed * 40_503) % 1_000) as f64 / 1_000.0 - 0.5;
    let seven = |v: f64| (v * 1e7).round() / 1e7;
    Coord { x: seven(120.65 + 0.0015 * (x + 0.4 * bend(1))), y: seven(28.01 + 0.0014 * (y + 0.4 * bend(2))) }
}

/// Streets that use every side of the grid at most once.
pub(super) fn streets() -> impl Strategy<Value = Vec<Street>> {
    let sides = SIDE * (SIDE - 1) * 2;
    let chance = (
        proptest::collection::vec(0..10_u8, sides),
        proptest::collection::vec((0..6_u8, 0..4_u8), sides),
        proptest::collection::vec(
            (proptest::bool::weighted(0.3), 0..1_000_usize, 0..1_000_usize, 0..1_000_usize),
            0..30,
        ),
        proptest::collection::vec((0..1_000_usize, 0..1_000_usize), 0..6),
    );
    chance.prop_map(|(kept, manner, turns, bollards)| {
        let mut streets: Vec<Street> = Vec::new();
        for (side, keep) in kept.iter().enumerate() {
            let (row, along) = (side / 2 / (SIDE - 1), side / 2 % (SIDE - 1));
            let (a, b) = if side % 2 == 0 {
                (row * SIDE + along, row * SIDE + along + 1)
            } else {
                (along * SIDE + row, (along + 1) * SIDE + row)
            };
            let (oneway, class) = manner[side];
            match keep {
                0..2 => continue,
                // Goes on from the street before where that ends here.
                2..6 => {
                    if let Some(before) = streets.last_mut().filter(|s| s.line.last() == Some(&a)) {
                        before.line.push(b);
                        continue;
                    }
                }
                _ => {}
            }
            streets.push(Street {
                line: vec![a, b],
                oneway: [Some("yes"), Some("-1"), None, None, None, None][oneway as usize],
                class: [RoadClass::Primary, RoadClass::Residential, RoadClass::Service, RoadClass::Tertiary]
                    [class as usize],
                turns: Vec::new(),
                bollards: Vec::new(),
            });
        }
        for (only, from, vertex, to) in turns {
            if streets.is_empty() {
                continue;
            }
            let from = from % streets.len();
            let vertex = if vertex % 2 == 0 { 0 } else { streets[from].line.len() - 1 };
            let junction = streets[from].line[vertex];
            // Into any street that meets this one there, itself among them.
            let met: Vec<usize> = (0..streets.len()).filter(|n| streets[*n].line.contains(&junction)).collect();
            streets[from].turns.push((if only { "only" } else { "no" }, vertex, met[to % met.len()]));
        }
        for (on, vertex) in bollards {
            if let Some(on) = on.checked_rem(streets.len()) {
                let vertex = vertex % streets[on].line.len();
                streets[on].bollards.push(vertex);
            }
        }
        streets
    })
}

/// The streets as features.
pub(super) fn features(streets: &[Street]) -> Vec<Feature> {
    let feature = |(n, street): (usize, &Street)| {
        let mut properties = Properties::new();
        properties.put("class", Value::Text(street.class.word().to_owned()));
        if let Some(oneway) = street.oneway {
            properties.put("oneway", Value::Text(oneway.to_owned()));
        }
        let turns: Vec<String> =
            street.turns.iter().map(|(word, vertex, to)| format!("{word} {vertex} s{to}")).collect();
        if !turns.is_empty() {
            properties.put("turns", Value::Text(turns.join("; ")));
        }
        let bollards: Vec<String> = street.bollards.iter().map(|vertex| format!("{vertex} bollard")).collect();
        if !bollards.is_empty() {
            properties.put("barriers", Value::Text(bollards.join("; ")));
        }
        let key = FeatureKey::new(Layer::Roads, "test", format!("s{n}")).unwrap();
        Feature::new(key, LineString::new(street.line.iter().map(|n| at(*n)).collect()).into(), properties).unwrap()
    };
    streets.iter().enumerate().map(feature).collect()
}

pub(super) fn graph(streets: &[Street]) -> RoadGraph {
    let mut builder = GraphBuilder::new();
    for feature in features(streets) {
        assert!(builder.push(&feature));
    }
    builder.finish()
}

/// Rules without junctions, so that times are lengths over speeds.
pub(super) fn rules(profile: Profile, turns: bool) -> Rules {
    let none = Junction { lights_s: 0.0, giving_way_s: 0.0, equal_s: 0.0, priority_s: 0.0 };
    Rules { turns, junction: none, ..Rules::of(profile) }
}

/// A place of the twin: street, segment of its line, share of the segment.
pub(super) type Spot = (usize, usize, f64);

pub(super) fn position(streets: &[Street], (street, segment, share): Spot) -> Position {
    let (a, b) = (at(streets[street].line[segment]), at(streets[street].line[segment + 1]));
    Position::new(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)).unwrap()
}

/// Speed of a car, metres a second, as the rules have it for these four classes.
fn speed(class: RoadClass) -> f64 {
    let known = [
        (RoadClass::Primary, 55.0 * 0.95),
        (RoadClass::Residential, 35.0 * 0.9),
        (RoadClass::Service, 20.0 * 0.95),
        (RoadClass::Tertiary, 45.0 * 0.95),
    ];
    known.iter().find(|(of, _)| *of == class).unwrap().1 / 3.6
}

/// Whether a bollard stands between a street and the others that meet it at that vertex of the grid, or between its own parts
/// there. Where two streets end the first of them has it.
fn shut(streets: &[Street], street: usize, vertex: usize) -> bool {
    let has = |street: &Street| street.bollards.iter().any(|at| street.line[*at] == vertex);
    let ends = |street: &Street| street.line.first() == Some(&vertex) || street.line.last() == Some(&vertex);
    let here = || streets.iter().filter(|street| street.line.contains(&vertex));
    let arms: usize = here().map(|street| if ends(street) { 1 } else { 2 }).sum();
    has(&streets[street]) && arms > 1 && (arms > 2 || !streets[..street].iter().any(has))
}

/// A directed segment: from vertex, to vertex, street.
type Segment = (usize, usize, usize);

/// Seconds (or metres) of the best way between two places; `None` when there is none.
pub(super) fn twin(streets: &[Street], turns: bool, metric: Metric, start: Spot, end: Spot) -> Option<f64> {
    twin_without(&[], streets, turns, metric, start, end)
}

/// The same while some streets are closed.
pub(super) fn twin_without(
    closed: &[usize],
    streets: &[Street],
    turns: bool,
    metric: Metric,
    start: Spot,
    end: Spot,
) -> Option<f64> {
    let cost = |(a, b, street): Segment| {
        let metres = Position::new(at(a).x, at(a).y).unwrap().distance_m(&Position::new(at(b).x, at(b).y).unwrap());
        if metric == Metric::Length { metres } else { metres / speed(streets[street].class) }
    };
    let both = |(street, segment): (usize, usize)| -> Vec<Segment> {
        let s = &streets[street];
        let (a, b) = (s.line[segment], s.line[segment + 1]);
        let mut all = Vec::new();
        if closed.contains(&street) {
            return all;
        }
        if s.oneway != Some("-1") {
            all.push((a, b, street));
        }
        if s.oneway != Some("yes") {
            all.push((b, a, street));
        }
        all
    };
    let mut leaving: HashMap<usize, Vec<Segment>> = HashMap::new();
    let mut uses: HashMap<usize, usize> = HashMap::new();
    for (n, street) in streets.iter().enumerate() {
        for (at, vertex) in street.line.iter().enumerate() {
            let is_end = at == 0 || at + 1 == street.line.len();
            *uses.entry(*vertex).or_default() += if is_end { 2 } else { 1 };
        }
        for segment in 0..street.line.len() - 1 {
            for s in both((n, segment)) {
                leaving.entry(s.0).or_default().push(s);
            }
        }
    }
    let none = Vec::new();
    let goes = |from: Segment, to: Segment| {
        let back = from.0 == to.1 && from.2 == to.2;
        let shut = |street: usize| shut(streets, street, from.1);
        if back && uses[&from.1] < 2 && !shut(from.2) {
            // Nobody turns round between junctions.
            return false;
        }
        if !back && (shut(from.2) || shut(to.2)) {
            return false;
        }
        let street = &streets[from.2];
        let here: Vec<_> = street
            .turns
            .iter()
            .filter(|(_, vertex, other)| {
                // What a bollard cuts off is another junction.
                let cut = || shut(from.2) || shut(*other);
                street.line[*vertex] == from.1
                    && !cut()
                    && leaving.get(&from.1).unwrap_or(&none).iter().any(|s| s.2 == *other)
            })
            .collect();
        let named = |word: &str| here.iter().any(|(w, _, other)| *w == word && *other == to.2);
        !turns || (!named("no") && (here.iter().all(|(w, _, _)| *w != "only") || named("only")))
    };
    // A share of a segment in its own direction.
    let share = |segment: Segment, (street, n, share): Spot| {
        if streets[street].line[n] == segment.0 { share } else { 1.0 - share }
    };
    let mut best = f64::INFINITY;
    let mut done: HashMap<Segment, f64> = HashMap::new();
    let mut open = BinaryHeap::new();
    for segment in both((start.0, start.1)) {
        let from = share(segment, start);
        if (start.0, start.1) == (end.0, end.1) && share(segment, end) >= from {
            best = best.min((share(segment, end) - from) * cost(segment));
        }
        open.push(Reverse((((1.0 - from) * cost(segment)).to_bits(), segment)));
    }
    // The state is a segment that was driven to its end. Bits of numbers that are not negative sort as they do.
    while let Some(Reverse((bits, segment))) = open.pop() {
        let so_far = f64::from_bits(bits);
        if done.contains_key(&segment) {
            continue;
        }
        done.insert(segment, so_far);
        for next in leaving.get(&segment.1).unwrap_or(&none).iter().filter(|next| goes(segment, **next)) {
            if both((end.0, end.1)).contains(next) {
                best = best.min(so_far + share(*next, end) * cost(*next));
            }
            open.push(Reverse(((so_far + cost(*next)).to_bits(), *next)));
        }
    }
    best.is_finite().then_some(best)
}
