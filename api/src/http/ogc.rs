//! OGC API – Features: the registry for anybody's tools. Reading.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use spatial::{Fid, Layer};

use super::extract::{Path, Query};
use super::ogc_query::{CRS84, ItemsQuery};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, Page, holds, now_ms, rfc3339};
use crate::auth::{Caller, Sight, policy};
use crate::wire::{
    Collection, Collections, Conformance, Extent, FeatureBody, FeaturePage, Landing, Link, feature_body,
};

/// The relation of a collection to what filters on it may name.
const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
const GEOJSON: &str = "application/geo+json";

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
            "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
            "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
            "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
            "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
            "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
            "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
            "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
            "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
            "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
            "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        ],
    })
}

/// A collection as the caller may know it: what lies out of sight is neither counted nor in the extent.
fn describe(app: &App, sight: &Sight) -> Collection {
    let name = sight.layer().name();
    let (features, bounds) = app.seen(sight);
    Collection {
        id: name,
        title: name,
        item_type: "feature",
        crs: vec![CRS84],
        features,
        extent: bounds.map(|b| Extent::of(b, CRS84)),
        links: vec![
            link(format!("/ogc/collections/{name}"), "self", "application/json"),
            link(format!("/ogc/collections/{name}/items"), "items", "application/geo+json"),
            link(format!("/ogc/collections/{name}/queryables"), QUERYABLES, "application/schema+json"),
        ],
    }
}

/// The layers in the caller's sight.
#[utoipa::path(get, path = "/ogc/collections", tag = "data", responses((status = 200, body = Collections), (status = 401, body = ProblemBody)))]
pub(super) async fn collections(State(app): State<App>, caller: Caller) -> axum::Json<Collections> {
    let sights = policy::layers_in_sight(&caller).into_iter().filter(|layer| layer.is_registered());
    let sights = sights.filter_map(|layer| Sight::of(&caller, layer).ok());
    axum::Json(Collections {
        collections: sights.map(|sight| describe(&app, &sight)).collect(),
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
    let sight = Sight::of(&caller, registered_layer(&layer)?)?;
    Ok(axum::Json(describe(&app, &sight)))
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
    let wanted = ask.wanted(&caller, layer)?;
    let sight = Sight::of(&caller, layer)?;
    let Page { features, matched, more } = app.items(&caller, &sight, &wanted).await?;
    let path = format!("/ogc/collections/{name}/items");
    let mut links = vec![link(ask.address(&path, None), "self", GEOJSON)];
    if let (true, Some(last)) = (more, features.last()) {
        links.push(link(ask.address(&path, Some(last.fid())), "next", GEOJSON));
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

/// One feature. The look is written before it is given.
#[utoipa::path(get, path = "/ogc/collections/{layer}/items/{id}", tag = "data", params(("layer" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = FeatureBody, content_type = "application/geo+json"), (status = 304, description = "unchanged"),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn item(
    State(app): State<App>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layer = registered_layer(&name)?;
    let fid = fid(&id)?;
    let feature = app.feature(&caller, layer, fid).await?;
    let sight = Sight::of(&caller, layer)?;
    let etag = format!("\"{}\"", feature.revision);
    let held = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let common = [
        (header::ETAG, etag.as_str()),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::VARY, "Authorization, Cookie"),
    ];
    if held.is_some_and(|held| holds(held, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let mut body = feature_body(&feature, &sight);
    let collection = format!("/ogc/collections/{name}");
    body.links = vec![
        link(format!("{collection}/items/{fid}"), "self", GEOJSON),
        link(collection, "collection", "application/json"),
    ];
    Ok((common, [(header::CONTENT_TYPE, GEOJSON)], axum::Json(body)).into_response())
}
