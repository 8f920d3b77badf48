//! Filters in CQL2 text, for whoever takes them: only of fields in the caller's sight, none on people.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use spatial::Layer;
use spatial::filter::Filter;

use super::extract::Path;
use super::ogc::registered_layer;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::auth::{Caller, Sight, policy};
use crate::wire::queryables as queryables_json;

/// Reads a filter for a layer; what is wrong is said in words, with the sign at which it is.
pub(super) fn read(caller: &Caller, layer: Layer, text: &str) -> Result<Filter, Problem> {
    let refused = |why: &str| Err(Problem::at(Code::Filter, "/filter", why));
    match layer {
        Layer::People | Layer::Residents => refused("people are counts in cells: they take no filter"),
        Layer::Units | Layer::Incidents => refused("what moves or happens takes no filter"),
        Layer::Houses
        | Layer::Buildings
        | Layer::Enterprises
        | Layer::Cameras
        | Layer::Places
        | Layer::Roads
        | Layer::Water
        | Layer::Land
        | Layer::Grids
        | Layer::Jurisdictions => {
            let hidden = policy::hidden(caller, layer);
            let filter = Filter::read(text, layer, &hidden);
            filter.map_err(|error| Problem::at(Code::Filter, "/filter", format!("{}: {error}", layer.name())))
        }
    }
}

/// What a filter on a layer may name, as JSON Schema: the fields in the caller's sight, and `geometry`.
#[utoipa::path(get, path = "/ogc/collections/{layer}/queryables", tag = "data", params(("layer" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/schema+json"), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn queryables(
    State(_app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let sight = Sight::of(&caller, registered_layer(&name)?)?;
    let address = format!("/ogc/collections/{name}/queryables");
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], axum::Json(queryables_json(&sight, &address))))
}
