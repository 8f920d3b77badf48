//! How well units cover what people report: incidents of the last 90 days, units as they stand, times by road; and where
//! units would cover most.

mod demand;
mod past;
mod reach;
mod sites;
mod standing;

use std::collections::BTreeSet;

use dispatch::UnitKind;
use patrol::{DAYS, LIMITS};
use spatial::roads::Closure;
use spatial::{Layer, Position};

pub(super) use demand::{named, township};
pub(super) use past::Past;
pub(super) use past::Report;
use reach::Cover;
pub(super) use reach::{OFF_ROAD_M, seconds};
pub use sites::{Candidate, Candidates, Sited, SitesAsked};
use standing::{changed, posted};

use super::App;
use super::clock::now_ms;
use super::network::Network;
use crate::auth::{Caller, Sight};

const DAY_MS: i64 = 86_400_000;

/// A unit in another place, or a further one.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Which; a new one when there is none of that name.
    pub unit: String,
    /// Where.
    pub position: Position,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct CoverageAsked {
    /// Which kinds of unit count.
    pub kinds: BTreeSet<UnitKind>,
    /// Units that would stand elsewhere, or be added.
    pub stands: Vec<Stand>,
    /// Units that would be away.
    pub away: BTreeSet<String>,
    /// Roads that would be closed.
    pub closed: Vec<Closure>,
    /// Sites that are looked for.
    pub sites: Option<SitesAsked>,
}

/// What came out.
#[derive(Debug)]
pub struct Covered {
    /// As it is.
    pub now: patrol::Coverage,
    /// As it would be, where anything would be different.
    pub would: Option<patrol::Difference>,
    /// Whether units were taken at their posts: the caller may not see where they stand.
    pub at_posts: bool,
    /// Names that were given for units that are not there.
    pub unknown: Vec<String>,
    /// Units that would stand farther than 1 km from any road, and so would reach nothing.
    pub stands_off_road: Vec<String>,
    /// Points of demand.
    pub points: usize,
    /// Points that lie near no road.
    pub off_road: usize,
    /// The first moment that counts, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// Whose clock the hours are counted by: a name of the tz database.
    pub time_zone: String,
    /// Sites that were looked for.
    pub sites: Option<Sited>,
}

/// What posts cover: all demand, and of it what is reached within each limit.
pub(super) type Covers = (u64, [u64; LIMITS]);

impl App {
    /// Reckons the coverage of the caller's part of the city. `None` as long as there is no road graph.
    pub async fn coverage(&self, caller: &Caller, asked: CoverageAsked) -> anyhow::Result<Option<Covered>> {
        let reports = self.reports().await?;
        let Some(network) = self.ways.network() else { return Ok(None) };
        let (app, caller) = (self.clone(), caller.clone());
        let work = tokio::task::spawn_blocking(move || app.cover(&network, &reports, &caller, &asked));
        Ok(Some(work.await?))
    }

    /// What units at these posts would cover of the caller's part of the city, each as the unit that is named for it goes,
    /// an unknown one as an emergency car. `None` as long as there is no road graph.
    pub async fn covers(
        &self,
        caller: &Caller,
        posts: Vec<(Position, Option<String>)>,
    ) -> anyhow::Result<Option<Covers>> {
        let reports = self.reports().await?;
        let Some(network) = self.ways.network() else { return Ok(None) };
        let (app, scope) = (self.clone(), caller.scope.clone());
        let work = tokio::task::spawn_blocking(move || {
            let now = now_ms();
            let demand = app.demand(&reports, &scope, now);
            let cover = Cover::new(&app, &network, &demand, now);
            let kind = |unit: String| app.world.moving(|moving| Some(moving.unit(moving.slot(&unit)?)?.unit.kind));
            let posts: Vec<_> = posts.into_iter().map(|(at, unit)| (at, unit.and_then(kind))).collect();
            let covered = patrol::coverage(&demand, &cover.times(&posted(&posts), &[]));
            (covered.total, covered.covered)
        });
        Ok(Some(work.await?))
    }

    fn cover(&self, network: &Network, reports: &[Report], caller: &Caller, asked: &CoverageAsked) -> Covered {
        let (now, scope) = (now_ms(), &caller.scope);
        let demand = self.demand(reports, scope, now);
        let standing = self.standing(caller, &asked.kinds);
        let unknown = asked.away.iter().filter(|unit| standing.iter().all(|s| s.unit != **unit)).cloned().collect();
        let cover = Cover::new(self, network, &demand, now);
        let times = cover.times(&standing, &[]);
        let now_covered = patrol::coverage(&demand, &times);
        let differs = !(asked.stands.is_empty() && asked.away.is_empty() && asked.closed.is_empty());
        let mut stands_off_road = Vec::new();
        let would = differs.then(|| {
            let standing = changed(standing, asked);
            stands_off_road = cover.off_road_of(&standing, asked);
            let after = cover.times(&standing, &asked.closed);
            let because = "what if".to_owned();
            patrol::what_if(&demand, &times, &[patrol::Change::Retimed { times: after, because }])
        });
        let sites = asked.sites.as_ref().map(|sites| cover.site(sites, scope, &times));
        Covered {
            now: now_covered,
            would,
            at_posts: Sight::of(caller, Layer::Units).is_err(),
            unknown,
            stands_off_road,
            points: demand.points().len(),
            off_road: cover.off_road(),
            from_ms: now - DAYS * DAY_MS,
            time_zone: self.hours.name().to_owned(),
            sites,
        }
    }
}
