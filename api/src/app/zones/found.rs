//! Who and what lies in a zone, as far as the caller may know.

use dispatch::ZoneState;
use geo::MultiPolygon;
use spatial::{Fid, Layer, Position, zone};

use super::exits::exits;
use super::outline::polygons;
use super::registered::registered;
use super::{Site, ZoneFound, ZonePeople};
use crate::app::App;
use crate::app::nearby::Area;
use crate::auth::{Caller, policy};

/// What is told by name.
const SITES: [&str; 6] = ["school", "kindergarten", "university", "hospital", "clinic", "hazard_site"];
/// Sites that are listed.
const LISTED: usize = 300;
/// Shelters that are told.
const SHELTERS: usize = 5;

impl App {
    /// Looks what lies in a zone. The row in the audit is written before this is asked.
    pub fn zone_found(&self, caller: &Caller, state: &ZoneState) -> ZoneFound {
        let area = polygons(&state.zone.geometry).unwrap_or_else(|_| MultiPolygon::new(Vec::new()));
        let still = self.world.still();
        let others = self.other_zones(state);
        let (exits, more_exits) = exits(&still, &area, &others);
        let (sites, more_sites) = self.sites(&area);
        ZoneFound {
            area_m2: zone::area_m2(&area),
            people: self.zone_people(caller, &area),
            sites,
            more_sites,
            exits,
            more_exits,
            shelters: self.shelters(&area, &others),
        }
    }

    /// Building by building for whom the policy names, sums of published cells for whoever sees cells.
    fn zone_people(&self, caller: &Caller, area: &MultiPolygon<f64>) -> ZonePeople {
        let may = caller.is(policy::ZONE_COUNTS);
        if let Some(held) = self.register.homes().filter(|_| may) {
            return ZonePeople::Buildings(registered(&self.world.still(), &held.1, area, &caller.scope));
        }
        match self.people_around(caller, &Area::Polygon(area.clone())) {
            Some(sum) => ZonePeople::Cells { sum, waiting: may },
            None => ZonePeople::Nothing,
        }
    }

    fn sites(&self, area: &MultiPolygon<f64>) -> (Vec<Site>, usize) {
        let still = self.world.still();
        let Some(places) = still.layer(Layer::Places) else { return (Vec::new(), 0) };
        let told = |row: usize| places.text(row, "kind").is_some_and(|kind| SITES.contains(&kind));
        let site = |row: usize| {
            let (kind, name) = (places.text(row, "kind")?.to_owned(), places.text(row, "name").map(str::to_owned));
            Some(Site { fid: places.fid(row)?, kind, name, position: places.position(row)? })
        };
        let mut sites: Vec<Site> = places.within_polygon(area, told).into_iter().filter_map(site).collect();
        let rank = |site: &Site| SITES.iter().position(|kind| *kind == site.kind);
        sites.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)).then(a.fid.cmp(&b.fid)));
        let more = sites.len().saturating_sub(LISTED);
        sites.truncate(LISTED);
        (sites, more)
    }

    /// What other zones that hold cover: nobody is sent from one danger into another.
    fn other_zones(&self, state: &ZoneState) -> Vec<MultiPolygon<f64>> {
        let desk = self.ops.desk();
        let others = desk.zones().filter(|other| other.zone.id != state.zone.id);
        others.filter_map(|other| polygons(&other.zone.geometry).ok()).collect()
    }

    fn shelters(&self, area: &MultiPolygon<f64>, others: &[MultiPolygon<f64>]) -> Vec<crate::app::Resource> {
        let still = self.world.still();
        let middle = Area::Polygon(area.clone()).centre();
        let (Some(places), Some(middle)) = (still.layer(Layer::Places), middle) else { return Vec::new() };
        let holds = |zone: &MultiPolygon<f64>, at: &Position| geo::Contains::contains(zone, &at.point());
        let free = |at: &Position| !holds(area, at) && !others.iter().any(|zone| holds(zone, at));
        let outside = |row: usize| places.position(row).as_ref().is_some_and(free);
        self.nearest_of(places, "shelter", middle, SHELTERS, outside)
    }

    /// Whether a building lies in a zone: its middle or any corner. `None` when there is no such building.
    pub fn zone_has(&self, state: &ZoneState, building: Fid) -> Option<bool> {
        let still = self.world.still();
        let buildings = still.layer(Layer::Buildings)?;
        let row = buildings.row_of(building)?;
        let area = polygons(&state.zone.geometry).ok()?;
        let corners = buildings.shapes().map(|shapes| shapes.rings(row)).unwrap_or_default();
        let corners = corners.iter().flat_map(|ring| &ring.vertices).filter_map(|corner| corner.position());
        let mut places = corners.chain(buildings.position(row));
        Some(places.any(|place| geo::Contains::contains(&area, &place.point())))
    }
}
