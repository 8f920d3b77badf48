//! Who is first at each of several roads that a rough place may be on.

use spatial::roads::{Bound, Place, Profile, Sense, Targets, Workspace};

use super::super::rough::{Carriageway, Rough, Sides};
use super::{ByRoad, LONGEST_S, Seen};

/// The roads as cars use them tell the sides apart; who is first there on foot is first all the same.
pub(super) fn of_all(mut all: Vec<(Profile, Sides)>) -> Sides {
    let of_cars = all.iter().rposition(|(profile, _)| *profile != Profile::Foot);
    let Some(at) = of_cars.or(all.len().checked_sub(1)) else { return Sides::default() };
    let mut sides = all.swap_remove(at).1;
    for way in &mut sides.carriageways {
        let road = (way.strand.fid, way.strand.level);
        let others = all.iter().flat_map(|(_, other)| &other.carriageways);
        for other in others.filter(|other| (other.strand.fid, other.strand.level) == road) {
            way.sooner(other.first.clone());
        }
    }
    sides
}

impl ByRoad<'_> {
    /// Who of the free ones is first at each road of a rough place; nobody who takes longer than twice the time and ten
    /// minutes. None where there is but one road.
    pub(super) fn carriageways(
        &self,
        space: &mut Workspace,
        rough: &Rough,
        (targets, joins): (&Targets, &[f64]),
        seen: &[Seen],
    ) -> Vec<Carriageway> {
        if rough.strands.len() < 2 {
            return Vec::new();
        }
        let roads = self.roads();
        let bound = Bound::time(1, (self.within_s * 2.0 + 600.0).min(LONGEST_S));
        let mut all: Vec<Carriageway> =
            rough.strands.iter().map(|strand| Carriageway { strand: strand.clone(), first: None }).collect();
        let mut rates: Vec<f64> = self.group.members.iter().map(|(_, faster)| *faster).collect();
        rates.sort_by(f64::total_cmp);
        rates.dedup();
        for rate in rates {
            let goes = |target: u32| {
                let (at, faster, _) = self.member(target, joins)?;
                let is_free = seen.get(at).is_some_and(Seen::is_free);
                targets.place(target).filter(|_| is_free && faster.total_cmp(&rate).is_eq())
            };
            let places: Vec<Option<Place>> = (0..).map(goes).take(targets.len()).collect();
            if places.iter().all(Option::is_none) {
                // Nobody to look for in every road.
                continue;
            }
            let free = Targets::new(roads, places, Sense::Toward);
            for (way, found) in all.iter_mut().zip(space.first_at(roads, &rough.strands, &free, bound)) {
                way.sooner(found.and_then(|found| {
                    let (at, faster, to_road_s) = self.member(found.target, joins)?;
                    Some((seen.get(at)?.id().to_owned(), found.time_s / faster + to_road_s))
                }));
            }
        }
        all
    }
}
