//! OGC API – Features, part 4: writing. Every write says which version it replaces (`If-Match`).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value as Json;
use spatial::{Feature, Layer};

use super::extract::{Path, must_be, read_object};
use super::ogc::{fid, registered_layer};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, Edit};
use crate::auth::{Caller, Sight, policy};
use crate::wire::{FeatureBody, feature_body, read_feature};

const TYPES: &[&str] = &["application/geo+json", "application/json"];

/// The revision that `If-Match` allows to be replaced (RFC 9110, 13.1.1): any for `*`, else one of a list of strong
/// tags. Of several that are not the stored one the last is taken, so that the store says what it is at now.
fn expected(headers: &HeaderMap, stored: u64) -> Result<u64, Problem> {
    let lines = headers.get_all(header::IF_MATCH).iter().filter_map(|v| v.to_str().ok());
    let given: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    if given.is_empty() {
        return Err(Problem::new(Code::PreconditionRequired, "send If-Match with the ETag that you saw"));
    }
    let revision = |tag: &&str| tag.strip_prefix('"')?.strip_suffix('"')?.parse::<u64>().ok();
    let seen: Vec<u64> = given.iter().filter_map(revision).collect();
    if given.contains(&"*") || seen.contains(&stored) {
        return Ok(stored);
    }
    let last = seen.last().copied();
    last.ok_or_else(|| Problem::new(Code::Precondition, format!("{} is no ETag of a feature", given.join(", "))))
}

/// A new feature. Its `source_id` may be given in `properties`; else one is made.
#[utoipa::path(post, path = "/ogc/collections/{layer}/items", tag = "data", params(("layer" = String, Path)),
    request_body(content = FeatureBody, content_type = "application/geo+json"),
    responses((status = 201, description = "created; see Location"), (status = 403, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(layer): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let layer = registered_layer(&layer)?;
    let feature = read(layer, &headers, &body, None, &caller)?;
    write(&app, &caller, feature, 0).await
}

/// Replaces a feature whole.
#[utoipa::path(put, path = "/ogc/collections/{layer}/items/{id}", tag = "data", params(("layer" = String, Path), ("id" = String, Path)),
    request_body(content = FeatureBody, content_type = "application/geo+json"),
    responses((status = 200, body = FeatureBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
pub(super) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Path((layer, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let layer = registered_layer(&layer)?;
    let old = stored(&app, layer, &id).await?;
    let feature = read(layer, &headers, &body, Some(&old), &caller)?;
    write(&app, &caller, feature, expected(&headers, old.revision)?).await
}

/// Changes what is given and leaves the rest (JSON merge patch of a feature).
#[utoipa::path(patch, path = "/ogc/collections/{layer}/items/{id}", tag = "data", params(("layer" = String, Path), ("id" = String, Path)),
    request_body(content = Object, content_type = "application/merge-patch+json"),
    responses((status = 200, body = FeatureBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((layer, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let layer = registered_layer(&layer)?;
    let old = stored(&app, layer, &id).await?;
    must_be(&headers, &["application/merge-patch+json", "application/geo+json", "application/json"])?;
    let patch: Json = read_object(&body)?;
    let sight = sight_of(&caller, layer)?;
    let mut whole = serde_json::to_value(feature_body(&old, &sight)).unwrap_or_default();
    merge(&mut whole, patch);
    let whole: FeatureBody =
        serde_json::from_value(whole).map_err(|error| Problem::new(Code::BadRequest, error.to_string()))?;
    let feature = read_feature(layer, whole, Some(&old), &sight)?;
    write(&app, &caller, feature, expected(&headers, old.revision)?).await
}

/// Takes a feature out. Its number and revision stay known, so that no tile shows it any more.
#[utoipa::path(delete, path = "/ogc/collections/{layer}/items/{id}", tag = "data", params(("layer" = String, Path), ("id" = String, Path)),
    responses((status = 204, description = "gone"), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody),
        (status = 428, body = ProblemBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((layer, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let layer = registered_layer(&layer)?;
    let old = stored(&app, layer, &id).await?;
    sight_of(&caller, layer)?;
    let expected = expected(&headers, old.revision)?;
    app.edit(&caller, Edit::Remove { layer, fid: old.fid(), expected }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sight of somebody who may edit; refused before anything of the feature is shown.
fn sight_of(caller: &Caller, layer: Layer) -> Result<Sight, Problem> {
    caller.must_be(policy::EDITORS)?;
    Ok(Sight::of(caller, layer)?)
}

async fn stored(app: &App, layer: Layer, id: &str) -> Result<Feature, Problem> {
    let found = app.store.get(layer, fid(id)?).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound, format!("{} has no feature {id}", layer.name())))
}

fn read(
    layer: Layer,
    headers: &HeaderMap,
    body: &[u8],
    old: Option<&Feature>,
    caller: &Caller,
) -> Result<Feature, Problem> {
    must_be(headers, TYPES)?;
    let body: FeatureBody = read_object(body)?;
    read_feature(layer, body, old, &sight_of(caller, layer)?)
}

async fn write(app: &App, caller: &Caller, feature: Feature, expected: u64) -> Result<Response, Problem> {
    let (layer, fid) = (feature.key.layer, feature.fid());
    let edited = app.edit(caller, Edit::Put { feature: Box::new(feature.clone()), expected }).await?;
    let etag = format!("\"{}\"", edited.revision);
    let sight = Sight::of(caller, layer)?;
    let feature = Feature { revision: edited.revision, ..feature };
    let body = axum::Json(feature_body(&feature, &sight));
    if !edited.created {
        return Ok(([(header::ETAG, etag)], body).into_response());
    }
    let location = format!("/ogc/collections/{}/items/{fid}", layer.name());
    Ok((StatusCode::CREATED, [(header::ETAG, etag), (header::LOCATION, location)], body).into_response())
}

/// JSON merge patch, RFC 7396.
fn merge(target: &mut Json, patch: Json) {
    let Json::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Json::Object(serde_json::Map::new());
    }
    let Json::Object(fields) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Json::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge;
    use serde_json::json;

    #[test]
    fn merge_patch_of_the_standard() {
        let mut target = json!({"a": "b", "c": {"d": "e", "f": "g"}});
        merge(&mut target, json!({"a": "z", "c": {"f": null}}));
        assert_eq!(target, json!({"a": "z", "c": {"d": "e"}}));
    }
}
