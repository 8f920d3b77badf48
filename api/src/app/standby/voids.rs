//! Voids: counties where work has bound nearly everybody of a service who could be there in time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dispatch::Availability;
use dispatch::recommend::Service;
use spatial::codes::{Division, DivisionLevel};

use super::{Picture, Stand};
use crate::app::coverage::named;
use crate::app::{App, stopped};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// A point of demand is covered when somebody who is free is there within so many seconds.
pub(super) const WITHIN_S: u32 = 600;
/// A void begins when less than this share of what all who are on duty would cover is covered by those who are free…
const BEGINS: f64 = 0.25;
/// … and ends when at least this share is again.
const ENDS: f64 = 0.40;
/// A county where fewer calls than this were reported in the 90 days has no void.
const LEAST: u64 = 10;

/// The alarm of each service.
fn code(service: Service) -> &'static str {
    match service {
        Service::Police => "VOID-POLICE",
        Service::Fire => "VOID-FIRE",
        Service::Ambulance => "VOID-AMBULANCE",
    }
}

/// What of a county's demand is covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Covered {
    /// All of it.
    all: u64,
    /// By everybody on duty, were nobody bound.
    on_duty: u64,
    /// By those who are free.
    free: u64,
}

impl Covered {
    /// Whether that is a void, for a county that was one (or not) before.
    #[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^53")]
    fn is_void(self, was: bool) -> bool {
        let limit = if was { ENDS } else { BEGINS };
        self.all >= LEAST && self.on_duty > 0 && (self.free as f64) < self.on_duty as f64 * limit
    }
}

/// Looks until the server stops.
pub async fn watch(app: App) {
    let mut stop = app.stop.subscribe();
    let mut known: BTreeMap<&'static str, BTreeSet<Division>> = BTreeMap::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopped(&mut stop) => return,
        }
        let Some(picture) = app.standby.picture() else { continue };
        let working = app.clone();
        let looked = tokio::task::spawn_blocking(move || {
            Service::ALL
                .iter()
                .filter_map(|service| Some((*service, counties(&working, &picture, *service)?)))
                .collect()
        });
        let looked: Vec<(Service, BTreeMap<Division, Covered>)> = match looked.await {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, "voids could not be looked for");
                continue;
            }
        };
        for (service, counties) in looked {
            let was = known.entry(code(service)).or_default();
            let voids = counties.iter().filter(|(county, covered)| covered.is_void(was.contains(county)));
            let voids: BTreeMap<Division, Covered> = voids.map(|(county, covered)| (*county, *covered)).collect();
            *was = voids.keys().copied().collect();
            match said(&app, &voids) {
                Some(words) => app.alarms.tell(code(service), words),
                None => app.alarms.end(code(service)),
            }
        }
    }
}

fn counties(app: &App, picture: &Picture, service: Service) -> Option<BTreeMap<Division, Covered>> {
    let stand = picture.stand(service)?;
    let free: Vec<bool> = app.world.moving(|moving| {
        let free = |slot: u32| moving.unit(slot).is_some_and(|known| known.availability == Availability::Free);
        stand.units.iter().map(|ready| free(ready.slot)).collect()
    });
    Some(covered(stand, &free))
}

/// Coverage by county; `free` says of each unit whether it is.
fn covered(stand: &Stand, free: &[bool]) -> BTreeMap<Division, Covered> {
    let demanded = &stand.demanded;
    let points = demanded.demand.points().len();
    let (mut on_duty, mut by_free) = (vec![false; points], vec![false; points]);
    for (ready, free) in stand.units.iter().zip(free) {
        for (point, _) in ready.free.reached.iter().filter(|(_, seconds)| *seconds <= WITHIN_S) {
            if let (Some(on_duty), Some(by_free)) = (on_duty.get_mut(*point as usize), by_free.get_mut(*point as usize))
            {
                *on_duty = true;
                *by_free |= free;
            }
        }
    }
    let mut counties: BTreeMap<Division, Covered> = BTreeMap::new();
    for call in demanded.demand.calls() {
        let division = demanded.divisions.get(call.place as usize).copied().flatten();
        let Some(county) = division.and_then(Division::county) else { continue };
        let (sum, weight) = (counties.entry(county).or_default(), u64::from(call.weight));
        let part = |covered: &[bool]| if covered.get(call.point as usize) == Some(&true) { weight } else { 0 };
        sum.all += weight;
        sum.on_duty += part(&on_duty);
        sum.free += part(&by_free);
    }
    counties
}

/// Each county with its share now and if nobody were bound: `龙港市 0 % / 84 %`. What that is the code says, in the reader's
/// language.
fn said(app: &App, voids: &BTreeMap<Division, Covered>) -> Option<String> {
    if voids.is_empty() {
        return None;
    }
    let known = app.divisions(DivisionLevel::County);
    let words = voids.iter().map(|(county, covered)| {
        let share = |part: u64| part * 100 / covered.all.max(1);
        let name = named(&known, Some(*county));
        format!("{name} {} % / {} %", share(covered.free), share(covered.on_duty))
    });
    Some(words.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_void_begins_below_a_quarter_and_ends_above_two_fifths() {
        let of = |on_duty, free| Covered { all: 100, on_duty, free };
        assert!(!of(80, 20).is_void(false), "a quarter is left");
        assert!(of(80, 19).is_void(false));
        assert!(of(80, 31).is_void(true), "it does not flicker");
        assert!(!of(80, 32).is_void(true));
        // Nobody could cover it anyway: that is no void, it is a place for a post.
        assert!(!of(0, 0).is_void(false));
        assert!(!Covered { all: 9, on_duty: 9, free: 0 }.is_void(false), "too little is known");
    }
}
