//! Where on the roads a unit may be that was last seen some time ago: all places that it can have reached within so many
//! seconds of driving, nine times in ten. How many seconds that are is fitted on tracks, like the discs of
//! [`SpeedModel`](super::SpeedModel); the set itself is an isochrone.

use super::fit::{AGES, FEWEST, PACES, quantile};

/// How far by road a unit was from where it had been seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoadDrift {
    /// Its speed when it was seen, metres a second, as far as known.
    pub speed_mps: Option<f64>,
    /// How long before, seconds.
    pub age_s: f64,
    /// The way from there to where it was, seconds by the rules of the net that it is asked of; infinite where none leads.
    pub way_s: f64,
}

/// How long the way is at most at one age, both in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RoadStep {
    age_s: f64,
    way_s: f64,
}

/// Units that were about as fast.
#[derive(Debug, Clone, PartialEq)]
struct RoadPace {
    upto_mps: f64,
    steps: Vec<RoadStep>,
}

/// How far units stray by road from where they were last seen.
///
/// ```
/// use dispatch::recommend::{RoadDrift, RoadModel};
/// // A fleet that gets away at a third of the speed that the roads allow.
/// let drift = |n: u32| RoadDrift { speed_mps: Some(5.0), age_s: f64::from(n), way_s: f64::from(n) / 3.0 };
/// let model = RoadModel::fit(&(1..=1_200).map(drift).collect::<Vec<_>>(), 0.9);
/// assert!((model.reach_s(600.0, Some(5.0)) - 200.0).abs() < 10.0);
/// assert!(model.holds(&drift(600)) && !model.holds(&RoadDrift { way_s: f64::INFINITY, ..drift(600) }));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RoadModel {
    paces: Vec<RoadPace>,
    /// For a unit whose speed is not known, and for a pace that had too few drifts.
    unknown: Vec<RoadStep>,
}

impl RoadModel {
    /// Fits a model whose sets hold a share (0 to 1) of these drifts at every speed and age: the quantile of the ways.
    /// Steps with fewer than 200 drifts are left out.
    pub fn fit(drifts: &[RoadDrift], share: f64) -> Self {
        let mut from = -1.0;
        let mut paces = Vec::new();
        for upto_mps in PACES {
            let of_pace = |speed: f64| speed > from && speed <= upto_mps;
            let those: Vec<RoadDrift> =
                drifts.iter().copied().filter(|drift| drift.speed_mps.is_some_and(of_pace)).collect();
            let steps = steps(&those, share);
            from = upto_mps;
            if !steps.is_empty() {
                paces.push(RoadPace { upto_mps, steps });
            }
        }
        Self { paces, unknown: steps(drifts, share) }
    }

    /// How many seconds of driving the set reaches: it is all that an isochrone away from where the unit was seen reaches
    /// in that time. 0 at age 0, straight between two ages, and on as before beyond the last. A negative age counts as 0, a
    /// speed that is not a number as not known.
    pub fn reach_s(&self, age_s: f64, speed_mps: Option<f64>) -> f64 {
        let speed = speed_mps.filter(|speed| speed.is_finite() && *speed >= 0.0);
        let pace = speed.and_then(|speed| self.paces.iter().find(|pace| speed <= pace.upto_mps));
        let steps = pace.map_or(&self.unknown, |pace| &pace.steps);
        let age_s = age_s.max(0.0);
        let mut from = RoadStep { age_s: 0.0, way_s: 0.0 };
        let mut to = from;
        for step in steps {
            (from, to) = (to, *step);
            if to.age_s >= age_s {
                break;
            }
        }
        if to.age_s <= from.age_s {
            return to.way_s;
        }
        (from.way_s + (to.way_s - from.way_s) * (age_s - from.age_s) / (to.age_s - from.age_s)).max(0.0)
    }

    /// Whether the set holds the place where the unit really was.
    pub fn holds(&self, drift: &RoadDrift) -> bool {
        drift.way_s <= self.reach_s(drift.age_s, drift.speed_mps)
    }
}

/// Steps for each age that has enough drifts around it: from half way to the age before to half way to the next. About one
/// age a way grows with it.
fn steps(drifts: &[RoadDrift], share: f64) -> Vec<RoadStep> {
    let mut steps = Vec::new();
    for (n, age_s) in AGES.into_iter().enumerate() {
        let before = n.checked_sub(1).map_or(0.0, |n| AGES[n]);
        let after = AGES.get(n + 1).copied().unwrap_or(age_s * 1.25);
        let (low, high) = (f64::midpoint(before, age_s), f64::midpoint(age_s, after));
        let near = drifts.iter().filter(|drift| drift.age_s > low && drift.age_s <= high);
        let ways: Vec<f64> = near.map(|drift| drift.way_s * age_s / drift.age_s).collect();
        if ways.len() >= FEWEST {
            steps.push(RoadStep { age_s, way_s: quantile(ways, share) });
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_seen_reaches_nowhere_and_odd_numbers_are_not_known() {
        let none = RoadModel::fit(&[], 0.9);
        assert!(none.reach_s(300.0, None).abs() < f64::EPSILON);
        let drift = |n: u32| RoadDrift { speed_mps: Some(20.0), age_s: f64::from(n % 1_200) + 1.0, way_s: 60.0 };
        let model = RoadModel::fit(&(0..12_000).map(drift).collect::<Vec<_>>(), 0.9);
        assert!(model.reach_s(-5.0, Some(20.0)).abs() < f64::EPSILON);
        for odd in [Some(f64::NAN), Some(-1.0), Some(f64::INFINITY), None] {
            assert!((model.reach_s(600.0, odd) - model.reach_s(600.0, None)).abs() < f64::EPSILON, "{odd:?}");
        }
        // Beyond the last age it grows on as before.
        assert!(model.reach_s(4_000.0, None).is_finite());
    }

    #[test]
    fn a_set_grows_with_age() {
        let drift = |n: u32| {
            let age_s = f64::from(n % 1_200) + 1.0;
            RoadDrift { speed_mps: None, age_s, way_s: age_s * f64::from(n % 7) / 7.0 }
        };
        let model = RoadModel::fit(&(0..24_000).map(drift).collect::<Vec<_>>(), 0.9);
        let reach: Vec<f64> = (0..=24).map(|n| model.reach_s(f64::from(n) * 50.0, None)).collect();
        assert!(reach.is_sorted() && reach[24] > 900.0, "{reach:?}");
    }
}
