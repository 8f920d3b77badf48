//! What is near a place.

use axum::extract::State;
use geo::{Area as _, BoundingRect, MultiPolygon};
use serde::Deserialize;
use spatial::Layer;
use utoipa::IntoParams;

use super::aside::aside;
use super::extract::{Json, Path, Query, position};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, Area};
use crate::auth::{Caller, Sight};
use crate::wire::{ItemBody, NearestBody, SurroundingsAsk, SurroundingsBody};

/// Most items of one answer.
const MOST: usize = 1_000;
/// Largest circle that surroundings are given for, metres.
const LARGEST_RADIUS_M: f64 = 5_000.0;
/// Largest side of a polygon, degrees: about 10 km.
const LARGEST_SIDE_DEG: f64 = 0.1;

/// Where from, how many, how far.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct NearestQuery {
    /// Longitude, WGS84 degrees.
    lon: f64,
    /// Latitude, WGS84 degrees.
    lat: f64,
    /// How many, 1 to 1000; 10 when left out.
    k: Option<usize>,
    /// No farther than this, metres; no bound when left out.
    max_distance_m: Option<f64>,
    /// CQL2 text of fields in sight: `kind IN ('hydrant', 'aed')`; none on units.
    filter: Option<String>,
}

/// The nearest features of a layer, nearest first in a straight line. Of up to 50 places the way by road is told as well
/// (`road_m`, `eta_s` of an emergency car), and what was last said of them (`state`).
#[utoipa::path(get, path = "/api/v1/nearest/{layer}", tag = "map", params(("layer" = String, Path), NearestQuery),
    responses((status = 200, body = NearestBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn nearest(
    State(app): State<App>,
    caller: Caller,
    Path(layer): Path<String>,
    ask: Result<Query<NearestQuery>, Problem>,
) -> Result<axum::Json<NearestBody>, Problem> {
    let layer = super::ogc::public_layer(&layer)?;
    let Query(ask) = ask?;
    let centre = position(ask.lon, ask.lat)?;
    let k = ask.k.unwrap_or(10);
    if !(1..=MOST).contains(&k) {
        return Err(Problem::at(Code::BadRequest, "/k", format!("must be 1 to {MOST}")));
    }
    let max_m = ask.max_distance_m.unwrap_or(20_100_000.0);
    if !max_m.is_finite() || max_m < 0.0 {
        return Err(Problem::at(Code::BadRequest, "/max_distance_m", "must be a distance in metres"));
    }
    let filter = ask.filter.as_deref().map(|text| super::filter::read(&caller, layer, text)).transpose()?;
    if layer == Layer::People {
        return Err(Problem::at(Code::BadRequest, "/layer", "people are counts in cells: ask the surroundings"));
    }
    if layer == Layer::Incidents {
        return Err(Problem::at(Code::BadRequest, "/layer", "incidents are listed by /api/v1/incidents"));
    }
    Sight::of(&caller, layer)?;
    app.looks.glance(&caller, "nearest", &[layer]).await?;
    if layer == Layer::Units {
        return Ok(axum::Json(NearestBody {
            items: app.nearest_units(&caller, centre, k, max_m).into_iter().map(ItemBody::from).collect(),
        }));
    }
    let nearest = move || app.nearest(&caller, layer, centre, (k, max_m), filter.as_ref());
    let items = aside("nearest", nearest).await??;
    Ok(axum::Json(NearestBody { items: items.into_iter().map(ItemBody::from).collect() }))
}

/// All four elements around a place at once: people as counts, houses, enterprises, cameras; and units and places.
#[utoipa::path(post, path = "/api/v1/surroundings", tag = "map", request_body = SurroundingsAsk,
    responses((status = 200, body = SurroundingsBody), (status = 400, body = ProblemBody)))]
pub(super) async fn surroundings(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<SurroundingsAsk>,
) -> Result<axum::Json<SurroundingsBody>, Problem> {
    let area = area(ask)?;
    let detail = match &area {
        Area::Circle { centre, radius_m } => format!("{:.5},{:.5} {radius_m:.0} m", centre.lon(), centre.lat()),
        Area::Polygon(polygon) => polygon.bounding_rect().map_or_else(String::new, |r| {
            format!("{:.5},{:.5} {:.5},{:.5}", r.min().x, r.min().y, r.max().x, r.max().y)
        }),
    };
    // The row says what was asked; it is written before anything is looked up.
    app.looks
        .look(&caller, "surroundings", "people,houses,enterprises,cameras,units,places", Vec::new(), Some(detail), None)
        .await?;
    Ok(axum::Json(app.surroundings(&caller, &area).into()))
}

fn either(pointer: &str) -> Problem {
    Problem::at(Code::BadRequest, pointer, "give either lon, lat and radius_m, or polygon")
}

fn area(ask: SurroundingsAsk) -> Result<Area, Problem> {
    match (ask.polygon, ask.lon, ask.lat) {
        (Some(geometry), None, None) => polygon(geometry).map(Area::Polygon),
        (None, Some(lon), Some(lat)) => {
            let radius_m = ask.radius_m.ok_or_else(|| Problem::at(Code::BadRequest, "/radius_m", "is missing"))?;
            if !(1.0..=LARGEST_RADIUS_M).contains(&radius_m) {
                return Err(Problem::at(
                    Code::BadRequest,
                    "/radius_m",
                    format!("must be 1 to {LARGEST_RADIUS_M} metres"),
                ));
            }
            Ok(Area::Circle { centre: position(lon, lat)?, radius_m })
        }
        (_, None, _) => Err(either("/lon")),
        (_, Some(_), _) => Err(either("/lat")),
    }
}

/// A surface from the field `polygon` of a body.
pub(super) fn polygon(geometry: geojson::Geometry) -> Result<MultiPolygon<f64>, Problem> {
    let bad = |reason: String| Problem::at(Code::BadRequest, "/polygon", reason);
    let polygon = crate::wire::area(geometry).map_err(bad)?;
    for coord in geo::CoordsIter::coords_iter(&polygon) {
        position(coord.x, coord.y)?;
    }
    if polygon.iter().any(|part| part.exterior().0.len() < 4 || part.unsigned_area() <= 0.0) {
        return Err(bad("must have rings of at least four points that hold some ground".to_owned()));
    }
    let rect = polygon.bounding_rect().ok_or_else(|| bad("is empty".to_owned()))?;
    if rect.width() > LARGEST_SIDE_DEG || rect.height() > LARGEST_SIDE_DEG {
        return Err(bad(format!("must be at most {LARGEST_SIDE_DEG} degrees wide and high")));
    }
    Ok(polygon)
}
