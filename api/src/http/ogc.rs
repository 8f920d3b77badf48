//! OGC API – Features: the registry for anybody's tools. Reading.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use spatial::{Bounds, Fid, Layer, Position};
use utoipa::IntoParams;

use super::extract::{Path, Query};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, now_ms, rfc3339};
use crate::auth::{Caller, Sight, policy};
use crate::wire::{Collection, Collections, Conformance, FeatureBody, FeaturePage, Landing, Link, feature_body};

/// Most items of one page.
const MOST: usize = 1_000;
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// A layer by its public name; resident counts have none.
pub(super) fn public_layer(name: &str) -> Result<Layer, Problem> {
    let layer = Layer::from_name(name).filter(|layer| layer.is_public());
    layer.ok_or_else(|| Problem::new(Code::UnknownLayer, format!("there is no layer {name:?}")))
}

/// A layer whose features may be asked one by one: those of the registry.
pub(super) fn registered_layer(name: &str) -> Result<Layer, Problem> {
    let layer = public_layer(name)?;
    if layer.is_registered() {
        return Ok(layer);
    }
    Err(Problem::new(Code::UnknownLayer, format!("layer {name} has no single features")))
}

/// The id in a path: the feature's number as decimal text.
pub(super) fn fid(id: &str) -> Result<Fid, Problem> {
    id.parse().map_err(|_not| Problem::new(Code::NotFound, format!("there is no feature {id:?}")))
}

fn link(href: String, rel: &str, media: &str) -> Link {
    Link { href, rel: rel.to_owned(), media: media.to_owned() }
}

