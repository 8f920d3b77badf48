//! How a [`SpeedModel`] is fitted: from where units really were some time after they had been seen.

use super::spread::{Motion, Pace, STRAY_MPS, SpeedModel, Step};

/// Where a unit was, some time after it had been seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// How it had moved when it was seen, as far as known.
    pub motion: Option<Motion>,
    /// How long before, seconds.
    pub age_s: f64,
    /// How far east of where it was seen, metres.
    pub east_m: f64,
    /// How far north of it, metres.
    pub north_m: f64,
}

/// Borders between paces, metres a second: standing, crawling, in town, on open road.
pub(super) const PACES: [f64; 5] = [0.5, 3.0, 7.0, 12.0, f64::MAX];
/// Ages of the model, seconds.
pub(super) const AGES: [f64; 9] = [30.0, 60.0, 120.0, 180.0, 300.0, 480.0, 660.0, 900.0, 1_200.0];
/// A step rests on at least so many drifts.
pub(super) const FEWEST: usize = 200;

impl Drift {
    /// How far ahead, in the direction in which it had moved, and how far aside; metres.
    fn turned(&self) -> (f64, f64) {
        let heading = self.motion.map_or(0.0, |motion| motion.heading_deg.to_radians());
        let (east, north) = (heading.sin(), heading.cos());
        (self.east_m * east + self.north_m * north, self.east_m * north - self.north_m * east)
    }
}

impl SpeedModel {
    /// Fits a model whose discs hold a share (0 to 1) of these drifts at every speed and age: the centre is the mean way
    /// ahead, the radius the quantile of what is left. Steps with fewer than 200 drifts are left out.
    pub fn fit(fitted_on: &str, drifts: &[Drift], share: f64) -> Self {
        let known: Vec<(f64, &Drift)> = drifts.iter().filter_map(|d| d.motion.map(|m| (m.speed_mps, d))).collect();
        let mut from = -1.0;
        let mut paces = Vec::new();
        for upto_mps in PACES {
            let those = known.iter().filter(|(speed, _)| *speed > from && *speed <= upto_mps);
            let steps = steps(&those.map(|(_, drift)| *drift).collect::<Vec<_>>(), share, true);
            from = upto_mps;
            if !steps.is_empty() {
                paces.push(Pace { upto_mps, steps });
            }
        }
        let unknown = steps(&drifts.iter().collect::<Vec<_>>(), share, false);
        Self { fitted_on: fitted_on.to_owned(), paces, unknown }
    }

    /// Whether the disc holds the place where the unit really was.
    pub fn holds(&self, drift: &Drift) -> bool {
        let spread = self.spread(drift.age_s, drift.motion);
        let (ahead_m, aside_m) = drift.turned();
        (ahead_m - spread.ahead_m).hypot(aside_m) <= spread.radius_m
    }
}

/// Steps for each age that has enough drifts around it: from half way to the age before to half way to the next.
fn steps(drifts: &[&Drift], share: f64, moving: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    for (n, age_s) in AGES.into_iter().enumerate() {
        let before = n.checked_sub(1).map_or(0.0, |n| AGES[n]);
        let after = AGES.get(n + 1).copied().unwrap_or(age_s * 1.25);
        let (low, high) = (f64::midpoint(before, age_s), f64::midpoint(age_s, after));
        let near: Vec<&Drift> = drifts.iter().copied().filter(|d| d.age_s > low && d.age_s <= high).collect();
        if near.len() < FEWEST {
            continue;
        }
        let speed = |drift: &Drift| if moving { drift.motion.map_or(0.0, |motion| motion.speed_mps) } else { 0.0 };
        // About one age a drift grows with it: each is taken to that age before they are put together.
        let scaled = |drift: &Drift| {
            let ((ahead_m, aside_m), by) = (drift.turned(), age_s / drift.age_s);
            (ahead_m * by, aside_m * by)
        };
        let way_m: f64 = near.iter().map(|drift| scaled(drift).0).sum();
        let per_second_m: f64 = near.iter().map(|drift| speed(drift)).sum();
        let ahead_s = if per_second_m > 1.0 { (way_m / per_second_m).max(0.0) } else { 0.0 };
        let left = |drift: &Drift| {
            let (speed, (ahead_m, aside_m)) = (speed(drift), scaled(drift));
            (ahead_m - ahead_s * speed).hypot(aside_m) / (speed + STRAY_MPS)
        };
        let radius_s = quantile(near.iter().map(|drift| left(drift)).collect(), share);
        steps.push(Step { age_s, ahead_s, radius_s });
    }
    steps
}

/// The smallest value that so many of them do not exceed, with the correction for a finite sample of conformal
/// prediction: the ⌈(n + 1) share⌉-th (Vovk, Gammerman, Shafer 2005).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "counts")]
pub(super) fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = ((values.len() + 1) as f64 * share).ceil() as usize;
    values.get(place.clamp(1, values.len().max(1)) - 1).copied().unwrap_or(0.0)
}
