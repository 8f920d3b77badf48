//! What a choice leaves uncovered, as it is answered.

use dispatch::recommend::{Leaves, MoveUp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::area_json;

/// A place whose calls are reached no longer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftPlaceBody {
    /// Its name.
    name: String,
    /// How many of its calls.
    lost: u64,
}

/// What is reached no longer when units go: calls of the last 90 days that asked for their service, in the asker's part of
/// the city.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeavesBody {
    /// `LEAVES-NOTHING` or `LEAVES-GAP`.
    code: &'static str,
    /// In the asker's language.
    text: String,
    /// `police`, `fire` or `ambulance`.
    service: &'static str,
    /// Reached means within so many seconds.
    target_s: u32,
    /// All calls.
    total: u64,
    /// Calls that are reached now.
    before: u64,
    /// Calls that would be.
    after: u64,
    /// Calls that would be no longer.
    lost: u64,
    /// The places that lose most, the worst first.
    places: Vec<LeftPlaceBody>,
    /// Where these calls are, as a `GeoJSON` `MultiPolygon` of cells of 400 m, joined: at most the 1,000 cells that lose
    /// most. Only of all who are proposed together, and only where something is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    area: Option<serde_json::Value>,
}

/// A free unit that could stand where the gap is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MoveUpBody {
    /// Which unit.
    unit: String,
    /// Where to: the call sign of the unit whose place it takes, or the place's name.
    to: String,
    /// Longitude, WGS84 degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    /// Latitude.
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    /// `police`, `fire` or `ambulance`.
    service: &'static str,
    /// How long it takes, seconds.
    move_s: u32,
    /// Of the calls that those proposed would leave (`lost` of the service's `leaves`), how many are reached again.
    restores: u64,
    /// Other calls that are reached now and would be no longer once it has moved; always fewer.
    gives_up: u64,
    /// Calls that nobody reaches now, whoever goes, and it would reach from there; the choice does not count them.
    adds: u64,
    /// `MOVE-UP`.
    code: &'static str,
    /// In the asker's language.
    text: String,
}

impl LeavesBody {
    pub(super) fn of(leaves: &Leaves, zh: bool) -> Self {
        let (en, chinese) = leaves.words();
        let place =
            |place: &dispatch::recommend::LeftPlace| LeftPlaceBody { name: place.name.clone(), lost: place.lost };
        Self {
            code: if leaves.lost() == 0 { "LEAVES-NOTHING" } else { "LEAVES-GAP" },
            text: if zh { chinese } else { en },
            service: leaves.service.word(),
            target_s: leaves.target_s,
            total: leaves.total,
            before: leaves.before,
            after: leaves.after,
            lost: leaves.lost(),
            places: leaves.places.iter().map(place).collect(),
            area: None,
        }
    }

    /// With where it is.
    pub(super) fn at(self, area: Option<&geo::MultiPolygon<f64>>) -> Self {
        Self { area: area.map(area_json), ..self }
    }
}

impl MoveUpBody {
    pub(super) fn of(moved: &MoveUp, zh: bool) -> Self {
        let (en, chinese) = moved.words();
        Self {
            unit: moved.unit.clone(),
            to: moved.post.clone(),
            lon: moved.at.map(|at| at.lon()),
            lat: moved.at.map(|at| at.lat()),
            service: moved.service.word(),
            move_s: moved.move_s,
            restores: moved.restores,
            gives_up: moved.gives_up,
            adds: moved.adds,
            code: "MOVE-UP",
            text: if zh { chinese } else { en },
        }
    }
}