/// The landing page.
#[utoipa::path(get, path = "/ogc/", tag = "data", responses((status = 200, body = Landing), (status = 401, body = ProblemBody)))]
pub(super) async fn landing(_caller: Caller) -> axum::Json<Landing> {
    axum::Json(Landing {
        title: "onemap registry".to_owned(),
        links: vec![
            link("/ogc/".to_owned(), "self", "application/json"),
            link("/openapi.json".to_owned(), "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
            link("/ogc/conformance".to_owned(), "conformance", "application/json"),
            link("/ogc/collections".to_owned(), "data", "application/json"),
        ],
    })
}

/// The classes that are met.
#[utoipa::path(get, path = "/ogc/conformance", tag = "data", responses((status = 200, body = Conformance), (status = 401, body = ProblemBody)))]
pub(super) async fn conformance(_caller: Caller) -> axum::Json<Conformance> {
    axum::Json(Conformance {
        conforms_to: vec![
            "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
            "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
            "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
            "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
            "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        ],
    })
}

fn describe(app: &App, layer: Layer) -> Collection {
    let name = layer.name();
    let features = app.world.still().layer(layer).map_or(0, |l| l.len() as u64);
    Collection {
        id: name,
        title: name,
        item_type: "feature",
        crs: vec![CRS84],
        features,
        links: vec![
            link(format!("/ogc/collections/{name}"), "self", "application/json"),
            link(format!("/ogc/collections/{name}/items"), "items", "application/geo+json"),
        ],
    }
}

/// The layers in the caller's sight.
#[utoipa::path(get, path = "/ogc/collections", tag = "data", responses((status = 200, body = Collections), (status = 401, body = ProblemBody)))]
pub(super) async fn collections(State(app): State<App>, caller: Caller) -> axum::Json<Collections> {
    let layers = policy::layers_in_sight(&caller).into_iter().filter(|layer| layer.is_registered());
    axum::Json(Collections {
        collections: layers.map(|layer| describe(&app, layer)).collect(),
        links: vec![link("/ogc/collections".to_owned(), "self", "application/json")],
    })
}

/// One layer.
#[utoipa::path(get, path = "/ogc/collections/{layer}", tag = "data", params(("layer" = String, Path)),
    responses((status = 200, body = Collection), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn collection(
    State(app): State<App>,
    caller: Caller,
    Path(layer): Path<String>,
) -> Result<axum::Json<Collection>, Problem> {
    let layer = registered_layer(&layer)?;
    Sight::of(&caller, layer)?;
    Ok(axum::Json(describe(&app, layer)))
}

/// Which items.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ItemsQuery {
    /// `west,south,east,north`, WGS84 degrees.
    bbox: Option<String>,
    /// How many, 1 to 1000; 10 when left out.
    limit: Option<usize>,
    /// Where the page before ended (from its `next` link).
    after: Option<u64>,
    /// Coordinate system of the answer; only WGS84, longitude first.
    crs: Option<String>,
    /// CQL2; not taken yet.
    filter: Option<String>,
    /// Language of the filter.
    #[serde(rename = "filter-lang")]
    filter_lang: Option<String>,
}

/// Features of a layer in the caller's sight, page by page in the order of their numbers.
#[utoipa::path(get, path = "/ogc/collections/{layer}/items", tag = "data", params(("layer" = String, Path), ItemsQuery),
    responses((status = 200, body = FeaturePage, content_type = "application/geo+json"), (status = 400, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn items(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    ask: Result<Query<ItemsQuery>, Problem>,
) -> Result<impl IntoResponse, Problem> {
    let layer = registered_layer(&name)?;
    let Query(ask) = ask?;
    let limit = ask.limit.unwrap_or(10);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::at(Code::BadRequest, "/limit", format!("must be 1 to {MOST}")));
    }
    if ask.filter.is_some() || ask.filter_lang.is_some() {
        return Err(Problem::at(Code::Filter, "/filter", "filters are not taken yet"));
    }
    if ask.crs.as_deref().is_some_and(|crs| crs != CRS84) {
        return Err(Problem::at(Code::BadRequest, "/crs", format!("only {CRS84}")));
    }
    let bounds = ask.bbox.as_deref().map(read_bbox).transpose()?;
    let sight = Sight::of(&caller, layer)?;
    let (features, matched) = app.items(&caller, &sight, bounds, ask.after, limit).await?;
    let mut links = vec![link(format!("/ogc/collections/{name}/items"), "self", "application/geo+json")];
    if let (true, Some(last)) = (matched > features.len(), features.last()) {
        let bbox = ask.bbox.map(|bbox| format!("&bbox={bbox}")).unwrap_or_default();
        let next = format!("/ogc/collections/{name}/items?limit={limit}&after={}{bbox}", last.fid());
        links.push(link(next, "next", "application/geo+json"));
    }
    let page = FeaturePage {
        kind: "FeatureCollection",
        number_returned: features.len(),
        number_matched: matched,
        features: features.iter().map(|feature| feature_body(feature, &sight)).collect(),
        links,
        time_stamp: rfc3339(now_ms()),
    };
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], axum::Json(page)))
}

/// Reads `west,south,east,north`.
/// West, south, east and north as in a query.
pub(super) fn read_bbox(text: &str) -> Result<Bounds, Problem> {
    let wrong = |reason: &str| Problem::at(Code::BadRequest, "/bbox", reason);
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let numbers = numbers.map_err(|_not| wrong("must be four numbers: west,south,east,north"))?;
    let [west, south, east, north] = numbers.as_slice() else {
        return Err(wrong("must be four numbers: west,south,east,north"));
    };
    let bounds = Bounds::new(*west, *south, *east, *north);
    // A corner that is impossible as a place but possible swapped says so.
    Position::new(*west, *south).map_err(|error| Problem::at(Code::Position, "/bbox", error.to_string()))?;
    bounds.ok_or_else(|| wrong("west must be below east and south below north, all in range"))
}

/// One feature. The look is written before it is given.
#[utoipa::path(get, path = "/ogc/collections/{layer}/items/{id}", tag = "data", params(("layer" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = FeatureBody, content_type = "application/geo+json"), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn item(
    State(app): State<App>,
    caller: Caller,
    Path((layer, id)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let layer = registered_layer(&layer)?;
    let fid = fid(&id)?;
    let feature = app.feature(&caller, layer, fid).await?;
    let sight = Sight::of(&caller, layer)?;
    let etag = format!("\"{}\"", feature.revision);
    Ok((
        [(header::CONTENT_TYPE, "application/geo+json".to_owned()), (header::ETAG, etag)],
        axum::Json(feature_body(&feature, &sight)),
    ))
}
