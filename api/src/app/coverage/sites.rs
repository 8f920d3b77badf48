//! Where units would cover most.

use patrol::{Covering, Siting, Times};
use spatial::roads::{Bound, Profile, Sense, Targets};
use spatial::{Layer, Position};

use super::reach::Cover;
use super::standing::posted;
use crate::auth::Scope;

/// Points of demand that a siting chooses from: those of most demand.
const POINTS: usize = 400;
/// Posts of the city that a siting chooses from.
const MOST_CANDIDATES: usize = 1_000;
/// Seeded kicks of the siting's local search.
const KICKS: u32 = 50;
/// Kinds of place at which a patrol may wait.
const POSTS: [&str; 2] = ["duty_post", "police_station"];

/// A place at which a unit might stand.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Where.
    pub position: Position,
}

/// Where sites are looked for.
#[derive(Debug, Clone)]
pub enum Candidates {
    /// At the points of most demand.
    Demand,
    /// At the city's duty posts and police stations.
    Posts,
    /// At these places.
    Given(Vec<Candidate>),
}

/// Sites that are looked for.
#[derive(Debug, Clone)]
pub struct SitesAsked {
    /// How many.
    pub n: usize,
    /// Seed of the search.
    pub seed: u64,
    /// Where.
    pub candidates: Candidates,
    /// How soon demand is to be reached, seconds.
    pub within_s: u32,
    /// Whether only what the units do not reach in time counts.
    pub beside_units: bool,
}

/// Chosen sites.
#[derive(Debug)]
pub struct Sited {
    /// What they cover in time, and what could be covered; sites are numbers of candidates near a road.
    pub siting: Siting,
    /// The sites, with what each covers alone, largest first.
    pub sites: Vec<(Candidate, u64)>,
    /// All that they cover, as shares of all demand.
    pub covers: patrol::Coverage,
    /// How many candidates there were.
    pub candidates: usize,
    /// Numbers of candidates that lie near no road and were left out.
    pub off_road: Vec<usize>,
    /// How soon, seconds.
    pub within_s: u32,
}

impl Cover<'_> {
    /// Sites that together cover most within a time, as cars with their lights on drive.
    pub(super) fn site(&self, asked: &SitesAsked, scope: &Scope, now: &Times) -> Sited {
        let profile = Profile::Emergency;
        let weights = self.weights(asked, now);
        let candidates = self.candidates(&asked.candidates, scope, &weights);
        let places: Vec<_> = candidates.iter().map(|candidate| self.on_road(profile, candidate.position)).collect();
        let off_road = (0..places.len()).filter(|at| places.get(*at).copied().flatten().is_none()).collect();
        let usable: Vec<_> = candidates.iter().zip(places).filter_map(|(one, place)| Some((one, place?))).collect();
        let overlay = self.overlay(profile, &[]);
        let roads = self.network.roads(profile, overlay.as_ref());
        let targets = Targets::new(roads, self.places(profile).to_vec(), Sense::Away);
        let bound = Bound::time(targets.len(), f64::from(asked.within_s));
        let covers: Vec<Vec<u32>> = self.app.ways.search(|space| {
            let mut of =
                |place| space.nearest(roads, place, &targets, bound).iter().map(|found| found.target).collect();
            usable.iter().map(|(_, place)| of(*place)).collect()
        });
        let weight = |list: &Vec<u32>| -> u64 {
            list.iter().filter_map(|point| weights.get(*point as usize)).map(|weight| u64::from(*weight)).sum()
        };
        let alone: Vec<u64> = covers.iter().map(weight).collect();
        let total = weights.iter().map(|weight| u64::from(*weight)).sum();
        let n = asked.n.min(usable.len());
        let best = Covering::new(weights, covers).and_then(|covering| covering.best(n, &[], KICKS, asked.seed));
        // Every list is of points that there are, and there are as many sites as are asked for.
        let siting = best.unwrap_or(Siting { sites: Vec::new(), covered: 0, coverable: 0, total });
        let site = |site: &usize| Some((usable.get(*site)?.0.clone(), alone.get(*site).copied()?));
        let mut sites: Vec<(Candidate, u64)> = siting.sites.iter().filter_map(site).collect();
        sites.sort_by_key(|(_, alone)| std::cmp::Reverse(*alone));
        let positions: Vec<_> = sites.iter().map(|(candidate, _)| (candidate.position, None)).collect();
        let covers = patrol::coverage(self.demand, &self.times(&posted(&positions), &[]));
        Sited { siting, sites, covers, candidates: candidates.len(), off_road, within_s: asked.within_s }
    }

    /// What each point counts for.
    fn weights(&self, asked: &SitesAsked, now: &Times) -> Vec<u32> {
        let mut weights = self.demand.weights();
        if asked.beside_units {
            let reached = now.units().filter_map(|unit| now.of(unit)).flatten();
            for (point, _) in reached.filter(|(_, seconds)| *seconds <= asked.within_s) {
                if let Some(weight) = weights.get_mut(point as usize) {
                    *weight = 0;
                }
            }
        }
        weights
    }

    fn candidates(&self, asked: &Candidates, scope: &Scope, weights: &[u32]) -> Vec<Candidate> {
        match asked {
            Candidates::Given(given) => given.clone(),
            Candidates::Posts => self.posts(scope),
            Candidates::Demand => {
                let places = self.places(Profile::Emergency);
                let on_road = |point: &usize| places.get(*point).copied().flatten();
                let mut points: Vec<usize> = (0..weights.len()).filter(|point| on_road(point).is_some()).collect();
                points.sort_by_key(|point| (std::cmp::Reverse(weights.get(*point)), *point));
                points.truncate(POINTS);
                let at = |point: &usize| self.network.graph.position(on_road(point)?);
                points.iter().filter_map(at).map(|position| Candidate { name: None, position }).collect()
            }
        }
    }

    /// Duty posts and police stations of a part of the city, by their numbers.
    fn posts(&self, scope: &Scope) -> Vec<Candidate> {
        let still = self.app.world.still();
        let Some(places) = still.layer(Layer::Places) else { return Vec::new() };
        let is_post = |row: &usize| {
            places.text(*row, "kind").is_some_and(|kind| POSTS.contains(&kind)) && scope.holds(places.division(*row))
        };
        let mut rows: Vec<usize> = (0..places.len()).filter(is_post).collect();
        rows.sort_by_key(|row| places.fid(*row));
        rows.truncate(MOST_CANDIDATES);
        let post = |row: usize| {
            Some(Candidate { name: places.text(row, "name").map(str::to_owned), position: places.position(row)? })
        };
        rows.into_iter().filter_map(post).collect()
    }
}
