//! The share of demand that units reach within 3, 5 and 8 minutes, by hour of the week and by place.

use serde::{Deserialize, Serialize};

use crate::demand::{Demand, HOURS, index};
use crate::times::Times;

/// How many limits there are.
pub const LIMITS: usize = 3;
/// The limits, seconds: 3, 5 and 8 minutes.
pub const LIMITS_S: [u32; LIMITS] = [180, 300, 480];

/// One hour of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// All demand of that hour.
    pub total: u64,
    /// What is reached within each limit.
    pub covered: [u64; LIMITS],
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceCover {
    /// Its name.
    pub name: String,
    /// All demand there.
    pub total: u64,
    /// What is reached within each limit.
    pub covered: [u64; LIMITS],
}

/// What is reached how soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The limits, seconds.
    pub limits_s: [u32; LIMITS],
    /// How many units were counted.
    pub units: usize,
    /// All demand.
    pub total: u64,
    /// What is reached within each limit.
    pub covered: [u64; LIMITS],
    /// The hours of the week, from Monday midnight: 168 of them.
    pub hours: Vec<Hour>,
    /// The places that have demand, in the order of their names' list.
    pub places: Vec<PlaceCover>,
}

/// Reckons the coverage of demand by these units. Points are those of [`Demand::points`], in its order.
///
/// The same units are held against every hour's demand: it says how well the city is covered by what stands there now,
/// if calls come as they came in that hour.
///
/// ```
/// use patrol::{Call, Demand, Times, coverage};
/// let position = spatial::Position::new(120.65, 28.0)?;
/// let call = |point, weight| Call { point, hour: 9, place: 0, weight };
/// let demand = Demand::of(vec![position; 2], vec![call(0, 3), call(1, 1)], vec!["Nanpu".to_owned()]);
/// let mut times = Times::new();
/// times.push("car 1", [(0, 200)]);
/// let coverage = coverage(&demand, &times);
/// assert_eq!((coverage.total, coverage.covered), (4, [0, 3, 3]));
/// assert_eq!(coverage.hours[9].covered, [0, 3, 3]);
/// # Ok::<(), spatial::PositionError>(())
/// ```
pub fn coverage(demand: &Demand, times: &Times) -> Coverage {
    of_soonest(demand, &times.soonest(demand.points().len(), |_| false), times.len())
}

/// From the soonest time to each point.
pub(crate) fn of_soonest(demand: &Demand, soonest: &[u16], units: usize) -> Coverage {
    let mut hours = vec![Hour::default(); HOURS];
    let empty = |name: &String| PlaceCover { name: name.clone(), total: 0, covered: [0; LIMITS] };
    let mut places: Vec<PlaceCover> = demand.names().iter().map(empty).collect();
    let (mut total, mut covered) = (0, [0; LIMITS]);
    for call in demand.calls() {
        let weight = u64::from(call.weight);
        let seconds = u32::from(soonest[index(call.point)]);
        let (hour, place) = (&mut hours[usize::from(call.hour)], &mut places[index(call.place)]);
        total += weight;
        hour.total += weight;
        place.total += weight;
        for (limit, limit_s) in LIMITS_S.into_iter().enumerate() {
            if seconds <= limit_s {
                covered[limit] += weight;
                hour.covered[limit] += weight;
                place.covered[limit] += weight;
            }
        }
    }
    places.retain(|place| place.total > 0);
    Coverage { limits_s: LIMITS_S, units, total, covered, hours, places }
}

impl Coverage {
    /// The `most` places with most demand beyond a limit (0 to 2), worst first; places that are covered whole are left
    /// out. Between equals the smaller place, whose share is worse, then the name.
    pub fn worst(&self, limit: usize, most: usize) -> Vec<&PlaceCover> {
        let limit = limit.min(LIMITS - 1);
        let beyond = |place: &PlaceCover| place.total - place.covered[limit];
        let mut places: Vec<&PlaceCover> = self.places.iter().filter(|place| beyond(place) > 0).collect();
        places.sort_by_key(|place| (std::cmp::Reverse(beyond(place)), place.total, &place.name));
        places.truncate(most);
        places
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use spatial::Position;

    use super::*;
    use crate::demand::Call;

    fn demand() -> impl Strategy<Value = Demand> {
        let call = (0_u32..10, 0_u8..168, 0_u32..3, 0_u32..50);
        proptest::collection::vec(call, 0..60).prop_map(|calls| {
            let position = Position::new(120.65, 28.0).unwrap();
            let call = |(point, hour, place, weight)| Call { point, hour, place, weight };
            let names = ["a", "b", "c"].map(str::to_owned).to_vec();
            Demand::of(vec![position; 10], calls.into_iter().map(call).collect(), names)
        })
    }

    proptest! {
        /// The twin asks for each call and limit whether any unit is there in time.
        #[test]
        fn it_is_what_any_unit_reaches(
            demand in demand(),
            lists in proptest::collection::vec(proptest::collection::vec((0_u32..12, 0_u32..700), 0..8), 0..6),
        ) {
            let mut times = Times::new();
            for (n, list) in lists.iter().enumerate() {
                let fresh = times.push(&format!("u{n}"), list.iter().copied());
                prop_assert!(fresh);
            }
            let got = coverage(&demand, &times);
            let there = |call: &Call, limit_s: u32| {
                lists.iter().flatten().any(|(point, seconds)| *point == call.point && *seconds <= limit_s)
            };
            let sum = |limit: usize, hour: Option<u8>, place: Option<u32>| -> u64 {
                let asked = |c: &&Call| hour.is_none_or(|h| h == c.hour) && place.is_none_or(|p| p == c.place);
                let reached = |c: &&Call| there(c, LIMITS_S[limit]);
                demand.calls().iter().filter(asked).filter(reached).map(|c| u64::from(c.weight)).sum()
            };
            prop_assert_eq!(got.total, demand.total());
            for limit in 0..LIMITS {
                prop_assert_eq!(got.covered[limit], sum(limit, None, None));
                for hour in 0..168_u8 {
                    prop_assert_eq!(got.hours[usize::from(hour)].covered[limit], sum(limit, Some(hour), None));
                }
                for (place, name) in (0..).zip(["a", "b", "c"]) {
                    let found = got.places.iter().find(|p| p.name == name).map_or(0, |p| p.covered[limit]);
                    prop_assert_eq!(found, sum(limit, None, Some(place)));
                }
                let worst = got.worst(limit, 9);
                prop_assert!(worst.is_sorted_by_key(|p| std::cmp::Reverse(p.total - p.covered[limit])));
                let beyond: u64 = worst.iter().map(|p| p.total - p.covered[limit]).sum();
                prop_assert_eq!(beyond, got.total - got.covered[limit]);
            }
        }
    }
}
