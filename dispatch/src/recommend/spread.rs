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

/// Where a place lies from where a unit was last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Toward {
    /// In this direction, degrees from north, clockwise.
    pub deg: f64,
    /// Its middle is so far away in a straight line, metres.
    pub straight_m: f64,
    /// All of it lies within so many metres of its middle; 0 for a point.
    pub radius_m: f64,
}

/// What metres in which a unit may have moved unseen mean for its arrival. They were driven about where it was seen, so it
/// is the roads there that tell, not the way to the place: that is faster the farther it leads.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ground {
    s_per_m: f64,
    turn_s: f64,
}

/// A straight metre of doubt takes so many times what a metre of road takes. A way is longer than the straight line, which
/// makes it more; the disc reaches beyond nine in ten on one line through it, which makes it less.
const ROAD_SHARE: f64 = 0.8;
/// Who has passed a junction unseen has to turn, seconds.
const TURN_S: f64 = 5.0;
/// From this age on one may have; before, as much less likely, seconds.
const TURN_AGE_S: f64 = 20.0;

impl Ground {
    /// On roads where a metre takes so many seconds. Fitted on one day of generated tracks so that nine in ten true arrivals
    /// lie between the earliest and the latest, and held against other days (`fixtures/tests/stale.rs`).
    pub fn roads(s_per_m: f64) -> Self {
        Self { s_per_m: s_per_m * ROAD_SHARE, turn_s: TURN_S }
    }

    /// In straight lines, at so many metres a second.
    pub fn straight(mps: f64) -> Self {
        Self { s_per_m: 1.0 / mps.max(0.1), turn_s: 0.0 }
    }

    fn seconds(self, metres: f64, age_s: f64) -> u32 {
        whole(metres.max(0.0) * self.s_per_m + self.turn_s * (age_s / TURN_AGE_S).clamp(0.0, 1.0))
    }
}

/// Places are laid on a flat map about the unit; up to 100 km away a circle is no more than so many times as wide there.
const FLAT: f64 = 1.02;

impl Toward {
    /// How many metres a unit may be farther from any point of the place than where it was seen, and how many nearer.
    fn stray_m(self, spread: Spread) -> (f64, f64) {
        let turn = (spread.heading_deg.unwrap_or(0.0) - self.deg).to_radians();
        let (towards, aside) = (spread.ahead_m * turn.cos(), spread.ahead_m * turn.sin());
        let (ahead_m, radius_m) = (spread.ahead_m, self.radius_m * FLAT);
        let centre_m = (self.straight_m - towards).hypot(aside);
        // By how much the one distance exceeds the other changes from the middle to another point of the place by no more
        // than the difference of the two directions, and that is at most twice the way between over both distances
        // (C. F. Dunkl, K. S. Williams, American Mathematical Monthly 71, 1964).
        let both_m = self.straight_m + centre_m - 2.0 * radius_m;
        let change = if both_m > ahead_m { 2.0 * ahead_m / both_m } else { 2.0 };
        let at_most = |metres: f64| (metres + change * radius_m).min(ahead_m.max(metres));
        let farther_m = at_most(centre_m - self.straight_m) + spread.radius_m;
        let nearer_m = at_most(self.straight_m - centre_m) + spread.radius_m;
        (farther_m, nearer_m.min(self.straight_m + radius_m))
    }
}

