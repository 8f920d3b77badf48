//! What helps near an incident: hydrants, AEDs, shelters, hospitals, water. Each with its distance, by road where one
//! drives there, and with what was last said of it.

use dispatch::{Condition, KnownCondition};
use spatial::roads::{Bound, Place, Profile, Sense, Targets};
use spatial::still::{Near, ValueRef};
use spatial::{Fid, Layer, Position, StillLayer};

use super::App;
use super::clock::now_ms;

/// Kinds of place that are looked for.
const RESOURCES: [&str; 7] = ["hydrant", "aed", "life_ring", "shelter", "hospital", "fire_station", "hazard_site"];
/// Kinds that somebody is driven to or comes from: ranked by road.
const DRIVEN: [&str; 3] = ["hospital", "shelter", "fire_station"];
/// How far anything is looked for, metres.
const FAR_M: f64 = 30_000.0;
/// By straight line so many times as many are looked at before they are ranked by road.
const LOOKED_AT: usize = 4;
/// Nobody drives longer, seconds.
const LONGEST_S: f64 = 7_200.0;
/// Farther from any road than this nobody drives, metres.
const OFF_ROAD_M: f64 = 500.0;

/// One of them.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its source's id.
    pub id: String,
    /// Its number in tiles.
    pub fid: Fid,
    /// Its name.
    pub name: Option<String>,
    /// Where, WGS84.
    pub position: Position,
    /// In a straight line, metres.
    pub straight_m: f64,
    /// By road from the incident: metres and seconds of an emergency car; `None` where it is not driven to.
    pub road: Option<(f64, f64)>,
    /// What was last said of it, by its id or name.
    pub state: Option<KnownCondition>,
}

/// All of one kind.
#[derive(Debug, Clone)]
pub struct Resources {
    /// The kind of place, or `water`.
    pub kind: &'static str,
    /// The nearest first.
    pub nearest: Vec<Resource>,
}

impl App {
    /// The `k` nearest of each kind.
    pub fn resources(&self, place: Position, k: usize) -> Vec<Resources> {
        let still = self.world.still();
        let mut found = Vec::new();
        if let Some(places) = still.layer(Layer::Places) {
            for kind in RESOURCES {
                let is = |row: usize| places.value(row, "kind") == Some(ValueRef::Text(kind));
                let driven = DRIVEN.contains(&kind);
                let count = if driven { k * LOOKED_AT } else { k };
                let near = places.nearest(place, count, FAR_M, is);
                let mut nearest: Vec<Resource> =
                    near.into_iter().filter_map(|near| self.resource(places, near)).collect();
                if driven {
                    self.by_road(place, &mut nearest);
                }
                nearest.truncate(k);
                found.push(Resources { kind, nearest });
            }
        }
        if let Some(water) = still.layer(Layer::Water) {
            let near = water.nearest(place, k, FAR_M, |_| true);
            let nearest = near.into_iter().filter_map(|near| self.resource(water, near)).collect();
            found.push(Resources { kind: "water", nearest });
        }
        found
    }

    fn resource(&self, layer: &StillLayer, near: Near) -> Option<Resource> {
        let (_, id) = layer.source(near.row)?;
        let name = match layer.value(near.row, "name") {
            Some(ValueRef::Text(name)) => Some(name.to_owned()),
            _ => None,
        };
        let desk = self.ops.desk();
        let now = now_ms();
        let holds = |condition: &Condition| condition.until_ms.is_none_or(|until| now < until);
        let said = [Some(id), name.as_deref()].into_iter().flatten();
        let state = said
            .filter_map(|subject| desk.conditions().find(|known| known.condition.subject == subject))
            .find(|known| holds(&known.condition))
            .map(|known| (**known).clone());
        Some(Resource {
            id: id.to_owned(),
            fid: layer.fid(near.row)?,
            position: near.place,
            straight_m: near.distance_m,
            road: None,
            name,
            state,
        })
    }

    /// Puts those first that are reached first by road; those that are not reached come last, by straight line.
    fn by_road(&self, place: Position, nearest: &mut [Resource]) {
        let Some(network) = self.ways.network() else { return };
        let on_road = |at: Position| -> Option<Place> {
            network.place(Profile::Emergency, at, OFF_ROAD_M).ok().map(|(place, _)| place)
        };
        let Some(start) = on_road(place) else { return };
        let overlay = network.overlay(&self.ops.desk(), Profile::Emergency, now_ms());
        let roads = network.roads(Profile::Emergency, overlay.as_ref());
        let targets = Targets::new(roads, nearest.iter().map(|one| on_road(one.position)).collect(), Sense::Away);
        self.ways.search(|space| {
            for found in space.nearest(roads, start, &targets, Bound::time(targets.len(), LONGEST_S)) {
                if let Some(one) = nearest.get_mut(found.target as usize) {
                    one.road = Some((found.length_m, found.time_s));
                }
            }
        });
        let key = |one: &Resource| one.road.map_or(f64::INFINITY, |(_, seconds)| seconds);
        nearest.sort_by(|a, b| {
            key(a).total_cmp(&key(b)).then(a.straight_m.total_cmp(&b.straight_m)).then(a.fid.cmp(&b.fid))
        });
    }
}
