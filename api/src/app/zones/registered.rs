//! Who is registered in a zone, building by building. Only [`super::found`] asks, and only for who may know.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use geo::MultiPolygon;
use spatial::people::Homes;
use spatial::{Layer, Position, StillLayer};

use super::{BuildingCount, Registered};
use crate::app::world::Still;
use crate::auth::Scope;

/// Buildings that are listed.
const LISTED: usize = 2_000;

/// A building's row; or, where no building is known, the place itself in units of 1e-7 degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Building(usize),
    Place(i64, i64),
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    position: Position,
    residents: u64,
    need_help: u64,
    homes: u64,
    /// Dwellings of the registry of houses.
    houses: u64,
}

/// Counts what lies in the area and in a part of the city.
pub(super) fn registered(still: &Still, homes: &Homes, area: &MultiPolygon<f64>, scope: &Scope) -> Registered {
    let buildings = still.layer(Layer::Buildings).map(|layer| &**layer);
    let whole = scope.is_whole_city();
    let mut tallies: BTreeMap<At, Tally> = BTreeMap::new();
    for home in homes.inside(area) {
        if !whole && !scope.holds(still.division(home.position)) {
            continue;
        }
        let tally = entry(&mut tallies, buildings, home.position);
        tally.residents += u64::from(home.residents);
        tally.need_help += u64::from(home.need_help);
        tally.homes += u64::from(home.homes);
    }
    if let Some(houses) = still.layer(Layer::Houses) {
        for row in houses.within_polygon(area, |row| scope.holds(houses.division(row))) {
            if let Some(position) = houses.position(row) {
                entry(&mut tallies, buildings, position).houses += 1;
            }
        }
    }
    let mut all: Vec<BuildingCount> = tallies.into_iter().map(|(at, tally)| counted(buildings, at, &tally)).collect();
    all.sort_by_key(|b| (Reverse(b.need_help), Reverse(b.residents), Reverse(b.not_shown), b.fid));
    let sum = |of: fn(&BuildingCount) -> u64| all.iter().map(of).sum();
    let mut registered = Registered {
        residents: sum(|b| b.residents),
        need_help: sum(|b| b.need_help),
        homes: sum(|b| b.homes),
        not_shown: sum(|b| b.not_shown),
        more: all.len().saturating_sub(LISTED),
        buildings: Vec::new(),
    };
    all.truncate(LISTED);
    registered.buildings = all;
    registered
}

fn entry<'a>(
    tallies: &'a mut BTreeMap<At, Tally>,
    buildings: Option<&StillLayer>,
    position: Position,
) -> &'a mut Tally {
    let building = buildings.and_then(|layer| layer.covering(position).first().copied());
    let at = building.map_or_else(|| At::Place(unit(position.lon()), unit(position.lat())), At::Building);
    tallies.entry(at).or_insert(Tally { position, residents: 0, need_help: 0, homes: 0, houses: 0 })
}

#[expect(clippy::cast_possible_truncation, reason = "at most 1.8e9")]
fn unit(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}

fn counted(buildings: Option<&StillLayer>, at: At, tally: &Tally) -> BuildingCount {
    let known = match at {
        At::Building(row) => buildings.map(|layer| (layer, row)),
        At::Place(..) => None,
    };
    let text = |field: &str| known.and_then(|(layer, row)| layer.text(row, field)).map(str::to_owned);
    BuildingCount {
        fid: known.and_then(|(layer, row)| layer.fid(row)),
        name: text("name"),
        address: text("address"),
        position: known.and_then(|(layer, row)| layer.position(row)).unwrap_or(tally.position),
        residents: tally.residents,
        need_help: tally.need_help,
        homes: tally.homes,
        not_shown: tally.houses.saturating_sub(tally.homes),
    }
}
