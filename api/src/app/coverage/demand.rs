//! Demand in a part of the city, named by townships, in hours of the city's own clock.

use std::collections::BTreeMap;

use patrol::{Demand, Reported};
use spatial::Layer;
use spatial::codes::{Division, DivisionLevel};

use super::past::Report;
use crate::app::App;
use crate::auth::Scope;

/// Incidents closer than this are one point of demand, metres.
const CELL_M: f64 = 200.0;

impl App {
    /// Demand in a part of the city.
    pub(super) fn demand(&self, reports: &[Report], scope: &Scope, now_ms: i64) -> Demand {
        let known = self.divisions(DivisionLevel::Township);
        let mut names: Vec<String> = Vec::new();
        let mut places: BTreeMap<Option<u64>, u32> = BTreeMap::new();
        let mut reported = Vec::new();
        for report in reports.iter().filter(|report| scope.holds(report.division)) {
            let township = report.division.and_then(township);
            let place = *places.entry(township.map(Division::number)).or_insert_with(|| {
                names.push(named(&known, township));
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            });
            reported.push(Reported { position: report.position, at_ms: report.at_ms, weight: 1, place });
        }
        Demand::gather(&reported, names, now_ms, |at_ms| self.hours.offset_min(at_ms), CELL_M)
    }

    /// Names of the divisions of a level by their codes' numbers.
    pub(in crate::app) fn divisions(&self, level: DivisionLevel) -> BTreeMap<u64, String> {
        let still = self.world.still();
        let Some(layer) = still.layer(Layer::Jurisdictions) else { return BTreeMap::new() };
        let named = (0..layer.len()).filter_map(|row| {
            let (code, name) = (Division::new(layer.text(row, "code")?).ok()?, layer.text(row, "name")?.to_owned());
            (code.level() == level).then(|| (code.number(), name))
        });
        named.collect()
    }
}

/// What a division is called: its name, its code where that is not known, `?` where nobody knows the division.
pub(in crate::app) fn named(known: &BTreeMap<u64, String>, division: Option<Division>) -> String {
    let Some(division) = division else { return "?".to_owned() };
    known.get(&division.number()).cloned().unwrap_or_else(|| division.short())
}

pub(in crate::app) fn township(division: Division) -> Option<Division> {
    let mut at = division;
    while at.level() > DivisionLevel::Township {
        at = at.parent()?;
    }
    (at.level() == DivisionLevel::Township).then_some(at)
}
