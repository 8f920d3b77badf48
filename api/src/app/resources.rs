//! What helps near an incident: hydrants, AEDs, shelters, hospitals, water. Each with its distance, by road where one
//! drives there, and with what was last said of it.

use dispatch::{Condition, KnownCondition};
use spatial::roads::{Bound, Place, Profile, Sense, Targets};
use spatial::still::Near;
use spatial::{Fid, Layer, Position, StillLayer};

use super::App;
use super::clock::now_ms;

/// Kinds of place that are looked for.
const RESOURCES: [&str; 8] =
    ["hydrant", "aed", "life_ring", "shelter", "hospital", "fire_station", "hazard_site", WATER];
/// What is no kind of place: rivers, lakes, the sea.
pub const WATER: &str = "water";
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
    /// The `k` nearest of each kind: kinds of place, or `water`; those that an incident is told of when none is named.
    pub fn resources(&self, place: Position, k: usize, kinds: &[&'static str]) -> Vec<Resources> {
        let still = self.world.still();
        let kinds: &[&'static str] = if kinds.is_empty() { &RESOURCES } else { kinds };
        let of_kind = |kind: &'static str| {
            let nearest = match still.layer(if kind == WATER { Layer::Water } else { Layer::Places }) {
                None => Vec::new(),
                Some(water) if kind == WATER => {
                    let near = water.nearest(place, k, FAR_M, |_| true);
                    near.into_iter().filter_map(|near| self.resource(water, near)).collect()
                }
                Some(places) => self.nearest_of(places, kind, place, k, |_| true),
            };
            Resources { kind, nearest }
        };
        kinds.iter().copied().map(of_kind).collect()
    }

    /// The nearest places of a kind that `accept` takes.
    pub(super) fn nearest_of(
        &self,
        places: &StillLayer,
        kind: &str,
        place: Position,
        k: usize,
        accept: impl Fn(usize) -> bool,
    ) -> Vec<Resource> {
        let is = |row: usize| places.text(row, "kind") == Some(kind) && accept(row);
        let driven = DRIVEN.contains(&kind);
        let count = if driven { k * LOOKED_AT } else { k };
        let near = places.nearest(place, count, FAR_M, is);
        let mut nearest: Vec<Resource> = near.into_iter().filter_map(|near| self.resource(places, near)).collect();
        if driven {
            self.by_road(place, &mut nearest);
        }
        nearest.truncate(k);
        nearest
    }

    fn resource(&self, layer: &StillLayer, near: Near) -> Option<Resource> {
        let (_, id) = layer.source(near.row)?;
        let name = layer.text(near.row, "name");
        let state = self.state_of(Some(id), name);
        Some(Resource {
            id: id.to_owned(),
            fid: layer.fid(near.row)?,
            position: near.place,
            straight_m: near.distance_m,
            road: None,
            name: name.map(str::to_owned),
            state,
        })
    }

    /// What was last said of a place, by its source's id or by its name.
    pub(super) fn state_of(&self, id: Option<&str>, name: Option<&str>) -> Option<KnownCondition> {
        let (desk, now) = (self.ops.desk(), now_ms());
        let holds = |condition: &Condition| condition.until_ms.is_none_or(|until| now < until);
        let of = |subject: &str| desk.conditions().find(|known| known.condition.subject == subject);
        let said = [id, name].into_iter().flatten().filter_map(of).find(|known| holds(&known.condition));
        said.map(|known| (**known).clone())
    }

    /// Metres and seconds of an emergency car from a place to each of some others; `None` where no road leads.
    pub(super) fn road_times(&self, place: Position, to: &[Position]) -> Vec<Option<(f64, f64)>> {
        let mut times = vec![None; to.len()];
        let Some(network) = self.ways.network() else { return times };
        let on_road = |at: Position| -> Option<Place> {
            network.settled(Profile::Emergency, at, OFF_ROAD_M).ok().map(|(place, _)| place)
        };
        let Some(start) = on_road(place) else { return times };
        let overlay = network.overlay(&self.ops.desk(), Profile::Emergency, now_ms());
        let roads = network.roads(Profile::Emergency, overlay.as_ref());
        let targets = Targets::new(roads, to.iter().map(|at| on_road(*at)).collect(), Sense::Away);
        self.ways.search(|space| {
            for found in space.nearest(roads, start, &targets, Bound::time(targets.len(), LONGEST_S)) {
                if let Some(time) = times.get_mut(found.target as usize) {
                    *time = Some((found.length_m, found.time_s));
                }
            }
        });
        times
    }

    /// Puts those first that are reached first by road; those that are not reached come last, by straight line.
    fn by_road(&self, place: Position, nearest: &mut [Resource]) {
        let to: Vec<Position> = nearest.iter().map(|one| one.position).collect();
        for (one, road) in nearest.iter_mut().zip(self.road_times(place, &to)) {
            one.road = road;
        }
        let key = |one: &Resource| one.road.map_or(f64::INFINITY, |(_, seconds)| seconds);
        nearest.sort_by(|a, b| {
            key(a).total_cmp(&key(b)).then(a.straight_m.total_cmp(&b.straight_m)).then(a.fid.cmp(&b.fid))
        });
    }
}
