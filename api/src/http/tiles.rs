//! Vector tiles, their description, and the map's style.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use spatial::{Bounds, Layer};
use tiles::{Theme, TileCoord};
use utoipa::IntoParams;

use super::extract::{Path, Query};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::ops::IncidentSight;
use crate::app::{Answer, App, Encoding, FirstView, TileRequest};
use crate::auth::{Caller, Sight, policy};

/// Viewers ask each time whether a tile is still the same; an unchanged one costs them nothing.
const CACHE: &str = "private, no-cache";

/// What the licence of OpenStreetMap (`ODbL`) asks to be shown with its data.
const OSM: &str = "© OpenStreetMap contributors";

/// What may be asked of a tile beside its place.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TileQuery {
    /// CQL2 text of fields that every layer of the tile has; none on people, units and incidents.
    filter: Option<String>,
    /// A moment of the past, for units and incidents; not taken yet.
    at: Option<String>,
}

/// A tile of one layer or several (`houses,cameras`). 204 when it is empty. Tiles with `units` or `incidents` are made anew
/// each time and are not to be kept; such a layer has no ETag.
#[utoipa::path(get, path = "/tiles/{layers}/{z}/{x}/{y}", tag = "map",
    params(("layers" = String, Path), ("z" = String, Path), ("x" = String, Path), ("y" = String, Path, description = "with `.mvt`"), TileQuery),
    responses((status = 200, description = "MVT 2.1", content_type = "application/vnd.mapbox-vector-tile"), (status = 204, description = "empty"),
        (status = 304, description = "unchanged"), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn tile(
    State(app): State<App>,
    caller: Caller,
    Path((layers, z, x, y)): Path<(String, String, String, String)>,
    query: Result<Query<TileQuery>, Problem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layers = layers_with_tiles(&layers)?;
    let y = y.strip_suffix(".mvt").ok_or_else(|| Problem::new(Code::NotFound, "tiles end in .mvt"))?;
    let coord = coord(&z, &x, y)?;
    let Query(query) = query?;
    let filters =
        query.filter.iter().flat_map(|text| layers.iter().map(|layer| super::filter::read(&caller, *layer, text)));
    let filters = filters.collect::<Result<_, Problem>>()?;
    if query.at.is_some() {
        return Err(Problem::at(Code::BadRequest, "/at", "tiles show the present only"));
    }
    let sights = in_sight(&caller, &layers)?;
    app.looks.glance(&caller, "tiles", &layers).await?;
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let encoding = Encoding::wanted(text(header::ACCEPT_ENCODING));
    if layers.iter().any(|layer| tiles::live_spec(*layer).is_some()) {
        return Ok(passing(app.live_tile(&caller, layers, coord, encoding).await?, encoding));
    }
    let held = text(header::IF_NONE_MATCH).map(str::to_owned);
    Ok(answer(app.tile(TileRequest { sights, filters, coord, encoding, held }).await, encoding))
}

/// How the caller sees the layers; of incidents only whether.
fn in_sight(caller: &Caller, layers: &[Layer]) -> Result<Vec<Sight>, Problem> {
    let mut sights = Vec::with_capacity(layers.len());
    for layer in layers {
        if *layer == Layer::Incidents {
            IncidentSight::of(caller)?;
        } else {
            sights.push(Sight::of(caller, *layer)?);
        }
    }
    Ok(sights)
}

/// A tile that is true for a moment.
fn passing(bytes: Bytes, encoding: Encoding) -> Response {
    let common = [(header::CACHE_CONTROL, "no-store"), (header::VARY, "Accept-Encoding, Authorization, Cookie")];
    if bytes.is_empty() {
        return (StatusCode::NO_CONTENT, common).into_response();
    }
    with_encoding((common, MEDIA, bytes).into_response(), encoding)
}

const MEDIA: [(axum::http::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile")];

fn with_encoding(mut response: Response, encoding: Encoding) -> Response {
    if let Some(word) = encoding.word() {
        response.headers_mut().insert(header::CONTENT_ENCODING, axum::http::HeaderValue::from_static(word));
    }
    response
}

pub(super) fn answer(answer: Answer, encoding: Encoding) -> Response {
    let (etag, bytes) = match answer {
        Answer::Same { etag } => (etag, None),
        Answer::Bytes { etag, bytes } => (etag, Some(bytes)),
    };
    let status = match &bytes {
        None => StatusCode::NOT_MODIFIED,
        Some(bytes) if bytes.is_empty() => StatusCode::NO_CONTENT,
        Some(_) => StatusCode::OK,
    };
    let common = [
        (header::ETAG, etag.as_str()),
        (header::CACHE_CONTROL, CACHE),
        (header::VARY, "Accept-Encoding, Authorization, Cookie"),
    ];
    if status != StatusCode::OK {
        return (status, common).into_response();
    }
    with_encoding((common, MEDIA, bytes.unwrap_or_default()).into_response(), encoding)
}

pub(super) fn coord(z: &str, x: &str, y: &str) -> Result<TileCoord, Problem> {
    let number = |name: &str, text: &str| {
        // One spelling a tile: `+8` and `010` would be further addresses of the same.
        let plain =
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        let number = text.parse::<u32>().ok().filter(|_| plain);
        let wrong = || Problem::at(Code::TileRange, format!("/{name}"), format!("{text:?} is not a tile number"));
        number.ok_or_else(wrong)
    };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    let z = u8::try_from(z).unwrap_or(u8::MAX);
    TileCoord::new(z, x, y).map_err(|error| {
        let pointer = if z > tiles::DEEPEST_ZOOM {
            "/z"
        } else if u64::from(x) >= 1 << z {
            "/x"
        } else {
            "/y"
        };
        Problem::at(Code::TileRange, pointer, error.to_string())
    })
}

/// Reads `houses,cameras`; every name must be a layer that has tiles.
fn layers_with_tiles(names: &str) -> Result<Vec<Layer>, Problem> {
    let mut layers: Vec<Layer> = Vec::new();
    for name in names.split(',') {
        let layer = super::ogc::public_layer(name)?;
        if tiles::spec(layer).or_else(|| tiles::live_spec(layer)).is_none() {
            return Err(Problem::new(Code::UnknownLayer, format!("layer {name} has no tiles")));
        }
        if layers.contains(&layer) {
            return Err(Problem::at(Code::BadRequest, "/layers", format!("{name} is named twice")));
        }
        layers.push(layer);
    }
    Ok(layers)
}

/// What a tile source offers (TileJSON 3.0): `/tiles/houses.json`.
#[utoipa::path(get, path = "/tiles/{file}", tag = "map", params(("file" = String, Path, description = "layers joined by commas, with `.json`")),
    responses((status = 200, description = "TileJSON 3.0", body = Object), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn tilejson(
    State(app): State<App>,
    caller: Caller,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let names = file.strip_suffix(".json").ok_or_else(|| Problem::new(Code::NotFound, "descriptions end in .json"))?;
    let layers = layers_with_tiles(names)?;
    let sights = in_sight(&caller, &layers)?;
    let bounds = sights.iter().filter_map(|sight| app.seen(sight).1).reduce(union);
    Ok(axum::Json(tiles::tilejson(&layers, "", bounds)).into_response())
}

fn union(a: Bounds, b: Bounds) -> Bounds {
    Bounds {
        west: a.west.min(b.west),
        south: a.south.min(b.south),
        east: a.east.max(b.east),
        north: a.north.max(b.north),
    }
}

/// The map's style, `dark` or `light`, with the layers in the caller's sight: `/style/dark.json`. Its metadata says what
/// the page's header needs (`onemap:title`, `onemap:time_zone`), what a first view should show (`onemap:bounds`), and whether the caller sees units
/// (`onemap:units`).
#[utoipa::path(get, path = "/style/{file}", tag = "map", params(("file" = String, Path, description = "`dark.json` or `light.json`")),
    responses((status = 200, description = "MapLibre style", body = Object), (status = 404, body = ProblemBody)))]
pub(super) async fn style(
    State(app): State<App>,
    caller: Caller,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let name = file.strip_suffix(".json").unwrap_or(&file);
    let theme =
        Theme::from_name(name).ok_or_else(|| Problem::new(Code::NotFound, format!("there is no style {name:?}")))?;
    let layers: Vec<Layer> =
        policy::layers_in_sight(&caller).into_iter().filter(|layer| tiles::spec(*layer).is_some()).collect();
    let view = app.first_view(&caller);
    let mut style = tiles::style(theme, &layers, view.map(|view| (view.centre.0, view.centre.1, view.zoom)));
    if let Some(FirstView { bounds: b, .. }) = view {
        style["metadata"]["onemap:bounds"] = json!([b.west, b.south, b.east, b.north]);
    }
    style["metadata"]["onemap:units"] = json!(Sight::of(&caller, Layer::Units).is_ok());
    if let Some((zh, en)) = app.title() {
        style["metadata"]["onemap:title"] = json!({ "zh": zh, "en": en });
    }
    if let Some(zone) = &app.heading.time_zone {
        style["metadata"]["onemap:time_zone"] = json!(zone);
    }
    let still = app.world.still();
    for layer in layers {
        let from_osm = still.layer(layer).is_some_and(|rows| rows.sources().any(|source| source == "osm"));
        if let (true, Some(source)) = (from_osm, style.pointer_mut(&format!("/sources/{}", layer.name()))) {
            source["attribution"] = OSM.into();
        }
    }
    Ok(axum::Json(style).into_response())
}
