//! Things near a place.

use geo::CoordsIter;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use super::features::value_json;
use crate::app::{Item, Surroundings};

/// A feature and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ItemBody {
    /// Its id in paths of the API.
    pub id: String,
    /// Its number in tiles.
    pub fid: u64,
    /// How far its nearest place is, metres; 0 inside a polygon.
    pub distance_m: f64,
    /// Longitude of that place, WGS84 degrees: a point itself, the nearest place on a line or on a polygon's edge, the
    /// asked place when a polygon holds it.
    pub lon: f64,
    /// Latitude of that place, WGS84 degrees.
    pub lat: f64,
    /// Its fields, as far as the caller may see them.
    #[schema(value_type = Object)]
    pub properties: Map<String, Json>,
    /// The way by road, metres; of places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub road_m: Option<f64>,
    /// What an emergency car takes for it, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_s: Option<f64>,
    /// What was last said of it: `{value, source, at}`; of places.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub state: Option<Json>,
}

/// The nearest features, nearest first.
#[derive(Serialize, ToSchema)]
pub struct NearestBody {
    /// Nearest first; ties by id.
    pub items: Vec<ItemBody>,
}

/// Where to look around: a circle, or a GeoJSON polygon.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurroundingsAsk {
    /// Longitude of the centre, WGS84 degrees.
    pub lon: Option<f64>,
    /// Latitude of the centre.
    pub lat: Option<f64>,
    /// Radius, metres; 1 to 5000.
    pub radius_m: Option<f64>,
    /// GeoJSON `Polygon` or `MultiPolygon` instead of the circle; at most 10 km across.
    #[schema(value_type = Option<Object>)]
    pub polygon: Option<geojson::Geometry>,
}

/// People around a place: sums of published cells, never of persons.
#[derive(Serialize, ToSchema)]
pub struct PeopleBody {
    /// Residents; null when no cell is published there.
    pub residents: Option<u64>,
    /// Households.
    pub households: Option<u64>,
    /// People who need help in an evacuation, of all of `need_help_outline`; null where it is not known, which is not zero.
    pub need_help: Option<u64>,
    /// Share of `residents` for whom the need for help is known, 0 to 1: below 1, `need_help` leaves people out.
    pub need_help_known_share: Option<f64>,
    /// Residents of `need_help_outline`.
    pub need_help_residents: Option<u64>,
    /// What `need_help` stands for: a GeoJSON `MultiPolygon` of whole groups of cells, often larger than `outline`.
    #[schema(value_type = Object)]
    pub need_help_outline: Json,
    /// What the sums stand for: a GeoJSON `MultiPolygon` of whole cells, larger than what was asked.
    #[schema(value_type = Object)]
    pub outline: Json,
}

/// Four elements, and places, around a place. A layer that the caller may not see is null.
#[derive(Serialize, ToSchema)]
pub struct SurroundingsBody {
    /// People as counts.
    pub people: Option<PeopleBody>,
    /// Dwellings: `{count, items}`.
    #[schema(value_type = Object)]
    pub houses: Json,
    /// Enterprises: `{count, items}`.
    #[schema(value_type = Object)]
    pub enterprises: Json,
    /// Cameras: `{count, items}`.
    #[schema(value_type = Object)]
    pub cameras: Json,
    /// Duty units: `{count, items}`.
    #[schema(value_type = Object)]
    pub units: Json,
    /// Places: `{count, items}`.
    #[schema(value_type = Object)]
    pub places: Json,
}

impl From<Item> for ItemBody {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            fid: item.fid,
            distance_m: (item.distance_m * 100.0).round() / 100.0,
            lon: round7(item.position.lon()),
            lat: round7(item.position.lat()),
            road_m: item.road.map(|(metres, _)| metres.round()),
            eta_s: item.road.map(|(_, seconds)| seconds.round()),
            state: item.state.as_ref().map(super::zones::state_json),
            properties: item
                .properties
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value_json(value)))
                .collect(),
        }
    }
}

/// Seven decimals: about a centimetre.
pub(super) fn round7(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

impl From<Surroundings> for SurroundingsBody {
    fn from(s: Surroundings) -> Self {
        let found = |found: crate::app::Found<Item>| match found.count {
            None => Json::Null,
            Some(count) => {
                json!({"count": count, "items": found.items.into_iter().map(ItemBody::from).collect::<Vec<_>>()})
            }
        };
        let people = s.people.map(|people| PeopleBody {
            residents: people.residents,
            households: people.households,
            need_help: people.need_help,
            need_help_known_share: people.need_help_known_share.map(|share| (share * 1000.0).round() / 1000.0),
            need_help_residents: people.need_help_residents,
            need_help_outline: cells_json(&people.need_help_outline),
            outline: cells_json(&people.outline),
        });
        Self {
            people,
            houses: found(s.houses),
            enterprises: found(s.enterprises),
            cameras: found(s.cameras),
            units: found(s.units),
            places: found(s.places),
        }
    }
}

/// Cells as one surface.
pub(super) fn cells_json(cells: &[geo::Polygon<f64>]) -> Json {
    let ring = |cell: &geo::Polygon<f64>| -> Vec<[f64; 2]> {
        cell.exterior().coords_iter().map(|c| [round7(c.x), round7(c.y)]).collect()
    };
    let polygons: Vec<Vec<Vec<[f64; 2]>>> = cells.iter().map(|cell| vec![ring(cell)]).collect();
    json!({"type": "MultiPolygon", "coordinates": polygons})
}
