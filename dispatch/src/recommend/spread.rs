//! Where a unit may be that was last seen some time ago: a disc that holds it nine times in ten, ahead of where it was
//! seen; and what that does to its arrival.

use serde::{Deserialize, Serialize};

use super::candidate::Travel;

/// How a unit moved when it was last seen: from its last two positions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// Speed, metres a second.
    pub speed_mps: f64,
    /// Heading, degrees from north, clockwise.
    pub heading_deg: f64,
}

/// The disc at one age.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Age, seconds.
    pub age_s: f64,
    /// Its centre lies as far ahead as the unit's speed takes it in so many seconds.
    pub ahead_s: f64,
    /// Its radius: so many seconds at the unit's speed and 3 m/s together.
    pub radius_s: f64,
}

/// What even a unit that stands may stray by, metres a second: the radius of a disc grows with speed, but not from nothing.
pub(crate) const STRAY_MPS: f64 = 3.0;

/// The discs of units that moved about as fast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Up to this speed, metres a second; the last of a model holds for all that are faster.
    pub upto_mps: f64,
    /// By age, growing.
    pub steps: Vec<Step>,
}

/// A model of speed and heading: how far units stray from where they were last seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeedModel {
    /// What it was fitted on, in words.
    pub fitted_on: String,
    /// By speed, growing.
    pub paces: Vec<Pace>,
    /// For a unit whose motion is not known; its centre stays where it was seen.
    pub unknown: Vec<Step>,
}

/// A disc that holds a unit nine times in ten.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Its centre lies so far ahead of where the unit was seen, metres.
    pub ahead_m: f64,
    /// In this direction, degrees from north, clockwise; `None` when the motion is not known and nothing lies ahead.
    pub heading_deg: Option<f64>,
    /// Its radius, metres.
    pub radius_m: f64,
}

impl SpeedModel {
    /// The disc at an age in seconds. Between two ages of the model it is interpolated, beyond the last it grows on as
    /// before; at age 0 it is the place itself. A negative age counts as 0, a speed that is not a number as not known.
    pub fn spread(&self, age_s: f64, motion: Option<Motion>) -> Spread {
        let known = motion.filter(|m| m.speed_mps.is_finite() && m.speed_mps >= 0.0 && m.heading_deg.is_finite());
        let Some(motion) = known else {
            let step = at_age(&self.unknown, age_s);
            return Spread { ahead_m: 0.0, heading_deg: None, radius_m: step.radius_s * STRAY_MPS };
        };
        let pace = self.paces.iter().find(|pace| motion.speed_mps <= pace.upto_mps).or(self.paces.last());
        let step = at_age(pace.map_or(&self.unknown, |pace| &pace.steps), age_s);
        let ahead_m = step.ahead_s * motion.speed_mps;
        let radius_m = step.radius_s * (motion.speed_mps + STRAY_MPS);
        Spread { ahead_m, heading_deg: Some(motion.heading_deg), radius_m }
    }
}

fn at_age(steps: &[Step], age_s: f64) -> Step {
    let age_s = age_s.max(0.0);
    let here = Step { age_s: 0.0, ahead_s: 0.0, radius_s: 0.0 };
    let after = steps.iter().position(|step| step.age_s >= age_s).unwrap_or(steps.len().saturating_sub(1));
    let Some(to) = steps.get(after) else { return here };
    let from = after.checked_sub(1).and_then(|before| steps.get(before)).copied().unwrap_or(here);
    if to.age_s <= from.age_s {
        return *to;
    }
    let part = (age_s - from.age_s) / (to.age_s - from.age_s);
    let between = |a: f64, b: f64| (a + (b - a) * part).max(0.0);
    Step { age_s, ahead_s: between(from.ahead_s, to.ahead_s), radius_s: between(from.radius_s, to.radius_s) }
}

/// A way is at most so many times the straight line when a disc is turned into seconds.
const MOST_DETOUR: f64 = 3.0;
/// Speed of a unit whose way is too short to tell one, metres a second (30 km/h).
const TOWN_MPS: f64 = 8.3;
/// Ways from here on tell a speed, metres.
const TELLING_M: u32 = 200;