/// Widens an arrival by the age of the position that it was reckoned from: the earliest from the near side of the disc,
/// the latest from its far side, as metres about there take by the `ground`. The latest is never made earlier.
///
/// For a place that is known only roughly `travel` has the earliest and the latest over all its points. What comes out holds
/// what comes out for every point of it alone: age and place are one doubt.
///
/// ```
/// use dispatch::recommend::{By, Ground, Motion, SpeedModel, Toward, Travel, reachable_range};
/// let travel = Travel { by: By::Road, best_s: 120, worst_s: 120, age_adds_s: 0, road_m: 1_200, straight_m: 1_000 };
/// let north = Some(Motion { speed_mps: 10.0, heading_deg: 0.0 });
/// let (model, ground) = (SpeedModel::default(), Ground::roads(0.1));
/// let south = Toward { deg: 180.0, straight_m: 1_000.0, radius_m: 0.0 };
/// let away = reachable_range(&model, (180, north), south, ground, travel);
/// let fresh = reachable_range(&model, (0, north), south, ground, travel);
/// assert!(away.worst_s > 240 && away.age_adds_s == away.worst_s - 120);
/// assert_eq!(fresh, travel);
/// ```
pub fn reachable_range(
    model: &SpeedModel,
    (age_s, motion): (u32, Option<Motion>),
    place: Toward,
    ground: Ground,
    travel: Travel,
) -> Travel {
    let age_s = f64::from(age_s);
    let (farther_m, nearer_m) = place.stray_m(model.spread(age_s, motion));
    let age_adds_s = ground.seconds(farther_m, age_s);
    Travel {
        best_s: travel.best_s.saturating_sub(ground.seconds(nearer_m, age_s)),
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

    fn travel(best_s: u32, worst_s: u32) -> Travel {
        Travel { by: By::Road, best_s, worst_s, age_adds_s: 0, road_m: 0, straight_m: 0 }
    }

    /// East and north of so many metres in a direction.
    fn towards(degrees: f64, metres: f64) -> [f64; 2] {
        [metres * degrees.to_radians().sin(), metres * degrees.to_radians().cos()]
    }

    fn far_m(a: [f64; 2], b: [f64; 2]) -> f64 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    fn motion() -> impl Strategy<Value = Option<Motion>> {
        let motion = |(speed_mps, heading_deg)| Motion { speed_mps, heading_deg };
        proptest::option::of((0.0_f64..30.0, 0.0_f64..360.0).prop_map(motion))
    }

    fn toward(most_m: f64) -> impl Strategy<Value = Toward> {
        (0.0_f64..360.0, 0.0_f64..20_000.0, prop_oneof![Just(0.0), 15.0..most_m])
            .prop_map(|(deg, straight_m, radius_m)| Toward { deg, straight_m, radius_m })
    }

    proptest! {
        /// The twin puts the unit somewhere in the disc, the incident somewhere in the circle, and goes from the one to the
        /// other.
        #[test]
        fn wherever_in_the_disc_it_is_it_comes_between_earliest_and_latest(
            place in toward(5_000.0),
            goes_mps in 3.0_f64..20.0,
            (age_s, motion) in (0_u32..1_200, motion()),
            (part, turn) in (0.0_f64..1.0, 0.0_f64..360.0),
            (share, aside) in (0.0_f64..1.0, 0.0_f64..360.0),
        ) {
            let model = SpeedModel::default();
            let (near_m, away_m) = ((place.straight_m - place.radius_m).max(0.0), place.straight_m + place.radius_m);
            let seen = travel(whole(near_m / goes_mps).saturating_sub(1), whole(away_m / goes_mps));
            let range = reachable_range(&model, (age_s, motion), place, Ground::straight(goes_mps), seen);
            prop_assert!(range.best_s <= seen.best_s && range.worst_s >= seen.worst_s);
            prop_assert_eq!(range.worst_s - seen.worst_s, range.age_adds_s);

            let spread = model.spread(f64::from(age_s), motion);
            let add = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
            let centre = towards(spread.heading_deg.unwrap_or(0.0), spread.ahead_m);
            let unit = add(centre, towards(turn, part * spread.radius_m));
            let incident = add(towards(place.deg, place.straight_m), towards(aside, share * place.radius_m));
            let goes_s = far_m(unit, incident) / goes_mps;
            prop_assert!(goes_s >= f64::from(range.best_s) - 0.001, "{goes_s} {range:?}");
            prop_assert!(goes_s <= f64::from(range.worst_s) + 0.001, "{goes_s} {range:?}");
        }

        /// The twin asks for each of some points of the place alone.
        #[test]
        fn a_rough_place_holds_what_is_said_of_each_of_its_points(
            place in toward(20_000.0),
            s_per_m in 0.03_f64..0.8,
            (age_s, motion) in (0_u32..4_000, motion()),
            (best_s, more_s) in (0_u32..3_000, 0_u32..2_000),
            points in proptest::collection::vec((0.0_f64..=1.0, 0.0_f64..360.0, 0.0_f64..=1.0), 16),
        ) {
            let (model, ground) = (SpeedModel::default(), Ground::roads(s_per_m));
            let of = |place, travel| reachable_range(&model, (age_s, motion), place, ground, travel);
            let range = of(place, travel(best_s, best_s + more_s));
            let middle = towards(place.deg, place.straight_m);
            for (share, aside, late) in points {
                let off = towards(aside, share * place.radius_m);
                let point = [middle[0] + off[0], middle[1] + off[1]];
                let (deg, straight_m) = (point[0].atan2(point[1]).to_degrees(), point[0].hypot(point[1]));
                let there_s = best_s + whole(f64::from(more_s) * late);
                let alone = of(Toward { deg, straight_m, radius_m: 0.0 }, travel(there_s, there_s));
                prop_assert!(range.best_s <= alone.best_s && alone.worst_s <= range.worst_s, "{range:?} {alone:?}");
            }
        }
    }

    #[test]
    fn a_unit_that_went_away_comes_later_than_one_that_came_nearer() {
        let model = SpeedModel::default();
        let place = Toward { deg: 90.0, straight_m: 2_000.0, radius_m: 0.0 };
        let worst = |heading_deg: f64| {
            let motion = Some(Motion { speed_mps: 9.0, heading_deg });
            reachable_range(&model, (240, motion), place, Ground::roads(0.1), travel(260, 260)).worst_s
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
    fn far_ways_are_fast_and_say_nothing_of_the_streets_where_it_was_seen() {
        let model = SpeedModel::default();
        let place = Toward { deg: 90.0, straight_m: 30_000.0, radius_m: 0.0 };
        let adds = |seconds: u32| {
            reachable_range(&model, (240, None), place, Ground::roads(0.1), travel(seconds, seconds)).age_adds_s
        };
        assert_eq!(adds(900), adds(3_000));
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
