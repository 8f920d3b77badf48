//! What a camera sees, as an area.

use axum::extract::State;
use serde_json::{Value as Json, json};
use spatial::Layer;
use spatial::sight::{Buildings, Cameras, Gap, TARGET_HEIGHT_M, Turned, viewshed};

use super::aside::aside;
use super::extract::{Path, Query};
use super::ogc::fid;
use super::problem::{Code, Problem, ProblemBody};
use crate::app::App;
use crate::auth::{Caller, Sight};
use crate::wire::area_json;

/// What is asked for.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ViewshedQuery {
    /// All that a camera can turn to, not only what is in view now.
    turned: Option<bool>,
}

/// The area in which a camera sees somebody who stands there (1.5 m above ground), without the shadows of buildings.
#[utoipa::path(get, path = "/api/v1/cameras/{id}/viewshed", tag = "map", params(("id" = String, Path, description = "its number in tiles (`fid`)"), ViewshedQuery),
    responses((status = 200, description = "a `GeoJSON` feature", body = Object), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, description = "its pose is not known", body = ProblemBody)))]
pub(super) async fn camera_viewshed(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    ask: Result<Query<ViewshedQuery>, Problem>,
) -> Result<axum::Json<Json>, Problem> {
    let fid = fid(&id)?;
    let still = app.world.still();
    let missing = || Problem::new(Code::NotFound, format!("there is no camera {id:?}"));
    let cameras = still.layer(Layer::Cameras).cloned().ok_or_else(missing)?;
    let row = cameras.row_of(fid).ok_or_else(missing)?;
    let sight = Sight::of(&caller, Layer::Cameras)?;
    if !sight.holds(cameras.division(row)) {
        return Err(missing());
    }
    let Query(ask) = ask?;
    app.looks.glance(&caller, "viewshed", &[Layer::Cameras]).await?;
    let buildings = still.layer_or_empty(Layer::Buildings);
    let turned = if ask.turned == Some(true) { Turned::All } else { Turned::Now };
    let work = move || {
        let pose = Cameras::new(&cameras).pose(row)?;
        let walls = Buildings::new(&buildings);
        let seen = viewshed(&pose, &walls, TARGET_HEIGHT_M, turned);
        Ok::<Json, Vec<Gap>>(json!({
            "type": "Feature",
            "id": fid,
            "geometry": area_json(&seen.area),
            "properties": {
                "azimuth_deg": pose.azimuth_deg(),
                "angle_deg": pose.angle_deg(),
                "range_m": pose.range_m(),
                "height_m": pose.height_m(),
                "target_height_m": TARGET_HEIGHT_M,
                "coarse_m": seen.coarse_m,
            },
        }))
    };
    let drawn = aside("viewshed", work).await?;
    drawn.map(axum::Json).map_err(|gaps| {
        let words: Vec<String> = gaps.iter().map(|gap| spatial::sight::Reason::Missing(*gap).words_en()).collect();
        Problem::new(Code::Invalid, words.join(", "))
    })
}