/// Widens an arrival by the age of the position that it was reckoned from: the earliest from the near side of the disc,
/// the latest from its far side, both by the detour and the speed of the way itself. The latest is never made earlier.
/// `incident_deg` is the direction from there to the incident, degrees from north, clockwise.
///
/// ```
/// use dispatch::recommend::{By, Motion, SpeedModel, Travel, reachable_range};
/// let travel = Travel { by: By::Road, best_s: 120, worst_s: 120, age_adds_s: 0, road_m: 1_200, straight_m: 1_000 };
/// let north = Some(Motion { speed_mps: 10.0, heading_deg: 0.0 });
/// let model = SpeedModel::default();
/// let away = reachable_range(&model, 180, north, 180.0, travel);
/// let fresh = reachable_range(&model, 0, north, 180.0, travel);
/// assert!(away.worst_s > 240 && away.age_adds_s == away.worst_s - 120);
/// assert_eq!(fresh, travel);
/// ```
pub fn reachable_range(
    model: &SpeedModel,
    age_s: u32,
    motion: Option<Motion>,
    incident_deg: f64,
    travel: Travel,
) -> Travel {
    let spread = model.spread(f64::from(age_s), motion);
    let straight_m = f64::from(travel.straight_m);
    let turn = (spread.heading_deg.unwrap_or(0.0) - incident_deg).to_radians();
    let (towards, aside) = (spread.ahead_m * turn.cos(), spread.ahead_m * turn.sin());
    let centre_m = (straight_m - towards).hypot(aside);
    let (near_m, far_m) = ((centre_m - spread.radius_m).max(0.0), centre_m + spread.radius_m);
    let road_m = f64::from(travel.road_m);
    let detour = if straight_m > 0.0 { (road_m / straight_m).clamp(1.0, MOST_DETOUR) } else { 1.0 };
    let telling = travel.road_m >= TELLING_M && travel.best_s > 0;
    let speed_mps = if telling { road_m / f64::from(travel.best_s) } else { TOWN_MPS };
    let seconds = |metres: f64| whole(metres.max(0.0) * detour / speed_mps);
    let age_adds_s = seconds(far_m - straight_m);
    Travel {
        best_s: travel.best_s.saturating_sub(seconds(straight_m - near_m)),
        worst_s: travel.worst_s.saturating_add(age_adds_s),
        age_adds_s: travel.age_adds_s.saturating_add(age_adds_s),
        ..travel
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a day at most, never negative")]
fn whole(seconds: f64) -> u32 {
    seconds.clamp(0.0, 86_400.0).ceil() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::candidate::By;
    use super::*;

    fn travel(straight_m: u32, detour: f64, speed_mps: f64) -> Travel {
        let road_m = whole(f64::from(straight_m) * detour);
        let seconds = whole(f64::from(road_m) / speed_mps);
        Travel { by: By::Road, best_s: seconds, worst_s: seconds, age_adds_s: 0, road_m, straight_m }
    }

    proptest! {
        /// The twin puts the unit somewhere in the disc and drives from there.
        #[test]
        fn wherever_in_the_disc_it_is_it_comes_between_earliest_and_latest(
            straight_m in 300_u32..20_000,
            detour in 1.0_f64..2.5,
            drives_mps in 3.0_f64..20.0,
            age_s in 0_u32..1_200,
            motion in proptest::option::of((0.0_f64..30.0, 0.0_f64..360.0)),
            incident_deg in 0.0_f64..360.0,
            (part, turn) in (0.0_f64..1.0, 0.0_f64..360.0),
        ) {
            let model = SpeedModel::default();
            let motion = motion.map(|(speed_mps, heading_deg)| Motion { speed_mps, heading_deg });
            let seen = travel(straight_m, detour, drives_mps);
            let range = reachable_range(&model, age_s, motion, incident_deg, seen);
            prop_assert!(range.best_s <= seen.best_s && range.worst_s >= seen.worst_s);
            prop_assert_eq!(range.worst_s - seen.worst_s, range.age_adds_s);

            let spread = model.spread(f64::from(age_s), motion);
            let towards = |degrees: f64, metres: f64| {
                (metres * degrees.to_radians().sin(), metres * degrees.to_radians().cos())
            };
            let centre = towards(spread.heading_deg.unwrap_or(0.0), spread.ahead_m);
            let off = towards(turn, part * spread.radius_m);
            let incident = towards(incident_deg, f64::from(straight_m));
            let left_m = (incident.0 - centre.0 - off.0).hypot(incident.1 - centre.1 - off.1);
            // As the way itself: its detour, its speed.
            let (road_m, seconds) = (f64::from(seen.road_m), f64::from(seen.best_s));
            let drives_s = left_m * (road_m / f64::from(straight_m)) / (road_m / seconds);
            prop_assert!(drives_s >= f64::from(range.best_s) - 1.0, "{drives_s} {range:?}");
            prop_assert!(drives_s <= f64::from(range.worst_s) + 1.0, "{drives_s} {range:?}");
        }
    }

    #[test]
    fn a_unit_that_went_away_comes_later_than_one_that_came_nearer() {
        let model = SpeedModel::default();
        let seen = travel(2_000, 1.3, 10.0);
        let worst = |heading_deg: f64| {
            let motion = Some(Motion { speed_mps: 9.0, heading_deg });
            reachable_range(&model, 240, motion, 90.0, seen).worst_s
        };
        assert!(
            worst(270.0) > worst(0.0) && worst(0.0) > worst(90.0),
            "{} {} {}",
            worst(270.0),
            worst(0.0),
            worst(90.0)
        );
    }

    #[test]
    fn what_is_no_number_is_not_known() {
        let model = SpeedModel::default();
        let spread = |speed_mps, heading_deg| model.spread(60.0, Some(Motion { speed_mps, heading_deg }));
        assert_eq!(spread(f64::NAN, 0.0), model.spread(60.0, None));
        assert_eq!(spread(3.0, f64::INFINITY), model.spread(60.0, None));
        assert_eq!(spread(-1.0, 0.0), model.spread(60.0, None));
        assert_eq!(model.spread(-5.0, None), model.spread(0.0, None));
        let far = model.spread(3_600.0, None);
        assert!(far.radius_m > model.spread(1_200.0, None).radius_m && far.radius_m.is_finite());
        let none = SpeedModel { fitted_on: String::new(), paces: Vec::new(), unknown: Vec::new() };
        assert!(none.spread(60.0, None).radius_m.abs() < f64::EPSILON);
    }
}
