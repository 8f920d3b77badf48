//! Many starts and many places: who is first at each place, in one search.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::nearest::{along, between};
use super::place::Place;
use super::search::{Metric, Roads, Sense, Workspace, doors};
use super::spot::most;
use super::takes::NEVER;
use super::targets::Targets;

/// Who is first at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct First {
    /// Number of the start.
    pub start: u32,
    /// Seconds.
    pub time_s: f64,
}

impl Workspace {
    /// For each target the start from which it is reached first within `within_s` seconds; of targets made `Toward`, the
    /// start that is first reached from it. One search for all starts together: it costs what is reached, not how many
    /// they are. The time is that of the start's own way; of starts that are equally soon one is named, always the same.
    /// `None` among the starts stands for one that is near no road and is never first.
    pub fn first(
        &mut self,
        roads: Roads<'_>,
        starts: &[Option<Place>],
        targets: &Targets,
        within_s: f64,
    ) -> Vec<Option<First>> {
        let (limit, sense) = (most(within_s, 1_000.0), targets.sense());
        // Cost and start, the least for each target and for each state where a start enters the net.
        let mut best = vec![(NEVER, NEVER); targets.len()];
        let mut seeds: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        self.begin(roads.net);
        for (start, place) in (0..).zip(starts) {
            let Some(place) = place.filter(|place| (place.edge as usize) < roads.graph.edge_count()) else { continue };
            doors(roads, place, sense, Metric::Time, &mut |state, cost, other, arc| {
                self.seed(state, cost, other, arc);
                let seed = seeds.entry(state).or_insert((NEVER, NEVER));
                *seed = (*seed).min((cost, start));
            });
            for target in targets.on(place.edge) {
                let Some(theirs) = targets.place(target) else { continue };
                let (from, to) = if sense == Sense::Toward { (theirs, place) } else { (place, theirs) };
                if let Some((cost, ..)) = along(roads, from, to, Metric::Time).filter(|(cost, ..)| *cost <= limit) {
                    offer(&mut best, target, (cost, start));
                }
            }
        }
        let mut origins = vec![NEVER; roads.net.state_count()];
        self.run(roads, sense, Metric::Time, limit, &mut |state, label| {
            // Who is before a state in the search was settled before it.
            let start = if label.before == state {
                seeds.get(&state).map_or(NEVER, |seed| seed.1)
            } else {
                origins[label.before as usize]
            };
            origins[state as usize] = start;
            for door in targets.at(state) {
                let Some((cost, _)) = between(roads, targets, door, Metric::Time) else { continue };
                let cost = label.cost.saturating_add(cost);
                if cost <= limit {
                    offer(&mut best, door.target, (cost, start));
                }
            }
            ControlFlow::Continue(())
        });
        let told =
            |(cost, start): (u32, u32)| (cost != NEVER).then(|| First { start, time_s: f64::from(cost) / 1_000.0 });
        best.into_iter().map(told).collect()
    }
}

fn offer(best: &mut [(u32, u32)], target: u32, found: (u32, u32)) {
    if let Some(held) = best.get_mut(target as usize) {
        *held = (*held).min(found);
    }
}
